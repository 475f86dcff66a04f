"""One writer's segment of a store: whole lines, or none, and on the disk."""

from __future__ import annotations

import os
import re
import secrets
import socket
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from .disk import StoreError, sync_folder, told
from .record import Record

_SYNC_SECONDS = 2.0  # Work that a loss of power may cost; each sync takes milliseconds.


class SegmentWriter:
    """Appends records to one segment of its own; use as a context.

    Parameters
    ----------
    folder : Path
        Folder of the segments.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._name()
        self._descriptor: int | None = None
        self._synced = 0.0

    def _name(self) -> None:
        host = re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname())[:24]
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        name = f"{stamp}-{host}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self.path = self._folder / name

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def append(self, records: Iterable[Record]) -> None:
        """Write whole lines, or none.

        Raises
        ------
        StoreError
            If the disk is full or the folder read only; what was stored before stays whole.
        """
        content = b"".join(record.encoded() for record in records)
        if not content:
            return
        with told(self.path.parent.parent):
            if self._descriptor is None:
                # Without O_BINARY, Windows would write "\r\n" and every length would be wrong.
                flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND
                self._descriptor = os.open(self.path, flags | getattr(os, "O_BINARY", 0), 0o666)
                sync_folder(self.path.parent)
            found = os.fstat(self._descriptor)
            if found.st_nlink == 0:
                text = "was deleted while a run was at work on it: what that run stored is gone"
                raise StoreError(f"{self.path.parent.parent}: {text}")
            start = found.st_size
            try:
                view = memoryview(content)
                while view:
                    view = view[os.write(self._descriptor, view) :]
                if time.monotonic() - self._synced > _SYNC_SECONDS:
                    os.fsync(self._descriptor)
                    self._synced = time.monotonic()
            except OSError:
                self._cut(self._descriptor, start)
                raise

    def _cut(self, descriptor: int, start: int) -> None:
        """Take back half a line; where that fails too, go on in another segment, so that no line
        follows it.
        """
        try:
            os.ftruncate(descriptor, start)
        except OSError:
            self._descriptor = None
            with suppress(OSError):
                os.close(descriptor)
            self._name()

    def close(self) -> None:
        """Bring everything to the disk."""
        if self._descriptor is not None:
            descriptor, self._descriptor = self._descriptor, None
            with told(self.path.parent.parent):
                try:
                    os.fsync(descriptor)
                finally:
                    os.close(descriptor)
