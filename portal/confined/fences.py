"""Fences round a process, each by what the system offers; what it lacks is left out.

Namespaces take the network away, Landlock the files, libseccomp the calls, limits the rest.
`docs/threat-model.md` says what is left where one of them is missing.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from portal.confined.frames import Limits

_NEW_USER, _NEW_NET, _NEW_IPC = 0x10000000, 0x40000000, 0x08000000
_NO_NEW_PRIVILEGES, _DIE_WITH_PARENT, _KILL = 38, 1, 9
_CREATE, _ADD, _RESTRICT = 444, 445, 446  # Landlock's calls have these numbers everywhere
_VERSION, _BENEATH = 1, 1
_READ_FILE, _READ_FOLDER = 1 << 2, 1 << 3
_FILE_RIGHTS = {1: 13, 2: 14, 3: 15, 4: 15}  # how many rights each version of Landlock knows
_LATEST_RIGHTS = 16
_ALLOW, _REFUSE = 0x7FFF0000, 0x00050000 | errno.EPERM
_SYSTEM = ("/usr", "/lib", "/lib64", "/etc/ld.so.cache", "/etc/mime.types", "/dev/urandom")
_FORBIDDEN = (
    *("socket", "socketpair", "connect", "bind", "listen", "accept", "accept4", "sendto"),
    *("sendmsg", "sendmmsg", "execve", "execveat", "fork", "vfork", "clone", "clone3", "ptrace"),
    *("process_vm_readv", "process_vm_writev", "pidfd_open", "pidfd_getfd", "kill", "tkill"),
    *("mount", "umount2", "unshare", "setns", "chroot", "pivot_root", "bpf", "keyctl", "add_key"),
    *("request_key", "perf_event_open", "io_uring_setup", "userfaultfd", "init_module"),
    *("finit_module", "kexec_load", "open_by_handle_at", "memfd_create", "shmget", "msgget"),
    *("chmod", "fchmod", "fchmodat", "fchmodat2", "chown", "fchown", "lchown", "fchownat"),
    *("truncate", "ftruncate", "utime", "utimes", "utimensat", "futimesat", "setxattr"),
    *("lsetxattr", "fsetxattr", "removexattr", "link", "linkat", "symlink", "symlinkat"),
    *("unlink", "unlinkat", "rename", "renameat", "renameat2", "mkdir", "mkdirat", "rmdir"),
    *("mknod", "mknodat", "creat", "prlimit64", "setrlimit", "sched_setaffinity"),
)


class _Rules(ctypes.Structure):
    _fields_ = (("handled", ctypes.c_uint64),)


class _Beneath(ctypes.Structure):
    _pack_ = 1
    _layout_ = "ms"  # what `_pack_` meant before 3.14, which asks for it
    _fields_ = (("allowed", ctypes.c_uint64), ("parent", ctypes.c_int32))


def leave_network() -> bool:
    """Enter namespaces of one's own, where there is no network; False where the system refuses."""
    call = getattr(ctypes.CDLL(None), "unshare", None)
    return call is not None and call(_NEW_USER | _NEW_NET | _NEW_IPC) == 0


def read_only(places: Iterable[str]) -> bool:
    """Let this process read below some places and nothing else, and write nowhere (Landlock)."""
    if not hasattr(os, "O_PATH"):
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE, None, ctypes.c_size_t(0), ctypes.c_uint32(_VERSION))
    if version < 1:
        return False
    handled = (1 << _FILE_RIGHTS.get(version, _LATEST_RIGHTS)) - 1
    rules = _Rules(handled)
    made = libc.syscall(_CREATE, ctypes.byref(rules), ctypes.c_size_t(8), ctypes.c_uint32(0))
    for place in (*_SYSTEM, *places):
        with contextlib.suppress(OSError):
            parent = os.open(place, os.O_PATH | os.O_CLOEXEC)
            rights = _READ_FILE | (_READ_FOLDER if Path(place).is_dir() else 0)
            rule = _Beneath(rights, parent)
            libc.syscall(_ADD, made, _BENEATH, ctypes.byref(rule), ctypes.c_uint32(0))
            os.close(parent)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    held: int = libc.syscall(_RESTRICT, made, ctypes.c_uint32(0))
    os.close(made)
    return held == 0


def limit(limits: Limits) -> None:
    """Limits of this process that it cannot raise again; it ends with its parent."""
    import resource

    end = getattr(ctypes.CDLL(None), "prctl", None)
    if end is not None:
        end(_DIE_WITH_PARENT, _KILL)
    for kind, most in (
        ("RLIMIT_AS", limits.memory),
        ("RLIMIT_CPU", limits.seconds),
        ("RLIMIT_FSIZE", 0),
        ("RLIMIT_CORE", 0),
        ("RLIMIT_NPROC", 0),
        ("RLIMIT_NOFILE", 64),
    ):
        if hasattr(resource, kind):
            # At the lower limit of time a signal says why; a second later there is no more to say.
            hard = most + 1 if kind == "RLIMIT_CPU" else most
            resource.setrlimit(getattr(resource, kind), (most, hard))


def forbid_calls() -> bool:
    """Refuse the calls that no parser needs: sockets, programs, other processes, changed files."""
    try:
        library = ctypes.CDLL("libseccomp.so.2")
    except OSError:
        return False
    library.seccomp_init.restype = ctypes.c_void_p
    filters = ctypes.c_void_p(library.seccomp_init(ctypes.c_uint32(_ALLOW)))
    for name in _FORBIDDEN:
        number = library.seccomp_syscall_resolve_name(name.encode())
        if number >= 0:
            library.seccomp_rule_add(filters, ctypes.c_uint32(_REFUSE), number, 0)
    held: int = library.seccomp_load(filters)
    library.seccomp_release(filters)
    return held == 0
