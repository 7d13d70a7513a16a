"""What is said of products: typed values, by what the category and those above it name."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as some

from apps.accounts.models import AuditLine, User
from apps.common.sql import constraint_of
from apps.org import rules as roles
from apps.org.offices.sites import head_office
from apps.products import product_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Attribute, Category, CategoryAttribute, Product
from apps.products.product_rules import AttributeTerms
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import page_of, signed_in

COLOURS = frozenset({"red", "blue"})
TERMS = [
    AttributeTerms("origin", "text", required=True),
    AttributeTerms("weight", "number"),
    AttributeTerms("organic", "flag"),
    AttributeTerms("colour", "choice", COLOURS),
    AttributeTerms("picked", "date"),
]
KEPT = {
    "origin": "杭州",
    "weight": "1.5",
    "organic": False,
    "colour": "red",
    "picked": "2026-11-30",
}


@pytest.mark.parametrize(
    ("code", "value", "kept"),
    [
        ("origin", "  杭州 ", "杭州"),
        ("weight", 3, "3"),
        ("weight", "1.50", "1.5"),
        ("weight", Decimal("-0.000001"), "-0.000001"),
        ("weight", "100", "100"),
        ("weight", 10**12, "1000000000000"),
        ("organic", True, True),
        ("organic", False, False),
        ("colour", "blue", "blue"),
        ("picked", date(2026, 2, 28), "2026-02-28"),
        ("picked", "2026-02-28", "2026-02-28"),
    ],
)
def test_a_value_of_its_type_is_kept(code: str, value: Any, kept: Any) -> None:
    found = rules.checked_attributes({"origin": "x", code: value}, TERMS)
    assert found == {"origin": "x", code: kept}


@pytest.mark.parametrize(
    ("code", "value"),
    [
        ("origin", 3), ("origin", "   "), ("origin", "a\0b"), ("origin", "x" * 256),
        ("weight", "heavy"), ("weight", True), ("weight", 1.5), ("weight", "NaN"),
        ("weight", "Infinity"), ("weight", 10**12 + 1), ("weight", "0.0000001"), ("weight", []),
        ("weight", "9" * 400), ("organic", "true"), ("organic", 1), ("colour", "green"),
        ("colour", ["red"]), ("picked", "2026-02-30"), ("picked", "yesterday"), ("picked", 5),
    ],
)  # fmt: skip
def test_a_value_of_another_type_is_refused(code: str, value: Any) -> None:
    with pytest.raises(rules.AttributeInvalid) as refused:
        rules.checked_attributes({"origin": "x", code: value}, TERMS)
    types = {one.code: one.type for one in TERMS}
    assert refused.value.code == "attribute_invalid"
    assert refused.value.fields == {code: types[code]}


def test_all_that_is_wrong_is_named_at_once() -> None:
    with pytest.raises(rules.AttributeInvalid) as refused:
        rules.checked_attributes({"weight": "heavy", "picked": "never"}, TERMS)
    assert refused.value.fields == {"origin": "required", "weight": "number", "picked": "date"}


def test_an_unknown_one_is_refused() -> None:
    with pytest.raises(rules.AttributeUnknown) as refused:
        rules.checked_attributes({"origin": "x", "smell": "sweet"}, TERMS)
    assert refused.value.code == "attribute_unknown"
    assert refused.value.fields == {"smell": "unknown"}


@given(some.decimals(-(10**12), 10**12, places=6))
def test_a_number_is_kept_as_it_is(number: Decimal) -> None:
    kept = rules.checked_attributes({"weight": number}, TERMS[1:])["weight"]
    assert Decimal(str(kept)) == number
    assert rules.checked_attributes({"weight": kept}, TERMS[1:]) == {"weight": kept}


JSON = (
    some.none()
    | some.booleans()
    | some.integers()
    | some.floats()
    | some.text()
    | some.lists(some.integers(), max_size=2)
)


@given(some.dictionaries(some.sampled_from([one.code for one in TERMS]), JSON))
def test_whatever_is_kept_is_kept_again_alike(values: dict[str, Any]) -> None:
    """Nothing but a refusal comes of any value, and what is kept fits."""
    try:
        kept = rules.checked_attributes(values, TERMS)
    except rules.AttributeInvalid:
        return
    assert rules.checked_attributes(kept, TERMS) == kept
    assert rules.fitting_attributes(kept, TERMS) == kept


@pytest.fixture
def brand(db: None) -> Brand:
    """FOOD has an origin, which is required; DRINKS below it has the others as well."""
    brand = builders.build_brand()
    food = Category.objects.get(code="FOOD")
    drinks = Category.objects.create(code="DRINKS", name="饮料", name_en="Drinks", parent=food)
    for place, (code, kind, choices) in enumerate(
        [
            ("origin", "text", []),
            ("weight", "number", []),
            ("organic", "flag", []),
            ("colour", "choice", [{"code": "red", "name": "红", "name_en": "Red"}]),
            ("picked", "date", []),
        ]
    ):
        attribute = Attribute.objects.create(
            code=code, name=f"{code}名", name_en=code.title(), type=kind, choices=choices,
            unit="kg" if code == "weight" else "",
        )  # fmt: skip
        CategoryAttribute.objects.create(
            category=food if code == "origin" else drinks, attribute=attribute, position=place,
            required=code == "origin",
        )  # fmt: skip
    Product.objects.filter(code="TEA").update(category=drinks)
    return brand


def tea() -> dict[str, Any]:
    found: dict[str, Any] = Product.objects.get(code="TEA").attributes
    return found


def test_they_come_down_the_tree_in_one_statement(brand: Brand) -> None:
    ids = dict(Category.objects.values_list("code", "id"))
    with CaptureQueriesContext(connection) as statements:
        found = products.attributes_by_category(ids.values())
    assert len(statements) == 1
    codes = {code: [one.terms.code for one in found[pk]] for code, pk in ids.items()}
    assert codes == {
        "FOOD": ["origin"],
        "DRINKS": ["origin", "weight", "organic", "colour", "picked"],
    }
    assert found[ids["DRINKS"]][0].terms == AttributeTerms("origin", "text", required=True)
    assert found[ids["DRINKS"]][3].terms.choices == {"red"}


def test_what_is_said_is_kept_and_told(brand: Brand) -> None:
    services.set_attributes(SYSTEM, "TEA", KEPT, reason="from the label")
    assert tea() == KEPT
    services.set_attributes(SYSTEM, "TEA", KEPT | {"weight": 2, "organic": None})
    assert tea() == {code: value for code, value in KEPT.items() if code != "organic"} | {
        "weight": "2"
    }
    first, second = AuditLine.objects.filter(action="products.set_attributes").order_by("id")
    assert first.changes["origin"] == [None, "杭州"]
    assert second.changes == {"weight": ["1.5", "2"], "organic": [False, None]}


@pytest.mark.parametrize(
    ("values", "refusal"),
    [
        ({}, rules.AttributeInvalid),
        ({"origin": "x", "colour": "blue"}, rules.AttributeInvalid),
        ({"origin": "x", "smell": "sweet"}, rules.AttributeUnknown),
    ],
)
def test_what_is_refused_changes_nothing(
    brand: Brand, values: dict[str, Any], refusal: type[Exception]
) -> None:
    services.set_attributes(SYSTEM, "TEA", KEPT)
    with pytest.raises(refusal):
        services.set_attributes(SYSTEM, "TEA", values)
    assert tea() == KEPT
    assert AuditLine.objects.filter(action="products.set_attributes").count() == 1


def test_an_attribute_of_below_is_unknown_above(brand: Brand) -> None:
    with pytest.raises(rules.AttributeUnknown):
        services.set_attributes(SYSTEM, "RICE", {"origin": "x", "weight": 1})


def test_a_draft_may_leave_what_is_required_for_later(brand: Brand) -> None:
    Product.objects.filter(code="TEA").update(status="draft")
    assert services.set_attributes(SYSTEM, "TEA", {"weight": 1}) == {"weight": "1"}


@pytest.mark.parametrize(("kind", "choices"), [("choice", []), ("text", [{"code": "a"}])])
def test_choices_are_of_a_choice_and_of_nothing_else(
    brand: Brand, kind: str, choices: list[Any]
) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Attribute.objects.create(code="new", name="新", type=kind, choices=choices)
    assert constraint_of(refused.value) == "attribute_choices_of_choice"


SENT = {
    "code": "TEA", "name": "绿茶", "name_en": "Tea", "brand": "", "listing": "everywhere",
    "attribute_origin": "杭州", "attribute_weight": "1.50", "attribute_organic": "false",
    "attribute_colour": "red", "attribute_picked": "2026-11-30",
    "skus-TOTAL_FORMS": "0", "skus-INITIAL_FORMS": "0",
}  # fmt: skip


def test_the_page_of_a_product_has_a_field_of_its_type_for_each(brand: Brand) -> None:
    user = builders.build_staff("operations", roles.OPERATIONS)
    client, page = signed_in(user), page_of(head_office, brand.tea.product)
    text = client.get(page).content.decode()
    for field in ("origin", "weight", "organic", "colour", "picked"):
        assert f'name="attribute_{field}"' in text
    assert "Weight (kg)" in text
    sent = SENT | {"category": Category.objects.get(code="DRINKS").pk}

    assert client.post(page, sent).status_code == 302

    assert tea() == KEPT
    line = AuditLine.objects.get(action="products.change_product")
    assert line.changes["attribute_origin"] == [None, "杭州"]
    text = client.get(page).content.decode()
    assert 'value="杭州"' in text
    assert '<option value="false" selected>' in text


@pytest.mark.parametrize(
    ("field", "value"),
    [("origin", ""), ("weight", "heavy"), ("colour", "blue"), ("picked", "never")],
)
def test_the_page_refuses_what_does_not_fit(brand: Brand, field: str, value: str) -> None:
    user = builders.build_staff("operations", roles.OPERATIONS)
    sent = SENT | {"category": Category.objects.get(code="DRINKS").pk, f"attribute_{field}": value}
    answer = signed_in(user).post(page_of(head_office, brand.tea.product), sent)
    assert answer.status_code == 200
    assert tea() == {}


def test_in_another_category_stays_what_that_one_has_too(brand: Brand) -> None:
    services.set_attributes(SYSTEM, "TEA", KEPT)
    user = builders.build_staff("operations", roles.OPERATIONS)
    sent = SENT | {"category": Category.objects.get(code="FOOD").pk}
    assert signed_in(user).post(page_of(head_office, brand.tea.product), sent).status_code == 302
    assert tea() == {"origin": "杭州"}


def form_of(**changed: str) -> dict[str, str]:
    return {
        "code": "size",
        "name": "尺寸",
        "name_en": "Size",
        "type": "choice",
        "unit": "",
    } | changed


def test_choices_are_typed_one_a_line(brand: Brand) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    sent = form_of(choices="s | 小 | Small\n\nl | 大\nxl")
    assert client.post("/admin/products/attribute/add/", sent).status_code == 302
    size = Attribute.objects.get(code="size")
    assert size.choices == [
        {"code": "s", "name": "小", "name_en": "Small"},
        {"code": "l", "name": "大", "name_en": ""},
        {"code": "xl", "name": "xl", "name_en": ""},
    ]
    assert (
        "s | 小 | Small\nl | 大\nxl | xl" in client.get(page_of(head_office, size)).content.decode()
    )


@pytest.mark.parametrize(
    "choices", ["", "s\ns", " | 小", "a|b|c|d", "x" * 65, "\n".join(map(str, range(201)))]
)
def test_choices_that_are_none_are_refused(brand: Brand, choices: str) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    answer = client.post("/admin/products/attribute/add/", form_of(choices=choices))
    assert answer.status_code == 200
    assert not Attribute.objects.filter(code="size").exists()


def test_a_choice_that_products_have_stays(brand: Brand) -> None:
    services.set_attributes(SYSTEM, "TEA", KEPT)
    client = signed_in(User.objects.get(pk=builders.build_staff("ops", roles.OPERATIONS).pk))
    colour = Attribute.objects.get(code="colour")
    sent = form_of(name="颜色", choices="blue | 蓝")
    answer = client.post(page_of(head_office, colour), sent)
    assert answer.status_code == 200
    assert "Products have the choice red." in answer.content.decode()
    sent = form_of(name="颜色", choices="red | 红\nblue | 蓝")
    assert client.post(page_of(head_office, colour), sent).status_code == 302
    assert [one["code"] for one in Attribute.objects.get(code="colour").choices] == ["red", "blue"]
