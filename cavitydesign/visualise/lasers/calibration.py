"""Pictures of a calibration: measured curves within the answer's bands, and the constants in
pairs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...errors import InputError
from ...units import unit_of
from ..result_record import Result, record
from ..theme import LIGHT, ONE_COLUMN_IN, TWO_COLUMNS_IN, Theme, colour, figure, plain_ticks, themed

_ROW_IN = 2.6  # inches for a curve and its residuals
_MOST_PAIRED = 7  # Constants: more cells than 49 are too small to read on a page.
_A_SIDE = 14  # Letters of an axis label that a cell of `_CELL_IN` holds.
_CELL_IN = 1.15  # Inches: seven of them fill the width of two columns and a margin.


@themed
def draw_calibrated_curves(answer: Result, *, theme: Theme = LIGHT) -> Figure:
    """Each measured light curve with the 68 and 90 % bands of the answer, residuals below.

    Parameters
    ----------
    answer : CalibrationAnswer or its record
    theme : Theme

    Raises
    ------
    InputError
        If no cavity has a light curve.
    """
    shown = [each for each in record(answer)["cavities"] if each["measured"] is not None]
    if not shown:
        raise InputError("calibration: no cavity has a light curve to draw")
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    width = ONE_COLUMN_IN if columns == 1 else TWO_COLUMNS_IN
    fig = figure(width, (_ROW_IN + 0.9) * rows)
    axes = fig.subplots(
        2 * rows, columns, squeeze=False, sharex="col", height_ratios=[2.6, 1.0] * rows
    )
    for index, cavity in enumerate(shown):
        row, column = divmod(index, columns)
        _draw_curve(axes[2 * row, column], cavity, theme)
        _draw_residual(axes[2 * row + 1, column], cavity, theme)
    for index in range(len(shown), rows * columns):
        row, column = divmod(index, columns)
        axes[2 * row, column].set_axis_off()
        axes[2 * row + 1, column].set_axis_off()
    return fig


def _draw_curve(ax: Axes, cavity: Mapping[str, Any], theme: Theme) -> None:
    fluence, band = cavity["predicted"]["fluence_mj_cm2"], cavity["predicted"]
    for low, high, share, label in (
        ("p5", "p95", 0.18, "90 %"),
        ("p16", "p84", 0.38, "68 %"),
    ):
        ax.fill_between(
            fluence, band[low], band[high], color=colour(0), alpha=share, lw=0, label=label
        )
    ax.plot(fluence, band["p50"], color=colour(0), label="median")
    points = (cavity["fluence_mj_cm2"], cavity["measured"])
    ax.plot(*points, "o", mfc="none", mec=theme.ink, ms=3.5, label="measured")
    ax.set_xscale("log")
    ax.set_yscale("log")
    threshold = cavity["threshold_mj_cm2"]
    ends = [threshold[name] for name in ("p16", "p84")]
    if all(end is not None for end in ends):
        ax.axvspan(*ends, color=colour(1), alpha=0.25, lw=0, label="threshold, 68 %")
    ax.set_title(cavity["name"])
    ax.set_ylabel("emission (arb. units)")
    ax.legend(loc="lower right")


def _draw_residual(ax: Axes, cavity: Mapping[str, Any], theme: Theme) -> None:
    fluence, residual = np.array(cavity["fluence_mj_cm2"]), 100.0 * np.array(cavity["residual"])
    scatter = 100.0 * cavity["relative_scatter"]
    ax.axhspan(-scatter, scatter, color=theme.grid, lw=0)
    ax.axhline(0.0, color=theme.muted, lw=0.8)
    ax.plot(fluence, residual, "o", mfc="none", mec=theme.ink, ms=3.0)
    ax.set_xscale("log")
    plain_ticks(ax, "x")
    ax.set_xlabel("fluence (mJ/cm$^2$)")
    ax.set_ylabel("residual (%)")


@themed
def draw_corner(answer: Result, *, theme: Theme = LIGHT) -> Figure:
    """The constants in pairs: draws of the posterior, histograms on the diagonal.

    Parameters
    ----------
    answer : CalibrationAnswer or its record
    theme : Theme
    """
    content = record(answer)
    keyed = [(index, each) for index, each in enumerate(content["constants"]) if each["key"]][
        :_MOST_PAIRED
    ]
    values = np.array(content["draws"]["values"], dtype=float)
    count = len(keyed)
    size = max(ONE_COLUMN_IN, _CELL_IN * count + 0.4)
    fig = figure(size, size)
    axes = fig.subplots(count, count, squeeze=False)
    for row, (y, named) in enumerate(keyed):
        for column, (x, other) in enumerate(keyed):
            ax = axes[row, column]
            if column > row:
                ax.set_axis_off()
                continue
            if row == column:
                ax.hist(values[:, x], bins=16, color=colour(0), alpha=0.6)
                ax.axvline(other["quantiles"]["p50"], color=colour(1), lw=1.0)
                ax.set_yticks([])
            else:
                ax.plot(values[:, x], values[:, y], ".", color=colour(0), ms=2.0, alpha=0.5)
            _only_outer_labels(ax, row, column, count, named, other)
    fig.align_labels()
    return fig


def _only_outer_labels(
    ax: Axes,
    row: int,
    column: int,
    count: int,
    named: Mapping[str, Any],
    other: Mapping[str, Any],
) -> None:
    ax.locator_params(nbins=3)
    if row == count - 1:
        ax.set_xlabel(_in_two_lines(words_of_key(other["name"])))
        ax.tick_params(axis="x", rotation=45)
    else:
        ax.set_xticklabels([])
    if column == 0 and row > 0:
        ax.set_ylabel(_in_two_lines(words_of_key(named["name"])))
    else:
        ax.set_yticklabels([])


def _in_two_lines(words: str) -> str:
    """The unit below the words, where both together are longer than a side of a small picture."""
    return words.replace(" (", "\n(", 1) if len(words) > _A_SIDE else words


def words_of_key(key: str) -> str:
    """A design key on an axis: its last name, and the unit in brackets.

    Examples
    --------
    >>> words_of_key("gain.peak_gain_per_cm")
    'peak gain (cm$^{-1}$)'
    """
    name = key.split(" of ")[0]
    last = ".".join(name.split(".")[-2:]) if name.endswith("per_um") else name.split(".")[-1]
    if last == "quality.per_um":
        return "Q per um"
    words, unit = _parted(last)
    return f"{words} ({unit})" if unit else words


def _parted(name: str) -> tuple[str, str]:
    unit = unit_of(name)
    parts: Sequence[str] = name.split("_")
    if not unit:
        return " ".join(parts), ""
    # the shortest ending that is the unit: "sd" of sd_mev belongs to the words
    for count in (1, 2):
        if unit_of("_".join(["x", *parts[-count:]])) == unit and count < len(parts):
            return " ".join(parts[:-count]), _typeset(unit)
    return " ".join(parts), _typeset(unit)


def _typeset(unit: str) -> str:
    return re.sub(r"\^(-?\d+)", r"$^{\1}$", unit)
