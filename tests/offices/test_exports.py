"""Lists as files: exactly what the list shows, to whom, and what is on record of it."""

import csv
import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import translation
from django.utils.html import format_html
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.accounts.models import AccessCase, AuditLine, PersonalDataAccess, User
from apps.common import clock
from apps.common.errors import ActionNotPermitted
from apps.common.limits import TooManyRequests
from apps.flows.place_order import place_order
from apps.inventory.models import Reservation
from apps.jobs import selectors, services
from apps.jobs.models import Job, JobFile
from apps.jobs.rules import Asked
from apps.jobs.services import export_run
from apps.members.models import Member
from apps.members.office import sealed
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import services as org
from apps.org.models import RoleAssignment
from apps.org.offices import exporting
from apps.org.selectors import actor_of_user
from apps.products.models import Product
from tests import builders
from tests.builders import ZHANG_PHONE, Brand
from tests.jobs import sheets
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

MEMBERS = "members.member"


@pytest.fixture(autouse=True)
def _english() -> Iterator[None]:
    with translation.override("en"):
        yield


@pytest.fixture
def brand() -> Brand:
    """Three orders at A1 (two of them paid), one at B1."""
    brand = builders.build_brand()
    for store, total in ((brand.a1, 1999), (brand.a1, 3998), (brand.b1, 1999)):
        clerk = builders.clerk_at(store, f"clerk{store.code}{total}")
        sale = builders.sale_of(store, {"TEA": str(total // 1999)}, total)
        place_order(clerk, sale, builders.once(clerk))
    clerk = builders.clerk_at(brand.a1, "late")
    place_order(clerk, builders.unpaid_order_of(brand.a1, {"RICE": "1"}, 850), builders.once(clerk))
    return brand


@pytest.fixture
def operations(brand: Brand) -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


def asked(*columns: str, clear: tuple[str, ...] = (), reason: str = "", form: str = "csv") -> Asked:
    return Asked(form, columns, clear, reason)


def exported(
    actor: Actor, subject: str, wanted: Asked, *, query: str = "", office: str = "admin"
) -> Job:
    job = services.create_export(actor, subject=subject, office=office, query=query, asked=wanted)
    services.run_due()
    job.refresh_from_db()
    return job


def table(actor: Actor, job: Job) -> list[list[str]]:
    assert (job.status, job.code) == ("done", "")
    data = b"".join(services.open_file(actor, job, "result")).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(data)))


def numbers(actor: Actor, query: str, *, office: str = "admin") -> list[str]:
    job = exported(actor, "orders.order", asked("number"), query=query, office=office)
    return [row[0] for row in table(actor, job)[1:]]


def shown(client: Client, url: str) -> list[str]:
    answer: Any = client.get(url)
    return [row.number for row in answer.context["cl"].result_list]


@pytest.mark.parametrize(
    ("query", "count"),
    [("", 4), ("status__exact=pending_payment", 1), ("store=B1", 1), ("sold=1&store=A1", 2),
     ("period=yesterday", 0), ("period=today&region=NORTH", 1)],
)  # fmt: skip
def test_the_file_holds_what_the_list_shows_in_its_order(
    operations: Actor, query: str, count: int
) -> None:
    client = signed_in(User.objects.get(username="operations"))
    found = numbers(operations, query)
    assert found == shown(client, f"/admin/orders/order/?{query}")
    assert len(found) == count


def test_search_and_sorting_are_the_lists_own(operations: Actor, brand: Brand) -> None:
    one = Order.objects.get(store=brand.b1)
    assert numbers(operations, f"q={one.number}") == [one.number]
    job = exported(operations, "products.sku", asked("code"), query="q=绿茶")
    assert table(operations, job) == [["SKU code"], ["TEA"]]


def test_values_are_what_people_calculate_with(
    operations: Actor, brand: Brand, tmp_path: Path
) -> None:
    Order.objects.filter(store=brand.b1).update(
        placed_at=datetime.fromisoformat("2026-11-24T16:30:00Z")
    )
    wanted = asked("number", "state", "shop", "placed", "n_net", form="xlsx")
    job = exported(operations, "orders.order", wanted, query="store=B1")
    data = b"".join(services.open_file(operations, job, "result"))
    rows = sheets.rows_of(sheets.stored(data, tmp_path, "o.xlsx"))
    assert rows[0][1] == ["Order number", "Status", "Store", "Placed at", "Net amount"]
    number = Order.objects.get(store=brand.b1).number
    placed = datetime.fromisoformat("2026-11-25T00:30")
    assert rows[1][1] == [number, "Completed", str(brand.b1), placed, 19.99]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_a_moment_elsewhere_names_its_time_zone_as_the_list_does(
    operations: Actor, brand: Brand, tmp_path: Path, form: str
) -> None:
    """11:00 in Shanghai is 12:00 in Tokyo: a bare 12:00 would be an hour off."""
    waits = builders.clerk_at(brand.b1, "waits")
    place_order(waits, builders.unpaid_order_of(brand.b1, {"TEA": "1"}, 1999), builders.once(waits))
    brand.b1.time_zone = "Asia/Tokyo"
    brand.b1.save()
    Reservation.objects.update(expires_at=datetime.fromisoformat("2026-11-24T03:00:00Z"))
    job = exported(operations, "inventory.reservation", asked("expires", form=form))
    data = b"".join(services.open_file(operations, job, "result"))
    ours: Any = "2026-11-24 11:00"
    read: list[Any] = []
    if form == "csv":
        read = list(csv.reader(io.StringIO(data.decode("utf-8-sig"))))
    else:
        ours = datetime.fromisoformat("2026-11-24T11:00")
        read = [cells for _n, cells in sheets.rows_of(sheets.stored(data, tmp_path, "r.xlsx"))]
    assert [row[0] for row in read[1:]] == ["2026-11-24 12:00 Asia/Tokyo", ours]


def test_quantities_zeros_and_formulas(operations: Actor, brand: Brand) -> None:
    Product.objects.filter(code="TEA").update(name_en="=HYPERLINK(1)")
    builders.build_sku("000123", "前导零", brand.tea.product.category, 5)
    job = exported(operations, "products.sku", asked("code", "name", "n_price", "is_active"))
    assert table(operations, job)[1:] == [
        ["000123", "000123", "0.05", "1"],
        ["MILK", "Milk", "3.00", "1"],
        ["RICE", "Rice", "8.50", "1"],
        ["TEA", "'=HYPERLINK(1)", "19.99", "1"],
    ]
    job = exported(operations, "inventory.stock", asked("sku", "n_on_hand"), query="store=B1&q=TEA")
    assert table(operations, job)[1:] == [["TEA", "99"]]


def test_an_owner_has_exactly_own_rows(brand: Brand) -> None:
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    own = set(Order.objects.filter(franchisee=brand.anhe).values_list("number", flat=True))
    assert set(numbers(owner, "", office="portal")) == own
    assert len(own) == 3
    foreign = Order.objects.get(store=brand.b1).number
    assert numbers(owner, f"q={foreign}", office="portal") == []
    assert numbers(owner, "store=B1", office="portal") == []
    with pytest.raises(ActionNotPermitted):
        services.create_export(
            owner, subject="orders.order", office="admin", query="", asked=asked("number")
        )


def test_a_regional_manager_has_the_region_alone(brand: Brand) -> None:
    builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east)
    east = actor_of_user(User.objects.get(username="east"))
    assert len(numbers(east, "")) == 3
    assert numbers(east, "region=NORTH") == []


