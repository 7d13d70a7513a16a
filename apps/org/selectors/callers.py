"""From a token, a key or a signature to the actor behind it.

One statement each, and one more for the nonce of a signature. The same statement counts the call
against the caller's limit, and notes once a minute that an application is in use; so it runs in a
transaction of its own, before the one of the work.
"""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import ApiClient, User
from apps.common import clock, crypto, limits, sql
from apps.common.keys import hash_token
from apps.common.signatures import UNKNOWN, Claim, NonceReplayed
from apps.org.models import RoleAssignment
from apps.org.rules import CLIENT_SCOPES, ROLE_ACTIONS, ROLE_SCOPE

FIND_STAFF = f"""
WITH caller AS MATERIALIZED (
    SELECT person.id, person.username, 'staff:' || person.id AS bucket,
           %(burst)s::float8 AS burst, %(seconds)s::float8 AS seconds
    FROM accounts_stafftoken token
    JOIN accounts_user person ON person.id = token.user_id AND person.is_active
    WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > %(now)s
), {limits.TAKEN}
SELECT {limits.WAIT}, caller.id, caller.username,
       assignment.id, assignment.role,
       assignment.region_id, assignment.franchisee_id, assignment.store_id
FROM caller
LEFT JOIN org_roleassignment assignment ON assignment.user_id = caller.id
    AND assignment.starts_at <= %(now)s
    AND (assignment.ends_at IS NULL OR assignment.ends_at > %(now)s)
"""  # noqa: S608 - constants of ours


def staff_by_token(token: str) -> Actor | None:
    """The staff user behind a live token, with all assignments. One statement.

    Raises TooManyRequests.
    """
    found = sql.rows(
        FIND_STAFF,
        {"hash": hash_token(token), "now": clock.now(), **limits.RATES.staff.parameters},
    )
    if not found:
        return None
    wait, user_id, username = found[0][:3]
    limits.check(wait)
    return _staff(user_id, username, [line[3:] for line in found if line[3] is not None])


def actor_of_user(user: User) -> Actor:
    """The actor behind a signed-in session, with the assignments that hold now. One statement."""
    assigned = live_assignments(user.assignments.all()).values_list(
        "id", "role", "region_id", "franchisee_id", "store_id"
    )
    return _staff(user.pk, user.username, list(assigned))


def live_assignments(assignments: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment]:
    """Those that have begun and not ended."""
    return lasting_assignments(assignments).filter(starts_at__lte=clock.now())


def lasting_assignments(assignments: QuerySet[RoleAssignment]) -> QuerySet[RoleAssignment]:
    """Those that have not ended, whether or not they have begun."""
    return assignments.filter(Q(ends_at=None) | Q(ends_at__gt=clock.now()))


Assigned = tuple[int, str, int | None, int | None, int | None]
"""Assignment, role, and the region, franchisee or store it names."""


def _staff(user_id: int, username: str, assigned: Sequence[Assigned]) -> Actor:
    grants = []
    for assignment, role, *scoped in assigned:
        ids = frozenset(value for value in scoped if value is not None)
        grants.append(Grant(role, ROLE_ACTIONS[role], ROLE_SCOPE[role], ids, assignment))
    return Actor(ActorKind.STAFF, user_id, username, tuple(grants))


# What every statement about applications reads of one; bound arrays, since it is one row.
CLIENT = """client.id, client.name, client.scopes, client.reach,
    ARRAY(SELECT store_id FROM org_clientbinding WHERE client_id = client.id) AS stores,
    ARRAY(SELECT channel_id FROM org_clientchannel WHERE client_id = client.id) AS channels,
    secret.id AS secret_id"""

CLIENT_BUCKET = """'client:' || client.id AS bucket,
    2 * client.rate::float8 AS burst, 1 / client.rate::float8 AS seconds"""

# Uses are noted to the minute: a write a minute and client, not one a request.
USED = """used AS (
    UPDATE accounts_apiclient client SET last_used_at = now() FROM caller
    WHERE client.id = caller.id
        AND (client.last_used_at IS NULL OR client.last_used_at < now() - interval '1 minute')
), used_secret AS (
    UPDATE accounts_clientsecret secret SET last_used_at = now() FROM caller
    WHERE secret.id = caller.secret_id
        AND (secret.last_used_at IS NULL OR secret.last_used_at < now() - interval '1 minute')
)"""

