"""A process that gives up what a reader of files does not need: programs, writing, other files, the
network, and more than its share of memory and time.

Three walls, each of which may be missing: limits of the process (everywhere but on Windows),
landlock (Linux 5.13 and later: no file outside the given folders, no execution, no network), and a
filter of system calls (Linux: no program, no process, no socket). What the standard library and the
kernel offer is enough; nothing is installed for it.
"""

from __future__ import annotations

import contextlib
import ctypes
import platform
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

MOST_MEMORY_BYTES = 1_500_000_000  # beside the libraries; sections take some 100 MB
MOST_SECONDS = 30  # of processor time; sections take one

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the same on all architectures
# Of the kernel's landlock.h: ask for its version; a rule for what lies below a folder
_RULESET_VERSION, _PATH_BENEATH = 1, 1
_READ_FILE, _READ_DIR = 1 << 2, 1 << 3  # rights in the same header
_FILE_RIGHTS = ((1, 13), (2, 14), (3, 15), (5, 16))  # rights that each version knows: 2^n - 1
_NO_NEW_PRIVILEGES, _SET_SECCOMP, _FILTER = 38, 22, 2  # of the kernel's prctl.h and seccomp.h

# Numbers of execve, execveat, fork, vfork, socket, ptrace, process_vm_writev, kill, tgkill is left:
# the C library ends its own process with it.
_CALLS = {
    "x86_64": (0xC000003E, (59, 322, 57, 58, 41, 101, 311, 62, 425, 272, 165)),
    "aarch64": (0xC00000B7, (221, 281, 198, 117, 271, 129, 425, 97, 40)),
}
_X32 = 0x40000000  # calls of x86-64's second table
# Operations of the kernel's packet filter: load a word, jump if equal, jump if at least, return
_LOAD, _EQUAL, _ABOVE, _RETURN = 0x20, 0x15, 0x35, 0x06
# Answers of the filter: allow the call, refuse it with the error in the low 16 bits
_ALLOW, _REFUSE_AS = 0x7FFF0000, 0x00050000
_NOT_PERMITTED = 1  # the number of the error EPERM, which the refused call then gets


def confine(readable: Iterable[Path]) -> None:
    """Limit this process for good; what it has loaded and opened it keeps.

    Parameters
    ----------
    readable : paths
        Folders that may still be read.
    """
    _limit()
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            _lock_files(readable)
        with contextlib.suppress(OSError, AttributeError):
            _filter_calls()


def _limit() -> None:
    try:
        import resource
    except ImportError:  # Windows
        return
    used = 0
    with contextlib.suppress(OSError, ValueError):
        used = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
    wanted = {
        "RLIMIT_AS": used + MOST_MEMORY_BYTES,
        "RLIMIT_CPU": MOST_SECONDS,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_CORE": 0,
        "RLIMIT_NPROC": 0,
    }
    for name, value in wanted.items():
        number = getattr(resource, name, None)
        if number is None:
            continue
        with contextlib.suppress(OSError, ValueError):
            hard = resource.getrlimit(number)[1]
            most = value if hard == resource.RLIM_INFINITY else min(value, hard)
            resource.setrlimit(number, (most, most))


def _lock_files(readable: Iterable[Path]) -> None:
    """Landlock: nothing may be written, executed, or read outside the folders; no connections."""
    import os

    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _RULESET_VERSION)
    if version < 1:
        return
    bits = max(count for least, count in _FILE_RIGHTS if version >= least)
    network = 3 if version >= 4 else 0
    scoped = 3 if version >= 6 else 0
    rights = struct.pack("=QQQ", (1 << bits) - 1, network, scoped)
    size = 24 if version >= 6 else 16 if version >= 4 else 8
    rules = libc.syscall(_CREATE_RULESET, rights, ctypes.c_size_t(size), 0)
    if rules < 0:
        return
    for path in readable:
        try:
            folder = os.open(path, getattr(os, "O_PATH", 0) | os.O_CLOEXEC)
        except OSError:
            continue
        allowed = _READ_FILE | (_READ_DIR if path.is_dir() else 0)
        libc.syscall(_ADD_RULE, rules, _PATH_BENEATH, struct.pack("=Qi", allowed, folder), 0)
        os.close(folder)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.syscall(_RESTRICT_SELF, rules, 0)
    os.close(rules)


def _filter_calls() -> None:
    """Seccomp: the calls that start programs, processes and connections are not permitted."""
    known = _CALLS.get(platform.machine())
    if known is None or struct.calcsize("P") != 8:
        return
    architecture, calls = known
    refuse = (_RETURN, 0, 0, _REFUSE_AS | _NOT_PERMITTED)
    steps = [(_LOAD, 0, 0, 4), (_EQUAL, 1, 0, architecture), refuse, (_LOAD, 0, 0, 0)]
    if platform.machine() == "x86_64":
        steps += [(_ABOVE, 0, 1, _X32), refuse]
    for call in calls:
        steps += [(_EQUAL, 0, 1, call), refuse]
    steps.append((_RETURN, 0, 0, _ALLOW))
    program = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *step) for step in steps))

    class Program(ctypes.Structure):
        """Length and address, as the kernel takes them."""

        _fields_ = (("length", ctypes.c_ushort), ("steps", ctypes.c_void_p))

    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    libc.prctl(_SET_SECCOMP, _FILTER, ctypes.byref(Program(len(steps), ctypes.addressof(program))))
