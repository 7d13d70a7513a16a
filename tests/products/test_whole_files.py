"""Rows that contradict one another, however far apart they stand in a file."""

from collections.abc import Callable, Sequence
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from apps.accounts.actor import Actor
from apps.jobs import services as jobs
from apps.jobs.models import Job, RowRefusal
from apps.jobs.services import held, reading, running
from apps.org import rules as roles
from apps.products import services as products
from apps.products.models import Barcode, Category, Product, Sku
from tests import builders

pytestmark = pytest.mark.django_db

PRICES = "products.prices"
SKUS = "products.skus"
HEADINGS = {
    PRICES: ("sku", "price_list", "amount"),
    SKUS: ("sku", "product", "name", "category", "barcodes"),
}
Lines = Sequence[Sequence[str]]


@pytest.fixture
def actor() -> Actor:
    return builders.staff_actor("operator", roles.OPERATIONS)


@pytest.fixture(autouse=True)
def food() -> Category:
    return Category.objects.create(code="FOOD", name="食品")


def uploaded(actor: Actor, subject: str, lines: Lines) -> Job:
    text = "\r\n".join(",".join(line) for line in (HEADINGS[subject], *lines))
    given = SimpleUploadedFile("f.csv", text.encode())
    job = jobs.create_import(actor, subject=subject, office="admin", name="f.csv", upload=given)
    jobs.check_import(actor, job, mapping={name: name for name in HEADINGS[subject]})
    return job


def worked(job: Job) -> Job:
    jobs.run_due()
    job.refresh_from_db()
    return job


def checked(actor: Actor, subject: str, lines: Lines) -> Job:
    return worked(uploaded(actor, subject, lines))


def applied(actor: Actor, job: Job, policy: str) -> Job:
    jobs.start(actor, job, policy=policy)
    return worked(job)


def refused(job: Job) -> list[tuple[int, str, str]]:
    found = RowRefusal.objects.filter(job=job).order_by("row", "place")
    return list(found.values_list("row", "column", "code"))


def between(count: int = 1_100) -> list[tuple[str, ...]]:
    """SKUs of their own, by which two rows stand on different pages."""
    return [(f"K{n}", f"K{n}", "行", "FOOD", "") for n in range(count)]


CONTRADICTIONS: dict[str, tuple[Lines, Lines, tuple[str, str]]] = {
    "a product": (
        [("A1", "P", "绿茶", "FOOD", "")],
        [("A2", "P", "红茶", "FOOD", "")],
        ("product", "product_differs"),
    ),
    "a barcode": (
        [("A1", "A1", "绿茶", "FOOD", "690")],
        [("A2", "A2", "红茶", "FOOD", "691 690")],
        ("barcodes", "barcode_taken"),
    ),
    "a key": (
        [("A1", "A1", "绿茶", "FOOD", "")],
        [("A1", "A1", "红茶", "FOOD", "")],
        ("sku", "duplicate_row"),
    ),
}


@pytest.mark.parametrize("what", CONTRADICTIONS)
def test_rows_far_apart_contradict_one_another(actor: Actor, what: str) -> None:
    first, second, refusal = CONTRADICTIONS[what]
    lines = [*first, *between(), *second]
    job = checked(actor, SKUS, lines)
    assert refused(job) == [(1_103, *refusal)]
    assert job.counts == {"new": 1_101, "error": 1}
    job = applied(actor, job, "reject_rows")
    assert (job.status, job.counts) == ("done", {"new": 1_101, "error": 1})
    assert refused(job) == [(1_103, *refusal)]
    assert Product.objects.filter(name="红茶").count() == 0
    assert set(Barcode.objects.values_list("sku__code", "code")) <= {("A1", "690")}
    assert not Sku.objects.filter(code="A2").exists()


def price_lines(*, last: str, amount: str) -> list[tuple[str, str, str]]:
    others = [(f"K{n}", "", "1.00") for n in range(1_100)]
    return [("TEA", "", "20.00"), *others, ("TEA", last, amount)]


@pytest.fixture
def priced(food: Category) -> None:
    products_of = Product.objects.bulk_create(
        Product(code=f"K{n}", name="行", category=food) for n in range(1_100)
    )
    Sku.objects.bulk_create(Sku(product=one, code=one.code) for one in products_of)
    builders.build_sku("TEA", "绿茶", food, 1999)


@pytest.mark.usefixtures("priced")
@pytest.mark.parametrize("policy", ["reject_rows", "reject_all"])
def test_the_base_list_by_its_code_and_without_one_is_the_same_row(
    actor: Actor, policy: str
) -> None:
    job = checked(actor, PRICES, price_lines(last="BASE", amount="21.00"))
    assert refused(job) == [(1_103, "sku", "duplicate_row")]
    assert job.counts == {"changed": 1, "new": 1_100, "error": 1}
    job = applied(actor, job, policy)
    done = policy == "reject_rows"
    assert job.status == ("done" if done else "failed")
    assert builders.amounts_now()["TEA", "BASE"] == (2000 if done else 1999)


