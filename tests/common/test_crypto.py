"""Ciphertexts: readable by who they are for, and by nobody who was handed one for another purpose."""

import base64

import msgspec
import pytest
from cryptography.exceptions import InvalidTag
from django.conf import settings

from apps.common import crypto, keyset
from apps.members import office


class Anything(msgspec.Struct):
    place: list[int]


def test_what_was_stored_before_purposes_is_still_read() -> None:
    """Key id, NUL, nonce, and what is sealed under the key id alone."""
    key_id, key = next(iter(crypto._keys(tuple(settings.IDENTITY_KEYS)).items()))
    nonce = bytes(12)
    stored = key_id.encode() + b"\0" + nonce + key.encrypt(nonce, b"zhang", key_id.encode())
    assert crypto.decrypt(stored) == "zhang"


@pytest.mark.parametrize(("made", "read"), [("a", "b"), ("a", ""), ("", "a")])
def test_a_ciphertext_serves_one_purpose(made: str, read: str) -> None:
    sealed = crypto.encrypt("zhang", made)
    assert crypto.decrypt(sealed, made) == "zhang"
    with pytest.raises(InvalidTag):
        crypto.decrypt(sealed, read)


def test_a_sealed_search_is_no_cursor() -> None:
    search = office.sealed('{"place":[1]}').removeprefix(office.SEALED)
    with pytest.raises(keyset.CursorInvalid):
        keyset.unseal(search, Anything)


def test_a_cursor_is_no_sealed_search() -> None:
    cursor = keyset.seal(Anything([1]))
    assert keyset.unseal(cursor, Anything) == Anything([1])
    assert office.opened(office.SEALED + cursor) is None


def test_what_is_stored_is_neither() -> None:
    """A ciphertext that somebody read from a table opens nothing when it stands in an address."""
    stored = base64.urlsafe_b64encode(crypto.encrypt('{"place":[1]}')).decode().rstrip("=")
    assert office.opened(office.SEALED + stored) is None
    with pytest.raises(keyset.CursorInvalid):
        keyset.unseal(stored, Anything)
