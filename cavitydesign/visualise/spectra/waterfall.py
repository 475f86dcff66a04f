"""Emission spectra against fluence, one above the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...columns.cell_text import TIMES
from ...errors import InputError
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed

_STEP = 0.85  # of the height of one spectrum: from one base to the next
# A spectrum below the thresholds, between them, and above that of lasing.
_STAGE_COLOURS = (0, 2, 1)
# The stages are told apart in grey as well.
_STROKES: tuple[dict[str, Any], ...] = (
    {"lw": 0.8, "ls": "-"},
    {"lw": 0.8, "ls": (0, (5, 1.2))},
    {"lw": 1.4, "ls": "-"},
)


@themed
def draw_waterfall(
    wavelength_nm: Sequence[float],
    fluence_mj_cm2: Sequence[float],
    spectra: Sequence[Sequence[float]],
    *,
    lasing_mj_cm2: float | None = None,
    gain_mj_cm2: float | None = None,
    theme: Theme = LIGHT,
) -> Figure:
    """Emission spectra against fluence, one above the other, each scaled to its own maximum.

    Parameters
    ----------
    wavelength_nm : (w,) sequence
    fluence_mj_cm2 : (f,) sequence
        Rising.
    spectra : (f, w) sequence
        Emission of any unit; the factor that scales each is written beside it.
    lasing_mj_cm2 : float or None
        Lasing threshold: the fluence where the differential efficiency of the laser output reaches
        half of its greatest value.
    gain_mj_cm2 : float or None
        Fluence where the gain of the best mode reaches its loss. From there to the lasing
        threshold the modes amplify the spontaneous emission for a part of the pulse, and narrow
        lines stand in the spectrum before the cavity lases by that definition.
    theme : Theme

    Raises
    ------
    InputError
        If the shapes disagree.
    """
    values = np.asarray(spectra, dtype=float)
    if values.shape != (len(fluence_mj_cm2), len(wavelength_nm)):
        expected = (len(fluence_mj_cm2), len(wavelength_nm))
        raise InputError(f"waterfall: spectra have the shape {values.shape}, expected {expected}")
    fig = figure(ONE_COLUMN_IN, 1.5 + 0.36 * len(values))
    ax = fig.subplots()
    overall = float(values.max()) or 1.0
    bounds = (gain_mj_cm2, lasing_mj_cm2)
    for row, (fluence, spectrum) in enumerate(zip(fluence_mj_cm2, values, strict=True)):
        peak = float(spectrum.max()) or 1.0
        base = row * _STEP
        stage = _stage(fluence, *bounds)
        # Lower rows lie in front of the upper ones.
        order = 2 * (len(values) - row)
        upper = base + spectrum / peak
        ax.fill_between(wavelength_nm, base, upper, color=theme.ground, zorder=order)
        ax.plot(
            wavelength_nm,
            upper,
            color=colour(_STAGE_COLOURS[stage]),
            **_STROKES[stage],
            zorder=order + 1,
            label=f"{fluence:g} mJ/cm²",
        )
        note = f"{fluence:.3g}  ({TIMES} {_short(overall / peak)})"
        ax.text(
            1.01, base + 0.03, note, transform=ax.get_yaxis_transform(), fontsize=7, va="bottom"
        )
    ax.set_xlim(float(wavelength_nm[0]), float(wavelength_nm[-1]))
    ax.set_ylim(0.0, (len(values) - 1) * _STEP + 1.12)
    ax.set_yticks([])
    ax.set_xlabel("wavelength (nm)")
    ax.set_ylabel("emission / max")
    ax.text(1.01, 1.01, "mJ/cm²\n(magnified)", transform=ax.transAxes, fontsize=7, va="bottom")
    _explain_stages(fig, *bounds)
    for spine in ax.spines.values():
        spine.set_zorder(3 * len(values))
    return fig


def _stage(fluence: float, gain: float | None, lasing: float | None) -> int:
    """0 below the thresholds, 1 between them, 2 above that of lasing."""
    if lasing is not None and fluence >= lasing:
        return 2
    return 1 if gain is not None and fluence >= gain else 0


def _explain_stages(fig: Figure, gain: float | None, lasing: float | None) -> None:
    """What the strokes mean, above the axes."""
    told = []
    if gain is not None:
        upper = "" if lasing is None else f" (to {lasing:.3g})"
        told.append(
            (
                1,
                f"from {gain:.3g} mJ/cm²{upper}: \ngain exceeds loss, lines stand out, not yet "
                "lasing",
            )
        )
    if lasing is not None:
        told.append((2, f"from {lasing:.3g} mJ/cm²: lasing"))
    if told:
        handles = [
            Line2D([], [], color=colour(_STAGE_COLOURS[stage]), **_STROKES[stage])
            for stage, _ in told
        ]
        fig.legend(handles, [words for _, words in told], loc="outside upper left")


def _short(factor: float) -> str:
    """A magnification in three digits, without powers of ten where it can be."""
    return (
        f"{factor:.3g}" if factor < 1000 else f"{factor:.0f}" if factor < 1e5 else f"{factor:.1e}"
    )
