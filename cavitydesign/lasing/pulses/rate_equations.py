"""The rate equations of populations and photons after a short pulse, for many pulses at once.

For each class of emitters: hot ones join the ladder at the cooling rate, rung j decays to j - 1,
stimulated emission takes j to j - 1 and absorption j to j + 1. For each mode (photons s for one
emitter)

    ds/dt = (gain - absorption - loss) s + gain / emitters,

the last term being Einstein's spontaneous emission into the mode. Every photon is booked against an
excitation: excitations + photons + decays are a linear invariant.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ..pumped.pump_profile import PumpProfile
from .rate_model import RateModel


@dataclass(frozen=True)
class Source:
    """Excitations that arrive while the pulses go on.

    Attributes
    ----------
    profile : PumpProfile
    excitons : (C, F) array
        Mean excitations of an emitter over the whole pulse.
    backwards : float
        Emission that the pump stimulates, over absorption; of emitters of one excitation.
    unlimited : bool
        Carriers, whose density nothing limits.
    """

    profile: PumpProfile
    excitons: Array
    backwards: float = 0.0
    unlimited: bool = False

    def kept(self, columns: NDArray[np.bool_] | NDArray[np.int64]) -> Source:
        """That of some columns."""
        return replace(self, excitons=np.ascontiguousarray(self.excitons[:, columns]))

    def flux(self, ladder: Array, rate: Array) -> Array:
        """(J, C, F) net rate from each rung to the one below by a pump of the given rate (F,)."""
        lift = rate * self.excitons
        if self.unlimited:
            return np.asarray(-lift[None])
        flux = -lift * ladder[:-1]
        if self.backwards:
            flux[0] += self.backwards * lift * ladder[1]
        return np.asarray(flux)


class RateEquations:
    """Right-hand side on a state (rows, F): populations (J+1) C, photons M, emitted M, spontaneous
    1, decayed 1.

    Parameters
    ----------
    model : RateModel
    hot : (J + 1, C or 1, F) array
        Emitters that started hot.
    source : Source or None
        Excitations that arrive later; what they add counts as decayed with the opposite sign.
    """

    def __init__(self, model: RateModel, hot: Array, source: Source | None = None) -> None:
        self.source = source
        ladder = model.ladder
        self.model = model
        self.rungs, self.classes, self.modes = ladder.top + 1, len(model.weight), model.modes
        self.populations = self.rungs * self.classes
        self.rows = self.populations + 2 * self.modes + 2
        self.cooling = ladder.cooling_per_ps
        self.feed = np.ascontiguousarray(hot * ladder.cooling_per_ps)
        self.photons = slice(self.populations, self.populations + self.modes)
        self.emitted = slice(self.photons.stop, self.photons.stop + self.modes)
        self.decay = ladder.decay_per_ps[1:, None, None]
        self.emission = ladder.emission[1:, None, None]
        # Rungs above the last that absorbs are left out of every product with the light.
        self.absorbing = int(np.flatnonzero(ladder.absorption)[-1]) + 1
        self.absorption = ladder.absorption[: self.absorbing, None, None]
        self.sums = np.stack(
            [ladder.emission, ladder.absorption, ladder.radiative_per_ps, ladder.decay_per_ps]
        )
        self.loss = model.loss[:, None]
        self.batched = model.emission.ndim == 3
        self.up, self.down = _by_column(model.absorption), _by_column(model.emission)
        weight = model.weight[:, None]
        self.gain = np.ascontiguousarray(np.swapaxes(self.down * weight, -1, -2))
        self.lost = np.ascontiguousarray(np.swapaxes(self.up * weight, -1, -2))
        # Spontaneous emission is what one photon in each mode would stimulate (Einstein); photons
        # are counted for one emitter, so that it is 1 / emitters.
        seed = self.down.sum(axis=-1) / model.emitters
        self.seed = np.ascontiguousarray(seed.T) if self.batched else seed[:, None]

    def explicit(self, time: Array, state: Array) -> Array:
        """(rows, F) change of the rate with time at a fixed state: the hot emitters' share fades,
        the pump comes and goes.
        """
        change = np.zeros((self.rows, len(time)))
        ladder = change[: self.populations].reshape(self.rungs, self.classes, -1)
        ladder += self.feed * (-self.cooling * np.exp(-self.cooling * time))
        if self.source is not None:
            rungs = state[: self.populations].reshape(ladder.shape)
            slope = self.source.profile.slope_per_ps2(time)
            flux = self.source.flux(rungs, slope)
            ladder[:-1] += flux
            ladder[1:] -= flux
            # Pumping counts as decay with the opposite sign, which keeps the sum of all constant.
            change[-1] += self.model.weight @ flux.sum(axis=0)
        return change

    def kept(self, columns: NDArray[np.bool_]) -> None:
        """Drop the columns that are done."""
        self.feed = np.ascontiguousarray(self.feed[..., columns])
        if self.source is not None:
            self.source = self.source.kept(columns)
        if self.batched:
            self.up, self.down = self.up[columns], self.down[columns]
            self.gain, self.lost = self.gain[columns], self.lost[columns]
            self.seed = np.ascontiguousarray(self.seed[:, columns])

    def times(self, coefficients: Array, vector: Array) -> Array:
        """Coefficients (a, b), or (F, a, b) of its own for each column, times a vector (b, F)."""
        if self.batched:
            return np.ascontiguousarray((coefficients @ vector.T[:, :, None])[:, :, 0].T)
        return coefficients @ vector

    def flux(self, ladder: Array, down: Array, up: Array) -> Array:
        """(J, C, F) net rate from each rung to the one below, in light that stimulates emission at
        `down` and absorption at `up`, (C, F) each for a weight of one.
        """
        flux = self.emission * down
        flux += self.decay
        flux *= ladder[1:]
        flux[: self.absorbing] -= self.absorption * up * ladder[: self.absorbing]
        return np.asarray(flux)

    def sums_of(self, ladder: Array) -> Array:
        """(4, C, F) weights of emission and absorption, rates of photoluminescence and of decay."""
        return np.asarray(
            (self.sums @ ladder.reshape(self.rungs, -1)).reshape(4, *ladder.shape[1:])
        )

    def flux_slopes(self, ladder: Array, down: Array, up: Array) -> tuple[Array, Array]:
        """(J, C, F) change of the flux with the upper rung, and minus that with the lower."""
        falling = self.emission * down + self.decay
        rising = np.zeros_like(falling)
        rising[: self.absorbing] = self.absorption * up
        return falling, rising

    def light_slopes(self, ladder: Array) -> tuple[Array, Array]:
        """Change of the flux with `down`, and minus that with `up`, of as many rungs as absorb."""
        return self.emission * ladder[1:], self.absorption * ladder[: self.absorbing]

    def sum_slopes(self, ladder: Array) -> Callable[[Array, slice], Array]:
        """How some of the four sums change with the populations, which is a function of (J + 1, C,
        F) changes.
        """

        def changed(change: Array, which: slice) -> Array:
            some = self.sums[which] @ change.reshape(self.rungs, -1)
            return np.asarray(some.reshape(-1, *change.shape[1:]))

        return changed

    def rate(self, time: Array, state: Array, out: Array) -> Array:
        """Write d state / dt into `out`; returns the net gain rate of each mode."""
        first = self.populations
        columns = state.shape[1]
        ladder = state[:first].reshape(self.rungs, self.classes, columns)
        photons = state[self.photons]
        down = self.times(self.down, photons) + self.seed
        flux = self.flux(ladder, down, self.times(self.up, photons))
        pumped = None
        if self.source is not None:
            pumped = self.source.flux(ladder, self.source.profile.rate_per_ps(time))
            flux += pumped
        change = out[:first].reshape(self.rungs, self.classes, columns)
        change[:-1] = flux
        change[-1] = 0.0
        change[1:] -= flux
        change += self.feed * np.exp(-self.cooling * time)
        sums = self.sums_of(ladder)
        gain = self.times(self.gain, sums[0])
        net = gain - self.times(self.lost, sums[1])
        net -= self.loss
        np.multiply(net, photons, out=out[self.photons])
        out[self.photons] += gain / self.model.emitters
        np.multiply(self.loss, photons, out=out[self.emitted])
        out[-2:] = self.model.weight @ sums[2:]
        if pumped is not None:
            out[-1] += self.model.weight @ pumped.sum(axis=0)
        return net


def _by_column(coefficients: Array) -> Array:
    """Coefficients (a, b) as they are, (a, b, F) as (F, a, b), in one piece of memory as compiled
    steps read them: zones of a medium of one class came in the order of the modes.
    """
    return np.ascontiguousarray(
        coefficients.transpose(2, 0, 1) if coefficients.ndim == 3 else coefficients
    )
