"""Pages of settings on the portal: what they were before, and why head office changed it, stays there."""

from typing import Any, NoReturn

from django.core.exceptions import PermissionDenied
from django.db.models import Model
from django.http import HttpRequest
from django.urls import URLPattern


class Unversioned:
    """Mixed in before an admin class: no history, and no way back to a version."""

    _row: Any
    model: type[Model]

    def get_urls(self) -> list[URLPattern]:
        found: list[URLPattern] = super().get_urls()  # type: ignore[misc]  # of the admin beside
        return [one for one in found if not str(one.name or "").endswith("_restore")]

    def history_view(self, request: HttpRequest, object_id: str, *args: Any, **kw: Any) -> NoReturn:
        """Somebody else's row is missing, one's own has nothing to tell."""
        self._row(request, object_id)
        raise PermissionDenied
