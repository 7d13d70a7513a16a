"""What people save of a list for themselves: views under a name, and its columns."""

from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import RequestFactory
from django.test.utils import CaptureQueriesContext

from apps.accounts import selectors as accounts
from apps.accounts.actor import Actor
from apps.accounts.models import AuditLine, ColumnChoice, SavedView, User
from apps.accounts.selectors import Listing
from apps.accounts.services import lists
from apps.members.models import Member
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org.offices import arranging
from apps.org.offices.sites import head_office, portal
from apps.products.models import Audience, Sku
from tests import builders
from tests.offices.pages import signed_in
from tests.offices.plenty import add_plenty

pytestmark = pytest.mark.django_db

ORDERS = Listing("admin", "orders.order")
SAVE = "/admin/lists/views/save/"
COLUMNS = "/admin/lists/columns/"


def admin_user(name: str = "admin") -> User:
    return builders.build_staff(name, roles.HEAD_OFFICE_ADMIN)


def views_of(user: User, listing: Listing = ORDERS) -> list[tuple[str, str]]:
    found = accounts.arrangement_of(org.actor_of_user(user), listing)
    return [(view.name, view.query) for view in found.views]


def headings(answer: Any) -> list[str]:
    return [name for name in answer.context["cl"].list_display if name != "action_checkbox"]


def test_what_is_filtered_is_saved_and_shown_again() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 2)
    user = admin_user()
    client = signed_in(user)
    shown: Any = client.get("/admin/orders/order/?status__exact=completed&o=placed&p=")
    query = shown.context["cl"].query_to_keep

    saved = client.post(SAVE, {"listing": "orders.order", "query": query, "name": " 已完成  最早 "})
    again: Any = client.get(saved["Location"])

    assert views_of(user) == [("已完成 最早", "o=placed&status__exact=completed")]
    assert saved["Location"] == "/admin/orders/order/?o=placed&status__exact=completed"
    page = again.content.decode()
    assert again.context["cl"].result_count == 2
    assert "The view “已完成 最早” is saved." in page
    assert 'qy-pill-own qy-pill-on" aria-current="true" href="?o=placed&amp;status' in page
    assert 'id="qy-view-name"' not in page  # it is saved already
    for other in ("&q=S1", "&sold=1", "&o=-placed"):
        answer = client.get(saved["Location"] + other)
        assert (answer.status_code, b"qy-pill-on" in answer.content) == (200, False), other
    assert b"qy-pill-on" in client.get(saved["Location"] + "&p=").content
    assert AuditLine.objects.filter(object_type="savedview").count() == 0


def test_views_are_of_one_person_one_list_and_one_office() -> None:
    user, other = admin_user(), admin_user("admin2")
    actor = org.actor_of_user(user)
    lists.save_view(actor, ORDERS, name="A", query="status__exact=paid")
    lists.choose_columns(actor, ORDERS, ["number"])

    assert views_of(user) == [("A", "status__exact=paid")]
    assert views_of(other) == []
    assert views_of(user, Listing("portal", "orders.order")) == []
    assert views_of(user, Listing("admin", "orders.orderline")) == []
    elsewhere: Any = signed_in(other).get("/admin/orders/order/")
    assert "qy-pill-own" not in elsewhere.content.decode()
    assert len(headings(elsewhere)) == len(head_office.get_model_admin(Order).list_display)


def test_views_and_columns_are_read_in_one_statement() -> None:
    actor = org.actor_of_user(admin_user())
    lists.save_view(actor, ORDERS, name="B", query="sold=1")
    lists.save_view(actor, ORDERS, name="A", query="status__exact=paid")
    lists.choose_columns(actor, ORDERS, ["number", "n_net"])

    with CaptureQueriesContext(connection) as statements:
        found = accounts.arrangement_of(actor, ORDERS)

    assert len(statements) == 1
    assert [view.name for view in found.views] == ["B", "A"]
    assert found.columns == ("number", "n_net")


def test_a_view_is_renamed_and_deleted_by_its_owner() -> None:
    user = admin_user()
    client = signed_in(user)
    view = lists.save_view(org.actor_of_user(user), ORDERS, name="A", query="sold=1")

    renamed = client.post(f"/admin/lists/views/{view.pk}/rename/", {"name": "B", "query": "sold=1"})
    assert views_of(user) == [("B", "sold=1")]
    gone = client.post(f"/admin/lists/views/{view.pk}/delete/", {"query": "q=x&p=abc&e=1"})

    assert renamed["Location"] == "/admin/orders/order/?sold=1"
    assert gone["Location"] == "/admin/orders/order/?q=x"
    assert views_of(user) == []


