"""Codes that are kept in the tables, in the words of the person who reads them.

A reason is a code where the platform acts and free text where a person does; free text stays as
it is, and so does a code that this table does not know.
"""

from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import display

from apps.common.money import format_money
from apps.org.offices.columns import Column, Label, follow

Words = dict[str, Promise]

REASONS: Words = {
    "sold": gettext_lazy("sold"),
    "received": gettext_lazy("received from the supplier"),
    "order_paid": gettext_lazy("the order was paid"),
    "order_cancelled": gettext_lazy("the order is cancelled"),
    "amount_differs": gettext_lazy("the amount differs"),
    "lot_expired": gettext_lazy("the points expired"),
    "not_paid_in_time": gettext_lazy("not paid in time"),
}
ACTIONS: Words = {
    "members.enrol": gettext_lazy("enrol a member"),
    "members.import": gettext_lazy("import members"),
    "orders.cancel": gettext_lazy("cancel an order"),
    "orders.import": gettext_lazy("import orders"),
    "orders.place": gettext_lazy("place an order"),
    "org.open_store": gettext_lazy("open a store"),
    "org.open_warehouse": gettext_lazy("open a warehouse"),
    "payments.open": gettext_lazy("open a payment"),
    "payments.settle": gettext_lazy("settle a payment"),
    "payments.take": gettext_lazy("take a payment"),
    "products.import": gettext_lazy("import products"),
    "products.set_price": gettext_lazy("set a base price"),
    "staff.assign_role": gettext_lazy("assign a role"),
    "inventory.see": gettext_lazy("see stock"),
    "members.lookup": gettext_lazy("look up a member"),
    "members.see": gettext_lazy("see members"),
    "orders.see": gettext_lazy("see orders"),
    "org.see": gettext_lazy("see the organisation"),
    "payments.see": gettext_lazy("see payments"),
    "points.see": gettext_lazy("see points"),
    "products.see": gettext_lazy("see products"),
}
VERBS: Words = {
    "create": gettext_lazy("create"),
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("delete"),
    "revoke": gettext_lazy("revoke"),
}
FIELDS: Words = {
    "base_price": gettext_lazy("base price"),
    "identities": gettext_lazy("identities"),
    "net": gettext_lazy("net amount"),
    "order": gettext_lazy("order"),
    "scope": gettext_lazy("scope"),
    "store": gettext_lazy("store"),
}
"""Names in audit lines that are no field of the object they speak of."""
AMOUNTS = frozenset({"amount", "base_price", "net"})
ACTOR_KINDS: Words = {
    "staff": gettext_lazy("staff"),
    "member": gettext_lazy("member"),
    "app": gettext_lazy("application"),
    "system": gettext_lazy("platform"),
}


@cache
def _models() -> dict[str, Any]:
    """Our models by the name that audit lines use."""
    found = [model for model in apps.get_models() if model.__module__.startswith("apps.")]
    return {str(model._meta.model_name): model for model in found}


def object_text(kind: str) -> str:
    """``store`` → 门店."""
    model = _models().get(kind)
    return str(model._meta.verbose_name) if model else kind


def action_text(action: str) -> str:
    """``orders.place`` → 下单, ``org.change_store`` → 修改：门店."""
    if action in ACTIONS:
        return str(ACTIONS[action])
    verb, _sep, kind = action.partition(".")[2].partition("_")
    if verb not in VERBS:
        return action
    return _("%(verb)s: %(what)s") % {"verb": VERBS[verb], "what": object_text(kind)}


def reason_text(reason: str) -> str:
    return str(REASONS.get(reason, reason))


def actor_text(caller: str) -> str:
    """``staff:3`` → 员工 3."""
    kind, _sep, key = caller.partition(":")
    if kind not in ACTOR_KINDS:
        return caller
    return f"{ACTOR_KINDS[kind]} {key}" if key not in ("", "0") else str(ACTOR_KINDS[kind])


def _column(path: str, label: Label, say: Any) -> Column:
    @display(description=label)
    def column(_admin: Any, obj: Any) -> str | None:
        value = follow(obj, path)
        return capfirst(say(value)) if value else None

    return column


def reason(path: str = "reason") -> Column:
    return _column(path, gettext_lazy("reason"), reason_text)


def actor(path: str = "actor") -> Column:
    return _column(path, gettext_lazy("actor"), actor_text)


def kind_of_actor(path: str = "actor_kind") -> Column:
    return _column(path, gettext_lazy("actor kind"), actor_text)


def action(path: str = "action") -> Column:
    return _column(path, gettext_lazy("action"), action_text)


def changes(path: str = "changes") -> Column:
    """Field by field: from what to what, with the labels of the model that was changed."""

    @display(description=gettext_lazy("changes"))
    def column(_admin: Any, obj: Any) -> str | None:
        model = _models().get(obj.object_type)
        lines = [(_change(model, *change),) for change in follow(obj, path).items()]
        return format_html_join("", '<div class="qy-change">{}</div>', lines) if lines else None

    return column


def _change(model: Any, name: str, value: Any) -> str:
    try:
        field = model._meta.get_field(name) if model else None
    except FieldDoesNotExist:
        field = None
    labels = dict(getattr(field, "flatchoices", ()))
    pair = isinstance(value, list) and len(value) == 2
    said = [_value(name, labels, one) for one in (value if pair else [value])]
    title = getattr(field, "verbose_name", FIELDS.get(name, name))
    return f"{capfirst(str(title))}: {' → '.join(said)}"


def _value(name: str, labels: dict[Any, Any], value: Any) -> str:
    if name in AMOUNTS and isinstance(value, int):
        return format_money(value)
    known = labels.get(value) if isinstance(value, str) else None
    return str(known) if known else ("–" if value in (None, "") else str(value))


def kind_of_object(path: str = "object_type") -> Column:
    return _column(path, gettext_lazy("object type"), object_text)
