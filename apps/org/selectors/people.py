"""The people, applications and audit lines an actor sees."""

from django.db.models import QuerySet

from apps.accounts.actor import Actor, Scope
from apps.accounts.models import ApiClient, AuditLine, StaffToken, User
from apps.org.models import ClientBinding, Franchisee, Region, RoleAssignment, Store
from apps.org.selectors.reach import brand_rows


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
