"""Paging by key: no page costs more than the first, and no row is skipped or shown twice.

An order is total: its last term tells apart rows that are equal in all others. A page begins behind
a row's own values, so it does not matter how many rows stand before it, or came and went meanwhile.
Cursors are encrypted: nobody reads values or ids from them, nor makes one up.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import msgspec
from django.core.exceptions import FieldDoesNotExist, ObjectDoesNotExist, ValidationError
from django.db.models import F, Field, Model, OrderBy, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.common import crypto
from apps.common.errors import Malformed

Row = TypeVar("Row", bound=Model)
Content = TypeVar("Content", bound=msgspec.Struct)
NOTHING = Q(pk__in=[])
PURPOSE = "cursor"


class CursorInvalid(Malformed):
    code = "invalid_cursor"
    message = _("The cursor is not one that this list gave out.")


@dataclass(frozen=True)
class Term:
    """One value by which rows are ordered; ``path`` may lead over relations (``store__code``)."""

    path: str
    descending: bool = False
    nullable: bool = False
    nulls_last: bool = True

    def expression(self) -> str | OrderBy:
        """For ``order_by``; a plain name where PostgreSQL puts empty values there by itself."""
        if self.nulls_last != self.descending or not self.nullable:
            return f"-{self.path}" if self.descending else self.path
        last, first = self.nulls_last or None, not self.nulls_last or None
        return OrderBy(F(self.path), descending=self.descending, nulls_last=last, nulls_first=first)

    def turned(self) -> "Term":
        """The same values from the other end."""
        return replace(self, descending=not self.descending, nulls_last=not self.nulls_last)

    def behind(self, value: Any) -> Q:
        """The rows that come later."""
        if value is None:
            return NOTHING if self.nulls_last else Q(**{f"{self.path}__isnull": False})
        later = Q(**{f"{self.path}__{'lt' if self.descending else 'gt'}": value})
        return later | self._empty() if self.nullable and self.nulls_last else later

    def same(self, value: Any) -> Q:
        return self._empty() if value is None else Q(**{self.path: value})

    def _empty(self) -> Q:
        return Q(**{f"{self.path}__isnull": True})


Order = tuple[Term, ...]


def total_order(model: type[Model], ordering: Iterable[Any]) -> Order:
    """The terms of ``ordering`` (names, F and OrderBy), each once, up to one that is unique; the
    primary key in the direction of the last where none is."""
    found: dict[str, Term] = {}
    for one in ordering:
        term = _term(model, one)
        found.setdefault(term.path, term)
        if _is_unique(model, term.path):
            return tuple(found.values())
    last = next(reversed(found.values()), Term("pk", descending=True))
    key = Term("pk", descending=last.descending, nulls_last=not last.descending)
    return (*found.values(), key)


def expressions(order: Order) -> list[str | OrderBy]:
    """``order`` for ``order_by``."""
    return [term.expression() for term in order]


def turned(order: Order) -> Order:
    return tuple(term.turned() for term in order)


def place_of(order: Order, row: Model) -> list[Any]:
    """The values by which ``row`` has its place; asks nothing of what was read with the row."""
    return [_value(row, term.path) for term in order]


def behind(rows: QuerySet[Row], order: Order, place: Sequence[Any]) -> QuerySet[Row]:
    """``rows`` in ``order`` that come after ``place``. Raises CursorInvalid for other values.

    The first term is bounded by itself, so its index can be used.
    """
    if len(place) != len(order):
        raise CursorInvalid
    later = NOTHING
    for term, value in reversed(list(zip(order, place, strict=True))):
        later = term.behind(value) | (term.same(value) & later)
    from_here = order[0].behind(place[0]) | order[0].same(place[0])
    if not order[0].nullable:
        bound = "lte" if order[0].descending else "gte"
        from_here = Q(**{f"{order[0].path}__{bound}": place[0]})
    try:
        return rows.filter(from_here & later).order_by(*expressions(order))
    except (TypeError, ValueError, ValidationError) as error:
        raise CursorInvalid from error


def seal(content: msgspec.Struct) -> str:
    """``content`` as a cursor."""
    return crypto.seal_for_address(msgspec.json.encode(content).decode(), PURPOSE)


def unseal(cursor: str, kind: type[Content]) -> Content:
    """What a cursor holds. Raises CursorInvalid where it is not one of ours, or of another kind."""
    text = crypto.open_from_address(cursor, PURPOSE)
    if text is None:
        raise CursorInvalid
    try:
        return msgspec.json.decode(text, type=kind, strict=True)
    except ValueError as error:
        raise CursorInvalid from error


def _term(model: type[Model], one: Any) -> Term:
    first = last = None
    if isinstance(one, OrderBy):
        first, last, descending = one.nulls_first, one.nulls_last, one.descending
        path = _name(one.expression)
    else:
        text = _name(one) if isinstance(one, F) else str(one)
        path, descending = text.removeprefix("-"), text.startswith("-")
    path, nullable = _resolved(model, path)
    at_the_end = bool(last) if first or last else not descending
    return Term(path, descending=descending, nullable=nullable, nulls_last=at_the_end)


def _name(column: Any) -> str:
    """The path of an F; any other expression has none, and orders no list of ours."""
    return str(column.name)


def _resolved(model: type[Model], path: str) -> tuple[str, bool]:
    """``path`` down to a column, and whether it may be empty; what is no field is computed."""
    here: Any = model
    nullable = False
    steps = path.split("__")
    for place, name in enumerate(steps):
        try:
            field = here._meta.pk if name == "pk" else here._meta.get_field(name)
        except FieldDoesNotExist:
            return path, True
        nullable = nullable or bool(field.null)
        if place == len(steps) - 1 and field.is_relation:
            steps[place] = field.attname
        here = field.related_model
    return "__".join(steps), nullable


def _is_unique(model: type[Model], path: str) -> bool:
    if path == "pk":
        return True
    fields: list[Field[Any, Any]] = [f for f in model._meta.concrete_fields if f.attname == path]
    return any(field.unique and not field.null for field in fields)


def _value(row: Model, path: str) -> Any:
    found: Any = row
    for name in path.split("__"):
        try:
            found = None if found is None else getattr(found, name)
        except ObjectDoesNotExist:
            return None
    return found
