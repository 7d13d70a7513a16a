"""Applications at head office: each act through the service, with one line, and no secret on a page."""

import re
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from apps.accounts.models import ApiClient, AuditLine, ClientSecret
from apps.org import rules as roles
from apps.org import selectors as org
from apps.org import services
from apps.org.models import ClientBinding, ClientChannel
from tests import builders
from tests.builders import SYSTEM, Brand
from tests.offices.pages import signed_in

pytestmark = pytest.mark.django_db

WHY = {"reason": "keys are changed every year"}
KEY = re.compile(r"qk_\w{12}_[\w-]{43}")


@pytest.fixture
def brand() -> Brand:
    return builders.build_brand()


@pytest.fixture
def admin(brand: Brand) -> Client:
    return signed_in(builders.build_staff("admin", roles.HEAD_OFFICE_ADMIN))


@pytest.fixture
def auditor(brand: Brand) -> Client:
    return signed_in(builders.build_staff("auditor", roles.AUDITOR))


@pytest.fixture
def made(brand: Brand) -> tuple[ApiClient, str]:
    return services.create_client(SYSTEM, name="ERP", scopes=["products.see"], reach="brand")


def lines() -> list[tuple[str, str]]:
    """What the audit trail says of applications, and of nothing else."""
    found = AuditLine.objects.filter(action__contains="client").order_by("id")
    return list(found.values_list("action", "object_key"))


def page(row: Any, end: str = "change") -> str:
    kind = row._meta
    return f"/admin/{kind.app_label}/{kind.model_name}/{row.pk}/{end}/"


def test_a_key_is_changed_at_leisure(admin: Client, made: tuple[ApiClient, str]) -> None:
    client, first = made
    asked = admin.get(page(client, "new_secret"))
    assert (asked.status_code, KEY.search(asked.content.decode())) == (200, None)
    assert ClientSecret.objects.count() == 1

    shown = admin.post(page(client, "new_secret"), WHY)

    assert "no-store" in shown["Cache-Control"]
    found = KEY.search(shown.content.decode())
    assert found is not None
    second = found.group()
    assert org.client_by_key(first) is not None
    assert org.client_by_key(second) is not None
    old = client.secrets.earliest("id")
    assert f'href="{page(old)}"' in admin.get(page(client)).content.decode()
    assert admin.get(page(old, "retire")).status_code == 200
    admin.post(page(old, "retire"), {"_form_submitted": "on", **WHY})
    assert org.client_by_key(first) is None
    assert org.client_by_key(second) is not None
    assert admin.post(page(old, "retire"), {"_form_submitted": "on", **WHY}).status_code == 403
    assert lines() == [
        ("accounts.create_apiclient", client.key_id),
        ("accounts.create_clientsecret", client.key_id),
        ("accounts.revoke_clientsecret", client.key_id),
    ]
    retired = AuditLine.objects.latest("id")
    assert (retired.actor_label, retired.role) == ("admin", roles.HEAD_OFFICE_ADMIN)
    assert retired.reason == WHY["reason"]
    for url in (page(client), page(old), "/admin/accounts/clientsecret/", "/admin/"):
        text = admin.get(url).content.decode()
        assert KEY.search(text) is None
        assert not any(row.secret_hash in text for row in ClientSecret.objects.all())
    session = str(dict(admin.session))
    assert second not in session
    assert second.split("_", 2)[2] not in session


def test_a_third_secret_is_refused(admin: Client, made: tuple[ApiClient, str]) -> None:
    client, _key = made
    admin.post(page(client, "new_secret"), WHY)
    refused = admin.post(page(client, "new_secret"), WHY, follow=True)
    assert "has two secrets that work" in refused.content.decode()
    assert client.secrets.count() == 2


def test_settings_are_changed_with_one_line(admin: Client, made: tuple[ApiClient, str]) -> None:
    client, _key = made
    given = {
        "name": "ERP",
        "scopes": ["orders.see", "products.see"],
        "sign_in": "signature",
        "reach": "brand",
        "rate": 500,
    }
    empty = {
        f"{prefix}-{name}": 0
        for prefix in ("secrets", "bindings", "channels")
        for name in ("TOTAL_FORMS", "INITIAL_FORMS")
    }
    assert admin.post(page(client), given | empty).status_code == 302
    client.refresh_from_db()
    assert (client.sign_in, client.rate, client.scopes) == (
        "signature",
        500,
        ["orders.see", "products.see"],
    )
    assert AuditLine.objects.latest("id").changes == {
        "scopes": [["products.see"], ["orders.see", "products.see"]],
        "sign_in": ["bearer", "signature"],
        "rate": [100, 500],
    }
    assert len(lines()) == 2
    refused = admin.post(page(client), given | empty | {"rate": 0})
    assert refused.status_code == 200
    assert len(lines()) == 2


def test_stores_and_channels_are_bound_and_unbound(
    admin: Client, made: tuple[ApiClient, str], brand: Brand
) -> None:
    client, _key = made
    for kind, key, row in (
        ("clientbinding", "store", brand.a1),
        ("clientchannel", "channel", brand.pos),
    ):
        sent = {"client": client.pk, key: row.pk}
        assert admin.post(f"/admin/org/{kind}/add/", sent).status_code == 302
    store, channel = ClientBinding.objects.get(), ClientChannel.objects.get()
    assert (store.store, channel.channel) == (brand.a1, brand.pos)
    text = admin.get(page(client)).content.decode()
    assert "A1" in text
    for bound in (store, channel):
        assert admin.post(page(bound, "delete"), {"post": "yes"} | WHY).status_code == 302
    assert not ClientBinding.objects.exists()
    assert not ClientChannel.objects.exists()
    assert lines()[1:] == [
        ("org.create_clientbinding", f"{client.key_id} A1"),
        ("org.create_clientchannel", f"{client.key_id} pos"),
        ("org.delete_clientbinding", f"{client.key_id} A1"),
        ("org.delete_clientchannel", f"{client.key_id} pos"),
    ]


def test_who_only_looks_changes_nothing(
    auditor: Client, made: tuple[ApiClient, str], brand: Brand
) -> None:
    client, _key = made
    secret = client.secrets.get()
    binding = services.bind_client(SYSTEM, client, brand.a1)
    before = lines()
    assert auditor.get(page(client)).status_code == 200
    assert auditor.get("/admin/accounts/clientsecret/").status_code == 200
    for url in (
        page(client, "new_secret"),
        page(client, "revoke"),
        page(secret, "retire"),
        page(binding, "delete"),
        "/admin/org/clientchannel/add/",
        "/admin/org/clientbinding/add/",
    ):
        answer = auditor.post(url, {"_form_submitted": "on", "post": "yes"})
        assert answer.status_code == 403, url
    assert lines() == before
    assert ClientSecret.objects.get().retired_at is None


def test_no_table_holds_a_secret_in_the_clear(admin: Client, made: tuple[ApiClient, str]) -> None:
    client, key = made
    keys = [key, services.add_secret(SYSTEM, client)]
    tables = connection.introspection.table_names()
    assert "accounts_clientsecret" in tables
    with connection.cursor() as cursor:
        for table in tables:
            for secret in (key.split("_", 2)[2] for key in keys):
                like = f"%{secret}%"
                as_bytes = f"%{secret.encode().hex()}%"
                cursor.execute(
                    f'SELECT count(*) FROM "{table}" AS r WHERE r::text LIKE %s OR r::text LIKE %s',
                    [like, as_bytes],
                )
                assert cursor.fetchone() == (0,), table
