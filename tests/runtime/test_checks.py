"""In production the platform refuses settings that are only good for a developer."""

import base64
import os
import secrets
import subprocess
import sys
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.test import override_settings

from apps.common import checks
from apps.common.runtime import local

GOOD = {
    "SECRET_KEY": secrets.token_urlsafe(48),
    "BLIND_INDEX_KEYS": ["1:" + secrets.token_urlsafe(48)],
    "SANDBOX_PAYMENT_SECRET": secrets.token_urlsafe(48),
    "IDENTITY_KEYS": ["k1:" + base64.b64encode(secrets.token_bytes(32)).decode()],
    "ALLOWED_HOSTS": ["shop.example.com"],
}
MANAGE = [sys.executable, str(local.BASE_DIR / "manage.py")]


def found(**settings: Any) -> set[str | None]:
    with override_settings(DEBUG=False, **{**GOOD, **settings}):
        return {error.id for error in checks.production_settings(None)}


def test_good_settings_have_nothing_to_complain_about() -> None:
    assert found() == set()


@pytest.mark.parametrize(
    ("name", "value", "error"),
    [
        ("SECRET_KEY", "short", "quanyu.E001"),
        ("SECRET_KEY", "django-insecure-" + "abcdefghijk" * 5, "quanyu.E001"),
        ("SECRET_KEY", "a" * 64, "quanyu.E001"),
        pytest.param(
            "BLIND_INDEX_KEYS",
            ["1:" + GOOD["SECRET_KEY"]],
            "quanyu.E001",
            id="one key for two uses",
        ),
        ("BLIND_INDEX_KEYS", [], "quanyu.E008"),
        ("BLIND_INDEX_KEYS", [":" + secrets.token_urlsafe(48)], "quanyu.E008"),
        ("BLIND_INDEX_KEYS", ["a.b:" + secrets.token_urlsafe(48)], "quanyu.E008"),
        pytest.param(
            "BLIND_INDEX_KEYS",
            ["1:" + secrets.token_urlsafe(48), "1:" + secrets.token_urlsafe(48)],
            "quanyu.E008",
            id="one id for two keys",
        ),
        pytest.param(
            "BLIND_INDEX_KEYS",
            [f"{number}:{GOOD['SANDBOX_PAYMENT_SECRET'][::-1]}" for number in (1, 2)],
            "quanyu.E001",
            id="one key under two ids",
        ),
        ("SANDBOX_PAYMENT_SECRET", "", "quanyu.E001"),
        ("ALLOWED_HOSTS", [], "quanyu.E002"),
        ("ALLOWED_HOSTS", ["shop.example.com", "*"], "quanyu.E002"),
        ("IDENTITY_KEYS", [], "quanyu.E003"),
        ("IDENTITY_KEYS", ["k1:abc"], "quanyu.E003"),
        ("IDENTITY_KEYS", ["k1:" + base64.b64encode(bytes(32)).decode()], "quanyu.E003"),
        ("IDENTITY_KEYS", [*GOOD["IDENTITY_KEYS"], *GOOD["IDENTITY_KEYS"]], "quanyu.E003"),
        ("CELERY_BROKER_URL", "amqp://guest:guest@broker/", "quanyu.E004"),
    ],
)
def test_each_unsafe_setting_is_refused(name: str, value: object, error: str) -> None:
    assert found(**{name: value}) == {error}


def test_a_default_database_password_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(connection.settings_dict, "PASSWORD", "postgres")
    assert found() == {"quanyu.E004"}


def test_generated_secrets_are_not_for_production() -> None:
    with pytest.raises(ImproperlyConfigured, match="SECRET_KEY must be set"):
        local.secret("SECRET_KEY", allowed=False)
    with pytest.raises(ImproperlyConfigured, match="IDENTITY_KEYS must be set"):
        local.identity_key(allowed=False)


def test_a_generated_secret_stays_and_only_its_owner_reads_it(var: Any) -> None:
    first = local.secret("SOME_KEY", allowed=True)
    assert local.secret("SOME_KEY", allowed=True) == first
    assert (var / "secrets" / "SOME_KEY").stat().st_mode & 0o777 == 0o600
    name, _, key = local.identity_key(allowed=True).partition(":")
    assert (name, len(base64.b64decode(key))) == ("k1", 32)


@pytest.mark.django_db
def test_a_database_that_may_lose_a_confirmed_sale_is_refused() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting FROM pg_settings WHERE name = 'fsync'")
        throwaway = cursor.fetchone() == ("off",)
        cursor.execute("SET LOCAL synchronous_commit = off")
    errors = checks.database_keeps_what_it_confirms(databases=["default"])
    assert sum("synchronous_commit" in str(error.msg) for error in errors) == 1
    assert any("fsync" in str(error.msg) for error in errors) == throwaway


def test_the_deployment_check_is_clean_and_a_start_without_keys_is_one_line() -> None:
    values = {k: v if isinstance(v, str) else ",".join(v) for k, v in GOOD.items()}
    env = {**os.environ, **values, "DEBUG": "0"}
    command = [*MANAGE, "check", "--deploy", "--fail-level", "WARNING"]
    clean = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert clean.returncode == 0, clean.stdout + clean.stderr
    env.pop("IDENTITY_KEYS")
    up = subprocess.run([*MANAGE, "up"], env=env, capture_output=True, text=True, check=False)
    assert up.returncode != 0
    assert up.stderr == "With DEBUG=0 the environment variable IDENTITY_KEYS must be set.\n"
