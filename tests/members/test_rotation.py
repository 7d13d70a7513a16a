"""New keys for identities: every row gets the new index, and only then the old one may go."""

import base64
import secrets
from collections.abc import Callable
from io import StringIO

import pytest
from django.core.management import call_command
from django.core.management.base import CommandError
from django.db import IntegrityError, transaction
from django.test import override_settings

from apps.accounts.models import AuditLine
from apps.common import ciphers, crypto, invariants
from apps.common.invariants import Result
from apps.jobs import services as jobs
from apps.jobs.rules import Asked
from apps.jobs.services import files
from apps.members import checks, services
from apps.members import selectors as members
from apps.members.invariants import INVARIANTS
from apps.members.models import Identity, IdentityIndex, Member
from tests import builders
from tests.builders import LI_PHONE, ZHANG_PHONE

pytestmark = pytest.mark.django_db

OLD = "1:" + secrets.token_urlsafe(48)
NEW = "2:" + secrets.token_urlsafe(48)
SEALED = {
    key: f"{key}:" + base64.b64encode(secrets.token_bytes(32)).decode() for key in ("k1", "k2")
}
BEFORE = {"BLIND_INDEX_KEYS": [OLD], "IDENTITY_KEYS": [SEALED["k1"]]}
DURING = {"BLIND_INDEX_KEYS": [NEW, OLD], "IDENTITY_KEYS": [SEALED["k2"], SEALED["k1"]]}
AFTER = {"BLIND_INDEX_KEYS": [NEW], "IDENTITY_KEYS": [SEALED["k2"]]}


@pytest.fixture(autouse=True)
def people() -> None:
    """Zhang and Li under the old keys."""
    with override_settings(**BEFORE):
        for name, phone in (("张小明", ZHANG_PHONE), ("李华", LI_PHONE)):
            identities = {"phone": phone, "card": f"CARD-{phone[-4:]}"}
            services.enrol_member(builders.SYSTEM, identities=identities, name=name)


def rotate(*arguments: str) -> str:
    out = StringIO()
    call_command("rotate_identity_keys", "--page=1", *arguments, stdout=out)
    return out.getvalue()


def found(text: str) -> list[str]:
    """The masked names of those whom ``text`` finds, as head office searches."""
    rows = members.find(Member.objects.all(), text)
    return sorted(row.masked_name for row in rows)


def differences() -> dict[str, int]:
    lines = [invariants.check(line) for line in INVARIANTS]
    return {line.code: line.count for line in lines if line.result is Result.DIFFERS}


def key_ids(values: list[bytes | memoryview]) -> list[str]:
    return sorted(bytes(value).split(b"\0")[0].decode() for value in values)


def assert_everybody_is_found() -> None:
    for name, phone, masked in (("张小明", ZHANG_PHONE, "张*"), ("李华", LI_PHONE, "李*")):
        for text in (name, phone, f"card-{phone[-4:]}", phone[-4:]):
            assert found(text) == [masked], text
        assert members.require_by_identity("phone", phone).masked_name == masked
    assert differences() == {}


def test_everybody_is_found_before_during_and_after() -> None:
    with override_settings(**BEFORE):
        assert_everybody_is_found()
    with override_settings(**DURING):
        assert_everybody_is_found()
        rotate()
        assert_everybody_is_found()
        rotate("--finish")
        assert_everybody_is_found()
    with override_settings(**AFTER):
        assert_everybody_is_found()


def test_a_value_belongs_to_one_member_throughout() -> None:
    taken = {"phone": ZHANG_PHONE}
    for settings, step in (
        (BEFORE, list),
        (DURING, rotate),
        (DURING, lambda: rotate("--finish")),
        (AFTER, list),
    ):
        with override_settings(**settings):
            for _ in range(2):
                with pytest.raises(services.IdentityTaken):
                    services.enrol_member(builders.SYSTEM, identities=taken)
                step()
    assert Member.objects.count() == 2


