"""The second factor of a sign-in: a code from the person's phone, or a recovery code."""

import base64
import secrets

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.actor import Actor
from apps.accounts.models import RecoveryCode, SecondFactor, User
from apps.accounts.services import attempts, sessions
from apps.accounts.services.recording import record
from apps.common import clock, crypto
from apps.common.errors import Conflict, Unauthenticated
from apps.common.keys import hash_token, random_key

SECRET_BYTES = 20
RECOVERY_LENGTH = 16  # 80 random bits, so that a plain hash keeps them


class SecondFactorWanted(Unauthenticated):
    code = "second_factor_wanted"
    message = _("The code from the authenticator app is needed, or a recovery code.")


class SecondFactorWrong(Unauthenticated):
    code = "second_factor_wrong"
    message = _("The code is wrong, or was used before.")


class RecoveryCodeUsed(Unauthenticated):
    code = "recovery_code_used"
    message = _("This recovery code was used before.")


class SecondFactorNotEnrolled(Unauthenticated):
    code = "second_factor_not_enrolled"
    message = _("Your role needs a second factor: sign in at the site to set it up.")


class SecondFactorOn(Conflict):
    code = "second_factor_on"
    message = _("The second factor is set up already.")


class SecondFactorOff(Conflict):
    code = "second_factor_off"
    message = _("No second factor is set up.")


class SecondFactorOwed(Conflict):
    code = "second_factor_owed"
    message = _(
        "Your role needs a second factor: it can be moved to another phone, not switched off."
    )


def is_owed(actor: Actor) -> bool:
    """Whether one of the person's roles is among those that the deployment demands it of."""
    return any(grant.role in settings.REQUIRE_SECOND_FACTOR for grant in actor.grants)


def is_on(user: User) -> bool:
    """Whether the person has set one up."""
    return SecondFactor.objects.filter(user=user).exists()


def require_enrolled(actor: Actor) -> None:
    """Of a token from before the person had a role that demands one. Raises SecondFactorNotEnrolled.

    Who has set one up has proved it with every token they hold. One statement, or none where no role
    demands it.
    """
    if is_owed(actor) and not SecondFactor.objects.filter(user=actor.id).exists():
        raise SecondFactorNotEnrolled


def check(actor: Actor, user: User, code: str) -> str:
    """How the person proved themselves besides the password: ``code``, ``recovery_code``, ``none``.

    Raises SecondFactorNotEnrolled, SecondFactorWanted and what ``verify`` raises.
    """
    if not is_on(user):
        if is_owed(actor):
            raise SecondFactorNotEnrolled
        return rules.NO_FACTOR
    if not code.strip():
        raise SecondFactorWanted
    return verify(user, code)


def verify(user: User, code: str) -> str:
    """Use up a code: ``code`` or ``recovery_code``, whichever it was.

    Raises TooManyAttempts, SecondFactorWrong, RecoveryCodeUsed, SecondFactorOff.
    """
    buckets = attempts.at_code(user)
    attempts.count(buckets, username=user.username)
    given = rules.plain(code)
    kind = "code" if given.isdigit() else "recovery_code"
    if kind == "code":
        _use_code(user, given)
    else:
        _use_recovery_code(user, given)
    attempts.uncount(buckets)
    return kind


def _use_code(user: User, code: str) -> None:
    """The guarded UPDATE decides: of two uses of one time step, one finds it used."""
    factor = SecondFactor.objects.filter(user=user).first()
    if factor is None:
        raise SecondFactorOff
    step = rules.matching_step(crypto.decrypt(factor.secret_cipher), code, clock.now())
    if step is None:
        raise SecondFactorWrong
    same = SecondFactor.objects.filter(pk=factor.pk, enrolled_at=factor.enrolled_at)
    if not same.filter(last_step__lt=step).update(last_step=step):
        raise SecondFactorWrong


def _use_recovery_code(user: User, code: str) -> None:
    known = RecoveryCode.objects.filter(user=user, code_hash=hash_token(code))
    if known.filter(used_at=None).update(used_at=clock.now()):
        return
    raise RecoveryCodeUsed if known.exists() else SecondFactorWrong


