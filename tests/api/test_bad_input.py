"""Bad input over HTTP: each gets its documented answer, and nothing is written."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import StaffToken, User
from apps.common import clock
from apps.inventory.models import Stock
from apps.members import services as members
from apps.orders.models import Order
from apps.org import rules
from apps.org import services as org_services
from apps.org.models import Store
from apps.products import services as products
from apps.products.models import Sku
from tests import books, builders
from tests.api import bodies, caller
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

HUGE = 10**12
Ask = Callable[..., Answer]


@pytest.fixture
def nothing_written(brand: Brand, clerk: Caller, manager: Caller) -> Iterator[None]:
    with books.unchanged():
        yield


@pytest.fixture(params=["orders", "quotes"])
def ask(request: pytest.FixtureRequest, clerk: Caller) -> Ask:
    """A sale and a quote of the same goods: what is wrong with the goods, both refuse alike."""

    def send(**changes: Any) -> Answer:
        if request.param == "quotes":
            return clerk.post("quotes", bodies.quote(**changes), key=None)
        return clerk.post("orders", bodies.sale(**changes))

    return send


def line(sku: str = "TEA", quantity: Any = 1, **more: Any) -> list[dict[str, Any]]:
    return [{"sku": sku, "quantity": quantity} | more]


def test_an_unknown_sku(ask: Ask, nothing_written: None) -> None:
    answer = ask(lines=line("NONSENSE"))
    assert answer.refusal == (422, "unknown_sku")
    assert answer.body["fields"] == {"lines": ["NONSENSE"]}


def test_a_sku_that_is_not_on_sale(ask: Ask, brand: Brand) -> None:
    Sku.objects.filter(code="TEA").update(is_active=False)
    with books.unchanged():
        assert ask(lines=line("TEA")).refusal == (422, "unknown_sku")


def test_a_sku_without_a_price(ask: Ask, brand: Brand) -> None:
    builders.without_price(brand.tea)
    with books.unchanged():
        assert ask(lines=line("TEA")).refusal == (422, "sku_not_priced")


NO_QUANTITIES = [
    0, "0", "0.000", -1, "-1", HUGE, str(HUGE), 1000000, "1000000", "NaN", "nan", "Infinity",
    "-Infinity", "1e3", "1E-3", "0x10", "+1", " 1", "1 ", "1_0", "1,5", "１", "١", "1.2345", ".5",
    "5.", "", "1\n", 10**30, int("9" * 4000),
]  # fmt: skip


def test_a_quantity_that_cannot_be(ask: Ask, nothing_written: None) -> None:
    for quantity in NO_QUANTITIES:
        answer = ask(lines=line(quantity=quantity))
        assert answer.refusal == (422, "invalid_quantity"), quantity
        assert answer.body["fields"] == {"quantity": str(quantity)[:32]}


def test_a_quantity_of_the_wrong_json_type(clerk: Caller, nothing_written: None) -> None:
    body = json.dumps(bodies.sale(lines=line(quantity="HERE")))
    for raw in ("NaN", "Infinity", "1.5", "1e3", "true", "null", "[]", "{}", '"x'):
        answer = clerk.post("orders", body.replace('"HERE"', raw).encode())
        assert answer.refusal == (400, "invalid_request"), raw


def test_a_fraction_of_a_piece(ask: Ask, nothing_written: None) -> None:
    assert ask(lines=line("TEA", "0.5")).refusal == (422, "fraction_of_piece")


def test_the_same_sku_on_two_lines_is_sold_once(brand: Brand, clerk: Caller) -> None:
    answer = clerk.post(
        "orders",
        bodies.sale(lines=line("MILK", 60) + line("MILK", 40), shown_total=30000,
                    tenders=bodies.cash(30000)),
    )  # fmt: skip
    assert answer.status == 201
    assert [sold["net"] for sold in answer.body["lines"]] == [18000, 12000]
    assert Stock.objects.get(sku=brand.milk, location__store=brand.a1).on_hand == 0
    assert books.differences() == {}


def test_the_same_sku_on_two_lines_cannot_oversell(clerk: Caller, nothing_written: None) -> None:
    lines = line("MILK", 60) + line("MILK", 41)
    answer = clerk.post(
        "orders", bodies.sale(lines=lines, shown_total=30300, tenders=bodies.cash(30300))
    )
    assert answer.refusal == (409, "out_of_stock")
    assert answer.body["fields"] == {"skus": ["MILK"]}


def test_a_total_the_client_made_up(clerk: Caller, nothing_written: None) -> None:
    answer = clerk.post("orders", bodies.sale(shown_total=1, tenders=bodies.cash(1)))
    assert answer.refusal == (409, "price_changed")
    assert answer.body["fields"] == {"shown_total": 1, "total": 5273}


def test_a_unit_price_the_client_made_up(ask: Ask, nothing_written: None) -> None:
    answer = ask(lines=line("TEA", 1, shown_unit_price=1))
    assert answer.refusal == (409, "price_changed")
    assert answer.body["fields"] == {"sku": "TEA", "unit_price": 1999}


def test_tenders_that_do_not_add_up(clerk: Caller, nothing_written: None) -> None:
    answer = clerk.post("orders", bodies.sale(tenders=bodies.cash(5000)))
    assert answer.refusal == (422, "tender_mismatch")
    assert answer.body["detail"] == "The tenders add up to 5000, the order to 5273."


@pytest.mark.parametrize(
    "tenders",
    [
        [{"kind": "gold", "amount": 5273}],
        [{"kind": "sandbox", "amount": 5273}],
        [{"kind": "cash", "amount": 5000}, {"kind": "cash", "amount": 273}],
    ],
)
def test_a_tender_the_counter_cannot_take(
    clerk: Caller, tenders: list[dict[str, Any]], nothing_written: None
) -> None:
    assert clerk.post("orders", bodies.sale(tenders=tenders)).refusal == (422, "unknown_tender")


def test_an_amount_that_is_no_amount(clerk: Caller, nothing_written: None) -> None:
    for amount in (1.5, 5273.0, True, "5273", -1, 2**63, 10**40, None):
        tenders = [{"kind": "cash", "amount": amount}]
        for field, value in (("shown_total", amount), ("tenders", tenders)):
            answer = clerk.post("orders", bodies.sale() | {field: value})
            assert answer.refusal == (400, "invalid_request"), amount
            assert f"$.{field}" in answer.body["detail"]


def test_an_amount_beyond_the_limit(ask: Ask, brand: Brand) -> None:
    products.set_base_price(builders.SYSTEM, sku=brand.tea, amount=HUGE)
    with books.unchanged():
        assert ask(lines=line("TEA", 2)).refusal == (422, "amount_too_large")
        assert ask(lines=line("TEA", 1) * 2).refusal == (422, "amount_too_large")


def test_an_unknown_store(ask: Ask, nothing_written: None) -> None:
    assert ask(store="NOWHERE").refusal == (404, "store_not_found")


def test_somebody_elses_store_looks_like_an_unknown_one(ask: Ask, nothing_written: None) -> None:
    foreign, missing = ask(store="B1").body, ask(store="NOWHERE").body
    assert (foreign["status"], foreign["fields"]) == (404, {"store": "B1"})
    for body in (foreign, missing):
        del body["fields"], body["request_id"]
    assert foreign == missing


def test_a_closed_store(ask: Ask, brand: Brand) -> None:
    store = org_services.lock_stores(brand.a1.pk)[brand.a1.pk]
    today = clock.business_day(clock.now(), store.time_zone)
    org_services.end_tenure(store, on=today + timedelta(days=1))
    org_services.mark_status(store, Store.Status.CLOSED)
    with books.unchanged():
        assert ask().refusal == (409, "store_closed")


def test_an_unknown_channel(ask: Ask, nothing_written: None) -> None:
    assert ask(channel="fax").refusal == (404, "channel_not_found")


def test_an_unknown_member(clerk: Caller, nothing_written: None) -> None:
    answer = clerk.post("orders", bodies.sale(member="123456789012"))
    assert answer.refusal == (404, "member_not_found")


def test_a_member_orders_for_nobody_else(
    brand: Brand, zhang: Caller, nothing_written: None
) -> None:
    answer = zhang.post("orders", bodies.unpaid(member=brand.li.number))
    assert answer.refusal == (403, "member_mismatch")


def test_a_member_takes_no_cash(zhang: Caller, nothing_written: None) -> None:
    assert zhang.post("orders", bodies.sale()).refusal == (403, "not_permitted")


def test_no_lines(ask: Ask, nothing_written: None) -> None:
    assert ask(lines=[]).refusal == (400, "no_lines")


def test_the_longest_order_is_taken_and_one_line_more_is_not(brand: Brand, clerk: Caller) -> None:
    brand.milk.stock.update(on_hand=500)
    cost: dict[str, Any] = {"shown_total": 150000, "tenders": bodies.cash(150000)}
    answer = clerk.post("orders", bodies.sale(lines=line("MILK") * 501, **cost))
    assert answer.refusal == (422, "too_many_lines")
    assert clerk.post("orders", bodies.sale(lines=line("MILK") * 500, **cost)).status == 201


def test_an_order_with_5000_lines(ask: Ask, nothing_written: None) -> None:
    answer = ask(lines=line() * 5000)
    assert answer.refusal == (422, "too_many_lines")
    assert answer.body["detail"] == "An order has at most 500 lines; this one has 5000."


@pytest.mark.parametrize("path", ["orders", "quotes", "members", "members/lookup"])
def test_a_body_of_10_megabytes(clerk: Caller, path: str, nothing_written: None) -> None:
    answer = clerk.post(path, b'{"store": "' + b"A" * 10_000_000 + b'"}')
    assert answer.refusal == (413, "body_too_large")


@pytest.mark.parametrize("path", ["staff/tokens", "payments/notices/sandbox"])
def test_a_body_of_10_megabytes_from_a_stranger(
    brand: Brand, path: str, nothing_written: None
) -> None:
    assert Caller().post(path, b" " * 10_000_000).refusal == (413, "body_too_large")


NO_BODIES = [
    b"", b"null", b"[]", b'"A1"', b"{", b"{}", b"\xff\xfe", b"[" * 100_000,
    b'{"store": "\\ud800"}', b"store=A1",
]  # fmt: skip


def test_a_body_that_is_not_the_documented_json(clerk: Caller, nothing_written: None) -> None:
    for raw in NO_BODIES:
        for path in ("orders", "quotes", "staff/tokens", "members/lookup"):
            empty_lookup = (path, raw) == ("members/lookup", b"{}")
            expected = "one_identity_wanted" if empty_lookup else "invalid_request"
            assert clerk.post(path, raw).refusal == (400, expected), (path, raw)


def test_an_unknown_field(ask: Ask, nothing_written: None) -> None:
    answer = ask(discount=100)
    assert answer.refusal == (400, "invalid_request")
    assert "discount" in answer.body["detail"]
    assert ask(lines=line(price=1)).refusal == (400, "invalid_request")


def test_a_nul_character_is_refused_before_the_database(
    clerk: Caller, ask: Ask, nothing_written: None
) -> None:
    assert ask(store="A1\0").refusal == (400, "invalid_request")
    assert clerk.post("members/lookup", {"card": "\0"}).refusal == (400, "invalid_request")
    assert clerk.get("orders/%00").refusal == (404, "not_found")
    assert clerk.get("skus", search="\0").refusal == (400, "invalid_request")


def test_a_missing_key(manager: Caller, nothing_written: None) -> None:
    for path in ("orders", "orders/S1/payments", "orders/S1/cancel"):
        assert manager.post(path, bodies.sale(), key=None).refusal == (
            400,
            "idempotency_key_missing",
        )


def test_a_malformed_key(manager: Caller, nothing_written: None) -> None:
    for key in ("short", "x" * 256, "with space", "schlüssel", "tab\tbed-key"):
        for path in ("orders", "orders/S1/payments", "orders/S1/cancel"):
            answer = manager.post(path, bodies.sale(), key=key)
            assert answer.refusal == (400, "idempotency_key_malformed"), key


def test_a_replayed_key_with_another_body(brand: Brand, clerk: Caller) -> None:
    clerk.post("orders", bodies.sale(), key="till-7-0001")
    before = books.row_counts()
    other = clerk.post("orders", bodies.sale(member=brand.zhang.number), key="till-7-0001")
    assert other.refusal == (422, "idempotency_key_reused")
    assert clerk.post("orders", bodies.unpaid(), key="till-7-0001").refusal[0] == 422
    assert books.row_counts() == before


def test_a_replayed_key_at_another_address(manager: Caller) -> None:
    number = manager.post("orders", bodies.unpaid()).body["number"]
    manager.post(f"orders/{number}/cancel", {"reason": "x"}, key="till-7-0001")
    other = manager.post(f"orders/{number}/payments", {"reason": "x"}, key="till-7-0001")
    assert other.refusal == (400, "invalid_request")
    paid = manager.post(f"orders/{number}/payments", {"provider": "sandbox"}, key="till-7-0001")
    assert paid.refusal == (422, "idempotency_key_reused")


def test_a_refused_call_may_be_repeated_under_its_key(brand: Brand, clerk: Caller) -> None:
    Stock.objects.filter(sku=brand.tea).update(on_hand=1)
    assert clerk.post("orders", bodies.sale(), key="till-7-0001").refusal == (409, "out_of_stock")
    Stock.objects.filter(sku=brand.tea).update(on_hand=Decimal(100))
    assert clerk.post("orders", bodies.sale(), key="till-7-0001").status == 201


def test_a_paid_order_paid_again(clerk: Caller) -> None:
    for order in (bodies.sale(), bodies.unpaid()):
        number = clerk.post("orders", order).body["number"]
        if order == bodies.unpaid():
            clerk.post(f"orders/{number}/payments", {"tenders": bodies.cash()})
        before = books.row_counts()
        for means in ({"tenders": bodies.cash()}, {"provider": "sandbox"}):
            assert clerk.post(f"orders/{number}/payments", means).refusal == (409, "order_paid")
        assert books.row_counts() == before
    assert books.differences() == {}


def test_a_cancelled_order_paid(manager: Caller) -> None:
    number = manager.post("orders", bodies.unpaid()).body["number"]
    manager.post(f"orders/{number}/cancel", {"reason": "changed_mind"})
    before = books.row_counts()
    for means in ({"tenders": bodies.cash()}, {"provider": "sandbox"}):
        assert manager.post(f"orders/{number}/payments", means).refusal == (409, "order_cancelled")
    again = manager.post(f"orders/{number}/cancel", {"reason": "changed_mind"})
    assert again.refusal == (409, "order_cancelled")
    assert books.row_counts() == before
    assert books.differences() == {}


def test_a_paid_order_is_not_cancelled(manager: Caller) -> None:
    number = manager.post("orders", bodies.sale()).body["number"]
    before = books.row_counts()
    answer = manager.post(f"orders/{number}/cancel", {"reason": "changed_mind"})
    assert answer.refusal == (409, "order_paid")
    assert books.row_counts() == before
    assert Order.objects.get().status == "completed"


@pytest.mark.parametrize("reason", ["", "x" * 256, 7, None])
def test_a_cancellation_without_a_fit_reason(
    manager: Caller, reason: Any, nothing_written: None
) -> None:
    answer = manager.post("orders/S1/cancel", {"reason": reason})
    assert answer.refusal == (400, "invalid_request")


@pytest.mark.parametrize(
    ("means", "code"),
    [
        ({}, "payment_means_wanted"),
        ({"tenders": []}, "payment_means_wanted"),
        (
            {"tenders": [{"kind": "cash", "amount": 1}], "provider": "sandbox"},
            "payment_means_wanted",
        ),
        ({"provider": "elsewhere"}, "invalid_request"),
    ],
)
def test_a_payment_without_clear_means(
    clerk: Caller, means: dict[str, Any], code: str, nothing_written: None
) -> None:
    assert clerk.post("orders/S1/payments", means).refusal == (400, code)


def test_a_revoked_token(brand: Brand, clerk: Caller) -> None:
    accounts.revoke_staff_token(token=clerk.token)
    with books.unchanged():
        answer = clerk.post("orders", bodies.sale())
        assert answer.refusal == (401, "invalid_token")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="quanyu"'


def test_a_token_whose_time_is_over(clerk: Caller) -> None:
    StaffToken.objects.update(expires_at=clock.days_ago(1))
    with books.unchanged():
        assert clerk.post("orders", bodies.sale()).refusal == (401, "invalid_token")


def test_the_token_of_a_person_who_left(clerk: Caller) -> None:
    User.objects.update(is_active=False)
    with books.unchanged():
        assert clerk.post("orders", bodies.sale()).refusal == (401, "invalid_token")


def test_revoked_members_and_applications(brand: Brand) -> None:
    member_token = members.issue_member_token(brand.zhang)
    client, key = accounts.create_api_client(
        builders.SYSTEM, name="shop", scopes=["orders.place"], reach="brand"
    )
    members.revoke_member_token(token=member_token)
    accounts.revoke_api_client(builders.SYSTEM, client)
    with books.unchanged():
        for token in (member_token, key):
            answer = Caller(token).post("orders", bodies.unpaid())
            assert answer.refusal == (401, "invalid_token")


def test_a_token_that_never_was(brand: Brand, nothing_written: None) -> None:
    for token in ("", "qs_", "qs_nonsense", "qm_nonsense", "qk_a_b", "qk_", "nonsense"):
        answer = Caller(token).post("orders", bodies.sale())
        known = token.startswith(("qs_", "qm_", "qk_"))
        assert answer.refusal == (401, "invalid_token" if known else "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="quanyu"'


def test_a_role_without_the_capability(brand: Brand) -> None:
    finance = caller.staff("finance", rules.FINANCE)
    with books.unchanged():
        assert finance.post("orders", bodies.sale()).refusal == (403, "not_permitted")
