"""Signed requests: what is let in, what is refused and under which code, and that nothing happened."""

import json
import re
from datetime import UTC, datetime
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test.utils import CaptureQueriesContext

from apps.accounts import services as accounts
from apps.accounts.models import ApiClient, ClientSecret
from apps.common import clock, limits, signatures
from apps.common.models import Bucket, SpentValue
from apps.common.tasks import COUNTER_DAYS, sweep_counters
from apps.orders.models import Order
from apps.org import rules
from apps.org import services as org
from tests import books
from tests.api import bodies
from tests.api.caller import ROOT, Caller
from tests.api.signing import Signer
from tests.builders import SYSTEM, Brand

pytestmark = pytest.mark.django_db

INSTANT = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)
NOW = int(INSTANT.timestamp())


@pytest.fixture
def application(brand: Brand) -> tuple[ApiClient, str]:
    return accounts.create_api_client(
        SYSTEM,
        name="mini-program",
        scopes=sorted(rules.CLIENT_SCOPES),
        reach="brand",
        sign_in="signature",
    )


@pytest.fixture
def signer(application: tuple[ApiClient, str]) -> Signer:
    return Signer(application[1])


@pytest.fixture
def at_eight(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clock of the platform stands at INSTANT."""
    monkeypatch.setattr(clock, "now", lambda: INSTANT)


def test_a_signed_sale_and_a_signed_list(signer: Signer) -> None:
    sold = signer.post("orders", bodies.sale())
    assert sold.status == 201
    assert Order.objects.get().number == sold.body["number"]
    assert (
        signer.get("orders", (("store", "A1"),)).body["results"][0]["number"]
        == (sold.body["number"])
    )


def test_a_bearer_key_is_refused_where_a_signature_is_asked(
    application: tuple[ApiClient, str],
) -> None:
    client, key = application
    assert Caller(key).get("me").refusal == (401, "invalid_token")
    org.change_client(SYSTEM, client, sign_in="bearer")
    assert Caller(key).get("me").status == 200
    assert Signer(key).get("me").status == 200


@pytest.mark.parametrize("off", [-299, -300, 0, 300, 299])
def test_a_clock_may_be_five_minutes_off(signer: Signer, at_eight: None, off: int) -> None:
    assert signer.get("me", timestamp=NOW + off).status == 200


@pytest.mark.parametrize("off", [-301, 301, -NOW])
def test_a_clock_that_is_further_off_is_told_the_time(
    signer: Signer, at_eight: None, off: int
) -> None:
    with books.unchanged():
        answer = signer.post("orders", bodies.sale(), timestamp=NOW + off)
    assert answer.refusal == (401, "clock_skew")
    assert answer.body["fields"] == {
        "timestamp": NOW + off,
        "server_timestamp": NOW,
        "server_time": "2026-11-25T08:00:00Z",
    }
    assert answer.headers["WWW-Authenticate"]


def test_a_nonce_is_spent_once(signer: Signer) -> None:
    address = ROOT + "me"
    header = signer.header("GET", address)
    assert signer.send("GET", address, header).status == 200
    again = signer.send("GET", address, header)
    assert again.refusal == (401, "nonce_replayed")


def test_a_replayed_sale_sells_nothing(signer: Signer) -> None:
    first = signer.post("orders", bodies.sale(), nonce="n" * 16, key="till-7-0001")
    with books.unchanged():
        again = signer.post("orders", bodies.sale(), nonce="n" * 16, key="till-7-0002")
    assert (first.status, again.refusal) == (201, (401, "nonce_replayed"))


def test_a_replay_uses_up_no_rate(signer: Signer, application: tuple[ApiClient, str]) -> None:
    signer.get("me", nonce="n" * 16)
    level = Bucket.objects.get(name=f"client:{application[0].pk}").level
    signer.get("me", nonce="n" * 16)
    assert Bucket.objects.get(name=f"client:{application[0].pk}").level == level


def test_a_nonce_is_one_keys_own(signer: Signer, brand: Brand) -> None:
    _other, key = accounts.create_api_client(SYSTEM, name="other", scopes=[], reach="brand")
    assert signer.get("me", nonce="n" * 16).status == 200
    assert Signer(key).get("me", nonce="n" * 16).status == 200


def test_a_wrong_signature_spends_no_nonce(signer: Signer) -> None:
    forged = Signer(f"qk_{signer.key_id}_guess")
    assert forged.get("me", nonce="n" * 16).refusal == (401, "signature_invalid")
    assert not SpentValue.objects.exists()
    assert signer.get("me", nonce="n" * 16).status == 200


def test_a_retry_is_signed_anew_and_answered_from_the_first(signer: Signer) -> None:
    first = signer.post("orders", bodies.sale(), key="till-7-0001")
    again = signer.post("orders", bodies.sale(), key="till-7-0001")
    assert (again.status, again.raw) == (201, first.raw)
    assert again.headers["Idempotency-Replayed"] == "true"
    assert Order.objects.count() == 1


def test_each_part_of_a_request_is_signed(signer: Signer) -> None:
    body, other = b'{"a":1}', b'{"a":2}'
    address = ROOT + "orders?store=A1"
    header = signer.header("GET", address, body)
    with books.unchanged():
        for method, sent, content in (
            ("GET", address, other),
            ("POST", address, body),
            ("GET", ROOT + "orders?store=B1", body),
            ("GET", ROOT + "orders?store=A1&page_size=1", body),
            ("GET", ROOT + "orders", body),
            ("GET", ROOT + "payments?store=A1", body),
        ):
            answer = signer.send(method, sent, header, content)
            assert answer.refusal == (401, "signature_invalid"), (method, sent)
        for part in ("timestamp", "nonce"):
            altered = header.replace(f"{part}=", f"{part}=1")
            code = signer.send("GET", address, altered, body).body["code"]
            assert code in ("signature_invalid", "clock_skew"), part
    assert signer.send("GET", address, header, body).status == 200


def test_the_order_and_spelling_of_the_query_do_not_matter(signer: Signer) -> None:
    canonical = ROOT + "orders?placed_from=2026-11-24T08%3A00%3A00%2B08%3A00&store=A1"
    for sent in (
        "orders?store=A1&placed_from=2026-11-24T08%3A00%3A00%2B08%3A00",
        "orders?store=%41%31&placed_from=2026-11-24T08:00:00%2b08:00",
    ):
        header = signer.header("GET", canonical)
        assert signer.send("GET", ROOT + sent, header).status == 200, sent


def test_a_field_that_is_named_twice_is_refused(signer: Signer) -> None:
    """The last would count, and the signature does not say which one is the last."""
    address = ROOT + "orders?status=completed&status=pending_payment"
    header = signer.header("GET", address)
    turned = ROOT + "orders?status=pending_payment&status=completed"
    answer = signer.send("GET", turned, header)
    assert answer.refusal == (400, "invalid_request")
    assert answer.body["fields"] == {"query": ["status"]}


def test_an_escaped_path_is_signed_as_it_is_written(signer: Signer) -> None:
    address = ROOT + "skus/%E8%8C%B6"
    answer = signer.send("GET", address, signer.header("GET", address))
    assert answer.refusal[0] == 404


GOOD = "key_id=K, timestamp=1, nonce=nnnnnnnnnnnnnnnn, signature=" + "0" * 64


@pytest.mark.parametrize(
    "parameters",
    [
        "",
        "key_id=K",
        GOOD.replace("key_id=K, ", ""),
        GOOD + ", key_id=K",
        GOOD + ", realm=x",
        GOOD.replace("key_id=K", "key_id=k'--"),
        GOOD.replace("timestamp=1", "timestamp=1.5"),
        GOOD.replace("timestamp=1", "timestamp=-1"),
        GOOD.replace("timestamp=1", "timestamp=" + "9" * 13),
        GOOD.replace("timestamp=1", "timestamp=١"),
        GOOD.replace("nonce=nnnnnnnnnnnnnnnn", "nonce=short"),
        GOOD.replace("nonce=nnnnnnnnnnnnnnnn", "nonce=" + "n" * 65),
        GOOD.replace("nonce=nnnnnnnnnnnnnnnn", "nonce=nnnnnnnnnnnnnnn\x00"),
        GOOD.replace("0" * 64, "0" * 63),
        GOOD.replace("0" * 64, "Z" * 64),
        GOOD.replace("0" * 64, "A" * 64),
    ],
)
def test_a_header_of_another_shape(signer: Signer, parameters: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        answer = signer.send("GET", ROOT + "me", f"QY-HMAC-SHA256 {parameters}")
    assert answer.refusal == (401, "signature_malformed")
    assert len(asked) == 0


def test_a_query_of_too_many_fields(signer: Signer) -> None:
    address = ROOT + "orders?" + "&".join(f"a{n}=1" for n in range(101))
    answer = signer.send("GET", address, signer.header("GET", address))
    assert answer.refusal == (401, "signature_malformed")


def test_an_unknown_key_looks_like_a_wrong_signature(
    signer: Signer, application: tuple[ApiClient, str]
) -> None:
    forged = Signer(f"qk_{signer.key_id}_guess")
    nobody = Signer("qk_NOBODY000000_guess")
    answers, counts = [], []
    for who in (forged, nobody):
        with CaptureQueriesContext(connection) as asked:
            answers.append(who.get("me"))
        counts.append(len(asked))
    for answer in answers:
        assert answer.refusal == (401, "signature_invalid")
        answer.body.pop("request_id")
    assert answers[0].body == answers[1].body
    assert {
        name: value for name, value in answers[0].headers.items() if name != "X-Request-Id"
    } == {name: value for name, value in answers[1].headers.items() if name != "X-Request-Id"}
    assert counts[0] == counts[1] == 2


def test_either_live_secret_signs_and_a_retired_one_does_not(
    signer: Signer, application: tuple[ApiClient, str]
) -> None:
    client, _key = application
    second = Signer(org.add_secret(SYSTEM, client))
    assert signer.get("me").status == second.get("me").status == 200
    org.retire_secret(SYSTEM, client.secrets.order_by("id")[0])
    assert signer.get("me").refusal == (401, "signature_invalid")
    assert second.get("me").status == 200
    org.revoke_client(SYSTEM, client)
    assert second.get("me").refusal == (401, "signature_invalid")


def test_a_secret_without_ciphertext_cannot_sign(
    signer: Signer, application: tuple[ApiClient, str]
) -> None:
    """One from before there were signatures: its key works, and a new secret signs."""
    client, key = application
    ClientSecret.objects.update(ciphertext=None)
    assert signer.get("me").refusal == (401, "signature_invalid")
    org.change_client(SYSTEM, client, sign_in="bearer")
    assert Caller(key).get("me").status == 200
    assert Signer(org.add_secret(SYSTEM, client)).get("me").status == 200


def test_a_signature_takes_two_statements(signer: Signer) -> None:
    signer.get("skus")
    with CaptureQueriesContext(connection) as asked:
        assert signer.get("skus/NOTHING").status == 404
    assert len(asked) == 3, [query["sql"] for query in asked]


def test_a_nonce_outlives_the_window_and_is_swept_later(signer: Signer) -> None:
    assert COUNTER_DAYS * 86_400 > 2 * signatures.WINDOW_SECONDS
    assert limits.spend("nonce:K:old")
    assert limits.spend("nonce:K:young")
    SpentValue.objects.filter(name="nonce:K:old").update(at=clock.days_ago(COUNTER_DAYS + 1))
    window = 2 * signatures.WINDOW_SECONDS
    young = datetime.fromtimestamp(clock.now().timestamp() - window, UTC)
    SpentValue.objects.filter(name="nonce:K:young").update(at=young)
    assert sweep_counters() == 1
    assert SpentValue.objects.get().name == "nonce:K:young"


@pytest.mark.parametrize(
    ("path", "query", "canonical"),
    [
        ("/a", "", "/a"),
        ("/a b/茶", "", "/a%20b/%E8%8C%B6"),
        ("/a", "b=2&a=1", "/a?a=1&b=2"),
        ("/a", "b=2&b=1&b", "/a?b=&b=1&b=2"),
        ("/a", "q=a+b%20c~-._%2F", "/a?q=a%20b%20c~-._%2F"),
    ],
)
def test_the_one_spelling_of_an_address(path: str, query: str, canonical: str) -> None:
    assert signatures.canonical(path, query) == canonical


def test_the_documentation_signs(application: tuple[ApiClient, str], brand: Brand) -> None:
    text = (settings.BASE_DIR / "docs" / "api-clients.md").read_text()
    [sample] = re.findall(r"```python\n(.*?)```", text, re.DOTALL)
    written: dict[str, Any] = {}
    exec(compile(sample, "docs/api-clients.md", "exec"), written)  # noqa: S102 - our own page
    sign = written["authorization"]
    _client, key = application
    signer = Signer(key)

    body = json.dumps(bodies.sale()).encode()
    address = ROOT + "orders"
    header = sign(key, "POST", f"https://quanyu.example{address}", body)
    assert signer.send("POST", address, header, body).status == 201
    for address in (
        ROOT + "me",
        ROOT + "orders?store=A1&placed_from=2026-11-24T08:00:00%2B08:00&page_size=10",
        ROOT + "skus/%E8%8C%B6",
    ):
        answer = signer.send("GET", address, sign(key, "GET", address))
        assert answer.status in (200, 404), answer.raw
    for stated in ("300", "qk_", str(signatures.SCHEME)):
        assert stated in text
    assert signatures.WINDOW_SECONDS == 300
