"""Categories stand in a tree: they are moved with all that is below them, and never below themselves."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from apps.accounts.models import AuditLine
from apps.common.sql import constraint_of
from apps.org import rules as roles
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Category
from apps.products.selectors.categories import category_nodes
from apps.products.services import TreePlace
from tests import builders
from tests.builders import SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture
def tree() -> dict[str, Category]:
    """FOOD over TEA over GREEN and BLACK, FOOD over RICE; CARE beside FOOD."""
    found: dict[str, Category] = {}
    for place, (code, parent) in enumerate(
        [
            ("FOOD", ""),
            ("CARE", ""),
            ("TEA", "FOOD"),
            ("RICE", "FOOD"),
            ("GREEN", "TEA"),
            ("BLACK", "TEA"),
        ]
    ):
        found[code] = Category.objects.create(
            code=code, name=code, parent=found.get(parent), position=place
        )
    return found


def shape() -> dict[str, list[str]]:
    """Parent → what stands below it, in order."""
    found: dict[str, list[str]] = {}
    for node in category_nodes():
        found.setdefault(node.parent, []).append(node.code)
    return found


def way_to(code: str) -> list[str]:
    path = Category.objects.get(code=code).path
    codes = dict(Category.objects.values_list("id", "code"))
    return [codes[one] for one in path]


def move(code: str, parent: str, position: int = 0, **more: Any) -> None:
    to = TreePlace(parent, position, **more)
    services.move_category(SYSTEM, code, to, reason="season")


def test_a_category_moves_with_all_that_is_below_it(tree: dict[str, Category]) -> None:
    move("TEA", "CARE")
    assert shape() == {
        "": ["FOOD", "CARE"], "FOOD": ["RICE"], "CARE": ["TEA"], "TEA": ["GREEN", "BLACK"],
    }  # fmt: skip
    assert way_to("TEA") == ["CARE", "TEA"]
    assert way_to("GREEN") == ["CARE", "TEA", "GREEN"]
    assert way_to("RICE") == ["FOOD", "RICE"]
    line = AuditLine.objects.get(action="products.move_category")
    assert (line.object_key, line.reason) == ("TEA", "season")
    assert line.changes == {"parent": ["FOOD", "CARE"], "position": [2, 0]}


def test_to_the_top_and_back(tree: dict[str, Category]) -> None:
    move("TEA", "", 1)
    assert shape()[""] == ["FOOD", "TEA", "CARE"]
    assert way_to("GREEN") == ["TEA", "GREEN"]
    move("TEA", "RICE", 0)
    assert way_to("GREEN") == ["FOOD", "RICE", "TEA", "GREEN"]


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (0, ["C", "A", "B", "D"]),
        (1, ["A", "C", "B", "D"]),
        (2, ["A", "B", "C", "D"]),
        (3, ["A", "B", "D", "C"]),
        (99, ["A", "B", "D", "C"]),
    ],
)
def test_siblings_make_room(position: int, expected: list[str]) -> None:
    """Also those that had no place of their own: they stood by code."""
    for code in "DCBA":
        Category.objects.create(code=code, name=code)
    move("C", "", position)
    assert shape()[""] == expected
    places = Category.objects.order_by("position").values_list("position", flat=True)
    assert list(places) == [0, 1, 2, 3]


@pytest.mark.parametrize("parent", ["TEA", "GREEN"])
def test_below_itself_is_refused(tree: dict[str, Category], parent: str) -> None:
    before = shape()
    with pytest.raises(services.CategoryCircle) as refused:
        move("TEA", parent)
    assert refused.value.code == "category_circle"
    assert refused.value.fields == {"category": "TEA"}
    assert shape() == before
    assert way_to("GREEN") == ["FOOD", "TEA", "GREEN"]
    assert not AuditLine.objects.filter(action="products.move_category").exists()


@pytest.mark.parametrize(("code", "parent"), [("NONE", "FOOD"), ("TEA", "NONE")])
def test_what_is_not_there_is_refused(tree: dict[str, Category], code: str, parent: str) -> None:
    before = shape()
    with pytest.raises(services.CategoryNotFound) as refused:
        move(code, parent)
    assert refused.value.fields == {"category": "NONE"}
    assert shape() == before


def test_a_tree_that_was_seen_before_a_move_is_stale(tree: dict[str, Category]) -> None:
    seen = products.mark_of(category_nodes())
    move("TEA", "CARE", seen=seen)
    with pytest.raises(services.CategoryTreeMoved):
        move("RICE", "CARE", seen=seen)
    assert shape()["FOOD"] == ["RICE"]
    move("RICE", "CARE", 1, seen=products.mark_of(category_nodes()))
    assert shape()["CARE"] == ["TEA", "RICE"]


def test_the_database_refuses_a_circle_whoever_writes(tree: dict[str, Category]) -> None:
    with pytest.raises(IntegrityError) as refused, transaction.atomic():
        Category.objects.filter(code="FOOD").update(parent=tree["GREEN"])
    assert constraint_of(refused.value) == "category_no_circle"
    assert way_to("GREEN") == ["FOOD", "TEA", "GREEN"]


def test_products_are_counted_with_those_below(tree: dict[str, Category]) -> None:
    actor = builders.staff_actor("operations", roles.OPERATIONS)
    for number, code in enumerate(["GREEN", "GREEN", "BLACK", "RICE", "FOOD"]):
        builders.build_sku(f"S{number}", "货", tree[code], 100)
    with CaptureQueriesContext(connection) as statements:
        nodes = products.category_tree(actor)
        count = products.products_by_category(nodes)
    assert len(statements) == 2
    assert {node.code: count[node.id] for node in nodes} == {
        "FOOD": 5, "TEA": 3, "GREEN": 2, "BLACK": 1, "RICE": 1, "CARE": 0,
    }  # fmt: skip


def test_a_node_stands_before_those_below_it(tree: dict[str, Category]) -> None:
    assert [node.code for node in category_nodes()] == [
        "FOOD", "TEA", "GREEN", "BLACK", "RICE", "CARE",
    ]  # fmt: skip
