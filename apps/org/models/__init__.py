"""Where the brand trades, and which rows an assignment opens."""

from apps.org.models.groups import StoreGroup, StoreGroupMember
from apps.org.models.places import (
    Channel,
    ChannelStore,
    Franchisee,
    NamedInTwoLanguages,
    Region,
    Store,
    StoreHours,
    Warehouse,
)
from apps.org.models.rights import RIGHTS, right_text
from apps.org.models.roles import (
    ROLE_CHOICES,
    SCOPE_OF_ROLES,
    ClientBinding,
    ClientChannel,
    RoleAssignment,
)
from apps.org.models.tenures import Tenure

__all__ = [
    "RIGHTS",
    "ROLE_CHOICES",
    "SCOPE_OF_ROLES",
    "Channel",
    "ChannelStore",
    "ClientBinding",
    "ClientChannel",
    "Franchisee",
    "NamedInTwoLanguages",
    "Region",
    "RoleAssignment",
    "Store",
    "StoreGroup",
    "StoreGroupMember",
    "StoreHours",
    "Tenure",
    "Warehouse",
    "right_text",
]
