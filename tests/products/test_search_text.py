"""What a product is found by: how names are folded and spoken, and that every way to write one keeps it."""

from importlib import import_module
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from hypothesis import given, settings
from hypothesis import strategies as st

from apps.common import sql
from apps.org import rules as roles
from apps.products import search_text as words
from apps.products import services as products
from apps.products.invariants import search_text_rows
from apps.products.models import Category, Product
from apps.products.services import GivenSku, ImportedSku
from tests import builders
from tests.offices.pages import signed_in

PIECES = "SELECT products_grams(%(text)s)"
TEXTS = st.text("绿茶a ab%_重Ａ𠮷", max_size=12)


@pytest.mark.parametrize(
    ("given_names", "expected"),
    [
        (("绿茶", "Green Tea", ""), "绿茶 greentea lvcha lc"),
        (("可口可乐 ５００ＭＬ", "", "可口可乐"), "可口可乐500ml 可口可乐 kekoukele kkkl"),
        (("重庆小面", "", ""), "重庆小面 chongqingxiaomian cqxm"),
        (("大米（红）", "", ""), "大米(红) damihong dmh dmg"),
        (("Straße ﬁne", "", ""), "strassefine"),
        (("100%_绿茶", "", ""), "100%_绿茶 lvcha lc"),
        (("", "", ""), ""),
    ],
)
def test_names_as_they_are_compared(given_names: tuple[str, str, str], expected: str) -> None:
    assert words.search_text_of(*given_names) == expected


def test_the_ways_to_write_initials_are_bounded() -> None:
    """红 is hóng or gōng: of ten that no phrase decides, the first three are told both ways."""
    initials = words.search_text_of("红、" * 10, "", "").split(" ")[2:]
    assert len(initials) == words.VARIANTS_AT_MOST == len(set(initials))
    assert initials[0] == "hhhhhhhhhh"
    assert initials[-1] == "ggghhhhhhh"


@settings(deadline=None)
@given(TEXTS)
def test_folding_twice_changes_nothing(text: str) -> None:
    assert words.fold(words.fold(text)) == words.fold(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (" ＬＣ　绿茶 lc ", ("lc", "绿茶")),
        ("", ()),
        (" \t　", ()),
        ("\0", ()),
        ("茶\0叶", ("茶叶",)),
        ("x" * 128, ("x" * 128,)),
        ("x" * 129, ()),
        ("ﷺ" * 100_000, ()),
    ],
)
def test_words_of_what_is_typed(text: str, expected: tuple[str, ...]) -> None:
    assert words.words_of(text) == expected


@pytest.mark.django_db
@settings(deadline=None)  # the dictionaries are read at the first
@given(TEXTS, TEXTS)
def test_the_database_and_we_cut_alike(text: str, word: str) -> None:
    """Every piece of a word in a text is one that the database sees in it, and of no more than two."""
    text = words.search_text_of(text, "", "")
    ((pieces,),) = sql.rows(PIECES, {"text": text})
    runs = text.split(" ")
    expected = {run[n : n + size] for run in runs for size in (1, 2) for n in range(len(run))}
    assert set(pieces) == expected - {""}
    for one in words.words_of(word):
        assert one not in text or set(words.pieces_of(one)) <= set(pieces)


@pytest.fixture
def food() -> Category:
    return Category.objects.create(code="FOOD", name="食品")


def kept(code: str) -> str:
    return Product.objects.get(code=code).search_text


def unfound() -> list[str]:
    return [key for ok, key in search_text_rows() if not ok]


@pytest.mark.django_db
def test_a_new_sku_is_found_by_its_names(food: Category) -> None:
    builders.build_sku("TEA", "绿茶", food, 100)
    assert kept("TEA") == "绿茶 tea lvcha lc"


@pytest.mark.django_db
def test_the_first_load_is_found(food: Category) -> None:
    given = ImportedSku("TEA", "绿茶", "Tea", "FOOD", "统一", "each", "", 100)
    products.import_skus(builders.SYSTEM, [given])
    assert kept("TEA") == "绿茶 tea 统一 lvcha lc tongyi ty"
    assert unfound() == []


@pytest.mark.django_db
def test_a_file_renames_and_leaves_the_brand(food: Category) -> None:
    builders.build_sku("TEA", "绿茶", food, 100)
    product = Product.objects.get(code="TEA")
    product.brand = "统一"
    products.save_product(product)

    products.keep_skus(
        builders.SYSTEM,
        [
            GivenSku("TEA", "TEA", "红茶", "Tea", "FOOD", "each", True, None),
            GivenSku("NEW", "NEW", "花茶", "", "FOOD", "each", True, None),
        ],
        prices=[],
    )

    assert kept("TEA") == "红茶 tea 统一 hongcha hc tongyi ty"
    assert kept("NEW") == "花茶 huacha hc"
    assert unfound() == []


@pytest.mark.django_db
def test_a_file_mends_what_is_not_found(food: Category) -> None:
    builders.build_sku("TEA", "绿茶", food, 100)
    Product.objects.update(search_text="")
    products.keep_skus(
        builders.SYSTEM,
        [GivenSku("TEA", "TEA", "绿茶", "Tea", "FOOD", "each", True, None)],
        prices=[],
    )
    assert kept("TEA") == "绿茶 tea lvcha lc"


@pytest.mark.django_db
def test_the_page_of_a_product_renames(food: Category) -> None:
    builders.build_sku("TEA", "绿茶", food, 100)
    office: Client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    product = Product.objects.get(code="TEA")
    page: Any = office.get(f"/admin/products/product/{product.pk}/change/")
    form = page.context["adminform"].form
    data = {name: form.initial.get(name) or "" for name in form.fields}
    formsets = {
        f"{one.formset.prefix}-{name}": value
        for one in page.context["inline_admin_formsets"]
        for name, value in one.formset.management_form.initial.items()
    }
    answer = office.post(
        f"/admin/products/product/{product.pk}/change/",
        data | formsets | {"name": "红茶", "brand": "ＡＢＣ"},
    )
    assert answer.status_code == 302
    assert kept("TEA") == "红茶 tea abc hongcha hc"


@pytest.mark.django_db
def test_products_that_were_there_are_filled(food: Category) -> None:
    migration = import_module("apps.products.migrations.0004_search")
    for code, name in (("TEA", "绿茶"), ("RED", "大米（红）"), ("OTHER", "Tea"), ("KEPT", "花茶")):
        Product.objects.create(code=code, name=name, name_en="Ｔea x", brand="统一", category=food)
    Product.objects.filter(code="KEPT").update(search_text="as it is")

    with connection.schema_editor(atomic=False) as editor:
        migration.fill(None, editor)

    assert kept("TEA") == "绿茶 teax 统一 lvcha lc tongyi ty"
    assert kept("RED") == "大米(红) teax 统一 damihong dmh dmg tongyi ty"
    assert kept("OTHER") == "tea teax 统一 tongyi ty"
    assert kept("KEPT") == "as it is"
    assert unfound() == ["KEPT"]
