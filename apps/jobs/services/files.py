"""Files of jobs: encrypted parts in the database, plain bytes only while somebody reads them."""

import hashlib
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind, Grant
from apps.common import clock, crypto
from apps.common.errors import Conflict, Missing
from apps.jobs import registry
from apps.jobs.formats import MAX_BYTES, FileTooLarge
from apps.jobs.models import FilePart, Job, JobFile
from apps.jobs.rules import Asked, Listed
from apps.jobs.services import reaching
from apps.jobs.services.held import EXPORT, narrowed
from apps.org import selectors as org

PART = 256 * 1024
NAME_LENGTH = 100


class JobFileNotFound(Missing):
    code = "job_file_not_found"
    message = _("There is no such file.")


class JobFileExpired(Conflict):
    code = "job_file_expired"
    message = _("The file has expired and was deleted.")


def safe_name(name: str, fallback: str) -> str:
    """A file name without folders, control characters and signs that a file system or header minds."""
    last = name.replace("\\", "/").rpartition("/")[2]
    kept = re.sub(r"[^\w.()（）\- ]", "_", last).strip(" .")
    stem, dot, ending = kept.rpartition(".")
    return f"{stem[:NAME_LENGTH]}{dot}{ending[:8]}" if stem else fallback


def receive(chunks: Iterable[bytes], path: Path) -> None:
    """Write an upload to ``path``. Raises FileTooLarge as soon as it is."""
    size = 0
    with path.open("wb") as stream:
        for chunk in chunks:
            size += len(chunk)
            if size > MAX_BYTES:
                raise FileTooLarge(megabytes=MAX_BYTES // 1024**2)
            stream.write(chunk)


def keep(job: Job, role: str, path: Path, *, name: str) -> JobFile:
    """Store the file at ``path``, encrypted part by part, in place of an earlier one of that role."""
    JobFile.objects.filter(job=job, role=role).delete()
    digest = hashlib.sha256()
    kept = JobFile.objects.create(
        job=job, role=role, name=name, size=path.stat().st_size,
        personal=_holds_personal(job), created_at=clock.now(),
    )  # fmt: skip
    with path.open("rb") as stream:
        place = 0
        while piece := stream.read(PART):
            digest.update(piece)
            FilePart.objects.create(file=kept, place=place, data_cipher=crypto.seal(piece))
            place += 1
    kept.sha256 = digest.hexdigest()
    kept.save(update_fields=["sha256"])
    return kept


def _holds_personal(job: Job) -> bool:
    """Whether values that belong to a person stand in its files unmasked."""
    if job.kind == Job.Kind.IMPORT:
        return registry.import_of(job.subject).personal
    return bool(job.options.get("clear"))


def pieces(kept: JobFile) -> Iterator[bytes]:
    """The plain bytes of a file, a part at a time."""
    parts = FilePart.objects.filter(file=kept).order_by("place")
    for place in parts.values_list("place", flat=True):
        yield crypto.unseal(parts.values_list("data_cipher", flat=True).get(place=place))


def fetch(job: Job, path: Path) -> None:
    """Write the job's source file to ``path``."""
    with path.open("wb") as stream:
        for piece in pieces(JobFile.objects.get(job=job, role=JobFile.Role.SOURCE)):
            stream.write(piece)


def open_file(actor: Actor, job: Job, role: str) -> Iterator[bytes]:
    """The bytes of a file of the actor's own job; what was worked out from it leaves an audit line.

    The rights are asked again: a file whose owner has lost the right, or the rows in which it was
    made, is no longer theirs to fetch. Raises JobFileNotFound (also for anybody else's),
    JobFileExpired, ActionNotPermitted, JobFileOutOfReach.
    """
    if actor.kind is not ActorKind.STAFF or actor.id != job.owner_id:
        raise JobFileNotFound
    if job.expires_at <= clock.now():
        raise JobFileExpired
    kept = JobFile.objects.filter(job=job, role=role).first()
    if kept is None or (role == JobFile.Role.SOURCE and job.kind != Job.Kind.IMPORT):
        raise JobFileNotFound  # what a bulk change keeps of its rows is for the worker alone
    under, grants = _require_right(actor, job)
    if role != JobFile.Role.SOURCE:
        reaching.require(job, reaching.ROWS, grants)
        changes = {"file": role} | ({"personal": True} if kept.personal else {})
        accounts.record(
            actor, "jobs.download", target=("job", job.number), changes=changes, under=under
        )
    return pieces(kept)


def _require_right(actor: Actor, job: Job) -> tuple[str, Sequence[Grant]]:
    """The action under which the owner has the files of a job, and the grants that count for their
    rows. Raises ActionNotPermitted, and JobFileOutOfReach for values in clear."""
    if job.kind == Job.Kind.IMPORT:
        action = registry.import_of(job.subject).action
        grants: Sequence[Grant] = narrowed(actor, action).grants
    elif job.kind == Job.Kind.CHANGE:
        change = registry.change_of(job.subject)
        action, grants = change.action, change.found(actor, listed_of(job)).grants
    else:
        found = registry.export_of(job.subject).found(actor, listed_of(job), asked_of(job))
        action, grants = EXPORT, found.grants
        if job.options["clear"]:
            reaching.require(job, reaching.CLEAR, found.clear_grants)
    org.require_action(actor, action)
    return action, grants


def listed_of(job: Job) -> Listed:
    """The list that a job was asked for on; its query string is ciphertext in the job."""
    chosen = job.options.get("chosen")
    query = crypto.decrypt(bytes(job.query_cipher or b""))
    return Listed(job.office, query, None if chosen is None else tuple(chosen))


def asked_of(job: Job) -> Asked:
    """What an export was asked to hold."""
    given = job.options
    return Asked(
        given["format"], tuple(given["columns"]), tuple(given["clear"]), str(given["reason"])
    )
