"""Outline from measured points: ordered, smoothed, with the equator, its curvature and their
uncertainty.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import InputError
from ..units import NM_PER_UM
from .equator import at_equator, demand_bearing, demand_no_corner, fitted_equator_z_um, widest_z_um
from .outline import Outline
from .spline_fit import LARGEST_SCATTER, PointIndices, SplineFit, spline_ladder

_FEWEST_POINTS = 8  # A parabola has three unknowns; fewer points than this hardly tell its scatter.
# Cavities of this field lie well inside these limits; data outside are in other units than their
# header says.
_RADIUS_LIMITS_UM = (0.2, 2000.0)
# R over the axial radius, or the reverse: near 1 for drops; a wrong unit of one column makes it
# 1000 or more.
_LARGEST_CURVATURE_RATIO = 1e4
# Standard deviations by which no point misses by chance, however many there are
_OUTLIER_RATIO = 12.0
# Of the radius: below it a point moves nothing that is measured, even where the others are exact.
_OUTLIER_DISTANCE = 1e-4
# Below this share of the equator's radius a point weighs as if it were there; near a pole it would
# weigh without limit.
_POLE_SHARE = 0.2
# Spacings of axial modes go as the root of the curvature: they would be known to 10 %.
_LARGEST_CURVATURE_ERROR = 0.2
# A fit that misses the points by this many times their scatter from neighbour to neighbour, and by
# this share of the radius, misses a step or a corner.
_MISFIT_RATIO = 4.0
# Of the radius: what a micrograph resolves; smaller misfits move no mode visibly.
_MISFIT_SHARE = 1e-3
_ROUNDING = 1e-15  # Of the radius: residuals of this size are rounding and tell nothing.
# Difference of the criterion that rules a description out ("very strong" from 10: Kass and Raftery
# 1995).
_EVIDENCE = 10.0
# Of the height above the fibre: the foot of a drop, where the fibre's own edge runs into its
# outline, is left out.
_FOOT_SHARE = 0.1


@dataclass(frozen=True)
class MeasuredOutline(Outline):
    """Smooth curve through measured points; `outline_from_points` makes one.

    Parameters
    ----------
    fit : SplineFit
        r, or r^2 where `squared`, against z as it was measured.
    squared : bool
        Which of the two; r^2 is smooth at a pole, where r is not.
    equator_z_um : float
        Where the curve is widest, in the coordinate of the measurement.
    span_um : tuple of float
        Smallest and largest z used.
    points : int
        How many points were used.
    rms_um : float
        Root mean square distance of the points from the curve, in r.
    radius_sd_um, curvature_sd_per_um : float
        Standard uncertainty of the equator's radius and of the meridian curvature there.
    """

    fit: SplineFit
    squared: bool
    equator_z_um: float
    span_um: tuple[float, float]
    points: int
    rms_um: float
    radius_sd_um: float
    curvature_sd_per_um: float

    @property
    def equator_radius_um(self) -> float:
        return float(self.point(np.zeros(1))[0][0])

    @property
    def axial_radius_um(self) -> float:
        return -1.0 / float(self.bend(np.zeros(1))[0][0])

    @property
    def axial_radius_sd_um(self) -> float:
        """Standard uncertainty of `axial_radius_um`."""
        return self.curvature_sd_per_um * self.axial_radius_um**2

    @property
    def reach_um(self) -> tuple[float, float]:
        return self.span_um[0] - self.equator_z_um, self.span_um[1] - self.equator_z_um

    @property
    def symmetric(self) -> bool:
        """True where the points ask for no more than a parabola in r or r^2, which is even about
        its vertex.
        """
        return self.fit.is_quadratic

    def point(self, t_um: Array) -> tuple[Array, Array]:
        value = self.fit.value(t_um + self.equator_z_um)
        return np.sqrt(value) if self.squared else value, np.array(t_um, dtype=float)

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        slope = self.fit.value(t_um + self.equator_z_um, 1)
        if self.squared:
            slope = slope / (2.0 * self.point(t_um)[0])
        return slope, np.ones_like(t_um)

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        second = self.fit.value(t_um + self.equator_z_um, 2)
        if self.squared:
            second = (second - 2.0 * self.tangent(t_um)[0] ** 2) / (2.0 * self.point(t_um)[0])
        return second, np.zeros_like(t_um)


@dataclass(frozen=True)
class AxialSpacing:
    """Distance between axial orders of a measured cavity.

    Parameters
    ----------
    spacing_nm : float
        Wavelength between neighbours q and q + 1.
    sd_nm : float
        Its uncertainty from that of the outline.
    """

    spacing_nm: float
    sd_nm: float


def axial_spacing(outline: MeasuredOutline, wavelength_nm: float, index: float) -> AxialSpacing:
    """Axial mode spacing with the uncertainty that the outline's curvature leaves in it.

    Adiabatic estimate lambda^2 / (2 pi n sqrt(R R_axial)); a solve gives the spacing, this gives
    its uncertainty.

    Parameters
    ----------
    outline : MeasuredOutline
        The cavity's outline.
    wavelength_nm : float
        Vacuum wavelength.
    index : float
        Index of the body.
    """
    radius, axial = outline.equator_radius_um, outline.axial_radius_um
    spacing = wavelength_nm**2 / NM_PER_UM / (2.0 * math.pi * index * math.sqrt(radius * axial))
    relative = 0.5 * math.hypot(outline.radius_sd_um / radius, outline.axial_radius_sd_um / axial)
    return AxialSpacing(spacing, spacing * relative)


def outline_from_points(
    z_um: Array, r_um: Array, fibre_radius_um: float | Array = 0.0
) -> MeasuredOutline:
    """Order and smooth measured points of one meridian.

    Parameters
    ----------
    z_um, r_um : array (n,)
        Positions along the axis and radii, in any order.
    fibre_radius_um : float or array (n,)
        Everywhere, or at each point. Points on the bare fibre, and those at the foot of the body on
        it, are left out of the fit.

    Raises
    ------
    InputError
        One line saying why the points are no outline.

    Notes
    -----
    r and r^2 are both fitted against z by splines of rising flexibility, from a parabola on; the
    Bayesian information criterion chooses. Uncertainties come from the scatter of the points
    (covariance of the fit, enlarged where the residuals are correlated) together with the
    differences to the next more flexible fits and to the other description (r or r^2), where the
    points do not rule it out.
    """
    z, r, given = _cleaned(
        np.asarray(z_um, dtype=np.float64), np.asarray(r_um, dtype=np.float64), fibre_radius_um
    )
    rounding, pole = _ROUNDING * float(r.max()), _POLE_SHARE * float(r.max())
    plain = spline_ladder(z, r, np.ones_like(r), given, rounding)
    square = spline_ladder(z, r**2, 0.5 / np.maximum(r, pole), given, rounding)
    squared = square[0].criterion < plain[0].criterion
    (fit, neighbours), (rival, _) = (square, plain) if squared else (plain, square)
    _demand_smooth(fit, z, r)
    equator_z_um = fitted_equator_z_um(fit, squared, z, r)
    found = at_equator(fit, squared, equator_z_um)
    others = [at_equator(near, squared, widest_z_um(near, z)) for near in neighbours]
    if rival.criterion - fit.criterion < _EVIDENCE:
        others.append(at_equator(rival, not squared, widest_z_um(rival, z)))
    radius_sd = math.hypot(
        found.radius_sd_um, *(other.radius_um - found.radius_um for other in others)
    )
    apart = (other.curvature_per_um - found.curvature_per_um for other in others)
    curvature_sd = math.hypot(found.curvature_sd_per_um, *apart)
    _demand_sizes(found.radius_um, found.curvature_per_um, curvature_sd)
    demand_bearing(fit, squared, z, found, radius_sd)
    demand_no_corner(z, r, squared, equator_z_um, found, rounding)
    return MeasuredOutline(
        fit=fit,
        squared=squared,
        equator_z_um=equator_z_um,
        span_um=_positive_span(fit, squared, z),
        points=len(z),
        rms_um=fit.residual_rms,
        radius_sd_um=radius_sd,
        curvature_sd_per_um=curvature_sd,
    )


def _cleaned(z: Array, r: Array, fibre_radius: float | Array) -> tuple[Array, Array, PointIndices]:
    """z and r by increasing z, and the indices in them of the points as they were given."""
    if z.ndim != 1 or z.shape != r.shape:
        raise InputError(
            f"outline: z and r must be lists of the same length, not {z.shape} and {r.shape}"
        )
    if len(z) < _FEWEST_POINTS:
        raise InputError(f"outline: {len(z)} points; at least {_FEWEST_POINTS} are needed")
    bad = ~(np.isfinite(z) & np.isfinite(r))
    if bad.any():
        raise InputError(f"outline: point {int(np.argmax(bad)) + 1} is not a finite number")
    if (r < 0).any():
        index = int(np.argmax(r < 0))
        raise InputError(
            f"outline: r = {r[index]:g} um at point {index + 1} is negative (are z and r swapped?)"
        )
    keep = (
        r > fibre_radius + _FOOT_SHARE * (float(r.max()) - fibre_radius)
        if np.any(fibre_radius)
        else r >= 0
    )
    if np.count_nonzero(keep) < _FEWEST_POINTS:
        raise InputError(
            f"outline: only {np.count_nonzero(keep)} points lie outside the fibre "
            f"({2 * np.max(fibre_radius):g} um);"
            f" at least {_FEWEST_POINTS} are needed"
        )
    order = np.lexsort((r[keep], z[keep]))
    z, r = z[keep][order], r[keep][order]
    if not z[-1] - z[0] > 1e-9 * max(abs(z[0]), abs(z[-1])):
        raise InputError("outline: all points have the same z")
    if len(np.unique(z)) < _FEWEST_POINTS:
        raise InputError(
            f"outline: only {len(np.unique(z))} different z; at least {_FEWEST_POINTS} are needed"
        )
    return z, r, np.argsort(order).astype(np.int64)


def _demand_smooth(fit: SplineFit, z: Array, r: Array) -> None:
    """One branch only, and no stray point."""
    size = float(r.max())
    if fit.residual_rms > LARGEST_SCATTER * size:
        raise InputError(
            f"outline: the points scatter by {fit.residual_rms:.3g} um about the best smooth "
            "curve, more than"
            f" {LARGEST_SCATTER:.0%} of the radius: r is no single curve over z (self-crossing, "
            "overhanging, swapped"
            " or mixed columns?)"
        )
    noise = _neighbour_noise(z, r)
    if fit.residual_rms > max(_MISFIT_SHARE * size, _MISFIT_RATIO * noise):
        raise InputError(
            f"outline: no smooth curve comes closer than {fit.residual_rms:.3g} um (r.m.s.) to "
            "the points, which"
            f" scatter by {noise:.1g} um from one to the next: is there a step, a corner or a "
            "flat piece?"
        )
    if fit.worst_ratio > _OUTLIER_RATIO and fit.worst_distance > _OUTLIER_DISTANCE * size:
        worst = fit.worst_point
        raise InputError(
            f"outline: the point z = {z[worst]:g} um, r = {r[worst]:g} um lies "
            f"{fit.worst_distance:.3g} um off the"
            f" curve of the others, {fit.worst_ratio:.0f} times their scatter; correct or remove it"
        )


def _neighbour_noise(z: Array, r: Array) -> float:
    """Scatter of the points about the straight lines between their neighbours: noise without any
    model of the shape.
    """
    z, r = np.unique(np.column_stack([z, r]), axis=0).T
    left, right = z[1:-1] - z[:-2], z[2:] - z[1:-1]
    span = np.maximum(left + right, np.finfo(float).tiny)
    share = np.where(left + right > 0, left / span, 0.5)
    off = r[1:-1] - (1.0 - share) * r[:-2] - share * r[2:]
    # The 90th percentile of a normal deviate's size is 1.645; unlike the median it sees points
    # rounded to few steps.
    return (
        float(np.percentile(np.abs(off) / np.sqrt(1.0 + (1.0 - share) ** 2 + share**2), 90)) / 1.645
    )


def _demand_sizes(radius: float, curvature: float, curvature_sd: float) -> None:
    low, high = _RADIUS_LIMITS_UM
    if not low <= radius <= high:
        raise InputError(
            f"outline: the radius at the equator, {radius:g} um, is outside {low:g} to {high:g} "
            "um; check the units in the header"
        )
    if not 1.0 / _LARGEST_CURVATURE_RATIO <= curvature * radius <= _LARGEST_CURVATURE_RATIO:
        raise InputError(
            f"outline: R = {radius:g} um against an axial radius of {1 / curvature:g} um is no "
            "cavity; check the units of z and r"
        )
    if curvature_sd > _LARGEST_CURVATURE_ERROR * curvature:
        raise InputError(
            f"outline: the points do not determine the curvature at the equator ({curvature:.3g} "
            f"+- {curvature_sd:.3g}"
            " per um); more or less noisy points are needed"
        )


def _positive_span(fit: SplineFit, squared: bool, z: Array) -> tuple[float, float]:
    """Part of the measured range, about the equator, over which the fitted r (or r^2) stays above
    0.
    """
    widest_um = widest_z_um(fit, z)
    grid = np.linspace(z[0], z[-1], 2001)
    lost = grid[fit.value(grid) <= 0.0]
    low = max([float(z[0]), *(float(v) for v in lost if v < widest_um)])
    high = min([float(z[-1]), *(float(v) for v in lost if v > widest_um)])
    return low, high
