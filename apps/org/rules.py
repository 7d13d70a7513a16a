"""Who may do what: one readable table, role → actions. On which rows, an assignment says."""

from datetime import time

from apps.accounts.actor import Scope

HEAD_OFFICE_ADMIN = "head_office_admin"
OPERATIONS = "operations"
FINANCE = "finance"
CUSTOMER_SERVICE = "customer_service"
AUDITOR = "auditor"
REGIONAL_MANAGER = "regional_manager"
FRANCHISE_OWNER = "franchise_owner"
STORE_MANAGER = "store_manager"
CLERK = "clerk"

SEE_BUSINESS = frozenset(
    {
        "org.see",
        "products.see",
        "inventory.see",
        "orders.see",
        "payments.see",
        "points.see",
        "jobs.see",
    }
)
SEE_STORE = SEE_BUSINESS | {"members.see"}
SELL = frozenset({"members.lookup", "members.enrol", "orders.place", "payments.take"})
SEE_EVERYBODY = frozenset(
    {"approvals.see", "audit.see", "staff.see", "clients.see", "platform.see", "privacy.see"}
)
MANAGE_BRAND = frozenset({"org.manage", "products.manage", "products.change_price"})

# Rights that are held apart from the screens they appear on. Some wait for their center, and are
# given out by role already: a cost price, a refund, stored value, a published rule.
SEPARATE = frozenset(
    {
        "data.export",
        "members.see_personal",
        "payments.refund_above_limit",
        "points.adjust",
        "points.adjust_above_limit",
        "products.change_price",
        "products.see_cost",
        "promotions.publish",
        "stored_value.adjust_above_limit",
    }
)

ROLE_ACTIONS: dict[str, frozenset[str]] = {
    HEAD_OFFICE_ADMIN: SEE_STORE
    | SELL
    | SEE_EVERYBODY
    | MANAGE_BRAND
    | SEPARATE
    | {"orders.cancel", "orders.import", "staff.manage", "clients.manage"},
    OPERATIONS: SEE_STORE
    | MANAGE_BRAND
    | {
        "approvals.see",
        "orders.cancel",
        "members.lookup",
        "products.see_cost",
        "promotions.publish",
        "points.adjust",
        "data.export",
    },
    FINANCE: SEE_BUSINESS
    | {
        "approvals.see",
        "audit.see",
        "data.export",
        "products.see_cost",
        "payments.refund_above_limit",
        "points.adjust",
        "points.adjust_above_limit",
        "stored_value.adjust_above_limit",
    },
    CUSTOMER_SERVICE: SEE_STORE
    | {
        "approvals.see",
        "orders.cancel",
        "members.lookup",
        "members.enrol",
        "members.see_personal",
        "points.adjust",
    },
    AUDITOR: SEE_STORE | SEE_EVERYBODY,
    REGIONAL_MANAGER: SEE_STORE | {"orders.cancel", "staff.see", "data.export"},
    FRANCHISE_OWNER: SEE_STORE
    | SELL
    | {"approvals.see", "orders.cancel", "staff.see", "staff.manage", "data.export"},
    STORE_MANAGER: SEE_STORE | SELL | {"orders.cancel", "staff.see"},
    CLERK: SEE_STORE | SELL,
}

ROLE_SCOPE: dict[str, Scope] = {
    HEAD_OFFICE_ADMIN: Scope.ALL,
    OPERATIONS: Scope.ALL,
    FINANCE: Scope.ALL,
    CUSTOMER_SERVICE: Scope.ALL,
    AUDITOR: Scope.ALL,
    REGIONAL_MANAGER: Scope.REGION,
    FRANCHISE_OWNER: Scope.FRANCHISEE,
    STORE_MANAGER: Scope.STORE,
    CLERK: Scope.STORE,
}

# Who can do most harm from a browser: everybody who signs in to head office.
SECOND_FACTOR_ROLES = frozenset(
    {HEAD_OFFICE_ADMIN, OPERATIONS, FINANCE, CUSTOMER_SERVICE, AUDITOR, REGIONAL_MANAGER}
)

# What a member may do, at any store that is open; on their own orders and points only.
MEMBER_ACTIONS = frozenset(
    {"products.see", "orders.place", "orders.see", "orders.cancel", "payments.see", "points.see"}
)

# What an application may be given.
CLIENT_SCOPES = (SEE_STORE - {"jobs.see"}) | SELL | {"orders.cancel"}

ALL_ACTIONS = frozenset().union(*ROLE_ACTIONS.values(), MEMBER_ACTIONS, CLIENT_SCOPES)


def is_open(opens_at: time, closes_at: time, now: time) -> bool:
    """Whether a store is open at ``now`` of its own clock; the closing time is not among its hours."""
    return opens_at <= now < closes_at
