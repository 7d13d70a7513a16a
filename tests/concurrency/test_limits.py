"""Limits, nonces and secrets under callers that come at the same moment."""

import time
from collections import Counter
from functools import partial
from typing import Any

import pytest

from apps.accounts import services as accounts
from apps.accounts.models import AuditLine, ClientSecret
from apps.accounts.services import TwoSecretsLive
from apps.common import limits
from apps.common.limits import Limit, TooManyRequests
from apps.common.models import Bucket
from apps.org import services as org
from tests import builders
from tests.api.caller import ROOT, Caller
from tests.api.signing import Signer
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

CALLERS = 16


def statuses(answers: list[Any]) -> Counter[Any]:
    return Counter(getattr(answer, "status", answer) for answer in answers)


def test_attempts_at_once_never_exceed_the_burst(committed_db: str) -> None:
    limit = Limit(burst=5, seconds=3600)
    for name in ("new", "known"):
        if name == "known":
            limits.take(name, Limit(burst=5, seconds=0.001))
            Bucket.objects.filter(name=name).update(level=0)
        found = run_in_threads([partial(limits.take, name, limit)] * CALLERS)
        assert found.count(None) == 5, found
        refused = [error for error in found if error is not None]
        assert {type(error) for error in refused} == {TooManyRequests}
        assert all(1 <= error.retry_after <= 3600 for error in refused)


def test_a_person_at_many_tills_never_exceeds_the_burst(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RATES", limits.Rates(staff=Limit(burst=5, seconds=3600)))
    user = builders.build_staff("clerk", "clerk", store=brand.a1)
    callers = [Caller(builders.staff_token(user)) for _n in range(CALLERS)]
    answers = run_in_threads([partial(caller.get, "me") for caller in callers])
    assert statuses(answers) == {200: 5, 429: CALLERS - 5}


def test_an_application_at_once_never_exceeds_its_burst(brand: Brand) -> None:
    _client, key = accounts.create_api_client(SYSTEM, name="shop", scopes=[], reach="brand", rate=2)
    callers: list[Caller | Signer] = [
        *(Caller(key) for _n in range(8)),
        *(Signer(key) for _n in range(8)),
    ]
    began = time.monotonic()
    found = statuses(run_in_threads([partial(caller.get, "me") for caller in callers]))
    took = time.monotonic() - began
    assert set(found) == {200, 429}
    assert 4 <= found[200] <= 4 + 2 * took


def test_one_nonce_at_the_same_moment_is_let_in_once(brand: Brand) -> None:
    _client, key = accounts.create_api_client(SYSTEM, name="shop", scopes=[], reach="brand")
    header = Signer(key).header("GET", ROOT + "me")
    signers = [Signer(key) for _n in range(8)]
    answers = run_in_threads(
        [partial(signer.send, "GET", ROOT + "me", header) for signer in signers]
    )
    assert statuses(answers) == {200: 1, 401: 7}
    assert {answer.body["code"] for answer in answers if answer.status == 401} == {"nonce_replayed"}


def test_secrets_added_at_the_same_moment_are_two_at_most(brand: Brand) -> None:
    client, _key = accounts.create_api_client(SYSTEM, name="shop", scopes=[], reach="brand")
    found = run_in_threads([partial(org.add_secret, SYSTEM, client)] * 8)
    assert [type(one) for one in found].count(str) == 1
    assert sum(isinstance(one, TwoSecretsLive) for one in found) == 7
    assert ClientSecret.objects.filter(client=client, retired_at=None).count() == 2
    assert AuditLine.objects.filter(action="accounts.create_clientsecret").count() == 1


def test_a_key_that_is_revoked_in_flight_is_refused_from_the_next_call_on(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(limits, "RATES", limits.Rates(failed=Limit(1000, 1)))
    client, key = accounts.create_api_client(SYSTEM, name="shop", scopes=[], reach="brand")
    revoked: list[bool] = []

    def revoke() -> None:
        org.revoke_client(SYSTEM, client)
        revoked.append(True)

    def call(caller: Caller | Signer) -> list[tuple[bool, int]]:
        seen = []
        for _n in range(20):
            after = bool(revoked)
            seen.append((after, caller.get("me").status))
        return seen

    callers: list[Caller | Signer] = [Caller(key), Signer(key), Caller(key), Signer(key)]
    *calls, _none = run_in_threads([*(partial(call, caller) for caller in callers), revoke])
    seen = [one for each in calls for one in each]
    assert {status for after, status in seen if after} == {401}
    assert Caller(key).get("me").refusal == (401, "invalid_token")
    assert Signer(key).get("me").refusal == (401, "signature_invalid")
