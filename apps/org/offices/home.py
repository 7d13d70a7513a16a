"""The home page of an office: cards and short lists that the apps above contribute."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
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
    change: str = ""
    trend: str = ""
    """Whether the change is ``good`` or ``bad``; empty for neither."""
    help: Text = ""


@dataclass(frozen=True, slots=True)
class Choice:
    """One period of the switch."""

    label: Text
    url: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar of a plot, in the units of its field, and the value it stands for."""

    name: str
    value: str
    before: str
    x: float
    width: float
    height: float
    before_height: float


@dataclass(frozen=True, slots=True)
class Plot:
    """Bars drawn on the server; the same values stand in a table beside them."""

    title: Text
    bars: Sequence[Bar]
    top: str
    compares: bool
    empty: bool


@dataclass(frozen=True, slots=True)
class Board:
    """What stands around the cards. ``as_of`` is a local time, empty before the first roll-up; ``hint``
    says what comes next where there is nothing yet."""

    choices: Sequence[Choice]
    as_of: str
    plots: Sequence[Plot]
    hint: Text = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """A short table; cells are text or safe markup."""

    title: Text
    headings: Sequence[Text]
    rows: Sequence[Sequence[Any]]
    url: str = ""
    empty: Text = ""
    icon: str = "list"
    foot: Sequence[Any] = ()
    """The last row, of sums; as many cells as there are headings."""


@dataclass(frozen=True, slots=True)
class Step:
    """Something that happened: when, what, by whom and why. Cells are text or safe markup."""

    at: datetime
    what: Any
    who: Text = ""
    why: Text = ""
    icon: str = "circle"
    tone: str = "plain"
    shown_at: str = ""
    """The instant as people read it, in the time zone of the place."""
    rank: int = 0
    """Among steps of one instant: what follows from the others has the higher one."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """Steps in the order in which they are told."""

    title: Text
    steps: Sequence[Step]
    empty: Text = ""
    icon: str = "timeline"


Section = Panel | Timeline | Plot

Cards = Callable[[HttpRequest], Sequence[Card]]
Panels = Callable[[HttpRequest], Panel | None]
Boards = Callable[[HttpRequest], Board]


@dataclass(slots=True)
class Home:
    """What apps have contributed, in the order of their registration numbers."""

    cards: list[tuple[int, Cards]] = field(default_factory=list)
    in_need: list[tuple[int, Cards]] = field(default_factory=list)
    panels: list[tuple[int, Panels]] = field(default_factory=list)
    boards: list[Boards] = field(default_factory=list)

    def board(self, function: Boards) -> Boards:
        """Register the function that makes what stands around the cards."""
        self.boards.append(function)
        return function

    def care(self, place: int) -> Callable[[Cards], Cards]:
        """Register a function that returns cards of what waits for a person."""

        def register(function: Cards) -> Cards:
            self.in_need.append((place, function))
            return function

        return register

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
        panels = [make(request) for _, make in sorted(self.panels, key=_place)]
        return {
            "cards": _made(self.cards, request),
            "care": _made(self.in_need, request),
            "panels": [panel for panel in panels if panel is not None],
            "board": next((make(request) for make in self.boards), None),
        }


def _made(makers: Sequence[tuple[int, Cards]], request: HttpRequest) -> list[Card]:
    return [card for _, make in sorted(makers, key=_place) for card in make(request)]


def _place(contribution: tuple[int, Any]) -> int:
    return contribution[0]
