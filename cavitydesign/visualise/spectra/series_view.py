"""A measured power series: the spectra one above the other, and the light of each line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...arrays import Array
from ..theme import LIGHT, TWO_COLUMNS_IN, Theme, colour, figure, mark, plain_ticks, themed

_MOST_SPECTRA = 14  # rows of a quarter inch, which still show a line
_MOST_LINES = 7  # colours that the colour-blind tell apart
_DECADES_SHOWN = 2.0  # what most spectrometers resolve in one shot
_GROUND = 0.1  # quantile of the samples that counts as the background


@themed
def draw_series(
    measured: Mapping[str, Any],
    spectra: Sequence[tuple[float, Array, Array]],
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """Waterfall of the spectra on a logarithmic scale, and light curves of the strongest lines.

    Parameters
    ----------
    measured : mapping
        JSON object of ``measure series``.
    spectra : sequence of (fluence in mJ/cm2, wavelengths in nm, light)
    theme : Theme
    """
    fig = figure(TWO_COLUMNS_IN, 3.6)
    left, right = fig.subplots(1, 2, width_ratios=(1.25, 1.0))
    _waterfall(left, measured, spectra, theme)
    _light_curves(right, measured, theme)
    return fig


def _waterfall(
    ax: Axes,
    measured: Mapping[str, Any],
    spectra: Sequence[tuple[float, Array, Array]],
    theme: Theme,
) -> None:
    shown_spectra = np.unique(np.linspace(0, len(spectra) - 1, _MOST_SPECTRA).round().astype(int))
    heights = []
    for height, spectrum_index in enumerate(shown_spectra):
        fluence, wavelength, light = spectra[spectrum_index]
        above = light - np.quantile(light, _GROUND)
        share = above / max(float(above.max()), 1e-300)
        shown = np.log10(np.maximum(share, 10.0**-_DECADES_SHOWN)) / _DECADES_SHOWN + 1.0
        ax.fill_between(wavelength, height, height + 0.95 * shown, color=theme.ground, lw=0)
        ax.plot(wavelength, height + 0.95 * shown, color=colour(0), lw=0.7)
        heights.append((height, fluence))
    for line in measured["lines"]:
        points = [
            (line["wavelength_nm"][spectrum_index], height)
            for height, spectrum_index in enumerate(shown_spectra)
            if line["wavelength_nm"][spectrum_index] is not None
        ]
        x, y = zip(*points, strict=True) if points else ((), ())
        ax.plot(x, np.array(y) + 0.05, ".", color=colour(1), ms=2.0)
    ax.set_yticks([one[0] for one in heights], [f"{one[1]:.3g}" for one in heights])
    ax.set_ylim(-0.1, len(shown_spectra) + 0.1)
    ax.set_xlabel("wavelength (nm)")
    ax.set_ylabel("fluence (mJ/cm$^2$)")
    ax.set_title(f"above the background, over {_DECADES_SHOWN:.0f} decades; dots: lines")


def _light_curves(ax: Axes, measured: Mapping[str, Any], theme: Theme) -> None:
    fluence = np.array(measured["fluence_mj_cm2"])
    light = np.array([np.nan if one is None else one for one in measured["light"]])
    ax.loglog(fluence, light, "-", color=theme.ink, lw=1.0, label="all light")

    def strength(line: Mapping[str, Any]) -> float:
        return float(max(value for value in line["light"] if value is not None))

    strongest = sorted(measured["lines"], key=strength, reverse=True)[:_MOST_LINES]
    for index, line in enumerate(strongest):
        values = np.array([np.nan if one is None else one for one in line["light"]])
        middle = float(np.median([one for one in line["wavelength_nm"] if one is not None]))
        name = line["label"] or f"{middle:.2f} nm"
        ax.loglog(fluence, values, mark(index), color=colour(index), mfc="none", ms=3.0, label=name)
    plain_ticks(ax, "x")
    ax.set_xlabel("fluence (mJ/cm$^2$)")
    ax.set_ylabel("light (counts nm / s)")
    ax.legend(loc="upper left")
