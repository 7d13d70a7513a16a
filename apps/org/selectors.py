"""The one door: may this actor do it, and on which rows. Every visible list starts here."""

from dataclasses import dataclass
from typing import TypeVar

from django.db.models import F, Model, Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import ApiClient, AuditLine, StaffToken, User
from apps.accounts.services import hash_token
from apps.common import sql
from apps.common.errors import Conflict, Missing, NotPermitted
from apps.org.models import (
    Channel,
    ClientBinding,
    Franchisee,
    Region,
    RoleAssignment,
    Store,
    Warehouse,
)
from apps.org.rules import CLIENT_SCOPES, ROLE_ACTIONS, ROLE_SCOPE

Row = TypeVar("Row", bound=Model)


class ActionNotPermitted(NotPermitted):
    code = "not_permitted"
    message = _("Your role does not allow this.")


class StoreNotFound(Missing):
    code = "store_not_found"
    message = _("There is no such store.")


class ChannelNotFound(Missing):
    code = "channel_not_found"
    message = _("There is no such channel.")


class StoreClosed(Conflict):
    code = "store_closed"
    message = _("This store is closed.")


@dataclass(frozen=True, slots=True)
class Reach:
    """The rows on which an actor may do one thing."""

    everything: bool
    regions: frozenset[int]
    franchisees: frozenset[int]
    stores: frozenset[int]

    def covers(self, *, store: int, franchisee: int | None, region: int) -> bool:
        """Whether a row of this store, owner and region is within reach."""
        return (
            self.everything
            or store in self.stores
            or region in self.regions
            or franchisee in self.franchisees
        )

    def where_frozen(self, document: str = "") -> Q:
        """The filter over the frozen store, owner and region of ``document``, a path; "" is the row.

        Store staff see what happened under the owner they work for: when a store changes hands, its
        past documents stay with the former owner and with head office.
        """
        if self.everything:
            return Q()
        at = f"{document}__" if document else ""
        reach = Q(pk__in=[])
        if self.stores:
            same_owner = Q(**{f"{at}franchisee": F(f"{at}store__franchisee")}) | Q(
                **{f"{at}franchisee__isnull": True, f"{at}store__franchisee__isnull": True}
            )
            reach |= Q(**{f"{at}store__in": self.stores}) & same_owner
        if self.franchisees:
            reach |= Q(**{f"{at}franchisee__in": self.franchisees})
        if self.regions:
            reach |= Q(**{f"{at}region__in": self.regions})
        return reach

    def where(self, *, store: str, franchisee: str, region: str) -> Q:
        """The filter over three paths that lead to the store, and to its owner and region of today."""
        if self.everything:
            return Q()
        reach = Q(pk__in=[])
        if self.stores:
            reach |= Q(**{f"{store}__in": self.stores})
        if self.franchisees:
            reach |= Q(**{f"{franchisee}__in": self.franchisees})
        if self.regions:
            reach |= Q(**{f"{region}__in": self.regions})
        return reach


def reach_of(actor: Actor, action: str) -> Reach:
    """The rows of every grant that holds ``action``; nothing for an actor without it."""
    ids: dict[Scope, frozenset[int]] = {}
    for grant in actor.grants:
        if action in grant.actions:
            ids[grant.scope] = ids.get(grant.scope, frozenset()) | grant.ids
    none: frozenset[int] = frozenset()
    return Reach(
        everything=Scope.ALL in ids or actor.kind is ActorKind.SYSTEM,
        regions=ids.get(Scope.REGION, none),
        franchisees=ids.get(Scope.FRANCHISEE, none),
        stores=ids.get(Scope.STORE, none),
    )


def require_action(actor: Actor, action: str) -> None:
    """Raises ActionNotPermitted unless some grant of ``actor`` holds ``action``."""
    if actor.kind is not ActorKind.SYSTEM and not actor.may(action):
        raise ActionNotPermitted


def stores_visible_to(actor: Actor, action: str = "org.see") -> QuerySet[Store]:
    """Stores on which ``actor`` may do ``action``, by today's owner and region."""
    reach = reach_of(actor, action)
    return Store.objects.filter(reach.where(store="id", franchisee="franchisee", region="region"))


def require_store(actor: Actor, action: str, code: str) -> Store:
    """The store, if ``actor`` may do ``action`` there. Raises StoreNotFound."""
    store = stores_visible_to(actor, action).filter(code=code).first()
    if store is None:
        raise StoreNotFound(fields={"store": code})
    return store


def regions_visible_to(actor: Actor) -> QuerySet[Region]:
    """Regions in which ``actor`` sees a store; all of them for one who sees everything."""
    if reach_of(actor, "org.see").everything:
        return Region.objects.all()
    return Region.objects.filter(pk__in=stores_visible_to(actor).values("region"))


def franchisees_visible_to(actor: Actor) -> QuerySet[Franchisee]:
    """Owners of whom ``actor`` sees a store; all of them for one who sees everything."""
    if reach_of(actor, "org.see").everything:
        return Franchisee.objects.all()
    return Franchisee.objects.filter(pk__in=stores_visible_to(actor).values("franchisee"))


def warehouses_visible_to(actor: Actor) -> QuerySet[Warehouse]:
    """Warehouses belong to the brand: seen with everything, or by their region."""
    reach = reach_of(actor, "org.see")
    if reach.everything:
        return Warehouse.objects.all()
    return Warehouse.objects.filter(region__in=reach.regions)


