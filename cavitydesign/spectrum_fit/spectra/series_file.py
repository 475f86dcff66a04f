"""Reads a power series: spectra at many fluences, in a folder, a wide table or a list of files."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ...errors import InputError, nearest
from ...study.files.csv_file import CsvTable, read_csv
from ...texts import read_bytes
from .spectrum_file import WAVELENGTHS, vacuum_wavelength_nm

Array = NDArray[np.float64]

SETTINGS = {"fluence_mj_cm2": None, "exposure_s": 1.0, "filter_transmission": 1.0, "dark": 0.0}
"""What a spectrum was taken with, and what counts where it is not told: one second, no filter, no
dark counts. Light is (counts - dark) / (exposure_s filter_transmission)."""
TABLE_COLUMNS = ("file", *SETTINGS, "dark_file")
_MOST_HEAD = 20_000
_MOST_SPECTRA = 2000
_FEWEST_SPECTRA, _FEWEST_SAMPLES = 3, 60
_SAME_FLUENCE = 1e-6
# Neighbouring samples at one greatest value, beyond the two that chance gives a line's top.
_SATURATED_RUN = 3
_IN_NAME = re.compile(r"(\d+(?:[.,p]\d+)?)\s*_?(?:mJ|mj)|fluence[-_=]?(\d+(?:[.,p]\d+)?)")


@dataclass(frozen=True, eq=False)
class Shot:
    """One spectrum of a series.

    Attributes
    ----------
    fluence_mj_cm2 : float
    wavelength_nm : (k,) array
        In vacuum, rising.
    light : (k,) array
        Counts a second without filter and dark counts.
    background : float
        Tenth percentile of the counts, before dark counts were taken away.
    saturated : bool
        Whether several neighbouring samples stand at the greatest value.
    source : str
        File, or column of a wide table.
    """

    fluence_mj_cm2: float
    wavelength_nm: Array
    light: Array
    background: float
    saturated: bool
    source: str


@dataclass(frozen=True, eq=False)
class Series:
    """Spectra by rising fluence, and what a reader must know of how they were read.

    Attributes
    ----------
    shots : tuple of Shot
    notes : tuple of str
    """

    shots: tuple[Shot, ...]
    notes: tuple[str, ...]


def load_series(path: Path) -> Series:
    """Read a power series.

    Parameters
    ----------
    path : Path
        A folder of CSV files, each with a wavelength column and ``intensity``, whose fluence stands
        in a line ``# fluence_mj_cm2 = 2.3`` above the header or in the name (``s_2.3mJ.csv``); a
        wide CSV whose columns beside the wavelength are named by their fluence in mJ/cm2; or a CSV
        with the columns ``file`` and ``fluence_mj_cm2``, and, where they were not alike,
        ``exposure_s``, ``filter_transmission``, ``dark`` (counts) or ``dark_file``. Spectra of one
        fluence that cover different wavelengths are joined.

    Raises
    ------
    InputError
        One line for each problem: file, line, value, what is allowed.
    """
    if path.is_dir():
        parts, notes = _of_folder(path)
    elif path.is_file():
        table = read_csv(path, "SERIES.csv", any_separator=True)
        parts, notes = _of_list(table, path.parent) if "file" in table.header else _of_wide(table)
    else:
        raise InputError(f"{path}: no such file or folder")
    shots, joined = _joined(parts)
    if len(shots) < _FEWEST_SPECTRA:
        raise InputError(
            f"{path.name}: {len(shots)} fluences; a power series needs {_FEWEST_SPECTRA} or more"
        )
    return Series(tuple(shots), (*notes, *joined))


def _of_folder(folder: Path) -> tuple[list[Shot], list[str]]:
    files = sorted(file for file in folder.iterdir() if file.suffix.lower() in (".csv", ".txt"))
    if not files:
        raise InputError(f"{folder.name}: no CSV file in this folder")
    if len(files) > _MOST_SPECTRA:
        raise InputError(f"{folder.name}: {len(files)} files; at most {_MOST_SPECTRA} are read")
    shots: list[Shot] = []
    notes: list[str] = []
    problems: list[str] = []
    for file in files:
        settings = _settings_of(file)
        if settings["fluence_mj_cm2"] is None:
            problems.append(
                f"{file.name}: no fluence; write '# fluence_mj_cm2 = 2.3' above the header, or "
                "name the file as in 's_2.3mJ.csv'"
            )
            continue
        try:
            shot, told = _shot(read_csv(file, file.name, any_separator=True), settings, folder)
        except InputError as error:
            problems += error.problems
            continue
        shots.append(shot)
        notes += told
    if problems:
        raise InputError(problems)
    return shots, notes


def _settings_of(file: Path) -> dict[str, float | None]:
    """From the lines that begin with #, and the fluence from the name where they have none."""
    found: dict[str, float | None] = dict(SETTINGS)
    head = read_bytes(file, 100_000_000)[:_MOST_HEAD].decode("utf-8-sig", errors="replace")
    for line in head.splitlines():
        key, sign, value = line.lstrip("# \t").partition("=" if "=" in line else ":")
        key = key.strip().lower()
        if line.lstrip().startswith("#") and sign and key in found:
            found[key] = _positive(value, f"{file.name}: # {key}", zero=key == "dark")
    named = _IN_NAME.search(file.stem)
    if found["fluence_mj_cm2"] is None and named is not None:
        text = (named.group(1) or named.group(2)).replace(",", ".").replace("p", ".")
        found["fluence_mj_cm2"] = _positive(text, file.name)
    return found


