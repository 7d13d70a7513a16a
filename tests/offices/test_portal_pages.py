"""The portal's badge, tasks, lists and store cards: own stores only, each count that of its list."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils.translation import override

from apps.accounts.models import User
from apps.common import clock
from apps.flows.pay_order import pay_with_provider
from apps.flows.place_order import place_order
from apps.flows.receive_notice import receive_notice
from apps.insights import services as insights
from apps.inventory.models import Stock
from apps.jobs.models import Job
from apps.loyalty.models import PointsEntry
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org.models import Store, StoreHours
from apps.org.offices.coverage import NAMED_STORES
from apps.org.offices.sites import head_office, portal
from apps.org.offices.store_card import open_text
from apps.org.offices.tasks import Task
from apps.payments.models import Payment
from apps.payments.services import CaptureNotice
from tests import builders
from tests.builders import SYSTEM, Brand, once
from tests.offices.pages import counted, list_of, page_of, signed_in
from tests.offices.plenty import make_refund_due

pytestmark = pytest.mark.django_db

NOON = "2026-11-25 04:00:00Z"
"""A Wednesday, noon in Shanghai."""


def pay(number: str, amount: int) -> None:
    """The shopper pays through the provider; the order is paid and waits to be fulfilled."""
    opened = pay_with_provider(SYSTEM, number, once(SYSTEM))
    receive_notice(CaptureNotice("sandbox", f"ref-{number}", str(opened["number"]), amount))


def order_at(store: Store, member: Member | None = None) -> str:
    request = builders.unpaid_order_of(store, {"MILK": "1"}, 300, member=member)
    return str(place_order(SYSTEM, request, once(SYSTEM))["number"])


def sell(store: Store, lines: dict[str, str], total: int, member: Member | None = None) -> Order:
    sale = builders.sale_of(store, lines, total, member=member)
    return Order.objects.get(number=place_order(SYSTEM, sale, once(SYSTEM))["number"])


@pytest.fixture
def brand() -> Brand:
    """The same at A1 and B1: a sale to refund, an order to fulfil, one unpaid and due, one just
    placed; and all but 5 TEA sold."""
    with time_machine.travel(NOON, tick=False) as at:
        made = builders.build_brand()
        for store, member in ((made.a1, made.zhang), (made.b1, made.li)):
            sold = sell(store, {"TEA": "95"}, 95 * 1999, member)
            make_refund_due(Payment.objects.get(order=sold))
            pay(order_at(store, member), 300)
            order_at(store, member)
        at.shift(timedelta(minutes=25))
        for store in (made.a1, made.b1):
            order_at(store)
        insights.refresh(now=clock.now())
    return made


def owner_of(brand: Brand) -> User:
    return builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


def words(answer: Any) -> set[str]:
    return set(re.findall(r"[A-Za-z0-9]+", answer.content.decode()))


def rows_of(client: Client, url: str) -> list[Any]:
    answer: Any = client.get(url)
    assert answer.status_code == 200
    return list(answer.context["cl"].result_list)


def tasks_of(client: Client) -> dict[str, Task]:
    context: Any = client.get("/portal/tasks/").context
    found = [*context["open_tasks"], *context["done_tasks"]]
    return {str(task.title): task for task in found}


@time_machine.travel("2026-11-25 04:25:00Z", tick=False)
def test_each_task_counts_the_rows_of_its_list_and_tells_the_age_of_the_oldest(
    brand: Brand,
) -> None:
    user = owner_of(brand)
    job = builders.build_job(user, number="JOBFAILED")
    ended = clock.now() - timedelta(hours=30)
    Job.objects.filter(pk=job.pk).update(status="failed", ended_at=ended)
    client = signed_in(user)

    found = tasks_of(client)

    assert {title: (task.waiting.text, task.age) for title, task in found.items()} == {
        "Payment runs out soon": ("1", "25 minutes"),
        "Orders to fulfil": ("1", "25 minutes"),
        "Refunds due": ("1", "25 minutes"),
        "Not settled": ("0", ""),
        "Low stock": ("1", ""),
        "Failed jobs": ("1", "1 day"),
        "Waiting for your approval": ("0", ""),
    }
    for task in found.values():
        assert len(rows_of(client, f"/portal/{task.url}")) == task.waiting.count, task.title


@time_machine.travel("2026-11-25 04:25:00Z", tick=False)
def test_tasks_equal_head_offices_rows_for_the_same_stores(brand: Brand) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(owner_of(brand))

    for query, model, narrowed in (
        ("status__exact=paid", Order, "franchisee=ANHE"),
        ("status__exact=pending_payment", Order, "franchisee=ANHE"),
        ("care=refund_due", Payment, "store=A1"),
        ("available=low", Stock, "store=A1"),
        ("", PointsEntry, "q=" + brand.zhang.number),
    ):
        theirs = rows_of(owner, f"{list_of(portal, model)}?{query}")
        ours = rows_of(admin, f"{list_of(head_office, model)}?{query}&{narrowed}")
        assert {row.pk for row in theirs} == {row.pk for row in ours}, model
        assert theirs


def test_a_request_of_ones_own_is_no_task_and_not_in_its_list(brand: Brand) -> None:
    partner = builders.build_staff("partner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    user = owner_of(brand)
    for asker, name in ((partner, "hand"), (user, "other")):
        User.objects.create_user(name, builders.PASSWORD)
        hand = User.objects.get(username=name)
        builders.ask_for_role(org.actor_of_user(asker), hand, roles.CLERK, store="A1")
    client = signed_in(user)

    task = tasks_of(client)["Waiting for your approval"]

    assert task.waiting.count == 1
    (row,) = rows_of(client, f"/portal/{task.url}")
    assert row.requester == partner


@pytest.mark.parametrize("role", [roles.STORE_MANAGER, roles.CLERK])
def test_people_of_a_store_have_its_tasks_and_no_approvals(brand: Brand, role: str) -> None:
    client = signed_in(builders.build_staff("person", role, store=brand.a2))

    found = tasks_of(client)

    assert {title: task.waiting.count for title, task in found.items()} == {
        "Payment runs out soon": 0,
        "Orders to fulfil": 0,
        "Refunds due": 0,
        "Not settled": 0,
        "Low stock": 0,
        "Failed jobs": 0,
    }
    assert "Nothing waits for you." in client.get("/portal/tasks/").content.decode()
    assert client.post("/portal/tasks/").status_code == 405


def test_every_page_says_which_stores_it_covers(brand: Brand) -> None:
    client = signed_in(owner_of(brand))
    order = Order.objects.filter(store=brand.a1).earliest("id")
    foreign = Order.objects.filter(store=brand.b1).earliest("id")
    lists = [list_of(portal, model) for model in portal._registry]

    for url in (
        "/portal/",
        "/portal/tasks/",
        "/portal/security/",
        "/portal/accounts/user/add/",
        *lists,
        page_of(portal, order),
        page_of(portal, brand.a1),
        page_of(portal, foreign),  # which is not there
    ):
        answer = client.get(url)
        text = html.unescape(answer.content.decode())
        assert "Data of my 2 stores" in text, url
        assert "A1 · A2" in text, url
        assert "B1" not in words(answer), url
    page = Client().get("/portal/login/").content.decode()
    assert "Data of my" not in page
    clerk = signed_in(builders.build_staff("clerk", roles.CLERK, store=brand.a2))
    assert "Data of my store" in clerk.get("/portal/").content.decode()


def test_the_badge_names_some_and_counts_the_rest_in_one_statement(brand: Brand) -> None:
    client = signed_in(owner_of(brand))
    _answer, few = counted(client, "/portal/tasks/")
    for number in range(NAMED_STORES + 1):
        builders.build_store(f"N{number}", brand.east, brand.anhe)

    answer, many = counted(client, "/portal/tasks/")

    assert many == few
    page = answer.content.decode()
    assert f"Data of my {NAMED_STORES + 3} stores" in page
    assert "and 3 more" in page
    assert {f"N{n}" for n in range(9)} & words(answer) == {f"N{n}" for n in range(6)}


@pytest.mark.parametrize("model", [Payment, PointsEntry, Store])
def test_lists_hold_own_rows_only_and_pages_of_others_are_not_there(
    brand: Brand, model: Any
) -> None:
    client = signed_in(owner_of(brand))
    at = "pk" if model is Store else "store"
    own = model.objects.filter(**{f"{at}__in": [brand.a1.pk, brand.a2.pk]})
    foreign = model.objects.filter(**{at: brand.b1.pk}).first()

    shown = rows_of(client, list_of(portal, model))

    assert {row.pk for row in shown} == set(own.values_list("pk", flat=True))
    assert client.get(page_of(portal, own.first())).status_code == 200
    assert client.get(page_of(portal, foreign)).status_code == 404
    if model is not Store:
        assert rows_of(client, f"{list_of(portal, model)}?store=B1") == []


@time_machine.travel("2026-11-25 04:25:00Z", tick=False)
def test_the_card_of_a_store_tells_what_its_lists_hold(brand: Brand) -> None:
    client = signed_in(owner_of(brand))
    builders.build_staff("clerk", roles.CLERK, store=brand.a1)

    answer: Any = client.get(page_of(portal, brand.a1))
    cards = {str(card.title): card for card in answer.context["head"].cards}

    assert {title: card.value for title, card in cards.items()} == {
        "Sales": "¥1,902.05",
        "Orders": "2",
        "Orders to fulfil": "1",
        "Low stock": "1",
        "Refunds due": "1",
    }
    for title in ("Orders", "Orders to fulfil", "Low stock", "Refunds due"):
        found = rows_of(client, f"/portal/{cards[title].url}")
        assert f"{len(found):,}" == cards[title].value, title
    page = answer.content.decode()
    assert page_of(portal, User.objects.get(username="clerk")) in page
    assert "Anhe" in page
    as_clerk = signed_in(User.objects.get(username="clerk")).get(page_of(portal, brand.a1))
    assert "/portal/accounts/user/" not in as_clerk.content.decode()


def test_a_new_owner_sees_nothing_of_the_owner_before(brand: Brand) -> None:
    """The store is theirs today: its stock counts, past sales and the former contract do not."""
    Store.objects.filter(pk=brand.b1.pk).update(franchisee=brand.anhe)
    brand.b1.tenures.update(contract="HT-BAICHUAN")
    client = signed_in(owner_of(brand))

    answer: Any = client.get(page_of(portal, brand.b1))
    cards = {str(card.title): card.value for card in answer.context["head"].cards}

    assert (cards["Orders to fulfil"], cards["Refunds due"]) == ("0", "0")
    assert cards["Low stock"] == "1"
    assert "Baichuan" not in answer.content.decode()
    assert "HT-BAICHUAN" not in answer.content.decode()


@pytest.mark.parametrize(
    ("hour", "said"),
    [
        ("00:30", "opens at 09:00"),
        ("01:00", "open until 21:30"),
        ("13:29", "open until 21:30"),
        ("13:30", "closed now"),
    ],
)
def test_a_store_is_open_by_its_own_clock(brand: Brand, hour: str, said: str) -> None:
    """Hours of 2026-11-25, a Wednesday, in UTC; Shanghai is eight hours ahead."""
    StoreHours.objects.create(store=brand.a1, weekday=3, opens_at="09:00", closes_at="21:30")
    store = brand.a1

    with time_machine.travel(f"2026-11-25 {hour}:00Z", tick=False):
        assert said_of(store) == said
    with time_machine.travel("2026-11-26 04:00:00Z", tick=False):
        assert said_of(store) == "closed now"
        Store.objects.filter(pk=store.pk).update(status="frozen")
        assert said_of(Store.objects.get(pk=store.pk)) == "frozen"
    assert said_of(brand.a2) == "hours not named"


def said_of(store: Store) -> str:
    with override("en"):
        return open_text(store, {one.weekday: one for one in store.hours.all()}, clock.now())
