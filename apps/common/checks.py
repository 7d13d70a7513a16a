"""Refusal to run in production on settings that are only good for a developer.

With ``DEBUG=0`` these are errors: ``check``, ``up``, the web server and the worker stop on them.
"""

import base64
import binascii
import re
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import unquote, urlsplit

from django.apps import AppConfig, apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.core import checks
from django.db import DatabaseError, OperationalError, connections
from django.utils.module_loading import import_string

KEY_BYTES = 32
KEY_ID = re.compile(r"[A-Za-z0-9]{1,8}", re.ASCII)
SECRET_LENGTH = 32
SECRET_CHARACTERS = 8  # different ones; "aaaa…" is long, but no secret
OLDEST_POSTGRESQL = 150000
DEFAULT_PASSWORDS = frozenset(
    (
        "admin",
        "changeme",
        "default",
        "demo",
        "guest",
        "password",
        "postgres",
        "quanyu",
        "root",
        "secret",
    )
)
# A committed sale must survive a power cut.
REQUIRED = {
    "fsync": {"on"},
    "full_page_writes": {"on"},
    "synchronous_commit": {"on", "remote_apply"},
}


def complaints() -> list[str]:
    """What keeps this deployment from serving, one line each; asks the database too."""
    for databases in (None, list(connections)):  # without asking the database first
        try:
            found = checks.run_checks(databases=databases)
        except OperationalError:
            return ["The database does not answer."]
        if errors := [f"{item.id}: {item.msg}" for item in found if item.level >= checks.ERROR]:
            return errors
    return []


@checks.register(checks.Tags.security)
def production_settings(
    app_configs: Sequence[AppConfig] | None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """Secrets, hosts and keys that production must have of its own."""
    if settings.DEBUG:
        return []
    found = [*_secrets(), *_index_keys(), *_identity_keys(), *_addresses()]
    if not settings.ALLOWED_HOSTS or "*" in settings.ALLOWED_HOSTS:
        found.append(("E002", "ALLOWED_HOSTS must list the host names served, without '*'."))
    return [checks.Error(message, id=f"quanyu.{number}") for number, message in sorted(found)]


def _secrets() -> Iterator[tuple[str, str]]:
    index_keys = [entry.partition(":")[2] for entry in settings.BLIND_INDEX_KEYS]
    named = [
        ("SECRET_KEY", settings.SECRET_KEY),
        ("SANDBOX_PAYMENT_SECRET", settings.SANDBOX_PAYMENT_SECRET),
        *(("Each key of BLIND_INDEX_KEYS (or BLIND_INDEX_KEY)", key) for key in index_keys),
    ]
    values = [value for _name, value in named]
    for name, value in named:
        if (
            len(value) < SECRET_LENGTH
            or len(set(value)) < SECRET_CHARACTERS
            or value.startswith("django-insecure-")
            or values.count(value) > 1
        ):
            text = f"{name} must be random, {SECRET_LENGTH} characters or more, and used for nothing else."
            yield "E001", text


def _index_keys() -> Iterator[tuple[str, str]]:
    names = [entry.partition(":")[0] for entry in settings.BLIND_INDEX_KEYS]
    if not names or len(set(names)) != len(names) or not all(map(KEY_ID.fullmatch, names)):
        text = "BLIND_INDEX_KEYS must hold entries 'id:secret', newest first, each id once; an id has 1 to 8 letters and digits."
        yield "E008", text


def _identity_keys() -> Iterator[tuple[str, str]]:
    names = []
    for entry in settings.IDENTITY_KEYS:
        name, _, encoded = entry.partition(":")
        names.append(name)
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not name or len(key) != KEY_BYTES or len(set(key)) < SECRET_CHARACTERS:
            yield "E003", "Each entry of IDENTITY_KEYS must be 'id:base64 of 32 random bytes'."
    if len(set(names)) != len(names) or not names:
        yield "E003", "IDENTITY_KEYS must hold at least one key, and each id once."


def _addresses() -> Iterator[tuple[str, str]]:
    passwords = {
        "DATABASE_URL": settings.DATABASES["default"].get("PASSWORD") or "",
        "BROKER_URL": unquote(urlsplit(settings.CELERY_BROKER_URL).password or ""),
    }
    for name, password in passwords.items():
        if password.lower() in DEFAULT_PASSWORDS:
            yield "E004", f"{name} uses a default password."


@checks.register(checks.Tags.database)
def database_keeps_what_it_confirms(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """PostgreSQL's age and the settings without which a confirmed sale could be lost."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        with connections[alias].cursor() as cursor:
            cursor.execute(
                "SELECT name, setting FROM pg_settings WHERE name = ANY(%s)",
                [[*REQUIRED, "server_version_num"]],
            )
            current = dict(cursor.fetchall())
        if int(current["server_version_num"]) < OLDEST_POSTGRESQL:
            found.append(checks.Error("PostgreSQL 15 or newer is needed.", id="quanyu.E005"))
        found += [
            checks.Error(
                f"PostgreSQL must run with {name}=on, not {current[name]}.", id="quanyu.E006"
            )
            for name, good in REQUIRED.items()
            if current[name] not in good
        ]
    return found


@checks.register(checks.Tags.database)
def no_demonstration_logins(
    databases: Sequence[str] | None = None, **kwargs: Any
) -> list[checks.CheckMessage]:
    """In production nobody may sign in with a password of the demonstration brand."""
    if settings.DEBUG or not databases or not apps.is_installed("apps.demo"):
        return []
    # By name: common knows no app above it, and a deployment may leave the demonstration out.
    logins = {
        username: password for _, username, password in import_string("apps.demo.logins.table")()
    }
    users = get_user_model()._default_manager.filter(
        **{f"{get_user_model().USERNAME_FIELD}__in": list(logins)}, is_active=True
    )
    try:
        weak = [
            user.get_username()
            for user in users
            if user.check_password(logins[user.get_username()])
        ]
    except DatabaseError:  # no tables yet: nobody can sign in
        return []
    text = "Demonstration logins still have their published password: {}."
    return [checks.Error(text.format(", ".join(weak)), id="quanyu.E007")] if weak else []
