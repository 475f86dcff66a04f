"""What every gain medium offers to the rate equations: lines of its classes, its ladder, its
scale.
"""

from __future__ import annotations

import dataclasses
import functools
import math
from abc import ABC, abstractmethod
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Array
from ..errors import InputError, told
from ..units import FWHM_PER_SD, HC_EV_NM, UM_PER_CM
from .absorber import Absorber
from .ladder import Ladder

# Emitters for each um of diameter where no volume is known: of the order of the published dots.
_WITHOUT_VOLUME_PER_UM = 1e8 / 88.0
# Line widths; absorption at the line would be exp(30) times the emission and more.
_FAR_BELOW = 10.0
# Gauss-Hermite points; 15 are exact to 1e-6, and NumPy's points of more than some 300 overflow.
MOST_SIZE_CLASSES = 101


@functools.lru_cache(maxsize=16)
def _gauss_hermite(count: int) -> tuple[Array, Array]:
    """Points of a Gaussian of unit spread, and their weights with sum 1; kept, since a prediction
    asks for them some thirty times.
    """
    nodes, weights = np.polynomial.hermite_e.hermegauss(count)
    shares = weights / weights.sum()
    nodes.setflags(write=False)
    shares.setflags(write=False)
    return nodes, shares


@dataclass(frozen=True)
class Constant:
    """Where one number of a medium comes from.

    Attributes
    ----------
    key : str
        Field of the medium.
    kind : {"published", "literature", "derived", "fitted", "assumed"}
        A fitted number is a calibration, never a prediction.
    source : str
    """

    key: str
    kind: str
    source: str


@dataclass(frozen=True)
class ClassLines:
    """Lines of the size classes at the wavelengths of the modes.

    Attributes
    ----------
    weight : (C,) array
        Share of the emitters in each class; sums to 1.
    emission, absorption : (C, M) arrays
        L and A in units of the peak gain.
    """

    weight: Array
    emission: Array
    absorption: Array


