"""What a deviation from roundness does to a mode: its doublet, and what is mixed in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import NullFormatter

from ..theme import LIGHT, TWO_COLUMNS_IN, Theme, colour, figure, themed

if TYPE_CHECKING:
    from ...modes.deviation.deviated_mode import DeviatedMode

# Six line widths on either side and the doublet between: lines a hundredth of it wide have nine
# points.
_POINTS = 1201
_MOST_BARS = 6  # The shares fall fast, and more names do not fit below each other.
_WIDTHS = 6.0  # line widths on either side of the lines
_LEAST_PM = 1e-6  # An axis of no width cannot be drawn.


@themed
def draw_deviation(doublet: DeviatedMode, *, theme: Theme = LIGHT) -> Figure:
    """The line of the round cavity and the two of the deviated one, and what is mixed in.

    Parameters
    ----------
    doublet : DeviatedMode
        From `Mode.deviation`.
    theme : Theme
    """
    fig = figure(TWO_COLUMNS_IN, 2.7)
    lines, shares = fig.subplots(1, 2, width_ratios=(1.5, 1.0))
    _draw_lines(lines, doublet, theme)
    _draw_shares(shares, doublet, theme)
    fig.suptitle(f"{doublet.label} in a cavity that is not quite round")
    return fig


def _draw_lines(ax: Any, doublet: DeviatedMode, theme: Theme) -> None:
    """Lorentzian lines of equal area against the distance from the round cavity's wavelength."""
    middle = sum(doublet.wavelengths_nm) / 2.0 - 1e-3 * doublet.shift_pm
    offsets_pm = [1e3 * (one - middle) for one in doublet.wavelengths_nm]
    known = [1e3 * one for one in doublet.linewidths_nm if one is not None]
    spread = max(max(offsets_pm) - min(offsets_pm), max(map(abs, offsets_pm)), _LEAST_PM)
    # lines far narrower than their distance are drawn as wide as can be seen
    drawn = [max(one, 0.01 * spread) for one in known] or [0.02 * spread] * 2
    drawn = drawn if len(drawn) == 2 else drawn * 2
    low, high = min(0.0, *offsets_pm), max(0.0, *offsets_pm)
    room = max(_WIDTHS * max(drawn), 0.15 * spread)
    x = np.linspace(low - room, high + room, _POINTS)

    def line(offset_pm: float, width: float) -> Any:
        return 0.5 / (1.0 + (2.0 * (x - offset_pm) / width) ** 2)

    ax.plot(x, 2.0 * line(0.0, min(drawn)), color=theme.muted, ls=":", label="round cavity")
    both = line(offsets_pm[0], drawn[0]) + line(offsets_pm[1], drawn[1])
    ax.plot(x, both, color=colour(0), label="this cavity")
    apart = max(offsets_pm) - min(offsets_pm)
    text = f"shift {doublet.shift_pm:.3g} pm\nsplitting {doublet.splitting_pm:.3g} pm"
    if apart == 0.0:
        text = f"shift {doublet.shift_pm:.3g} pm\nno splitting"
    ax.text(0.02, 0.97, text, transform=ax.transAxes, va="top")
    ax.set_ylim(0.0, 1.45)
    ax.set_xlabel("distance from the round cavity's wavelength (pm)")
    ax.set_ylabel("line (arb. units)")
    ax.legend(loc="upper right")


def _draw_shares(ax: Any, doublet: DeviatedMode, theme: Theme) -> None:
    """Bars of the strongest that is mixed in."""
    shown = doublet.mixed[:_MOST_BARS]
    if not shown:
        ax.text(0.5, 0.5, "nothing mixed in\nabove 0.0001 %", ha="center", va="center")
        ax.set_axis_off()
        return
    rows = np.arange(len(shown))
    ax.barh(rows, [100.0 * one.share for one in shown], color=colour(1), height=0.6)
    ax.set_yticks(rows, [one.label for one in shown])
    ax.invert_yaxis()
    ax.set_xscale("log")
    ax.xaxis.set_minor_formatter(NullFormatter())
    ax.set_xlabel("share of the energy (%)")
