"""The one door: may this actor do it, and on which rows. Every visible list starts here."""

from apps.org.selectors.callers import (
    actor_of_user,
    client_by_key,
    live_assignments,
    staff_by_token,
)
from apps.org.selectors.people import (
    assignments_visible_to,
    audit_visible_to,
    bindings_visible_to,
    clients_visible_to,
    scope_codes,
    staff_tokens_visible_to,
    users_visible_to,
)
from apps.org.selectors.places import (
    ChannelNotFound,
    SellingPoint,
    StoreClosed,
    StoreNotFound,
    channels_visible_to,
    franchisees_visible_to,
    regions_visible_to,
    require_selling_point,
    require_store,
    stores_visible_to,
    warehouses_visible_to,
)
from apps.org.selectors.reach import (
    ActionNotPermitted,
    Reach,
    brand_rows,
    reach_of,
    require_action,
)

__all__ = [
    "ActionNotPermitted",
    "ChannelNotFound",
    "Reach",
    "SellingPoint",
    "StoreClosed",
    "StoreNotFound",
    "actor_of_user",
    "assignments_visible_to",
    "audit_visible_to",
    "bindings_visible_to",
    "brand_rows",
    "channels_visible_to",
    "client_by_key",
    "clients_visible_to",
    "franchisees_visible_to",
    "live_assignments",
    "reach_of",
    "regions_visible_to",
    "require_action",
    "require_selling_point",
    "require_store",
    "scope_codes",
    "staff_by_token",
    "staff_tokens_visible_to",
    "stores_visible_to",
    "users_visible_to",
    "warehouses_visible_to",
]
