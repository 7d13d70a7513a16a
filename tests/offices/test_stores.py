"""The card of a store at head office: what it holds, and the acts of its life with what they would do."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from apps.accounts.models import AuditLine
from apps.common import clock
from apps.flows.change_owner import change_owner
from apps.flows.place_order import place_order
from apps.flows.tasks import hand_over_stores
from apps.org import rules as roles
from apps.org.admin.stores import StoreForm
from apps.org.models import ChannelStore, Store, StoreHours, Tenure
from apps.org.selectors import actor_of_user
from tests import builders
from tests.builders import SYSTEM, Brand, once, unpaid_order_of
from tests.offices.pages import counted, signed_in

pytestmark = pytest.mark.django_db
ZONE = "Asia/Shanghai"
CARD_BUDGET = 20
ACTS = ("change_owner", "move", "withdraw", "freeze", "unfreeze", "close")


@pytest.fixture
def brand() -> Iterator[Brand]:
    """Built yesterday, so that no store has a document of today; it is noon."""
    noon = clock.start_of_day(clock.business_day(clock.now(), ZONE), ZONE) + timedelta(hours=12)
    with time_machine.travel(noon - timedelta(days=1)):
        built = builders.build_brand()
    with time_machine.travel(noon):
        yield built


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def page(store: Store, act: str = "change") -> str:
    return f"/admin/org/store/{store.pk}/{act}/"


def act(client: Client, store: Store, name: str, **data: object) -> int:
    sent = {"_form_submitted": "on", "reason": "as agreed"} | data
    return client.post(page(store, name), sent).status_code


def offered(client: Client, store: Store) -> set[str]:
    text = client.get(page(store)).content.decode()
    return {name for name in ACTS if f"/{store.pk}/{name}/" in text}


def card(store: Store, **changes: object) -> dict[str, object]:
    return {
        "code": store.code,
        "name": store.name,
        "name_en": store.name_en,
        "time_zone": ZONE,
        "hours-TOTAL_FORMS": "0",
        "hours-INITIAL_FORMS": "0",
    } | changes


def test_the_card_holds_address_place_hours_and_legal_entity(brand: Brand, client: Client) -> None:
    data = card(
        brand.a1,
        address="安和路 1 号",
        legal_entity="安和商贸有限公司",
        latitude="31.230400",
        longitude="121.473700",
        **{
            "hours-TOTAL_FORMS": "1",
            "hours-0-weekday": "1",
            "hours-0-opens_at": "08:00",
            "hours-0-closes_at": "22:00",
        },
    )

    assert client.post(page(brand.a1), data).status_code == 302

    brand.a1.refresh_from_db()
    assert (brand.a1.address, brand.a1.legal_entity) == ("安和路 1 号", "安和商贸有限公司")
    assert (str(brand.a1.latitude), str(brand.a1.longitude)) == ("31.230400", "121.473700")
    assert str(StoreHours.objects.get(store=brand.a1)) == "Monday 08:00–22:00"
    line = AuditLine.objects.latest("id")
    assert line.action == "org.change_store"
    assert line.changes["address"] == ["", "安和路 1 号"]
    assert line.changes["storehours"].keys() == {"added"}


@pytest.mark.parametrize(
    "wrong",
    [
        {"latitude": "91", "longitude": "0"},
        {"latitude": "31"},
        {
            "hours-TOTAL_FORMS": "1",
            "hours-0-weekday": "1",
            "hours-0-opens_at": "22:00",
            "hours-0-closes_at": "08:00",
        },
    ],
)
def test_a_card_that_cannot_be_is_not_saved(
    brand: Brand, client: Client, wrong: dict[str, str]
) -> None:
    answer = client.post(page(brand.a1), card(brand.a1, name="x", **wrong))

    assert answer.status_code == 200
    brand.a1.refresh_from_db()
    assert (brand.a1.name, brand.a1.latitude, StoreHours.objects.count()) == ("A1店", None, 0)


def test_the_form_changes_neither_owner_nor_region_nor_status(brand: Brand, client: Client) -> None:
    sent = card(brand.a1, franchisee="", region=brand.north.pk, status="closed", name="新名")

    assert client.post(page(brand.a1), sent).status_code == 302

    brand.a1.refresh_from_db()
    assert brand.a1.name == "新名"
    assert (brand.a1.franchisee, brand.a1.region, brand.a1.status) == (
        brand.anhe,
        brand.east,
        "open",
    )


def test_another_time_zone_does_not_bring_back_the_former_owner(
    brand: Brand, client: Client
) -> None:
    """Under whom a store trades goes by its day, and in Los Angeles it is still yesterday."""
    change_owner(SYSTEM, "A1", to="BAICHUAN", reason="sold")
    clerk = builders.build_staff("clerk", roles.CLERK, store=brand.a1)

    answer = client.post(page(brand.a1), card(brand.a1, time_zone="America/Los_Angeles"))
    hand_over_stores()

    assert answer.status_code == 200
    assert "It is another day there now" in answer.content.decode()
    brand.a1.refresh_from_db()
    assert (brand.a1.time_zone, brand.a1.franchisee) == (ZONE, brand.baichuan)
    assert len(actor_of_user(clerk).grants) == 1

    assert client.post(page(brand.a1), card(brand.a1, time_zone="Asia/Tokyo")).status_code == 302
    brand.a1.refresh_from_db()
    assert (brand.a1.time_zone, brand.a1.franchisee) == ("Asia/Tokyo", brand.baichuan)


def test_a_card_saved_beside_a_conversion_does_not_undo_it(
    brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The form has read the old owner, and found it fresh, when the store changes hands."""
    construct = StoreForm._post_clean

    def late(form: StoreForm) -> None:
        Store.objects.filter(code="A1").update(franchisee=brand.baichuan, status="frozen")
        construct(form)

    monkeypatch.setattr(StoreForm, "_post_clean", late)

    assert client.post(page(brand.a1), card(brand.a1, name="新名")).status_code == 302

    brand.a1.refresh_from_db()
    assert (brand.a1.name, brand.a1.franchisee, brand.a1.status) == (
        "新名",
        brand.baichuan,
        "frozen",
    )


