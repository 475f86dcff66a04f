"""A cavity whose modes, medium and pump are made ready for rate equations of any fluence."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from ...arrays import Array
from ...gain import GainMedium, Pump
from ...geometry.cavity import Cavity
from ...modes.mode import Mode
from ..competition.comb import periodic_comb
from ..competition.competitors import STATIC_EXCITONS
from ..competition.lasing_mode import LasingMode
from ..competition.overlap import ModeOverlap
from ..competition.standing_waves import standing
from ..outcomes.mode_outcome import mode_outcomes
from ..outcomes.regime import CombPhases, side_mode_suppression_db
from ..prediction import ModeOutcome
from ..pulses.numerical_error import probability_with_error
from ..pulses.pulse_outcomes import PulseRun, StepControl
from ..pulses.pulse_solver import PulseSolver
from ..request import LasingRequest
from ..steady.threshold import DarkGain
from .emitters import emitters_in_reach
from .preparation import Prepared, prepared
from .pump_profile import pump_profile


def pumped_cavity(
    modes: Sequence[Mode | LasingMode],
    medium: GainMedium,
    pump: Pump,
    request: LasingRequest,
    diameter_um: float,
    *,
    cavity: Cavity | None = None,
    overlap: ModeOverlap | None = None,
) -> PumpedCavity:
    """Make modes, medium and pump ready.

    Parameters
    ----------
    modes : sequence of Mode or LasingMode
        Of every family that competes.
    medium : GainMedium
    pump : Pump
    request : LasingRequest
    diameter_um : float
    cavity : Cavity or None
        Gives each mode its energy group index.
    overlap : ModeOverlap or None
        None: computed from the fields where it is needed.

    Raises
    ------
    InputError
        No modes, or a pump that cannot excite the medium.
    """
    ready = prepared(modes, medium, pump, request, diameter_um, cavity, overlap)
    return PumpedCavity(ready, medium, request)


class PumpedCavity:
    """One cavity, medium and pump, ready to be asked; from `pumped_cavity`.

    Attributes
    ----------
    solved, comb : tuple of LasingMode
        The given modes, and the same with those that continue the comb.
    pump : Pump
        With a flat spot where the zones of the overlap hold the spot already.
    solver : PulseSolver
    per_unit : float
        Mean excitations of an emitter at 1 mJ/cm2.
    static, static_error : float or None
        Lowest fluence (mJ/cm2) at which the dark gain of a mode reaches its loss, and the relative
        numerical error of the excitations there.
    onset : float or None
        Excitations at which the output has its corner, as far as that is known without light.
    words : tuple of str
        What a reader must know.
    """

    def __init__(self, ready: Prepared, medium: GainMedium, request: LasingRequest) -> None:
        self.solved, self.comb, self.pump = ready.solved, ready.comb, ready.pump
        self._medium, self._request = medium, request
        self._index, self._diameter, self._overlap = ready.index, ready.diameter_um, ready.overlap
        self.per_unit = self.pump.excitons_per_unit(medium.absorber)
        emitters = emitters_in_reach(medium, ready.comb, self._diameter, self._index, self._overlap)
        # What several photons stimulate within the emission band is not modelled (see `caveats`).
        backwards = medium.pump_emission(self.pump.wavelength_nm) if self.pump.photons == 1 else 0.0
        control = StepControl(request.relative_tolerance)
        profile = pump_profile(self.pump, medium)
        alike = PulseSolver(
            ready.comb, medium, emitters, control, self._overlap, backwards, profile
        )
        self._static_each, self._static_errors = self._gain_equals_loss(alike)
        self.solver, self.words = self._coupled(alike, ready.comb, self._static_each)
        reached = [
            (value, error)
            for value, error in zip(self._static_each, self._static_errors, strict=True)
            if value is not None and error is not None
        ]
        best: tuple[float | None, float | None] = min(reached) if reached else (None, None)
        self.static, self.static_error = best
        self.onset = self._onset(alike)

    @property
    def pumped_share(self) -> float:
        """Excitations of an emitter on average over those at the peak."""
        model = self.solver.model(1)
        return float(model.weight @ model.pump_share / model.weight.sum())

    def leaving(self, emitted: Array) -> float:
        """Share of the photons that leave, kappa / (kappa + gamma) of each mode, of those that
        leave or go with emitters that absorb them again and decay, at gamma, without light.

        Parameters
        ----------
        emitted : (M, F) array
            What left each mode, by which their shares are weighed.
        """
        model = self.solver.model(1)
        made = emitted.sum(axis=1) * (1.0 + model.ladder.decay_per_ps[1] / model.loss)
        return float(emitted.sum() / max(made.sum(), 1e-300))

    def excitons(self, fluence: float) -> float:
        """Mean excitations of an emitter at the peak of the spot."""
        return self.per_unit * fluence**self.pump.photons

    def fluence(self, excitons: float) -> float:
        """Fluence (mJ/cm2) of as many mean excitations at the peak of the spot."""
        return float((excitons / self.per_unit) ** (1.0 / self.pump.photons))

    def excitons_each(self, fluence: Array) -> Array:
        return np.asarray(self.per_unit * fluence**self.pump.photons)

    def _coupled(
        self, solver: PulseSolver, comb: Sequence[LasingMode], static: Sequence[float | None]
    ) -> tuple[PulseSolver, tuple[str, ...]]:
        """The solver with standing waves where they are asked for, and words on them."""
        if not self._request.coupled_waves:
            return solver, ()
        early = [math.inf if value is None else value for value in static]
        overlap, own = standing(solver.overlap, comb, [int(one) for one in np.argsort(early)])
        words = f"standing waves: {own} of {len(comb)} modes burn holes along the circumference"
        told = () if own == len(comb) else (f"{words}, those that reach gain = loss first",)
        return replace(solver, modes=comb, overlap=overlap), told

    def _gain_equals_loss(
        self, solver: PulseSolver
    ) -> tuple[tuple[float | None, ...], tuple[float | None, ...]]:
        """Fluence at which the dark gain of each mode reaches its loss, and the relative error of
        its excitations.
        """
        dark = self._dark(solver)
        each = dark.threshold_excitons_each()
        fluence = tuple(None if value is None else self.fluence(value) for value in each)
        return fluence, dark.relative_error_each(each)

    def _dark(self, solver: PulseSolver) -> DarkGain:
        model = solver.model(self._medium.ladder_top(STATIC_EXCITONS))
        return DarkGain(model, self._medium, solver.pump_emission, solver.profile)

    def _onset(self, solver: PulseSolver) -> float | None:
        if self.static is None:
            return None
        return self._dark(solver).onset_excitons(self.excitons(self.static), solver.emitters)

    def traced(self, fluence: float) -> PulseRun:
        """One pulse, with the photons in the modes against time."""
        return self.solver.traced(np.array([self.excitons(fluence)]))

    def over_comb_phases(self, fluence: float) -> tuple[CombPhases, PulseRun]:
        """Side-mode suppression over the phases of the comb, and the pulses there; the last one,
        which is traced, has the comb where it was computed.
        """
        comb, origin, spacing = periodic_comb(self.comb, self._diameter)
        overlap = self._overlap.repeated(origin) if self._overlap is not None else None
        solver, _ = self._coupled(
            replace(self.solver, modes=comb, overlap=overlap),
            comb,
            [self._static_each[solved] for solved in origin],
        )
        # One period about the computed comb; the shift 0 at the end is the pulse that is traced.
        phase = np.arange(self._request.comb_phases) / self._request.comb_phases - 0.5
        shifts = spacing * np.append(phase, 0.0)
        run = solver.traced(np.full(len(shifts), self.excitons(fluence)), shifts)
        suppression = side_mode_suppression_db(run.emitted[:, :-1])
        return CombPhases(phase, suppression, spacing), run

    def single_mode_probability(self, phases: CombPhases, error_db: float) -> tuple[float, float]:
        """Probability of a single mode over the phases of the comb, weighted by the spread of the
        diameter; and its numerical error, given that of each suppression.
        """
        wavelength = float(
            np.mean([mode.wavelength_nm for mode in periodic_comb(self.comb, self._diameter)[0]])
        )
        spread = self._request.comb_spread(wavelength, phases.spacing_nm, self._diameter)
        return probability_with_error(phases, self._request.single_mode_db, spread, error_db)

    def outcomes(
        self, emitted: Array, exact: Mapping[str, float | None]
    ) -> tuple[ModeOutcome, ...]:
        """What each mode does."""
        return mode_outcomes(
            self.solver.model(self._medium.ladder_top(STATIC_EXCITONS)),
            self.comb,
            self._medium,
            self._index,
            emitted,
            exact,
            (
                {
                    "gain_equals_loss_mj_cm2": static,
                    "gain_equals_loss_sd_mj_cm2": mode.gain_equals_loss_sd_mj_cm2,
                    "gain_equals_loss_error_mj_cm2": None
                    if static is None or error is None
                    else error * static / self.pump.photons,
                }
                for mode, static, error in zip(
                    self.comb, self._static_each, self._static_errors, strict=True
                )
            ),
        )
