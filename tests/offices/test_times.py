"""Times are told to the minute, with their seconds where the pointer rests."""

from datetime import UTC, datetime
from types import SimpleNamespace

from apps.org.offices import columns

AT = datetime(2026, 11, 24, 7, 4, 5, tzinfo=UTC)


def test_to_the_minute_in_the_zone_of_the_store() -> None:
    assert columns.local_time(AT) == "2026-11-24 15:04"
    assert columns.local_time(AT, "Asia/Shanghai") == "2026-11-24 15:04"
    assert columns.local_time(AT, "Asia/Urumqi") == "2026-11-24 13:04 Asia/Urumqi"
    assert columns.exact_time(AT, "Asia/Urumqi") == "2026-11-24 13:04:05 Asia/Urumqi"


def test_a_column_of_times_tells_the_seconds_by_its_title() -> None:
    column = columns.when("at", "time", zone="zone")
    row = SimpleNamespace(at=AT, zone="Asia/Urumqi")

    assert column(None, row) == (
        '<span class="qy-time" title="2026-11-24 13:04:05 Asia/Urumqi">'
        "2026-11-24 13:04 Asia/Urumqi</span>"
    )
    assert column(None, SimpleNamespace(at=None, zone="")) is None
