"""Every list and page of both sites: who may open it, in how many statements, and read-only ledgers."""

import html
import re
from collections.abc import Mapping
from typing import Any

import pytest
from django.apps import apps
from django.db import connection
from django.db.models import Model
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pghistory.models import Event

from apps.accounts.models import ColumnChoice, RecoveryCode, SavedView, SecondFactor, User
from apps.insights.models import Mark, StoreDay, StoreHour
from apps.jobs.models import ColumnMapping, FilePart, JobFile, RowRefusal
from apps.members.models import IdentityIndex
from apps.orders.models import LineComponent, Order
from apps.org import rules as roles
from apps.org.offices import paging
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.records import RecordAdmin
from apps.org.offices.sites import OfficeSite, head_office, portal
from apps.payments.models import Payment
from apps.products.models import (
    BundleComponent,
    CatalogueChange,
    CatalogueFanOut,
    CategoryAttribute,
    ExternalReference,
    OptionValue,
    PackSize,
    ProductOption,
)
from tests import builders
from tests.offices.pages import counted, list_of, signed_in
from tests.offices.plenty import add_plenty, make_refund_due

pytestmark = pytest.mark.django_db

LIST_BUDGET = 10
"""Session, person, roles, count, rows, one each for filters of choice and what is prefetched, and one
for both what the person saved of the list and which columns they chose."""
ACTION_OF_LIST = {
    "accounts.user": "staff.see",
    "accounts.stafftoken": "staff.see",
    "accounts.staffsession": "staff.see",
    "accounts.apiclient": "clients.see",
    "accounts.clientsecret": "clients.see",
    "accounts.accesscase": "privacy.see",
    "accounts.personaldataaccess": "privacy.see",
    "accounts.approval": "approvals.see",
    "accounts.approvalfile": "approvals.see",
    "accounts.auditline": "audit.see",
    "accounts.auditseal": "audit.see",
    "common.bucket": "platform.see",
    "common.spentvalue": "platform.see",
    "common.heartbeat": "platform.see",
    "common.idempotencyrecord": "platform.see",
    "demo.demoload": "platform.see",
    "inventory.location": "inventory.see",
    "inventory.movement": "inventory.see",
    "inventory.reservation": "inventory.see",
    "inventory.stock": "inventory.see",
    "jobs.job": "jobs.see",
    "loyalty.lotdraw": "points.see",
    "loyalty.pointsaccount": "points.see",
    "loyalty.pointsentry": "points.see",
    "loyalty.pointslot": "points.see",
    "members.identity": "members.see",
    "members.member": "members.see",
    "members.membertoken": "members.see",
    "members.storeconsent": "members.see",
    "orders.lineadjustment": "orders.see",
    "orders.order": "orders.see",
    "orders.orderevent": "orders.see",
    "orders.orderline": "orders.see",
    "org.channel": "org.see",
    "org.clientbinding": "clients.see",
    "org.clientchannel": "clients.see",
    "org.channelstore": "org.see",
    "org.storegroup": "org.see",
    "org.storegroupmember": "org.see",
    "products.assortmentrule": "products.see",
    "org.franchisee": "org.see",
    "org.region": "org.see",
    "org.roleassignment": "staff.see",
    "org.store": "org.see",
    "org.storehours": "org.see",
    "org.tenure": "org.see",
    "org.warehouse": "org.see",
    "payments.payment": "payments.see",
    "payments.paymentevent": "payments.see",
    "payments.tender": "payments.see",
    "products.attribute": "products.see",
    "products.audience": "products.see",
    "products.barcode": "products.see",
    "products.category": "products.see",
    "products.price": "products.see",
    "products.priceguard": "products.see",
    "products.pricelist": "products.see",
    "products.product": "products.see",
    "products.sku": "products.see",
    "products.supplier": "products.see_cost",
    "products.suppliercost": "products.see_cost",
    "products.taxclass": "products.see",
    "products.taxrate": "products.see",
    "products.undercutcode": "products.change_price",
    "products.weighedprefix": "products.see",
}
HEAD_OFFICE_ROLES = [
    roles.HEAD_OFFICE_ADMIN,
    roles.OPERATIONS,
    roles.FINANCE,
    roles.CUSTOMER_SERVICE,
    roles.AUDITOR,
    roles.REGIONAL_MANAGER,
]
LEDGERS = {
    "orders.orderevent",
    "orders.lineadjustment",
    "inventory.movement",
    "loyalty.pointsentry",
    "loyalty.pointslot",
    "loyalty.lotdraw",
    "payments.paymentevent",
    "payments.tender",
    "accounts.approvalfile",
    "accounts.personaldataaccess",
    "accounts.auditline",
    "common.idempotencyrecord",
}
DOCUMENTS = {
    "accounts.accesscase",
    "orders.order",
    "payments.payment",
    "inventory.stock",
    "inventory.reservation",
    "loyalty.pointsaccount",
    "members.member",
    "members.identity",
    "members.storeconsent",
}


