"""E and H of solved modes as the complex vectors that files for ParaView hold, in SI units for one
photon in the mode.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, ComplexArray
from ...errors import InputError
from ...modes.mode import Mode

# Towards the middle of its cells, as a share of the way: a point on an interface takes the field of
# its own side, and moves the field by far less than its error.
_INTO_CELL = 1e-6


@dataclass(frozen=True, eq=False)
class Vectors:
    """Fields of one mode at points; zero where the solved elements do not reach.

    Attributes
    ----------
    e_v_per_m, h_a_per_m : (n, 3) complex arrays
        Along r, phi and z; times exp(i m phi - i w t).
    density_j_per_m3 : (n,) array
        Energy density averaged over a period.
    energy_j : float
        Energy in the mode: one photon.
    relative_error : float
        Estimated error of E as a share of its largest value.
    """

    e_v_per_m: ComplexArray
    h_a_per_m: ComplexArray
    density_j_per_m3: Array
    energy_j: float
    relative_error: float


def solved_modes(modes: Mode | Sequence[Mode]) -> tuple[Mode, ...]:
    """Modes as a tuple.

    Raises
    ------
    InputError
        If there is none, or two have one label.
    """
    given = (modes,) if isinstance(modes, Mode) else tuple(modes)
    if not given:
        raise InputError("modes: a file for ParaView needs one mode at least")
    labels = [mode.label for mode in given]
    twice = next((label for label in labels if labels.count(label) > 1), None)
    if twice is not None:
        raise InputError(f"modes: {twice} is given twice")
    return given


def inside_cells(r_um: Array, z_um: Array, corners: NDArray[np.int64]) -> tuple[Array, Array]:
    """Points moved a little into the cells that they belong to, so that interfaces are seen from
    the right side.
    """
    points = np.stack([r_um, z_um], axis=1)
    middle = np.zeros_like(points)
    count = np.zeros(len(points))
    centres = points[corners].mean(axis=1)
    for corner in range(corners.shape[1]):
        np.add.at(middle, corners[:, corner], centres)
        np.add.at(count, corners[:, corner], 1.0)
    used = count > 0
    points[used] += _INTO_CELL * (middle[used] / count[used, None] - points[used])
    return np.maximum(points[:, 0], 0.0), points[:, 1]


def vectors_at(mode: Mode, r_um: Array, z_um: Array) -> Vectors:
    """E, H and the energy density of a solved mode at points of the meridian plane."""
    found = mode.field(r_um, z_um)
    return Vectors(
        np.nan_to_num(found.e_v_per_m),
        np.nan_to_num(found.h_a_per_m),
        np.nan_to_num(found.energy_density_j_per_m3),
        found.energy_j,
        found.relative_error,
    )


def turned(vectors: Vectors, m: int, phi_rad: Array) -> Vectors:
    """Vectors of the meridian plane along an arc: at each angle with their phase, along x, y and z.

    Points run fastest, angles slowest.
    """
    cosine, sine = np.cos(phi_rad)[:, None], np.sin(phi_rad)[:, None]
    phase = np.exp(1j * m * phi_rad)[:, None]

    def in_space(values: ComplexArray) -> ComplexArray:
        along_r, along_phi, along_z = (phase * values[None, :, i] for i in range(3))
        x, y = cosine * along_r - sine * along_phi, sine * along_r + cosine * along_phi
        return np.stack([x, y, along_z], axis=-1).reshape(-1, 3)

    return Vectors(
        in_space(vectors.e_v_per_m),
        in_space(vectors.h_a_per_m),
        np.tile(vectors.density_j_per_m3, len(phi_rad)),
        vectors.energy_j,
        vectors.relative_error,
    )


def named_arrays(vectors: Vectors, prefix: str) -> dict[str, Array]:
    """Arrays of a file by name: real and imaginary vectors of E and H, and the energy density.

    Parameters
    ----------
    vectors : Vectors
    prefix : str
        Label of the mode where a file holds several, with a space behind it; else empty.
    """
    out: dict[str, Array] = {}
    for symbol, unit, values in (("E", "V/m", vectors.e_v_per_m), ("H", "A/m", vectors.h_a_per_m)):
        out[f"{prefix}{symbol} real ({unit})"] = values.real
        out[f"{prefix}{symbol} imag ({unit})"] = values.imag
    out[f"{prefix}energy_density (J/m^3)"] = vectors.density_j_per_m3
    return out
