"""A cavity's own picture: its meridian section with fibre, coatings and dimensions, before anything is solved."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..geometry.cavity import Cavity
from .theme import LIGHT, Theme, colour, figure, themed

Array = NDArray[np.float64]

# a cylinder has no ends: its slice is drawn this many radii high
_HEIGHT_OF_SLICE = 1.0


def meridian_profile(cavity: Cavity, points: int = 801) -> Array:
    """Outline (r, z) in um outside the fibre and its coatings, from the lower end to the upper.

    Parameters
    ----------
    cavity : Cavity
    points : int

    Returns
    -------
    (n, 2) array
    """
    reach = _HEIGHT_OF_SLICE * cavity.outline.equator_radius_um if cavity.sliced else np.inf
    low, high = cavity.outline.reach_um
    far = 40.0 * cavity.outline.equator_radius_um
    r, z = cavity.outline.point(np.linspace(max(low, -min(far, reach)), min(high, min(far, reach)), points))
    inner = max(cavity.inner_radii_um, default=0.0)
    kept = (r >= inner) & np.isfinite(r)
    return np.stack([r[kept], z[kept]], axis=1)


def _draw_inside(ax: Axes, cavity: Cavity, half_height: float) -> None:
    """Fibre and coatings as bands, from the inside out."""
    names = [name for name, _ in cavity.regions][: len(cavity.inner_radii_um)]
    edge = 0.0
    for position, (name, radius) in enumerate(zip(names, cavity.inner_radii_um, strict=True)):
        for sign in (-1, 1):
            label = name if sign > 0 else None
            ax.fill_betweenx(
                [-half_height, half_height],
                sign * edge,
                sign * radius,
                color=colour(position + 1),
                alpha=0.45,
                lw=0,
                label=label,
            )
        edge = radius


@themed
def draw_cavity(cavity: Cavity, *, theme: Theme = LIGHT) -> Figure:
    """The section through the axis, both sides, with the diameter and the radius of curvature at the equator.

    Parameters
    ----------
    cavity : Cavity
    theme : Theme
    """
    profile = meridian_profile(cavity)
    height = float(np.abs(profile[:, 1]).max())
    radius = cavity.outline.equator_radius_um
    fig = figure(3.6, min(max(2.6, 2.2 * height / radius), 6.0))
    ax = fig.subplots()
    ax.fill_betweenx(profile[:, 1], -profile[:, 0], profile[:, 0], color=colour(0), alpha=0.25, lw=0, label="body")
    for sign in (-1, 1):
        ax.plot(sign * profile[:, 0], profile[:, 1], color=colour(0), lw=1.2, label="outline" if sign > 0 else None)
    _draw_inside(ax, cavity, 1.15 * height)
    ax.annotate("", (-radius, 0.0), (radius, 0.0), arrowprops={"arrowstyle": "<->", "color": theme.ink, "lw": 0.8})
    bend = cavity.outline.axial_radius_um
    words = f"{cavity.diameter_um:g} µm" + ("" if not np.isfinite(bend) else f", axial radius {bend:.4g} µm")
    ax.set_title(words)
    ax.set_aspect("equal")
    ax.set_xlabel("r (µm)")
    ax.set_ylabel("z (µm)")
    ax.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    return fig
