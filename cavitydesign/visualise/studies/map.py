"""The regime map: number of lasing modes against two design axes, with the threshold lines."""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.collections import PolyCollection
from matplotlib.colors import BoundaryNorm, ListedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, figure, themed

# below, one, and then ever more modes: one hue from light to dark for many, a contrasting one for
# the single mode
_STEPS = (0, 1, 2, 4, 8, 16, 32)
_LIGHT_COLOURS = ("#f2f2f2", "#E69F00", "#c6dbef", "#85bcdb", "#3f8fc5", "#12579b", "#08306b")
_DARK_COLOURS = ("#23272e", "#E69F00", "#c6dbef", "#85bcdb", "#3f8fc5", "#12579b", "#0a2f66")
_LINES = (("gain_equals_loss", "gain = loss", ":"), ("ase", "ASE", "--"), ("lasing", "lasing", "-"))


@themed
def draw_regime_map(
    diameter_um: Sequence[float],
    fluence_mj_cm2: Sequence[float],
    modes_lasing: ArrayLike,
    thresholds_mj_cm2: Mapping[str, Sequence[float | None]] | None = None,
    *,
    x_label: str = "diameter (µm)",
    theme: Theme = LIGHT,
) -> Figure:
    """How many modes lase at each diameter and fluence.

    Parameters
    ----------
    diameter_um : (n,) sequence
        Rising; any other design axis will do, with its `x_label`.
    fluence_mj_cm2 : (k,) sequence
        Rising.
    modes_lasing : (k, n) array of int
    thresholds_mj_cm2 : mapping of str to (n,) sequence, or None
        Lines by name: gain_equals_loss, ase, lasing; None where there is no threshold.
    x_label : str
    theme : Theme

    Raises
    ------
    InputError
        If the shapes disagree.
    """
    counts = np.asarray(modes_lasing, dtype=float)
    if counts.shape != (len(fluence_mj_cm2), len(diameter_um)):
        expected = (len(fluence_mj_cm2), len(diameter_um))
        raise InputError(f"regime map: counts have the shape {counts.shape}, expected {expected}")
    colours = ListedColormap(_DARK_COLOURS if theme.name == "dark" else _LIGHT_COLOURS)
    edges = [step - 0.5 for step in _STEPS] + [max(float(counts.max()), 63.0) + 0.5]
    fig = figure(ONE_COLUMN_IN, 2.9)
    ax = fig.subplots()
    norm = BoundaryNorm(edges, len(_STEPS))
    painted = ax.pcolormesh(
        diameter_um,
        fluence_mj_cm2,
        counts,
        cmap=colours,
        norm=norm,
        shading="nearest",
        rasterized=True,
    )
    # In grey its colour is that of 4 to 7 modes.
    ink: dict[str, Any] = {
        "hatch": "////",
        "edgecolor": theme.ink,
        "facecolor": "none",
        "linewidth": 0.0,
    }
    across, up = _ends(diameter_um), _ends(fluence_mj_cm2)
    single = [
        [
            (across[j], up[i]),
            (across[j + 1], up[i]),
            (across[j + 1], up[i + 1]),
            (across[j], up[i + 1]),
        ]
        for i, j in np.argwhere(np.rint(counts) == 1)
    ]
    ax.add_collection(PolyCollection(single, label="single mode", **ink), autolim=False)
    for name, words, style in _LINES:
        line = (thresholds_mj_cm2 or {}).get(name)
        if line is not None:
            values = [np.nan if value is None else value for value in line]
            ax.plot(diameter_um, values, ls=style, color=theme.ink, lw=1.3, label=words)
    if thresholds_mj_cm2:
        fig.legend(handles=ax.lines, loc="outside upper center", ncols=3)
    ax.set_xlabel(x_label)
    ax.set_ylabel("fluence (mJ/cm²)")
    ax.set_ylim(min(fluence_mj_cm2), max(fluence_mj_cm2))
    middles = [(low + high) / 2 for low, high in itertools.pairwise(edges)]
    bar = fig.colorbar(painted, ax=ax, label="modes that lase", ticks=middles, spacing="uniform")
    bar.ax.set_yticklabels(["0", "1", "2-3", "4-7", "8-15", "16-31", "32 +"])
    bar.ax.tick_params(which="both", length=0)
    share = 1 / len(_STEPS)
    patch = Rectangle((0, share), 1, share, transform=bar.ax.transAxes, **ink)
    bar.ax.add_patch(patch)
    return fig


def _ends(middles: Sequence[float]) -> Array:
    """Where the cells of a map begin and end: halfway between their middles."""
    values = np.asarray(middles, dtype=float)
    if len(values) == 1:
        return np.array([values[0] - 0.5, values[0] + 0.5])
    before, after = 2 * values[0] - values[1], 2 * values[-1] - values[-2]
    beside = np.concatenate([[before], values, [after]])
    return np.array((beside[1:] + beside[:-1]) / 2)
