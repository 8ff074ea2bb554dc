"""Identities under which root runs Postgres, which refuses to run as root.

The first choice is a user namespace: inside, the child is an ordinary user; outside, it is still root, so
files stay root's and no folder has to be opened. Many containers forbid namespaces: then a system user with
the capability to reach files in closed folders is used.
"""

import ctypes
import os
import pwd
import shutil
import struct
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from config.local_services.errors import ServiceError

SYSTEM_USER = "trombine"

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS, PR_SET_PDEATHSIG, PR_CAP_AMBIENT = 8, 1, 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522


class PrivilegesError(ServiceError):
    """Root can neither create a user namespace nor become another user."""


@dataclass(frozen=True, slots=True)
class Identity:
    """The user that a child becomes. `prepare` runs in the child before the program.

    `uid` and `gid` are the required owner of the child's folder, as seen from outside.
    """

    uid: int
    gid: int
    prepare: Callable[[], None] | None = None


# Loaded before any fork: a child between fork and exec must not load libraries.
try:
    _libc = ctypes.CDLL(None, use_errno=True)
    _LINUX = hasattr(_libc, "unshare") and hasattr(_libc, "prctl")
except OSError:
    _LINUX = False


def _check(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with_parent(signal_number: int) -> None:
    """Send `signal_number` to this child when its parent ends (Linux only). Call it before exec."""
    if _LINUX:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def _namespace_identity(reach: Path) -> Identity:
    user = pwd.getpwnam("nobody")
    owner, group = os.geteuid(), os.getegid()

    def prepare() -> None:
        _check(_libc.unshare(CLONE_NEWUSER))
        for name, content in (
            ("setgroups", "deny"),
            ("uid_map", f"{user.pw_uid} {owner} 1"),
            ("gid_map", f"{user.pw_gid} {group} 1"),
        ):
            descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
            os.write(descriptor, content.encode())
            os.close(descriptor)
        # Root's access to other users' folders ends at the namespace: fail now if it is needed.
        os.chdir(reach)

    return Identity(0, group, prepare)


def _system_user_identity(reach: Path) -> Identity:
    user = _system_user()
    uid, gid = user.pw_uid, user.pw_gid

    def prepare() -> None:
        _check(_libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        # Effective, permitted and inheritable capabilities, low and high words.
        header, bit = struct.pack("Ii", CAPABILITY_VERSION_3, 0), 1 << CAP_DAC_OVERRIDE
        _check(_libc.capset(header, struct.pack("6I", bit, bit, bit, 0, 0, 0)))
        # Survives exec, so that no folder above the data or the program has to be opened.
        _check(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))
        os.chdir(reach)

    return Identity(uid, gid, prepare)


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if useradd is None:
            raise PrivilegesError("there is no useradd program") from None
    nologin = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    command = [useradd, "--system", "--no-create-home", "--shell", nologin, SYSTEM_USER]
    subprocess.run(command, check=True, capture_output=True)
    return pwd.getpwnam(SYSTEM_USER)


_CANDIDATES = {"namespace": _namespace_identity, "user": _system_user_identity}


def identity_for(program: Path, *, reach: Path) -> Identity:
    """Return an identity that can run `program` and enter the folder `reach`. Raises `PrivilegesError`."""
    if os.geteuid() != 0:
        return Identity(os.geteuid(), os.getegid())
    reasons = [] if _LINUX else ["this system has neither user namespaces nor capabilities"]
    for mode, candidate in _CANDIDATES.items() if _LINUX else ():
        try:
            identity = candidate(reach)
            command = [str(program), "--version"]
            subprocess.run(command, preexec_fn=identity.prepare, check=True, capture_output=True, timeout=20)
        except (KeyError, PrivilegesError, OSError, subprocess.SubprocessError) as error:
            reasons.append(f"{mode}: {error}")
        else:
            return identity
    raise PrivilegesError(
        f"Postgres does not run as root, and no other identity works here ({'; '.join(reasons)}). Run "
        "Trombine as an ordinary user, or set DATABASE_URL to a Postgres with pgvector."
    )


def change_owner(folder: Path, identity: Identity) -> None:
    """Make `identity` the owner of `folder` and its content, which another identity may have created."""
    if os.geteuid() != 0 or folder.stat().st_uid == identity.uid:
        return
    for path in [*folder.rglob("*"), folder]:
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
