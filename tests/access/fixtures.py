"""The world of the matrix: committed once per process, in a database of its own.

Every cell runs in a transaction that is undone, so all cells meet the same rows.
"""

import logging
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import pytest
from django.conf import settings
from pytest_django import DjangoDbBlocker

from tests.access.canaries import Canary, canaries_of
from tests.access.world import World, build_world
from tests.conftest import administer, point_at

_kept: dict[str, tuple[World, list[Canary]]] = {}
"""Database → what was built in it; two modules that import the fixtures share it."""


@pytest.fixture(scope="session")
def world_database(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """The name of the database that holds the world."""
    if _kept:
        yield next(iter(_kept))
        return
    template = settings.DATABASES["default"]["NAME"]
    clone = f"{template}_{secrets.token_hex(4)}"
    with django_db_blocker.unblock():
        point_at(template)
        administer(
            template, "CREATE DATABASE {clone} TEMPLATE {template} STRATEGY FILE_COPY", clone
        )
        try:
            point_at(clone)
            world = build_world()
            _kept[clone] = world, canaries_of(world)
            point_at(template)
            yield clone
        finally:
            point_at(template)
            administer(template, "DROP DATABASE {clone} WITH (FORCE)", clone)
            _kept.clear()


@contextmanager
def _few_words() -> Iterator[None]:
    """No line of the log for each of thousands of refusals; what breaks is still told."""
    logger = logging.getLogger("django.request")
    before = logger.level
    logger.setLevel(logging.ERROR)
    try:
        yield
    finally:
        logger.setLevel(before)


@dataclass(frozen=True)
class Matrix:
    """The world, what may not be shown, and a tally of the cells that were judged."""

    world: World
    canaries: list[Canary]
    judged: Callable[[int], None]


@pytest.fixture(name="matrix")
def matrix_fixture(
    world_database: str, django_db_blocker: DjangoDbBlocker, request: pytest.FixtureRequest
) -> Iterator[Matrix]:
    """The world, with the default connection on its database."""

    def judged(cells: int) -> None:
        request.node.user_properties.append(("cells", cells))

    template = settings.DATABASES["default"]["NAME"]
    with django_db_blocker.unblock(), _few_words():
        point_at(world_database)
        try:
            yield Matrix(*_kept[world_database], judged)
        finally:
            point_at(template)
