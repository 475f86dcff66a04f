"""The store of a study: append-only segments, one for each writer, of checksummed records.

A segment belongs to the process that made it and is never changed by another, so that any number of
processes and machines write into one folder without locks. A record is one `write` of one line. A
line that was cut off by a killed writer, or damaged since, fails its checksum and counts as
missing: it is set aside and its point computed again.
"""

from __future__ import annotations

import errno
import json
import os
import re
import secrets
import socket
import time
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

from ..errors import CavityDesignError, InputError
from .record import FAILED, OK, Record, read_header, read_record

FORMAT = 1
_MARK = "store.json"
_SEGMENTS = "segments"
_DAMAGED = "damaged"
_SYNC_SECONDS = 2.0


class StoreError(CavityDesignError):
    """The store cannot take a record: disk full, or read only. What it holds is safe."""


@dataclass(frozen=True)
class Damage:
    """Where a line failed its checksum."""

    segment: str
    offset: int
    length: int


@dataclass(frozen=True)
class _Place:
    segment: str
    offset: int
    length: int
    status: str


@dataclass
class Store:
    """Records by fingerprint in a folder.

    Parameters
    ----------
    folder : Path
        Made on first writing; a folder that is not there is an empty store.

    Raises
    ------
    InputError
        If the folder holds a store of another format, or something that is no store.
    """

    folder: Path
    damaged: list[Damage] = field(default_factory=list, init=False)
    _places: dict[str, _Place] = field(default_factory=dict, init=False, repr=False)
    _read_to: dict[str, int] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self._check_format()
        self.refresh()

    def _check_format(self) -> None:
        if self.folder.exists() and not self.folder.is_dir():
            raise InputError(f"{self.folder}: is a file, the store needs a folder")
        try:
            mark = json.loads((self.folder / _MARK).read_text(encoding="utf-8"))
            found = mark["format"]
        except FileNotFoundError:
            if self.folder.is_dir() and (self.folder / _SEGMENTS).is_dir():
                raise InputError(
                    f"{self.folder}: a store without its {_MARK}; nothing was changed"
                ) from None
            return
        except (ValueError, KeyError, TypeError) as error:
            raise InputError(
                f"{self.folder / _MARK}: not the mark of a store; nothing was changed"
            ) from error
        except OSError as error:
            raise InputError(f"{self.folder}: cannot be read ({error.strerror})") from error
        if found != FORMAT:
            text = f"a store of format {found}, this version reads format {FORMAT}; name another folder"
            raise InputError(f"{self.folder}: {text}. Nothing was changed")

    @property
    def is_new(self) -> bool:
        """Whether nothing has been stored in the folder yet."""
        return not (self.folder / _MARK).exists()

    # --- reading
    # ---------------------------------------------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what any writer has added since the last look."""
        for path in self._segment_paths():
            start = self._read_to.get(path.name, 0)
            if path.stat().st_size > start:
                with path.open("rb") as stream:
                    stream.seek(start)
                    self._take_in(path.name, start, stream.read())

    def _segment_paths(self) -> list[Path]:
        folder = self.folder / _SEGMENTS
        return sorted(folder.glob("*.jsonl")) if folder.is_dir() else []

    def _take_in(self, segment: str, start: int, content: bytes) -> None:
        offset = 0
        while (end := content.find(b"\n", offset)) >= 0:
            line = content[offset:end]
            header = read_header(line)
            if header is None:
                self.damaged.append(Damage(segment, start + offset, len(line)))
            else:
                known = self._places.get(header.fingerprint)
                if known is None or (known.status == FAILED and header.status == OK):
                    self._places[header.fingerprint] = _Place(
                        segment, start + offset, len(line), header.status
                    )
            offset = end + 1
        self._read_to[segment] = start + offset

    def __len__(self) -> int:
        return len(self._places)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def status(self, fingerprint: str) -> str | None:
        """ "ok", "failed", or None if the point is not there."""
        place = self._places.get(fingerprint)
        return None if place is None else place.status

    def records(self, fingerprints: Iterable[str]) -> dict[str, Record]:
        """Records of the given points, as far as they are there and whole."""
        wanted: dict[str, list[tuple[str, _Place]]] = {}
        for name in fingerprints:
            if (place := self._places.get(name)) is not None:
                wanted.setdefault(place.segment, []).append((name, place))
        found: dict[str, Record] = {}
        for segment, places in wanted.items():
            content = (self.folder / _SEGMENTS / segment).read_bytes()
            for name, place in places:
                record = read_record(content[place.offset : place.offset + place.length])
                if record is not None:
                    found[name] = record
        return found

    @property
    def unfinished(self) -> int:
        """Number of segments whose last line is cut off: their writers were killed, or are writing
        now.
        """
        return sum(
            path.stat().st_size > self._read_to.get(path.name, 0) for path in self._segment_paths()
        )

    def written_within(self, seconds: float, apart_from: str = "") -> bool:
        """Whether a writer, other than that of a given segment, has been at work lately."""
        now = time.time()
        return any(
            now - path.stat().st_mtime < seconds
            for path in self._segment_paths()
            if path.name != apart_from
        )

    # --- writing
    # ---------------------------------------------------------------------------------------------------

    def writer(self) -> SegmentWriter:
        """A new writer with a segment of its own."""
        self._create()
        return SegmentWriter(self.folder / _SEGMENTS)

    def _create(self) -> None:
        mark = self.folder / _MARK
        with _told(self.folder):
            # The mark first: another process that looks now finds no store or a whole one.
            self.folder.mkdir(parents=True, exist_ok=True)
            if not mark.exists():
                text = json.dumps({"format": FORMAT, "what": "records of a cavitydesign study"})
                write_whole(mark, f"{text}\n".encode())
            (self.folder / _SEGMENTS).mkdir(exist_ok=True)

    def set_damaged_aside(self) -> int:
        """Copy damaged lines into the folder ``damaged`` for inspection; returns their number."""
        for damage in self.damaged:
            target = self.folder / _DAMAGED / f"{damage.segment}-{damage.offset}.txt"
            if target.exists():
                continue
            with _told(self.folder):
                target.parent.mkdir(exist_ok=True)
                with (self.folder / _SEGMENTS / damage.segment).open("rb") as stream:
                    stream.seek(damage.offset)
                    write_whole(target, stream.read(damage.length))
        return len(self.damaged)

    def merge(self, other: Store) -> int:
        """Copy the records that only the other store has, or has whole; returns their number."""
        wanted = [
            name
            for name in other
            if self.status(name) != OK and (name not in self or other.status(name) == OK)
        ]
        with self.writer() as writer:
            for record in other.records(wanted).values():
                writer.append([record])
        self.refresh()
        return len(wanted)

    def compact(self, keep: Iterable[str] | None = None) -> int:
        """Rewrite the store as one segment without damaged and, if `keep` is given, unwanted
        records.

        No other process may be writing. Returns the number of records that were dropped.
        """
        old = self._segment_paths()
        before = len(self)
        names = sorted(self._places if keep is None else set(keep) & self._places.keys())
        with self.writer() as writer:
            writer.append(self.records(names).values())
        with _told(self.folder):
            for path in old:
                path.unlink()
            for path in (self.folder / _DAMAGED).glob("*.txt"):
                path.unlink()
        self._places.clear()
        self._read_to.clear()
        self.damaged.clear()
        self.refresh()
        return before - len(self)


