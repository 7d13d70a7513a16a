"""Shapes of approvals."""

from typing import Annotated, Any

import msgspec
from msgspec import Meta

from apps.accounts import models, services
from apps.common.api import Instant
from apps.flows import approvals

MOST = services.evidence
Payload = Annotated[
    dict[str, Any],
    Meta(
        description="By act. `points.adjust`: `member` (number) and `points` (negative to take). "
        "`staff.grant_role`: `user` (name), `role`, one of `region`, `franchisee` and `store` by code "
        "(none for a head-office role), and perhaps `starts_at` and `ends_at`."
    ),
]


class EvidenceGiven(msgspec.Struct, forbid_unknown_fields=True):
    """A document that shows why: PDF, PNG or JPEG. All of them must fit the request's 1 MB."""

    name: Annotated[str, Meta(min_length=1, max_length=128)]
    content_type: str
    content: Annotated[bytes, Meta(description="Base64.")]


class ApprovalAsked(msgspec.Struct, forbid_unknown_fields=True):
    """An act that a second person has to approve. Reason and evidence are wanted."""

    act: Annotated[str, Meta(max_length=64)]
    payload: Payload
    reason: Annotated[str, Meta(min_length=1, max_length=MOST.REASON_LENGTH)]
    evidence: Annotated[str, Meta(min_length=1, max_length=MOST.EVIDENCE_LENGTH)]
    evidence_reference: Annotated[str, Meta(max_length=MOST.REFERENCE_LENGTH)] = ""
    files: Annotated[list[EvidenceGiven], Meta(max_length=MOST.FILES_AT_MOST)] = []

    def grounds(self) -> services.Grounds:
        files = [
            services.EvidenceFile(given.name, given.content_type, given.content)
            for given in self.files
        ]
        return services.Grounds(self.reason, self.evidence, self.evidence_reference, files)


class ApprovalGiven(msgspec.Struct, forbid_unknown_fields=True):
    """What convinced the approver, if they want to say."""

    reason: Annotated[str, Meta(max_length=MOST.REASON_LENGTH)] = ""


class RefusalGiven(msgspec.Struct, forbid_unknown_fields=True):
    """Why it is turned down or taken back."""

    reason: Annotated[str, Meta(min_length=1, max_length=MOST.REASON_LENGTH)]


class EvidenceKept(msgspec.Struct):
    """A document as it is kept; it is opened in the admin or the portal."""

    name: str
    content_type: str
    size: int
    sha256: str


class Approval(msgspec.Struct):
    """A request for an act of two people, and what became of it; `summary` says what will happen."""

    number: str
    act: str
    state: str
    concerns: str
    summary: str
    payload: dict[str, Any]
    reason: str
    evidence: str
    evidence_reference: str
    files: list[EvidenceKept]
    requester: str
    approver: str | None
    requested_at: Instant
    expires_at: Instant
    decided_at: Instant | None
    decision_reason: str


class ApprovalResult(msgspec.Struct):
    """The request after a step; `effect` is what carrying it out came to."""

    number: str
    act: str
    state: str
    concerns: str
    requested_at: Instant
    expires_at: Instant
    decided_at: Instant | None
    decision_reason: str
    effect: dict[str, Any] | None


def approval(row: models.Approval) -> Approval:
    """One request with people and files loaded."""
    return Approval(
        number=row.number,
        act=row.act,
        state=row.state,
        concerns=row.business_key,
        summary=approvals.describe(row),
        payload=row.payload,
        reason=row.reason,
        evidence=row.evidence,
        evidence_reference=row.evidence_reference,
        files=[
            EvidenceKept(kept.name, kept.content_type, kept.size, kept.sha256)
            for kept in row.files.all()
        ],
        requester=row.requester.username,
        approver=row.approver.username if row.approver else None,
        requested_at=row.requested_at,
        expires_at=row.expires_at,
        decided_at=row.decided_at,
        decision_reason=row.decision_reason,
    )
