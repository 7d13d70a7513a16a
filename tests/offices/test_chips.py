"""A filtered list says what it shows, and each of its filters can be taken off alone."""

import re
from html import unescape

import pytest

from apps.org import rules as roles
from apps.org.offices.chips import Chip
from tests import builders
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db


def chips(answer: object) -> list[Chip]:
    return list(answer.context["cl"].chips)  # type: ignore[attr-defined]


def test_every_filter_in_force_is_named_and_leads_to_the_list_without_it() -> None:
    brand = builders.build_brand()
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    page = client.get(
        "/admin/orders/order/?status__exact=paid&store=a1&period=7&region=&q=X&o=-placed"
    )

    rest = "o=-placed"
    assert chips(page) == [
        Chip("Status", "Paid", f"?{rest}&period=7&q=X&region=&store=a1"),
        Chip("Period", "Last 7 days", f"?{rest}&q=X&region=&status__exact=paid&store=a1"),
        Chip("Store code", "A1", f"?{rest}&period=7&q=X&region=&status__exact=paid"),
    ]
    assert page.context["cl"].without_filters == f"?{rest}&q=X"
    assert brand.a1.code == "A1"


def test_a_chosen_row_is_named_and_a_switch_says_yes_or_no() -> None:
    brand = builders.build_brand()
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    stores = chips(admin.get(f"/admin/org/store/?region={brand.east.code}"))
    staff = chips(owner.get("/portal/accounts/user/?is_active__exact=0"))

    assert [(one.label, one.value) for one in stores] == [("Region", str(brand.east))]
    assert [one.value for one in staff] == ["No"]


def test_chips_are_links_that_say_what_they_do_on_both_sites() -> None:
    brand = builders.build_brand()
    people = {
        "admin": builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        "portal": builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }
    for site, user in people.items():
        client = signed_in(user)
        url = f"/{site}/payments/payment/?care=refund_due&day=%3Cb%3E"

        text = client.get(url).content.decode()

        assert 'aria-label="Filters in force"' in text
        names = re.findall(r'class="qy-chip" href="[^"]*" aria-label="([^"]*)"', text)
        assert [unescape(name) for name in names] == [
            "Needs care: Refund due. Remove this filter",
            "Business day: <b>. Remove this filter",
        ]
        assert "<b>" not in text
        assert text.count("qy-chip-all") == 1


def test_a_list_without_filters_has_none_and_they_cost_no_statement() -> None:
    builders.build_brand()
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    client.get("/admin/orders/order/")

    bare, statements = counted(client, "/admin/orders/order/?q=X")
    filtered, more = counted(client, "/admin/orders/order/?q=X&sold=1")

    assert chips(bare) == []
    assert "qy-chips" not in bare.content.decode()
    assert [one.value for one in chips(filtered)] == ["Paid or completed"]
    assert more == statements
