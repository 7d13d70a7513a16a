"""A member's points: balance and ledger."""

from django.db.models import QuerySet
from django.http import HttpResponse
from rest_framework.request import Request

from apps.common import api
from apps.common.authentication import actor
from apps.common.keyset import CursorInvalid
from apps.common.pagination import PageSizeInvalid
from apps.common.schema import operation
from apps.common.views import Endpoint, ListEndpoint
from apps.loyalty import selectors as loyalty
from apps.loyalty.api import serializers as shapes
from apps.loyalty.models import PointsEntry
from apps.members import selectors as members
from apps.members.selectors import MemberNotFound
from apps.org import selectors as org
from apps.org.selectors import ActionNotPermitted


class MemberPoints(Endpoint):
    """The balance of one member."""

    actions = {"get": "points.see"}

    @operation(
        "member_points_read",
        "Read a member's points",
        description="Open to whoever reads the member: see `member_read`. `me` is the caller.",
        answers={200: shapes.Points},
        refusals=[ActionNotPermitted, MemberNotFound],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        caller = actor(request)
        org.require_action(caller, "points.see")
        member = members.require_profile(caller, number)
        expiry = loyalty.next_expiry(member.pk)
        points = shapes.Points(
            balance=loyalty.balance_of(member.pk),
            next_expiry=shapes.Expiry(*expiry) if expiry else None,
        )
        return api.answer(points)


class MemberPointsEntries(ListEndpoint):
    """The points ledger of one member."""

    actions = {"get": "points.see"}
    queryset = PointsEntry.objects.none()
    order_by = ("-at", "-id")

    @operation(
        "member_points_entry_list",
        "List a member's points entries, newest first",
        description="Only for members in the caller's `member_list`, and for the member: a number or "
        "an identity that opens the profile does not open the ledger. Of such a member a franchisee "
        "sees the entries that its own stores caused.",
        answers={200: shapes.PointsEntry},
        refusals=[
            ActionNotPermitted,
            MemberNotFound,
            api.BodyInvalid,
            CursorInvalid,
            PageSizeInvalid,
        ],
    )
    def get(self, request: Request, number: str) -> HttpResponse:
        return self.list(request)

    def get_queryset(self) -> QuerySet[PointsEntry]:
        caller = actor(self.request)
        org.require_action(caller, "points.see")
        member_id = members.require_visible(caller, self.kwargs["number"])
        return loyalty.entries_visible_to(caller).filter(member_id=member_id)

    def related(self, rows: QuerySet[PointsEntry]) -> QuerySet[PointsEntry]:
        return rows.select_related("order", "store")

    def shape(self, row: PointsEntry) -> shapes.PointsEntry:
        return shapes.entry(row, actor(self.request))
