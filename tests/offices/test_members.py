"""What somebody who sees a member for a part only is told: nothing of where else the member shops."""

import csv
import html
import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from apps.accounts.models import User
from apps.flows.place_order import place_order
from apps.jobs import services as jobs
from apps.jobs.rules import Asked
from apps.members import services as members
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org.models import Store
from apps.org.offices.sites import head_office, portal
from apps.org.selectors import actor_of_user
from tests import builders
from tests.builders import Brand, once, sale_of
from tests.offices.pages import counted, list_of, page_of, root, signed_in

pytestmark = pytest.mark.django_db

FAR_STORE = ("FAR77", "西北旗店", "Farthest")
"""Code and names of the store that acquired Li: nothing of them may be told."""


@pytest.fixture
def brand() -> Brand:
    """Li is acquired by a store of another owner and region, and consents to A1."""
    brand = builders.build_brand()
    code, name, name_en = FAR_STORE
    Store.objects.filter(pk=brand.b1.pk).update(code=code, name=name, name_en=name_en)
    brand.b1.refresh_from_db()
    consents(brand, "A1")
    return brand


def consents(brand: Brand, store: str) -> None:
    li = builders.member_actor(brand.li)
    members.give_consent(li, "me", store_code=store, identities={})


def withdraws(brand: Brand, store: str) -> None:
    members.withdraw_consent(builders.member_actor(brand.li), "me", store_code=store)


def owner(brand: Brand) -> User:
    return builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)


def regional_manager(brand: Brand) -> User:
    return builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east)


def sell(store: Store, member: Member) -> Order:
    clerk = builders.clerk_at(store, f"clerk{Order.objects.count()}")
    made = place_order(clerk, sale_of(store, {"TEA": "1"}, 1999, member=member), once(clerk))
    return Order.objects.get(number=made["number"])


def told_of(page: str) -> set[str]:
    """What of the far store stands in a page, also where it is written as entities."""
    return {word for word in FAR_STORE if word in page + html.unescape(page)}