def channels_visible_to(actor: Actor) -> QuerySet[Channel]:
    """Channels are the brand's: whoever sees stores sees all of them."""
    return Channel.objects.all() if actor.may("org.see") else Channel.objects.none()


def scope_codes(actor: Actor) -> dict[Scope, dict[int, str]]:
    """The business keys of what the actor's grants name, by scope and id; three statements at most."""
    models = {Scope.REGION: Region, Scope.FRANCHISEE: Franchisee, Scope.STORE: Store}
    codes: dict[Scope, dict[int, str]] = {scope: {} for scope in Scope}
    for scope, model in models.items():
        ids = {row for grant in actor.grants if grant.scope is scope for row in grant.ids}
        if ids:
            found = model.objects.filter(pk__in=ids).values_list("pk", "code")  # type: ignore[attr-defined]
            codes[scope] = dict(found)
    return codes


def brand_rows(actor: Actor, action: str, rows: QuerySet[Row]) -> QuerySet[Row]:
    """``rows`` that belong to no store: for those who may do ``action`` on everything."""
    return rows if reach_of(actor, action).everything else rows.none()


def assignments_visible_to(actor: Actor) -> QuerySet[RoleAssignment]:
    """Who holds which role."""
    return brand_rows(actor, "staff.see", RoleAssignment.objects.all())


def users_visible_to(actor: Actor) -> QuerySet[User]:
    """The people who may sign in."""
    return brand_rows(actor, "staff.see", User.objects.all())


def staff_tokens_visible_to(actor: Actor) -> QuerySet[StaffToken]:
    """The tokens of those people; never their values, which are not kept."""
    return brand_rows(actor, "staff.see", StaffToken.objects.all())


def clients_visible_to(actor: Actor) -> QuerySet[ApiClient]:
    """The applications that call the API."""
    return brand_rows(actor, "clients.see", ApiClient.objects.all())


def bindings_visible_to(actor: Actor) -> QuerySet[ClientBinding]:
    """The stores that applications are limited to."""
    return brand_rows(actor, "clients.see", ClientBinding.objects.all())


def audit_visible_to(actor: Actor) -> QuerySet[AuditLine]:
    """The audit trail; its lines carry no store, so only those who see everything see any."""
    return brand_rows(actor, "audit.see", AuditLine.objects.all())


@dataclass(frozen=True, slots=True)
class SellingPoint:
    """A store and a channel, as one sale needs them; owner and region are those of now."""

    store_id: int
    store_code: str
    franchisee_id: int | None
    region_id: int
    time_zone: str
    channel_id: int
    channel_code: str
    channel_kind: str


SELLING_POINT = """
SELECT store.id, store.code, store.franchisee_id, store.region_id, store.time_zone, store.status,
       channel.id, channel.code, channel.kind
FROM org_store store
LEFT JOIN org_channel channel ON channel.code = %(channel)s AND channel.is_active
WHERE store.code = %(store)s
"""


def require_selling_point(
    actor: Actor, action: str, *, store_code: str, channel_code: str
) -> SellingPoint:
    """The store and channel a document is to be written at. One statement.

    Raises StoreNotFound (missing and foreign alike), ChannelNotFound, StoreClosed.
    """
    found = sql.row(SELLING_POINT, {"store": store_code, "channel": channel_code})
    if found is None or not reach_of(actor, action).covers(
        store=found[0], franchisee=found[2], region=found[3]
    ):
        raise StoreNotFound(fields={"store": store_code})
    store_id, code, franchisee_id, region_id, time_zone, status, *channel = found
    if channel[0] is None:
        raise ChannelNotFound(fields={"channel": channel_code})
    if status != Store.Status.OPEN:
        raise StoreClosed(fields={"store": store_code})
    return SellingPoint(store_id, code, franchisee_id, region_id, time_zone, *channel)


FIND_STAFF = """
SELECT person.id, person.username,
       assignment.role, assignment.region_id, assignment.franchisee_id, assignment.store_id
FROM accounts_stafftoken token
JOIN accounts_user person ON person.id = token.user_id AND person.is_active
LEFT JOIN org_roleassignment assignment ON assignment.user_id = person.id
WHERE token.token_hash = %(hash)s AND token.revoked_at IS NULL AND token.expires_at > now()
"""


def staff_by_token(token: str) -> Actor | None:
    """The staff user behind a live token, with all assignments. One statement."""
    found = sql.rows(FIND_STAFF, {"hash": hash_token(token)})
    if not found:
        return None
    return _staff(found[0][0], found[0][1], [line[2:] for line in found if line[2]])


def actor_of_user(user: User) -> Actor:
    """The actor behind a signed-in session. One statement."""
    assigned = user.assignments.values_list("role", "region_id", "franchisee_id", "store_id")
    return _staff(user.pk, user.username, list(assigned))


def _staff(
    user_id: int, username: str, assigned: list[tuple[str, int | None, int | None, int | None]]
) -> Actor:
    grants = []
    for role, *scoped in assigned:
        ids = frozenset(value for value in scoped if value is not None)
        grants.append(Grant(role, ROLE_ACTIONS[role], ROLE_SCOPE[role], ids))
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
