"""Statement budgets: counted from first to last byte of a request, sign-in included."""

import pytest
from django.db import connection
from django.test import override_settings
from django.test.utils import CaptureQueriesContext

from apps.products.models import Category, Sku
from tests import builders
from tests.api import bodies
from tests.api.caller import Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

# Savepoints stand for BEGIN and COMMIT, since the test itself runs in a transaction.
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT")


def statements(asked: CaptureQueriesContext) -> list[str]:
    texts = [query["sql"].strip() for query in asked.captured_queries]
    return [text for text in texts if not text.startswith(TRANSACTION)]


def goods(count: int, food: Category) -> list[Sku]:
    return [builders.build_sku(f"G{number:03}", "货", food, 100) for number in range(count)]


@pytest.fixture
def basket(brand: Brand) -> list[Sku]:
    """A hundred SKUs, in stock at A1."""
    skus = goods(100, Category.objects.get())
    builders.stock_up(brand.a1, dict.fromkeys(skus, 100))
    return skus


@pytest.mark.parametrize("lines", [1, 3, 100])
def test_a_sale_takes_eleven_statements_whatever_its_length(
    brand: Brand, clerk: Caller, basket: list[Sku], lines: int
) -> None:
    asked_for = [{"sku": sku.code, "quantity": 1} for sku in basket[:lines]]
    body = bodies.sale_to_zhang(
        brand, lines=asked_for, shown_total=100 * lines, tenders=bodies.cash(100 * lines)
    )
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("orders", body).status == 201
    assert len(statements(asked)) == 11, "\n".join(statements(asked))


@pytest.mark.parametrize("lines", [1, 100])
def test_a_quote_takes_three_statements(
    brand: Brand, clerk: Caller, basket: list[Sku], lines: int
) -> None:
    asked_for = [{"sku": sku.code, "quantity": 1} for sku in basket[:lines]]
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("quotes", bodies.quote(lines=asked_for)).status == 200
    assert len(statements(asked)) == 3, "\n".join(statements(asked))


def test_a_replay_takes_two_statements(brand: Brand, clerk: Caller) -> None:
    clerk.post("orders", bodies.sale(), key="till-7-0001")
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("orders", bodies.sale(), key="till-7-0001").status == 201
    assert len(statements(asked)) == 2, "\n".join(statements(asked))


def test_lists_and_details_do_not_grow_with_rows(
    brand: Brand, clerk: Caller, zhang: Caller, basket: list[Sku]
) -> None:
    budgets = {
        "orders": (clerk, 2),
        "catalogue/changes": (clerk, 3),
        "price-lists": (clerk, 2),
        "payments": (clerk, 3),
        "members": (clerk, 3),
        "members/me/points/entries": (zhang, 3),
        "members/me/points": (zhang, 5),
    }
    numbers = []
    for count in (1, 12):
        lines = [{"sku": sku.code, "quantity": 1} for sku in basket[:count]]
        cost = {"shown_total": 100 * count, "tenders": bodies.cash(100 * count)}
        for number in range(count):
            order = clerk.post("orders", bodies.sale_to_zhang(brand, lines=lines, **cost)).body
            clerk.post("members", {"card": f"CARD-{count}-{number}", "store": "A1"})
        numbers.append(order["number"])
        for path, (caller, budget) in budgets.items():
            with CaptureQueriesContext(connection) as asked:
                assert caller.get(path).status == 200
            assert len(statements(asked)) == budget, (path, statements(asked))
    for number in numbers:
        with CaptureQueriesContext(connection) as asked:
            assert clerk.get(f"orders/{number}").status == 200
        assert len(statements(asked)) == 6, statements(asked)


def test_refusals_of_foreign_and_missing_rows_cost_the_same(brand: Brand, clerk: Caller) -> None:
    other = builders.staff_token(builders.build_staff("other", "clerk", store=brand.b1))
    foreign = Caller(other).post("orders", bodies.sale("B1")).body
    for path, theirs in (("orders", foreign["number"]), ("payments", foreign["payment"])):
        counts = []
        for number in (theirs, "S26010100000000"):
            with CaptureQueriesContext(connection) as asked:
                assert clerk.get(f"{path}/{number}").status == 404
            counts.append(len(asked))
        assert counts[0] == counts[1] == 2


@pytest.mark.parametrize("kinds", [1, 3])
def test_an_enrolment_takes_six_statements_however_many_identities(
    brand: Brand, clerk: Caller, kinds: int
) -> None:
    values = {"phone": "13700009999", "card": "VIP-0001", "openid": "oABCDEF123456"}
    body = {**dict(list(values.items())[:kinds]), "name": "王芳", "store": "A1"}
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("members", body).status == 201
    assert len(statements(asked)) == 6, "\n".join(statements(asked))


@override_settings(BLIND_INDEX_KEYS=["2:newer", "1:older"])
def test_two_keys_cost_no_statement_more(brand: Brand, clerk: Caller) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("members", {"phone": "13700009999", "store": "A1"}).status == 201
    assert len(statements(asked)) == 6, "\n".join(statements(asked))
    with CaptureQueriesContext(connection) as asked:
        assert clerk.post("members/lookup", {"phone": "13700009999"}).status == 200
    assert len(statements(asked)) == 5, "\n".join(statements(asked))