@pytest.mark.parametrize(
    ("site", "who"), [(portal, owner), (head_office, regional_manager)], ids=["portal", "admin"]
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_no_page_tells_the_home_store_of_a_consenting_member(
    brand: Brand, site: Any, who: Callable[[Brand], User], language: str
) -> None:
    sell(brand.b1, brand.li)  # what happened there is none of theirs either
    sell(brand.a1, brand.li)
    client = signed_in(who(brand), language)

    for url in (
        page_of(site, brand.li),
        list_of(site, Member),
        f"{list_of(site, Member)}?known=consented",
    ):
        page = client.get(url).content.decode()
        assert brand.li.number in page, url
        assert told_of(page) == set(), url
    found = client.post(f"{root(site)}search/", {"s": brand.li.number}).content.decode()
    assert page_of(site, brand.li) in found
    assert told_of(found) == set()
    own = client.get(page_of(site, brand.zhang)).content.decode()
    assert {"en": "A1", "zh-hans": "A1店"}[language] in own


def test_head_office_is_told_where_everybody_belongs(brand: Brand) -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    page = admin.get(page_of(head_office, brand.li)).content.decode()

    assert "Farthest" in told_of(page)


def test_a_file_tells_no_foreign_home_store(brand: Brand) -> None:
    actor = actor_of_user(owner(brand))
    wanted = Asked("csv", ("number", "store"), (), "")
    job = jobs.create_export(
        actor, subject="members.member", office="portal", query="", asked=wanted
    )
    jobs.run_due()
    job.refresh_from_db()
    text = b"".join(jobs.open_file(actor, job, "result")).decode("utf-8-sig")

    rows = dict(row[:2] for row in csv.reader(text.splitlines()[1:]))
    assert set(rows) == {brand.zhang.number, brand.li.number}
    assert "A1" in rows[brand.zhang.number]
    assert told_of(text) == set()


class TestLinksToMembers:
    """A number is a link exactly where its page opens."""

    @staticmethod
    def links(client: Client, url: str) -> set[str]:
        page = client.get(url).content.decode()
        return set(re.findall(r'href="(/\w+/members/member/\d+/change/)"', page))

    @pytest.mark.parametrize(
        ("site", "who"), [(portal, owner), (head_office, regional_manager)], ids=["portal", "admin"]
    )
    def test_a_buyer_is_a_link_where_the_person_sees_the_member(
        self, brand: Brand, site: Any, who: Callable[[Brand], User]
    ) -> None:
        own, foreign = sell(brand.a1, brand.zhang), sell(brand.a1, brand.li)
        withdraws(brand, "A1")
        client = signed_in(who(brand))

        listed = client.get(list_of(site, Order)).content.decode()
        assert brand.li.number in listed
        assert self.links(client, list_of(site, Order)) == {page_of(site, brand.zhang)}
        assert self.links(client, page_of(site, own)) == {page_of(site, brand.zhang)}
        shown = client.get(page_of(site, foreign)).content.decode()
        assert brand.li.number in shown
        assert self.links(client, page_of(site, foreign)) == set()
        assert client.get(page_of(site, brand.li)).status_code == 404

        consents(brand, "A1")

        assert page_of(site, brand.li) in self.links(client, list_of(site, Order))
        assert self.links(client, page_of(site, foreign)) == {page_of(site, brand.li)}
        assert client.get(page_of(site, brand.li)).status_code == 200

    def test_who_sees_orders_and_no_members_is_led_to_none(self, brand: Brand) -> None:
        order = sell(brand.a1, brand.zhang)
        finance = signed_in(builders.build_staff("finance", roles.FINANCE))

        assert brand.zhang.number in finance.get(list_of(head_office, Order)).content.decode()
        assert self.links(finance, list_of(head_office, Order)) == set()
        assert self.links(finance, page_of(head_office, order)) == set()

    def test_every_list_and_page_of_a_region_leads_to_members_it_sees(self, brand: Brand) -> None:
        """Points that its stores gave, and consents that ended, are of members it may not see."""
        sell(brand.a1, brand.zhang)
        sell(brand.a1, brand.li)
        withdraws(brand, "A1")
        client = signed_in(regional_manager(brand))
        allowed, looked_at = {page_of(head_office, brand.zhang)}, 0

        for model in head_office._registry:
            answer: Any = client.get(list_of(head_office, model))
            if answer.status_code != 200:
                continue
            assert self.links(client, list_of(head_office, model)) <= allowed, model
            for row in answer.context["cl"].result_list if "cl" in answer.context else []:
                looked_at += 1
                assert self.links(client, page_of(head_office, row)) <= allowed, row
        assert looked_at > 20

    def test_links_cost_no_statement_for_each_row(self, brand: Brand) -> None:
        client = signed_in(regional_manager(brand))
        sell(brand.a1, brand.zhang)
        _answer, few = counted(client, list_of(head_office, Order))
        for _number in range(3):
            sell(brand.a1, brand.zhang)
            sell(brand.a1, brand.li)

        _answer, many = counted(client, list_of(head_office, Order))

        assert many == few


def cards(client: Client, url: str) -> dict[str, Any]:
    answer: Any = client.get(url)
    return {str(card.title): card for card in answer.context["head"].cards}


def test_a_balance_of_all_stores_says_so_beside_figures_of_some(brand: Brand) -> None:
    sell(brand.a1, brand.zhang)
    sell(brand.b1, brand.zhang)

    for site, user in ((portal, owner(brand)), (head_office, regional_manager(brand))):
        client = signed_in(user)
        shown = cards(client, page_of(site, brand.zhang))
        balance = shown["Points balance"]
        assert (balance.value, str(balance.note), balance.url) == (
            "38",
            "Balance at all stores",
            "",
        )
        assert (shown["Points earned"].value, shown["Points burned"].value) == ("19", "0")
        assert shown["Points earned"].url
        assert (
            "Orders, money, and points earned and burned are those of the stores whose data you see; "
            "the points balance is that of all stores."
        ) in client.get(page_of(site, brand.zhang)).content.decode()

    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    whole = cards(admin, page_of(head_office, brand.zhang))
    assert (whole["Points balance"].value, whole["Points earned"].value) == ("38", "38")
    assert (str(whole["Points balance"].note), bool(whole["Points balance"].url)) == ("", True)
