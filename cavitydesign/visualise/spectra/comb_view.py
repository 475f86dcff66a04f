"""The comb of modes under the gain curve."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...arrays import Array
from ...errors import InputError
from ...gain import GainMedium
from ...gain.measured.gain_curve import pumped_gain_per_cm
from ..result_record import Result, family_name, mode_records, record, record_families
from ..theme import (
    LIGHT,
    ONE_COLUMN_IN,
    Theme,
    colour,
    figure,
    label_panel,
    legend_beside,
    mark,
    stroke,
    themed,
)
from .loss_budget import channels, mark_of
from .quality_axis import set_quality_axis, top_of, words_beyond

_MOST_LABELS = 14  # letters of 7 pt that stand beside each other in one column
_MOST_LABEL_ROWS = 3  # More rows would be higher than the spectrum.
_LETTER_OF_AXIS = 0.045  # height of a letter of 7 pt over the width of one column's axes
# Height of the only row of labels, and of each of several, over that of the gain.
_ONE_ROW, _LABEL_ROW = 0.45, 0.62
# Inches of the axes in which a label of 7 pt, which is 0.57 in long, fits its row.
_TALL_IN = (2.2, 2.6, 3.2)


def _gain_at(gain: tuple[Array, Array] | None, wavelength_nm: float) -> float:
    """Height of the gain curve at a mode, 1 without a curve or outside it."""
    if gain is None:
        return 1.0
    return float(np.interp(wavelength_nm, gain[0], gain[1], left=0.0, right=0.0))


def _label_rows(
    groups: Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]], span: float
) -> dict[str, int]:
    """The row of each label that fits: a row for each of the first families, where every n-th order
    of a crowded comb is named, none closer than a letter's height.
    """
    rows: dict[str, int] = {}
    labelled_nm: dict[int, list[float]] = {}
    count = min(len(groups), _MOST_LABEL_ROWS)
    for position, members in enumerate(groups.values()):
        own = labelled_nm.setdefault(position % count, [])
        spread = max(1, -(-len(members) // _MOST_LABELS))
        for mode in (one for one in members if one["m"] % spread == 0):
            wavelength_nm = mode["wavelength_nm"]
            if all(abs(wavelength_nm - other) > _LETTER_OF_AXIS * span for other in own):
                rows[mode["label"]] = position % count
                own.append(wavelength_nm)
    return rows


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
    covered_nm = np.concatenate([[first], inside, [last]])
    return covered_nm, np.interp(covered_nm, wavelength, gain)


def _draw_teeth(
    ax: Axes,
    groups: Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]],
    gain: tuple[Array, Array] | None,
    span: float,
) -> None:
    """A tooth for each mode, with its label in the row of its family."""
    labels = _label_rows(groups, span)
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
        ax.plot(
            wavelengths,
            heights,
            mark(position),
            color=colour(position),
            mfc=colour(position) if position % 2 == 0 else "none",
            ms=3.2,
            zorder=4,
        )
        for mode in (one for one in members if one["label"] in labels):
            ax.annotate(
                mode["label"],
                (mode["wavelength_nm"], (1.06 + _LABEL_ROW * labels[mode["label"]]) * top),
                rotation=90,
                ha="center",
                va="bottom",
                fontsize=7,
                color=colour(position) if len(groups) > 1 else None,
            )
    rows = 1 + max(labels.values(), default=0)
    ax.set_ylim(low * 1.08, (1.05 + (_ONE_ROW if rows == 1 else _LABEL_ROW * rows)) * top)


def _draw_quality(
    ax: Axes, groups: Mapping[tuple[str, int, int], Sequence[Mapping[str, Any]]]
) -> None:
    """The quality factors of each family: all losses together, and each channel as an open mark."""
    records = [mode for members in groups.values() for mode in members]
    # an open mark leaves the total visible that lies in it
    marks = {channel: mark_of(position) for position, channel in enumerate(channels(records))}
    known = {
        channel: [
            float(mode["log10_q"][channel])
            for mode in records
            if mode["log10_q"].get(channel) is not None
        ]
        for channel in ("total", *marks)
    }
    values = [value for column in known.values() for value in column]
    top = top_of(known["total"], values)
    for position, members in enumerate(groups.values()):
        for channel in known:
            pairs = [(mode["wavelength_nm"], mode["log10_q"].get(channel)) for mode in members]
            pairs = [pair for pair in pairs if pair[1] is not None and pair[1] <= top]
            if not pairs:
                continue
            total = channel == "total"
            ax.plot(
                *zip(*pairs, strict=True),
                "o" if total else marks[channel],
                mfc=colour(position) if total else "none",
                mec=colour(position),
                ms=2.4 if total else 6.0,
                mew=0.9,
                label=channel if position == 0 else None,
            )
    set_quality_axis(ax, values, top)
    beyond = {name: known[name] for name in marks}
    ax.set_title(words_beyond(beyond, top), loc="right", fontsize=7)
    ax.legend(loc="lower center", bbox_to_anchor=(0.5, 1.12), ncols=4, handletextpad=0.2)


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
    groups = record_families(records)
    low, high = _shown_range(modes, [mode["wavelength_nm"] for mode in records])
    curve = (
        None
        if gain is None
        else _within(np.asarray(gain[0], dtype=float), np.asarray(gain[1], dtype=float), low, high)
    )
    tall = _TALL_IN[min(len(groups), _MOST_LABEL_ROWS) - 1]
    fig = figure(ONE_COLUMN_IN, tall + 2.6)
    top, bottom = fig.subplots(2, 1, sharex=True, height_ratios=[tall, 1.2])
    if curve is not None:
        top.fill_between(curve[0], 0.0, curve[1], color=theme.muted, alpha=0.18, lw=0, zorder=1)
        top.plot(curve[0], curve[1], color=theme.muted, lw=1.0, label="gain", zorder=2)
        top.axhline(0.0, color=theme.muted, lw=0.6)
    _draw_teeth(top, groups, curve, high - low)
    top.set_ylabel("gain (cm$^{-1}$)" if curve is not None else "mode")
    if curve is None:
        top.set_yticks([])
    _draw_quality(bottom, groups)
    top.set_xlim(low, high)
    bottom.set_xlabel("wavelength (nm)")
    legend_beside(top, "family: polarisation, p, q; labels: polarisation m p q")
    label_panel(top, "a")
    label_panel(bottom, "b")
    return fig


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
    fluence_mj_cm2 = content.get("regime_fluence_mj_cm2")
    if not fluences or not excitons or fluence_mj_cm2 is None:
        return None
    pumped = float(
        np.exp(
            np.interp(np.log(fluence_mj_cm2), np.log(fluences), np.log(np.maximum(excitons, 1e-9)))
        )
    )
    reach = 0.8 * medium.emission_fwhm_nm
    low = min(wavelength_range_nm[0], medium.emission_wavelength_nm - reach)
    high = max(wavelength_range_nm[1], medium.emission_wavelength_nm + reach)
    wavelengths = np.linspace(low, high, 161)
    gain, _ = pumped_gain_per_cm(medium, wavelengths, pumped)
    return wavelengths.tolist(), gain.tolist()
