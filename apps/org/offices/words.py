"""Codes that are kept in the tables, in the words of the person who reads them.

A reason is a code where the platform acts and free text where a person does; free text stays as
it is, and so does a code that this table does not know.
"""

import re
from datetime import datetime
from functools import cache
from typing import Any

from django.apps import apps
from django.core.exceptions import FieldDoesNotExist
from django.utils.functional import Promise
from django.utils.html import format_html_join
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from unfold.decorators import display

from apps.common.money import format_money
from apps.org.models import RIGHTS, ROLE_CHOICES
from apps.org.offices.columns import Column, Label, follow, local_time

Words = dict[str, Promise]

REASONS: Words = {
    "sold": gettext_lazy("sold"),
    "received": gettext_lazy("received from the supplier"),
    "order_paid": gettext_lazy("the order was paid"),
    "order_imported": gettext_lazy("the order was imported"),
    "order_cancelled": gettext_lazy("the order is cancelled"),
    "amount_differs": gettext_lazy("the amount differs"),
    "lot_expired": gettext_lazy("the points expired"),
    "not_decided_in_time": gettext_lazy("not decided in time"),
    "not_paid_in_time": gettext_lazy("not paid in time"),
    "store_closed": gettext_lazy("the store was closed"),
}
ACTIONS: Words = {
    "members.give_consent": gettext_lazy("let a store see a member"),
    "members.import": gettext_lazy("import members"),
    "members.reveal": gettext_lazy("look at personal data"),
    "members.withdraw_consent": gettext_lazy("take back that a store sees a member"),
    "members.rotate_keys": gettext_lazy("change the keys of personal data"),
    "privacy.close_case": gettext_lazy("close a case of personal data"),
    "privacy.open_case": gettext_lazy("open a case of personal data"),
    "org.change_owner": gettext_lazy("change a store's owner or contract"),
    "org.close_store": gettext_lazy("close a store"),
    "org.freeze_store": gettext_lazy("freeze a store"),
    "org.hand_over_store": gettext_lazy("hand a store over"),
    "org.move_store": gettext_lazy("move a store to another region"),
    "org.open_store": gettext_lazy("open a store"),
    "org.unfreeze_store": gettext_lazy("unfreeze a store"),
    "org.withdraw_hand_over": gettext_lazy("take back a change of owner or region"),
    "org.open_warehouse": gettext_lazy("open a warehouse"),
    "payments.capture": gettext_lazy("note that money arrived"),
    "payments.keep_unmatched": gettext_lazy("keep a notice that names no payment"),
    "payments.open": gettext_lazy("open a payment"),
    "payments.settle": gettext_lazy("settle a payment"),
    "jobs.change": gettext_lazy("change many rows at once"),
    "jobs.download": gettext_lazy("download a file of a job"),
    "jobs.export": gettext_lazy("export a list"),
    "products.set_assortment_rule": gettext_lazy("set a rule of the assortment"),
    "products.end_assortment_rule": gettext_lazy("end a rule of the assortment"),
    "products.call_off_assortment_rule": gettext_lazy("call off a rule of the assortment"),
    "products.import": gettext_lazy("import products"),
    "products.keep_skus": gettext_lazy("import SKUs"),
    "products.put_on_sale": gettext_lazy("put SKUs on sale"),
    "products.set_prices": gettext_lazy("import prices"),
    "products.take_off_sale": gettext_lazy("take SKUs off sale"),
    "products.set_price": gettext_lazy("set a price"),
    "products.call_off_cost": gettext_lazy("call a cost off"),
    "products.call_off_price": gettext_lazy("call a price off"),
    "products.drop_guard": gettext_lazy("lift a price guard"),
    "products.end_price_list": gettext_lazy("end a price list"),
    "products.release_price_list": gettext_lazy("release a price list"),
    "products.save_guard": gettext_lazy("set a price guard"),
    "products.set_cost": gettext_lazy("set a cost"),
    "staff.assign_role": gettext_lazy("assign a role"),
    "staff.sign_in": gettext_lazy("sign in"),
    "staff.sign_out": gettext_lazy("sign out"),
    "staff.locked_out": gettext_lazy("stop attempts to sign in"),
    "staff.create_user": gettext_lazy("create a user"),
    "staff.set_password": gettext_lazy("set a password for somebody"),
    "staff.change_password": gettext_lazy("change one's password"),
    "staff.switch_off": gettext_lazy("switch a user off"),
    "staff.switch_on": gettext_lazy("switch a user on"),
    "staff.second_factor_on": gettext_lazy("set the second factor up"),
    "staff.second_factor_moved": gettext_lazy("move the second factor to another phone"),
    "staff.second_factor_off": gettext_lazy("switch the second factor off"),
    "staff.second_factor_reset": gettext_lazy("reset a second factor"),
    "staff.renew_recovery_codes": gettext_lazy("renew recovery codes"),
    "staff.end_session": gettext_lazy("sign a browser out"),
    "staff.end_token": gettext_lazy("end a token"),
    "staff.end_sign_ins": gettext_lazy("sign somebody out everywhere"),
    "staff.end_role": gettext_lazy("end a role"),
    "approvals.execute": gettext_lazy("approve and carry out a request"),
    "approvals.expire": gettext_lazy("let a request expire"),
    "approvals.reject": gettext_lazy("reject a request"),
    "approvals.request": gettext_lazy("ask for approval"),
    "approvals.withdraw": gettext_lazy("withdraw a request"),
    "points.expire": gettext_lazy("let points expire"),
    **RIGHTS,
}
VERBS: Words = {
    "create": gettext_lazy("create"),
    "change": gettext_lazy("change"),
    "delete": gettext_lazy("delete"),
    "revoke": gettext_lazy("revoke"),
    "restore": gettext_lazy("restore an earlier version"),
}
ROLES: Words = dict(ROLE_CHOICES)
FIELDS: Words = {
    "act": gettext_lazy("act"),
    "changed": gettext_lazy("rows changed"),
    "clear": gettext_lazy("columns in clear"),
    "columns": gettext_lazy("columns"),
    "file": gettext_lazy("file"),
    "filters": gettext_lazy("filters"),
    "list": gettext_lazy("list"),
    "personal": gettext_lazy("personal data"),
    "rows": gettext_lazy("rows"),
    "skipped": gettext_lazy("rows skipped"),
    "created": gettext_lazy("rows created"),
    "ends_at": pgettext_lazy("period", "to"),
    "fields": gettext_lazy("fields"),
    "known": gettext_lazy("rows known already"),
    "limit": gettext_lazy("limit"),
    "receipts": gettext_lazy("receipts"),
    "rejected": gettext_lazy("rows rejected"),
    "role": gettext_lazy("role"),
    "starts_at": pgettext_lazy("period", "from"),
    "second_factor": gettext_lazy("second factor"),
    "site": gettext_lazy("site"),
    "amount": gettext_lazy("amount"),
    "approval": gettext_lazy("approval"),
    "cost": gettext_lazy("cost"),
    "from": gettext_lazy("holds from"),
    "price_list": gettext_lazy("price list"),
    "balance": gettext_lazy("balance"),
    "base_price": gettext_lazy("base price"),
    "bindings": gettext_lazy("API client bindings"),
    "consents": gettext_lazy("consents that ended"),
    "contract": gettext_lazy("contract"),
    "day": gettext_lazy("effective from"),
    "identities": gettext_lazy("identities"),
    "members": gettext_lazy("members"),
    "net": gettext_lazy("net amount"),
    "order": gettext_lazy("order"),
    "points": gettext_lazy("points"),
    "scope": gettext_lazy("scope"),
    "skus": gettext_lazy("SKUs"),
    "staff": gettext_lazy("roles that ended"),
    "stock_to": gettext_lazy("stock goes to"),
    "successor": gettext_lazy("successor"),
    "store": gettext_lazy("store"),
}
"""Names in audit lines that are no field of the object they speak of."""
PERSONAL: Words = {
    "name": pgettext_lazy("person", "name"),
    "phone": gettext_lazy("phone"),
    "openid": gettext_lazy("WeChat openid"),
    "card": gettext_lazy("member card"),
}
"""What of a member may be looked at."""
VALUES: dict[str, Words] = {
    "role": ROLES,
    "site": {
        "admin": gettext_lazy("head-office site"),
        "portal": gettext_lazy("franchise portal"),
        "api": gettext_lazy("API"),
    },
    "second_factor": {
        "none": pgettext_lazy("second factor", "not asked for"),
        "code": gettext_lazy("code from the app"),
        "recovery_code": gettext_lazy("recovery code"),
    },
}
"""Values in audit lines that no field of the object they speak of names."""
OBJECTS: Words = {"change": gettext_lazy("bulk change"), "import": gettext_lazy("import")}
"""Objects of audit lines that are no table."""
LISTS = frozenset({"fields", "scopes"})
TIMES = frozenset({"starts_at", "ends_at", "from"})
BY_APPROVAL = re.compile(r"approval:(?P<number>\w+) (?P<reason>.*)", re.DOTALL)
AMOUNTS = frozenset({"amount", "base_price", "captured_amount", "floor", "net"})
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
    return str(model._meta.verbose_name if model else OBJECTS.get(kind, kind))