@dataclass(frozen=True)
class GainMedium(ABC):
    """A gain medium; field names are the keys of the table [gain].

    Parameters
    ----------
    name : str
        Name in the library.
    emission_energy_ev, emission_fwhm_mev : float
        Centre and full width at half maximum of the emission line of the ensemble.
    temperature_k : float
    peak_gain_per_cm : float
        Gain of one class at the centre of its line when every emitter is inverted.
    inhomogeneous_sd_mev : float
        Standard deviation of the line centres of the classes; the classes' own lines are narrower,
        so that the ensemble keeps its width.
    size_classes : int
        Number of classes (Gauss-Hermite points); 1 without inhomogeneous width.
    host_group_index : float
        Group index of the doped region (energy velocity of light in it).
    emitters_per_um : float or None
        Emitters in reach of a mode for each um of diameter; None: density times the volume that the
        mode fills.
    laser_collection : float
        Collection of the laser relative to that of the photoluminescence.
    doped_region : str
        Region of the cavity that holds the emitters.
    """

    name: str
    emission_energy_ev: float
    emission_fwhm_mev: float
    peak_gain_per_cm: float
    temperature_k: float = 300.0
    inhomogeneous_sd_mev: float = 0.0
    size_classes: int = 1
    host_group_index: float = 1.525
    emitters_per_um: float | None = None
    laser_collection: float = 1.0
    doped_region: str = "body"

    def __post_init__(self) -> None:
        problems = list(self._problems())
        if problems:
            raise InputError(problems)

    def _problems(self) -> list[str]:
        may_vanish = {"inhomogeneous_sd_mev", "laser_collection"} | self._may_vanish()
        found = []
        for field in dataclasses.fields(self):
            value = getattr(self, field.name)
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                low_enough = value >= 0 if field.name in may_vanish else value > 0
                if not (math.isfinite(value) and low_enough):
                    word = "not be negative" if field.name in may_vanish else "be positive"
                    found.append(f"gain.{field.name}: {value!r} must {word}")
        if self.size_classes > MOST_SIZE_CLASSES:
            found.append(
                f"gain.size_classes: {told(self.size_classes)} must be at most {MOST_SIZE_CLASSES}"
            )
        if self.emission_fwhm_mev >= 1e3 * self.emission_energy_ev > 0:
            # such a line would reach below no energy
            found.append(
                f"gain.emission_fwhm_mev: {self.emission_fwhm_mev:g} must be below the energy of "
                f"the line, {1e3 * self.emission_energy_ev:g} meV"
            )
        # of the media that have one
        crossing = getattr(self, "crossing_energy_ev", self.emission_energy_ev)
        lowest = self.emission_energy_ev - _FAR_BELOW * 1e-3 * self.emission_fwhm_mev
        if 0 < crossing < lowest:
            found.append(
                f"gain.crossing_energy_ev: {crossing:g} must be at least {lowest:.4g} eV, ten line "
                f"widths below the line at {self.emission_energy_ev:g} eV: no emitter absorbs so "
                "far below where it emits"
            )
        if self.inhomogeneous_sd_mev >= 1e3 * self.line_sd_ev:
            found.append(
                f"gain.inhomogeneous_sd_mev: {self.inhomogeneous_sd_mev:g} must be below"
                f" the line's own {1e3 * self.line_sd_ev:.4g} meV"
            )
        return found

    def _may_vanish(self) -> set[str]:
        return set()

    @property
    def line_sd_ev(self) -> float:
        """Standard deviation of the ensemble's line."""
        return 1e-3 * self.emission_fwhm_mev / FWHM_PER_SD

    @property
    def class_sd_ev(self) -> float:
        """Standard deviation of the line of one class."""
        return math.sqrt(self.line_sd_ev**2 - (1e-3 * self.inhomogeneous_sd_mev) ** 2)

    @property
    def emission_wavelength_nm(self) -> float:
        """Centre of the emission line."""
        return HC_EV_NM / self.emission_energy_ev

    @property
    def emission_fwhm_nm(self) -> float:
        """Full width at half maximum of the emission line."""
        return self.emission_wavelength_nm * 1e-3 * self.emission_fwhm_mev / self.emission_energy_ev

    def class_centres(self) -> tuple[Array, Array]:
        """Weights and line centres (eV) of the classes: Gauss-Hermite points of a Gaussian
        spread.
        """
        if self.size_classes == 1 or self.inhomogeneous_sd_mev == 0:
            return np.ones(1), np.array([self.emission_energy_ev])
        nodes, weights = _gauss_hermite(self.size_classes)
        return (
            weights,
            self.emission_energy_ev + 1e-3 * self.inhomogeneous_sd_mev * nodes,
        )

    @abstractmethod
    def peak_cross_section_cm2(self, index: float = 1.495) -> float:
        """Emission cross-section of one emitter at the centre of the line of its class, in a host
        of this index.
        """

    def density_per_cm3(self, index: float = 1.495) -> float:
        """Emitters that give the peak gain."""
        return self.peak_gain_per_cm / self.peak_cross_section_cm2(index)

    def emitters(
        self, diameter_um: float, volume_um3: float | None = None, index: float = 1.495
    ) -> float:
        """Emitters in reach of a mode.

        Parameters
        ----------
        diameter_um : float
        volume_um3 : float or None
            That the mode fills, (int u)^2 / int u^2; None where it is not known: 1e8 emitters at a
            diameter of 88 um, unless `emitters_per_um` is given.
        index : float
            Of the host.
        """
        if self.emitters_per_um is not None:
            return self.emitters_per_um * diameter_um
        if volume_um3 is None:
            return _WITHOUT_VOLUME_PER_UM * diameter_um
        return self.density_per_cm3(index) * volume_um3 / UM_PER_CM**3

    @abstractmethod
    def class_lines(self, wavelength_nm: ArrayLike) -> ClassLines:
        """Emission and absorption lines of every class at the given wavelengths."""

    @abstractmethod
    def ladder(self, top: int) -> Ladder:
        """Kinetics of an emitter with up to `top` excitations."""

    @abstractmethod
    def occupation(self, excitons: ArrayLike, top: int) -> Array:
        """(top + 1, n) probabilities of 0 .. top excitations just after a pulse that leaves
        `excitons` on average.
        """

    @abstractmethod
    def ladder_top(self, excitons: float) -> int:
        """Rungs that serve up to this mean number of excitations."""

    def pump_emission(self, wavelength_nm: float) -> float:
        """Cross-section of stimulated emission over that of absorption at a one-photon pump: what
        limits the inversion where the pump lies within the emission band. 0: nothing is known to.
        """
        return 0.0

    @property
    def least_pump_ev(self) -> float:
        """Energy below which the absorbed photons of the pump cannot excite an emitter, or the
        model does not hold.
        """
        return self.emission_energy_ev

    def pumped(self, excitons: ArrayLike, top: int, pump_emission: float = 0.0) -> Array:
        """`occupation` under a pump that also stimulates emission, of emitters of one excitation:
        dx/dN = 1 - (1 + r) x fills the share 1 / (1 + r) at most.
        """
        if pump_emission == 0.0:
            return self.occupation(excitons, top)
        limit = 1.0 / (1.0 + pump_emission)
        upper = limit * self.occupation(np.asarray(excitons, dtype=float) / limit, top)[1:]
        return np.concatenate([1.0 - upper.sum(axis=0, keepdims=True), upper])

    @property
    @abstractmethod
    def absorber(self) -> Absorber:
        """Cross-sections and calibrations for the pump."""

    @property
    @abstractmethod
    def constants(self) -> tuple[Constant, ...]:
        """Where each number comes from."""

    @abstractmethod
    def warnings(self, wavelength_nm: ArrayLike) -> tuple[str, ...]:
        """Where the model leaves its range for modes at these wavelengths."""
