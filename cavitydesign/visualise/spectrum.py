"""Spectral views: the comb of modes under the gain curve, and spectra against fluence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import NDArray

from ..errors import InputError
from ..gain import GainMedium
from ..gain.gain_curve import pumped_gain_per_cm
from .labels import TIMES
from .record import Result, families, family_name, mode_records, record
from .theme import (
    LIGHT,
    Theme,
    colour,
    figure,
    label_panel,
    legend_beside,
    plain_ticks,
    stroke,
    themed,
)

Array = NDArray[np.float64]

_MOST_LABELS = 14


def _gain_at(gain: tuple[Array, Array] | None, wavelength_nm: float) -> float:
    """Height of the gain curve at a mode, 1 without a curve or outside it."""
    if gain is None:
        return 1.0
    return float(np.interp(wavelength_nm, gain[0], gain[1], left=0.0, right=0.0))


def _labelled(records: Sequence[Mapping[str, Any]]) -> set[str]:
    """Labels that fit beside each other: every n-th order of crowded combs, and none closer than a
    letter's width.
    """
    span = max(mode["wavelength_nm"] for mode in records) - min(
        mode["wavelength_nm"] for mode in records
    )
    spread = max(1, -(-len(records) // _MOST_LABELS))
    chosen: dict[str, float] = {}
    for mode in sorted(records, key=lambda one: (one["m"] % spread, one["p"], one["q"])):
        place = mode["wavelength_nm"]
        if mode["m"] % spread == 0 and all(
            abs(place - other) > 0.018 * span for other in chosen.values()
        ):
            chosen[mode["label"]] = place
    return set(chosen)


def _shown_range(
    modes: Result | Sequence[Result], wavelengths: Sequence[float]
) -> tuple[float, float]:
    """From end to end of the modes; a lone mode with the range that was searched around it, or a
    nanometre.
    """
    low, high = min(wavelengths), max(wavelengths)
    margin = 0.06 * max(high - low, 1.0)
    if high > low or isinstance(modes, Sequence):
        return low - margin, high + margin
    content = record(modes)
    inner = content.get("modes")
    first, last = (inner if isinstance(inner, Mapping) else content).get("wavelength_range_nm") or (
        low,
        high,
    )
    return min(first, low - 0.5), max(last, high + 0.5)


def _within(wavelength: Array, gain: Array, low: float, high: float) -> tuple[Array, Array]:
    """The part of a gain curve that is seen, up to the edges: what lies beyond sets no limits."""
    first, last = max(low, float(wavelength[0])), min(high, float(wavelength[-1]))
    if first >= last:
        return np.array([low, high]), np.zeros(2)
    inside = wavelength[(wavelength > first) & (wavelength < last)]
    places = np.concatenate([[first], inside, [last]])
    return places, np.interp(places, wavelength, gain)


def _draw_teeth(
    ax: Axes,
    groups: Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]],
    gain: tuple[Array, Array] | None,
) -> None:
    labelled = _labelled([mode for members in groups.values() for mode in members])
    low = min(0.0, float(gain[1].min())) if gain is not None else 0.0
    top = max(float(gain[1].max()), 1e-9) if gain is not None else 1.0
    for position, (key, members) in enumerate(groups.items()):
        wavelengths = np.array([mode["wavelength_nm"] for mode in members])
        heights = np.array([max(_gain_at(gain, w), 0.04 * top) for w in wavelengths])
        ax.vlines(
            wavelengths,
            0.0,
            heights,
            color=colour(position),
            ls=stroke(position),
            lw=1.3,
            label=family_name(key),
            zorder=3,
        )
        ax.plot(wavelengths, heights, "o", color=colour(position), ms=3.2, zorder=4)
        for mode in (one for one in members if one["label"] in labelled):
            height = max(_gain_at(gain, mode["wavelength_nm"]), 0.04 * top)
            ax.annotate(
                mode["label"],
                (mode["wavelength_nm"], height),
                (0, 5),
                textcoords="offset points",
                rotation=90,
                ha="center",
                va="bottom",
                fontsize=7,
            )
    ax.set_ylim(low * 1.08, 1.5 * top)


def _draw_quality(
    ax: Axes, groups: Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]]
) -> None:
    markers = {"total": "o", "radiation": "^", "absorption": "s", "scattering": "D"}
    values: list[float] = []
    for position, members in enumerate(groups.values()):
        for channel, marker in markers.items():
            pairs = [(mode["wavelength_nm"], mode["log10_q"].get(channel)) for mode in members]
            known = [pair for pair in pairs if pair[1] is not None]
            if known:
                x, y = zip(*known, strict=True)
                filled = colour(position) if channel == "total" else "none"
                ax.plot(
                    x,
                    y,
                    marker,
                    mfc=filled,
                    mec=colour(position),
                    ms=4,
                    label=channel if position == 0 else None,
                )
                values += y
    ax.set_ylabel(r"$\log_{10}Q$")
    if values and max(values) > 4 * max(min(values), 1.0):
        ax.set_yscale("log")
        ax.set_ylabel(r"$\log_{10}Q$ (log axis)")
        plain_ticks(ax)
    fig = ax.get_figure(root=True)
    assert fig is not None
    fig.legend(*ax.get_legend_handles_labels(), loc="outside right lower", title="loss")


@themed
def draw_comb(
    modes: Result | Sequence[Result],
    gain: tuple[Sequence[float], Sequence[float]] | None = None,
    *,
    theme: Theme = LIGHT,
) -> Figure:
    """The comb of modes under the gain curve, with labels, and the quality factors below.

    Parameters
    ----------
    modes : ModeSet, its record, or a sequence of modes
    gain : tuple of (wavelength_nm, gain_per_cm) or None
        The gain curve; without it all teeth have the same height.
    theme : Theme

    Raises
    ------
    InputError
        Without modes.
    """
    records = mode_records(modes)
    if not records:
        raise InputError("comb: no modes to draw; widen modes.span_nm")
    groups = families(records)
    low, high = _shown_range(modes, [mode["wavelength_nm"] for mode in records])
    curve = (
        None
        if gain is None
        else _within(np.asarray(gain[0], dtype=float), np.asarray(gain[1], dtype=float), low, high)
    )
    fig = figure(7.2, 4.6)
    top, bottom = fig.subplots(2, 1, sharex=True, gridspec_kw={"height_ratios": [2.0, 1.0]})
    if curve is not None:
        top.fill_between(curve[0], 0.0, curve[1], color=theme.muted, alpha=0.18, lw=0, zorder=1)
        top.plot(curve[0], curve[1], color=theme.muted, lw=1.0, label="gain", zorder=2)
        top.axhline(0.0, color=theme.muted, lw=0.6)
    _draw_teeth(top, groups, curve)
    top.set_ylabel("gain (cm$^{-1}$)" if curve is not None else "mode")
    if curve is None:
        top.set_yticks([])
    _draw_quality(bottom, groups)
    top.set_xlim(low, high)
    bottom.set_xlabel("wavelength (nm)")
    legend_beside(top, "family (polarisation, p, q)")
    label_panel(top, "a")
    label_panel(bottom, "b")
    return fig


@themed
def draw_waterfall(
    wavelength_nm: Sequence[float],
    fluence_mj_cm2: Sequence[float],
    spectra: Sequence[Sequence[float]],
    *,
    lasing_mj_cm2: float | None = None,
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
        Lasing threshold; spectra above it are drawn in the second colour.
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
    step = 0.85
    fig = figure(5.2, 1.6 + 0.45 * len(values))
    ax = fig.subplots()
    overall = float(values.max()) or 1.0
    for row, (fluence, spectrum) in enumerate(zip(fluence_mj_cm2, values, strict=True)):
        peak = float(spectrum.max()) or 1.0
        base = row * step
        tint = colour(1) if lasing_mj_cm2 is not None and fluence >= lasing_mj_cm2 else colour(0)
        ax.fill_between(
            wavelength_nm,
            base,
            base + spectrum / peak,
            color=theme.ground,
            zorder=2 * (len(values) - row),
        )
        ax.plot(
            wavelength_nm,
            base + spectrum / peak,
            color=tint,
            lw=0.9,
            zorder=2 * (len(values) - row) + 1,
            label=f"{fluence:g} mJ/cm²",
        )
        note = f"{fluence:.3g}  ({TIMES} {_short(overall / peak)})"
        ax.text(
            1.01, base + 0.03, note, transform=ax.get_yaxis_transform(), fontsize=7, va="bottom"
        )
    ax.set_xlim(float(wavelength_nm[0]), float(wavelength_nm[-1]))
    ax.set_ylim(0.0, (len(values) - 1) * step + 1.12)
    ax.set_yticks([])
    ax.set_xlabel("wavelength (nm)")
    ax.set_ylabel("emission, each to its maximum")
    ax.set_title("fluence in mJ/cm² (and magnification)", loc="right", fontsize=7.5)
    if lasing_mj_cm2 is not None:
        ax.set_title(
            f"orange: above {lasing_mj_cm2:.3g} mJ/cm²", loc="left", fontsize=7.5, color=colour(1)
        )
    for spine in ax.spines.values():
        spine.set_zorder(3 * len(values))
    return fig


def _short(factor: float) -> str:
    """A magnification in three digits, without powers of ten where it can be."""
    return (
        f"{factor:.3g}" if factor < 1000 else f"{factor:.0f}" if factor < 1e5 else f"{factor:.1e}"
    )


def gain_curve(
    lasing: Result, medium: GainMedium, wavelength_range_nm: tuple[float, float]
) -> tuple[list[float], list[float]] | None:
    """The gain at the fluence where a prediction decides its regime.

    Parameters
    ----------
    lasing : LasingPrediction or its record
    medium : GainMedium
    wavelength_range_nm : tuple of float
        What must be covered; the emission line is covered too.

    Returns
    -------
    tuple of (wavelength_nm, gain_per_cm), or None
        None for a record without its excitons.
    """
    content = record(lasing)
    curve = content.get("light_curve") or {}
    fluences, excitons = curve.get("fluence_mj_cm2"), curve.get("excitons")
    place = content.get("regime_fluence_mj_cm2")
    if not fluences or not excitons or place is None:
        return None
    pumped = float(
        np.exp(np.interp(np.log(place), np.log(fluences), np.log(np.maximum(excitons, 1e-9))))
    )
    reach = 0.8 * medium.emission_fwhm_nm
    low = min(wavelength_range_nm[0], medium.emission_wavelength_nm - reach)
    high = max(wavelength_range_nm[1], medium.emission_wavelength_nm + reach)
    wavelengths = np.linspace(low, high, 161)
    gain, _ = pumped_gain_per_cm(medium, wavelengths, pumped)
    return wavelengths.tolist(), gain.tolist()
