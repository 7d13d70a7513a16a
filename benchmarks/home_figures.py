"""The inner half of benchmarks.home: runs on the seeded database; not called by hand."""

import sys
from datetime import timedelta
from typing import Any

import django

django.setup()

from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402
from django.test.utils import CaptureQueriesContext  # noqa: E402

from apps.accounts import services as accounts  # noqa: E402
from apps.accounts.models import User  # noqa: E402
from apps.common import clock  # noqa: E402
from apps.insights import services  # noqa: E402
from apps.insights.models import StoreDay, StoreHour  # noqa: E402
from apps.org.offices.sessions import KEY  # noqa: E402
from benchmarks.home import MOVE, report, timed  # noqa: E402

NEWEST = "SELECT max(placed_at) FROM orders_order"


def seed_to_today() -> None:
    """The year of orders ends now."""
    with connection.cursor() as cursor:
        cursor.execute(NEWEST)
        newest = cursor.fetchone()[0]
        cursor.execute(MOVE, {"days": (clock.now() - newest).days + 1})
        cursor.execute("DELETE FROM orders_order WHERE placed_at > now()")
        cursor.execute("VACUUM ANALYZE orders_order")


def signed_in(user: User, site: str) -> Client:
    client = Client()
    client.force_login(user)
    session = client.session
    session[KEY] = accounts.sessions.begin(user, site=site, device="", factor="none")
    session.save()
    return client


def main() -> None:
    rounds = int(sys.argv[1])
    seed_to_today()
    took, days = timed(lambda: services.rebuild(None, None, now=clock.now()))
    print(f"rebuild: {days} days in {took:.1f} s; {StoreDay.objects.count():,} store days,"
          f" {StoreHour.objects.count():,} store hours")  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    timed(lambda: services.refresh(now=clock.now()))
    took, days = timed(lambda: services.refresh(now=clock.now() + timedelta(seconds=60)))
    print(f"refresh of today: {days} day in {took * 1000:.0f} ms")
    for name, username, site in (
        ("head office", "office0", "admin"),
        ("region, 500 stores", "region0", "admin"),
        ("owner, 3 stores", "owner0", "portal"),
    ):
        user = User.objects.get(username=username)
        User.objects.filter(pk=user.pk).update(is_staff=site == "admin")
        client = signed_in(user, site)
        for period in ("today", "7", "30"):
            measure(client, f"/{site}/?period={period}", f"{name}, {period}", rounds)


def measure(client: Any, url: str, name: str, rounds: int) -> None:
    with CaptureQueriesContext(connection) as statements:
        answer = client.get(url, headers={"host": "localhost"})
        count = len(statements)
    if answer.status_code != 200:
        raise RuntimeError(f"{url}: {answer.status_code}")
    times = [
        timed(lambda: client.get(url, headers={"host": "localhost"}))[0] for _ in range(rounds)
    ]
    report(name, times, count)


main()