def test_a_card_opened_before_a_conversion_is_not_saved_after_it(
    brand: Brand, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    clean = StoreForm.clean_time_zone

    def late(form: StoreForm) -> str:
        Store.objects.filter(code="A1").update(franchisee=brand.baichuan, status="frozen")
        return clean(form)

    monkeypatch.setattr(StoreForm, "clean_time_zone", late)

    assert client.post(page(brand.a1), card(brand.a1, name="新名")).status_code == 200

    kept = Store.objects.get(code="A1")
    assert (kept.name, kept.franchisee, kept.status) == (brand.a1.name, brand.baichuan, "frozen")


def test_a_new_store_names_its_first_day_and_contract(brand: Brand, client: Client) -> None:
    sent = card(Store(code="A9", name="九号店")) | {
        "region": brand.east.pk,
        "franchisee": brand.anhe.pk,
        "opened_on": "2026-01-01",
        "contract": "C-9",
    }

    assert client.post("/admin/org/store/add/", sent).status_code == 302

    tenure = Tenure.objects.get(store__code="A9")
    assert (tenure.franchisee, str(tenure.starts_on), tenure.contract) == (
        brand.anhe,
        "2026-01-01",
        "C-9",
    )


def test_the_card_shows_owners_and_staff(brand: Brand, client: Client) -> None:
    builders.build_staff("wang", roles.CLERK, store=brand.a1)
    tomorrow = clock.business_day(clock.now(), ZONE) + timedelta(days=1)
    change_owner(SYSTEM, "A1", to="BAICHUAN", contract="C-77", on=tomorrow, reason="sold")

    text = client.get(page(brand.a1)).content.decode()

    assert "Owners and regions" in text
    assert "ANHE Anhe" in text
    assert "BAICHUAN Baichuan" in text
    assert "C-77" in text
    assert "wang" in text


def test_the_dialog_says_what_stands_in_the_way_before_anything_happens(
    brand: Brand, client: Client
) -> None:
    shopper = builders.member_actor(brand.zhang)
    place_order(shopper, unpaid_order_of(brand.a1, {"TEA": "1"}, 1999), once(shopper))
    lines = AuditLine.objects.count()

    text = client.get(page(brand.a1, "change_owner")).content.decode()
    closing = client.get(page(brand.a1, "close")).content.decode()

    today = clock.business_day(clock.now(), ZONE)
    assert f"Not from {today} on, because of:" in text
    assert "documents of today (1)" in text
    assert f"Nothing stands in the way from {today + timedelta(days=1)} on." in text
    assert "orders that wait for payment (1), open reservations (1)" in closing
    assert "SKUs in stock without a place to go (3)" in closing
    assert "Members whose home store this is" in closing
    assert AuditLine.objects.count() == lines


def test_the_owner_is_changed_from_the_dialog(brand: Brand, client: Client) -> None:
    sent = {"franchisee": brand.baichuan.pk, "contract": "C-2", "on": ""}

    assert act(client, brand.a1, "change_owner", **sent) == 302

    brand.a1.refresh_from_db()
    assert brand.a1.franchisee == brand.baichuan
    line = AuditLine.objects.latest("id")
    assert (line.action, line.reason, line.actor_label) == (
        "org.change_owner",
        "as agreed",
        "admin",
    )


def test_a_dialog_sent_as_it_opened_changes_nothing(brand: Brand, client: Client) -> None:
    brand.a1.tenures.update(contract="C-7")
    tenures = brand.a1.tenures.count()

    form = client.get(page(brand.a1, "change_owner")).context["form"]
    opened = {name: form[name].value() for name in ("franchisee", "contract")}
    assert opened == {"franchisee": brand.anhe.pk, "contract": "C-7"}
    answer = client.post(
        page(brand.a1, "change_owner"),
        {"_form_submitted": "on", "reason": "by mistake", "on": "", **opened},
        follow=True,
    )

    assert "The store has this owner, region and contract already." in answer.content.decode()
    brand.a1.refresh_from_db()
    assert (brand.a1.franchisee, brand.a1.tenures.count()) == (brand.anhe, tenures)


def test_a_refusal_is_said_on_the_card(brand: Brand, client: Client) -> None:
    answer = client.post(
        page(brand.a1, "close"), {"_form_submitted": "on", "reason": "lease ended"}, follow=True
    )

    assert "There are 3 SKUs in stock; name the location that they go to." in (
        answer.content.decode()
    )
    brand.a1.refresh_from_db()
    assert brand.a1.status == "open"


def test_an_act_needs_a_reason(brand: Brand, client: Client) -> None:
    assert act(client, brand.a1, "freeze", reason="") == 200
    brand.a1.refresh_from_db()
    assert brand.a1.status == "open"


def test_a_card_offers_what_is_possible(brand: Brand, client: Client) -> None:
    assert offered(client, brand.a1) == {"change_owner", "move", "freeze", "close"}
    assert act(client, brand.a1, "unfreeze") == 403

    assert act(client, brand.a1, "freeze") == 302
    assert offered(client, brand.a1) == {"change_owner", "move", "unfreeze", "close"}
    assert act(client, brand.a1, "unfreeze") == 302

    tomorrow = clock.business_day(clock.now(), ZONE) + timedelta(days=1)
    assert act(client, brand.a1, "move", region=brand.north.pk, on=str(tomorrow)) == 302
    assert "withdraw" in offered(client, brand.a1)
    assert act(client, brand.a1, "withdraw") == 302

    assert act(client, brand.a1, "close", successor="A2", stock_to="A2") == 302
    brand.a1.refresh_from_db()
    assert brand.a1.status == "closed"
    assert offered(client, brand.a1) == set()
    assert {act(client, brand.a1, name) for name in ACTS} == {403}


@pytest.mark.parametrize("role", [roles.FINANCE, roles.AUDITOR, roles.REGIONAL_MANAGER])
def test_who_only_looks_is_offered_nothing(brand: Brand, role: str) -> None:
    scope = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    client = signed_in(builders.build_staff("person", role, **scope))
    before = AuditLine.objects.count()

    assert offered(client, brand.a1) == set()
    assert {act(client, brand.a1, name) for name in ACTS} == {403}

    brand.a1.refresh_from_db()
    assert (brand.a1.status, Tenure.objects.filter(store=brand.a1).count()) == ("open", 1)
    assert AuditLine.objects.count() == before


def test_the_stores_of_a_channel_are_named_on_its_page(brand: Brand, client: Client) -> None:
    sent = {
        "code": "mini",
        "name": "小程序",
        "name_en": "Mini",
        "kind": "mini_program",
        "is_active": "on",
        "serves": "named",
        "stores-TOTAL_FORMS": "1",
        "stores-INITIAL_FORMS": "0",
        "stores-0-store": brand.a1.pk,
    }

    answer = client.post(f"/admin/org/channel/{brand.mini.pk}/change/", sent)

    assert answer.status_code == 302
    assert ChannelStore.objects.get(channel=brand.mini).store == brand.a1


def test_the_card_takes_as_many_statements_whatever_it_shows(brand: Brand, client: Client) -> None:
    builders.build_staff("wang", roles.CLERK, store=brand.a1)
    StoreHours.objects.create(store=brand.a1, weekday=1, opens_at="08:00", closes_at="22:00")
    client.get(page(brand.a1))
    _answer, few = counted(client, page(brand.a1))
    day = clock.business_day(clock.now(), ZONE)
    for number in range(1, 6):
        owner = ("BAICHUAN", "ANHE")[number % 2]
        later = day + timedelta(days=number)
        change_owner(SYSTEM, "A1", to=owner, contract=f"C-{number}", on=later, reason="sold")
        builders.build_staff(f"wang{number}", roles.CLERK, store=brand.a1)
        StoreHours.objects.create(
            store=brand.a1, weekday=number + 1, opens_at="08:00", closes_at="22:00"
        )

    _answer, many = counted(client, page(brand.a1))

    assert many == few <= CARD_BUDGET
