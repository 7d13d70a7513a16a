"""Imports as their owner steers them: upload, mapping, start, cancel."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Protocol

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor, ActorKind
from apps.common import clock
from apps.common.errors import ActionNotPermitted, Conflict, Unprocessable
from apps.common.keys import document_number
from apps.jobs import registry
from apps.jobs.formats import LANGUAGES, heading_key, inspect
from apps.jobs.models import ColumnMapping, Job, JobFile, RowRefusal
from apps.jobs.registry import Import
from apps.jobs.selectors import JobNotFound
from apps.jobs.services import closing, files
from apps.jobs.services.workplaces import workplace
from apps.org import selectors as org

KEPT = timedelta(days=30)
KEPT_PERSONAL = timedelta(hours=24)


class MappingIncomplete(Unprocessable):
    code = "mapping_incomplete"
    message = _("No heading is mapped to the required columns: %(columns)s.")


class MappingWrong(Unprocessable):
    code = "mapping_wrong"
    message = _("A heading or column of the mapping is unknown or used twice.")


class JobNotReady(Conflict):
    code = "job_not_ready"
    message = _("The job is %(status)s; this step is not open now.")


class PolicyUnknown(Unprocessable):
    code = "job_policy_unknown"
    message = _("Choose what happens to rows with errors.")


class JobInOnePiece(Conflict):
    code = "job_in_one_piece"
    message = _("All rows are being written in one piece; this cannot be cancelled any more.")


class Upload(Protocol):
    """What a web form hands over."""

    def chunks(self) -> Iterable[bytes]: ...


@dataclass(frozen=True, slots=True)
class Headings:
    """The headings of a file in order, and the column that each most likely means."""

    found: list[str]
    proposed: dict[str, str]


def create_import(actor: Actor, *, subject: str, office: str, name: str, upload: Upload) -> Job:
    """Keep an uploaded file as a draft of an import.

    Raises SubjectUnknown, ActionNotPermitted, and the refusals of ``formats.errors``; nothing of a
    refused file is kept.
    """
    one = registry.import_of(subject)
    if actor.kind is not ActorKind.STAFF:
        raise ActionNotPermitted
    org.require_action(actor, one.action)
    with workplace() as folder:
        path = folder / "source"
        files.receive(upload.chunks(), path)
        sheet = inspect(path, name)
        now = clock.now()
        with transaction.atomic():
            job = Job.objects.create(
                number=document_number("J", now.date()), kind=Job.Kind.IMPORT, subject=subject,
                owner_id=actor.id, office=office, status=Job.Status.DRAFT, created_at=now,
                expires_at=now + (KEPT_PERSONAL if one.personal else KEPT),
                options={
                    "format": sheet.format, "encoding": sheet.encoding, "headings": sheet.headings,
                    "language": translation.get_language() or LANGUAGES[0],
                },
            )  # fmt: skip
            kept = files.safe_name(name, f"{job.number}.{sheet.format}")
            files.keep(job, JobFile.Role.SOURCE, path, name=kept)
    return job


def headings_of(job: Job) -> Headings:
    """What the file's headings are, and what they are taken for: as in the person's last import of
    this kind, else by label in either language, else by name."""
    found = [heading for heading in job.options["headings"] if heading]
    one = registry.import_of(job.subject)
    kept = ColumnMapping.objects.filter(owner_id=job.owner_id, subject=job.subject).first()
    remembered = {} if kept is None else kept.headings
    names = {column.name for column in one.columns}
    proposed: dict[str, str] = {}
    for known in ({heading_key(text): name for text, name in remembered.items()}, _words(one)):
        for heading in found:
            name = known.get(heading_key(heading))
            if name in names and heading not in proposed and name not in proposed.values():
                proposed[heading] = str(name)
    return Headings(found, proposed)


def _words(one: Import) -> dict[str, str]:
    words: dict[str, str] = {heading_key(column.name): column.name for column in one.columns}
    for language in LANGUAGES:
        with translation.override(language):
            words |= {heading_key(str(column.label)): column.name for column in one.columns}
    return words


def check_import(actor: Actor, job: Job, *, mapping: Mapping[str, str]) -> None:
    """Have a worker judge every row without writing any; ``mapping`` is heading → column.

    Raises MappingIncomplete, MappingWrong, JobNotReady, JobNotFound, ActionNotPermitted.
    """
    one = registry.import_of(job.subject)
    _check_mapping(job, one, mapping)
    with transaction.atomic():
        locked = _own(actor, job, one.action, Job.Status.DRAFT, Job.Status.CHECKED)
        ColumnMapping.objects.update_or_create(
            owner_id=actor.id, subject=job.subject, defaults={"headings": dict(mapping)}
        )
        locked.options |= {"mapping": dict(mapping), "preview": []}
        RowRefusal.objects.filter(job=job).delete()
        _begin(locked, Job.Status.CHECKING, total=None)


def start(actor: Actor, job: Job, *, policy: str = "") -> None:
    """Queue a checked import under a policy, or a checked bulk change, which has none.

    Raises JobNotReady, JobNotFound, ActionNotPermitted, PolicyUnknown.
    """
    with transaction.atomic():
        locked = _own(actor, job, _action_of(job), Job.Status.CHECKED)
        if job.kind == Job.Kind.CHANGE:
            locked.options |= {"skips": [], "started": True}  # what the check skips stays skipped
        else:
            locked.policy = _policy(policy)
            RowRefusal.objects.filter(job=job).delete()
        _begin(locked, Job.Status.QUEUED, total=locked.total)


def _action_of(job: Job) -> str:
    if job.kind == Job.Kind.CHANGE:
        return registry.change_of(job.subject).action
    return registry.import_of(job.subject).action


def _policy(asked: str) -> Job.Policy:
    if asked not in Job.Policy.values:
        raise PolicyUnknown(fields={"policy": None})
    return Job.Policy(asked)


def ask_cancel(actor: Actor, job: Job) -> None:
    """End a waiting job at once, a running one after the page that it is at.

    Raises JobNotReady if it has ended, JobInOnePiece, JobNotFound.
    """
    if Job.objects.filter(pk=job.pk, cursor__phase="all").exists():
        raise JobInOnePiece  # its row is locked to the end; asking for it would wait for that
    with transaction.atomic():
        locked = _locked(actor, job)
        if locked.status in Job.ENDED:
            raise JobNotReady(status=locked.get_status_display())
        locked.cancel_asked = True
        locked.save(update_fields=["cancel_asked"])
        if locked.lease is None:
            closing.end(locked, Job.Status.CANCELLED)


def _begin(job: Job, status: Job.Status, *, total: int | None) -> None:
    job.status, job.total, job.done = status, total, 0
    job.cursor, job.counts, job.code = {}, {}, ""
    job.started_at = job.lease = job.leased_until = None
    job.cancel_asked = False
    job.save()


def _own(actor: Actor, job: Job, action: str, *statuses: Job.Status) -> Job:
    org.require_action(actor, action)
    locked = _locked(actor, job)
    if locked.status not in statuses:
        raise JobNotReady(status=locked.get_status_display())
    return locked


def _locked(actor: Actor, job: Job) -> Job:
    mine = Job.objects.filter(pk=job.pk, owner_id=actor.id)
    locked = mine.select_for_update(no_key=True).first()
    if locked is None or actor.kind is not ActorKind.STAFF:
        raise JobNotFound
    return locked


def _check_mapping(job: Job, one: Import, mapping: Mapping[str, str]) -> None:
    names = {column.name for column in one.columns}
    chosen = list(mapping.values())
    unknown = set(chosen) - names or set(mapping) - set(job.options["headings"])
    if unknown or len(set(chosen)) < len(chosen):
        raise MappingWrong
    missing = [str(c.label) for c in one.columns if c.required and c.name not in chosen]
    if missing:
        raise MappingIncomplete(columns=", ".join(missing))


def columns_of(job: Job) -> dict[int, Any]:
    """Place in a row → column, as mapped."""
    by_name = {column.name: column for column in registry.import_of(job.subject).columns}
    mapping: dict[str, str] = job.options["mapping"]
    return {
        place: by_name[mapping[heading]]
        for place, heading in enumerate(job.options["headings"])
        if heading in mapping
    }
