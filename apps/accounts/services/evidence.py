"""Why something is asked for, and what shows it."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _

from apps.accounts.models import Approval, ApprovalFile
from apps.accounts.models.approvals import FILE_BYTES, FILE_TYPES
from apps.common.errors import Malformed

FILES_AT_MOST = 5
REASON_LENGTH = 255
EVIDENCE_LENGTH = 2000
REFERENCE_LENGTH = 64
NAME_LENGTH = 128
SIGNATURES = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}
"""How a file of each type begins."""


class EvidenceWanted(Malformed):
    code = "evidence_wanted"
    message = _("Say why (at most 255 characters), and what shows it (at most 2,000).")


class EvidenceFileRefused(Malformed):
    """The content decides, not the name."""

    code = "evidence_file_type"
    message = _("Evidence is a PDF, PNG or JPEG file; %(name)s is none.")


class EvidenceFileTooLarge(Malformed):
    code = "evidence_file_size"
    message = _("A file of evidence has at most 2 MB and is not empty: %(name)s.")


class EvidenceNameInvalid(Malformed):
    code = "evidence_file_name"
    message = _("A file name has 1 to 128 visible characters.")


class TooManyFiles(Malformed):
    code = "evidence_file_count"
    message = _("At most 5 files, each once.")


@dataclass(frozen=True, slots=True)
class EvidenceFile:
    """A document that somebody hands in."""

    name: str
    content_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Grounds:
    """Why, and what shows it."""

    reason: str
    evidence: str
    reference: str = ""
    files: Sequence[EvidenceFile] = ()


def check_grounds(grounds: Grounds) -> None:
    """Raises EvidenceWanted, TooManyFiles and what ``check_file`` raises."""
    said = ((grounds.reason, REASON_LENGTH), (grounds.evidence, EVIDENCE_LENGTH))
    if any(not 0 < len(text.strip()) <= most for text, most in said):
        raise EvidenceWanted
    if len(grounds.reference) > REFERENCE_LENGTH:
        raise EvidenceWanted(fields={"evidence_reference": grounds.reference[:REFERENCE_LENGTH]})
    distinct = {hashlib.sha256(given.content).digest() for given in grounds.files}
    if len(grounds.files) > FILES_AT_MOST or len(distinct) < len(grounds.files):
        raise TooManyFiles
    for given in grounds.files:
        check_file(given)


def check_file(given: EvidenceFile) -> None:
    """The type named must be what the content is.

    Raises EvidenceNameInvalid, EvidenceFileTooLarge, EvidenceFileRefused.
    """
    if not 0 < len(given.name) <= NAME_LENGTH or not given.name.isprintable():
        raise EvidenceNameInvalid
    if not 0 < len(given.content) <= FILE_BYTES:
        raise EvidenceFileTooLarge(name=given.name[:64])
    known = given.content_type in FILE_TYPES
    if not known or not given.content.startswith(SIGNATURES[given.content_type]):
        raise EvidenceFileRefused(name=given.name[:64])


def kept(approval: Approval, given: EvidenceFile) -> ApprovalFile:
    """The row of a file; not saved."""
    return ApprovalFile(
        approval=approval,
        name=given.name,
        content_type=given.content_type,
        size=len(given.content),
        sha256=hashlib.sha256(given.content).hexdigest(),
        content=given.content,
    )
