"""Evidence of convergence: error against the size of the problem, with the rate."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure

from ...errors import InputError
from ..labels import MINUS
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, plain_ticks, themed


def observed_rate(size: Sequence[float], error: Sequence[float]) -> float:
    """Slope of log(error) against log(size), by least squares over the last three points."""
    if len(size) < 2:
        raise InputError("convergence: a rate needs at least two points")
    x, y = np.log(np.asarray(size[-3:], dtype=float)), np.log(np.asarray(error[-3:], dtype=float))
    return float(np.polyfit(x, y, 1)[0])


def _rate_words(size: Sequence[float], error: Sequence[float]) -> str:
    return f"{observed_rate(size, error):.2f}".replace("-", MINUS)


@themed
def draw_convergence(
    series: Mapping[str, tuple[Sequence[float], Sequence[float]]],
    *,
    x_label: str = "unknowns",
    y_label: str = "relative error of the wavelength",
    asked: float | None = None,
    stated: Mapping[str, Sequence[float]] | None = None,
    theme: Theme = LIGHT,
) -> Figure:
    """True error (and the error that the solver states) against problem size, on logarithmic axes.

    Parameters
    ----------
    series : mapping of str to (size, error)
        One line each; its rate is written in the legend.
    x_label, y_label : str
    asked : float or None
        The accuracy that was asked for.
    stated : mapping of str to sequence of float, or None
        The solver's own error bars, for the same names.
    theme : Theme

    Raises
    ------
    InputError
        Without series.
    """
    if not series:
        raise InputError("convergence: nothing to draw")
    fig = figure(ONE_COLUMN_IN, 3.0)
    ax = fig.subplots()
    for position, (name, (size, error)) in enumerate(series.items()):
        ax.loglog(
            size,
            error,
            "o-",
            color=colour(position),
            label=f"{name}, rate {_rate_words(size, error)}",
        )
        if stated is not None and name in stated:
            ax.loglog(
                size,
                stated[name],
                "s:",
                mfc="none",
                color=colour(position),
                lw=0.9,
                label=f"{name}, stated",
            )
    if asked is not None:
        ax.axhline(asked, color=theme.muted, ls=(0, (4, 2)), lw=0.9, label="asked")
    plain_ticks(ax, "x")
    ax.set_xlabel(x_label)
    ax.set_ylabel(y_label)
    ax.grid(True, which="major")
    ax.legend(loc="lower left", bbox_to_anchor=(0.0, 1.0), borderaxespad=0.1)
    return fig
