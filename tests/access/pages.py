"""How the pages are asked that belong to no model, and the addresses of neither API nor offices."""

from dataclasses import dataclass

from tests import builders
from tests.access import forms
from tests.access.canaries import Canary, leaks
from tests.access.tables import OTHERS, Line
from tests.access.wire import Reply, send
from tests.access.world import Caller, World

PATHS = {
    ".": "",
    "security/sessions/<int:pk>/end/": "security/sessions/999999999/end/",
    "security/tokens/<int:pk>/end/": "security/tokens/999999999/end/",
    "security/prove/<slug:purpose>/": "security/prove/nothing/",
    "lists/views/<int:pk>/rename/": "lists/views/999999999/rename/",
    "lists/views/<int:pk>/delete/": "lists/views/999999999/delete/",
    "lists/export/<str:listing>/": "lists/export/orders.nothing/",
    "lists/change/<str:subject>/": "lists/change/orders.nothing/",
    "<app>/": "orders/",
    "<nothing>": "r/1/1/",
}
"""The address of each page that has no fixed one."""
DATA = {
    "login/": forms.WRONG_PASSWORD,
    "password_change/": {"old_password": "wrong", **forms.NEW_PASSWORD},
    "i18n/setlang/": {"language": "en"},
}
EXAMPLES = f"{builders.ZHANG_PHONE} 138****1234"
"""A member of nobody's in the description of the API, who has the phone of our member Zhang."""
WRITES = {"POST logout/", "POST security/end-others/"}
"""People may always end their own sign-ins; nothing else here writes."""


@dataclass
class Visit:
    """One page of one site, asked by one caller."""

    site: str
    world: World
    canaries: list[Canary]
    line: Line
    caller: Caller
    inside: bool = False

    def judge(self) -> Reply:
        """Raises AssertionError where the answer is other than the table says."""
        method, route = self.line.name.split()
        cell = self.line.cells["inside" if self.inside else OTHERS]
        path = f"/{self.site}/" if self.site else "/"
        path += PATHS.get(route, route)
        data = DATA.get(route, {"s": "x"}) if method == "POST" else None
        reply = send(method, path, headers=self.caller.office, data=data)
        where = f"{method} {path} by {self.caller.name}: {reply.status}"
        if cell == "login":
            assert reply.status == 302, where
            assert reply.headers["Location"].startswith(f"/{self.site}/login/?next="), where
        else:
            assert reply.status == int(cell), where
        assert reply.wrote is (self.inside and self.line.name in WRITES), where
        examples = EXAMPLES if route.startswith("api/") else ""
        said = f"{path} {data} {self.caller.own} {examples}"
        found = leaks(
            reply.everything(), self.canaries, self.caller, sides=self.caller.sides, said=said
        )
        assert found == [], f"{where} shows {found}"
        return reply


def route_of(line: Line) -> str:
    """The route of a line as the URL configuration writes it."""
    route = line.name.split()[1]
    return {".": "", "<nothing>": "(?P<url>.*)$", "api/nothing": "^api/"}.get(route, route)
