"""Reads a measured outline: a text table of z and r with their units in the header."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np

from ...arrays import Array
from ...errors import InputError, nearest_file
from ...geometry import MeasuredOutline, outline_from_points
from ...texts import Refused, read_bytes

FibrePoints = tuple[Array, Array]

_UNITS_IN_UM = {"nm": 1e-3, "um": 1.0, "mm": 1e3}
_COLUMNS = tuple(f"{axis}_{unit}" for axis in "zr" for unit in _UNITS_IN_UM)
_NAME = re.compile(r"[^\W\d_][\w .()/%-]{0,39}")  # of a column
_LARGEST_BYTES = 50_000_000  # About a million points; an outline needs a few hundred.


def read_outline(path: Path) -> tuple[Array, Array]:
    """Points of an outline from a file.

    Parameters
    ----------
    path : Path
        UTF-8 text. The first line that is not a comment (#) names the columns: `z_um` and `r_um`,
        or in nm or mm; other columns are left aside. Columns are separated by commas, semicolons,
        tabs or blanks.

    Returns
    -------
    z_um, r_um : array (n,)
        In the order of the file.

    Raises
    ------
    InputError
        One line: file, line and what is wrong there.
    """
    lines = [
        (number, line)
        for number, line in enumerate(_text(path).splitlines(), start=1)
        if line.strip() and not line.lstrip().startswith("#")
    ]
    if not lines:
        raise InputError(f"{path}: empty; a header z_um, r_um and points are needed")
    separator = _separator(lines[0][1])
    names = _split(lines[0][1], separator)
    columns = {axis: _column(path, names, axis) for axis in "zr"}
    values: dict[str, list[float]] = {"z": [], "r": []}
    for number, line in lines[1:]:
        cells = _split(line, separator)
        if len(cells) != len(names):
            raise InputError(
                f"{path}: line {number}: {len(cells)} values where the header has {len(names)} "
                "columns"
            )
        for axis, (column, factor) in columns.items():
            values[axis].append(factor * _number(path, number, names[column], cells[column]))
    return np.array(values["z"]), np.array(values["r"])


def load_outline(path: Path, fibre_radius_um: float | FibrePoints = 0.0) -> MeasuredOutline:
    """Smooth outline through the points of a file.

    Parameters
    ----------
    path : Path
        See `read_outline`.
    fibre_radius_um : float, or arrays z_um, radius_um
        Points on the bare fibre are left out.

    Raises
    ------
    InputError
        One line: file and what is wrong with it.
    """
    z_um, r_um = read_outline(path)
    try:
        return outline_from_points(z_um, r_um, fibre_radius_at(z_um, fibre_radius_um))
    except InputError as error:
        raise InputError(
            [f"{path}: {line.removeprefix('outline: ')}" for line in error.problems]
        ) from None


def fibre_radius_at(z_um: Array, fibre: float | FibrePoints) -> float | Array:
    """The fibre's radius at heights z, straight between its points."""
    if isinstance(fibre, float):
        return fibre
    order = np.argsort(fibre[0])
    return np.interp(z_um, fibre[0][order], fibre[1][order])


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > _LARGEST_BYTES:
            raise InputError(
                f"{path}: larger than {_LARGEST_BYTES // 10**6} MB; an outline needs a few "
                "hundred points"
            )
        return read_bytes(path, _LARGEST_BYTES).decode("utf-8-sig")
    except Refused as error:
        raise InputError(f"{path}: {error}") from None
    except FileNotFoundError:
        neighbours = (
            [file.name for file in path.parent.glob("*.csv")] if path.parent.is_dir() else []
        )
        raise InputError(f"{path}: no such file{nearest_file(path.name, neighbours)}") from None
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: not UTF-8 text (byte {error.start}); a CSV of z_um and r_um is needed"
        ) from None
    except OSError as error:
        raise InputError(f"{path}: cannot be read: {error.strerror}") from None


def _separator(header: str) -> str | None:
    return next((mark for mark in (";", ",", "\t") if mark in header), None)


def _split(line: str, separator: str | None) -> list[str]:
    return [cell.strip().strip('"') for cell in line.split(separator)]


def _column(path: Path, names: list[str], axis: str) -> tuple[int, float]:
    """Index of the column of an axis and the factor that brings it to um."""
    found = [
        (column, name)
        for column, name in enumerate(names)
        if re.fullmatch(rf"{axis}_(nm|um|mm)", name)
    ]
    if len(found) == 1:
        column, name = found[0]
        return column, _UNITS_IN_UM[name[2:]]
    if found:
        shown = ", ".join(names)[:60]
        raise InputError(
            f"{path}: the header has {len(found)} columns for {axis} ({shown}); one is needed"
        )
    allowed = ", ".join(name for name in _COLUMNS if name[0] == axis)
    # What is no header is not quoted: the file may be any.
    likely = len(names) > 1 and all(_NAME.fullmatch(name) for name in names)
    held = f" ({', '.join(names)[:60]})" if likely else ""
    raise InputError(f"{path}: no column for {axis} in the header{held}; allowed are {allowed}")


def _number(path: Path, line: int, column: str, cell: str) -> float:
    try:
        value = float(cell)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise InputError(f"{path}: line {line}: {column} = {cell!r:.40} is not a finite number")
    return value
