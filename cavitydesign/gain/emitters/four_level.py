"""Dyes and rare-earth ions as a four-level gain medium: one excitation, an empty lower laser level,
optional reabsorption.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...units import HC_EV_NM
from ..absorber import Absorber
from ..ladder import Ladder
from ..medium import ClassLines, Constant, GainMedium
from .lineshape import gaussian_line, kennard_stepanov


@dataclass(frozen=True)
class FourLevelMedium(GainMedium):
    """A four-level emitter. `peak_gain_per_cm` is emission cross-section times concentration.

    The parameters of `GainMedium`, and:

    Parameters
    ----------
    concentration_per_cm3 : float
        Emitters in the doped region.
    emission_cross_section_cm2 : float
        At the centre of the line.
    fluorescence_ps : float
        Life time of the upper laser level.
    quantum_yield : float
        Share of its decays that are radiative.
    relaxation_ps : float
        From the pumped to the upper laser level.
    pump_cross_section_cm2, pump_cross_section_nm : float
        One-photon absorption of the ground state, and where.
    reabsorption : float
        Strength of the ground state's absorption at the line, relative to Kennard-Stepanov with
        `crossing_energy_ev`; 0: an ideal four-level system.
    crossing_energy_ev : float
        Where emission and absorption lines cross (the 0-0 transition of a dye).
    sources : tuple of Constant
    """

    name: str = "four-level"
    emission_energy_ev: float = 2.18
    emission_fwhm_mev: float = 150.0
    peak_gain_per_cm: float = 0.0
    concentration_per_cm3: float = 1e19
    emission_cross_section_cm2: float = 2e-16
    fluorescence_ps: float = 4000.0
    quantum_yield: float = 1.0
    relaxation_ps: float = 1.0
    pump_cross_section_cm2: float = 4e-16
    pump_cross_section_nm: float = 532.0
    reabsorption: float = 0.0
    crossing_energy_ev: float = 2.27
    sources: tuple[Constant, ...] = ()

    def __post_init__(self) -> None:
        if self.peak_gain_per_cm == 0.0:
            product = self.emission_cross_section_cm2 * self.concentration_per_cm3
            object.__setattr__(self, "peak_gain_per_cm", product)
        super().__post_init__()
        if self.quantum_yield > 1:
            raise InputError(f"gain.quantum_yield: {self.quantum_yield!r} must not exceed 1")

    def _may_vanish(self) -> set[str]:
        return {"reabsorption"}

    @property
    def absorber(self) -> Absorber:
        """One-photon absorption only."""
        return Absorber(((1, self.pump_cross_section_cm2, self.pump_cross_section_nm),))

    def peak_cross_section_cm2(self, index: float = 1.495) -> float:
        """Cross-section at the peak of emission; no index of the host enters, since it is given."""
        return self.emission_cross_section_cm2

    def class_lines(self, wavelength_nm: ArrayLike) -> ClassLines:
        """Gaussian emission; absorption of the ground state as far as `reabsorption` says."""
        energy = HC_EV_NM / np.atleast_1d(np.asarray(wavelength_nm, dtype=float))[None, :]
        weight, centre = self.class_centres()
        shift = (centre - self.emission_energy_ev)[:, None]
        emission = gaussian_line(energy, centre[:, None], self.class_sd_ev)
        ratio = kennard_stepanov(energy, self.crossing_energy_ev + shift, self.temperature_k)
        return ClassLines(weight, emission, self.reabsorption * emission * ratio)

    def ladder(self, top: int) -> Ladder:
        """Ground state and upper laser level."""
        return Ladder(
            decay_per_ps=np.array([0.0, 1.0 / self.fluorescence_ps]),
            radiative_per_ps=np.array([0.0, self.quantum_yield / self.fluorescence_ps]),
            emission=np.array([0.0, 1.0]),
            absorption=np.array([1.0, 0.0]),
            cooling_per_ps=1.0 / self.relaxation_ps,
            hot_from=1,
        )

    def pump_emission(self, wavelength_nm: float) -> float:
        """By detailed balance with the ground state, exp((E_z - E_pump)/kT) (McCumber 1964), where
        the medium has its crossing energy; otherwise by its line and its two cross-sections.
        """
        energy = np.array([HC_EV_NM / wavelength_nm])
        if self.reabsorption > 0:
            ratio = kennard_stepanov(energy, self.crossing_energy_ev, self.temperature_k)
            return float(1.0 / ratio[0])
        line = gaussian_line(energy, self.emission_energy_ev, self.line_sd_ev)
        return float(line[0]) * self.emission_cross_section_cm2 / self.pump_cross_section_cm2

    def occupation(self, excitons: ArrayLike, top: int) -> Array:
        """A short pulse excites an emitter once at most: 1 - exp(-N)."""
        mean = np.atleast_1d(np.asarray(excitons, dtype=float))
        return np.stack([np.exp(-mean), -np.expm1(-mean)])

    def ladder_top(self, excitons: float) -> int:
        """One excitation."""
        return 1

    @property
    def constants(self) -> tuple[Constant, ...]:
        """Where each number comes from."""
        return self.sources

    def warnings(self, wavelength_nm: ArrayLike) -> tuple[str, ...]:
        """A gain that disagrees with cross-section times concentration."""
        product = self.emission_cross_section_cm2 * self.concentration_per_cm3
        if abs(self.peak_gain_per_cm / product - 1.0) > 1e-3:
            return (
                f"gain: peak_gain_per_cm {self.peak_gain_per_cm:g} is not the cross-section times "
                f"the concentration, {product:g}",
            )
        return ()
