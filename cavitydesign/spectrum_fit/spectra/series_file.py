"""Reads a power series: spectra at many fluences, in a folder, a wide table or a list of files."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ...arrays import Array
from ...design.files.column_file import LARGEST, LEAST, LEAST_NM, MOST_NM, in_another_unit
from ...errors import InputError, nearest
from ...study.files.csv_file import MOST_BYTES, CsvTable, read_csv
from ...texts import Refused, counted, read_bytes
from .shot import Shot, joined_shots
from .spectrum_file import WAVELENGTHS, read_spectrum, vacuum_wavelength_nm

SETTINGS = {"fluence_mj_cm2": None, "exposure_s": 1.0, "filter_transmission": 1.0, "dark": 0.0}
"""What a spectrum was taken with, and what counts where it is not told: one second, no filter, no
dark counts. Light is (counts - dark) / (exposure_s filter_transmission)."""
TABLE_COLUMNS = ("file", *SETTINGS, "dark_file")
_MOST_HEAD = 20_000  # bytes of a file in which lines of settings are looked for: some hundred lines
_MOST_SPECTRA = 2000  # A series has dozens of fluences; some cameras store every shot.
# Of all spectra together: 2000 of a camera of 2048 columns; half a minute to read.
_MOST_SAMPLES = 4_000_000
# Fluences that make a series, and samples that show a line and its ground
_FEWEST_SPECTRA, _FEWEST_SAMPLES = 3, 60
# Neighbouring samples at one greatest value, beyond the two that chance gives a line's top.
_SATURATED_RUN = 3
_IN_NAME = re.compile(r"(\d+(?:[.,p]\d+)?)\s*_?(?:mJ|mj)|fluence[-_=]?(\d+(?:[.,p]\d+)?)")


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
        table = read_csv(path, any_separator=True)
        parts, notes = _of_list(table, path.parent) if "file" in table.header else _of_wide(table)
    else:
        raise InputError(f"{path}: no such file or folder")
    shots, together = joined_shots(parts)
    if len(shots) < _FEWEST_SPECTRA:
        raise InputError(
            f"{path.name}: {counted(len(shots), 'fluence')}; a power series needs "
            f"{_FEWEST_SPECTRA} or more"
        )
    return Series(tuple(shots), (*notes, *together))


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
        try:
            table, settings = read_spectrum(file), _settings_of(file)
            if settings["fluence_mj_cm2"] is None:
                raise InputError(
                    f"{file.name}: no fluence{_other_unit(file)}; write "
                    "'# fluence_mj_cm2 = 2.3' above the header, or name the file as in "
                    "'s_2.3mJ.csv'"
                )
            shot, told = _shot(table, settings, folder)
        except InputError as error:
            problems += error.problems
            continue
        shots.append(shot)
        _check_samples(folder.name, shots)
        notes += told
    if problems:
        raise InputError(_told_once(problems))
    return shots, notes


def _told_once(problems: Sequence[str]) -> list[str]:
    """One line for what is wrong with several files alike, which is told of the first."""
    files: dict[str, list[str]] = {}
    for problem in problems:
        name, _, what = problem.partition(": ")
        files.setdefault(what, []).append(name)
    heads = {
        what: f"{names[0]} and {len(names) - 1} more" if len(names) > 1 else names[0]
        for what, names in files.items()
    }
    return [f"{head}: {what}" for what, head in heads.items()]


def _check_samples(name: str, shots: Sequence[Shot]) -> None:
    """Refuse more than memory and patience hold, before the rest is read."""
    if sum(len(shot.light) for shot in shots) > _MOST_SAMPLES:
        raise InputError(f"{name}: more than {_MOST_SAMPLES} samples in all; leave out spectra")


def _settings_of(file: Path) -> dict[str, float | None]:
    """From the lines that begin with #, and the fluence from the name where they have none."""
    found: dict[str, float | None] = dict(SETTINGS)
    try:
        head = read_bytes(file, MOST_BYTES)[:_MOST_HEAD].decode("utf-8-sig", errors="replace")
    except (OSError, Refused) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InputError(f"{file.name}: cannot be read ({reason})") from None
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


