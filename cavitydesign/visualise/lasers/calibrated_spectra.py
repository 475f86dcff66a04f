"""Pictures of a calibration: lines of laser spectra within the answer's bands."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...columns.cell_text import typeset_words
from ...errors import InputError
from ..result_record import Result, record
from ..theme import LIGHT, ONE_COLUMN_IN, TWO_COLUMNS_IN, Theme, colour, figure, themed

_ROW_IN = 3.5  # inches for a spectrum and its residuals
_BELOW_FLOOR = 0.3  # Of the detection floor: where the axis of the light ends.


@themed
def draw_calibrated_spectra(answer: Result, *, theme: Theme = LIGHT) -> Figure:
    """The lines of each laser spectrum with the 90 % intervals of the answer, residuals below.

    Parameters
    ----------
    answer : CalibrationAnswer or its record
    theme : Theme

    Raises
    ------
    InputError
        If no cavity has a laser spectrum.
    """
    shown = [one for each in record(answer)["cavities"] for one in each.get("spectra", ())]
    if not shown:
        raise InputError("calibration: no cavity has a laser spectrum to draw")
    columns = min(len(shown), 2)
    rows = -(-len(shown) // columns)
    fig = figure(ONE_COLUMN_IN if columns == 1 else TWO_COLUMNS_IN, _ROW_IN * rows)
    axes = fig.subplots(2 * rows, columns, squeeze=False, height_ratios=[2.6, 1.0] * rows)
    for index in range(rows * columns):
        row, column = divmod(index, columns)
        upper, lower = axes[2 * row, column], axes[2 * row + 1, column]
        if index < len(shown):
            _draw_lines(upper, shown[index], theme)
            _draw_residuals(lower, shown[index], theme)
            lower.sharex(upper)
        else:
            upper.set_axis_off()
            lower.set_axis_off()
    return fig


def _draw_lines(ax: Axes, spectrum: Mapping[str, Any], theme: Theme) -> None:
    wavelength, band = np.array(spectrum["wavelength_nm"]), spectrum["predicted"]
    floor = spectrum["detection_floor"]
    ax.vlines(
        wavelength, band["p5"], band["p95"], color=colour(0), lw=4.0, alpha=0.35, label="90 %"
    )
    ax.plot(wavelength, band["p50"], color=colour(0), lw=0.9, label="median")
    measured = spectrum["measured"]
    ax.plot(wavelength, measured, "o", mfc="none", mec=theme.ink, ms=3.5, label="measured")
    dark = [
        (one["wavelength_nm"], one["predicted"])
        for one in spectrum["unseen"]
        if one["predicted"] > _BELOW_FLOOR * floor
    ]
    if dark:
        ax.plot(*np.array(dark).T, "v", color=colour(1), ms=3.5, label="predicted, not seen")
    ax.axhline(floor, color=theme.muted, lw=0.8, ls="--", label="detection floor")
    ax.set_yscale("log")
    ax.set_ylim(bottom=_BELOW_FLOOR * floor)
    ax.set_title(typeset_words(str(spectrum["name"])))
    ax.set_ylabel("light of a line (arb. units)")
    ax.tick_params(labelbottom=False)
    # lines make a dome, and the floor lies below: its middle is free
    ax.legend(loc="center", bbox_to_anchor=(0.5, 0.47))


def _draw_residuals(ax: Axes, spectrum: Mapping[str, Any], theme: Theme) -> None:
    width = 100.0 * spectrum["width"]
    ax.axhspan(-width, width, color=theme.grid, lw=0)
    ax.axhline(0.0, color=theme.muted, lw=0.8)
    residual = 100.0 * np.array(spectrum["residual"])
    ax.plot(spectrum["wavelength_nm"], residual, "o", mfc="none", mec=theme.ink, ms=3.0)
    ax.set_xlabel("wavelength (nm)")
    ax.set_ylabel("residual (%)")
