"""Permittivities of a cavity's regions against wavenumber."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError
from ..materials.material import Material
from ..units import wavelength_nm

Array = NDArray[np.float64]


class HasRegions(Protocol):
    """A cavity of any kind: its regions with their media, the surround last."""

    @property
    def regions(self) -> tuple[tuple[str, Material], ...]: ...


@dataclass(frozen=True)
class Permittivities:
    """Relative permittivities by region at one wavelength.

    Attributes
    ----------
    ordinary, axial : (regions,) arrays
        Real parts n^2 - kappa^2, across and along z.
    loss : (regions,) array
        Imaginary part 2 n kappa, for exp(-i w t).
    index : (regions,) array
        Real index, ordinary.
    """

    ordinary: Array
    axial: Array
    loss: Array
    index: Array


def permittivities(cavity: HasRegions, k_per_um: float) -> Permittivities:
    """Permittivities of all regions at a vacuum wavenumber in um^-1.

    Raises
    ------
    InputError
        If the wavelength is outside the data of a material, or a medium is a metal.
    """
    at_nm = wavelength_nm(k_per_um)
    media = [material for _, material in cavity.regions]
    index = np.array([material.index(at_nm) for material in media])
    along = np.array([material.index_extraordinary(at_nm) for material in media])
    kappa = np.array([material.extinction(at_nm) for material in media])
    if np.any(kappa >= np.minimum(index, along)):
        name = media[int(np.argmax(kappa - index))].name
        raise InputError(f"material {name}: absorbs like a metal at {at_nm:.6g} nm (kappa >= n); not handled here")
    return Permittivities(index**2 - kappa**2, along**2 - kappa**2, 2 * index * kappa, index)
