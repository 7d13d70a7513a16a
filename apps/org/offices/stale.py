"""Forms that were opened before somebody else changed the row: refused, with what was changed.

A page carries the version of its row and of the rows below it. On saving, the row is locked and its
version compared: who saves second is told, keeps what they typed, and decides again.
"""

from typing import Any

from django.core.exceptions import ValidationError
from django.db.models import Model, Subquery
from django.http import HttpRequest
from django.utils.translation import gettext as _

from apps.accounts.models.history import versions_of
from apps.org.offices import history

FIELD = "seen_version"
TOLD_AT_MOST = 5


class Fresh:
    """The change form of an OfficeAdmin whose rows have versions."""

    change_form_after_template = "offices/seen_version.html"
    model: type[Model]

    def get_form(
        self, request: HttpRequest, obj: Any = None, change: Any = False, **options: Any
    ) -> Any:
        """With the comparison as its last check; rows without versions cannot be edited here."""
        form: Any = super().get_form(request, obj, change=change, **options)  # type: ignore[misc]
        if obj is None or request.method != "POST" or versions_of(self.model) is None:
            return form
        return type(form.__name__, (_compared(self, request, obj), form), {})

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and self.has_change_permission(request, obj):  # type: ignore[attr-defined]
            context[FIELD] = version_of(self, request, obj)
        return super().render_change_form(request, context, **kwargs)  # type: ignore[misc]


def version_of(admin: Any, request: HttpRequest, obj: Model) -> str:
    """The newest version of the row and of each kind of row below it; 0 where there is none yet.

    One statement.
    """
    newest = [
        Subquery(life.rows.order_by("-pgh_id").values("pgh_id")[:1])
        for life in history.lives(admin, request, obj)
    ]
    found = type(obj)._base_manager.filter(pk=obj.pk).values_list(*newest).get()
    return ".".join(str(one or 0) for one in found)


def _compared(admin: Any, request: HttpRequest, obj: Model) -> type:
    class Compared:
        """Locks the row first: who comes second waits, and then sees the new version."""

        def clean(self) -> Any:
            cleaned = super().clean()  # type: ignore[misc]  # of the form beside
            type(obj)._base_manager.select_for_update().get(pk=obj.pk)
            seen = request.POST.get(FIELD, "")
            if seen != version_of(admin, request, obj):
                raise ValidationError(_told(admin, request, obj, seen), code="stale_form")
            return cleaned

    return Compared


def _told(admin: Any, request: HttpRequest, obj: Model, seen: str) -> list[str]:
    """What has changed since, and what to do."""
    said = [
        _("%(who)s changed this at %(when)s: %(what)s")
        % {
            "who": one.who or "–",
            "when": one.when,
            "what": ", ".join(f"{c.title}: {c.before} → {c.after}" for c in one.changes) or "–",
        }
        for one in _since(admin, request, obj, seen)
    ]
    return [
        _("Somebody changed this while you had it open. Nothing was saved."),
        *said,
        _("Save again to keep what you typed, or open the page anew to see what is there now."),
    ]


def _since(admin: Any, request: HttpRequest, obj: Model, seen: str) -> list[history.Entry]:
    """The latest steps of the row and of those below it after the versions that were ``seen``."""
    last = [int(one) for one in seen.split(".") if one.isdecimal()]
    found = [
        (life, step)
        for life, newest in zip(history.lives(admin, request, obj), last, strict=False)
        for step in life.steps(None)
        if step.pgh_id > newest
    ]
    found = sorted(found, key=lambda pair: pair[1].pgh_created_at)[-TOLD_AT_MOST:]
    names = history.Names(admin, request)
    for life, step in found:
        names.want(life.fields, (step, life.after(step)))
    return [life.entry(step, names) for life, step in found]
