"""Categories that are moved at the same moment: harmless alone, a circle together."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError

from apps.common.errors import DomainError
from apps.common.sql import constraint_of
from apps.products import selectors as products
from apps.products import services
from apps.products.models import Category
from apps.products.selectors.categories import category_nodes
from apps.products.services import TreePlace
from tests.builders import SYSTEM, Brand
from tests.threads import run_in_threads

ROUNDS = 20


def circles() -> list[str]:
    """Categories from which one never comes to the top."""
    parents = dict(Category.objects.values_list("id", "parent_id"))
    found = []
    for code, start in Category.objects.values_list("code", "id"):
        above: int | None = start
        for _step in range(len(parents) + 1):
            above = parents[above] if above is not None else None
        found += [code] if above is not None else []
    return found


def broken_paths() -> list[str]:
    rows = Category.objects.select_related("parent")
    return [
        row.code for row in rows if row.path != [*(row.parent.path if row.parent else []), row.id]
    ]


def hung(code: str, below: Category) -> int:
    """As anybody writes it, without the service."""
    return Category.objects.filter(code=code).update(parent=below)


def refusal(result: Any) -> str:
    if isinstance(result, DomainError):
        return result.code
    if isinstance(result, IntegrityError):
        return constraint_of(result)
    return "done" if not isinstance(result, Exception) else type(result).__name__


@pytest.mark.parametrize("way", ["service", "rows"])
def test_two_that_go_below_each_other_are_no_circle(brand: Brand, way: str) -> None:
    for number in range(ROUNDS):
        a = Category.objects.create(code=f"A{number}", name="甲")
        b = Category.objects.create(code=f"B{number}", name="乙")
        for one in (a, b):
            Category.objects.create(code=f"{one.code}X", name="下", parent=one)
        moves: list[Callable[[], Any]]
        if way == "service":
            moves = [
                partial(services.move_category, SYSTEM, x, TreePlace(y, 0), reason="race")
                for x, y in ((a.code, b.code), (b.code, a.code))
            ]
        else:
            moves = [partial(hung, a.code, b), partial(hung, b.code, a)]
        results = sorted(refusal(one) for one in run_in_threads(moves))
        refused = "category_circle" if way == "service" else "category_no_circle"
        assert results == [refused, "done"]
    assert circles() == []
    assert broken_paths() == []


def test_of_two_moves_in_the_same_tree_one_is_too_late(brand: Brand) -> None:
    top = Category.objects.create(code="TOP", name="顶")
    for number in range(ROUNDS):
        names = [f"L{number}", f"R{number}"]
        for name in names:
            Category.objects.create(code=name, name=name)
        seen = products.mark_of(category_nodes())
        moves = [
            partial(services.move_category, SYSTEM, name, TreePlace("TOP", 0, seen), reason="race")
            for name in names
        ]
        results = sorted(refusal(one) for one in run_in_threads(moves))
        assert results == ["category_tree_moved", "done"]
    places = list(top.children.order_by("position").values_list("position", flat=True))
    assert places == list(range(ROUNDS))
    assert broken_paths() == []


def test_many_moves_leave_a_tree(brand: Brand) -> None:
    """Deep branches that cross: some are refused, none waits for another for ever."""
    codes = [f"N{number}" for number in range(8)]
    for code in codes:
        Category.objects.create(code=code, name=code)
    for number in range(ROUNDS):
        moves = [
            partial(
                services.move_category,
                SYSTEM,
                code,
                TreePlace(codes[(place * 3 + number + 1) % 8], 0),
                reason="race",
            )
            for place, code in enumerate(codes)
        ]
        results = {refusal(one) for one in run_in_threads(moves)}
        assert results <= {"done", "category_circle"}
    assert circles() == []
    assert broken_paths() == []