FIND_CLIENT = f"""
WITH caller AS MATERIALIZED (
    SELECT {CLIENT}, {CLIENT_BUCKET}
    FROM accounts_apiclient client
    JOIN accounts_clientsecret secret ON secret.client_id = client.id
        AND secret.retired_at IS NULL AND secret.secret_hash = %(hash)s
    WHERE client.key_id = %(key_id)s AND client.revoked_at IS NULL AND client.sign_in = 'bearer'
), {limits.TAKEN}, {USED}
SELECT {limits.WAIT}, id, name, scopes, reach, stores, channels FROM caller
"""  # noqa: S608 - constants of ours

FIND_SIGNERS = f"""
SELECT secret.ciphertext, {CLIENT}
FROM accounts_apiclient client
JOIN accounts_clientsecret secret ON secret.client_id = client.id
    AND secret.retired_at IS NULL AND secret.ciphertext IS NOT NULL
WHERE client.key_id = %(key_id)s AND client.revoked_at IS NULL
ORDER BY secret.id DESC
"""  # noqa: S608 - constants of ours

# A nonce that was spent counts as no call: whoever repeats what they overheard uses up nobody's rate.
ADMIT_SIGNER = f"""
WITH spent AS (
    INSERT INTO common_spentvalue (name, at) VALUES (%(nonce)s, clock_timestamp())
    ON CONFLICT (name) DO NOTHING RETURNING 1
), caller AS MATERIALIZED (
    SELECT client.id, %(secret_id)s::bigint AS secret_id, {CLIENT_BUCKET}
    FROM spent, accounts_apiclient client WHERE client.id = %(client_id)s
), {limits.TAKEN}, {USED}
SELECT {limits.WAIT} FROM caller
"""  # noqa: S608 - constants of ours


def client_by_key(key: str) -> Actor | None:
    """The application behind ``qk_<key id>_<secret>``, with its scopes, stores and channels.

    None also for one that must sign. One statement. Raises TooManyRequests.
    """
    _prefix, _sep, rest = key.partition("_")
    key_id, _sep, secret = rest.partition("_")
    found = sql.row(FIND_CLIENT, {"key_id": key_id, "hash": hash_token(secret)})
    if found is None:
        return None
    wait, *client = found
    limits.check(wait)
    return _client(*client)


def client_by_signature(claim: Claim, text: bytes) -> Actor | None:
    """The application that signed ``text`` with either of its live secrets; None for a wrong one.

    Two statements, the second only for a right signature. Raises NonceReplayed, TooManyRequests.
    """
    signers = sql.rows(FIND_SIGNERS, {"key_id": claim.key_id})
    secrets = [crypto.decrypt(sealed) for sealed, *_client in signers]
    # Someone unknown is compared too, so that their refusal takes no other time.
    matched = [claim.matches(secret, text) for secret in secrets or [UNKNOWN]]
    if not secrets or not any(matched):
        return None
    _sealed, *client, secret_id = signers[matched.index(True)]
    nonce = f"nonce:{claim.key_id}:{claim.nonce}"
    admitted = sql.row(
        ADMIT_SIGNER, {"nonce": nonce, "client_id": client[0], "secret_id": secret_id}
    )
    if admitted is None:
        raise NonceReplayed(fields={"nonce": claim.nonce})
    limits.check(admitted[0])
    return _client(*client)


def _client(
    client_id: int,
    name: str,
    scopes: Sequence[str],
    reach: str,
    stores: Sequence[int],
    channels: Sequence[int],
) -> Actor:
    grant = Grant(
        "app",
        frozenset(scopes) & CLIENT_SCOPES,
        Scope.ALL if reach == ApiClient.Reach.BRAND else Scope.STORE,
        frozenset(stores),
        channels=frozenset(channels) or None,
    )
    return Actor(ActorKind.APP, client_id, name, (grant,))
