"""One laser spectrum of a measured cavity in a calibration file."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...arrays import Array
from ...design.files.column_file import LARGEST, LEAST, LEAST_NM, MOST_NM, columns_of
from ...errors import InputError, is_number, nearest
from ...study.files.csv_file import read_csv
from ...study.files.user_file import UserFile
from ...texts import Refused, counted, read_bytes
from ..calibration_spec import MeasuredSpectrum
from .entry_numbers import figure_of, number_of, share_of

LINES, SERIES, CENTRE = "output_shares", "series", "centre_nm"
SPECTRUM_KEYS = (
    LINES,
    SERIES,
    "fluence_mj_cm2",
    "detection_floor",
    "range_nm",
    "resolution_nm",
    "relative_noise",
    "model_error",
    CENTRE,
)
_FEWEST_LINES = 2  # One takes the unknown scale; a second tells a ratio.
_SAME_FLUENCE = 0.01  # Relative: fluences of a series are written with three digits.
_MOST_BYTES = 50_000_000  # of the JSON of a series; 2000 spectra of 100 lines have a tenth of it
_MOST_RESOLUTION_NM = 5.0  # Modes further apart are no line of any laser.


def read_spectrum_entry(
    file: UserFile, entry: Any, entry_name: str, cavity: str, with_data: bool = True
) -> MeasuredSpectrum | None:
    """The spectrum of one entry; None, with the problems noted, where something is wrong.

    Parameters
    ----------
    file : UserFile
    entry : mapping
    entry_name : str
        Its key in the file, for messages.
    cavity : str
        Name of its cavity.
    with_data : bool
        Whether it must have been measured.
    """
    told = len(file.lines)
    if not isinstance(entry, dict):
        file.add(entry_name, f" = {entry!r}: write each spectrum as [[cavities.spectra]]")
        return None
    for key in entry:
        if key not in SPECTRUM_KEYS:
            near = nearest(key, SPECTRUM_KEYS)
            allowed = ", ".join(SPECTRUM_KEYS)
            file.add(f"{entry_name}.{key}", f": unknown key; allowed: {allowed}{near}")
    if "fluence_mj_cm2" not in entry:
        file.add(f"{entry_name}.fluence_mj_cm2", ": missing; at which fluence was it taken?")
    fluence = number_of(file, entry, f"{entry_name}.fluence_mj_cm2", 1.0)
    numbers = {
        "relative_noise": share_of(file, entry, f"{entry_name}.relative_noise", 0.05),
        "model_error": share_of(file, entry, f"{entry_name}.model_error", 0.05, zero=True),
        "resolution_nm": number_of(file, entry, f"{entry_name}.resolution_nm", 0.05),
    }
    if numbers["resolution_nm"] > _MOST_RESOLUTION_NM:
        file.add(
            f"{entry_name}.resolution_nm",
            f" = {numbers['resolution_nm']:g}: at most {_MOST_RESOLUTION_NM:g} nm",
        )
    reach = _range(file, entry, f"{entry_name}.range_nm")
    centre = figure_of(file, entry[CENTRE], f"{entry_name}.{CENTRE}") if CENTRE in entry else None
    if centre is not None and not LEAST_NM <= centre.value <= MOST_NM:
        file.add(
            f"{entry_name}.{CENTRE}",
            f" = {centre.value:g}: must be {LEAST_NM:g} to {MOST_NM:g} nm (units?)",
        )
    sources = [key for key in (LINES, SERIES) if key in entry]
    if len(sources) > 1 or (with_data and not (sources or CENTRE in entry)):
        file.add(entry_name, f": one of {LINES} and {SERIES} is needed, or {CENTRE} alone")
    if len(file.lines) > told:
        return None
    lines: Lines = (np.zeros(0), (), np.zeros(0))
    name = ""
    if sources:
        name = entry[sources[0]]
        if not isinstance(name, str) or not name:
            file.add(f"{entry_name}.{sources[0]}", f" = {name!r}: a text is needed")
            return None
        read = read_lines if sources[0] == LINES else read_series_lines
        found = file.collect(read, file.path.parent / name, fluence)
        if found is None:
            return None
        lines = found
    wavelength, modes, light = lines
    # a line that is known by its mode may have no wavelength, or one of another calibration
    placed = [one for one, mode in zip(wavelength, modes, strict=True) if not mode]
    beyond = [one for one in placed if reach and not reach[0] <= one <= reach[1]]
    if beyond:
        file.add(
            f"{entry_name}.range_nm",
            f" = {list(reach or ())}: the line of {name} at {beyond[0]:g} nm lies outside",
        )
    least = float(light.min()) if len(light) else 1.0
    floor = number_of(file, entry, f"{entry_name}.detection_floor", least)
    if len(light) and floor > float(light.max()):
        file.add(
            f"{entry_name}.detection_floor",
            f" = {floor:g}: no line of {name} is as bright; it has the unit of the lines' light",
        )
    if len(file.lines) > told:
        return None
    seen = light >= floor
    return MeasuredSpectrum(
        f"{cavity} at {fluence:g} mJ/cm2",
        fluence,
        wavelength[seen],
        tuple(mode for mode, kept in zip(modes, seen, strict=True) if kept),
        light[seen],
        floor,
        reach,
        centre_nm=centre,
        file=name or entry_name,
        **numbers,
    )


Lines = tuple[Array, tuple[str, ...], Array]
"""Wavelength (nm), mode and light of each line."""


def read_lines(path: Path, fluence_mj_cm2: float = 0.0) -> Lines:
    """Lines from a CSV file with a column share, and wavelength_nm or mode or both.

    Raises
    ------
    InputError
        Too few lines, values that are not positive, or lines that stand twice.
    """
    if not path.is_file():
        raise InputError(f"{path}: no such file")
    table = read_csv(path, any_separator=True)
    named = [key for key in ("wavelength_nm", "mode") if key in table.header]
    if not named:
        raise InputError(
            f"{table.name}: {table.told_header}; a column wavelength_nm or mode "
            "is needed beside share"
        )
    columns = columns_of(table, [*(key for key in named if key != "mode"), "share"])
    light = columns["share"]
    wavelength = columns.get("wavelength_nm", np.full(len(light), np.nan))
    modes = ("",) * len(light)
    if "mode" in named:
        index = table.header.index("mode")
        modes = tuple("" if row[index] in ("", "-") else str(row[index]) for row in table.rows)
    return _checked(path.name, wavelength, modes, light)


def read_series_lines(path: Path, fluence_mj_cm2: float) -> Lines:
    """Lines at one fluence from what `cavitydesign measure series --json` told.

    Raises
    ------
    InputError
        No such answer, or no spectrum at this fluence.
    """
    try:
        content = json.loads(read_bytes(path, _MOST_BYTES))
        fluences = np.array(content["fluence_mj_cm2"], dtype=np.float64)
        rows = [
            (one["wavelength_nm"], one["label"] or "", one["light"]) for one in content["lines"]
        ]
    except OSError as error:
        raise InputError(f"{path.name}: cannot be read ({error.strerror})") from None
    except Refused as error:
        raise InputError(f"{path.name}: {error}") from None
    except (ValueError, KeyError, TypeError, RecursionError, OverflowError):
        raise InputError(
            f"{path.name}: is no answer of `cavitydesign measure series --json`"
        ) from None
    off = np.abs(fluences / fluence_mj_cm2 - 1.0) if fluences.ndim == 1 else np.zeros(0)
    off = np.where(np.isnan(off), np.inf, off)
    if not len(off) or off.min() > _SAME_FLUENCE:
        told = ", ".join(f"{value:g}" for value in fluences.ravel()[:12])
        raise InputError(
            f"{path.name}: no spectrum at fluence_mj_cm2 = {fluence_mj_cm2:g}; it has {told}"
        )
    index = int(np.argmin(off))
    try:
        seen = [
            (float(wavelength[index]), str(label), float(light[index]))
            for wavelength, label, light in rows
            if wavelength[index] is not None and light[index] is not None
        ]
    except (IndexError, KeyError, TypeError, ValueError, OverflowError):
        raise InputError(
            f"{path.name}: is no answer of `cavitydesign measure series --json`"
        ) from None
    return _checked(
        path.name,
        np.array([one[0] for one in seen]),
        tuple(one[1] for one in seen),
        np.array([one[2] for one in seen]),
    )


def _checked(name: str, wavelength: Array, modes: tuple[str, ...], light: Array) -> Lines:
    problems = []
    if len(light) < _FEWEST_LINES:
        problems.append(f"{counted(len(light), 'line')}; shares need {_FEWEST_LINES} or more")
    for key, column in (("wavelength_nm", wavelength), ("share", light)):
        given = column[~np.isnan(column)]
        if len(given) and not (given.min() >= LEAST and given.max() <= LARGEST):
            problems.append(f"{key} = {given.min():g}: every value must be positive")
    if np.isnan(light).any():
        problems.append("share: every line needs a number")
    lost = [place for place, mode in enumerate(modes) if not mode and math.isnan(wavelength[place])]
    if lost:
        problems.append(f"line {lost[0] + 1} has neither a wavelength nor a mode")
    labels = [mode for mode in modes if mode]
    if len(set(labels)) < len(labels):
        twice = next(mode for mode in labels if labels.count(mode) > 1)
        problems.append(f"mode = {twice!r} stands twice; give each line once")
    if problems:
        raise InputError([f"{name}: {line}" for line in problems])
    order = np.argsort(wavelength, kind="stable")
    return wavelength[order], tuple(modes[place] for place in order), light[order]


def _range(file: UserFile, entry: Mapping[str, Any], entry_name: str) -> tuple[float, float] | None:
    if "range_nm" not in entry:
        return None
    value = entry["range_nm"]
    if isinstance(value, list) and len(value) == 2 and all(map(is_number, value)):
        low, high = map(float, value)
        if LEAST_NM <= low < high <= MOST_NM:
            return low, high
    file.add(
        entry_name,
        f" = {value!r}: two rising wavelengths of {LEAST_NM:g} to {MOST_NM:g} nm are needed",
    )
    return None
