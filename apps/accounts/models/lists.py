"""How a person arranged a list for themselves: views under a name, and its columns."""

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

NAME_LENGTH = 40
QUERY_LENGTH = 1000


class OwnList(models.Model):
    """A list of one office as one person has it; nobody else sees it so."""

    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        related_name="+",
        verbose_name=_("person"),
        db_index=False,
    )
    office = models.CharField(_("office"), max_length=16)
    listing = models.CharField(_("list"), max_length=64)

    class Meta:
        abstract = True


class SavedView(OwnList):
    """Filters of a list under a name: the query string that shows them. Never a personal value."""

    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    query = models.CharField(_("filters"), max_length=QUERY_LENGTH)
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("saved view")
        verbose_name_plural = _("saved views")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "office", "listing", "name"], name="saved_view_name_once"
            ),
            models.CheckConstraint(
                condition=~models.Q(name="") & ~models.Q(query=""), name="saved_view_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class ColumnChoice(OwnList):
    """The columns that a person wants of a list, in the list's own order."""

    columns = ArrayField(models.CharField(max_length=64), verbose_name=_("columns"))

    class Meta:
        verbose_name = _("choice of columns")
        verbose_name_plural = _("choices of columns")
        constraints = [
            models.UniqueConstraint(
                fields=["owner", "office", "listing"], name="column_choice_once"
            ),
            models.CheckConstraint(
                condition=models.Q(columns__len__gte=1), name="column_choice_not_empty"
            ),
        ]

    def __str__(self) -> str:
        return self.listing