class SegmentWriter:
    """Appends records to one segment of its own; use as a context.

    Parameters
    ----------
    folder : Path
        Folder of the segments.
    """

    def __init__(self, folder: Path) -> None:
        host = re.sub(r"[^A-Za-z0-9]+", "-", socket.gethostname())[:24]
        stamp = time.strftime("%Y%m%dT%H%M%S", time.gmtime())
        self.path = folder / f"{stamp}-{host}-{os.getpid()}-{secrets.token_hex(4)}.jsonl"
        self._descriptor: int | None = None
        self._synced = 0.0

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
        with _told(self.path.parent.parent):
            if self._descriptor is None:
                self._descriptor = os.open(
                    self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o666
                )
            start = os.fstat(self._descriptor).st_size
            try:
                view = memoryview(content)
                while view:
                    view = view[os.write(self._descriptor, view) :]
                if time.monotonic() - self._synced > _SYNC_SECONDS:
                    os.fsync(self._descriptor)
                    self._synced = time.monotonic()
            except OSError:
                with suppress(OSError):
                    os.ftruncate(self._descriptor, start)
                raise

    def close(self) -> None:
        """Bring everything to the disk."""
        if self._descriptor is not None:
            with _told(self.path.parent.parent):
                os.fsync(self._descriptor)
                os.close(self._descriptor)
            self._descriptor = None


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that it is there whole or not at all (a temporary name, then a rename)."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}-{secrets.token_hex(4)}")
    try:
        with temporary.open("wb") as stream:
            stream.write(content)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            # The name that the user knows; a failed write brings none at all.
            error.filename, error.filename2 = str(path), None
        raise


class _told:
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
        else:
            what = f"cannot be written ({error.strerror})"
        raise StoreError(f"{self.folder}: {what}; what was stored before is safe") from error
