"""What goods cost the brand: a ledger that only people with the right see, and what is left of a price."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine
from apps.common import clock
from apps.common.errors import ActionNotPermitted, DomainError
from apps.org import rules as roles
from apps.products import selectors
from apps.products import services as products
from apps.products.models import Supplier, SupplierCost, TaxClass, TaxRate
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in, text_of
from tests.offices.typing import page_data

pytestmark = pytest.mark.django_db

COSTS = "/admin/products/suppliercost/"
SEES = (roles.HEAD_OFFICE_ADMIN, roles.OPERATIONS, roles.FINANCE)
SEES_NOT = (roles.CUSTOMER_SERVICE, roles.AUDITOR, roles.REGIONAL_MANAGER)
SECRET = "¥12.34"


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def farm(brand: Brand) -> Supplier:
    return Supplier.objects.create(code="FARM", name="农场", name_en="Farm")


@pytest.fixture
def operations() -> Actor:
    return builders.staff_actor("operations", roles.OPERATIONS)


@pytest.fixture
def client(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


def person(brand: Brand, role: str) -> Client:
    scope = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    return signed_in(builders.build_staff("person", role, **scope))


def kept() -> list[tuple[int | None, str]]:
    return list(SupplierCost.objects.order_by("id").values_list("amount", "set_by"))


# ----- the ledger


def test_a_cost_is_a_new_row_and_an_equal_one_is_none(
    brand: Brand, farm: Supplier, operations: Actor
) -> None:
    own: dict[str, Any] = {"sku": brand.tea, "supplier": farm}
    first = products.set_cost(operations, **own, amount=900, reason="contract of May")
    assert products.set_cost(operations, **own, amount=900) is None
    products.set_cost(operations, **own, amount=950)
    products.set_cost(operations, **own, amount=None)
    assert products.set_cost(operations, **own, amount=None) is None

    assert kept() == [(900, "operations"), (950, "operations"), (None, "operations")]
    assert first is not None
    assert (first.reason, first.set_at <= clock.now()) == ("contract of May", True)
    lines = AuditLine.objects.filter(action="products.set_cost").order_by("id")
    assert [(line.object_key, line.changes["cost"]) for line in lines] == [("TEA", "***")] * 3
    assert lines[0].reason == "contract of May"


def test_two_suppliers_have_costs_of_their_own(brand: Brand, operations: Actor) -> None:
    builders.cost_of(brand.tea, 900, supplier="FARM")
    builders.cost_of(brand.tea, 900, supplier="MILL")
    builders.cost_of(brand.rice, 900, supplier="FARM")
    assert SupplierCost.objects.count() == 3


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": -1}, "price_out_of_range"),
        ({"amount": 10**12 + 1}, "price_out_of_range"),
        ({"amount": 5, "starts_at": clock.now() - timedelta(days=1)}, "price_in_the_past"),
    ],
)
def test_a_cost_that_cannot_be_is_refused(
    brand: Brand, farm: Supplier, operations: Actor, given: dict[str, Any], code: str
) -> None:
    with pytest.raises(DomainError) as refusal:
        products.set_cost(operations, sku=brand.tea, supplier=farm, **given)

    assert (refusal.value.code, kept()) == (code, [])


def test_two_costs_at_one_instant_are_refused(
    brand: Brand, farm: Supplier, operations: Actor
) -> None:
    later = clock.now() + timedelta(days=1)
    own: dict[str, Any] = {"sku": brand.tea, "supplier": farm, "starts_at": later}
    products.set_cost(operations, **own, amount=900)

    with pytest.raises(DomainError) as refusal:
        products.set_cost(operations, **own, amount=950)

    assert (refusal.value.code, kept()) == ("cost_set_already", [(900, "operations")])


def test_a_cost_that_waits_is_called_off_and_one_that_holds_is_not(
    brand: Brand, operations: Actor
) -> None:
    holds = builders.cost_of(brand.tea, 900)
    waits = builders.cost_of(brand.tea, 950, days=3)

    products.call_off_cost(operations, waits.pk, reason="wrong day")
    for gone in (holds.pk, waits.pk):
        with pytest.raises(products.PriceHasBegun):
            products.call_off_cost(operations, gone, reason="try")

    assert kept() == [(900, "tests")]
    line = AuditLine.objects.get(action="products.call_off_cost")
    assert (line.object_key, line.changes["cost"], line.reason) == ("TEA", "***", "wrong day")


def test_the_database_keeps_every_cost(brand: Brand) -> None:
    row = builders.cost_of(brand.tea, 900)
    with connection.cursor() as cursor:
        cursor.execute("SELECT now() - interval '1 hour'")
        long_ago = cursor.fetchone()[0]
    old = SupplierCost.objects.create(
        sku=brand.rice, supplier=row.supplier, amount=5, starts_at=long_ago, set_at=long_ago
    )
    harms = (
        lambda: SupplierCost.objects.filter(pk=row.pk).update(amount=1),
        lambda: SupplierCost.objects.filter(pk=old.pk).delete(),
    )
    for harm in harms:
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            harm()
    assert sorted(kept()) == [(5, ""), (900, "tests")]


# ----- who may


@pytest.mark.parametrize("role", [roles.FINANCE, *SEES_NOT, roles.STORE_MANAGER])
def test_who_does_not_hold_both_rights_sets_nothing(
    brand: Brand, farm: Supplier, role: str
) -> None:
    places = {
        roles.REGIONAL_MANAGER: {"region": brand.east},
        roles.STORE_MANAGER: {"store": brand.a1},
    }
    actor = builders.staff_actor("person", role, **places.get(role, {}))
    waits = builders.cost_of(brand.milk, 900, days=3)

    with pytest.raises(ActionNotPermitted):
        products.set_cost(actor, sku=brand.tea, supplier=farm, amount=900)
    with pytest.raises(ActionNotPermitted):
        products.call_off_cost(actor, waits.pk, reason="try")

    assert kept() == [(900, "tests")]


@pytest.mark.parametrize("role", [*SEES, *SEES_NOT])
def test_rows_are_for_who_may_see_costs(brand: Brand, role: str) -> None:
    scope = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    actor = builders.staff_actor("person", role, **scope)
    builders.cost_of(brand.tea, 900)

    assert selectors.costs_visible_to(actor).exists() is (role in SEES)
    assert selectors.suppliers_visible_to(actor).exists() is (role in SEES)
    assert (selectors.margin(actor, brand.tea, at=clock.now()) is not None) is (role in SEES)


@pytest.mark.parametrize("role", SEES_NOT)
def test_no_page_shows_a_cost_to_anybody_else(brand: Brand, client: Client, role: str) -> None:
    waits = builders.cost_of(brand.tea, 1234, days=3)
    row = builders.cost_of(brand.tea, 1234)
    client.post(f"{COSTS}{waits.pk}/call_off/", {"_form_submitted": "on", "reason": "wrong day"})
    other = person(brand, role)

    for way in ("", "add/", f"{row.pk}/change/", f"{row.pk}/delete/"):
        assert other.get(COSTS + way).status_code in (403, 404), way
    for label in ("products.suppliercost", "products.supplier"):
        assert other.get(f"/admin/lists/export/{label}/").status_code in (403, 404)
        assert other.post(f"/admin/lists/export/{label}/", {}).status_code in (403, 404)
    sku = f"/admin/products/sku/{brand.tea.pk}/"
    shown = [other.get(f"{sku}{way}/").content.decode() for way in ("change", "history")]
    shown.append(other.get("/admin/search/?q=FARM").content.decode())
    trail = other.get("/admin/accounts/auditline/?q=TEA")
    if role == roles.AUDITOR:
        shown.append(text_of(trail))
        (line,) = AuditLine.objects.filter(action="products.call_off_cost")
        shown.append(text_of(other.get(f"/admin/accounts/auditline/{line.pk}/change/")))
        assert "Cost: ***" in shown[-1]
    for text in shown:
        assert SECRET not in text
        assert "12.34" not in text
        assert "Farm" not in text
        assert "Margin" not in text


@pytest.mark.parametrize("role", SEES)
def test_the_page_of_a_sku_tells_costs_and_margin(brand: Brand, role: str) -> None:
    builders.cost_of(brand.tea, 1234)
    client = person(brand, role)

    page = text_of(client.get(page_of_sku(brand)))
    history = text_of(client.get(f"/admin/products/sku/{brand.tea.pk}/history/"))

    assert "Margin" in page
    assert "¥7.65" in page
    assert SECRET in page
    assert SECRET in history
    assert "FARM" in history


def page_of_sku(brand: Brand) -> str:
    return f"/admin/products/sku/{brand.tea.pk}/change/"


def test_without_the_right_no_statement_asks_for_costs(brand: Brand) -> None:
    builders.cost_of(brand.tea, 900)
    with CaptureQueriesContext(connection) as asked:
        answer = person(brand, roles.AUDITOR).get(page_of_sku(brand))

    assert answer.status_code == 200
    assert not [one for one in asked if "suppliercost" in one["sql"]]


# ----- what is left of a price


def test_a_margin_is_the_price_without_tax_less_the_dearest_cost(
    brand: Brand, operations: Actor
) -> None:
    normal = TaxClass.objects.create(code="NORMAL", name="一般")
    TaxRate.objects.create(tax_class=normal, basis_points=1300, starts_on="2020-01-01")
    type(brand.tea).objects.filter(pk=brand.tea.pk).update(tax_class=normal)
    builders.cost_of(brand.tea, 1500, supplier="MILL")
    builders.cost_of(brand.tea, 1100, supplier="MILL")
    builders.cost_of(brand.tea, 1234, supplier="FARM")
    builders.cost_of(brand.tea, 1700, supplier="FARM", days=1)

    found = selectors.margin(operations, brand.tea, at=clock.now())

    assert found is not None
    assert (found.net, found.cost, found.supplier, found.amount) == (1769, 1234, "FARM", 535)


def test_no_price_or_no_cost_is_no_margin(brand: Brand, operations: Actor) -> None:
    builders.cost_of(brand.rice, 900, days=1)
    builders.without_price(brand.milk)
    builders.cost_of(brand.milk, 100)
    ended = builders.cost_of(brand.tea, 900)
    products.set_cost(SYSTEM, sku=brand.tea, supplier=ended.supplier, amount=None)

    for sku in (brand.rice, brand.milk, brand.tea):
        assert selectors.margin(operations, sku, at=clock.now()) is None


def test_a_loss_is_told_in_red(brand: Brand, client: Client) -> None:
    builders.cost_of(brand.tea, 2500)

    answer: Any = client.get(page_of_sku(brand))

    card = next(one for one in answer.context["head"].cards if one.title == "Margin")
    assert (card.value, card.tone) == ("-¥5.01", "danger")
    assert str(card.note).startswith("-25.1% of the price without tax")
    assert client.get(f"/admin/{card.url}").context["cl"].result_count == 1


# ----- on the screens of head office


def test_a_cost_is_set_ended_and_called_off_on_its_pages(
    brand: Brand, farm: Supplier, client: Client
) -> None:
    url = f"{COSTS}add/"
    own = {"sku": brand.tea.pk, "supplier": farm.pk}
    for given in (
        {"amount": "12.34", "reason": "contract"},
        {"amount": "13", "starts_at_0": "2126-11-11", "starts_at_1": "00:00"},
        {"amount": "", "reason": "out of business"},
    ):
        assert client.post(url, page_data(client, url, **own, **given)).status_code == 302
    assert kept() == [(1234, "admin"), (1300, "admin"), (None, "admin")]
    assert SECRET in client.get(f"{COSTS}?q=TEA").content.decode()

    waits = SupplierCost.objects.get(amount=1300)
    page = client.get(page_of_cost(waits)).content.decode()
    assert f"{COSTS}{waits.pk}/call_off/" in page
    assert 'name="amount"' not in page
    said = {"_form_submitted": "on", "reason": "wrong day"}
    assert client.post(f"{COSTS}{waits.pk}/call_off/", said)["Location"] == COSTS
    assert kept() == [(1234, "admin"), (None, "admin")]
    assert client.post(page_of_cost(SupplierCost.objects.earliest("id")), own).status_code == 403


def page_of_cost(row: SupplierCost) -> str:
    return f"{COSTS}{row.pk}/change/"


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({"amount": "-1"}, "greater than or equal to 0"),
        ({"amount": "1.999"}, "no more than 2 decimal places"),
        ({"amount": ""}, "Say why it ends."),
        (
            {"amount": "9", "starts_at_0": "2020-01-01", "starts_at_1": "00:00"},
            "from now on or from a later instant",
        ),
    ],
)
def test_an_impossible_cost_is_said_beside_its_field(
    brand: Brand, farm: Supplier, client: Client, given: dict[str, str], said: str
) -> None:
    url = f"{COSTS}add/"
    data = page_data(client, url, sku=brand.tea.pk, supplier=farm.pk, **given)

    answer = client.post(url, data)

    assert answer.status_code == 200
    assert said in answer.content.decode()
    assert kept() == []


def test_there_is_nothing_to_end_before_the_first_cost(
    brand: Brand, farm: Supplier, client: Client
) -> None:
    url = f"{COSTS}add/"
    data = page_data(client, url, sku=brand.tea.pk, supplier=farm.pk, amount="", reason="ended")

    answer = client.post(url, data, follow=True)

    assert "Nothing was set before, so there is nothing to end." in answer.content.decode()
    assert kept() == []


def test_a_supplier_with_costs_is_kept(brand: Brand, client: Client) -> None:
    row = builders.cost_of(brand.tea, 900).supplier
    page = client.get(f"/admin/products/supplier/{row.pk}/delete/").content.decode()

    assert "<li>Supplier costs</li>" in page
    assert "it delivers nothing from then on" in page
