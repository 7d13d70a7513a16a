"""Deleting a row of the configuration: never one that was used, and never without a reason."""

from typing import Any, ClassVar

from django.db.models import PROTECT
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from apps.common.errors import Unprocessable
from apps.common.reasons import is_reason
from apps.org.offices import lookups
from apps.org.offices.lists import list_url


class DeletionReasonWanted(Unprocessable):
    code = "deletion_reason_wanted"
    message = _("Say why it is deleted, in 2 to 255 characters.")


def reason_of(request: HttpRequest) -> str:
    """Why, as the page of the deletion was sent. Raises DeletionReasonWanted."""
    reason = request.POST.get("reason", "").strip()
    if not is_reason(reason):
        raise DeletionReasonWanted(fields={"reason": None})
    return reason


class Deletes:
    """The page of an OfficeAdmin that deletes one row; a list offers no deletion of many."""

    opts: Any
    admin_site: Any
    delete_confirmation_template = "offices/delete.html"
    instead: ClassVar[str | Promise] = ""
    """What to do with a row that is kept because it was used."""

    def get_deleted_objects(
        self, objs: Any, request: HttpRequest
    ) -> tuple[list[str], dict[str, int], set[Any], list[str]]:
        """What goes with the row, and what keeps it: by kind, so that a big table stays unread.

        Raises DeletionReasonWanted where it would be deleted now and nobody said why.
        """
        gone: list[str] = []
        kept: list[str] = []
        for obj in objs:
            for relation in lookups.relations_in_use(obj):
                name = str(relation.related_model._meta.verbose_name_plural)
                (kept if relation.on_delete is PROTECT else gone).append(name)
        allowed = self.has_delete_permission(request)  # type: ignore[attr-defined]
        if request.method == "POST" and allowed and not kept:
            reason_of(request)
        return gone, {}, set() if allowed else {self.opts.verbose_name}, kept

    def render_delete_form(self, request: HttpRequest, context: dict[str, Any]) -> HttpResponse:
        name = f"{self.admin_site.name}:{self.opts.app_label}_{self.opts.model_name}_change"
        context |= {
            "instead": self.instead,
            "change_url": reverse(name, args=[context["object"].pk]),
            "list_url": list_url(self),
        }
        answer: HttpResponse = super().render_delete_form(request, context)  # type: ignore[misc]
        return answer
