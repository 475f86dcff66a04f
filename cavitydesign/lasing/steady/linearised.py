"""Linear systems of the rate equations about a state, for steps that stiffness does not shorten.

A class of emitters couples neighbouring rungs only, and meets the other classes only in the light:
the populations are eliminated by one tridiagonal factorisation for all classes and pulses, which
leaves a system of the size of the modes, or of twice the classes where these are fewer.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence

import numpy as np
from scipy.linalg.lapack import dgttrf, dgttrs

from ...arrays import Array
from ..pulses.rate_equations import RateEquations

# Of the four sums of the populations.
_OF_LIGHT, _OF_DECAYS = slice(0, 2), slice(2, 4)
# Rows of their own at the end: the wrapper of LAPACK takes no fewer than three.
_SPARE = 1


class LinearisedRates:
    """(shift - J) made ready to be solved, J the Jacobian of the rate equations.

    Parameters
    ----------
    equations : RateEquations
    state : (rows, F) array
        Where J is taken.
    shift : (F,) array
        Positive; in ps^-1.
    time : (F,) array
    """

    def __init__(self, equations: RateEquations, state: Array, shift: Array, time: Array) -> None:
        self._equations, self._shift = equations, shift
        columns = state.shape[1]
        ladder = state[: equations.populations].reshape(equations.rungs, equations.classes, columns)
        photons = state[equations.photons]
        down = equations.times(equations.down, photons) + equations.seed
        up = equations.times(equations.up, photons)
        falling, rising = equations.flux_slopes(ladder, down, up)
        source, self._lift = equations.source, None
        # The pump empties the ground state and so slows itself; carriers have no such limit.
        if source is not None and not source.unlimited:
            self._lift = source.profile.rate_per_ps(time) * source.excitons
            rising = rising + self._lift
            falling = falling + source.backwards * self._lift
        self._factor = _factorised(falling, rising, shift)
        self._changed = equations.sum_slopes(ladder)
        emitted, absorbed = equations.light_slopes(ladder)
        emitting, absorbing = np.zeros_like(ladder), np.zeros_like(ladder)
        _moved(emitting, emitted)
        _moved(absorbing[: equations.absorbing + 1], -absorbed)
        self._by_emission, self._by_absorption = self._ladder(emitting), self._ladder(absorbing)
        # Spontaneous emission grows with the gain like one photon in the mode, absorption does not.
        self._gaining = photons + 1.0 / equations.model.emitters
        self._absorbed = photons
        self._light = self._of_light(ladder)

    def solve(self, right: Array) -> Array:
        """Solution for one right side (rows, F)."""
        equations, first = self._equations, self._equations.populations
        out = np.empty_like(right)
        # Populations in fixed light, then the light that feels them, then what it does to them.
        ladder = self._ladder(right[:first].reshape(equations.rungs, equations.classes, -1))
        light = right[equations.photons] + self._felt(*self._changed(ladder, _OF_LIGHT))
        photons = self._light.solve(light)
        ladder += self._by_emission * equations.times(equations.down, photons)
        ladder += self._by_absorption * equations.times(equations.up, photons)
        out[:first] = ladder.reshape(first, -1)
        out[equations.photons] = photons
        out[equations.emitted] = (right[equations.emitted] + equations.loss * photons) / self._shift
        glow = self._changed(ladder, _OF_DECAYS)
        rest = right[-2:] + equations.model.weight @ glow
        if self._lift is not None and equations.source is not None:
            back = equations.source.backwards * ladder[1] if equations.source.backwards else 0.0
            pumped = self._lift * (back - ladder[:-1].sum(axis=0))
            rest[1] += equations.model.weight @ pumped
        out[-2:] = rest / self._shift
        return out

    def _ladder(self, right: Array) -> Array:
        """Populations (rungs, C, F) that the tridiagonal part alone gives."""
        # LAPACK takes the unknowns of one tridiagonal matrix in a row: rungs run fastest.
        turned = right.transpose(1, 2, 0)
        flat = np.zeros(right.size + _SPARE)
        flat[: right.size].reshape(turned.shape)[...] = turned
        solved = dgttrs(*self._factor, flat, overwrite_b=True)[0][: right.size]
        return np.ascontiguousarray(solved.reshape(turned.shape).transpose(2, 0, 1))

    def _felt(self, emission: Array, absorption: Array) -> Array:
        """(M, F) change of the photons' rates by changed populations."""
        equations = self._equations
        gained = self._gaining * equations.times(equations.gain, emission)
        return np.asarray(gained - self._absorbed * equations.times(equations.lost, absorption))

    def _of_light(self, ladder: Array) -> _Light:
        """What is left for the photons when the populations are eliminated."""
        equations = self._equations
        emission, absorption = equations.sums_of(ladder)[_OF_LIGHT]
        net = (
            equations.times(equations.gain, emission)
            - equations.times(equations.lost, absorption)
            - equations.loss
        )
        responses = [
            self._changed(response, _OF_LIGHT)
            for response in (self._by_emission, self._by_absorption)
        ]
        # Modes meet through two sums of each class, so that either makes a full system.
        system = _LightByModes if equations.modes <= 2 * equations.classes else _LightByClasses
        return system(equations, self._shift - net, self._gaining, self._absorbed, responses)


