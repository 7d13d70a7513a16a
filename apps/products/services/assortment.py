"""Rules of the assortment are set, ended, and called off before they begin; what was sold stays said."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Model
from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.common import clock
from apps.common.errors import Conflict, Malformed, Missing, Unprocessable
from apps.common.reasons import is_reason
from apps.org.models import Channel, Region, Store, StoreGroup
from apps.products.models import AssortmentRule, Category, Product, Sku

MANAGE = "products.manage"


class RuleActionUnknown(Malformed):
    code = "assortment_action_unknown"
    message = _("A rule of the assortment includes or excludes.")


class RuleOfOneTarget(Malformed):
    code = "assortment_of_one_target"
    message = _("A rule is for one SKU, one product or one category.")


class RuleAtOnePlace(Malformed):
    code = "assortment_at_one_place"
    message = _("A rule holds at one store, one store group or one region, or everywhere.")


class RuleNamesUnknown(Unprocessable):
    code = "assortment_names_unknown"
    message = _("The rule names what does not exist: %(codes)s.")


class RuleReversed(Malformed):
    code = "assortment_window_reversed"
    message = _("A rule must end after it starts.")


class RuleInThePast(Malformed):
    code = "assortment_in_the_past"
    message = _("A rule begins and ends now or later: what was sold before stays as it was.")


class RuleReasonWanted(Unprocessable):
    code = "assortment_reason_wanted"
    message = _("Say why: 2 to 255 characters.")


class RuleNotFound(Missing):
    code = "assortment_rule_not_found"
    message = _("There is no such rule of the assortment.")


class RuleHasBegun(Conflict):
    code = "assortment_rule_has_begun"
    message = _("This rule holds already: end it instead.")


class RuleNotBegun(Conflict):
    code = "assortment_rule_not_begun"
    message = _("This rule would end before it begins: call it off instead.")


class RuleOver(Conflict):
    code = "assortment_rule_over"
    message = _("This rule has ended already.")


TARGETS: Mapping[str, type[Model]] = {"sku": Sku, "product": Product, "category": Category}
PLACES: Mapping[str, type[Model]] = {"store": Store, "group": StoreGroup, "region": Region}


@dataclass(frozen=True, slots=True)
class GivenRule:
    """A rule as somebody writes it down: codes, empty for none. It begins now where no start is named,
    and lasts for good where no end is."""

    action: str
    sku: str = ""
    product: str = ""
    category: str = ""
    store: str = ""
    group: str = ""
    region: str = ""
    channel: str = ""
    starts_at: datetime | None = None
    ends_at: datetime | None = None


def set_assortment_rule(actor: Actor, given: GivenRule, *, reason: str) -> AssortmentRule:
    """Have a rule hold from its start on. One audit line.

    Rules that contradict each other are decided by their order, not refused. Raises
    RuleActionUnknown, RuleOfOneTarget, RuleAtOnePlace, RuleReversed, RuleInThePast,
    RuleReasonWanted, RuleNamesUnknown.
    """
    now = clock.now()
    check_assortment_rule(given, reason=reason, at=now)
    with transaction.atomic():
        rule = AssortmentRule.objects.create(
            action=given.action,
            starts_at=given.starts_at or now,
            ends_at=given.ends_at,
            reason=reason,
            set_by=actor.label[:64],
            set_at=now,
            **_named(given),
        )
        _record(actor, "products.set_assortment_rule", rule, reason)
    return rule


def check_assortment_rule(given: GivenRule, *, reason: str, at: datetime) -> None:
    """What can be said of a rule before its codes are looked up, at the instant ``at``.

    Raises the refusals of ``set_assortment_rule`` but RuleNamesUnknown.
    """
    if given.action not in AssortmentRule.Action.values:
        raise RuleActionUnknown(fields={"action": given.action})
    targets = [kind for kind in TARGETS if getattr(given, kind)]
    if len(targets) != 1:
        raise RuleOfOneTarget(fields=dict.fromkeys(targets or TARGETS))
    places = [kind for kind in PLACES if getattr(given, kind)]
    if len(places) > 1:
        raise RuleAtOnePlace(fields=dict.fromkeys(places))
    begins = given.starts_at or at
    if begins < at:
        raise RuleInThePast(fields={"starts_at": clock.rfc3339(begins)})
    if given.ends_at is not None and given.ends_at <= begins:
        raise RuleReversed(fields={"ends_at": clock.rfc3339(given.ends_at)})
    _require_reason(reason)


def _require_reason(reason: str) -> None:
    if not is_reason(reason):
        raise RuleReasonWanted(fields={"reason": None})


def _named(given: GivenRule) -> dict[str, Any]:
    """The rows that the codes name, by column."""
    found: dict[str, Any] = {}
    unknown: dict[str, str] = {}
    channel: dict[str, type[Model]] = {"channel": Channel}
    for kind, model in {**TARGETS, **PLACES, **channel}.items():
        if code := getattr(given, kind):
            row = model._default_manager.filter(code=code).first()
            found[kind] = row
            unknown |= {} if row else {kind: code}
    if unknown:
        codes = ", ".join(code[:32] for code in unknown.values())
        raise RuleNamesUnknown(fields=unknown, codes=codes)
    return found


def end_assortment_rule(
    actor: Actor, number: int, *, at: datetime | None = None, reason: str
) -> None:
    """Have a rule hold until ``at``, now if None. One audit line.

    Raises RuleReasonWanted, RuleNotFound, RuleOver, RuleInThePast, RuleNotBegun.
    """
    _require_reason(reason)
    with transaction.atomic():
        rule = _lock(number)
        now = clock.now()  # after the lock: who waited for it comes later
        ends_at = at or now
        if rule.ends_at is not None and rule.ends_at <= now:
            raise RuleOver(fields={"rule": number})
        if ends_at < now:
            raise RuleInThePast(fields={"ends_at": clock.rfc3339(ends_at)})
        if rule.starts_at is not None and (rule.starts_at > now or ends_at <= rule.starts_at):
            raise RuleNotBegun(fields={"rule": number})
        rule.ends_at = ends_at
        rule.save(update_fields=["ends_at"])
        _record(actor, "products.end_assortment_rule", rule, reason)


def call_off_assortment_rule(actor: Actor, number: int, *, reason: str) -> None:
    """Take back a rule that has not begun. One audit line.

    Raises RuleReasonWanted, RuleNotFound, RuleHasBegun.
    """
    _require_reason(reason)
    with transaction.atomic():
        rule = _lock(number)
        if rule.starts_at is None or rule.starts_at <= clock.now():
            raise RuleHasBegun(fields={"rule": number})
        _record(actor, "products.call_off_assortment_rule", rule, reason)
        rule.delete()


def _lock(number: int) -> AssortmentRule:
    rules = AssortmentRule.objects.select_for_update(of=("self",))
    found = rules.select_related(*TARGETS, *PLACES, "channel").filter(pk=number).first()
    if found is None:
        raise RuleNotFound(fields={"rule": number})
    return found


def _record(actor: Actor, action: str, rule: AssortmentRule, reason: str) -> None:
    named = {kind: getattr(rule, kind) for kind in (*TARGETS, *PLACES, "channel")}
    changes: dict[str, Any] = {kind: row.code for kind, row in named.items() if row is not None}
    changes |= {
        "action": rule.action,
        "starts_at": clock.rfc3339(rule.starts_at) if rule.starts_at else None,
        "ends_at": clock.rfc3339(rule.ends_at) if rule.ends_at else None,
    }
    target = ("assortmentrule", str(rule.pk))
    accounts.record(actor, action, target=target, changes=changes, reason=reason, under=MANAGE)
