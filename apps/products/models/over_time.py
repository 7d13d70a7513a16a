"""Amounts that hold from an instant until the next: nothing is rewritten, a change is a new row."""

import pgtrigger
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from apps.common.money import MAX_AMOUNT


class AmountOverTime(models.Model):
    """An amount in minor units from ``starts_at`` until the next row of the same thing; None is "none
    from here on". A row that begins later is a change that waits: it takes effect by the clock alone."""

    amount = models.BigIntegerField(_("amount"), null=True, blank=True)
    starts_at = models.DateTimeField(_("holds from"))
    set_at = models.DateTimeField(_("set at"))
    set_by = models.CharField(_("set by"), max_length=64)
    reason = models.CharField(_("reason"), max_length=255, blank=True)

    class Meta:
        abstract = True


def in_range(name: str) -> models.CheckConstraint:
    """An amount lies between 0 and MAX_AMOUNT."""
    condition = Q(amount=None) | Q(amount__gte=0, amount__lte=MAX_AMOUNT)
    return models.CheckConstraint(condition=condition, name=name)


def stays_once_begun() -> list[pgtrigger.Trigger]:
    """The triggers of such a table: no row changes, and what has begun to hold stays for good."""
    return [
        pgtrigger.Trigger(
            name="not_rewritten",
            level=pgtrigger.Statement,
            when=pgtrigger.Before,
            operation=pgtrigger.Update | pgtrigger.Truncate,
            func="RAISE EXCEPTION 'append-only: % on % refused', TG_OP, TG_TABLE_NAME;",
        ),
        pgtrigger.Trigger(
            name="stays_once_begun",
            level=pgtrigger.Row,
            when=pgtrigger.Before,
            operation=pgtrigger.Delete,
            func="""
                IF OLD.starts_at <= clock_timestamp() THEN
                    RAISE EXCEPTION 'append-only: what has begun on % stays', TG_TABLE_NAME;
                END IF;
                RETURN OLD;
            """,
        ),
    ]
