"""What orders a list is served by an index, and every page has one order only."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.db.models import F, Index, Model, OrderBy, UniqueConstraint

from apps.common import keyset
from apps.org.offices.sites import head_office, portal
from apps.products.models import Audience, Price, Product

SMALL = {
    "accounts.accesscase": "one row for each time that somebody looked at too much",
    "accounts.apiclient": "applications, some dozens",
    "org.channel": "some dozens",
    "org.franchisee": "several hundred",
    "org.region": "some dozens",
    "org.storegroup": "some dozens",
    "org.warehouse": "some dozens",
    "products.audience": "some dozens",
    "portal org.roleassignment": "the staff of one franchisee's stores",
}
"""Lists that stay so short that sorting them costs nothing, whatever the brand's size."""
WITHIN = {
    "admin jobs.job": "owner_id",
    "portal jobs.job": "owner_id",
    "portal loyalty.pointsentry": "store_id",
}
"""Lists of which every reader sees one part only; an index begins with what names the part."""


def admins() -> list[Any]:
    return [admin for site in (head_office, portal) for admin in site._registry.values()]


def leads(model: type[Model], part: str) -> set[str]:
    """The first columns of the model's whole indexes, or those right behind ``part``."""
    options = model._meta
    fields: list[Any] = list(options.concrete_fields)
    found = [[f.attname] for f in fields if f.unique or f.db_index] + [["pk"]]
    for one in (*options.indexes, *options.constraints):
        if isinstance(one, Index | UniqueConstraint) and one.condition is None:
            names = [name.removeprefix("-") for name in one.fields]
            found.append([options.get_field(name).attname for name in names])  # type: ignore[union-attr]
    return {
        names[1] if part else names[0]
        for names in found
        if (not part and names) or (len(names) > 1 and names[0] == part)
    }


def label_of(admin: Any) -> str:
    return f"{admin.admin_site.name} {admin.opts.label_lower}"


def is_small(admin: Any) -> bool:
    return not {admin.opts.label_lower, label_of(admin)}.isdisjoint(SMALL)


def orders_of(admin: Any) -> Iterator[tuple[str, list[Any]]]:
    """The list's own order, and one for every column that may be pressed."""
    yield "own", list(admin.ordering or admin.opts.ordering)
    for name in admin.sortable_by:
        column = getattr(admin, name, None)
        path = getattr(column, "admin_order_field", None) if callable(column) else name
        yield name, [path]


def unserved(admin: Any) -> Iterator[str]:
    for name, ordering in orders_of(admin):
        first = keyset.total_order(admin.model, ordering)[0]
        if first.path not in leads(admin.model, WITHIN.get(label_of(admin), "")):
            yield f"{admin.opts.label_lower} by {name}: no index begins with {first.path}"


def test_an_index_serves_every_order_of_every_list() -> None:
    found = [text for admin in admins() if not is_small(admin) for text in unserved(admin)]
    assert found == []


def test_every_exception_is_needed(monkeypatch: pytest.MonkeyPatch) -> None:
    sorted_ones = [admin for admin in admins() if list(unserved(admin))]
    labels = {name for admin in sorted_ones for name in (admin.opts.label_lower, label_of(admin))}
    assert set(SMALL) <= labels
    narrowed = dict(WITHIN)
    assert set(narrowed) <= {label_of(admin) for admin in admins()}
    for label in narrowed:
        monkeypatch.delitem(WITHIN, label)
        (admin,) = [one for one in admins() if label_of(one) == label]
        assert list(unserved(admin)) != [], label


def test_a_missing_index_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    prices = head_office.get_model_admin(Price)
    monkeypatch.setattr(prices, "sortable_by", ("amount",))
    monkeypatch.setattr(head_office.get_model_admin(Product), "ordering", ("-brand",))

    assert list(unserved(prices)) == ["products.price by amount: no index begins with amount"]
    assert list(unserved(head_office.get_model_admin(Product))) == [
        "products.product by own: no index begins with brand"
    ]


def test_every_column_that_may_be_pressed_is_a_column_with_an_order() -> None:
    for admin in admins():
        assert set(admin.sortable_by) <= set(admin.list_display), admin
        assert all(ordering[0] for _name, ordering in orders_of(admin)), admin


def test_every_order_is_total() -> None:
    """Equal rows would be skipped or shown twice between two pages."""
    for admin in admins():
        for _name, ordering in orders_of(admin):
            last = keyset.total_order(admin.model, ordering)[-1].path
            unique = last == "pk" or any(
                field.unique and not field.null
                for field in admin.opts.concrete_fields
                if field.attname == last
            )
            assert unique, (admin, ordering)


def test_orders_are_turned_with_their_empty_values() -> None:
    order = keyset.total_order(Audience, [F("name").desc(nulls_last=True), "code"])

    back = keyset.expressions(keyset.turned(order))

    assert keyset.expressions(order) == ["-name", "code"]  # a name is never empty
    assert back == ["name", "-code"]
    nullable = keyset.total_order(Product, [F("category__parent__code").desc(nulls_last=True)])
    turned = keyset.expressions(keyset.turned(nullable))[0]
    assert isinstance(turned, OrderBy)
    assert (turned.descending, turned.nulls_first) == (False, True)
