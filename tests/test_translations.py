"""Both languages are complete: catalogues, and what the pages of the two sites really say."""

import io
import re
import zipfile
from html.parser import HTMLParser
from typing import Any

import polib  # type: ignore[import-untyped]
import pytest
from django.contrib.auth.password_validation import get_default_password_validators
from django.core.exceptions import BadRequest, ValidationError
from django.db import DatabaseError
from django.db.models import Model
from django.test import Client, override_settings
from django.utils import translation
from django.utils.translation import gettext, ngettext

from apps.accounts.models import User
from apps.jobs import registry
from apps.jobs.services import templates
from apps.members.selectors import MemberClosed
from apps.org import rules as roles
from apps.org.offices.sites import head_office, portal
from tests import builders, catalogue
from tests.offices.pages import list_of, page_of, signed_in
from tests.offices.plenty import add_plenty

PLACEHOLDER = re.compile(r"%\(\w+\)[.\d]*[sdfr]|\{\w*\}|%s")
SAME_IN_BOTH = {"%(class_name)s %(instance)s"}

# Identifiers, names of things and codes of the data below; the rest of a Chinese page is Chinese.
ENGLISH_THAT_STAYS = {
    *("SKU", "GTIN", "API", "POS", "openid", "English", "Asia", "Shanghai"),
    *("EAST", "NORTH", "ANHE", "BAICHUAN", "FOOD", "TEA", "RICE", "MILK", "BASE", "CARD"),
    *("SUPPLIER", "CUSTOMER", "SCRAP", "East", "North", "Anhe", "Baichuan", "Food"),
    *("Tea", "Rice", "Milk", "Base", "prices", "Sku", "Mini", "mini", "Pos", "pos", "hans", "esc"),
    "Ctrl",
    *("admin", "Admin", "owner", "Owner", "clerk", "Clerk", "person", "Person", "worker"),
    *("Worker", "app", "App", "tests", "PDF", "JPEG", "PNG", "SHA", "application", "points"),
}


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_no_text_is_untranslated_or_doubtful(language: str) -> None:
    entries = catalogue.catalogue(language)

    assert [entry.msgid for entry in entries.untranslated_entries()] == []
    assert [entry.msgid for entry in entries.fuzzy_entries()] == []
    assert [entry.msgid for entry in entries.obsolete_entries()] == []
    assert entries.metadata["Language"] == language


def test_the_catalogue_holds_exactly_the_texts_of_the_code() -> None:
    found = {catalogue.key_of(entry) for entry in catalogue.catalogue("zh_Hans")}
    wanted = catalogue.wanted()

    assert sorted(wanted - found) == [], "run python -m tests.catalogue and translate these"
    assert sorted(found - wanted) == [], "run python -m tests.catalogue to drop these"
    assert len(wanted) > 400


def test_our_own_english_only_rewords_texts_that_exist() -> None:
    texts = {message.text for message in catalogue.wanted()}

    assert [e.msgid for e in catalogue.catalogue("en") if e.msgid not in texts] == []


@pytest.mark.parametrize("language", ["zh_Hans", "en"])
def test_the_compiled_catalogue_is_the_written_one(language: str) -> None:
    written = catalogue.catalogue(language)
    compiled = polib.mofile(str(catalogue.path_of(language, "mo")))

    assert _contents(compiled) == _contents(written)


def _contents(entries: polib.POFile | polib.MOFile) -> dict[catalogue.Message, tuple[str, ...]]:
    return {
        catalogue.key_of(entry): (entry.msgstr, *entry.msgstr_plural.values())
        for entry in entries
        if entry.msgid
    }


def test_the_base_price_has_one_name() -> None:
    said = [entry.msgstr for entry in catalogue.catalogue("zh_Hans")]

    assert [text for text in said if "基准价" in text] == []
    assert len([text for text in said if "基础价" in text]) >= 6


