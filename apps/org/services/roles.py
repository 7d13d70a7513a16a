"""Who gets which role on which rows, and who may give it.

Nobody gives what they do not hold: every action of the role, on rows that cover the ones given. And
nobody changes a person who holds an action, or a row, that they themselves lack.
"""

from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind, Scope
from apps.accounts.models import User
from apps.common import clock
from apps.common.errors import Conflict, Malformed, Missing, NotPermitted
from apps.common.sql import constraint_of
from apps.org import rules
from apps.org.models import (
    SCOPE_OF_ROLES,
    Franchisee,
    Region,
    RoleAssignment,
    Store,
    right_text,
)
from apps.org.selectors import assignments_visible_to, lasting_assignments, reach_of


class GrantExceedsOwn(NotPermitted):
    code = "grant_exceeds_own"
    message = _("You cannot give what you do not hold: %(missing)s.")


class PersonOutranksYou(NotPermitted):
    code = "person_outranks_you"
    message = _("This person holds rights that you do not hold; you cannot change them.")


class RoleHeldAlready(Conflict):
    code = "role_held_already"
    message = _("This person holds this role on these rows already.")


class ScopeNotFitting(Malformed):
    code = "scope_not_fitting"
    message = _("The role does not fit these rows or this period: %(problem)s")


class AssignmentNotFound(Missing):
    code = "assignment_not_found"
    message = _("There is no such role assignment.")


@dataclass(frozen=True, slots=True)
class Rows:
    """What an assignment applies to: everything, or one region, owner or store."""

    region: Region | None = None
    franchisee: Franchisee | None = None
    store: Store | None = None

    @property
    def code(self) -> str:
        """The business key, ``all`` for everything."""
        named = self.region or self.franchisee or self.store
        return named.code if named else "all"

    @property
    def store_id(self) -> int | None:
        return self.store.pk if self.store else None

    @property
    def franchisee_id(self) -> int | None:
        """Of the store as it is now, or the one named."""
        if self.store:
            return self.store.franchisee_id
        return self.franchisee.pk if self.franchisee else None

    @property
    def region_id(self) -> int | None:
        """Of the store as it is now, or the one named."""
        if self.store:
            return self.store.region_id
        return self.region.pk if self.region else None


