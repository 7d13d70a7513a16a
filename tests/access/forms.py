"""What people send: the forms of an office as a browser would fill them in."""

from collections.abc import Callable
from dataclasses import dataclass
from html.parser import HTMLParser
from typing import Any

from tests import builders
from tests.access.wire import send
from tests.access.world import Caller, World

Form = dict[str, Any]


class _Form(HTMLParser):
    """The fields of every form of a page with the values that a browser would send."""

    def __init__(self) -> None:
        super().__init__()
        self.fields: dict[str, list[str]] = {}
        self._select = self._text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value if value is not None else "" for name, value in attrs}
        name, kind = given.get("name", ""), given.get("type", "text")
        if tag == "select":
            self._select = name
        elif tag == "textarea":
            self._text = name
            self.fields.setdefault(name, []).append("")
        elif tag == "option" and self._select and "selected" in given:
            self.fields.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and name and _is_sent(kind, given):
            empty = "on" if kind in ("checkbox", "radio") else ""
            self.fields.setdefault(name, []).append(given.get("value", empty))

    def handle_data(self, data: str) -> None:
        if self._text:
            self.fields[self._text][-1] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self._select = ""
        elif tag == "textarea":
            self._text = ""


def _is_sent(kind: str, given: dict[str, str]) -> bool:
    if kind in ("checkbox", "radio"):
        return "checked" in given
    return kind not in ("submit", "button", "file")


_found: dict[tuple[int, str], Form] = {}
"""World and address → the fields of the form there."""


def filled_in(world: World, path: str, changes: Form) -> Form:
    """The form at ``path`` as the administrator finds it, with ``changes``."""
    place = (id(world), path)
    if place not in _found:
        admin: Caller = world.callers["admin"]
        form = _Form()
        form.feed(send("GET", path, headers=admin.office).text)
        _found[place] = dict(form.fields)
    return _found[place] | changes


NAMES = {"name": "另一个", "name_en": "Another"}
NEW_PASSWORD = {"password1": "a much longer password", "password2": "a much longer password"}
ADD: dict[str, Callable[[World], Form]] = {
    "org.region": lambda world: {"code": "NEW", **NAMES},
    "org.franchisee": lambda world: {"code": "NEW", **NAMES},
    "org.store": lambda world: {
        "code": "NEW", **NAMES, "region": world.brand.east.pk,
        "franchisee": world.brand.anhe.pk, "time_zone": "Asia/Shanghai", "status": "open",
    },
    "org.warehouse": lambda world: {"code": "NEW", **NAMES, "region": world.brand.east.pk},
    "org.channel": lambda world: {"code": "new", **NAMES, "kind": "pos", "is_active": "on"},
    "org.storegroup": lambda world: {"code": "NEW", **NAMES},
    "org.clientchannel": lambda world: {
        "client": world.rows["accounts.apiclient unbound"]["A"].pk, "channel": world.brand.mini.pk,
    },
    "org.clientbinding": lambda world: {
        "client": world.rows["accounts.apiclient"]["A"].pk, "store": world.brand.a2.pk,
    },
    "accounts.approval": lambda world: {
        **EVIDENCE, "user": "newhand", "role": "clerk", "code": world.brand.a1.code,
    },
    "accounts.user": lambda world: {"username": "newcomer", "display_name": "新", **NEW_PASSWORD},
    "portal accounts.user": lambda world: {
        **EVIDENCE, **NEW_PASSWORD, "username": "newcomer", "display_name": "新", "role": "clerk",
    },
    "accounts.apiclient": lambda world: {"name": "new", "scopes": ["orders.see"], "reach": "stores"},
    "products.assortmentrule": lambda world: {
        "action": "exclude", "sku": world.brand.milk.pk, "reason": "access",
    },
    "products.category": lambda world: {"code": "NEW", **NAMES},
    "products.attribute": lambda world: {"code": "NEW", **NAMES, "type": "text"},
    "products.product": lambda world: {
        "code": "NEW", **NAMES, "category": world.rows["products.category"]["A"].pk,
        "listing": "everywhere",
    },
    "products.sku": lambda world: {
        "code": "NEW", "product": world.rows["products.product"]["A"].pk, "unit": "each",
        "kind": "goods", "is_active": "on",
    },
    "products.pricelist": lambda world: {"code": "NEW", **NAMES},
    "products.price": lambda world: {
        "price_list": world.rows["products.pricelist"]["A"].pk, "sku": world.brand.milk.pk,
        "amount": "1.50",
    },
    "products.audience": lambda world: {"code": "NEW", **NAMES, "kind": "tier"},
    "products.priceguard": lambda world: {"sku": world.brand.milk.pk, "lowest": "5000"},
    "products.supplier": lambda world: {"code": "NEW", **NAMES},
    "products.suppliercost": lambda world: {
        "sku": world.brand.milk.pk, "supplier": world.rows["products.supplier"]["A"].pk,
        "amount": "0.50",
    },
    "products.taxclass": lambda world: {"code": "NEW", **NAMES},
    "products.weighedprefix": lambda world: {
        "prefix": "22", "item_digits": "5", "value": "weight", "value_digits": "5", "decimals": "3",
    },
}  # fmt: skip
"""A new row of each kind, as somebody who may make one sends it."""
SAVE: dict[str, Form] = {
    "accounts.user": {"display_name": "改了"},
    "accounts.apiclient": {"name": "renamed"},
    "products.sku": {"option": "changed"},
    "products.weighedprefix": {"decimals": "2"},
    "products.priceguard": {"lowest": "4000"},
}
"""What is changed on a page; the English name where nothing is said."""
IN_USE = frozenset(
    {"org.region", "org.franchisee", "org.channel"}
    | {"products.product", "products.sku", "products.pricelist"}
    | {"products.category", "products.supplier", "products.taxclass"}
)
"""Kinds whose rows here are pointed at by others, which keep them: the page says so."""
REASON: Form = {"_form_submitted": "on", "reason": "access", "key": "k" * 32}
EVIDENCE: Form = REASON | {"evidence": "a letter", "points": "5"}


