"""Run a command that ends when its parent ends, under another identity if asked.

    python -I -S launch.py PARENT_PID SIGNAL IDENTITY -- COMMAND [ARGUMENT ...]

``IDENTITY`` is ``same``; ``mapped:UID:GID``: the same owner of files, but seen as UID:GID inside a
user namespace, so that a program that refuses root runs for root; or ``user:UID:GID``, for which
one must be root. Stands alone (standard library only): it is run by path, in a fresh interpreter,
because setting these in a fork of a program with threads is not safe.
"""

import ctypes
import os
import sys

PR_SET_PDEATHSIG = 1
CLONE_NEWUSER = 0x10000000


def become(identity: str) -> None:
    """Take on ``identity``. Raises OSError where the system refuses."""
    kind, *numbers = identity.split(":")
    if kind == "same":
        return
    uid, gid = (int(number) for number in numbers)
    if kind == "mapped":
        enter_namespace(uid, gid)
    else:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)


def enter_namespace(uid: int, gid: int) -> None:
    """Show this process's own user and group as ``uid`` and ``gid`` in a new user namespace."""
    outside_uid, outside_gid = os.geteuid(), os.getegid()
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWUSER) != 0:
        raise OSError(ctypes.get_errno(), "user namespaces are refused")
    for name, text in (
        ("setgroups", "deny"),
        ("uid_map", f"{uid} {outside_uid} 1"),
        ("gid_map", f"{gid} {outside_gid} 1"),
    ):
        with open(f"/proc/self/{name}", "w") as file:
            file.write(text)


def die_with_parent(parent: int, signal_number: int) -> None:
    """Have the kernel send ``signal_number`` when the parent ends; exit if it has ended already.

    After become(), since a change of identity clears the wish. The kernel watches the parent's
    *thread* that started us, so whoever starts a launcher must do it from a thread that stays.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:
        sys.exit(1)


def main(arguments: list[str]) -> None:
    parent, signal_number, identity, _, *command = arguments
    try:
        become(identity)
        # Ctrl-C at the terminal is for the parent, which stops its children in order.
        if os.getsid(0) != os.getpid():
            os.setsid()
        die_with_parent(int(parent), int(signal_number))
        os.execvp(command[0], command)  # noqa: S606 - the whole purpose
    except OSError as error:
        sys.stderr.write(f"launch: {command[0]}: {error}\n")
        sys.exit(126)


if __name__ == "__main__":
    main(sys.argv[1:])
