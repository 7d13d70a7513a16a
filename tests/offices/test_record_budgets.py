"""How many statements the page of a record takes: the same however much hangs on the record."""

from collections.abc import Mapping

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model

from apps.accounts.actor import Actor
from apps.accounts.models import User
from apps.flows.place_order import place_order
from apps.members.models import Member
from apps.orders.models import LineAdjustment, Order, OrderLine
from apps.org import rules as roles
from apps.org import services as org
from apps.org.offices.sites import OfficeSite, head_office, portal
from apps.payments.models import Payment
from tests import builders
from tests.builders import Brand, once, sale_of, unpaid_order_of
from tests.offices.pages import counted, list_of, page_of, signed_in
from tests.offices.plenty import add_plenty

pytestmark = pytest.mark.django_db

LONGEST = 14
"""Any other page: a person with roles, sign-ins, and whether each button may be pressed now."""
# Every page: session, sign-in, person, roles, the row; in the portal also the stores that it covers,
# and on a setting the version that the person is shown.
EXACT: Mapping[tuple[str, str], int] = {
    # lines, their discounts, price lists, steps, who took them; payments with tenders and events;
    # reservations, movements, points; whether it may be cancelled, and why not
    ("admin", "orders.order"): 18,
    ("portal", "orders.order"): 19,
    # identities twice, consents; sums and newest of orders, refunds due, points thrice, looks; two buttons
    ("admin", "members.member"): 17,
    ("portal", "members.member"): 15,
    # barcodes, packs twice, keys of other systems, prices, margin, versions; where it is sold; stock
    # summed and by location, movements, sales by day
    ("admin", "products.sku"): 18,
    # hours twice, owners, versions; sales, days, what waits, low stock, staff; three buttons
    ("admin", "org.store"): 16,
    # sales and orders, what waits, low stock (and whether there is stock at all), staff, hours, owners
    ("portal", "org.store"): 15,
    ("admin", "payments.payment"): 9,  # tenders twice, events twice
    ("admin", "loyalty.pointsentry"): 6,  # what answers it
}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def people(brand: Brand) -> dict[OfficeSite, User]:
    return {
        head_office: builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        portal: builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }


def warm(row: Model) -> None:
    """Django asks once per process what it calls a table; that is none of the page's."""
    ContentType.objects.get_for_model(type(row))


def statements(people: Mapping[OfficeSite, User], rows: list[Model]) -> dict[tuple[str, str], int]:
    found = {}
    for site, user in people.items():
        client = signed_in(user)
        for row in rows:
            if site.is_registered(type(row)):
                warm(row)
                answer, count = counted(client, page_of(site, row))
                assert answer.status_code == 200, (site.name, row)
                found[site.name, row._meta.label_lower] = count
    return found


def test_a_page_takes_as_many_statements_however_much_hangs_on_it(
    brand: Brand, people: dict[OfficeSite, User]
) -> None:
    clerk = builders.clerk_at(brand.a1)
    order = _sale(brand, clerk, {"TEA": "1"}, 1999)
    add_plenty(brand, 0, 1)
    rows: list[Model] = [
        order,
        Member.objects.get(pk=brand.zhang.pk),
        brand.tea,
        brand.a1,
        Payment.objects.get(order=order),
        order.points_entries.get(),
    ]
    few = statements(people, rows)
    for number in range(12):
        _sale(brand, clerk, {"TEA": "1", "MILK": "1"}, 2299)
        user = User.objects.create(username=f"colleague{number}")
        org.assign_role(builders.SYSTEM, user, roles.CLERK, store=brand.a1)
    rows[0] = _sale(brand, clerk, {"TEA": "1", "MILK": "1", "RICE": "2"}, 3999)
    for line in OrderLine.objects.filter(order=rows[0].pk):
        LineAdjustment.objects.create(line=line, kind="shelf", source="", amount=1)
        LineAdjustment.objects.create(line=line, kind="coupon_match", source="C", amount=1)

    many = statements(people, rows)

    assert many == few
    assert {place: many[place] for place in EXACT} == EXACT


def test_a_waiting_order_takes_no_more(brand: Brand, people: dict[OfficeSite, User]) -> None:
    clerk = builders.clerk_at(brand.a1)
    wanted = unpaid_order_of(brand.a1, {"TEA": "1", "MILK": "1"}, 2299, member=brand.zhang)
    order = Order.objects.get(number=place_order(clerk, wanted, once(clerk))["number"])

    found = statements(people, [order])

    assert found["admin", "orders.order"] <= EXACT["admin", "orders.order"] + 1  # has money arrived
    assert found["portal", "orders.order"] <= EXACT["portal", "orders.order"]


def test_no_other_page_takes_more_than_the_longest(
    brand: Brand, people: dict[OfficeSite, User]
) -> None:
    add_plenty(brand, 0, 2)
    for site, user in people.items():
        client = signed_in(user)
        builders.build_job(user, number=f"OWN{user.pk}")
        for model in site._registry:
            place = (site.name, model._meta.label_lower)
            shown = client.get(list_of(site, model)).context["cl"].result_list
            if not len(shown):
                assert place == ("portal", "accounts.approval"), place
                continue
            warm(shown[0])
            answer, count = counted(client, page_of(site, shown[0]))
            assert answer.status_code == 200, place
            assert count <= EXACT.get(place, LONGEST), (place, count)


def _sale(brand: Brand, clerk: Actor, lines: dict[str, str], total: int) -> Order:
    sale = sale_of(brand.a1, lines, total, member=brand.zhang)
    return Order.objects.get(number=place_order(clerk, sale, once(clerk))["number"])
