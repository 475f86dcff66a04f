"""Where each record of a store stands: columns of plain numbers, so that a million take 0.2 GB."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .record import FAILED, OK


class RecordLocation(NamedTuple):
    """A line of a segment, without its end."""

    segment: str
    offset: int
    length: int
    status: str


@dataclass
class Columns:
    """Lines one after another: fingerprint, offset, length without the end, whether it is "ok"."""

    names: list[str] = field(default_factory=list)
    offsets: array[int] = field(default_factory=lambda: array("Q"))
    lengths: array[int] = field(default_factory=lambda: array("L"))
    ok: bytearray = field(default_factory=bytearray)

    def __len__(self) -> int:
        return len(self.names)


@dataclass(frozen=True)
class LineArrays:
    """What is known of each line, as arrays; `segments` are the names that `segment` counts."""

    segments: Sequence[str]
    segment: NDArray[np.uint64]
    offsets: NDArray[np.uint64]
    ok: NDArray[np.bool_]


class RecordLocations:
    """Location of the record that counts for a fingerprint: the first "ok" one, else the first."""

    def __init__(self) -> None:
        self._rows: dict[str, int] = {}
        self._columns = Columns()
        self._segments: list[str] = []
        self._of_row = array("L")

    def __len__(self) -> int:
        return len(self._rows)

    def __contains__(self, fingerprint: str) -> bool:
        return fingerprint in self._rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._rows)

    def get(self, fingerprint: str) -> RecordLocation | None:
        """Where a record stands."""
        row = self._rows.get(fingerprint)
        if row is None:
            return None
        columns = self._columns
        return RecordLocation(
            self._segments[self._of_row[row]],
            columns.offsets[row],
            columns.lengths[row],
            OK if columns.ok[row] else FAILED,
        )

    def rows(self, fingerprints: Iterable[str]) -> NDArray[np.int64]:
        """Number of the line that counts for each name; -1 where there is none."""
        return np.fromiter(map(self._rows.get, fingerprints, repeat(-1)), np.int64)

    def arrays(self) -> LineArrays:
        """All lines as they are known now."""
        columns = self._columns
        return LineArrays(
            tuple(self._segments),
            np.array(self._of_row, np.uint64),
            np.array(columns.offsets, np.uint64),
            np.frombuffer(bytes(columns.ok), np.bool_),
        )

    def status(self, fingerprint: str) -> str | None:
        """ "ok", "failed", or None where there is no record."""
        row = self._rows.get(fingerprint)
        return None if row is None else OK if self._columns.ok[row] else FAILED

    def segment(self, name: str) -> int:
        """Number of a segment, for `add`."""
        if not self._segments or self._segments[-1] != name:
            self._segments.append(name)
        return len(self._segments) - 1

    def add(self, segment: int, name: str, offset: int, length: int, status: str) -> None:
        """Take in one line."""
        columns, row = self._columns, len(self._of_row)
        known = self._rows.setdefault(name, row)
        ok = status == OK
        if known != row and ok and not columns.ok[known]:
            self._rows[name] = row
        self._of_row.append(segment)
        columns.names.append(name)
        columns.offsets.append(offset)
        columns.lengths.append(length)
        columns.ok.append(ok)

    def add_all(self, segment: str, lines: Columns) -> None:
        """Take in all lines of a segment at once."""
        first, number, rows = len(self._of_row), self.segment(segment), self._rows
        fresh = dict(zip(lines.names, range(first, first + len(lines)), strict=True))
        if len(fresh) < len(lines) or not rows.keys().isdisjoint(fresh):
            # Some stand there twice: which of them counts is told line by line.
            for name, offset, length, ok in zip(
                lines.names, lines.offsets, lines.lengths, lines.ok, strict=True
            ):
                self.add(number, name, offset, length, OK if ok else FAILED)
            return
        rows |= fresh
        self._of_row.extend(array("L", [number]) * len(lines))
        self._columns.names += lines.names
        self._columns.offsets += lines.offsets
        self._columns.lengths += lines.lengths
        self._columns.ok += lines.ok

    def of_segments(self, segments: Sequence[str]) -> dict[str, Columns]:
        """All lines of each of some segments, in their order."""
        lines, columns = self.arrays(), self._columns
        order = np.argsort(lines.segment, kind="stable")
        numbers = np.arange(len(self._segments) + 1, dtype=np.uint64)
        bounds = np.searchsorted(lines.segment[order], numbers)
        rows_of: dict[str, list[NDArray[np.int64]]] = {name: [] for name in segments}
        for number, name in enumerate(self._segments):
            if name in rows_of:
                rows_of[name].append(order[bounds[number] : bounds[number + 1]])
        lengths = np.array(columns.lengths, np.uint64)
        made = {}
        for name, parts in rows_of.items():
            rows = np.concatenate([*parts, np.empty(0, np.int64)])
            made[name] = Columns(
                [columns.names[row] for row in rows.tolist()],
                array("Q", lines.offsets[rows].tolist()),
                array("L", lengths[rows].tolist()),
                bytearray(lines.ok[rows].tobytes()),
            )
        return made

    def beyond(self, sizes: dict[str, int]) -> set[str]:
        """Records whose lines end beyond the given sizes of their segments."""
        found = set()
        for name, row in self._rows.items():
            size = sizes.get(self._segments[self._of_row[row]])
            if size is not None and (
                size < self._columns.offsets[row] + self._columns.lengths[row]
            ):
                found.add(name)
        return found
