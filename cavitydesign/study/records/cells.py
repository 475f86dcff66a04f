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
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from io import BufferedReader
from pathlib import Path
from typing import Any

from ...texts import Refused, open_regular
from .fingerprint import EXACT_INTEGERS
from .index import Stamp
from .packed import bytes_of, numbers_of

CELLS = "cells"
Cells = dict[str, Any]
"""Numbers, texts and booleans of a row by their dotted names."""

_MAGIC = b"cavitydesign cells 2"
_DIGEST = 16  # bytes: 128 bits, which no damage hits by chance
_TAIL = len(_MAGIC) + 8 + _DIGEST  # mark, length of the footer, and its digest
# Rows that are turned into columns at once: 50 MB of Python's numbers.
_BLOCK_ROWS = 20_000
_LARGEST = 1 << 38  # 256 GiB, beyond every segment; damaged lengths are not believed.
_LARGEST_FOOTER = 200_000_000  # bytes: names of columns and the offsets of their parts
_ABSENT = object()
# Kinds of a cell, as they stand in the file: not to be reordered
_FLOAT, _WHOLE, _TEXT, _BOOLEAN, _NONE, _MISSING, _LONG = range(7)
_KINDS = {float: _FLOAT, int: _WHOLE, str: _TEXT, bool: _BOOLEAN, type(None): _NONE}


@dataclass(frozen=True)
class KeptCells:
    """Some cells of all rows of a segment.

    Attributes
    ----------
    offsets : array of int
        Of the records in the segment, ascending.
    firsts : array of int
        Number of the first row of each record; one more at the end.
    columns : dict of str to sequence
        Cells by name, those that some row has.
    """

    offsets: array[int]
    firsts: array[int]
    columns: Mapping[str, Sequence[Any]]
    whole: bool
    """Whether each row has all of these cells."""

    def span(self, offset: int) -> tuple[int, int] | None:
        """The first row of a record and the one behind its last; None where it is not kept."""
        index = bisect_left(self.offsets, offset)
        if index == len(self.offsets) or self.offsets[index] != offset:
            return None
        return self.firsts[index], self.firsts[index + 1]

    def rows(self, first: int, end: int) -> list[Cells]:
        """Some rows; cells that are absent are missing keys."""
        return [
            {
                name: cell
                for name, column in self.columns.items()
                if (cell := column[row]) is not _ABSENT
            }
            for row in range(first, end)
        ]


def cells_path(store: Path, segment: str, task: str) -> Path:
    """Where the cells of a segment are kept."""
    return store / CELLS / f"{segment}.{task}.bin"


def encoded_cells(
    records: Iterable[tuple[int, Sequence[Cells]]],
    stamp: Stamp,
    version: str,
    names: Iterable[str] | None = None,
) -> Iterator[bytes]:
    """The file of a segment's cells, part by part.

    Parameters
    ----------
    records : iterable of (int, sequence of mapping)
        Offset of each record in the segment, ascending, and its rows.
    stamp : Stamp
        Of the segment when it was read.
    version : str
        Of the code that makes rows of records.
    names : iterable of str, optional
        The cells that the rows hold, as far as they have them; all by default.
    """
    offsets, firsts, rows, written = array("Q"), array("Q", [0]), list[Cells](), 0
    blocks: list[dict[str, Any]] = []

    def block() -> Iterator[bytes]:
        nonlocal written
        told: dict[str, Any] = {"rows": len(rows), "columns": {}}
        shapes = dict.fromkeys(map(tuple, rows))
        if len(shapes) == 1:  # as a rule
            columns = zip(*map(dict.values, rows), strict=True)
            named: Iterable[Any] = zip(next(iter(shapes)), columns, strict=True)
        else:
            names = dict.fromkeys(name for shape in shapes for name in shape)
            named = ((name, [row.get(name, _ABSENT) for row in rows]) for name in names)
        for name, cells in named:
            content, about = _column(cells)
            told["columns"][name] = about | _part(written, content)
            written += len(content)
            yield content
        blocks.append(told)
        rows.clear()

    for offset, made in records:
        offsets.append(offset)
        firsts.append(firsts[-1] + len(made))
        rows += made
        if len(rows) >= _BLOCK_ROWS:
            yield from block()
    yield from block()
    parts = {}
    for name, numbers in (("offsets", offsets), ("firsts", firsts)):
        content = bytes_of(numbers)
        parts[name] = _part(written, content)
        written += len(content)
        yield content
    head: dict[str, Any] = {
        "stamp": [stamp.size, stamp.modified_ns, stamp.changed_ns],
        "version": version,
    }
    head["names"] = None if names is None else sorted(names)
    footer = json.dumps(head | parts | {"blocks": blocks}).encode()
    yield footer
    yield _digest(footer) + len(footer).to_bytes(8, "little") + _MAGIC


