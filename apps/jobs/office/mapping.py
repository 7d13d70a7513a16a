"""Which heading of a file means which column."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.utils.text import capfirst

from apps.jobs import registry, services
from apps.jobs.models import Job
from apps.jobs.registry import Import
from apps.jobs.services.samples import samples_of


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of the file, what stands below it, and the column it is taken for."""

    name: str
    """Of its field in the form."""
    text: str
    samples: list[str]
    column: str
    hidden: bool
    """Whether its values are personal and therefore not shown."""


def field_of(place: int) -> str:
    return f"column-{place}"


def sent(request: HttpRequest, job: Job) -> dict[str, str]:
    """Heading → column as the person chose."""
    headings: list[str] = job.options["headings"]
    chosen = {
        heading: request.POST.get(field_of(place), "")
        for place, heading in enumerate(headings)
        if heading
    }
    return {heading: column for heading, column in chosen.items() if column}


def proposed(job: Job) -> Mapping[str, str]:
    """As it was checked before, else as the service proposes."""
    kept: Mapping[str, str] | None = job.options.get("mapping")
    return services.headings_of(job).proposed if kept is None else kept


def headings(job: Job, mapping: Mapping[str, str]) -> list[Heading]:
    """Each heading of the file with its samples; of an import with personal columns only those of
    headings that are known to mean something else."""
    one = registry.import_of(job.subject)
    public = {column.name for column in one.columns if not column.personal}
    samples = samples_of(job)
    found = []
    for place, text in enumerate(job.options["headings"]):
        if not text:
            continue
        column = mapping.get(text, "")
        hidden = one.personal and column not in public
        shown = [] if hidden else samples.get(text, [])
        found.append(Heading(field_of(place), text, shown, column, hidden))
    return found


def columns(one: Import) -> list[dict[str, Any]]:
    """What a heading can mean."""
    return [
        {
            "name": column.name,
            "label": capfirst(str(column.label)),
            "required": column.required,
            "note": column.note,
        }
        for column in one.columns
    ]
