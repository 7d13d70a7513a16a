"""Record pages: figures that lead to their lists, what happened, why something is not offered."""

import html
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from apps.common import clock
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.receive_notice import receive_notice
from apps.insights import services as insights
from apps.loyalty.models import PointsEntry, PointsLot
from apps.members import services as members
from apps.members.models import Member
from apps.orders.models import LineAdjustment, Order, OrderLine
from apps.org import rules as roles
from apps.org.models import StoreHours
from apps.org.offices.home import Card, Panel, Timeline
from apps.payments.models import Payment
from apps.payments.services import CaptureNotice
from apps.products.models import PriceList, Sku
from tests import builders
from tests.builders import Brand, once, sale_of, unpaid_order_of
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def admin(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def sell(brand: Brand, store: Any, lines: dict[str, str], total: int, **given: Any) -> Order:
    clerk = builders.clerk_at(store, f"clerk-{store.code}-{Order.objects.count()}")
    made = place_order(clerk, sale_of(store, lines, total, **given), once(clerk))
    return Order.objects.get(number=made["number"])


def wait(brand: Brand, lines: dict[str, str], total: int) -> Order:
    clerk = builders.clerk_at(brand.a1, f"clerk-{Order.objects.count()}")
    wanted = unpaid_order_of(brand.a1, lines, total, member=brand.zhang)
    return Order.objects.get(number=place_order(clerk, wanted, once(clerk))["number"])


def opened(client: Client, row: Any, site: str = "admin") -> Any:
    kind = row._meta
    answer = client.get(f"/{site}/{kind.app_label}/{kind.model_name}/{row.pk}/change/")
    assert answer.status_code == 200
    return answer


def cards(answer: Any) -> dict[str, Card]:
    return {str(card.title): card for card in answer.context["head"].cards}


def panels(answer: Any) -> dict[str, Panel]:
    found = answer.context["panels"]
    return {str(one.title): one for one in found if isinstance(one, Panel)}


def told(sections: Sequence[Any]) -> list[str]:
    line = next(one for one in sections if isinstance(one, Timeline))
    return [str(step.what) for step in line.steps]


def counted_at(client: Client, url: str, site: str = "admin") -> int:
    answer: Any = client.get(f"/{site}/{html.unescape(url)}")
    assert answer.status_code == 200, url
    return len(answer.context["cl"].result_list)


class TestMember:
    def test_figures_equal_the_lists_behind_them(self, brand: Brand, admin: Client) -> None:
        sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        sell(brand, brand.b1, {"TEA": "2"}, 3998, member=brand.zhang)
        wait(brand, {"MILK": "1"}, 300)  # is no sale yet
        sell(brand, brand.a1, {"MILK": "1"}, 300, member=brand.li)  # is somebody else's
        taken = PointsEntry.objects.filter(member=brand.zhang).earliest("id")
        late = clock.now() + timedelta(days=10)
        PointsLot.objects.filter(entry=taken).update(expires_at=late)

        shown = cards(opened(admin, brand.zhang))

        assert {title: card.value for title, card in shown.items()} == {
            "Orders": "2",
            "Spent": "¥59.97",
            "Average basket": "¥29.99",  # 29.985, halves up
            "Refunds due": "¥0.00",
            "Points balance": "58",
            "Points earned": "58",
            "Points burned": "0",
            "Points that expire": str(taken.points),
        }
        assert counted_at(admin, shown["Orders"].url) == 2
        assert counted_at(admin, shown["Points balance"].url) == 2
        assert counted_at(admin, shown["Points earned"].url) == 2
        assert counted_at(admin, shown["Points burned"].url) == 0
        assert counted_at(admin, shown["Points that expire"].url) == 1

    def test_money_that_must_go_back_leads_to_its_payments(
        self, brand: Brand, admin: Client
    ) -> None:
        sell(brand, brand.a1, {"MILK": "1"}, 300, member=brand.li)
        order = sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        Payment.objects.update(status="refund_due")

        shown = cards(opened(admin, brand.zhang))["Refunds due"]

        assert (shown.value, shown.note, shown.tone) == ("¥19.99", "1 payment", "danger")
        assert counted_at(admin, shown.url) == 1
        assert "must go back" in opened(admin, order).content.decode()

    @pytest.mark.parametrize("site", ["admin", "portal"])
    def test_every_link_of_the_page_opens(self, brand: Brand, site: str) -> None:
        users = {
            "admin": lambda: builders.build_staff("chief", roles.HEAD_OFFICE_ADMIN),
            "portal": lambda: builders.build_staff("lead", roles.STORE_MANAGER, store=brand.a1),
        }
        client = signed_in(users[site]())
        sell(brand, brand.a1, {"MILK": "1"}, 300, member=brand.li)
        sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        Payment.objects.update(status="refund_due")
        PointsLot.objects.update(expires_at=clock.now() + timedelta(days=10))

        answer = opened(client, brand.zhang, site)

        urls = {title: card.url for title, card in cards(answer).items() if card.url}
        found = {title: counted_at(client, url, site) for title, url in urls.items()}
        shared = {"Orders": 2, "Spent": 2, "Average basket": 2, "Refunds due": 2}
        points = {"Points earned": 2, "Points burned": 0}
        alone = {"Points balance": 2, "Points that expire": 2} if site == "admin" else {}
        assert found == shared | points | alone
        links = set(re.findall(rf'href="(/{site}/[^"]*)"', answer.content.decode()))
        assert len(links) > len(found)
        for link in links:
            assert client.get(html.unescape(link), follow=True).status_code == 200, link

    def test_what_happened_is_told_newest_first(self, brand: Brand, admin: Client) -> None:
        order = sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        service = builders.staff_actor("service", roles.CUSTOMER_SERVICE)
        members.reveal(
            service, brand.zhang.number, fields=["phone"], reason="call back", via="admin"
        )

        answer = opened(admin, brand.zhang)

        steps = told(answer.context["panels"])
        assert [step.split("<")[0].strip() for step in steps] == [
            "Personal data shown: phone",
            "Points +19",
            "Order",
            "Enrolled",
        ]
        assert order.number in steps[2]
        assert builders.ZHANG_PHONE not in answer.content.decode()

    def test_who_may_not_see_looks_is_told_none(self, brand: Brand) -> None:
        service = builders.build_staff("service", roles.CUSTOMER_SERVICE)
        actor = builders.staff_actor("other", roles.CUSTOMER_SERVICE)
        members.reveal(actor, brand.zhang.number, fields=["phone"], reason="call", via="admin")

        answer = opened(signed_in(service), brand.zhang)

        assert told(answer.context["panels"]) == ["Enrolled"]
        assert "Who looked at personal data" not in panels(answer)

    def test_a_franchisee_is_told_of_own_stores_only(self, brand: Brand) -> None:
        owner = signed_in(
            builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
        )
        own = sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        foreign = sell(brand, brand.b1, {"TEA": "2"}, 3998, member=brand.zhang)

        answer = opened(owner, brand.zhang, "portal")

        shown, page = cards(answer), answer.content.decode()
        assert (shown["Orders"].value, shown["Spent"].value) == ("1", "¥19.99")
        assert shown["Points earned"].value == "19"
        assert own.number in page
        assert foreign.number not in page
        assert "those of the stores whose data you see" in page


class TestOrder:
    def test_the_sum_of_the_lines_is_the_order(self, brand: Brand, admin: Client) -> None:
        order = sell(brand, brand.a1, {"TEA": "2", "MILK": "1", "RICE": "1.5"}, 5573)
        line = OrderLine.objects.get(order=order, sku=brand.tea)
        OrderLine.objects.filter(pk=line.pk).update(discount_amount=98, net_amount=3900)
        Order.objects.filter(pk=order.pk).update(discount_amount=98, net_amount=5475)
        LineAdjustment.objects.create(line=line, kind="coupon_match", source="C-7", amount=98)

        answer = opened(admin, order)

        lines = panels(answer)["Lines"]
        assert [str(cell) for cell in lines.foot if str(cell)] == [
            "Sum",
            '<span class="qy-number">¥55.73</span>',
            "-¥0.98",
            '<span class="qy-number">¥54.75</span>',
        ]
        tea = next(row for row in lines.rows if "TEA" in str(row[0]))
        assert "¥19.99" in tea[2]
        assert PriceList.objects.get(is_base=True).display_name in tea[2]
        assert "Coupon match -¥0.98" in tea[4]
        assert "C-7" in tea[4]
        assert cards(answer)["Net amount"].value == "¥54.75"
        assert cards(answer)["Goods"].note == "3 each · 1.5 kilogram"

    def test_the_timeline_names_people_money_points_and_goods(
        self, brand: Brand, admin: Client
    ) -> None:
        order = sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)

        answer = opened(admin, order)

        line = answer.context["head"].sections[0]
        assert [step.at for step in line.steps] == sorted(step.at for step in line.steps)
        assert {str(step.what) for step in line.steps} >= {
            "Placed",
            "Completed",
            "Payment: captured ¥19.99",
            "Payment: settled ¥19.99",
            "Points +19",
            "Stock: sale",
        }
        assert str(line.steps[0].what) == "Placed"
        done = next(step for step in line.steps if str(step.what) == "Completed")
        assert done.who == "Clerk-A1-0"
        assert "staff:" not in answer.content.decode()

    def test_a_provider_is_quoted_by_its_own_reference(self, brand: Brand, admin: Client) -> None:
        order = wait(brand, {"TEA": "1"}, 1999)
        clerk = builders.clerk_at(brand.a1, "till")
        number = str(pay_with_provider(clerk, order.number, once(clerk))["number"])
        receive_notice(CaptureNotice("sandbox", "sb-4711", number, 1999))

        row = panels(opened(admin, order))["Payments"].rows[0]

        assert number in str(row[0])
        assert row[3] == "sb-4711"

    def test_who_sees_no_stock_and_no_points_is_shown_none(self, brand: Brand) -> None:
        order = wait(brand, {"TEA": "1"}, 1999)
        finance = signed_in(builders.build_staff("finance", roles.FINANCE))

        assert "Reservations" in panels(opened(finance, order))
        page = opened(finance, order).content.decode()
        assert "cancel/" not in page
        assert "is not cancelled" not in page

    def test_a_paid_order_says_why_it_is_not_cancelled(self, brand: Brand, admin: Client) -> None:
        paid = sell(brand, brand.a1, {"TEA": "1"}, 1999)
        waiting = wait(brand, {"TEA": "1"}, 1999)

        assert "its money would have to go back first" in opened(admin, paid).content.decode()
        assert "is not cancelled" not in opened(admin, waiting).content.decode()
        Payment.objects.create(
            number="P-WAITS",
            order=waiting,
            store=waiting.store,
            franchisee=waiting.franchisee,
            region=waiting.region,
            business_day=waiting.business_day,
            provider="sandbox",
            status="captured",
            amount=1999,
            captured_amount=1999,
            created_at=clock.now(),
            captured_at=clock.now(),
        )
        page = opened(admin, waiting).content.decode()
        assert "has arrived and is being settled" in page
        assert "/cancel/" not in page

    def test_the_portal_does_not_name_head_office_people(self, brand: Brand) -> None:
        order = wait(brand, {"TEA": "1"}, 1999)
        chief = builders.build_staff("chief", roles.HEAD_OFFICE_ADMIN)
        signed_in(chief).post(
            f"/admin/orders/order/{order.pk}/cancel/",
            {"_form_submitted": "on", "reason": "shopper rang", "key": "k" * 32},
        )
        owner = signed_in(
            builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
        )

        answer = opened(owner, order, "portal")

        step = answer.context["head"].sections[0].steps[-1]
        assert (str(step.what), step.who, step.why) == ("Cancelled", "Head office", "Shopper rang")
        assert "chief" not in answer.content.decode().lower()


