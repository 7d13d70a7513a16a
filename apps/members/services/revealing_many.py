"""Personal values of many members in clear, for a file: with a reason, and each on record."""

from collections.abc import Mapping, Sequence

from django.db import transaction

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import logs
from apps.members import rules
from apps.members import selectors as members
from apps.members.models import Member
from apps.members.services.revealing import FIELDS, SEE_PERSONAL, values_of


def reveal_many(
    actor: Actor, ids: Sequence[int], *, fields: Sequence[str], reason: str, via: str
) -> Mapping[int, list[tuple[str, str]]]:
    """Field and value of each of these members that ``actor`` may see in clear, in the order of FIELDS.

    The looks are on record for good before a value is handed out. A member outside the rows on which
    the right is held is not among them.
    """
    wanted = [name for name in FIELDS if name in fields]
    seen = members.members_visible_to(actor, SEE_PERSONAL).filter(pk__in=ids)
    with transaction.atomic(durable=True):
        found: list[Member] = list(members.with_profile(seen))
        subjects = [("member", one.number, members.HomePlace.of(one)) for one in found]
        held = {one.pk: values_of(one) for one in found}
        spoken = [value for values in held.values() for _name, value in values]
        told = rules.without_values(logs.mask(reason), spoken)
        accounts.note_accesses(
            actor, subjects, fields=wanted, reason=told, via=via, under=SEE_PERSONAL
        )
    return {key: [pair for pair in values if pair[0] in wanted] for key, values in held.items()}
