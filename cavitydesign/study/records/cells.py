"""Cells of a segment's records, tabulated once and kept column by column: a filter and a few
columns of a million records need not parse gigabytes of JSON.

They are a copy and are never believed over the segment: they count only for a segment of the very
size and times that it had when they were made (`Stamp`), and for the very code that made them. Each
part carries a checksum; a file that is cut off, damaged, of another version or not there is as
none, and then the records are read.
"""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ...texts import Refused, open_regular
from .cell_columns import (
    ABSENT,
    Block,
    Cells,
    absent_column,
    decoded_column,
    encoded_column,
    joined,
)
from .index import Stamp
from .packed import bytes_of

CELLS = "cells"
CellsOfRow = dict[str, Any]
"""Numbers, texts and booleans of a row by their dotted names."""

_MAGIC = b"cavitydesign cells 2"
_DIGEST = 16  # bytes: 128 bits, which no damage hits by chance
_TAIL = len(_MAGIC) + 8 + _DIGEST  # mark, length of the footer, and its digest
# Rows that are turned into columns at once: 50 MB of Python's numbers.
_BLOCK_ROWS = 20_000
_LARGEST = 1 << 38  # 256 GiB, beyond every segment; damaged lengths are not believed.
_LARGEST_FOOTER = 200_000_000  # bytes: names of columns and the offsets of their parts


