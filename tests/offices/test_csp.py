"""The content policy: every page of both sites, read as a browser would read it.

No script stands in a page, no attribute runs one, nothing comes from another host, and each answer
carries the policy of its kind. That browsers enforce it, and that the pages work under it, is shown
in a real one.
"""

import re
from html.parser import HTMLParser
from typing import Any

import pytest
from django.conf import settings
from django.db.models import Model
from django.test import Client, RequestFactory

from apps.accounts.models import User
from apps.org import rules as roles
from apps.org.offices.sites import head_office, portal
from config.errors import server_error
from tests import builders
from tests.offices.pages import list_of, page_of, signed_in
from tests.offices.plenty import add_plenty

pytestmark = pytest.mark.django_db

OFFICE = {
    "default-src": "'none'",
    "script-src": "'self' 'unsafe-eval'",
    "script-src-attr": "'none'",
    "style-src": "'self'",
    "style-src-attr": "'unsafe-inline'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
OWN = {
    "default-src": "'none'",
    "script-src": "NONCE",
    "style-src": "NONCE",
    "img-src": "'self'",
    "font-src": "'self'",
    "object-src": "'none'",
    "base-uri": "'none'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
DOCS = OWN | {"img-src": "'self' data:", "connect-src": "'self'"}
DATA = {"default-src": "'none'", "frame-ancestors": "'none'"}
NONCE = re.compile(r"'nonce-([\w+/=]{20,})'")
ADDRESSES = {"src", "href", "action", "formaction", "poster", "data", "srcset", "xlink:href"}


def policy_of(answer: Any) -> dict[str, str]:
    """Directive → sources; a nonce is written NONCE."""
    text = NONCE.sub("NONCE", answer["Content-Security-Policy"])
    parts = (part.strip().partition(" ") for part in text.split(";"))
    return {name: sources.strip() for name, _space, sources in parts}


class Page(HTMLParser):
    """What a policy would refuse, or ought to: ``found`` is empty for a good page."""

    def __init__(self, nonce: str | None) -> None:
        super().__init__()
        self.nonce = nonce
        self.inside = ""
        self.scripts = 0
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self.inside = tag if tag in ("script", "style") else ""
        self.scripts += tag == "script"
        sheet = tag == "link" and given.get("rel") == "stylesheet"
        if self.nonce is not None and (self.inside or sheet):
            if given.get("nonce") != self.nonce:
                self.found.append(f"<{tag}> without this answer's nonce")
            self.inside = ""
        for name, value in given.items():
            if name.startswith("on"):
                self.found.append(f"{name}={value}")
            if name in ADDRESSES and re.match(r"\s*(https?:)?//|\s*javascript:", value):
                self.found.append(f"{name}={value}")
            if name == "style" and self.nonce is not None:
                self.found.append(f"style={value}")

    def handle_data(self, data: str) -> None:
        if self.inside and data.strip():
            self.found.append(f"inline {self.inside}: {data.strip()[:60]}")

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""


def faults(answer: Any, policy: dict[str, str]) -> list[str]:
    """What is wrong with one answer."""
    if policy_of(answer) != policy:
        return [f"policy {answer['Content-Security-Policy']}"]
    sent = NONCE.search(answer["Content-Security-Policy"])
    if not answer["Content-Type"].startswith("text/html"):
        return []
    strict = policy is not OFFICE
    page = Page((sent.group(1) if sent else "") if strict else None)
    page.feed(answer.content.decode())
    return page.found


@pytest.fixture
def admin() -> User:
    builders.build_brand()
    return builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN)


def test_every_page_of_both_sites_keeps_the_policy() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 1)
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))
    owner = signed_in(builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe))
    wrong, seen, scripts = {}, 0, 0
    for site, client in ((head_office, admin), (portal, owner)):
        for url in _pages(site):
            answer = client.get(url)
            if answer.status_code in (200, 403, 404) and "text/html" in answer["Content-Type"]:
                seen += 1
                scripts += answer.content.count(b"<script")
                if found := faults(answer, OFFICE):
                    wrong[url] = found

    assert wrong == {}
    assert seen > 120
    assert scripts > seen


