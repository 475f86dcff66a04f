"""A calibration file (TOML) read into a `Calibration`, or every problem in it named at once."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ..design.files.column_file import read_columns
from ..errors import InputError, nearest
from ..study.files.user_file import DesignSchema, UserFile, flattened
from .posterior.prior import Prior, prior_of
from .spec import (
    FIGURES,
    Calibration,
    Figure,
    FreeNumber,
    MeasuredCavity,
    MeasuredCurve,
    NextMeasurement,
)

KEYS = ("title", "store", "solves", "samples", "seed", "cavities", "free", "sessions", "next")
NEXT_KEYS = ("predict", "candidates")
CAVITY_KEYS = (
    "name",
    "design",
    "values",
    "session",
    "light_curve",
    "relative_noise",
    "figures",
    "dark_up_to_mj_cm2",
)
EACH = ("cavity", "session")
SESSION_KEYS = ("fluence_scale_sd",)
_WHOLE = {"solves": (16, 4096, 256), "samples": (32, 2000, 200), "seed": (0, 2**31 - 1, 0)}
"""Least, most and default: 256 solves of five numbers left the emulator 1 to 3 % of the light off,
below the noise of a curve; 200 draws give the ends of a 90 % interval to a tenth of its width."""
_USUAL_SCALE_SD = 0.07
"""Relative error of a fluence: the spot's area, mostly, in the laboratories of the published
cavities and in most others."""
_SESSION = "session"
_FEWEST_POINTS = 3
_MOST_TWICE = 0.1
"""Share of rows that may repeat another: few counts at a fluence that was measured twice do so."""
_FAR = 10.0
"""Factor between the middle of a curve's fluences and that of its design's: units differ by a
thousand."""


def load_calibration(path: Path, schema: DesignSchema) -> Calibration:
    """Read and check a calibration file; nothing is computed.

    Parameters
    ----------
    path : Path
        Designs and curves lie beside it, or where their names lead from it.
    schema : DesignSchema
        How designs are read and which keys they have.

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    file = UserFile(path, schema, "calibration", KEYS, texts=("store", "title"))
    whole = {key: _whole(file, key) for key in _WHOLE}
    cavities = _cavities(file)
    numbers = _numbers(file, cavities)
    sessions = _sessions(file, cavities)
    following = _next(file)
    file.raise_if_any()
    return Calibration(
        str(file.content.get("title", path.stem)),
        tuple(cavities),
        tuple(numbers),
        sessions,
        whole["solves"],
        whole["samples"],
        whole["seed"],
        path.parent / file.content.get("store", f"{path.stem}-results"),
        path.parent,
        following,
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
            ": write each light curve that could be measured as [[next.candidates]]",
        )
        return None
    asked = _cavity(file, predict, "next.predict", with_data=False)
    found = [
        _cavity(file, entry, f"next.candidates.{number}", with_data=False)
        for number, entry in enumerate(entries)
    ]
    if asked is None or any(one is None for one in found):
        return None
    names = [one.name for one in found if one is not None]
    for name in {name for name in names if names.count(name) > 1}:
        file.add("next.candidates", f": two are named {name!r}; names tell them apart")
    return NextMeasurement(asked, tuple(one for one in found if one is not None))


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
        cavity = _cavity(file, entry, f"cavities.{number}")
        if cavity is None:
            continue
        if any(cavity.name == other.name for other in found):
            file.add(f"cavities.{number}.name", f" = {cavity.name!r}: is another cavity's already")
        found.append(cavity)
    return found


def _cavity(
    file: UserFile, entry: Mapping[str, Any], place: str, with_data: bool = True
) -> MeasuredCavity | None:
    told = len(file.lines)
    for key in entry:
        if key not in CAVITY_KEYS:
            near = nearest(key, CAVITY_KEYS)
            file.add(f"{place}.{key}", f": unknown key; allowed: {', '.join(CAVITY_KEYS)}{near}")
    texts = {"name": "", "design": "", "session": _SESSION, "light_curve": ""}
    for key, usual in texts.items():
        value = entry.get(key, usual)
        if not isinstance(value, str):
            file.add(f"{place}.{key}", f" = {value!r}: a text is needed")
        else:
            texts[key] = value
    if not texts["design"]:
        file.add(f"{place}.design", ": missing; name the design file of this cavity")
        return None
    design = _design(file, entry, place, texts["design"])
    curve = None
    if texts["light_curve"]:
        curve = file.collect(read_curve, file.path.parent / texts["light_curve"])
        if curve is not None and design is not None:
            _check_unit(file, f"{place}.light_curve", curve, design)
    noise = _positive(file, entry, f"{place}.relative_noise", 0.05)
    dark = (
        _positive(file, entry, f"{place}.dark_up_to_mj_cm2", math.nan)
        if "dark_up_to_mj_cm2" in entry
        else None
    )
    figures = _figures(file, entry.get("figures", {}), f"{place}.figures")
    none = curve is None and dark is None and not figures
    if with_data and none and len(file.lines) == told:
        file.add(place, ": no data; give light_curve, figures or dark_up_to_mj_cm2")
    if len(file.lines) > told or design is None:
        return None
    return MeasuredCavity(
        texts["name"] or Path(texts["design"]).stem,
        design,
        texts["session"],
        curve,
        noise,
        figures,
        dark,
    )


