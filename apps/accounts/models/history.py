"""Earlier versions of configuration rows, kept by triggers: bulk and raw SQL write them as well.

A version is the row as it was before an UPDATE or DELETE, with when, who and why it was changed; what
it was changed to is the next version, or the row itself. An INSERT leaves the row as it began.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, TypeVar

import pghistory
from django.db import models

from apps.common.models import append_only

Row = TypeVar("Row", bound=type[models.Model])


def tracked(*, of: str = "", without: Sequence[str] = ()) -> Callable[[Row], Row]:
    """Keep the versions of the model's rows, with who and why (``accounts.noting``).

    ``of`` names the row on whose page these are shown; ``without`` fields that no version holds:
    personal values and secrets. A statement of many rows costs one more, not one a row.
    """

    def decorate(model: Row) -> Row:
        _track(model, (pghistory.InsertEvent(), *_changes()), of, without)
        return model

    return decorate


def tracked_once_changed(*, of: str = "", without: Sequence[str] = ()) -> Callable[[Row], Row]:
    """The same without a version at birth, for what comes by the ten thousand: imports keep their
    speed, and a row that never changed is its own first version."""

    def decorate(model: Row) -> Row:
        _track(model, _changes(), of, without)
        return model

    return decorate


def _changes() -> tuple[pghistory.RowEvent, ...]:
    return pghistory.UpdateEvent(row=pghistory.Old), pghistory.DeleteEvent()


def _track(
    model: type[models.Model],
    trackers: Sequence[pghistory.RowEvent],
    of: str,
    without: Sequence[str],
) -> None:
    name = str(model._meta.object_name)
    indexes = [models.Index(fields=[of], name=f"{name.lower()}_versions")] if of else []
    pghistory.track(
        *trackers,
        exclude=list(without),
        obj_field=pghistory.ObjForeignKey(related_name="+", related_query_name="+"),
        context_field=pghistory.ContextJSONField(),
        context_id_field=None,  # type: ignore[arg-type]  # None is "no such column"
        model_name=f"{name}Version",
        attrs={"pgh_id": models.BigAutoField(primary_key=True), **_relations(model, without)},
        meta={"triggers": append_only(), "indexes": indexes, "verbose_name": f"{name} version"},
        level=pghistory.Statement,
    )(model)


def _relations(model: type[models.Model], without: Sequence[str]) -> dict[str, Any]:
    """The relations of a version: by number alone, with no index that a bulk write would pay for."""
    return {
        field.name: models.ForeignKey(
            field.remote_field.model,
            on_delete=models.DO_NOTHING,
            null=field.null,
            verbose_name=field.verbose_name,
            related_name="+",
            db_constraint=False,
            db_index=False,
        )
        for field in model._meta.local_fields
        if isinstance(field, models.ForeignKey) and field.name not in without
    }


@cache
def versions_of(model: type[models.Model]) -> type[models.Model] | None:
    """The model of ``model``'s versions; None where none are kept."""
    found = pghistory.core.event_models(tracks_model=model)
    return found[0] if found else None
