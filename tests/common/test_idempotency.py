"""Once: one effect for a caller, a key and a body; the stored result for the same again."""

import pytest
from django.db import transaction

from apps.common import idempotency
from apps.common.idempotency import KeyReused, Once, Stored
from apps.common.models import IdempotencyRecord

pytestmark = pytest.mark.django_db
RESULT = {"number": "S1", "total": 5273, "nested": {"z": 1, "a": [None, "绿茶"]}}


def once(caller: str = "staff:1", key: str = "till-7-0001", body: str = "a") -> Once:
    return Once(caller, key, body * 64)


def test_the_first_call_goes_ahead_and_its_result_is_stored_in_order() -> None:
    assert idempotency.begin(once()) is None
    assert idempotency.finish(once(), RESULT) is RESULT
    again = idempotency.begin(once())
    assert isinstance(again, Stored)
    assert list(again) == ["number", "total", "nested"]
    assert again == RESULT
    assert list(again["nested"]) == ["z", "a"]


def test_another_body_under_the_same_key_is_refused() -> None:
    idempotency.begin(once())
    idempotency.finish(once(), RESULT)
    with pytest.raises(KeyReused):
        idempotency.begin(once(body="b"))


def test_keys_of_other_callers_are_other_keys() -> None:
    idempotency.begin(once())
    assert idempotency.begin(once(caller="staff:2")) is None
    assert idempotency.begin(once(key="till-7-0002")) is None
    assert IdempotencyRecord.objects.count() == 3


def test_what_is_refused_is_not_stored() -> None:
    with transaction.atomic():
        point = transaction.savepoint()
        idempotency.begin(once())
        transaction.savepoint_rollback(point)
    assert not IdempotencyRecord.objects.exists()
    assert idempotency.begin(once()) is None
