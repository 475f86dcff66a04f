"""One measured cavity of a calibration file: its design and its data."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Array
from ..design.files.column_file import read_columns
from ..errors import InputError, nearest
from ..study.files.user_file import UserFile, dotted_entries
from ..texts import counted
from .calibration_spec import FIGURES, Figure, MeasuredCavity, MeasuredCurve, MeasuredSpectrum
from .entries.entry_numbers import figure_of, number_of, share_of
from .entries.spectrum_entry import read_spectrum_entry

LINE_WIDTH, SPECTRA = "cold_line_width_nm", "spectra"
CAVITY_KEYS = (
    "name",
    "design",
    "values",
    "session",
    "light_curve",
    "relative_noise",
    "figures",
    "dark_up_to_mj_cm2",
    LINE_WIDTH,
    SPECTRA,
)
# Measurements of the medium, which have entries of their own.
_OF_MEDIUM = (
    "emission_spectrum",
    "absorption_spectrum",
    "decay",
    "transient_absorption",
    "z_scan",
    "stripe_gain",
)
# Keys of a laser spectrum, which has a table of its own.
_OF_SPECTRA = ("spectrum", "output_shares", "series", "centre_nm")
SESSION = "session"
_FEWEST_POINTS = 3  # The scale of a curve is free and takes one point; two more tell a slope.
# Share of rows that may repeat another: few counts at a fluence that was measured twice do so.
_MOST_TWICE = 0.1
# Factor between the middle of a curve's fluences and that of its design's: units differ by a
# thousand.
_FAR = 10.0


def read_cavity(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, with_data: bool = True
) -> MeasuredCavity | None:
    """The cavity of one entry; None, with the problems noted, where something is wrong with it.

    Parameters
    ----------
    file : UserFile
    entry : mapping
    entry_name : str
        Its key in the file, for messages.
    with_data : bool
        Whether it must have been measured.
    """
    told = len(file.lines)
    for key in entry:
        if key in _OF_MEDIUM:
            file.add(
                f"{entry_name}.{key}",
                ": is a measurement of the medium; write it as an entry [[measurements]]",
            )
        elif key in _OF_SPECTRA:
            file.add(
                f"{entry_name}.{key}",
                ": belongs to a laser spectrum; write it below [[cavities.spectra]] with the "
                "fluence",
            )
        elif key not in CAVITY_KEYS:
            near = nearest(key, CAVITY_KEYS)
            file.add(
                f"{entry_name}.{key}", f": unknown key; allowed: {', '.join(CAVITY_KEYS)}{near}"
            )
    texts = {"name": "", "design": "", "session": SESSION, "light_curve": ""}
    for key, usual in texts.items():
        value = entry.get(key, usual)
        if not isinstance(value, str):
            file.add(f"{entry_name}.{key}", f" = {value!r}: a text is needed")
        else:
            texts[key] = value
    if not texts["design"]:
        file.add(f"{entry_name}.design", ": missing; name the design file of this cavity")
        return None
    design = read_design(file, entry, entry_name, texts["design"])
    curve = None
    if texts["light_curve"]:
        curve = file.collect(read_curve, file.path.parent / texts["light_curve"])
        if curve is not None and design is not None:
            ends = float(curve.fluence_mj_cm2[0]), float(curve.fluence_mj_cm2[-1])
            _check_unit(file, f"{entry_name}.light_curve", ends, design)
    noise = share_of(file, entry, f"{entry_name}.relative_noise", 0.05)
    dark = (
        number_of(file, entry, f"{entry_name}.dark_up_to_mj_cm2", math.nan)
        if "dark_up_to_mj_cm2" in entry
        else None
    )
    if dark is not None and math.isfinite(dark) and design is not None:
        _check_unit(file, f"{entry_name}.dark_up_to_mj_cm2", (dark, dark), design)
    figures = _figures(file, entry.get("figures", {}), f"{entry_name}.figures")
    if design is not None:
        _check_breaks(file, f"{entry_name}.figures", figures, design)
    name = texts["name"] or Path(texts["design"]).stem
    spectra = _spectra(file, entry.get(SPECTRA, []), f"{entry_name}.{SPECTRA}", name, with_data)
    if design is not None:
        for number, one in enumerate(spectra):
            at = one.fluence_mj_cm2
            _check_unit(file, f"{entry_name}.{SPECTRA}.{number}", (at, at), design)
    none = curve is None and dark is None and not figures and not spectra
    if with_data and none and len(file.lines) == told:
        file.add(entry_name, ": no data; give light_curve, figures, spectra or dark_up_to_mj_cm2")
    if len(file.lines) > told or design is None:
        return None
    return MeasuredCavity(
        name,
        design,
        texts["session"],
        curve,
        noise,
        figures,
        dark,
        figure_of(file, entry[LINE_WIDTH], f"{entry_name}.{LINE_WIDTH}")
        if LINE_WIDTH in entry
        else None,
        tuple(spectra),
    )


def _spectra(
    file: UserFile, entries: Any, entry_name: str, cavity: str, with_data: bool
) -> list[MeasuredSpectrum]:
    """Laser spectra of a cavity, each with its fluence."""
    if not isinstance(entries, list):
        file.add(entry_name, ": write each laser spectrum as [[cavities.spectra]]")
        return []
    found: list[MeasuredSpectrum] = []
    for number, entry in enumerate(entries):
        one = read_spectrum_entry(file, entry, f"{entry_name}.{number}", cavity, with_data)
        if one is None:
            continue
        if any(one.name == other.name for other in found):  # their scatters have these names
            file.add(
                f"{entry_name}.{number}.fluence_mj_cm2",
                f" = {one.fluence_mj_cm2:g}: another spectrum of {cavity} has it; one spectrum a "
                "fluence",
            )
        found.append(one)
    return found


def _check_breaks(
    file: UserFile, entry_name: str, figures: Mapping[str, Figure], design: Mapping[str, Any]
) -> None:
    """Published breaks have the unit of the design's pump, and their order."""
    low, high = (figures.get(name) for name in FIGURES[:2])
    for name, one in zip(FIGURES, (low, high), strict=False):
        if one is not None:
            _check_unit(file, f"{entry_name}.{name}", (one.value, one.value), design)
    if low is not None and high is not None and low.value >= high.value:
        file.add(
            entry_name,
            f": {FIGURES[0]} = {low.value:g} must be below {FIGURES[1]} = {high.value:g}",
        )


