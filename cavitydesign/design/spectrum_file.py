"""Reads a measured spectrum: CSV with a header, one row a peak or one row a sample."""

from __future__ import annotations

import csv
import math
from pathlib import Path

import numpy as np

from ..errors import InputError, nearest
from .spectrum import Array, Peaks, found_peaks, is_sampled

COLUMNS = ("wavelength_nm", "intensity", "polarisation", "error_nm")


def load_peaks(path: Path, noise_nm: float) -> Peaks:
    """Peaks of a CSV file: its rows, or the peaks found in it where the rows sample a spectrum.

    Parameters
    ----------
    path : Path
        Columns ``wavelength_nm`` and optionally ``intensity``, ``polarisation`` (TM, TE or empty) and ``error_nm``.
    noise_nm : float
        Standard deviation of a peak's wavelength where the file gives none.

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.
    """
    if not (math.isfinite(noise_nm) and noise_nm > 0):
        raise InputError(f"--noise {noise_nm:g}: must be above 0 (nm)")
    columns = _columns(path)
    wavelength = _numbers(path, columns, "wavelength_nm")
    intensity = _numbers(path, columns, "intensity") if "intensity" in columns else None
    if is_sampled(wavelength, intensity):
        assert intensity is not None
        order = np.argsort(wavelength)
        return found_peaks(wavelength[order], intensity[order], noise_nm)
    error = _numbers(path, columns, "error_nm") if "error_nm" in columns else np.full(len(wavelength), noise_nm)
    names = columns.get("polarisation", [""] * len(wavelength))
    problems = [
        f"{path.name}: line {line}: polarisation = {name!r}: TM, TE or empty{nearest(name, ('TM', 'TE'))}"
        for line, name in enumerate(names, start=2)
        if name not in ("TM", "TE", "")
    ]
    if problems:
        raise InputError(problems)
    return Peaks(wavelength, error, tuple(name or None for name in names))


def _columns(path: Path) -> dict[str, list[str]]:
    try:
        rows = [row for row in csv.reader(path.read_text(encoding="utf-8-sig").splitlines()) if row]
    except FileNotFoundError:
        raise InputError(f"{path}: no such file") from None
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{path}: cannot be read ({error})") from None
    header = [name.strip() for name in rows[0]] if rows else []
    if "wavelength_nm" not in header:
        told = ", ".join(header) or "empty"
        near = nearest(header[0], COLUMNS) if header else ""
        raise InputError(f"{path.name}: header: {told}; a column wavelength_nm is needed, of {', '.join(COLUMNS)}{near}")
    for line, row in enumerate(rows[1:], start=2):
        if len(row) != len(header):
            raise InputError(f"{path.name}: line {line} has {len(row)} entries, the header has {len(header)}")
    return {name: [row[place].strip() for row in rows[1:]] for place, name in enumerate(header)}


def _numbers(path: Path, columns: dict[str, list[str]], name: str) -> Array:
    values, problems = [], []
    for line, text in enumerate(columns[name], start=2):
        try:
            value = float(text)
        except ValueError:
            value = math.nan
        if not math.isfinite(value) or (name != "intensity" and value <= 0):
            problems.append(f"{path.name}: line {line}: {name} = {text!r}: a finite number above 0 is needed")
        values.append(value)
    if problems:
        raise InputError(problems[:10])
    return np.array(values, dtype=np.float64)
