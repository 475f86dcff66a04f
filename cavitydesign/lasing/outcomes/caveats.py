"""What the user must know beside the numbers: fits, empirical inputs, and where the model leaves
its range.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from ...gain import GainMedium, Pump
from ...modes.losses.mechanism import EXTERNAL
from ...modes.mode import Mode
from ...units import NM_PER_UM, PLANCK_EV_S, SPEED_OF_LIGHT_UM_PER_PS, photon_energy_ev
from ..competition.comb import families, local_spacing_nm, uncovered_sides
from ..competition.competitors import STATIC_EXCITONS
from ..competition.lasing_mode import EmpiricalQuality, LasingMode
from ..prediction import CurveBreaks, Thresholds
from ..pulses.rate_model import gain_rate_per_ps
from ..pumped.preparation import Prepared
from ..request import LasingRequest
from .output_threshold import least_slope

# Relative error of the balance of photons above which the integration is not to be trusted: pulses
# against LSODA agree to 1e-3 where the balance closes to this.
BALANCE_LIMIT = 5e-4


def calibrations(medium: GainMedium, pump: Pump, request: LasingRequest) -> dict[str, str]:
    """Inputs that are fits, assumptions or empirical rules, with what they were fitted to."""
    found = {
        f"gain.{constant.key}": f"{constant.kind}: {constant.source}"
        for constant in medium.constants
        if constant.kind in ("fitted", "assumed")
    }
    if isinstance(request.quality, EmpiricalQuality):
        found["lasing.quality"] = f"empirical: Q = {request.quality.per_um:g} per um of diameter"
    if pump.energy_jitter is None:
        found["pump.energy_jitter"] = "fitted: with the default dots, to the published light curves"
    return found


def caveats(
    modes: Sequence[LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float,
    thresholds: Thresholds,
    breaks: CurveBreaks,
    strongest: LasingMode,
    balance_error: float,
) -> tuple[str, ...]:
    """Warnings of one prediction."""
    found = list(pump.warnings(medium.absorber))
    pumped = pump.photons * photon_energy_ev(pump.wavelength_nm)
    if pump.photons > 1 and pumped < medium.least_pump_ev:
        found.append(
            f"pump: {pump.photons} photons carry {pumped:.3f} eV, within the emission band (below "
            f"{medium.least_pump_ev:.3f} eV): what they stimulate there is not in the model"
        )
    found += _comb_words(modes, medium, request, diameter_um)
    found += _validity(modes, medium, diameter_um)
    found += _threshold_words(medium, pump, thresholds, breaks)
    away = abs(strongest.wavelength_nm - medium.emission_wavelength_nm) / medium.emission_fwhm_nm
    if away > 1.0:
        found.append(
            f"gain: the strongest mode, {strongest.wavelength_nm:.1f} nm, lies {away:.1f} line "
            "widths from the emission's centre,"
            " where the shape of the line is not known"
        )
    if balance_error > BALANCE_LIMIT:
        found.append(
            f"rate equations: excitations and photons balance only to {balance_error:.1e}; lower "
            "relative_tolerance"
        )
    return tuple(found)


def steady_caveats(
    ready: Prepared, medium: GainMedium, request: LasingRequest, thresholds: Thresholds
) -> tuple[str, ...]:
    """Warnings of one prediction under continuous light."""
    pump, reached = ready.pump, thresholds.gain_equals_loss
    found = _comb_words(ready.solved, medium, request, ready.diameter_um)
    if pump.absorbed_share == 1.0:
        found.append(
            "pump: absorbed_share is 1: powers are those that emitters at rest would absorb"
        )
    backwards = medium.pump_emission(pump.wavelength_nm)
    if backwards > 1e-3:
        found.append(
            f"pump: stimulates emission too, {backwards:.3g} times as strongly as it is absorbed: "
            f"at most {100.0 / (1.0 + backwards):.3g} % of the emitters are excited"
        )
    if reached is None:
        found.append("lasing: the gain reaches the loss of no mode, at any power")
    elif thresholds.lasing is None:
        asked = least_slope(medium.ladder(1))
        slope = thresholds.steepest_slope
        found.append(
            "lasing: the threshold lies beyond pump.power_uw; raise its end"
            if slope is None or slope >= asked
            else f"lasing: no threshold; gain reaches loss at {reached:.3g} uW, but the output "
            f"rises with the power {slope:.2g} of the pump at most, a laser's with more than "
            f"{asked:g}"
        )
    if ready.overlap is None and not request.coupled_waves:
        found.append(
            "regime: all emitters see every mode alike, so that the first mode holds the others "
            "down at any power; lasing.coupled_waves = true lets modes burn holes of their own"
        )
    return tuple(found)


def _comb_words(
    modes: Sequence[LasingMode], medium: GainMedium, request: LasingRequest, diameter_um: float
) -> list[str]:
    """What the medium says of the modes, and where the comb ends."""
    found = list(medium.warnings(np.array([mode.wavelength_nm for mode in modes])))
    if all(mode.confinement == 0 for mode in modes):
        found.append(
            f"gain: no mode has energy in the region with the emitters, {medium.doped_region}: "
            "nothing can lase"
        )
    sides = uncovered_sides(modes, medium, diameter_um)
    if sides:
        words = " and ".join(sides)
        cure = "modes there are missing; widen modes.span_nm"
        if request.extend_comb:
            cure = "continued by its spacing as far as modes compete"
        found.append(
            f"comb: ends within one line width ({medium.emission_fwhm_nm:.0f} nm) of the "
            "emission's centre"
            f" on the {words} side; {cure}"
        )
    return found


def quality_words(
    modes: Sequence[Mode | LasingMode], request: LasingRequest, diameter_um: float
) -> list[str]:
    """Which Q lases where it is not that of the solved losses."""
    rule = request.quality
    if isinstance(rule, EmpiricalQuality):
        given = f"Q = {rule.per_um:g} D = {rule.per_um * diameter_um:.3g} (given)"
    elif isinstance(rule, int | float):
        given = f"Q = {rule:.3g} (given)"
    else:
        return _loaded_words(modes)
    solved = [mode for mode in modes if isinstance(mode, Mode)]
    if not solved:
        return []
    largest = max(solved, key=lambda mode: mode.losses.total or math.inf).losses.total
    allowed = (
        "no solved loss limits it"
        if largest is None
        else f"solved losses would allow {_power(largest)}"
    )
    coupled = any(EXTERNAL in mode.losses.further for mode in solved)
    guide = "; it is the loaded Q: the guide of [coupling] is not added to it" if coupled else ""
    return [f"quality: {given}; {allowed}{guide}"]


def _loaded_words(modes: Sequence[Mode | LasingMode]) -> list[str]:
    """What the guide of [coupling] takes of the mode of the best loaded Q."""
    coupled = [mode for mode in modes if isinstance(mode, Mode) and EXTERNAL in mode.losses.further]
    if not coupled:
        return []
    best = max(coupled, key=lambda mode: mode.losses.total or -math.inf)
    external, loaded = best.losses.further[EXTERNAL], best.losses.total
    intrinsic = best.losses.without(EXTERNAL).total
    assert external is not None and loaded is not None
    alone = "without it nothing is lost" if intrinsic is None else f"{_power(intrinsic)} without it"
    return [
        f"quality: loaded by the guide of [coupling], which takes {10.0 ** (loaded - external):.0%}"
        f" of the light of {best.label}: Q = {_power(loaded)}, {alone}"
    ]


def _power(log10: float) -> str:
    """A number given by its decimal logarithm."""
    return f"{10.0**log10:.2g}" if log10 < 15.0 else f"1e{log10:.0f}"


def _threshold_words(
    medium: GainMedium, pump: Pump, thresholds: Thresholds, breaks: CurveBreaks
) -> list[str]:
    """Why there is no threshold, or no break."""
    found = []
    static, slope = thresholds.gain_equals_loss, thresholds.steepest_slope
    if slope is not None and thresholds.lasing is None and static is not None:
        asked = least_slope(medium.ladder(max(medium.ladder_top(STATIC_EXCITONS), 1)))
        least = thresholds.least_efficiency or 0.0
        if slope < asked:
            found.append(
                f"lasing: no threshold; gain reaches loss at {static:.3g} mJ/cm2, but the output "
                "rises with the power"
                f" {slope:.2g} of the excitations at most, a laser's with more than {asked:g}"
            )
        elif (thresholds.greatest_efficiency or 0.0) < least:
            found.append(
                f"lasing: no threshold; gain reaches loss at {static:.3g} mJ/cm2, but "
                f"{100.0 * (thresholds.greatest_efficiency or 0.0):.2g} of 100 further excitations"
                f" at most become laser light, a laser's {100.0 * least:.2g} or more: the"
                " emitters are full before the light takes from them"
            )
        else:
            found.append("lasing: the threshold lies beyond pump.fluence_mj_cm2; raise its end")
    elif static is None:
        found.append("lasing: the gain reaches the loss of no mode, at any fluence")
    elif thresholds.lasing is None and static > pump.fluence_mj_cm2[1]:
        found.append(
            f"lasing: gain reaches loss at {static:.3g} mJ/cm2, beyond pump.fluence_mj_cm2; nothing"
            " lases within it"
        )
    if breaks.visibility is not None and breaks.fit is None:
        found.append(
            f"light curve: shows no breaks (the slopes differ by {breaks.visibility:.2g}); the "
            "laser is faint beside the"
            " photoluminescence, or collected like it. The threshold is read off the laser and "
            "stands"
        )
    return found


def _validity(modes: Sequence[LasingMode], medium: GainMedium, diameter_um: float) -> list[str]:
    found = []
    fastest = max(gain_rate_per_ps(mode, medium) for mode in modes)
    # A gain faster than the line's own dephasing cannot follow the populations at once.
    line_per_ps = 2.0 * math.pi * 1e-3 * medium.emission_fwhm_mev / (PLANCK_EV_S * 1e12)
    if fastest > 0.5 * line_per_ps:
        found.append(
            f"gain: {fastest:.0f} per ps is beyond half the width of the emission line "
            f"({line_per_ps:.0f} per ps);"
            " rate equations do not hold"
        )
    gaps = [
        local_spacing_nm(comb, comb[len(comb) // 2], diameter_um)
        for comb in families(modes).values()
    ]
    # d omega = 2 pi c d lambda / lambda^2.
    wavelength = modes[0].wavelength_nm
    spacing_per_ps = (
        2.0 * math.pi * SPEED_OF_LIGHT_UM_PER_PS * NM_PER_UM * min(gaps) / wavelength**2
    )
    if fastest > 2.0 * math.pi * spacing_per_ps:
        found.append(
            f"gain: {fastest:.0f} per ps amplifies more in one round trip than separate modes allow"
            f" (spacing {spacing_per_ps:.1f} per ps); the sharing between neighbouring modes is "
            "approximate"
        )
    longest = max(mode.q_passive for mode in modes)
    if longest > 1e6:
        found.append(
            f"quality: up to {longest:.1e}: photons outlive the gain and are mostly reabsorbed by "
            "spent emitters;"
            " roughness and absorption decide what leaves the cavity"
        )
    return found
