"""How a person arranged a list."""

from dataclasses import dataclass
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, IntegerField, Value
from django.db.models.functions import Cast

from apps.accounts.actor import Actor
from apps.accounts.models import ColumnChoice, SavedView

COLUMNS = ArrayField(CharField())


@dataclass(frozen=True)
class Listing:
    """A list: ``office`` is the site, ``name`` the label of its model."""

    office: str
    name: str


@dataclass(frozen=True)
class View:
    """Filters under a name; ``query`` is the query string that shows them."""

    id: int
    name: str
    query: str


@dataclass(frozen=True)
class Arrangement:
    """A person's views of a list in the order they were saved, and their columns, None for all."""

    views: tuple[View, ...] = ()
    columns: tuple[str, ...] | None = None


def arrangement_of(actor: Actor, listing: Listing) -> Arrangement:
    """One statement for both tables. The actor is a person."""
    own: dict[str, Any] = {"owner": actor.id, "office": listing.office, "listing": listing.name}
    views = SavedView.objects.filter(**own).values_list(
        "id", "name", "query", Cast(Value(None), COLUMNS)
    )
    choices = ColumnChoice.objects.filter(**own).values_list(
        Value(0, IntegerField()), Value("", CharField()), Value("", CharField()), "columns"
    )
    rows = sorted(views.union(choices, all=True))
    columns = next((tuple(row[3]) for row in rows if row[3] is not None), None)
    found = tuple(View(*row[:3]) for row in rows if row[3] is None)
    return Arrangement(found, columns)
