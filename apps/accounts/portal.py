"""Franchise portal: the people of own stores, and requests for their roles."""

from typing import Any

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.accounts import rules
from apps.accounts.models import Approval, User
from apps.accounts.office import ApprovalPages, waiting_approvals, waiting_for
from apps.common.errors import DomainError
from apps.flows.hire_colleague import Newcomer, hire_colleague
from apps.org import selectors as org
from apps.org.models import RoleAssignment
from apps.org.offices import columns
from apps.org.offices.access import actor_of
from apps.org.offices.colleagues import ColleagueActs
from apps.org.offices.filters import OwnStoreFilter
from apps.org.offices.hiring import HireForm
from apps.org.offices.home import Panel
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.refusals import told
from apps.org.offices.sites import portal
from apps.org.offices.tasks import Task, waiting
from apps.org.offices.unversioned import Unversioned

SESSIONS_SHOWN = 8
SEEN = "seen_assignments"
"""Under this name a colleague carries the live roles that the person at the screen sees."""


class StaffStoreFilter(OwnStoreFilter):
    """Who holds a role at the store now."""

    def queryset(self, request: HttpRequest, queryset: QuerySet[User]) -> QuerySet[User]:
        if not self.value():
            return queryset
        actor = actor_of(request)
        held = org.live_assignments(org.assignments_visible_to(actor))
        return queryset.filter(pk__in=held.filter(store__code=self.value()).values("user"))


@admin.register(User, site=portal)
class PortalStaffAdmin(ColleagueActs, Unversioned, RecordAdmin):
    """Who works at own stores. The owner changes how store staff sign in, and nobody else's."""

    see_action = "staff.see"
    manage_action = "staff.manage"
    visible = staticmethod(org.users_visible_to)
    icon = "group"
    center = "org"
    known_as = gettext_lazy("Staff")
    show_add_link = False  # the buttons above the list say more than a plus
    empty_hint = Hint(
        gettext_lazy("People appear here once they hold a role at one of your stores.")
    )
    search_fields = ("username__icontains", "display_name__icontains")
    search_help_text = gettext_lazy("User name or display name")
    private_search = True
    ordering = ("username",)
    list_display = ("person", "state", "roles", "username", "last_sign_in")
    list_filter = (StaffStoreFilter, "is_active")
    list_before_template = "offices/hire.html"
    fields = (
        ("username", "person", "state"),
        "held",
        ("first_password", "created", "last_sign_in"),
    )
    created = columns.when("created_at", gettext_lazy("created at"))
    last_sign_in = columns.when("last_login", gettext_lazy("last sign-in"))

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        """With the roles that hold now, as far as the person who asks sees them."""
        seen = org.live_assignments(org.assignments_visible_to(actor_of(request)))
        roles = seen.select_related("store", "franchisee").order_by("id")
        kept = Prefetch("assignments", roles, to_attr=SEEN)
        return super().get_queryset(request).prefetch_related(kept)

    @display(description=gettext_lazy("display name"))
    def person(self, obj: User) -> str:
        return obj.display_name or obj.username

    @display(description=gettext_lazy("status"))
    def state(self, obj: User) -> str:
        on = obj.is_active
        return columns.toned(_("active") if on else _("switched off"), "success" if on else "plain")

    @display(description=gettext_lazy("roles"))
    def roles(self, obj: User) -> str:
        return " · ".join(_role_text(held) for held in obj.__dict__[SEEN])

    @display(description=gettext_lazy("roles"))
    def held(self, obj: User) -> str:
        """Each leads to its page, where it is ended."""
        roles = obj.__dict__[SEEN]
        links = ((columns.link_to("portal", one, _role_text(one)),) for one in roles)
        return format_html_join(" · ", "{}", links)

    @display(description=gettext_lazy("must change the password"))
    def first_password(self, obj: User) -> str:
        must = obj.must_change_password
        return columns.toned(_("yes") if must else _("no"), "warning" if must else "plain")

    def detail_panels(self, request: HttpRequest, obj: User) -> list[Panel]:
        return [_signed_in_at(request, obj)]

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        may_hire = self.has_add_permission(request)
        return super().changelist_view(request, {"may_hire": may_hire, **(extra_context or {})})

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Whoever manages staff anywhere may take people on; where and as what, the flow judges."""
        actor = actor_of(request)
        return actor.may("staff.manage") and actor.may("approvals.see")

    def add_view(
        self, request: HttpRequest, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """The page on which somebody is taken on; the flow opens its own transaction."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form = HireForm(actor_of(request), request.POST or None)
        if request.method == "POST" and form.is_valid() and self._hire(request, form):
            return HttpResponseRedirect(reverse("portal:accounts_approval_changelist"))
        request.__dict__["current_app"] = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("Take on a colleague"),
            "opts": self.opts,
            "form": form,
            "media": self.media + form.media,
        }
        return TemplateResponse(request, "offices/request.html", context)

    def _hire(self, request: HttpRequest, form: HireForm) -> bool:
        """Whether it was asked for; otherwise the form says why not."""
        actor, given = actor_of(request), form.cleaned_data
        newcomer = Newcomer(
            username=User.normalize_username(given["username"]),
            display_name=given["display_name"],
            password=given["password1"],
            role=given["role"],
            store=given["store"].code,
        )
        try:
            asked = hire_colleague(
                actor, newcomer, form.grounds(), form.once(actor, "hire a colleague")
            )
        except DomainError as refusal:
            form.add_error(None, told(refusal))
            return False
        said = _("%(user)s can sign in once request %(number)s is approved.")
        messages.success(request, said % {"user": newcomer.username, "number": asked["number"]})
        return True


def _role_text(held: RoleAssignment) -> str:
    """``clerk, 静安店``."""
    place = held.store or held.franchisee
    return f"{held.get_role_display()}, {place.display_name}" if place else held.get_role_display()


def _signed_in_at(request: HttpRequest, user: User) -> Panel:
    """Where the person is signed in now. One statement."""
    rows = org.staff_sessions_visible_to(actor_of(request)).filter(user=user, ended_at=None)
    return Panel(
        _("Signed in"),
        [_("device"), _("signed in at"), _("last seen")],
        [
            [
                rules.device_name(one.device),
                columns.named(_("signed in at"), columns.local_time(one.started_at)),
                columns.named(_("last seen"), columns.local_time(one.last_seen_at)),
            ]
            for one in rows.order_by("-last_seen_at")[:SESSIONS_SHOWN]
        ],
        empty=_("Signed in nowhere."),
        icon="devices",
    )


@admin.register(Approval, site=portal)
class PortalApprovalAdmin(ApprovalPages):
    """What owners may see or decide of their own stores."""


portal.home.care(50)(waiting_approvals)


@portal.tasks.kind(70)
def approvals_to_decide(request: HttpRequest) -> Task | None:
    """Requests of others that the person may decide."""
    actor = actor_of(request)
    if not actor.may("approvals.see"):
        return None
    found, note = waiting(waiting_for(actor), "requested_at"), _("Asked for by others")
    url = "accounts/approval/?decide=1"
    return Task(_("Waiting for your approval"), found, url, "fact_check", note)
