"""A meshed meridian section: its regions in colour, its elements, its names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure
from numpy.typing import NDArray

from .theme import LIGHT, REGION_ALPHA, Theme, colour, figure, themed

_HEIGHT_IN = 4.0
_WIDTHS_IN = (2.8, 7.5)


@themed
def draw_section(
    points_um: NDArray[np.float64],
    triangles: NDArray[np.int64],
    region_of: Sequence[str],
    *,
    title: str = "",
    theme: Theme = LIGHT,
) -> Figure:
    """Regions and elements of a section.

    Parameters
    ----------
    points_um : array (n, 2)
        r and z of the nodes.
    triangles : array (m, 3)
        Corner nodes of each element.
    region_of : sequence of str, length m
        Name of the region of each element.
    title : str
        Caption of the picture.
    theme : Theme
    """
    r, z = points_um.T
    width = _HEIGHT_IN * float(np.ptp(r)) / float(np.ptp(z)) + 1.6
    fig = figure(float(np.clip(width, *_WIDTHS_IN)), _HEIGHT_IN)
    ax = fig.subplots()
    names = np.array(region_of)
    for position, name in enumerate(dict.fromkeys(region_of)):
        face = "none" if name == "surround" else colour(position)
        corners = points_um[triangles[names == name]]
        ax.add_collection(
            PolyCollection(corners, facecolors=face, alpha=2.5 * REGION_ALPHA, linewidths=0)
        )
        ax.plot([], [], "s", color=colour(position), mfc=face, label=name)
    ax.triplot(r, z, triangles, color=theme.muted, lw=0.25)
    ax.set_aspect("equal")
    ax.set_xlabel("r (µm)")
    ax.set_ylabel("z (µm)")
    ax.set_title(title)
    ax.legend(loc="center left", bbox_to_anchor=(1.0, 0.5))
    return fig
