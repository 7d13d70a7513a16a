"""What is promised to callers: the committed schema and the list of error codes."""

from collections import Counter
from pathlib import Path

import pytest
import yaml
from django.conf import settings
from django.core.management import call_command
from django.utils import translation

from apps.common.management.commands import api_errors
from apps.common.problems import status_of

SCHEMA = settings.BASE_DIR / "openapi.yaml"


def test_every_refusal_has_a_code_of_its_own() -> None:
    refusals = api_errors.all_refusals()
    counted = Counter(refusal.code for refusal in refusals)
    assert [code for code, count in counted.items() if count > 1] == []
    assert len(refusals) > 30
    for refusal in refusals:
        assert refusal.code.replace("_", "").isalpha()
        assert status_of(refusal) in (400, 401, 403, 404, 409, 422, 429)


def test_the_list_of_codes_is_the_one_in_the_code() -> None:
    call_command("api_errors", "--check")


def test_the_committed_schema_is_the_one_in_the_code(tmp_path: Path) -> None:
    """``manage.py spectacular --validate --fail-on-warn --file openapi.yaml`` writes it anew."""
    made = tmp_path / "openapi.yaml"
    for language in ("en", "zh-hans"):
        with translation.override(language):
            call_command("spectacular", "--validate", "--fail-on-warn", "--file", str(made))
        assert made.read_text() == SCHEMA.read_text()


@pytest.fixture(scope="module")
def operations() -> list[tuple[str, str, dict]]:
    paths = yaml.safe_load(SCHEMA.read_text())["paths"]
    return [
        (path, method, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def test_every_operation_is_described(operations: list[tuple[str, str, dict]]) -> None:
    assert len(operations) == 35
    for path, method, operation in operations:
        where = f"{method} {path}"
        assert operation["operationId"], where
        assert operation["summary"], where
        assert operation["description"], where
        assert any(code.startswith("2") for code in operation["responses"]), where
        assert any(code.startswith("4") for code in operation["responses"]), where
        assert ("requestBody" in operation) is (method in {"post", "put"}), where
        if method == "post":
            content = operation["requestBody"]["content"]["application/json"]
            assert content["examples"], where


def test_what_moves_money_stock_or_points_takes_an_idempotency_key(
    operations: list[tuple[str, str, dict]],
) -> None:
    keyed = {
        operation["operationId"]
        for _path, _method, operation in operations
        for parameter in operation.get("parameters", [])
        if parameter["name"] == "Idempotency-Key" and parameter["required"]
    }
    assert keyed == {
        "order_place",
        "order_pay",
        "order_cancel",
        "sku_upsert",
        "price_upsert",
        "approval_request",
        "approval_approve",
        "approval_reject",
        "approval_withdraw",
    }


def test_only_what_proves_itself_is_open(operations: list[tuple[str, str, dict]]) -> None:
    signed_in: list[dict[str, list[str]]] = [
        {"staffToken": []},
        {"appKey": []},
        {"appSignature": []},
        {"memberToken": []},
    ]
    open_to_all = {
        operation["operationId"]
        for _path, _method, operation in operations
        if operation.get("security") != signed_in
    }
    assert open_to_all == {"staff_token_create", "sandbox_notice_receive"}
