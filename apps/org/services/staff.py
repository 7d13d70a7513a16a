"""What one person may do to another's sign-in: password, second factor, sign-ins, on and off.

Each needs ``staff.manage`` and every action and row that the other person holds; and nobody goes
around their own password or second factor in this way.
"""

from typing import Unpack

from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import StaffSession, StaffToken, User
from apps.accounts.services.people import PersonFields
from apps.common.errors import NotPermitted
from apps.org.selectors import require_action
from apps.org.services.roles import require_may_edit


class NotYourself(NotPermitted):
    code = "not_yourself"
    message = _("This is done to you by another person, or by yourself under Sign-in and security.")


def require_may_manage(actor: Actor, user: User) -> None:
    """Raises ActionNotPermitted, PersonOutranksYou."""
    require_action(actor, "staff.manage")
    require_may_edit(actor, user)


def create_person(actor: Actor, user: User, *, password: str, reason: str = "") -> User:
    """A new person without any role. Raises ActionNotPermitted, UserNameNotAllowed, UserNameTaken."""
    require_action(actor, "staff.manage")
    return accounts.people.create_user(actor, user, password=password, reason=reason)


def change_person(actor: Actor, user: User, **fields: Unpack[PersonFields]) -> User:
    """Raises ActionNotPermitted, PersonOutranksYou, UserNameNotAllowed, UserNameTaken."""
    require_may_manage(actor, user)
    return accounts.people.change_person(actor, user, **fields)


def set_password(actor: Actor, user: User, *, password: str, reason: str = "") -> None:
    """Raises ActionNotPermitted, PersonOutranksYou, NotYourself."""
    _require_other(actor, user)
    accounts.people.set_password(actor, user, password=password, reason=reason)


def switch_off(actor: Actor, user: User, *, reason: str = "") -> None:
    """Raises ActionNotPermitted, PersonOutranksYou, NotYourself."""
    _require_other(actor, user)
    accounts.people.switch_off(actor, user, reason=reason)


def switch_on(actor: Actor, user: User, *, reason: str = "") -> None:
    """Raises ActionNotPermitted, PersonOutranksYou, NotYourself."""
    _require_other(actor, user)
    accounts.people.switch_on(actor, user, reason=reason)


def reset_second_factor(actor: Actor, user: User, *, reason: str) -> None:
    """Raises ActionNotPermitted, PersonOutranksYou, NotYourself, SecondFactorOff."""
    _require_other(actor, user)
    accounts.second_factor.reset(actor, user, reason=reason)


def end_sign_ins(actor: Actor, user: User, *, reason: str) -> None:
    """Sign somebody out everywhere. Raises ActionNotPermitted, PersonOutranksYou."""
    require_may_manage(actor, user)
    accounts.sessions.end_everywhere(actor, user, reason=reason)


def end_session(actor: Actor, session: StaffSession, *, reason: str) -> None:
    """Sign one browser out. Raises ActionNotPermitted, PersonOutranksYou."""
    require_may_manage(actor, session.user)
    accounts.sessions.end_session(actor, session, reason=reason)


def end_token(actor: Actor, token: StaffToken, *, reason: str) -> None:
    """End one token. Raises ActionNotPermitted, PersonOutranksYou."""
    require_may_manage(actor, token.user)
    accounts.sessions.end_token(actor, token, reason=reason)


def _require_other(actor: Actor, user: User) -> None:
    if actor.id == user.pk:
        raise NotYourself
    require_may_manage(actor, user)
