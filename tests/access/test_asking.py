"""Asking sideways: filters, ordering, expansion, cursors, guessed ids, search, autocomplete, counts."""

import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, quote, urlsplit

import pytest

from apps.org.offices.sites import head_office, portal
from apps.org.rules import ROLE_ACTIONS
from tests.access import tables
from tests.access.canaries import leaks
from tests.access.fixtures import Matrix, matrix_fixture, world_database  # noqa: F401
from tests.access.wire import Reply, same_refusal, send
from tests.access.world import PHONES, Caller

LISTS = ("orders", "payments", "members", "skus", "approvals")
SITES = {"admin": (head_office, tables.HEAD), "portal": (portal, tables.SHOPS)}
STRANGE = (
    "ordering=-net_amount", "ordering=member__phone", "o=-1", "expand=member", "expand=store.owner",
    "id=1", "store__code=B1", "member__identities__value_index=x", "home_store__code=B1",
    "franchisee=BAICHUAN", "fields=password", "q=1", "limit=100000", "offset=1",
    "page_size=1&page_size=2",
)  # fmt: skip


def test_the_api_refuses_what_no_filter_names(matrix: Matrix) -> None:
    for path in LISTS:
        for question in STRANGE:
            for name in ("owner_a", "admin"):
                who = matrix.world.callers[name]
                reply = send("GET", f"/api/v1/{path}?{question}", headers=who.api)
                assert (reply.status, reply.body["code"]) == (400, "invalid_request"), question
                matrix.judged(1)


@pytest.mark.parametrize("question", ["store=B1", "member={member}", "order={order}"])
def test_a_filter_finds_nothing_of_the_other_side(matrix: Matrix, question: str) -> None:
    asked = question.format(**matrix.world.keys["B"])
    for path in ("orders", "payments"):
        for name in ("owner_a", "clerk_a", "east", "app_a1", "member_a"):
            reply = send("GET", f"/api/v1/{path}?{asked}", headers=matrix.world.callers[name].api)
            assert reply.status == 400 or reply.body["results"] == [], (path, name)
            matrix.judged(1)


@pytest.mark.parametrize("path", ["orders", "payments"])
def test_a_cursor_opens_no_row_of_somebody_else(matrix: Matrix, path: str) -> None:
    """It says where to go on, not what may be seen; and nobody can write one."""
    mine, theirs = matrix.world.callers["owner_a"], matrix.world.callers["owner_b"]
    whole = send("GET", f"/api/v1/{path}", headers=mine.api).body["results"]
    page = send("GET", f"/api/v1/{path}?page_size=1", headers=theirs.api).body
    cursor = parse_qs(urlsplit(page["next"]).query)["cursor"][0]

    found = send("GET", f"/api/v1/{path}?cursor={cursor}", headers=mine.api)

    assert found.status == 200
    own = {row["number"] for row in whole}
    assert {row["number"] for row in found.body["results"]} <= own
    forged = cursor[:-4] + ("AAAA" if cursor[-4:] != "AAAA" else "BBBB")
    for wrong in (forged, "1", quote("张"), "e30"):
        reply = send("GET", f"/api/v1/{path}?cursor={wrong}", headers=mine.api)
        assert (reply.status, reply.body["code"]) == (400, "invalid_cursor"), wrong
    matrix.judged(5)


def offices() -> Iterator[tuple[str, str]]:
    for site, (where, _names) in SITES.items():
        for model in where._registry:
            yield site, f"{model._meta.app_label}/{model._meta.model_name}"


@pytest.mark.parametrize(("site", "label"), list(offices()))
def test_an_office_answers_no_free_lookup(matrix: Matrix, site: str, label: str) -> None:
    """A lookup that no filter names could feel its way to what no column shows."""
    where, names = SITES[site]
    model, _admin = next(
        (model, admin)
        for model, admin in where._registry.items()
        if f"{model._meta.app_label}/{model._meta.model_name}" == label
    )
    relations = [field.name for field in model._meta.fields if field.is_relation]
    texts = [field.name for field in model._meta.fields if not field.is_relation]
    questions = [f"{texts[-1]}__isnull=0", f"{texts[0]}__gt=0", f"{texts[-1]}__regex=."]
    questions += [f"{name}__pk__gt=0" for name in relations]
    who = matrix.world.callers[names[1] if site == "admin" else "owner_a"]
    for question in questions:
        reply = send("GET", f"/{site}/{label}/?{question}", headers=who.office)
        assert reply.status == 400, (label, question)
        matrix.judged(1)


