"""Is the demonstration brand here, and how much of it."""

from apps.common import clock
from apps.demo import mapping
from apps.demo.models import DemoLoad


def is_loaded() -> bool:
    """Whether a load has come to its end; one that was interrupted has not."""
    return DemoLoad.objects.filter(source=mapping.SOURCE, weeks__gt=0).exists()


def begin(time_zone: str) -> DemoLoad:
    """The row of this load; the first one fixes the shift in time for ever."""
    now = clock.now()
    load, _created = DemoLoad.objects.get_or_create(
        source=mapping.SOURCE,
        defaults={"shift_weeks": mapping.shift_at(now, time_zone), "started_at": now},
    )
    return load


def finish(load: DemoLoad, weeks: int) -> None:
    """The last ``weeks`` weeks are here; more may have been before."""
    DemoLoad.objects.filter(pk=load.pk, weeks__lt=weeks).update(weeks=weeks)