def test_rows_of_a_grant_without_the_right_stay_out(brand: Brand) -> None:
    """A manager of B1, who may not take data out, who owns Anhe's stores besides, who may."""
    user = builders.build_staff("both", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    org.assign_role(builders.SYSTEM, user, roles.STORE_MANAGER, store=brand.b1)
    both = actor_of_user(user)
    assert len(shown(signed_in(user), "/portal/orders/order/")) == 4
    assert len(numbers(both, "", office="portal")) == 3


@pytest.mark.parametrize(
    ("role", "office"),
    [(roles.CLERK, "portal"), (roles.STORE_MANAGER, "portal"), (roles.CUSTOMER_SERVICE, "admin"),
     (roles.AUDITOR, "admin")],
)  # fmt: skip
def test_without_the_right_there_is_no_button_and_no_file(
    brand: Brand, role: str, office: str
) -> None:
    scope = {"store": brand.a1} if office == "portal" else {}
    client = signed_in(builders.build_staff("nobody", role, **scope))
    page = client.get(f"/{office}/orders/order/").content.decode()
    assert "lists/export/" not in page
    url = f"/{office}/lists/export/orders.order/"
    sent = {"format": "csv", "column": ["number"]}
    assert [client.get(url).status_code, client.post(url, sent).status_code] == [403, 403]
    assert not Job.objects.exists()
    with pytest.raises(ActionNotPermitted):
        services.create_export(
            builders.staff_actor("other", role, **scope), subject="orders.order", office=office,
            query="", asked=asked("number"),
        )  # fmt: skip


def test_the_page_offers_the_columns_and_starts_the_job(brand: Brand) -> None:
    client = signed_in(builders.build_staff("operations", roles.OPERATIONS))
    page = client.get("/admin/orders/order/?store=A1").content.decode()
    assert "/admin/lists/export/orders.order/?store=A1" in page
    url = "/admin/lists/export/orders.order/?store=A1"
    page = client.get(url).content.decode()
    assert page.count('name="column"') == 8
    assert 'name="clear"' not in page
    assert "Choose at least one column" in client.post(url, {"format": "csv"}).content.decode()
    answer = client.post(url, {"format": "csv", "column": ["number", "n_net"]})
    job = Job.objects.get()
    assert answer["Location"] == f"/admin/jobs/job/{job.pk}/change/"
    services.run_due()
    job.refresh_from_db()
    actor = actor_of_user(User.objects.get(username="operations"))
    assert [row[1] for row in table(actor, job)] == ["Net amount", "8.50", "39.98", "19.99"]


def test_an_unknown_list_column_or_filter(brand: Brand, operations: Actor) -> None:
    client = signed_in(User.objects.get(username="operations"))
    assert client.get("/admin/lists/export/orders.nothing/").status_code == 404
    assert client.get("/admin/lists/export/accounts.user/").status_code == 404
    url = "/admin/lists/export/orders.order/"
    page = client.post(url, {"format": "csv", "column": ["number", "password"]})
    assert "no such column" in page.content.decode()
    page = client.post(f"{url}?member__name_cipher=1", {"format": "csv", "column": ["number"]})
    assert page.status_code != 302
    assert not Job.objects.exists()


@pytest.mark.parametrize("query", ["q=%00", "q=A%00", "store=%00", "status__exact=%00"])
def test_a_query_that_no_list_has_is_refused_in_words(
    brand: Brand, operations: Actor, query: str
) -> None:
    client = signed_in(User.objects.get(username="operations"))
    url = f"/admin/lists/export/orders.order/?{query}"
    answer = client.post(url, {"format": "csv", "column": ["number"]})
    assert answer.status_code == 200
    assert "The filters of the list do not fit it any more." in answer.content.decode()
    assert not Job.objects.exists()


def test_a_refused_search_of_members_keeps_its_own_words(
    operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the search refuses is not taken for a filter that does not fit."""

    def refuse(*given: Any) -> None:
        raise TooManyRequests

    monkeypatch.setattr("apps.members.services.search", refuse)
    with pytest.raises(TooManyRequests):
        services.create_export(
            operations, subject=MEMBERS, office="admin", query="q=1234", asked=asked("number")
        )


def test_texts_keep_every_sign_of_theirs(brand: Brand, operations: Actor) -> None:
    """A name is not HTML: what looks like a tag or an entity stands in it because somebody typed it."""
    odd = "Tea <500g> &amp; a<b"
    Product.objects.filter(code="TEA").update(name=odd, name_en=odd)
    job = exported(operations, "products.sku", asked("code", "name"), query="q=TEA")
    assert table(operations, job)[1:] == [["TEA", odd]]


@pytest.mark.parametrize(
    ("value", "plain"),
    [
        ("Tea <500g> &amp; more", "Tea <500g> &amp; more"),
        (format_html('<span class="qy">{}</span>', "Tea <500g> & more"), "Tea <500g> & more"),
        (gettext_lazy("Order number"), "Order number"),
        (None, None),
    ],
)
def test_only_what_is_html_loses_its_tags(value: object, plain: object) -> None:
    assert exporting._text("shop", value) == plain


def test_a_right_that_is_lost_takes_the_file_back(brand: Brand, operations: Actor) -> None:
    job = services.create_export(
        operations, subject="orders.order", office="admin", query="", asked=asked("number")
    )
    done = exported(operations, "orders.order", asked("number"))
    user = User.objects.get(username="operations")
    RoleAssignment.objects.filter(user=user).update(ends_at=clock.now())
    org.assign_role(builders.SYSTEM, user, roles.CUSTOMER_SERVICE)
    Job.objects.filter(pk=job.pk).update(status="queued", ended_at=None)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.code) == ("failed", "not_permitted")
    with pytest.raises(ActionNotPermitted):
        services.open_file(actor_of_user(user), done, "result")


def test_what_is_on_record(brand: Brand, operations: Actor) -> None:
    job = exported(
        operations, "members.member", asked("number", "name"), query=f"q={sealed(ZHANG_PHONE)}"
    )
    assert [row[1] for row in table(operations, job)[1:]] == ["张*"]
    line = AuditLine.objects.get(action="jobs.export")
    assert line.changes == {
        "list": "members.member", "rows": 1, "filters": "q=***", "columns": "number name",
        "clear": "",
    }  # fmt: skip
    assert (line.object_key, line.role) == (job.number, roles.OPERATIONS)
    assert AuditLine.objects.filter(action="jobs.download", object_key=job.number).count() == 1
    assert PersonalDataAccess.objects.count() == 0
    assert ZHANG_PHONE not in str(job.options)
    assert sealed(ZHANG_PHONE)[:20] not in str(job.options)


def test_a_phone_that_was_typed_unsealed_is_kept_by_nothing(
    brand: Brand, operations: Actor
) -> None:
    job = exported(operations, "members.member", asked("number"), query=f"q={ZHANG_PHONE}")
    assert len(table(operations, job)) == 2
    kept = f"{Job.objects.values().get()} {list(AuditLine.objects.values())}"
    assert ZHANG_PHONE not in kept


def test_members_in_clear_are_each_on_record(brand: Brand) -> None:
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    wanted = asked(
        "number", "name", "identified_by", clear=("name", "identified_by"), reason="recall"
    )
    job = exported(admin, "members.member", wanted)
    rows = {row[0]: row[1:] for row in table(admin, job)[1:]}
    assert rows[brand.zhang.number] == ["张小明", ZHANG_PHONE]
    looks = PersonalDataAccess.objects.order_by("subject_key")
    assert [look.subject_key for look in looks] == sorted(rows)
    assert {(look.reason, look.via, look.role) for look in looks} == {
        ("recall", "admin", roles.HEAD_OFFICE_ADMIN)
    }
    assert set(looks[0].fields) >= {"name", "phone"}
    kept = JobFile.objects.get(job=job)
    assert kept.personal
    assert job.expires_at - job.created_at == timedelta(hours=24)
    line = AuditLine.objects.get(action="jobs.export")
    assert (line.changes["clear"], line.reason) == ("name identified_by", "recall")
    assert "张小明" not in f"{job.options}{list(AuditLine.objects.values())}"


def test_in_clear_takes_the_right_and_a_reason(brand: Brand, operations: Actor) -> None:
    wanted = asked("name", clear=("name",), reason="recall")
    with pytest.raises(ActionNotPermitted):
        services.create_export(operations, subject=MEMBERS, office="admin", query="", asked=wanted)
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    with pytest.raises(services.ExportReasonWanted):
        services.create_export(
            admin, subject=MEMBERS, office="admin", query="", asked=asked("name", clear=("name",))
        )
    page = signed_in(User.objects.get(username="admin")).get(f"/admin/lists/export/{MEMBERS}/")
    assert page.content.decode().count('name="clear"') == 2
    assert not Job.objects.exists()
    assert not PersonalDataAccess.objects.exists()


def test_many_in_clear_open_a_case(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.accounts.services.privacy.LOOKS_PER_HOUR", 1)
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    exported(admin, MEMBERS, asked("name", clear=("name",), reason="recall"))
    assert AccessCase.objects.get().actor_label == "admin"
    assert Member.objects.count() == 2


def test_the_pages_make_one_file(operations: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_run, "PAGE", 3)
    whole = sorted(Order.objects.values_list("number", flat=True))
    job = exported(operations, "orders.order", asked("number"))
    assert sorted(row[0] for row in table(operations, job)[1:]) == whole
    assert (job.total, job.done, job.counts) == (4, 4, {"rows": 4})
    assert selectors.progress_of(job).done == 4


def test_cancelled_between_pages_there_is_no_file(
    operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "PAGE", 2)
    job = services.create_export(
        operations, subject="orders.order", office="admin", query="", asked=asked("number")
    )
    advance = export_run._advance

    def ask(*given: Any) -> None:
        advance(*given)
        Job.objects.filter(pk=job.pk).update(cancel_asked=True)

    monkeypatch.setattr(export_run, "_advance", ask)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.done) == ("cancelled", 2)
    assert not JobFile.objects.exists()
    assert not AuditLine.objects.filter(action="jobs.export").exists()


def test_a_list_that_is_too_long_is_refused(
    operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "MAX_ROWS", 3)
    job = exported(operations, "orders.order", asked("number"))
    assert (job.status, job.code) == ("failed", "export_too_large")
    assert not JobFile.objects.exists()


def test_a_worker_that_is_too_slow_begins_anew_and_gives_up(
    operations: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(export_run, "BEYOND", -1e9)
    job = services.create_export(
        operations, subject="orders.order", office="admin", query="", asked=asked("number")
    )
    for turn in range(1, export_run.STARTS + 1):
        one = services.claim()
        assert one is not None
        services.run(one, until=0)
        job.refresh_from_db()
        assert (job.status, job.options["starts"], job.lease) == ("running", turn, None)
    services.run_due()
    job.refresh_from_db()
    assert (job.status, job.code) == ("failed", "export_unfinished")
    assert not JobFile.objects.exists()


def test_every_list_of_both_sites_can_be_taken_out(brand: Brand) -> None:
    from apps.org.offices.sites import head_office, portal  # noqa: PLC0415
    from tests.offices.plenty import add_plenty  # noqa: PLC0415

    add_plenty(brand, 0, 2)
    admin = builders.staff_actor("admin", roles.HEAD_OFFICE_ADMIN)
    owner = builders.staff_actor("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    for site, actor in ((head_office, admin), (portal, owner)):
        for model, one in site._registry.items():
            columns = tuple(str(name) for name in one.list_display)
            label = model._meta.label_lower
            job = services.create_export(
                actor, subject=label, office=site.name, query="", asked=asked(*columns)
            )
            services.run_due()
            job.refresh_from_db()
            assert (job.status, job.code) == ("done", ""), label
            rows = table(actor, job)
            assert len(rows[0]) == len(columns)
            assert not any("<" in cell and ">" in cell for row in rows for cell in row), label
