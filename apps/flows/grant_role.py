"""Give a person a role: an act for two people, both of whom hold everything that the role may do."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor, Scope
from apps.common import clock
from apps.common.errors import Unprocessable
from apps.flows.approval_acts import Act, Execution, Subject
from apps.org import rules
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.models import ROLE_CHOICES, SCOPE_OF_ROLES, Store
from apps.org.services import Rows, ScopeNotFitting

Code = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
UserName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Instant = Annotated[datetime, msgspec.Meta(tz=True)]
MANAGE = "staff.manage"


class UnknownRole(Unprocessable):
    code = "unknown_role"
    message = gettext_lazy("There is no such role.")


class RoleGrant(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    """Who gets which role, on which region, owner or store by code, from when up to when.

    Without ``starts_at`` it begins with the approval; a start that has passed by then does as well.
    """

    user: UserName
    role: Code
    region: Code | None = None
    franchisee: Code | None = None
    store: Code | None = None
    starts_at: Instant | None = None
    ends_at: Instant | None = None


def examine(actor: Actor, asked: RoleGrant) -> Subject:
    """The person and the rows, if ``actor`` may give this role there.

    Raises UnknownRole, ScopeNotFitting, ActionNotPermitted, PersonNotFound, PlaceNotFound,
    GrantExceedsOwn, PersonOutranksYou, RoleHeldAlready.
    """
    _check_shape(asked)
    org.require_action(actor, MANAGE)
    person = org.require_person(actor, asked.user)
    rows = _rows(actor, asked)
    org_services.require_may_grant(actor, asked.role, rows)
    org_services.require_may_edit(actor, person)
    now = clock.now()
    begins = max(asked.starts_at or now, now)
    org_services.require_not_held(person, asked.role, rows, starts_at=begins, ends_at=asked.ends_at)
    return Subject(
        business_key=f"{person.username} {asked.role} {rows.code}",
        action=MANAGE,
        store_id=rows.store_id,
        franchisee_id=rows.franchisee_id,
        region_id=rows.region_id,
        beneficiary_id=person.pk,
    )


def _check_shape(asked: RoleGrant) -> None:
    """Raises UnknownRole, ScopeNotFitting."""
    if asked.role not in rules.ROLE_ACTIONS:
        raise UnknownRole(fields={"role": asked.role})
    named = {
        Scope.REGION: asked.region,
        Scope.FRANCHISEE: asked.franchisee,
        Scope.STORE: asked.store,
    }
    scopes = [scope for scope, code in named.items() if code]
    wanted = rules.ROLE_SCOPE[asked.role]
    if scopes != ([] if wanted is Scope.ALL else [wanted]):
        raise ScopeNotFitting(fields={"role": asked.role}, problem=SCOPE_OF_ROLES)
    if asked.ends_at is not None and asked.ends_at <= (asked.starts_at or clock.now()):
        raise ScopeNotFitting(
            fields={"ends_at": str(asked.ends_at)}, problem=_("it must end after it starts.")
        )


def _rows(actor: Actor, asked: RoleGrant) -> Rows:
    """The rows named by code; nobody works at a store that is closed for good.

    Raises PlaceNotFound, missing and foreign alike.
    """
    stores = org.stores_visible_to(actor, MANAGE).exclude(status=Store.Status.CLOSED)
    return Rows(
        region=org.require_code(org.regions_visible_to(actor), asked.region),
        franchisee=org.require_code(org.franchisees_visible_to(actor), asked.franchisee),
        store=org.require_code(stores, asked.store),
    )


def grant_role_step(actor: Actor, asked: RoleGrant, execution: Execution) -> dict[str, Any]:
    """Write the assignment under the approver; whose it is and where. A first role opens the sign-in.

    Raises PersonNotFound, GrantExceedsOwn, ScopeNotFitting, RoleHeldAlready.
    """
    person = org.require_person(actor, asked.user)
    rows = _rows(actor, asked)
    starts_at = asked.starts_at if asked.starts_at and asked.starts_at > execution.at else None
    said = f"{execution.reference} {execution.reason}"[:255]
    org_services.assign_role(
        actor,
        person,
        asked.role,
        region=rows.region,
        franchisee=rows.franchisee,
        store=rows.store,
        starts_at=starts_at or execution.at,
        ends_at=asked.ends_at,
        reason=said,
    )
    if person.hired_by_id is not None:
        org_services.staff.switch_on(actor, person, reason=said)
    return {"user": person.username, "role": asked.role, "scope": rows.code}


def describe(asked: RoleGrant) -> str:
    rows = asked.store or asked.franchisee or asked.region
    values = {
        "user": asked.user,
        "role": dict(ROLE_CHOICES).get(asked.role, asked.role),
        "rows": rows or _("the whole brand"),
    }
    said = _("%(user)s gets the role “%(role)s” on: %(rows)s.") % values
    times = ((_("From %(time)s."), asked.starts_at), (_("Up to %(time)s."), asked.ends_at))
    for text, at in times:
        if at:  # Chinese puts no space between two sentences
            both = {"first": said, "second": text % {"time": _time(at)}}
            said = _("%(first)s %(second)s") % both
    return said


def _time(at: datetime) -> str:
    return f"{at.astimezone(clock.zone(settings.TIME_ZONE)):%Y-%m-%d %H:%M}"


GRANT_ROLE = Act(gettext_lazy("give a role"), RoleGrant, examine, grant_role_step, describe)
