"""A laser under continuous light: powers, populations and photons of modes, medium and pump made
ready.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ...gain import GainMedium
from ...gain.carrier_kinetics import CarrierLadder
from ...units import ELEMENTARY_CHARGE_C, photon_energy_ev
from ..competition.comb import periodic_comb
from ..competition.standing_waves import standing
from ..pulses.rate_model import RateModel, rate_model
from ..pumped.emitters import emitters_in_reach
from ..pumped.preparation import Prepared
from ..request import LasingRequest
from .continuous_wave import steady_photons
from .steady_balance import excited_share, steady_pump

# Microwatts in one electron volt a picosecond.
_UW_PER_EV_PER_PS = ELEMENTARY_CHARGE_C * 1e12 * 1e6
# Logarithm of the pump rate over the decay rate, and below it, between which gain = loss is looked
# for.
_SEARCH = 60.0
# The same above it for carriers: 1e3 times transparency, with emission and absorption so far above
# their difference that it keeps 10 digits.
_MOST_CARRIERS = 20.0
# Halvings of that: to 1e-16.
_BISECTIONS = 60


class SteadyLaser:
    """One cavity, medium and continuous pump.

    Parameters
    ----------
    ready : Prepared
    medium : GainMedium
        Of one excitation.
    request : LasingRequest

    Raises
    ------
    InputError
        For a medium of more excitations: its emitters heat and decay by Auger processes all the
        time, which no steady state here holds.
    """

    def __init__(self, ready: Prepared, medium: GainMedium, request: LasingRequest) -> None:
        if medium.ladder_top(math.inf) != 1:
            raise InputError(
                f"pump.kind: continuous light is modelled for emitters of one excitation (dyes, "
                f"ions); {medium.name} has more: pump it by pulses"
            )
        self.comb, self._medium, self._pump = ready.comb, medium, ready.pump
        number = emitters_in_reach(
            medium, ready.comb, ready.diameter_um, ready.index, ready.overlap
        )
        self.backwards = medium.pump_emission(ready.pump.wavelength_nm)
        alike = rate_model(ready.comb, medium, number, 1, ready.overlap)
        self.static_each = self._gain_equals_loss(alike)
        self.model, self.words = alike, tuple[str, ...]()
        self._overlap, self._coupled = ready.overlap, request.coupled_waves
        if request.coupled_waves:
            early = [math.inf if value is None else value for value in self.static_each]
            zones, own = standing(
                ready.overlap, ready.comb, [int(one) for one in np.argsort(early)]
            )
            self.model = rate_model(ready.comb, medium, number, 1, zones)
            if own < len(ready.comb):
                self.words = (
                    f"standing waves: {own} of {len(ready.comb)} modes burn holes along the "
                    "circumference, those that reach gain = loss first",
                )

    @property
    def static(self) -> float | None:
        """Pump rate at which the first mode reaches gain = loss."""
        return min((value for value in self.static_each if value is not None), default=None)

    def rate(self, power_uw: Array | float) -> Array:
        """Pump rate of an emitter at the peak of the spot, in ps^-1."""
        return np.asarray(power_uw, dtype=float) / self.power_uw(1.0)

    def power_uw(self, rate_per_ps: Array | float) -> Array:
        """Power that pumps emitters at rest at this rate."""
        pumped = self.model.emitters * float(self.model.weight @ self.model.pump_share)
        photon = photon_energy_ev(self._pump.wavelength_nm) * _UW_PER_EV_PER_PS
        return np.asarray(rate_per_ps) * pumped * photon / self._pump.absorbed_share

    def photons(self, rate_per_ps: Array) -> Array:
        """(M, F) photons in the modes for one emitter, at rising pump rates."""
        return steady_photons(self.model, rate_per_ps, self.backwards)

    def excited(self, rate_per_ps: Array, photons: Array) -> Array:
        """(C, F) share of each class in the upper level."""
        pump = steady_pump(self.model, self.backwards)
        return np.stack(
            [
                excited_share(self.model, pump, float(rate), photons[:, column])
                for column, rate in enumerate(rate_per_ps)
            ],
            axis=1,
        )

    def absorbed_uw(self, rate_per_ps: Array, excited: Array) -> Array:
        """Power that becomes excitations, that of emission which the pump stimulates taken off."""
        free = self.model.ladder.level_pumped(excited, self.backwards)
        share = self.model.weight * self.model.pump_share
        part = (share @ free) / share.sum()
        return np.asarray(self.power_uw(rate_per_ps) * self._pump.absorbed_share * part)

    def emitted_uw(self, photons: Array) -> Array:
        """(M, F) power that leaves each mode, whatever way its passive loss takes."""
        energy = np.array([photon_energy_ev(mode.wavelength_nm) for mode in self.comb])
        scale = self.model.emitters * energy * self.model.loss * _UW_PER_EV_PER_PS
        return np.asarray(scale[:, None] * photons)

    def glow_uw(self, excited: Array) -> Array:
        """Power of the photoluminescence."""
        rate = self.model.weight @ self.model.ladder.level_weights(excited)[2]
        energy = self._medium.emission_energy_ev * _UW_PER_EV_PER_PS
        return np.asarray(self.model.emitters * energy * rate)

    def balance_error(self, rate_per_ps: Array, photons: Array, excited: Array) -> float:
        """Excitations against decays and photons that leave, largest relative difference."""
        share = self.model.weight * self.model.pump_share
        pumped = rate_per_ps * (share @ self.model.ladder.level_pumped(excited, self.backwards))
        decayed = self.model.weight @ self.model.ladder.level_weights(excited)[3]
        left = self.model.loss @ photons
        return float(np.abs((decayed + left) / pumped - 1.0).max())

    def photons_over_comb_phases(
        self, diameter_um: float, phases: int, rate_per_ps: float
    ) -> tuple[Array, Array, float]:
        """Comb phases in spacings, (M, n) photons at each, and the spacing in nm."""
        comb, origin, spacing = periodic_comb(self.comb, diameter_um)
        overlap = None if self._overlap is None else self._overlap.repeated(origin)
        if self._coupled:
            early = [self.static_each[solved] or math.inf for solved in origin]
            overlap, _ = standing(overlap, comb, [int(one) for one in np.argsort(early)])
        phase = np.arange(phases) / phases - 0.5
        model = rate_model(
            comb, self._medium, self.model.emitters, 1, overlap, shift_nm=phase * spacing
        )
        found = []
        for column in range(phases):
            there = replace(
                model,
                emission=np.ascontiguousarray(model.emission[..., column]),
                absorption=np.ascontiguousarray(model.absorption[..., column]),
            )
            found.append(steady_photons(there, [rate_per_ps], self.backwards)[:, 0])
        return phase, np.stack(found, axis=1), spacing

    def _gain_equals_loss(self, model: RateModel) -> tuple[float | None, ...]:
        """Pump rate at which the dark gain of each mode reaches its loss."""
        decay = float(model.ladder.decay_per_ps[1])
        pump = steady_pump(model, self.backwards)
        seeded = model.emission.sum(axis=1)[:, None] / model.emitters

        def net(logarithm: Array) -> Array:
            rate = decay * np.exp(logarithm)[None, :]
            level = model.ladder.steady_level(
                rate * pump.up[:, None], rate * pump.down[:, None], seeded, np.zeros_like(seeded)
            )
            emission, absorption, _, _ = model.ladder.level_weights(level) * model.weight[:, None]
            gained = emission * model.emission - absorption * model.absorption
            return np.asarray(gained.sum(axis=0) - model.loss)

        # Bisection and not Newton's method: gain saturates, and its slope vanishes at high pump.
        most = _MOST_CARRIERS if isinstance(model.ladder, CarrierLadder) else _SEARCH
        low, high = np.full(model.modes, -_SEARCH), np.full(model.modes, most)
        reached = net(high) > 0
        for _ in range(_BISECTIONS):
            middle = 0.5 * (low + high)
            over = net(middle) > 0
            low, high = np.where(over, low, middle), np.where(over, middle, high)
        return tuple(
            float(decay * np.exp(value)) if found else None
            for value, found in zip(high, reached, strict=True)
        )
