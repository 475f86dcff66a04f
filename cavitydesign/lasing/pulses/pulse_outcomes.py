"""What pulses leave: light of every mode, photoluminescence, and how well it is known."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...gain import GainMedium

STEP_ERROR = 5e-4
"""Relative error of the light of a strong mode by steps of 1e-4, beside that of the end: the whole
is 7e-4 at most against LSODA, see `afterglow.LEFT`."""


@dataclass(frozen=True)
class PulseOutcomes:
    """Outcome for each of F pump pulses, per emitter, in the order asked.

    Attributes
    ----------
    emitted : (M, F) array
        Photons that left each mode.
    spontaneous : (F,) array
        Photons of photoluminescence.
    balance_error : (F,) array
        Excitations + photons + decays at the end, relative to the start, minus 1.
    left_error : (F,) array
        Estimated error of what was still to come at the end, relative to the light of a mode.
    """

    emitted: Array
    spontaneous: Array
    balance_error: Array
    left_error: Array

    @property
    def light_error(self) -> float:
        """Estimated relative error of the light of strong modes: of the end, and of the steps."""
        return float(self.left_error.max(initial=0.0)) + STEP_ERROR

    def collected(self, medium: GainMedium) -> Array:
        """Photoluminescence plus the laser as it is collected."""
        return np.asarray(self.spontaneous + medium.laser_collection * self.emitted.sum(axis=0))

    def joined(self, other: PulseOutcomes) -> PulseOutcomes:
        """These, and after them the others."""
        return PulseOutcomes(
            np.concatenate([self.emitted, other.emitted], axis=1),
            np.concatenate([self.spontaneous, other.spontaneous]),
            np.concatenate([self.balance_error, other.balance_error]),
            np.concatenate([self.left_error, other.left_error]),
        )

    def taken(self, columns: NDArray[np.int64]) -> PulseOutcomes:
        """The outcomes of the given pulses."""
        return PulseOutcomes(
            self.emitted[:, columns],
            self.spontaneous[columns],
            self.balance_error[columns],
            self.left_error[columns],
        )


@dataclass(frozen=True)
class PulseRun(PulseOutcomes):
    """Outcomes of pulses as they were integrated, with the steps that it took.

    Attributes
    ----------
    end_ps : (F,) array
        When the pulse was over.
    steps : int
        Steps taken, of the slowest column.
    trace_ps, trace_photons : (T,), (T, M) arrays
        Photons in the modes against time, of the last column, where a trace was asked for.
    """

    end_ps: Array
    steps: int
    trace_ps: Array
    trace_photons: Array


@dataclass(frozen=True)
class StepControl:
    """How the integration proceeds.

    Parameters
    ----------
    relative_tolerance : float
        Of a step, for populations and photons.
    horizon_ps : float
        Latest end. A pulse is over as soon as what is still to come is known, see `afterglow`.
    max_steps : int
    """

    relative_tolerance: float = 1e-4
    horizon_ps: float = math.inf
    max_steps: int = 20000
