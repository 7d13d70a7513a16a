"""The homes: one number for one thing, own rows only, and the way to the list behind each."""

import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db.models import F

from apps.accounts.actor import Actor
from apps.common import clock
from apps.flows.place_order import place_order
from apps.insights import rules, selectors, services
from apps.insights.models import StoreDay, StoreHour
from apps.insights.rules import Value
from apps.insights.selectors import View
from apps.jobs.models import Job
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.payments.models import Payment
from tests import builders
from tests.offices.pages import counted, signed_in
from tests.offices.plenty import add_plenty, make_refund_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> builders.Brand:
    """Sales at A1, A2, B1 and D1: 3 × 600 (two members), 1999, 300, 850; A1's first is to refund."""
    made = builders.build_brand()
    for store, lines, total, member in (
        (made.a1, {"MILK": "2"}, 600, made.zhang),
        (made.a1, {"MILK": "2"}, 600, made.zhang),
        (made.a2, {"MILK": "2"}, 600, made.li),
        (made.b1, {"TEA": "1"}, 1999, made.li),
        (made.b1, {"MILK": "1"}, 300, None),
        (made.direct, {"RICE": "1"}, 850, None),
    ):
        sale = builders.sale_of(store, lines, total, member=member)
        place_order(builders.SYSTEM, sale, builders.once(builders.SYSTEM))
    make_refund_due(Payment.objects.earliest("id"))
    services.refresh(now=clock.now())
    return made


def view(actor: Actor, code: str = "today", *, back: int = 1, owner: int | None = None) -> View:
    now = clock.now().astimezone(clock.zone("Asia/Shanghai"))
    period = rules.period_of(code, today=now.date(), hour=now.hour, back=back)
    return View(actor, period, owner)


def numbers(found: dict[str, Value]) -> dict[str, Any]:
    return {code: value.now for code, value in found.items()}


def test_each_metric_is_what_its_formula_says(brand: builders.Brand) -> None:
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)

    found = numbers(selectors.overview(view(admin)))

    assert found.pop("refund_rate") == rules.ratio(1, 6)
    assert found == {
        "sales": 600 * 3 + 1999 + 300 + 850,
        "orders": 6,
        "basket": round(4949 / 6),
        "members_new": 2,
        "members_active": 2,
        "points_issued": 6 * 3 + 19,
        "points_burned": 0,
    }
    assert list(selectors.overview(view(admin))) == [metric.code for metric in rules.METRICS]


@pytest.mark.parametrize(
    ("title", "days_ago", "code", "rows"),
    [
        ("Points issued", 0, "today", 4),
        ("Points burned", 0, "today", 0),
        ("Points issued", 8, "7", 0),
        ("Points issued", 8, "30", 4),
    ],
)
def test_points_lead_to_the_ledger_of_their_period(
    title: str, days_ago: int, code: str, rows: int, brand: builders.Brand
) -> None:
    staff = builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)
    with time_machine.travel(clock.now() + timedelta(days=days_ago)):
        admin = signed_in(staff)
        cards = admin.get(f"/admin/?period={code}").context["cards"]
        url = next(card.url for card in cards if card.title == title)
        found = admin.get(f"/admin/{url}")

    assert found.status_code == 200
    assert found.context["cl"].result_count == rows


@pytest.mark.parametrize("code", ["today", "7", "30"])
def test_every_number_of_the_portal_is_head_offices_for_the_same_stores(
    code: str, brand: builders.Brand
) -> None:
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    theirs, ours = view(owner, code, back=7), view(admin, code, back=7, owner=brand.anhe.pk)

    assert selectors.overview(theirs) == selectors.overview(ours)
    assert numbers(selectors.overview(theirs))["sales"] == 1800
    for read in (selectors.sales_by_hour, selectors.sales_by_day, selectors.stores_by_sales):
        assert read(theirs) == read(ours)
    for rows in (
        selectors.waiting_for_payment,
        selectors.low_stock,
        selectors.refunds_due,
        selectors.unsettled,
    ):
        assert set(rows(theirs)) == set(rows(ours))  # type: ignore[operator]
    assert selectors.refunds_due(theirs).count() == 1


def test_cards_of_both_homes_show_the_same_for_the_same_stores(brand: builders.Brand) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    for code in rules.DAYS:
        here = admin.get(f"/admin/?period={code}&owner=anhe").context
        there = owner.get(f"/portal/?period={code}").context
        shown, theirs = (
            {str(card.title): card.value for card in [*page["cards"], *page["care"]]}
            for page in (here, there)
        )
        personal = {"Waiting for your approval", "Failed jobs"}
        assert len(theirs.keys() - personal) == len(rules.METRICS) + 5
        assert {title: shown[title] for title in theirs.keys() - personal} == {
            title: value for title, value in theirs.items() if title not in personal
        }


