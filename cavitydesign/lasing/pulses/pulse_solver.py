"""Modes and medium made ready for any number of pump pulses."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...gain import GainMedium
from ...gain.carrier_kinetics import CarrierLadder
from ..competition.lasing_mode import LasingMode
from ..competition.overlap import ModeOverlap
from ..pumped.pump_profile import PumpProfile
from .integrate import integrate
from .pulse_outcomes import PulseOutcomes, PulseRun, StepControl
from .rate_equations import Source
from .rate_model import RateModel, rate_model

# Rungs of the ladders that pulses are grouped by: one excitation alone (dyes, ions), then doubling,
# since a step costs in proportion to the rungs.
_TOPS = (1, 6, 12, 24)
# Numbers more in the state of a group, with a longer ladder, that cost less than steps of its own:
# a step takes as long as the arithmetic on 2000 to 4000 numbers.
_SMALL = 3000
# Emitters that are short of the highest rung may be so few.
_FULL = 1e-7


@dataclass(frozen=True)
class PulseSolver:
    """Solves the rate equations of given modes at any mean excitations.

    Parameters
    ----------
    modes : sequence of LasingMode
    medium : GainMedium
    emitters : float
    control : StepControl
    overlap : ModeOverlap or None
    pump_emission : float
        Stimulated emission over absorption at the pump, see `GainMedium.pump_emission`.
    profile : PumpProfile or None
        Of a pump pulse that is long for the medium; None: its excitations arrive at once.
    """

    modes: Sequence[LasingMode]
    medium: GainMedium
    emitters: float
    control: StepControl
    overlap: ModeOverlap | None = None
    pump_emission: float = 0.0
    profile: PumpProfile | None = None

    def model(self, top: int, shift_nm: Array | None = None) -> RateModel:
        """Coefficients with a ladder of `top` rungs."""
        return rate_model(self.modes, self.medium, self.emitters, top, self.overlap, shift_nm)

    def outcomes(self, excitons: Array, shift_nm: Array | None = None) -> PulseOutcomes:
        """Solve for each mean number of excitations (each with its own shift of the comb, where
        given).

        Weak pulses need fewer rungs: the columns are solved in groups of the same ladder.
        """
        groups = self._grouped(excitons, len(self.model(1).weight))
        emitted = np.empty((len(self.modes), len(excitons)))
        spontaneous, balance, left = np.empty((3, len(excitons)))
        for top, columns in groups:
            model = self.model(top, None if shift_nm is None else shift_nm[columns])
            occupation = self._occupation(model, excitons[columns])
            source = self._source(model, excitons[columns])
            run: PulseOutcomes
            if source is not None:
                run = integrate(model, occupation, self.control, source=source)
            elif shift_nm is None:
                first, same = _distinct(occupation)
                run = integrate(model, occupation[..., first], self.control).taken(same)
            else:
                run = integrate(model, occupation, self.control)
            emitted[:, columns] = run.emitted
            spontaneous[columns], balance[columns] = run.spontaneous, run.balance_error
            left[columns] = run.left_error
        return PulseOutcomes(emitted, spontaneous, balance, left)

    def traced(self, excitons: Array, shift_nm: Array | None = None) -> PulseRun:
        """Pump pulses, with the photons in the modes against time of the last one."""
        model = self.model(self.medium.ladder_top(float(excitons.max())), shift_nm)
        return integrate(
            model,
            self._occupation(model, excitons),
            self.control,
            trace=True,
            source=self._source(model, excitons),
        )

    def _source(self, model: RateModel, excitons: Array) -> Source | None:
        if self.profile is None:
            return None
        return Source(
            self.profile,
            np.outer(model.pump_share, excitons),
            self.pump_emission,
            isinstance(model.ladder, CarrierLadder),
        )

    def _occupation(self, model: RateModel, excitons: Array) -> Array:
        if self.profile is not None:
            # Before a long pulse every emitter is at rest; the excitations come by the source.
            rest = np.zeros((model.ladder.top + 1, 1, len(excitons)))
            rest[0] = 1.0
            return rest
        # Zones pumped alike are occupied alike, so that each share is computed once.
        shares, share_index = np.unique(model.pump_share, return_inverse=True)
        mean = np.outer(shares, excitons)
        occupied = self.medium.pumped(mean.ravel(), model.ladder.top, self.pump_emission)
        occupied = occupied.reshape(-1, *mean.shape)
        return occupied if len(shares) == 1 else occupied[:, share_index]

    def _grouped(self, excitons: Array, classes: int) -> list[tuple[int, NDArray[np.int64]]]:
        need = np.array([self.medium.ladder_top(float(value)) for value in excitons])
        tops = [top for top in _TOPS if top <= need.max()]
        if not tops or tops[-1] < need.max():
            tops.append(int(need.max()))
        group = np.searchsorted(tops, need)
        found: list[tuple[int, NDArray[np.int64]]] = []
        # A small group joins the next longer ladder, which it may use as well as its own.
        waiting = np.array([], dtype=np.int64)
        for index, top in enumerate(tops):
            columns = np.concatenate([waiting, np.flatnonzero(group == index)])
            longer = tops[index + 1] - top if index + 1 < len(tops) else math.inf
            if len(columns) * longer * classes > _SMALL:
                found.append((top, columns))
                columns = columns[:0]
            waiting = columns
        return [(top, columns) for top, columns in found if len(columns)]


def _distinct(occupation: Array) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Columns to solve, and the index among these of each: pulses that fill every emitter to the
    top are all one.
    """
    full = np.abs(occupation[-1] - 1.0).max(axis=0) < _FULL
    representative = np.where(full, full.argmax(), np.arange(len(full)))
    kept, index = np.unique(representative, return_inverse=True)
    return kept, index
