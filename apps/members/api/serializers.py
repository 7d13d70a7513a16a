"""Shapes of members. Personal values come in by POST bodies alone, and go out masked."""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from apps.accounts.actor import Actor
from apps.common.api import Instant
from apps.members import models, selectors
from apps.members import services as members

Value = Annotated[str, Meta(max_length=64)]


class MemberLookup(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Exactly one identity, by its exact value."""

    phone: Value | None = None
    openid: Value | None = None
    card: Value | None = None


class Enrolment(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """A new member: at least one identity. `store` is the store that acquires the member."""

    phone: Value | None = None
    openid: Value | None = None
    card: Value | None = None
    name: Annotated[str, Meta(max_length=64)] = ""
    store: Annotated[str, Meta(max_length=32)] | None = None


class RevealRequest(msgspec.Struct, forbid_unknown_fields=True):
    """Which values, and why: both stay on record, the values do not."""

    fields: Annotated[
        list[Literal["name", "phone", "openid", "card"]], Meta(min_length=1, max_length=4)
    ]
    reason: Annotated[str, Meta(max_length=255)]


class RevealedValue(msgspec.Struct):
    """One value in clear."""

    field: str
    value: str


class RevealedMember(msgspec.Struct):
    """Those of the values asked for that the member has."""

    number: str
    values: list[RevealedValue]


class ConsentRequest(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The store that may see the member. Who is not the member adds exactly one of their identities;
    the member needs none, and one that is given is not looked at."""

    store: Annotated[str, Meta(max_length=32)]
    phone: Value | None = None
    openid: Value | None = None
    card: Value | None = None


class Consent(msgspec.Struct):
    """That a store may see a member, for one purpose. `given_via` is `member`, `staff`, `app` or
    `system`; `withdrawn_at` is when the member took it back or the store changed hands, null while it is
    live."""

    store: str
    purpose: str
    given_at: Instant
    given_via: str
    withdrawn_at: Instant | None


class Identity(msgspec.Struct):
    """A masked identity: `138****1234`, `****5678`."""

    kind: str
    value: str


class Member(msgspec.Struct):
    """A member, masked. `number` is random and carries a check digit. `home_store` is told to the member
    and to who works with members at that store; it is null for everybody else."""

    number: str
    status: str
    name: str
    identities: list[Identity]
    home_store: str | None
    enrolled_at: Instant


def given_identities(body: MemberLookup | Enrolment | ConsentRequest) -> dict[str, str]:
    """The identities that a body names, kind → value as written."""
    given = {"phone": body.phone, "openid": body.openid, "card": body.card}
    return {kind: value for kind, value in given.items() if value is not None}


def member(row: models.Member, caller: Actor) -> Member:
    """One member with identities and home store loaded, as ``caller`` is told of them."""
    home = selectors.home_told_to(caller, row)
    return Member(
        number=row.number,
        status=row.status,
        name=row.masked_name,
        identities=[
            Identity(kind=identity.kind, value=identity.masked_value)
            for identity in sorted(row.identities.all(), key=lambda known: (known.kind, known.pk))
        ],
        home_store=home.code if home else None,
        enrolled_at=row.enrolled_at,
    )


def consent(row: models.StoreConsent) -> Consent:
    """One consent with its store loaded."""
    return Consent(
        store=row.store.code,
        purpose=row.purpose,
        given_at=row.given_at,
        given_via=row.given_via,
        withdrawn_at=row.withdrawn_at,
    )


def revealed(found: members.Revealed) -> RevealedMember:
    """The one answer of the API that holds personal values."""
    values = [RevealedValue(field, value) for field, value in found.values]
    return RevealedMember(found.number, values)
