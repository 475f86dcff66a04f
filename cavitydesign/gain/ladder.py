"""The ladder of an emitter's excitons: how each rung decays, absorbs and emits. Times in ps."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.linalg import expm

from ..arrays import Array
from ..errors import InputError


@dataclass(frozen=True)
class StillToCome:
    """What excited emitters do until they are at rest when no mode has light, time integrals.

    Attributes
    ----------
    glowing : (C, F) array
        Of the weight with which they emit into a mode.
    dark : (C, F) array
        Photons of photoluminescence.
    relit : (C, F) or (C, 1) array
        Photoluminescence for each photon that an emitter absorbs meanwhile.
    relit_glowing : (C, F) or (C, 1) array
        As `glowing`, for each photon that an emitter absorbs meanwhile.
    slowest_per_ps : float
        Slowest decay; 0: some never decay.
    """

    glowing: Array
    dark: Array
    relit: Array
    relit_glowing: Array
    slowest_per_ps: float


@dataclass(frozen=True)
class Ladder:
    """Linear kinetics of one emitter holding j = 0 .. J excitations, and how each rung couples to
    light.

    Attributes
    ----------
    decay_per_ps : (J + 1,) array
        Rate from rung j to j - 1 without light in the modes; 0 for j = 0.
    radiative_per_ps : (J + 1,) array
        Its part that sends out a photon: no rung radiates faster than it decays.
    emission, absorption : (J + 1,) arrays
        Weight of stimulated emission (j to j - 1) and of absorption (j to j + 1).
    cooling_per_ps : float
        Rate at which hot emitters join the ladder.
    hot_from : int
        Lowest number of excitations that starts hot.
    """

    decay_per_ps: Array
    radiative_per_ps: Array
    emission: Array
    absorption: Array
    cooling_per_ps: float
    hot_from: int

    def __post_init__(self) -> None:
        if np.any(self.radiative_per_ps > self.decay_per_ps * (1.0 + 1e-12)):
            raise InputError(
                "ladder: a rung radiates faster than it decays; each photon takes an excitation"
            )

    @property
    def top(self) -> int:
        """Highest rung."""
        return len(self.decay_per_ps) - 1

    @property
    def onset_power(self) -> float:
        """Power of the excitations with which spontaneous emission into a mode rises: that of the
        lowest rung that emits in full.
        """
        return float(np.argmax(self.emission >= 1.0))

    @property
    def emission_over_radiation_ps(self) -> float:
        """Weight of emission into a mode over the rate of all spontaneous photons, of the lowest
        rung that emits in full (the pair, in a dot).
        """
        full = int(np.argmax(self.emission >= 1.0))
        return float(self.emission[full] / self.radiative_per_ps[full])

    def steady_level(self, up: Array, down: Array, emitting: Array, absorbing: Array) -> Array:
        """Share of emitters of one excitation in the upper level under a steady pump.

        Parameters
        ----------
        up, down : arrays
            Rates at which the pump excites, and stimulates emission.
        emitting, absorbing : arrays
            Rates of emission into the modes and of absorption from them, for a weight of one; all
            four broadcast.
        """
        rising = up + absorbing
        return np.asarray(rising / (rising + down + self.decay_per_ps[1] + emitting))

    def level_weights(self, level: Array) -> Array:
        """(4, ...) weights of emission and absorption, rates of photoluminescence and of decay, of
        a share in the upper level of one excitation.
        """
        return np.stack(
            [
                level,
                1.0 - level,
                self.radiative_per_ps[1] * level,
                self.decay_per_ps[1] * level,
            ]
        )

    def level_slopes(self, level: Array) -> Array:
        """Derivatives of the four weights by the share in the upper level."""
        one = np.ones_like(level)
        return np.stack([one, -one, self.radiative_per_ps[1] * one, self.decay_per_ps[1] * one])

    @property
    def pump_slope(self) -> float:
        """How the excitation by a pump changes with the level: emitters that are up take none."""
        return -1.0

    def level_pumped(self, level: Array, backwards: float) -> Array:
        """Net excitation by the pump over that of emitters at rest, `backwards` the emission that
        it stimulates over its absorption.
        """
        return np.asarray(1.0 - (1.0 + backwards) * level)

    def delays_ps(self, count: int) -> Array:
        """Delays that cover the rise and the fall of the gain after a pulse: it builds up with
        cooling and goes with the slower decay of the lowest emitting rung.
        """
        build_up = 1.0 / self.cooling_per_ps
        fade = 1.0 / max(float(self.decay_per_ps[min(2, self.top)]), 1e-12)
        last = 3.0 * min(max(fade, build_up), 100.0 * build_up)
        return np.asarray(np.geomspace(0.05 * build_up, last, count))

    def in_the_dark(self, times_ps: Array) -> Callable[[Array], Array]:
        """How emitters emit and absorb after a pulse without light in the modes.

        Returns
        -------
        callable
            From (J + 1, n) probabilities just after the pulse to (2, k, n) weights of emission and
            of absorption at the delays.
        """
        propagator = self.decayed(np.eye(self.top + 1), times_ps)
        response = np.einsum("wj,kji->wki", np.stack([self.emission, self.absorption]), propagator)
        return lambda occupation: np.asarray(response @ occupation)

    def to_come(self, rungs: Array, seed: Array) -> StillToCome:
        """What emitters on the ladder will still do in the dark: each rung stands for as long as
        what is at or above it takes to pass it.

        Parameters
        ----------
        rungs : (J + 1, C, F) array
        seed : (C, F) or (C, 1) array
            Rate of spontaneous emission into the modes, for a weight of one.
        """
        above = np.cumsum(rungs[::-1], axis=0)[::-1][1:]
        emission = self.emission[1:, None, None]
        decay = self.decay_per_ps[1:, None, None] + emission * seed
        lasting = np.where(decay > 0, 1.0 / np.where(decay > 0, decay, 1.0), 0.0)
        radiative = self.radiative_per_ps[1:, None, None] * lasting
        slowest = float(decay.min()) if (self.decay_per_ps[1:] > 0).all() else 0.0
        glowing, dark = (emission * lasting * above).sum(axis=0), (radiative * above).sum(axis=0)
        return StillToCome(glowing, dark, radiative[0], (emission * lasting)[0], slowest)

    def decayed(self, occupation: Array, times_ps: Array) -> Array:
        """Cool populations on the ladder in the dark.

        Parameters
        ----------
        occupation : (J + 1, n) array
            Probability of j excitations just after the pulse.
        times_ps : (k,) array
            Rising delays.

        Returns
        -------
        (k, J + 1, n) array
        """
        size = self.top + 1
        matrix = np.zeros((2 * size, 2 * size))
        rungs = np.arange(size)
        matrix[rungs, rungs] = -self.decay_per_ps
        matrix[rungs[:-1], rungs[1:]] = self.decay_per_ps[1:]
        matrix[rungs, size + rungs] = self.cooling_per_ps
        matrix[size + rungs, size + rungs] = -self.cooling_per_ps
        hot = np.where((rungs >= self.hot_from)[:, None], occupation, 0.0)
        start = np.concatenate([occupation - hot, hot])
        steps = _propagators(matrix.tobytes(), tuple(np.asarray(times_ps, dtype=float).tolist()))
        return np.asarray(np.matmul(steps, start)[:, :size])


@functools.lru_cache(maxsize=16)
def _propagators(matrix: bytes, times_ps: tuple[float, ...]) -> Array:
    """exp(matrix time) at each time, (k, n, n); kept, since all cavities with one medium share
    their ladder.
    """
    rates = np.frombuffer(matrix)
    size = math.isqrt(len(rates))
    steps = np.stack([expm(rates.reshape(size, size) * time) for time in times_ps])
    steps.setflags(write=False)
    return steps
