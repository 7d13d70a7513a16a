"""People and their passwords: made, changed, switched off. Who may do it, the caller has asked."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.accounts.models import User
from apps.accounts.services import attempts, sessions
from apps.accounts.services.noting import noting
from apps.accounts.services.recording import record
from apps.common.errors import Unprocessable


class PasswordUnchanged(Unprocessable):
    code = "password_unchanged"
    message = _("Choose a password that differs from the present one.")


def create_user(actor: Actor, user: User, *, password: str) -> User:
    """Save a new person, who must change ``password`` at the first sign-in."""
    user.set_password(password)
    user.must_change_password = True
    with noting(actor, under="staff.manage"), transaction.atomic():
        user.save(force_insert=True)
        changes = {"display_name": "***", "is_staff": user.is_staff}
        _record(actor, "staff.create_user", user, changes)
    return user


def set_password(actor: Actor, user: User, *, password: str) -> None:
    """Give somebody a new password: every sign-in ends, and they must change it at the next."""
    user.set_password(password)
    user.must_change_password = True
    with transaction.atomic():
        user.save(update_fields=["password", "must_change_password"])
        sessions.end_all(user)
        _record(actor, "staff.set_password", user, {"password": "***"})
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


def switch_off(actor: Actor, user: User) -> None:
    """The person may not sign in any more, and is signed out everywhere at once."""
    user.is_active = False
    with noting(actor, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["is_active"])
        sessions.end_all(user)
        _record(actor, "staff.switch_off", user, {"is_active": [True, False]})


def switch_on(actor: Actor, user: User) -> None:
    """The person may sign in again."""
    user.is_active = True
    with noting(actor, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["is_active"])
        _record(actor, "staff.switch_on", user, {"is_active": [False, True]})


def _record(actor: Actor, action: str, user: User, changes: Mapping[str, Any]) -> None:
    target = ("user", user.username)
    record(actor, action, target=target, changes=changes, under="staff.manage")
