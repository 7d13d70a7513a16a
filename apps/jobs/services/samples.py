"""The first values of an uploaded file, by which a person recognises its columns."""

from itertools import islice
from pathlib import Path

from apps.common import crypto
from apps.jobs.formats import CSV, read_rows, tidy
from apps.jobs.models import FilePart, Job, JobFile
from apps.jobs.services.files import PART
from apps.jobs.services.workplaces import workplace

ROWS = 3
LONGEST = 40
"""Characters of a value that are shown."""
WORKBOOK_PARTS = 4 * 1024 * 1024 // PART
"""A workbook is read whole, which a page does only up to 4 MB; of a text its first part is enough."""


def samples_of(job: Job) -> dict[str, list[str]]:
    """Heading → up to three values below it, empty ones left out; nothing of a larger workbook.

    Two statements. Who asks has shown that the job is their own and that they may bring it in.
    """
    options = job.options
    source = JobFile.objects.filter(job=job, role=JobFile.Role.SOURCE).first()
    text = options.get("format") == CSV
    if source is None or not (text or source.size <= WORKBOOK_PARTS * PART):
        return {}
    data = _beginning(source, 1 if text else WORKBOOK_PARTS)
    if text and source.size > PART:
        data = data[: data.rfind(b"\n") + 1]
    with workplace() as folder:
        path = folder / "source"
        path.write_bytes(data)
        return _values(path, job)


def _beginning(source: JobFile, parts: int) -> bytes:
    found = FilePart.objects.filter(file=source, place__lt=parts).order_by("place")
    return b"".join(
        crypto.unseal(bytes(one)) for one in found.values_list("data_cipher", flat=True)
    )


def _values(path: Path, job: Job) -> dict[str, list[str]]:
    rows = read_rows(path, job.options["format"], job.options["encoding"])
    first = [cells for _number, cells in islice(rows, 1, 1 + ROWS)]
    headings: list[str] = job.options["headings"]
    return {
        heading: [
            text[:LONGEST] for cells in first if place < len(cells) if (text := tidy(cells[place]))
        ]
        for place, heading in enumerate(headings)
        if heading
    }
