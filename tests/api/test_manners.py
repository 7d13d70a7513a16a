"""The API's manners: one error shape in two languages, also where no view answers."""

import json
from typing import Any

import pytest
from django.db import OperationalError
from django.test import Client

from apps.orders.api import views
from apps.orders.models import Order
from tests import books
from tests.api import bodies
from tests.api.caller import Answer, Caller
from tests.builders import Brand

pytestmark = pytest.mark.django_db


def test_a_refusal_has_the_one_shape(clerk: Caller) -> None:
    answer = clerk.get("orders/S26010100000000")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.body == {
        "type": "urn:quanyu:error:order_not_found",
        "title": "order not found",
        "status": 404,
        "code": "order_not_found",
        "detail": "There is no such order.",
        "fields": {"number": "S26010100000000"},
        "request_id": answer.headers["X-Request-Id"],
    }


@pytest.mark.parametrize(
    "path", ["/api/", "/api/v1/", "/api/v1/nonsense", "/api/v1/orders/a/b/c", "/api/v2/orders"]
)
def test_an_address_without_a_route(path: str, brand: Brand) -> None:
    for method in ("get", "post", "delete"):
        assert Caller().send(method, path).refusal == (404, "not_found")


def test_a_method_that_is_not_there(clerk: Caller) -> None:
    answer = clerk.delete("orders")
    assert answer.refusal == (405, "method_not_allowed")
    assert answer.headers["Allow"] == "GET, POST, HEAD, OPTIONS"


def test_who_is_nobody_learns_nothing_of_methods_and_rows(brand: Brand) -> None:
    for method, path in (("get", "orders/S1"), ("get", "me"), ("post", "orders"), ("get", "skus")):
        answer = Caller().send(method, path)
        assert answer.refusal == (401, "not_authenticated")
        assert answer.headers["WWW-Authenticate"] == 'Bearer realm="quanyu"'


@pytest.mark.parametrize(
    ("language", "detail"),
    [
        ("en", "There is no such order."),
        ("en-GB,en;q=0.9", "There is no such order."),
        ("zh-hans", "没有这张订单。"),
        ("zh-CN,zh;q=0.9", "没有这张订单。"),
        ("fr", "没有这张订单。"),
    ],
)
def test_the_language_of_the_caller(clerk: Caller, language: str, detail: str) -> None:
    caller = Caller(clerk.token, Client(headers={"accept-language": language}))
    answer = caller.get("orders/S26010100000000")
    assert answer.headers["Content-Language"] == ("en" if language.startswith("en") else "zh-hans")
    assert (answer.body["code"], answer.body["detail"]) == ("order_not_found", detail)


def broken(error: Exception) -> Any:
    def flow(*_args: Any, **_named: Any) -> None:
        raise error

    return flow


def test_a_database_that_cannot_be_had(
    clerk: Caller, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(views, "place_order", broken(OperationalError("deadlock detected")))
    with books.unchanged():
        answer = clerk.post("orders", bodies.sale())
        assert answer.refusal == (503, "unavailable")
        assert answer.headers["Retry-After"] == "1"
    assert "deadlock" not in answer.raw.decode()
    assert "database not available" in caplog.text


def test_an_error_of_ours(clerk: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(views, "place_order", broken(ZeroDivisionError("13800001234")))
    clerk.client.raise_request_exception = False
    answer = clerk.post("orders", bodies.sale())
    assert answer.refusal == (500, "internal_error")
    assert b"13800001234" not in answer.raw
    assert answer.body["request_id"] == answer.headers["X-Request-Id"]


def test_the_schema_and_its_pages_are_served_from_here(brand: Brand) -> None:
    schema = Client().get("/api/schema/")
    assert schema.status_code == 200
    page = Client().get("/api/docs/").content.decode()
    assert "/static/drf_spectacular_sidecar/swagger-ui-dist/swagger-ui-bundle.js" in page
    assert "cdn" not in page
    assert "https://" not in page


def all_pages(caller: Caller, path: str) -> list[dict[str, Any]]:
    rows, address = [], path
    while address:
        answer: Answer = caller.get(address)
        assert answer.status == 200, answer.raw
        rows += answer.body["results"]
        address = answer.body["next"]
    return rows


def test_pages_of_rows_of_one_moment_show_each_once(brand: Brand, head_office: Caller) -> None:
    """Imported documents carry times by the minute: many of one list share theirs."""
    placed = {head_office.post("orders", bodies.sale()).body["number"] for _n in range(7)}
    Order.objects.update(placed_at="2026-11-24T08:00:00Z")
    rows = all_pages(head_office, "orders?page_size=2&store=A1")
    assert len(rows) == 7
    assert {row["number"] for row in rows} == placed
    cursor = head_office.get("orders", page_size="2").body["next"].split("cursor=")[1]
    assert json.dumps(sorted(placed)).encode() not in cursor.encode()
