"""A medium without its dispersion: what a comb owes to the geometry alone."""

from __future__ import annotations

from dataclasses import dataclass

from .material import EVERYWHERE_NM, Material


@dataclass(frozen=True)
class HeldMedium(Material):
    """Another medium with the indices that it has at one wavelength, everywhere.

    Parameters
    ----------
    base : Material
    at_nm : float
    """

    base: Material
    at_nm: float

    @classmethod
    def of(cls, base: Material, at_nm: float) -> HeldMedium:
        """The medium `base` as it is at a vacuum wavelength."""
        return cls(
            f"{base.name} at {at_nm:g} nm",
            f"{base.source}, held at {at_nm:g} nm",
            EVERYWHERE_NM,
            base,
            at_nm,
        )

    @property
    def uniaxial(self) -> bool:
        return self.base.uniaxial

    def _index(self, wavelength_nm: float) -> float:
        return self.base.index(self.at_nm)

    def index_extraordinary(self, wavelength_nm: float) -> float:
        return self.base.index_extraordinary(self.at_nm)

    def _extinction(self, wavelength_nm: float) -> float:
        return self.base.extinction(self.at_nm)
