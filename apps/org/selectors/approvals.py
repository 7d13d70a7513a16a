"""The requests for a second person that an actor sees, and those that they may decide."""

from typing import TypeVar

from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import Approval, ApprovalFile, User
from apps.common.errors import Missing
from apps.org.models import Franchisee, Region, RoleAssignment, Store
from apps.org.selectors.callers import lasting_assignments
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
    """What one asked for or decided, and what one holds the right for on its rows; all for the auditor."""
    if actor.kind is ActorKind.MEMBER or actor.kind is ActorKind.APP:
        return Approval.objects.none()
    if reach_of(actor, "audit.see").everything:
        return Approval.objects.all()
    own = Q(requester=actor.id) | Q(approver=actor.id)
    return Approval.objects.filter(_decidable(actor) | own)


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
    """The person of that name to whom ``actor`` may think of giving a role.

    Those whom the actor sees, and those who hold none and await none: a user name that somebody
    else's store knows is as good as missing. Active ones, and those who were taken on and have no
    role yet, for whoever took them on or decides on it: nobody else knows whose password it is.
    Raises PersonNotFound.
    """
    people = User.objects.filter(_employable(actor), username=username)
    if not reach_of(actor, "staff.manage").everything:
        seen = lasting_assignments(assignments_visible_to(actor, "staff.manage")).values("user")
        employed = lasting_assignments(RoleAssignment.objects.all()).values("user")
        people = people.filter(Q(pk__in=seen) | ~Q(pk__in=employed))
    found = people.first()
    if found is None:
        raise PersonNotFound(fields={"user": username})
    return found


def _employable(actor: Actor) -> Q:
    """Who is switched on, or taken on and waiting for a first role that ``actor`` asked or decides."""
    if reach_of(actor, "staff.manage").everything:
        return Q(is_active=True) | ~Q(hired_by=None)
    asked = approvals_decidable_by(actor).values("beneficiary")
    return Q(is_active=True) | (~Q(hired_by=None) & (Q(hired_by=actor.id) | Q(pk__in=asked)))


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
    """Those of a grant, see ``_waiting_or_past``."""
    match grant.scope:
        case Scope.ALL:
            return Q()
        case Scope.STORE:
            return Q(store_id__in=grant.ids)
        case Scope.FRANCHISEE:
            return _waiting_or_past("franchisee", grant.ids)
        case Scope.REGION:
            return _waiting_or_past("region", grant.ids)


def _waiting_or_past(name: str, ids: frozenset[int]) -> Q:
    """What waits at a store goes by the store's owner and region of today; what is past, as every
    past document, by those of its day."""
    frozen = Q(**{f"{name}_id__in": ids})
    own = Q(store_id__in=Store.objects.filter(**{f"{name}__in": ids}).values("pk"))
    waits = Q(state=Approval.State.REQUESTED)
    return (waits & (own | Q(frozen, store_id=None))) | (~waits & frozen)
