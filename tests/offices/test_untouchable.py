"""Money, points and stock are never edited; every dangerous button says what it does and asks why."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.admin.sites import AdminSite
from django.db.models import Model
from django.test import Client

from apps.accounts.models import User
from apps.common.models import append_only
from apps.org import rules as roles
from apps.org.offices.sites import PORTAL_ROLES, head_office, portal
from tests import builders
from tests.builders import Brand
from tests.offices.pages import list_of
from tests.offices.pages import signed_in as browser_of
from tests.offices.plenty import add_plenty

pytestmark = pytest.mark.django_db

SETTINGS = {
    "accounts.apiclient",
    "accounts.user",
    "org.channel",
    "org.channelstore",
    "org.clientbinding",
    "org.clientchannel",
    "org.franchisee",
    "org.region",
    "org.store",
    "org.storegroup",
    "org.storegroupmember",
    "org.storehours",
    "org.warehouse",
    "products.assortmentrule",
    "products.attribute",
    "products.audience",
    "products.category",
    "products.priceguard",
    "products.pricelist",
    "products.product",
    "products.sku",
    "products.weighedprefix",
    "products.supplier",
    "products.taxclass",
}
"""What is changed by form: configuration. Everything else is a document, a balance or a ledger."""
ASKED_BY_FORM = {"accounts.approval", "products.price", "products.suppliercost"}
"""A request, a price and a cost are written down by their form; nothing is edited by it, and what was
sent stays: a change is another row."""
BALANCES = {"inventory.stock", "loyalty.pointsaccount", "loyalty.pointslot"}
VOLATILE = {"last_seen_at", "last_used_at", "last_login", "level", "at"}
"""Columns that reading moves: when somebody was seen, and how many requests are left."""
SITES: dict[str, AdminSite] = {"admin": head_office, "portal": portal}


def cases() -> list[tuple[str, str]]:
    """Every role with the site it signs in to."""
    return [
        ("portal" if role in PORTAL_ROLES else "admin", role) for role in sorted(roles.ROLE_ACTIONS)
    ]


def hire(brand: Brand, role: str) -> User:
    scopes: dict[str, dict[str, object]] = {
        roles.REGIONAL_MANAGER: {"region": brand.east},
        roles.FRANCHISE_OWNER: {"franchisee": brand.anhe},
        roles.STORE_MANAGER: {"store": brand.a1},
        roles.CLERK: {"store": brand.a1},
    }
    return builders.build_staff(f"person-{role}"[:30], role, **scopes.get(role, {}))


def kept(model: type[Model]) -> list[dict[str, Any]]:
    rows = model._default_manager.order_by("pk").values()
    return [{name: row[name] for name in row if name not in VOLATILE} for row in rows]


def sent(model: type[Model]) -> dict[str, Any]:
    fields = [field for field in model._meta.fields if not field.primary_key]
    return {field.name: "1" for field in fields} | {"_save": "Save"}


def attempts(
    site: AdminSite, model: type[Model], row: Model
) -> Iterator[tuple[str, dict[str, Any]]]:
    base = list_of(site, model)
    if model._meta.label_lower not in ASKED_BY_FORM:
        yield f"{base}add/", sent(model)
    yield f"{base}{row.pk}/change/", sent(model)
    yield f"{base}{row.pk}/delete/", {"post": "yes"}


@pytest.mark.parametrize(("name", "role"), cases())
def test_nobody_edits_or_deletes_a_document_a_balance_or_a_ledger(name: str, role: str) -> None:
    brand = builders.build_brand()
    person = hire(brand, role)
    add_plenty(brand, 0, 1)
    builders.build_job(person, number="OWN")
    client: Client = browser_of(person)
    site = SITES[name]

    models = [model for model in site._registry if model._meta.label_lower not in SETTINGS]
    assert len(models) > (20 if name == "admin" else 3)
    for model in models:
        row = model._default_manager.order_by("pk").first()
        assert row is not None, model
        before = kept(model)
        for url, data in attempts(site, model, row):
            assert Client.post(client, url, data).status_code in (403, 404), (role, url)
        bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
        Client.post(client, list_of(site, model), bulk)
        assert kept(model) == before, (role, model)


def test_no_ledger_and_no_balance_counts_as_a_setting() -> None:
    """Ledgers are known by the triggers that refuse changes."""
    guard = {trigger.name for trigger in append_only()}
    ledgers = {
        model._meta.label_lower
        for site in SITES.values()
        for model in site._registry
        if guard & {one.name for one in getattr(model._meta, "triggers", ())}
    }

    assert len(ledgers) >= 10
    assert (ledgers | BALANCES) & SETTINGS == set()


# Buttons that open a page or a list and change nothing by themselves, and those whose own page asks.
OPENS = {
    "accounts.user/sign_ins",
    "org.roleassignment/rights",
    "products.category/tree",
    "products.product/matrix",
    "products.sku/is_sold",
}
ASKS_ON_ITS_PAGE = {"accounts.apiclient/new_secret"}
NEED_NOT_SAY_WHY = {"accounts.approval/approve"}
"""The request itself holds reason and evidence; who approves it may add to them."""
REASONS = ("reason", "note")


def buttons() -> dict[str, Any]:
    """Site, list and name of every button of unfold → its method."""
    found = {}
    for name, site in SITES.items():
        for model, page in site._registry.items():
            kinds = ("actions_list", "actions_detail", "actions_row", "actions_submit_line")
            for kind in kinds:
                for action in getattr(page, kind, ()) or ():
                    if isinstance(action, str):
                        place = f"{name} {model._meta.label_lower}/{action}"
                        found[place] = getattr(page, action)
    return found


def test_every_button_says_what_it_does_and_asks_why() -> None:
    asked = buttons()
    assert len(asked) >= 20
    for place, method in asked.items():
        what = place.partition(" ")[2]
        if what in OPENS | ASKS_ON_ITS_PAGE:
            continue
        dialog = getattr(method, "dialog", None)
        assert dialog, f"{place} opens no dialog"
        for said in ("title", "description", "form_submit_text"):
            assert dialog[said], f"{place} has no {said}"
        fields = dialog["form_class"].base_fields
        why = [name for name in REASONS if name in fields]
        assert why, f"{place} asks for no reason"
        required = fields[why[0]].required
        assert required or what in NEED_NOT_SAY_WHY, f"{place} goes on without a reason"


def test_dangerous_buttons_look_dangerous() -> None:
    """What cannot be taken back is red."""
    red = {
        place.partition(" ")[2]
        for place, method in buttons().items()
        if getattr(getattr(method, "variant", None), "name", "") == "DANGER"
    }
    assert red >= {
        "accounts.apiclient/revoke",
        "accounts.clientsecret/retire",
        "accounts.staffsession/end",
        "accounts.user/end_sign_ins",
        "accounts.user/reset_second_factor",
        "accounts.user/switch_off",
        "orders.order/cancel",
        "org.roleassignment/end",
        "org.store/close",
    }
