"""A calibration file (TOML) read into a `Calibration`, or every problem in it named at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..errors import nearest
from ..study.files.user_file import DesignSchema, UserFile
from ..workflow.study_point import design_schema
from .calibration_spec import (
    Calibration,
    FreeNumber,
    Measured,
    MeasuredCavity,
    MediumMeasurement,
    NextMeasurement,
)
from .cavity_entry import SESSION, SPECTRA, read_cavity
from .entries.entry_numbers import number_of
from .medium.kinds import FLUENCE
from .medium.measurement_entry import read_measurement
from .posterior.prior import Prior, prior_of

KEYS = (
    "title",
    "store",
    "solves",
    "samples",
    "seed",
    "cavities",
    "measurements",
    "free",
    "sessions",
    "next",
)
NEXT_KEYS = ("predict", "candidates")
SPECTRUM_AT = "spectrum_at_mj_cm2"
"""Of a candidate that is a laser spectrum."""
EACH = ("cavity", "session")
SESSION_KEYS = ("fluence_scale_sd",)
# Least, most and default: 256 solves of five numbers left the emulator 1 to 3 % of the light off,
# below the noise of a curve; 200 draws give the ends of a 90 % interval to a tenth of its width.
_WHOLE = {"solves": (8, 4096, 256), "samples": (32, 2000, 200), "seed": (0, 2**31 - 1, 0)}
# Relative error of a fluence: the spot's area, mostly, in the laboratories of the published
# cavities and in most others.
_USUAL_SCALE_SD = 0.07


def load_calibration(path: Path, schema: DesignSchema | None = None) -> Calibration:
    """Read and check a calibration file; nothing is computed.

    Parameters
    ----------
    path : Path
        Designs and curves lie beside it, or where their names lead from it.
    schema : DesignSchema, optional
        How designs are read and which keys they have; by default those of design files.

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    file = UserFile(path, schema or design_schema(), "calibration", KEYS, texts=("store", "title"))
    whole = {key: _whole(file, key) for key in _WHOLE}
    cavities = _cavities(file)
    measurements = _measurements(file, cavities)
    numbers = _numbers(file, cavities)
    sessions = _sessions(file, cavities, measurements)
    following = _next(file)
    store = file.store(f"{path.stem}-results")
    file.raise_if_any()
    return Calibration(
        str(file.content.get("title", path.stem)),
        tuple(cavities),
        tuple(numbers),
        sessions,
        whole["solves"],
        whole["samples"],
        whole["seed"],
        store,
        path.parent,
        following,
        tuple(measurements),
    )


def _next(file: UserFile) -> NextMeasurement | None:
    """The prediction that is to be narrowed, and the light curves that could do it."""
    table = file.table("next")
    if not table:
        return None
    for key in table:
        if key not in NEXT_KEYS:
            near = nearest(key, NEXT_KEYS)
            file.add(f"next.{key}", f": unknown key; allowed: {', '.join(NEXT_KEYS)}{near}")
    predict, entries = table.get("predict"), table.get("candidates", [])
    if not isinstance(predict, dict):
        file.add("next.predict", ": missing; { design = FILE } names the cavity to predict")
        return None
    if (
        not isinstance(entries, list)
        or not entries
        or not all(isinstance(x, dict) for x in entries)
    ):
        file.add(
            "next.candidates",
            ": write each light curve or laser spectrum that could be measured as "
            "[[next.candidates]]",
        )
        return None
    asked = read_cavity(file, predict, "next.predict", with_data=False)
    found = [
        _candidate(file, entry, f"next.candidates.{number}") for number, entry in enumerate(entries)
    ]
    if asked is None or any(one is None for one in found):
        return None
    names = [one.name for one in found if one is not None]
    for name in {name for name in names if names.count(name) > 1}:
        file.add("next.candidates", f": two are named {name!r}; names tell them apart")
    return NextMeasurement(asked, tuple(one for one in found if one is not None))


def _candidate(file: UserFile, entry: Mapping[str, Any], entry_name: str) -> MeasuredCavity | None:
    """A light curve over the fluences of its design, or a laser spectrum at one of them."""
    if SPECTRA in entry:
        file.add(f"{entry_name}.{SPECTRA}", f": a candidate is one spectrum; write {SPECTRUM_AT}")
        return None
    rest = {key: value for key, value in entry.items() if key != SPECTRUM_AT}
    if SPECTRUM_AT not in entry:
        return read_cavity(file, rest, entry_name, with_data=False)
    told = len(file.lines)
    given = {"fluence_mj_cm2": number_of(file, entry, f"{entry_name}.{SPECTRUM_AT}", 1.0)}
    if len(file.lines) > told:
        return None
    return read_cavity(file, rest | {SPECTRA: [given]}, entry_name, with_data=False)


def _whole(file: UserFile, key: str) -> int:
    least, most, usual = _WHOLE[key]
    value = file.content.get(key, usual)
    if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
        file.add(key, f" = {value!r}: a whole number from {least} to {most} is needed")
        return usual
    return value


