"""Static thresholds of all modes of a cavity without a light curve: what spreads of the cavity's
numbers are carried to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import replace

from ...gain import GainMedium, Pump
from ...geometry.cavity import Cavity
from ...modes.mode import Mode
from ..competition.competitors import STATIC_EXCITONS
from ..competition.lasing_mode import LasingMode, Quality, lasing_modes
from ..pulses.rate_model import rate_model
from ..pumped.emitters import doped_index
from ..pumped.preparation import Prepared
from ..pumped.pump_profile import pump_profile
from ..request import LasingRequest
from .steady_laser import SteadyLaser
from .threshold import DarkGain, threshold_gain_per_cm


def static_outcomes(
    modes: Iterable[Mode], quality: Quality, medium: GainMedium, pump: Pump, cavity: Cavity
) -> dict[str, dict[str, float]]:
    """First-order threshold gain, and the fluence at which the dark gain reaches the loss, of each
    mode by label.

    All emitters see every mode alike. Modes without loss or without field in the doped region are
    left out, and so is the fluence of a mode whose gain never reaches its loss.

    Returns
    -------
    dict of str to dict
        threshold_gain_per_cm and gain_equals_loss_mj_cm2, or gain_equals_loss_uw under continuous
        light.
    """
    # Thresholds of first order need no solved field, so that none is held.
    lossy = [
        replace(mode, raw=None) for mode in modes if mode.q_total is not None or quality != "budget"
    ]
    seen = lasing_modes(
        lossy,
        quality,
        cavity.diameter_um,
        medium.doped_region,
        medium.host_group_index,
        cavity,
        exact_threshold=False,
    )
    comb = [mode for mode in seen if math.isfinite(threshold_gain_per_cm(mode))]
    if not comb:
        return {}
    if pump.kind == "continuous":
        return _steady(comb, medium, pump, cavity)
    model = rate_model(
        comb, medium, medium.emitters(cavity.diameter_um), medium.ladder_top(STATIC_EXCITONS), None
    )
    per_unit = pump.excitons_per_unit(medium.absorber)
    out = {}
    backwards = medium.pump_emission(pump.wavelength_nm) if pump.photons == 1 else 0.0
    dark = DarkGain(model, medium, backwards, pump_profile(pump, medium))
    for mode, excitons in zip(comb, dark.threshold_excitons_each(), strict=True):
        out[mode.label] = {"threshold_gain_per_cm": threshold_gain_per_cm(mode)}
        if excitons is not None:
            out[mode.label]["gain_equals_loss_mj_cm2"] = (excitons / per_unit) ** (
                1.0 / pump.photons
            )
    return out


def _steady(
    comb: Sequence[LasingMode], medium: GainMedium, pump: Pump, cavity: Cavity
) -> dict[str, dict[str, float]]:
    """First-order threshold gain and continuous power of gain = loss of each mode by label."""
    index = doped_index(medium, cavity, medium.emission_wavelength_nm)
    modes = tuple(comb)
    ready = Prepared(modes, modes, modes, None, pump, index, cavity.diameter_um)
    laser = SteadyLaser(ready, medium, LasingRequest())
    out = {}
    for mode, rate in zip(comb, laser.static_each, strict=True):
        out[mode.label] = {"threshold_gain_per_cm": threshold_gain_per_cm(mode)}
        if rate is not None:
            out[mode.label]["gain_equals_loss_uw"] = float(laser.power_uw(rate))
    return out