def _pages(site: Any) -> list[str]:
    """Lists, pages, forms and buttons of every model, the pages of the site, and one that is none."""
    root = "/portal/" if site is portal else "/admin/"
    urls = [root, f"{root}security/", f"{root}nothing/here/", f"{root}search/?s=te&extended=1"]
    urls += [f"{root}jsi18n/"]
    for model, admin in site._registry.items():
        base = list_of(site, model)
        urls += [base, f"{base}add/", f"{base}?q=nothing", f"{base}999999999/change/"]
        row = _first(model)
        if row is not None:
            page = page_of(site, row)
            urls += [page, page.replace("/change/", "/delete/")]
            actions = admin._extract_action_names(admin.actions_detail)
            urls += [page.replace("/change/", f"/{name}/") for name in actions]
            if model is User:
                urls.append(page.replace("/change/", "/password/"))
    return urls


def _first(model: type[Model]) -> Model | None:
    return model._default_manager.order_by("pk").first()


def test_pages_of_our_own_making_allow_only_what_they_name(admin: User) -> None:
    stranger, person = Client(), signed_in(admin)
    halfway, owing = Client(), Client()
    User.objects.filter(pk=admin.pk).update(must_change_password=True)
    given = {"username": "admin", "password": builders.PASSWORD}
    halfway.post("/admin/login/", given)
    pages = [
        stranger.get("/admin/login/"),
        stranger.get("/portal/login/"),
        stranger.post("/admin/login/", given | {"password": "wrong"}),
        halfway.get("/admin/login/password/"),
        person.get("/admin/security/second-factor/"),
        person.get("/admin/security/prove/codes/"),
        person.get("/admin/password_change/"),
    ]
    User.objects.filter(pk=admin.pk).update(must_change_password=False)
    settings_of_roles = settings.REQUIRE_SECOND_FACTOR
    settings.REQUIRE_SECOND_FACTOR = frozenset({roles.HEAD_OFFICE_ADMIN})
    try:
        owing.post("/admin/login/", given)
        pages.append(owing.get("/admin/login/second-factor/"))
    finally:
        settings.REQUIRE_SECOND_FACTOR = settings_of_roles

    assert [answer.status_code for answer in pages] == [200] * len(pages)
    assert [found for answer in pages if (found := faults(answer, OWN))] == []
    nonces = {NONCE.search(answer["Content-Security-Policy"]).group(1) for answer in pages}
    assert len(nonces) == len(pages)


def test_the_documentation_of_the_api_keeps_the_policy(client: Client) -> None:
    answer = client.get("/api/docs/")

    assert answer.status_code == 200
    assert faults(answer, DOCS) == []
    assert answer.content.count(b"<script nonce=") == 3


def test_data_runs_nothing(client: Client) -> None:
    for url in ("/api/v1/orders", "/api/v1/nothing", "/api/nothing", "/healthz", "/api/schema/"):
        assert policy_of(client.get(url)) == DATA


def test_the_error_page_keeps_the_policy(admin: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_arguments: object) -> None:
        raise RuntimeError

    monkeypatch.setattr("apps.org.offices.sites.HeadOfficeSite.admits", fail)
    browser = signed_in(admin)
    browser.raise_request_exception = False

    answer = browser.get("/admin/")

    assert answer.status_code == 500
    assert faults(answer, OWN) == []
    assert "nonce-" in answer["Content-Security-Policy"]
    assert server_error(RequestFactory().get("/admin/")).status_code == 500


def test_a_page_that_nobody_has_keeps_the_policy(client: Client) -> None:
    answer = client.get("/nothing/")

    assert answer.status_code == 404
    assert faults(answer, OWN) == []


def test_what_else_protects_a_browser(admin: User) -> None:
    answer = signed_in(admin).get("/admin/")

    assert answer["X-Frame-Options"] == "DENY"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Referrer-Policy"] == "same-origin"
    assert answer["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.parametrize(
    "bad",
    [
        "<script>alert(1)</script>",
        '<p onclick="go()">x</p>',
        '<a href="javascript:go()">x</a>',
        '<script src="https://cdn.example/x.js"></script>',
        '<link rel="stylesheet" href="//cdn.example/x.css">',
        "<style>p { color: red }</style>",
    ],
)
def test_the_reader_of_pages_would_notice(bad: str) -> None:
    for nonce in (None, "abc"):
        page = Page(nonce)
        page.feed(f"<p>good</p>{bad}")
        assert page.found
