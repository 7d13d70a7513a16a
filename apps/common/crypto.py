"""Personal identity values: AES-256-GCM ciphertext with a key id, and keyed blind indexes.

An index is HMAC-SHA-256 under a key of its own, so equality can be looked up and kept unique
without the value. Keys come from the environment (``IDENTITY_KEYS``, ``BLIND_INDEX_KEYS``), newest
first. Both kinds of output begin with the id of their key and a NUL: what is under which key can be
told, and counted by the database, without any key.

A text that goes out in an address is sealed for a purpose, and opens for no other: neither another
address nor a stored ciphertext can be put in its place.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

NONCE_BYTES = 12


@lru_cache(maxsize=8)
def _keys(configured: tuple[str, ...]) -> dict[str, AESGCM]:
    pairs = (entry.split(":", 1) for entry in configured)
    return {key_id: AESGCM(base64.b64decode(key)) for key_id, key in pairs}


@lru_cache(maxsize=8)
def _index_keys(configured: tuple[str, ...]) -> dict[bytes, bytes]:
    """What an index under each key begins with → the key."""
    pairs = (entry.split(":", 1) for entry in configured)
    return {key_id.encode() + b"\0": key.encode() for key_id, key in pairs}


def encrypt(value: str, purpose: str = "") -> bytes:
    """Ciphertext of a text under the newest key; see ``seal``."""
    return seal(value.encode(), purpose)


def decrypt(sealed: bytes | memoryview, purpose: str = "") -> str:
    """The text of a ciphertext; see ``unseal``."""
    return unseal(sealed, purpose).decode()


def seal_for_address(text: str, purpose: str) -> str:
    """``text`` as an address may carry it: encrypted, in letters that need no escape."""
    return base64.urlsafe_b64encode(encrypt(text, purpose)).decode().rstrip("=")


def open_from_address(coded: str, purpose: str) -> str | None:
    """The text of ``seal_for_address``; None for anything that was not sealed for this purpose."""
    try:
        return decrypt(base64.urlsafe_b64decode(coded + "=" * (-len(coded) % 4)), purpose)
    except (ValueError, KeyError, InvalidTag):
        return None


def seal(value: bytes, purpose: str = "") -> bytes:
    """Ciphertext under the newest key: key id, NUL, nonce, sealed bytes. What is stored has no purpose."""
    keys = _keys(tuple(settings.IDENTITY_KEYS))
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(NONCE_BYTES)
    return (
        key_id.encode()
        + b"\0"
        + nonce
        + key.encrypt(nonce, value, _bound(key_id.encode(), purpose))
    )


def unseal(sealed: bytes | memoryview, purpose: str = "") -> bytes:
    """The bytes of a ciphertext.

    Raises KeyError for an unknown key id, InvalidTag if altered or sealed for another purpose.
    """
    key_id, rest = bytes(sealed).split(b"\0", 1)
    key = _keys(tuple(settings.IDENTITY_KEYS))[key_id.decode()]
    return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], _bound(key_id, purpose))


def _bound(key_id: bytes, purpose: str) -> bytes:
    """What a ciphertext is bound to. No key id holds a NUL, so no two pairs are alike."""
    return key_id + b"\0" + purpose.encode() if purpose else key_id


def newest_cipher() -> bytes:
    """What a ciphertext under the newest key begins with."""
    return next(iter(_keys(tuple(settings.IDENTITY_KEYS)))).encode() + b"\0"


def blind_indexes(kind: str, value: str) -> list[bytes]:
    """The index of ``value`` under every key, newest first: key id, NUL, and 32 bytes that are equal
    exactly when kind and value are."""
    message = f"{kind}\0{value}".encode()
    keys = _index_keys(tuple(settings.BLIND_INDEX_KEYS))
    return [start + hmac.digest(key, message, hashlib.sha256) for start, key in keys.items()]


def blind_index(kind: str, value: str) -> bytes:
    """The index of ``value`` under the newest key."""
    return blind_indexes(kind, value)[0]


def index_starts() -> list[bytes]:
    """What an index begins with under each key, newest first."""
    return list(_index_keys(tuple(settings.BLIND_INDEX_KEYS)))
