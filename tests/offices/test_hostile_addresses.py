"""Whatever an address carries, a list answers: it narrows, or leaves out what no filter can mean."""

from typing import Any
from urllib.parse import quote

import pytest
from django.contrib.admin.filters import FieldListFilter
from django.contrib.admin.options import IncorrectLookupParameters
from django.contrib.admin.utils import get_fields_from_path
from django.db import transaction
from django.http import QueryDict
from django.test import Client

from apps.org import rules as roles
from apps.org.offices.sites import OfficeSite, head_office, portal
from tests import builders
from tests.offices.pages import list_of, signed_in

pytestmark = pytest.mark.django_db

OWN = ("q", "o", "p")
"""What every list knows beside its filters."""
HOSTILE = {
    "NUL": "A1%00",
    "a number that no column holds": str(10**30),
    "no UTF-8": "%ED%A0%80%FF",
    "very long": "A" * 5000,
    "digits of another script": quote("²٣"),
}


def person_at(site: OfficeSite) -> Client:
    brand = builders.build_brand()
    if site is head_office:
        return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    return signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))


def names_of(admin: Any, request: Any) -> list[str]:
    """Every name that the filters of the list listen to and the list allows, and the list's own."""
    names: list[str] = []
    for one in admin.get_list_filter(request):
        if isinstance(one, type):
            made: Any = one(request, {}, admin.model, admin)
        else:
            path, kind = one if isinstance(one, tuple) else (one, FieldListFilter.create)
            field = get_fields_from_path(admin.model, path)[-1]
            made = kind(field, request, {}, admin.model, admin, field_path=path)
        names += made.expected_parameters()
    return [*(name for name in names if admin.lookup_allowed(name, "", request)), *OWN]


def breaks(admin: Any, request: Any, query: str) -> str:
    """What goes wrong with the list under ``query``; nothing where it narrows or refuses."""
    request.GET = QueryDict(query)
    try:
        with transaction.atomic():
            admin.get_changelist_instance(request)
    except IncorrectLookupParameters:
        return ""
    except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
        return repr(error)
    return ""


@pytest.mark.parametrize("site", [head_office, portal], ids=lambda site: site.name)
def test_no_value_of_any_filter_breaks_its_list(site: OfficeSite) -> None:
    """The last of two values of one name counts, or both do."""
    client = person_at(site)
    told, asked = {}, 0

    for model, admin in site._registry.items():
        request: Any = client.get(list_of(site, model)).wsgi_request
        for name in names_of(admin, request):
            for what, value in HOSTILE.items():
                asked += 1
                wrong = breaks(admin, request, f"{name}=1&{name}={value}")
                if wrong:
                    told[f"{model._meta.label_lower} {name} {what}"] = wrong

    assert told == {}
    assert asked > len(HOSTILE) * len(OWN) * len(site._registry)


@pytest.mark.parametrize("site", [head_office, portal], ids=lambda site: site.name)
def test_a_list_is_shown_whatever_all_its_filters_carry(site: OfficeSite) -> None:
    """The whole page, with what its filters show of what was asked."""
    client = person_at(site)
    answers = {}

    for model, admin in site._registry.items():
        url = list_of(site, model)
        request: Any = client.get(url).wsgi_request
        names = names_of(admin, request)
        for what in ("no UTF-8", "a number that no column holds"):
            query = "&".join(f"{name}={HOSTILE[what]}" for name in names)
            answers[f"{url} {what}"] = client.get(f"{url}?{query}", follow=True).status_code

    assert {asked: said for asked, said in answers.items() if said != 200} == {}


@pytest.mark.parametrize("query", ["store=%00", "store=A1%00", "status__exact=%00&store=A1"])
def test_what_no_column_holds_is_left_out(query: str) -> None:
    """The address is refused and the list opens without it, as Django does with any wrong one."""
    client = person_at(head_office)

    answer = client.get(f"/admin/orders/order/?{query}")

    assert (answer.status_code, answer["Location"]) == (302, "/admin/orders/order/?e=1")