def test_who_enrols_meanwhile_has_an_index_under_both_keys() -> None:
    with override_settings(**DURING):
        services.enrol_member(builders.SYSTEM, identities={"phone": "13711112222"})
        identity = Identity.objects.latest("pk")
        rows = list(IdentityIndex.objects.filter(identity=identity).values_list("value", flat=True))
        assert key_ids(rows) == ["1", "2"]
        assert key_ids([identity.value_cipher]) == ["k2"]
    with override_settings(**BEFORE), pytest.raises(services.IdentityTaken):
        # a node that has not been restarted yet
        services.enrol_member(builders.SYSTEM, identities={"phone": "13711112222"})


def test_ciphertext_and_indexes_end_under_the_new_keys() -> None:
    with override_settings(**DURING):
        said = rotate("--finish")
        line = AuditLine.objects.get(action="members.rotate_keys")

    assert "identity indexes: 4" in said
    assert line.changes["members_identity.value_cipher"] == 4
    assert line.changes["old indexes"] == 4
    sealed = [row.value_cipher for row in Identity.objects.all()]
    sealed += [row.name_cipher for row in Member.objects.all() if row.name_cipher]
    assert key_ids(sealed) == ["k2"] * 6
    indexes = [row.value for row in IdentityIndex.objects.all()]
    indexes += [row.name_index for row in Member.objects.all() if row.name_index]
    indexes += [row.tail_index for row in Identity.objects.all() if row.tail_index]
    assert key_ids(indexes) == ["2"] * 8


def test_a_second_run_has_nothing_to_do() -> None:
    with override_settings(**DURING):
        rotate()
        before = list(Identity.objects.order_by("pk").values())
        rotate()
        assert list(Identity.objects.order_by("pk").values()) == before
        line = AuditLine.objects.filter(action="members.rotate_keys").latest("id")
    assert set(line.changes.values()) == {0}


def test_a_stopped_run_goes_on_where_it_was(monkeypatch: pytest.MonkeyPatch) -> None:
    real: Callable[..., tuple[services.Page, list[services.Conflicting]]]
    real, calls = services.identities_page, iter(range(10))

    def stops(**asked: int) -> tuple[services.Page, list[services.Conflicting]]:
        if next(calls) == 2:
            raise KeyboardInterrupt
        return real(**asked)

    monkeypatch.setattr(services, "identities_page", stops)
    with override_settings(**DURING):
        with pytest.raises(KeyboardInterrupt):
            rotate()
        assert members.without_newest_index() == 2
        stopped = AuditLine.objects.get(action="members.rotate_keys")
        assert stopped.changes["identity indexes"] == 2
        with pytest.raises(services.RotationNotFinished):
            next(services.drop_old_indexes(limit=10))
        assert IdentityIndex.objects.count() == 6
        monkeypatch.undo()
        assert "identity indexes: 2" in rotate("--finish")
        assert_everybody_is_found()
    assert IdentityIndex.objects.count() == 4


def test_two_members_of_one_value_are_reported_and_nothing_is_dropped() -> None:
    """As after a node that was left on other keys: no index hides it."""
    with override_settings(**AFTER), override_settings(IDENTITY_KEYS=DURING["IDENTITY_KEYS"]):
        services.enrol_member(builders.SYSTEM, identities={"phone": ZHANG_PHONE})
    with override_settings(**DURING), pytest.raises(CommandError, match=r"\d+ = \d+"):
        rotate("--finish")
    assert IdentityIndex.objects.count() == 8
    line = AuditLine.objects.get(action="members.rotate_keys")
    assert "old indexes" not in line.changes


