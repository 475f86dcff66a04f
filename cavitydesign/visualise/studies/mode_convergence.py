"""How wavelength and Q of one mode settle as the polynomial degree rises."""

from __future__ import annotations

import math

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ...errors import InputError
from ...modes.derived.convergence_result import Convergence
from ...modes.mode import Mode
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, label_panel, themed


@themed
def draw_mode_convergence(mode: Mode | Convergence, *, theme: Theme = LIGHT) -> Figure:
    """Change of wavelength and log10 Q against the highest degree, with the errors stated.

    Parameters
    ----------
    mode : Mode or Convergence
    theme : Theme

    Raises
    ------
    InputError
        If fewer than two degrees hold the mode.
    """
    found = mode.convergence() if isinstance(mode, Mode) else mode
    rows = [row for row in found.rows[:-1] if math.isfinite(row.relative_change)]
    if len(rows) < 2:
        raise InputError(f"{found.label}: no lower degree holds the mode")
    last = found.rows[-1]
    by_q = [row for row in rows if math.isfinite(row.log10_q) and math.isfinite(last.log10_q)]
    fig = figure(ONE_COLUMN_IN, 3.9 if by_q else 2.6)
    axes = fig.subplots(2 if by_q else 1, 1, sharex=True, squeeze=False)[:, 0]
    told = "error stated by the solver"
    series = [
        ([abs(row.relative_change) for row in rows], rows, found.stated_relative_error),
        ([abs(row.log10_q - last.log10_q) for row in by_q], by_q, found.stated_log10_q_error),
    ]
    words = ("wavelength: change / value", "log10 Q: change")
    for number, ax in enumerate(axes):
        changes, shown, stated = series[number]
        seen = [(row, change) for row, change in zip(shown, changes, strict=True) if change > 0]
        ax.semilogy(
            [row.degree for row, _ in seen],
            [change for _, change in seen],
            "o-",
            color=colour(0),
            label=f"against degree {last.degree}",
        )
        own = [change for row, change in seen if row.degree == found.degree]
        ax.semilogy(
            [found.degree] * len(own), own, "o", ms=9, mfc="none", color=theme.ink, label="solved"
        )
        if stated > 0:
            ax.axhline(stated, color=theme.muted, ls=(0, (4, 2)), lw=0.9, label=told)
        ax.set_ylabel(words[number])
        ax.grid(True, which="major")
        if by_q:
            label_panel(ax, "ab"[number])
    axes[0].set_title(found.label, loc="right")
    fig.legend(*axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
    axes[-1].set_xlabel("polynomial degree")
    axes[-1].xaxis.set_major_locator(MaxNLocator(integer=True))
    return fig
