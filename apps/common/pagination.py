"""How lists are paged: by key, so that no page costs more than the first and no row is skipped.

DRF's cursor steps over rows of equal order value by counting them, up to a thousand; imported
documents of one minute are more. Here the order is total, and the cursor is the last row's place.
"""

from typing import Any, ClassVar, Generic, TypeVar

import msgspec
from django.db.models import Model, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.utils.urls import replace_query_param

from apps.common import keyset
from apps.common.errors import Malformed
from apps.common.keyset import CursorInvalid

PAGE_SIZE = 50
MAX_PAGE_SIZE = 100
Row = TypeVar("Row", bound=Model)
Order = tuple[str, ...]


class _Place(msgspec.Struct):
    """The order values of a page's last row, and of which order they are."""

    order: tuple[str, ...]
    values: list[Any]


class PageSizeInvalid(Malformed):
    code = "invalid_page_size"
    message = _("A page has 1 to %(limit)s rows.")


class KeysetPagination(BasePagination, Generic[Row]):
    """Pages of a list whose view names a total order in ``order_by``.

    The cursor is encrypted: callers cannot read row ids from it nor make one up.
    """

    parameters: ClassVar = frozenset({"cursor", "page_size"})
    _next: str | None = None

    def paginate_queryset(  # type: ignore[override]
        self, queryset: QuerySet[Row], request: Request, view: Any = None
    ) -> list[Row]:
        """One page; a row more is read to know whether there is a next one. One statement.

        Raises CursorInvalid, PageSizeInvalid.
        """
        names: Order = view.order_by
        order = keyset.total_order(queryset.model, names)
        queryset = queryset.order_by(*keyset.expressions(order))
        size = _page_size(request)
        if cursor := request.query_params.get("cursor"):
            queryset = keyset.behind(queryset, order, _open(cursor, names))
        found = list(queryset[: size + 1])
        page = found[:size]
        if len(found) > size:
            cursor = keyset.seal(_Place(names, keyset.place_of(order, page[-1])))
            self._next = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return page

    def next_link(self) -> str | None:
        """The address of the next page, None on the last."""
        return self._next

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return {
            "type": "object",
            "required": ["results", "next"],
            "properties": {
                "results": schema,
                "next": {
                    "type": "string",
                    "format": "uri",
                    "nullable": True,
                    "description": "Address of the next page; null on the last.",
                },
            },
        }

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": MAX_PAGE_SIZE, "default": PAGE_SIZE}
        return [
            {
                "name": "cursor",
                "in": "query",
                "required": False,
                "description": "Opaque place in the list, taken from the `next` of a page.",
                "schema": {"type": "string"},
            },
            {
                "name": "page_size",
                "in": "query",
                "required": False,
                "description": "Rows on a page.",
                "schema": size,
            },
        ]


def _page_size(request: Request) -> int:
    text = request.query_params.get("page_size", str(PAGE_SIZE))
    if not (
        text.isascii() and text.isdigit() and len(text) <= 3 and 1 <= int(text) <= MAX_PAGE_SIZE
    ):
        raise PageSizeInvalid(fields={"page_size": text[:16]}, limit=MAX_PAGE_SIZE)
    return int(text)


def _open(cursor: str, order: Order) -> list[Any]:
    place = keyset.unseal(cursor, _Place)
    if place.order != order:
        raise CursorInvalid
    return place.values
