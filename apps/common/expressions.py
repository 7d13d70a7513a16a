"""Conditions that the ORM has no words for."""

from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import BooleanField, F, Func, QuerySet


def among(path: str, keys: QuerySet[Any, Any]) -> "AnyOf":
    """Whether the column at ``path`` is one of ``keys``, a queryset of one column."""
    return AnyOf(F(path), ArraySubquery(keys))


class AnyOf(Func):
    """``column = ANY(ARRAY(SELECT …))``: found by an index, also as one of several alternatives.

    ``column IN (SELECT …) OR …`` is worked out row by row: right for somebody who sees a good part of
    all rows, and minutes for one who sees a handful of millions.
    """

    template = "%(expressions)s)"
    arg_joiner = " = ANY("
    output_field = BooleanField()
