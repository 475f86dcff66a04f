"""Reading a store: where its records stand, and the records, each checked as it is read."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...texts import Refused, open_regular
from .disk import StoreError
from .index import SETTLING_SECONDS, IndexedSegment, Stamp, read_index, write_index
from .json_text import Decode, decoded
from .locations import Columns, LineArrays, RecordLocations
from .record import OK, Record, read_header, read_record, whole_lines
from .store_mark import MARK, SEGMENTS, check_mark

Seen = Callable[[int, bytes, tuple[str, str]], None]
"""Takes the offset of a line that is whole and "ok", the line, and its name and status."""
Watch = Callable[[str], Seen | None]
"""From the name of a segment that is about to be read in one go to who is to see its lines."""

# Files; systems allow 256 at least, and a study by many jobs has thousands of segments.
_MOST_OPEN = 64
# Of a segment: what a million points write has 5 GB.
_LARGEST_SEGMENT = 1 << 40
# Bytes of segments that are read before an index is written: 0.1 s of computing.
WORTH_AN_INDEX = 16_000_000
# Bytes of a segment whose rows are kept: of a study by many jobs each has some.
WORTH_KEEPING = 1_000_000


@dataclass(frozen=True)
class Damage:
    """Where a line failed its checksum."""

    segment: str
    offset: int
    length: int


@dataclass
class StoredRecords:
    """What is read of a store; see `Store`.

    Parameters
    ----------
    folder : Path
        Made on first writing; a folder that is not there is an empty store.
    indexed : bool
        Take what the store's index says of segments that have not changed since: enough for a look,
        where each record is checked as it is read. Otherwise every byte is read.
    watch : callable, optional
        Sees the lines of segments as they are read: who needs their records need not read and check
        them again.

    Raises
    ------
    InputError
        If the folder holds a store of another format, or something that is no store.
    """

    folder: Path
    indexed: bool = False
    watch: Watch | None = field(default=None, repr=False)
    damaged: list[Damage] = field(default_factory=list, init=False)
    went_away: bool = field(default=False, init=False)
    """Whether a segment was deleted after it was read, so that records are missing that may stand
    in another one by now: `study clean` writes one anew.
    """
    _locations: RecordLocations = field(default_factory=RecordLocations, init=False, repr=False)
    _read_to: dict[str, int] = field(default_factory=dict, init=False, repr=False)
    # Of segments that were read in one go, and had settled by then: how they stood.
    _stamps: dict[str, Stamp] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        check_mark(self.folder)
        read = self.refresh(read_index(self.folder) if self.indexed else None)
        if self.indexed and read > WORTH_AN_INDEX:
            self.write_index()

    @property
    def is_new(self) -> bool:
        """Whether nothing has been stored in the folder yet."""
        return not (self.folder / MARK).exists()

    def refresh(
        self, index: Mapping[str, IndexedSegment] | None = None, apart_from: str = ""
    ) -> int:
        """Take in what any writer has added since the last look; returns the bytes read.

        A segment that is left out is read in one go later, and only then it is indexed.
        """
        looked: list[tuple[Path, int, Stamp, IndexedSegment | None]] = []
        for path in self._segment_paths():
            if path.name == apart_from:
                continue
            start = self._read_to.get(path.name, 0)
            try:
                stamp = Stamp.of(path.stat())
            except FileNotFoundError:
                continue  # deleted in this moment: `lost` tells
            known = None if index is None or start else index.get(path.name)
            if known is not None and known.stamp != stamp:
                known = None
            if known is not None or stamp.size > start:
                looked.append((path, start, stamp, known))
        read = sum(stamp.size - start for _, start, stamp, known in looked if known is None)
        vanished = False
        now = self._now_ns() if read > WORTH_AN_INDEX else 0
        # In the order of their names, so that of two records of a point the same one counts always.
        for path, start, stamp, known in looked:
            if known is not None:
                self._stamps[path.name] = stamp
                self._read_to[path.name] = known.read_to
                self.damaged += [Damage(path.name, *span) for span in known.damaged]
                self._locations.add_all(path.name, known.lines)
                continue
            try:
                with open_regular(path, _LARGEST_SEGMENT) as stream:
                    stream.seek(start)
                    self._take_in(path.name, start, stream)
            except FileNotFoundError:
                vanished = True
                continue
            except Refused as error:
                raise StoreError(f"{path}: {error}") from None
            self._stamps.pop(path.name, None)
            if not start and stamp.settled(now):
                self._stamps[path.name] = stamp
        if vanished:  # what it held may stand in one that has just come
            read += self.refresh(apart_from=apart_from)
        return read

    def write_index(self) -> None:
        """Write the index, of what was read in one go and has not changed since."""
        if sum(stamp.size for stamp in self._stamps.values()) < WORTH_AN_INDEX:
            return
        damaged: dict[str, list[tuple[int, int]]] = {name: [] for name in self._stamps}
        for one in self.damaged:
            if one.segment in damaged:
                damaged[one.segment].append((one.offset, one.length))
        lines = self._locations.of_segments(list(self._stamps))
        write_index(
            self.folder,
            {
                name: IndexedSegment(stamp, self._read_to[name], damaged[name], lines[name])
                for name, stamp in self._stamps.items()
            },
        )

    def take_in_own(self) -> None:
        """Take in what the run that ends here has written, and write the index."""
        sizes = 0
        for path in self._segment_paths():  # its own is not read yet
            with suppress(FileNotFoundError):
                sizes += path.stat().st_size
        if sizes > WORTH_AN_INDEX:
            time.sleep(SETTLING_SECONDS)
        self.refresh()
        self.write_index()

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

    def _take_in(self, segment: str, start: int, stream: BinaryIO) -> None:
        """Take in lines from an offset on; some at a time, so that the memory stays small."""
        offset = start
        seen = self.watch(segment) if self.watch is not None and not start else None
        for lines in whole_lines(stream):
            made = Columns()
            for line in lines:
                header = read_header(line)
                if header is None:
                    self.damaged.append(Damage(segment, offset, len(line)))
                else:
                    name, status = header
                    made.names.append(name)
                    made.offsets.append(offset)
                    made.lengths.append(len(line))
                    made.ok.append(status == OK)
                    if seen is not None and status == OK:
                        seen(offset, line, header)
                offset += len(line) + 1
            self._locations.add_all(segment, made)
        self._read_to[segment] = offset

    def lost(self) -> set[str]:
        """Records that were there when they were read and are not any more: their segments were
        deleted or cut.
        """
        sizes = {}
        for path in self._segment_paths():
            with suppress(FileNotFoundError):
                sizes[path.name] = path.stat().st_size
        # Most segments hold all that was read of them; those that do need no look at each line.
        short = {
            name: sizes.get(name, 0)
            for name, read_to in self._read_to.items()
            if sizes.get(name, 0) < read_to
        }
        return self._locations.beyond(short) if short else set()

    def __len__(self) -> int:
        return len(self._locations)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._locations

    def __iter__(self) -> Iterator[str]:
        return iter(self._locations)

    def status(self, fingerprint: str) -> str | None:
        """ "ok", "failed", or None if the point is not there."""
        return self._locations.status(fingerprint)

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
                location = self._locations.get(name)
                if location is None:
                    yield None
                    continue
                if location.segment not in open_segments:
                    if len(open_segments) >= _MOST_OPEN:
                        stack.close()
                        open_segments.clear()
                    path = self.folder / SEGMENTS / location.segment
                    try:
                        opened: BinaryIO = stack.enter_context(path.open("rb"))
                    except FileNotFoundError:
                        self.went_away = True
                        yield None
                        continue
                    open_segments[location.segment] = opened
                stream = open_segments[location.segment]
                stream.seek(location.offset)
                record = read_record(stream.read(location.length))
                yield record if record is not None and record.fingerprint == name else None

    def rows(self, fingerprints: Iterable[str]) -> NDArray[np.int64]:
        """Number of the line that counts for each point among `lines`; -1 where there is none."""
        return self._locations.rows(fingerprints)

    def lines(self) -> LineArrays:
        """Where each line stands that is known now."""
        return self._locations.arrays()

    @property
    def settled(self) -> Mapping[str, Stamp]:
        """Segments whose changes since they were read would show, and how they stood."""
        if sum(one.size for one in self._stamps.values()) <= WORTH_AN_INDEX:
            return {}
        return {name: one for name, one in self._stamps.items() if one.size > WORTH_KEEPING}

    def at_rest(self, seconds: float) -> list[str]:
        """Segments of `settled` that nobody has written to for a time (the file system's clock)."""
        end = self._now_ns() - 1e9 * seconds
        return [name for name, one in self.settled.items() if one.modified_ns < end]

    def sound_of(
        self, segments: Sequence[str], decode: Decode = decoded
    ) -> Iterator[tuple[str, Iterator[tuple[int, Record]]]]:
        """Of some segments, each with the offsets and records of its lines that are "ok", as they
        stand.
        """
        lines = self._locations.of_segments(segments)
        for segment in segments:
            yield segment, self._sound(segment, lines.pop(segment), decode)

    def _sound(self, segment: str, lines: Columns, decode: Decode) -> Iterator[tuple[int, Record]]:
        with open_regular(self.folder / SEGMENTS / segment, _LARGEST_SEGMENT) as stream:
            for offset, length, ok in zip(lines.offsets, lines.lengths, lines.ok, strict=True):
                if ok:
                    stream.seek(offset)
                    record = read_record(stream.read(length), decode)
                    if record is not None:
                        yield offset, record

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
        now = self._now_ns()
        for path in self._segment_paths():
            with suppress(FileNotFoundError):
                if path.name != apart_from and now - path.stat().st_mtime_ns < 1e9 * seconds:
                    return True
        return False

    def _now_ns(self) -> int:
        """The file system's time, as it writes it on the store's mark."""
        mark = self.folder / MARK
        try:
            os.utime(mark)
            return mark.stat().st_mtime_ns
        except OSError:
            return time.time_ns()
