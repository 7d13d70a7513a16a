"""A view, a page or a button that forgets its scope is found: each is planted here, and seen."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.contrib import admin
from django.core.checks import run_checks
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.test import override_settings
from django.urls import clear_url_caches, path, set_urlconf
from rest_framework.request import Request
from unfold.decorators import action

from apps.accounts.actor import Actor
from apps.common import api
from apps.common.permissions import DenyAll, SignedIn
from apps.common.views import Endpoint, ListEndpoint
from apps.inventory.models import Stock
from apps.orders.admin import OrderAdmin
from apps.orders.api import serializers as shapes
from apps.orders.models import Order
from apps.orders.selectors import OrderNotFound
from apps.org.offices.records import RecordAdmin, RecordInline
from apps.org.offices.sites import head_office
from config import urls
from tests import test_access as matrix_tests
from tests.access import tables
from tests.access.api import Asked
from tests.access.fixtures import Matrix, matrix_fixture, world_database  # noqa: F401
from tests.access.offices import Desk
from tests.access.wire import send

urlpatterns: list[Any] = []
"""The routes with a plant, while a test runs."""
handler404, handler500 = urls.handler404, urls.handler500


@contextmanager
def planted(*routes: Any) -> Iterator[None]:
    urlpatterns[:] = [*routes, *urls.urlpatterns]
    clear_url_caches()
    with override_settings(ROOT_URLCONF=__name__):
        try:
            yield
        finally:
            urlpatterns.clear()
    clear_url_caches()
    set_urlconf(None)


def complaints() -> list[str]:
    return [item.msg for item in run_checks(tags=["access"])]


class EveryOrder(ListEndpoint):
    """A list that forgets whose orders they are."""

    actions = {"get": "orders.see"}
    queryset = Order.objects.none()
    order_by = ("-placed_at", "-id")

    def get(self, request: Request) -> HttpResponse:  # type: ignore[override]
        return self.list(request)

    def get_queryset(self) -> QuerySet[Order]:
        return Order.objects.all()

    def related(self, rows: QuerySet[Order]) -> QuerySet[Order]:
        return rows.select_related("store", "channel", "member")

    def shape(self, row: Order) -> Any:
        return shapes.order(row)


class AnyOrder(Endpoint):
    """A page that forgets whose order it is."""

    actions = {"get": "orders.see"}

    def get(self, request: Request, number: str) -> HttpResponse:
        found = Order.objects.filter(number=number).first()
        if found is None:
            raise OrderNotFound(fields={"number": number})
        return api.answer({"number": found.number})


def ask(matrix: Matrix, name: str, caller: str) -> None:
    line = matrix_tests.API[name]
    Asked(matrix.world, matrix.canaries, line, matrix.world.callers[caller]).judge()


def test_an_unscoped_view_is_found(matrix: Matrix) -> None:
    ask(matrix, "GET orders", "owner_a")
    ask(matrix, "GET orders/<key:number>", "owner_a")
    everything = path("api/v1/orders", EveryOrder.as_view())
    with planted(everything), pytest.raises(AssertionError, match="GET orders by owner_a"):
        ask(matrix, "GET orders", "owner_a")
    anything = path("api/v1/orders/<key:number>", AnyOrder.as_view())
    with planted(anything), pytest.raises(AssertionError, match="by owner_a on B: 200"):
        ask(matrix, "GET orders/<key:number>", "owner_a")


def test_a_view_without_a_line_is_found(matrix: Matrix) -> None:
    everything = path("api/v1/everything", EveryOrder.as_view())
    with planted(everything), pytest.raises(AssertionError, match="everything"):
        matrix_tests.test_every_operation_of_the_api_has_its_line()


class EveryStock(RecordAdmin):
    """A list that forgets whose stock it is."""

    see_action = "inventory.see"
    list_display = ("sku", "location")

    def visible(self, actor: Actor) -> QuerySet[Stock]:
        return Stock.objects.all()


class ExportingOrders(OrderAdmin):
    """An export that takes every order there is."""

    actions_list = ("everything",)

    @action(description="Everything", permissions=["view"])  # type: ignore[untyped-decorator]
    def everything(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse("\n".join(Order.objects.values_list("number", flat=True)))


@contextmanager
def registered(model: Any, admin_class: type[admin.ModelAdmin]) -> Iterator[None]:
    """``admin_class`` in the place of the one of head office."""
    proper = head_office._registry[model]
    head_office._registry[model] = admin_class(model, head_office)
    patterns = [
        path("admin/", head_office.urls) if getattr(route, "app_name", "") == "admin" else route
        for route in urls.urlpatterns
    ]
    with planted():
        urlpatterns[:] = patterns
        clear_url_caches()
        try:
            yield
        finally:
            head_office._registry[model] = proper


def sit(matrix: Matrix, line: tables.Line, caller: str) -> None:
    Desk("admin", matrix.world, matrix.canaries, line, matrix.world.callers[caller]).judge()


def test_an_unscoped_admin_is_found(matrix: Matrix) -> None:
    line = matrix_tests.ADMIN["read inventory.stock"]
    sit(matrix, line, "east")
    with registered(Stock, EveryStock), pytest.raises(AssertionError, match="by east"):
        sit(matrix, line, "east")


def test_an_unscoped_export_is_found(matrix: Matrix) -> None:
    cells = {tables.OTHERS: "login", **dict.fromkeys(tables.HEAD, "200")}
    line = tables.Line("open orders.order/everything", cells)
    with registered(Order, ExportingOrders):
        with pytest.raises(AssertionError, match="shows"):
            sit(matrix, line, "east")
        with pytest.raises(AssertionError, match="everything"):
            matrix_tests.test_every_page_of_the_offices_has_its_line("admin", matrix_tests.ADMIN)


class Undeclared(Endpoint):
    """Names no action."""

    def get(self, request: Request) -> HttpResponse:
        return api.answer({})


class Misspelt(Endpoint):
    """Names an action that nobody holds."""

    actions = {"get": "orders.sea"}

    def get(self, request: Request) -> HttpResponse:
        return api.answer({})


class Reasonless(Undeclared):
    """Asks nothing, and does not say why."""

    actions = {"get": SignedIn(" ")}


class HalfDeclared(Undeclared):
    """Names a method that it has not."""

    actions = {"get": "orders.see", "post": "orders.place"}


class Otherwise(Undeclared):
    """Has permissions of its own."""

    actions = {"get": "orders.see"}
    permission_classes = (DenyAll,)


def plain(request: HttpRequest) -> HttpResponse:
    return HttpResponse()


@pytest.mark.parametrize(
    ("view", "complaint"),
    [
        (Undeclared.as_view(), "Undeclared.get declares no action"),
        (Misspelt.as_view(), "which no role holds"),
        (Reasonless.as_view(), "must say why no action is asked"),
        (HalfDeclared.as_view(), "has no post"),
        (Otherwise.as_view(), "permissions of its own"),
        (plain, "must be listed as open"),
    ],
)
def test_a_view_that_declares_nothing_does_not_start(view: Any, complaint: str) -> None:
    assert complaints() == []
    with planted(path("api/v1/planted", view)):
        found = complaints()
    assert [text for text in found if complaint in text and "planted" in text] == found != []


@pytest.mark.parametrize("site", ["admin", "portal"])
def test_a_page_beside_a_site_does_not_start(site: str) -> None:
    """Its address is one of the site's, but the site does not know it, and guards nothing there."""
    with planted(path(f"{site}/planted/", plain)):
        found = complaints()
    assert [text for text in found if f"{site}/planted/: a view outside" in text] == found != []


