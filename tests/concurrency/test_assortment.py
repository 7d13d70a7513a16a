"""A rule of the assortment that several people end, or call off, at the same time."""

from collections import Counter
from datetime import timedelta
from functools import partial

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import DomainError
from apps.products import services as products
from apps.products.models import AssortmentRule
from apps.products.services import GivenRule
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

PEOPLE = 6
ROUNDS = 5


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else type(result).__name__


def test_a_rule_is_ended_once(brand: Brand) -> None:
    for _turn in range(ROUNDS):
        rule = products.set_assortment_rule(SYSTEM, GivenRule("exclude", sku="TEA"), reason="试销")
        end = partial(products.end_assortment_rule, SYSTEM, rule.pk, reason="恢复")

        results = run_in_threads([end] * PEOPLE)

        assert Counter(map(outcome, results)) == {
            "NoneType": 1,
            "assortment_rule_over": PEOPLE - 1,
        }
        lines = AuditLine.objects.filter(
            action="products.end_assortment_rule", object_key=str(rule.pk)
        )
        assert lines.count() == 1
        rule.refresh_from_db()
        assert rule.ends_at is not None
        assert lines.get().changes["ends_at"] == clock.rfc3339(rule.ends_at)


def test_a_rule_is_called_off_once(brand: Brand) -> None:
    for _turn in range(ROUNDS):
        given = GivenRule("exclude", sku="TEA", starts_at=clock.now() + timedelta(hours=1))
        rule = products.set_assortment_rule(SYSTEM, given, reason="试销")
        call_off = partial(products.call_off_assortment_rule, SYSTEM, rule.pk, reason="不要了")

        results = run_in_threads([call_off] * PEOPLE)

        assert Counter(map(outcome, results)) == {
            "NoneType": 1,
            "assortment_rule_not_found": PEOPLE - 1,
        }
        assert not AssortmentRule.objects.exists()
        lines = AuditLine.objects.filter(
            action="products.call_off_assortment_rule", object_key=str(rule.pk)
        )
        assert lines.count() == 1
