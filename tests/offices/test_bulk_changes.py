"""Many rows at once: first told, then done, on the rows that were told and on no other."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from pytest_django import DjangoCaptureOnCommitCallbacks

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine, User
from apps.common import clock
from apps.common.errors import ActionNotPermitted
from apps.flows.place_order import place_order
from apps.inventory.models import Reservation
from apps.jobs import registry, services, tasks
from apps.jobs.models import Job, RowRefusal
from apps.jobs.office import ended, showing
from apps.jobs.services import change_run
from apps.orders.models import Order, OrderEvent
from apps.org import rules as roles
from apps.org.models import RoleAssignment
from apps.products import selectors as products
from apps.products.models import Sku
from tests import builders
from tests.builders import Brand
from tests.jobs import sheets
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

OFF, ON, CANCEL = "products.take_off_sale", "products.put_on_sale", "orders.cancel_unpaid"
WHY = {"reason": "season is over"}


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def brand() -> Brand:
    """Two unpaid orders and a paid one at A1, an unpaid one at B1."""
    brand = builders.build_brand()
    for place, store in enumerate((brand.a1, brand.a1, brand.b1)):
        clerk = builders.clerk_at(store, f"clerk{place}")
        place_order(
            clerk, builders.unpaid_order_of(store, {"TEA": "1"}, 1999), builders.once(clerk)
        )
    clerk = builders.clerk_at(brand.a1, "seller")
    place_order(clerk, builders.sale_of(brand.a1, {"TEA": "1"}, 1999), builders.once(clerk))
    return brand


@pytest.fixture
def operations(brand: Brand) -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


def judged(actor: Actor, subject: str, *, query: str = "", chosen: list[int] | None = None) -> Job:
    job = services.create_change(
        actor, subject=subject, office="admin", query=query, chosen=chosen, options=WHY
    )
    services.run_due()
    job.refresh_from_db()
    return job


def done(actor: Actor, job: Job) -> Job:
    services.start(actor, job)
    services.run_due()
    job.refresh_from_db()
    return job


def on_sale() -> dict[str, bool]:
    return dict(Sku.objects.values_list("code", "is_active"))


def test_the_preview_tells_and_changes_nothing(brand: Brand, operations: Actor) -> None:
    Sku.objects.filter(code="MILK").update(is_active=False)
    job = judged(operations, OFF)
    assert (job.status, job.total, job.done) == ("checked", 3, 3)
    assert job.counts == {"changed": 2, "skipped": 1}
    assert job.options["skips"] == [["sku_off_sale", "It is off sale already.", 1]]
    assert job.options["preview"][0] == {
        "row": 1, "outcome": "skipped", "key": {"row": "MILK"}, "changes": {},
        "reason": "It is off sale already.",
    }  # fmt: skip
    assert job.options["preview"][1]["changes"] == {"is_active": [True, False]}
    assert on_sale() == {"MILK": False, "RICE": True, "TEA": True}
    assert not AuditLine.objects.filter(action__in=["jobs.change", OFF]).exists()


@pytest.mark.parametrize(
    ("language", "sale", "order"),
    [
        ("en", "On sale yes → no", "Status pending payment → cancelled"),
        ("zh-hans", "在售 是 → 否", "状态 待支付 → 已取消"),
    ],
)
def test_the_preview_speaks_the_language_of_who_looks(
    brand: Brand, operations: Actor, language: str, sale: str, order: str
) -> None:
    """Whatever was spoken where the rows were checked."""
    client = signed_in(User.objects.get(pk=operations.id), language)
    for subject, told in ((OFF, sale), (CANCEL, order)):
        job = judged(operations, subject)
        page = client.get(f"/admin/jobs/job/{job.pk}/change/").content.decode()
        assert told in re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", page))


def test_what_was_told_is_done_and_the_others_come_back(
    brand: Brand, operations: Actor, tmp_path: Path
) -> None:
    Sku.objects.filter(code="MILK").update(is_active=False)
    job = done(operations, judged(operations, OFF))
    assert (job.status, job.counts) == ("done", {"changed": 2, "skipped": 1})
    assert on_sale() == {"MILK": False, "RICE": False, "TEA": False}
    data = b"".join(services.open_file(operations, job, "result"))
    rows = sheets.rows_of(sheets.stored(data, tmp_path, "s.xlsx"))
    assert [cells for _number, cells in rows] == [
        ["Row", "Why it was left as it is", "Code"],
        ["MILK", "It is off sale already.", "sku_off_sale"],
    ]
    line = AuditLine.objects.get(action="jobs.change")
    assert (line.object_key, line.reason) == (job.number, "season is over")
    assert line.changes == {"change": OFF, "changed": 2, "skipped": 1}
    assert AuditLine.objects.get(action=OFF).changes == {"skus": 2}


def test_what_is_kept_of_the_rows_is_nobodys_file(brand: Brand, operations: Actor) -> None:
    job = judged(operations, OFF)
    with pytest.raises(services.JobFileNotFound):
        services.open_file(operations, job, "source")


def test_chosen_rows_alone(brand: Brand, operations: Actor) -> None:
    job = done(operations, judged(operations, OFF, chosen=[brand.tea.pk, 999_999_999]))
    assert (job.total, job.counts) == (1, {"changed": 1})
    assert on_sale() == {"MILK": True, "RICE": True, "TEA": False}


def test_a_sku_without_a_price_is_not_put_on_sale(brand: Brand, operations: Actor) -> None:
    Sku.objects.update(is_active=False)
    builders.without_price(brand.rice)
    Sku.objects.filter(code="MILK").update(is_active=True)
    job = done(operations, judged(operations, ON))
    assert job.counts == {"changed": 1, "skipped": 2}
    assert sorted(job.options["skips"]) == [
        ["sku_not_priced", "It has no base price.", 1],
        ["sku_on_sale", "It is on sale already.", 1],
    ]
    assert on_sale() == {"MILK": True, "RICE": False, "TEA": True}


def test_rows_that_the_list_finds_later_are_not_changed(brand: Brand, operations: Actor) -> None:
    job = judged(operations, OFF, query="unit__exact=each")
    assert job.counts == {"changed": 2}
    builders.build_sku("LATE", "迟", brand.tea.product.category, 5)
    Sku.objects.filter(code="TEA").update(unit="kg")  # left the filter, but was told of
    assert done(operations, job).counts == {"changed": 2}
    assert on_sale() == {"LATE": True, "MILK": False, "RICE": True, "TEA": False}


def test_a_row_that_is_gone_is_skipped(brand: Brand, operations: Actor) -> None:
    extra = type(brand.tea).objects.create(code="EXTRA", product=brand.tea.product)
    job = judged(operations, OFF, chosen=[extra.pk, brand.tea.pk])
    extra.delete()
    job = done(operations, job)
    assert job.counts == {"changed": 1, "skipped": 1}
    assert job.options["skips"][0][0] == "row_gone"


def test_unpaid_orders_are_cancelled_once(brand: Brand, operations: Actor) -> None:
    job = judged(operations, CANCEL)
    assert job.counts == {"changed": 3, "skipped": 1}
    assert job.options["skips"] == [["order_paid", "This order is paid already.", 1]]
    assert Reservation.objects.filter(status="open").count() == 3
    job = done(operations, job)
    assert (job.status, job.counts) == ("done", {"changed": 3, "skipped": 1})
    assert Order.objects.filter(status="cancelled").count() == 3
    assert Reservation.objects.filter(status="open").count() == 0
    assert OrderEvent.objects.filter(to_status="cancelled").count() == 3
    reasons = AuditLine.objects.filter(action="orders.cancel").values_list("reason", flat=True)
    assert list(reasons) == ["season is over"] * 3


def test_a_page_that_is_done_again_cancels_nothing_twice(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies after the flows and before its count; the next one gets the same answers."""
    job = judged(operations, CANCEL, query="status__exact=pending_payment")
    services.start(operations, job)
    advance = change_run._advance

    def die(*given: Any) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(change_run, "_advance", die)
    with pytest.raises(KeyboardInterrupt):
        services.run_due()
    job.refresh_from_db()
    assert (job.status, job.done) == ("running", 0)
    assert Order.objects.filter(status="cancelled").count() == 1
    monkeypatch.setattr(change_run, "_advance", advance)
    Job.objects.update(leased_until=clock.now())
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("done", {"changed": 3})
    assert OrderEvent.objects.filter(to_status="cancelled").count() == 3


