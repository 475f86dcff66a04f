"""The table of a study as its file asks for it: panels of lines with published points, or a map
over two axes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...errors import InputError
from ...study.files.plot_spec import PlotSpec
from ...study.table import Table
from ..labels import axis_label
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, plain_ticks, themed
from .study_view import drawable

# More lines than this cannot be told apart in one panel; the colour bar takes over.
_MOST_LINES = 8
_SERIES_MARKS = "os^Dv<>p"
# Published points have marks that no series has.
_PUBLISHED_MARKS = "*PX"


@themed
def draw_panels(
    table: Table, spec: PlotSpec, overlay: Sequence[Mapping[str, Any]] = (), *, theme: Theme = LIGHT
) -> Figure:
    """Draw what a study file asks for.

    Where a second axis of the study varies it tells the lines apart, by a legend or, with many
    values, by colour. Several rows at one value across (the modes of a point) are drawn as points
    that no line joins: nothing is averaged.

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
        If a column is missing or holds no numbers, if more axes vary than the picture can show, or
        if several rows fall into one cell of a map; the text names what to choose.
    """
    x = spec.x or table.axes[0]
    for name in (*spec.y, x):
        if name in spec.log and name.startswith("log10_"):
            raise InputError(f"{table.name}: {name} is a logarithm already; take it out of log")
    if spec.map:
        return _map(table, spec, x, theme)
    by = spec.by or _other_axis(table, x)
    fig = figure(ONE_COLUMN_IN, 0.6 + 2.0 * len(spec.y))
    axes = list(fig.subplots(len(spec.y), 1, squeeze=False, sharex=True)[:, 0])
    for ax, y in zip(axes, spec.y, strict=True):
        _series(ax, table, spec, (x, y, by), theme)
        _published(ax, overlay, x, y, theme)
        ax.set_ylabel(axis_label(y))
        _scale(ax, "y", y in spec.log, table.column(y))
        if ax.get_legend_handles_labels()[0]:
            ax.legend()
    axes[-1].set_xlabel(axis_label(x))
    _scale(axes[-1], "x", x in spec.log, table.column(x))
    axes[0].set_title(spec.title or table.name)
    return fig


def _other_axis(table: Table, x: str) -> str:
    """The axis beside x that varies and does not follow from x; empty if none does."""
    across = table.column(x)
    free: list[str] = []
    for name in table.axes:
        values = table.column(name)
        if name == x or len({repr(value) for value in values}) < 2:
            continue
        pairs = {(repr(a), repr(b)) for a, b in zip(across, values, strict=True)}
        if len(pairs) > len({a for a, _ in pairs}):
            free.append(name)
    # Keys that vary together, or follow from each other, count once.
    distinct: list[str] = []
    for name in free:
        own = table.column(name)
        shown = [table.column(other) for other in distinct]
        if all(len({*map(repr, zip(own, other, strict=True))}) > _kinds(own) for other in shown):
            distinct.append(name)
    if len(distinct) > 1:
        raise InputError(
            f"{table.name}: {', '.join(distinct)} vary beside {x}; choose one as --by or with "
            "--map, and fix the others with --where"
        )
    return distinct[0] if distinct else ""


def _kinds(values: Sequence[Any]) -> int:
    return len({repr(value) for value in values})


def _scale(ax: Axes, axis: str, logarithmic: bool, values: Sequence[Any]) -> None:
    (ax.set_yscale if axis == "y" else ax.set_xscale)("log" if logarithmic else "linear")
    if logarithmic:
        plain_ticks(ax, axis)
    elif values and all(isinstance(value, int) for value in values if value is not None):
        # A number of modes has no tick at one and a half.
        (ax.yaxis if axis == "y" else ax.xaxis).set_major_locator(MaxNLocator(integer=True))


def _series(
    ax: Axes, table: Table, spec: PlotSpec, columns: tuple[str, str, str], theme: Theme
) -> None:
    """The rows of a panel, parted by the column `by` where there is one."""
    x, y, by = columns
    names = table.column(by) if by else [""] * len(table)
    rows = list(zip(names, table.column(x), table.column(y), strict=True))
    if not any(drawable(b) for _, _, b in rows):
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
    if len(groups) > _MOST_LINES:
        if not all(drawable(group) for group in groups):
            raise InputError(
                f"{table.name}: {by} has {len(groups)} values, too many for one panel; "
                "choose some with --where"
            )
        shown = ax.scatter(
            [a for _, a, _ in rows],
            [b for _, _, b in rows],
            c=[name for name, _, _ in rows],
            cmap=theme.sequential,
            s=12,
        )
        ax.figure.colorbar(shown, ax=ax, label=axis_label(by))
        return
    for number, group in enumerate(groups):
        pairs = sorted((a, b) for name, a, b in rows if name == group)
        label = f"{axis_label(by)} {group}" if by else None
        _line(ax, pairs, number, label)


def _line(ax: Axes, pairs: Sequence[tuple[float, float]], number: int, label: str | None) -> None:
    """Points of one group; a line joins them where each value across has one row."""
    single = len({a for a, _ in pairs}) == len(pairs)
    ax.plot(
        [a for a, _ in pairs],
        [b for _, b in pairs],
        marker=_SERIES_MARKS[number % len(_SERIES_MARKS)],
        # Open marks of different size keep lines apart that lie on each other.
        ms=3 + number % 3,
        mfc="none" if number else colour(number),
        mec=colour(number),
        ls=("-", "--", "-.", ":")[number % 4] if single else "none",
        lw=1.0,
        color=colour(number),
        label=label,
    )


def _drawable(value: Any, logarithmic: bool) -> bool:
    return drawable(value) and (value > 0 or not logarithmic)


def _published(
    ax: Axes, overlay: Sequence[Mapping[str, Any]], x: str, y: str, theme: Theme
) -> None:
    points = [row for row in overlay if drawable(row.get(x)) and drawable(row.get(y))]
    labels = dict.fromkeys(str(row.get("label", "published")) for row in points)
    for number, label in enumerate(labels):
        own = [row for row in points if str(row.get("label", "published")) == label]
        ax.plot(
            [row[x] for row in own],
            [row[y] for row in own],
            _PUBLISHED_MARKS[number % len(_PUBLISHED_MARKS)],
            mfc="none",
            mec=theme.ink,
            ms=8,
            label=label,
        )


def _map(table: Table, spec: PlotSpec, x: str, theme: Theme) -> Figure:
    """One outcome painted over two columns, one row a cell."""
    y = spec.y[0] if spec.y else _other_axis(table, x)
    if not y:
        raise InputError(f"{table.name}: a map needs two axes; give the second with --y")
    if len({x, y, spec.map}) < 3:
        raise InputError(
            f"{table.name}: a map needs three different columns: across {x}, up {y}, painted "
            f"{spec.map}"
        )
    cells: dict[tuple[float, float], Any] = {}
    for x_value, y_value, outcome in zip(
        table.column(x), table.column(y), table.column(spec.map), strict=True
    ):
        if not (drawable(x_value) and drawable(y_value)):
            continue
        if (x_value, y_value) in cells:
            raise InputError(
                f"{table.name}: several rows at {x} = {x_value:g}, {y} = {y_value:g}; choose one "
                "with --where, such as 'p == 1 and q == 0' and one azimuthal order m"
            )
        cells[x_value, y_value] = outcome
    across, up = (sorted({key[position] for key in cells}) for position in (0, 1))
    if len(across) < 2 or len(up) < 2:
        raise InputError(f"{table.name}: a map needs at least two values of {x} and of {y}")
    words = sorted({outcome for outcome in cells.values() if isinstance(outcome, str)})
    painted = np.full((len(up), len(across)), np.nan)
    for (x_value, y_value), outcome in cells.items():
        if outcome is not None:
            painted[up.index(y_value), across.index(x_value)] = (
                words.index(outcome) if isinstance(outcome, str) else float(outcome)
            )
    fig = figure(ONE_COLUMN_IN, 2.7)
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
        _scale(ax, axis, name in spec.log, [])
    ax.set(xlabel=axis_label(x), ylabel=axis_label(y), title=spec.title or table.name)
    return fig
