"""Pages by key: every row once and in order, whatever is equal or empty, forwards and backwards."""

import random
from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection
from django.db.models import F
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override

from apps.common import keyset
from apps.common.keyset import CursorInvalid, Term
from apps.org.offices import paging
from apps.org.offices.lists import OfficeList
from apps.org.offices.paging import Page, Pager
from apps.org.offices.sites import head_office, portal
from apps.products.models import Audience, Category, Sku
from tests import builders
from tests.offices.pages import list_of, signed_in

pytestmark = pytest.mark.django_db

CODE_LAST, CODE_FIRST = (
    F("parent__code").desc(nulls_last=True),
    F("parent__code").asc(nulls_first=True),
)
ORDERINGS: list[tuple[tuple[Any, ...], tuple[Any, ...]]] = [
    ((), ("-pk",)),
    (("code",), ("code",)),
    (("-code", "name"), ("-code",)),
    (("name",), ("name", "pk")),
    (("-name", "name_en"), ("-name", "name_en", "pk")),
    (("name", "-name_en", "name"), ("name", "-name_en", "-pk")),
    (("parent",), ("parent_id", "pk")),
    (("parent__code", "name"), ("parent__code", "name", "pk")),
    (("-parent__code", "name"), ("-parent__code", "name", "pk")),
    ((CODE_LAST, "name"), (CODE_LAST, "name", "pk")),
    ((CODE_FIRST, "-name"), (CODE_FIRST, "-name", "-pk")),
    (("-name", CODE_FIRST), ("-name", CODE_FIRST, "pk")),
]
"""What a list names, and the total order that it means."""
EVERY = pytest.mark.parametrize(("ordering", "meant"), ORDERINGS, ids=str)


def add_categories(count: int) -> None:
    """Few names and few parents, some without one: most rows are equal in most orders."""
    dice = random.Random(7)  # noqa: S311 - no secret
    above = [Category.objects.create(code=f"Z{n}", name=f"上{n % 2}") for n in range(3)]
    Category.objects.bulk_create(
        Category(
            code=f"C{number:03}",
            name=dice.choice("甲乙丙"),
            name_en=dice.choice(["", "x"]),
            parent=dice.choice([None, *above]),
        )
        for number in range(count)
    )


def pager(ordering: Sequence[Any], size: int, of: str = "x") -> Pager:
    order = keyset.total_order(Category, ordering)
    return Pager(Category.objects.select_related("parent"), order, size, of)


def walk(turner: Pager) -> list[Page]:
    pages = [turner.page()]
    while pages[-1].after:
        pages.append(turner.page(pages[-1].after))
    return pages


def ids(page: Page) -> list[int]:
    return [row.pk for row in page.rows]


@pytest.mark.parametrize("size", [1, 3, 8])
@EVERY
def test_every_row_once_and_in_order(
    ordering: tuple[Any, ...], meant: tuple[Any, ...], size: int
) -> None:
    add_categories(29)
    turner = pager(ordering, size)
    whole = list(Category.objects.order_by(*meant).values_list("pk", flat=True))

    pages = walk(turner)

    assert [pk for page in pages for pk in ids(page)] == whole
    assert [page.start for page in pages] == list(range(0, len(whole), size))
    assert {page.found for page in pages} == {len(whole)}


@EVERY
def test_the_way_back_shows_the_same_pages(
    ordering: tuple[Any, ...], meant: tuple[Any, ...]
) -> None:
    add_categories(29)
    turner = pager(ordering, 4)
    forth = walk(turner)
    assert len(forth) == 8, meant

    back = [forth[-1]]
    while back[-1].before:
        back.append(turner.page(back[-1].before))

    assert [ids(page) for page in reversed(back)] == [ids(page) for page in forth]
    assert [page.start for page in reversed(back)] == [page.start for page in forth]


