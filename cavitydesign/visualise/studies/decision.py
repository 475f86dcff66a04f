"""Views that end in a decision: sensitivity tornado and Pareto front."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray

from ...errors import InputError
from ..labels import MINUS
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed

_ROOM_FOR_ENDS = 0.3  # for the numbers in letters of 7 pt beside the bars
# of the largest change: what the eye and the accuracy of the solver call none
_NOTHING = 1e-6


@themed
def draw_tornado(
    base: float, swings: Mapping[str, tuple[float, float]], outcome: str, *, theme: Theme = LIGHT
) -> Figure:
    """What each input does to one outcome, the strongest on top.

    Parameters
    ----------
    base : float
        The outcome at the nominal inputs.
    swings : mapping of str to (low, high)
        The outcome with that input at the low and at the high end of its spread; the key names
        input and spread.
    outcome : str
        Axis label with its unit.
    theme : Theme

    Raises
    ------
    InputError
        Without swings.
    """
    if not swings:
        raise InputError("tornado: no inputs to compare")
    ordered = sorted(swings.items(), key=lambda item: abs(item[1][1] - item[1][0]))
    fig = figure(ONE_COLUMN_IN, 1.25 + 0.3 * len(ordered))
    ax = fig.subplots()
    least = _NOTHING * max(abs(end - base) for ends in swings.values() for end in ends)
    for row, (_, (low, high)) in enumerate(ordered):
        ax.barh(
            row,
            low - base,
            left=base,
            height=0.62,
            color=colour(0),
            label="low end" if row == 0 else None,
        )
        ax.barh(
            row,
            high - base,
            left=base,
            height=0.62,
            fc=to_rgba(colour(1), 0.55),
            ec=colour(1),
            hatch="////",
            label="high end" if row == 0 else None,
        )
        _tell_ends(ax, row, low - base, high - base, base, least)
    ax.axvline(base, color=theme.ink, lw=1.0)
    ax.margins(x=_ROOM_FOR_ENDS)
    ax.set_yticks(range(len(ordered)), [name for name, _ in ordered])
    ax.tick_params(axis="y", which="both", length=0)
    ax.set_xlabel(outcome)
    unit = outcome.rpartition("(")[2].rstrip(")") if outcome.endswith(")") else ""
    ax.set_title(f"nominal {base:.6g} {unit}".rstrip())
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper right", ncols=2)
    ax.locator_params(axis="x", nbins=4)
    return fig


def _tell_ends(ax: Axes, row: int, low: float, high: float, base: float, least: float) -> None:
    """The change at either end in figures, beside its bar: short bars cannot be read off."""
    ends = [(low, f"{low:+.2g}"), (high, f"{high:+.2g}")]
    if max(abs(low), abs(high)) <= least:
        ends = [(abs(high), "0")]
    elif low * high > 0:
        ends = [(max(low, high, key=abs), f"{low:+.2g}, {high:+.2g}")]
    for index, (change, words) in enumerate(ends):
        right = change > 0 or (change == 0 and index == 1)
        ax.annotate(
            words.replace("-", MINUS),
            (base + change, row),
            (3 if right else -3, 0),
            textcoords="offset points",
            ha="left" if right else "right",
            va="center",
            fontsize=7,
        )


def pareto_front(points: ArrayLike, maximise: tuple[bool, bool]) -> NDArray[np.bool_]:
    """Which points no other point beats in both goals.

    Parameters
    ----------
    points : (n, 2) array
    maximise : tuple of bool
        For each goal, whether larger is better.

    Returns
    -------
    (n,) array of bool
    """
    first, second = (np.asarray(points, dtype=float) * np.where(maximise, -1.0, 1.0)).T
    no_worse = (first[None, :] <= first[:, None]) & (second[None, :] <= second[:, None])
    better = (first[None, :] < first[:, None]) | (second[None, :] < second[:, None])
    return np.asarray(~np.any(no_worse & better, axis=1))


@themed
def draw_pareto(
    points: ArrayLike,
    labels: tuple[str, str],
    *,
    maximise: tuple[bool, bool],
    chosen: int | None = None,
    theme: Theme = LIGHT,
) -> Figure:
    """Two goals against each other: all designs, the front, and the one that is recommended.

    Parameters
    ----------
    points : (n, 2) array
    labels : tuple of str
        Goals with their units.
    maximise : tuple of bool
        For each goal, whether larger is better.
    chosen : int or None
        Index of the recommended design.
    theme : Theme

    Raises
    ------
    InputError
        For another shape.
    """
    values = np.asarray(points, dtype=float)
    if values.ndim != 2 or values.shape[1] != 2 or not len(values):
        raise InputError(f"Pareto front: points have the shape {values.shape}, expected (n, 2)")
    front = pareto_front(values, maximise)
    best = values[front][np.argsort(values[front][:, 0])]
    fig = figure(ONE_COLUMN_IN, 2.9)
    ax = fig.subplots()
    ax.plot(
        values[~front, 0],
        values[~front, 1],
        "o",
        mfc="none",
        mec=theme.muted,
        ms=3.5,
        label="beaten in both",
    )
    ax.plot(best[:, 0], best[:, 1], "o-", color=colour(0), label="Pareto front")
    if chosen is not None:
        # A ring about the design hides none of its neighbours.
        ax.plot(
            *values[chosen],
            "o",
            mfc="none",
            mec=colour(1),
            ms=11,
            mew=1.6,
            ls="none",
            label="recommended",
        )
    ax.set_xlabel(f"{labels[0]}\n({'higher' if maximise[0] else 'lower'} is better)")
    ax.set_ylabel(f"{labels[1]}\n({'higher' if maximise[1] else 'lower'} is better)")
    fig.legend(*ax.get_legend_handles_labels(), loc="outside upper center", ncols=3)
    return fig
