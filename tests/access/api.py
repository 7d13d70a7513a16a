"""How each line of the API's table is asked, and how its cells are judged."""

import secrets
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from tests import builders
from tests.access.canaries import Canary, leaks
from tests.access.tables import Line
from tests.access.wire import Reply, same_refusal, send
from tests.access.world import MISSING, PHONES, Caller, World
from tests.api import bodies

ROOT = "/api/v1/"
SIDES = ("A", "B", "missing")
Body = Callable[[Mapping[str, str]], Any]
SUCCESS = {"POST": 201, "GET": 200, "PUT": 200, "DELETE": 204}
SUCCESS_OF = {
    "POST members/lookup": 200,
    "POST quotes": 200,
    "POST orders/<key:number>/cancel": 200,
    "POST approvals/<key:number>/approval": 200,
    "POST approvals/<key:number>/rejection": 200,
    "POST members/<key:number>/reveal": 200,
    "POST members/<key:number>/consents": 200,
}
KEYS: dict[str, str] = {
    "skus/<key:code>": "sku",
    "members/<key:number>": "member",
    "orders/<key:number>": "order",
    "orders/<key:number>/payments": "unpaid",
    "orders/<key:number>/cancel": "unpaid",
    "payments/<key:number>": "payment",
    "members/<key:number>/points": "member",
    "members/<key:number>/points/entries": "member",
    "members/<key:number>/reveal": "member",
    "members/<key:number>/consents": "member",
    "members/<key:number>/consents/<key:store>": "member",
    "approvals/<key:number>": "approval",
    "approvals/<key:number>/approval": "approval",
    "approvals/<key:number>/rejection": "approval",
    "approvals/<key:number>/withdrawal": "approval",
}
"""Which key of a side stands in the address."""
BODIES: dict[str, Body] = {
    "POST staff/tokens": lambda row: {"username": "user-clerk_a", "password": builders.PASSWORD},
    "PUT skus": lambda row: {"on_error": "reject_rows", "items": [{"sku": row["sku"]}]},
    "PUT prices": lambda row: {
        "on_error": "reject_rows", "items": [{"sku": row["sku"], "amount": 100}],
    },
    "POST members/lookup": lambda row: {"phone": row["phone"]},
    "POST members": lambda row: {"card": f"CARD-{secrets.token_hex(6)}", "store": row["store"]},
    "POST quotes": lambda row: bodies.quote(row["store"]),
    "POST orders": lambda row: bodies.unpaid(row["store"]),
    "POST orders/<key:number>/payments": lambda row: {"provider": "sandbox"},
    "POST orders/<key:number>/payments cash": lambda row: {"tenders": bodies.cash(300)},
    "POST orders/<key:number>/cancel": lambda row: {"reason": "access"},
    "POST members/<key:number>/consents": lambda row: {
        "store": row["store"], "phone": row["phone"],
    },
    "POST members/<key:number>/reveal": lambda row: {"fields": ["phone"], "reason": "access"},
    "POST approvals": lambda row: {
        "act": "staff.grant_role", "reason": "access", "evidence": "a letter",
        "payload": {"user": "newhand", "role": "clerk", "store": row["store"]},
    },
    "POST approvals/<key:number>/approval": lambda row: {"reason": "access"},
    "POST approvals/<key:number>/rejection": lambda row: {"reason": "access"},
    "POST approvals/<key:number>/withdrawal": lambda row: {"reason": "access"},
    "POST payments/notices/sandbox": lambda row: {
        "payment": "P1", "reference": "sb-1", "amount": 1,
    },
}  # fmt: skip
LISTED = {
    "GET skus": ("code", "sku"),
    "GET catalogue/changes": ("sku", "sku"),
    "GET members": ("number", "member"),
    "GET orders": ("number", "order"),
    "GET payments": ("number", "payment"),
    "GET approvals": ("number", "approval"),
}
"""Lists: the field that names a row, and the key of a side that must or must not be among them."""


def planned(line: Line, caller: str) -> int:
    """How many answers a line takes of ``caller``."""
    return 1 if line.name in LISTED and not line.cells[caller].isdigit() else len(SIDES)


@dataclass
class Asked:
    """One line, asked by one caller; ``cells`` counts the answers that were judged."""

    world: World
    canaries: list[Canary]
    line: Line
    caller: Caller
    cells: int = 0

    @property
    def cell(self) -> str:
        return self.line.cells[self.caller.name]

    def judge(self) -> None:
        """Raises AssertionError where an answer is other than the table says."""
        if self.cell.isdigit():
            self._fixed()
        elif self.line.name in LISTED:
            self._list()
        else:
            self._rows()

    def _fixed(self) -> None:
        for side in SIDES:
            reply = self._ask(side, shown="")
            assert reply.status == int(self.cell), self._where(side, reply)

    def _list(self) -> None:
        key, kind = LISTED[self.line.name]
        reply = self._ask("A", shown=self.cell)
        assert reply.status == 200, self._where("A", reply)
        shown = {row[key] for row in reply.body["results"]}
        seen = {side for side in "AB" if self.world.keys[side][kind] in shown}
        assert seen == set(self.cell) - {"-"}, self._where("A", reply)

    def _rows(self) -> None:
        method = self.line.name.split()[0]
        success = SUCCESS_OF.get(self.line.name, SUCCESS[method])
        missing = self._ask("missing", shown="")
        assert missing.status == 404, self._where("missing", missing)
        for side in "AB":
            reply = self._ask(side, shown=side if side in self.cell else "")
            if side in self.cell:
                wanted = 403 if self.cell.startswith("!") else success
                assert reply.status == wanted, self._where(side, reply)
                continue
            assert reply.status == 404, self._where(side, reply)
            asked = {*self.world.keys[side].values(), *MISSING.values()}
            assert same_refusal(reply, missing, asked=asked), self._where(side, reply)
            assert reply.statements == missing.statements, self._where(side, reply)

    def _ask(self, side: str, *, shown: str) -> Reply:
        """The answer; no refusal may have written, and none may show what is not the caller's."""
        method, route, *_rest = self.line.name.split()
        keys = self.world.keys[side]
        path = ROOT + route
        if route in KEYS:
            path = ROOT + route.replace("<key:number>", "{0}").replace("<key:code>", "{0}").replace(
                "<key:store>", keys["store"]
            ).format(keys[KEYS[route]])
        body = BODIES[self.line.name](keys) if self.line.name in BODIES else None
        reply = send(method, path, headers=self.caller.api, body=body)
        self.cells += 1
        where = self._where(side, reply)
        if reply.status >= 400 or method == "GET":
            assert not reply.wrote, f"{where} wrote"
        sides = self.caller.sides + shown
        asked = PHONES.get(shown, "") if route.endswith("/reveal") else ""
        found = leaks(
            reply.everything(),
            self.canaries,
            self.caller,
            sides=sides,
            said=f"{path} {body} {self.caller.own} {asked}",
        )
        assert found == [], f"{where} shows {found}"
        return reply

    def _where(self, side: str, reply: Reply) -> str:
        text = f"{self.line.name} by {self.caller.name} on {side}: {reply.status}"
        return f"{text} {reply.text[:300]}"
