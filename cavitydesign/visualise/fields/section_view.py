"""A meshed meridian section: its regions in colour, its elements, its names."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ...mesh.section import SectionMesh
from ...mesh.section_outline import PER_EDGE
from ..theme import LIGHT, REGION_ALPHA, TWO_COLUMNS_IN, Theme, colour, figure, themed

_HEIGHT_IN = 3.0  # inches: half a column's width beside text
_WIDTHS_IN = (2.8, TWO_COLUMNS_IN)  # The names of regions need so much; a page has no more.
_TICK_IN = 0.5  # a label of four characters and its gap


def element_outlines(mesh: SectionMesh) -> NDArray[np.float64]:
    """The closed outline of each element of a section, along its curved edges, shape (n, k, 2)."""
    steps = np.linspace(-1.0, 1.0, PER_EDGE)
    r, z, *_ = mesh.positions(steps, steps)
    both = np.stack([r, z], axis=-1)
    edges = (both[:, :-1, 0], both[:, -1, :-1], both[:, :0:-1, -1], both[:, 0, :0:-1])
    return np.concatenate(edges, axis=1)


@themed
def draw_section(
    points_um: NDArray[np.float64],
    triangles: NDArray[np.int64],
    region_of: Sequence[str],
    *,
    outlines_um: NDArray[np.float64] | None = None,
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
    outlines_um : array (m, k, 2) or None
        Closed outline of each element, for elements with curved edges; without them the edges are
        the straight lines between the corner nodes.
    title : str
        Caption of the picture.
    theme : Theme
    """
    outlines = points_um[triangles] if outlines_um is None else outlines_um
    r, z = outlines[..., 0], outlines[..., 1]
    width = _HEIGHT_IN * float(np.ptp(r)) / float(np.ptp(z)) + 1.6
    fig = figure(float(np.clip(width, *_WIDTHS_IN)), _HEIGHT_IN)
    ax = fig.subplots()
    names = np.array(region_of)
    for position, name in enumerate(dict.fromkeys(region_of)):
        # The legend shows the same face as the picture, and the paper for the surround.
        face = "none" if name == "surround" else to_rgba(colour(position), 2.5 * REGION_ALPHA)
        edge = theme.muted if name == "surround" else colour(position)
        ax.add_collection(
            PolyCollection(list(outlines[names == name]), facecolors=face, linewidths=0)
        )
        ax.plot([], [], "s", ms=6, mfc=face, mec=edge, mew=0.6, label=name)
    ax.add_collection(
        PolyCollection(list(outlines), facecolors="none", edgecolors=theme.muted, linewidths=0.25)
    )
    ax.autoscale_view()
    ax.set_aspect("equal")
    drawn_in = _HEIGHT_IN * float(np.ptp(r)) / float(np.ptp(z))
    ax.locator_params(axis="x", nbins=int(np.clip(drawn_in / _TICK_IN, 2, 7)))
    ax.set_xlabel("r (µm)")
    ax.set_ylabel("z (µm)")
    ax.set_title(title)
    ax.legend(loc="upper left", bbox_to_anchor=(1.02, 1.0))
    return fig
