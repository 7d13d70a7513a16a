"""The one search box of a site: rows by their keys, and pages by their names."""

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import override

from apps.common.errors import TooMany
from apps.org.offices.results import Exact, Hit, found_of, typed

SEARCH_FROM = 2
"""A single letter or digit is no key, and a part of too many names; a Chinese character is a word."""

Finder = Callable[[HttpRequest, str], Sequence[Hit]]


class SearchBox:
    """What is typed comes by POST, so that a phone stands in no address, and is kept nowhere."""

    name: str
    finders: list[Finder]
    _registry: dict[type[Model], Any]
    get_sidebar_list: Callable[[HttpRequest], list[dict[str, Any]]]

    def finder(self, function: Finder) -> Finder:
        """Register a search of one kind of row; it starts from what the person sees, and asks by
        indexed keys, or in a table that is small by nature. It may raise TooMany."""
        self.finders.append(function)
        return function

    def search(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """A list to choose from, and with it where Enter leads at once; nothing for what stands in the
        address."""
        text = typed(request.POST.get("s") or "")
        if not text or (text.isascii() and len(text) < SEARCH_FROM):
            return HttpResponse()
        hits: list[Hit] = []
        notes: list[str] = []
        for find in self.finders:
            try:
                hits += find(request, text)
            except TooMany as refusal:
                notes.append(refusal.detail)
        hits += self._pages(request, text.casefold())
        context = {"found": found_of(hits, notes)}
        answer = TemplateResponse(request, "unfold/helpers/command_results.html", context)
        answer["Cache-Control"] = "no-store"
        return answer

    def _pages(self, request: HttpRequest, text: str) -> Iterator[Hit]:
        """Pages that the person may open, by a part of their name in any language of ours."""
        for entry in self.get_sidebar_list(request):
            for item in entry["items"]:
                if text in str(item["title"]).casefold():
                    yield _page(item["title"], entry["title"], item["link"], item["icon"])
        for model, admin in self._registry.items():
            options = model._meta
            title = admin.known_as or options.verbose_name_plural
            if _called(title, text) and admin.has_view_permission(request):
                name = f"{self.name}:{options.app_label}_{options.model_name}_changelist"
                center = apps.get_app_config(admin.center or options.app_label).verbose_name
                yield _page(title, center, reverse(name), admin.icon)
        title = _("Sign-in and security")
        if text in title.casefold():
            yield _page(title, None, reverse(f"{self.name}:security"), "shield_person")


def _page(title: object, center: object, link: str, icon: object) -> Hit:
    return Hit(capfirst(str(title)), str(center or ""), link, str(icon), _("page"), Exact.PAGE)


def _called(title: object, text: str) -> bool:
    names = []
    for language, _name in settings.LANGUAGES:
        with override(language):
            names.append(str(title).casefold())
    return any(text in name for name in names)