def _other_unit(file: Path) -> str:
    """What a file without a usable fluence says of it in another unit."""
    lines = read_bytes(file, MOST_BYTES)[:_MOST_HEAD].decode("utf-8-sig", errors="replace")
    keys = [
        re.split("[=:]", line.lstrip("# \t"))[0].strip()
        for line in lines.splitlines()
        if line.lstrip().startswith("#")
    ]
    other = in_another_unit("fluence_mj_cm2", keys)
    return f" in mJ/cm2 ({other} is in another unit)" if other else ""


def _positive(text: object, where: str, zero: bool = False) -> float:
    try:
        value = float(str(text).strip().replace(",", "."))
    except ValueError:
        value = math.nan
    if not (LEAST <= value <= LARGEST or (zero and value == 0)):
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
    if len(table.rows) > _MOST_SPECTRA:
        raise InputError(f"{table.name}: {len(table.rows)} files; at most {_MOST_SPECTRA} are read")
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
            spectrum = read_spectrum(file)
            shot, told = _shot(spectrum, settings, folder, dark)
        except InputError as error:
            problems += error.problems
            continue
        shots.append(shot)
        _check_samples(table.name, shots)
        notes += told
    if problems:
        raise InputError(problems)
    return shots, notes


def _of_wide(table: CsvTable) -> tuple[list[Shot], list[str]]:
    named = next((name for name in WAVELENGTHS if name in table.header), None)
    if named is None:
        raise InputError(
            f"{table.name}: {table.told_header}; a column wavelength_nm beside "
            "columns named by their fluence is needed, or columns file and fluence_mj_cm2"
        )
    columns = len(table.header) - 1
    if columns > _MOST_SPECTRA or columns * len(table.rows) > _MOST_SAMPLES:
        raise InputError(
            f"{table.name}: {columns} columns of {len(table.rows)} samples; at most "
            f"{_MOST_SPECTRA} columns and {_MOST_SAMPLES} samples in all are read"
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
        other = in_another_unit("wavelength_nm", table.header)
        absent = [name for name in ("intensity", *WAVELENGTHS) if name not in table.header]
        near = f"; {other} is in another unit" if other else nearest(table.header[-1], absent)
        raise InputError(
            f"{table.name}: {table.told_header}; columns wavelength_nm and "
            f"{column} are needed{near}"
        )
    columns = (table.header.index(named), table.header.index(column))
    both = np.array([[_number(row[index]) for index in columns] for row in table.rows])
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
    odd = next((end for end in wavelength[[0, -1]] if not LEAST_NM <= end <= MOST_NM), None)
    if odd is not None:
        raise InputError(
            f"{source}: {named} = {odd:g}: must be {LEAST_NM:g} to {MOST_NM:g} nm (units?)"
        )
    if WAVELENGTHS[named] == "air":
        wavelength = vacuum_wavelength_nm(wavelength)
    dark = np.full(len(counts), float(settings["dark"] or 0.0))
    if dark_file and folder is not None:
        dark = _dark_counts(folder, dark_file, wavelength, source)
    exposure = float(settings["exposure_s"] or 1.0)
    transmission = float(settings["filter_transmission"] or 1.0)
    fluence = settings["fluence_mj_cm2"]
    assert fluence is not None
    shot = Shot(
        float(fluence),
        wavelength,
        (counts - dark) / (exposure * transmission),
        float(np.quantile(counts, 0.1)),
        _is_saturated(counts),
        source,
        exposure,
        transmission,
    )
    return shot, notes


def _dark_counts(folder: Path, name: str, wavelength_nm: Array, source: str) -> Array:
    file = folder / name
    if folder.resolve() not in file.resolve().parents or not file.is_file():
        raise InputError(f"{source}: dark_file = {name!r}: no such file in the same folder")
    shot, _ = _shot(read_spectrum(file), dict(SETTINGS) | {"fluence_mj_cm2": 1.0}, None)
    return np.asarray(np.interp(wavelength_nm, shot.wavelength_nm, shot.light))


def _number(value: object) -> float:
    if isinstance(value, int | float) and not isinstance(value, bool) and abs(value) <= LARGEST:
        return float(value)
    return math.nan


def _is_saturated(counts: Array) -> bool:
    top = counts >= counts.max()
    run = longest = 0
    for each in top:
        run = run + 1 if each else 0
        longest = max(longest, run)
    return longest >= _SATURATED_RUN
