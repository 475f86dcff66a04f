"""A dye, ion or dot of one excitation by its measured cross-sections: emission and absorption
against wavelength, as tables.

The tables replace the Gaussian line and the Kennard-Stepanov absorption of `FourLevelMedium`; its
kinetics stay (ground state, upper laser level, life time).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...units import HC_EV_NM, SPEED_OF_LIGHT_UM_PER_PS, UM_PER_CM
from ..absorber import Absorber
from ..medium import ClassLines
from .four_level import FourLevelMedium
from .lineshape import BRIGHTER

_FEWEST = 4  # Points that a curve needs: two on each flank of a line.
_SPEED_CM_PER_PS = SPEED_OF_LIGHT_UM_PER_PS / UM_PER_CM


@dataclass(frozen=True)
class TabledMedium(FourLevelMedium):
    """A medium of two tables, each interpolated between its points.

    The parameters of `FourLevelMedium`; centre, width and peak cross-section of the line follow
    from the tables. And:

    Parameters
    ----------
    table_wavelength_nm : tuple of float
        Rising.
    table_emission_cm2, table_absorption_cm2 : tuples of float
        Cross-sections there, not negative. Modes beyond the table are warned of; they have neither.
    pump_cross_section_cm2 : float
        0: the absorption of the table at `pump_cross_section_nm`.
    """

    name: str = "tabled"
    emission_energy_ev: float = 0.0
    emission_fwhm_mev: float = 0.0
    emission_cross_section_cm2: float = 0.0
    pump_cross_section_cm2: float = 0.0
    table_wavelength_nm: tuple[float, ...] = ()
    table_emission_cm2: tuple[float, ...] = ()
    table_absorption_cm2: tuple[float, ...] = ()

    def __post_init__(self) -> None:
        self._check_tables()
        wavelength_nm, emission = self._emission()
        top = int(emission.argmax())
        for key, value in (
            ("emission_energy_ev", HC_EV_NM / wavelength_nm[top]),
            ("emission_fwhm_mev", _width_mev(wavelength_nm, emission)),
            ("emission_cross_section_cm2", float(emission[top])),
            ("pump_cross_section_cm2", self._absorption_at_pump()),
        ):
            if getattr(self, key) == 0.0:
                object.__setattr__(self, key, float(value))
        if not self.pump_cross_section_cm2 > 0:
            raise InputError(
                "gain.pump_cross_section_cm2: the table does not absorb at "
                f"{self.pump_cross_section_nm:g} nm; give it"
            )
        super().__post_init__()

    def _check_tables(self) -> None:
        columns = (self.table_wavelength_nm, self.table_emission_cm2, self.table_absorption_cm2)
        keys = ("table_wavelength_nm", "table_emission_cm2", "table_absorption_cm2")
        if len(columns[0]) < _FEWEST or len({len(column) for column in columns}) > 1:
            raise InputError(
                f"gain.table_wavelength_nm: needs {_FEWEST} wavelengths at least, and as many "
                "cross-sections of emission and of absorption"
            )
        for key, column in zip(keys, columns, strict=True):
            values = np.asarray(column, dtype=float)
            if not np.all(np.isfinite(values) & (values >= 0)):
                raise InputError(f"gain.{key}: must be finite and not negative")
        if not np.all(np.diff(columns[0]) > 0) or columns[0][0] <= 0:
            raise InputError("gain.table_wavelength_nm: must rise")
        if not max(columns[1]) > 0:
            raise InputError("gain.table_emission_cm2: must be positive somewhere")
        if self.size_classes != 1 or self.inhomogeneous_sd_mev != 0 or self.reabsorption != 0:
            raise InputError(
                "gain.table_wavelength_nm: tables hold the whole line; size classes and "
                "reabsorption do not go with them"
            )

    @property
    def absorber(self) -> Absorber:
        """One-photon absorption of the table, where it is not given."""
        return Absorber(((1, self.pump_cross_section_cm2, self.pump_cross_section_nm),))

    def class_lines(self, wavelength_nm: ArrayLike) -> ClassLines:
        """Cross-sections over that of the peak."""
        asked_nm = np.atleast_1d(np.asarray(wavelength_nm, dtype=float))
        emission, absorption = (
            np.interp(asked_nm, self.table_wavelength_nm, column, left=0.0, right=0.0)[None, :]
            / self.emission_cross_section_cm2
            for column in (self.table_emission_cm2, self.table_absorption_cm2)
        )
        return ClassLines(np.ones(1), emission, absorption)

    @property
    def least_pump_ev(self) -> float:
        """None: the tables tell what a pump within the emission band does."""
        return 0.0

    def pump_emission(self, wavelength_nm: float) -> float:
        """Of the tables; where they do not absorb, by the cross-section given for the pump."""
        emission, absorption = (
            float(np.interp(wavelength_nm, self.table_wavelength_nm, column, left=0.0, right=0.0))
            for column in (self.table_emission_cm2, self.table_absorption_cm2)
        )
        return emission / (absorption if absorption > 0 else self.pump_cross_section_cm2)

    def radiative_ps(self, index: float = 1.495) -> float:
        """Life time that the emission alone would give, 1 / (8 pi n^2 c int sigma_e / lambda^4)."""
        wavelength_nm, emission = self._emission()
        cm = wavelength_nm * 1e-7
        rate = 8.0 * np.pi * index**2 * _SPEED_CM_PER_PS * np.trapezoid(emission / cm**4, cm)
        return float(1.0 / rate)

    def warnings(self, wavelength_nm: ArrayLike) -> tuple[str, ...]:
        """Modes beyond the table, and emission that the life time does not allow."""
        asked_nm = np.atleast_1d(np.asarray(wavelength_nm, dtype=float))
        first, last = self.table_wavelength_nm[0], self.table_wavelength_nm[-1]
        beyond = int(((asked_nm < first) | (asked_nm > last)).sum())
        found = list(super().warnings(wavelength_nm))
        if beyond:
            found.append(
                f"gain: {beyond} modes lie beyond the table of cross-sections, {first:g} to "
                f"{last:g} nm,"
                " and are taken to have neither gain nor absorption"
            )
        share = self.fluorescence_ps / self.radiative_ps() / self.quantum_yield
        if share > BRIGHTER:
            found.append(
                f"gain: the emission cross-sections radiate {share:.2g} times what life time and "
                "quantum yield allow"
            )
        return tuple(found)

    def _emission(self) -> tuple[Array, Array]:
        return np.array(self.table_wavelength_nm), np.array(self.table_emission_cm2)

    def _absorption_at_pump(self) -> float:
        return float(
            np.interp(
                self.pump_cross_section_nm,
                self.table_wavelength_nm,
                self.table_absorption_cm2,
                left=0.0,
                right=0.0,
            )
        )


def _width_mev(wavelength_nm: Array, emission: Array) -> float:
    """Width of a Gaussian of the same height and area against photon energy."""
    energy = HC_EV_NM / wavelength_nm
    area = abs(float(np.trapezoid(emission, energy))) / float(emission.max())
    return float(1e3 * area * 2.0 * np.sqrt(np.log(2.0) / np.pi))