@pytest.mark.parametrize(
    ("role", "scope", "sales"),
    [
        (roles.REGIONAL_MANAGER, {"region": "north"}, 2299),
        (roles.FRANCHISE_OWNER, {"franchisee": "baichuan"}, 2299),
        (roles.STORE_MANAGER, {"store": "a2"}, 600),
        (roles.CLERK, {"store": "direct"}, 850),
        (roles.FINANCE, {}, 4949),
    ],
)
def test_a_person_counts_own_rows_only(
    role: str, scope: dict[str, str], sales: int, brand: builders.Brand
) -> None:
    rows = {name: getattr(brand, value) for name, value in scope.items()}
    actor = builders.staff_actor("person", role, **rows)

    found = selectors.overview(view(actor))

    assert found["sales"].now == sales
    assert ("members_new" in found) == (role != roles.FINANCE)
    assert sum(line.sales for line in selectors.stores_by_sales(view(actor))) == sales
    assert sum(one.now for one in selectors.sales_by_hour(view(actor))) == sales
    assert sum(one.now for one in selectors.sales_by_day(view(actor))) == sales


def test_an_owner_whom_the_person_does_not_see_narrows_to_nothing(brand: builders.Brand) -> None:
    manager = signed_in(builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east))

    page = manager.get("/admin/?owner=BAICHUAN")

    assert page.context["cards"][0].value == "¥0.00"
    assert "22.99" not in page.content.decode()


def test_today_is_compared_up_to_the_same_hour(brand: builders.Brand) -> None:
    """Yesterday's later hours do not count; a week ago does only in the portal's comparison."""
    actor = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    hour = StoreHour.objects.filter(store=brand.a2).get()
    for back, amount in ((1, 100), (7, 40)):
        for later in range(2):
            hour.pk, hour.sales = None, amount + later
            hour.business_day = clock.now().astimezone(clock.zone("Asia/Shanghai")).date()
            hour.business_day -= timedelta(days=back)
            hour.hour = 23 if later else 0
            hour.save()
    now = clock.now().astimezone(clock.zone("Asia/Shanghai"))
    expected = {1: 100, 7: 40} if now.hour < 23 else {1: 201, 7: 81}

    for back, before in expected.items():
        assert selectors.overview(view(actor, back=back))["sales"] == Value(1800, before)


def test_longer_periods_are_compared_with_the_days_before() -> None:
    today = clock.now().date()
    period = rules.period_of("7", today=today, hour=5)
    days = timedelta(days=1)

    assert (period.first, period.last) == (today - 6 * days, today)
    assert (period.before_first, period.before_last) == (today - 13 * days, today - 7 * days)
    assert period.hour is None
    assert rules.period_of("nonsense", today=today, hour=5).code == "today"


def test_numbers_lead_to_lists_that_hold_as_many(brand: builders.Brand) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    cards = client.get("/admin/").context
    counts = {str(card.title): card for card in [*cards["cards"], *cards["care"]]}

    for title in (
        "Orders",
        "New members",
        "Low stock",
        "Refunds due",
        "Not settled",
        "Waiting for payment",
        "Orders to fulfil",
    ):
        card = counts[title]
        found: Any = client.get(f"/admin/{card.url}").context["cl"]
        assert f"{found.result_count:,}" == card.value, title
    ranked = client.get("/admin/").content.decode()
    (link,) = re.findall(r'href="(/admin/orders/order/\?[^"]*store=B1)"', ranked)
    listed: Any = client.get(link.replace("&amp;", "&")).context["cl"]
    assert listed.result_count == 2


@pytest.mark.parametrize(
    ("days_ago", "code", "due", "active"),
    [(0, "today", 1, 2), (3, "today", 0, 0), (3, "7", 1, 2), (8, "7", 0, 0), (8, "30", 1, 2)],
)
def test_refunds_and_active_members_lead_to_their_rows_of_the_period(
    days_ago: int, code: str, due: int, active: int, brand: builders.Brand
) -> None:
    people = {
        "admin": builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        "portal": builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }
    Member.objects.create(number="M-NEVER-BOUGHT", home_store=brand.a1, enrolled_at=clock.now())
    Member.objects.filter(pk=brand.li.pk).update(home_store=brand.a1)
    with time_machine.travel(clock.now() + timedelta(days=days_ago)):
        for site, user in people.items():
            client = signed_in(user)
            page = client.get(f"/{site}/?period={code}").context
            cards = {str(card.title): card for card in page["cards"]}
            rows = {
                title: client.get(f"/{site}/{cards[title].url}").context["cl"].result_count
                for title in ("Refund rate", "Active members")
            }

            assert rows == {"Refund rate": due, "Active members": active}, site
            assert cards["Active members"].value == str(active)


