"""The base classes of every API view: closed by default, JSON in and out, lists by cursor."""

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from django.db.models import Model, QuerySet
from django.http import HttpResponse
from rest_framework.generics import ListAPIView
from rest_framework.metadata import BaseMetadata
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.permissions import BasePermission
from rest_framework.request import Request
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from apps.common import api
from apps.common.pagination import KeysetPagination
from apps.common.permissions import Declared, Rules
from apps.common.throttling import ByAddress


class JsonOnly(BaseContentNegotiation):
    """There is one representation, so ``Accept`` is not asked."""

    def select_parser(self, request: Request, parsers: Iterable[Any]) -> Any:
        return next(iter(parsers))

    def select_renderer(
        self, request: Request, renderers: Iterable[Any], format_suffix: str | None = None
    ) -> tuple[Any, str]:
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class Endpoint(APIView):
    """A view that decodes ``request.body`` itself and returns ``api.answer``."""

    actions: ClassVar[Rules]
    """Who is let in, method by method; a method that is not named here is closed."""
    permission_classes: Sequence[type[BasePermission]] = (Declared,)
    throttle_classes: Sequence[type[BaseThrottle]] = (ByAddress,)
    content_negotiation_class = JsonOnly
    metadata_class: type[BaseMetadata] | None = None


class ListEndpoint(ListAPIView):
    """A list by cursor. A view names the rows it starts from, and the shape of one of them."""

    actions: ClassVar[Rules]
    permission_classes: Sequence[type[BasePermission]] = (Declared,)
    throttle_classes: Sequence[type[BaseThrottle]] = (ByAddress,)
    content_negotiation_class = JsonOnly
    metadata_class: type[BaseMetadata] | None = None
    pagination_class = KeysetPagination
    order_by: ClassVar[tuple[str, ...]]
    """Field names that give a total order together, ``-`` for descending; the paginator reads it."""

    @abstractmethod
    def shape(self, row: Any) -> Any:
        """One row as the API shows it."""

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """``rows`` with what ``shape`` needs of other tables, in a constant number of statements."""
        return rows

    def list(self, request: Request, *args: Any, **kwargs: Any) -> HttpResponse:  # type: ignore[override]
        self._refuse_unknown_parameters(request)
        rows = self.related(self.filter_queryset(self.get_queryset()))
        paginator: KeysetPagination[Model] = KeysetPagination()
        page = paginator.paginate_queryset(rows, request, view=self)
        return api.answer(
            {"results": [self.shape(row) for row in page], "next": paginator.next_link()}
        )

    def _refuse_unknown_parameters(self, request: Request) -> None:
        """A misspelt filter would show every row as if it matched, and of one that is named twice
        the last counts, which a signature leaves open. Raises BodyInvalid."""
        filters = getattr(self, "filterset_class", None)
        known = set(filters.base_filters) if filters else set()
        unknown = set(request.query_params) - known - KeysetPagination.parameters
        wrong = sorted(unknown | {name for name, said in request.query_params.lists() if said[1:]})
        if wrong:
            raise api.BodyInvalid(problem=", ".join(wrong), fields={"query": wrong})
