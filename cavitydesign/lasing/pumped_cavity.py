"""A cavity whose modes, medium and pump are made ready for rate equations of any fluence."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..gain import GainMedium, Pump
from ..geometry.cavity import Cavity
from ..modes.mode import Mode
from ..modes.mode_set import ModeSet
from ..units import photon_energy_ev
from .comb import periodic_comb
from .competitors import STATIC_EXCITONS, competing_comb
from .emitters import doped_index, emitters_in_reach
from .integrate import StepControl
from .lasing_mode import LasingMode, lasing_modes
from .overlap import ModeOverlap, needed_overlap
from .prediction import ModeOutcome
from .pulse_solver import PulseSolver
from .regime import CombPlaces, probability_over_phase, side_mode_suppression_db
from .request import LasingRequest
from .spontaneous import purcell_factor, spontaneous_emission_factors
from .threshold import DarkGain, threshold_gain_per_cm

Array = NDArray[np.float64]


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
    _check(medium, pump)
    solved = lasing_modes(
        modes,
        request.quality,
        diameter_um,
        medium.doped_region,
        medium.host_group_index,
        cavity,
        exact_threshold=False,
    )
    if not solved:
        raise InputError(
            "lasing: no modes in the range; widen modes.span_nm or move modes.wavelength_nm"
        )
    if overlap is None and request.overlap == "fields":
        overlap = needed_overlap(modes, medium.doped_region, pump.photons, pump.spot_radius_um)
    comb, origin = solved, tuple(range(len(solved)))
    if request.extend_comb:
        comb, origin = competing_comb(solved, medium, diameter_um, request.line_reach, overlap)
    shared = None if overlap is None else overlap.repeated(origin)
    if overlap is not None and np.ptp(overlap.pump) > 0:
        # the spot is in the zones already
        pump = replace(pump, spot="flat")
    index = doped_index(medium, cavity, medium.emission_wavelength_nm)
    return PumpedCavity(solved, comb, medium, pump, request, diameter_um, shared, index)


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
    static : float or None
        Lowest fluence (mJ/cm2) at which the dark gain of a mode reaches its loss.
    """

    def __init__(
        self,
        solved: Sequence[LasingMode],
        comb: Sequence[LasingMode],
        medium: GainMedium,
        pump: Pump,
        request: LasingRequest,
        diameter_um: float,
        overlap: ModeOverlap | None,
        index: float,
    ) -> None:
        self._index = index
        self.solved, self.comb, self.pump = tuple(solved), tuple(comb), pump
        self._medium, self._request = medium, request
        self._diameter, self._overlap = diameter_um, overlap
        self.per_unit = pump.excitons_per_unit(medium.absorber)
        control = StepControl(request.relative_tolerance)
        self._emitters = emitters_in_reach(medium, comb, diameter_um, index, overlap)
        self.solver = PulseSolver(comb, medium, self._emitters, control, overlap)
        self._static_each = self._gain_equals_loss()
        reached = [value for value in self._static_each if value is not None]
        self.static = min(reached) if reached else None

    def excitons(self, fluence: float) -> float:
        """Mean excitations of an emitter at the peak of the spot."""
        return self.per_unit * fluence**self.pump.photons

    def excitons_each(self, fluence: Array) -> Array:
        return np.asarray(self.per_unit * fluence**self.pump.photons)

    def _gain_equals_loss(self) -> tuple[float | None, ...]:
        """Fluence at which the dark gain of each mode reaches its loss."""
        model = self.solver.model(self._medium.ladder_top(STATIC_EXCITONS))
        each = DarkGain(model, self._medium).threshold_excitons_each()
        return tuple(
            None if value is None else (value / self.per_unit) ** (1.0 / self.pump.photons)
            for value in each
        )

    def comb_places(self, fluence: float) -> CombPlaces:
        """Side-mode suppression over the places of the comb."""
        comb, origin, spacing = periodic_comb(self.comb, self._diameter)
        overlap = self._overlap.repeated(origin) if self._overlap is not None else None
        solver = PulseSolver(comb, self._medium, self._emitters, self.solver.control, overlap)
        phase = np.arange(self._request.comb_phases) / self._request.comb_phases - 0.5
        outcomes = solver.outcomes(np.full(len(phase), self.excitons(fluence)), phase * spacing)
        return CombPlaces(phase, side_mode_suppression_db(outcomes.emitted), spacing)

    def single_mode_probability(self, places: CombPlaces) -> float:
        """Over the place of the comb, and over the spread of the diameter."""
        wavelength = float(
            np.mean([mode.wavelength_nm for mode in periodic_comb(self.comb, self._diameter)[0]])
        )
        spread = self._request.diameter_sd_um / self._diameter * wavelength / places.spacing_nm
        if self._request.comb_place == "unknown":
            spread = math.inf
        return probability_over_phase(
            places.phase, places.suppression_db, self._request.single_mode_db, 0.0, spread
        )

    def outcomes(
        self, emitted: Array, exact: Mapping[str, float | None]
    ) -> tuple[ModeOutcome, ...]:
        """What each mode does."""
        model = self.solver.model(self._medium.ladder_top(STATIC_EXCITONS))
        factors = spontaneous_emission_factors(model)
        total = float(emitted.sum())
        return tuple(
            ModeOutcome(
                label=mode.label,
                wavelength_nm=mode.wavelength_nm,
                confinement=mode.confinement,
                group_index=mode.group_index,
                q_passive=mode.q_passive,
                threshold_gain_per_cm=threshold_gain_per_cm(mode),
                threshold_gain_exact_per_cm=exact.get(mode.label, mode.threshold_gain_exact_per_cm),
                threshold_gain_sd_per_cm=mode.threshold_gain_sd_per_cm,
                gain_equals_loss_mj_cm2=static,
                gain_equals_loss_sd_mj_cm2=mode.gain_equals_loss_sd_mj_cm2,
                output_share=float(output) / total if total > 0 else 0.0,
                spontaneous_emission_factor=float(factor),
                purcell_factor=purcell_factor(mode, self._medium, self._index),
                extended=mode.extended,
            )
            for mode, output, factor, static in zip(
                self.comb, emitted, factors, self._static_each, strict=True
            )
        )


def known_diameter(
    given: float | None, modes: Iterable[Mode | LasingMode], cavity: Cavity | None
) -> float:
    """The diameter given, or that of the cavity or of the modes' set.

    Raises
    ------
    InputError
        If none of them tells it.
    """
    if given is None and cavity is not None:
        given = cavity.diameter_um
    if given is None and isinstance(modes, ModeSet):
        given = modes.diameter_um
    if given is None:
        raise InputError("lasing: give diameter_um, the cavity or its set of modes")
    if not (math.isfinite(given) and given > 0):
        raise InputError(f"cavity.diameter_um: {given!r} must be positive")
    return given


def _check(medium: GainMedium, pump: Pump) -> None:
    pumped = pump.photons * photon_energy_ev(pump.wavelength_nm)
    if pumped < medium.emission_energy_ev:
        raise InputError(
            f"pump.wavelength_nm: {pump.photons} photons of {pump.wavelength_nm:g} nm carry "
            f"{pumped:.3f} eV,"
            f" less than the emission at {medium.emission_energy_ev:.3f} eV"
        )
