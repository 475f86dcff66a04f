"""What a mode does to an emitter at a point.

On resonance, the rate into one quasinormal mode over that in an unbounded medium of index n is
(Purcell 1946; with this norm Sauvan and others, Phys. Rev. Lett. 110, 237401, 2013)

    F = (3 / 4 pi^2) (lambda^3 / n) Q Re[ (d.E) (d.E') / int n n_g E.E' dV ],

with d the unit vector of the dipole and E' the field of the wave in the other sense, exp(-i m phi).
Both senses have the same frequency and receive the same, so that an emitter sees twice this.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...arrays import Array
from ...errors import InputError, nearest
from ..changes.first_order import norm_um3
from ..mode import Mode
from .point_field import plain_points, read_points

_SENSES = 2.0  # exp(i m phi) and exp(-i m phi), as said above
# Weights of |E_r|^2, |E_phi|^2, |E_z|^2; of a dipole that turns in all directions a third of each.
_DIRECTIONS = {
    "radial": (1.0, 0.0, 0.0),
    "azimuthal": (0.0, 1.0, 0.0),
    "axial": (0.0, 0.0, 1.0),
}
# The letters of the components, as shares and pictures call them
_LETTERS = {"r": "radial", "phi": "azimuthal", "z": "axial"}
_ISOTROPIC = "isotropic"


def purcell_at(
    mode: Mode,
    r_um: ArrayLike,
    z_um: ArrayLike,
    direction: str | ArrayLike = _ISOTROPIC,
    emitter_linewidth_nm: float = 0.0,
) -> Array:
    """Purcell factors at points; see `Mode.purcell_factor`."""
    raw = mode.solved()
    if raw.problem.cavity.sliced:
        raise InputError(
            "purcell_factor: a slice of an infinite cylinder has none, as an emitter there feeds "
            "waves of every wavenumber along the axis; give the cavity an axial radius"
        )
    quality = _quality(mode, emitter_linewidth_nm)
    r, z, _ = plain_points(r_um, z_um, 0.0)
    reading = read_points(raw, r.ravel(), z.ravel())
    out = np.full(r.size, math.nan)
    if reading.field is None:
        return out.reshape(r.shape)
    known, field = reading.known, reading.field
    parts = np.stack([field.e_r[0], field.e_azimuthal[0], field.e_z[0]])
    if isinstance(direction, str) and direction == _ISOTROPIC:
        product = (parts**2).sum(axis=0) / 3.0
    else:
        d = _unit(direction)
        # E_phi is i times a number, and turns with the sense: its product with the others drops out
        product = (d[0] * parts[0] + d[2] * parts[2]) ** 2 + (d[1] * parts[1]) ** 2
    index = raw.eps.index[reading.region[known]]
    wavelength_um = 1e-3 * mode.wavelength_nm
    strength = (product / norm_um3(raw)).real
    front = _SENSES * 3.0 / (4.0 * math.pi**2) * wavelength_um**3 * quality
    out[known] = front / index * strength
    return out.reshape(r.shape)


def _unit(direction: str | ArrayLike) -> NDArray[Any]:
    if isinstance(direction, str):
        direction = _LETTERS.get(direction, direction)
        if direction not in _DIRECTIONS:
            names = (*_DIRECTIONS, _ISOTROPIC)
            raise InputError(
                f"direction: {direction!r} is not allowed; {', '.join(names)}, or three "
                f"components along r, phi and z{nearest(direction, names)}"
            )
        return np.array(_DIRECTIONS[direction])
    try:
        d = np.asarray(direction, dtype=np.float64)
    except (TypeError, ValueError):
        d = np.zeros(0)
    size = float(np.linalg.norm(d)) if d.shape == (3,) else math.nan
    if not (math.isfinite(size) and size > 0):
        raise InputError("direction: three finite real components along r, phi and z, not all 0")
    return np.asarray(d / size)


def _quality(mode: Mode, emitter_linewidth_nm: float) -> float:
    """Q of the mode and of a Lorentzian emitter together, 1/Q = 1/Q_mode + 1/Q_emitter."""
    if not (math.isfinite(emitter_linewidth_nm) and emitter_linewidth_nm >= 0):
        raise InputError(
            f"emitter_linewidth_nm: must be 0 or positive, not {emitter_linewidth_nm!r}"
        )
    q_total = mode.q_total
    width = emitter_linewidth_nm / mode.wavelength_nm + (0.0 if q_total is None else 1.0 / q_total)
    if width == 0.0:
        raise InputError(
            f"{mode.label}: no loss is known, so that the factor on resonance has no bound; give "
            "emitter_linewidth_nm"
        )
    return 1.0 / width
