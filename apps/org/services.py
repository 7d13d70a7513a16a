"""Writes of the organisation."""

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import ApiClient, User
from apps.org.models import ClientBinding, Franchisee, Region, RoleAssignment, Store


def assign_role(
    actor: Actor,
    user: User,
    role: str,
    *,
    region: Region | None = None,
    franchisee: Franchisee | None = None,
    store: Store | None = None,
) -> RoleAssignment:
    """Give ``user`` a role on the rows named. Raises ValidationError if scope and role do not fit."""
    assignment = RoleAssignment(
        user=user, role=role, region=region, franchisee=franchisee, store=store
    )
    assignment.full_clean()
    assignment.save()
    scope = region or franchisee or store
    accounts.record(
        actor,
        "staff.assign_role",
        target=("user", user.username),
        changes={"role": role, "scope": scope.code if scope else "all"},
    )
    return assignment


def bind_client(client: ApiClient, store: Store) -> ClientBinding:
    """Limit an application to ``store`` (and to others it is bound to)."""
    binding, _created = ClientBinding.objects.get_or_create(client=client, store=store)
    return binding