@dataclass(frozen=True)
class KeptCells:
    """Some cells of all rows of a segment.

    Attributes
    ----------
    offsets : array of int
        Of the records in the segment, ascending.
    firsts : array of int
        Number of the first row of each record; one more at the end.
    columns : dict of str to array
        Cells by name, those that some row has.
    """

    offsets: NDArray[np.uint64]
    firsts: NDArray[np.int64]
    columns: Mapping[str, Cells]
    whole: bool
    """Whether each row has all of these cells."""

    def spans(self, offsets: NDArray[np.uint64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """The first row of each of some records and the one behind its last; -1 where a record is
        not kept.
        """
        if not len(self.offsets):
            return np.full(len(offsets), -1), np.full(len(offsets), -1)
        index = np.minimum(np.searchsorted(self.offsets, offsets), len(self.offsets) - 1)
        there = self.offsets[index] == offsets
        return np.where(there, self.firsts[index], -1), np.where(there, self.firsts[index + 1], -1)

    def rows(self, first: int, end: int) -> list[CellsOfRow]:
        """Some rows; cells that are absent are missing keys."""
        made: list[CellsOfRow] = [{} for _ in range(first, end)]
        for name, column in self.columns.items():
            for row, cell in zip(made, column[first:end].tolist(), strict=True):
                if cell is not ABSENT:
                    row[name] = cell
        return made


def cells_path(store: Path, segment: str, task: str) -> Path:
    """Where the cells of a segment are kept."""
    return store / CELLS / f"{segment}.{task}.bin"


class CellsEncoder:
    """Makes the file of a segment's cells, part by part: what `add` and `end` return, one after
    another.
    """

    def __init__(self) -> None:
        self._offsets, self._firsts = array("Q"), array("Q", [0])
        self._rows: list[CellsOfRow] = []
        self._written = 0
        self._blocks: list[dict[str, Any]] = []

    def add(self, offset: int, rows: Sequence[CellsOfRow]) -> list[bytes]:
        """Take in the rows of a record; offsets ascend."""
        self._offsets.append(offset)
        self._firsts.append(self._firsts[-1] + len(rows))
        self._rows += rows
        return self._block() if len(self._rows) >= _BLOCK_ROWS else []

    def end(self, stamp: Stamp, version: str, names: Iterable[str] | None = None) -> list[bytes]:
        """What stands behind all rows.

        Parameters
        ----------
        stamp : Stamp
            Of the segment when it was read.
        version : str
            Of the code that makes rows of records.
        names : iterable of str, optional
            The cells that the rows hold, as far as they have them; all by default.
        """
        parts, told = self._block(), dict[str, Any]()
        for name, numbers in (("offsets", self._offsets), ("firsts", self._firsts)):
            content = bytes_of(numbers)
            told[name] = self._part(content)
            parts.append(content)
        head: dict[str, Any] = {
            "stamp": [stamp.size, stamp.modified_ns, stamp.changed_ns],
            "version": version,
            "names": None if names is None else sorted(names),
        }
        footer = json.dumps(head | told | {"blocks": self._blocks}).encode()
        return [*parts, footer, _digest(footer) + len(footer).to_bytes(8, "little") + _MAGIC]

    def _block(self) -> list[bytes]:
        rows, parts = self._rows, list[bytes]()
        told: dict[str, Any] = {"rows": len(rows), "columns": {}}
        shapes = dict.fromkeys(map(tuple, rows))
        if len(shapes) == 1:  # as a rule
            columns = zip(*map(dict.values, rows), strict=True)
            named: Iterable[Any] = zip(next(iter(shapes)), columns, strict=True)
        else:
            names = dict.fromkeys(name for shape in shapes for name in shape)
            named = ((name, [row.get(name, ABSENT) for row in rows]) for name in names)
        for name, cells in named:
            content, about = encoded_column(cells)
            told["columns"][name] = about | self._part(content)
            parts.append(content)
        self._blocks.append(told)
        rows.clear()
        return parts

    def _part(self, content: bytes) -> dict[str, Any]:
        start = self._written
        self._written += len(content)
        return {"at": start, "bytes": len(content), "digest": _digest(content).hex()}


def encoded_cells(
    records: Iterable[tuple[int, Sequence[CellsOfRow]]],
    stamp: Stamp,
    version: str,
    names: Iterable[str] | None = None,
) -> Iterator[bytes]:
    """The file of a segment's cells, part by part.

    Parameters
    ----------
    records : iterable of (int, sequence of mapping)
        Offset of each record in the segment, ascending, and its rows.
    stamp, version, names
        As in `CellsEncoder.end`.
    """
    encoder = CellsEncoder()
    for offset, rows in records:
        yield from encoder.add(offset, rows)
    yield from encoder.end(stamp, version, names)


def read_cells(
    source: Path | bytes, stamp: Stamp, version: str, names: Sequence[str]
) -> KeptCells | None:
    """Some cells of all rows of a segment; None where they are not kept.

    Parameters
    ----------
    source : Path or bytes
        A file, or what would be in one.
    stamp : Stamp
        Of the segment as it stands.
    version : str
        Of the code that makes rows of records.
    names : sequence of str
        The cells that are wanted.
    """
    try:
        opened = BytesIO(source) if isinstance(source, bytes) else open_regular(source, _LARGEST)
        with opened as stream:
            footer = _footer(stream, stamp, version)
            if footer["names"] is not None and not set(names) <= set(footer["names"]):
                return None
            offsets = np.frombuffer(_content(stream, footer["offsets"]), "<u8").astype(np.uint64)
            firsts = np.frombuffer(_content(stream, footer["firsts"]), "<i8").astype(np.int64)
            count = sum(int(block["rows"]) for block in footer["blocks"])
            if (
                len(firsts) != len(offsets) + 1
                or firsts[-1] != count
                or np.any(np.diff(firsts) < 0)
            ):
                raise ValueError("other rows")
            found = ((name, _whole_column(stream, footer["blocks"], name)) for name in names)
            columns = {name: column for name, column in found if column is not None}
    except (OSError, Refused, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    except (RecursionError, OverflowError, MemoryError):
        return None
    whole = all(column.whole for column in columns.values())
    cells = {name: column.cells for name, column in columns.items()}
    return KeptCells(offsets, firsts, cells, whole)


def names_kept(path: Path, stamp: Stamp, version: str) -> frozenset[str] | None:
    """Which cells of a segment are kept, ``*`` for all; None where none are. Their parts are
    checked by whoever reads them.
    """
    try:
        with open_regular(path, _LARGEST) as stream:
            names = _footer(stream, stamp, version)["names"]
            return frozenset(["*"] if names is None else map(str, names))
    except (OSError, Refused, ValueError, KeyError, TypeError, RecursionError):
        return None


def _footer(stream: BinaryIO, stamp: Stamp, version: str) -> dict[str, Any]:
    size = stream.seek(0, 2)
    stream.seek(max(size - _TAIL, 0))
    tail = stream.read()
    digest, length = tail[:_DIGEST], int.from_bytes(tail[_DIGEST : _DIGEST + 8], "little")
    if tail[_DIGEST + 8 :] != _MAGIC or length > min(_LARGEST_FOOTER, size - _TAIL):
        raise ValueError("another version, or cut off")
    stream.seek(size - _TAIL - length)
    content = stream.read(length)
    if _digest(content) != digest:
        raise ValueError("damaged")
    footer: dict[str, Any] = json.loads(content)
    if Stamp(*footer["stamp"]) != stamp or footer["version"] != version:
        raise ValueError("of another segment, or by other code")
    return footer


def _content(stream: BinaryIO, part: Mapping[str, Any]) -> bytes:
    stream.seek(part["at"])
    content = stream.read(min(int(part["bytes"]), _LARGEST))
    if len(content) != part["bytes"] or _digest(content).hex() != part["digest"]:
        raise ValueError("damaged")
    return content


def _whole_column(stream: BinaryIO, blocks: Iterable[Mapping[str, Any]], name: str) -> Block | None:
    """A column through all blocks; None where no row has it."""
    made, found = list[Block](), False
    shared: dict[str, str] = {}
    for block in blocks:
        rows, about = int(block["rows"]), block["columns"].get(name)
        found = found or about is not None
        if about is None:
            made.append(absent_column(rows))
        else:
            made.append(decoded_column(_content(stream, about), about, rows, shared))
    if not found:
        return None
    return Block(joined(one.cells for one in made), all(one.whole for one in made))


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()
