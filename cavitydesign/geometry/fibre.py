"""The fibre's radius along z, where it is no straight cylinder: a smooth curve through given
points.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from ..arrays import Array
from ..errors import InputError
from .spline_fit import DEGREE, LARGEST_SCATTER, spline_ladder

if TYPE_CHECKING:
    from scipy.interpolate import BSpline

_FEWEST_POINTS = 2  # Two points make a cone.
_FEWEST_TO_SMOOTH = 8  # Fewer points are taken as exact: they do not tell noise from shape.
_STEEPEST = 1.0  # 45 degrees; fibres are tapered by some hundredths, and a mix of units gives 1000.
_LARGEST_UM = 1e9  # a kilometre: no fibre, and squares of 1e308 leave the floats
_EVEN_WITHIN = 1e-12  # of the radius: some thousand roundings, and no effect on a mode
# Of the cavity's diameter: light reaches over more of the fibre, and units are 1000 apart.
_SHORTEST_SPAN = 1e-2
_SAMPLES = 401  # places along the given points: eight between the knots of the most flexible spline


@dataclass(frozen=True)
class FibreShape:
    """How far the fibre's radius at z lies from that at the equator, z = 0; `fibre_from_points`
    makes one.

    Parameters
    ----------
    degree : int
        Degree of the spline's pieces.
    knots, coefficients : tuple of float
        B-spline of the radius in um against z in um. Beyond its ends the fibre goes on straight.
    """

    degree: int
    knots: tuple[float, ...]
    coefficients: tuple[float, ...]

    @property
    def span_um(self) -> tuple[float, float]:
        """Smallest and largest z of the points."""
        return self.knots[0], self.knots[-1]

    @cached_property
    def _pieces(self) -> tuple[BSpline, BSpline]:
        from scipy.interpolate import BSpline

        curve = BSpline(np.array(self.knots), np.array(self.coefficients), self.degree)
        return curve, curve.derivative()

    @cached_property
    def equator_radius_um(self) -> float:
        """Radius at z = 0."""
        return float(self._pieces[0](0.0))

    def rise_um(self, z_um: Array) -> Array:
        """Radius at z less the radius at the equator."""
        inside = np.clip(z_um, *self.span_um)
        curve, slope = self._pieces
        return np.asarray(curve(inside) - self.equator_radius_um + slope(inside) * (z_um - inside))

    def slope(self, z_um: Array) -> Array:
        """d(radius)/dz."""
        return np.asarray(self._pieces[1](np.clip(z_um, *self.span_um)))

    def scaled(self, factor: float) -> FibreShape:
        """The shape of a fibre that is larger by a factor in all directions."""
        return replace(
            self,
            knots=tuple(factor * knot for knot in self.knots),
            coefficients=tuple(factor * coefficient for coefficient in self.coefficients),
        )

    @cached_property
    def symmetric(self) -> bool:
        """Whether z -> -z leaves the fibre as it is."""
        low, high = self.span_um
        z = np.linspace(0.0, max(-low, high), _SAMPLES)
        return bool(
            np.abs(self.rise_um(z) - self.rise_um(-z)).max() < _EVEN_WITHIN * self.equator_radius_um
        )


def fibre_from_points(z_um: Array, radius_um: Array) -> FibreShape:
    """A smooth fibre through points of its wall.

    Parameters
    ----------
    z_um, radius_um : array (n,)
        Heights above the equator, in any order, and radii there.

    Returns
    -------
    FibreShape
        Fewer than 8 points: the spline of degree 5 or less through all of them. More: the
        least-squares spline that the Bayesian information criterion chooses, as for a measured
        outline; points without noise are met to rounding.

    Raises
    ------
    InputError
        One line saying why the points are no fibre.
    """
    z, radius = np.asarray(z_um, dtype=np.float64), np.asarray(radius_um, dtype=np.float64)
    _check(z, radius)
    order = np.argsort(z, kind="stable")
    z, radius = z[order], radius[order]
    if len(z) < _FEWEST_TO_SMOOTH:
        from scipy.interpolate import make_interp_spline

        degree = min(DEGREE, len(z) - 1)
        through = make_interp_spline(z, radius, k=degree)
        shape = FibreShape(degree, tuple(through.t.tolist()), tuple(through.c.tolist()))
    else:
        ones = np.ones_like(z)
        fit, _ = spline_ladder(
            z, radius, ones, np.argsort(order).astype(np.int64), 1e-15 * float(radius.max())
        )
        if fit.residual_rms > LARGEST_SCATTER * float(radius.max()):
            raise InputError(
                f"fibre: the points scatter by {fit.residual_rms:.3g} um about the best smooth "
                "curve, more than"
                f" {LARGEST_SCATTER:.0%} of the radius (swapped or mixed columns?)"
            )
        shape = FibreShape(fit.degree, fit.knots, fit.coefficients)
    grid = np.linspace(z[0], z[-1], _SAMPLES)
    if (shape.rise_um(grid) + shape.equator_radius_um <= 0.0).any():
        raise InputError(
            "fibre: the curve through the points falls to a radius of 0 between them; more points "
            "are needed"
        )
    steep = float(np.abs(shape.slope(grid)).max())
    if steep > _STEEPEST:
        raise InputError(
            f"fibre: its radius changes by {steep:.3g} um per um of z; at most {_STEEPEST:g} is "
            "allowed (units?)"
        )
    return shape


def check_span(shape: FibreShape, diameter_um: float) -> None:
    """Refuse points that tell nothing of the fibre in the cavity, which would be carried straight
    on through all of it.

    Parameters
    ----------
    shape : FibreShape
    diameter_um : float
        Of the cavity.

    Raises
    ------
    InputError
        If they reach over less than a hundredth of the diameter: they are in another unit.
    """
    low, high = shape.span_um
    if high - low < _SHORTEST_SPAN * diameter_um:
        raise InputError(
            f"fibre: the points reach over {high - low:.3g} um of z, from {low:.3g} to {high:.3g}, "
            f"in a cavity of {diameter_um:.6g} um; a hundredth of that or more is needed (another "
            f"unit? a thousand times as much is {1e3 * (high - low):.3g} um)"
        )


def _check(z: Array, radius: Array) -> None:
    if z.ndim != 1 or z.shape != radius.shape or len(z) < _FEWEST_POINTS:
        raise InputError(
            f"fibre: {_FEWEST_POINTS} or more points of z and radius are needed, not {z.shape} "
            f"and {radius.shape}"
        )
    bad = ~(np.isfinite(z) & np.isfinite(radius))
    if bad.any():
        raise InputError(f"fibre: point {int(np.argmax(bad)) + 1} is not a finite number")
    large = (np.abs(z) > _LARGEST_UM) | (radius > _LARGEST_UM)
    if large.any():
        index = int(np.argmax(large))
        raise InputError(
            f"fibre: z = {z[index]:g}, radius = {radius[index]:g} um at point {index + 1}: at most "
            f"{_LARGEST_UM:g} um is allowed (units?)"
        )
    if (radius <= 0).any():
        index = int(np.argmax(radius <= 0))
        raise InputError(
            f"fibre: radius = {radius[index]:g} um at point {index + 1} must be above 0"
        )
    if len(np.unique(z)) < len(z):
        repeated = z[np.argsort(z)][1:][np.diff(np.sort(z)) == 0][0]
        raise InputError(f"fibre: two radii at z = {repeated:g} um")
    if not z.min() <= 0.0 <= z.max():
        raise InputError(
            f"fibre: its points, z = {z.min():g} to {z.max():g} um, must reach over the equator, "
            "z = 0"
        )
