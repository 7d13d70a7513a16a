"""Head office: the audit trail, and the chain of seals over it."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter
from unfold.decorators import display

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine, AuditSeal
from apps.org import selectors as org
from apps.org.models import ROLE_CHOICES
from apps.org.offices import columns, words
from apps.org.offices.access import actor_of
from apps.org.offices.filters import period
from apps.org.offices.lists import Hint
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import head_office


class ActorFilter(TextFilter):
    """Whose lines: a user name, a member number or the name of an application, whole."""

    title = _("actor")
    parameter_name = "actor"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        name = (self.value() or "").strip()
        return queryset.filter(actor_label=name) if name else queryset


class ObjectFilter(TextFilter):
    """What was changed, by its whole business key."""

    title = _("object")
    parameter_name = "object"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        key = (self.value() or "").strip()
        return queryset.filter(object_key__in={key, key.upper()}) if key else queryset


class ActionFilter(DropdownFilter):
    """The actions that the trail knows."""

    title = _("action")
    parameter_name = "action"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        used = org.audit_actions(actor_of(request))
        said = [(action, capfirst(words.action_text(action))) for action in used]
        return sorted(said, key=lambda pair: pair[1])

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(action=self.value()) if self.value() else queryset


@admin.register(AuditLine, site=head_office)
class AuditLineAdmin(RecordAdmin):
    see_action = "audit.see"
    visible = staticmethod(org.audit_visible_to)
    icon = "policy"
    empty_hint = Hint(_("A line appears with the first change that somebody makes."))
    when = columns.when("at", _("time"))
    done = words.action()
    what = words.kind_of_object()
    who = words.kind_of_actor()
    why = words.reason()
    changed = words.changes()
    list_display = ("when", "actor_label", "who", "done", "what", "object_key", "why")
    list_filter = (period("at"), ActorFilter, ActionFilter, ObjectFilter)
    exact = ("object_key",)
    search_help_text = _("Order, payment or member number, SKU or store code, user name")
    ordering = ("-id",)
    fields = (
        ("when", "request_id", "address"),
        ("actor_label", "who", "under", "why"),
        ("done", "what", "object_key"),
        "changed",
    )

    @display(description=_("under the role"))
    def under(self, obj: AuditLine) -> str | None:
        """The role and the number of the assignment by which it was allowed."""
        if not obj.role:
            return None
        role = capfirst(str(dict(ROLE_CHOICES).get(obj.role, obj.role)))
        return f"{role} · #{obj.assignment_id}" if obj.assignment_id else role


@admin.register(AuditSeal, site=head_office)
class AuditSealAdmin(RecordAdmin):
    """The chain; ``manage.py prove`` recomputes it."""

    see_action = "audit.see"
    icon = "link"
    empty_hint = Hint(
        _("The trail is sealed in the background once it has lines."), "accounts.auditline"
    )
    in_sidebar = False
    when = columns.when("sealed_at", _("sealed at"))
    n_lines = columns.count("line_count", _("lines"))
    digest = columns.code("hash", _("hash"))
    before = columns.code("previous", _("hash before"))
    list_display = ("number", "when", "n_lines", "digest")
    list_filter = (period("sealed_at"),)
    ordering = ("-number",)
    fields = (("number", "when", "n_lines"), "digest", "before", ("upto_transaction", "cluster"))

    def visible(self, actor: Actor) -> QuerySet[AuditSeal]:
        seals = AuditSeal.objects.defer("line_ids")  # up to fifty thousand numbers a row
        return org.brand_rows(actor, self.see_action, seals)
