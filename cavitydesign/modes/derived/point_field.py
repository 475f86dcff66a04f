"""Fields of a solved mode at points, in SI units, straight from the finite-element functions.

With the unknowns scaled to N = int n n_g E.E dV (without conjugation; in an absorbing layer the
coordinates are complex, which is the norm of quasinormal modes of Leung, Liu and Young, Phys. Rev.
A 49, 3057, 1994) the energy of a travelling wave exp(i m phi - i w t) is U = (eps0/2) |N|, because
the electric and the magnetic energy of a mode are the same. Of a mode that leaks, the energy up to
the outer caustic differs from it by about 1/Q.
"""

from __future__ import annotations

import cmath
import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array, ComplexArray
from ...errors import InputError
from ...units import (
    ELEMENTARY_CHARGE_C,
    VACUUM_IMPEDANCE_OHM,
    VACUUM_PERMITTIVITY_F_PER_M,
    photon_energy_ev,
)
from ..changes.first_order import dispersive_permittivities, norm_um3
from ..solved_mode import SolvedMode
from ..solver.reading import PointReading
from ..solver.snapshot import RawMode
from .field_result import LineFields, PointFields

_AXIS = 1e-6  # of the cavity's radius: nearer the axis the field is taken at this radius
_M3_PER_UM3 = 1e-18  # by definition
# Of the root of the wavelength's relative error: 2.9 was the largest error of E and of Z0 H / n
# seen at 480 points of exact spheres and cylinders at asked accuracies of 1e-4 to 1e-8.
_ROOT_SHARE = 4.0


def fields_at(
    mode: SolvedMode,
    r_um: ArrayLike,
    z_um: ArrayLike,
    phi_rad: ArrayLike = 0.0,
    energy_j: float | None = None,
) -> PointFields:
    """Fields of a mode at points; see `Mode.field`."""
    raw = mode.solved()
    r, z, phi = plain_points(r_um, z_um, phi_rad)
    energy = _energy_j(mode, energy_j)
    reading = read_points(raw, r.ravel(), z.ravel())
    scale = _scale(raw, energy)
    values = _Values.of(raw, reading, scale, np.exp(1j * mode.m * phi.ravel()))
    shape = r.shape
    names = np.array([*(name for name, _ in raw.problem.cavity.regions), ""], dtype=object)
    index = np.array([*raw.eps.index, math.nan])
    return PointFields(
        r,
        z,
        phi,
        energy,
        values.e.reshape(*shape, 3),
        values.h.reshape(*shape, 3),
        values.d.reshape(*shape, 3),
        values.s.reshape(*shape, 3),
        values.u.reshape(shape),
        names[reading.region].reshape(shape),
        reading.why.reshape(shape),
        index[reading.region].reshape(shape),
        field_error(mode),
    )


def fields_along(
    mode: SolvedMode,
    start_um: tuple[float, float],
    stop_um: tuple[float, float],
    points: int = 201,
    energy_j: float | None = None,
) -> LineFields:
    """Fields of a mode along a line; see `Mode.line`."""
    if points < 2:
        raise InputError(f"points: a line has at least 2 points, not {points}")
    share = np.linspace(0.0, 1.0, points)
    (r_0, z_0), (r_1, z_1) = start_um, stop_um
    found = fields_at(mode, r_0 + share * (r_1 - r_0), z_0 + share * (z_1 - z_0), 0.0, energy_j)
    return LineFields(**vars(found), distance_um=share * math.hypot(r_1 - r_0, z_1 - z_0))


def field_error(mode: SolvedMode) -> float:
    """Estimated error of E, and of Z0 H / n, as a share of the largest |E|.

    The eigenvalue of a conforming element has the square of the field's error in the norm of the
    energy; a single point may be worse than the norm. What the reduced basis lacks comes on top.
    """
    raw = mode.solved()
    share = mode.wavelength_error_nm / mode.wavelength_nm
    return _ROOT_SHARE * math.sqrt(share) + raw.field_error


def plain_points(*given: ArrayLike) -> list[Array]:
    """Checked r, z and phi of one shape."""
    try:
        r, z, phi = np.broadcast_arrays(*(np.asarray(one, dtype=np.float64) for one in given))
    except (TypeError, ValueError) as error:
        raise InputError(f"r_um, z_um: numbers or arrays that fit together: {error}") from None
    if not all(np.isfinite(one).all() for one in (r, z, phi)):
        raise InputError("r_um, z_um: must be finite")
    if (r < 0).any():
        raise InputError("r_um: is a distance from the axis, not below 0; phi_rad is the angle")
    return [np.array(one) for one in (r, z, phi)]


def _energy_j(mode: SolvedMode, energy_j: float | None) -> float:
    if energy_j is None:
        return photon_energy_ev(mode.wavelength_nm) * ELEMENTARY_CHARGE_C
    if not (math.isfinite(energy_j) and energy_j > 0):
        raise InputError(f"energy_j: must be positive, not {energy_j!r}")
    return float(energy_j)


def read_points(raw: RawMode, r: Array, z: Array) -> PointReading:
    """The best field known: without what the full problem asks to take away."""
    nearest = _AXIS * 0.5 * raw.problem.cavity.diameter_um
    return raw.problem.reading(raw.corrected, raw.m, np.maximum(r, nearest), z)


def _scale(raw: RawMode, energy_j: float) -> complex:
    """Factor from the solved vector to volts per metre."""
    norm = norm_um3(raw) * _M3_PER_UM3
    return math.sqrt(2.0 * energy_j / VACUUM_PERMITTIVITY_F_PER_M) / cmath.sqrt(norm)


@dataclass(frozen=True, eq=False)
class _Values:
    """E, H, D, S (n, 3) and u (n,)."""

    e: ComplexArray
    h: ComplexArray
    d: ComplexArray
    s: Array
    u: Array

    @classmethod
    def of(cls, raw: RawMode, reading: PointReading, scale: complex, turn: ComplexArray) -> _Values:
        """Of what a problem read at points, NaN where it is not known."""
        e, h = (np.full((reading.why.size, 3), complex(math.nan, math.nan)) for _ in range(2))
        known = reading.known
        if reading.field is not None:
            field, factor = reading.field, scale * turn[known]
            e[known] = np.stack([field.e_r[0], 1j * field.e_azimuthal[0], field.e_z[0]], -1)
            # curl E = i w mu0 H, and Z0 H = curl E / (i k)
            curl = np.stack([field.curl_r[0], -1j * field.curl_azimuthal[0], field.curl_z[0]], -1)
            k = raw.k_per_um if raw.problem.is_complex else raw.k_per_um.real
            h[known] = curl / (k * VACUUM_IMPEDANCE_OHM)
            e[known], h[known] = (factor[:, None] * part[known] for part in (e, h))
        region = reading.region
        across, along = raw.eps.ordinary, raw.eps.axial
        eps = np.stack([across, across, along], -1)
        stored = np.stack([*dispersive_permittivities(raw)], -1)[:, [0, 0, 1]]
        lossy = (eps + 1j * raw.eps.loss[:, None])[region]
        d = VACUUM_PERMITTIVITY_F_PER_M * lossy * e
        s = 0.5 * np.cross(e, h.conj()).real
        # d(w eps)/dw = 2 n n_g - eps
        electric = ((2.0 * stored - eps)[region] * abs(e) ** 2).sum(-1)
        magnetic = VACUUM_IMPEDANCE_OHM**2 * (abs(h) ** 2).sum(-1)
        u = 0.25 * VACUUM_PERMITTIVITY_F_PER_M * (electric + magnetic)
        return cls(e, h, d, s, u)
