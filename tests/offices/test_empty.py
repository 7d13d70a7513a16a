"""What a list says that shows no row: what comes first, or that filters hide the rows."""

from typing import Any

import pytest

from apps.org import rules as roles
from apps.org.models import Region
from apps.org.offices.lists import NOTHING_YET
from apps.org.offices.sites import head_office, portal
from tests import builders
from tests.offices.pages import list_of, signed_in

pytestmark = pytest.mark.django_db


def page(answer: Any) -> str:
    assert answer.status_code == 200
    return str(answer.content.decode())


def test_every_list_says_what_comes_first() -> None:
    for site in (head_office, portal):
        labels = {model._meta.label_lower for model in site._registry}
        for admin in site._registry.values():
            text, label = admin.empty_hint
            assert text != NOTHING_YET.text, admin
            assert not label or label in labels | set(_head_office_labels()), admin
            assert label != admin.opts.label_lower, admin


def _head_office_labels() -> list[str]:
    return [model._meta.label_lower for model in head_office._registry]


def test_empty_lists_open_with_their_hint() -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    for model, admin in head_office._registry.items():
        if not model._default_manager.exists():
            text = page(client.get(list_of(head_office, model)))
            assert "There is nothing here yet" in text, model
            assert str(admin.empty_hint.text) in text, model


def test_the_next_step_is_a_link_for_people_who_see_that_list() -> None:
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    finance = signed_in(builders.build_staff("finance", roles.FINANCE))
    link = '<a class="qy-act" href="/admin/org/region/">Regions</a>'
    main = '<a class="qy-act qy-act-main" href="/admin/org/region/">Regions</a>'

    assert link in page(admin.get("/admin/org/store/"))
    assert 'href="/admin/org/store/add/' in page(admin.get("/admin/org/store/"))
    assert main in page(finance.get("/admin/org/store/"))
    assert 'href="/admin/org/store/add/' not in page(finance.get("/admin/org/store/"))


def test_the_way_to_the_first_row_is_named_as_the_plus_above_the_list(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    regions = head_office.get_model_admin(Region)
    url = "/admin/org/region/"
    assert "Add region" in hint_of(page(client.get(url)))

    monkeypatch.setattr(regions, "add_title", "Draw a region")
    named = hint_of(page(client.get(url)))
    monkeypatch.setattr(regions, "show_add_link", False)
    hidden = hint_of(page(client.get(url)))

    assert "Draw a region" in named
    assert "Add region" not in named
    assert "/add/" in named
    assert "/add/" not in hidden
    assert "Draw a region" not in hidden


def hint_of(text: str) -> str:
    """What stands in place of the rows."""
    return text.partition('<div class="qy-empty">')[2].partition("</div>")[0]


def test_no_link_to_a_list_that_the_person_may_not_see() -> None:
    brand = builders.build_brand()
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))

    finance = signed_in(builders.build_staff("finance", roles.FINANCE))
    points = page(finance.get("/admin/loyalty/pointsentry/"))
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    assert "Rows appear when a member earns the first points." in points
    assert "/admin/members/member/" not in points
    assert 'href="/admin/members/member/"' in hint_of(
        page(admin.get("/admin/loyalty/pointsentry/"))
    )

    text = page(owner.get("/portal/payments/payment/"))

    assert "Rows appear with the first order." in text
    assert 'href="/portal/orders/order/"' in text  # in the portal, not at head office
    assert 'href="/admin/' not in text


@pytest.mark.parametrize("query", ["q=NONE", "status__exact=open", "region=EAST"])
def test_filters_that_hide_every_row_say_so(query: str) -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))

    text = page(client.get(f"/admin/org/store/?{query}"))

    assert "Nothing matches" in text
    assert '<a class="qy-act qy-act-main" href="?">Clear filters</a>' in text
    assert "A store belongs to a region" not in text


def test_a_sorted_list_without_rows_is_not_filtered() -> None:
    client = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    assert "There is nothing here yet" in page(client.get("/admin/org/store/?o=-code"))
