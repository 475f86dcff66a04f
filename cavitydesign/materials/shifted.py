"""A medium whose index lies a constant beside the published one: the uncertainty of a sample, made
explicit.
"""

from __future__ import annotations

from dataclasses import dataclass

from .material import Material


@dataclass(frozen=True)
class ShiftedMedium(Material):
    """Another medium with a constant added to its real index; dispersion and absorption stay.

    Parameters
    ----------
    base : Material
    offset : float
        Added to the (ordinary and extraordinary) index.
    """

    base: Material
    offset: float

    @classmethod
    def of(cls, base: Material, offset: float, name: str = "") -> ShiftedMedium:
        """The medium `base` with its index raised by `offset`, named so if no name is given."""
        return cls(
            name or f"{base.name} {offset:+g}",
            f"{base.source}, index {offset:+g}",
            base.range_nm,
            base,
            offset,
        )

    @property
    def uniaxial(self) -> bool:
        return self.base.uniaxial

    @property
    def thermo_optic_per_k(self) -> float | None:
        return self.base.thermo_optic_per_k

    @property
    def expansion_per_k(self) -> float | None:
        return self.base.expansion_per_k

    @property
    def thermal_range_k(self) -> tuple[float, float]:
        return self.base.thermal_range_k

    def _index(self, wavelength_nm: float) -> float:
        return self.base.index(wavelength_nm) + self.offset

    def index_extraordinary(self, wavelength_nm: float) -> float:
        return self.base.index_extraordinary(wavelength_nm) + self.offset

    def _extinction(self, wavelength_nm: float) -> float:
        return self.base.extinction(wavelength_nm)
