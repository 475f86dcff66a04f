"""Threshold against temperature with its T0, beside a published one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

from ...columns.cell_text import with_error
from ...gain.measured.characteristic_temperature import fit_characteristic_temperature
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, mark, plain_ticks, stroke, themed

if TYPE_CHECKING:
    from ...gain.measured.characteristic_temperature import CharacteristicTemperature

PUBLISHED_T0_K = {"CsPbBr3 plates, three photons": (152.6, (290.0, 400.0))}
"""Characteristic temperature and range of a published laser: whispering-gallery modes of CsPbBr3
microplatelets (Shi and others, Nano Research 2021, doi 10.1007/s12274-021-3508-7)."""


@themed
def draw_threshold_temperature(
    temperature_k: Sequence[float],
    thresholds: Mapping[str, Sequence[float]],
    published: Mapping[str, tuple[float, tuple[float, float]]] | None = None,
    unit: str = "mJ/cm²",
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """Thresholds on a logarithmic axis with the fitted lines, and published slopes.

    Parameters
    ----------
    temperature_k : (n,) sequence
    thresholds : mapping of str to (n,) sequence
        Several series by name.
    published : mapping of str to (T0 in K, (lowest, highest) in K), optional
        Drawn as lines of this T0 through the middle of the first series.
    unit : str
        Of the thresholds.
    theme : Theme
    """
    t = np.asarray(temperature_k, dtype=float)
    fig = figure(ONE_COLUMN_IN, 3.2)
    ax = fig.subplots()
    middle = None
    for index, (name, values) in enumerate(thresholds.items()):
        fit = fit_characteristic_temperature(t, values)
        told = f"{name}: fit {_t0(fit)}"
        ax.semilogy(t, values, mark(index), color=colour(index))
        line = np.linspace(*fit.range_k, 50)
        ax.semilogy(line, fit.at(line), color=colour(index), ls=stroke(index), label=told)
        if middle is None:
            centre = 0.5 * (fit.range_k[0] + fit.range_k[1])
            middle = centre, float(fit.at(centre))
    for index, (name, (t0, (low, high))) in enumerate((published or {}).items()):
        assert middle is not None
        line = np.linspace(low, high, 50)
        shown = middle[1] * np.exp((line - middle[0]) / t0)
        style = (0, (1, 1 + index))
        label = f"{name}: published, $T_0$ = {t0:g} K"
        ax.semilogy(line, shown, color=theme.muted, ls=style, label=label)
    plain_ticks(ax)
    ax.set_xlabel("temperature (K)")
    ax.set_ylabel(f"threshold ({unit})")
    fig.legend(loc="outside lower center")
    return fig


def _t0(fit: CharacteristicTemperature) -> str:
    return f"$T_0$ = {with_error(fit.t0_k, fit.t0_error_k)} K"
