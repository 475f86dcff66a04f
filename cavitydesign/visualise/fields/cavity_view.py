"""A cavity's own picture: its meridian section with fibre, coatings and dimensions, before anything
is solved.
"""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from ...arrays import Array
from ...geometry.cavity import Cavity
from ...mesh.section_cavity import SectionCavity
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, halo, themed
from .section_view import element_outlines

# a cylinder has no ends: its slice is drawn this many radii high
_HEIGHT_OF_SLICE = 1.0


def _tapered(cavity: Cavity, radius_um: float, z_um: Array) -> Array:
    """Radius of an interface inside the body at heights z."""
    return np.asarray(np.maximum(cavity.interface_um(radius_um, z_um), 0.0))


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
    r, z = cavity.outline.point(
        np.linspace(max(low, -min(far, reach)), min(high, min(far, reach)), points)
    )
    kept = (r >= _tapered(cavity, max(cavity.inner_radii_um, default=0.0), z)) & np.isfinite(r)
    return np.stack([r[kept], z[kept]], axis=1)


def _draw_inside(ax: Axes, cavity: Cavity, half_height: float) -> None:
    """Fibre and coatings as bands, from the inside out."""
    names = [name for name, _ in cavity.regions][: len(cavity.inner_radii_um)]
    z = np.linspace(-half_height, half_height, 201)
    edge = np.zeros(z.size)
    for position, (name, radius) in enumerate(zip(names, cavity.inner_radii_um, strict=True)):
        outer = _tapered(cavity, radius, z)
        for sign in (-1, 1):
            label = name if sign > 0 else None
            ax.fill_betweenx(
                z,
                sign * edge,
                sign * outer,
                color=colour(position + 1),
                alpha=0.45,
                lw=0,
                label=label,
            )
        edge = outer


def _draw_revolved(ax: Axes, cavity: Cavity) -> None:
    """Body, outline, fibre and coatings of a cavity given by its outline."""
    profile = meridian_profile(cavity)
    r, z = profile.T
    inner = _tapered(cavity, max(cavity.inner_radii_um, default=0.0), z)
    for sign in (-1, 1):
        named = sign > 0
        ax.fill_betweenx(
            z,
            sign * inner,
            sign * r,
            color=colour(0),
            alpha=0.25,
            lw=0,
            label="body" if named else None,
        )
        ax.plot(sign * r, z, color=colour(0), lw=1.2, label="outline" if named else None)
    _draw_inside(ax, cavity, 1.15 * float(np.abs(z).max()))


def _draw_meshed(ax: Axes, cavity: SectionCavity) -> None:
    """The regions of a meshed section, each filled element by element."""
    corners = element_outlines(cavity.mesh)
    for position, (name, _) in enumerate(cavity.regions[:-1]):
        own = corners[cavity.mesh.region == position]
        for sign in (-1.0, 1.0):
            mirrored = own * np.array([sign, 1.0])
            label = name if sign > 0 else None
            ax.add_collection(
                PolyCollection(
                    mirrored, facecolors=colour(position), alpha=0.45, linewidths=0, label=label
                )
            )
    ax.autoscale_view()


@themed
def draw_cavity(cavity: Cavity, *, theme: Theme = LIGHT) -> Figure:
    """The section through the axis, both sides, with the diameter and the radius of curvature at
    the equator.

    Parameters
    ----------
    cavity : Cavity
        Given by its outline, or by a meshed section.
    theme : Theme
    """
    low, high = cavity.outline.reach_um
    radius = cavity.outline.equator_radius_um
    meshed = isinstance(cavity, SectionCavity)
    height = 0.5 * (high - low) if meshed else float(np.abs(meridian_profile(cavity)[:, 1]).max())
    fig = figure(ONE_COLUMN_IN, min(max(2.2, 1.6 * height / radius), 4.6))
    ax = fig.subplots()
    if isinstance(cavity, SectionCavity):
        _draw_meshed(ax, cavity)
    else:
        _draw_revolved(ax, cavity)
    level = cavity.rim_um[1] if isinstance(cavity, SectionCavity) else 0.0
    ends = {"arrowstyle": "<->", "color": theme.ink, "lw": 0.8, "shrinkA": 0, "shrinkB": 0}
    ax.annotate("", (-radius, level), (radius, level), arrowprops=ends)
    bend = cavity.outline.axial_radius_um
    ax.annotate(
        f"{cavity.diameter_um:.4g} µm",
        (0.0, level),
        (0, 3),
        textcoords="offset points",
        ha="center",
        va="bottom",
        path_effects=halo(theme.ground),
    )
    curved = "" if not np.isfinite(bend) else f", axial radius {bend:.4g} µm"
    media = {name: medium.name for name, medium in cavity.regions}
    ax.set_aspect("equal")
    ax.set_xlabel("r (µm)")
    ax.set_ylabel("z (µm)")
    handles, names = ax.get_legend_handles_labels()
    told = [f"{name}: {media[name]}" if name in media else name for name in names]
    handles.append(Rectangle((0, 0), 1, 1, fc=theme.ground, ec=theme.muted, lw=0.6))
    ax.legend(
        handles,
        [*told, f"surround: {media['surround']}"],
        loc="upper left",
        bbox_to_anchor=(1.03, 1.0),
    )
    # The axes of a slender cavity are narrower than its dimensions in letters.
    ax.set_title(f"diameter {cavity.diameter_um:.4g} µm{curved}")
    return fig
