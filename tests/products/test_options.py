"""In what the SKUs of a product differ, and the SKUs that are made of it."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditLine
from apps.common.errors import DomainError
from apps.common.sql import constraint_of
from apps.org import rules as roles
from apps.products import product_rules as rules
from apps.products import selectors as products
from apps.products import services
from apps.products.models import OptionValue, Product, Sku
from apps.products.services import GivenOption, GivenValue
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


def option(name: str, *codes: str) -> GivenOption:
    return GivenOption(name, "", tuple(GivenValue(code, code) for code in codes))


COLOUR, SIZE = option("颜色", "RED", "BLUE"), option("尺码", "S", "M", "L")


def matrix(product: str = "TEA") -> list[tuple[tuple[str, ...], str]]:
    found = products.matrix_of(Product.objects.get(code=product))
    return [(line.values, line.sku.code if line.sku else "") for line in found.lines]


def test_a_sku_is_made_of_each_combination_once(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR, SIZE])
    assert services.build_matrix(SYSTEM, "TEA") == 6
    assert matrix() == [
        (("RED", "S"), "TEA-RED-S"), (("RED", "M"), "TEA-RED-M"), (("RED", "L"), "TEA-RED-L"),
        (("BLUE", "S"), "TEA-BLUE-S"), (("BLUE", "M"), "TEA-BLUE-M"), (("BLUE", "L"), "TEA-BLUE-L"),
    ]  # fmt: skip
    assert Sku.objects.get(code="TEA-RED-M").option == "RED/M"
    assert services.build_matrix(SYSTEM, "TEA") == 0
    assert Product.objects.get(code="TEA").skus.count() == 7, "TEA itself stays"
    line = AuditLine.objects.get(action="products.build_matrix")
    assert line.changes == {"skus": 6}


def test_only_what_is_missing_is_made(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR])
    services.build_matrix(SYSTEM, "TEA")
    services.set_options(SYSTEM, "TEA", [option("颜色", "RED", "GOLD", "BLUE")])
    assert matrix() == [(("RED",), "TEA-RED"), (("GOLD",), ""), (("BLUE",), "TEA-BLUE")]
    assert services.build_matrix(SYSTEM, "TEA") == 1
    assert Sku.objects.filter(code="TEA-GOLD", option="GOLD").exists()


def test_the_grid_takes_no_more_statements_for_more_skus(brand: Brand) -> None:
    counts = []
    for given in ([option("色", "A")], [option("色", *"ABCDEFGH"), option("码", *"ABCDEFGH")]):
        services.set_options(SYSTEM, "RICE", given)
        product = Product.objects.get(code="RICE")
        with CaptureQueriesContext(connection) as statements:
            products.matrix_of(product)
        counts.append(len(statements))
    assert counts == [3, 3]


def test_making_them_takes_no_more_statements_for_more(brand: Brand) -> None:
    counts = []
    for code, given in (("RICE", option("码", "A")), ("MILK", option("码", *map(str, range(90))))):
        services.set_options(SYSTEM, code, [given])
        with CaptureQueriesContext(connection) as statements:
            services.build_matrix(SYSTEM, code)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def many(count: int) -> GivenOption:
    return option("码", *(f"V{number}" for number in range(count)))


@pytest.mark.parametrize(
    ("given", "refusal"),
    [
        ([option(f"O{number}", "A") for number in range(1000)], rules.TooManyOptions),
        ([COLOUR, SIZE, option("料", "W"), option("袖", "N")], rules.TooManyOptions),
        ([many(101)], rules.TooManyOptions),
        ([many(1000)], rules.TooManyOptions),
        ([many(100), option("色", *"ABCDEF")], rules.TooManyCombinations),
        ([option("色", "A", "A")], services.OptionInvalid),
        ([option("色", "A/B")], services.OptionInvalid),
        ([option("色", "")], services.OptionInvalid),
        ([option("色", "A" * 21)], services.OptionInvalid),
        ([option("色")], services.OptionInvalid),
        ([option("", "A")], services.OptionInvalid),
        ([option("色\0", "A")], services.OptionInvalid),
    ],
)
def test_options_that_are_none_or_too_many_are_refused(
    brand: Brand, given: Sequence[GivenOption], refusal: type[DomainError]
) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR])
    with pytest.raises(refusal):
        services.set_options(SYSTEM, "TEA", given)
    assert list(OptionValue.objects.order_by("position").values_list("code", flat=True)) == [
        "RED", "BLUE",
    ]  # fmt: skip
    assert Sku.objects.count() == 3


def test_five_hundred_are_made_and_one_more_is_not(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [many(100), option("色", *"ABCDE")])
    assert services.build_matrix(SYSTEM, "TEA") == 500
    with pytest.raises(rules.TooManyCombinations) as refused:
        rules.require_few([["x"] * 6, ["y"] * 84])
    assert refused.value.fields == {"combinations": 504}


def test_no_options_no_skus(brand: Brand) -> None:
    with pytest.raises(services.OptionsMissing):
        services.build_matrix(SYSTEM, "TEA")
    assert Sku.objects.count() == 3


@pytest.mark.parametrize(
    "given",
    [[], [option("颜色", "RED")], [COLOUR, SIZE], [option("颜色", "RED", "NAVY")]],
)
def test_what_skus_are_made_of_stays(brand: Brand, given: Sequence[GivenOption]) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR])
    services.build_matrix(SYSTEM, "TEA")
    with pytest.raises(services.OptionInUse) as refused:
        services.set_options(SYSTEM, "TEA", given)
    assert "TEA-BLUE" in refused.value.fields["skus"]
    assert matrix() == [(("RED",), "TEA-RED"), (("BLUE",), "TEA-BLUE")]


def test_values_change_places_and_names(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR])
    services.build_matrix(SYSTEM, "TEA")
    before = dict(OptionValue.objects.values_list("code", "id"))
    turned = GivenOption(
        "色", "Colour", (GivenValue("BLUE", "蓝", "Blue"), GivenValue("RED", "红"))
    )
    services.set_options(SYSTEM, "TEA", [turned])
    assert matrix() == [(("BLUE",), "TEA-BLUE"), (("RED",), "TEA-RED")]
    assert dict(OptionValue.objects.values_list("code", "id")) == before


def test_a_code_of_another_product_is_not_taken(brand: Brand) -> None:
    builders.build_sku("TEA-BLUE", "蓝茶", brand.tea.product.category, 100)
    services.set_options(SYSTEM, "TEA", [COLOUR])
    with pytest.raises(services.SkuCodeTaken) as refused:
        services.build_matrix(SYSTEM, "TEA")
    assert refused.value.fields == {"skus": ["TEA-BLUE"]}
    assert not Sku.objects.filter(code="TEA-RED").exists()


def test_two_combinations_of_one_code_are_refused(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [option("甲", "A", "A-B"), option("乙", "C", "B-C")])
    with pytest.raises(services.SkuCodeTaken) as refused:
        services.build_matrix(SYSTEM, "TEA")
    assert refused.value.fields == {"skus": ["TEA-A-B-C"]}


def test_a_code_that_would_be_too_long_is_refused(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [option("甲", "A" * 20), option("乙", "B" * 20)])
    with pytest.raises(services.SkuCodeTooLong):
        services.build_matrix(SYSTEM, "TEA")
    assert Sku.objects.count() == 3


def test_an_option_is_of_one_sku_of_a_product(brand: Brand) -> None:
    services.set_options(SYSTEM, "TEA", [COLOUR])
    services.build_matrix(SYSTEM, "TEA")
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Sku.objects.filter(code="TEA").update(option="RED")
    assert constraint_of(refused.value) == "sku_option_once"


PAGE = {
    "option-0-name": "颜色", "option-0-name_en": "Colour", "option-0-values": "RED | 红 | Red\nBLUE | 蓝",
    "option-1-name": "", "option-1-name_en": "", "option-1-values": "",
    "option-2-name": "", "option-2-name_en": "", "option-2-values": "", "save": "1",
}  # fmt: skip


def test_the_page_saves_options_and_makes_skus(brand: Brand) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    page = f"/admin/products/product/{brand.tea.product_id}/matrix/"
    assert client.post(page, PAGE).status_code == 302
    text = client.get(page).content.decode()
    assert "RED | 红 | Red\nBLUE | 蓝" in text
    assert "2 combinations have no SKU yet." in text
    assert client.post(page, {"build": "1"}).status_code == 302
    assert matrix() == [(("RED",), "TEA-RED"), (("BLUE",), "TEA-BLUE")]
    text = client.get(page).content.decode()
    assert ">TEA-BLUE</a>" in text
    assert "Make the missing SKUs" not in text


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"option-0-name": ""}, "An option has a name."),
        ({"option-0-values": "a|b|c|d"}, "Too many bars"),
        ({"option-0-values": "\n".join(f"V{n}" for n in range(101))}, "at most 3 options"),
        ({"option-0-values": "A/B"}, "a code of its own"),
    ],
)
def test_the_page_keeps_what_was_typed_and_says_what_is_wrong(
    brand: Brand, changed: dict[str, str], said: str
) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    page = f"/admin/products/product/{brand.tea.product_id}/matrix/"
    answer = client.post(page, PAGE | changed)
    assert answer.status_code == 200
    text = answer.content.decode()
    assert said in text
    assert next(iter(changed.values()))[:3] in text
    assert not OptionValue.objects.exists()
