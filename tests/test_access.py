"""Who reaches what: every route × every kind of caller × own, foreign and missing rows.

The routes come from the URL configuration: one without a line in ``tests/access/tables.py`` fails,
and so does a line without a route. Every answer is searched for values of rows that the caller may
not see, no refusal may have written anything, and somebody else's row answers like a missing one.
"""

import pytest

from tests.access import api, offices, pages, routes, tables
from tests.access.api import BODIES, Asked
from tests.access.fixtures import Matrix, matrix_fixture, world_database  # noqa: F401
from tests.access.offices import Desk, routes_of
from tests.access.wire import send

API = {line.name: line for line in tables.lines(tables.API)}
ADMIN = {line.name: line for line in tables.lines(tables.ADMIN, (tables.OTHERS, *tables.HEAD))}
PORTAL = {line.name: line for line in tables.lines(tables.PORTAL, (tables.OTHERS, *tables.SHOPS))}
SITE = {line.name: line for line in tables.lines(tables.SITE, (tables.OTHERS, "inside"))}
PORTAL_SITE = {
    line.name: line for line in tables.lines(tables.PORTAL_SITE, (tables.OTHERS, "inside"))
}
OTHER = {line.name: line for line in tables.lines(tables.OTHER, (tables.OTHERS,))}
INSIDE = {"admin": tables.HEAD, "portal": tables.SHOPS}
UNDECLARED = ("PUT", "PATCH", "DELETE", "OPTIONS")
FLOOR = 30_616
"""Cells below which the matrix has lost something."""


def test_every_operation_of_the_api_has_its_line() -> None:
    assert set(routes.api_operations()) == {" ".join(name.split()[:2]) for name in API}
    assert set(BODIES) == {name for name in API if name.startswith(("POST", "PUT"))}


@pytest.mark.parametrize(("site", "table"), [("admin", ADMIN), ("portal", PORTAL)])
def test_every_page_of_the_offices_has_its_line(site: str, table: dict[str, tables.Line]) -> None:
    alone = PORTAL_SITE if site == "portal" else {}
    own = {pages.route_of(line) for line in (SITE | alone).values()} - {"<app>/"}
    found = {route for route in routes.office_routes(site) if not route.startswith("^(?P<app_")}
    assert found == own | set(routes_of(list(table.values())))


def test_every_other_address_has_its_line() -> None:
    assert set(routes.other_routes()) == {pages.route_of(line) for line in OTHER.values()}


def test_the_matrix_does_not_shrink() -> None:
    """Each test says how many answers it judged; this is the sum that they have to reach."""
    callers = len(tables.CALLERS)
    asked = sum(api.planned(line, name) for line in API.values() for name in tables.CALLERS)
    lines = [*ADMIN.values(), *PORTAL.values()]
    desks = callers * sum(offices.planned(line) for line in lines)
    visits = callers * (len(SITE) * len(INSIDE) + len(OTHER))
    assert asked + desks + visits >= FLOOR


@pytest.mark.parametrize("name", API)
def test_api(matrix: Matrix, name: str) -> None:
    for caller in tables.CALLERS:
        asked = Asked(matrix.world, matrix.canaries, API[name], matrix.world.callers[caller])
        asked.judge()
        assert asked.cells == api.planned(API[name], caller)
        matrix.judged(asked.cells)


@pytest.mark.parametrize("name", ADMIN)
def test_admin(matrix: Matrix, name: str) -> None:
    sit_down(matrix, "admin", ADMIN[name])


@pytest.mark.parametrize("name", PORTAL)
def test_portal(matrix: Matrix, name: str) -> None:
    sit_down(matrix, "portal", PORTAL[name])


def sit_down(matrix: Matrix, site: str, line: tables.Line) -> None:
    for caller in tables.CALLERS:
        desk = Desk(site, matrix.world, matrix.canaries, line, matrix.world.callers[caller])
        desk.judge()
        assert desk.cells == offices.planned(line)
        matrix.judged(desk.cells)


@pytest.mark.parametrize("name", SITE)
@pytest.mark.parametrize("site", INSIDE)
def test_pages_of_a_site(matrix: Matrix, site: str, name: str) -> None:
    for caller in tables.CALLERS:
        who, inside = matrix.world.callers[caller], caller in INSIDE[site]
        pages.Visit(site, matrix.world, matrix.canaries, SITE[name], who, inside).judge()
        matrix.judged(1)


@pytest.mark.parametrize("name", PORTAL_SITE)
def test_pages_of_the_portal_alone(matrix: Matrix, name: str) -> None:
    for caller in tables.CALLERS:
        who, inside = matrix.world.callers[caller], caller in INSIDE["portal"]
        line = PORTAL_SITE[name]
        pages.Visit("portal", matrix.world, matrix.canaries, line, who, inside).judge()
        matrix.judged(1)


@pytest.mark.parametrize("name", OTHER)
def test_other_addresses(matrix: Matrix, name: str) -> None:
    for caller in tables.CALLERS:
        who = matrix.world.callers[caller]
        pages.Visit("", matrix.world, matrix.canaries, OTHER[name], who).judge()
        matrix.judged(1)


@pytest.mark.parametrize("route", sorted({name.split()[1] for name in API}))
def test_a_method_that_is_not_there_changes_nothing(matrix: Matrix, route: str) -> None:
    """405 for whom we know, 401 for whom we do not; where nobody signs in, 405 for all."""
    has = {name.split()[0] for name in API if name.split()[1] == route}
    path = "/api/v1/" + route.replace("<key:number>", "S26010100000000").replace(
        "<key:code>", "TEA"
    ).replace("<key:store>", "A1")
    for method in sorted({"GET", "POST", *UNDECLARED} - has):
        for caller in tables.CALLERS:
            who = matrix.world.callers[caller]
            reply = send(method, path, headers=who.api, body={})
            assert reply.status in (401, 405), (method, path, caller, reply.status)
            assert reply.status == 405 or caller in ("anonymous", "revoked"), (method, path, caller)
            assert not reply.wrote
            matrix.judged(1)


@pytest.mark.parametrize("site", INSIDE)
def test_offices_know_no_other_methods(matrix: Matrix, site: str) -> None:
    table = ADMIN if site == "admin" else PORTAL
    rows = matrix.world.rows
    paths = {""} | {
        f"{label.replace('.', '/')}/{end}"
        for label in {name.split()[1].partition("/")[0] for name in table}
        for end in ("", f"{rows[label]['A'].pk}/change/", f"{rows[label]['A'].pk}/delete/")
    }
    for caller in ("anonymous", INSIDE[site][1]):
        for path in sorted(paths):
            for method in UNDECLARED:
                who = matrix.world.callers[caller]
                reply = send(method, f"/{site}/{path}", headers=who.office)
                assert reply.status == (302 if caller == "anonymous" else 405), (method, path)
                assert not reply.wrote, (method, path)
                matrix.judged(1)
