"""Earlier versions of a configuration row: what changed, when, by whom and why; and the way back."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import DateTimeField, F, ForeignKey, Model, OuterRef, QuerySet, Subquery
from django.forms.models import _get_foreign_key  # what Django's own inlines go by
from django.http import HttpRequest
from django.utils.dateparse import parse_datetime
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.models.history import versions_of
from apps.common.money import format_money
from apps.org.models import ROLE_CHOICES
from apps.org.offices import audit, columns, words

AT_ONCE = 50
UNSEEN = "…"
ACTS = {
    "insert": gettext_lazy("created"),
    "update": gettext_lazy("changed"),
    "delete": gettext_lazy("deleted"),
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field, from what to what, in the reader's words."""

    title: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One step of a row's life, or of a row that stands on its page."""

    version: int
    own: bool
    at: datetime
    act: str
    subject: str
    who: str
    role: str
    why: str
    changes: Sequence[Change]

    @property
    def can_be_restored(self) -> bool:
        return self.own and self.act != "delete"

    @property
    def when(self) -> str:
        return columns.local_time(self.at)

    @property
    def act_text(self) -> str:
        return capfirst(str(ACTS[self.act]))


def timeline(admin: Any, request: HttpRequest, obj: Model) -> tuple[list[Entry], str]:
    """The latest steps before the instant ``?before=``, and the instant to go on from, or ""."""
    before = parse_datetime(request.GET.get("before", ""))
    found: list[tuple[_Life, Any]] = []
    for life in (*lives(admin, request, obj), *told_besides(admin, request, obj)):
        found += [(life, step) for step in life.steps(before)]
    found.sort(key=lambda pair: pair[1].pgh_created_at, reverse=True)
    page = found[:AT_ONCE]
    names = Names(admin, request)
    for life, step in page:
        names.want(life.fields, (step, life.after(step)))
    entries = [life.entry(step, names) for life, step in page]
    return entries, entries[-1].at.isoformat() if len(found) > AT_ONCE else ""


def lives(admin: Any, request: HttpRequest, obj: Model) -> Iterator["_Life"]:
    versions = versions_of(type(obj))
    if versions is not None:
        yield _Life(type(obj), versions._default_manager.filter(pgh_obj=obj.pk))
    for inline in admin.get_inline_instances(request, obj):
        yield from _below(admin, request, obj, inline, inline.fk_name)


def told_besides(admin: Any, request: HttpRequest, obj: Model) -> Iterator["_Life"]:
    """Rows that belong to the page's row and are changed elsewhere, as the prices of a SKU."""
    for model in admin.told_besides:
        shown = admin.admin_site.get_model_admin(model)
        if versions_of(model) is None:
            yield _Ledger(model, shown.get_queryset(request), obj)
        else:
            yield from _below(admin, request, obj, shown, None)


def _below(
    admin: Any, request: HttpRequest, obj: Model, shown: Any, fk_name: str | None
) -> Iterator["_Life"]:
    versions = versions_of(shown.model)
    if versions is None:
        return
    parent = _get_foreign_key(type(obj), shown.model, fk_name=fk_name).name
    rows = versions._default_manager.filter(**{parent: obj.pk})
    # Of rows that are gone nobody else can say whose they were.
    if not admin.may_manage(request):
        seen = shown.get_queryset(request).filter(**{parent: obj.pk}).order_by()
        rows = rows.filter(pgh_obj__in=seen.values("pk"))
    yield _Life(shown.model, rows, below=parent)


class _Life:
    """The versions of one row, or of the rows below it that point back by ``below``."""

    def __init__(self, model: type[Model], rows: QuerySet[Any], below: str = "") -> None:
        self.model, self.rows, self.below = model, rows, below
        self.fields = [f for f in kept_fields(model) if f.name != below]
        self._next: dict[int, Any] = {}
        self._now: dict[int, Any] = {}

    def steps(self, before: datetime | None) -> list[Any]:
        """The latest AT_ONCE versions and one more, with what each of them became. Three statements."""
        later = self.rows.model._default_manager.filter(
            pgh_obj=OuterRef("pgh_obj"), pgh_id__gt=OuterRef("pgh_id")
        )
        following = Subquery(later.order_by("pgh_id").values("pgh_id")[:1])
        rows = self.rows.filter(pgh_created_at__lt=before) if before else self.rows
        steps = list(rows.annotate(following=following).order_by("-pgh_id")[: AT_ONCE + 1])
        changed = [step for step in steps if step.pgh_label == "update"]
        ids = [step.following for step in changed if step.following]
        self._next = self.rows.model._default_manager.in_bulk(ids) if ids else {}
        live = {step.pgh_obj_id for step in changed if not step.following}
        self._now = self.model._default_manager.in_bulk(live) if live else {}
        return steps

    def after(self, step: Any) -> Any:
        """What an update made of the row: its next version, or the row of today."""
        if step.pgh_label != "update":
            return None
        return self._next.get(step.following) or self._now.get(step.pgh_obj_id)

    def entry(self, step: Any, names: "Names") -> Entry:
        note: Mapping[str, Any] = step.pgh_context or {}
        role = str(dict(ROLE_CHOICES).get(note.get("role", ""), ""))
        assignment = note.get("assignment")
        return Entry(
            version=step.pgh_id,
            own=not self.below,
            at=step.pgh_created_at,
            act=step.pgh_label,
            subject=self._subject(step) if self.below else "",
            who=note.get("actor", ""),
            role=f"{role} · #{assignment}" if assignment else role,
            why=words.reason_text(note.get("reason", "")),
            changes=self._changes(step, names),
        )

    def _changes(self, step: Any, names: "Names") -> list[Change]:
        match step.pgh_label:
            case "insert":
                return [Change(_title(f), "", names.text(f, step)) for f in self.fields]
            case "delete":
                return [Change(_title(f), names.text(f, step), "") for f in self.fields]
        after = self.after(step)
        return [
            Change(_title(field), names.text(field, step), names.text(field, after))
            for field in self.fields
            if after is not None and differs(field, step, after)
        ]

    def _subject(self, step: Any) -> str:
        return f"{capfirst(str(self.model._meta.verbose_name))} #{step.pgh_obj_id}"