def test_rows_that_come_and_go_move_no_other_row() -> None:
    add_categories(12)
    turner = pager(("code",), 4)
    first = turner.page()
    Category.objects.create(code="A0", name="新")
    Category.objects.filter(pk=ids(first)[1]).delete()

    second = turner.page(first.after)

    assert [row.code for row in second.rows] == ["C004", "C005", "C006", "C007"]
    assert [row.code for row in turner.page(second.before).rows] == ["A0", "C000", "C002", "C003"]


def test_a_page_whose_rows_are_gone_is_the_first_one() -> None:
    add_categories(5)
    turner = pager(("-code",), 4)
    first = turner.page()
    Category.objects.filter(code__lt="C004").delete()

    page = turner.page(first.after)

    assert ([row.code for row in page.rows], page.start) == (["Z2", "Z1", "Z0", "C004"], 0)


def test_the_beginning_is_filled_up_where_it_is_nearer_than_a_page() -> None:
    add_categories(12)
    turner = pager(("code",), 4)
    second = turner.page(turner.page().after)
    Category.objects.filter(code__in=["C001", "C002"]).delete()

    page = turner.page(second.before)

    assert [row.code for row in page.rows] == ["C000", "C003", "C004", "C005"]
    assert (page.start, page.before) == (0, "")


def test_a_later_page_counts_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    add_categories(12)
    monkeypatch.setattr(paging, "COUNT_LIMIT", 6)
    turner = pager(("code",), 4)

    with CaptureQueriesContext(connection) as counted:
        first = turner.page()
    with CaptureQueriesContext(connection) as turned:
        second = turner.page(first.after)

    assert ["COUNT" in one["sql"] for one in counted] == [False, True]
    assert "LIMIT 7" in counted[1]["sql"]
    assert ["COUNT" in one["sql"] for one in turned] == [False]
    assert (first.found, second.found) == (7, 7)
    with override("en"):
        assert (second.found_text, paging.count_text(6)) == ("more than 6", "6")


def test_a_list_of_one_page_is_counted_by_its_rows() -> None:
    add_categories(2)

    with CaptureQueriesContext(connection) as statements:
        page = pager(("code",), 5).page()

    assert (len(statements), page.found, page.before, page.after) == (1, 5, "", "")


def test_terms_take_over_what_django_means() -> None:
    assert keyset.total_order(Category, ["parent", "-name"]) == (
        Term("parent_id", nullable=True),
        Term("name", descending=True, nulls_last=False),
        Term("pk", descending=True, nulls_last=False),
    )
    assert keyset.total_order(Category, ["-code", "name"]) == (
        Term("code", descending=True, nulls_last=False),
    )


@pytest.mark.parametrize("cursor", ["x", "2", "%%%", "Zm9v", "~", "é", "A" * 5000])
def test_no_cursor_of_ours(cursor: str) -> None:
    add_categories(5)
    with pytest.raises(CursorInvalid):
        pager(("code",), 2).page(cursor)


def test_a_cursor_belongs_to_one_list_and_one_order() -> None:
    add_categories(5)
    cursor = pager(("code",), 2).page().after
    with pytest.raises(CursorInvalid):
        pager(("code",), 2, of="another").page(cursor)
    with pytest.raises(CursorInvalid):
        pager(("name",), 2).page(cursor)  # as after an upgrade: other values


