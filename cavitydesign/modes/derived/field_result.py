"""Fields of a mode at points and along lines, as results: arrays with units, and as tables."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, ComplexArray
from ...texts import counted

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


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

        columns: dict[str, Any] = {
            name: getattr(self, name).ravel() for name in self._coordinates()
        }
        columns["region"] = self.region.ravel()
        for symbol, (name, _) in _VECTORS.items():
            unit = name.partition("_")[2]
            for column, component in enumerate(_COMPONENTS):
                values = getattr(self, name)[..., column].ravel()
                columns[f"{symbol.lower()}_{component}_{unit}"] = values
        columns["energy_density_j_per_m3"] = self.energy_density_j_per_m3.ravel()
        columns["why"] = self.why.ravel()
        return pd.DataFrame(columns)

    def to_xarray(self) -> xr.Dataset:
        """E, H, D, S over the points and `component`, the positions as coordinates, with units."""
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
            for name in self._coordinates()
        }
        coordinates["component"] = list(_COMPONENTS)
        return xr.Dataset(variables, coordinates, {"energy_j": self.energy_j})

    def _coordinates(self) -> tuple[str, ...]:
        return ("r_um", "z_um", "phi_rad")

    def __repr__(self) -> str:
        """Points, energy and the largest |E|, and why some are not known."""
        size = self.e_abs_v_per_m[self.known]
        largest = f"|E| up to {size.max():.4g} V/m" if size.size else "no field known"
        head = (
            f"{type(self).__name__} at {counted(self.r_um.size, 'point')}, "
            f"{self.energy_j:.4g} J in the mode, {largest}"
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

    def _coordinates(self) -> tuple[str, ...]:
        return ("distance_um", *super()._coordinates())