class _Ledger(_Life):
    """Rows below that are never rewritten: each is a step by itself, noted in its own columns."""

    def __init__(self, model: type[Model], rows: QuerySet[Any], obj: Model) -> None:
        parent = _get_foreign_key(type(obj), model).name
        super().__init__(model, rows.filter(**{parent: obj.pk}), below=parent)
        aside = {parent, "set_at", "set_by", "reason"}
        own = [f for f in model._meta.local_fields if not f.primary_key]
        self.fields = [f for f in own if f.name not in aside]

    def steps(self, before: datetime | None) -> list[Any]:
        """The latest AT_ONCE rows and one more. One statement."""
        rows = self.rows.filter(set_at__lt=before) if before else self.rows
        noted = rows.annotate(pgh_created_at=F("set_at"))
        return list(noted.order_by("-set_at", "-pk")[: AT_ONCE + 1])

    def entry(self, step: Any, names: "Names") -> Entry:
        return Entry(
            version=step.pk,
            own=False,
            at=step.set_at,
            act="insert",
            subject=f"{capfirst(str(self.model._meta.verbose_name))} #{step.pk}",
            who=step.set_by,
            role="",
            why=words.reason_text(step.reason),
            changes=[Change(_title(f), "", names.text(f, step)) for f in self.fields],
        )

    def after(self, step: Any) -> Any:
        return None


def kept_fields(model: type[Model]) -> list[Any]:
    """The fields of ``model`` that its versions hold, but for its number."""
    versions = versions_of(model)
    held = {field.name for field in versions._meta.fields} if versions else set()
    return [f for f in model._meta.local_fields if f.name in held and not f.primary_key]


def differs(field: Any, one: Any, other: Any) -> bool:
    return bool(getattr(one, field.attname) != getattr(other, field.attname))


def _title(field: Any) -> str:
    return capfirst(str(field.verbose_name))


class Names:
    """Values in words. Rows that a version points at are named by their keys, where the person sees
    them; one statement for each kind."""

    def __init__(self, admin: Any, request: HttpRequest) -> None:
        self.site, self.request = admin.admin_site, request
        self.wanted: dict[type[Model], set[int]] = {}
        self.found: dict[type[Model], dict[int, str]] = {}

    def want(self, fields: Sequence[Any], rows: Sequence[Any]) -> None:
        for field in fields:
            if isinstance(field, ForeignKey):
                ids = {getattr(row, field.attname) for row in rows if row is not None} - {None}
                self.wanted.setdefault(field.related_model, set()).update(ids)

    def _key(self, model: type[Model], number: int) -> str:
        if model not in self.found:
            seen = model._default_manager.none()
            if self.site.is_registered(model):
                seen = self.site.get_model_admin(model).get_queryset(self.request)
            rows = seen.filter(pk__in=self.wanted.get(model, ())).order_by()
            self.found[model] = {row.pk: audit.key_of(row) for row in rows}
        return self.found[model].get(number, UNSEEN)

    def text(self, field: Any, row: Any) -> str:
        value = getattr(row, field.attname)
        if value is None or value == "":
            return "–"
        if isinstance(field, ForeignKey):
            return self._key(field.related_model, value)
        return plain(field, value)


def plain(field: Any, value: Any) -> str:
    """A value of ``field`` for people."""
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value)
    if isinstance(field, DateTimeField):
        return columns.local_time(value)
    say: Callable[[Any], str] = format_money if field.name in words.AMOUNTS else str
    return say(value)


def one_change(field: Any, before: Any, after: Any, admin: Any, request: HttpRequest) -> Change:
    """What going from row ``before`` to row ``after`` does to ``field``."""
    names = Names(admin, request)
    names.want([field], [before, after])
    return Change(_title(field), names.text(field, before), names.text(field, after))
