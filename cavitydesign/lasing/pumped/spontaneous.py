"""Spontaneous emission into the lasing modes: outcomes of the model, not inputs."""

from __future__ import annotations

import math

import numpy as np

from ...arrays import Array
from ...gain import GainMedium
from ...units import NM_PER_UM
from ..competition.lasing_mode import LasingMode
from ..pulses.rate_model import RateModel


def spontaneous_emission_factors(model: RateModel) -> Array:
    """(M,) beta of each mode: its share of all spontaneous photons of the lowest fully emitting
    rung (the pair, in a dot), those into other modes and in all directions among them.
    """
    rate = model.weight @ model.emission / model.emitters
    relative_rate = rate * model.ladder.emission_over_radiation_ps
    return np.asarray(relative_rate / (1.0 + relative_rate.sum()))


def purcell_factor(mode: LasingMode, medium: GainMedium, index: float) -> float | None:
    """Largest Purcell factor 3/(4 pi^2) (lambda/n)^3 Q / V with 1/Q = 1/Q_mode + 1/Q_line (emitters
    broader than the mode).

    Holds for an emitter at the field's maximum with its dipole along the field; None without a mode
    volume.

    Parameters
    ----------
    mode : LasingMode
    medium : GainMedium
        Whose emission line counts.
    index : float
        Refractive index at the emitter.

    Returns
    -------
    float or None
    """
    if not (math.isfinite(mode.mode_volume_um3) and mode.mode_volume_um3 > 0):
        return None
    # An emitter's line, if broader than the mode, limits the enhancement as a low Q would.
    line = medium.emission_energy_ev / (1e-3 * medium.emission_fwhm_mev)
    quality = 1.0 / (1.0 / mode.q_passive + 1.0 / line)
    cube = (mode.wavelength_nm / NM_PER_UM / index) ** 3
    return 3.0 / (4.0 * math.pi**2) * cube * quality / mode.mode_volume_um3
