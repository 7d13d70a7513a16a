"""People and their passwords: made, changed, switched off. Who may do it, the caller has asked."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.accounts.models import User
from apps.accounts.services import attempts, sessions
from apps.accounts.services.noting import noting
from apps.accounts.services.recording import record
from apps.common.errors import Conflict, Unprocessable


class PasswordUnchanged(Unprocessable):
    code = "password_unchanged"
    message = _("Choose a password that differs from the present one.")


class UserNameTaken(Conflict):
    code = "user_name_taken"
    message = _("Somebody signs in under this name already; choose another one.")


def create_user(actor: Actor, user: User, *, password: str, reason: str = "") -> User:
    """Save a new person, who must change ``password`` at the first sign-in. Raises UserNameTaken."""
    user.set_password(password)
    user.must_change_password = True
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        try:
            with transaction.atomic():
                user.save(force_insert=True)
        except IntegrityError as error:
            raise UserNameTaken(fields={"username": user.username}) from error
        changes = {"display_name": "***", "is_staff": user.is_staff}
        _record(actor, "staff.create_user", user, changes, reason)
    return user


def set_password(actor: Actor, user: User, *, password: str, reason: str = "") -> None:
    """Give somebody a new password: every sign-in ends, and they must change it at the next."""
    user.set_password(password)
    user.must_change_password = True
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        sessions.end_all(user)
        _record(actor, "staff.set_password", user, {"password": "***"}, reason)
    attempts.forgive(user)


def change_password(actor: Actor, user: User, *, password: str, keep: str = "") -> None:
    """A person changes their own; every other sign-in ends. ``keep`` is the key of this browser.

    Raises PasswordUnchanged.
    """
    if user.check_password(password):
        raise PasswordUnchanged
    user.set_password(password)
    user.must_change_password = False
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        sessions.end_all(user, but=keep)
        changes = {"password": "***"}
        record(actor, "staff.change_password", target=("user", user.username), changes=changes)


def switch_off(actor: Actor, user: User, *, reason: str = "") -> None:
    """The person may not sign in any more, and is signed out everywhere at once."""
    user.is_active = False
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["is_active"])
        sessions.end_all(user)
        _record(actor, "staff.switch_off", user, {"is_active": [True, False]}, reason)


def switch_on(actor: Actor, user: User, *, reason: str = "") -> None:
    """The person may sign in again."""
    user.is_active = True
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["is_active"])
        _record(actor, "staff.switch_on", user, {"is_active": [False, True]}, reason)


def _record(
    actor: Actor, action: str, user: User, changes: Mapping[str, Any], reason: str = ""
) -> None:
    target = ("user", user.username)
    record(actor, action, target=target, changes=changes, reason=reason, under="staff.manage")
