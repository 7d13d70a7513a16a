"""Head office: who holds which role, and what each role may do."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.contrib.filters.admin import ChoicesDropdownFilter, DropdownFilter
from unfold.decorators import action

from apps.org import rules
from apps.org import selectors as org
from apps.org.models import ROLE_CHOICES, RoleAssignment
from apps.org.offices import columns, lookups, store_card, words
from apps.org.offices.access import actor_of
from apps.org.offices.ending import EndsRoles
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


class LiveFilter(DropdownFilter):
    """Roles that hold now, as the page of a store counts them."""

    title = gettext_lazy("in force")
    parameter_name = "live"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("1", gettext_lazy("now"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return org.live_assignments(queryset) if self.value() == "1" else queryset


@admin.register(RoleAssignment, site=head_office)
class RoleAssignmentAdmin(EndsRoles, RecordAdmin):
    """A role is asked for, given by a second person, and ended; it is not edited."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.assignments_visible_to)
    icon = "badge"
    empty_hint = Hint(
        gettext_lazy("A role is asked for here and given by a second person."), "accounts.user"
    )
    center = "accounts"
    related = ("user", "region", "franchisee", "store")
    begins = columns.when("starts_at", store_card.SINCE)
    ends = columns.when("ends_at", store_card.UNTIL)
    list_display = ("user", "role", "region", "franchisee", "store", "begins", "ends")
    list_filter = (("role", ChoicesDropdownFilter), LiveFilter)
    exact = ("user__username", "store__code", "franchisee__code")
    search_help_text = gettext_lazy("User name, store code or franchisee code")
    ordering = ("user_id", "id")
    fields = (("user", "role"), ("region", "franchisee", "store"), ("begins", "ends"))
    list_before_template = "offices/ask_role.html"
    actions_list = ("rights",)
    actions_detail = ("end",)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        actor = actor_of(request)
        may_ask = actor.may("staff.manage") and actor.may("approvals.see")
        return super().changelist_view(request, {"may_ask": may_ask, **(extra_context or {})})

    @action(
        description=gettext_lazy("What each role may do"), permissions=["view"], icon="checklist"
    )
    def rights(self, request: HttpRequest) -> HttpResponse:
        """The table of ``org.rules``: a line per action, a column per role."""
        roles = [role for role, _label in ROLE_CHOICES]
        table = [
            (code, words.action_text(code), [code in rules.ROLE_ACTIONS[role] for role in roles])
            for code in sorted(frozenset().union(*rules.ROLE_ACTIONS.values()))
        ]
        context = {
            **self.admin_site.each_context(request),
            "title": _("What each role may do"),
            "opts": self.opts,
            "roles": [label for _role, label in ROLE_CHOICES],
            "rights": table,
        }
        request.current_app = self.admin_site.name
        return TemplateResponse(request, "offices/rights.html", context)

    def has_end_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        if not self.may_manage(request):
            return False
        others = org.live_assignments(self.get_queryset(request)).exclude(user=request.user.pk)
        return lookups.with_key(others, object_id).exists()

    def key_of(self, obj: RoleAssignment) -> str:
        return str(obj.user.username)
