"""Who may do what: one readable table, role → actions. On which rows, an assignment says."""

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
    {"org.see", "products.see", "inventory.see", "orders.see", "payments.see", "points.see"}
)
SEE_STORE = SEE_BUSINESS | {"members.see"}
SELL = frozenset({"members.lookup", "members.enrol", "orders.place", "payments.take"})

ROLE_ACTIONS: dict[str, frozenset[str]] = {
    HEAD_OFFICE_ADMIN: SEE_STORE
    | SELL
    | {
        "orders.cancel",
        "orders.import",
        "org.manage",
        "staff.see",
        "staff.manage",
        "clients.see",
        "clients.manage",
        "products.manage",
        "audit.see",
        "platform.see",
    },
    OPERATIONS: SEE_STORE | {"orders.cancel", "members.lookup", "products.manage", "org.manage"},
    FINANCE: SEE_BUSINESS | {"audit.see"},
    CUSTOMER_SERVICE: SEE_STORE | {"orders.cancel", "members.lookup", "members.enrol"},
    AUDITOR: SEE_STORE | {"audit.see", "staff.see", "clients.see", "platform.see"},
    REGIONAL_MANAGER: SEE_STORE | {"orders.cancel"},
    FRANCHISE_OWNER: SEE_STORE | SELL | {"orders.cancel"},
    STORE_MANAGER: SEE_STORE | SELL | {"orders.cancel"},
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

# What a member may do, at any store that is open; on their own orders and points only.
MEMBER_ACTIONS = frozenset(
    {"products.see", "orders.place", "orders.see", "orders.cancel", "payments.see", "points.see"}
)

# What an application may be given.
CLIENT_SCOPES = SEE_STORE | SELL | {"orders.cancel"}

ALL_ACTIONS = frozenset().union(*ROLE_ACTIONS.values(), MEMBER_ACTIONS, CLIENT_SCOPES)
