"""One measurement of the medium in a calibration file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from ...arrays import Array
from ...design.files.column_file import read_columns_and_lines
from ...errors import InputError, nearest
from ...study.files.user_file import UserFile
from ..calibration_spec import MeasuredCavity, MediumMeasurement
from ..cavity_entry import SESSION, read_design, repeated
from ..entries.entry_numbers import number_of, share_of
from .kinds import CENTRE, KINDS, Kind, scan_of

_KEYS = ("name", "design", "values", "session", "relative_noise")


def read_measurement(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, cavities: Sequence[MeasuredCavity]
) -> MediumMeasurement | None:
    """The measurement of one entry; None, with the problems noted, where something is wrong.

    Parameters
    ----------
    file : UserFile
    entry : mapping
    entry_name : str
        Its key in the file, for messages.
    cavities : sequence of MeasuredCavity
        The design of the first one is taken where the entry names none.
    """
    told = len(file.lines)
    kinds = [key for key in entry if key in KINDS]
    if len(kinds) != 1:
        many = " more than one" if kinds else " none"
        near = next((nearest(key, tuple(KINDS)) for key in entry if key not in _KEYS), "")
        file.add(
            entry_name, f": one measurement is needed of {', '.join(KINDS)}; there is{many}{near}"
        )
        return None
    kind_name = kinds[0]
    kind = KINDS[kind_name]
    allowed = (*_KEYS, kind_name, *kind.numbers)
    for key in entry:
        if key not in allowed:
            file.add(
                f"{entry_name}.{key}",
                f": unknown key; allowed: {', '.join(allowed)}{nearest(key, allowed)}",
            )
    texts = {"name": kind_name.replace("_", " "), "design": "", "session": SESSION, kind_name: ""}
    for key, usual in texts.items():
        value = entry.get(key, usual)
        if not isinstance(value, str) or (key == kind_name and not value):
            file.add(f"{entry_name}.{key}", f" = {value!r}: a text is needed")
        else:
            texts[key] = value
    numbers = _numbers(file, entry, entry_name, kind)
    noise = share_of(file, entry, f"{entry_name}.relative_noise", kind.noise)
    if texts["design"]:
        design = read_design(file, entry, entry_name, texts["design"])
    elif "values" in entry:
        file.add(f"{entry_name}.values", ": needs `design`, whose keys it sets")
        return None
    elif cavities:
        design = cavities[0].design
    else:
        return None
    if len(file.lines) > told or design is None:
        return None
    read = file.collect(_read, file, texts[kind_name], kind_name, kind)
    if read is None:
        return None
    columns, lines = read
    if kind_name == "z_scan":
        found = file.collect(_with_centre, numbers, columns, texts[kind_name])
        if found is None:
            return None
        numbers = found
    return MediumMeasurement(
        texts["name"],
        kind_name,
        design,
        texts["session"],
        columns,
        noise,
        numbers,
        texts[kind_name],
        lines,
    )


def _read(
    file: UserFile, name: str, kind_name: str, kind: Kind
) -> tuple[Mapping[str, Array], tuple[int, ...]]:
    """Columns, checked and in order, and the lines of the file where their points stand."""
    path = file.path.parent / name
    columns, lines = read_columns_and_lines(path, kind.columns)
    value = columns[kind.columns[-1]]
    problems = []
    if len(value) < kind.fewest:
        problems.append(f"{len(value)} points; {kind_name} needs {kind.fewest} or more")
    for column in kind.columns[:-1]:
        given = columns[column]
        if column in ("wavelength_nm", "length_um") and np.any(given <= 0):
            problems.append(f"{column} = {given.min():g}: every value must be positive")
        if column in ("time_ps", "delay_ps") and np.any(given < 0):
            problems.append(
                f"{column} = {given.min():g}: times count from the pulse; leave out what lies "
                "before it"
            )
    if kind.logarithm and np.any(value <= 0):
        problems.append(f"{kind.columns[-1]} = {value.min():g}: every value must be positive")
    if kind.scale and not value.max() > 0:
        problems.append(f"{kind.columns[-1]}: no value lies above 0")
    if len(value) and float(np.ptp(value)) == 0.0:
        problems.append(f"{kind.columns[-1]}: all values are {value[0]:g}; they tell nothing")
    rows = np.stack([columns[column] for column in kind.columns], axis=1)
    twice = repeated(rows)
    if twice > 0.1 * len(rows):
        problems.append(
            f"{twice} of {len(rows)} rows repeat another to six digits; a point that stands twice "
            "would count twice"
        )
    if problems:
        raise InputError([f"{path.name}: {line}" for line in problems])
    order = np.lexsort([columns[column] for column in kind.columns[:-1]])
    ordered = {column: columns[column][order] for column in kind.columns}
    return ordered, tuple(lines[index] for index in order)


def _with_centre(
    numbers: Mapping[str, float], columns: Mapping[str, Array], name: str
) -> Mapping[str, float]:
    """The focus, which tells nothing of the cross-section and is taken from a fit."""
    try:
        fit = scan_of(numbers).fitted(columns["position_mm"], columns["transmittance"])
    except InputError as error:
        raise InputError([f"{name}: {line}" for line in error.problems]) from None
    return {**numbers, CENTRE: fit.centre_mm}


def _numbers(
    file: UserFile, entry: Mapping[str, Any], entry_name: str, kind: Kind
) -> Mapping[str, float]:
    found = {}
    for key, usual in kind.numbers.items():
        if usual is None and key not in entry:
            file.add(f"{entry_name}.{key}", ": missing; a number is needed")
            continue
        value = number_of(file, entry, f"{entry_name}.{key}", usual or 0.0, positive=False)
        if value < 0 or (usual is None and value == 0):
            file.add(f"{entry_name}.{key}", f" = {value:g}: a number above 0 is needed")
        elif key == "photons" and not value.is_integer():
            file.add(f"{entry_name}.{key}", f" = {value:g}: a whole number is needed")
        if key == "confinement" and not 0 < value <= 1:
            file.add(f"{entry_name}.{key}", f" = {value:g}: must lie above 0, at most 1")
        found[key] = value
    return found
