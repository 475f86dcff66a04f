"""Reads a measured spectrum: CSV with a header, one row a peak or one row a sample."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...design.files.column_file import LEAST_NM, MOST_NM
from ...errors import MOST_TOLD, InputError, nearest
from ...materials import find_material
from ...study.files.csv_file import CsvTable, read_csv
from .spectrum import Peaks, found_peaks, is_sampled

WAVELENGTHS = {
    "wavelength_nm": "vacuum",
    "wavelength_vacuum_nm": "vacuum",
    "wavelength_air_nm": "air",
}
COLUMNS = (*WAVELENGTHS, "intensity", "polarisation", "error_nm")
# Standard error of a listed peak whose file gives none: what a grating spectrometer reads.
LISTED_NOISE_NM = 0.02
_AXIS_STEPS = 0.1  # share of a step by which a sampled axis is uncertain if nothing is given
_MOST_ERROR_NM = 5.0  # Larger errors are in another unit.


def load_peaks(path: Path, noise_nm: float | None = None) -> Peaks:
    """Peaks of a CSV file: its rows, or the peaks found in it where the rows sample a spectrum.

    Parameters
    ----------
    path : Path
        Columns ``wavelength_nm`` (vacuum) or ``wavelength_air_nm``, and optionally ``intensity``
        (or ``counts``), ``polarisation`` (TM, TE or empty) and ``error_nm``; others are left out.
        Commas, semicolons or tabs part them; numbers beside the latter two may have decimal commas.
    noise_nm : float, optional
        Standard deviation of a listed peak's wavelength where the file gives none, 0.02 nm by
        default; of the wavelengths of a sampled spectrum, a tenth of their step by default, beside
        what the noise of the samples makes in the centre of a peak.

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.
    """
    if noise_nm is not None and not (math.isfinite(noise_nm) and noise_nm > 0):
        raise InputError(f"--noise {noise_nm:g}: must be above 0 (nm)")
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    table = read_spectrum(path)
    named = _wavelength_column(table)
    wavelength = _numbers(table, named)
    if WAVELENGTHS[named] == "air":
        wavelength = vacuum_wavelength_nm(wavelength)
    intensity = _numbers(table, "intensity") if "intensity" in table.header else None
    listed = "error_nm" in table.header or "polarisation" in table.header
    if not listed and is_sampled(wavelength, intensity):
        assert intensity is not None
        with _said_of(table.name):
            return _found(wavelength, intensity, noise_nm, WAVELENGTHS[named])
    given = noise_nm or LISTED_NOISE_NM
    error = (
        _numbers(table, "error_nm")
        if "error_nm" in table.header
        else np.full(len(wavelength), given)
    )
    kept, notes = _each_once(table, wavelength, _polarisations(table))
    seen = _polarisations(table)
    with _said_of(table.name):
        return Peaks(
            wavelength[kept],
            error[kept],
            tuple(seen[row] for row in kept),
            WAVELENGTHS[named],
            notes,
        )


def read_spectrum(path: Path) -> CsvTable:
    """Rows of a spectrum; a column ``counts`` is its ``intensity``, as cameras call it."""
    table = read_csv(path, any_separator=True)
    names = set(table.header)
    # Without wavelengths it is refused, with the header as it stands in the file.
    if "intensity" in names or "counts" not in names or names.isdisjoint(WAVELENGTHS):
        return table
    header = tuple("intensity" if name == "counts" else name for name in table.header)
    return dataclasses.replace(table, header=header)


def listed_peaks(wavelength_nm: ArrayLike, noise_nm: float | None = None) -> Peaks:
    """Peaks of a list of vacuum wavelengths.

    Parameters
    ----------
    wavelength_nm : (n,) array
    noise_nm : float, optional
        Standard deviation of each; 0.02 nm by default.

    Raises
    ------
    InputError
        If there are fewer than three, or one is not a positive number.
    """
    listed_nm = np.asarray(wavelength_nm, dtype=float).ravel()
    wrong = listed_nm[~(np.isfinite(listed_nm) & (listed_nm > 0))]
    if len(wrong):
        raise InputError(f"peaks: {wrong[0]:g}: must be a wavelength above 0 (nm)")
    noise = LISTED_NOISE_NM if noise_nm is None else noise_nm
    return Peaks(listed_nm, np.full(len(listed_nm), noise), (None,) * len(listed_nm))


def _found(wavelength: Array, intensity: Array, noise_nm: float | None, measured_in: str) -> Peaks:
    """Peaks of the samples; those at the same wavelength are averaged."""
    axis_nm, inverse, counts = np.unique(wavelength, return_inverse=True, return_counts=True)
    mean = np.bincount(inverse, weights=intensity) / counts
    axis = _AXIS_STEPS * float(np.median(np.diff(axis_nm))) if noise_nm is None else noise_nm
    peaks = found_peaks(axis_nm, mean, axis, measured_in)
    note = f"a spectrum of {len(axis_nm)} samples; {len(peaks)} peaks found"
    return dataclasses.replace(peaks, notes=(note,))


def _each_once(
    table: CsvTable, wavelength: Array, seen: tuple[str | None, ...]
) -> tuple[list[int], tuple[str, ...]]:
    """Rows of a list without those that name a peak again."""
    first: dict[tuple[float, str | None], int] = {}
    again = [
        row
        for row, key in enumerate(zip(wavelength.tolist(), seen, strict=True))
        if first.setdefault(key, row) != row
    ]
    lines = ", ".join(str(table.lines[row]) for row in again[:MOST_TOLD])
    more = f" and {len(again) - MOST_TOLD} more" if len(again) > MOST_TOLD else ""
    notes = (
        (f"{table.name}: peaks named twice are taken once (line {lines}{more})",) if again else ()
    )
    return sorted(first.values()), notes


@contextmanager
def _said_of(name: str) -> Iterator[None]:
    """Put the file's name before what is wrong with the whole of it."""
    try:
        yield
    except InputError as error:
        lines = (line.removeprefix("spectrum: ") for line in error.problems)
        raise InputError(
            [line if line.startswith(name) else f"{name}: {line}" for line in lines]
        ) from None