def stopping(monkeypatch: pytest.MonkeyPatch, after: int, act: Callable[[], None]) -> None:
    """Have something happen while the row after ``after`` rows is being changed."""
    one = registry.CHANGES[CANCEL]
    rows: list[str] = []

    def each(actor: Actor, row: Any, options: Any, key: str) -> None:
        rows.append(key)
        if len(rows) == after + 1:
            act()
        assert one.each is not None
        one.each(actor, row, options, key)

    monkeypatch.setitem(registry.CHANGES, CANCEL, replace(one, each=each))


def cancel_line() -> dict[str, Any]:
    line = AuditLine.objects.get(action="jobs.change")
    assert line.reason == "season is over"
    return dict(line.changes)


def test_cancelled_while_rows_are_changed_it_counts_them(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Three orders on one page; asked to stop at the second, it stops after it and says so."""
    job = judged(operations, CANCEL)
    stopping(monkeypatch, 1, lambda: services.ask_cancel(operations, job))
    job = done(operations, job)
    assert (job.status, job.counts) == ("cancelled", {"changed": 2, "skipped": 1})
    assert Order.objects.filter(status="cancelled").count() == 2
    assert Order.objects.filter(status="pending_payment").count() == 1
    assert cancel_line() == {"change": CANCEL, "changed": 2, "skipped": 1}
    page = signed_in(User.objects.get(username="operations")).get(
        f"/admin/jobs/job/{job.pk}/change/"
    )
    assert "2 rows were changed before, and stay so." in page.content.decode()
    assert "Nothing was changed" not in page.content.decode()


def test_a_fault_at_a_row_keeps_the_count_of_those_before(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    def break_down() -> None:
        raise RuntimeError("a fault of ours")

    job = judged(operations, CANCEL, query="status__exact=pending_payment")
    stopping(monkeypatch, 2, break_down)
    job = done(operations, job)
    assert (job.status, job.code, job.counts) == ("failed", "internal_error", {"changed": 2})
    assert Order.objects.filter(status="cancelled").count() == 2
    assert ended.became(job) == ["2 rows were changed before, and stay so."]
    assert cancel_line() == {"change": CANCEL, "changed": 2}


def test_stopped_after_a_worker_died_the_row_at_hand_is_counted(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies after the second flow and before its count; then the owner cancels."""
    job = judged(operations, CANCEL, query="status__exact=pending_payment")
    services.start(operations, job)
    advance, counted = change_run._advance, []

    def die(*given: Any) -> None:
        counted.append(1)
        if len(counted) == 2:
            raise KeyboardInterrupt
        advance(*given)

    monkeypatch.setattr(change_run, "_advance", die)
    with pytest.raises(KeyboardInterrupt):
        services.run_due()
    monkeypatch.setattr(change_run, "_advance", advance)
    services.ask_cancel(operations, job)
    Job.objects.update(leased_until=clock.now())
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("cancelled", {"changed": 2})
    assert Order.objects.filter(status="cancelled").count() == 2
    assert cancel_line() == {"change": CANCEL, "changed": 2}


def test_given_back_and_cancelled_it_is_on_record(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_run, "PAGE", 2)
    job = judged(operations, OFF)
    services.start(operations, job)
    held = services.claim()
    assert held is not None
    turns = iter([0.0, 2.0])
    monkeypatch.setattr(change_run, "time", SimpleNamespace(monotonic=lambda: next(turns)))
    services.run(held, until=1)
    monkeypatch.undo()
    services.ask_cancel(operations, job)
    job.refresh_from_db()
    assert (job.status, job.counts, job.lease) == ("cancelled", {"changed": 2}, None)
    assert AuditLine.objects.get(action="jobs.change").changes == {"change": OFF, "changed": 2}


def test_a_change_that_changed_nothing_leaves_no_line(brand: Brand, operations: Actor) -> None:
    job = judged(operations, OFF)
    services.ask_cancel(operations, job)
    job.refresh_from_db()
    assert (job.status, job.counts) == ("cancelled", {"changed": 3})
    assert ended.became(job) == ["Nothing was changed."]
    assert not AuditLine.objects.filter(action="jobs.change").exists()


def test_what_the_check_skips_stays_skipped(brand: Brand, operations: Actor) -> None:
    """MILK is put on sale between the check and the start; nobody was told that it would change."""
    Sku.objects.filter(code="MILK").update(is_active=False)
    job = judged(operations, OFF)
    assert job.counts == {"changed": 2, "skipped": 1}
    Sku.objects.filter(code="MILK").update(is_active=True)
    job = done(operations, job)
    assert (job.status, job.counts) == ("done", {"changed": 2, "skipped": 1})
    assert job.options["skips"] == [["sku_off_sale", "It is off sale already.", 1]]
    assert on_sale() == {"MILK": True, "RICE": False, "TEA": False}


@pytest.mark.parametrize("page", [1, 2, 200])
def test_an_order_that_was_told_to_be_skipped_is_not_cancelled_while_it_runs(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch, page: int
) -> None:
    """The paid one becomes cancellable while the others are being cancelled."""
    monkeypatch.setattr(change_run, "PAGE", page)
    paid = Order.objects.exclude(status="pending_payment").get()
    job = judged(operations, CANCEL)

    def reopen() -> None:
        Order.objects.filter(pk=paid.pk).update(status="pending_payment")

    stopping(monkeypatch, 0, reopen)
    job = done(operations, job)
    assert (job.status, job.counts) == ("done", {"changed": 3, "skipped": 1})
    paid.refresh_from_db()
    assert paid.status == "pending_payment"
    assert list(RowRefusal.objects.values_list("column", "code")) == [(paid.number, "order_paid")]


def test_the_preview_names_columns_as_people_do(brand: Brand, operations: Actor) -> None:
    client = signed_in(User.objects.get(username="operations"))
    client.cookies["django_language"] = "zh-hans"
    for subject, label in ((OFF, "在售"), (CANCEL, "状态")):
        job = judged(operations, subject)
        page = client.get(f"/admin/jobs/job/{job.pk}/change/").content.decode()
        assert label in page
        with translation.override("zh-hans"):
            shown = showing.preview(job, {})
        assert {name for row in shown for name, _before, _after in row.changes} == {label}


def test_an_order_paid_meanwhile_is_left_alone(brand: Brand, operations: Actor) -> None:
    job = judged(operations, CANCEL, query="status__exact=pending_payment")
    paid = Order.objects.filter(store=brand.b1, status="pending_payment").get()
    Order.objects.filter(pk=paid.pk).update(status="paid")
    job = done(operations, job)
    assert job.counts == {"changed": 2, "skipped": 1}
    assert job.options["skips"][0][0] == "order_paid"
    paid.refresh_from_db()
    assert paid.status == "paid"


def test_a_regional_manager_changes_the_region_alone(brand: Brand) -> None:
    east = builders.staff_actor("east", roles.REGIONAL_MANAGER, region=brand.east)
    everything = list(Order.objects.values_list("pk", flat=True))
    job = judged(east, CANCEL, chosen=everything)
    assert job.total == 3
    job = done(east, job)
    assert job.counts == {"changed": 2, "skipped": 1}
    assert Order.objects.get(store=brand.b1).status == "pending_payment"
    with pytest.raises(ActionNotPermitted):
        judged(east, OFF)


def test_pages_and_slices(brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_run, "PAGE", 2)
    job = judged(operations, OFF)
    services.start(operations, job)
    held = services.claim()
    assert held is not None
    services.run(held, until=0)
    job.refresh_from_db()
    assert (job.status, job.lease, job.done) == ("running", None, 0)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("done", {"changed": 3})
    assert AuditLine.objects.filter(action=OFF).count() == 2


def test_cancelled_between_pages_it_stops(
    brand: Brand, operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(change_run, "PAGE", 1)
    job = judged(operations, OFF)
    services.start(operations, job)
    advance = change_run._advance

    def ask(*given: Any) -> None:
        advance(*given)
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)

    monkeypatch.setattr(change_run, "_advance", ask)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.counts) == ("cancelled", {"changed": 1})
    assert sorted(on_sale().values()) == [False, True, True]