@pytest.mark.usefixtures("priced")
def test_the_same_file_of_prices_again_is_all_the_same(actor: Actor) -> None:
    lines = price_lines(last="BASE", amount="21.00")[1:]
    job = applied(actor, checked(actor, PRICES, lines), "reject_all")
    assert (job.status, job.counts) == ("done", {"new": 1_100, "changed": 1})
    assert checked(actor, PRICES, lines).counts == {"same": 1_101}


FAMILY = [
    ("A1", "P", "绿茶", "FOOD", "690"),
    ("B1", "B1", "", "FOOD", ""),
    ("A2", "P", "", "", "691"),
    ("OLD", "OLD", "新名", "", "701"),
    ("A3", "P", "绿茶", "FOOD", ""),
    ("OLD2", "OLD", "", "", "700"),
]
"""Rows that rest on earlier ones: A2 has the product's name from A1, OLD2 has the barcode that OLD
gives up. B1 has no name."""


@pytest.fixture
def old(food: Category) -> None:
    builders.build_sku("OLD", "旧名", food, 100, barcode="700")


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize("page", [1, 2, 4, 1_000])
@pytest.mark.parametrize("policy", ["reject_rows", "reject_all"])
def test_what_the_check_says_is_done_on_whatever_page(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, page: int, policy: str
) -> None:
    monkeypatch.setattr(reading, "PAGE", page)
    lines = [line for line in FAMILY if policy == "reject_rows" or line[0] != "B1"]
    job = checked(actor, SKUS, lines)
    told = {"new": 4, "changed": 1} | ({"error": 1} if policy == "reject_rows" else {})
    assert job.counts == told
    job = applied(actor, job, policy)
    assert (job.status, job.counts) == ("done", told)
    assert set(Barcode.objects.values_list("sku__code", "code")) == {
        ("A1", "690"), ("A2", "691"), ("OLD", "701"), ("OLD2", "700"),
    }  # fmt: skip
    names = dict(Sku.objects.values_list("code", "product__name"))
    assert names == {"A1": "绿茶", "A2": "绿茶", "A3": "绿茶", "OLD": "新名", "OLD2": "新名"}
    clean = [line for line in lines if line[0] != "B1"]
    assert checked(actor, SKUS, clean).counts == {"same": 5}


def in_slices(monkeypatch: pytest.MonkeyPatch, job: Job) -> Job:
    """Every page by another worker."""
    pages: list[int] = []
    monkeypatch.setattr(running, "give_back", _told(pages))
    for _turn in range(20):
        claimed = jobs.claim()
        if claimed is None:
            break
        clocks = iter([0.0, *[2.0] * 5])
        clock = SimpleNamespace(monotonic=partial(next, clocks))
        monkeypatch.setattr(running, "time", clock)
        jobs.run(claimed, until=1)
    assert len(pages) > 1
    job.refresh_from_db()
    return job


def _told(pages: list[int]) -> Callable[[Job], None]:
    def give_back(job: Job) -> None:
        pages.append(1)
        held.give_back(job)

    return give_back


@pytest.mark.usefixtures("old")
@pytest.mark.parametrize(
    "last", [("A9", "P", "红茶", "FOOD", ""), ("A9", "A9", "x", "FOOD", "701")]
)
def test_a_worker_that_goes_on_knows_the_rows_before(
    actor: Actor, monkeypatch: pytest.MonkeyPatch, last: tuple[str, ...]
) -> None:
    monkeypatch.setattr(reading, "PAGE", 2)
    job = uploaded(actor, SKUS, [*FAMILY, last])
    job = in_slices(monkeypatch, job)
    assert (job.status, job.counts) == ("checked", {"new": 4, "changed": 1, "error": 2})
    said = refused(job)
    assert [row for row, _column, _code in said] == [3, 8]
    jobs.start(actor, job, policy="reject_rows")
    job = in_slices(monkeypatch, job)
    assert (job.status, job.counts) == ("done", {"new": 4, "changed": 1, "error": 2})
    assert refused(job) == said
    assert not Sku.objects.filter(code="A9").exists()


@pytest.mark.usefixtures("old")
def test_a_page_that_the_database_gave_up_is_judged_anew(
    actor: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the first try promised is forgotten with it: the second one writes the product."""
    job = checked(actor, SKUS, [("OLD", "OLD", "新名", "", "")])
    keep, tries = products.keep_skus, []

    def lost_once(*given: Any, **more: Any) -> int:
        tries.append(1)
        if len(tries) == 1:
            deadlock = OperationalError("deadlock")
            deadlock.__cause__ = type("Lost", (Exception,), {"sqlstate": "40P01"})()
            raise deadlock
        return keep(*given, **more)

    monkeypatch.setattr(products, "keep_skus", lost_once)
    monkeypatch.setattr(held, "PAUSE", 0)
    job = applied(actor, job, "reject_rows")
    assert (job.counts, len(tries)) == ({"changed": 1}, 2)
    assert Product.objects.get(code="OLD").name == "新名"


def test_statements_of_a_check_do_not_grow_with_rows(actor: Actor) -> None:
    counts = []
    for rows in (5, 900):
        uploaded(actor, SKUS, between(rows))
        with CaptureQueriesContext(connection) as queries:
            jobs.run_due()
        counts.append(len(queries))
    assert counts[0] == counts[1]
