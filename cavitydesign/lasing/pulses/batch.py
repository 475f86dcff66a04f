"""Pulses on their way, and what a step of them may err."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from .afterglow import Afterglow
from .carrier_equations import equations_of
from .pulse_outcomes import StepControl
from .rate_equations import RateEquations, Source
from .rate_model import RateModel

Flags = NDArray[np.bool_]

# Error of a step over the relative tolerance of the light: a tolerance of 1e-4 leaves 1e-5 to 1e-4
# of the light of dots, and 4e-4 at most of dyes; with 10 a dye of Q = 2000 is 1e-3 off.
_LENIENT = 3.0
# Photons in a mode, times the error of a step, that count as nothing: with 10 photons times the
# tolerance a dye at 1.5 times gain = loss and Q = 1e8 is 1.1e-3 off, with 3 it is 6e-4.
_PHOTONS = 3.0 / _LENIENT
# The same of populations, for pulses that excite more than a tenth of the emitters; of weaker ones
# less in proportion: a dye at Q = 1e8 lases with 2e-4 excited, and its light was 4e-3 off.
_POPULATION, _WEAK_PULSE = 1e-2 / _LENIENT, 10.0
# Parts of a long pump pulse at least, so that no step jumps over it.
_PARTS = 20
# Up to as many, every mode and class of emitters counts in full in the error of a step.
_FEW_MODES, _FEW_CLASSES = 8, 5
# The same of modes where an emitter has one excitation: their light grows for nanoseconds, and what
# a step errs in all of them alike adds up. With 8, 35 modes of a measured dye are 1.4e-3 off at 1.4
# times gain = loss and Q = 5.6e5, with 32 it is 9e-4.
_FEW_MODES_OF_ONE = 32


class Batch:
    """Pulses on their way: state, time and step of each, and what those that are over have left
    behind.
    """

    def __init__(
        self,
        model: RateModel,
        hot: Array,
        state: Array,
        time: Array,
        step: Array,
        filling: Array,
        source: Source | None = None,
    ) -> None:
        self.equations = equations_of(model, hot, source)
        self.filling = filling
        self.pumped_until = 0.0 if source is None else source.profile.end_ps
        self.ends = 0.0 if source is None else source.profile.length_ps
        self.hot = np.broadcast_to(hot, (hot.shape[0], len(model.weight), hot.shape[2]))
        self.state, self.time, self.step = np.ascontiguousarray(state), time, step
        self.slope = np.empty_like(self.state)
        self.net = self.equations.rate(time, self.state, self.slope)
        # Which of the pulses asked each column that still goes on belongs to.
        self.column = np.arange(state.shape[1])
        self.final, self.glow = np.zeros_like(state), np.zeros((model.modes, state.shape[1]))
        self.dark, self.left_error = np.zeros(state.shape[1]), np.full(state.shape[1], np.inf)
        self.end = np.zeros(state.shape[1])
        self.next_step = np.zeros(state.shape[1])
        self.over = np.zeros(state.shape[1], dtype=np.bool_)

    @property
    def longest(self) -> float:
        """Step that none exceeds under a long pump."""
        return self.ends / _PARTS

    @property
    def floor(self) -> Array:
        """(F,) population that counts as nothing, in units of the relative tolerance."""
        return np.maximum(_POPULATION * np.minimum(1.0, _WEAK_PULSE * self.filling), 1e-300)

    @property
    def pumped(self) -> Flags:
        """Which are still pumped."""
        return self.time < self.pumped_until

    def waiting(self, glow: Afterglow, done: Flags, over: Flags) -> None:
        """Book the columns that are done, and keep those that go on."""
        column = self.column[done]
        self.glow[:, column], self.dark[column] = glow.emitted[:, done], glow.spontaneous[done]
        self.left_error[column] = glow.error[done]
        self.final[:, column], self.end[column] = self.state[:, done], self.time[done]
        self.next_step[column] = self.step[done]
        self.over[column] = over[done]
        on = ~done
        self.equations.kept(on)
        for name in ("state", "slope", "net", "time", "step", "column", "filling"):
            vars(self)[name] = np.ascontiguousarray(vars(self)[name][..., on])


@dataclass(frozen=True)
class ErrorNorm:
    """What a step may err, in units of the relative tolerance.

    Attributes
    ----------
    tolerance : float
        Of the root of the sum of squares.
    photon_floor : float
        Photons of a mode for one emitter that count as nothing.
    population_share, photon_share : float
        Weights of the squares: many modes or classes that do alike count like a few.
    """

    tolerance: float
    photon_floor: float
    population_share: float
    photon_share: float

    @classmethod
    def of(cls, equations: RateEquations, control: StepControl) -> ErrorNorm:
        """That of some equations."""
        few = _FEW_MODES_OF_ONE if equations.rungs == 2 else _FEW_MODES
        return cls(
            _LENIENT * control.relative_tolerance,
            _PHOTONS / equations.model.emitters,
            min(1.0, _FEW_CLASSES / equations.classes),
            min(1.0, few / equations.modes),
        )

    def size(self, equations: RateEquations, error: Array, state: Array, floor: Array) -> Array:
        """(F,) error over the allowed one.

        Parameters
        ----------
        equations : RateEquations
        error, state : (rows, F) arrays
            Overwritten the first.
        floor : (F,) array
            Population that counts as nothing.
        """
        lit = slice(equations.photons.start, equations.emitted.stop)
        allowed = np.abs(state)
        allowed[: lit.start] += floor
        allowed[lit] += self.photon_floor
        allowed[lit.stop :] += floor
        error /= allowed
        np.multiply(error, error, out=error)
        share = np.ones(len(error))
        share[: lit.start], share[lit] = self.population_share, self.photon_share
        size = np.sqrt(share @ error) / self.tolerance
        # no number where a step went astray
        return np.where(np.isnan(size), np.inf, size)
