"""A micrograph with the edges, axis and smooth outline that were read from it, so that the eye can
judge them.
"""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...geometry import MeasuredOutline
from ...geometry.micrograph import MicrographOutline
from ..theme import CURVE_POINTS, LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed


@themed
def draw_micrograph(
    image: NDArray[np.float64],
    points: MicrographOutline,
    outline: MeasuredOutline,
    *,
    upright: bool = False,
    theme: Theme = LIGHT,
) -> Figure:
    """Picture, edge points, axis and fitted outline.

    Parameters
    ----------
    image : array (rows, columns)
        Grey levels.
    points : MicrographOutline
        Edges found in it.
    outline : MeasuredOutline
        Smooth curve through them.
    upright : bool
        Whether the fibre stands upright in the picture.
    theme : Theme
    """
    rows, columns = image.shape
    scale = points.um_per_pixel
    fig = figure(ONE_COLUMN_IN, 3.0 * rows / columns + 1.3)
    ax = fig.subplots()
    ax.imshow(
        image,
        cmap="gray",
        extent=(0.0, columns * scale, rows * scale, 0.0),
        interpolation="nearest",
    )
    x, y = (points.columns + 0.5) * scale, (points.rows + 0.5) * scale
    ax.plot(x, y, ".", ms=2.4, color=colour(5), label="edge points")
    r, t = outline.point(np.linspace(*outline.reach_um, CURVE_POINTS))
    z = (t + outline.equator_z_um) / scale
    for side, label in ((1.0, "smooth outline"), (-1.0, None), (0.0, "axis")):
        x, y = _in_picture(points, z, side * r / scale)
        x, y = (y, x) if upright else (x, y)
        x, y = (x + 0.5) * scale, (y + 0.5) * scale
        ax.plot(x, y, "-" if side else "--", lw=1.0 if side else 0.7, color=colour(1), label=label)
    ax.set_xlabel("along the micrograph (µm)")
    ax.set_ylabel("across (µm)")
    radius, axial = outline.equator_radius_um, outline.axial_radius_um
    ax.set_title(
        f"D = {2 * radius:.4f} ± {2 * outline.radius_sd_um:.1g} µm (scale taken as exact)\n"
        f"axial radius {axial:.2f} ± {outline.axial_radius_sd_um:.1g} µm"
    )
    fig.legend(*ax.get_legend_handles_labels(), loc="outside lower center", ncols=3, markerscale=3)
    return fig


def _in_picture(
    points: MicrographOutline, along: NDArray[np.float64], across: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Column and row of points along and across the axis, all in pixels."""
    cosine = 1.0 / np.hypot(1.0, points.axis_slope)
    sine = points.axis_slope * cosine
    return along * cosine - across * sine, points.axis_row + along * sine + across * cosine
