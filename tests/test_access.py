"""Who reaches what: every API route × every kind of caller × own, foreign and missing rows.

The routes come from the URLconf: one without a line in TABLE fails. A cell says what a caller meets:

- a number: that status, whatever row is asked for;
- ``A``, ``B``, ``AB``: the rows of store A1 (member Zhang), of store B1 (member Li) or both are within
  reach; every other row answers 404 with the body of a missing one, in as many statements;
- ``-``: nothing is within reach (a list is empty, a row is 404).
"""

import json
import secrets
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext
from django.urls import URLPattern, URLResolver, get_resolver

from apps.accounts import services as accounts
from apps.accounts.models import ApiClient, User
from apps.flows.place_order import place_order
from apps.members import services as members
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from tests import builders
from tests.api import bodies
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

CALLERS = (
    "anonymous", "revoked", "member_a", "member_b", "clerk_a", "manager_a", "owner_a", "owner_b",
    "east", "admin", "operat.", "finance", "service", "auditor", "app", "app_a1", "app_none",
)  # fmt: skip
# east: the regional manager of A1's region. app: every scope, all stores; app_a1: bound to A1.
TABLE = """
                                            anonym revok mem_a mem_b clerk manag own_a own_b east admin operat finan serv audit app app_a none
GET    me                                   401    401   200   200   200   200   200   200   200  200   200    200   200  200   200 200   200
POST   staff/tokens                         201    201   201   201   201   201   201   201   201  201   201    201   201  201   201 201   201
DELETE staff/tokens/current                 401    401   403   403   204   204   204   204   204  204   204    204   204  204   403 403   403
GET    skus                                 401    401   AB    AB    AB    AB    AB    AB    AB   AB    AB     AB    AB   AB    AB  AB    403
GET    skus/<key:code>                      401    401   AB    AB    AB    AB    AB    AB    AB   AB    AB     AB    AB   AB    AB  AB    403
POST   members/lookup                       401    401   403   403   AB    AB    AB    AB    403  AB    AB     403   AB   403   AB  AB    403
POST   members                              401    401   403   403   A     A     A     B     403  AB    403    403   AB   403   AB  A     403
GET    members                              401    401   403   403   A     A     A     B     A    AB    AB     403   AB   AB    AB  A     403
GET    members/<key:number>                 401    401   A     B     AB    AB    AB    AB    A    AB    AB     403   AB   AB    AB  AB    403
GET    members/<key:number>/points          401    401   A     B     AB    AB    AB    AB    A    AB    AB     403   AB   AB    AB  AB    403
GET    members/<key:number>/points/entries  401    401   A     B     A     A     A     B     A    AB    AB     403   AB   AB    AB  A     403
POST   quotes                               401    401   AB    AB    A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders                               401    401   AB    AB    A     A     A     B     403  AB    403    403   403  403   AB  A     403
GET    orders                               401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
GET    orders/<key:number>                  401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
POST   orders/<key:number>/payments         401    401   A     B     A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders/<key:number>/payments cash    401    401   403   403   A     A     A     B     403  AB    403    403   403  403   AB  A     403
POST   orders/<key:number>/cancel           401    401   A     B     403   A     A     B     A    AB    AB     403   AB   403   AB  A     403
GET    payments                             401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
GET    payments/<key:number>                401    401   A     B     A     A     A     B     A    AB    AB     AB    AB   AB    AB  A     403
POST   payments/notices/sandbox             400    400   400   400   400   400   400   400   400  400   400    400   400  400   400 400   400
"""


def expectations() -> dict[str, dict[str, str]]:
    found = {}
    for line in TABLE.strip().splitlines()[1:]:
        words = line.split()
        cells = words[-len(CALLERS) :]
        found[" ".join(words[: -len(CALLERS)])] = dict(zip(CALLERS, cells, strict=True))
    return found


MISSING = {
    "unpaid": "S26010100000000",
    "order": "S26010100000000",
    "payment": "P26010100000000",
    "member": "123456789012",
    "phone": "13611112222",
    "store": "NOWHERE",
    "sku": "NONSENSE",
}
EXPECTED = expectations()


