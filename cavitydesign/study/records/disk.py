"""Files that are there whole or not at all, and the system's errors as one clear line."""

from __future__ import annotations

import errno
import os
import secrets
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from types import TracebackType

from ...errors import CavityDesignError


class StoreError(CavityDesignError):
    """The store cannot take a record: disk full, or read only. What it holds is safe."""


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk: a file that is synchronised in a folder that is not
    may be nameless after a power cut.
    """
    if sys.platform == "win32":
        return  # Windows opens no folders; NTFS journals names itself
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return  # a folder that one may write but not list
    try:
        os.fsync(descriptor)
    except OSError as error:
        if error.errno not in (errno.EINVAL, errno.ENOTSUP, errno.EROFS):
            raise
    finally:
        os.close(descriptor)


def write_whole(path: Path, content: bytes | Iterable[bytes]) -> None:
    """Write a file so that it is there whole or not at all (a temporary name, then a rename)."""
    parts = (content,) if isinstance(content, bytes) else content
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as stream:
            stream.writelines(parts)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
        sync_folder(path.parent)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # The name that the user knows; a failed write brings none at all.
            error.filename, error.filename2 = str(path), None
        raise


class told:
    """Turns errors of the operating system into one clear line."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        return None

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if not isinstance(error, OSError):
            return
        if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
            what = "the disk is full. Free some space and run again to go on"
        elif error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
            what = "the store is read only. Make it writable or name another folder"
        elif error.errno == errno.EIO:
            # After a failed fsync nobody knows what the disk holds; checksums tell the next run.
            what = (
                "the disk fails (input/output error). Run again: what is not whole is computed anew"
            )
            raise StoreError(f"{self.folder}: {what}") from error
        else:
            what = f"cannot be written ({error.strerror})"
        raise StoreError(f"{self.folder}: {what}; what was stored before is safe") from error
