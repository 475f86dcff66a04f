"""A measured light curve with the power law that was fitted to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure
from numpy.typing import ArrayLike

from ...columns.cell_text import with_error
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, plain_ticks, themed
from .light_curve_view import broken_power_law

if TYPE_CHECKING:
    from ...lasing.outcomes.break_count import CountedBreaks

_DASHES = ((0, (4, 2)), "-")  # of the lower and of the upper break


@themed
def draw_measured_curve(
    fluence_mj_cm2: ArrayLike, emission: ArrayLike, found: CountedBreaks, *, theme: Theme = LIGHT
) -> Figure:
    """A measured light curve on logarithmic axes, with the fitted power law and its breaks.

    Parameters
    ----------
    fluence_mj_cm2, emission : (n,) arrays
        The measured points, positive; the emission in any unit.
    found : CountedBreaks
        What `count_breaks` answers for them.
    theme : Theme
    """
    fluence = np.asarray(fluence_mj_cm2, dtype=float)
    light = np.asarray(emission, dtype=float)
    fig = figure(ONE_COLUMN_IN, 3.0)
    ax = fig.subplots()
    ax.loglog(fluence, light, "o", mfc="none", mec=colour(0), ms=3.5, zorder=4, label="measured")
    law = broken_power_law(fluence, found.breaks_mj_cm2, found.slopes)
    # The fit is one of logarithms, so their mean deviation sets the height of the law.
    scale = np.exp(np.mean(np.log(light) - np.log(law)))
    ends = (fluence.min(), *found.breaks_mj_cm2, fluence.max())
    slopes = ", ".join(
        with_error(slope, error) if error > 0 else f"{slope:.2f}"
        for slope, error in zip(found.slopes, found.slopes_error, strict=True)
    )
    ax.plot(
        ends,
        scale * broken_power_law(np.array(ends), found.breaks_mj_cm2, found.slopes),
        color=colour(1),
        zorder=3,
        label=f"slope {slopes}" if len(found.slopes) == 1 else f"slopes {slopes}",
    )
    for name, value, error, dashes in zip(
        found.break_names, found.breaks_mj_cm2, found.breaks_error_mj_cm2, _DASHES, strict=False
    ):
        told = with_error(value, error) if error > 0 else f"{value:.4g}"
        band = ax.axvspan(value - error, value + error, color=theme.muted, alpha=0.25, lw=0)
        ax.axvline(value, color=theme.ink, lw=1.0, ls=dashes, label=f"{name} {told} mJ/cm²")
        band.set_label("one standard error of a break" if name == found.break_names[-1] else "")
    plain_ticks(ax, "x")
    ax.set_xlabel("fluence (mJ/cm²)")
    ax.set_ylabel("emission (as measured)")
    fig.legend(loc="outside lower center", handlelength=1.6)
    return fig