@pytest.fixture(name="short")
def short_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lists of both sites with pages of two rows."""
    for site in (head_office, portal):
        for admin in site._registry.values():
            monkeypatch.setattr(admin, "list_per_page", 2)


def add_audiences(count: int) -> None:
    for number in range(count):
        Audience.objects.create(code=f"A{number}", name=f"群{number % 2}", kind="tier")


def shown(answer: Any) -> list[str]:
    changelist: OfficeList = answer.context["cl"]
    return [row.code for row in changelist.result_list]


@pytest.mark.usefixtures("short")
def test_links_lead_through_a_list_and_back() -> None:
    add_audiences(5)
    client = signed_in(builders.build_staff("admin", "head_office_admin"))
    url = list_of(head_office, Audience)

    pages, link = [], ""
    answers: list[Any] = []
    while not answers or link:
        answers.append(client.get(url + link))
        link = answers[-1].context["cl"].next_link
        pages.append(shown(answers[-1]))
    back: Any = client.get(url + answers[-1].context["cl"].previous_link)

    assert pages == [["A0", "A1"], ["A2", "A3"], ["A4"]]
    assert shown(back) == ["A2", "A3"]
    assert "3–4 of 5" in back.content.decode()
    assert 'rel="prev"' not in answers[0].content.decode()


@pytest.mark.usefixtures("short")
def test_a_wrong_cursor_shows_the_first_page_and_says_so() -> None:
    add_audiences(5)
    client = signed_in(builders.build_staff("admin", "head_office_admin"))
    other = signed_in(builders.build_staff("admin2", "head_office_admin"))
    url = list_of(head_office, Audience)
    mine: Any = client.get(url)
    cursor = mine.context["cl"].page.after

    for address, reader in (
        (f"{url}?p=2", client),
        (f"{url}?p=%00", client),
        (f"{url}?p={cursor[:-4]}", client),
        (f"{url}?p={cursor}", other),  # of another person
        (f"{url}?p={cursor}&kind__exact=tier", client),  # of other filters
        (f"{url}?p={cursor}&o=-code", client),  # of another order
    ):
        answer: Any = reader.get(address)
        assert answer.status_code == 200, address
        assert shown(answer)[0] in ("A0", "A4"), address
        assert "this is the first one" in answer.content.decode(), address
    right: Any = client.get(f"{url}?p={cursor}")
    assert shown(right) == ["A2", "A3"]
    assert "this is the first one" not in right.content.decode()


@pytest.mark.usefixtures("short")
def test_a_column_orders_the_pages_where_an_index_serves_it() -> None:
    add_audiences(5)
    client = signed_in(builders.build_staff("admin", "head_office_admin"))
    url = list_of(head_office, Audience)

    down: Any = client.get(f"{url}?o=-code")
    by_number: Any = client.get(f"{url}?o=-0.1")  # as the heading writes it
    by_kind: Any = client.get(f"{url}?o=-kind")  # no index
    nonsense: Any = client.get(f"{url}?o=-99.x.-code")
    later: Any = client.get(url + down.context["cl"].next_link)

    assert shown(down) == shown(by_number) == ["A4", "A3"]
    assert shown(later) == ["A2", "A1"]
    assert shown(by_kind) == shown(nonsense) == ["A0", "A1"]
    assert "o=" not in by_kind.context["cl"].query_to_keep


@pytest.mark.usefixtures("short")
def test_an_action_on_all_pages_reaches_every_row_that_was_found() -> None:
    brand = builders.build_brand()
    client = signed_in(builders.build_staff("admin", "head_office_admin"))
    url = f"{list_of(head_office, Sku)}?is_active__exact=1"
    second: Any = client.get(url)
    data = {"action": "products_take_off_sale", "_selected_action": [brand.tea.pk], "index": 0}

    asked = client.post(f"{url}&p={second.context['cl'].page.after}", data | {"select_across": "1"})

    assert asked.status_code == 200
    assert "Everything that the list finds: 3 rows." in asked.content.decode()
    assert (asked.context["across"], asked.context["chosen"]) == (True, [])


@pytest.mark.usefixtures("short")
def test_more_than_was_counted_is_offered_without_a_number(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = builders.build_brand()
    Sku.objects.create(product=brand.tea.product, code="TEA2")
    monkeypatch.setattr(paging, "COUNT_LIMIT", 3)
    client = signed_in(builders.build_staff("admin", "head_office_admin"))

    page = client.get(list_of(head_office, Sku)).content.decode()

    assert "Select all rows that were found (more than 3)" in page
    assert "All rows that were found are selected" in page
    assert "Select all 3" not in page