def test_a_right_that_was_lost_ends_it(brand: Brand, operations: Actor) -> None:
    job = judged(operations, OFF)
    services.start(operations, job)
    RoleAssignment.objects.filter(user_id=operations.id).update(ends_at=clock.now())
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.code) == ("failed", "not_permitted")
    assert all(on_sale().values())
    assert registry.said(job) == "Your role does not allow this."


def test_only_the_owner_starts_it(brand: Brand, operations: Actor) -> None:
    job = judged(operations, OFF)
    with pytest.raises(Exception, match="no such job"):
        services.start(builders.staff_actor("other", roles.HEAD_OFFICE_ADMIN), job)
    assert all(on_sale().values())


def test_what_is_wanted_of_who_asks(brand: Brand, operations: Actor) -> None:
    for options, chosen, refusal in (
        ({"reason": ""}, None, services.ChangeReasonWanted),
        (WHY, [], services.ChangeRowsWanted),
    ):
        with pytest.raises(refusal):
            services.create_change(
                operations, subject=OFF, office="admin", query="", chosen=chosen, options=options
            )
    with pytest.raises(ActionNotPermitted):
        services.create_change(
            operations, subject=OFF, office="portal", query="", chosen=None, options=WHY
        )
    assert not Job.objects.exists()


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def test_from_the_list_to_the_job(brand: Brand, client: Client) -> None:
    url = "/admin/products/sku/?unit__exact=each"
    assert "Take off sale" in client.get(url).content.decode()
    sent = {"action": "products_take_off_sale", "index": "0", "_selected_action": [brand.tea.pk]}
    page = client.post(url, sent).content.decode()
    assert "Chosen on the list: 1 row." in page
    assert f'name="_selected_action" value="{brand.tea.pk}"' in page
    assert "/admin/lists/change/products.take_off_sale/?unit__exact=each" in page
    assert not Job.objects.exists()
    post = "/admin/lists/change/products.take_off_sale/?unit__exact=each"
    wanted = {"_selected_action": [brand.tea.pk], "reason": "", "found": "1"}
    for found, said in (
        ("1", "1 row."),
        ("1234", "1,234 rows."),
        ("<b>", "0 rows."),
        ("", "0 rows."),
    ):
        again = client.post(post, wanted | {"found": found}).content.decode()
        assert "Say why the rows are changed" in again
        assert f"Chosen on the list: {said}" in again
    answer = client.post(post, wanted | {"reason": "season is over"})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/job/{job.pk}/change/"
    assert job.options["chosen"] == [brand.tea.pk]


