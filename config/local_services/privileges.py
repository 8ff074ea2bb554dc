"""How root runs a program that refuses to be root (Postgres does).

First choice: a user namespace of the child's own. Inside, it is an ordinary user; outside, it is still root,
so its files stay root's and nothing has to be opened for anybody. Where namespaces are refused (many
containers): a system user, who keeps the one capability that lets it reach files in closed folders.
"""

import ctypes
import os
import pwd
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

SYSTEM_USER = "trombine"
FORCE = "TROMBINE_ROOT_MODE"

CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS, PR_SET_PDEATHSIG, PR_CAP_AMBIENT = 8, 1, 47
PR_CAP_AMBIENT_RAISE = 2
CAP_DAC_OVERRIDE = 1
CAPABILITY_VERSION_3 = 0x20080522

Preparation = Callable[[], None]


class PrivilegesError(Exception):
    """Root can neither make a user namespace nor become another user."""


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a child becomes. `prepare` runs in the child before the program; None changes nothing.

    `uid` and `gid` are the owner that the child's own folder needs, as seen from outside.
    """

    name: str
    uid: int
    gid: int
    prepare: Preparation | None = None


# Loaded before any fork: a child between fork and exec must not load libraries.
try:
    _libc = ctypes.CDLL(None, use_errno=True)
    _LINUX = hasattr(_libc, "unshare") and hasattr(_libc, "prctl")
except OSError:
    _LINUX = False


class _CapabilityHeader(ctypes.Structure):
    _fields_ = [("version", ctypes.c_uint32), ("pid", ctypes.c_int)]


class _CapabilityData(ctypes.Structure):
    _fields_ = [
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    ]


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def die_with_parent(signal_number: int) -> None:
    """In a child, before exec: be sent `signal_number` when the process that started it ends (Linux only)."""
    if _LINUX:
        _libc.prctl(PR_SET_PDEATHSIG, signal_number, 0, 0, 0)


def _in_namespace(uid: int, gid: int, reach: Path) -> Preparation:
    owner, group = os.geteuid(), os.getegid()

    def prepare() -> None:
        _checked(_libc.unshare(CLONE_NEWUSER))
        for name, content in (
            ("setgroups", "deny"),
            ("uid_map", f"{uid} {owner} 1"),
            ("gid_map", f"{gid} {group} 1"),
        ):
            descriptor = os.open(f"/proc/self/{name}", os.O_WRONLY)
            os.write(descriptor, content.encode())
            os.close(descriptor)
        # Root's power over other users' folders ends at the namespace: find out now.
        os.chdir(reach)

    return prepare


def _as_user(uid: int, gid: int, reach: Path) -> Preparation:
    def prepare() -> None:
        _checked(_libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0))
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
        header = _CapabilityHeader(CAPABILITY_VERSION_3, 0)
        data = (_CapabilityData * 2)()
        bit = 1 << CAP_DAC_OVERRIDE
        data[0] = _CapabilityData(bit, bit, bit)
        _checked(_libc.capset(ctypes.byref(header), ctypes.byref(data)))
        # Kept across exec, so that no folder above the data or the program has to be opened.
        _checked(_libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0))
        os.chdir(reach)

    return prepare


def _works(identity: Identity, program: Path) -> str:
    """Return an empty string when `program` runs as `identity`, else why not."""
    try:
        subprocess.run(
            [program, "--version"],
            preexec_fn=identity.prepare,  # touches nothing but system calls
            check=True,
            capture_output=True,
            timeout=20,
        )
    except (OSError, subprocess.SubprocessError) as error:
        return str(error)
    return ""


def _system_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(SYSTEM_USER)
    except KeyError:
        useradd = shutil.which("useradd", path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
        if useradd is None:
            raise PrivilegesError("there is no useradd to make a system user with") from None
    nologin = shutil.which("nologin", path="/usr/sbin:/sbin:/usr/bin") or "/bin/false"
    try:
        subprocess.run(
            [useradd, "--system", "--no-create-home", "--shell", nologin, SYSTEM_USER],
            check=True,
            capture_output=True,
            text=True,
        )
    except (OSError, subprocess.SubprocessError) as error:
        raise PrivilegesError(f"useradd {SYSTEM_USER} failed: {error}") from error
    return pwd.getpwnam(SYSTEM_USER)


def identity_for(program: Path, *, reach: Path) -> Identity:
    """Return as whom `program`, which refuses root, is to run; `reach` is a folder that it must get to.

    TROMBINE_ROOT_MODE (namespace or user) skips the other way; it is there for tests.
    Raises `PrivilegesError` when root has no way.
    """
    if os.geteuid() != 0:
        return Identity("this user", os.geteuid(), os.getegid())
    reasons = []
    mode = os.environ.get(FORCE, "")
    if not _LINUX:
        reasons.append("this system has neither user namespaces nor capabilities")
    if _LINUX and mode in ("", "namespace"):
        try:
            inside = pwd.getpwnam("nobody")
            identity = Identity(
                "namespace", 0, os.getegid(), _in_namespace(inside.pw_uid, inside.pw_gid, reach)
            )
            if not (reason := _works(identity, program)):
                return identity
        except KeyError:
            reason = "there is no user nobody"
        reasons.append(f"user namespace: {reason}")
    if _LINUX and mode in ("", "user"):
        try:
            user = _system_user()
            identity = Identity(
                "system user", user.pw_uid, user.pw_gid, _as_user(user.pw_uid, user.pw_gid, reach)
            )
            if not (reason := _works(identity, program)):
                return identity
        except PrivilegesError as error:
            reason = str(error)
        reasons.append(f"system user {SYSTEM_USER}: {reason}")
    raise PrivilegesError(
        "Postgres does not run as root, and no other way was found here "
        f"({'; '.join(reasons)}). Run Trombine as an ordinary user, or set DATABASE_URL to a Postgres "
        "with pgvector."
    )


def give(folder: Path, identity: Identity) -> None:
    """Make `identity` the owner of `folder` and all in it, when the other way was used before."""
    if os.geteuid() != 0 or folder.stat().st_uid == identity.uid:
        return
    for path in folder.rglob("*"):
        os.chown(path, identity.uid, identity.gid, follow_symlinks=False)
    os.chown(folder, identity.uid, identity.gid)
