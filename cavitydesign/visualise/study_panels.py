"""The table of a study as its file asks for it: panels of lines with published points, or a map
over two axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ..errors import InputError
from ..study.plot_spec import PlotSpec
from ..study.table import Table
from .labels import axis_label
from .study import is_number
from .theme import LIGHT, Theme, colour, figure, plain_ticks, themed

_ORDERED_KINDS = 24


@themed
def draw_panels(
    table: Table, spec: PlotSpec, overlay: Sequence[Mapping[str, Any]] = (), *, theme: Theme = LIGHT
) -> Figure:
    """Draw what a study file asks for.

    Parameters
    ----------
    table : Table
        Already filtered.
    spec : PlotSpec
    overlay : sequence of mapping
        Published points: the columns drawn, and ``label``.
    theme : Theme

    Raises
    ------
    InputError
        If a column is missing or holds no numbers.
    """
    x = spec.x or table.axes[0]
    if spec.map:
        return _map(table, spec, x, theme)
    fig = figure(5.6, 0.6 + 2.5 * len(spec.y))
    axes = list(fig.subplots(len(spec.y), 1, squeeze=False, sharex=True)[:, 0])
    for ax, y in zip(axes, spec.y, strict=True):
        _lines(ax, table, spec, x, y)
        _published(ax, overlay, x, y, theme)
        ax.set_ylabel(axis_label(y))
        _scale(ax, "y", y in spec.log)
        if ax.get_legend_handles_labels()[0]:
            ax.legend()
    axes[-1].set_xlabel(axis_label(x))
    _scale(axes[-1], "x", x in spec.log)
    axes[0].set_title(spec.title or table.name)
    return fig


def _scale(ax: Axes, axis: str, logarithmic: bool) -> None:
    (ax.set_yscale if axis == "y" else ax.set_xscale)("log" if logarithmic else "linear")
    if logarithmic:
        plain_ticks(ax, axis)


def _lines(ax: Axes, table: Table, spec: PlotSpec, x: str, y: str) -> None:
    names = table.column(spec.by) if spec.by else [""] * len(table)
    rows = list(zip(names, table.column(x), table.column(y), strict=True))
    if not any(is_number(b) for _, _, b in rows):
        raise InputError(f"{table.name}: no number in the column {y}")
    # A zero has no place on a logarithmic axis, and would draw a line to its foot.
    rows = [
        row for row in rows if _drawable(row[1], x in spec.log) and _drawable(row[2], y in spec.log)
    ]
    if not rows:
        raise InputError(
            f"{table.name}: nothing above 0 in {x} and {y}, which a logarithmic axis needs"
        )
    groups = list(dict.fromkeys(name for name in names if name is not None))
    for place, group in enumerate(groups[:_ORDERED_KINDS]):
        pairs = sorted((a, b) for name, a, b in rows if name == group)
        label = f"{axis_label(spec.by)} {group}" if spec.by else None
        # open marks of different size keep lines apart that lie on each other
        marker, face = "os^Dv"[place % 5], "none" if place else colour(place)
        ax.plot(
            [a for a, _ in pairs],
            [b for _, b in pairs],
            marker,
            ms=3 + place % 3,
            mfc=face,
            mec=colour(place),
            label=label,
        )
        # Where a point has several rows, the line runs through their means.
        means = {a: float(np.mean([b for c, b in pairs if c == a])) for a, _ in pairs}
        ax.plot(
            list(means),
            list(means.values()),
            ls=("-", "--", "-.", ":")[place % 4],
            lw=1.0,
            color=colour(place),
        )


def _drawable(value: Any, logarithmic: bool) -> bool:
    return is_number(value) and (value > 0 or not logarithmic)


def _published(
    ax: Axes, overlay: Sequence[Mapping[str, Any]], x: str, y: str, theme: Theme
) -> None:
    points = [row for row in overlay if is_number(row.get(x)) and is_number(row.get(y))]
    for place, label in enumerate(
        dict.fromkeys(str(row.get("label", "published")) for row in points)
    ):
        own = [row for row in points if str(row.get("label", "published")) == label]
        marker = "sD^v"[place % 4]
        ax.plot(
            [row[x] for row in own],
            [row[y] for row in own],
            marker,
            mfc="none",
            mec=theme.ink,
            ms=6,
            label=label,
        )


def _map(table: Table, spec: PlotSpec, x: str, theme: Theme) -> Figure:
    y = spec.y[0]
    cells = {
        (a, b): c
        for a, b, c in zip(table.column(x), table.column(y), table.column(spec.map), strict=True)
        if is_number(a) and is_number(b)
    }
    across, up = (sorted({key[place] for key in cells}) for place in (0, 1))
    if len(across) < 2 or len(up) < 2:
        raise InputError(f"{table.name}: a map needs at least two values of {x} and of {y}")
    words = sorted({c for c in cells.values() if isinstance(c, str)})
    painted = np.full((len(up), len(across)), np.nan)
    for (a, b), c in cells.items():
        if c is not None:
            painted[up.index(b), across.index(a)] = (
                words.index(c) if isinstance(c, str) else float(c)
            )
    fig = figure(5.6, 3.8)
    ax = fig.subplots()
    colours = "cividis" if not words else theme.sequential
    shown = ax.pcolormesh(
        across, up, np.ma.masked_invalid(painted), cmap=colours, shading="nearest", rasterized=True
    )
    bar = fig.colorbar(
        shown, ax=ax, label=axis_label(spec.map), ticks=range(len(words)) if words else None
    )
    if words:
        bar.ax.set_yticklabels(words)
    for name, axis in ((x, "x"), (y, "y")):
        _scale(ax, axis, name in spec.log)
    ax.set(xlabel=axis_label(x), ylabel=axis_label(y), title=spec.title or table.name)
    return fig