def test_a_refund_rate_and_its_list_go_by_the_day_of_the_order(brand: builders.Brand) -> None:
    """Not by that of the payment, which may be opened on another day."""
    late = clock.now() - timedelta(days=40)
    Payment.objects.filter(status="refund_due").update(created_at=late)
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    cards = client.get("/admin/").context["cards"]
    url = next(card.url for card in cards if card.title == "Refund rate")

    assert client.get(f"/admin/{url}").context["cl"].result_count == 1


def test_a_number_leads_nowhere_for_who_may_not_open_its_list(brand: builders.Brand) -> None:
    finance = signed_in(builders.build_staff("finance", roles.FINANCE))

    cards = {str(card.title): card for card in finance.get("/admin/").context["cards"]}

    assert cards["Active members"].value == "2"
    assert cards["Active members"].url == ""
    assert cards["Orders"].url == "orders/order/?sold=1&day=today"


def test_low_stock_counts_what_is_available_not_what_lies_there(brand: builders.Brand) -> None:
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.baichuan)
    row = selectors.inventory.stock_visible_to(owner).get(sku=brand.milk)
    assert list(selectors.low_stock(view(owner))) == []

    type(row).objects.filter(pk=row.pk).update(reserved=F("on_hand") - 5)

    assert list(selectors.low_stock(view(owner))) == [row]


def test_money_that_waits_longer_than_the_sweep_needs_care(brand: builders.Brand) -> None:
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    payment = Payment.objects.latest("id")
    for minutes, found in ((4, []), (6, [payment])):
        at = clock.now() - timedelta(minutes=minutes)
        Payment.objects.filter(pk=payment.pk).update(settled_at=None, captured_at=at)
        assert list(selectors.unsettled(view(admin))) == found


def test_failed_jobs_are_ones_own(brand: builders.Brand) -> None:
    mine, other = (builders.build_staff(name, roles.OPERATIONS) for name in ("mine", "other"))
    now = clock.now()
    Job.objects.create(
        number="J1", kind="import", subject="prices", owner=mine, office="admin", status="failed",
        created_at=now, ended_at=now, expires_at=now,
    )  # fmt: skip

    def failed(user: Any) -> list[str]:
        care = signed_in(user).get("/admin/").context["care"]
        return [card.value for card in care if card.title == "Failed jobs"]

    assert (failed(mine), failed(other)) == (["1"], ["0"])


def test_an_empty_brand_says_what_comes_next() -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    page = admin.get("/admin/").content.decode()

    assert "There is no store yet." in page
    assert "No figures yet" in page
    assert "Nothing sold yet in this period." in page


def test_plots_stand_in_a_table_too(brand: builders.Brand) -> None:
    page = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)).get("/admin/?period=7")
    text = page.content.decode()

    assert [str(plot.title) for plot in page.context["board"].plots] == [
        "Sales by hour",
        "Sales by day",
    ]
    assert text.count("<summary>As a table</summary>") == 2
    assert "style=" not in text[text.index("qy-plot") : text.index("qy-plot-table")]
    assert "¥49.49" in text
    assert "As of" in text


def test_the_period_stays_in_the_address(brand: builders.Brand) -> None:
    page = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)).get(
        "/admin/?period=30"
    )
    chosen = [choice.url for choice in page.context["board"].choices if choice.chosen]

    assert chosen == ["?period=30"]
    assert page.context["cards"][0].url == "orders/order/?sold=1&day=30"
    assert [str(plot.title) for plot in page.context["board"].plots] == ["Sales by day"]


def test_statements_do_not_grow_with_stores_and_orders(brand: builders.Brand) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    def statements() -> list[int]:
        services.refresh(now=clock.now())
        pages = [(admin, f"/admin/?period={code}") for code in rules.DAYS]
        pages += [(owner, f"/portal/?period={code}") for code in rules.DAYS]
        return [counted(client, url)[1] for client, url in pages]

    few = statements()
    add_plenty(brand, 0, 8)
    assert Order.objects.count() == 6 + 16
    assert Member.objects.count() == 10

    assert statements() == few
    assert StoreDay.objects.exists()
    assert max(few) <= 24
