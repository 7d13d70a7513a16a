"""Every right of ``rules.ROLE_ACTIONS`` in words."""

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

RIGHTS: dict[str, Promise] = {
    "members.enrol": gettext_lazy("enrol a member"),
    "orders.cancel": gettext_lazy("cancel an order"),
    "orders.import": gettext_lazy("import orders"),
    "orders.place": gettext_lazy("place an order"),
    "payments.take": gettext_lazy("take a payment"),
    "approvals.see": gettext_lazy("see requests for approval"),
    "audit.see": gettext_lazy("see the audit trail"),
    "clients.manage": gettext_lazy("manage API clients"),
    "clients.see": gettext_lazy("see API clients"),
    "data.export": gettext_lazy("export data"),
    "members.see_personal": gettext_lazy("see a full phone number, name or card"),
    "org.manage": gettext_lazy("manage the organisation"),
    "payments.refund_above_limit": gettext_lazy("refund above the limit"),
    "platform.see": gettext_lazy("see the platform's own records"),
    "points.adjust": gettext_lazy("adjust points"),
    "points.adjust_above_limit": gettext_lazy("adjust points above the limit"),
    "privacy.see": gettext_lazy("see who looked at personal data"),
    "products.change_price": gettext_lazy("change a price"),
    "products.manage": gettext_lazy("manage products"),
    "products.see_cost": gettext_lazy("see cost prices"),
    "promotions.publish": gettext_lazy("publish a rule"),
    "staff.manage": gettext_lazy("manage staff"),
    "staff.see": gettext_lazy("see staff"),
    "stored_value.adjust_above_limit": gettext_lazy("adjust stored value above the limit"),
    "inventory.see": gettext_lazy("see stock"),
    "members.lookup": gettext_lazy("look up a member"),
    "members.see": gettext_lazy("see members"),
    "orders.see": gettext_lazy("see orders"),
    "jobs.see": gettext_lazy("see jobs"),
    "org.see": gettext_lazy("see the organisation"),
    "payments.see": gettext_lazy("see payments"),
    "points.see": gettext_lazy("see points"),
    "products.see": gettext_lazy("see products"),
}


def right_text(action: str) -> str:
    """``orders.place`` → 下单."""
    return str(RIGHTS.get(action, action))