def _cavities(file: UserFile) -> list[MeasuredCavity]:
    entries = file.content.get("cavities", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        file.add("cavities", ": write each cavity as [[cavities]]")
        return []
    if not entries:
        file.add("cavities", ": missing; a calibration needs at least one measured cavity")
    found: list[MeasuredCavity] = []
    for number, entry in enumerate(entries):
        cavity = read_cavity(file, entry, f"cavities.{number}")
        if cavity is None:
            continue
        if any(cavity.name == other.name for other in found):
            file.add(f"cavities.{number}.name", f" = {cavity.name!r}: is another cavity's already")
        twin = next((other for other in found if _same_points(cavity, other)), None)
        if twin is not None:
            file.add(
                f"cavities.{number}.light_curve",
                f": its points are those of {twin.name!r}; each curve belongs to one cavity",
            )
        found.append(cavity)
    return found


def _measurements(file: UserFile, cavities: list[MeasuredCavity]) -> list[MediumMeasurement]:
    entries = file.content.get("measurements", [])
    if not isinstance(entries, list) or not all(isinstance(each, dict) for each in entries):
        file.add("measurements", ": write each measurement of the medium as [[measurements]]")
        return []
    found: list[MediumMeasurement] = []
    for number, entry in enumerate(entries):
        one = read_measurement(file, entry, f"measurements.{number}", cavities)
        if one is None:
            continue
        others: list[Measured] = [*cavities, *found]
        if any(one.name == other.name for other in others):
            file.add(f"measurements.{number}.name", f" = {one.name!r}: is another one's already")
        found.append(one)
    return found


def _same_points(one: MeasuredCavity, other: MeasuredCavity) -> bool:
    """Whether two cavities have one light curve, which would count twice."""
    if one.curve is None or other.curve is None:
        return False
    first, second = (
        np.stack([each.fluence_mj_cm2, each.emission]) for each in (one.curve, other.curve)
    )
    same = first.shape == second.shape and np.allclose(first, second, rtol=1e-6, atol=0.0)
    return bool(same)


def _numbers(file: UserFile, cavities: list[MeasuredCavity]) -> list[FreeNumber]:
    entries = file.entries(
        "free", ("value", "median", "from", "sd", "factor", "to"), file.names_design_key
    )
    if not entries:
        file.add("free", ": missing; name at least one design key with its prior")
    found = []
    for key, entry in entries.items():
        entry_name = f'free."{key}"'
        if file.wrong_key(entry_name, key):
            continue
        if not isinstance(entry, dict):
            file.add(
                entry_name, f" = {entry!r}: a prior is needed, such as {{ value = 1, sd = 0.1 }}"
            )
            continue
        rest = {name: value for name, value in entry.items() if name != "each"}
        each = entry.get("each", "")
        if each not in ("", *EACH):
            file.add(
                f"{entry_name}.each", f" = {each!r}: {', '.join(EACH)}{nearest(str(each), EACH)}"
            )
            continue
        prior = file.collect(prior_of, rest, f"{file.name}: {entry_name}")
        if prior is not None:
            _check_ends(file, cavities, key, prior)
            found.append(FreeNumber(key, prior, each))
    return found


def _check_ends(file: UserFile, cavities: list[MeasuredCavity], key: str, prior: Prior) -> None:
    """What the prior makes likely must be allowed in each design."""
    for cavity in cavities[:1]:
        for z in (-2.5, 2.5):
            value = float(prior.value(np.array(z)))
            problem = file.schema.value_problem(cavity.design, key, value, file.path.parent, {key})
            if problem is not None:
                file.add(f'free."{key}"', f": the prior allows {value:.6g}: {problem}")


def _sessions(
    file: UserFile, cavities: list[MeasuredCavity], measurements: list[MediumMeasurement]
) -> dict[str, float]:
    # a spectrum has no fluence: its session counts only if it is named
    timed: list[Measured] = [*cavities]
    timed += [one for one in measurements if FLUENCE in one.numbers or one.kind == "z_scan"]
    found = {one.session: _USUAL_SCALE_SD for one in timed}
    # also those of cavities in which something else is wrong
    entries = [
        each
        for key in ("cavities", "measurements")
        if isinstance(file.content.get(key), list)
        for each in file.content[key]
    ]
    written = [each.get("session", SESSION) for each in entries if isinstance(each, dict)]
    named = dict.fromkeys([*found, *(name for name in written if isinstance(name, str))])
    for name, entry in file.table("sessions").items():
        entry_name = f"sessions.{name}"
        if name not in named:
            near = nearest(name, tuple(named))
            file.add(entry_name, f": no cavity has this session{near}")
        elif not isinstance(entry, dict) or set(entry) != set(SESSION_KEYS):
            file.add(entry_name, f" = {entry!r}: {{ fluence_scale_sd = 0.07 }} is needed")
        else:
            value = entry["fluence_scale_sd"]
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
                file.add(
                    f"{entry_name}.fluence_scale_sd",
                    f" = {value!r}: must lie from 0 to less than 1",
                )
            else:
                found[name] = float(value)
    return found
