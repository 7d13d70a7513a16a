"""What a form changed, as an audit line may keep it: business keys, no personal values, no secrets."""

from collections.abc import Collection, Iterable
from typing import Any

from django.db.models import Model, QuerySet
from django.forms import BaseForm

HIDDEN = "***"
KEYS = ("code", "number", "username", "key_id", "name")


def key_of(obj: Model) -> str:
    """The business key by which people know the row."""
    for name in KEYS:
        value = getattr(obj, name, None)
        if isinstance(value, str) and value:
            return value[:64]
    return str(obj.pk)


def changes_of(
    form: BaseForm, formsets: Iterable[Any], *, private: Collection[str], add: bool
) -> dict[str, Any]:
    """Field → ``[before, after]``, or just the value of a new row; private fields by name only."""
    changes: dict[str, Any] = {}
    for name in form.changed_data:
        after = _plain(form.cleaned_data.get(name))
        if name in private or "password" in name:
            changes[name] = HIDDEN
        elif add:
            changes[name] = after
        else:
            changes[name] = [_before(form, name), after]
    for formset in formsets:
        changes |= _rows_of(formset)
    return changes


def values_of(obj: Model, *, private: Collection[str]) -> dict[str, Any]:
    """Field → ``[before, None]`` of a row that is deleted; empty fields are left out."""
    return {
        field.name: HIDDEN if field.name in private else [_plain(value), None]
        for field in obj._meta.concrete_fields
        if not field.primary_key and (value := getattr(obj, field.name)) not in (None, "")
    }


def _before(form: BaseForm, name: str) -> Any:
    field = form.fields[name]
    initial = form.get_initial_for_field(field, name)
    # A relation starts as a bare id; the field turns it into the row, and the row into its key.
    return _plain(field.to_python(initial) if hasattr(field, "queryset") else initial)


def _rows_of(formset: Any) -> dict[str, Any]:
    changed = {
        "added": [key_of(row) for row in formset.new_objects],
        "changed": [key_of(row) for row, _fields in formset.changed_objects],
        "removed": [key_of(row) for row in formset.deleted_objects],
    }
    kept = {verb: keys for verb, keys in changed.items() if keys}
    return {formset.model._meta.model_name: kept} if kept else {}


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return key_of(value)
    if isinstance(value, QuerySet | list | tuple | set):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, bool | int | float) else str(value)
