"""How often a password or a code may be tried.

Every attempt is counted before the secret is looked at, and uncounted when it was right: so that
attempts made at the same moment cannot slip through, and people who sign in often are not counted.
"""

from collections.abc import Sequence
from typing import NoReturn

from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import system_actor
from apps.accounts.models import User
from apps.accounts.services.recording import record
from apps.common import clock, context, limits
from apps.common.errors import TooMany
from apps.common.limits import Limit

# Somebody who guesses at one account from one place is stopped soon. An account is stopped for
# everybody only after fifty wrong attempts, so from ten places at least; an address not before four
# accounts were tried there.
PER_ACCOUNT_AND_ADDRESS = Limit(burst=5, seconds=180)
PER_ADDRESS = Limit(burst=20, seconds=30)
PER_ACCOUNT = Limit(burst=50, seconds=60)
# Whoever comes to the second step knows the password, so guessing is dearer: at one try in three
# minutes, three codes of a million being right, an even chance takes more than a year.
CODES_PER_ACCOUNT_AND_ADDRESS = Limit(burst=5, seconds=180)
CODES_PER_ACCOUNT = Limit(burst=10, seconds=180)

GUARD = system_actor("sign-in")
Buckets = Sequence[tuple[str, Limit]]


class TooManyAttempts(TooMany):
    code = "too_many_attempts"
    message = _("Too many attempts; try again in %(seconds)s seconds.")


def at_password(username: str) -> Buckets:
    """What an attempt at a password counts against, the narrowest first.

    A name is kept as a keyed digest: it may be a password that was typed into the wrong field.
    """
    account = salted_hmac("sign-in", User.normalize_username(username)).hexdigest()[:32]
    address = _address()
    return (
        (f"password-here:{account}:{address}", PER_ACCOUNT_AND_ADDRESS),
        (f"password-address:{address}", PER_ADDRESS),
        (f"password-account:{account}", PER_ACCOUNT),
    )


def at_code(user: User) -> Buckets:
    """What an attempt at a second factor counts against."""
    return (
        (f"code-here:{user.pk}:{_address()}", CODES_PER_ACCOUNT_AND_ADDRESS),
        (f"code-account:{user.pk}", CODES_PER_ACCOUNT),
    )


def count(buckets: Buckets, *, username: str) -> None:
    """Count an attempt in every bucket, or in none. Raises TooManyAttempts."""
    for place, (name, limit) in enumerate(buckets):
        try:
            limits.take(name, limit)
        except TooMany as full:
            uncount(buckets[:place])
            _refuse(name, username, full.retry_after)


def uncount(buckets: Buckets) -> None:
    """The attempt was right, or another bucket refused it."""
    for name, _limit in buckets:
        limits.give_back(name)


def forgive(user: User) -> None:
    """Whoever gave this person a new password or took their second factor also lets them try it."""
    for name, _limit in (at_password(user.username)[2], at_code(user)[1]):
        limits.forget(name)


def _refuse(name: str, username: str, seconds: int) -> NoReturn:
    """One audit line an hour for each bucket that is full: ten thousand attempts leave one.

    It names an account only if there is one.
    """
    if limits.spend(f"locked:{name}:{clock.now():%Y%m%d%H}"):
        known = User.objects.filter(username=username).exists()
        record(
            GUARD,
            "staff.locked_out",
            target=("user", username if known else "?"),
            changes={"limit": name.partition(":")[0]},
        )
    raise TooManyAttempts(seconds=seconds)


def _address() -> str:
    return limits.site_of(context.address.get())
