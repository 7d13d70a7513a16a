"""Too many calls: 429 with Retry-After, nothing changed, and nobody else held up."""

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.common import clock, limits
from apps.common.limits import Limit
from apps.common.models import Bucket
from apps.org import services as org
from tests import books, builders
from tests.api import bodies
from tests.api.caller import Answer, Caller
from tests.api.signing import Signer
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db

TWO = Limit(burst=2, seconds=600)


@pytest.fixture
def _tight(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two calls of everybody, and then one in ten minutes."""
    tight = limits.Rates(member=TWO, staff=TWO, anonymous=TWO, failed=TWO)
    monkeypatch.setattr(limits, "RATES", tight)


def too_many(answer: Answer) -> bool:
    """Whether the answer is 429 in full: the code, when to come back, and the one shape."""
    if answer.status != 429:
        return False
    assert answer.refusal == (429, "too_many_requests")
    assert 0 < int(answer.headers["Retry-After"]) <= 600
    assert answer.headers["Retry-After"] in answer.body["detail"]
    return True


@pytest.mark.usefixtures("_tight")
def test_a_staff_user_is_counted_under_every_token(brand: Brand) -> None:
    user = builders.build_staff("clerk", "clerk", store=brand.a1)
    till, office = Caller(builders.staff_token(user)), Caller(builders.staff_token(user))
    assert (till.get("me").status, office.get("me").status) == (200, 200)
    with books.unchanged():
        assert too_many(till.post("orders", bodies.sale()))
        assert too_many(office.post("orders", bodies.sale()))
    other = builders.build_staff("other", "clerk", store=brand.a1)
    assert Caller(builders.staff_token(other)).post("orders", bodies.sale()).status == 201


@pytest.mark.usefixtures("_tight")
def test_a_member_is_counted(brand: Brand, zhang: Caller) -> None:
    assert [zhang.get("me").status for _n in range(2)] == [200, 200]
    with books.unchanged():
        assert too_many(zhang.get("me"))


def test_an_application_has_a_rate_of_its_own(brand: Brand) -> None:
    client, key = accounts.create_api_client(
        SYSTEM, name="shop", scopes=["org.see"], reach="brand", rate=10_000
    )
    assert Caller(key).get("me").status == 200
    bucket = Bucket.objects.filter(name=f"client:{client.pk}")
    assert bucket.get().level == 1
    bucket.update(level=5_000, at=clock.now())
    assert Caller(key).get("me").status == 200
    org.change_client(SYSTEM, client, rate=10)
    bucket.update(level=5_000, at=clock.now())  # too much for ten a second, for minutes
    with books.unchanged():
        assert too_many(Caller(key).get("me"))
        assert too_many(Signer(key).get("me")), "the signature counts in the same bucket"


@pytest.mark.usefixtures("_tight")
def test_sign_in_is_counted_by_address(brand: Brand) -> None:
    builders.build_staff("clerk", "clerk", store=brand.a1)
    body = {"username": "clerk", "password": builders.PASSWORD}
    assert [Caller().post("staff/tokens", body).status for _n in range(2)] == [201, 201]
    with books.unchanged():
        assert too_many(Caller().post("staff/tokens", body))
    elsewhere = Caller()
    elsewhere.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert elsewhere.post("staff/tokens", body).status == 201


@pytest.mark.usefixtures("_tight")
def test_failed_sign_ins_are_counted_by_address_and_right_ones_pass(
    brand: Brand, zhang: Caller
) -> None:
    _client, key = accounts.create_api_client(SYSTEM, name="shop", scopes=[], reach="brand")
    guesses = [Caller("qs_guess"), Caller("qm_guess"), Caller("qk_guess_guess")]
    refusals = [guess.get("me") for guess in guesses]
    assert [answer.status for answer in refusals] == [401, 401, 429]
    assert too_many(refusals[2])
    assert too_many(Signer("qk_GUESS_guess").get("me"))
    assert zhang.get("me").status == 200
    assert Caller(key).get("me").status == 200
    elsewhere = Caller("qs_guess")
    elsewhere.client.defaults["REMOTE_ADDR"] = "203.0.113.9"
    assert elsewhere.get("me").refusal == (401, "invalid_token")


@pytest.mark.usefixtures("_tight")
def test_no_sign_in_at_all_costs_no_statement(brand: Brand) -> None:
    with CaptureQueriesContext(connection) as asked:
        assert [Caller().get("me").status for _n in range(5)] == [401] * 5
    assert len(asked) == 0


@pytest.mark.usefixtures("_tight")
def test_the_notices_of_a_provider_are_not_counted(brand: Brand) -> None:
    notice = {"payment": "P1", "reference": "sb-1", "amount": 1}
    answers = [Caller().post("payments/notices/sandbox", notice) for _n in range(5)]
    assert {answer.status for answer in answers} == {400}


def test_counting_takes_no_statement_of_its_own(brand: Brand, clerk: Caller, zhang: Caller) -> None:
    _client, key = accounts.create_api_client(
        SYSTEM, name="shop", scopes=["products.see"], reach="brand"
    )
    for caller in (clerk, zhang, Caller(key)):
        with CaptureQueriesContext(connection) as asked:
            assert caller.get("skus/NOTHING").status == 404
        assert len(asked) == 2, [query["sql"] for query in asked]
    assert Bucket.objects.filter(level=1).count() == 3


def test_the_limits_that_are_documented() -> None:
    rates = limits.RATES
    assert rates == replace(
        rates,
        member=Limit(30, 0.5),
        staff=Limit(60, 0.1),
        anonymous=Limit(30, 1),
        failed=Limit(20, 5),
    )
