"""New members: enrolled one by one, or carried over from another system."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, crypto, sql
from apps.common.errors import Conflict, Unprocessable
from apps.members import rules
from apps.members.models import Identity, IdentityIndex, Member
from apps.members.selectors import HomePlace
from apps.org.models import Store


class IdentityInvalid(Unprocessable):
    code = "identity_invalid"
    message = _("This cannot be a %(kind)s.")


class IdentityTaken(Conflict):
    code = "identity_taken"
    message = _("This %(kind)s belongs to a member already.")


class IdentityMissing(Unprocessable):
    code = "identity_missing"
    message = _("A member needs a phone, an openid or a card.")


class NameInvalid(Unprocessable):
    code = "name_invalid"
    message = _("A name has at most %(limit)s characters and no control characters.")


# Who comes second waits for who came first. In the order of the indexes, under every key that is in
# use: two enrolments of the same values, or one beside a change of keys, cannot wait for each other.
ADD_IDENTITIES = """
WITH made AS (
    INSERT INTO members_identity (member_id, kind, value_cipher, tail_index, created_at)
    SELECT %(member)s, given.kind, given.cipher, given.tail, %(at)s
    FROM unnest(%(kinds)s::text[], %(ciphers)s::bytea[], %(tails)s::bytea[])
        AS given (kind, cipher, tail)
    RETURNING id, kind
)
INSERT INTO members_identityindex (identity_id, value)
SELECT made.id, given.value
FROM unnest(%(index_kinds)s::text[], %(indexes)s::bytea[]) AS given (kind, value)
JOIN made USING (kind)
ORDER BY given.value
ON CONFLICT (value) DO NOTHING
RETURNING value
"""


def enrol_member(
    actor: Actor, *, identities: Mapping[str, str], name: str = "", home_store: Store | None = None
) -> Member:
    """Create a member with at least one identity (kind → value as written).

    Raises IdentityMissing, IdentityInvalid, IdentityTaken, NameInvalid; then nothing is created.
    """
    if not identities:
        raise IdentityMissing
    values = {kind: _require_normal(kind, text) for kind, text in sorted(identities.items())}
    name = _require_name(name)
    with transaction.atomic():
        member = Member.objects.create(
            number=rules.new_member_number(),
            name_cipher=crypto.encrypt(name) if name else None,
            name_index=crypto.blind_index("name", name) if name else None,
            home_store=home_store,
            enrolled_at=clock.now(),
        )
        _add_identities(member, values)
        accounts.record(
            actor,
            "members.enrol",
            target=("member", member.number),
            changes={
                "identities": list(values),
                "store": home_store.code if home_store else None,
            },
            place=HomePlace.of(member),
        )
    return member


def _add_identities(member: Member, values: Mapping[str, str]) -> None:
    """Whichever kinds' index rows were not written belong to a member already. One statement."""
    indexes = [
        (kind, index)
        for kind, value in values.items()
        for index in crypto.blind_indexes(kind, value)
    ]
    written = sql.rows(
        ADD_IDENTITIES,
        {
            "member": member.pk,
            "at": member.enrolled_at,
            "kinds": list(values),
            "ciphers": [crypto.encrypt(value) for value in values.values()],
            "tails": [tail_index(kind, value) for kind, value in values.items()],
            "index_kinds": [kind for kind, _index in indexes],
            "indexes": [index for _kind, index in indexes],
        },
    )
    free = {bytes(row[0]) for row in written}
    taken = next((kind for kind, index in indexes if index not in free), None)
    if taken is not None:
        raise IdentityTaken(fields={taken: None}, kind=Identity.Kind(taken).label)


def tail_index(kind: str, value: str) -> bytes | None:
    """The index of a phone's last four digits; None of other kinds."""
    tail = rules.tail_of_phone(kind, value)
    return crypto.blind_index("phone_last4", tail) if tail else None


@dataclass(frozen=True, slots=True)
class ImportedMember:
    """A member that another system enrolled; identities are kind → value as written there."""

    number: str
    name: str
    identities: Mapping[str, str]
    home_store_id: int
    enrolled_at: datetime


def import_members(actor: Actor, given: Sequence[ImportedMember]) -> int:
    """Create many members, with the numbers and times they had; all or none.

    Raises IdentityInvalid, NameInvalid, and IntegrityError if a number or identity belongs to a
    member already.
    """
    with transaction.atomic():
        members = Member.objects.bulk_create(_imported(one) for one in given)
        values = [
            (member, one.enrolled_at, kind, _require_normal(kind, text))
            for member, one in zip(members, given, strict=True)
            for kind, text in one.identities.items()
        ]
        identities = Identity.objects.bulk_create(
            Identity(
                member=member,
                kind=kind,
                value_cipher=crypto.encrypt(value),
                tail_index=tail_index(kind, value),
                created_at=at,
            )
            for member, at, kind, value in values
        )
        rows = [
            IdentityIndex(identity=identity, value=index)
            for identity, (_member, _at, kind, value) in zip(identities, values, strict=True)
            for index in crypto.blind_indexes(kind, value)
        ]
        IdentityIndex.objects.bulk_create(sorted(rows, key=lambda row: bytes(row.value)))
        accounts.record(
            actor, "members.import", target=("import", "members"), changes={"created": len(members)}
        )
    return len(members)


def _imported(one: ImportedMember) -> Member:
    name = _require_name(one.name)
    return Member(
        number=one.number,
        name_cipher=crypto.encrypt(name) if name else None,
        name_index=crypto.blind_index("name", name) if name else None,
        home_store_id=one.home_store_id,
        enrolled_at=one.enrolled_at,
    )


def _require_normal(kind: str, text: str) -> str:
    value = rules.normal_identity(kind, text)
    if value is None:
        raise IdentityInvalid(fields={kind: None}, kind=Identity.Kind(kind).label)
    return value


def _require_name(text: str) -> str:
    name = rules.normal_name(text)
    if name is None:
        raise NameInvalid(fields={"name": None}, limit=rules.NAME_LENGTH)
    return name
