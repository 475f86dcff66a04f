"""Reads columns of numbers from a measured CSV file with a header."""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, nearest

Array = NDArray[np.float64]
_SHOWN = 10


def read_columns(path: Path, names: Sequence[str]) -> dict[str, Array]:
    """Columns of a CSV file by name; others in the file are ignored.

    Parameters
    ----------
    path : Path
        UTF-8, comma-separated, names in the first row.
    names : sequence of str
        Columns that must be there.

    Returns
    -------
    dict of str to (n,) arrays

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.
    """
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    header = [name.strip() for name in rows[0]] if rows else []
    absent = [name for name in names if name not in header]
    if absent:
        told = ", ".join(header) or "empty"
        raise InputError(
            [
                f"{path.name}: header: {told}; no column {name}{nearest(name, header)}"
                for name in absent
            ]
        )
    if len(rows) < 2:
        raise InputError(f"{path.name}: a header and no rows")
    values: dict[str, list[float]] = {name: [] for name in names}
    problems = []
    for line, row in enumerate(rows[1:], start=2):
        for name in names:
            place = header.index(name)
            text = row[place].strip() if place < len(row) else ""
            try:
                value = float(text)
            except ValueError:
                value = math.nan
            if not math.isfinite(value):
                problems.append(
                    f"{path.name}: line {line}: {name} = {text!r}: a finite number is needed"
                )
            values[name].append(value)
    if problems:
        raise InputError(problems[:_SHOWN])
    return {name: np.array(column) for name, column in values.items()}