def _positive(text: object, where: str, zero: bool = False) -> float:
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and (value > 0 or (zero and value == 0))):
        least = "0 or more" if zero else "above 0"
        raise InputError(f"{where} = {str(text).strip()!r:.40}: a number {least} is needed")
    return value


def _of_list(table: CsvTable, folder: Path) -> tuple[list[Shot], list[str]]:
    unknown = [name for name in table.header if name not in TABLE_COLUMNS]
    if unknown:
        near = nearest(unknown[0], TABLE_COLUMNS)
        allowed = ", ".join(TABLE_COLUMNS)
        raise InputError(f"{table.name}: header: {unknown[0]}: unknown; allowed: {allowed}{near}")
    if "fluence_mj_cm2" not in table.header:
        raise InputError(f"{table.name}: header: no column fluence_mj_cm2")
    shots: list[Shot] = []
    notes: list[str] = []
    problems: list[str] = []
    for line, row in zip(table.lines, table.rows, strict=True):
        entry = dict(zip(table.header, row, strict=True))
        where = f"{table.name}: line {line}"
        file = folder / str(entry["file"])
        try:
            if folder.resolve() not in file.resolve().parents:
                raise InputError(f"{where}: file = {entry['file']!r}: must lie in the same folder")
            settings: dict[str, float | None] = {
                key: _positive(entry[key], f"{where}: {key}", zero=key == "dark")
                if key in entry
                else usual
                for key, usual in SETTINGS.items()
            }
            if not file.is_file():
                raise InputError(f"{where}: file = {entry['file']!r}: no such file")
            dark = str(entry.get("dark_file", ""))
            spectrum = read_csv(file, file.name, any_separator=True)
            shot, told = _shot(spectrum, settings, folder, dark)
        except InputError as error:
            problems += error.problems
            continue
        shots.append(shot)
        notes += told
    if problems:
        raise InputError(problems)
    return shots, notes


def _of_wide(table: CsvTable) -> tuple[list[Shot], list[str]]:
    named = next((name for name in WAVELENGTHS if name in table.header), None)
    if named is None:
        raise InputError(
            f"{table.name}: header: {', '.join(table.header)[:80]}; a column wavelength_nm beside "
            "columns named by their fluence is needed, or columns file and fluence_mj_cm2"
        )
    shots, notes = [], []
    for name in table.header:
        if name == named:
            continue
        text = name.lower().removesuffix("mj/cm2").removesuffix("mj_cm2").strip(" _")
        settings = dict(SETTINGS) | {
            "fluence_mj_cm2": _positive(text, f"{table.name}: header: column {name!r}")
        }
        shot, told = _shot(table, settings, None, "", name)
        shots.append(shot)
        notes += told
    return shots, notes