def read_cells(path: Path, stamp: Stamp, version: str, names: Sequence[str]) -> KeptCells | None:
    """Some cells of all rows of a segment; None where they are not kept.

    Parameters
    ----------
    path : Path
    stamp : Stamp
        Of the segment as it stands.
    version : str
        Of the code that makes rows of records.
    names : sequence of str
        The cells that are wanted.
    """
    try:
        with open_regular(path, _LARGEST) as stream:
            footer = _footer(stream, stamp, version)
            if footer["names"] is not None and not set(names) <= set(footer["names"]):
                return None
            offsets = numbers_of("Q", _content(stream, footer["offsets"]))
            firsts = numbers_of("Q", _content(stream, footer["firsts"]))
            count = sum(int(block["rows"]) for block in footer["blocks"])
            if len(firsts) != len(offsets) + 1 or firsts[-1] != count:
                raise ValueError("other rows")
            found = ((name, _whole_column(stream, footer["blocks"], name)) for name in names)
            columns = {name: column for name, column in found if column is not None}
    except (OSError, Refused, ValueError, KeyError, TypeError, IndexError, AttributeError):
        return None
    except (RecursionError, OverflowError, MemoryError):
        return None
    whole = not any(
        any(cell is _ABSENT for cell in column)
        for column in columns.values()
        if not isinstance(column, array)
    )
    return KeptCells(offsets, firsts, columns, whole)


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


def _footer(stream: BufferedReader, stamp: Stamp, version: str) -> dict[str, Any]:
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


def _part(offset: int, content: bytes) -> dict[str, Any]:
    return {"at": offset, "bytes": len(content), "digest": _digest(content).hex()}


def _content(stream: BufferedReader, part: Mapping[str, Any]) -> bytes:
    stream.seek(part["at"])
    content = stream.read(min(int(part["bytes"]), _LARGEST))
    if len(content) != part["bytes"] or _digest(content).hex() != part["digest"]:
        raise ValueError("damaged")
    return content


def _column(values: Sequence[Any]) -> tuple[bytes, dict[str, Any]]:
    """A column as bytes, and what is to be known to read them: all of one kind, or a byte each."""
    if set(map(type, values)) == {float}:
        return bytes_of(array("d", values)), {"kind": _FLOAT}
    if all(value is None for value in values):
        return b"", {"kind": _NONE}
    kinds, numbers, texts = bytearray(), array("d"), dict[str, int]()
    for value in values:
        kind = _MISSING if value is _ABSENT else _KINDS[type(value)]
        if kind == _WHOLE and abs(value) > EXACT_INTEGERS:
            kind, value = _LONG, str(value)
        if kind in (_TEXT, _LONG):
            value = texts.setdefault(value, len(texts))
        kinds.append(kind)
        numbers.append(0.0 if kind in (_NONE, _MISSING) else float(value))
    return bytes(kinds) + bytes_of(numbers), {"kind": None, "texts": list(texts)}


def _whole_column(
    stream: BufferedReader, blocks: Iterable[Mapping[str, Any]], name: str
) -> Sequence[Any] | None:
    """A column through all blocks; None where no row has it. Floats alone stay packed."""
    packed, made, found = array("d"), list[Any](), False
    shared: dict[Any, Any] = {}
    for block in blocks:
        rows, about = int(block["rows"]), block["columns"].get(name)
        found = found or about is not None
        if about is None:
            cells: Sequence[Any] = [_ABSENT] * rows
        elif about["kind"] == _NONE:
            cells = [None] * rows
        elif about["kind"] == _FLOAT:
            cells = numbers_of("d", _content(stream, about))
        else:
            content = _content(stream, about)
            numbers = numbers_of("d", content[rows:])
            texts = [str(text) for text in about["texts"]]
            cells = [
                _cell(kind, number, texts, shared)
                for kind, number in zip(content[:rows], numbers, strict=True)
            ]
        if len(cells) != rows:
            raise ValueError("another number of rows")
        if not made and isinstance(cells, array):
            packed.extend(cells)
        else:
            made = made or packed.tolist()
            made.extend(cells)
    return (made or packed) if found else None


def _cell(kind: int, number: float, texts: Sequence[str], shared: dict[Any, Any]) -> Any:
    """The value of a cell; whole numbers and texts that are alike are one."""
    if kind == _FLOAT:
        return number
    if kind == _NONE:
        return None
    if kind == _MISSING:
        return _ABSENT
    if kind == _BOOLEAN:
        return bool(number)
    value: Any = int(number)
    if kind in (_TEXT, _LONG):
        value = texts[value]
        value = int(value) if kind == _LONG else value
    elif kind != _WHOLE:
        raise ValueError("no such kind")
    return shared.setdefault(value, value)


def _digest(content: bytes) -> bytes:
    return blake2b(content, digest_size=_DIGEST).digest()
