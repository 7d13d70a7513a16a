"""Who may sign in to the demonstration brand: a person per role, and one application.

The password is published, so a deployment with ``DEBUG=0`` refuses to start while it works. The
application's key is a random one; it is kept in ``var/`` for the table that ``up`` prints.
"""

from typing import NamedTuple

from django.utils.translation import gettext as _

from apps.accounts.actor import Actor, Scope
from apps.accounts.models import ApiClient, User
from apps.common.runtime import local
from apps.demo import mapping
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import ROLE_CHOICES, Franchisee, Region, Store

PASSWORD = "quanyu-demo-2026"  # noqa: S105  published on purpose
STORE_ID = 32004
"""The busiest franchised store of the east: its region, its owner and its staff sign in."""

CLIENT_NAME = "Demo POS"
CLIENT_SCOPES = sorted(rules.CLIENT_SCOPES)
KEY_FILE = local.VAR / "demo" / "pos.key"


class Login(NamedTuple):
    role: str
    username: str
    display_name: str


LOGINS = (
    Login(rules.HEAD_OFFICE_ADMIN, "admin", "管理员"),
    Login(rules.HEAD_OFFICE_ADMIN, "admin2", "管理员二"),
    Login(rules.OPERATIONS, "operations", "运营"),
    Login(rules.FINANCE, "finance", "财务"),
    Login(rules.CUSTOMER_SERVICE, "service", "客服"),
    Login(rules.AUDITOR, "auditor", "审计"),
    Login(rules.REGIONAL_MANAGER, "region-east", "华东大区经理"),
    Login(rules.FRANCHISE_OWNER, "owner", "加盟商老板"),
    Login(rules.STORE_MANAGER, "manager", "店长"),
    Login(rules.CLERK, "clerk", "店员"),
)


def table() -> list[tuple[str, str, str]]:
    """Role with its scope, user name and password; last the application with its key."""
    labels = dict(ROLE_CHOICES)
    rows = [
        (f"{labels[login.role]} {_scope_code(login.role)}".rstrip(), login.username, PASSWORD)
        for login in LOGINS
    ]
    return [*rows, (_("API client"), CLIENT_NAME, _key())]


def create(actor: Actor) -> None:
    """The people and the application, where they are missing. Passwords that exist stay."""
    for login in LOGINS:
        if not User.objects.filter(username=login.username).exists():
            _create_user(actor, login)
    if org.client_by_key(_key()) is None:
        _create_client(actor)


def _create_user(actor: Actor, login: Login) -> None:
    head_office = login.role == rules.REGIONAL_MANAGER or not _scope_code(login.role)
    user = User.objects.create_user(
        login.username, PASSWORD, display_name=login.display_name, is_staff=head_office
    )
    match rules.ROLE_SCOPE[login.role]:
        case Scope.REGION:
            region = Region.objects.get(code=_scope_code(login.role))
            org_services.assign_role(actor, user, login.role, region=region)
        case Scope.FRANCHISEE:
            owner = Franchisee.objects.get(code=_scope_code(login.role))
            org_services.assign_role(actor, user, login.role, franchisee=owner)
        case Scope.STORE:
            store = Store.objects.get(code=_scope_code(login.role))
            org_services.assign_role(actor, user, login.role, store=store)
        case Scope.ALL:
            org_services.assign_role(actor, user, login.role)


def _scope_code(role: str) -> str:
    """The business key of the rows a demonstration role applies to; empty for all."""
    codes = {
        Scope.REGION: mapping.region_of(STORE_ID).code,
        Scope.FRANCHISEE: mapping.owner_of(STORE_ID) or "",
        Scope.STORE: mapping.store_code(STORE_ID),
    }
    return codes.get(rules.ROLE_SCOPE[role], "")


def _create_client(actor: Actor) -> None:
    for old in ApiClient.objects.filter(name=CLIENT_NAME, revoked_at=None):
        org_services.revoke_client(actor, old)
    _client, key = org_services.create_client(
        actor, name=CLIENT_NAME, scopes=CLIENT_SCOPES, reach=ApiClient.Reach.BRAND
    )
    KEY_FILE.parent.mkdir(mode=0o700, exist_ok=True)
    local.write_private(KEY_FILE, key)


def _key() -> str:
    """The application's key as it was given out on this machine; empty where it was not."""
    return KEY_FILE.read_text() if KEY_FILE.exists() else ""
