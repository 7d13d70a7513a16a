"""Head office narrows the assortment, and asks why something is sold somewhere, or is not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.org import rules as roles
from apps.org.models import StoreGroup, StoreGroupMember
from apps.products import services
from apps.products.models import AssortmentRule, Product
from apps.products.services import GivenRule
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db

LIST = "/admin/products/assortmentrule/"
REASON = {"_form_submitted": "on", "reason": "夏季停售"}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def office(brand: Brand) -> Client:
    return signed_in(builders.build_staff("operator", roles.OPERATIONS))


def rule(action: str, **given: Any) -> AssortmentRule:
    return services.set_assortment_rule(SYSTEM, GivenRule(action, **given), reason="夏季停售")


def spaced(answer: Any) -> str:
    return " ".join(answer.content.decode().split())


def listed(office: Client, query: str) -> list[int]:
    text = spaced(office.get(f"{LIST}?{query}"))
    return [row.pk for row in AssortmentRule.objects.order_by("-pk") if f"{LIST}{row.pk}/" in text]


def sent(**given: Any) -> dict[str, Any]:
    return {"action": "exclude", "reason": "夏季停售"} | given


def test_a_rule_is_set_by_its_form(brand: Brand, office: Client) -> None:
    given = sent(category=brand.tea.product.category_id, region=brand.east.pk)
    assert office.post(f"{LIST}add/", given).status_code == 302
    made = AssortmentRule.objects.get()
    assert (made.action, made.region_id, made.sku_id) == ("exclude", brand.east.pk, None)
    assert (made.set_by, made.reason) == ("operator", "夏季停售")
    line = AuditLine.objects.get(action="products.set_assortment_rule")
    assert line.object_key == str(made.pk)
    assert not AuditLine.objects.filter(action="products.create_assortmentrule").exists()


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "A rule is for one SKU, one product or one category."),
        ({"product": "tea"}, "A rule is for one SKU, one product or one category."),
        ({"store": "a1", "region": "east"}, "A rule holds at one store"),
        ({"ends_at_0": "2020-01-01", "ends_at_1": "00:00"}, "A rule must end after it starts."),
        ({"starts_at_0": "2020-01-01", "starts_at_1": "00:00"}, "A rule begins and ends now"),
        ({"reason": ""}, "This field is required."),
        ({"reason": "x"}, "Say why"),
        ({"store": "999999"}, "Select a valid choice"),
        ({"action": "hide"}, "Select a valid choice"),
    ],
)
def test_what_is_no_rule_is_refused_beside_the_form(
    brand: Brand, office: Client, given: dict[str, str], said: str
) -> None:
    rows = {"tea": brand.tea.product_id, "a1": brand.a1.pk, "east": brand.east.pk}
    named = {name: rows.get(value, value) for name, value in given.items()}
    target = {} if given == {} else {"sku": brand.tea.pk}
    answer = office.post(f"{LIST}add/", sent(**target | named))
    assert answer.status_code == 200
    assert said in spaced(answer)
    assert not AssortmentRule.objects.exists()


def test_a_rule_is_not_edited_but_ended(brand: Brand, office: Client) -> None:
    kept = rule("exclude", sku="TEA")
    assert office.post(f"{LIST}{kept.pk}/change/", sent(action="include")).status_code == 403
    assert office.post(f"{LIST}{kept.pk}/delete/", {"post": "yes"}).status_code == 403
    assert office.post(f"{LIST}{kept.pk}/call_off/", REASON).status_code == 403
    assert office.post(f"{LIST}{kept.pk}/end/", REASON).status_code == 302
    kept.refresh_from_db()
    assert kept.action == "exclude"
    assert kept.ends_at is not None
    assert kept.ends_at <= clock.now()
    assert office.post(f"{LIST}{kept.pk}/end/", REASON).status_code == 403
    assert AuditLine.objects.filter(action="products.end_assortment_rule").count() == 1


def test_a_rule_that_waits_is_called_off(brand: Brand, office: Client) -> None:
    waits = rule("exclude", sku="TEA", starts_at=clock.now() + timedelta(hours=1))
    page = f"{LIST}{waits.pk}/"
    assert "scheduled" in spaced(office.get(f"{page}change/")).lower()
    assert office.post(f"{page}end/", REASON).status_code == 403
    answer = office.post(f"{page}call_off/", REASON)
    assert (answer.status_code, answer["Location"]) == (302, LIST)
    assert not AssortmentRule.objects.exists()


def test_rules_are_found_by_where_they_hold(brand: Brand, office: Client) -> None:
    StoreGroup.objects.create(code="TOP", name="旗舰")
    store = rule("exclude", sku="TEA", store="A1").pk
    group = rule("include", category="FOOD", group="TOP").pk
    region = rule("exclude", product="MILK", region="NORTH", channel="mini").pk
    everywhere = rule("exclude", sku="RICE").pk
    assert listed(office, "") == [everywhere, region, group, store]
    assert listed(office, "store=A1") == [store]
    assert listed(office, "group=TOP") == [group]
    assert listed(office, "region=NORTH") == [region]
    assert listed(office, "channel=mini") == [region]
    assert listed(office, "category=FOOD") == [group]
    assert listed(office, "action__exact=include") == [group]
    assert listed(office, "q=tea") == [store]


def test_who_runs_one_region_sees_the_rules_of_others_not(brand: Brand) -> None:
    own = rule("exclude", sku="TEA", store="A1").pk
    everywhere = rule("exclude", sku="RICE").pk
    others = [rule("exclude", sku="TEA", store="B1"), rule("exclude", sku="TEA", region="NORTH")]
    east = signed_in(builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east))
    assert listed(east, "") == [everywhere, own]
    for other in others:
        assert east.get(f"{LIST}{other.pk}/change/").status_code == 404
    text = spaced(east.get(f"/admin/products/sku/{brand.tea.pk}/change/"))
    assert f"{LIST}{own}/change/" in text
    assert "B1" not in text


def test_the_page_of_a_sku_says_where_it_is_sold(brand: Brand, office: Client) -> None:
    page = f"/admin/products/sku/{brand.tea.pk}/change/"
    assert "Sold everywhere: no rule names it." in spaced(office.get(page))
    Product.objects.filter(code="TEA").update(listing="named")
    assert "Sold nowhere: it is sold only where a rule includes it" in spaced(office.get(page))
    about = [
        rule("include", sku="TEA", store="A1"),
        rule("include", product="TEA", channel="mini"),
        rule("exclude", category="FOOD", region="EAST"),
    ]
    other, over = rule("exclude", sku="RICE"), rule("exclude", sku="TEA")
    services.end_assortment_rule(SYSTEM, over.pk, reason="恢复")
    text = spaced(office.get(page))
    assert all(f"{LIST}{one.pk}/change/" in text for one in about)
    assert not any(f"{LIST}{one.pk}/change/" in text for one in (other, over))


# ----- is it sold?


def ask(office: Client, brand: Brand, **given: str) -> str:
    query = {"store": "A1", "channel": "pos", "at": ""} | given
    url = f"/admin/products/sku/{brand.tea.pk}/is_sold/"
    return spaced(office.get(url, query))


def test_the_page_answers_why(brand: Brand, office: Client) -> None:
    assert "sold everywhere, and no rule says otherwise" in ask(office, brand)
    kept = rule("exclude", sku="TEA", store="A1")
    text = ask(office, brand, store="a1")
    assert f"Excluded by rule {kept.pk} “夏季停售” since" in text
    assert "Not sold" in text
    assert f"{LIST}{kept.pk}/change/" in text
    assert "no rule says otherwise" in ask(office, brand, store="A2")
    before = clock.now() - timedelta(minutes=2)
    with override("en"):
        told = ask(office, brand, at=before.astimezone(clock.zone("Asia/Shanghai")).isoformat())
    assert "Excluded" not in told
    included = rule("include", sku="TEA", store="A1", channel="pos")
    assert f"Included by rule {included.pk} “夏季停售” since" in ask(office, brand)
    Product.objects.filter(code="TEA").update(status="retired")
    assert "The product is not active." in ask(office, brand)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"store": "NOPE"}, "There is no such store."),
        ({"store": ""}, "This field is required."),
        ({"channel": "nope"}, "Select a valid choice"),
        ({"at": "yesterday"}, "Enter a valid date/time."),
    ],
)
def test_what_cannot_be_asked_is_said(
    brand: Brand, office: Client, given: dict[str, str], said: str
) -> None:
    assert said in ask(office, brand, **given)


def test_a_store_that_is_not_seen_is_none(brand: Brand) -> None:
    east = signed_in(builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east))
    assert "There is no such store." in ask(east, brand, store="B1")
    assert "There is no such store." not in ask(east, brand, store="A1")


def test_statements_of_the_answer_do_not_grow(brand: Brand, office: Client) -> None:
    url = f"/admin/products/sku/{brand.tea.pk}/is_sold/?store=A1&channel=pos&at="
    _answer, before = counted(office, url)
    for number in range(10):
        rule("include" if number % 2 else "exclude", sku="TEA", store="A1")
    _answer, after = counted(office, url)
    assert after == before


# ----- store groups


def test_stores_are_put_into_a_group_on_its_page(brand: Brand, office: Client) -> None:
    inline = {
        "members-TOTAL_FORMS": "2",
        "members-INITIAL_FORMS": "0",
        "members-0-store": str(brand.a1.pk),
        "members-1-store": str(brand.b1.pk),
    }
    given = {"code": "TOP", "name": "旗舰", "name_en": "Flagship"}
    assert office.post("/admin/org/storegroup/add/", given | inline).status_code == 302
    group = StoreGroup.objects.get()
    stores = StoreGroupMember.objects.filter(group=group).values_list("store__code", flat=True)
    assert sorted(stores) == ["A1", "B1"]
    twice = inline | {"members-1-store": str(brand.a1.pk)}
    again = office.post("/admin/org/storegroup/add/", given | {"code": "TWICE"} | twice)
    assert again.status_code == 200
    assert not StoreGroup.objects.filter(code="TWICE").exists()
