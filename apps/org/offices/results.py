"""Results of the search box."""

from collections.abc import Iterable
from typing import Any

from django.db.models import Model
from django.urls import reverse
from unfold.dataclasses import SearchResult


def results_of(site: str, rows: Iterable[Model], *, text: Any = str) -> list[SearchResult]:
    """Each row as a link to its page on ``site``; ``text`` makes its title."""
    found = []
    for row in rows:
        options = row._meta
        url = reverse(f"{site}:{options.app_label}_{options.model_name}_change", args=[row.pk])
        found.append(SearchResult(text(row), str(options.verbose_name), url, "tag"))
    return found