def vacuum_wavelength_nm(air_nm: Array) -> Array:
    """Vacuum wavelengths of wavelengths measured in dry air at 15 C (Ciddor), any shape.

    Raises
    ------
    InputError
        Outside the range of the formula.
    """
    air = find_material("air")
    vacuum = np.asarray(air_nm, dtype=np.float64)
    for _ in range(3):
        vacuum = air_nm * np.array([air.index(float(x)) for x in vacuum.ravel()]).reshape(
            vacuum.shape
        )
    return np.asarray(vacuum, dtype=np.float64)


def _wavelength_column(table: CsvTable) -> str:
    found = [name for name in WAVELENGTHS if name in table.header]
    if not found:
        near = nearest(table.header[0], COLUMNS)
        raise InputError(
            f"{table.name}: {table.told_header}; a column wavelength_nm is needed, of "
            f"{', '.join(COLUMNS)}{near}"
        )
    if len(found) > 1:
        raise InputError(
            f"{table.name}: header: {' and '.join(found)}; give one column of wavelengths"
        )
    return found[0]


def _polarisations(table: CsvTable) -> tuple[str | None, ...]:
    if "polarisation" not in table.header:
        return (None,) * len(table.rows)
    index = table.header.index("polarisation")
    names = [row[index] for row in table.rows]
    problems = [
        f"{table.name}: line {line}: polarisation = {name!r}: TM, TE or "
        f"empty{nearest(str(name), ('TM', 'TE'))}"
        for line, name in zip(table.lines, names, strict=True)
        if name not in ("TM", "TE", "")
    ]
    if problems:
        raise InputError(problems[:MOST_TOLD])
    return tuple(str(name) if name else None for name in names)


def _numbers(table: CsvTable, name: str) -> Array:
    index = table.header.index(name)
    problems = []
    for line, row in zip(table.lines, table.rows, strict=True):
        value = row[index]
        number = (
            isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
        )
        if not number or (name != "intensity" and value <= 0):
            wanted = "a finite number" if name == "intensity" else "a finite number above 0"
            problems.append(
                f"{table.name}: line {line}: {name} = {str(value)!r:.40}: {wanted} is needed"
            )
        elif name == "error_nm" and value > _MOST_ERROR_NM:
            problems.append(
                f"{table.name}: line {line}: error_nm = {value:g}: must be at most "
                f"{_MOST_ERROR_NM:g} nm (units?)"
            )
        elif name in WAVELENGTHS and not LEAST_NM <= value <= MOST_NM:
            problems.append(
                f"{table.name}: line {line}: {name} = {value:g}: must be {LEAST_NM:g} to "
                f"{MOST_NM:g} nm (units?)"
            )
    if problems:
        raise InputError(problems[:MOST_TOLD])
    return np.array([row[index] for row in table.rows], dtype=np.float64)
