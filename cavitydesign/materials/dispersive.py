"""A medium described by published dispersion data, with where the data come from."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import InputError
from ..units import NM_PER_UM
from .dispersion import Dispersion
from .material import Material


@dataclass(frozen=True)
class ThermoOptic:
    """Temperature coefficient of the index.

    Parameters
    ----------
    per_k : float
        dn/dT in K^-1 (ordinary).
    wavelength_nm : float
        Where it was measured.
    source : str
        Reference.
    per_k_extraordinary : float or None
        dn/dT for E along the optic axis, where it is known apart.
    """

    per_k: float
    wavelength_nm: float
    source: str
    per_k_extraordinary: float | None = None


@dataclass(frozen=True)
class Expansion:
    """Linear thermal expansion.

    Parameters
    ----------
    per_k : float
        In K^-1, near room temperature.
    source : str
        Reference.
    """

    per_k: float
    source: str


@dataclass(frozen=True)
class DispersiveMaterial(Material):
    """A medium of published dispersion, isotropic or uniaxial with its optic axis along z.

    Parameters
    ----------
    title : str
        What the sample was.
    licence : str
        Under which the data may be passed on.
    ordinary : Dispersion
        Index for E across the optic axis.
    extraordinary : Dispersion or None
        Index for E along the optic axis z; None in an isotropic medium.
    absorption : Dispersion or None
        Extinction coefficient kappa; None where the source gives none (then it counts as
        transparent).
    family : str
        Substance, shared by the data sets that describe the same one.
    temperature_c : float or None
        Temperature of the measurement in degrees Celsius.
    index_error : float or None
        Absolute accuracy of the index as its source states it.
    thermo_optic : ThermoOptic or None
        Temperature coefficient, where published.
    expansion : Expansion or None
        Thermal expansion, where published.
    absorption_range_nm : tuple of float or None
        Where the extinction is known, if not everywhere; asking beyond is an error.
    siblings : tuple of (str, (float, float))
        Names and ranges in nm of the library's other data of the same substance.
    """

    title: str
    licence: str
    ordinary: Dispersion
    extraordinary: Dispersion | None = None
    absorption: Dispersion | None = None
    family: str = ""
    temperature_c: float | None = None
    index_error: float | None = None
    thermo_optic: ThermoOptic | None = None
    absorption_range_nm: tuple[float, float] | None = None
    expansion: Expansion | None = None
    siblings: tuple[tuple[str, tuple[float, float]], ...] = ()

    @property
    def uniaxial(self) -> bool:
        return self.extraordinary is not None

    @property
    def thermo_optic_per_k(self) -> float | None:
        return None if self.thermo_optic is None else self.thermo_optic.per_k

    @property
    def expansion_per_k(self) -> float | None:
        return None if self.expansion is None else self.expansion.per_k

    def _index(self, wavelength_nm: float) -> float:
        return self.ordinary.value(wavelength_nm / NM_PER_UM)

    def _elsewhere(self, wavelength_nm: float) -> str:
        names = [name for name, (low, high) in self.siblings if low <= wavelength_nm <= high]
        return (
            f"; {' and '.join(names)} of the library reach it"
            if len(names) > 1
            else (f"; {names[0]} of the library reaches it" if names else "")
        )

    def _extinction(self, wavelength_nm: float) -> float:
        if self.absorption is None:
            return 0.0
        low, high = self.absorption_range_nm or self.range_nm
        if not low <= wavelength_nm <= high:
            raise InputError(
                f"material {self.name}: {wavelength_nm:.6g} nm is outside its extinction data,"
                f" {low:g} to {high:g} nm"
            )
        return self.absorption.value(wavelength_nm / NM_PER_UM)

    def index_extraordinary(self, wavelength_nm: float) -> float:
        self.check_range(wavelength_nm)
        return (self.extraordinary or self.ordinary).value(wavelength_nm / NM_PER_UM)

    def index_slope_per_nm(self, wavelength_nm: float) -> float:
        """dn/dlambda in nm^-1 (ordinary), the exact derivative of the dispersion law."""
        self.check_range(wavelength_nm)
        return self.ordinary.slope(wavelength_nm / NM_PER_UM) / NM_PER_UM

    def group_index_extraordinary(self, wavelength_nm: float) -> float:
        """Group index for E along the optic axis; the same as `group_index` in an isotropic
        medium.
        """
        self.check_range(wavelength_nm)
        law = self.extraordinary or self.ordinary
        wavelength_um = wavelength_nm / NM_PER_UM
        return law.value(wavelength_um) - wavelength_um * law.slope(wavelength_um)