class TestPayment:
    @pytest.mark.parametrize("site", ["admin", "portal"])
    def test_amount_order_provider_and_what_happened(self, brand: Brand, site: str) -> None:
        order = sell(brand, brand.a1, {"TEA": "1"}, 1999, member=brand.zhang)
        payment = Payment.objects.get(order=order)
        users = {
            "admin": lambda: builders.build_staff("finance", roles.FINANCE),
            "portal": lambda: builders.build_staff("lead", roles.STORE_MANAGER, store=brand.a1),
        }
        client = signed_in(users[site]())

        answer: Any = client.get(f"/{site}/payments/payment/{payment.pk}/change/")

        shown = cards(answer)
        assert {title: (card.value, str(card.note)) for title, card in shown.items()} == {
            "Payment amount": ("¥19.99", "cash ¥19.99"),
            "Order": ("Completed", order.number),
            "Provider": ("Store counter", "Captured"),
        }
        assert client.get(f"/{site}/{shown['Order'].url}").context["original"] == order
        assert told(answer.context["head"].sections) == [
            "Payment: captured ¥19.99",
            "Payment: settled ¥19.99",
        ]
        assert "must go back" not in answer.content.decode()


class TestSku:
    def test_prices_stock_and_sales_are_told(self, brand: Brand, admin: Client) -> None:
        vip = PriceList.objects.create(code="VIP", name="会员价", name_en="VIP price")
        builders.price_on(vip, brand.tea, 1799)
        sell(brand, brand.a1, {"TEA": "2"}, 3998)
        sell(brand, brand.b1, {"TEA": "1"}, 1999)
        wait(brand, {"TEA": "3"}, 5997)

        answer = opened(admin, brand.tea)

        shown = cards(answer)
        assert {title: card.value for title, card in shown.items()} == {
            "On sale": "On sale",
            "Base price": "¥19.99",
            "Available": "394",
            "Sold": "3 each",
            "Sales": "¥59.97",
        }
        assert shown["Available"].note == "3 reserved, at 4 locations"
        assert counted_at(admin, shown["Available"].url) == 4
        prices = panels(answer)["Prices"].rows
        assert ["-10.0%" in str(row[1]) for row in prices] == [False, True]
        assert len(panels(answer)["Stock by location"].rows) == 4
        plot = next(one for one in answer.context["panels"] if hasattr(one, "bars"))
        assert [bar.value for bar in plot.bars if bar.height] == ["¥59.97"]
        assert len(plot.bars) == 30

    def test_a_region_is_told_of_its_own(self, brand: Brand) -> None:
        north = builders.build_staff("north", roles.REGIONAL_MANAGER, region=brand.north)
        sell(brand, brand.a1, {"TEA": "2"}, 3998)
        sell(brand, brand.b1, {"TEA": "1"}, 1999)

        answer = opened(signed_in(north), brand.tea)

        shown = cards(answer)
        assert (shown["Available"].value, shown["Sold"].value) == ("99", "1 each")
        assert "A1" not in str(panels(answer)["Stock by location"].rows)
        assert len(panels(answer)["Movements"].rows) == 2

    @pytest.mark.parametrize(
        ("priced", "active", "value"), [(True, False, "Off sale"), (False, True, "No price")]
    )
    def test_why_nobody_can_buy_it_is_said(
        self, brand: Brand, admin: Client, priced: bool, active: bool, value: str
    ) -> None:
        Sku.objects.filter(pk=brand.tea.pk).update(is_active=active)
        if not priced:
            builders.without_price(brand.tea)

        assert cards(opened(admin, brand.tea))["On sale"].value == value


