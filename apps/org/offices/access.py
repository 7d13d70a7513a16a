"""Who sits at the screen, as an actor."""

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest

from apps.accounts.actor import Actor, ActorKind
from apps.accounts.models import User
from apps.org import selectors as org

NOBODY = Actor(ActorKind.STAFF, 0, "")
_KEPT = "_office_actor"


def actor_of(request: HttpRequest) -> Actor:
    """The signed-in person; asked of the database once per request."""
    actor = request.__dict__.get(_KEPT)
    if not isinstance(actor, Actor):
        actor = actor_behind(request.user)
        request.__dict__[_KEPT] = actor
    return actor


def actor_behind(user: AbstractBaseUser | AnonymousUser) -> Actor:
    """The actor of an active user; nobody, who may do nothing, for anyone else."""
    return org.actor_of_user(user) if isinstance(user, User) and user.is_active else NOBODY


def seat(request: HttpRequest, actor: Actor) -> None:
    """Have a request that no browser sent be asked by ``actor``."""
    request.__dict__[_KEPT] = actor
