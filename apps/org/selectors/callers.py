"""From a token or a key to the actor behind it. One statement each."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import ApiClient, User
from apps.common import clock, sql
from apps.common.keys import hash_token
from apps.org.models import RoleAssignment
from apps.org.rules import CLIENT_SCOPES, ROLE_ACTIONS, ROLE_SCOPE

FIND_STAFF = """
SELECT person.id, person.username,
       assignment.id, assignment.role,
       assignment.region_id, assignment.franchisee_id, assignment.store_id
FROM accounts_stafftoken token
JOIN accounts_user person ON person.id = token.user_id AND person.is_active
LEFT JOIN org_roleassignment assignment ON assignment.user_id = person.id
    AND assignment.starts_at <= %(now)s
    AND (assignment.ends_at IS NULL OR assignment.ends_at > %(now)s)
WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > %(now)s
"""


def staff_by_token(token: str) -> Actor | None:
    """The staff user behind a live token, with all assignments. One statement."""
    found = sql.rows(FIND_STAFF, {"hash": hash_token(token), "now": clock.now()})
    if not found:
        return None
    return _staff(found[0][0], found[0][1], [line[2:] for line in found if line[2] is not None])


def actor_of_user(user: User) -> Actor:
    """The actor behind a signed-in session, with the assignments that hold now. One statement."""
    assigned = live_assignments(user.assignments.all()).values_list(
        "id", "role", "region_id", "franchisee_id", "store_id"
    )
    return _staff(user.pk, user.username, list(assigned))


def live_assignments(assignments: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment]:
    """Those that have begun and not ended."""
    now = clock.now()
    return assignments.filter(Q(ends_at=None) | Q(ends_at__gt=now), starts_at__lte=now)


Assigned = tuple[int, str, int | None, int | None, int | None]
"""Assignment, role, and the region, franchisee or store it names."""


def _staff(user_id: int, username: str, assigned: Sequence[Assigned]) -> Actor:
    grants = []
    for assignment, role, *scoped in assigned:
        ids = frozenset(value for value in scoped if value is not None)
        grants.append(Grant(role, ROLE_ACTIONS[role], ROLE_SCOPE[role], ids, assignment))
    return Actor(ActorKind.STAFF, user_id, username, tuple(grants))


FIND_CLIENT = """
SELECT client.id, client.name, client.scopes, client.reach,
       ARRAY(SELECT store_id FROM org_clientbinding WHERE client_id = client.id)
FROM accounts_apiclient client
WHERE client.key_id = %(key_id)s AND client.secret_hash = %(hash)s AND client.revoked_at IS NULL
"""


def client_by_key(key: str) -> Actor | None:
    """The application behind ``qk_<key id>_<secret>``, with its scopes and stores. One statement."""
    _prefix, _sep, rest = key.partition("_")
    key_id, _sep, secret = rest.partition("_")
    found = sql.row(FIND_CLIENT, {"key_id": key_id, "hash": hash_token(secret)})
    if found is None:
        return None
    client_id, name, scopes, reach, stores = found
    scope = Scope.ALL if reach == ApiClient.Reach.BRAND else Scope.STORE
    grant = Grant("app", frozenset(scopes) & CLIENT_SCOPES, scope, frozenset(stores))
    return Actor(ActorKind.APP, client_id, name, (grant,))
