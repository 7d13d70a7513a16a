"""A page that refuses says what to do and names the request, so that support finds it in the logs."""

import html
import re
from typing import Any

import pytest
from django.conf import settings
from django.core.exceptions import BadRequest
from django.db import DatabaseError
from django.test import Client, override_settings

from apps.common import limits
from apps.common.errors import Conflict, DomainError, TooMany
from apps.members import services as members
from apps.members.selectors import MemberClosed
from apps.org.models import Region
from apps.org.offices import refusals
from apps.org.offices.sites import head_office
from tests import builders
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

WORDS = {
    "en": {
        "csrf": "This form is out of date; nothing was saved.",
        "again": "Load the page again, fill it in and send it once more.",
        "large": "This is more than can be sent at once; nothing was saved.",
        "nothing": "There is nothing at this address.",
    },
    "zh-hans": {
        "csrf": "表单已过期",
        "again": "请重新打开页面",
        "large": "一次提交的内容过大",
        "nothing": "此地址没有内容",
    },
}


@pytest.fixture
def client() -> Client:
    return signed_in(builders.build_staff("operations", "operations"))


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", html.unescape(answer.content.decode()))


def test_a_missing_page_carries_the_request_number(client: Client) -> None:
    response = client.get("/admin/orders/order/0/change/", headers={"x-request-id": "request-0404"})
    assert response.status_code == 404
    assert "<code>request-0404</code>" in response.content.decode()
    assert "Check the address, or look for it in the list or the search box." in said(response)


def test_a_right_that_is_not_there_carries_it_too(client: Client) -> None:
    response = client.get("/admin/accounts/user/", headers={"x-request-id": "request-0403"})
    assert response.status_code == 403
    assert "<code>request-0403</code>" in response.content.decode()
    assert "Ask whoever manages roles if you need this right." in said(response)


