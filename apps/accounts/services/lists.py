"""What people save of a list for themselves. It changes nothing for others, so no audit line."""

from collections.abc import Sequence

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from apps.accounts.actor import Actor
from apps.accounts.models import ColumnChoice, SavedView, User
from apps.accounts.models.lists import NAME_LENGTH, QUERY_LENGTH
from apps.accounts.selectors import Listing
from apps.common import clock
from apps.common.errors import Conflict, Malformed, Missing

VIEWS_AT_MOST = 20
"""Of one list and person."""


class ViewNameInvalid(Malformed):
    code = "view_name_invalid"
    message = _("The name of a view has 1 to %(limit)s characters.")


class ViewQueryInvalid(Malformed):
    code = "view_query_invalid"
    message = _("There is nothing to save: filter or sort the list first.")


class ViewNameTaken(Conflict):
    code = "view_name_taken"
    message = _("You have a view of this name already.")


class TooManyViews(Conflict):
    code = "too_many_views"
    message = _("A list has at most %(limit)s views; delete one first.")


class ViewNotFound(Missing):
    code = "view_not_found"
    message = _("There is no such view.")


def save_view(actor: Actor, listing: Listing, *, name: str, query: str) -> SavedView:
    """Keep ``query`` under ``name``.

    Raises ViewNameInvalid, ViewQueryInvalid, ViewNameTaken, TooManyViews.
    """
    name = _clean(name)
    if not 1 <= len(query) <= QUERY_LENGTH:
        raise ViewQueryInvalid
    with transaction.atomic():
        own = _lock_views(actor, listing)
        _require_free(own, name)
        if own.count() >= VIEWS_AT_MOST:
            raise TooManyViews(limit=VIEWS_AT_MOST)
        return SavedView.objects.create(
            owner_id=actor.id,
            office=listing.office,
            listing=listing.name,
            name=name,
            query=query,
            created_at=clock.now(),
        )


def own_view(actor: Actor, view_id: int) -> SavedView:
    """Raises ViewNotFound, also for somebody else's."""
    found = SavedView.objects.filter(owner=actor.id, pk=view_id).first()
    if found is None:
        raise ViewNotFound
    return found


def rename_view(actor: Actor, view_id: int, *, name: str) -> SavedView:
    """Raises ViewNotFound (also for somebody else's), ViewNameInvalid, ViewNameTaken."""
    view = own_view(actor, view_id)
    view.name = _clean(name)
    with transaction.atomic():
        own = _lock_views(actor, Listing(view.office, view.listing))
        _require_free(own.exclude(pk=view.pk), view.name)
        if not own.filter(pk=view.pk).update(name=view.name):
            raise ViewNotFound
    return view


def delete_view(actor: Actor, view_id: int) -> SavedView:
    """What was deleted. Raises ViewNotFound, also for somebody else's."""
    view = own_view(actor, view_id)
    SavedView.objects.filter(pk=view.pk).delete()
    return view


def choose_columns(actor: Actor, listing: Listing, columns: Sequence[str]) -> None:
    """Show these columns of the list from now on; the caller says which it has."""
    ColumnChoice.objects.update_or_create(
        owner_id=actor.id,
        office=listing.office,
        listing=listing.name,
        defaults={"columns": list(columns)},
    )


def reset_columns(actor: Actor, listing: Listing) -> None:
    """Show every column again."""
    own = ColumnChoice.objects.filter(owner=actor.id, office=listing.office, listing=listing.name)
    own.delete()


def _clean(name: str) -> str:
    cleaned = " ".join(name.split())
    if not 1 <= len(cleaned) <= NAME_LENGTH or not cleaned.isprintable():
        raise ViewNameInvalid(limit=NAME_LENGTH)
    return cleaned


def _lock_views(actor: Actor, listing: Listing) -> QuerySet[SavedView]:
    """The person's views of a list; who saves one in another browser waits."""
    User.objects.select_for_update(no_key=True).get(pk=actor.id)
    return SavedView.objects.filter(owner=actor.id, office=listing.office, listing=listing.name)


def _require_free(views: QuerySet[SavedView], name: str) -> None:
    if views.filter(name=name).exists():
        raise ViewNameTaken