class _Light(ABC):
    """own - feeling acting for each pulse, ready to be solved: what the modes do to emission and
    absorption of the classes (acting), and what these do to the modes (feeling).

    Parameters
    ----------
    equations : RateEquations
    own : (M, F) array
        Of each mode alone.
    gaining, absorbed : (M, F) arrays
        How much a mode feels changes of its gain, and of its absorption.
    responses : sequence of (2, C, F) arrays
        Changes of emission and absorption of each class by light that it emits into, and by light
        that it absorbs.
    """

    def __init__(
        self,
        equations: RateEquations,
        own: Array,
        gaining: Array,
        absorbed: Array,
        responses: Sequence[Array],
    ) -> None:
        self._equations, self._own = equations, own
        self._gaining, self._absorbed, self._responses = gaining, absorbed, responses
        self._inverse = np.linalg.inv(self._system())

    @abstractmethod
    def _system(self) -> Array:
        """(F, n, n) matrices to be inverted."""

    @abstractmethod
    def solve(self, right: Array) -> Array:
        """(M, F) photons for a right side of that shape."""

    def _acting(self) -> Array:
        """(F or 1, 2 C, M)."""
        equations = self._equations
        return np.concatenate([_by_column(equations.down), _by_column(equations.up)], axis=1)

    def _inverted(self, right: Array) -> Array:
        return np.asarray((self._inverse @ right.T[:, :, None])[:, :, 0].T)


class _LightByModes(_Light):
    """Few modes: one equation for each."""

    def _system(self) -> Array:
        gain, lost = _by_column(self._equations.gain), _by_column(self._equations.lost)
        gaining, absorbed = self._gaining.T[:, :, None], self._absorbed.T[:, :, None]
        feeling = []
        for response in self._responses:
            emits, absorbs = (one.T[:, None, :] for one in response)
            feeling.append(gaining * (gain * emits) - absorbed * (lost * absorbs))
        left = -(np.concatenate(feeling, axis=2) @ self._acting())
        modes = np.arange(self._equations.modes)
        left[:, modes, modes] += self._own.T
        return np.asarray(left)

    def solve(self, right: Array) -> Array:
        """By the inverse."""
        return self._inverted(right)


class _LightByClasses(_Light):
    """Many modes: two equations for each class, 1 - acting feeling / own."""

    def _system(self) -> Array:
        acting = self._acting()
        gained = acting @ (
            (self._gaining / self._own).T[:, :, None] * _by_column(self._equations.gain)
        )
        lost = acting @ (
            (self._absorbed / self._own).T[:, :, None] * _by_column(self._equations.lost)
        )
        both = []
        for response in self._responses:
            emits, absorbs = (one.T[:, None, :] for one in response)
            both.append(gained * emits - lost * absorbs)
        left = -np.concatenate(both, axis=2)
        classes = np.arange(left.shape[1])
        left[:, classes, classes] += 1.0
        return np.asarray(left)

    def solve(self, right: Array) -> Array:
        """By Woodbury's identity."""
        equations = self._equations
        alone = right / self._own
        acted = np.concatenate(
            [equations.times(equations.down, alone), equations.times(equations.up, alone)]
        )
        down, up = np.split(self._inverted(acted), 2)
        emission, absorption = self._responses[0] * down + self._responses[1] * up
        felt = self._gaining * equations.times(equations.gain, emission)
        felt -= self._absorbed * equations.times(equations.lost, absorption)
        felt /= self._own
        felt += alone
        return np.asarray(felt)


def _moved(change: Array, flux: Array) -> None:
    """Add a flux from each rung to the one below."""
    change[:-1] += flux
    change[1:] -= flux


def _by_column(coefficients: Array) -> Array:
    """Coefficients (F or 1, a, b)."""
    return coefficients if coefficients.ndim == 3 else coefficients[None]


def _factorised(down: Array, up: Array, shift: Array) -> tuple[Array, ...]:
    """The tridiagonal matrices of all classes and pulses, one after the other, as one."""
    steps, classes, columns = down.shape
    size = (steps + 1) * classes * columns
    below, diagonal, above = np.zeros((3, size + _SPARE))
    diagonal[size:] = 1.0
    blocks = [part[:size].reshape(classes, columns, steps + 1) for part in (below, diagonal, above)]
    blocks[1] += shift[:, None]
    blocks[1][..., 1:] += down.transpose(1, 2, 0)
    blocks[1][..., :-1] += up.transpose(1, 2, 0)
    blocks[2][..., :-1] = -down.transpose(1, 2, 0)
    blocks[0][..., :-1] = -up.transpose(1, 2, 0)
    return tuple(dgttrf(below[:-1], diagonal, above[:-1])[:5])
