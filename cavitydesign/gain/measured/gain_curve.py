"""The gain curve of any medium just after a pulse: what a comb is drawn under."""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from ..medium import GainMedium

# They are 16 % apart at most, so that a smooth gain reaches 0.3 % more between them at most.
_DELAYS = 60


def pumped_gain_per_cm(
    medium: GainMedium, wavelength_nm: Array, excitons: float
) -> tuple[Array, float]:
    """Net gain against wavelength at the delay when its peak is highest, without light in the
    cavity.

    Parameters
    ----------
    medium : GainMedium
    wavelength_nm : (n,) array
    excitons : float
        Mean excitations of an emitter that the pulse leaves.

    Returns
    -------
    gain_per_cm : (n,) array
        Negative where the medium absorbs.
    delay_ps : float
        When the peak is highest.
    """
    lines = medium.class_lines(wavelength_nm)
    emission, absorption = lines.weight @ lines.emission, lines.weight @ lines.absorption
    top = medium.ladder_top(excitons)
    ladder = medium.ladder(top)
    start = np.asarray(medium.occupation(excitons, top), dtype=np.float64).reshape(top + 1)
    times = ladder.delays_ps(_DELAYS)
    emitting, absorbing = ladder.in_the_dark(times)(start[:, None])[:, :, 0]
    gain = np.outer(emitting, emission) - np.outer(absorbing, absorption)
    best = int(gain.max(axis=1).argmax())
    return np.asarray(medium.peak_gain_per_cm * gain[best]), float(times[best])
