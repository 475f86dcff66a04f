"""Who is at work on a store: one locked file for each run, which the system unlocks however its
process ends.

`study clean` deletes segments, and a run adds to them: neither may begin beside the other. Each
puts up its own file first and looks for those of the others after, so that of two that begin in the
same moment at least one sees the other.

A run also writes into its file which points it has in hand, so that no other takes them before
there is nothing else to take. That is a hint: a point that two runs compute is stored twice, alike.
"""

from __future__ import annotations

import os
import secrets
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from ...texts import Refused, open_regular

RUN, CLEAN = "run", "clean"
_FOLDER = "at-work"
# Bytes of the points that a run has in hand: two batches each of a thousand workers.
_LONGEST_LIST = 1_000_000


def _locked(descriptor: int) -> bool:
    """Take the lock of an open file, if nobody has it."""
    try:
        if sys.platform == "win32":
            import msvcrt

            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            import fcntl

            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


class Presence:
    """A file that says that this process is at work on a store; use as a context.

    Parameters
    ----------
    store : Path
        Folder of the store.
    kind : {"run", "clean"}
    """

    def __init__(self, store: Path, kind: str) -> None:
        self._folder = store / _FOLDER
        self.name = f"{kind}-{os.getpid()}-{secrets.token_hex(4)}.lock"
        self._path = self._folder / self.name
        self._descriptor: int | None = None

    def __enter__(self) -> Self:
        self._folder.mkdir(parents=True, exist_ok=True)
        flags = os.O_RDWR | os.O_CREAT | os.O_EXCL
        # Where a file system knows no locks, the file alone says it: then a killed run's file has
        # to be removed by hand, and `clean` names it.
        self._descriptor = os.open(self._path, flags, 0o666)
        _locked(self._descriptor)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._descriptor is not None:
            os.close(self._descriptor)
        with suppress(OSError):
            self._path.unlink()
        with suppress(OSError):
            self._folder.rmdir()

    def take(self, names: Iterable[str]) -> None:
        """Say which points this run has in hand now, in place of those said before."""
        if self._descriptor is None:
            return
        # The first byte is locked, on Windows against readers too.
        content = "".join(f"\n{name}" for name in names).encode()[:_LONGEST_LIST]
        with suppress(OSError):  # a full disk
            os.lseek(self._descriptor, 0, os.SEEK_SET)
            os.write(self._descriptor, b" " + content + b"\n")
            os.ftruncate(self._descriptor, len(content) + 2)

    def taken(self) -> Counter[str]:
        """Points that other runs have in hand, and how many have each."""
        found: Counter[str] = Counter()
        for path in self.others(RUN):
            with suppress(OSError, Refused), open_regular(path) as stream:
                stream.seek(1)
                found.update(name.decode("latin-1") for name in stream.read(_LONGEST_LIST).split())
        return found

    def others(self, kind: str) -> list[Path]:
        """Files of other processes of this kind that are alive; those of dead ones are removed."""
        try:
            names = sorted(os.listdir(self._folder))
        except OSError:
            return []
        found = []
        for name in names:
            path = self._folder / name
            if path != self._path and name.startswith(f"{kind}-") and not _abandoned(path):
                found.append(path)
        return found


def _abandoned(path: Path) -> bool:
    """Whether nobody holds a file's lock; it is removed then."""
    try:
        descriptor = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return True
    except OSError:
        return False
    try:
        free = _locked(descriptor)
    finally:
        os.close(descriptor)
    if free:
        with suppress(OSError):
            path.unlink()
    return free
