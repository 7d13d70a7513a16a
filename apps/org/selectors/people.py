"""The people, applications and audit lines an actor sees."""

from typing import Any

from django.db.models import Q, QuerySet

from apps.accounts.actor import Actor, Scope
from apps.accounts.models import (
    AccessCase,
    ApiClient,
    AuditLine,
    PersonalDataAccess,
    StaffSession,
    StaffToken,
    User,
)
from apps.common import sql
from apps.org.models import ClientBinding, Franchisee, Region, RoleAssignment, Store
from apps.org.selectors.callers import lasting_assignments
from apps.org.selectors.reach import brand_rows, reach_of


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


def assignments_visible_to(actor: Actor, action: str = "staff.see") -> QuerySet[RoleAssignment]:
    """Who holds which role on the rows where ``actor`` may do ``action``, by today's owner."""
    reach = reach_of(actor, action)
    of_store = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    of_owner = Q(franchisee__in=reach.franchisees) | Q(region__in=reach.regions)
    return RoleAssignment.objects.filter(of_store if reach.everything else of_store | of_owner)


def users_visible_to(actor: Actor) -> QuerySet[User]:
    """The people who may sign in: everybody, or those who hold, or await, a role that ``actor`` sees.

    Whoever left, or was let go when the store changed hands, is nobody's but head office's.
    """
    if reach_of(actor, "staff.see").everything:
        return User.objects.all()
    return User.objects.filter(pk__in=_staff(actor))


def staff_tokens_visible_to(actor: Actor) -> QuerySet[StaffToken]:
    """The tokens of those people; never their values, which are not kept."""
    if reach_of(actor, "staff.see").everything:
        return StaffToken.objects.all()
    return StaffToken.objects.filter(user__in=_staff(actor))


def staff_sessions_visible_to(actor: Actor) -> QuerySet[StaffSession]:
    """The browsers in which those people are signed in, and were."""
    if reach_of(actor, "staff.see").everything:
        return StaffSession.objects.all()
    return StaffSession.objects.filter(user__in=_staff(actor))


def _staff(actor: Actor) -> QuerySet[RoleAssignment, Any]:
    return lasting_assignments(assignments_visible_to(actor)).values("user")


def clients_visible_to(actor: Actor) -> QuerySet[ApiClient]:
    """The applications that call the API."""
    return brand_rows(actor, "clients.see", ApiClient.objects.all())


def bindings_visible_to(actor: Actor) -> QuerySet[ClientBinding]:
    """The stores that applications are limited to."""
    return brand_rows(actor, "clients.see", ClientBinding.objects.all())


def audit_visible_to(actor: Actor) -> QuerySet[AuditLine]:
    """The audit trail; its lines carry no store, so only those who see everything see any."""
    return brand_rows(actor, "audit.see", AuditLine.objects.all())


def accesses_visible_to(actor: Actor) -> QuerySet[PersonalDataAccess]:
    """Every look at personal data, for those who may see who looked at whom."""
    return brand_rows(actor, "privacy.see", PersonalDataAccess.objects.all())


def cases_visible_to(actor: Actor) -> QuerySet[AccessCase]:
    """Every case of too many looks, for the same people."""
    return brand_rows(actor, "privacy.see", AccessCase.objects.all())


def staff_of(store_id: int) -> int:
    """How many role assignments name this store and have not ended."""
    return lasting_assignments(RoleAssignment.objects.filter(store_id=store_id)).count()


def bound_to(store_id: int) -> int:
    """How many applications are bound to this store."""
    return ClientBinding.objects.filter(store_id=store_id).count()


# From one action to the next by the index, so that the trail itself stays unread.
AUDIT_ACTIONS = """
WITH RECURSIVE used AS (
    (SELECT action FROM accounts_auditline ORDER BY action LIMIT 1)
    UNION ALL
    SELECT (SELECT line.action FROM accounts_auditline line WHERE line.action > used.action
        ORDER BY line.action LIMIT 1) FROM used WHERE used.action IS NOT NULL
)
SELECT action FROM used WHERE action IS NOT NULL
"""


def audit_actions(actor: Actor) -> list[str]:
    """Which actions the audit trail knows; none for one who may not see it. One statement."""
    if not reach_of(actor, "audit.see").everything:
        return []
    return [action for (action,) in sql.rows(AUDIT_ACTIONS, {})]
