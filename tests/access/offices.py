"""How each line of an office's table is asked, and how its cells are judged."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from apps.accounts.models.history import versions_of
from tests.access import forms
from tests.access.canaries import Canary, leaks
from tests.access.tables import OTHERS, Line
from tests.access.wire import Reply, same_refusal, send
from tests.access.world import PHONES, Caller, World

MISSING = "999999999"
WAYS = {
    "read": ("list", "page", "history", "jump"),
    "write": ("add", "save", "drop"),
}
CELLS = {
    "list": 1, "page": 3, "history": 3, "jump": 3, "add": 2, "save": 3, "drop": 7,
    "act": 6, "back": 12, "file": 6, "open": 1,
}  # fmt: skip
"""Answers that each way takes of one caller."""
ROUTES = {"accounts.user/password": "accounts/user/<id>/password/"}
"""A route that Django writes otherwise than all the others."""
Rows = dict[str, str]


@dataclass
class Desk:
    """One line of a table, asked by one caller on one site; ``cells`` counts what was judged."""

    site: str
    world: World
    canaries: list[Canary]
    line: Line
    caller: Caller
    cells: int = 0

    @property
    def cell(self) -> str:
        return self.line.cells.get(self.caller.name, self.line.cells[OTHERS])

    @property
    def way(self) -> str:
        return self.line.name.split()[0]

    @property
    def what(self) -> str:
        """``orders.order`` or ``orders.order/cancel``."""
        return self.line.name.split()[1]

    @property
    def label(self) -> str:
        return self.what.partition("/")[0]

    @property
    def root(self) -> str:
        return f"/{self.site}/{self.label.replace('.', '/')}/"

    @cached_property
    def rows(self) -> Rows:
        """Side → key in the address."""
        pair = self.world.rows[forms.ASKED_FOR.get(self.what, self.label)]
        return {side: str(row.pk) for side, row in pair.items()} | {"missing": MISSING}

    def judge(self) -> None:
        """Raises AssertionError where an answer is other than the table says."""
        for way in WAYS.get(self.way, (self.way,)):
            getattr(self, f"_{way}")()

    def _list(self) -> None:
        reply = self._ask("GET", "")
        if not self._refused(reply):
            assert reply.status == 200, self._where("GET", "list", reply)
            shown = set(re.findall(rf"{self.root}([^/\"]+)/change/", reply.text))
            seen = {side for side in "AB" if self.rows[side] in shown}
            assert seen == set(self.cell) - {"-"}, self._where("GET", "list", reply)

    def _page(self) -> None:
        self._on_rows("GET", "change/", success=200)

    def _history(self) -> None:
        """The versions of a setting; of a document the way to its audit trail. The portal has neither.
        Who sees no row of the kind finds no history."""
        kept = versions_of(type(self.world.rows[self.label]["A"])) is not None
        success = 403 if self.site == "portal" else 200 if kept else 302
        line = self.line
        if self.cell == "403":
            self.line = replace(line, cells=line.cells | {self.caller.name: "-"})
        self._on_rows("GET", "history/", success=success)
        self.line = line

    def _jump(self) -> None:
        """The short address leads to the page, whatever it names; the page then says."""
        for side, key in self.rows.items():
            reply = self._ask("GET", f"{key}/")
            assert reply.status == 302, self._where("GET", side, reply)
            inside = self.cell != "login"
            assert reply.headers["Location"].endswith(f"{key}/change/") or not inside

    def _add(self) -> None:
        allowed = (self.cell.isdigit() is False and self.cell != "login") or self.cell == "200"
        made, known = {}, f"{self.site} {self.label}"
        known = known if known in forms.ADD else self.label
        if known in forms.ADD:
            given = forms.ADD[known](self.world)
            own = self.world.keys[self.caller.sides[:1] or "A"]["store"]
            if self.label == "accounts.approval":  # for a store of one's own
                given |= {"code": own}
            if self.site == "portal":
                given |= {"store": own}
            made = forms.filled_in(self.world, f"{self.root}add/", given)
        for method, data, success in (("GET", None, (200,)), ("POST", made, (200, 302))):
            reply = self._ask(method, "add/", data=data)
            if allowed:
                assert reply.status in success, self._where(method, "add", reply)
                assert reply.wrote is (method == "POST"), self._where(method, "add", reply)
            else:
                assert self._refused(reply), self._where(method, "add", reply)

    def _save(self) -> None:
        self._on_rows("POST", "change/", data=self._saved, success=302)

    def _saved(self, key: str) -> Any:
        shown = key if key != MISSING else self.rows["A"]
        changes = forms.SAVE.get(self.label, {"name_en": "Changed"})
        return forms.filled_in(self.world, f"{self.root}{shown}/change/", changes)

    def _drop(self) -> None:
        self._on_rows("GET", "delete/", success=200)
        success = 200 if self.label in forms.IN_USE else 302
        sent = {"post": "yes", "reason": "access"}
        self._on_rows("POST", "delete/", data=lambda key: sent, success=success)
        self._drop_many()

    def _drop_many(self) -> None:
        """Both rows at once, from the list: nobody may, who asks gets the list and nothing more."""
        keys = [self.rows[side] for side in "AB"]
        data = {"action": "delete_selected", "_selected_action": keys} | {"post": "yes"}
        reply = self._ask("POST", "", data=data | {"reason": "access"})
        where = self._where("POST", "list", reply)
        assert reply.status in ((302,) if self.cell == "login" else (200, 302, 403)), where
        assert not reply.wrote, where

    def _act(self) -> None:
        name, act = self.what.partition("/")[2], forms.ACT[self.what]
        self._on_rows("GET", f"{name}/", success=act.get, writes=False)
        self._on_rows(
            "POST", f"{name}/", data=lambda key: act.sent, success=act.post, writes=act.writes
        )

    def _back(self) -> None:
        """To a version of the row itself, and to one of the other side's row, which is not there."""
        kept = {side: self._version(side) for side in "AB"}
        own = {**kept, "missing": kept["A"]}
        self._back_to(own, turned=False)
        self._back_to({"A": kept["B"], "B": kept["A"], "missing": kept["B"]}, turned=True)

    def _back_to(self, versions: dict[str, str], *, turned: bool) -> None:
        for method, data in (("GET", None), ("POST", {"reason": "access"})):
            for side, version in versions.items():
                path = f"{self.rows[side]}/history/{version or 999999999}/restore/"
                reply = self._ask(method, path, data=data, side=side)
                where = self._where(f"{method} {path}", side, reply)
                assert reply.wrote is (reply.status == 302 and self.cell != "login"), where
                if self.cell == "login":
                    self._refused(reply)
                elif side not in self.cell or turned or not version:
                    assert reply.status == 404, where
                else:
                    done = (403,) if self.cell.startswith("!") else (200, 302)
                    assert reply.status in done, where

    def _version(self, side: str) -> str:
        row = self.world.rows[self.label][side]
        kept: Any = versions_of(type(row))
        found = kept._default_manager.filter(pgh_obj=row.pk).order_by("pk").last()
        return str(found.pk) if found else ""

    def _file(self) -> None:
        """The paper of a row; another row's paper is not there, nor under one's own row."""
        papers = {side: str(row.pk) for side, row in self.world.rows[f"{self.label}file"].items()}
        for side, other in (("A", "B"), ("B", "A"), ("missing", "A")):
            for paper in (papers.get(side, papers[other]), papers[other]):
                reply = self._ask("GET", f"{self.rows[side]}/files/{paper}/", side=side)
                where = self._where("GET", side, reply)
                if not self._refused(reply):
                    own = side in self.cell and paper == papers.get(side)
                    assert reply.status == (200 if own else 404), where
                assert not reply.wrote, where

    def _open(self) -> None:
        name, asks, query = self.what.partition("/")[2].partition("?")
        reply = self._ask("GET", f"{name}/{asks}{query}")
        assert reply.status == 200 or self._refused(reply), self._where("GET", "-", reply)

    def _on_rows(
        self,
        method: str,
        way: str,
        *,
        success: int,
        data: Callable[[str], Any] | None = None,
        writes: bool | None = None,
    ) -> None:
        replies = {
            side: self._ask(method, f"{key}/{way}", data=data(key) if data else None, side=side)
            for side, key in self.rows.items()
        }
        for side, reply in replies.items():
            where = self._where(f"{method} {way}", side, reply)
            if self._refused(reply):
                assert not reply.wrote, where
            elif side in self.cell:
                wanted = 403 if self.cell.startswith("!") else success
                assert reply.status == wanted, where
                wrote = method == "POST" and success == 302 if writes is None else writes
                assert reply.wrote is (wrote and wanted != 403), where
            else:
                self._judge_missing(side, reply, replies["missing"], where)

    def _judge_missing(self, side: str, reply: Reply, missing: Reply, where: str) -> None:
        asked = {f"/{key}/" for key in (self.rows[side], MISSING)}
        assert reply.status == 404, where
        assert not reply.wrote, where
        assert same_refusal(reply, missing, asked=asked), where
        assert reply.statements == missing.statements, (where, missing.statements)

    def _refused(self, reply: Reply) -> bool:
        """Whether the cell refuses whatever is asked; then it must have."""
        if self.cell == "login":
            assert reply.status == 302, self._where("", "", reply)
            assert reply.headers["Location"].startswith(f"/{self.site}/login/?next=")
            assert reply.text == ""
            return True
        if self.cell == "403":
            assert reply.status == 403, self._where("", "", reply)
            return True
        return False

    def _ask(self, method: str, way: str, *, data: Any = None, side: str = "") -> Reply:
        """The answer; it must show nothing that is not the caller's."""
        path = self.root + way
        reply = send(method, path, headers=self.caller.office, data=data)
        self.cells += 1
        sides = self.caller.sides + (side if side in self.cell else "")
        own = PHONES.get(side, "") if path.endswith("reveal/") and side in self.cell else ""
        said = f"{path} {data} {self.caller.own} {own}"
        found = leaks(reply.everything(), self.canaries, self.caller, sides=sides, said=said)
        assert found == [], f"{self._where(method, side, reply)} shows {found}"
        return reply

    def _where(self, method: str, side: str, reply: Reply) -> str:
        who = f"{self.caller.name} on {self.site} {side}"
        return f"{method} {self.line.name} by {who}: {reply.status}, wrote {reply.wrote}"


def planned(line: Line) -> int:
    """How many answers a line takes of each caller."""
    way = line.name.split()[0]
    return sum(CELLS[one] for one in WAYS.get(way, (way,)))


def routes_of(lines: list[Line]) -> Iterator[str]:
    """The routes that the lines of a table cover."""
    for line in lines:
        way, what = line.name.split()
        label, _sep, name = what.partition("?")[0].partition("/")
        root = f"{label.replace('.', '/')}/"
        row = f"{root}<path:object_id>/"
        named = {
            "list": root, "page": f"{row}change/", "history": f"{row}history/", "jump": row,
            "add": f"{root}add/", "save": f"{row}change/", "drop": f"{row}delete/",
            "act": f"{row}{name}/", "open": f"{root}{name}/",
            "back": f"{row}history/<int:version>/restore/",
            "file": f"{root}<int:{label.partition('.')[2]}_id>/{name}/<int:file_id>/",
        }  # fmt: skip
        for one in WAYS.get(way, (way,)):
            yield ROUTES.get(what, named[one])
