"""Applications: what they reach, who may give it to them, and how their keys are changed."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.models import F
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.actor import Actor, ActorKind, Grant, Scope
from apps.accounts.models import ApiClient, AuditLine, ClientSecret
from apps.accounts.services import ClientRevoked, SecretRetired, TwoSecretsLive
from apps.common.errors import ActionNotPermitted
from apps.common.keys import hash_token
from apps.org import rules
from apps.org import selectors as org_selectors
from apps.org import services as org
from apps.org.models import Channel, ClientBinding, ClientChannel
from apps.org.services import GrantExceedsOwn, ScopeUnknown
from tests import books
from tests.api import bodies
from tests.api.caller import Caller
from tests.api.signing import Signer
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db

QUOTE = {"store": "A1", "channel": "pos", "lines": [{"sku": "TEA", "quantity": 1}]}
ALL_SCOPES = sorted(rules.CLIENT_SCOPES)


def new_client(**settings: Any) -> tuple[ApiClient, str]:
    given = {"name": "shop", "scopes": ALL_SCOPES, "reach": "brand"} | settings
    return org.create_client(SYSTEM, **given)


def manager(*actions: str, scope: Scope = Scope.ALL, ids: tuple[int, ...] = ()) -> Actor:
    """Somebody at head office who manages applications, and holds these actions on these rows."""
    manage = Grant("manager", frozenset({"clients.manage", "clients.see"}), Scope.ALL, assignment=7)
    own = Grant("own", frozenset(actions), scope, frozenset(ids), assignment=8)
    return Actor(ActorKind.STAFF, 1, "manager", (manage, own))


def test_the_last_binding_taken_away_leaves_no_store(brand: Brand) -> None:
    client, key = new_client(reach="stores")
    assert Caller(key).post("quotes", QUOTE).status == 404

    org.bind_client(SYSTEM, client, brand.a1)
    assert Caller(key).post("quotes", QUOTE).status == 200
    assert Caller(key).post("quotes", QUOTE | {"store": "A2"}).status == 404

    org.unbind_client(SYSTEM, ClientBinding.objects.get())
    assert Caller(key).post("quotes", QUOTE).status == 404


def test_another_channel_is_answered_like_a_missing_one(brand: Brand) -> None:
    client, key = new_client()
    till = Caller(key)
    assert till.post("quotes", QUOTE | {"channel": "mini"}).status == 200
    org.bind_channel(SYSTEM, client, brand.pos)
    assert till.post("quotes", QUOTE).status == 200
    refusals, counts = [], []
    for channel in ("mini", "nowhere"):
        with books.unchanged():
            for path, body in (
                ("orders", bodies.sale() | {"channel": channel}),
                ("quotes", QUOTE | {"channel": channel}),
            ):
                with CaptureQueriesContext(connection) as asked:
                    answer = till.post(path, body)
                answer.body.pop("request_id")
                assert answer.body.pop("fields") == {"channel": channel}
                refusals.append((path, answer.refusal, answer.body["detail"]))
                counts.append(len(asked))
    assert refusals[:2] == refusals[2:]
    assert refusals[0][1] == (404, "channel_not_found")
    assert counts[:2] == counts[2:]

    second = Channel.objects.get(code="mini")
    org.bind_channel(SYSTEM, client, second)
    assert till.post("quotes", QUOTE | {"channel": "mini"}).status == 200
    for bound in ClientChannel.objects.all():
        org.unbind_channel(SYSTEM, bound)
    assert till.post("quotes", QUOTE | {"channel": "mini"}).status == 200


def test_documents_of_another_channel_are_not_seen(brand: Brand, head_office: Caller) -> None:
    sold = head_office.post("orders", bodies.sale()).body
    client, key = new_client()
    org.bind_channel(SYSTEM, client, brand.mini)
    shop = Caller(key)
    ordered = shop.post("orders", bodies.unpaid()).body
    assert [row["number"] for row in shop.get("orders").body["results"]] == [ordered["number"]]
    assert shop.get("payments").body["results"] == []
    assert shop.get(f"orders/{ordered['number']}").status == 200
    for path in (f"orders/{sold['number']}", f"payments/{sold['payment']}"):
        assert shop.get(path).status == 404, path
    org.unbind_channel(SYSTEM, ClientChannel.objects.get())
    assert len(shop.get("orders").body["results"]) == 2
    assert len(shop.get("payments").body["results"]) == 1


def test_channels_that_are_seen_are_those_one_is_bound_to(brand: Brand) -> None:
    client, key = new_client()
    org.bind_channel(SYSTEM, client, brand.mini)
    actor = org_selectors.client_by_key(key)
    assert actor is not None
    assert [row.code for row in org_selectors.channels_visible_to(actor)] == ["mini"]


Act = Callable[[Actor, ApiClient, Brand], Any]
GIVING: dict[str, Act] = {
    "another scope": lambda actor, client, brand: org.change_client(
        actor, client, scopes=["orders.see", "org.see"]
    ),
    "another name": lambda actor, client, brand: org.change_client(actor, client, name="x"),
    "a secret": lambda actor, client, brand: org.add_secret(actor, client),
    "a store": lambda actor, client, brand: org.bind_client(actor, client, brand.a1),
    "a channel": lambda actor, client, brand: org.bind_channel(actor, client, brand.pos),
    "every channel": lambda actor, client, brand: org.unbind_channel(
        actor, ClientChannel.objects.get(client=client)
    ),
}


@pytest.mark.parametrize("act", GIVING)
def test_nobody_gives_an_application_what_they_do_not_hold(brand: Brand, act: str) -> None:
    client, _key = new_client(scopes=["orders.see"])
    org.bind_channel(SYSTEM, client, brand.mini)
    narrow = manager("orders.see", scope=Scope.STORE, ids=(brand.a1.pk,))
    for actor in (manager("org.see"), narrow, manager()):
        before = ApiClient.objects.values().get()
        with books.unchanged(), pytest.raises(GrantExceedsOwn) as refused:
            GIVING[act](actor, client, brand)
        assert "see orders" in refused.value.detail
        assert refused.value.code == "grant_exceeds_own"
        assert ApiClient.objects.values().get() == before
    GIVING[act](manager("orders.see", "org.see"), client, brand)


def test_nor_creates_one_with_it(brand: Brand) -> None:
    with books.unchanged():
        for actor, reach in (
            (manager("org.see"), "stores"),
            (manager("orders.see", scope=Scope.STORE, ids=(brand.a1.pk,)), "brand"),
        ):
            with pytest.raises(GrantExceedsOwn):
                org.create_client(actor, name="x", scopes=["orders.see"], reach=reach)
    org.create_client(manager("orders.see"), name="x", scopes=["orders.see"], reach="brand")


def test_a_store_is_opened_only_by_who_reaches_it(brand: Brand) -> None:
    client, _key = new_client(scopes=["orders.see"], reach="stores")
    at_a1 = manager("orders.see", scope=Scope.STORE, ids=(brand.a1.pk,))
    org.bind_client(at_a1, client, brand.a1)
    with pytest.raises(GrantExceedsOwn):
        org.bind_client(at_a1, client, brand.b1)
    org.bind_client(SYSTEM, client, brand.b1)
    with pytest.raises(GrantExceedsOwn):
        org.add_secret(at_a1, client)
    assert {bound.store.code for bound in client.bindings.all()} == {"A1", "B1"}
    assert client.secrets.count() == 1


def test_who_does_not_manage_applications_does_nothing_to_them(brand: Brand) -> None:
    client, _key = new_client(reach="stores")
    store = org.bind_client(SYSTEM, client, brand.a1)
    channel = org.bind_channel(SYSTEM, client, brand.pos)
    secret = client.secrets.get()
    everything = Grant("x", rules.ALL_ACTIONS - {"clients.manage"}, Scope.ALL)
    local = Grant("y", rules.ALL_ACTIONS, Scope.STORE, frozenset({brand.a1.pk}))
    for grant in (everything, local):
        actor = Actor(ActorKind.STAFF, 1, "somebody", (grant,))
        acts: list[Callable[..., Any]] = [
            partial(org.create_client, name="x", scopes=[]),
            lambda who: org.change_client(who, client, name="x"),
            lambda who: org.revoke_client(who, client),
            lambda who: org.add_secret(who, client),
            lambda who: org.retire_secret(who, secret),
            lambda who: org.bind_client(who, client, brand.a2),
            lambda who: org.unbind_client(who, store),
            lambda who: org.bind_channel(who, client, brand.mini),
            lambda who: org.unbind_channel(who, channel),
        ]
        for act in acts:
            with books.unchanged(), pytest.raises(ActionNotPermitted):
                act(actor)
    client.refresh_from_db()
    assert (client.name, client.revoked_at) == ("shop", None)


@pytest.mark.parametrize("scope", ["clients.manage", "not.a.scope", "points.adjust", ""])
def test_a_scope_that_no_application_may_have(brand: Brand, scope: str) -> None:
    client, _key = new_client(scopes=[])
    with books.unchanged():
        with pytest.raises(ScopeUnknown):
            org.create_client(SYSTEM, name="x", scopes=["org.see", scope])
        with pytest.raises(ScopeUnknown):
            org.change_client(SYSTEM, client, scopes=[scope])


def written(at: datetime) -> str:
    """A time as an audit line keeps it."""
    return at.isoformat().replace("+00:00", "Z")


def test_every_act_leaves_its_line_under_the_right_to_manage(brand: Brand) -> None:
    actor = manager(*ALL_SCOPES)
    client, _key = org.create_client(
        actor, name="shop", scopes=["org.see"], reach="stores", sign_in="signature", rate=5
    )
    org.change_client(actor, client, name="shop 2", reach="stores")
    org.change_client(actor, client, name="shop 2")
    org.add_secret(actor, client)
    org.retire_secret(actor, client.secrets.earliest("id"))
    store = org.bind_client(actor, client, brand.a1)
    org.bind_client(actor, client, brand.a1)
    channel = org.bind_channel(actor, client, brand.pos)
    org.unbind_client(actor, store)
    org.unbind_channel(actor, channel)
    org.revoke_client(actor, client)
    org.revoke_client(actor, client)
    found = AuditLine.objects.filter(actor_label="manager").order_by("id")
    assert {(line.assignment_id, line.role) for line in found} == {(7, "manager")}
    key_id = client.key_id
    retired = {"slot": 1, "retired_at": [None, written(client.secrets.earliest("id").retired_at)]}
    revoked = {"revoked_at": [None, written(ApiClient.objects.get(pk=client.pk).revoked_at)]}
    assert [(line.action, line.object_key, line.changes) for line in found] == [
        (
            "accounts.create_apiclient",
            key_id,
            {
                "name": "shop",
                "scopes": ["org.see"],
                "reach": "stores",
                "sign_in": "signature",
                "rate": 5,
            },
        ),
        ("accounts.change_apiclient", key_id, {"name": ["shop", "shop 2"]}),
        ("accounts.create_clientsecret", key_id, {"slot": 2}),
        ("accounts.revoke_clientsecret", key_id, retired),
        ("org.create_clientbinding", f"{key_id} A1", {}),
        ("org.create_clientchannel", f"{key_id} pos", {}),
        ("org.delete_clientbinding", f"{key_id} A1", {}),
        ("org.delete_clientchannel", f"{key_id} pos", {}),
        ("accounts.revoke_apiclient", key_id, revoked),
    ]


def test_a_secret_is_changed_without_a_gap(brand: Brand) -> None:
    client, first = new_client()
    second = org.add_secret(SYSTEM, client)
    assert re.fullmatch(rf"qk_{client.key_id}_[\w-]{{43}}", second)
    with books.unchanged(), pytest.raises(TwoSecretsLive):
        org.add_secret(SYSTEM, client)
    assert [Caller(key).get("me").status for key in (first, second)] == [200, 200]
    old = client.secrets.earliest("id")
    org.retire_secret(SYSTEM, old)
    assert [Caller(key).get("me").status for key in (first, second)] == [401, 200]
    with books.unchanged(), pytest.raises(SecretRetired):
        org.retire_secret(SYSTEM, old)
    third = org.add_secret(SYSTEM, client)
    assert [Caller(key).get("me").status for key in (first, second, third)] == [401, 200, 200]


def test_a_revoked_application_is_over(brand: Brand) -> None:
    client, key = new_client()
    org.revoke_client(SYSTEM, client)
    assert Caller(key).get("me").refusal == (401, "invalid_token")
    with books.unchanged():
        with pytest.raises(ClientRevoked):
            org.add_secret(SYSTEM, client)
        with pytest.raises(ClientRevoked):
            org.change_client(SYSTEM, client, name="again")


def test_the_database_itself_keeps_two_live_secrets_at_most(brand: Brand) -> None:
    client, _key = new_client()
    org.add_secret(SYSTEM, client)
    row = {"client": client, "secret_hash": "0" * 64, "created_at": client.created_at}
    for slot, constraint in (
        (1, "client_secret_slot_once"),
        (2, "client_secret_slot_once"),
        (3, "client_secret_two_slots"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ClientSecret.objects.create(slot=slot, **row)
    for settings, constraint in (
        ({"rate": 0}, "client_rate_in_bounds"),
        ({"rate": 10_001}, "client_rate_in_bounds"),
        ({"sign_in": "none"}, "client_sign_in_known"),
    ):
        with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
            ApiClient.objects.update(**settings)


@pytest.mark.parametrize("kind", [Caller, Signer])
def test_its_last_use_is_noted_to_the_minute(brand: Brand, kind: type) -> None:
    client, key = new_client()
    org.add_secret(SYSTEM, client)
    used, unused = client.secrets.order_by("id")
    assert client.last_used_at is None

    def moments() -> tuple[Any, Any, Any]:
        for row in (client, used, unused):
            row.refresh_from_db()
        return client.last_used_at, used.last_used_at, unused.last_used_at

    kind(key).get("me")
    first = moments()
    assert first[0] is not None
    assert first == (first[0], first[0], None)
    for model in (ApiClient, ClientSecret):
        model.objects.update(last_used_at=F("last_used_at") - timedelta(seconds=59))
    noted = moments()
    kind(key).get("me")
    assert moments() == noted
    for model in (ApiClient, ClientSecret):
        model.objects.update(last_used_at=F("last_used_at") - timedelta(seconds=2))
    kind(key).get("me")
    assert moments()[:2] == (first[0], first[0])
    assert moments()[2] is None


def test_a_wrong_key_is_no_use(brand: Brand) -> None:
    client, key = new_client()
    for guess in (key[:-1], f"qk_{client.key_id}_", f"qk_{client.key_id}", "qk_", key + "x"):
        assert Caller(guess).get("me").refusal == (401, "invalid_token")
    client.refresh_from_db()
    assert client.last_used_at is None


def test_a_key_without_ciphertext_works_until_it_is_changed(brand: Brand) -> None:
    client, _key = accounts.create_api_client(SYSTEM, name="old", scopes=[], reach="brand")
    old = f"qk_{client.key_id}_secret_of-before"
    ClientSecret.objects.update(secret_hash=hash_token("secret_of-before"), ciphertext=None)
    assert Caller(old).get("me").status == 200
    assert Signer(old).get("me").refusal == (401, "signature_invalid")
