"""The requests for a second person that an actor sees, and those that they may decide."""

from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import Approval, ApprovalFile, User
from apps.common.errors import Missing
from apps.org.models import Franchisee, Region, RoleAssignment, Store
from apps.org.selectors.callers import live_assignments
from apps.org.selectors.people import assignments_visible_to
from apps.org.selectors.reach import reach_of

Place = TypeVar("Place", Region, Franchisee, Store)


class ApprovalNotFound(Missing):
    code = "approval_not_found"
    message = _("There is no such approval.")


class PersonNotFound(Missing):
    code = "person_not_found"
    message = _("There is no such person.")


class PlaceNotFound(Missing):
    code = "place_not_found"
    message = _("There is no such region, franchisee or store.")


def approvals_visible_to(actor: Actor) -> QuerySet[Approval]:
    """One's own requests and those one holds the right for on their rows; all for the auditor."""
    if actor.kind is ActorKind.MEMBER or actor.kind is ActorKind.APP:
        return Approval.objects.none()
    if reach_of(actor, "audit.see").everything:
        return Approval.objects.all()
    return Approval.objects.filter(_decidable(actor) | Q(requester=actor.id))


def approvals_decidable_by(actor: Actor) -> QuerySet[Approval]:
    """Open requests of others for which ``actor`` holds the right on their rows, by today's owner."""
    waiting = Approval.objects.filter(_decidable(actor), state=Approval.State.REQUESTED)
    return waiting.exclude(requester=actor.id)


def approval_files_visible_to(actor: Actor) -> QuerySet[ApprovalFile]:
    """The evidence of the requests that ``actor`` sees; without the content, which is read alone."""
    return ApprovalFile.objects.filter(approval__in=approvals_visible_to(actor)).defer("content")


def require_approval(actor: Actor, number: str) -> Approval:
    """The request of that number, if ``actor`` sees it. Raises ApprovalNotFound."""
    people = ("requester", "approver", "beneficiary")
    found = approvals_visible_to(actor).select_related(*people).filter(number=number).first()
    if found is None:
        raise ApprovalNotFound(fields={"approval": number})
    return found


def require_person(actor: Actor, username: str) -> User:
    """The active person of that name to whom ``actor`` may think of giving a role.

    Those whom the actor sees, and those who hold none yet: a user name that somebody else's store
    knows is as good as missing. Raises PersonNotFound.
    """
    people = User.objects.filter(is_active=True, username=username)
    if not reach_of(actor, "staff.manage").everything:
        seen = assignments_visible_to(actor, "staff.manage").values("user")
        employed = live_assignments(RoleAssignment.objects.all()).values("user")
        people = people.filter(Q(pk__in=seen) | ~Q(pk__in=employed))
    found = people.first()
    if found is None:
        raise PersonNotFound(fields={"user": username})
    return found


def require_code(visible: QuerySet[Place], code: str | None) -> Place | None:
    """The one of ``visible`` with that code; None for no code. Raises PlaceNotFound."""
    if code is None:
        return None
    found = visible.filter(code=code).first()
    if found is None:
        raise PlaceNotFound(fields={"code": code})
    return found


def _decidable(actor: Actor) -> Q:
    """Requests whose right a single grant of ``actor`` holds on the rows they concern."""
    found = Q(pk__in=[])
    for grant in actor.grants:
        found |= Q(action__in=grant.actions) & _rows_of(grant)
    return found


def _rows_of(grant: Grant) -> Q:
    """A request that names a store goes by the store's owner and region of today."""
    match grant.scope:
        case Scope.ALL:
            return Q()
        case Scope.STORE:
            return Q(store_id__in=grant.ids)
        case Scope.FRANCHISEE:
            own = Store.objects.filter(franchisee__in=grant.ids).values("pk")
            return Q(store_id=None, franchisee_id__in=grant.ids) | Q(store_id__in=own)
        case Scope.REGION:
            own = Store.objects.filter(region__in=grant.ids).values("pk")
            return Q(store_id=None, region_id__in=grant.ids) | Q(store_id__in=own)
