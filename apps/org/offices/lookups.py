"""Bounded questions that lists and pages ask of big tables."""

from typing import Any

from django.db.models import DO_NOTHING, Model, Q, QuerySet

FOUND_AT_MOST = 50


def name_of(list_filter: Any) -> str:
    """What the address calls an entry of ``list_filter``: a field, or a filter's own parameter."""
    if isinstance(list_filter, str):
        return list_filter
    return str(list_filter[0] if isinstance(list_filter, tuple) else list_filter.parameter_name)


def exact_match(model: type[Model], paths: tuple[str, ...], text: str) -> Q:
    """Rows whose value at any of ``paths`` is ``text``, as typed or in capitals.

    A relation is resolved first, so that the big table is asked by its own indexed columns.
    """
    wanted = {text.strip(), text.strip().upper()}
    match = Q(pk__in=[])
    for path in paths:
        relation, _sep, name = path.rpartition("__")
        if not relation:
            match |= Q(**{f"{path}__in": wanted})
            continue
        related = model._meta.get_field(relation).related_model
        keys = related._default_manager.filter(**{f"{name}__in": wanted})  # type: ignore[union-attr]
        match |= Q(**{f"{relation}__in": list(keys.values_list("pk", flat=True)[:FOUND_AT_MOST])})
    return match


def with_key(rows: QuerySet[Any], key: Any) -> QuerySet[Any]:
    """The row that an address names; none where the address names nothing that could be a key."""
    try:
        return rows.filter(pk=key)
    except ValueError:
        return rows.none()


def relations_in_use(obj: Model) -> list[Any]:
    """Relations by which other rows point at ``obj``; one bounded statement each."""
    pointing = [
        field
        for field in obj._meta.get_fields(include_hidden=True)
        if field.auto_created and not field.concrete and not field.many_to_many
        if field.on_delete is not DO_NOTHING  # type: ignore[union-attr]  # earlier versions: they stay
    ]
    return [
        field
        for field in pointing
        if field.related_model._base_manager.filter(**{field.field.name: obj}).exists()  # type: ignore[union-attr]
    ]