def _check_unit(
    file: UserFile, entry_name: str, seen: tuple[float, float], design: Mapping[str, Any]
) -> None:
    """Fluences of another unit lie far from those of the design's pump."""
    from ..design import parse_design

    asked = parse_design(dict(design), path=file.path).pump.fluence_mj_cm2
    ratio = math.sqrt(seen[0] * seen[1] / (asked[0] * asked[1]))
    if not 1.0 / _FAR < ratio < _FAR:
        one = seen[0] == seen[1]
        told = f"{seen[0]:g}" if one else f"fluences from {seen[0]:g} to {seen[1]:g}"
        lies = "lies" if one else "lie"
        file.add(
            entry_name,
            f": {told} mJ/cm2 {lies} a factor of "
            f"{max(ratio, 1.0 / ratio):.3g} from pump.fluence_mj_cm2 = [{asked[0]:g}, "
            f"{asked[1]:g}] of the design; correct the unit of either",
        )


def read_design(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, name: str
) -> Mapping[str, Any] | None:
    """The design that an entry names, with the values that the entry sets in it."""
    from ..design import parse_design

    path = file.path.parent / name
    if path.parent.resolve() != file.path.parent.resolve():
        file.add(f"{entry_name}.design", f" = {name!r}: must lie beside the calibration file")
        return None
    raw = file.collect(file.schema.read, path)
    values = entry.get("values", {})
    if not isinstance(values, dict):
        file.add(f"{entry_name}.values", f" = {values!r}: a table of design keys is needed")
        return None
    if raw is None or not values:
        return raw
    flat = dotted_entries(values, leaves=())
    return file.collect(lambda: parse_design(dict(raw), overrides=flat, path=path).raw)


def read_curve(path: Path) -> MeasuredCurve:
    """A light curve from a CSV file with the columns fluence_mj_cm2 and emission.

    Points at one fluence stay apart; the order of the rows does not matter.

    Raises
    ------
    InputError
        Too few points, or values that are not positive.
    """
    columns = read_columns(path, ("fluence_mj_cm2", "emission"))
    fluence, light = columns["fluence_mj_cm2"], columns["emission"]
    problems = []
    if len(fluence) < _FEWEST_POINTS:
        problems.append(
            f"{path.name}: {counted(len(fluence), 'point')}; a light curve needs "
            f"{_FEWEST_POINTS} or more"
        )
    for name, column in columns.items():
        if np.any(column <= 0):
            hint = "; leave out points at or below the background" if name == "emission" else ""
            problems.append(
                f"{path.name}: {name} = {column.min():g}: every value must be positive{hint}"
            )
    if len(fluence) >= _FEWEST_POINTS and fluence.min() == fluence.max():
        problems.append(f"{path.name}: all points lie at one fluence")
    twice = repeated(np.stack([fluence, light], axis=1))
    if twice > _MOST_TWICE * len(fluence):
        problems.append(
            f"{path.name}: {twice} of {len(fluence)} rows repeat another to six digits; a point "
            "that stands twice would count twice"
        )
    if problems:
        raise InputError(problems)
    order = np.argsort(fluence, kind="stable")
    return MeasuredCurve(fluence[order], light[order])


def repeated(rows: Array) -> int:
    """Rows that are another to six digits: a table written twice, by programs that round
    differently.

    Examples
    --------
    >>> import numpy as np
    >>> repeated(np.array([[1.0, 2.0], [1.0000000001, 2.0], [1.0, 3.0]]))
    1
    """
    seen = {tuple(f"{value:.5e}" for value in row) for row in rows}
    return len(rows) - len(seen)


def _figures(file: UserFile, table: Any, entry_name: str) -> dict[str, Figure]:
    if not isinstance(table, dict):
        file.add(entry_name, f" = {table!r}: a table is needed")
        return {}
    found = {}
    for key, entry in table.items():
        if key not in FIGURES:
            file.add(
                f"{entry_name}.{key}",
                f": unknown; allowed: {', '.join(FIGURES)}{nearest(key, FIGURES)}",
            )
            continue
        figure = figure_of(file, entry, f"{entry_name}.{key}")
        if figure is not None:
            found[key] = figure
    return found
