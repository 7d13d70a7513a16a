"""Fixtures for every test. The database server itself comes from tests/postgres_plugin.py."""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
import pytest
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.test.utils import override_settings, setup_databases, teardown_databases
from psycopg import sql
from pytest_django import DjangoDbBlocker


@pytest.fixture(scope="session")
def django_db_setup(
    django_test_environment: None,
    django_db_modify_db_settings: None,
    django_db_blocker: DjangoDbBlocker,
) -> Iterator[None]:
    """The migrated test database, always: pytest-django makes it only for tests marked django_db,
    and ``committed_db`` alone would then clone whatever the settings name."""
    with django_db_blocker.unblock():
        made = setup_databases(
            verbosity=0, interactive=False, aliases={DEFAULT_DB_ALIAS}, serialized_aliases=()
        )
    yield
    with django_db_blocker.unblock():
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session", autouse=True)
def _cheap_passwords() -> Iterator[None]:
    """A password hash is slow on purpose, and nearly every test signs somebody in."""
    with override_settings(PASSWORD_HASHERS=["django.contrib.auth.hashers.MD5PasswordHasher"]):
        yield


@pytest.fixture
def committed_db(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[str]:
    """A database of the test's own in which commits are real; yields its name.

    For threads, locks, ``on_commit`` and everything else that the rolled-back transaction of ``db``
    hides. It is a clone of the migrated test database, dropped afterwards: append-only tables
    refuse the TRUNCATE by which pytest-django's transactional_db would clean up.
    """
    with django_db_blocker.unblock(), cloned() as name:
        yield name


@contextmanager
def cloned() -> Iterator[str]:
    """Have the default connection use a clone of the migrated test database; yields its name."""
    template = settings.DATABASES["default"]["NAME"]
    clone = f"{template}_{secrets.token_hex(4)}"
    point_at(template)  # a database with open connections cannot be cloned
    administer(template, "CREATE DATABASE {clone} TEMPLATE {template} STRATEGY FILE_COPY", clone)
    point_at(clone)
    try:
        yield clone
    finally:
        point_at(template)
        administer(template, "DROP DATABASE {clone} WITH (FORCE)", clone)


def point_at(name: str) -> None:
    """Have the default connection, in this thread and in threads to come, use database ``name``."""
    connection.close()
    connections.settings["default"]["NAME"] = name
    connection.settings_dict["NAME"] = name


def administer(template: str, statement: str, clone: str) -> None:
    """Run ``statement`` on the names of two databases, from a third one."""
    options = connection.get_connection_params() | {"dbname": "postgres"}
    for unwanted in ("context", "cursor_factory", "prepare_threshold", "server_side_binding"):
        options.pop(unwanted, None)
    with psycopg.connect(**options, autocommit=True) as administration:
        names = {"clone": sql.Identifier(clone), "template": sql.Identifier(template)}
        administration.execute(sql.SQL(statement).format(**names))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """How many cells of the access matrix were judged."""
    passed = terminalreporter.getreports("passed")
    cells = [
        value for report in passed for name, value in report.user_properties if name == "cells"
    ]
    if cells:
        terminalreporter.write_line(f"access matrix: {sum(map(int, cells)):,} cells")
