"""Two tills and a phone at once: one consent is live, and it ends once."""

import threading
import time
from collections import Counter
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from apps.accounts.models import AuditLine
from apps.common.errors import DomainError
from apps.flows import hand_over
from apps.flows.change_owner import change_owner
from apps.members import services
from apps.members.models import StoreConsent
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

THREADS = 8
ROUNDS = 5


def outcome(result: object) -> str:
    return result.code if isinstance(result, DomainError) else repr(result)


def test_one_consent_is_given_and_withdrawn_whoever_comes_first(brand: Brand) -> None:
    li = builders.member_actor(brand.li)

    def give() -> bool:
        return services.give_consent(li, "me", store_code="A1", identities={}).is_new

    def withdraw() -> None:
        services.withdraw_consent(li, "me", store_code="A1")

    def outcomes(work: Callable[[], object]) -> Counter[str]:
        return Counter(outcome(one) for one in run_in_threads([work] * THREADS))

    for number in range(1, ROUNDS + 1):
        assert outcomes(give) == {"True": 1, "False": THREADS - 1}
        assert outcomes(withdraw) == {"None": 1, "consent_not_found": THREADS - 1}
        assert StoreConsent.objects.count() == number
        for act in ("members.give_consent", "members.withdraw_consent"):
            assert AuditLine.objects.filter(action=act).count() == number


def test_a_consent_that_waited_for_a_hand_over_is_the_new_owners(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It must not be written for the owner whom it saw before it waited, or it would outlive the
    hand-over that ends such consents."""
    li = builders.member_actor(brand.li)
    store = builders.build_store("R1", brand.east, brand.anhe)
    holding, record = threading.Event(), hand_over.record_act

    def linger(*arguments: Any) -> None:
        record(*arguments)
        holding.set()
        time.sleep(0.5)  # the consent has long asked for the store's row

    def give() -> bool:
        assert holding.wait(10)
        return services.give_consent(li, "me", store_code="R1", identities={}).is_new

    def convert() -> str:
        return change_owner(SYSTEM, "R1", to="BAICHUAN", reason="race").store

    monkeypatch.setattr(hand_over, "record_act", linger)

    assert run_in_threads([convert, give]) == ["R1", True]

    assert StoreConsent.objects.get(store=store).franchisee == brand.baichuan


def test_consents_beside_hand_overs_never_stay_with_a_former_owner(brand: Brand) -> None:
    members = [
        services.enrol_member(SYSTEM, identities={"card": f"CARD-{number}"}, home_store=brand.b1)
        for number in range(THREADS - 1)
    ]
    actors = [builders.member_actor(one) for one in members]
    for number in range(ROUNDS):
        store = builders.build_store(f"R{number}", brand.east, brand.anhe)
        gives = [
            partial(services.give_consent, one, "me", store_code=store.code, identities={})
            for one in actors
        ]
        convert = partial(change_owner, SYSTEM, store.code, to="BAICHUAN", reason="race")

        results = run_in_threads([*gives[:4], convert, *gives[4:]])

        assert [one for one in results if isinstance(one, Exception)] == []
        live = StoreConsent.objects.filter(store=store, withdrawn_at=None)
        assert {one.franchisee for one in live} <= {brand.baichuan}
        assert StoreConsent.objects.filter(store=store).count() == len(actors)
