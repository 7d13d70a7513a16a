"""The page of one record as the apps around it tell it: figures, what happened, and short tables.

Every app contributes a part to a page that an app above or below owns; the page puts them together.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.forms import Media
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from apps.org.offices.home import Card, Section, Step, Text, Timeline


@dataclass(frozen=True, slots=True)
class Part:
    """What one app knows of a record. Notes say why something is not offered, or what waits."""

    cards: Sequence[Card] = ()
    steps: Sequence[Step] = ()
    sections: Sequence[Section] = ()
    notes: Sequence[Text] = ()


Maker = Callable[[HttpRequest, AdminSite, Any], Part]


@dataclass(frozen=True, slots=True)
class Head:
    """What stands above the fields of the row."""

    cards: Sequence[Card]
    notes: Sequence[Text]
    sections: Sequence[Section]


class RecordPage:
    """A page whose ``parts`` are asked once, when it is shown."""

    parts: tuple[Maker, ...] = ()
    change_form_outer_before_template = "offices/record_head.html"
    admin_site: AdminSite

    @property
    def media(self) -> Media:
        found: Media = super().media  # type: ignore[misc]  # of the admin beside
        return found + Media(css={"all": ("offices/home.css", "offices/record.css")})

    def render_change_form(self, request: HttpRequest, context: Any, **kwargs: Any) -> Any:
        obj = kwargs.get("obj")
        if obj is not None and self.parts:
            parts = [make(request, self.admin_site, obj) for make in self.parts]
            context["head"] = self.head_of(parts)
            request.__dict__["_sections"] = self.sections_of(parts)
        return super().render_change_form(request, context, **kwargs)  # type: ignore[misc]

    def detail_panels(self, request: HttpRequest, obj: Any) -> Sequence[Section]:
        found: Sequence[Section] = request.__dict__.get("_sections", ())
        return found

    def head_of(self, parts: Sequence[Part]) -> Head:
        """Figures and notes above; tables and what happened below."""
        return Head(_all(one.cards for one in parts), _all(one.notes for one in parts), ())

    def sections_of(self, parts: Sequence[Part]) -> Sequence[Section]:
        sections: list[Section] = _all(one.sections for one in parts)
        return sections


class DocumentPage(RecordPage):
    """A document: what happened to it stands first, oldest step first."""

    def head_of(self, parts: Sequence[Part]) -> Head:
        head = super().head_of(parts)
        steps = sorted(_all(one.steps for one in parts), key=_at)
        return Head(head.cards, head.notes, [Timeline(_("Timeline"), steps)])


class PersonPage(RecordPage):
    """Somebody or something that lives on: the newest steps stand last on the page."""

    steps_at_most = 12

    def sections_of(self, parts: Sequence[Part]) -> Sequence[Section]:
        steps = sorted(_all(one.steps for one in parts), key=_at)[::-1]
        told = Timeline(_("What happened last"), steps[: self.steps_at_most])
        return [*super().sections_of(parts), told]


def listed(site: AdminSite, url: str) -> str:
    """``url`` of a list below the root of ``site``, empty where the site has no such list."""
    path = url.partition("?")[0]
    lists = {f"{one._meta.app_label}/{one._meta.model_name}/" for one in site._registry}
    return url if path in lists else ""


def _all(groups: Iterable[Sequence[Any]]) -> list[Any]:
    return [one for group in groups for one in group]


def _at(step: Step) -> Any:
    return step.at, step.rank
