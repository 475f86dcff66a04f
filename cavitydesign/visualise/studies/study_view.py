"""One column of a study's table against another."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from ...errors import InputError
from ..labels import axis_label
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, plain_ticks, themed

_FAR_APART = 4.0  # Ratio of the ends across; below it a power and an exponential look alike.
_LOG_SPAN = 30.0  # Ratio of values: on a linear axis the smallest would lie at 3 % of the height.


@themed
def draw_study(
    across: Sequence[Any],
    up: Sequence[Any],
    across_name: str,
    up_name: str,
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """Points of a study; rows without both numbers are left out, and a line joins points of
    distinct values across.

    Parameters
    ----------
    across, up : (n,) sequences
        Two columns of the table.
    across_name, up_name : str
        Their names, which carry the units.
    theme : Theme

    Raises
    ------
    InputError
        If no row has a number in both columns.
    """
    pairs = sorted(
        (float(x), float(y)) for x, y in zip(across, up, strict=True) if drawable(x) and drawable(y)
    )
    if not pairs:
        raise InputError(f"study plot: no row has a number in both {across_name} and {up_name}")
    x, y = zip(*pairs, strict=True)
    single = len(set(x)) == len(x)
    fig = figure(ONE_COLUMN_IN, 2.5)
    ax = fig.subplots()
    ax.plot(x, y, "o-" if single else "o", color=colour(0), label=up_name)
    if min(y) > 0 and max(y) / min(y) > _LOG_SPAN:
        ax.set_yscale("log")
        # Between points far apart a straight line tells a law of powers on two logarithmic axes.
        if min(x) > 0 and max(x) / min(x) > _FAR_APART:
            ax.set_xscale("log")
            plain_ticks(ax, "x")
    ax.set_xlabel(axis_label(across_name))
    ax.set_ylabel(axis_label(up_name))
    return fig


def drawable(value: Any) -> bool:
    """Whether a cell can be drawn."""
    return isinstance(value, int | float) and not isinstance(value, bool)
