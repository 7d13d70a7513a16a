"""SKUs and prices by the thousand, over HTTP: judged as files of them are."""

import json
import secrets
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.org import rules
from apps.products import services as products
from apps.products.models import Barcode, Price, PriceGuard, PriceList, Product, Sku
from tests import builders
from tests.api import caller
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db

NEW = {"sku": "COLA", "name": "可乐", "category": "FOOD", "base_price": 350}


def put(who: Caller, path: str, body: Any, *, key: str | None = "") -> Answer:
    raw = body if isinstance(body, bytes) else json.dumps(body).encode()
    headers = {} if key is None else {"Idempotency-Key": key or secrets.token_hex(8)}
    return who.send("put", path, data=raw, content_type="application/json", headers=headers)


def skus(who: Caller, *items: Any, on_error: str = "reject_rows", **more: Any) -> Answer:
    return put(who, "skus", {"on_error": on_error, "items": items}, **more)


def prices(who: Caller, *items: Any, on_error: str = "reject_rows", **more: Any) -> Answer:
    return put(who, "prices", {"on_error": on_error, "items": items} | more)


def outcomes(answer: Answer) -> list[tuple[str, str]]:
    assert answer.status == 200, answer.raw
    return [(one["sku"], one["outcome"]) for one in answer.body["results"]]


def errors(answer: Answer, place: int = 0) -> list[tuple[str, str]]:
    return [(one["field"], one["code"]) for one in answer.body["results"][place]["errors"]]


def kept() -> tuple[Any, ...]:
    """All that an upsert could change."""
    return (
        list(Sku.objects.order_by("pk").values()),
        list(Product.objects.order_by("pk").values()),
        list(Barcode.objects.order_by("pk").values()),
        list(Price.objects.order_by("pk").values()),
        AuditLine.objects.filter(action__startswith="products.").count(),
    )


def base_price(code: str) -> int | None:
    rows = Price.objects.filter(sku__code=code, price_list__is_base=True)
    return rows.filter(starts_at__lte=clock.now()).order_by("-starts_at").first().amount


def test_each_item_is_kept_and_told_in_order(brand: Brand, head_office: Caller) -> None:
    tea = {"sku": "TEA", "name": "红茶", "barcodes": ["6901234567892", "6901234567908"]}
    answer = skus(head_office, NEW, tea, {"sku": "RICE"}, {"sku": "X", "category": "NONSENSE"})
    assert answer.body == {
        "on_error": "reject_rows",
        "counts": {"new": 1, "changed": 1, "same": 1, "error": 1},
        "results": [
            {
                "sku": "COLA", "outcome": "new", "errors": [],
                "changes": {
                    "product": ["", "COLA"], "name": ["", "可乐"], "category": ["", "FOOD"],
                    "unit": ["", "each"], "on_sale": ["", "yes"], "base_price": ["", "¥3.50"],
                },
            },
            {
                "sku": "TEA", "outcome": "changed", "errors": [],
                "changes": {
                    "name": ["绿茶", "红茶"],
                    "barcodes": ["6901234567892", "6901234567892 6901234567908"],
                },
            },
            {"sku": "RICE", "outcome": "same", "errors": [], "changes": {}},
            {
                "sku": "X", "outcome": "error", "changes": {},
                "errors": [
                    {"field": "name", "code": "name_wanted",
                     "detail": "A new product needs a name."},
                    {"field": "category", "code": "unknown_category",
                     "detail": "There is no category NONSENSE."},
                ],
            },
        ],
    }  # fmt: skip
    assert Sku.objects.get(code="COLA").product.name == "可乐"
    assert base_price("COLA") == 350
    assert Product.objects.get(code="TEA").name == "红茶"
    assert not Sku.objects.filter(code="X").exists()


def test_all_or_none(head_office: Caller) -> None:
    before = kept()
    answer = skus(head_office, NEW, {"sku": "X"}, on_error="reject_all")
    assert answer.refusal == (422, "items_refused")
    (bad,) = answer.body["fields"]["results"]
    assert (bad["item"], bad["sku"], bad["outcome"]) == (1, "X", "error")
    assert kept() == before
    assert outcomes(skus(head_office, NEW, on_error="reject_all")) == [("COLA", "new")]


def test_a_dry_run_keeps_nothing(head_office: Caller) -> None:
    before = kept()
    for answer in (
        skus(head_office, NEW, {"sku": "X"}, on_error="dry_run"),
        prices(head_office, {"sku": "TEA", "amount": 1}, on_error="dry_run"),
    ):
        assert answer.status == 200
    assert kept() == before