def require_may_grant(actor: Actor, role: str, rows: Rows) -> None:
    """Raises ActionNotPermitted or GrantExceedsOwn unless ``actor`` may give ``role`` on ``rows``.

    ``staff.manage`` and every action of the role must be held on rows that cover the ones given.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    needed = rules.ROLE_ACTIONS[role] | {"staff.manage"}
    missing = sorted(action for action in needed if not _covers(actor, action, rows))
    if missing:
        names = ", ".join(right_text(action) for action in missing)
        raise GrantExceedsOwn(fields={"role": role, "rows": rows.code}, missing=names)


def grants_somewhere(actor: Actor, role: str) -> bool:
    """Whether there may be rows on which ``actor`` may give ``role``; no statement."""
    if actor.kind is ActorKind.SYSTEM:
        return True
    needed = rules.ROLE_ACTIONS[role] | {"staff.manage"}
    reaches = [reach_of(actor, action) for action in needed]
    limited = [reach for reach in reaches if not reach.everything]
    if not limited:
        return True
    match rules.ROLE_SCOPE[role]:
        case Scope.ALL:
            return False
        case Scope.REGION:
            return bool(frozenset.intersection(*(reach.regions for reach in limited)))
        case Scope.FRANCHISEE:
            return bool(frozenset.intersection(*(reach.franchisees for reach in limited)))
        case Scope.STORE:
            return all(reach.regions or reach.franchisees or reach.stores for reach in limited)


def require_not_held(
    user: User, role: str, rows: Rows, *, starts_at: datetime, ends_at: datetime | None
) -> None:
    """Raises RoleHeldAlready if ``user`` has the same role on the same rows in that time.

    For words in time: what is written is judged by the constraint. One statement.
    """
    same = RoleAssignment.objects.filter(
        user=user, role=role, region=rows.region, franchisee=rows.franchisee, store=rows.store
    ).filter(Q(ends_at=None) | Q(ends_at__gt=starts_at))
    if ends_at is not None:
        same = same.filter(starts_at__lt=ends_at)
    if same.exists():
        raise RoleHeldAlready(fields={"user": user.username, "role": role})


def require_may_edit(actor: Actor, user: User) -> None:
    """Raises PersonOutranksYou if ``user`` holds an action or a row that ``actor`` lacks.

    What begins later counts too: whoever sets the password today has it then. Somebody without any
    assignment may be changed by those who manage staff anywhere; two statements.
    """
    if actor.kind is ActorKind.SYSTEM:
        return
    held = lasting_assignments(RoleAssignment.objects.filter(user=user)).select_related(
        "region", "franchisee", "store"
    )
    for assignment in held:
        if _missing(actor, assignment):
            raise PersonOutranksYou(fields={"user": user.username})


def assign_role(
    actor: Actor,
    user: User,
    role: str,
    *,
    region: Region | None = None,
    franchisee: Franchisee | None = None,
    store: Store | None = None,
    starts_at: datetime | None = None,
    ends_at: datetime | None = None,
    reason: str = "",
) -> RoleAssignment:
    """Give ``user`` a role on the rows named, from ``starts_at`` (now) up to ``ends_at`` (no end).

    Raises GrantExceedsOwn, ScopeNotFitting, RoleHeldAlready; then nothing was written.
    """
    rows = Rows(region, franchisee, store)
    require_may_grant(actor, role, rows)
    assignment = RoleAssignment(
        user=user,
        role=role,
        region=region,
        franchisee=franchisee,
        store=store,
        starts_at=starts_at or clock.now(),
        ends_at=ends_at,
    )
    noting = accounts.noting(actor, reason=reason, under="staff.manage", place=rows)
    with noting, transaction.atomic():
        _save(assignment)
        accounts.record(
            actor,
            "staff.assign_role",
            target=("user", user.username),
            changes=_changes(assignment, rows),
            reason=reason,
            under="staff.manage",
            place=rows,
        )
    return assignment


def end_assignment(actor: Actor, assignment: RoleAssignment, *, reason: str = "") -> None:
    """Take a role away from now on; one that has not begun never begins.

    Raises AssignmentNotFound (foreign and ended alike), PersonOutranksYou.
    """
    visible = _manageable(actor).select_related("user", "region", "franchisee", "store")
    with transaction.atomic():
        held = visible.select_for_update(of=("self",)).filter(pk=assignment.pk).first()
        now = clock.now()
        if held is None or (held.ends_at is not None and held.ends_at <= now):
            raise AssignmentNotFound
        if actor.kind is not ActorKind.SYSTEM and _missing(actor, held):
            raise PersonOutranksYou(fields={"user": held.user.username})
        before, rows = held.ends_at, Rows(held.region, held.franchisee, held.store)
        with accounts.noting(actor, reason=reason, under="staff.manage", place=rows):
            if held.starts_at >= now:
                held.delete()
            else:
                held.ends_at = now
                held.save(update_fields=["ends_at"])
        accounts.record(
            actor,
            "staff.end_role",
            target=("user", held.user.username),
            changes={"role": held.role, "scope": rows.code, "ends_at": [before, now]},
            reason=reason,
            under="staff.manage",
            place=rows,
        )


def _manageable(actor: Actor) -> QuerySet[RoleAssignment]:
    if actor.kind is ActorKind.SYSTEM:
        return RoleAssignment.objects.all()
    return assignments_visible_to(actor, "staff.manage")


def _missing(actor: Actor, held: RoleAssignment) -> list[str]:
    """The actions of an assignment that ``actor`` does not hold on its rows."""
    rows = Rows(held.region, held.franchisee, held.store)
    return sorted(
        action for action in rules.ROLE_ACTIONS[held.role] if not _covers(actor, action, rows)
    )


def _covers(actor: Actor, action: str, rows: Rows) -> bool:
    """Whether ``actor`` may do ``action`` on all of ``rows``, by today's owner and region."""
    reach = reach_of(actor, action)
    if reach.everything:
        return True
    if rows.store is not None:
        store = rows.store
        return reach.covers(store=store.pk, franchisee=store.franchisee_id, region=store.region_id)
    if rows.franchisee is not None:
        return rows.franchisee.pk in reach.franchisees
    return rows.region is not None and rows.region.pk in reach.regions


def _save(assignment: RoleAssignment) -> None:
    """Raises ScopeNotFitting, RoleHeldAlready. The database judges; its words are ours."""
    if assignment.ends_at is not None and assignment.ends_at <= assignment.starts_at:
        raise ScopeNotFitting(problem=_("it must end after it starts."))
    try:
        assignment.full_clean(validate_constraints=False)
        with transaction.atomic():
            assignment.save(force_insert=True)
    except ValidationError as error:
        raise ScopeNotFitting(problem=" ".join(error.messages)) from error
    except IntegrityError as error:
        if constraint_of(error) == "assignment_once":
            raise RoleHeldAlready from error
        raise ScopeNotFitting(problem=SCOPE_OF_ROLES) from error


def _changes(assignment: RoleAssignment, rows: Rows) -> dict[str, object]:
    changes: dict[str, object] = {
        "role": assignment.role,
        "scope": rows.code,
        "starts_at": assignment.starts_at,
    }
    return changes | ({"ends_at": assignment.ends_at} if assignment.ends_at else {})
