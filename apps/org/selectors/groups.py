"""Store groups, and which stores are in them."""

from django.db.models import QuerySet

from apps.accounts.actor import Actor
from apps.org.models import StoreGroup, StoreGroupMember
from apps.org.selectors.reach import reach_of


def store_groups_visible_to(actor: Actor) -> QuerySet[StoreGroup]:
    """Groups are the brand's, like channels: whoever sees stores sees all of them by name."""
    return StoreGroup.objects.all() if actor.may("org.see") else StoreGroup.objects.none()


def group_members_visible_to(actor: Actor) -> QuerySet[StoreGroupMember]:
    """Which groups the stores that ``actor`` sees are in."""
    reach = reach_of(actor, "org.see")
    own = reach.where(store="store", franchisee="store__franchisee", region="store__region")
    return StoreGroupMember.objects.filter(own)
