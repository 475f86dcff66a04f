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
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ...errors import InputError
from ...units import (
    ELEMENTARY_CHARGE_C,
    VACUUM_IMPEDANCE_OHM,
    VACUUM_PERMITTIVITY_F_PER_M,
    photon_energy_ev,
)
from ..first_order import Quotient, dispersive_energy, dispersive_permittivities
from ..mode import Array, ComplexArray, Mode
from ..solver.reading import PointReading
from ..solver.snapshot import RawMode

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr

_AXIS = 1e-6  # of the cavity's radius: nearer the axis the field is taken at this radius
_M3_PER_UM3 = 1e-18
# Of the root of the wavelength's relative error: 2.9 was the largest error of E and of Z0 H / n
# seen at 480 points of exact spheres and cylinders at asked accuracies of 1e-4 to 1e-8.
_ROOT_SHARE = 4.0
_COMPONENTS = ("r", "phi", "z")
_VECTORS = {
    "E": ("e_v_per_m", "V/m"),
    "H": ("h_a_per_m", "A/m"),
    "D": ("d_c_per_m2", "C/m^2"),
    "S": ("poynting_w_per_m2", "W/m^2"),
}


@dataclass(frozen=True, repr=False, eq=False)
class PointFields:
    """Fields of a mode at points of any shape P, for a stated energy in the mode.

    Physical fields are the real parts of these times exp(-i w t). Vectors have their components
    along r, phi and z in the last axis. Where no field is known all of them are NaN, and `why` says
    the reason.

    Attributes
    ----------
    r_um, z_um, phi_rad : arrays of shape P
        The points.
    energy_j : float
        Energy of the travelling wave, electric and magnetic; of a slice of an infinite cylinder for
        each um of its length.
    e_v_per_m, h_a_per_m, d_c_per_m2 : complex arrays of shape (*P, 3)
        E, H and D.
    poynting_w_per_m2 : array of shape (*P, 3)
        Energy flux, averaged over a period.
    energy_density_j_per_m3 : array of shape P
        Averaged over a period, with the energy that dispersion stores in the media.
    region : array of str, shape P
        Medium; a point on an interface belongs to the one outside. Empty where not known.
    why : array of str, shape P
        Why no field is known; empty where it is.
    index : array of shape P
        Refractive index across the axis.
    relative_error : float
        Estimated error of E, and of Z0 H over the index, as a share of the largest |E| of the mode.
    """

    r_um: Array
    z_um: Array
    phi_rad: Array
    energy_j: float
    e_v_per_m: ComplexArray
    h_a_per_m: ComplexArray
    d_c_per_m2: ComplexArray
    poynting_w_per_m2: Array
    energy_density_j_per_m3: Array
    region: NDArray[Any]
    why: NDArray[Any]
    index: Array
    relative_error: float

    @property
    def e_abs_v_per_m(self) -> Array:
        """Magnitude of E: the square root of |E_r|^2 + |E_phi|^2 + |E_z|^2."""
        return np.asarray(np.sqrt((abs(self.e_v_per_m) ** 2).sum(axis=-1)))

    @property
    def e_db(self) -> Array:
        """|E| in decibels, 20 log10, relative to the largest of these points."""
        size = self.e_abs_v_per_m
        known = size[np.isfinite(size)]
        largest = known.max() if known.size else math.nan
        with np.errstate(divide="ignore"):
            return np.asarray(20.0 * np.log10(size / largest))

    @property
    def known(self) -> NDArray[np.bool_]:
        """Where the field is known."""
        return np.asarray(self.why == "")

    def to_dataframe(self) -> pd.DataFrame:
        """One row a point; complex components in one column each, with their units in the names."""
        import pandas as pd

        columns: dict[str, Any] = {name: getattr(self, name).ravel() for name in self._places()}
        columns["region"] = self.region.ravel()
        for symbol, (name, _) in _VECTORS.items():
            unit = name.partition("_")[2]
            for place, component in enumerate(_COMPONENTS):
                values = getattr(self, name)[..., place].ravel()
                columns[f"{symbol.lower()}_{component}_{unit}"] = values
        columns["energy_density_j_per_m3"] = self.energy_density_j_per_m3.ravel()
        columns["why"] = self.why.ravel()
        return pd.DataFrame(columns)

    def to_xarray(self) -> xr.Dataset:
        """E, H, D, S over the points and `component`, the places as coordinates, with units."""
        import xarray as xr

        points = [f"point_{number}" for number in range(self.r_um.ndim)]
        points = ["point"] if len(points) == 1 else points
        variables: dict[str, Any] = {
            symbol: ([*points, "component"], getattr(self, name), {"units": unit})
            for symbol, (name, unit) in _VECTORS.items()
        }
        variables["energy_density"] = (points, self.energy_density_j_per_m3, {"units": "J/m^3"})
        variables["region"] = (points, self.region.astype(str))
        variables["why"] = (points, self.why.astype(str))
        units = {"um": "um", "rad": "rad"}
        coordinates: dict[str, Any] = {
            name: (points, getattr(self, name), {"units": units[name.rpartition("_")[2]]})
            for name in self._places()
        }
        coordinates["component"] = list(_COMPONENTS)
        return xr.Dataset(variables, coordinates, {"energy_j": self.energy_j})

    def _places(self) -> tuple[str, ...]:
        return ("r_um", "z_um", "phi_rad")

    def __repr__(self) -> str:
        """Points, energy and the largest |E|, and why some are not known."""
        size = self.e_abs_v_per_m[self.known]
        largest = f"|E| up to {size.max():.4g} V/m" if size.size else "no field known"
        head = (
            f"{type(self).__name__} at {self.r_um.size} points, {self.energy_j:.4g} J in the mode, "
            f"{largest}"
        )
        reasons = [str(one) for one in np.unique(self.why.astype(str)) if one]
        lines = [f"  {int((self.why == one).sum())} not known: {one}" for one in reasons]
        return "\n".join([head, *lines])

    def _repr_html_(self) -> str:
        """The first points as a table."""
        frame = self.to_dataframe()
        return f"<p>{repr(self).splitlines()[0]}</p>{frame.head(12).to_html(index=False)}"


@dataclass(frozen=True, repr=False, eq=False)
class LineFields(PointFields):
    """Fields along a straight line in the meridian plane.

    Attributes
    ----------
    distance_um : (points,) array
        From the start of the line; the rest as in `PointFields`.
    """

    distance_um: Array

    def _places(self) -> tuple[str, ...]:
        return ("distance_um", *super()._places())


def fields_at(
    mode: Mode,
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
    mode: Mode,
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


def field_error(mode: Mode) -> float:
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


def _energy_j(mode: Mode, energy_j: float | None) -> float:
    if energy_j is None:
        return photon_energy_ev(mode.wavelength_nm) * ELEMENTARY_CHARGE_C
    if not (math.isfinite(energy_j) and energy_j > 0):
        raise InputError(f"energy_j: must be positive, not {energy_j!r}")
    return float(energy_j)


def read_points(raw: RawMode, r: Array, z: Array) -> PointReading:
    """The best field known: without what the full problem asks to take away."""
    vector = raw.vector if raw.correction is None else raw.vector - raw.correction
    nearest = _AXIS * 0.5 * raw.problem.cavity.diameter_um
    return raw.problem.reading(vector, raw.m, np.maximum(r, nearest), z)


def norm_um3(raw: RawMode) -> complex:
    """int n n_g E.E dV over the whole azimuth; of a slice per um of length, in um^2."""
    plane = dispersive_energy(raw, Quotient.of_mode(raw))
    return 2.0 * math.pi * raw.problem.plane_share * plane


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
