"""Logs: JSON, the request's id, nothing about a person."""

import json
import logging
from typing import Any

import psycopg
import pytest
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory, override_settings

from apps.common import context
from apps.common.logs import JsonFormatter, mask, parameters, without_quotes
from apps.common.middleware import RequestIdMiddleware


def line(message: str, *args: object, **fields: Any) -> dict[str, Any]:
    record = logging.LogRecord("quanyu", logging.INFO, __file__, 1, message, args, None)
    record.__dict__.update(fields)
    return dict(json.loads(JsonFormatter().format(record)))


@pytest.mark.parametrize(
    "secret",
    [
        "13812345678",
        "+8613812345678",
        "138 1234 5678",
        "6222021234567890123",
        "li.wei@example.com",
        "oUpF8uMuAJO_M2pxb1Q9zNjWeS6o",
    ],
)
def test_what_could_name_a_person_is_masked(secret: str) -> None:
    assert secret not in mask(f"member {secret} not found")
    assert secret not in mask(f"会员{secret}来电")
    assert secret not in line("member %s", secret, path=f"/api/v1/members/{secret}")["path"]


@pytest.mark.parametrize(
    "kept", ["SO-20261124-000123", "store S0421", "2026-11-24", "12.500", "k1"]
)
def test_our_own_keys_stay_readable(kept: str) -> None:
    assert mask(kept) == kept


def test_unknown_extra_fields_are_left_out() -> None:
    written = line("sale", phone="13812345678", number="SO-1", duration_ms=3)
    assert "phone" not in written
    assert (written["number"], written["duration_ms"]) == ("SO-1", 3)


def test_an_error_is_written_with_its_cause_but_without_the_row() -> None:
    detail = "duplicate key\nDETAIL:  Key (phone)=(13812345678) already exists."
    try:
        try:
            raise psycopg.errors.UniqueViolation(detail)
        except psycopg.Error as error:
            raise ValueError("cannot enrol") from error
    except ValueError as error:
        record = logging.LogRecord("q", logging.ERROR, __file__, 1, "failed", (), None)
        record.exc_info = (type(error), error, error.__traceback__)
    written = JsonFormatter().format(record)
    assert "13812345678" not in written
    kinds = [link["type"] for link in json.loads(written)["exception"]]
    assert kinds == ["ValueError", "UniqueViolation"]


def answer(request: HttpRequest) -> HttpResponse:
    return HttpResponse(context.request_id.get())


def test_a_sane_request_id_is_kept_and_echoed() -> None:
    request = RequestFactory().get("/", headers={"X-Request-Id": "pos-7.2026-11-24_1"})
    response = RequestIdMiddleware(answer)(request)
    assert response["X-Request-Id"] == "pos-7.2026-11-24_1"
    assert response.content == b"pos-7.2026-11-24_1"  # type: ignore[attr-defined]
    assert line("x")["request_id"] == "pos-7.2026-11-24_1"


PHONES = ("13812345678", "8613812345678", "138-1234-5678")


@pytest.mark.parametrize(
    "sent", ["", "short", "a" * 65, "new\nline-of-log", "<script>alert(1)", *PHONES]
)
def test_any_other_request_id_is_replaced(sent: str) -> None:
    request = RequestFactory().get("/")
    request.META["HTTP_X_REQUEST_ID"] = sent
    given = RequestIdMiddleware(answer)(request)["X-Request-Id"]
    assert given != sent
    assert len(given) == 32


def test_the_caller_cannot_choose_the_address_we_note() -> None:
    request = RequestFactory().get("/", headers={"X-Forwarded-For": "1.1.1.1, 10.0.0.7"})
    RequestIdMiddleware(answer)(request)
    assert context.address.get() == "127.0.0.1"
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        RequestIdMiddleware(answer)(request)
    assert context.address.get() == "10.0.0.7"
    endless = RequestFactory().get("/", headers={"X-Forwarded-For": "9" * 200})
    with override_settings(SECURE_PROXY_SSL_HEADER=("HTTP_X_FORWARDED_PROTO", "https")):
        RequestIdMiddleware(answer)(endless)
    assert context.address.get() == "9" * 64


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        (
            "invalid input syntax for type integer: \"欧阳\"\nLINE 1: SELECT '欧阳'::int\n    ^",
            "invalid input syntax for type integer: …",
        ),
        (
            "invalid literal for int() with base 10: '欧阳'",
            "invalid literal for int() with base 10: …",
        ),
        (
            'duplicate key value violates unique constraint "identity_once"\nDETAIL:  Key (x)=(欧阳)',
            'duplicate key value violates unique constraint "identity_once"\nDETAIL: …',
        ),
        (
            'relation "members_x" does not exist\nLINE 1: SELECT 1 FROM x\n',
            'relation "members_x" does not exist',
        ),
    ],
)
def test_an_error_does_not_quote_the_value_that_it_is_about(said: str, kept: str) -> None:
    assert without_quotes(mask(said)) == kept


def test_a_name_in_an_address_is_not_repeated() -> None:
    record = logging.LogRecord(
        "django.request", 30, __file__, 1, "Not Found: %s", ("/a/欧阳/",), None
    )
    assert json.loads(JsonFormatter().format(record))["message"] == "Not Found: /a/…/"


def test_what_is_typed_into_an_address_is_not_written() -> None:
    name = "欧阳镜花".encode().decode("latin-1")  # as WSGI hands it on
    assert line("request", path=f"/api/v1/members/{name}")["path"] == "/api/v1/members/…"
    asked = "q=13812345678&status__exact=open&%E6%AC%A7%E9%98%B3&%2B8613812345678&13812345678=x"
    assert parameters(asked) == "q,status__exact,…,…,…"
    assert parameters("") == ""