@dataclass
class World:
    """The brand with a counter sale on either side, and every caller."""

    brand: Brand
    numbers: dict[str, dict[str, str]]
    users: dict[str, User]
    apps: dict[str, tuple[ApiClient, str]]

    def caller(self, name: str) -> Caller:
        """A caller with a token of its own, so that a sign-out ends no other cell."""
        if name == "anonymous":
            return Caller()
        if name == "revoked":
            token = builders.staff_token(self.users["admin"])
            accounts.revoke_staff_token(token=token)
            return Caller(token)
        if name in self.apps:
            return Caller(self.apps[name][1])
        if name.startswith("member"):
            row = self.brand.zhang if name.endswith("_a") else self.brand.li
            return Caller(members.issue_member_token(row))
        return Caller(builders.staff_token(self.users[name]))

    def new_unpaid_order(self, side: str) -> str:
        """The number of a new order of that side's member at that side's store."""
        store = self.brand.a1 if side == "A" else self.brand.b1
        member = self.brand.zhang if side == "A" else self.brand.li
        request = builders.unpaid_order_of(store, {"MILK": "1"}, 300, member=member)
        admin = org.actor_of_user(self.users["admin"])
        return str(place_order(admin, request, builders.once(admin))["number"])


@pytest.fixture
def world(db: None) -> Iterator[World]:
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield build_world()


def build_world() -> World:
    brand = builders.build_brand()
    builders.stock_up(brand.a1, {brand.milk: 10_000})
    builders.stock_up(brand.b1, {brand.milk: 10_000})
    scopes = sorted(rules.CLIENT_SCOPES)
    apps = {
        "app": accounts.create_api_client(name="app", scopes=scopes, reach="brand"),
        "app_a1": accounts.create_api_client(name="app_a1", scopes=scopes),
        "app_none": accounts.create_api_client(name="app_none", scopes=[], reach="brand"),
    }
    org_services.bind_client(apps["app_a1"][0], brand.a1)
    world = World(brand, {"A": {}, "B": {}, "missing": MISSING}, build_users(brand), apps)
    admin = world.caller("admin")
    for side, store, member, phone in (
        ("A", "A1", brand.zhang, builders.ZHANG_PHONE),
        ("B", "B1", brand.li, builders.LI_PHONE),
    ):
        sold = admin.post("orders", bodies.sale(store, member=member.number)).body
        world.numbers[side] = {
            "order": sold["number"],
            "payment": sold["payment"],
            "member": member.number,
            "phone": phone,
            "store": store,
            "sku": "TEA" if side == "A" else "RICE",
        }
    return world


def build_users(brand: Brand) -> dict[str, User]:
    scoped: dict[str, tuple[str, dict[str, Any]]] = {
        "clerk_a": (rules.CLERK, {"store": brand.a1}),
        "manager_a": (rules.STORE_MANAGER, {"store": brand.a1}),
        "owner_a": (rules.FRANCHISE_OWNER, {"franchisee": brand.anhe}),
        "owner_b": (rules.FRANCHISE_OWNER, {"franchisee": brand.baichuan}),
        "east": (rules.REGIONAL_MANAGER, {"region": brand.east}),
        "admin": (rules.HEAD_OFFICE_ADMIN, {}),
        "operat.": (rules.OPERATIONS, {}),
        "finance": (rules.FINANCE, {}),
        "service": (rules.CUSTOMER_SERVICE, {}),
        "auditor": (rules.AUDITOR, {}),
    }
    return {
        name: builders.build_staff(name, role, **scope) for name, (role, scope) in scoped.items()
    }


Call = Callable[[Caller, Mapping[str, str]], Answer]
SUCCESS = {"POST": 201, "GET": 200, "DELETE": 204}
SUCCESS_OF = {
    "POST members/lookup": 200,
    "POST quotes": 200,
    "POST orders/<key:number>/cancel": 200,
}


def read(path: str) -> Call:
    return lambda caller, row: caller.get(path.format(**row))


def send(path: str, body: Callable[[Mapping[str, str]], Any]) -> Call:
    return lambda caller, row: caller.post(path.format(**row), body(row))