def test_everything_over_all_pages(
    brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = "/admin/products/sku/?unit__exact=each"
    across = {"select_across": "1", "_selected_action": [brand.tea.pk]}
    page = client.post(url, {"action": "products_take_off_sale", "index": "0", **across})
    assert "Everything that the list finds: 2 rows." in page.content.decode()
    post = "/admin/lists/change/products.take_off_sale/?unit__exact=each"
    client.post(post, {"select_across": "1", "reason": "season is over"})
    services.run_due()
    assert Job.objects.get().counts == {"changed": 2}


@pytest.mark.parametrize("query", ["q=%00", "status__exact=%00"])
def test_a_query_that_no_list_has_is_refused_in_words(client: Client, query: str) -> None:
    url = f"/admin/lists/change/{CANCEL}/?{query}"
    answer = client.post(url, {"select_across": "1", **WHY})
    assert answer.status_code == 200
    assert "The filters of the list do not fit it any more." in answer.content.decode()
    assert not Job.objects.exists()


@pytest.mark.parametrize("key", ["9" * 5_000, "9" * 19, "²", "-1", "1\x00", ""])
def test_what_is_no_key_is_nobodys_row(brand: Brand, client: Client, key: str) -> None:
    url = f"/admin/lists/change/{OFF}/"
    page = client.post(url, {"_selected_action": [key], **WHY})
    assert "Choose the rows that are to be changed" in page.content.decode()
    assert not Job.objects.exists()
    client.post(url, {"_selected_action": [key, brand.tea.pk, "9" * 18], **WHY})
    assert Job.objects.get().options["chosen"] == [brand.tea.pk, int("9" * 18)]
    services.run_due()
    assert Job.objects.get().counts == {"changed": 1}


@pytest.mark.parametrize("role", [roles.FINANCE, roles.AUDITOR, roles.CUSTOMER_SERVICE])
def test_who_may_not_has_no_action_and_no_way(brand: Brand, role: str) -> None:
    client = signed_in(builders.build_staff("nobody", role))
    assert "products_take_off_sale" not in client.get("/admin/products/sku/").content.decode()
    url = "/admin/lists/change/products.take_off_sale/"
    assert client.post(url, {"select_across": "1", "reason": "just so"}).status_code == 403
    assert client.post("/admin/lists/change/products.nothing/", {}).status_code == 404
    assert client.get(url).status_code == 405
    assert not Job.objects.exists()


@pytest.mark.parametrize("subject", [OFF, ON, CANCEL])
def test_judging_takes_as_many_statements_however_many_rows(
    brand: Brand, operations: Actor, subject: str
) -> None:
    def statements(rows: list[Any]) -> int:
        with CaptureQueriesContext(connection) as asked:
            change.judge(operations, rows, WHY)
        return len(asked)

    change = registry.CHANGES[subject]
    if subject == CANCEL:
        rows: list[Any] = list(Order.objects.select_related("store"))
    else:
        rows = list(products.skus_with_base_price(Sku.objects.order_by("pk")))

    assert len(rows) >= 3
    assert statements(rows) == statements(rows[:1]) <= 1


def test_changing_a_page_of_skus_takes_as_many_statements_however_many(
    brand: Brand, operations: Actor
) -> None:
    def statements(subject: str, rows: list[Any]) -> int:
        change = registry.CHANGES[subject]
        assert change.apply is not None
        with CaptureQueriesContext(connection) as asked:
            steps = change.apply(operations, rows, WHY)
        assert [step.skip for step in steps] == [None] * len(rows)
        return len(asked)

    rows = list(products.skus_with_base_price(Sku.objects.order_by("pk")))
    assert statements(OFF, rows) == statements(ON, rows)
    assert statements(OFF, rows[:1]) == statements(ON, rows[:1])
    assert statements(OFF, rows) == statements(ON, rows[:1]) <= 8


@pytest.mark.parametrize(
    "address", [f"/admin/lists/change/{OFF}/", "/admin/lists/export/products.sku/"]
)
def test_a_worker_is_woken(
    client: Client,
    address: str,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    woken: list[dict[str, Any]] = []
    monkeypatch.setattr(tasks.run_due_jobs, "apply_async", lambda **said: woken.append(said))
    given = {**WHY, "select_across": "1", "format": "csv", "column": "code"}

    with django_capture_on_commit_callbacks(execute=True):
        answer = client.post(address, given)

    assert "/jobs/job/" in answer.headers["Location"]
    assert woken == [{"retry": False, "expires": 60}]