def new_secret() -> str:
    """160 random bits in base 32, as authenticator apps take them."""
    return base64.b32encode(secrets.token_bytes(SECRET_BYTES)).decode()


def enrol(actor: Actor, user: User, *, secret: str, code: str, browser: str = "") -> list[str]:
    """Set the second factor up with a first code from the phone; the recovery codes, shown this once.

    Every sign-in ends but that of the ``browser`` in which this is done, by its key. Raises
    SecondFactorOn, SecondFactorWrong, TooManyAttempts; then nothing was written.
    """
    step = _first_step(user, secret, code)
    factor = SecondFactor(
        user=user, secret_cipher=crypto.encrypt(secret), last_step=step, enrolled_at=clock.now()
    )
    try:
        with transaction.atomic():
            factor.save(force_insert=True)
            codes = _new_codes(user)
            sessions.end_all(user, but=browser)
            sessions.mark_proven(user, browser)
            record(actor, "staff.second_factor_on", target=("user", user.username))
    except IntegrityError as error:
        raise SecondFactorOn from error
    return codes


def move(actor: Actor, user: User, *, secret: str, code: str, browser: str = "") -> list[str]:
    """Move the second factor to another phone; new recovery codes, shown this once.

    Every sign-in ends but that of ``browser``. Raises SecondFactorOff, SecondFactorWrong,
    TooManyAttempts; then nothing was written.
    """
    step = _first_step(user, secret, code)
    with transaction.atomic():
        moved = SecondFactor.objects.filter(user=user).update(
            secret_cipher=crypto.encrypt(secret), last_step=step, enrolled_at=clock.now()
        )
        if not moved:
            raise SecondFactorOff
        codes = _new_codes(user)
        sessions.end_all(user, but=browser)
        record(actor, "staff.second_factor_moved", target=("user", user.username))
    return codes


def _first_step(user: User, secret: str, code: str) -> int:
    buckets = attempts.at_code(user)
    attempts.count(buckets, username=user.username)
    step = rules.matching_step(secret, rules.plain(code), clock.now())
    if step is None:
        raise SecondFactorWrong
    attempts.uncount(buckets)
    return step


def renew_recovery_codes(actor: Actor, user: User) -> list[str]:
    """New recovery codes, shown this once; the old ones are worth nothing. Raises SecondFactorOff."""
    with transaction.atomic():
        if not SecondFactor.objects.select_for_update().filter(user=user).exists():
            raise SecondFactorOff
        codes = _new_codes(user)
        record(actor, "staff.renew_recovery_codes", target=("user", user.username))
    return codes


def switch_off(actor: Actor, user: User) -> None:
    """The person does without it from now on. Raises SecondFactorOwed, SecondFactorOff."""
    if is_owed(actor):
        raise SecondFactorOwed
    with transaction.atomic():
        _remove(user)
        record(actor, "staff.second_factor_off", target=("user", user.username))


def reset(actor: Actor, user: User, *, reason: str) -> None:
    """Take the second factor of somebody who lost phone and codes, and end all their sign-ins.

    Who may do this to whom, the caller has asked. Raises SecondFactorOff.
    """
    with transaction.atomic():
        _remove(user)
        sessions.end_all(user)
        record(
            actor,
            "staff.second_factor_reset",
            target=("user", user.username),
            reason=reason,
            under="staff.manage",
        )
    attempts.forgive(user)


def codes_left(user: User) -> int:
    """How many recovery codes are unused."""
    return RecoveryCode.objects.filter(user=user, used_at=None).count()


def _remove(user: User) -> None:
    gone, _kinds = SecondFactor.objects.filter(user=user).delete()
    if not gone:
        raise SecondFactorOff
    RecoveryCode.objects.filter(user=user).delete()


def _new_codes(user: User) -> list[str]:
    codes = [random_key(RECOVERY_LENGTH) for _number in range(rules.RECOVERY_CODES)]
    RecoveryCode.objects.filter(user=user).delete()
    RecoveryCode.objects.bulk_create(
        [RecoveryCode(user=user, code_hash=hash_token(code)) for code in codes]
    )
    return [rules.in_groups(code) for code in codes]
