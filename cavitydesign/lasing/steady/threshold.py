"""Static thresholds: the gain that balances the loss of a mode, and the fluence that first provides
it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.interpolate import PchipInterpolator
from scipy.optimize import elementwise

from ...arrays import Array
from ...gain import GainMedium
from ...units import NM_PER_UM, UM_PER_CM
from ..competition.lasing_mode import LasingMode
from ..pulses.long_pump import weights_under_pump
from ..pulses.rate_model import RateModel
from ..pumped.pump_profile import PumpProfile

# Delays after the pulse at which the dark gain is sampled; what lies between is in the stated error
# (`_PARABOLA`, `_READ`).
_DELAYS = 40
# Relative width at which a root is found.
_ROOT = 1e-12
# Excitations at which the growth of light is tried, from gain = loss to `_HIGHEST` times it.
_GROWTHS = 49
_HIGHEST = 40.0  # Times gain = loss: far above it, light has begun to grow wherever it can.
# Photons that begin to empty the emitters: exp(-7) for each, or that share of the excitations.
_SPENT, _USED = 7.0, 0.3
# Excitations of an emitter between which gain = loss is looked for: above, emitters are long full.
_SEARCH = (1e-3, 1e4)
# Excitations below those searched on the grid: there the gain rises evenly, and a mode has one
# crossing at most. A dye at Q = 2e6 has it at 9e-4.
_LEAST = 1e-15
# Relative step of a difference.
_DIFFERENCE = 1e-4
# Errors against 4000 delays were up to 2.3 times what the parabola says, dots and dyes, Q = 300 to
# 1e7.
_PARABOLA = 2.5
# Excitations at which a long pulse is tried first.
_COARSE = 201
# Range and points of a finer grid of the excitations' logarithm under a long pulse.
_NEAR, _FINE = 2.5, 60
# Relative error that this grid leaves.
_READ = 5e-4
# Relative error that is left where the parabola says less; 4000 delays moved such by 6e-5.
_SAMPLED = 1e-4


def threshold_gain_per_cm(mode: LasingMode) -> float:
    """Material gain that balances the passive loss to first order, g_th = 2 pi n_g / (Gamma lambda
    Q).

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
    pump_emission : float
        Stimulated emission over absorption at the pump.
    profile : PumpProfile or None
        Of a pump pulse that is long for the medium.
    """

    def __init__(
        self,
        model: RateModel,
        medium: GainMedium,
        pump_emission: float = 0.0,
        profile: PumpProfile | None = None,
    ) -> None:
        self._pump_emission, self._profile, self._ladder = pump_emission, profile, model.ladder
        self._medium, self._top, self._loss = medium, model.ladder.top, model.loss
        self._delays = model.ladder.delays_ps(_DELAYS)
        self._weights = model.ladder.in_the_dark(self._delays)
        # emitters pumped alike are one: their lines add up
        self._shares, share_index = np.unique(model.pump_share, return_inverse=True)
        members = (share_index == np.arange(len(self._shares))[:, None]) * model.weight
        self._coefficients = np.stack([members @ model.emission, -(members @ model.absorption)])

    def net_rate_per_ps(self, excitons: ArrayLike) -> Array:
        """(K, M) gain minus absorption minus loss at the delays sampled.

        Parameters
        ----------
        excitons : float or (M,) array
            Mean excitations of an emitter, the same for all modes or one for each.
        """
        mean = np.broadcast_to(np.asarray(excitons, dtype=float), self._loss.shape)
        net: Array | float = 0.0
        for share, coefficients in zip(
            self._shares, np.swapaxes(self._coefficients, 0, 1), strict=True
        ):
            sums = self._sums(share * mean)
            net = net + sums[0] * coefficients[0] + sums[1] * coefficients[1]
        return np.asarray(net - self._loss)

    def _sums(self, excitons: Array) -> Array:
        """(2, K, n) weights of emission and absorption against time."""
        if self._profile is not None:
            return weights_under_pump(self._ladder, self._profile, excitons, self._pump_emission)
        return self._weights(self._medium.pumped(excitons, self._top, self._pump_emission))

    def threshold_excitons_each(self) -> tuple[float | None, ...]:
        """Excitations per emitter at which each mode reaches gain = loss at some time; None if it
        never does.

        Bracketed on a grid, then found to rounding, all modes at once; under a long pulse read off
        a finer grid.
        """
        if self._profile is not None:
            return self._read_off()
        grid = np.geomspace(*_SEARCH, 57)
        above = self._greatest(np.log(grid)) > 0
        reached = np.asarray(above.any(axis=0))
        first = np.maximum(above.argmax(axis=0), 1)
        # A mode that has gain at the lowest excitations already is searched below them.
        early = above[0]
        low = np.where(early, _LEAST, grid[first - 1])
        high = np.where(early, grid[0], grid[first])
        root = self._root(low, high)
        return tuple(
            float(value) if found else None for value, found in zip(root, reached, strict=True)
        )

    def _root(self, low: Array, high: Array) -> Array:
        """Excitations of no net gain between brackets; no number where these hold none."""

        def net(at: Array, mode: NDArray[np.int64]) -> Array:
            # Modes that are found leave the batch; those that are left are asked together.
            excitons = high.copy()
            excitons[mode] = at
            return np.asarray(self.net_rate_per_ps(excitons).max(axis=0)[mode])

        found = elementwise.find_root(
            net,
            (low, high),
            args=(np.arange(high.size),),
            tolerances={"xatol": 0.0, "xrtol": _ROOT},
        )
        return np.asarray(found.x)

    def onset_excitons(self, static: float, emitters: float) -> float | None:
        """Excitations from which on light grows enough in the dark to empty the emitters, which is
        where the output has its corner; None under a long pulse, where that is not computed, or
        where it is not reached.

        Parameters
        ----------
        static : float
            Excitations at gain = loss of the best mode.
        emitters : float
        """
        if self._profile is not None:
            return None
        above = np.linspace(0.0, math.log(_HIGHEST), _GROWTHS)
        net = self._net_each(above + math.log(static))
        step = np.diff(self._delays)[:, None]
        grown = np.cumsum(0.5 * (net[:, 1:] + net[:, :-1]) * step, axis=1)
        grown = np.concatenate([np.zeros_like(grown[:, :1]), grown], axis=1)
        # Light grows from its lowest level on, at whatever time that is.
        most = (grown - np.minimum.accumulate(grown, axis=1)).max(axis=1)
        # what is left after the last delay fades with the rung that emits
        gain = np.maximum(net[:, -1], 0.0) + self._loss
        fade = 1.0 / max(float(self._ladder.decay_per_ps[min(2, self._top)]), 1e-12)
        most += fade * (gain - self._loss - self._loss * np.log(gain / self._loss))
        spent = np.minimum(-_SPENT, np.log(_USED * static) + above)
        beyond = np.maximum.accumulate(most.max(axis=1) - spent) - math.log(emitters)
        if not beyond[0] < 0.0 <= beyond[-1]:
            return None
        first = int(np.searchsorted(beyond, 0.0)) - 1
        cell = slice(first, first + 2)
        return static * math.exp(float(np.interp(0.0, beyond[cell], above[cell])))

    def _read_off(self) -> tuple[float | None, ...]:
        """Readings from two grids, the second about the first mode's threshold and beyond."""
        grid = np.log(np.geomspace(_LEAST, _SEARCH[1], _COARSE))
        net = self._greatest(grid)
        above = net > 0
        if not above.any():
            return (None,) * int(net.shape[1])
        first = max(int(above.any(axis=1).argmax()), 1)
        fine = np.linspace(grid[first - 1], grid[first - 1] + _NEAR, _FINE)
        both = np.r_[grid, fine]
        order = np.unique(both, return_index=True)[1]
        logarithm, net = both[order], np.concatenate([net, self._greatest(fine)])[order]
        found: list[float | None] = []
        for column in net.T:
            at = int((column > 0).argmax())
            if not column[at] > 0:
                found.append(None)
                continue
            near = slice(max(at - 3, 0), at + 3)
            roots = PchipInterpolator(logarithm[near], column[near]).roots(extrapolate=False)
            found.append(float(np.exp(roots[0] if len(roots) else logarithm[at])))
        return tuple(found)

    def _greatest(self, logarithm: Array) -> Array:
        """(n, M) greatest net gain rates of all modes at the same excitations."""
        return np.asarray(self._net_each(logarithm).max(axis=1))

    def _net_each(self, logarithm: Array) -> Array:
        """(n, K, M) net gain rates at the delays, of all modes at the same excitations."""
        net: Array | float = 0.0
        for share, coefficients in zip(
            self._shares, np.swapaxes(self._coefficients, 0, 1), strict=True
        ):
            sums = self._sums(share * np.exp(logarithm))
            net = net + np.moveaxis(sums, 0, 2).swapaxes(0, 1) @ coefficients
        return np.asarray(net - self._loss)

    def relative_error_each(self, excitons: Sequence[float | None]) -> tuple[float | None, ...]:
        """Estimated relative error of those excitations: the gain is sampled at some delays, and
        its true maximum is missed by about as much as that of a parabola through three of them.
        """
        least = _SAMPLED if self._profile is None else _READ
        mean = np.array([1.0 if value is None else value for value in excitons])
        net = self.net_rate_per_ps(mean)
        top = np.clip(net.argmax(axis=0), 1, len(net) - 2)
        modes = np.arange(net.shape[1])
        left, middle, right = (net[top + step, modes] for step in (-1, 0, 1))
        bend = np.minimum(left + right - 2.0 * middle, -1e-300)
        missed = np.maximum(middle - (right - left) ** 2 / (8.0 * bend), net.max(axis=0)) - net.max(
            axis=0
        )
        risen = self.net_rate_per_ps(mean * (1.0 + _DIFFERENCE)).max(axis=0)
        slope = np.maximum((risen - net.max(axis=0)) / _DIFFERENCE, 1e-300)
        return tuple(
            None if value is None else _PARABOLA * float(error) + least
            for value, error in zip(excitons, missed / slope, strict=True)
        )
