"""Personal identity values: AES-256-GCM ciphertext with a key id, and keyed blind indexes.

An index is HMAC-SHA-256 under a key of its own, so equality can be looked up and kept unique
without the value. Keys come from the environment (``IDENTITY_KEYS``, ``BLIND_INDEX_KEYS``), newest
first. Both kinds of output begin with the id of their key and a NUL: what is under which key can be
told, and counted by the database, without any key.
"""

import base64
import hashlib
import hmac
import os
from functools import lru_cache

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


def encrypt(value: str) -> bytes:
    """Ciphertext of a text under the newest key; see ``seal``."""
    return seal(value.encode())


def decrypt(sealed: bytes | memoryview) -> str:
    """The text of a ciphertext. Raises KeyError for an unknown key id, InvalidTag if altered."""
    return unseal(sealed).decode()


def seal(value: bytes) -> bytes:
    """Ciphertext under the newest key: key id, NUL, nonce, sealed bytes."""
    keys = _keys(tuple(settings.IDENTITY_KEYS))
    key_id, key = next(iter(keys.items()))
    nonce = os.urandom(NONCE_BYTES)
    return key_id.encode() + b"\0" + nonce + key.encrypt(nonce, value, key_id.encode())


def unseal(sealed: bytes | memoryview) -> bytes:
    """The bytes of a ciphertext. Raises KeyError for an unknown key id, InvalidTag if altered."""
    key_id, rest = bytes(sealed).split(b"\0", 1)
    key = _keys(tuple(settings.IDENTITY_KEYS))[key_id.decode()]
    return key.decrypt(rest[:NONCE_BYTES], rest[NONCE_BYTES:], key_id)


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
