"""Quantum dots as a gain medium: state filling, Kennard-Stepanov gain, an Auger ladder of
excitons.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...units import HC_EV_NM
from ..absorber import Absorber
from ..kinetics import Cascade
from ..ladder import Ladder
from ..medium import ClassLines, Constant, GainMedium
from .filling import poisson_occupation
from .lineshape import (
    class_crossing_ev,
    fuechtbauer_ladenburg_per_cm,
    gaussian_line,
    kennard_stepanov,
)

_PAPER_A = "Adv. Funct. Mater. 2024, doi 10.1002/adfm.202401247"
_PAPER_B = "J. Am. Chem. Soc. 2016, 138, 3761"


@dataclass(frozen=True)
class DotMedium(GainMedium):
    """Dots with a two-fold degenerate edge; the defaults are the published CsPbBr3 dots in PMMA.

    The parameters of `GainMedium`, and:

    Parameters
    ----------
    crossing_energy_ev : float
        E_z, where absorption and emission lines of the ensemble are equal: the one calibration of
        the spectral law (transparency at `crossing_pin_nm`, 5 ps after a pulse of <N> = 1.5).
    crossing_pin_nm : float
        Wavelength at which the classes together are pinned to the ensemble's law.
    cooling_ps, auger_ps, nonradiative_ps : float
        Hot to relaxed pair, pair to exciton, exciton to empty.
    exciton_radiative_ps : float
        Radiative life time of one exciton.
    biexciton_rate_ratio : float
        Radiative rate of the pair over that of the exciton; j excitons radiate as (ratio/4) j^2 for
        j >= 2 (statistical scaling).
    dot_size_nm : float
        Edge of a dot: volume for the absolute gain scale.
    valid_below_ev : float
        No continuum of higher states is modelled: not valid above.
    sigma_1_cm2, sigma_2_cm4_s, sigma_3_cm6_s2 : float
        Cross-sections at the wavelengths `sigma_1_nm`, `sigma_2_nm`, `sigma_3_nm`.
    calibration_excitons, calibration_fluence_mj_cm2 : float
        <N> = excitons (F / fluence)^3 at `sigma_3_nm`.
    two_photon_excitons, two_photon_fluence_mj_cm2 : float
        <N> = excitons (F / fluence)^2 at `sigma_2_nm`.
    """

    name: str = "CsPbBr3-PMMA"
    emission_energy_ev: float = 2.310
    emission_fwhm_mev: float = 81.5
    peak_gain_per_cm: float = 1100.0
    inhomogeneous_sd_mev: float = 20.0
    size_classes: int = 5
    laser_collection: float = 0.02
    crossing_energy_ev: float = 2.3126
    crossing_pin_nm: float = 537.0
    cooling_ps: float = 1.4
    auger_ps: float = 7.0
    nonradiative_ps: float = 17.5
    exciton_radiative_ps: float = 5000.0
    biexciton_rate_ratio: float = 4.0
    dot_size_nm: float = 9.2
    valid_below_ev: float = 2.40
    sigma_1_cm2: float = 6.0e-14
    sigma_1_nm: float = 400.0
    sigma_2_cm4_s: float = 1.88e-44
    sigma_2_nm: float = 970.0
    sigma_3_cm6_s2: float = 5.10e-75
    sigma_3_nm: float = 1500.0
    calibration_excitons: float = 1.5
    calibration_fluence_mj_cm2: float = 2.2
    two_photon_excitons: float = 3.48
    two_photon_fluence_mj_cm2: float = 0.6

    @property
    def cascade(self) -> Cascade:
        """The truncated kinetics of the transient absorption."""
        return Cascade(self.cooling_ps, self.auger_ps, self.nonradiative_ps)

    @property
    def absorber(self) -> Absorber:
        """Cross-sections and published calibrations."""
        three = (3, self.calibration_excitons, self.calibration_fluence_mj_cm2, self.sigma_3_nm)
        two = (2, self.two_photon_excitons, self.two_photon_fluence_mj_cm2, self.sigma_2_nm)
        sections = (
            (1, self.sigma_1_cm2, self.sigma_1_nm),
            (2, self.sigma_2_cm4_s, self.sigma_2_nm),
            (3, self.sigma_3_cm6_s2, self.sigma_3_nm),
        )
        return Absorber(sections, (three, two))

    @property
    def least_pump_ev(self) -> float:
        """A line's width above its centre: a pump within the band edge would stimulate emission of
        the pairs that it makes, which the ladder does not have.
        """
        return self.emission_energy_ev + 1e-3 * self.emission_fwhm_mev

    def class_lines(self, wavelength_nm: ArrayLike) -> ClassLines:
        """Rigidly shifted lines, each with Kennard-Stepanov absorption, pinned together to the
        ensemble's law.
        """
        energy = HC_EV_NM / np.atleast_1d(np.asarray(wavelength_nm, dtype=float))[None, :]
        weight, centre = self.class_centres()
        shift = (centre - self.emission_energy_ev)[:, None]
        width = self.class_sd_ev if len(weight) > 1 else self.line_sd_ev
        crossing = class_crossing_ev(
            self.emission_energy_ev,
            self.line_sd_ev,
            width,
            self.crossing_energy_ev,
            HC_EV_NM / self.crossing_pin_nm,
            self.temperature_k,
        )
        emission = gaussian_line(energy, centre[:, None], width)
        return ClassLines(
            weight,
            emission,
            emission * kennard_stepanov(energy, crossing + shift, self.temperature_k),
        )

    def ladder(self, top: int) -> Ladder:
        """j excitons decay as j (j-1) / 2 of the pair's Auger rate, one exciton as 1 /
        nonradiative_ps; both also decay by the light that they send out.
        """
        rung = np.arange(top + 1, dtype=float)
        radiative = 0.25 * self.biexciton_rate_ratio * rung**2 / self.exciton_radiative_ps
        radiative[1] = 1.0 / self.exciton_radiative_ps
        dark = 0.5 * rung * (rung - 1.0) / self.auger_ps
        dark[1] = 1.0 / self.nonradiative_ps
        decay = dark + radiative
        emission = np.where(rung >= 2, 1.0, 0.5 * rung)
        absorption = np.where(rung >= 2, 0.0, 1.0 - 0.5 * rung)
        return Ladder(decay, radiative, emission, absorption, 1.0 / self.cooling_ps, hot_from=2)

    def occupation(self, excitons: ArrayLike, top: int) -> Array:
        """Poisson."""
        return poisson_occupation(excitons, top)

    def ladder_top(self, excitons: float) -> int:
        """N + 5 sqrt(N) + 2, at most 24: above, Auger decay (40 per ps) empties a rung before light
        can.
        """
        return int(min(np.ceil(excitons + 5.0 * np.sqrt(excitons)) + 2, 24))

    def peak_cross_section_cm2(self, index: float = 1.495) -> float:
        """Fuechtbauer and Ladenburg's, of a dot with a pair: its line is as wide as that of a
        class.
        """
        rate = self.biexciton_rate_ratio / (self.exciton_radiative_ps * 1e-12)
        fwhm_ev = 1e-3 * self.emission_fwhm_mev * self.class_sd_ev / self.line_sd_ev
        return fuechtbauer_ladenburg_per_cm(1.0, rate, self.emission_energy_ev, fwhm_ev, index)

    def dense_gain_limit_per_cm(self, index: float = 1.495) -> float:
        """Fuechtbauer-Ladenburg gain of close-packed inverted dots (volume fraction 1)."""
        density = 1.0 / (self.dot_size_nm * 1e-7) ** 3
        rate = self.biexciton_rate_ratio / (self.exciton_radiative_ps * 1e-12)
        return fuechtbauer_ladenburg_per_cm(
            density, rate, self.emission_energy_ev, 1e-3 * self.emission_fwhm_mev, index
        )

    @property
    def constants(self) -> tuple[Constant, ...]:
        """Where each number comes from."""
        return DOT_CONSTANTS

    def warnings(self, wavelength_nm: ArrayLike) -> tuple[str, ...]:
        """Modes above `valid_below_ev`; a gain beyond close packing."""
        found = []
        energy = HC_EV_NM / np.atleast_1d(np.asarray(wavelength_nm, dtype=float))
        beyond = int((energy > self.valid_below_ev).sum())
        if beyond:
            found.append(
                f"gain: {beyond} modes lie above {self.valid_below_ev:g} eV,"
                " where the spectral law has no continuum and does not hold"
            )
        limit = self.dense_gain_limit_per_cm()
        if self.peak_gain_per_cm > limit:
            found.append(
                f"gain: peak_gain_per_cm {self.peak_gain_per_cm:g} exceeds {limit:.0f} per cm, "
                "what close-packed dots can give"
            )
        return tuple(found)


DOT_CONSTANTS: tuple[Constant, ...] = (
    Constant(
        "emission_energy_ev",
        "published",
        f"2.480 - 0.126 (Stokes) - 0.044 (biexciton binding) eV; {_PAPER_A}",
    ),
    Constant("emission_fwhm_mev", "published", f"19 nm line; {_PAPER_A}"),
    Constant(
        "crossing_energy_ev", "fitted", f"transparency at 537 nm, 5 ps, <N> = 1.5 of {_PAPER_A}"
    ),
    Constant(
        "peak_gain_per_cm",
        "fitted",
        f"light curves and mode counts of {_PAPER_A}; films above 500 per cm in {_PAPER_B}",
    ),
    Constant("inhomogeneous_sd_mev", "fitted", f"light curves and mode counts of {_PAPER_A}"),
    Constant("laser_collection", "fitted", f"light curves of {_PAPER_A}"),
    Constant("cooling_ps", "published", _PAPER_A),
    Constant("auger_ps", "published", _PAPER_A),
    Constant(
        "nonradiative_ps",
        "published",
        f"{_PAPER_A}; read as the 1 / gamma_nr behind its '18 ps of net gain'",
    ),
    Constant("exciton_radiative_ps", "assumed", "5 ns, usual for CsPbBr3 dots at room temperature"),
    Constant(
        "biexciton_rate_ratio",
        "literature",
        "statistical scaling, four recombination paths of a pair",
    ),
    Constant("dot_size_nm", "published", _PAPER_A),
    Constant("sigma_1_cm2", "literature", "400 nm, CsPbBr3 dots of this size"),
    Constant("sigma_2_cm4_s", "published", f"Z-scan; {_PAPER_A}"),
    Constant("sigma_3_cm6_s2", "published", f"Z-scan; {_PAPER_A}"),
    Constant(
        "calibration_excitons", "fitted", f"<N> = 1.5 at 2.2 mJ/cm2, three photons; {_PAPER_A}"
    ),
    Constant(
        "two_photon_excitons",
        "fitted",
        f"two-photon threshold of 0.6 mJ/cm2 at 88 um, with the model's own threshold; {_PAPER_A}",
    ),
    Constant("host_group_index", "literature", "PMMA at 537.6 nm, Beadie et al. 2015"),
)
