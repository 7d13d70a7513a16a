"""A product is drafted, reviewed, sold and retired; two people let it be sold."""

from collections.abc import Callable

import pytest
from django.utils import translation

from apps.accounts.actor import Actor
from apps.accounts.models import Approval, AuditLine, User
from apps.flows.approvals import describe, request_approval
from apps.flows.decide_approval import approve
from apps.flows.place_order import place_order
from apps.jobs import services as jobs
from apps.jobs.models import Job
from apps.org import rules as roles
from apps.org.offices.sites import head_office
from apps.org.selectors import ActionNotPermitted
from apps.products import product_rules as rules
from apps.products import services
from apps.products.models import Attribute, Category, CategoryAttribute, Product
from apps.products.selectors import UnknownSku
from apps.products.services import GivenSku
from tests import builders
from tests.builders import SYSTEM, Brand, once
from tests.offices.pages import page_of, signed_in

pytestmark = pytest.mark.django_db

WHY = {"_form_submitted": "on", "reason": "season is over"}
WALKS: dict[str, Callable[..., None]] = {
    "submit": services.submit_for_review,
    "send_back": services.send_back,
    "retire": services.retire,
    "reactivate": services.reactivate,
}
BUTTONS = {
    "draft": {"submit"},
    "review": {"ask_activation", "send_back"},
    "active": {"retire"},
    "retired": {"reactivate"},
}


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def operations(brand: Brand) -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


def put(brand: Brand, status: str) -> Product:
    Product.objects.filter(code="TEA").update(status=status)
    return Product.objects.get(code="TEA")


def sell(brand: Brand) -> None:
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    place_order(SYSTEM, request, once(SYSTEM))


@pytest.mark.parametrize("name", WALKS)
@pytest.mark.parametrize("status", Product.Status.values)
def test_each_step_from_each_status(brand: Brand, name: str, status: str) -> None:
    put(brand, status)
    step = rules.STEPS[name]
    if status == step.before:
        WALKS[name](SYSTEM, "TEA", reason="because")
        assert put_status() == step.after
        line = AuditLine.objects.get(object_type="product", object_key="TEA")
        assert line.changes == {"status": [step.before, step.after]}
        assert line.reason == "because"
    else:
        with pytest.raises(rules.ProductStatusRefused) as refused:
            WALKS[name](SYSTEM, "TEA", reason="because")
        assert refused.value.fields == {"product": "TEA"}
        assert put_status() == status
        assert not AuditLine.objects.filter(object_type="product").exists()


def put_status() -> str:
    return Product.objects.get(code="TEA").status


@pytest.mark.parametrize("status", ["draft", "review", "retired"])
def test_what_is_not_active_is_not_sold(brand: Brand, status: str) -> None:
    sell(brand)
    put(brand, status)
    with pytest.raises(UnknownSku):
        sell(brand)


def test_no_such_product(brand: Brand) -> None:
    with pytest.raises(services.ProductNotFound) as refused:
        services.retire(SYSTEM, "NONE", reason="because")
    assert refused.value.code == "product_not_found"


def test_two_people_let_a_product_be_sold(brand: Brand, operations: Actor) -> None:
    put(brand, "review")
    asked = request_approval(
        operations, "products.activate", {"product": "TEA"}, builders.grounds(), once(operations)
    )
    number = str(asked["number"])
    assert put_status() == "review"
    second = builders.staff_actor("second", roles.HEAD_OFFICE_ADMIN)

    done = approve(second, number, reason="", once=once(second))

    assert done["effect"] == {"status": "active"}
    sell(brand)
    line = AuditLine.objects.get(action="products.activate")
    assert line.changes == {"status": ["review", "active"], "approval": number}
    with translation.override("en"):
        told = describe(Approval.objects.get(number=number))
    assert told == "Product TEA is sold wherever its assortment says."


def test_what_was_sent_back_meanwhile_is_not_sold(brand: Brand, operations: Actor) -> None:
    put(brand, "review")
    asked = request_approval(
        operations, "products.activate", {"product": "TEA"}, builders.grounds(), once(operations)
    )
    services.send_back(operations, "TEA", reason="photo missing")
    second = builders.staff_actor("second", roles.HEAD_OFFICE_ADMIN)
    with pytest.raises(rules.ProductStatusRefused):
        approve(second, str(asked["number"]), reason="", once=once(second))
    assert put_status() == "draft"


@pytest.mark.parametrize("status", ["draft", "active", "retired"])
def test_only_what_is_in_review_is_asked_for(brand: Brand, operations: Actor, status: str) -> None:
    put(brand, status)
    with pytest.raises(rules.ProductStatusRefused):
        request_approval(
            operations, "products.activate", {"product": "TEA"}, builders.grounds(),
            once(operations),
        )  # fmt: skip
    assert not Approval.objects.exists()


def test_who_may_not_manage_products_does_not_ask(brand: Brand) -> None:
    put(brand, "review")
    finance = builders.staff_actor("finance", roles.FINANCE)
    with pytest.raises(ActionNotPermitted):
        request_approval(
            finance, "products.activate", {"product": "TEA"}, builders.grounds(), once(finance)
        )
    assert not Approval.objects.exists()