def _shot(
    table: CsvTable,
    settings: Mapping[str, float | None],
    folder: Path | None,
    dark_file: str = "",
    column: str = "intensity",
) -> tuple[Shot, list[str]]:
    """One spectrum; samples without a number are left out, and told."""
    named = next((name for name in WAVELENGTHS if name in table.header), None)
    if named is None or column not in table.header:
        near = nearest(table.header[-1], ("intensity", *WAVELENGTHS))
        raise InputError(
            f"{table.name}: header: {', '.join(table.header)[:80]}; columns wavelength_nm and "
            f"{column} are needed{near}"
        )
    places = (table.header.index(named), table.header.index(column))
    both = np.array([[_number(row[place]) for place in places] for row in table.rows])
    whole = np.isfinite(both).all(axis=1)
    source = table.name if column == "intensity" else f"{table.name}: {column}"
    notes = []
    if not whole.all():
        notes.append(f"{source}: {int((~whole).sum())} samples without a number are left out")
    wavelength, counts = both[whole].T
    order = np.argsort(wavelength, kind="stable")
    wavelength, counts = wavelength[order], counts[order]
    if len(wavelength) < _FEWEST_SAMPLES:
        raise InputError(
            f"{source}: {len(wavelength)} samples; a spectrum needs {_FEWEST_SAMPLES} or more"
        )
    if wavelength[0] <= 0:
        raise InputError(f"{source}: {named} = {wavelength[0]:g}: must be above 0 (nm)")
    if WAVELENGTHS[named] == "air":
        wavelength = vacuum_wavelength_nm(wavelength)
    dark = np.full(len(counts), float(settings["dark"] or 0.0))
    if dark_file and folder is not None:
        dark = _dark_counts(folder, dark_file, wavelength)
    scale = float(settings["exposure_s"] or 1.0) * float(settings["filter_transmission"] or 1.0)
    fluence = settings["fluence_mj_cm2"]
    assert fluence is not None
    shot = Shot(
        float(fluence),
        wavelength,
        (counts - dark) / scale,
        float(np.quantile(counts, 0.1)),
        _is_saturated(counts),
        source,
    )
    return shot, notes


def _dark_counts(folder: Path, name: str, wavelength_nm: Array) -> Array:
    file = folder / name
    if folder.resolve() not in file.resolve().parents or not file.is_file():
        raise InputError(f"dark_file = {name!r}: no such file in the same folder")
    shot, _ = _shot(
        read_csv(file, name, any_separator=True), dict(SETTINGS) | {"fluence_mj_cm2": 1.0}, None
    )
    return np.asarray(np.interp(wavelength_nm, shot.wavelength_nm, shot.light))


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    return math.nan


def _is_saturated(counts: Array) -> bool:
    top = counts >= counts.max()
    run = longest = 0
    for each in top:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest >= _SATURATED_RUN


def _joined(parts: list[Shot]) -> tuple[list[Shot], list[str]]:
    """Shots by rising fluence; stitched ranges of one fluence as one, repeats averaged."""
    notes: list[str] = []
    shots: list[Shot] = []
    for part in sorted(parts, key=lambda one: (one.fluence_mj_cm2, one.wavelength_nm[0])):
        last = shots[-1] if shots else None
        same = (
            last is not None
            and abs(part.fluence_mj_cm2 / last.fluence_mj_cm2 - 1.0) < _SAME_FLUENCE
        )
        if last is None or not same:
            shots.append(part)
            continue
        kind = "stitched" if part.wavelength_nm[0] > last.wavelength_nm[-1] else "averaged"
        shots[-1] = _stitched(last, part) if kind == "stitched" else _averaged(last, part)
        notes.append(f"{part.source}: {kind} with {last.source} (both {part.fluence_mj_cm2:g})")
    return shots, notes


def _stitched(first: Shot, second: Shot) -> Shot:
    return Shot(
        first.fluence_mj_cm2,
        np.concatenate([first.wavelength_nm, second.wavelength_nm]),
        np.concatenate([first.light, second.light]),
        min(first.background, second.background),
        first.saturated or second.saturated,
        f"{first.source} + {second.source}",
    )


def _averaged(first: Shot, second: Shot) -> Shot:
    """The mean where both cover a wavelength, the one that does elsewhere."""
    wavelength = np.union1d(first.wavelength_nm, second.wavelength_nm)
    both = np.stack(
        [
            np.interp(wavelength, one.wavelength_nm, one.light, left=np.nan, right=np.nan)
            for one in (first, second)
        ]
    )
    return Shot(
        first.fluence_mj_cm2,
        wavelength,
        np.asarray(np.nanmean(both, axis=0)),
        min(first.background, second.background),
        first.saturated or second.saturated,
        f"{first.source} + {second.source}",
    )
