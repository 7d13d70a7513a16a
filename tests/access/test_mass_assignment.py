"""What is read-only stays so, whatever a body or a form says."""

from typing import Any

import pytest

from tests.access import forms
from tests.access.api import BODIES, KEYS, ROOT
from tests.access.fixtures import Matrix, matrix_fixture, world_database  # noqa: F401
from tests.access.wire import send

READ_ONLY: dict[str, Any] = {
    "tier": "gold", "points": 10_000, "balance": 10_000, "status": "completed", "number": "S1",
    "id": 1, "franchisee": "BAICHUAN", "region": "NORTH", "net_amount": 1, "total": 1,
    "discount": 100, "is_staff": True, "is_superuser": True, "created_at": "2026-01-01T00:00:00Z",
    "scopes": ["orders.see"], "reach": "brand", "home_store": "B1", "state": "executed",
    "approver": "admin", "placed_at": "2026-01-01T00:00:00Z", "captured_amount": 1,
}  # fmt: skip
HIDDEN: dict[str, dict[str, Any]] = {
    "accounts.user": {
        "is_superuser": "on", "password": "pbkdf2$x", "groups": ["1"], "user_permissions": ["1"],
        "last_login": "2026-01-01", "created_at": "2026-01-01", "must_change_password": "on",
    },
    "accounts.apiclient": {
        "key_id": "chosen", "secret_hash": "0" * 64, "revoked_at": "2026-01-01", "created_at": "x",
        "last_used_at": "2026-01-01",
    },
    "org.store": {
        "status": "closed", "franchisee": "1", "region": "1", "opened_on": "2020-01-01", "id": "1",
    },
    "org.region": {"id": "1", "pk": "1"},
    "products.sku": {"base_price": "1", "id": "1"},
    "products.pricelist": {"is_base": "on"},
    "products.priceguard": {"category": "1", "sku": "1"},
    "products.taxclass": {"id": "1"},
    "products.supplier": {"id": "1"},
}  # fmt: skip
"""Fields of a row that its page does not offer."""


@pytest.mark.parametrize("name", BODIES)
def test_a_body_with_more_than_is_asked_is_refused(matrix: Matrix, name: str) -> None:
    method, route, *_rest = name.split()
    keys = matrix.world.keys["A"]
    path = ROOT + route
    if route in KEYS:
        path = path.replace("<key:number>", keys[KEYS[route]])
    body = BODIES[name](keys)
    for field, value in READ_ONLY.items():
        for caller in ("owner_a", "admin"):
            who = matrix.world.callers[caller]
            reply = send(method, path, headers=who.api, body=body | {field: value})
            assert reply.status in (400, 403), (name, field, caller, reply.status)
            assert not reply.wrote, (name, field, caller)
            matrix.judged(1)


@pytest.mark.parametrize("label", HIDDEN)
def test_a_form_changes_only_what_it_offers(matrix: Matrix, label: str) -> None:
    row: Any = matrix.world.rows[label]["A"]
    fields = [name for name in HIDDEN[label] if any(f.name == name for f in row._meta.fields)]

    def kept() -> Any:
        found = type(row)._default_manager.filter(pk=row.pk)
        return found.values(*fields).get() if fields else found.exists()

    before = kept()
    path = f"/admin/{label.replace('.', '/')}/{row.pk}/change/"
    changes = HIDDEN[label] | forms.SAVE.get(label, {"name_en": "Changed"})
    sent = forms.filled_in(matrix.world, path, changes)
    who = matrix.world.callers["admin"]

    reply = send("POST", path, headers=who.office, data=sent, look=kept)

    assert reply.status == 302, reply.status
    assert reply.wrote
    assert reply.found == before
    matrix.judged(1)


@pytest.mark.parametrize("label", ["orders.order", "members.member", "inventory.stock"])
def test_the_portal_takes_no_form_of_a_document(matrix: Matrix, label: str) -> None:
    row = matrix.world.rows[label]["A"]
    sent = {name: str(value) for name, value in READ_ONLY.items()} | {"on_hand": "9999"}
    for caller in ("owner_a", "manager_a", "clerk_a"):
        for way in (f"{row.pk}/change/", "add/", f"{row.pk}/delete/"):
            who = matrix.world.callers[caller]
            path = f"/portal/{label.replace('.', '/')}/{way}"
            reply = send("POST", path, headers=who.office, data=sent)
            assert (reply.status, reply.wrote) == (403, False), (caller, path)
            matrix.judged(1)