class TestStore:
    def test_today_what_waits_and_who_works_there(self, brand: Brand, admin: Client) -> None:
        sell(brand, brand.a1, {"TEA": "2"}, 3998)
        sell(brand, brand.b1, {"TEA": "1"}, 1999)
        wait(brand, {"TEA": "97"}, 193903)
        insights.rebuild(None, None, now=clock.now())
        weekday = clock.now().astimezone(clock.zone("Asia/Shanghai")).isoweekday()
        StoreHours.objects.create(
            store=brand.a1, weekday=weekday, opens_at="00:00", closes_at="23:59:59"
        )

        answer = opened(admin, brand.a1)

        shown = cards(answer)
        assert {title: card.value for title, card in shown.items()} == {
            "Now": "Open until 23:59",
            "Owner": "Anhe",
            "Sales today": "¥39.98",
            "Waiting for payment": "1",
            "Low stock": "1",
            "Staff": "2",
        }
        assert str(shown["Now"].note) == "Today 00:00–23:59"
        assert counted_at(admin, shown["Sales today"].url) == 1
        assert counted_at(admin, shown["Waiting for payment"].url) == 1
        assert counted_at(admin, shown["Low stock"].url) == 1
        assert counted_at(admin, shown["Staff"].url) == 2
        assert len(panels(answer)["Staff"].rows) == 2

    def test_a_frozen_store_is_not_open(self, brand: Brand, admin: Client) -> None:
        type(brand.a1).objects.filter(pk=brand.a1.pk).update(status="frozen")

        card = cards(opened(admin, brand.a1))["Now"]

        assert (card.value, card.tone) == ("Frozen", "warning")

    def test_who_may_not_see_staff_is_told_of_none(self, brand: Brand) -> None:
        finance = signed_in(builders.build_staff("finance", roles.FINANCE))

        answer = opened(finance, brand.a1)

        assert "Staff" not in cards(answer)
        assert "Staff" not in panels(answer)


def test_a_member_without_anything_shows_no_empty_figures(brand: Brand, admin: Client) -> None:
    new = members.enrol_member(builders.SYSTEM, identities={"phone": "13511112222"}, name="新人")

    answer = opened(admin, Member.objects.get(pk=new.pk))

    assert cards(answer)["Average basket"].value == "–"
    assert told(answer.context["panels"]) == ["Enrolled"]