class Scopeless(RecordAdmin):
    """Names no selector."""

    see_action = "inventory.see"
    list_display = ("sku",)


class Actionless(EveryStock):
    """Names no action."""

    see_action = ""


class OpenButton(EveryStock):
    """Has a button that asks nothing."""

    actions_list = ("go",)

    @action(description="Go")  # type: ignore[untyped-decorator]
    def go(self, request: HttpRequest) -> HttpResponse:
        return HttpResponse()


class ScopelessInline(RecordInline):
    """Names no selector."""

    model = Stock
    see_action = "inventory.see"


class WithInline(EveryStock):
    """Has an inline without a selector."""

    inlines = (ScopelessInline,)


class WithPage(EveryStock):
    """Has a page of its own that declares nothing."""

    def get_urls(self) -> list[Any]:
        return [path("all/", plain, name="inventory_stock_all"), *super().get_urls()]


class NoOfficeAdmin(admin.ModelAdmin):
    """Django's own, which asks Django's permissions."""


@pytest.mark.parametrize(
    ("admin_class", "complaint"),
    [
        (Scopeless, "Scopeless names no selector"),
        (Actionless, "Actionless names no see_action"),
        (OpenButton, "asks no permission"),
        (WithInline, "ScopelessInline names no selector"),
        (WithPage, "the page all/ declares no action"),
        (NoOfficeAdmin, "NoOfficeAdmin is no OfficeAdmin"),
    ],
)
def test_a_page_that_declares_nothing_does_not_start(
    admin_class: type[admin.ModelAdmin], complaint: str
) -> None:
    assert complaints() == []
    proper = head_office._registry[Stock]
    head_office._registry[Stock] = admin_class(Stock, head_office)
    try:
        found = complaints()
    finally:
        head_office._registry[Stock] = proper
    assert [text for text in found if complaint in text] == found != []
    assert complaints() == []


def test_a_closed_view_lets_nobody_in(matrix: Matrix) -> None:
    """Deny by default also where the check was skipped."""
    judge: Callable[..., None] = matrix.judged
    with planted(path("api/v1/orders", Undeclared.as_view())):
        for caller in tables.CALLERS:
            who = matrix.world.callers[caller]
            reply = send("GET", "/api/v1/orders", headers=who.api)
            assert reply.status in (401, 403), caller
            judge(1)
