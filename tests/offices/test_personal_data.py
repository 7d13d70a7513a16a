"""Personal data at head office: masked, shown once on record, and who looked at whom."""

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from apps.accounts.models import AccessCase, AuditLine, PersonalDataAccess
from apps.members import services as members
from apps.members.models import Member
from apps.members.office import opened, sealed
from apps.org import rules as roles
from apps.org.offices.sites import head_office
from tests import books, builders
from tests.builders import ZHANG_PHONE, Brand
from tests.offices.pages import counted, page_of, signed_in

pytestmark = pytest.mark.django_db

CLEAR = ("张小明", "13800001234")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def service(brand: Brand) -> Client:
    return signed_in(builders.build_staff("service", roles.CUSTOMER_SERVICE))


@pytest.fixture
def auditor(brand: Brand) -> Client:
    return signed_in(builders.build_staff("auditor", roles.AUDITOR))


def reveal(client: Client, member: Member, **headers: str) -> Any:
    sent = {"_form_submitted": "on", "fields_wanted": ["name", "phone"], "reason": "shopper rang"}
    return client.post(f"/admin/members/member/{member.pk}/reveal/", sent, headers=headers)


def look(brand: Brand, times: int) -> None:
    actor = builders.staff_actor("curious", roles.CUSTOMER_SERVICE)
    for _ in range(times):
        members.reveal(actor, brand.zhang.number, fields=["phone"], reason="asked", via="api")


@pytest.mark.parametrize("headers", [{}, {"HX-Request": "true"}])
def test_values_are_shown_once_and_never_kept(
    brand: Brand, service: Client, headers: dict[str, str]
) -> None:
    url = page_of(head_office, brand.zhang)
    assert "reveal/" in service.get(url).content.decode()

    answer = reveal(service, brand.zhang, **headers)

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "no-store" in answer["Cache-Control"]
    assert all(value in page for value in CLEAR)
    assert 'id="dialog-form"' in page
    assert ("<html" in page) is not bool(headers)
    for later in (url, "/admin/members/member/", "/admin/"):
        shown = service.get(later).content.decode()
        assert not any(value in shown for value in CLEAR)
    assert not any(value in str(dict(service.session)) for value in CLEAR)
    look = PersonalDataAccess.objects.get()
    assert (look.actor_label, look.subject_key, look.via) == (
        "service",
        brand.zhang.number,
        "admin",
    )
    assert (look.fields, look.reason) == (["name", "phone"], "shopper rang")
    assert AuditLine.objects.latest("id").action == "members.reveal"


def test_a_look_needs_a_reason_and_a_post(brand: Brand, service: Client) -> None:
    url = f"/admin/members/member/{brand.zhang.pk}/reveal/"
    with books.unchanged():
        asked = service.get(url, {"fields_wanted": "phone", "reason": "by address"})
        for sent in (
            {"fields_wanted": ["phone"], "reason": ""},
            {"fields_wanted": [], "reason": "shopper rang"},
            {"fields_wanted": ["password"], "reason": "shopper rang"},
        ):
            answer = service.post(url, {"_form_submitted": "on", **sent})
            assert answer.status_code == 200
            assert ZHANG_PHONE not in answer.content.decode()
    assert ZHANG_PHONE not in asked.content.decode()


@pytest.mark.parametrize("role", [roles.OPERATIONS, roles.AUDITOR, roles.REGIONAL_MANAGER])
def test_roles_without_the_right_have_no_such_button(brand: Brand, role: str) -> None:
    scope = {"region": brand.east} if role == roles.REGIONAL_MANAGER else {}
    client = signed_in(builders.build_staff("person", role, **scope))
    page = client.get(page_of(head_office, brand.zhang)).content.decode()
    assert "reveal/" not in page
    answer = reveal(client, brand.zhang)
    assert answer.status_code == 403
    assert ZHANG_PHONE not in answer.content.decode()
    assert not PersonalDataAccess.objects.exists()