def action_text(action: str) -> str:
    """``orders.place`` → 下单, ``org.change_store`` → 修改：门店."""
    if action in ACTIONS:
        return str(ACTIONS[action])
    verb, _sep, kind = action.partition(".")[2].partition("_")
    if verb not in VERBS:
        return action
    return _("%(verb)s: %(what)s") % {"verb": VERBS[verb], "what": object_text(kind)}


def reason_text(reason: str) -> str:
    """A reason in words; one that begins with an approval names it."""
    found = BY_APPROVAL.fullmatch(reason)
    if found:
        return _("Approval %(number)s: %(reason)s") % found.groupdict()
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


def role(path: str = "role") -> Column:
    return _column(path, gettext_lazy("role"), lambda role: str(ROLES.get(role, role)))


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
    said = [_value(name, labels, one) for one in (value if _is_pair(name, value) else [value])]
    title = getattr(field, "verbose_name", FIELDS.get(name, name))
    return f"{capfirst(str(title))}: {' → '.join(said)}"


def _is_pair(name: str, value: Any) -> bool:
    """Whether ``value`` says before and after, and is no list by itself."""
    if not isinstance(value, list) or len(value) != 2:
        return False
    return name not in LISTS or any(one is None or isinstance(one, list) for one in value)


def _value(name: str, labels: dict[Any, Any], value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(_value(name, labels, one) for one in value) or "–"
    if name in AMOUNTS and isinstance(value, int):
        return format_money(value)
    if name in TIMES and isinstance(value, str):
        return local_time(datetime.fromisoformat(value))
    if name in LISTS | {"act"} and isinstance(value, str):
        return str(PERSONAL.get(value) or action_text(value))
    known = (labels or VALUES.get(name, {})).get(value) if isinstance(value, str) else None
    return str(known) if known else ("–" if value in (None, "") else str(value))


def kind_of_object(path: str = "object_type") -> Column:
    return _column(path, gettext_lazy("object type"), object_text)
