"""A mode's field on a grid of points, for pictures and files: what windows and sections share."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from ..derived.sampled_field import FieldSamples
from .snapshot import RawMode


def meridian_field(e_r: Values, e_azimuthal: Values, e_z: Values) -> tuple[Values, Values, Values]:
    """E_r, E_phi and E_z of the numbers that the elements give: E_phi is a quarter period apart."""
    return e_r, 1j * e_azimuthal, e_z


def unit_samples(
    raw: RawMode,
    points: tuple[Array, Array],
    field: tuple[Values, Values, Values],
    region: NDArray[np.int64],
    interfaces_um: Mapping[str, Array],
    mesh_lines_um: tuple[Array, ...],
) -> FieldSamples:
    """The samples, scaled so that the largest |E| is 1.

    Parameters
    ----------
    raw : RawMode
        Gives media and names.
    points : tuple of arrays
        r and z, um.
    field : tuple of arrays
        E_r, E_phi and E_z at the points, in any unit.
    region : array of int
        Of the points.
    interfaces_um, mesh_lines_um
        Curves for drawing.
    """
    largest = np.sqrt(sum(abs(part) ** 2 for part in field)).max()
    e_r, e_phi, e_z = (np.asarray(part / largest, dtype=complex) for part in field)
    numbers: Any = np.asarray(region)
    return FieldSamples(
        *points,
        e_r,
        e_phi,
        e_z,
        np.asarray(raw.eps.ordinary[numbers]),
        numbers,
        tuple(name for name, _ in raw.problem.cavity.regions),
        interfaces_um,
        mesh_lines_um,
    )