def test_a_key_answers_once(head_office: Caller) -> None:
    first = skus(head_office, NEW, key="erp-0001")
    Sku.objects.filter(code="COLA").update(is_active=False)
    again = skus(head_office, NEW, key="erp-0001")
    assert (again.status, again.raw) == (200, first.raw)
    assert again.headers["Idempotency-Replayed"] == "true"
    other = skus(head_office, NEW | {"name": "水"}, key="erp-0001")
    assert other.refusal == (422, "idempotency_key_reused")
    on_prices = put(
        head_office, "prices", {"on_error": "dry_run", "items": [{"sku": "TEA", "amount": 1}]},
        key="erp-0001",
    )  # fmt: skip
    assert on_prices.refusal == (422, "idempotency_key_reused")
    for path in ("skus", "prices"):
        answer = put(head_office, path, {"on_error": "dry_run", "items": []}, key=None)
        assert answer.refusal[0] == 400
    body = {"on_error": "dry_run", "items": [NEW]}
    assert put(head_office, "skus", body, key=None).refusal == (400, "idempotency_key_missing")


HUGE = 10**18
PRICES = [HUGE, -1, 10**12 + 1, 2**63, 10**40]


@pytest.mark.parametrize("amount", PRICES)
def test_a_price_that_cannot_be(head_office: Caller, amount: int) -> None:
    before = kept()
    assert errors(skus(head_office, NEW | {"base_price": amount})) == [
        ("base_price", "price_out_of_range")
    ]
    assert errors(prices(head_office, {"sku": "TEA", "amount": amount})) == [
        ("amount", "price_out_of_range")
    ]
    assert kept() == before


def test_a_sku_given_twice(head_office: Caller) -> None:
    answer = skus(head_office, NEW, NEW | {"name": "水"}, {"sku": " ＣＯＬＡ "})
    assert [outcome for _sku, outcome in outcomes(answer)] == ["new", "error", "error"]
    assert errors(answer, 1) == errors(answer, 2) == [("sku", "duplicate_row")]
    assert Sku.objects.get(code="COLA").product.name == "可乐"
    answer = prices(
        head_office, {"sku": "TEA", "amount": 1}, {"sku": "TEA", "price_list": "BASE", "amount": 2}
    )
    assert errors(answer, 1) == [("sku", "duplicate_row")]
    assert base_price("TEA") == 1


def test_a_barcode_of_another_sku(head_office: Caller) -> None:
    before = kept()
    answer = skus(head_office, {"sku": "RICE", "barcodes": ["6901234567892"]})
    assert errors(answer) == [("barcodes", "barcode_taken")]
    assert kept() == before


def test_two_items_that_contradict_one_another(head_office: Caller) -> None:
    answer = skus(
        head_office,
        NEW | {"sku": "C1", "product": "C"},
        NEW | {"sku": "C2", "product": "C", "name": "水"},
        {"sku": "TEA", "barcodes": ["6901234567915"]},
        {"sku": "RICE", "barcodes": ["6901234567915"]},
    )
    assert [outcome for _sku, outcome in outcomes(answer)] == ["new", "error", "changed", "error"]
    assert errors(answer, 1) == [("product", "product_differs")]
    assert errors(answer, 3) == [("barcodes", "barcode_taken")]


@pytest.mark.parametrize(
    ("item", "field", "code"),
    [
        ({"sku": ""}, "sku", "cell_required"),
        ({"sku": "S" * 33}, "sku", "cell_too_long"),
        (NEW | {"sku": "A:B"}, "sku", "sku_code_colon"),
        (NEW | {"name": "长" * 129}, "name", "cell_too_long"),
        (NEW | {"unit": "barrel"}, "unit", "cell_not_a_choice"),
        (NEW | {"name": "a\u0007b"}, "name", "cell_control"),
    ],
)
def test_texts_are_read_as_cells(head_office: Caller, item: Any, field: str, code: str) -> None:
    before = kept()
    assert (field, code) in errors(skus(head_office, item))
    assert kept() == before


@pytest.mark.parametrize(
    "item",
    [
        None, 1, [], "TEA", {}, {"sku": None}, {"sku": 1}, NEW | {"base_price": "350"},
        NEW | {"base_price": 3.5}, NEW | {"base_price": True}, NEW | {"on_sale": "yes"},
        NEW | {"on_sale": 1}, NEW | {"barcodes": "690"}, NEW | {"barcodes": []},
        NEW | {"barcodes": ["a b"]}, NEW | {"barcodes": [""]}, NEW | {"barcodes": [1]},
        NEW | {"id": 1}, NEW | {"name": {"zh": "水"}}, NEW | {"name": "\u0000"},
    ],
)  # fmt: skip
def test_an_item_of_another_shape(head_office: Caller, item: Any) -> None:
    before = kept()
    assert skus(head_office, item).refusal == (400, "invalid_request")
    assert kept() == before


