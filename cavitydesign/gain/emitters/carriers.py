"""Semiconductors and perovskite crystals as a gain medium: gain against the density of carriers,
which recombine as A N + B N^2 + C N^3.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError, nearest
from ...units import (
    ELEMENTARY_CHARGE_C,
    HC_EV_NM,
    PLANCK_EV_S,
    SPEED_OF_LIGHT_UM_PER_PS,
    UM_PER_CM,
    photon_energy_ev,
)
from ..absorber import Absorber
from ..carrier_kinetics import CarrierLadder
from ..medium import ClassLines, Constant, GainMedium
from .lineshape import BRIGHTER, gaussian_line

LAWS = ("logarithmic", "linear")
_PS_PER_S = 1e12  # by definition
_SPEED_CM_PER_S = SPEED_OF_LIGHT_UM_PER_PS / UM_PER_CM * _PS_PER_S
# Absorption at rest over the scale of the logarithmic gain: exp of more leaves the floats.
_FURTHEST = 600.0


@dataclass(frozen=True)
class CarrierMedium(GainMedium):
    """A medium of free carriers (or of excitons in a bulk crystal).

    The gain is g(N) times a Gaussian line, with g(N) = g0 ln((N + N_s) / (N_tr + N_s)), N_s such
    that it begins at minus the absorption at rest, or g(N) = a (N - N_tr). Spontaneous emission
    into a mode follows from the radiative recombination and the line by Einstein's relation, so
    that beta is an outcome. The line does not move with the density (no band filling).

    The parameters of `GainMedium`, and:

    Parameters
    ----------
    peak_gain_per_cm : float
        The scale: g0 of the logarithmic law; of the linear law a N_tr, which is its absorption at
        rest (0: from `differential_gain_cm2`).
    gain_law : {"logarithmic", "linear"}
    transparency_per_cm3 : float
        Density N_tr at which the gain is zero.
    differential_gain_cm2 : float
        a of the linear law; 0: peak gain over transparency density.
    rest_absorption_per_cm : float
        Absorption at the line without carriers, for the logarithmic law; 0 for the linear one.
    monomolecular_per_s, bimolecular_cm3_per_s, auger_cm6_per_s : float
        A, B and C.
    monomolecular_yield, bimolecular_yield : float
        Shares of A N and B N^2 that are radiative.
    relaxation_ps : float
        From where the pump lifts carriers to the edge of the band.
    refractive_index : float
        Of the medium, for Einstein's relation.
    absorption_per_cm, absorption_nm : float
        One-photon absorption, and where.
    two_photon_cm_per_gw, two_photon_nm : float
        Two-photon absorption (0: not known), and where.
    sources : tuple of Constant
    """

    name: str = "carriers"
    emission_energy_ev: float = 1.424
    emission_fwhm_mev: float = 50.0
    peak_gain_per_cm: float = 1000.0
    host_group_index: float = 4.0
    gain_law: str = "logarithmic"
    transparency_per_cm3: float = 2e18
    differential_gain_cm2: float = 0.0
    rest_absorption_per_cm: float = 5000.0
    monomolecular_per_s: float = 1e8
    bimolecular_cm3_per_s: float = 1e-10
    auger_cm6_per_s: float = 1e-30
    monomolecular_yield: float = 0.0
    bimolecular_yield: float = 1.0
    relaxation_ps: float = 1.0
    refractive_index: float = 3.6
    absorption_per_cm: float = 1e4
    absorption_nm: float = 800.0
    two_photon_cm_per_gw: float = 0.0
    two_photon_nm: float = 1550.0
    sources: tuple[Constant, ...] = ()

    def __post_init__(self) -> None:
        if self.gain_law not in LAWS:
            raise InputError(
                f"gain.gain_law: {self.gain_law!r} is not allowed; "
                f"{', '.join(LAWS)}{nearest(self.gain_law, LAWS)}"
            )
        if self.gain_law == "linear":
            self._settle_linear()
        super().__post_init__()

    def _settle_linear(self) -> None:
        """Peak gain and differential gain, each from the other."""
        if self.peak_gain_per_cm == 0.0:
            product = self.differential_gain_cm2 * self.transparency_per_cm3
            object.__setattr__(self, "peak_gain_per_cm", product)
        elif self.differential_gain_cm2 == 0.0:
            slope = self.peak_gain_per_cm / self.transparency_per_cm3
            object.__setattr__(self, "differential_gain_cm2", slope)
        # the law's own; what another law had does not count
        object.__setattr__(self, "rest_absorption_per_cm", self.peak_gain_per_cm)

    def _problems(self) -> list[str]:
        found = super()._problems()
        for key in ("monomolecular_yield", "bimolecular_yield"):
            if getattr(self, key) > 1:
                found.append(f"gain.{key}: {getattr(self, key)!r} must not exceed 1")
        if self.size_classes != 1 or self.inhomogeneous_sd_mev != 0:
            found.append("gain.size_classes: all carriers are one class; leave it at 1")
        if found:
            return found
        if sum(self._glowing_per_ps()) <= 0:
            found.append("gain.bimolecular_yield: no light without radiative recombination")
        if self.gain_law == "logarithmic" and self.differential_gain_cm2:
            found.append(
                "gain.differential_gain_cm2: belongs to the linear law; give peak_gain_per_cm"
            )
        if self.gain_law == "linear" and not math.isclose(
            self.differential_gain_cm2 * self.transparency_per_cm3, self.peak_gain_per_cm
        ):
            found.append(
                "gain.peak_gain_per_cm: of the linear law it is the differential gain times the "
                "transparency density; give one of them"
            )
        if self.gain_law == "logarithmic":
            ratio = self.rest_absorption_per_cm / self.peak_gain_per_cm
            if not 0 < ratio <= _FURTHEST:
                found.append(
                    f"gain.rest_absorption_per_cm: {self.rest_absorption_per_cm:g} must be positive"
                    f" and at most {_FURTHEST:g} times peak_gain_per_cm"
                )
        return found

    def _may_vanish(self) -> set[str]:
        return {
            "differential_gain_cm2",
            "rest_absorption_per_cm",
            "bimolecular_cm3_per_s",
            "auger_cm6_per_s",
            "monomolecular_yield",
            "bimolecular_yield",
            "two_photon_cm_per_gw",
        }

    def gain_per_cm(self, carriers_per_cm3: ArrayLike) -> Array:
        """Gain at the centre of the line at the given densities."""
        x = np.asarray(carriers_per_cm3, dtype=float) / self.transparency_per_cm3
        return np.asarray(self.peak_gain_per_cm * self.ladder(1).gain_of(x))

    def peak_cross_section_cm2(self, index: float = 1.495) -> float:
        """Scale of the gain over the density of transparency, whose carriers are the emitters."""
        return self.peak_gain_per_cm / self.transparency_per_cm3

    def emitted_per_cm2_s(self) -> float:
        """Spontaneous photons of all directions, per cm3 and s, for each cm^-1 of emission at the
        centre of the line: int 8 pi n^2 E^2 L(E) dE / (h^3 c^2).
        """
        line = self.line_sd_ev
        area = math.sqrt(2.0 * math.pi) * line * (self.emission_energy_ev**2 + line**2)
        cells = 8.0 * math.pi * self.refractive_index**2
        return cells * area / (PLANCK_EV_S**3 * _SPEED_CM_PER_S**2)

    def class_lines(self, wavelength_nm: ArrayLike) -> ClassLines:
        """One Gaussian line of emission and absorption."""
        energy = HC_EV_NM / np.atleast_1d(np.asarray(wavelength_nm, dtype=float))[None, :]
        line = gaussian_line(energy, self.emission_energy_ev, self.line_sd_ev)
        return ClassLines(np.ones(1), line, line)

    def _glowing_per_ps(self) -> tuple[float, float]:
        first = self.monomolecular_yield * self.monomolecular_per_s
        second = self.bimolecular_yield * self.bimolecular_cm3_per_s * self.transparency_per_cm3
        return first / _PS_PER_S, second / _PS_PER_S

    def ladder(self, top: int) -> CarrierLadder:
        """The laws of the carriers, in units of the density of transparency."""
        first = self.monomolecular_per_s / _PS_PER_S
        second = self.bimolecular_cm3_per_s * self.transparency_per_cm3 / _PS_PER_S
        third = self.auger_cm6_per_s * self.transparency_per_cm3**2 / _PS_PER_S
        glowing = self._glowing_per_ps()
        einstein = (
            self.transparency_per_cm3
            * _PS_PER_S
            / (self.emitted_per_cm2_s() * self.peak_gain_per_cm)
        )
        shift, at_rest = None, 1.0
        if self.gain_law == "logarithmic":
            at_rest = self.rest_absorption_per_cm / self.peak_gain_per_cm
            shift = 1.0 / math.expm1(at_rest)
        return CarrierLadder(
            decay_per_ps=np.array([0.0, first + second + third]),
            radiative_per_ps=np.array([0.0, sum(glowing)]),
            emission=np.array([0.0, einstein * sum(glowing)]),
            absorption=np.array([at_rest, 0.0]),
            cooling_per_ps=1.0 / self.relaxation_ps,
            hot_from=1,
            monomolecular_per_ps=first,
            bimolecular_per_ps=second,
            auger_per_ps=third,
            glowing_per_ps=glowing,
            einstein_ps=einstein,
            shift=shift,
        )

    def occupation(self, excitons: ArrayLike, top: int) -> Array:
        """The density over that of transparency, which nothing limits."""
        mean = np.atleast_1d(np.asarray(excitons, dtype=float))
        return np.stack([1.0 - mean, mean])

    def ladder_top(self, excitons: float) -> int:
        """One density."""
        return 1

    @property
    def absorber(self) -> Absorber:
        """Absorption coefficients over the density of transparency."""
        one = self.absorption_per_cm / self.transparency_per_cm3
        sections = [(1, one, self.absorption_nm)]
        if self.two_photon_cm_per_gw:
            joule = photon_energy_ev(self.two_photon_nm) * ELEMENTARY_CHARGE_C
            two = self.two_photon_cm_per_gw * 1e-9 * joule / self.transparency_per_cm3
            sections.append((2, two, self.two_photon_nm))
        return Absorber(tuple(sections))

    @property
    def constants(self) -> tuple[Constant, ...]:
        """Where each number comes from."""
        return self.sources

    def most_gain_over_emission(self) -> tuple[float, float]:
        """Largest gain over emission at the line's centre, and the density there (cm^-3). Above one
        the recombination cannot give the gain: absorption would be negative.
        """
        x = np.geomspace(1.0, 100.0, 400)
        ladder = self.ladder(1)
        ratio = ladder.gain_of(x) / ladder.weights(x)[0]
        worst = int(ratio.argmax())
        return float(ratio[worst]), float(x[worst] * self.transparency_per_cm3)

    def warnings(self, wavelength_nm: ArrayLike) -> tuple[str, ...]:
        """Gain that the radiative recombination does not allow."""
        ratio, density = self.most_gain_over_emission()
        if ratio <= BRIGHTER:
            return ()
        return (
            f"gain: at {density:.2g} carriers per cm3 the gain is {ratio:.2g} times the emission "
            "that radiative recombination and line allow; too few spontaneous photons reach the "
            "modes",
        )
