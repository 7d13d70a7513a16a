"""Who saves second is told what the first one changed; nothing of either is lost."""

import re

import pytest
from django.db.models import Model
from django.test import Client, RequestFactory

from apps.accounts.models import AuditLine
from apps.accounts.models.history import versions_of
from apps.orders.models import Order
from apps.org import rules as roles
from apps.org.models import Region
from apps.org.offices.sites import OfficeSite, head_office, portal
from apps.org.offices.stale import FIELD
from apps.products.models import Barcode
from tests import builders
from tests.builders import Brand
from tests.offices.pages import Browser, signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def first() -> Browser:
    return signed_in(builders.build_staff("first", "operations"))


@pytest.fixture
def second() -> Browser:
    return signed_in(builders.build_staff("second", "operations"))


def east(brand: Brand, **changed: str) -> dict[str, str]:
    return {"code": "EAST", "name": brand.east.name, "name_en": brand.east.name_en} | changed


def test_the_second_to_save_is_told_and_nothing_is_lost(
    brand: Brand, first: Browser, second: Browser
) -> None:
    url = f"/admin/org/region/{brand.east.pk}/change/"
    seen = second.hidden(url)
    assert first.post(url, east(brand, name="东部")).status_code == 302
    lines = AuditLine.objects.count()

    answer = second.post(url, east(brand, name_en="Sunrise") | seen)

    said = re.sub(r"\s+", " ", answer.content.decode())
    assert answer.status_code == 200
    assert "Somebody changed this while you had it open. Nothing was saved." in said
    assert f"Name: {brand.east.name} → 东部" in said
    assert "first changed this at" in said
    assert 'value="Sunrise"' in said
    region = Region.objects.get(pk=brand.east.pk)
    assert (region.name, region.name_en) == ("东部", brand.east.name_en)
    assert AuditLine.objects.count() == lines


def test_after_being_told_the_second_may_decide_again(
    brand: Brand, first: Browser, second: Browser
) -> None:
    url = f"/admin/org/region/{brand.east.pk}/change/"
    seen = second.hidden(url)
    first.post(url, east(brand, name="东部"))
    told = second.post(url, east(brand, name="日出") | seen).content.decode()
    found = re.search(rf'name="{FIELD}" value="([\d.]+)"', told)
    assert found

    answer = second.post(url, east(brand, name="日出") | {FIELD: found[1]})

    assert answer.status_code == 302
    assert Region.objects.get(pk=brand.east.pk).name == "日出"


@pytest.mark.parametrize("seen", ["", "0", "nonsense", "99999999"])
def test_a_form_that_does_not_say_what_it_saw_saves_nothing(
    seen: str, brand: Brand, first: Browser
) -> None:
    url = f"/admin/org/region/{brand.east.pk}/change/"

    answer = Client.post(first, url, east(brand, name="东部") | {FIELD: seen})

    assert answer.status_code == 200
    assert Region.objects.get(pk=brand.east.pk).name == brand.east.name


def test_rows_below_count_as_well(brand: Brand, first: Browser, second: Browser) -> None:
    url = f"/admin/products/sku/{brand.tea.pk}/change/"
    seen = second.hidden(url)
    kept = Barcode.objects.create(sku=brand.tea, code="6900000000017")
    kept.code = "6900000000024"
    kept.save()
    data = {
        "product": brand.tea.product_id,
        "code": "TEA",
        "option": "new option",
        "unit": brand.tea.unit,
        "kind": "goods",
        "is_active": "on",
        "barcodes-TOTAL_FORMS": "0",
        "barcodes-INITIAL_FORMS": "0",
        "packs-TOTAL_FORMS": "0",
        "packs-INITIAL_FORMS": "0",
        "references-TOTAL_FORMS": "0",
        "references-INITIAL_FORMS": "0",
    }

    answer = second.post(url, data | seen)

    brand.tea.refresh_from_db()
    assert answer.status_code == 200
    assert brand.tea.option != "new option"


def test_a_version_is_not_restored_over_a_newer_one(
    brand: Brand, first: Browser, second: Browser
) -> None:
    url = f"/admin/org/region/{brand.east.pk}/change/"
    first.post(url, east(brand, name="东部"))
    history = first.get(f"/admin/org/region/{brand.east.pk}/history/").content.decode()
    back = re.search(r'"([^"]+/restore/)"', history)
    assert back
    seen = second.hidden(back[1])
    first.post(url, east(brand, name="日出"))

    second.post(back[1], {"reason": "wrong name"} | seen)

    assert Region.objects.get(pk=brand.east.pk).name == "日出"


def _editable(site: OfficeSite) -> set[type[Model]]:
    """The models whose rows somebody who may do everything changes or deletes by hand on ``site``."""
    request = RequestFactory().get("/")
    request.user = builders.build_staff(f"everything-{site.name}", roles.HEAD_OFFICE_ADMIN)
    admins = [*site._registry.values()]
    below = [inline for admin in admins for inline in admin.get_inline_instances(request)]
    return {
        admin.model
        for admin in (*admins, *below)
        if admin.has_change_permission(request) or admin.has_delete_permission(request)
    }


def test_whatever_is_edited_by_hand_has_versions_to_go_back_to() -> None:
    """Or nobody could be told who changed what, and nothing could be restored."""
    editable = _editable(head_office)

    assert {model._meta.label for model in editable if versions_of(model) is None} == set()
    assert {Region, Barcode} <= editable
    assert len(editable) >= 15
    assert Order not in editable
    assert versions_of(Order) is None
    assert _editable(portal) == set()