CALLS: dict[str, Call] = {
    "GET me": read("me"),
    "POST staff/tokens": send(
        "staff/tokens", lambda row: {"username": "clerk_a", "password": builders.PASSWORD}
    ),
    "DELETE staff/tokens/current": lambda caller, row: caller.delete("staff/tokens/current"),
    "GET skus": read("skus"),
    "GET skus/<key:code>": read("skus/{sku}"),
    "POST members/lookup": send("members/lookup", lambda row: {"phone": row["phone"]}),
    "POST members": send(
        "members", lambda row: {"card": f"CARD-{secrets.token_hex(6)}", "store": row["store"]}
    ),
    "GET members": read("members"),
    "GET members/<key:number>": read("members/{member}"),
    "GET members/<key:number>/points": read("members/{member}/points"),
    "GET members/<key:number>/points/entries": read("members/{member}/points/entries"),
    "POST quotes": send("quotes", lambda row: bodies.quote(row["store"])),
    "POST orders": send("orders", lambda row: bodies.unpaid(row["store"])),
    "GET orders": read("orders"),
    "GET orders/<key:number>": read("orders/{order}"),
    "POST orders/<key:number>/payments": send(
        "orders/{unpaid}/payments", lambda row: {"provider": "sandbox"}
    ),
    "POST orders/<key:number>/payments cash": send(
        "orders/{unpaid}/payments", lambda row: {"tenders": bodies.cash(300)}
    ),
    "POST orders/<key:number>/cancel": send(
        "orders/{unpaid}/cancel", lambda row: {"reason": "access"}
    ),
    "GET payments": read("payments"),
    "GET payments/<key:number>": read("payments/{payment}"),
    "POST payments/notices/sandbox": send(
        "payments/notices/sandbox",
        lambda row: {"payment": "P1", "reference": "sb-1", "amount": 1},
    ),
}
LISTED = {
    "GET skus": ("code", "sku"),
    "GET members": ("number", "member"),
    "GET orders": ("number", "order"),
    "GET payments": ("number", "payment"),
}


def api_routes() -> Iterator[str]:
    """METHOD and route of every operation under /api/v1/, from the URLconf."""

    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[tuple[str, Any]]:
        for pattern in patterns:
            route = prefix + str(pattern.pattern)
            if isinstance(pattern, URLResolver):
                yield from walk(pattern.url_patterns, route)
            else:
                yield route, pattern.callback

    for route, callback in walk(get_resolver().url_patterns, ""):
        if route.startswith("api/v1/"):
            for method in ("get", "post", "put", "patch", "delete"):
                if hasattr(callback.cls, method):
                    yield f"{method.upper()} {route.removeprefix('api/v1/')}"


def test_every_route_has_its_line() -> None:
    assert set(api_routes()) == {" ".join(name.split()[:2]) for name in EXPECTED}
    assert set(CALLS) == set(EXPECTED)


@pytest.mark.parametrize("route", EXPECTED)
def test_access(world: World, route: str) -> None:
    success = SUCCESS_OF.get(route, SUCCESS[route.split()[0]])
    for name, cell in EXPECTED[route].items():
        where = f"{route} by {name}"
        if cell.isdigit():
            sides = ("A",) if route.startswith("DELETE") else ("A", "B", "missing")
            for side in sides:
                assert ask(world, route, name, side)[0].status == int(cell), where
        elif route in LISTED:
            check_list(world, route, name, cell)
        else:
            check_rows(world, route, name, cell, success)


def check_list(world: World, route: str, name: str, cell: str) -> None:
    key, kind = LISTED[route]
    answer, _count = ask(world, route, name, "A")
    assert answer.status == 200, f"{route} by {name}"
    shown = {row[key] for row in answer.body["results"]}
    seen = {side for side in "AB" if world.numbers[side][kind] in shown}
    assert seen == set(cell) - {"-"}, f"{route} by {name}"


def check_rows(world: World, route: str, name: str, cell: str, success: int) -> None:
    missing, statements = ask(world, route, name, "missing")
    assert missing.status == 404, f"{route} by {name}"
    for side in ("A", "B"):
        where = f"{route} by {name} on {side}"
        answer, count = ask(world, route, name, side)
        if side in cell:
            assert answer.status == success, (where, answer.raw)
        else:
            assert answer.status == 404, (where, answer.raw)
            assert without_names(answer) == without_names(missing), where
            assert count == statements, where


def ask(world: World, route: str, name: str, side: str) -> tuple[Answer, int]:
    """The answer, and how many statements it took (without those that prepared the cell)."""
    caller, row = world.caller(name), dict(world.numbers[side])
    if side != "missing" and route.startswith("POST orders/"):
        row["unpaid"] = world.new_unpaid_order(side)
    with CaptureQueriesContext(connection) as asked:
        answer = CALLS[route](caller, row)
    return answer, len(asked)


def without_names(answer: Answer) -> dict[str, Any]:
    """A refusal without what the caller said, and without the request's own id."""
    body: dict[str, Any] = json.loads(answer.raw)
    return {key: body[key] for key in body if key not in ("fields", "request_id")}
