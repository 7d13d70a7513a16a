"""What is known of the demonstration data in this database: one row."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class DemoLoad(models.Model):
    """The load of one source: its shift in time never changes after the first load."""

    source = models.CharField(_("source"), max_length=32, unique=True)
    shift_weeks = models.PositiveIntegerField(
        _("shift in weeks"), help_text=_("All times of the source are moved by so many weeks.")
    )
    started_at = models.DateTimeField(_("started at"))
    weeks = models.PositiveSmallIntegerField(
        _("weeks loaded"), default=0, help_text=_("So many of the last weeks are complete.")
    )

    class Meta:
        verbose_name = _("demonstration data")
        verbose_name_plural = _("demonstration data")

    def __str__(self) -> str:
        return f"{self.source} {self.weeks}"