def _check_unit(
    file: UserFile, place: str, curve: MeasuredCurve, design: Mapping[str, Any]
) -> None:
    """Fluences of another unit lie far from those of the design's pump."""
    from ..design import parse_design

    asked = parse_design(dict(design), path=file.path).pump.fluence_mj_cm2
    seen = (float(curve.fluence_mj_cm2[0]), float(curve.fluence_mj_cm2[-1]))
    ratio = math.sqrt(seen[0] * seen[1] / (asked[0] * asked[1]))
    if not 1.0 / _FAR < ratio < _FAR:
        file.add(
            place,
            f": fluences from {seen[0]:g} to {seen[1]:g} mJ/cm2 lie a factor of "
            f"{max(ratio, 1.0 / ratio):.3g} from pump.fluence_mj_cm2 = [{asked[0]:g}, "
            f"{asked[1]:g}] of the design; correct the unit of either",
        )


def _design(
    file: UserFile, entry: Mapping[str, Any], place: str, name: str
) -> Mapping[str, Any] | None:
    """The design of a cavity, with the values that the entry sets in it."""
    from ..design import parse_design

    path = file.path.parent / name
    if path.parent.resolve() != file.path.parent.resolve():
        file.add(f"{place}.design", f" = {name!r}: must lie beside the calibration file")
        return None
    raw = file.collect(file.schema.read, path)
    values = entry.get("values", {})
    if not isinstance(values, dict):
        file.add(f"{place}.values", f" = {values!r}: a table of design keys is needed")
        return None
    if raw is None or not values:
        return raw
    flat = flattened(values, leaves=())
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
            f"{path.name}: {len(fluence)} points; a light curve needs {_FEWEST_POINTS} or more"
        )
    for name, column in columns.items():
        if np.any(column <= 0):
            least = float(column.min())
            problems.append(
                f"{path.name}: {name} = {least:g}: every value must be positive; leave out points "
                "at or below the background"
            )
    if len(fluence) and fluence.min() == fluence.max():
        problems.append(f"{path.name}: all points lie at one fluence")
    twice = len(fluence) - len(np.unique(np.stack([fluence, light]), axis=1).T)
    if twice > _MOST_TWICE * len(fluence):
        problems.append(
            f"{path.name}: {twice} of {len(fluence)} rows repeat another to all digits; a point "
            "that stands twice would count twice"
        )
    if problems:
        raise InputError(problems)
    order = np.argsort(fluence, kind="stable")
    return MeasuredCurve(fluence[order], light[order])


def _figures(file: UserFile, table: Any, place: str) -> dict[str, Figure]:
    if not isinstance(table, dict):
        file.add(place, f" = {table!r}: a table is needed")
        return {}
    found = {}
    for key, entry in table.items():
        if key not in FIGURES:
            file.add(
                f"{place}.{key}",
                f": unknown; allowed: {', '.join(FIGURES)}{nearest(key, FIGURES)}",
            )
            continue
        prior = file.collect(prior_of, entry, f"{file.name}: {place}.{key}")
        if prior is not None and prior.shape != "normal":
            file.add(f"{place}.{key}", f" = {entry!r}: must be {{ value, sd }}")
        elif prior is not None:
            found[key] = Figure(prior.first, prior.second)
    return found


def _positive(file: UserFile, entry: Mapping[str, Any], place: str, usual: float) -> float:
    value = entry.get(place.rsplit(".", 1)[1], usual)
    number = isinstance(value, int | float) and not isinstance(value, bool)
    if not number or not ((math.isfinite(value) and value > 0) or value is usual):
        file.add(place, f" = {value!r}: a number above 0 is needed")
        return usual
    return float(value)


def _numbers(file: UserFile, cavities: list[MeasuredCavity]) -> list[FreeNumber]:
    entries = file.entries(
        "free", ("value", "median", "from", "sd", "factor", "to"), file.names_design_key
    )
    if not entries:
        file.add("free", ": missing; name at least one design key with its prior")
    found = []
    for key, entry in entries.items():
        place = f'free."{key}"'
        if file.wrong_key(place, key):
            continue
        if not isinstance(entry, dict):
            file.add(place, f" = {entry!r}: a prior is needed, such as {{ value = 1, sd = 0.1 }}")
            continue
        rest = {name: value for name, value in entry.items() if name != "each"}
        each = entry.get("each", "")
        if each not in ("", *EACH):
            file.add(f"{place}.each", f" = {each!r}: {', '.join(EACH)}{nearest(str(each), EACH)}")
            continue
        prior = file.collect(prior_of, rest, f"{file.name}: {place}")
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


def _sessions(file: UserFile, cavities: list[MeasuredCavity]) -> dict[str, float]:
    found = {cavity.session: _USUAL_SCALE_SD for cavity in cavities}
    # also those of cavities in which something else is wrong
    entries = file.content.get("cavities", [])
    written = [each.get("session", _SESSION) for each in entries if isinstance(each, dict)]
    named = dict.fromkeys([*found, *(name for name in written if isinstance(name, str))])
    for name, entry in file.table("sessions").items():
        place = f"sessions.{name}"
        if name not in named:
            near = nearest(name, tuple(named))
            file.add(place, f": no cavity has this session{near}")
        elif not isinstance(entry, dict) or set(entry) != set(SESSION_KEYS):
            file.add(place, f" = {entry!r}: {{ fluence_scale_sd = 0.07 }} is needed")
        else:
            value = entry["fluence_scale_sd"]
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value < 1:
                file.add(
                    f"{place}.fluence_scale_sd", f" = {value!r}: must lie from 0 to less than 1"
                )
            else:
                found[name] = float(value)
    return found