def test_somebody_elses_view_is_not_there() -> None:
    owner, other = admin_user(), admin_user("admin2")
    view = lists.save_view(org.actor_of_user(owner), ORDERS, name="A", query="sold=1")
    client = signed_in(other)

    answers = [
        client.post(f"/admin/lists/views/{key}/{act}/", {"name": "B"}).status_code
        for key in (view.pk, 999_999_999)
        for act in ("rename", "delete")
    ]

    assert answers == [404, 404, 404, 404]
    assert views_of(owner) == [("A", "sold=1")]


def test_a_view_of_the_other_office_is_not_there() -> None:
    brand = builders.build_brand()
    owner = builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe)
    view = lists.save_view(org.actor_of_user(owner), ORDERS, name="A", query="sold=1")

    answer = signed_in(owner).post(f"/portal/lists/views/{view.pk}/delete/")

    assert answer.status_code == 404
    assert views_of(owner) == [("A", "sold=1")]


@pytest.mark.parametrize("path", [SAVE, COLUMNS])
def test_a_list_that_the_person_may_not_see_is_not_there(path: str) -> None:
    client = signed_in(builders.build_staff("ops", roles.OPERATIONS))

    for label in ("accounts.auditline", "accounts.user", "no.such", ""):
        data = {"listing": label, "query": "q=x", "name": "A", "column": "x"}
        assert client.post(path, data).status_code == 404, label

    assert (SavedView.objects.count(), ColumnChoice.objects.count()) == (0, 0)


def test_only_what_the_list_knows_is_kept() -> None:
    admin = head_office.get_model_admin(Order)
    keep = arranging.query_to_save

    assert keep(admin, "sold=1&status__exact=paid&p=x&e=1&_popup=1&x=y&status__exact=") == (
        "sold=1&status__exact=paid"
    )
    assert keep(admin, "o=placed&q=S26") == "o=placed&q=S26"
    assert keep(admin, "o=n_net") == ""
    assert keep(admin, "pay_until__lt=2026&member__name=x") == ""


def test_no_view_keeps_the_name_of_a_person() -> None:
    """Wherever people are found by how they are called."""
    request = RequestFactory().get("/")
    found = {
        (site.name, admin.model): arranging.query_to_save(admin, "q=张三")
        for site in (head_office, portal)
        for admin in site._registry.values()
        if any("display_name" in path for path in admin.get_search_fields(request))
    }

    assert found == {("admin", User): "", ("portal", User): ""}


def test_a_search_that_may_be_personal_is_not_kept() -> None:
    members, orders = (head_office.get_model_admin(model) for model in (Member, Order))
    user = admin_user()
    client = signed_in(user)
    sealed = client.post("/admin/members/member/", {"q": "13800000000"})["Location"]
    query = sealed.partition("?")[2]

    assert arranging.query_to_save(members, f"{query}&status__exact=active") == (
        "status__exact=active"
    )
    assert arranging.query_to_save(members, "q=张三") == ""
    assert arranging.query_to_save(portal.get_model_admin(Member), "q=张三") == ""
    assert arranging.query_to_save(orders, "q=13800000000&store=13800000000") == ""
    page = client.get(f"{sealed}&status__exact=active").content.decode()
    assert "The search is not saved" in page
    data = {"listing": "members.member", "query": f"{query}&status__exact=active", "name": "A"}
    client.post(SAVE, data)
    assert views_of(user, Listing("admin", "members.member")) == [("A", "status__exact=active")]


@pytest.mark.parametrize(
    ("name", "query", "refusal"),
    [
        ("", "sold=1", lists.ViewNameInvalid),
        ("   ", "sold=1", lists.ViewNameInvalid),
        ("x" * 41, "sold=1", lists.ViewNameInvalid),
        ("a\x00b", "sold=1", lists.ViewNameInvalid),
        ("A", "", lists.ViewQueryInvalid),
        ("A", "q=" + "x" * 999, lists.ViewQueryInvalid),
        ("有", "sold=1", lists.ViewNameTaken),
    ],
)
def test_refusals_of_a_view(name: str, query: str, refusal: type[Exception]) -> None:
    user = admin_user()
    actor = org.actor_of_user(user)
    lists.save_view(actor, ORDERS, name="有", query="sold=1")

    with pytest.raises(refusal):
        lists.save_view(actor, ORDERS, name=name, query=query)

    assert views_of(user) == [("有", "sold=1")]


