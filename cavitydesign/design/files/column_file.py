"""Reads columns of numbers from a measured CSV file with a header."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ...arrays import Array
from ...errors import MOST_TOLD, InputError, closest
from ...study.files.csv_file import CsvTable, read_csv

# Sizes of measured numbers in any unit; squares and products stay within what floats hold.
LARGEST, LEAST = 1e60, 1e-60

LEAST_NM, MOST_NM = 100.0, 1e5
"""Wavelengths of light in nm, from the deep ultraviolet to the far infrared: others are in another
unit."""

# Parts of a column's name that tell a unit: lengths and areas, energies, powers, times.
_UNIT = re.compile(r"[pnumc]?m2?|m?ev|[pnum]?j|[um]?w|[fpnum]?s|k")

_SPELT = str.maketrans({"\N{MICRO SIGN}": "u", "\N{GREEK SMALL LETTER MU}": "u", "²": "2"})

_MOST_SHOWN = 40  # letters of a cell in a message, twice those of a number of 17 digits


def read_columns(
    path: Path, names: Sequence[str], positive: Sequence[str] = ()
) -> dict[str, Array]:
    """Columns of a CSV file by name; others in the file are ignored.

    Parameters
    ----------
    path : Path
        UTF-8, names in the first row. Commas, semicolons or tabs part the columns, as the header
        shows; numbers beside the latter two may have decimal commas. Empty lines and lines that
        begin with # are left out.
    names : sequence of str
        Columns that must be there.
    positive : sequence of str
        Those of them whose numbers must lie above 0.

    Returns
    -------
    dict of str to (n,) arrays

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.
    """
    columns, lines = read_columns_and_lines(path, names)
    problems = [
        f"{path.name}: line {line}: {name} = {value:g}: a number above 0 is needed"
        for name in positive
        for line, value in zip(lines, columns[name], strict=True)
        if value <= 0
    ]
    if problems:
        raise InputError(problems[:MOST_TOLD])
    return columns


def read_columns_and_lines(
    path: Path, names: Sequence[str]
) -> tuple[dict[str, Array], tuple[int, ...]]:
    """Columns of a CSV file by name, and the line of the file where each row stands."""
    if path.is_dir():
        raise InputError(f"{path}: is a folder; a CSV file is needed")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    table = read_csv(path, any_separator=True)
    columns = columns_of(table, names)
    for name, values in columns.items():
        size = np.abs(values)
        odd = np.flatnonzero((size > LARGEST) | ((size < LEAST) & (size > 0)))
        if len(odd):
            raise InputError(
                f"{table.name}: line {table.lines[int(odd[0])]}: {name} = {values[odd[0]]:g}: "
                f"nothing measured is larger than {LARGEST:g}, nor smaller than {LEAST:g} unless 0"
            )
    return columns, tuple(table.lines)


def columns_of(table: CsvTable, names: Sequence[str]) -> dict[str, Array]:
    """Columns of a table that was read already; as `read_columns`."""
    absent = [name for name in names if name not in table.header]
    if absent:
        told = table.told_header
        raise InputError(
            [
                f"{table.name}: {told}; no column {name}{_nearest_column(name, table)}"
                for name in absent
            ]
        )
    problems: list[str] = []
    values = {}
    for name in names:
        index = table.header.index(name)
        column = [row[index] for row in table.rows]
        for line, value in zip(table.lines, column, strict=True):
            if len(problems) < MOST_TOLD and not _is_number(value):
                told = str(value)  # of damaged files it has thousands of letters
                told = told if len(told) <= _MOST_SHOWN else f"{told[:_MOST_SHOWN]}..."
                problems.append(
                    f"{table.name}: line {line}: {name} = {told!r}: a finite number is needed"
                )
            elif len(problems) < MOST_TOLD and name == "wavelength_nm" and _is_far(value):
                problems.append(
                    f"{table.name}: line {line}: {name} = {value:g}: must be {LEAST_NM:g} to "
                    f"{MOST_NM:g} nm (units?)"
                )
        values[name] = column
    if problems:
        raise InputError(problems)
    return {name: np.array(column, dtype=np.float64) for name, column in values.items()}


def _nearest_column(name: str, table: CsvTable) -> str:
    """The column that was meant: the same in another unit, or one of nearly the same name."""
    other = in_another_unit(name, table.header)
    if other:
        return f"; {other} is in another unit: convert its numbers and name it {name}"
    headings = {_plain(heading): heading for heading in table.header}
    close = closest(name, headings)
    return f"; rename the column {headings[close]!r} if its numbers are {name}" if close else ""


def _plain(heading: str) -> str:
    """A heading as this program would spell it: Fluence [µJ/cm²] is fluence_uj_cm2."""
    letters = heading.lower().translate(_SPELT)
    return re.sub(r"[^a-z0-9]+", "_", letters).strip("_")


def in_another_unit(name: str, header: Sequence[str]) -> str:
    """The column that has the same quantity in another unit; empty if there is none.

    Examples
    --------
    >>> in_another_unit("fluence_mj_cm2", ["fluence_uj_cm2", "emission"])
    'fluence_uj_cm2'
    >>> in_another_unit("wavelength_nm", ["wavelength_air_nm"])
    ''
    """
    quantity = name.partition("_")[0]
    for other in header:
        first, _, unit = _plain(other).partition("_")
        if (
            _plain(other) != name
            and first == quantity
            and unit
            and all(map(_UNIT.fullmatch, unit.split("_")))
        ):
            return other
    return ""


def _is_far(value: object) -> bool:
    return isinstance(value, int | float) and not LEAST_NM <= value <= MOST_NM


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
