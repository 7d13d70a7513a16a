"""What the search box found: each row once, the most exact first, and what Enter opens."""

import unicodedata
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from django.contrib.admin.sites import AdminSite
from django.db.models import Model
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

AT_MOST = 6
"""Rows of one kind; more are a list's business."""
LONGEST = 64
"""No key, name or identity is longer."""
SHOWN_AT_MOST = 30


class Exact(IntEnum):
    """How well a row fits what was typed; lower is better."""

    KEY = 0
    """It is this row's whole key, which no other row of its kind has."""
    WHOLE = 1
    """It is a whole value that several rows may have: a name, the end of a phone, a coupon."""
    PART = 2
    """It is a part of a name."""
    PAGE = 3
    """A page of the site, by its name."""


HEADINGS: dict[Exact, str | Promise] = {
    Exact.KEY: _("Exact match"),
    Exact.WHOLE: _("Found"),
    Exact.PART: _("Named like this"),
    Exact.PAGE: _("Pages"),
}


@dataclass(frozen=True, slots=True)
class Hit:
    """One line of the answer. ``detail`` is what a list may show too: personal values are masked."""

    title: str
    detail: str
    link: str
    icon: str
    kind: str
    exact: Exact


@dataclass(frozen=True, slots=True)
class Found:
    """The answer to one search; ``notes`` say what was not looked for, and why."""

    groups: Sequence[tuple[str | Promise, Sequence[Hit]]]
    count: int
    opens: str
    notes: Sequence[str] = ()


def typed(text: str) -> str:
    """``text`` as keys are written: full-width digits and letters, as Chinese keyboards make them,
    are the plain ones. Empty for a text that is longer than anything that could be found."""
    text = text.replace("\0", "").strip()
    plain = unicodedata.normalize("NFKC", text)
    found = plain if plain.isascii() else text
    return found if len(found) <= LONGEST else ""


def hits_of(
    site: AdminSite,
    rows: Iterable[Model],
    exact: Exact | Callable[[Any], Exact],
    *,
    title: Callable[[Any], str] = str,
    detail: Callable[[Any], Iterable[object]] = lambda row: (),
) -> list[Hit]:
    """Each row as a link to its page on ``site``; what is empty in ``detail`` is left out."""
    found = []
    for row in rows:
        options = row._meta
        admin: Any = site.get_model_admin(type(row))
        url = reverse(f"{site.name}:{options.app_label}_{options.model_name}_change", args=[row.pk])
        fits = exact(row) if callable(exact) else exact
        said, icon, kind = join(detail(row)), str(admin.icon), str(options.verbose_name)
        found.append(Hit(title(row), said, url, icon, kind, fits))
    return found


def join(parts: Iterable[object]) -> str:
    return " · ".join(str(part) for part in parts if part)


def found_of(hits: Sequence[Hit], notes: Sequence[str] = ()) -> Found:
    """The answer: a row that was found twice stands once, where it fits best."""
    best: dict[str, Hit] = {}
    for hit in sorted(hits, key=lambda one: one.exact):
        best.setdefault(hit.link, hit)
    shown = list(best.values())[:SHOWN_AT_MOST]
    groups = [
        (heading, own)
        for exact, heading in HEADINGS.items()
        if (own := [hit for hit in shown if hit.exact is exact])
    ]
    return Found(groups, len(shown), _opened(shown), notes)


def _opened(hits: Sequence[Hit]) -> str:
    """Where Enter leads at once: to the one row that has what was typed as a whole, else to the only
    thing that was found; nowhere while there is a choice."""
    whole = [hit for hit in hits if hit.exact <= Exact.WHOLE]
    if len(whole) == 1:
        return whole[0].link
    return hits[0].link if len(hits) == 1 else ""
