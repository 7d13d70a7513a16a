"""The home page of an office: cards and short lists that the apps above contribute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.http import HttpRequest
from django.utils.functional import Promise

Text = str | Promise


@dataclass(frozen=True, slots=True)
class Card:
    """One figure: what, how much, beside what, and where to look further."""

    title: Text
    value: str
    note: Text = ""
    url: str = ""
    icon: str = "monitoring"
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A short table; cells are text or safe markup."""

    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    url: str = ""
    empty: Text = ""
    icon: str = "list"


Cards = Callable[[HttpRequest], Sequence[Card]]
Panels = Callable[[HttpRequest], Panel | None]


@dataclass(slots=True)
class Home:
    """What apps have contributed, in the order of their registration numbers."""

    cards: list[tuple[int, Cards]] = field(default_factory=list)
    panels: list[tuple[int, Panels]] = field(default_factory=list)

    def card(self, place: int) -> Callable[[Cards], Cards]:
        """Register a function that returns cards; an empty list where the person may not see them."""

        def register(function: Cards) -> Cards:
            self.cards.append((place, function))
            return function

        return register

    def panel(self, place: int) -> Callable[[Panels], Panels]:
        """Register a function that returns a panel, or None."""

        def register(function: Panels) -> Panels:
            self.panels.append((place, function))
            return function

        return register

    def context(self, request: HttpRequest) -> dict[str, Any]:
        """Cards and panels for the person who asks."""
        cards = [card for _, make in sorted(self.cards, key=_place) for card in make(request)]
        panels = [make(request) for _, make in sorted(self.panels, key=_place)]
        return {"cards": cards, "panels": [panel for panel in panels if panel is not None]}


def _place(contribution: tuple[int, Any]) -> int:
    return contribution[0]
