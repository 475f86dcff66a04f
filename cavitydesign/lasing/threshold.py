"""Static thresholds: the gain that balances the loss of a mode, and the fluence that first provides it."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq

from ..gain import GainMedium
from ..units import NM_PER_UM, UM_PER_CM
from .lasing_mode import LasingMode
from .rate_model import RateModel

Array = NDArray[np.float64]

_DELAYS = 40
_SEARCH = (1e-3, 1e4)


def threshold_gain_per_cm(mode: LasingMode) -> float:
    """Material gain that balances the passive loss to first order, g_th = 2 pi n_g / (Gamma lambda Q).

    Infinite for a mode with no energy in the doped region.
    """
    if mode.confinement == 0:
        return math.inf
    wavelength_cm = mode.wavelength_nm / NM_PER_UM / UM_PER_CM
    return 2.0 * math.pi * mode.group_index / (mode.confinement * wavelength_cm * mode.q_passive)


class DarkGain:
    """Net gain rate of every mode against time when there is no light in the cavity.

    Parameters
    ----------
    model : RateModel
        With one comb (no batch).
    medium : GainMedium
    """

    def __init__(self, model: RateModel, medium: GainMedium) -> None:
        self._model, self._medium = model, medium
        ladder = model.ladder
        scale = 1.0 / ladder.cooling_per_ps
        # gain builds up with cooling and goes with the slower decay of the lowest emitting rung
        slow = 1.0 / max(float(ladder.decay_per_ps[min(2, ladder.top)]), 1e-12)
        self._times = np.geomspace(0.05 * scale, 3.0 * min(max(slow, scale), 100.0 * scale), _DELAYS)
        unit = np.eye(ladder.top + 1)
        self._propagator = ladder.decayed(unit, self._times)
        self._weights = np.stack([ladder.emission, ladder.absorption])

    def net_rate_per_ps(self, excitons: float) -> Array:
        """(K, M) gain minus absorption minus loss at the delays sampled."""
        model = self._model
        share, place = np.unique(model.pump_share, return_inverse=True)
        start = self._medium.occupation(excitons * share, model.ladder.top)
        sums = np.einsum("wj,kji,ic->wkc", self._weights, self._propagator, start)[:, :, place] * model.weight
        return np.asarray(sums[0] @ model.emission - sums[1] @ model.absorption - model.loss)

    def threshold_excitons_each(self) -> tuple[float | None, ...]:
        """Excitations per emitter at which each mode reaches gain = loss at some time; None if it never does.

        Bracketed on a grid, then refined by bisection to 1e-9 in the logarithm.
        """
        grid = np.log(np.geomspace(*_SEARCH, 57))
        gains = np.array([self.net_rate_per_ps(math.exp(x)).max(axis=0) for x in grid])
        return tuple(self._crossing(grid, gains[:, mode], mode) for mode in range(gains.shape[1]))

    def _crossing(self, grid: Array, gain: Array, mode: int) -> float | None:
        above = np.flatnonzero(gain > 0)
        if len(above) == 0:
            return None
        first = int(above[0])
        if first == 0:
            return math.exp(grid[0])
        root = brentq(
            lambda x: float(self.net_rate_per_ps(math.exp(x))[:, mode].max()), grid[first - 1], grid[first], xtol=1e-9
        )
        return math.exp(root)
