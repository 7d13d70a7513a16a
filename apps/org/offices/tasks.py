"""What waits for a person, kind by kind: how much, since when, and the list behind it."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Min, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from apps.common import clock
from apps.org.offices.paging import COUNT_LIMIT, count_text, count_up_to

Text = str | Promise
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many rows wait, COUNT_LIMIT + 1 at most, and since when the oldest of them does, UTC."""

    count: int
    oldest: datetime | None = None

    @property
    def text(self) -> str:
        """The count for people."""
        return count_text(self.count)


@dataclass(frozen=True, slots=True)
class Task:
    """One kind of what waits; ``url`` is the list of exactly these rows, under the site."""

    title: Text
    waiting: Waiting
    url: str
    icon: str
    note: Text = ""
    tone: str = "warning"

    @property
    def age(self) -> str:
        """How long the oldest has waited, in words; empty where nothing says since when."""
        since = self.waiting.oldest
        return age_text(clock.now() - since) if since else ""


Maker = Callable[[HttpRequest], Task | None]


@dataclass(slots=True)
class Tasks:
    """What apps have contributed, in the order of their places."""

    makers: list[tuple[int, Maker]] = field(default_factory=list)

    def kind(self, place: int) -> Callable[[Maker], Maker]:
        """Register a function that returns a task; None where the person may not see the rows."""

        def register(make: Maker) -> Maker:
            self.makers.append((place, make))
            return make

        return register

    def of(self, request: HttpRequest) -> list[Task]:
        """Every kind that the person may see, also those of which nothing waits."""
        found = (make(request) for _place, make in sorted(self.makers, key=lambda one: one[0]))
        return [task for task in found if task is not None]


def waiting(rows: QuerySet[Any], since: str = "") -> Waiting:
    """How many of ``rows`` wait, and since when by the instant at ``since``. One statement, bounded."""
    if not since:
        return Waiting(count_up_to(rows))
    found = rows.order_by(since)[: COUNT_LIMIT + 1].aggregate(n=Count("pk"), at=Min(since))
    return Waiting(found["n"], found["at"])


def age_text(age: timedelta) -> str:
    """``3 days``, ``5 hours``, ``12 minutes``; whole units of the largest that fits."""
    if age >= DAY:
        return ngettext("%(n)s day", "%(n)s days", age // DAY) % {"n": age // DAY}
    if age >= HOUR:
        return ngettext("%(n)s hour", "%(n)s hours", age // HOUR) % {"n": age // HOUR}
    minutes = max(age // MINUTE, 0)
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}


class TaskPages:
    """The page of what waits; mixed into a site."""

    name: str
    tasks: Tasks
    admin_view: Any
    each_context: Any

    def task_urls(self) -> list[URLPattern]:
        return [path("tasks/", self.admin_view(self.task_page), name="tasks")]

    def task_page(self, request: HttpRequest) -> HttpResponse:
        """What waits first, then what is done; each leads to its list."""
        if request.method == "POST":
            return HttpResponseNotAllowed(["GET", "HEAD"])
        found = self.tasks.of(request)
        request.__dict__["current_app"] = self.name
        context = {
            **self.each_context(request),
            "title": _("Tasks"),
            "open_tasks": [task for task in found if task.waiting.count],
            "done_tasks": [task for task in found if not task.waiting.count],
        }
        return TemplateResponse(request, "offices/tasks.html", context)