def test_so_does_an_error_that_nobody_foresaw(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise DatabaseError("planted")

    monkeypatch.setattr(type(head_office.home), "context", fails)
    client.raise_request_exception = False
    response = client.get("/admin/", headers={"x-request-id": "request-0500"})
    assert response.status_code == 500
    assert "<code>request-0500</code>" in response.content.decode()
    assert "tell support the request number" in said(response)


def test_a_refused_action_says_what_to_do_and_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    brand = builders.build_brand()
    service = signed_in(builders.build_staff("service", "customer_service"))

    def refuses(*args: object, **kwargs: object) -> None:
        raise MemberClosed

    monkeypatch.setattr(members, "reveal", refuses)
    page = f"/admin/members/member/{brand.zhang.pk}"
    asked = {"_form_submitted": "on", "fields_wanted": ["phone"], "reason": "回电"}

    answer = service.post(f"{page}/reveal/", asked, headers={"x-request-id": "request-0411"})

    assert answer.status_code == 302
    assert (
        "This membership is closed. Nothing was changed. Look at how things stand now and decide "
        "again. Request number: request-0411" in said(service.get(f"{page}/change/"))
    )


def _refusing(monkeypatch: pytest.MonkeyPatch, refusal: DomainError) -> None:
    def fails(*args: object, **kwargs: object) -> None:
        raise refusal

    monkeypatch.setattr(type(head_office.home), "context", fails)


def test_a_page_that_cannot_be_shown_does_not_lead_to_itself(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refusing(monkeypatch, MemberClosed())
    answer = client.get("/admin/", headers={"x-request-id": "request-0409"})

    assert answer.status_code == 409
    assert "This membership is closed." in said(answer)
    assert "Look at how things stand now and decide again." in said(answer)
    assert "<code>request-0409</code>" in answer.content.decode()

    _refusing(monkeypatch, limits.TooManyRequests(seconds=7))
    answer = client.get("/admin/")
    assert (answer.status_code, answer["Retry-After"]) == (429, "7")
    assert "try again in 7 seconds" in said(answer)


def test_what_was_sent_leads_back_with_the_refusal_and_the_number(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    _refusing(monkeypatch, MemberClosed())
    answer = client.post("/admin/", headers={"x-request-id": "request-0410"})
    assert (answer.status_code, answer["Location"]) == (302, "/admin/")
    monkeypatch.undo()

    shown = said(client.get("/admin/"))

    assert (
        "This membership is closed. Nothing was changed. Look at how things stand now and decide "
        "again. Request number: request-0410" in shown
    )


def test_every_kind_of_refusal_has_its_advice() -> None:
    kinds = [kind for kind in DomainError.__subclasses__() if kind.__module__.startswith("apps.")]
    assert {Conflict, TooMany} < set(kinds)
    for kind in kinds:
        made = type("Planted", (kind,), {"code": "planted", "message": "No."})()
        assert refusals.advice_of(made), kind
        assert refusals.told(made).startswith("No. "), kind


def test_no_refusal_is_shown_without_its_number() -> None:
    """Each action of the offices says it through ``say_refusal``."""
    found = [
        f"{path}:{number}"
        for path in sorted(settings.BASE_DIR.glob("apps/**/*.py"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"messages\.\w+\(request, refusal", line)
    ]
    assert found == []


PLAIN = {
    "entry.py": "Nobody is signed in: support finds the attempt by the user name and the time.",
    "evidence.py": "Beside the one field that is wrong, before anything was asked for.",
    "selling_places.py": "An answer beside others: why the SKU is not sold there.",
    "searching.py": "A line among hits; the search was carried out all the same.",
    "sites.py": "The page shows advice and number by itself.",
    "refusals.py": "Here both are added.",
}
"""Where the words of a refusal stand alone, and why."""


def test_no_form_is_refused_without_advice_and_number() -> None:
    """Each form of the offices says it through ``told``."""
    edges = ("admin.py", "portal.py", "office.py", "admin/*.py", "office/*.py", "offices/*.py")
    found = [
        f"{path.name}:{number}"
        for edge in edges
        for path in sorted(settings.BASE_DIR.glob(f"apps/*/{edge}"))
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(r"\b(refus\w+|error|denied)\.detail\b", line)
    ]
    assert {one.partition(":")[0] for one in found} == set(PLAIN), found


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize(
    ("path", "back"),
    [
        ("/admin/login/", "/admin/login/"),
        ("/admin/org/region/add/", "/admin/org/region/add/"),
        ("/portal/login/", "/portal/login/"),
        ("/i18n/setlang/", "/"),
    ],
)
def test_a_form_that_is_out_of_date_says_what_to_do(language: str, path: str, back: str) -> None:
    browser = signed_in(builders.build_staff("operations", "operations"), language)
    browser.handler.enforce_csrf_checks = True
    data = {"code": "NEW", "name": "新区", "username": "x", "password": "y", "language": "en"}

    answer = Client.post(browser, path, data, headers={"x-request-id": "request-csrf"})

    assert answer.status_code == 403
    assert WORDS[language]["csrf"] in said(answer)
    assert WORDS[language]["again"] in said(answer)
    assert "<code>request-csrf</code>" in answer.content.decode()
    assert f'<a href="{back}">' in answer.content.decode()
    assert f'<html lang="{language}">' in answer.content.decode()
    assert not Region.objects.exists()


def test_a_dialog_that_is_out_of_date_loads_its_page_again(client: Client) -> None:
    """htmx shows no answer of a refused request: without this nothing at all would happen."""
    client.handler.enforce_csrf_checks = True

    answer = Client.post(client, "/admin/search/", {"s": "TEA"}, headers={"hx-request": "true"})

    assert (answer.status_code, answer["HX-Refresh"]) == (403, "true")
    assert WORDS["en"]["csrf"] in said(client.get("/admin/"))


@pytest.mark.parametrize("language", WORDS)
def test_more_than_can_be_sent_at_once(language: str) -> None:
    browser = signed_in(builders.build_staff("operations", "operations"), language)
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answer = Client.post(
            browser,
            "/admin/org/region/add/",
            {"code": "NEW", "name": "新" * 1000},
            headers={"x-request-id": "request-0413"},
        )

    assert answer.status_code == 413
    assert WORDS[language]["large"] in said(answer)
    assert "<code>request-0413</code>" in answer.content.decode()
    assert not Region.objects.exists()


def test_what_cannot_be_read_is_refused_in_our_words(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(*args: object) -> None:
        raise BadRequest("planted")

    monkeypatch.setattr(type(head_office.home), "context", fails)
    strange = client.get("/admin/", headers={"x-request-id": "request-0400"})
    elsewhere = client.get("/nothing", headers={"host": "elsewhere.example"})

    for answer in (strange, elsewhere):
        assert answer.status_code == 400
        assert "Go back, load the page again and send it once more." in said(answer)
        assert "planted" not in said(answer)
    assert "<code>request-0400</code>" in strange.content.decode()


@pytest.mark.parametrize("language", WORDS)
def test_an_address_of_neither_office_is_not_found_in_our_words(language: str) -> None:
    browser = Client(headers={"accept-language": language})

    answer = browser.get("/nothing/here", headers={"x-request-id": "request-0405"})

    assert answer.status_code == 404
    assert WORDS[language]["nothing"] in said(answer)
    assert "<code>request-0405</code>" in answer.content.decode()
    assert browser.get("/api/nothing")["Content-Type"] == "application/problem+json"
