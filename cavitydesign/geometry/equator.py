"""The equator of a measured outline: where a fitted curve is widest, its curvature there, and
whether the points bear that out.

A spline bridges a gap, rounds a corner and ripples over a flat piece, and its own scatter does not
tell.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..errors import InputError
from .spline_fit import SplineFit, polynomial_through

_FEWEST_BESIDE = 3  # Points on either side: fewer leave the slope and the bend of that side open.
# Of the length in z: a wider gap at the equator is bridged by the curve, not measured.
_LARGEST_GAP_SHARE = 0.25
# Of the height of the outline: maxima lower than that are the feet of the body.
_SECOND_BULGE_SHARE = 0.3
# Standard errors that no chance explains: Gaussian noise exceeds them once in 5e8 times.
_SURE = 6.0
_ROUNDING = 1e-9  # Share of the largest value, so that exact points show no bulge of rounding.
# Shares of the height at which the width of the top is looked at, each twice the last, so that
# the smallest depth that noise allows is met within a factor of 2.
_DEPTHS = (1 / 128, 1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2)
# Above the 1.5 of a drop with no contact angle, the widest of the smooth shapes below.
_LARGEST_WIDENING = 1.6
# Parts of a side that are fitted: a corner between curved sides shows only near it.
_PARTS = (1.0, 0.5, 0.25)
# Of the slopes at the ends, which the curvature sets: smaller corners hardly move it.
_CORNER_SHARE = 0.1
# Root mean squares of the residual, and a share of the height, by which the curve may rise above
# the highest point: an equator between two points lies little above them.
_LARGEST_EXCESS, _LARGEST_EXCESS_SHARE = 5.0, 0.05
# Places along z, forty between the knots of the most flexible spline; Newton steps refine the
# best.
_GRID = 2001


@dataclass(frozen=True)
class FittedEquator:
    """Radius and curvature -r'' of a fitted curve at its equator, with standard uncertainties."""

    radius_um: float
    radius_sd_um: float
    curvature_per_um: float
    curvature_sd_per_um: float


def widest_z_um(fit: SplineFit, z: Array) -> float:
    """Height z of the maximum by dense sampling and Newton steps on the first derivative."""
    grid = np.linspace(z[0], z[-1], _GRID)
    top_z_um = float(grid[int(np.argmax(fit.value(grid)))])
    for _ in range(20):
        here = np.array([top_z_um])
        second = float(fit.value(here, 2)[0])
        if second >= 0.0:
            break
        step = float(fit.value(here, 1)[0]) / second
        top_z_um = min(max(top_z_um - step, float(z[0])), float(z[-1]))
    return top_z_um


def fitted_equator_z_um(fit: SplineFit, squared: bool, z: Array, r: Array) -> float:
    """Height z of the equator among points of increasing z.

    Raises
    ------
    InputError
        If the widest point lies at an end or in a gap of the points or far above them, or the curve
        has a second bulge.
    """
    equator_z_um = widest_z_um(fit, z)
    before, after = z[z < equator_z_um], z[z > equator_z_um]
    if (
        min(before.size, after.size) < _FEWEST_BESIDE
        or float(fit.value(np.array([equator_z_um]), 2)[0]) >= 0.0
    ):
        raise InputError(
            f"outline: no equator inside the points: r is largest at z = {equator_z_um:g} um, with "
            f"{before.size} points before and"
            f" {after.size} after it (is the file cut short?)"
        )
    if after[0] - before[-1] > _LARGEST_GAP_SHARE * (z[-1] - z[0]):
        raise InputError(
            f"outline: no points between z = {before[-1]:g} and {after[0]:g} um, where the curve "
            "is widest; the equator must be"
            " measured"
        )
    top = float(fit.value(np.array([equator_z_um]))[0])
    top = math.sqrt(top) if squared else top
    if top > float(r.max()) + _LARGEST_EXCESS * fit.residual_rms + _LARGEST_EXCESS_SHARE * float(
        np.ptp(r)
    ):
        raise InputError(
            f"outline: the curve rises to r = {top:.4g} um, above every point ({r.max():.4g} um "
            "at most); the equator must be"
            " measured"
        )
    other = _second_bulge(fit, squared, z, equator_z_um)
    if other is not None:
        raise InputError(
            f"outline: r has more than one maximum, at z = {equator_z_um:.4g} and {other:.4g} um; "
            "give the points of one body (is its"
            " top flat, or are there two drops?)"
        )
    return equator_z_um


def _second_bulge(fit: SplineFit, squared: bool, z: Array, equator_z_um: float) -> float | None:
    """Another maximum of the curve that its uncertainty does not explain, None if there is none;
    the ends do not count.
    """
    grid = np.linspace(z[0], z[-1], _GRID)
    value = fit.value(grid)
    radius = np.sqrt(np.maximum(value, 0.0)) if squared else value
    high = radius.min() + _SECOND_BULGE_SHARE * (radius.max() - radius.min())
    peaks = 1 + np.flatnonzero(
        (value[1:-1] > value[:-2]) & (value[1:-1] > value[2:]) & (radius[1:-1] > high)
    )
    covariance = np.array(fit.covariance)
    for peak in peaks:
        if abs(grid[peak] - equator_z_um) < 2.0 * (grid[1] - grid[0]):
            continue
        between = slice(*sorted((int(peak), int(np.searchsorted(grid, equator_z_um)))))
        valley = between.start + int(np.argmin(value[between]))
        by = fit.sensitivity(float(grid[peak]), 0) - fit.sensitivity(float(grid[valley]), 0)
        spread = math.sqrt(max(float(by @ covariance @ by), 0.0))
        if value[peak] - value[valley] > max(_SURE * spread, _ROUNDING * float(value.max())):
            return float(grid[peak])
    return None


def at_equator(fit: SplineFit, squared: bool, equator_z_um: float) -> FittedEquator:
    """Radius, curvature and their uncertainties, to first order in the coefficients of the fit."""
    here = np.array([equator_z_um])
    value, second, third = (float(fit.value(here, order)[0]) for order in (0, 2, 3))
    by_value, by_slope, by_second = (fit.sensitivity(equator_z_um, order) for order in (0, 1, 2))
    # The equator itself moves with the coefficients, by -slope/second.
    by_bend = by_second - third / second * by_slope
    if squared:
        radius = math.sqrt(value)
        by_radius = by_value / (2.0 * radius)
        curvature = -second / (2.0 * radius)
        by_curvature = -by_bend / (2.0 * radius) - curvature / radius * by_radius
    else:
        radius, by_radius, curvature, by_curvature = value, by_value, -second, -by_bend
    covariance = np.array(fit.covariance)
    radius_sd, curvature_sd = (
        math.sqrt(float(by @ covariance @ by)) for by in (by_radius, by_curvature)
    )
    return FittedEquator(radius, radius_sd, curvature, curvature_sd)


def demand_bearing(
    fit: SplineFit, squared: bool, z: Array, found: FittedEquator, radius_sd_um: float
) -> None:
    """Refuse a curvature that holds for a small part of the curve only: the curve must fall off as
    fast as it says.

    A curve of curvature c is 2 sqrt(2 d/c) wide at the depth d below its top. Where it is much
    wider, the top is a ripple over a flat piece or the rounding of a corner, and the points do not
    show that curvature. (A Gaussian bump is 1.18 times as wide as its top says at half its height,
    a Lorentzian 1.41, a drop with no contact angle up to 1.5.)

    Raises
    ------
    InputError
        If the curve is wider than that.
    """
    grid = np.linspace(z[0], z[-1], _GRID)
    radius = np.sqrt(np.maximum(fit.value(grid), 0.0)) if squared else fit.value(grid)
    for share in _DEPTHS:
        depth = share * (found.radius_um - float(radius.min()))
        if depth < _SURE * radius_sd_um:
            continue
        above = grid[radius > found.radius_um - depth]
        width, expected = (
            float(np.ptp(above)),
            2.0 * math.sqrt(2.0 * depth / found.curvature_per_um),
        )
        if width > _LARGEST_WIDENING * expected:
            raise InputError(
                f"outline: the curve is {width:.3g} um wide {depth:.3g} um below its top, where "
                "its curvature there,"
                f" {found.curvature_per_um:.3g} per um, gives {expected:.3g} um: is the top flat, "
                "or has it a step or a corner?"
            )


def demand_no_corner(
    z: Array, r: Array, squared: bool, equator_z_um: float, found: FittedEquator, rounding: float
) -> None:
    """Refuse points whose two sides, fitted each for itself, meet the equator with different
    slopes.

    Parameters
    ----------
    z, r : array (n,)
        The points, z increasing.
    rounding : float
        As for `spline_ladder`.

    Raises
    ------
    InputError
        If the slopes differ by more than chance and by a tenth of the slopes that the curve has at
        its ends.
    """
    y, scale = (r**2, 0.5 / found.radius_um) if squared else (r, 1.0)
    steep = math.sqrt(2.0 * found.curvature_per_um * (found.radius_um - float(r.min())))
    for share in _PARTS:
        slopes = []
        for end in (z[0], z[-1]):
            near = (z - equator_z_um) * (end - equator_z_um) >= 0.0
            near &= abs(z - equator_z_um) <= share * abs(end - equator_z_um)
            alone = polynomial_through(z[near], y[near], scale, rounding)
            if alone is not None:
                by = alone.sensitivity(equator_z_um, 1)
                variance = float(by @ np.array(alone.covariance) @ by)
                slopes.append(
                    (
                        scale * float(alone.value(np.array([equator_z_um]), 1)[0]),
                        scale * math.sqrt(variance),
                    )
                )
        if len(slopes) < 2:
            return
        (left, left_sd), (right, right_sd) = slopes
        if abs(left - right) > max(_SURE * math.hypot(left_sd, right_sd), _CORNER_SHARE * steep):
            raise InputError(
                f"outline: a corner at the equator, z = {equator_z_um:.4g} um: its slope is "
                f"{left:.3g} from the left, {right:.3g} from"
                " the right; have two pieces been put together?"
            )
