"""One column of cells as bytes and back: numbers, texts and booleans, whole and to the last bit."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .fingerprint import EXACT_INTEGERS
from .packed import bytes_of

Cells = NDArray[Any]
"""A column: floats and whole numbers of 64 bits where all are, else Python's own values."""


class _Absent:
    """Stands where a row has no such cell."""


ABSENT = _Absent()
# Kinds of a cell, as they stand in the file: not to be reordered
_FLOAT, _WHOLE, _TEXT, _BOOLEAN, _NONE, _MISSING, _LONG = range(7)
_KINDS = {float: _FLOAT, int: _WHOLE, str: _TEXT, bool: _BOOLEAN, type(None): _NONE}


class Block(NamedTuple):
    """Some rows of a column; whether each of them has the cell."""

    cells: Cells
    whole: bool


def encoded_column(values: Sequence[Any]) -> tuple[bytes, dict[str, Any]]:
    """A column as bytes, and what is to be known to read them: all of one kind, or a byte each."""
    types = set(map(type, values))
    if types == {float}:
        return bytes_of(array("d", values)), {"kind": _FLOAT}
    if types == {type(None)}:
        return b"", {"kind": _NONE}
    kinds, numbers, texts = bytearray(), array("d"), dict[str, int]()
    for value in values:
        kind = _MISSING if value is ABSENT else _KINDS[type(value)]
        if kind == _WHOLE and abs(value) > EXACT_INTEGERS:
            kind, value = _LONG, str(value)
        if kind in (_TEXT, _LONG):
            value = texts.setdefault(value, len(texts))
        kinds.append(kind)
        numbers.append(0.0 if kind in (_NONE, _MISSING) else float(value))
    return bytes(kinds) + bytes_of(numbers), {"kind": None, "texts": list(texts)}


def decoded_column(
    content: bytes, about: Mapping[str, Any], rows: int, shared: dict[str, str]
) -> Block:
    """The rows of `encoded_column`.

    Parameters
    ----------
    content : bytes
    about : mapping
    rows : int
        How many there are.
    shared : dict
        Takes texts, so that those that are alike are one.

    Raises
    ------
    ValueError, IndexError
        If the content is of another length, or of no kind.
    """
    if about["kind"] == _NONE:
        return Block(np.full(rows, None, object), True)
    if about["kind"] == _FLOAT:
        return Block(_counted(np.frombuffer(content, "<f8"), rows).astype(np.float64), True)
    kinds = np.frombuffer(content[:rows], np.uint8)
    numbers = _counted(np.frombuffer(content[rows:], "<f8"), rows).astype(np.float64)
    there = set(np.unique(kinds).tolist())
    if not there <= set(range(_LONG + 1)):
        raise ValueError("no such kind")
    if there == {_WHOLE}:
        return Block(numbers.astype(np.int64), True)
    told_texts = map(str, about["texts"])
    texts = np.array([shared.setdefault(text, text) for text in told_texts], object)
    cells = np.full(rows, None, object)
    for kind in there - {_NONE}:
        chosen = kinds == kind
        if kind == _MISSING:
            cells[chosen] = ABSENT
        elif kind in (_TEXT, _LONG):
            told = texts[numbers[chosen].astype(np.int64)]
            cells[chosen] = told if kind == _TEXT else np.array([*map(int, told)], object)
        else:
            plain = {_FLOAT: np.float64, _WHOLE: np.int64, _BOOLEAN: np.bool_}[kind]
            cells[chosen] = numbers[chosen].astype(plain).astype(object)
    return Block(cells, _MISSING not in there)


def absent_column(rows: int) -> Block:
    """A column that no row has."""
    return Block(np.full(rows, ABSENT, object), not rows)


def joined(blocks: Iterable[Cells]) -> Cells:
    """Columns one after another; Python's own values where they are of several kinds."""
    parts = [one for one in blocks if len(one)]
    if not parts:
        return np.empty(0, object)
    if len({one.dtype for one in parts}) > 1:
        parts = [one.astype(object) for one in parts]
    return np.concatenate(parts)


def _counted(numbers: NDArray[Any], rows: int) -> NDArray[Any]:
    if len(numbers) != rows:
        raise ValueError("another number of rows")
    return numbers