@pytest.mark.parametrize(
    "body",
    [
        b"", b"null", b"[]", b"{", b"NaN", b'{"items": []}', b'"x', b"\xff",
        {"on_error": "reject_all", "items": []}, {"on_error": "stop", "items": [NEW]},
        {"on_error": "", "items": [NEW]}, {"items": [NEW]}, {"on_error": "dry_run", "items": NEW},
        {"on_error": "dry_run", "items": [NEW], "more": 1},
        {"on_error": "reject_rows", "items": [{"sku": f"S{n}"} for n in range(1_001)]},
    ],
)  # fmt: skip
def test_a_request_of_another_shape(head_office: Caller, body: Any) -> None:
    before = kept()
    for path in ("skus", "prices"):
        assert put(head_office, path, body).refusal == (400, "invalid_request")
    assert kept() == before


def test_prices_on_lists_and_from_an_instant_on(brand: Brand, head_office: Caller) -> None:
    PriceList.objects.create(code="VIP", name="贵宾")
    soon = clock.now() + timedelta(days=1)
    answer = prices(
        head_office,
        {"sku": "TEA", "amount": 1899},
        {"sku": "TEA", "amount": 1799, "price_list": "VIP"},
        {"sku": "NO", "amount": 1},
        {"sku": "TEA", "amount": 1, "price_list": "NO"},
        starts_at=soon.isoformat(),
    )
    assert [(one["price_list"], one["outcome"]) for one in answer.body["results"]] == [
        (None, "changed"), ("VIP", "new"), (None, "error"), ("NO", "error"),
    ]  # fmt: skip
    assert errors(answer, 2) == [("sku", "sku_not_found")]
    assert errors(answer, 3) == [("price_list", "unknown_price_list")]
    assert answer.body["results"][0]["changes"] == {"amount": ["¥19.99", "¥18.99"]}
    assert base_price("TEA") == 1999
    waiting = Price.objects.filter(sku=brand.tea, starts_at=soon).order_by("amount")
    assert list(waiting.values_list("amount", flat=True)) == [1799, 1899]


def test_a_price_is_compared_with_the_one_of_its_instant(brand: Brand, head_office: Caller) -> None:
    first, second = clock.now() + timedelta(days=1), clock.now() + timedelta(days=2)
    products.set_price(builders.SYSTEM, sku="TEA", amount=5, starts_at=first)
    item = {"sku": "TEA", "amount": 1999}
    assert outcomes(prices(head_office, item)) == [("TEA", "same")]
    later = prices(head_office, item, starts_at=second.isoformat())
    assert outcomes(later) == [("TEA", "changed")]
    assert later.body["results"][0]["changes"] == {"amount": ["¥0.05", "¥19.99"]}


@pytest.mark.parametrize("on_error", ["reject_all", "reject_rows", "dry_run"])
def test_a_price_that_would_have_begun(head_office: Caller, on_error: str) -> None:
    before = kept()
    gone = clock.days_ago(1).isoformat()
    answer = prices(head_office, {"sku": "TEA", "amount": 5}, on_error=on_error, starts_at=gone)
    assert answer.refusal == (400, "price_in_the_past")
    assert kept() == before


def test_prices_outside_the_guard(brand: Brand, head_office: Caller) -> None:
    PriceGuard.objects.create(sku=brand.tea, floor=1000)
    before = kept()
    answer = prices(head_office, {"sku": "TEA", "amount": 999}, {"sku": "RICE", "amount": 900})
    assert answer.refusal == (422, "price_outside_guard")
    assert kept() == before


def test_who_may(brand: Brand, clerk: Caller, zhang: Caller) -> None:
    before = kept()
    app = caller.app(*sorted(rules.CLIENT_SCOPES))
    for who in (clerk, zhang, app, caller.staff("finance", rules.FINANCE)):
        assert skus(who, NEW).refusal == (403, "not_permitted")
        assert prices(who, {"sku": "TEA", "amount": 1}).refusal == (403, "not_permitted")
    assert skus(Caller(), NEW).refusal == (401, "not_authenticated")
    assert kept() == before


def test_statements_do_not_grow_with_items(head_office: Caller) -> None:
    counts = []
    for name, count in (("A", 1), ("B", 1_000)):
        codes = [f"{name}{number}" for number in range(count)]
        given = [
            NEW | {"sku": code, "base_price": 100, "barcodes": [f"K-{code}"]} for code in codes
        ]
        with CaptureQueriesContext(connection) as keeping:
            assert skus(head_office, *given).body["counts"]["new"] == count
        amounts = [{"sku": code, "amount": 200} for code in codes]
        with CaptureQueriesContext(connection) as pricing:
            assert prices(head_office, *amounts).body["counts"]["changed"] == count
        counts.append((len(keeping), len(pricing)))
    assert counts[0] == counts[1]