def test_placeholders_survive_translation() -> None:
    for entry in catalogue.catalogue("zh_Hans"):
        texts = [entry.msgstr, *entry.msgstr_plural.values()]
        wanted = set(PLACEHOLDER.findall(entry.msgid_plural or entry.msgid))
        assert {frozenset(PLACEHOLDER.findall(text)) for text in texts if text} == {
            frozenset(wanted)
        }, entry.msgid


def test_every_text_of_unfold_reads_chinese() -> None:
    messages = catalogue.messages_of(catalogue.unfold_folder())
    assert len(messages) > 100

    with translation.override("zh-hans"):
        left = [
            message.text
            for message in messages
            if message.text not in SAME_IN_BOTH and _said(message) == message.text
        ]

    assert left == []


def _said(message: catalogue.Message) -> str:
    if message.plural:
        return ngettext(message.text, message.plural, 1)
    return gettext(message.text)


CODES = re.compile(
    r"[a-z_]+\.[a-z_]+"  # scopes and actions
    r"|[A-Za-z]+:\w+"  # callers and references
    r"|\b[SP]\d{6}[0-9A-Z]{10}\b|\b[0-9A-Z]{12}\b|\b[0-9a-f]{16,}\b|RCV-\w+"
)


class Text(HTMLParser):
    """What a person reads of a page: text, and the attributes that are shown or read aloud."""

    SILENT = {"script", "style", "code"}
    SHOWN = {"placeholder", "title", "aria-label", "data-label", "alt"}

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []
        self.silent = 0
        self.icon = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.silent += tag in self.SILENT
        self.icon = "material-symbols-outlined" in (given.get("class") or "")
        self.said += [given[name] or "" for name in self.SHOWN & given.keys()]

    def handle_endtag(self, tag: str) -> None:
        self.silent -= tag in self.SILENT
        self.icon = False

    def handle_data(self, data: str) -> None:
        if not self.silent and not self.icon:
            self.said.append(data)


def english_of(page: str) -> set[str]:
    """English words on the page, apart from those that stay and from numbers of documents."""
    reader = Text()
    reader.feed(page)
    text = CODES.sub("", " ".join(reader.said))
    return set(re.findall(r"(?<![\w/.])[A-Za-z]{3,}", text)) - ENGLISH_THAT_STAYS


@pytest.mark.django_db
def test_chinese_pages_speak_chinese() -> None:
    brand = builders.build_brand()
    add_plenty(brand, 0, 1)
    admin = signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN), "zh-hans")
    owner = signed_in(
        builders.build_staff("owner", roles.FRANCHISE_OWNER, franchisee=brand.anhe), "zh-hans"
    )
    urls = {"/admin/": admin, "/portal/": owner, "/admin/password_change/": admin}
    for site, client in ((head_office, admin), (portal, owner)):
        for model in site._registry:
            urls |= dict.fromkeys(_pages(site, model), client)

    left = {}
    for url, client in urls.items():
        answer = client.get(url)
        if answer.status_code == 200:
            left[url] = english_of(answer.content.decode())

    assert len(left) > 100
    found = {url: sorted(words) for url, words in left.items() if words}
    assert "\n".join(f"{url} {words}" for url, words in found.items()) == ""


def _pages(site: object, model: type[Model]) -> list[str]:
    base = list_of(site, model)  # type: ignore[arg-type]
    row = model._default_manager.order_by("pk").first()
    page = [page_of(site, row)] if row else []  # type: ignore[arg-type]
    return [base, f"{base}add/", f"{base}?q=nothing", *page]


def test_the_reader_of_pages_would_notice_english() -> None:
    page = '<p title="Hello">订单 Orders <span class="material-symbols-outlined">home</span></p>'

    assert english_of(page) == {"Hello", "Orders"}


REFUSED = {"code": "NEW", "name": "新" * 2000}


