"""The store of a study: append-only segments, one for each writer, of checksummed records.

A segment belongs to the process that made it and is never changed by another, so that any number of
processes and machines write into one folder without waiting for each other. A record is one `write`
of one line. A line that was cut off by a killed writer, or damaged since, fails its checksum and
counts as missing: it is set aside and its point computed again.
"""

from __future__ import annotations

import functools
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, NamedTuple

from ...texts import Refused, open_regular
from .disk import StoreError, sync_folder, told, write_whole
from .presence import CLEAN, RUN, Presence
from .record import FAILED, OK, Record, read_header, read_record
from .segment import SegmentWriter
from .store_mark import MARK, SEGMENTS, check_mark, create_store

_DAMAGED = "damaged"
# Files; systems allow 256 at least, and a study by many jobs has thousands of segments.
_MOST_OPEN = 64
# Bytes of a record; the longest, of a light curve of a hundred modes, has 2 MB. What is longer ends
# a segment as a line does that was cut off.
_LONGEST_LINE = 64_000_000
# Of a segment: what a million points write has 5 GB.
_LARGEST_SEGMENT = 1 << 40


@dataclass(frozen=True)
class Damage:
    """Where a line failed its checksum."""

    segment: str
    offset: int
    length: int


class _Place(NamedTuple):  # a million are made in 0.4 s, of dataclasses in 2 s
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
        check_mark(self.folder)
        self.refresh()

    @property
    def is_new(self) -> bool:
        """Whether nothing has been stored in the folder yet."""
        return not (self.folder / MARK).exists()

    # --- reading
    # ------------------------------------------------------------

    def refresh(self) -> None:
        """Take in what any writer has added since the last look."""
        for path in self._segment_paths():
            start = self._read_to.get(path.name, 0)
            try:
                if path.stat().st_size > start:
                    with open_regular(path, _LARGEST_SEGMENT) as stream:
                        stream.seek(start)
                        lines = iter(functools.partial(stream.readline, _LONGEST_LINE), b"")
                        self._take_in(path.name, start, lines)
            except FileNotFoundError:
                continue  # deleted in this moment: `lost` tells
            except Refused as error:
                raise StoreError(f"{path}: {error}") from None

    def _segment_paths(self) -> list[Path]:
        """Segments by name.

        Raises
        ------
        StoreError
            If their folder cannot be read: what nobody sees must not pass for "nothing done".
        """
        folder = self.folder / SEGMENTS
        try:
            with os.scandir(folder) as entries:
                names = sorted(one.name for one in entries if one.name.endswith(".jsonl"))
        except (FileNotFoundError, NotADirectoryError):
            return []
        except OSError as error:
            raise StoreError(f"{folder}: cannot be read ({error.strerror})") from error
        return [folder / name for name in names]

    def _take_in(self, segment: str, start: int, lines: Iterable[bytes]) -> None:
        """Take in lines from a place on; line by line, so that the memory stays small."""
        offset, places = start, self._places
        for whole in lines:
            length = len(whole)
            if whole[-1:] != b"\n":
                break  # cut off, or being written
            header = read_header(whole)
            if header is None:
                self.damaged.append(Damage(segment, offset, length - 1))
            else:
                name, status = header
                known = places.setdefault(
                    name, place := _Place(segment, offset, length - 1, status)
                )
                if known is not place and known.status == FAILED and status == OK:
                    places[name] = place
            offset += length
        self._read_to[segment] = offset

    def lost(self) -> set[str]:
        """Records that were there when they were read and are not any more: their segments were
        deleted or cut.
        """
        sizes = {}
        for path in self._segment_paths():
            with suppress(FileNotFoundError):
                sizes[path.name] = path.stat().st_size
        return {
            name
            for name, place in self._places.items()
            if sizes.get(place.segment, 0) < place.offset + place.length
        }

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
        return {record.fingerprint: record for record in self.each(fingerprints) if record}

    def each(self, fingerprints: Iterable[str]) -> Iterator[Record | None]:
        """The records of the given points one by one, in their order; None where there is none that
        is whole. One at a time is in memory.
        """
        with ExitStack() as stack:
            open_segments: dict[str, BinaryIO] = {}
            for name in fingerprints:
                place = self._places.get(name)
                if place is None:
                    yield None
                    continue
                if place.segment not in open_segments:
                    if len(open_segments) >= _MOST_OPEN:
                        stack.close()
                        open_segments.clear()
                    path = self.folder / SEGMENTS / place.segment
                    try:
                        opened: BinaryIO = stack.enter_context(path.open("rb"))
                    except FileNotFoundError:
                        yield None
                        continue
                    open_segments[place.segment] = opened
                stream = open_segments[place.segment]
                stream.seek(place.offset)
                yield read_record(stream.read(place.length))

    @property
    def unfinished(self) -> int:
        """Number of segments whose last line is cut off: their writers were killed, or are writing
        now.
        """
        return sum(
            path.stat().st_size > self._read_to.get(path.name, 0) for path in self._segment_paths()
        )

    def written_within(self, seconds: float, apart_from: str = "") -> bool:
        """Whether a writer, other than that of a given segment, has been at work lately.

        Lately by the clock of the file system, which writes the times of all segments: that of this
        machine may go an hour wrong.
        """
        now = self._now()
        for path in self._segment_paths():
            with suppress(FileNotFoundError):
                if path.name != apart_from and now - path.stat().st_mtime < seconds:
                    return True
        return False

    def _now(self) -> float:
        """The file system's time, as it writes it on the store's mark."""
        mark = self.folder / MARK
        try:
            os.utime(mark)
            return mark.stat().st_mtime
        except OSError:
            return time.time()

    # --- writing
    # ------------------------------------------------------------

    def writer(self) -> SegmentWriter:
        """A new writer with a segment of its own."""
        create_store(self.folder)
        return SegmentWriter(self.folder / SEGMENTS)

    @contextmanager
    def run_at_work(self) -> Iterator[Presence]:
        """Say that a run is at work on the store, for as long as the context lasts.

        Raises
        ------
        StoreError
            While the store is cleaned.
        """
        create_store(self.folder)
        with ExitStack() as stack:
            with told(self.folder):
                own = stack.enter_context(Presence(self.folder, RUN))
            if own.others(CLEAN):
                text = "study clean is at work on it; run again when it is done"
                raise StoreError(f"{self.folder}: {text}")
            yield own

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Keep runs away from the store, for as long as the context lasts.

        Raises
        ------
        StoreError
            If a run is at work on it, or another process cleans it.
        """
        with ExitStack() as stack:
            with told(self.folder):
                own = stack.enter_context(Presence(self.folder, CLEAN))
            if others := own.others(RUN) + own.others(CLEAN):
                text = (
                    "a run is at work on it; wait for its end or stop it. Nothing was changed. "
                    f"({others[0].name} in {others[0].parent.name}; delete it if nobody works "
                    "there)"
                )
                raise StoreError(f"{self.folder}: {text}")
            self.refresh()
            yield

    def set_damaged_aside(self) -> int:
        """Copy damaged lines into the folder ``damaged`` for inspection; returns their number."""
        for damage in self.damaged:
            target = self.folder / _DAMAGED / f"{damage.segment}-{damage.offset}.txt"
            if target.exists():
                continue
            with told(self.folder):
                target.parent.mkdir(exist_ok=True)
                with (self.folder / SEGMENTS / damage.segment).open("rb") as stream:
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
            for record in other.each(wanted):
                writer.append([] if record is None else [record])
        self.refresh()
        return len(wanted)

    def compact(self, keep: Iterable[str] | None = None) -> int:
        """Rewrite the store as one segment without damaged and, if `keep` is given, unwanted
        records.

        No other process may be writing (`alone` keeps runs away). Returns the number of records
        that were dropped.

        Raises
        ------
        StoreError
            If a segment grew since it was read; nothing is deleted then.
        """
        old = self._segment_paths()
        sizes = {path: path.stat().st_size for path in old}
        self.refresh()
        before = len(self)
        names = sorted(self._places if keep is None else set(keep) & self._places.keys())
        with self.writer() as writer:
            for record in self.each(names):
                writer.append([] if record is None else [record])
        if any(path.stat().st_size != size for path, size in sizes.items()):
            # Whoever writes keeps all of it; the copies do no harm.
            text = "a run is at work on it; wait for its end. Nothing was deleted"
            raise StoreError(f"{self.folder}: {text}")
        with told(self.folder):
            for path in old:
                path.unlink()
            sync_folder(self.folder / SEGMENTS)
            for path in (self.folder / _DAMAGED).glob("*.txt"):
                path.unlink()
        self._places.clear()
        self._read_to.clear()
        self.damaged.clear()
        self.refresh()
        return before - len(self)
