"""The folder ``var/``: generated secrets, and the addresses of the embedded servers.

Imported by ``config.settings``, so it must work before Django is set up and before anything runs.
"""

import base64
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

BASE_DIR = Path(__file__).resolve().parents[3]
VAR = Path(os.environ.get("QUANYU_VAR") or BASE_DIR / "var").absolute()
MARKER = ".quanyu"  # only a folder that holds this file is ever cleared
DATABASE_FILE = "database.url"
BROKER_FILE = "broker.url"
# Said until a server has been started once; nothing listens there, so a connection fails at once.
NO_DATABASE = "postgres://quanyu@127.0.0.1:1/quanyu"
NO_BROKER = "redis://127.0.0.1:1/0"


class Refused(Exception):
    """The runtime cannot do what was asked; the message is one line for the person at the terminal."""


def own_folder() -> Path:
    """Make VAR ours and return it.

    Raises Refused for a folder with somebody else's files in it, or one that cannot be made.
    """
    var = VAR
    try:
        var.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not (var / MARKER).exists():
            if any(var.iterdir()):
                raise Refused(
                    f"{var} holds files that are not Quanyu's; set QUANYU_VAR to an empty folder."
                )
            (var / MARKER).touch(mode=0o600)
    except OSError as error:
        raise Refused(f"Cannot write to {var}: {error.strerror}.") from error
    return var


def write_private(path: Path, text: str) -> None:
    """Write ``text`` so that only the owner reads it, and no reader ever sees half of it."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)


def _kept(name: str, make: str) -> str:
    """The value of ``var/secrets/<name>``, created from ``make`` when there is none yet."""
    path = VAR / "secrets" / name
    try:
        return path.read_text()
    except FileNotFoundError:
        own_folder()
        path.parent.mkdir(mode=0o700, exist_ok=True)
    draft = path.with_name(f".{name}.{os.getpid()}")
    write_private(draft, make)
    try:
        os.link(
            draft, path
        )  # unlike a rename this never replaces what another process made meanwhile
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    return path.read_text()


def secret(name: str, *, allowed: bool) -> str:
    """The generated secret ``name``, the same at every start.

    ``allowed`` is false in production, where every secret must come from the environment: raises
    ImproperlyConfigured then.
    """
    if not allowed:
        raise ImproperlyConfigured(f"With DEBUG=0 the environment variable {name} must be set.")
    return _kept(name, secrets.token_urlsafe(48))


def identity_key(*, allowed: bool) -> str:
    """The generated key for personal data, ``id:base64 of 32 bytes``; ``allowed`` as in secret()."""
    if not allowed:
        raise ImproperlyConfigured(
            "With DEBUG=0 the environment variable IDENTITY_KEYS must be set."
        )
    return _kept("IDENTITY_KEYS", "k1:" + base64.b64encode(secrets.token_bytes(32)).decode())


def database_url() -> str:
    """Where the embedded PostgreSQL listens, or listened last."""
    return _recorded(DATABASE_FILE, NO_DATABASE)


def broker_url() -> str:
    """Where the embedded broker listens, or listened last."""
    return _recorded(BROKER_FILE, NO_BROKER)


def _recorded(name: str, otherwise: str) -> str:
    try:
        return (VAR / name).read_text().strip()
    except FileNotFoundError:
        return otherwise