@pytest.mark.django_db
def test_chinese_refusals_speak_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    """404, 403, a refused page, a form that is out of date, 413, 400 and 500, of both kinds of pages."""
    client = signed_in(builders.build_staff("admin", roles.OPERATIONS), "zh-hans")
    client.raise_request_exception = False
    answers = {
        "missing row": client.get("/admin/orders/order/0/change/"),
        "missing page": client.get("/nothing/here"),
        "no right": client.get("/admin/accounts/user/"),
    }
    with override_settings(DATA_UPLOAD_MAX_MEMORY_SIZE=1000):
        answers["too large"] = Client.post(client, "/admin/org/region/add/", REFUSED)
    for name, error in (
        ("refused", MemberClosed()),
        ("unreadable", BadRequest("planted")),
        ("broken", DatabaseError("planted")),
    ):

        def fails(*args: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(type(head_office.home), "context", fails)
        answers[name] = client.get("/admin/")
    client.handler.enforce_csrf_checks = True
    answers["out of date"] = Client.post(client, "/admin/org/region/add/", REFUSED)

    assert {name: answer.status_code for name, answer in answers.items()} == {
        "missing row": 404,
        "missing page": 404,
        "no right": 403,
        "too large": 413,
        "refused": 409,
        "unreadable": 400,
        "broken": 500,
        "out of date": 403,
    }
    left = {name: english_of(answer.content.decode()) for name, answer in answers.items()}
    assert {name: words for name, words in left.items() if words} == {}
    for name, answer in answers.items():
        assert len(re.findall("[一-鿿]", answer.content.decode())) > 20, name


def test_chinese_password_rules_speak_chinese() -> None:
    """What every rule objects to, and what it says beforehand; Django words some of it newly."""
    person = User(username="zhangsanfeng")
    with translation.override("zh-hans"):
        said = {
            type(rule).__name__: [rule.get_help_text(), *objections(rule, person)]
            for rule in get_default_password_validators()
        }

    assert len(said) == 3
    assert [name for name, texts in said.items() if len(texts) < 2] == [], "it objected to nothing"
    assert {name: words for name, texts in said.items() if (words := english_of(str(texts)))} == {}
    assert said["MinimumLengthValidator"][1:] == ["密码太短，至少需要 10 个字符。"]


def objections(rule: Any, person: User) -> list[str]:
    found: set[str] = set()
    for password in ("short", "password1", "zhangsanfeng1"):
        try:
            rule.validate(password, person)
        except ValidationError as refused:
            found |= set(refused.messages)
    return sorted(found)


SAMPLE_NAME = {"Green", "tea"}
"""What stands as an example below the heading "English name"."""


def test_chinese_file_templates_speak_chinese() -> None:
    """Headings, notes, drop-downs, the sample row and the names of the sheets."""
    assert len(registry.IMPORTS) >= 2
    for one in registry.IMPORTS.values():
        with translation.override("zh-hans"):
            said = texts_of(templates.template(one))

        assert sum(bool(re.search("[一-鿿]", text)) for text in said) >= 6, one.subject
        assert {word for text in said for word in english_of(text)} <= SAMPLE_NAME, one.subject


def texts_of(book: bytes) -> list[str]:
    """Everything that a person reads of an .xlsx: cells, notes, and names of sheets."""
    with zipfile.ZipFile(io.BytesIO(book)) as parts:
        read = {name: parts.read(name).decode() for name in parts.namelist() if "xml" in name}
    texts = [
        re.sub("<[^>]+>", "", text)
        for name, part in read.items()
        if "sharedStrings" in name or re.search(r"comments\d", name)
        for text in re.findall(r"<t[ >].*?</t>", part, re.DOTALL)
    ]
    return texts + re.findall(r'<sheet name="([^"]+)"', read["xl/workbook.xml"])


def test_the_reader_of_templates_would_notice_english() -> None:
    with translation.override("en"):
        made = templates.template(next(iter(registry.IMPORTS.values())))

    found = {word for text in texts_of(made) for word in english_of(text)}

    assert {"Import", "Choices", "Required"} <= found
