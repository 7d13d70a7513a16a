"""After a hand-over: each owner's numbers equal the rows behind their links, by the owner of the day."""

import html
import re
from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import User
from apps.common import clock
from apps.flows.place_order import place_order
from apps.insights import services as insights
from apps.loyalty.models import PointsEntry
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org.models import Store, Tenure
from apps.org.offices.sites import head_office, portal
from apps.payments.models import Payment
from tests import builders
from tests.builders import SYSTEM, Brand, once
from tests.offices.pages import counted, list_of, signed_in

pytestmark = pytest.mark.django_db

BEFORE, AFTER = "2026-11-24 04:00:00Z", "2026-11-25 04:00:00Z"


def sell(store: Store, amount: int, member: Member) -> None:
    sale = builders.sale_of(store, {"MILK": str(amount // 300)}, amount, member=member)
    place_order(SYSTEM, sale, once(SYSTEM))


@pytest.fixture
def brand() -> Brand:
    """Two sales at A1 under ANHE in the east; today it is BAICHUAN's in the north, and sold once."""
    with time_machine.travel(BEFORE, tick=False):
        made = builders.build_brand()
        for amount in (300, 600):
            sell(made.a1, amount, made.zhang)
    with time_machine.travel(AFTER, tick=False):
        today = clock.business_day(clock.now(), "Asia/Shanghai")
        Tenure.objects.filter(store=made.a1).update(ends_on=today)
        Tenure.objects.create(
            store=made.a1, region=made.north, franchisee=made.baichuan, starts_on=today
        )
        Store.objects.filter(pk=made.a1.pk).update(franchisee=made.baichuan, region=made.north)
        sell(made.a1, 900, made.zhang)
        insights.rebuild(None, None, now=clock.now())
    return made


def owner(brand: Brand, which: str) -> Client:
    franchisee = {"anhe": brand.anhe, "baichuan": brand.baichuan}[which]
    return signed_in(builders.build_staff(which, roles.FRANCHISE_OWNER, franchisee=franchisee))


def rows_of(client: Client, url: str) -> int:
    answer: Any = client.get(url)
    assert answer.status_code == 200
    return int(answer.context["cl"].result_count)


@time_machine.travel("2026-11-25 04:30:00Z", tick=False)
@pytest.mark.parametrize(("which", "count"), [("anhe", 2), ("baichuan", 1)])
def test_the_ranking_of_an_owner_leads_to_as_many_orders(
    brand: Brand, which: str, count: int
) -> None:
    client = owner(brand, which)

    page = client.get("/portal/?period=7").content.decode()
    (link,) = re.findall(r'href="(/portal/orders/order/\?[^"]*store=A1)"', page)
    (row,) = re.findall(r"store=A1\".*?</tr>", page, re.DOTALL)

    assert re.findall(r">\s*(\d+)\s*<", row)[0] == str(count)
    assert rows_of(client, html.unescape(link)) == count


@time_machine.travel("2026-11-25 04:30:00Z", tick=False)
@pytest.mark.parametrize(("region", "count"), [("east", 2), ("north", 1)])
def test_the_ranking_of_a_region_leads_to_as_many_orders(
    brand: Brand, region: str, count: int
) -> None:
    manager = builders.build_staff("r", roles.REGIONAL_MANAGER, region=getattr(brand, region))
    client = signed_in(manager)

    page = client.get("/admin/?period=7").content.decode()
    (link,) = re.findall(r'href="(/admin/orders/order/\?[^"]*store=A1)"', page)

    assert rows_of(client, html.unescape(link)) == count


@pytest.mark.parametrize("model", [Order, Payment, PointsEntry])
@pytest.mark.parametrize(("which", "count"), [("anhe", 2), ("baichuan", 1)])
def test_documents_are_found_by_the_store_of_their_day(
    brand: Brand, model: Any, which: str, count: int
) -> None:
    client = owner(brand, which)
    url = f"{list_of(portal, model)}?store=A1"

    assert rows_of(client, url) == count
    assert rows_of(client, url.replace("A1", "B1")) == 0


def test_documents_of_head_office_are_found_by_any_store(brand: Brand) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    assert rows_of(client, f"{list_of(head_office, Order)}?store=a1") == 3


def test_former_stores_are_offered_and_said_on_every_page(brand: Brand) -> None:
    former, present = owner(brand, "anhe"), owner(brand, "baichuan")
    orders = list_of(portal, Order)

    page = html.unescape(former.get(orders).content.decode())
    theirs = html.unescape(present.get(orders).content.decode())

    former_store = Store.objects.get(code="A1")
    offered = f"{former_store} (former)"
    assert re.findall(r"<option[^>]*>\s*(.*? \(former\))\s*</option>", page) == [offered]
    assert "Data of my store" in page
    assert "and 1 former store (documents until hand-over)" in page
    assert "former" not in theirs.replace("/former", "")
    assert "Data of my 2 stores" in theirs
    stock = html.unescape(former.get("/portal/inventory/stock/").content.decode())
    assert str(Store.objects.get(code="A2")) in stock
    assert offered not in stock
    assert str(former_store) not in stock


def test_former_stores_cost_no_statement(brand: Brand) -> None:
    client = owner(brand, "anhe")
    _answer, with_one = counted(client, "/portal/tasks/")
    Tenure.objects.filter(store=brand.a1, ends_on=None).update(franchisee=brand.anhe)
    Store.objects.filter(pk=brand.a1.pk).update(franchisee=brand.anhe)

    assert counted(client, "/portal/tasks/")[1] == with_one


def test_a_store_that_comes_later_is_no_former_one(brand: Brand) -> None:
    soon = clock.now().date() + timedelta(days=30)
    Tenure.objects.filter(store=brand.b1).update(ends_on=soon)
    Tenure.objects.create(store=brand.b1, region=brand.north, franchisee=brand.anhe, starts_on=soon)
    actor = org.actor_of_user(
        builders.build_staff("anhe", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    )

    found = {store.code: store.former for store in org.stores_once_of(actor)}

    assert found == {"A1": True, "A2": False}


def test_an_owner_of_former_stores_only_is_told_so(brand: Brand) -> None:
    Store.objects.filter(pk=brand.a2.pk).update(franchisee=brand.baichuan)
    user = builders.build_staff("anhe", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    assert isinstance(user, User)

    page = html.unescape(signed_in(user).get("/portal/tasks/").content.decode())

    assert "Data of my" not in page
    assert "2 former stores (documents until hand-over)" in page
