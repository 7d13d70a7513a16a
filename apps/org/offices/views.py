"""Where people save views of lists and choose columns, on both sites. Only their own, all by POST."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import URLPattern, path
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from apps.accounts.actor import Actor
from apps.accounts.models import SavedView
from apps.accounts.services import lists
from apps.common.errors import DomainError, Missing
from apps.org.offices import arranging
from apps.org.offices.access import actor_of
from apps.org.offices.lists import list_url
from apps.org.offices.refusals import say_refusal

NOT_KEPT = ("p", "e")
"""The page of a list, and Django's mark of an address that was wrong."""


class ArrangingPages:
    """The addresses below ``lists/`` of an OfficeSite; each answers with the list it was sent from."""

    name: str
    admin_called: Any

    def list_urls(self) -> list[URLPattern]:
        own: Any = self.entry_view  # type: ignore[attr-defined]  # of the site beside
        at = "lists/"
        return [
            path(f"{at}views/save/", own(self.save_view), name="save_view"),
            path(f"{at}views/<int:pk>/rename/", own(self.rename_view), name="rename_view"),
            path(f"{at}views/<int:pk>/delete/", own(self.delete_view), name="delete_view"),
            path(f"{at}columns/", own(self.choose_columns), name="choose_columns"),
        ]

    @method_decorator(require_POST)
    def save_view(self, request: HttpRequest) -> HttpResponse:
        admin = self._list(request, request.POST.get("listing", ""))
        query = arranging.query_to_save(admin, request.POST.get("query", ""))
        name, listing = request.POST.get("name", ""), arranging.listing_of(admin)
        with _refusals_told(request):
            view = lists.save_view(actor_of(request), listing, name=name, query=query)
            messages.success(request, _("The view “%(name)s” is saved.") % {"name": view.name})
        return _back(admin, request)

    @method_decorator(require_POST)
    def rename_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = actor_of(request)
        admin = self._list(request, self._view(actor, pk).listing)
        with _refusals_told(request):
            view = lists.rename_view(actor, pk, name=request.POST.get("name", ""))
            messages.success(request, _("The view is called “%(name)s” now.") % {"name": view.name})
        return _back(admin, request)

    @method_decorator(require_POST)
    def delete_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        actor = actor_of(request)
        admin = self._list(request, self._view(actor, pk).listing)
        view = lists.delete_view(actor, pk)
        messages.success(request, _("The view “%(name)s” is deleted.") % {"name": view.name})
        return _back(admin, request)

    @method_decorator(require_POST)
    def choose_columns(self, request: HttpRequest) -> HttpResponse:
        """All of them, or what is none of the list's, is no choice: the list's own columns again."""
        admin = self._list(request, request.POST.get("listing", ""))
        own, wanted = admin.own_columns(request), request.POST.getlist("column")
        chosen = [name for place, name in enumerate(own) if not place or name in wanted]
        actor, listing = actor_of(request), arranging.listing_of(admin)
        if "reset" in request.POST or chosen == own:
            lists.reset_columns(actor, listing)
        else:
            lists.choose_columns(actor, listing, chosen)
        return _back(admin, request)

    def _view(self, actor: Actor, pk: int) -> SavedView:
        view = lists.own_view(actor, pk)
        if view.office != self.name:
            raise lists.ViewNotFound
        return view

    def _list(self, request: HttpRequest, label: str) -> Any:
        """The list of that name, for people who see it; to everybody else it is not there."""
        admin = self.admin_called(label)
        if admin is None or not admin.may_see(request):
            raise Http404
        return admin


@contextmanager
def _refusals_told(request: HttpRequest) -> Iterator[None]:
    """On the list that is shown next; what is not there stays a page of its own."""
    try:
        yield
    except Missing:
        raise
    except DomainError as refusal:
        say_refusal(request, refusal)


def _back(admin: Any, request: HttpRequest) -> HttpResponse:
    """To the list, filtered as it was."""
    query = QueryDict(request.POST.get("query", "")[:4000], mutable=True)
    for name in NOT_KEPT:
        query.pop(name, None)
    return HttpResponseRedirect(f"{list_url(admin)}?{query.urlencode()}".rstrip("?"))
