"""A field on the grid of one picture."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, ComplexArray


@dataclass(frozen=True)
class FieldSamples:
    """A mode's field on a curvilinear grid in the meridian plane.

    Attributes
    ----------
    r_um, z_um : (n, k) arrays
        Positions; the first axis runs outwards, the second along z.
    e_r, e_phi, e_z : (n, k) complex arrays
        Electric field, scaled so that the largest |E| is 1; multiply with exp(i m phi) for the
        field in space.
    permittivity : (n, k) array
        Relative permittivity at the points.
    region : (n, k) array of int
        Index into `region_names`.
    region_names : tuple of str
        Names from the axis outwards.
    interfaces_um : mapping of str to (k, 2) arrays
        Curves (r, z) of the outline and of inner interfaces, for drawing.
    mesh_lines_um : tuple of (k, 2) arrays
        Element edges, for the mesh overlay.
    """

    r_um: Array
    z_um: Array
    e_r: ComplexArray
    e_phi: ComplexArray
    e_z: ComplexArray
    permittivity: Array
    region: NDArray[np.int64]
    region_names: tuple[str, ...]
    interfaces_um: Mapping[str, Array]
    mesh_lines_um: tuple[Array, ...] = ()

    @property
    def energy_density(self) -> Array:
        """eps |E|^2 scaled to a maximum of 1."""
        density = self.permittivity * (
            np.abs(self.e_r) ** 2 + np.abs(self.e_phi) ** 2 + np.abs(self.e_z) ** 2
        )
        return np.asarray(density / density.max())
