"""Leaky buckets and single-use values, one caller at a time; races are in tests/concurrency."""

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from apps.common import context, limits
from apps.common.limits import Limit, TooManyRequests
from apps.common.models import Bucket, SpentValue
from apps.common.tasks import sweep_counters

pytestmark = pytest.mark.django_db

SLOW = Limit(burst=3, seconds=3600)


def taken(name: str, limit: Limit, times: int) -> int:
    """How many of so many attempts were let through."""
    through = 0
    for _attempt in range(times):
        try:
            limits.take(name, limit)
        except TooManyRequests:
            continue
        through += 1
    return through


def wait(name: str, seconds: float) -> None:
    """What the bucket is after so long."""
    Bucket.objects.filter(name=name).update(at=F("at") - timedelta(seconds=seconds))


def test_a_burst_and_no_more() -> None:
    assert taken("a", SLOW, 10) == 3
    assert taken("b", SLOW, 1) == 1


def test_the_refusal_says_how_long() -> None:
    limits.take("a", Limit(1, 100))
    with pytest.raises(TooManyRequests) as refused:
        limits.take("a", Limit(1, 100))
    assert refused.value.retry_after == 100
    wait("a", 60.5)
    with pytest.raises(TooManyRequests) as refused:
        limits.take("a", Limit(1, 100))
    assert refused.value.retry_after == 40


def test_it_leaks_at_a_steady_rate_and_never_below_nothing() -> None:
    assert taken("a", SLOW, 3) == 3
    wait("a", 3599)
    assert taken("a", SLOW, 1) == 0
    wait("a", 2)
    assert taken("a", SLOW, 3) == 1
    wait("a", 3600 * 1000)
    assert taken("a", SLOW, 10) == 3


def test_a_refused_attempt_does_not_fill_the_bucket() -> None:
    taken("a", SLOW, 50)
    wait("a", 3601)
    assert taken("a", SLOW, 1) == 1


def test_given_back_and_forgotten() -> None:
    taken("a", SLOW, 3)
    limits.give_back("a")
    assert taken("a", SLOW, 3) == 1
    limits.forget("a")
    assert taken("a", SLOW, 10) == 3


@pytest.mark.parametrize("full", [False, True])
def test_an_attempt_is_one_statement(full: bool) -> None:
    taken("a", SLOW, 3 if full else 1)
    with CaptureQueriesContext(connection) as asked:
        taken("a", SLOW, 1)
    assert len(asked) == 1


def test_a_value_is_spent_once() -> None:
    assert [limits.spend("n"), limits.spend("n"), limits.spend("m")] == [True, False, True]


def test_old_counters_are_swept() -> None:
    limits.take("old", SLOW)
    limits.take("young", SLOW)
    limits.spend("old")
    Bucket.objects.filter(name="old").update(at=F("at") - timedelta(days=2))
    SpentValue.objects.update(at=F("at") - timedelta(days=2))
    assert sweep_counters() == 2
    assert Bucket.objects.get().name == "young"


@pytest.mark.parametrize(
    ("address", "bucket"),
    [
        ("203.0.113.7", "x:203.0.113.7"),
        ("2001:db8:1:2:aaaa::1", "x:20010db800010002/64"),
        ("2001:db8:1:2:bbbb::9", "x:20010db800010002/64"),
        ("2001:db8:1:3::1", "x:20010db800010003/64"),
        ("::ffff:203.0.113.7", "x:203.0.113.7"),
        ("", "x:"),
        ("nonsense" * 20, "x:" + ("nonsense" * 20)[:64]),
    ],
)
def test_an_address_stands_for_whoever_has_it(address: str, bucket: str) -> None:
    token = context.address.set(address)
    try:
        limits.take_address("x", SLOW)
    finally:
        context.address.reset(token)
    assert Bucket.objects.get().name == bucket


def test_the_tables_are_unlogged() -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT relname FROM pg_class WHERE relpersistence = 'u' AND relkind = 'r' ORDER BY 1"
        )
        assert [name for (name,) in cursor.fetchall()] == ["common_bucket", "common_spentvalue"]
