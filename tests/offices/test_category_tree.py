"""The page of the tree: all of it at once, and moves that are refused where it is stale."""

import re

import pytest
from django.test import Client

from apps.accounts.models import AuditLine
from apps.org import rules as roles
from apps.products import selectors as products
from apps.products.models import Category
from apps.products.selectors.categories import category_nodes
from tests import builders
from tests.builders import Brand
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db

PAGE = "/admin/products/category/tree/"


@pytest.fixture
def brand() -> Brand:
    """FOOD with three products over TEA and RICE; CARE beside it."""
    brand = builders.build_brand()
    food = Category.objects.get(code="FOOD")
    for place, code in enumerate(["TEA", "RICE"]):
        Category.objects.create(code=code, name=f"{code}类", parent=food, position=place)
    Category.objects.create(code="CARE", name="护理", position=1)
    return brand


@pytest.fixture
def operations(brand: Brand) -> Client:
    return signed_in(builders.build_staff("operations", roles.OPERATIONS))


def move(client: Client, **changed: object) -> str:
    """What the page says after a move of TEA below CARE."""
    sent = {
        "code": "TEA", "parent": "CARE", "position": "0", "reason": "season",
        "seen": products.mark_of(category_nodes()),
    }  # fmt: skip
    answer = client.post(PAGE, sent | changed)
    assert (answer.status_code, answer.headers["Location"]) == (302, PAGE)
    return client.get(PAGE).content.decode()


def parent_of(code: str) -> str:
    return Category.objects.values_list("parent__code", flat=True).get(code=code) or ""


def test_the_whole_tree_with_its_products(operations: Client) -> None:
    text = operations.get(PAGE).content.decode()
    assert re.findall(r'<li data-code="(\w+)"', text) == ["FOOD", "TEA", "RICE", "CARE"]
    assert [int(one) for one in re.findall(r"(\d+)\s+products?\s", text)] == [3, 0, 0, 0]
    assert (
        'href="/admin/products/category/tree/"'
        in operations.get("/admin/products/category/").content.decode()
    )


def test_more_categories_take_no_more_statements(operations: Client) -> None:
    operations.get(PAGE)
    _answer, before = counted(operations, PAGE)
    parent = Category.objects.get(code="CARE")
    for number in range(30):
        parent = Category.objects.create(code=f"N{number}", name="深", parent=parent)
    answer, after = counted(operations, PAGE)
    assert after == before
    assert "N29" in answer.content.decode()


def test_a_move(operations: Client) -> None:
    assert "Category TEA is moved." in move(operations)
    assert parent_of("TEA") == "CARE"
    line = AuditLine.objects.get(action="products.move_category")
    assert (line.actor_label, line.reason) == ("operations", "season")


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"seen": "of yesterday"}, "Somebody moved categories while you looked at the tree."),
        ({"code": "FOOD", "parent": "TEA"}, "A category cannot stand below itself."),
        ({"parent": "NONE"}, "There is no such category."),
        ({"reason": ""}, "Nothing was moved."),
        ({"reason": "x"}, "Nothing was moved."),
        ({"seen": ""}, "Nothing was moved."),
        ({"position": "-1"}, "Nothing was moved."),
        ({"position": "first"}, "Nothing was moved."),
    ],
)
def test_a_refused_move_shows_the_tree_as_it_is(
    operations: Client, changed: dict[str, str], said: str
) -> None:
    assert said in move(operations, **changed)
    assert (parent_of("TEA"), parent_of("FOOD")) == ("FOOD", "")
    assert not AuditLine.objects.filter(action="products.move_category").exists()


def test_who_only_looks_moves_nothing(brand: Brand) -> None:
    client = signed_in(builders.build_staff("finance", roles.FINANCE))
    text = client.get(PAGE).content.decode()
    assert 'data-code="TEA"' in text
    assert "data-move " not in text
    assert "move-category" not in text
    sent = {"code": "TEA", "parent": "CARE", "position": "0", "reason": "season", "seen": "x"}
    assert client.post(PAGE, sent).status_code == 403
    assert parent_of("TEA") == "FOOD"


def test_a_move_needs_the_token_of_the_page(brand: Brand) -> None:
    user = builders.build_staff("operations", roles.OPERATIONS)
    client = signed_in(user)
    client.handler.enforce_csrf_checks = True
    sent = {
        "code": "TEA", "parent": "CARE", "position": "0", "reason": "season",
        "seen": products.mark_of(category_nodes()),
    }  # fmt: skip
    assert client.post(PAGE, sent).status_code == 403
    assert parent_of("TEA") == "FOOD"


def test_an_empty_catalogue_says_so(db: None) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    assert "There are no categories yet." in client.get(PAGE).content.decode()
