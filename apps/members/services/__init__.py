"""Writes of the member center."""

from apps.members.services.consents import (
    CLOSED_STORE,
    FORMER_OWNER,
    ConsentNotFound,
    Given,
    OneIdentityWanted,
    end_consents,
    give_consent,
    withdraw_consent,
)
from apps.members.services.enrolling import (
    IdentityInvalid,
    IdentityMissing,
    IdentityTaken,
    ImportedMember,
    NameInvalid,
    enrol_member,
    import_members,
)
from apps.members.services.homes import move_members
from apps.members.services.locking import lock_member
from apps.members.services.looking_up import look_up, search
from apps.members.services.revealing import (
    FIELDS,
    FieldUnknown,
    ReasonWanted,
    Revealed,
    reveal,
)
from apps.members.services.rotating import (
    Conflicting,
    Page,
    RotationNotFinished,
    drop_old_indexes,
    identities_page,
    names_page,
)
from apps.members.services.tokens import issue_member_token, revoke_member_token

__all__ = [
    "CLOSED_STORE",
    "FIELDS",
    "FORMER_OWNER",
    "Conflicting",
    "ConsentNotFound",
    "FieldUnknown",
    "Given",
    "IdentityInvalid",
    "IdentityMissing",
    "IdentityTaken",
    "ImportedMember",
    "NameInvalid",
    "OneIdentityWanted",
    "Page",
    "ReasonWanted",
    "Revealed",
    "RotationNotFinished",
    "drop_old_indexes",
    "end_consents",
    "enrol_member",
    "give_consent",
    "identities_page",
    "import_members",
    "issue_member_token",
    "lock_member",
    "look_up",
    "move_members",
    "names_page",
    "reveal",
    "revoke_member_token",
    "search",
    "withdraw_consent",
]
