"""People and their passwords: made, changed, switched off. Who may do it, the caller has asked."""

from collections.abc import Mapping
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
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


class UserNameNotAllowed(Unprocessable):
    code = "user_name_not_allowed"
    message = _("A user name has 1 to 64 letters a–z, digits and the characters @ . + - _ only.")


def create_user(actor: Actor, user: User, *, password: str, reason: str = "") -> User:
    """Save a new person, who must change ``password`` at the first sign-in.

    Raises UserNameNotAllowed, and UserNameTaken, whatever the case of the letters.
    """
    if not rules.user_name_fits(user.username):
        raise UserNameNotAllowed(fields={"username": user.username})
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


def lock_hired(username: str, *, by: Actor) -> User | None:
    """The person whom ``by`` took on and who has no role yet, under FOR UPDATE; None if there is none."""
    hired = User.objects.filter(username=username, hired_by=by.id)
    return hired.select_for_update(of=("self",)).first()


def hire_again(actor: Actor, user: User, *, display_name: str, password: str, reason: str) -> None:
    """A new first password, and the name as it is said now, for somebody whose sign-in never opened."""
    user.display_name = display_name
    user.set_password(password)
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["display_name", "password"])
        changes = {"display_name": "***", "password": "***"}
        _record(actor, "staff.set_password", user, changes, reason)


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
    """The person may sign in again, or for the first time."""
    user.is_active, user.hired_by = True, None
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        user.save(update_fields=["is_active", "hired_by"])
        _record(actor, "staff.switch_on", user, {"is_active": [False, True]}, reason)


def _record(
    actor: Actor, action: str, user: User, changes: Mapping[str, Any], reason: str = ""
) -> None:
    target = ("user", user.username)
    record(actor, action, target=target, changes=changes, reason=reason, under="staff.manage")
