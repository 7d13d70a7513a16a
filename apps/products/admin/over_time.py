"""Amounts that are set from an instant on, not edited: what they were before stays on record."""

from datetime import datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from apps.common import clock
from apps.common.errors import Conflict
from apps.org.offices import lookups
from apps.products import services
from apps.products.admin.base import CatalogueAdmin


class NothingToEnd(Conflict):
    code = "nothing_to_end"
    message = gettext_lazy("Nothing was set before, so there is nothing to end.")


def load_newest(obj: Any, rows: QuerySet[Any]) -> None:
    """Make ``obj`` the row that was set last. Raises NothingToEnd where there is none."""
    obj.pk = rows.order_by("-id").values_list("pk", flat=True).first()
    if obj.pk is None:
        raise NothingToEnd
    obj.refresh_from_db()


class SetForm(forms.ModelForm):
    """An amount that holds from now on, or from a later instant; an empty one ends it, with a reason."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "starts_at" in self.fields:
            self.fields["starts_at"].required = False
            self.fields["starts_at"].help_text = gettext_lazy("Empty: from now on.")

    def clean(self) -> dict[str, Any]:
        """The same refusal as everywhere, beside the field."""
        given: dict[str, Any] = super().clean() or {}
        starts_at: datetime | None = given.get("starts_at")
        if starts_at is not None and starts_at < clock.now():
            self.add_error("starts_at", ValidationError(services.PriceInThePast().detail))
        if "amount" in given and given["amount"] is None and not given.get("reason"):
            self.add_error("reason", ValidationError(_("Say why it ends.")))
        return given

    def _post_clean(self) -> None:
        """The service writes the row; there is no instance to validate."""


class SetAdmin(CatalogueAdmin):
    """Added by the form, never changed; what has not begun is called off."""

    ordering = ("-id",)
    sortable_by = ()
    actions_detail = ("call_off",)
    shown: tuple[Any, ...] = ()
    """The fields of a row that is there."""

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return self.shown if obj else self.form._meta.fields

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        return [name for line in self.shown for name in line] if obj else ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> None:
        """The service wrote the line."""

    def key_of(self, obj: Any) -> str:
        """Its audit lines are those of the SKU."""
        return str(obj.sku.code)

    def has_call_off_permission(self, request: HttpRequest, object_id: Any = None) -> bool:
        """While it has not begun."""
        waiting = self.get_queryset(request).filter(starts_at__gt=clock.now())
        return self.may_manage(request) and lookups.with_key(waiting, object_id).exists()
