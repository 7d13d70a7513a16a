"""Two tills and a phone at once: one consent is live, and it ends once."""

from collections import Counter
from collections.abc import Callable

from apps.accounts.models import AuditLine
from apps.common.errors import DomainError
from apps.members import services
from apps.members.models import StoreConsent
from tests import builders
from tests.builders import Brand
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