def test_every_model_of_ours_is_registered() -> None:
    """Versions are told on the history page of their row; an index or a secret tells nothing; roll-ups
    are shown by the overview, files and refused rows by their job, how a person arranged a list by
    that list, what hangs on a SKU, a product, a category or a sold bundle by their pages, and what
    changed for a POS by the feed."""
    no_page = {
        IdentityIndex,
        SecondFactor,
        RecoveryCode,
        StoreDay,
        StoreHour,
        Mark,
        JobFile,
        FilePart,
        RowRefusal,
        ColumnMapping,
        SavedView,
        ColumnChoice,
        PackSize,
        ExternalReference,
        BundleComponent,
        LineComponent,
        CategoryAttribute,
        ProductOption,
        OptionValue,
        CatalogueChange,
        CatalogueFanOut,
    }
    ours = {
        model
        for model in apps.get_models()
        if model.__module__.startswith("apps.") and not issubclass(model, Event)
        if model not in no_page
    }

    assert ours == set(head_office._registry)
    assert {m._meta.label_lower for m in ours} == set(ACTION_OF_LIST)


@pytest.mark.parametrize("role", HEAD_OFFICE_ROLES)
def test_a_role_opens_exactly_the_lists_of_its_actions(role: str) -> None:
    brand = builders.build_brand()
    scope = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    client = signed_in(builders.build_staff("person", role, **scope))

    answers = {
        model._meta.label_lower: client.get(list_of(head_office, model)).status_code
        for model in head_office._registry
    }

    held = roles.ROLE_ACTIONS[role]
    assert answers == {
        label: 200 if action in held else 403 for label, action in ACTION_OF_LIST.items()
    }


