"""Integrated dispersion of a comb."""

from __future__ import annotations

import numpy as np
from matplotlib.figure import Figure

from ...modes.derived.comb_result import CombDispersion
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed


@themed
def draw_comb_dispersion(comb: CombDispersion, *, theme: Theme = LIGHT) -> Figure:
    """Integrated dispersion against the frequency, beside D2 and D3 alone.

    Parameters
    ----------
    comb : CombDispersion
        From `ModeSet.dispersion`.
    theme : Theme
    """
    fig = figure(ONE_COLUMN_IN, 2.8)
    ax = fig.subplots()
    mu = np.linspace(comb.mu[0], comb.mu[-1], 201)
    few = 1e-3 * (comb.total.d2_mhz * mu**2 / 2 + comb.total.d3_mhz * mu**3 / 6)
    frequency = np.interp(mu, comb.mu, comb.frequency_thz)
    ax.plot(frequency, few, color=colour(1), ls=(0, (4, 2)), label="$D_2$ and $D_3$ alone")
    ax.plot(comb.frequency_thz, comb.integrated_ghz, "o", color=colour(0), label="solved")
    pumped = comb.frequency_thz[comb.mu == 0]
    ax.plot(pumped, [0.0], "o", ms=9, mfc="none", color=theme.ink, label=f"pumped, {comb.label}")
    ax.set_xlabel("frequency (THz)")
    ax.set_ylabel(r"$D_\mathrm{int}/2\pi$ (GHz)")
    ax.grid(True, which="major")
    ax.legend()
    return fig