def test_a_member_out_of_sight_is_not_there(brand: Brand, monkeypatch: pytest.MonkeyPatch) -> None:
    held = roles.ROLE_ACTIONS[roles.REGIONAL_MANAGER] | {"members.see_personal"}
    monkeypatch.setitem(roles.ROLE_ACTIONS, roles.REGIONAL_MANAGER, held)
    client = signed_in(builders.build_staff("east", roles.REGIONAL_MANAGER, region=brand.east))
    assert reveal(client, brand.zhang).status_code == 200
    assert reveal(client, brand.li).status_code == 404
    assert PersonalDataAccess.objects.count() == 1


def test_the_portal_shows_it_to_whom_holds_the_right(
    brand: Brand, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    url = f"/portal/members/member/{brand.zhang.pk}/reveal/"
    sent = {"_form_submitted": "on", "fields_wanted": ["phone"], "reason": "shopper rang"}
    assert owner.post(url, sent).status_code == 403
    held = roles.ROLE_ACTIONS[roles.FRANCHISE_OWNER] | {"members.see_personal"}
    monkeypatch.setitem(roles.ROLE_ACTIONS, roles.FRANCHISE_OWNER, held)
    assert "+8613800001234" in owner.post(url, sent).content.decode()
    assert PersonalDataAccess.objects.get().via == "portal"
    foreign = url.replace(f"/{brand.zhang.pk}/", f"/{brand.li.pk}/")
    assert owner.post(foreign, sent).status_code == 404


def test_who_looked_at_whom_is_a_page(brand: Brand, service: Client, auditor: Client) -> None:
    reveal(service, brand.zhang)
    reveal(service, brand.li)
    look(brand, 1)
    url = "/admin/accounts/personaldataaccess/"

    for query, rows in (
        ({}, 3),
        ({"who": "service"}, 2),
        ({"who": "nobody"}, 0),
        ({"whom": brand.zhang.number}, 2),
        ({"whom": brand.zhang.number, "who": "curious"}, 1),
        ({"period": "today"}, 3),
        ({"period": "yesterday"}, 0),
        ({"q": brand.li.number}, 1),
        ({"via__exact": "api"}, 1),
    ):
        answer: Any = auditor.get(url, query)
        assert answer.status_code == 200
        assert answer.context["cl"].result_count == rows, query
        assert not any(value in answer.content.decode() for value in CLEAR)
    page = auditor.get(page_of(head_office, PersonalDataAccess.objects.latest("pk")))
    assert "curious" in page.content.decode()
    assert auditor.get(url, {"who": "a\x00b"}).headers["Location"] == f"{url}?e=1"
    assert service.get(url).status_code == 403


def test_the_page_of_a_member_names_who_looked(
    brand: Brand, service: Client, auditor: Client
) -> None:
    reveal(service, brand.zhang)
    url = page_of(head_office, brand.zhang)
    seen = auditor.get(url).content.decode()
    assert "Who looked at personal data" in seen
    assert "shopper rang" in seen
    assert "shopper rang" not in auditor.get(page_of(head_office, brand.li)).content.decode()
    assert "Who looked at personal data" not in service.get(url).content.decode()


def test_lists_of_looks_stay_in_budget(brand: Brand, auditor: Client) -> None:
    url = "/admin/accounts/personaldataaccess/"
    look(brand, 2)
    _answer, few = counted(auditor, url)
    look_more = builders.staff_actor("busy", roles.CUSTOMER_SERVICE)
    for _ in range(40):
        members.reveal(look_more, brand.li.number, fields=["name"], reason="asked", via="api")
    _answer, many = counted(auditor, url)
    assert few == many <= 9
    _answer, cases = counted(auditor, "/admin/accounts/accesscase/")
    assert cases <= 9
    _answer, page = counted(auditor, page_of(head_office, brand.li))
    assert page <= 17  # as tests/offices/test_record_budgets.py has it


def test_the_page_of_a_case_shows_its_looks(brand: Brand, auditor: Client) -> None:
    other = builders.staff_actor("busy", roles.CUSTOMER_SERVICE)
    members.reveal(other, brand.zhang.number, fields=["name"], reason="another's", via="api")
    look(brand, 31)
    answer, statements = counted(auditor, page_of(head_office, AccessCase.objects.get()))

    (panel,) = answer.context["panels"]
    assert len(panel.rows) == 31
    assert "another's" not in answer.content.decode().replace("&#x27;", "'")
    assert statements <= 14


def test_a_case_stands_on_the_overview_until_it_is_closed(
    brand: Brand, service: Client, auditor: Client
) -> None:
    link = "accounts/accesscase/?status__exact=open"
    assert link not in service.get("/admin/").content.decode()
    assert card(auditor, link) == "0"
    look(brand, 31)
    assert card(auditor, link) == "1"
    case = AccessCase.objects.get()
    url = f"/admin/accounts/accesscase/{case.pk}/close/"
    assert service.post(url, {"_form_submitted": "on", "note": "mine"}).status_code == 404
    assert auditor.post(url, {"_form_submitted": "on", "note": ""}).status_code == 200
    assert AccessCase.objects.get().status == "open"

    answer = auditor.post(url, {"_form_submitted": "on", "note": "a recall"})

    assert answer.status_code == 302
    case.refresh_from_db()
    assert (case.status, case.closed_by, case.note) == ("closed", "auditor", "a recall")
    line = AuditLine.objects.latest("id")
    assert (line.action, line.object_key, line.reason) == (
        "privacy.close_case",
        "curious",
        "a recall",
    )
    assert card(auditor, link) == "0"
    assert auditor.post(url, {"_form_submitted": "on", "note": "again"}).status_code == 403


def card(client: Client, link: str) -> str:
    """The figure of the card on the overview that leads to ``link``."""
    page = client.get("/admin/").content.decode()
    found = re.search(re.escape(link) + r'.*?qy-card-value">([^<]*)<', page, re.DOTALL)
    assert found is not None
    return found.group(1).strip()


def test_what_is_searched_stands_in_no_address(brand: Brand, service: Client) -> None:
    url = reverse("admin:members_member_changelist")
    page = service.get(url).content.decode()
    form = page[page.index('id="changelist-search"') :]
    assert 'method="post"' in form[: form.index(">")]
    palette = page[page.index('id="search-palette"') :]
    box = palette[palette.index("<form") : palette.index(">", palette.index("<form"))]
    assert 'method="post"' in box
    assert 'action="/admin/search/"' in box

    for text in (ZHANG_PHONE, "张小明", "1234"):
        sent = {"q": text, "status__exact": "active", "unknown": text}
        answer: Any = service.post(url, sent)
        assert answer.status_code == 302
        assert text not in answer["Location"]
        assert "unknown" not in answer["Location"]
        assert "status__exact=active" in answer["Location"]
        listed: Any = service.get(answer["Location"])
        assert [row.pk for row in listed.context["cl"].result_list] == [brand.zhang.pk], text
        assert f'value="{text}"' not in listed.content.decode()
    answer = service.post(url, {"q": " "})
    assert answer["Location"] == f"{url}?"
    found = service.post("/admin/search/", {"s": ZHANG_PHONE}).content.decode()
    assert page_of(head_office, brand.zhang) in found


def test_a_sealed_search_that_is_not_ours_finds_nobody(brand: Brand, service: Client) -> None:
    assert opened(sealed(ZHANG_PHONE)) == ZHANG_PHONE
    for text in ("~", "~abc", sealed(ZHANG_PHONE)[:-2], "~" + "é" * 20):
        assert opened(text) is None
        answer: Any = service.get("/admin/members/member/", {"q": text})
        assert answer.status_code == 200
        assert answer.context["cl"].result_count == 0


def test_four_digits_find_phones_that_end_so(brand: Brand, service: Client) -> None:
    owner = signed_in(
        builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.baichuan)
    )
    members.enrol_member(builders.SYSTEM, identities={"phone": "13711111234"}, home_store=brand.b1)
    for client, site, text, count in (
        (service, "admin", "1234", 2),
        (service, "admin", "5678", 1),
        (service, "admin", "9999", 0),
        (service, "admin", "123", 0),
        (service, "admin", "00001234", 0),
        (owner, "portal", "1234", 1),
        (owner, "portal", "5678", 1),
    ):
        answer, statements = counted(client, f"/{site}/members/member/?q={text}")
        context: Any = answer.context  # type: ignore[attr-defined]
        assert context["cl"].result_count == count, (site, text)
        assert statements <= 9
