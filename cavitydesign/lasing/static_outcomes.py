"""Static thresholds of all modes of a cavity without a light curve: what spreads of the cavity's
numbers are carried to.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace

from ..gain import GainMedium, Pump
from ..geometry.cavity import Cavity
from ..modes.mode import Mode
from .competitors import STATIC_EXCITONS
from .lasing_mode import Quality, lasing_modes
from .rate_model import rate_model
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
        threshold_gain_per_cm and gain_equals_loss_mj_cm2.
    """
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
    model = rate_model(
        comb, medium, medium.emitters(cavity.diameter_um), medium.ladder_top(STATIC_EXCITONS), None
    )
    per_unit = pump.excitons_per_unit(medium.absorber)
    out = {}
    for mode, excitons in zip(comb, DarkGain(model, medium).threshold_excitons_each(), strict=True):
        out[mode.label] = {"threshold_gain_per_cm": threshold_gain_per_cm(mode)}
        if excitons is not None:
            out[mode.label]["gain_equals_loss_mj_cm2"] = (excitons / per_unit) ** (
                1.0 / pump.photons
            )
    return out