def test_an_incomplete_draft_is_not_submitted(brand: Brand) -> None:
    origin = Attribute.objects.create(code="origin", name="产地")
    food = Category.objects.get(code="FOOD")
    CategoryAttribute.objects.create(category=food, attribute=origin, required=True)
    put(brand, "draft")
    with pytest.raises(rules.AttributeInvalid) as refused:
        services.submit_for_review(SYSTEM, "TEA")
    assert refused.value.fields == {"origin": "required"}
    assert put_status() == "draft"
    services.set_attributes(SYSTEM, "TEA", {"origin": "杭州"})
    services.submit_for_review(SYSTEM, "TEA")
    assert put_status() == "review"


def test_a_product_of_a_file_is_a_draft_and_one_that_was_there_stays(brand: Brand) -> None:
    lines = [
        GivenSku(code, code, "名", "Name", "FOOD", "each", is_active=True, barcodes=None)
        for code in ("NEW", "TEA")
    ]
    services.keep_skus(SYSTEM, lines, prices=[])
    found = dict(Product.objects.values_list("code", "status"))
    assert found == {"NEW": "draft", "TEA": "active", "RICE": "active", "MILK": "active"}


def test_a_product_made_by_hand_is_a_draft(brand: Brand, operations: Actor) -> None:
    client = signed_in(User.objects.get(pk=operations.id))
    food = Category.objects.get(code="FOOD")
    sent = {
        "code": "OIL",
        "name": "油",
        "name_en": "Oil",
        "category": food.pk,
        "brand": "",
        "listing": "everywhere",
    }
    assert client.post("/admin/products/product/add/", sent).status_code == 302
    assert Product.objects.get(code="OIL").status == "draft"
    page = page_of(head_office, brand.tea.product)
    sent |= {"code": "TEA", "skus-TOTAL_FORMS": "0", "skus-INITIAL_FORMS": "0"}
    assert client.post(page, sent).status_code == 302
    assert put_status() == "active"


@pytest.mark.parametrize("status", Product.Status.values)
def test_the_page_offers_what_is_possible(brand: Brand, operations: Actor, status: str) -> None:
    product = put(brand, status)
    client = signed_in(User.objects.get(pk=operations.id))
    text = client.get(page_of(head_office, product)).content.decode()
    steps = {"submit", "ask_activation", "send_back", "retire", "reactivate"}
    offered = {name for name in steps if f"/admin/products/product/{product.pk}/{name}/" in text}
    assert offered == BUTTONS[status]
    for name in steps - offered:
        answer = client.post(f"/admin/products/product/{product.pk}/{name}/", WHY)
        assert answer.status_code == 403
    assert put_status() == status


@pytest.mark.parametrize(
    ("status", "name"),
    [("draft", "submit"), ("review", "send_back"), ("active", "retire"), ("retired", "reactivate")],
)
def test_a_button_takes_the_step(brand: Brand, operations: Actor, status: str, name: str) -> None:
    product = put(brand, status)
    client = signed_in(User.objects.get(pk=operations.id))
    answer = client.post(f"/admin/products/product/{product.pk}/{name}/", WHY)
    assert answer.status_code == 302
    assert put_status() == rules.STEPS[name].after
    assert AuditLine.objects.get(object_type="product").reason == "season is over"


def test_the_page_asks_for_the_sale(brand: Brand, operations: Actor) -> None:
    product = put(brand, "review")
    client = signed_in(User.objects.get(pk=operations.id))
    sent = WHY | {"evidence": "sample tasted", "key": "k" * 32}
    client.post(f"/admin/products/product/{product.pk}/ask_activation/", sent)
    asked = Approval.objects.get()
    assert (asked.act, asked.business_key) == ("products.activate", "TEA")
    assert put_status() == "review"


def test_many_drafts_are_submitted_at_once(brand: Brand, operations: Actor) -> None:
    origin = Attribute.objects.create(code="origin", name="产地")
    other = Category.objects.create(code="OTHER", name="其他")
    CategoryAttribute.objects.create(category=other, attribute=origin, required=True)
    Product.objects.filter(code="MILK").update(category=other)
    Product.objects.exclude(code="TEA").update(status="draft")
    job = bulk(operations)
    assert job.counts == {"changed": 1, "skipped": 2}
    assert sorted(code for code, _text, _count in job.options["skips"]) == [
        "attribute_invalid", "product_not_draft",
    ]  # fmt: skip
    assert Product.objects.get(code="RICE").status == "draft"

    jobs.start(operations, job)
    jobs.run_due()

    found = dict(Product.objects.values_list("code", "status"))
    assert found == {"TEA": "active", "RICE": "review", "MILK": "draft"}
    line = AuditLine.objects.get(action="products.submit_for_review")
    assert (line.changes, line.reason) == ({"products": 1}, "season is over")


def bulk(actor: Actor) -> Job:
    job = jobs.create_change(
        actor, subject="products.submit_for_review", office="admin", query="", chosen=None,
        options={"reason": "season is over"},
    )  # fmt: skip
    jobs.run_due()
    job.refresh_from_db()
    return job


def test_the_table_of_steps_leads_everywhere() -> None:
    reached: set[str] = {"draft"}
    for _round in Product.Status.values:
        reached |= {step.after for step in rules.STEPS.values() if step.before in reached}
    assert reached == set(Product.Status.values)
    assert rules.steps_from("review") == {"activate", "send_back"}
