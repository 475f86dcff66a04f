"""Views of a lasing prediction: the light curve with its fitted slopes, and the share of each mode
in the output.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...arrays import Array
from ...columns.cell_text import with_error
from ...errors import InputError
from ..result_record import Result, finite, record
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, themed

_LEAST_SHARE = 1e-6  # -60 dB: below what spectrometers see
# Points between the middles of two upright names in letters of 7 pt that stand beside each other.
_BESIDE_PT = 10.0
THRESHOLD_NAMES = {
    "gain_equals_loss": "gain = loss",
    "ase": "ASE",
    "lasing": "lasing",
    "upper_break": "upper break",
}
# As the map of regimes draws them.
_DASHES: dict[str, Any] = {
    "gain_equals_loss": ":",
    "ase": (0, (4, 2)),
    "lasing": "-",
    "upper_break": (0, (5, 1.5, 1, 1.5)),
}


def broken_power_law(fluence: Array, breaks: Sequence[float], slopes: Sequence[float]) -> Array:
    """Continuous piecewise power law, 1 at the first break (or at fluence 1 without breaks).

    Parameters
    ----------
    fluence : (n,) array
    breaks : sequence of float
        Rising fluences where the slope changes.
    slopes : sequence of float
        One more than the breaks.

    Returns
    -------
    (n,) array
    """
    if len(slopes) != len(breaks) + 1:
        raise InputError(
            f"power law: {len(slopes)} slopes need {len(slopes) - 1} breaks, got {len(breaks)}"
        )
    start = breaks[0] if breaks else 1.0
    logarithm = slopes[0] * np.log(fluence / start)
    for break_mj_cm2, before, after in zip(breaks, slopes[:-1], slopes[1:], strict=True):
        logarithm = logarithm + (after - before) * np.maximum(np.log(fluence / break_mj_cm2), 0.0)
    return np.asarray(np.exp(logarithm))


def _draw_fit(
    ax: Axes,
    fluence: Array,
    emission: Array,
    breaks: list[float],
    slopes: list[float],
) -> None:
    shape = broken_power_law(fluence, breaks, slopes)
    positive = emission > 0
    scale = float(np.exp(np.mean(np.log(emission[positive]) - np.log(shape[positive]))))
    told = ", ".join(f"{slope:.2f}" for slope in slopes)
    ax.plot(
        fluence,
        scale * shape,
        color=colour(1),
        lw=1.2,
        zorder=3,
        label=f"slopes {told}",
    )


@themed
def draw_light_curve(prediction: Result, *, theme: Theme = LIGHT) -> Figure:
    """Emission against fluence on logarithmic axes, with the fitted slopes and the thresholds named
    apart.

    Parameters
    ----------
    prediction : LasingPrediction or its record
    theme : Theme

    Raises
    ------
    InputError
        Without a light curve.
    """
    content = record(prediction)
    if content.get("pump_kind") == "continuous":
        from .steady import power_curve_figure

        return power_curve_figure(content, theme=theme)
    curve = content.get("light_curve") or {}
    fluence = np.asarray(curve.get("fluence_mj_cm2", ()), dtype=float)
    emission = np.asarray(curve.get("emission", ()), dtype=float)
    if fluence.size < 2:
        raise InputError("light curve: this result holds fewer than two fluences")
    calibrated = content.get("calibrated")
    fig = figure(ONE_COLUMN_IN, 3.0 if calibrated is None else 3.7)
    ax = fig.subplots()
    shown = emission > 0
    _draw_calibrated(ax, calibrated)
    ax.loglog(
        fluence[shown],
        emission[shown],
        "o",
        mfc="none",
        mec=colour(0),
        ms=3.5,
        zorder=4,
        label="computed" if calibrated is None else "constants of the design",
    )
    thresholds = dict(finite(content.get("threshold_mj_cm2") or {}))
    slopes = [float(one) for one in content.get("slopes") or ()]
    thresholds |= _upper_break(content)
    breaks = [thresholds[name] for name in ("ase", "upper_break") if name in thresholds]
    if len(slopes) == len(breaks) + 1 and breaks == sorted(breaks):
        first, last = (content.get("fit") or {}).get("range_mj_cm2") or (fluence[0], fluence[-1])
        fitted = (fluence > 0.999 * first) & (fluence < 1.001 * last)
        if np.count_nonzero(fitted) > 1:
            _draw_fit(ax, fluence[fitted], emission[fitted], breaks, slopes)
    _plain_fluence_axis(ax)
    _draw_thresholds(ax, thresholds, _break_errors(content), theme)
    ax.set_ylabel("emission (arb. units)")
    ax.set_title(_regime_words(content))
    # Below the axes, where no line crosses the words.
    fig.legend(
        *ax.get_legend_handles_labels(), loc="outside lower center", ncols=2, handlelength=1.6
    )
    return fig


def _draw_calibrated(ax: Axes, calibrated: Mapping[str, Any] | None) -> None:
    """Bands of the draws of a calibration, of the light and of the lasing threshold."""
    if calibrated is None:
        return
    band = calibrated["light_curve"]
    for low, high, share, words in (
        ("p5", "p95", 0.16, "90 % by the calibration"),
        ("p16", "p84", 0.32, "68 %"),
    ):
        ax.fill_between(
            band["fluence_mj_cm2"],
            band[low],
            band[high],
            color=colour(0),
            alpha=share,
            lw=0,
            label=words,
        )
    threshold = calibrated["threshold_mj_cm2"]["lasing"]
    if threshold is not None:
        ax.axvspan(
            threshold["p16"],
            threshold["p84"],
            color=colour(2),
            alpha=0.2,
            lw=0,
            label="lasing threshold, 68 %",
        )


def _break_errors(content: Mapping[str, Any]) -> dict[str, float]:
    """Standard errors of the breaks of the fitted curve."""
    errors = (content.get("fit") or {}).get("breaks_error_mj_cm2") or ()
    return dict(zip(("ase", "upper_break"), errors, strict=False))


def _upper_break(content: Mapping[str, Any]) -> dict[str, float]:
    """The upper break of the collected curve; the lower one is the ASE threshold."""
    value = (content.get("light_curve") or {}).get("upper_break_mj_cm2")
    return {} if value is None else {"upper_break": float(value)}


def _draw_thresholds(
    ax: Axes, thresholds: Mapping[str, float], errors: Mapping[str, float], theme: Theme
) -> None:
    """An upright line each, told apart by their dashes and named with their values in the
    legend.
    """
    for name, value in sorted(thresholds.items(), key=lambda item: item[1]):
        told = with_error(value, errors[name]) if errors.get(name) else f"{value:.3g}"
        ax.axvline(
            value,
            color=theme.ink if name == "lasing" else theme.muted,
            lw=1.0,
            ls=_DASHES.get(name, "-"),
            label=f"{THRESHOLD_NAMES.get(name, name)} {told}",
        )


def _regime_words(content: Mapping[str, Any]) -> str:
    """The regime, with what decides it and where."""
    regime, fluence_mj_cm2 = content.get("regime"), content.get("regime_fluence_mj_cm2")
    at = f" at {fluence_mj_cm2:.3g} mJ/cm²" if isinstance(fluence_mj_cm2, int | float) else ""
    if regime == "single":
        suppression = content.get("side_mode_suppression_db")
        second_mode = (
            f", the next {suppression:.3g} dB down" if isinstance(suppression, int | float) else ""
        )
        return f"one mode{at}{second_mode}"
    if regime == "multi":
        return f"{content.get('modes_lasing', 'several')} modes{at}"
    return f"{regime}{at}" if regime else "light in, light out"


def _plain_fluence_axis(ax: Axes) -> None:
    """Fluences as plain numbers, not powers of ten."""
    ax.set_xlabel("fluence (mJ/cm²)")
    low, high = ax.get_xlim()
    ticks = [
        value
        for value in (0.1, 0.2, 0.5, 1, 1.5, 2, 3, 4, 5, 6, 8, 10, 15, 20, 30, 50, 100)
        if low <= value <= high
    ]
    ax.set_xticks(ticks, [f"{value:g}" for value in ticks])
    ax.set_xticks([], [], minor=True)


@themed
def draw_output_shares(prediction: Result, *, theme: Theme = LIGHT) -> Figure:
    """Each mode's share of the time-integrated laser output, and its threshold gain, against
    wavelength.

    Parameters
    ----------
    prediction : LasingPrediction or its record
    theme : Theme

    Raises
    ------
    InputError
        Without modes.
    """
    modes = sorted(record(prediction).get("per_mode") or (), key=lambda mode: mode["wavelength_nm"])
    if not modes:
        raise InputError("output shares: this prediction lists no modes")
    fig = figure(ONE_COLUMN_IN, 3.4)
    upper, lower = fig.subplots(2, 1, sharex=True)
    wavelength = np.array([mode["wavelength_nm"] for mode in modes])
    share = np.array([mode.get("output_share") or 0.0 for mode in modes])
    strongest = float(share.max())
    shown = share > _LEAST_SHARE
    upper.vlines(wavelength[shown], _LEAST_SHARE, share[shown], color=colour(0), lw=2)
    upper.plot(wavelength[shown], share[shown], "o", color=colour(0), label="output share")
    if strongest > 0:
        upper.axhline(
            0.1 * strongest,
            color=theme.muted,
            ls=(0, (4, 2)),
            lw=0.8,
            label="a tenth of the strongest",
        )
        fig.legend(*upper.get_legend_handles_labels(), loc="outside upper center", ncols=2)
    upper.set_yscale("log")
    upper.set_ylim(_LEAST_SHARE, 3.0)
    upper.set_ylabel("share of output")
    lower.plot(
        wavelength,
        [mode["threshold_gain_per_cm"] for mode in modes],
        "s",
        color=colour(1),
        label="threshold gain",
    )
    lower.margins(y=0.12)  # no marker is cut by the frame
    lower.set_ylabel("threshold gain (cm$^{-1}$)")
    lower.set_xlabel("wavelength (nm)")
    reach = max(float(np.ptp(wavelength)), 1.0)
    lower.set_xlim(wavelength[0] - 0.05 * reach, wavelength[-1] + 0.05 * reach)
    _name_above(
        upper,
        wavelength[shown],
        share[shown],
        [mode["label"] for mode in modes if (mode.get("output_share") or 0.0) > _LEAST_SHARE],
    )
    return fig


def _name_above(ax: Axes, wavelength_nm: Array, shares: Array, names: Sequence[str]) -> None:
    """Names of modes above the axes, upright; of two that would touch that of the greater share."""
    low, high = ax.get_xlim()
    # the axes take about four fifths of the width
    room = _BESIDE_PT / 72.0 / (0.8 * ONE_COLUMN_IN) * (high - low)
    kept: list[int] = []
    for mode_index in np.argsort(-shares, kind="stable"):
        if all(abs(wavelength_nm[mode_index] - wavelength_nm[other]) >= room for other in kept):
            kept.append(int(mode_index))
    top = ax.secondary_xaxis("top")
    top.set_xticks(wavelength_nm[kept], [names[mode_index] for mode_index in kept], rotation=90)
    top.tick_params(length=0)
