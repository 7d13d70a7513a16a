"""Everything that the job center can bring in, take out or change by the thousand."""

from collections import defaultdict
from functools import partial
from typing import Any

from apps.jobs.registry import Change, register_change, register_export, register_import
from apps.orders import changes as orders
from apps.org.offices.exporting import export_of_list, rows_for
from apps.org.offices.sites import head_office, portal
from apps.products import changes as products_changes
from apps.products import files as products


def _lists() -> dict[Any, dict[str, Any]]:
    """Model → office → the admin of its list there."""
    found: dict[Any, dict[str, Any]] = defaultdict(dict)
    for site in (head_office, portal):
        for model, admin in site._registry.items():
            found[model][site.name] = admin
    return found


def _register() -> None:
    lists = _lists()
    by_label = {model._meta.label_lower: admins for model, admins in lists.items()}
    for one in products.IMPORTS:
        register_import(one)
    for model, admins in lists.items():
        register_export(export_of_list(model, admins))
    changes: tuple[Change, ...] = (*products_changes.CHANGES, *orders.CHANGES)
    for change in changes:
        register_change(change.on(partial(rows_for, change, by_label[change.listing])))


_register()
