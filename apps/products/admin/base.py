"""What the parts of the catalogue have in common on the screens of head office."""

from typing import Any, ClassVar

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy

from apps.accounts.actor import Actor
from apps.org.offices.base import OfficeAdmin
from apps.org.offices.lists import list_url
from apps.products import selectors as products

NAMES = ("code", "name", "name_en")
BY_NAME = ("code__istartswith", "name__icontains", "name_en__icontains")


class CatalogueAdmin(OfficeAdmin):
    """What the parts of the catalogue have in common: it is the brand's."""

    see_action = "products.see"
    manage_action = "products.manage"
    search_fields: tuple[str, ...] = BY_NAME
    search_help_text: Any = gettext_lazy("Code or name")
    ordering: tuple[str, ...] = ("code",)
    sortable_by: ClassVar[tuple[str, ...]] = ("code",)

    def visible(self, actor: Actor) -> QuerySet[Any]:
        return products.catalogue_rows(actor, self.model._default_manager.all())

    def back_to_list(self, request: HttpRequest) -> HttpResponse:
        """To the list, from the dialog of a row that is gone."""
        url = list_url(self)
        if request.headers.get("HX-Request"):
            return HttpResponse(headers={"HX-Redirect": url})
        return HttpResponseRedirect(url)
