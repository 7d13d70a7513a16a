"""Acts of two people: ask, look, approve, reject, withdraw."""

from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.accounts import services as accounts
from apps.accounts.actor import Actor
from apps.accounts.api import serializers as shapes
from apps.accounts.api.filters import ApprovalFilter
from apps.accounts.models import Approval, ApprovalFile
from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.schema import ONCE, example, operation
from apps.common.views import Endpoint, ListEndpoint
from apps.flows import approvals, decide_approval
from apps.flows.adjust_points import PointsOfNothing
from apps.flows.grant_role import UnknownRole
from apps.loyalty.services import InsufficientPoints
from apps.members.selectors import MemberClosed, MemberNotFound
from apps.org import selectors as org
from apps.org import services as org_services
from apps.org.selectors import ActionNotPermitted, ApprovalNotFound, PersonNotFound, PlaceNotFound

SEE = "approvals.see"
EXAMINED = (
    ActionNotPermitted,
    approvals.PayloadInvalid,
    PointsOfNothing,
    MemberNotFound,
    MemberClosed,
    UnknownRole,
    PersonNotFound,
    PlaceNotFound,
    org_services.ScopeNotFitting,
    org_services.GrantExceedsOwn,
    org_services.PersonOutranksYou,
    org_services.RoleHeldAlready,
)
DECIDING = (
    ApprovalNotFound,
    decide_approval.ApprovalOwn,
    decide_approval.ApprovalExpired,
    accounts.ApprovalDecided,
    accounts.DecisionReasonWanted,
)
GROUNDS = {"reason": "Complaint settled", "evidence": "Call of 24 November, recorded"}
POINTS = {"act": "points.adjust", "payload": {"member": "312345678907", "points": 500}} | GROUNDS
CLERK = {
    "act": "staff.grant_role",
    "payload": {"user": "wang", "role": "clerk", "store": "A1"},
} | GROUNDS


class Approvals(ListEndpoint):
    """Requests of one's own, and those one holds the right for."""

    actions = {"get": SEE, "post": SEE}
    queryset = Approval.objects.none()
    filterset_class = ApprovalFilter
    order_by = ("-requested_at", "-id")

    @operation(
        "approval_list",
        "List requests for approval, newest first",
        answers={200: shapes.Approval},
        refusals=[ActionNotPermitted, api.BodyInvalid, CursorInvalid, PageSizeInvalid],
    )
    def get(self, request: Request) -> HttpResponse:
        return self.list(request)

    @operation(
        "approval_request",
        "Ask for an act that needs two people",
        description="Nothing is done yet. Somebody else who holds the right on these rows approves it "
        "within seven days, and it is carried out with the approval.",
        body=shapes.ApprovalAsked,
        answers={201: shapes.ApprovalResult},
        refusals=[
            *EXAMINED,
            approvals.UnknownAct,
            accounts.EvidenceWanted,
            accounts.EvidenceFileRefused,
            accounts.EvidenceFileTooLarge,
            accounts.EvidenceNameInvalid,
            accounts.TooManyFiles,
            accounts.ApprovalOpenAlready,
            *ONCE,
        ],
        examples=[example("Points", POINTS), example("A clerk", CLERK)],
    )
    def post(self, request: Request) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.ApprovalAsked)
        result = approvals.request_approval(caller, body.act, body.payload, body.grounds(), once)
        return api.answer(result, http_status=201)

    def get_queryset(self) -> QuerySet[Approval]:
        return org.approvals_visible_to(actor(self.request))

    def related(self, rows: QuerySet[Approval]) -> QuerySet[Approval]:
        return _with_files(rows)

    def shape(self, row: Approval) -> shapes.Approval:
        return shapes.approval(row)


class OneApproval(Endpoint):
    """One request with its evidence."""

    actions = {"get": SEE}

    @operation(
        "approval_read",
        "Read one request for approval",
        answers={200: shapes.Approval},
        refusals=[ActionNotPermitted, ApprovalNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        rows = _with_files(org.approvals_visible_to(actor(request)))
        found = rows.filter(number=number).first()
        if found is None:
            raise ApprovalNotFound(fields={"approval": number})
        return api.answer(shapes.approval(found))


class Approving(Endpoint):
    """The second person's yes."""

    actions = {"post": SEE}

    @operation(
        "approval_approve",
        "Approve a request and carry it out",
        description="Both happen, exactly once, or neither.",
        body=shapes.ApprovalGiven,
        answers={200: shapes.ApprovalResult},
        refusals=[
            *DECIDING,
            *EXAMINED,
            decide_approval.ApprovalBeneficiary,
            decide_approval.ApprovalCycle,
            decide_approval.RequesterLostRight,
            InsufficientPoints,
            *ONCE,
        ],
        examples=[example("Seen the recording", {"reason": "the recording is as described"})],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.ApprovalGiven)
        return api.answer(decide_approval.approve(caller, number, reason=body.reason, once=once))


class Rejecting(Endpoint):
    """The second person's no."""

    actions = {"post": SEE}

    @operation(
        "approval_reject",
        "Reject a request",
        body=shapes.RefusalGiven,
        answers={200: shapes.ApprovalResult},
        refusals=[ActionNotPermitted, *DECIDING, *ONCE],
        examples=[example("No evidence", {"reason": "the receipt is of another shopper"})],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.RefusalGiven)
        return api.answer(decide_approval.reject(caller, number, reason=body.reason, once=once))


class Withdrawing(Endpoint):
    """The requester's second thought."""

    actions = {"post": SEE}

    @operation(
        "approval_withdraw",
        "Withdraw one's own request",
        body=shapes.RefusalGiven,
        answers={200: shapes.ApprovalResult},
        refusals=[
            ActionNotPermitted,
            ApprovalNotFound,
            accounts.ApprovalDecided,
            accounts.DecisionReasonWanted,
            *ONCE,
        ],
        examples=[example("A mistake", {"reason": "it was the wrong member"})],
    )
    def post(self, request: Request, number: str) -> HttpResponse:
        caller: Actor = actor(request)
        once = api.once_of(request, caller.caller)
        body = api.decode(request.body, shapes.RefusalGiven)
        return api.answer(approvals.withdraw(caller, number, reason=body.reason, once=once))


def _with_files(rows: QuerySet[Approval]) -> QuerySet[Approval]:
    """The same requests with people and files loaded, without the contents; one statement more."""
    files = ApprovalFile.objects.defer("content").order_by("id")
    people = rows.select_related("requester", "approver")
    return people.prefetch_related(Prefetch("files", queryset=files))
