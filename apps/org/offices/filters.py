"""List filters that offer only what the person may see, by business key, in one statement each."""

from abc import abstractmethod
from datetime import date, datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.contrib.filters.admin import DropdownFilter, TextFilter

from apps.accounts.actor import Actor
from apps.common import clock
from apps.org import selectors as org
from apps.org.models import Store
from apps.org.offices.access import actor_of

CHOICES_AT_MOST = 500


class ScopedFilter(DropdownFilter):
    """Rows by a related row that has a ``code``; choices are those of ``visible(actor)``."""

    path = ""

    @abstractmethod
    def visible(self, actor: Actor) -> QuerySet[Any]:
        """The rows that ``actor`` may choose from."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = self.visible(actor_of(request)).order_by("code")[:CHOICES_AT_MOST]
        return [(row.code, str(row)) for row in rows]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        rows = self.visible(actor_of(request)).filter(code=self.value())
        return queryset.filter(**{f"{self.path}__in": rows.values("pk")})


class RegionFilter(ScopedFilter):
    title = _("region")
    parameter_name = "region"
    path = "region"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.regions_visible_to(actor)


class FranchiseeFilter(ScopedFilter):
    title = _("franchisee")
    parameter_name = "franchisee"
    path = "franchisee"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.franchisees_visible_to(actor)


class ChannelFilter(ScopedFilter):
    title = _("channel")
    parameter_name = "channel"
    path = "channel"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.channels_visible_to(actor)


class OwnStoreFilter(ScopedFilter):
    """A choice of stores, for people who have a few."""

    title = _("store")
    parameter_name = "store"
    path = "store"

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return org.stores_visible_to(actor)


class OfStore:
    """Rows that name the store of that code, whoever owns it today.

    For lists whose rows are seen by the owner of their day: they hold own rows alone, so that the
    code of somebody else's store finds none.
    """

    path = "store"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        code = (self.value() or "").strip().upper()  # type: ignore[attr-defined]  # of the filter beside
        if not code:
            return queryset
        # One value, asked first: of a set the planner expects many rows, and walks the whole ledger.
        one = Store.objects.filter(code=code).values("pk")[:1]
        return queryset.filter(**{self.path: one})


class DocumentStoreFilter(OfStore, OwnStoreFilter):
    """A choice of stores over past documents: those of today, and those of which some are own."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        rows = org.stores_once_of(actor_of(request)).order_by("former", "code")
        return [(row.code, _choice(row)) for row in rows[:CHOICES_AT_MOST]]


def _choice(store: Any) -> str:
    return gettext("%(store)s (former)") % {"store": store} if store.former else str(store)


class StoreCodeFilter(OfStore, TextFilter):
    """A store by its code, for people who see thousands, over documents."""

    title = _("store code")
    parameter_name = "store"


class HomeStoreCodeFilter(StoreCodeFilter):
    """Of stores that the person sees: a member may belong to another one, which is not told."""

    title = _("home store code")
    path = "home_store"

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if not self.value():
            return queryset
        rows = org.stores_visible_to(actor_of(request)).filter(code=self.value().strip().upper())
        return queryset.filter(**{f"{self.path}__in": rows.values("pk")})


class OwnHomeStoreFilter(OwnStoreFilter):
    title = _("home store")
    path = "home_store"


class LocationStoreCodeFilter(StoreCodeFilter):
    path = "location__store"


class OwnLocationStoreFilter(OwnStoreFilter):
    path = "location__store"


class PeriodFilter(DropdownFilter):
    """The days people ask for most, as a range over an indexed instant; days of the deployment."""

    title = _("period")
    parameter_name = "period"
    path = ""

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("today", _("Today")),
            ("yesterday", _("Yesterday")),
            ("7", _("Last 7 days")),
            ("30", _("Last 30 days")),
            ("90", _("Last 90 days")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        span = self.span(request)
        if span is None:
            return queryset
        return queryset.filter(**{f"{self.path}__gte": span[0], f"{self.path}__lt": span[1]})

    def span(self, request: HttpRequest) -> tuple[datetime, datetime] | None:
        """From the first instant that is asked for to before the last; None for all."""
        chosen = dict(self.lookups(request, None)).keys() & {self.value()}
        if not chosen:
            return None
        today = start_of_today()
        if self.value() == "yesterday":
            return today - timedelta(days=1), today
        back = 0 if self.value() == "today" else int(self.value()) - 1
        return today - timedelta(days=back), today + timedelta(days=1)


class BusinessDayFilter(PeriodFilter):
    """The same over the business day that stands on a document, as the overview counts; or one day by
    its date, as the page of a store names the day of its own clock."""

    title = _("business day")
    parameter_name = "day"
    path = "business_day"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        offered = super().lookups(request, model_admin)
        day = day_named(self.value())
        return [*offered, (self.value(), date_format(day))] if day else offered

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        days = self.days(request)
        return queryset.filter(**{f"{self.path}__range": days}) if days else queryset

    def days(self, request: HttpRequest) -> tuple[date, date] | None:
        """The first and the last business day that are asked for; None for all."""
        day = day_named(self.value())
        if day:
            return day, day
        span = self.span(request)
        if span is None:
            return None
        first, end = (clock.business_day(at, settings.TIME_ZONE) for at in span)
        return first, end - timedelta(days=1)


def day_named(text: str | None) -> date | None:
    """The day of an ISO date in an address; None for anything else, and at the ends of the calendar,
    beside which there are no other days."""
    try:
        day = date.fromisoformat(text or "")
    except ValueError:
        return None
    return day if date.min.year < day.year < date.max.year else None


def start_of_today() -> datetime:
    """The first instant of today in the deployment's time zone, UTC."""
    day = clock.business_day(clock.now(), settings.TIME_ZONE)
    return clock.start_of_day(day, settings.TIME_ZONE)


def period(path: str) -> type[PeriodFilter]:
    """A period filter over the instant at ``path``."""
    return type("PeriodFilterOver" + path.title(), (PeriodFilter,), {"path": path})
