"""Writes of the member center."""

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock, crypto
from apps.common.errors import Conflict, Unprocessable
from apps.members import rules
from apps.members.models import Identity, Member, MemberToken
from apps.org.models import Store

MEMBER_TOKEN_LIFETIME = timedelta(days=90)


class IdentityInvalid(Unprocessable):
    code = "identity_invalid"
    message = _("This cannot be a %(kind)s.")


class IdentityTaken(Conflict):
    code = "identity_taken"
    message = _("This %(kind)s belongs to a member already.")


class IdentityMissing(Unprocessable):
    code = "identity_missing"
    message = _("A member needs a phone, an openid or a card.")


def enrol_member(
    actor: Actor, *, identities: Mapping[str, str], name: str = "", home_store: Store | None = None
) -> Member:
    """Create a member with at least one identity (kind → value as written).

    Raises IdentityMissing, IdentityInvalid, IdentityTaken; then nothing is created.
    """
    if not identities:
        raise IdentityMissing
    values = {kind: _require_normal(kind, text) for kind, text in identities.items()}
    with transaction.atomic():
        member = Member.objects.create(
            number=rules.new_member_number(),
            name_cipher=crypto.encrypt(name.strip()) if name.strip() else None,
            name_index=crypto.blind_index("name", name.strip()) if name.strip() else None,
            home_store=home_store,
            enrolled_at=clock.now(),
        )
        for kind, value in sorted(values.items()):  # one order, or two enrolments could deadlock
            _add_identity(member, kind, value)
        accounts.record(
            actor,
            "members.enrol",
            target=("member", member.number),
            changes={
                "identities": sorted(values),
                "store": home_store.code if home_store else None,
            },
        )
    return member


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

    Raises IdentityInvalid, and IntegrityError if a number or identity belongs to a member already.
    """
    with transaction.atomic():
        members = Member.objects.bulk_create(
            Member(
                number=one.number,
                name_cipher=crypto.encrypt(one.name) if one.name else None,
                name_index=crypto.blind_index("name", one.name) if one.name else None,
                home_store_id=one.home_store_id,
                enrolled_at=one.enrolled_at,
            )
            for one in given
        )
        Identity.objects.bulk_create(
            _identity(member, kind, _require_normal(kind, text), one.enrolled_at)
            for member, one in zip(members, given, strict=True)
            for kind, text in one.identities.items()
        )
        accounts.record(
            actor, "members.import", target=("import", "members"), changes={"created": len(members)}
        )
    return len(members)


def _identity(member: Member, kind: str, value: str, at: datetime) -> Identity:
    return Identity(
        member=member,
        kind=kind,
        value_cipher=crypto.encrypt(value),
        value_index=crypto.blind_index(kind, value),
        created_at=at,
    )


def _require_normal(kind: str, text: str) -> str:
    value = rules.normal_identity(kind, text)
    if value is None:
        raise IdentityInvalid(fields={kind: None}, kind=Identity.Kind(kind).label)
    return value


def _add_identity(member: Member, kind: str, value: str) -> None:
    try:
        with transaction.atomic():
            _identity(member, kind, value, clock.now()).save(force_insert=True)
    except IntegrityError as error:
        raise IdentityTaken(fields={kind: None}, kind=Identity.Kind(kind).label) from error


def issue_member_token(member: Member) -> str:
    """A new opaque token, valid for MEMBER_TOKEN_LIFETIME; it is returned this once."""
    token = "qm_" + secrets.token_urlsafe(32)
    now = clock.now()
    MemberToken.objects.create(
        member=member,
        token_hash=accounts.hash_token(token),
        created_at=now,
        expires_at=now + MEMBER_TOKEN_LIFETIME,
    )
    return token


def revoke_member_token(*, token: str) -> None:
    """End a token at once; nothing happens if it has ended."""
    MemberToken.objects.filter(token_hash=accounts.hash_token(token), revoked_at=None).update(
        revoked_at=clock.now()
    )
