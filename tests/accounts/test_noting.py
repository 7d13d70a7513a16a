"""Who and why beside each version, where commits are real: no note on a sale, none left behind."""

from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models.history import versions_of
from apps.flows.place_order import place_order
from apps.org.models import Region, Store
from apps.products.models import Category, Sku
from tests import builders
from tests.builders import SYSTEM


def versions(model):
    return versions_of(model)._default_manager.order_by("pgh_id")


def test_outside_a_transaction_the_note_holds_for_one_statement(committed_db: str) -> None:
    Region.objects.create(code="W", name="西")
    with accounts.noting(SYSTEM, reason="why"):
        Region.objects.update(name="西部")
    Region.objects.update(name="西")

    notes = [v.pgh_context for v in versions(Region)]
    assert [note and note["reason"] for note in notes] == [None, "why", None]


def test_a_sale_carries_no_note_and_its_statements_stay_prepared(committed_db: str) -> None:
    brand = builders.build_brand()
    clerk = builders.clerk_at(brand.a1)
    request = builders.sale_of(brand.a1, {"TEA": "1"}, 1999)
    before = sum(versions(model).count() for model in (Store, Category, Sku))
    for _turn in range(8):
        place_order(clerk, request, builders.once(clerk))

    with connection.cursor() as cursor:
        cursor.execute("SELECT statement FROM pg_prepared_statements")
        prepared = [text for (text,) in cursor.fetchall()]
    assert any("INSERT INTO orders_order" in text for text in prepared)
    assert not [text for text in prepared if "orders_order" in text and "set_config" in text]
    with CaptureQueriesContext(connection) as statements:
        place_order(clerk, request, builders.once(clerk))
    assert not [one for one in statements if "pghistory" in one["sql"]]
    after = sum(versions(model).count() for model in (Store, Category, Sku))
    assert after == before
