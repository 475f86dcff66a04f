"""What the explorer will compute: a design within its folder, and no more than an interactive page
can bear.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...design.files.named_files import file_names
from ...errors import InputError
from ...mesh.files.section_files import section_files

MOST_MODES = 200  # A bound of taste: what an interactive page can wait for and list
_MOST = {
    "cavity.diameter_um": 400.0,
    "cavity.axial_radius_um": 1e5,
    "modes.radial_orders": 8,
    "modes.axial_orders": 12,
    "modes.azimuthal_order": 6000,
    "modes.span_nm": 80.0,
}
_LEAST = {"cavity.diameter_um": 1.0, "modes.relative_accuracy": 1e-9, "modes.wavelength_nm": 200.0}
# Only the expected number of modes needs it: PMMA, silica, polystyrene and BK7 lie within 6 %.
_LIKELY_INDEX = 1.5


def _at(design: Mapping[str, Any], key: str) -> float | None:
    """A number of the design by its dotted key; with a spread, its value."""
    table, name = key.split(".")
    tables = design.get(table)
    found = tables.get(name) if isinstance(tables, Mapping) else None
    if isinstance(found, Mapping):
        found = found.get("value")
    return float(found) if isinstance(found, int | float) and not isinstance(found, bool) else None


def expected_modes(design: Mapping[str, Any]) -> float:
    """How many modes a request asks for, from the free spectral range lambda^2/(pi D n)."""
    families = (_at(design, "modes.radial_orders") or 1.0) * (
        _at(design, "modes.axial_orders") or 1.0
    )
    tables = design.get("modes")
    if isinstance(tables, Mapping) and tables.get("polarisation") == "both":
        families *= 2
    if _at(design, "modes.azimuthal_order") is not None:
        return families
    diameter, wavelength = _at(design, "cavity.diameter_um"), _at(design, "modes.wavelength_nm")
    span = _at(design, "modes.span_nm") or 10.0
    if not diameter or not wavelength:
        return families
    spacing_nm = wavelength**2 / (math.pi * abs(diameter) * 1e3 * _LIKELY_INDEX)
    return families * (1.0 + span / max(spacing_nm, 1e-9))


def inside(folder: Path, name: str, base: Path | None = None) -> Path:
    """A file inside the folder, links followed.

    Parameters
    ----------
    folder : Path
        What may be read.
    name : str
        Relative to the base.
    base : Path or None
        The folder itself, or one inside it.

    Raises
    ------
    InputError
        For a name that leads elsewhere.
    """
    try:
        path = ((base or folder) / name).resolve()
        within = path.is_relative_to(folder.resolve()) and not name.startswith(("/", "\\", "~"))
        path.exists()  # names that no system takes are errors here, not where they are read
    except (OSError, ValueError, RuntimeError):
        within = False
    if not within:
        raise InputError(
            f"{name[:80]!r}: outside the folder that the explorer was given; start it with "
            "--folder for a wider one"
        )
    return path


def _all_inside(folder: Path, file: Path) -> None:
    """Refuse a section that reads files elsewhere: includes of its script, data of its mesh."""
    for other in section_files(file):
        if not other.resolve().is_relative_to(folder.resolve()):
            raise InputError(
                f"{file.name} reads {other.name[:80]!r} outside the folder that the explorer was"
                " given; start it with --folder for a wider one"
            )


def check_limits(design: Mapping[str, Any], folder: Path | None, base: Path | None = None) -> None:
    """Refuse what would take the explorer too long, or a file elsewhere.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    folder : Path or None
        What may be read; None: nothing.
    base : Path or None
        Where the design's own file names start from; None: the folder.

    Raises
    ------
    InputError
        With one line for each problem.
    """
    problems = []
    for key, most in _MOST.items():
        value = _at(design, key)
        if value is not None and value > most:
            problems.append(
                f"{key} = {value:g}: the explorer goes up to {most:g}; use the command line for "
                "more"
            )
    for key, least in _LEAST.items():
        value = _at(design, key)
        if value is not None and value < least:
            problems.append(
                f"{key} = {value:g}: the explorer goes down to {least:g}; use the command line "
                "for less"
            )
    count = expected_modes(design)
    if not problems and count > MOST_MODES:
        problems.append(
            f"about {count:.0f} modes: the explorer computes up to {MOST_MODES}; lower "
            "modes.span_nm or the orders"
        )
    if folder is None:
        problems += [
            f"{name[:80]!r}: the explorer was given no folder to read from"
            for name in file_names(design)
        ]
    if problems:
        raise InputError(problems)
    if folder is not None:
        check_files(design, folder, base)


def check_files(design: Mapping[str, Any], folder: Path, base: Path | None = None) -> None:
    """Refuse a file outside the folder, those that files of the design name among them.

    Raises
    ------
    InputError
        For the first that lies elsewhere.
    """
    for name in file_names(design):
        _all_inside(folder, inside(folder, name, base))