def test_guessed_ids_are_as_good_as_missing(matrix: Matrix) -> None:
    keys = ("abc", "0", "-1", "1e3", "%00", "9" * 30, "1;2", "None", "../1")
    for site, label in (
        ("admin", "orders/order"),
        ("portal", "orders/order"),
        ("admin", "org/store"),
    ):
        who = matrix.world.callers["east" if site == "admin" else "owner_a"]
        for key in keys:
            for way in ("change", "delete", "history"):
                path = f"/{site}/{label}/{quote(key, safe='%/')}/{way}/"
                for method in ("GET", "POST"):
                    reply = send(method, path, headers=who.office, data={"post": "yes"})
                    assert reply.status in (403, 404, 405), (method, path, reply.status)
                    assert not reply.wrote, path
                    matrix.judged(1)


def texts_of(matrix: Matrix, side: str) -> list[str]:
    """What one would type to find the rows of a side."""
    keys, rows = matrix.world.keys[side], matrix.world.rows
    store: Any = rows["org.store"][side]
    user: Any = rows["accounts.user"][side]
    found = [keys[key] for key in ("order", "payment", "member", "store", "approval")]
    return [*found, PHONES[side], PHONES[side][-4:], store.name, user.username]


@pytest.mark.parametrize("site", SITES)
def test_searches_find_nothing_of_the_other_side(matrix: Matrix, site: str) -> None:
    kinds = ("orders/order", "members/member", "inventory/stock", "accounts/approval")
    pairs = (("owner_a", "B"), ("owner_b", "A"), ("clerk_a", "B")) if site == "portal" else ()
    for name, side in pairs or (("east", "B"),):
        who = matrix.world.callers[name]
        foreign = {
            f"/{site}/{label.replace('.', '/')}/{pair[side].pk}/change/"
            for label, pair in matrix.world.rows.items()
            if " " not in label and not label.startswith(("products.", "org.channel"))
        }
        for text in texts_of(matrix, side):
            asked = quote(text)
            paths = [f"/{site}/{kind}/?q={asked}" for kind in kinds]
            paths += [f"/{site}/search/?s={asked}", f"/{site}/search/?s={asked}&extended=1"]
            replies = [send("GET", path, headers=who.office) for path in paths]
            replies.append(send("POST", f"/{site}/search/", headers=who.office, data={"s": text}))
            for reply in replies:
                assert {link for link in foreign if link in reply.text} == set(), (name, text)
                check_words(matrix, reply, who, said=text)
                matrix.judged(1)


def check_words(matrix: Matrix, reply: Reply, who: Caller, *, said: str) -> None:
    found = leaks(reply.everything(), matrix.canaries, who, sides=who.sides, said=said)
    assert found == [], (who.name, said, found)


def test_searches_find_what_is_there(matrix: Matrix) -> None:
    """Else the test above would pass on a search that finds nothing at all."""
    for name, site in (("owner_a", "portal"), ("east", "admin")):
        who = matrix.world.callers[name]
        page = f"/{site}/orders/order/{matrix.world.rows['orders.order']['A'].pk}/change/"
        text = matrix.world.keys["A"]["order"]
        listed = send("GET", f"/{site}/orders/order/?q={text}", headers=who.office)
        found = send("POST", f"/{site}/search/", headers=who.office, data={"s": text})
        for reply in (listed, found):
            assert page in reply.text, name


