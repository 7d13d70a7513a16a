"""People and their passwords: made, changed, switched off. Who may do it, the caller has asked."""

import contextlib
from collections.abc import Iterator, Mapping
from typing import Any, TypedDict, Unpack

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import rules
from apps.accounts.actor import Actor
from apps.accounts.models import User
from apps.accounts.services import attempts, sessions
from apps.accounts.services.noting import noting
from apps.accounts.services.recording import record
from apps.common.errors import Conflict, Unprocessable
from apps.common.sql import constraint_of

NAME_TAKEN = ("user_name_once_in_any_case", "accounts_user_username_key")
"""The constraints of the user name: in any case of the letters, and letter by letter."""
PRIVATE = "display_name"


class PersonFields(TypedDict, total=False):
    """What head office sets of a person; everything else has a service of its own."""

    username: str
    display_name: str
    is_staff: bool


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
    _require_fitting(user.username)
    user.set_password(password)
    user.must_change_password = True
    with noting(actor, reason=reason, under="staff.manage"), transaction.atomic():
        with _name_once(user.username):
            user.save(force_insert=True)
        changes = {"display_name": "***", "is_staff": user.is_staff}
        _record(actor, "staff.create_user", user, changes, reason)
    return user


def change_person(actor: Actor, user: User, **fields: Unpack[PersonFields]) -> User:
    """The person as they are after the change; nothing is written where nothing differs.

    Raises UserNameNotAllowed for a new name, and UserNameTaken, whatever the case of the letters.
    """
    with noting(actor, under="staff.manage"), transaction.atomic():
        held = User.objects.select_for_update(of=("self",)).get(pk=user.pk)
        changes: dict[str, Any] = {}
        for name, value in fields.items():
            if getattr(held, name) != value:
                changes[name] = "***" if name == PRIVATE else [getattr(held, name), value]
                setattr(held, name, value)
        if "username" in changes:
            _require_fitting(held.username)
        if changes:
            with _name_once(held.username):
                held.save(update_fields=list(changes))
            _record(actor, "accounts.change_user", held, changes)
    return held


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


def _require_fitting(name: str) -> None:
    """Raises UserNameNotAllowed."""
    if not rules.user_name_fits(name):
        raise UserNameNotAllowed(fields={"username": name})


@contextlib.contextmanager
def _name_once(name: str) -> Iterator[None]:
    """Around the write of a user name. Raises UserNameTaken; what else the database refuses, as it is."""
    try:
        with transaction.atomic():
            yield
    except IntegrityError as error:
        if constraint_of(error) not in NAME_TAKEN:
            raise
        raise UserNameTaken(fields={"username": name}) from error


def _record(
    actor: Actor, action: str, user: User, changes: Mapping[str, Any], reason: str = ""
) -> None:
    target = ("user", user.username)
    record(actor, action, target=target, changes=changes, reason=reason, under="staff.manage")