def test_a_key_that_is_needed_may_not_be_taken_away() -> None:
    asked = ["default"]
    with override_settings(**BEFORE):
        assert checks.every_identity_is_found(databases=asked) == []
    with override_settings(**AFTER):
        assert [error.id for error in checks.every_identity_is_found(databases=asked)] == [
            "quanyu.E020"
        ]
        assert checks.every_identity_is_found(databases=None) == []
    with override_settings(**DURING):
        assert checks.every_identity_is_found(databases=asked) == []
        rotate("--finish")
        services.enrol_member(builders.SYSTEM, identities={"phone": "13711112222"})
    with override_settings(**AFTER):  # one old index is left, of a row that has the new one too
        assert members.indexes_of_missing_keys() == (1, 0)
        assert checks.every_identity_is_found(databases=asked) == []
        rotate("--finish")
        assert members.indexes_of_missing_keys() == (0, 0)


def test_too_many_old_indexes_are_not_looked_through_at_every_start(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(members, "COUNTED_AT_MOST", 3)
    with override_settings(**DURING):
        rotate()
    with override_settings(**AFTER):
        assert members.indexes_of_missing_keys() == (4, 0)
        assert len(checks.every_identity_is_found(databases=["default"])) == 1


def test_the_proof_sees_an_index_that_is_not_of_the_value() -> None:
    with override_settings(**BEFORE):
        identity = Identity.objects.filter(kind="phone").earliest("pk")
        rows = IdentityIndex.objects.filter(identity=identity)
        real = bytes(rows.get().value)
        for wrong in (crypto.blind_index("phone", "+8613799999999"), b"1\0" + bytes(32)):
            rows.update(value=wrong)
            assert differences() == {"members.index": 1}
        rows.update(value=b"9\0" + bytes(32))  # under a key that we do not have: none is left
        assert differences() == {"members.index": 1}
        rows.update(value=real)
        assert differences() == {}
        Identity.objects.filter(pk=identity.pk).update(tail_index=b"1\0" + bytes(32))
        assert differences() == {"members.index": 1}


def test_the_proof_sees_what_cannot_be_opened() -> None:
    with override_settings(**BEFORE):
        cipher = bytes(Identity.objects.earliest("pk").value_cipher)
        for wrong in (cipher[:-1] + bytes([cipher[-1] ^ 1]), b"zz\0" + cipher[3:], b"", b"k1"):
            Identity.objects.filter(pk=Identity.objects.earliest("pk").pk).update(
                value_cipher=wrong
            )
            assert differences() == {"members.index": 1}
        Member.objects.filter(pk=Member.objects.earliest("pk").pk).update(name_index=None)
        assert differences() == {"members.index": 1, "members.name": 1}


def test_the_proof_reads_page_by_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("apps.members.invariants.PAGE", 1)
    with override_settings(**BEFORE):
        line = next(line for line in INVARIANTS if line.code == "members.index")
        assert invariants.check(line).checked == 4


def test_every_column_of_ciphertext_is_known() -> None:
    """One that is called otherwise would be left under the old key."""
    names = {(column.table, column.name) for column in ciphers.columns()}
    assert {
        ("members_member", "name_cipher"),
        ("members_identity", "value_cipher"),
        ("accounts_clientsecret", "ciphertext"),
    } <= names


def test_an_index_is_unique_by_itself() -> None:
    first, second = Identity.objects.order_by("pk")[:2]
    value = bytes(IdentityIndex.objects.get(identity=first).value)
    with pytest.raises(IntegrityError, match="identity_once"), transaction.atomic():
        IdentityIndex.objects.create(identity=second, value=value)


def test_the_filters_of_a_job_are_read_under_the_new_key() -> None:
    actor = builders.staff_actor("operations", "operations")
    with override_settings(**BEFORE):
        job = jobs.create_export(
            actor,
            subject="products.sku",
            office="admin",
            query="q=TEA",
            asked=Asked("csv", ("code",)),
        )
    with override_settings(**DURING):
        rotate("--finish")
    job.refresh_from_db()
    assert key_ids([job.query_cipher]) == ["k2"]
    with override_settings(**AFTER):
        assert files.listed_of(job).query == "q=TEA"
