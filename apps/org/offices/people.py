"""Who did something, in the words of the person who reads it.

Documents keep a caller (``staff:3``); people are shown by name, applications by theirs. The portal
names the people of stores, not those of head office.
"""

from collections.abc import Iterable

from django.contrib.admin.sites import AdminSite
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from apps.accounts.models import ApiClient, User
from apps.org.offices import words


def names_of(site: AdminSite, callers: Iterable[str]) -> dict[str, str]:
    """Caller → name. A statement for people and one for applications, where there are any."""
    asked = {caller: caller.partition(":") for caller in set(callers)}
    people = _keys(asked, "staff")
    apps = _keys(asked, "app")
    found = {
        caller: capfirst(words.actor_text(kind)) for caller, (kind, _sep, _key) in asked.items()
    }
    if people:
        for user in User.objects.filter(pk__in=people):
            found[f"staff:{user.pk}"] = _name_of(site, user)
    if apps:
        for client in ApiClient.objects.filter(pk__in=apps):
            found[f"app:{client.pk}"] = str(client.name)
    return found


def _keys(asked: dict[str, tuple[str, str, str]], kind: str) -> list[int]:
    return [int(key) for found, _sep, key in asked.values() if found == kind and key.isdigit()]


def _name_of(site: AdminSite, user: User) -> str:
    if user.is_staff and site.name != "admin":
        return _("Head office")
    return str(user.display_name or user.username)