@pytest.mark.parametrize("site", SITES)
def test_autocompletes_offer_own_rows_only(matrix: Matrix, site: str) -> None:
    """Every field of every page that completes what is typed, for everybody inside."""
    where, names = SITES[site]
    for model, admin in where._registry.items():
        for field in admin.autocomplete_fields:
            target = where.get_model_admin(model._meta.get_field(field).related_model)
            narrowed = bool(model._meta.get_field(field).remote_field.limit_choices_to)
            for name in names:
                who = matrix.world.callers[name]
                path = f"/{site}/autocomplete/?app_label={model._meta.app_label}"
                path += f"&model_name={model._meta.model_name}&field_name={field}&term="
                reply = send("GET", path, headers=who.office)
                may = target.see_action in who.actions
                assert reply.status == (200 if may else 403), (path, name)
                check_words(matrix, reply, who, said=path)
                if may and not narrowed:
                    shown = {row["id"] for row in reply.body["results"]}
                    check_offered(matrix, target.model._meta.label_lower, shown, who)
                matrix.judged(1)


def check_offered(matrix: Matrix, label: str, shown: set[str], who: Caller) -> None:
    pair = matrix.world.rows[label]
    brand = label.startswith("products.") or label in ("org.channel", "org.storegroup")
    for side in "AB":
        if side not in who.sides and not brand:
            assert str(pair[side].pk) not in shown, (label, who.name)
        elif len(shown) < 20:
            assert str(pair[side].pk) in shown, (label, who.name)


SALES = {  # sales and orders of today
    "owner_a": ("portal", "¥28.99", "2"),
    "owner_b": ("portal", "¥26.00", "2"),
    "clerk_a": ("portal", "¥28.99", "2"),
    "east": ("admin", "¥28.99", "2"),
    "admin": ("admin", "¥54.99", "4"),
}


@pytest.mark.parametrize("name", SALES)
def test_the_overview_adds_up_own_rows_only(matrix: Matrix, name: str) -> None:
    site, sales, orders = SALES[name]
    reply = send("GET", f"/{site}/", headers=matrix.world.callers[name].office)

    text = re.sub(r"<[^>]+>", " ", reply.text)
    assert sales in text
    others = {figure for _site, figure, _count in SALES.values()} - {sales}
    if name != "admin":  # who sees every store finds each in the ranking
        assert not [figure for figure in others if figure in text]
    found = re.search(r"\bOrders\s+(\d+)", text)
    assert found is not None
    assert found.group(1) == orders
    matrix.judged(1)


COUNTS = {"orders/order": {"owner_a": 4, "owner_b": 4, "east": 4, "admin": 8}}


@pytest.mark.parametrize("name", COUNTS["orders/order"])
def test_a_list_counts_own_rows_only(matrix: Matrix, name: str) -> None:
    site = "portal" if name.startswith("owner") else "admin"
    who = matrix.world.callers[name]
    reply = send("GET", f"/{site}/orders/order/", headers=who.office)

    wanted = COUNTS["orders/order"][name]
    assert len(set(re.findall(r"/orders/order/(\d+)/change/", reply.text))) == wanted
    text = re.sub(r"<[^>]+>", " ", reply.text)
    assert re.search(rf"\b{wanted}\s+rows\b", text), text[-600:]
    matrix.judged(1)


@pytest.mark.parametrize("kind", ["sessions", "tokens"])
def test_nobody_ends_the_sign_in_of_somebody_else(matrix: Matrix, kind: str) -> None:
    label = "accounts.staffsession" if kind == "sessions" else "accounts.stafftoken"
    foreign = str(matrix.world.rows[label]["A"].pk)
    who = matrix.world.callers["owner_b"]
    paths = [f"/portal/security/{kind}/{key}/end/" for key in (foreign, "999999999")]
    theirs, missing = (send("POST", path, headers=who.office, data={}) for path in paths)

    assert (theirs.status, missing.status) == (404, 404)
    assert same_refusal(theirs, missing, asked={f"/{foreign}/", "/999999999/"})
    assert theirs.statements == missing.statements
    assert not theirs.wrote
    matrix.judged(2)


def test_every_role_of_the_cast_is_a_role(matrix: Matrix) -> None:
    held = {who.actions for who in matrix.world.callers.values()}
    assert set(ROLE_ACTIONS.values()) <= held