def test_a_refusal_is_told_on_the_list() -> None:
    user = admin_user()
    client = signed_in(user)
    first = lists.save_view(org.actor_of_user(user), ORDERS, name="A", query="sold=1")
    lists.save_view(org.actor_of_user(user), ORDERS, name="B", query="sold=1")

    sent = {"listing": "orders.order", "query": "status__exact=paid", "name": "B"}
    again = client.post(SAVE, sent, follow=True)
    renamed = client.post(f"/admin/lists/views/{first.pk}/rename/", {"name": "B"}, follow=True)

    for answer in (again, renamed):
        assert answer.status_code == 200
        assert "You have a view of this name already." in answer.content.decode()
    assert views_of(user) == [("A", "sold=1"), ("B", "sold=1")]


def test_a_list_has_at_most_twenty_views() -> None:
    user = admin_user()
    actor = org.actor_of_user(user)
    for number in range(lists.VIEWS_AT_MOST):
        lists.save_view(actor, ORDERS, name=f"V{number}", query="sold=1")

    with pytest.raises(lists.TooManyViews):
        lists.save_view(actor, ORDERS, name="one more", query="sold=1")
    lists.save_view(actor, Listing("admin", "org.store"), name="elsewhere", query="q=S")

    assert SavedView.objects.count() == 21


def test_the_database_keeps_names_apart_and_choices_single() -> None:
    actor = org.actor_of_user(admin_user())
    lists.save_view(actor, ORDERS, name="A", query="sold=1")
    lists.choose_columns(actor, ORDERS, ["number"])
    for row in (SavedView.objects.get(), ColumnChoice.objects.get()):
        row.pk = None
        with pytest.raises(IntegrityError), transaction.atomic():
            row.save(force_insert=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        ColumnChoice.objects.update(columns=[])
    with pytest.raises(IntegrityError), transaction.atomic():
        SavedView.objects.update(query="")


def test_columns_are_chosen_and_reset() -> None:
    builders.build_brand()
    user = admin_user()
    client = signed_in(user)
    url = "/admin/products/sku/"
    own = list(head_office.get_model_admin(Sku).list_display)
    sent = {"listing": "products.sku", "query": "q=TEA&p=x"}

    chosen = client.post(COLUMNS, sent | {"column": ["n_price", "unit", "cost", "__class__"]})
    some: Any = client.get(url)
    client.post(COLUMNS, sent | {"column": []})
    first: Any = client.get(url)
    client.post(COLUMNS, sent | {"column": ["unit"], "reset": "1"})
    every: Any = client.get(url)

    assert chosen["Location"] == f"{url}?q=TEA"
    assert headings(some) == ["code", "unit", "n_price"]
    assert "qy-pill-marked" in some.content.decode()
    assert headings(first) == ["code"]
    assert headings(every) == own
    assert ColumnChoice.objects.count() == 0


def test_every_column_again_is_no_choice() -> None:
    client = signed_in(admin_user())
    own = list(head_office.get_model_admin(Sku).list_display)
    client.post(COLUMNS, {"listing": "products.sku", "column": ["unit"]})
    assert ColumnChoice.objects.count() == 1

    client.post(COLUMNS, {"listing": "products.sku", "column": own})

    assert ColumnChoice.objects.count() == 0


def test_an_order_by_a_column_holds_while_columns_are_hidden() -> None:
    for number in range(3):
        Audience.objects.create(code=f"A{number}", name=f"群{2 - number}", kind="tier")
    user = admin_user()
    client = signed_in(user)
    listing = Listing("admin", "products.audience")
    lists.choose_columns(org.actor_of_user(user), listing, ["code", "kind"])

    by_hidden: Any = client.get("/admin/products/audience/?o=name")
    by_shown: Any = client.get("/admin/products/audience/?o=-code")

    assert [row.code for row in by_hidden.context["cl"].result_list] == ["A0", "A1", "A2"]
    assert [row.code for row in by_shown.context["cl"].result_list] == ["A2", "A1", "A0"]


def test_what_is_saved_goes_with_the_person() -> None:
    user = User.objects.create(username="leaver")
    actor: Actor = org.actor_of_user(user)
    lists.save_view(actor, ORDERS, name="A", query="sold=1")
    lists.choose_columns(actor, ORDERS, ["number"])

    user.delete()

    assert (SavedView.objects.count(), ColumnChoice.objects.count()) == (0, 0)


def test_the_menus_name_what_they_do() -> None:
    builders.build_brand()
    user = admin_user()
    lists.save_view(org.actor_of_user(user), ORDERS, name="A", query="sold=1")

    page = signed_in(user, "en").get("/admin/orders/order/?status__exact=paid").content.decode()

    for text in ("Save view", "My views", "Columns to show", "Order number", "Rename “A”"):
        assert text in page, text
