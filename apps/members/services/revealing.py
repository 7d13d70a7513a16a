"""Personal values in clear: for those who hold the right, with a reason, and on record."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import crypto, logs
from apps.common.errors import Unprocessable
from apps.common.reasons import LONGEST, is_reason
from apps.members import rules
from apps.members import selectors as members
from apps.members.models import Identity, Member

FIELDS = ("name", *Identity.Kind.values)
SEE_PERSONAL = members.SEE_PERSONAL


class ReasonWanted(Unprocessable):
    code = "reason_wanted"
    message = _("Say why, in 2 to 255 characters.")


class FieldUnknown(Unprocessable):
    code = "field_unknown"
    message = _("Name at least one of %(known)s.")


@dataclass(frozen=True, slots=True)
class Revealed:
    """The values that were asked for and that the member has; its repr holds none of them."""

    number: str
    values: tuple[tuple[str, str], ...] = field(repr=False)
    """Field and value, in the order of FIELDS."""


def reveal(actor: Actor, number: str, *, fields: Sequence[str], reason: str, via: str) -> Revealed:
    """The values of ``fields`` of one member in clear, after the access is on record for good.

    ``via`` says through which door: api, admin, portal. Raises ActionNotPermitted, MemberNotFound (also
    of a member outside the rows on which the right is held), FieldUnknown, ReasonWanted.
    """
    reason = reason.strip()
    if not is_reason(reason):
        raise ReasonWanted(fields={"reason": None})
    wanted = [name for name in FIELDS if name in fields]
    if not wanted or set(fields) - set(FIELDS):
        raise FieldUnknown(fields={"fields": None}, known=", ".join(FIELDS))
    with transaction.atomic(durable=True):
        member = members.require_revealable(actor, number)
        held = values_of(member)
        told = rules.without_values(logs.mask(reason), [value for _name, value in held])
        accounts.note_access(
            actor,
            subject=("member", member.number),
            fields=wanted,
            reason=told[:LONGEST],
            via=via,
            under=SEE_PERSONAL,
            place=members.HomePlace.of(member),
        )
    return Revealed(member.number, tuple(pair for pair in held if pair[0] in wanted))


def values_of(member: Member) -> list[tuple[str, str]]:
    """Everything personal of a member, by field."""
    name = [("name", crypto.decrypt(member.name_cipher))] if member.name_cipher else []
    identities = sorted(member.identities.all(), key=lambda one: (FIELDS.index(one.kind), one.pk))
    return name + [(one.kind, crypto.decrypt(one.value_cipher)) for one in identities]