@dataclass(frozen=True)
class Act:
    """How a button is answered, and what comes of it where it may be pressed."""

    sent: Form
    get: int = 200
    post: int = 302
    writes: bool = True


UNFINISHED = Act({"_form_submitted": "on"}, post=200, writes=False)
"""A dialog that asks for more than is sent here comes again; its flow has tests of its own."""
ACT: dict[str, Act] = {
    "accounts.accesscase/close": Act(REASON | {"note": "asked them"}),
    "accounts.apiclient/new_secret": Act({"reason": "access"}, post=200),
    "accounts.apiclient/revoke": Act({"_form_submitted": "on", "reason": "access"}),
    "accounts.approval/approve": Act(REASON),
    "accounts.approval/reject": Act(REASON),
    "accounts.approval/withdraw": Act(REASON),
    "accounts.clientsecret/retire": Act({"_form_submitted": "on", "reason": "access"}),
    "accounts.staffsession/end": Act(REASON),
    "accounts.stafftoken/end": Act(REASON),
    "accounts.user/end_sign_ins": Act(REASON),
    "accounts.user/password": Act(REASON | NEW_PASSWORD),
    "accounts.user/new_password": Act(REASON | NEW_PASSWORD),
    "accounts.user/switch_off": Act(REASON),
    "accounts.user/switch_on": Act(REASON),
    "accounts.user/reset_second_factor": Act(REASON),
    "accounts.user/sign_ins": Act({}, get=302, writes=False),
    "jobs.job/cancel": Act({}, get=302),
    "jobs.job/columns": Act({"column-0": "sku"}),
    "jobs.job/errors": Act({}),
    "jobs.job/progress": Act({}, post=405, writes=False),
    "jobs.job/result": Act({}),
    "jobs.job/source": Act({}),
    "jobs.job/start": Act({"policy": "reject_rows"}),
    "members.member/adjust_points": Act(EVIDENCE),
    "members.member/reveal": Act(REASON | {"fields_wanted": ["phone"]}, post=200),
    "orders.order/cancel": Act(REASON),
    "products.assortmentrule/call_off": Act(REASON),
    "products.assortmentrule/end": Act(REASON),
    "products.product/ask_activation": Act(EVIDENCE),
    "products.product/matrix": Act({"option-0-name": "色", "option-0-values": "A"}),
    "products.product/reactivate": Act(REASON),
    "products.product/retire": Act(REASON),
    "products.product/send_back": Act(REASON),
    "products.product/submit": Act(REASON),
    "products.sku/is_sold": Act({}, post=200, writes=False),
    "products.price/call_off": Act(REASON),
    "products.pricelist/end": Act(REASON),
    "products.pricelist/release": Act(EVIDENCE),
    "products.suppliercost/call_off": Act(REASON),
    "org.roleassignment/end": Act(REASON),
    "org.store/change_owner": UNFINISHED,
    "org.store/close": UNFINISHED,
    "org.store/freeze": Act(REASON),
    "org.store/move": UNFINISHED,
    "org.store/unfreeze": UNFINISHED,
    "org.store/withdraw": UNFINISHED,
}
ASKED_FOR = {
    "orders.order/cancel": "orders.order unpaid",
    "accounts.user/reset_second_factor": "accounts.user with factor",
    "products.assortmentrule/call_off": "products.assortmentrule waiting",
    "products.price/call_off": "products.price waiting",
    "products.pricelist/end": "products.pricelist released",
    "products.product/submit": "products.product draft",
    "products.product/ask_activation": "products.product review",
    "products.product/send_back": "products.product review",
    "products.product/reactivate": "products.product retired",
    "products.suppliercost/call_off": "products.suppliercost waiting",
}
"""Buttons that are for rows of another state than the one that is read."""
WRONG_PASSWORD = {"username": "user-clerk_a", "password": builders.PASSWORD + "?"}
