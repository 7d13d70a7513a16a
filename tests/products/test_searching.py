"""The search of the catalogue finds what a plain reading of every product finds, and no more."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from apps.org import rules as roles
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Category, Product, Sku
from apps.products.search_text import fold, search_text_of
from apps.products.selectors import searching
from apps.products.services import ImportedSku
from tests import builders
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

LETTERS = "绿茶红大米冰乐aAbBcＡｂ1２%_\\ '\"㎏"
NAMES = st.text(LETTERS, min_size=1, max_size=8).filter(lambda text: bool(text.strip()))
TERMS = st.one_of(
    st.text(LETTERS, max_size=4),
    st.sampled_from(["lc", "LC", "lvcha", "hc", "gc", "h", "茶", "绿茶", "%", "_", "\\", "% %"]),
    st.lists(st.text(LETTERS, min_size=1, max_size=2), min_size=2, max_size=3).map(" ".join),
)
Named = tuple[str, str, str]


@pytest.fixture
def food() -> Category:
    return Category.objects.create(code="FOOD", name="食品")


def stocked(*given: Named, barcode: str = "") -> None:
    """SKUs S0, S1 … of products with these names, English names and brands."""
    skus = [
        ImportedSku(f"S{n}", name, name_en, "FOOD", brand, "each", barcode and f"{barcode}{n}", 100)
        for n, (name, name_en, brand) in enumerate(given)
    ]
    services.import_skus(builders.SYSTEM, skus)


def found(text: str) -> list[str]:
    return list(products.search(Sku.objects.order_by("code"), text).values_list("code", flat=True))


def read(names: list[Named], text: str) -> list[str]:
    """What the search should find, by reading the whole catalogue."""
    words = fold(text).split()
    key = fold(text).strip()
    return [
        f"S{n}"
        for n, called in enumerate(names)
        if words
        and (
            fold(f"S{n}").startswith(key)
            or all(any(word in run for run in search_text_of(*called).split()) for word in words)
        )
    ]


@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    st.lists(
        st.tuples(NAMES, st.text(LETTERS, max_size=6), st.text(LETTERS, max_size=3)), max_size=8
    ),
    st.lists(TERMS, min_size=1, max_size=6),
)
def test_it_finds_what_a_reading_finds(
    food: Category, names: list[Named], terms: list[str]
) -> None:
    with transaction.atomic():
        stocked(*names)
        for term in terms:
            assert found(term) == read(names, term), term
            own = products.search_products(Product.objects.order_by("code"), term)
            assert [one.code for one in own] == read(names, term), term
        transaction.set_rollback(True)


@pytest.mark.parametrize("text", ["lc", "绿茶", "s", "S1", "6907", "69051", "茶 lv", "红", "x"])
def test_many_and_few_are_found_alike(
    food: Category, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    """Whether what is found is told by its codes or looked for row by row, in either direction."""
    names = [("绿茶" if n % 3 else "红茶", "", "") for n in range(60)]
    stocked(*names, barcode="690")
    Sku.objects.filter(code__endswith="7").update(is_active=False)
    every = Sku.objects.order_by("code")
    active = Sku.objects.filter(is_active=True).order_by("-code")
    goods = Product.objects.order_by("code")
    seen = []
    for few in (5_000, 60, 40, 20, 5, 0):
        monkeypatch.setattr(searching, "FEW", few)
        seen.append(
            (
                [row.code for row in products.search(every, text)],
                [row.code for row in products.search(active, text)[:10]],
                [row.code for row in products.search_products(goods, text)],
            )
        )
    assert seen == [seen[0]] * 6
    barcoded = [f"S{text[3:]}"] if text.startswith("690") else []
    assert seen[0][0] == sorted({*read(names, text), *barcoded})
    assert seen[0][2] == sorted(read(names, text))


def test_products_without_skus_do_not_hide_others(
    food: Category, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n in range(20):
        services.save_product(Product(code=f"A{n}", name="绿茶", category=food))
    stocked(("绿茶", "", ""))
    for few in (30, 10):
        monkeypatch.setattr(searching, "FEW", few)
        assert found("lc") == ["S0"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("茶", ["S0", "S1", "S2"]),
        ("绿茶", ["S0"]),
        ("LC", ["S0"]),
        ("ｌｃ", ["S0"]),
        ("lvcha", ["S0"]),
        ("hc", ["S1", "S2"]),
        ("tongyi", ["S0", "S1"]),
        ("统一 茶 hong", ["S1"]),
        ("green TEA", ["S0"]),
        ("greentea", ["S0"]),
        ("绿红", []),
        ("茶绿", []),
        ("690", []),
        ("6900", ["S0"]),
        ("６９００", ["S0"]),
        ("s", ["S0", "S1", "S2"]),
        ("s1", ["S1"]),
        ("1", []),
    ],
)
def test_each_kind_of_term(food: Category, text: str, expected: list[str]) -> None:
    stocked(
        ("绿茶", "Green Tea", "统一"), ("红茶", "Black", "统一"), ("花茶", "", ""), barcode="690"
    )
    assert found(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "　",
        "\0",
        "%",
        "_",
        "%%",
        "__",
        "\\",
        "\\%",
        "茶%",
        "_茶",
        "茶" * 129,
        "x" * 100_000,
        "a " * 99,
    ],
)
def test_what_is_no_term_finds_nothing(food: Category, text: str) -> None:
    stocked(("绿茶", "Green Tea", "统一"))
    assert found(text) == []
    assert not products.search_products(Product.objects.all(), text).exists()


def test_wildcards_are_letters(food: Category) -> None:
    stocked(("100%果汁", "a_b", ""), ("100果汁", "aXb", ""), ("a\\b", "", ""))
    assert found("100%") == ["S0"]
    assert found("0%果") == ["S0"]
    assert found("a_b") == ["S0"]
    assert found("\\b") == ["S2"]


def test_only_the_rows_that_were_given_are_searched(food: Category) -> None:
    stocked(("绿茶", "", ""), ("红茶", "", ""))
    Sku.objects.filter(code="S1").update(is_active=False)
    assert list(products.search(Sku.objects.filter(is_active=True), "茶")) == [
        Sku.objects.get(code="S0")
    ]
    nobody = products.skus_visible_to(builders.staff_actor("nobody", roles.AUDITOR)).none()
    assert not products.search(nobody, "茶").exists()


@pytest.fixture
def office(food: Category) -> Client:
    stocked(*[("绿茶", "Green Tea", "统一")] * 9, ("红茶", "Black", ""), barcode="690")
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def listed(office: Client, path: str) -> list[str]:
    answer: Any = office.get(path)
    assert answer.status_code == 200
    return [row.code for row in answer.context["cl"].result_list]


def test_the_lists_of_the_office_are_searched(office: Client) -> None:
    assert listed(office, "/admin/products/sku/?q=hongcha") == ["S9"]
    assert listed(office, "/admin/products/sku/?q=6909") == ["S9"]
    assert listed(office, "/admin/products/product/?q=hc") == ["S9"]
    assert listed(office, "/admin/products/product/?q=S9") == ["S9"]
    assert len(listed(office, "/admin/products/product/?q=+")) == 10
    assert listed(office, f"/admin/products/sku/?q={'x' * 2_000}") == []


def test_a_sku_is_chosen_by_initials(office: Client) -> None:
    answer = office.get(
        "/admin/autocomplete/",
        {"term": "hc", "app_label": "products", "model_name": "sku", "field_name": "product"},
    )
    assert [one["text"] for one in answer.json()["results"]] == ["S9 Black"]


def test_the_search_box_tells_a_handful(office: Client) -> None:
    page = office.post("/admin/search/", {"s": "lvcha"}).content.decode()
    assert page.count('role="option"') == 6
    assert 'data-opens=""' in page
    one = Sku.objects.get(code="S9")
    page = office.post("/admin/search/", {"s": "红茶"}).content.decode()
    assert f'data-opens="/admin/products/sku/{one.pk}/change/"' in page


@pytest.mark.parametrize("text", ["lc", "绿茶 统一", "S1", "6903", "nothing", "茶"])
def test_a_search_takes_as_many_statements_whatever_it_finds(food: Category, text: str) -> None:
    stocked(*[("绿茶", "Green Tea", "统一")] * 30, barcode="690")
    with CaptureQueriesContext(connection) as asked:
        list(products.search(Sku.objects.order_by("code"), text)[:24])
    assert len(asked) == 3
    with CaptureQueriesContext(connection) as asked:
        list(products.search_products(Product.objects.order_by("code"), text)[:24])
    assert len(asked) == 3