def test_statements_do_not_grow_with_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few rows on a page and many: the list goes on behind both, so that both are counted."""
    brand = builders.build_brand()
    people = {
        head_office: builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        portal: builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }
    add_plenty(brand, 0, 5)
    monkeypatch.setattr(OfficeAdmin, "list_per_page", 3)
    few = _statements(people)
    add_plenty(brand, 5, 50)
    monkeypatch.setattr(OfficeAdmin, "list_per_page", 45)

    many = _statements(people)

    one_page = "/admin/products/weighedprefix/"  # twelve at most: then nobody counts them
    assert many == few | {one_page: few[one_page] - 1}
    assert {url: n for url, n in many.items() if n > LIST_BUDGET} == {}


def _statements(people: Mapping[OfficeSite, User]) -> dict[str, int]:
    found = {}
    for site, user in people.items():
        client = signed_in(user)
        for model in site._registry:
            url = list_of(site, model)
            answer, found[url] = counted(client, url)
            assert answer.status_code == 200
            assert model._default_manager.count() >= 5, f"{url} was shown no rows"
    return found


HOME_STATEMENTS = {
    "session, person, sign-in and roles": 4,
    "figures: sales, active members, new members, points, payments": 5,
    "care: unpaid, to fulfil, low stock, refunds due, unsettled, failed jobs, approvals": 7,
    "sales by hour, sales by day and the ranking of stores": 3,
    "newest orders": 1,
    "when the figures were made": 1,
    "whether there is a store at all": 1,
}
"""What both overviews ask, one statement each."""
ONLY_HEAD_OFFICE = {"care: cases of personal data": 1, "refunds that are due": 1}
ONLY_PORTAL = {"the stores that it covers": 1}


def test_home_pages_stay_in_budget() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 5)
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    asked = {"/admin/": counted(admin, "/admin/")[1], "/portal/": counted(owner, "/portal/")[1]}

    assert asked == {
        "/admin/": sum((HOME_STATEMENTS | ONLY_HEAD_OFFICE).values()),
        "/portal/": sum((HOME_STATEMENTS | ONLY_PORTAL).values()),
    }


def test_a_long_list_is_counted_up_to_the_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 3)
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    monkeypatch.setattr(paging, "COUNT_LIMIT", 4)
    # A list of one page is not counted at all.
    monkeypatch.setattr(head_office.get_model_admin(Order), "list_per_page", 5)

    with CaptureQueriesContext(connection) as statements:
        answer: Any = client.get("/admin/orders/order/")

    page = answer.content.decode()
    assert Order.objects.count() == 6
    assert answer.context["cl"].result_count == 4
    assert "more than 4" in page
    counting = [one["sql"] for one in statements if "COUNT(*)" in one["sql"]]
    assert len(counting) == 1
    assert "LIMIT 5" in counting[0]


def test_ledgers_and_documents_cannot_be_changed_by_hand() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 2)
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    for label in sorted(LEDGERS | DOCUMENTS):
        model = apps.get_model(label)
        assert isinstance(head_office.get_model_admin(model), RecordAdmin)
        row = model._default_manager.first()
        assert row is not None
        _assert_untouchable(client, model, row)


def _assert_untouchable(client: Client, model: type[Model], row: Model) -> None:
    base = list_of(head_office, model)
    before = list(model._default_manager.order_by("pk").values())
    data: dict[str, Any] = {
        field.name: "1" for field in model._meta.fields if not field.primary_key
    }

    answers = [
        client.post(f"{base}add/", data).status_code,
        client.post(f"{base}{row.pk}/change/", data).status_code,
        client.post(f"{base}{row.pk}/delete/", {"post": "yes"}).status_code,
    ]
    bulk = {"action": "delete_selected", "_selected_action": [row.pk], "post": "yes"}
    client.post(base, bulk)

    assert answers == [403, 403, 403]
    assert list(model._default_manager.order_by("pk").values()) == before


def test_every_filter_and_quick_link_narrows_the_list() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 2)
    make_refund_due(Payment.objects.earliest("id"))
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    found = {query: _rows(client, query) for query in FILTERED}

    assert found == FILTERED


FILTERED = {
    "orders/order/": 4,
    "orders/order/?period=today": 4,
    "orders/order/?period=yesterday": 0,
    "orders/order/?period=7&status__exact=completed": 2,
    "orders/order/?status__exact=pending_payment": 2,
    "orders/order/?sold=1": 2,
    "orders/order/?store=A1&channel=pos": 2,
    "orders/order/?store=D1": 0,
    "orders/order/?region=EAST&franchisee=ANHE": 4,
    "payments/payment/": 2,
    "payments/payment/?care=refund_due": 1,
    "payments/payment/?care=unsettled": 0,
    "inventory/stock/?available=low": 0,
    "inventory/stock/?store=B1": 3,
    "inventory/stock/?store=B1&q=TEA": 1,
    "members/member/?status__exact=closed": 0,
    "members/member/?known=acquired": 4,
    "members/member/?known=consented": 2,
    "members/storeconsent/?state=live": 2,
    "members/storeconsent/?state=withdrawn": 0,
    "members/storeconsent/?store=a2&given_via__exact=member": 2,
    "members/member/?period=today&store=A1": 3,
    "org/store/?status__exact=open&region=EAST": 3,
    "accounts/user/?is_staff__exact=1": 1,
}


def _rows(client: Client, query: str) -> int:
    answer = client.get(f"/admin/{query}")
    assert answer.status_code == 200, query
    changelist: Any = answer.context["cl"]
    return int(changelist.result_count)


def test_links_of_the_home_pages_lead_to_lists() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 1)
    people = {
        "/admin/": builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN),
        "/portal/": builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe),
    }

    for base, user in people.items():
        client = signed_in(user)
        links = re.findall(rf'href="({base}[^"]*\?[^"]*)"', client.get(base).content.decode())
        assert len(links) >= 4
        for link in links:
            assert client.get(html.unescape(link)).status_code == 200, link
