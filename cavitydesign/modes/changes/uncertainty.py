"""Uncertain input: spreads of a cavity's numbers carried to the modes by first derivatives.

For independent inputs x_i of standard deviation s_i, the variance of an outcome y is sum (s_i
dy/dx_i)^2. Wavelengths and free spectral ranges have their derivatives from the solved fields;
quality factors, and whatever else is asked, from one solve of the whole comb on either side of each
input. First order: right as long as y is straight over a spread.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from ...errors import CavityDesignError, InputError
from ...geometry.cavity import Cavity
from ..find import find_modes
from ..mode import Mode
from ..mode_set import ModeRequest, ModeSet
from ..solver.snapshot import RawMode
from .change import CavityChange
from .first_order import polished, wavelength_derivative_nm

Outcomes = Mapping[str, float]
Further = Callable[[ModeSet, Cavity], Mapping[str, Outcomes]]
Fields = Mapping[str, tuple[RawMode, RawMode | None] | None]

_ROOM_NM = 0.02  # so that a mode at the end of the range stays in it on either side


@dataclass(frozen=True)
class Spread:
    """One uncertain number of a cavity.

    Parameters
    ----------
    change : CavityChange
        What the number does.
    sd : float
        Its standard deviation, in the unit of the change's width.
    """

    change: CavityChange
    sd: float


def with_spreads(
    found: ModeSet,
    request: ModeRequest,
    spreads: Sequence[Spread],
    further: Further | None = None,
    others: Sequence[Mapping[str, Outcomes]] = (),
) -> ModeSet:
    """The modes with standard deviations among their `extra` numbers.

    Parameters
    ----------
    found : ModeSet
        From `find_modes` with this request and the nominal cavity.
    spreads : sequence of Spread
        Independent of each other.
    further : callable, optional
        Gives more outcomes of a mode set in a cavity, by mode label and name.
    others : sequence of mapping
        What one standard deviation of each further number, which moves no mode, changes: by mode
        label and name.

    Returns
    -------
    ModeSet
        Each mode has wavelength_sd_nm, fsr_sd_nm, log10_q_<loss>_sd for the losses it has, and
        <name>_sd for each further outcome; an outcome that is lost beside the nominal cavity is
        None. Spreads that could not be carried, or change nothing, are told in a warning.
    """
    if not spreads and not others:
        return found
    slopes: dict[str, list[Mapping[str, float]]] = {mode.label: [] for mode in found}
    fields = polished_fields(found) if spreads else {}
    warnings = []
    # One spread that fails must not take the answers of the others away.
    for spread in spreads:
        try:
            each = mode_slopes(fields, request, spread.change, further)
        except CavityDesignError as error:
            warnings.append(f"spread of {spread.change.name}: not carried to the modes: {error}")
            continue
        if not any(value for slope in each.values() for value in slope.values()):
            warnings.append(f"spread of {spread.change.name}: changes nothing of these modes")
        for label, slope in each.items():
            slopes[label].append({name: spread.sd * value for name, value in slope.items()})
    still = {mode.label: [other.get(mode.label, {}) for other in others] for mode in found}
    modes = tuple(
        mode.with_extra(_deviations(slopes[mode.label], still[mode.label])) for mode in found
    )
    return replace(found, modes=modes, warnings=(*found.warnings, *warnings))


def _deviations(parts: Sequence[Outcomes], still: Sequence[Outcomes]) -> dict[str, float | None]:
    """Root of the sum of squares by outcome; None where an outcome is missing from one of the parts
    that move the modes.
    """
    names = dict.fromkeys(name for part in (*parts, *still) for name in part)
    return {
        _named(name): math.hypot(
            *(part[name] for part in parts), *(part.get(name, 0.0) for part in still)
        )
        if all(name in part for part in parts)
        else None
        for name in names
    }


def _named(name: str) -> str:
    """wavelength_nm -> wavelength_sd_nm, threshold_gain_per_cm -> threshold_gain_sd_per_cm,
    log10_q_total -> log10_q_total_sd.
    """
    for unit in ("_nm", "_per_cm", "_mj_cm2", "_uw"):
        if name.endswith(unit):
            return f"{name.removesuffix(unit)}_sd{unit}"
    return f"{name}_sd"


def polished_fields(found: ModeSet) -> Fields:
    """By label, each mode's vector and its neighbour's, improved once for all derivatives; None for
    modes without one.
    """
    done: dict[int, RawMode] = {}

    def of(raw: RawMode) -> RawMode:
        if id(raw) not in done:
            done[id(raw)] = polished(raw)
        return done[id(raw)]

    fields: dict[str, tuple[RawMode, RawMode | None] | None] = {}
    for mode in found:
        if mode.raw is None:
            fields[mode.label] = None
        else:
            fields[mode.label] = of(mode.raw), None if mode.raw_next is None else of(mode.raw_next)
    return fields


def mode_slopes(
    fields: Fields, request: ModeRequest, change: CavityChange, further: Further | None = None
) -> dict[str, dict[str, float]]:
    """Derivatives of all outcomes of all modes with respect to one number.

    Parameters
    ----------
    fields : mapping
        From `polished_fields` of the modes found with this request.
    request : ModeRequest
    change : CavityChange
    further : callable, optional
        As for `with_spreads`.

    Returns
    -------
    dict of str to dict
        By mode label and name: wavelength_nm and fsr_nm from the solved fields, the other numbers
        from one solve of all modes on either side; an outcome that is lost on one of them is left
        out.
    """
    first = {label: _from_field(field, change) for label, field in fields.items()}
    moved = (
        max((abs(slope.get("wavelength_nm", 0.0)) for slope in first.values()), default=0.0)
        * change.width
    )
    # Modes at either end of the range leave it when the cavity changes; the wider range keeps them.
    wide = (
        request
        if request.span_nm is None
        else replace(request, span_nm=request.span_nm + 2 * moved + _ROOM_NM)
    )
    sides = []
    for side in (change.lower, change.upper):
        solved = find_modes(side, wide)
        more = {} if further is None else further(solved, side)
        sides.append(
            {mode.label: {**_numbers(mode), **more.get(mode.label, {})} for mode in solved}
        )
    low, high = sides
    out = {}
    for label, slope in first.items():
        below, above = low.get(label, {}), high.get(label, {})
        differences = {
            name: (above[name] - below[name]) / change.width for name in below if name in above
        }
        # The derivative from the field replaces the difference of two solves, whose digits cancel.
        out[label] = {**differences, **slope}
    return out


def _from_field(
    field: tuple[RawMode, RawMode | None] | None, change: CavityChange
) -> dict[str, float]:
    """Derivatives of wavelength and free spectral range from the solved field, where it has them
    (no moved section).
    """
    if field is None:
        return {}
    try:
        here = wavelength_derivative_nm(field[0], change)
    except InputError:
        return {}
    if field[1] is None:
        return {"wavelength_nm": here}
    # The free spectral range is the distance to the mode of the next azimuthal order.
    return {"wavelength_nm": here, "fsr_nm": here - wavelength_derivative_nm(field[1], change)}


def _numbers(mode: Mode) -> dict[str, float]:
    """Outcomes of one mode as solved."""
    values = {
        "wavelength_nm": mode.wavelength_nm,
        "fsr_nm": mode.fsr_nm,
        **{f"log10_q_{name}": value for name, value in mode.losses.to_json_dict().items()},
    }
    return {
        name: value for name, value in values.items() if value is not None and math.isfinite(value)
    }
