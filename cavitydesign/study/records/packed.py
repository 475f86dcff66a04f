"""Columns of plain numbers as bytes, the same on every machine."""

from __future__ import annotations

import sys
from array import array
from typing import Any


def bytes_of(column: array[Any]) -> bytes:
    """Numbers one after another, the lowest byte first."""
    if sys.byteorder == "big":
        column = column[:]
        column.byteswap()
    return column.tobytes()


def numbers_of(kind: str, content: bytes) -> array[Any]:
    """The numbers of `bytes_of`.

    Raises
    ------
    ValueError
        If the content is no whole number of them.
    """
    column = array(kind)
    column.frombytes(content)
    if sys.byteorder == "big":
        column.byteswap()
    return column
