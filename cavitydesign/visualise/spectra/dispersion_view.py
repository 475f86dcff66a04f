"""Dispersion of the comb, and spacing and quality against diameter beside published points."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...errors import InputError
from ..result_record import Result, family_name, mode_records, record_families
from ..theme import (
    LIGHT,
    ONE_COLUMN_IN,
    Theme,
    colour,
    figure,
    label_panel,
    legend_beside,
    mark,
    plain_ticks,
    stroke,
    themed,
)
from .quality_axis import set_quality_axis, top_of, words_beyond

# paper A (doi 10.1002/adfm.202401247): mode spacings at two diameters, and Q = 24 D that its
# measured points follow
PUBLISHED_SPACING_NM = {15.0: 4.2, 88.0: 0.75}
PUBLISHED_Q_PER_UM = 24.0  # of the same paper


@themed
def draw_dispersion(modes: Result | Sequence[Result], *, theme: Theme = LIGHT) -> Figure:
    """Free spectral range and group index against the azimuthal order, one line a family.

    Parameters
    ----------
    modes : ModeSet, its record, or a sequence of modes
    theme : Theme

    Raises
    ------
    InputError
        If no mode carries a free spectral range.
    """
    groups = record_families(
        [mode for mode in mode_records(modes) if mode.get("fsr_nm") is not None]
    )
    if not groups:
        raise InputError("dispersion: none of these modes carries a free spectral range")
    fig = figure(ONE_COLUMN_IN, 3.8)
    upper, lower = fig.subplots(2, 1, sharex=True)
    for position, (key, members) in enumerate(groups.items()):
        m = [mode["m"] for mode in members]
        style = {"ls": stroke(position), "color": colour(position), "label": family_name(key)}
        upper.plot(m, [mode["fsr_nm"] for mode in members], marker=mark(position), **style)
        known = [
            (mode["m"], mode["group_index"])
            for mode in members
            if mode.get("group_index") is not None
        ]
        if known:
            lower.plot(*zip(*known, strict=True), marker=mark(position), **style)
    upper.set_ylabel("FSR (nm)")
    lower.set_ylabel("group index")
    lower.set_xlabel("azimuthal order m")
    lower.xaxis.get_major_locator().set_params(integer=True)
    lower.tick_params(axis="x", which="minor", length=0)
    legend_beside(upper, "family: polarisation, p, q")
    label_panel(upper, "a")
    label_panel(lower, "b")
    return fig


def _logarithmic_diameters(ax: Axes, diameter_um: Sequence[float]) -> None:
    ax.set_xscale("log")
    low, high = 0.85 * min(diameter_um), 1.18 * max(diameter_um)
    ax.set_xlim(low, high)
    ticks = [value for value in (5, 10, 15, 20, 33, 50, 88, 125, 200) if low <= value <= high]
    ax.set_xticks(ticks, [f"{value:g}" for value in ticks])
    ax.set_xticks([], [], minor=True)
    ax.set_xlabel("diameter (µm)")


@themed
def draw_against_diameter(
    diameter_um: Sequence[float],
    fsr_nm: Sequence[float],
    quality: Mapping[str, Sequence[float | None]],
    *,
    published_spacing_nm: Mapping[float, float] = PUBLISHED_SPACING_NM,
    published_q_per_um: float | None = PUBLISHED_Q_PER_UM,
    theme: Theme = LIGHT,
) -> Figure:
    """Spacing and quality factors against the diameter, published points overlaid.

    Parameters
    ----------
    diameter_um, fsr_nm : (n,) sequences
        Rising diameters and the spacing of neighbouring azimuthal orders.
    quality : mapping of str to (n,) sequence
        log10 Q by channel (radiation, scattering, total...), None where absent.
    published_spacing_nm : mapping of float to float
        Measured spacing by diameter.
    published_q_per_um : float or None
        The line Q = value x D, drawn as published.
    theme : Theme

    Raises
    ------
    InputError
        If the lengths disagree.
    """
    if len(diameter_um) != len(fsr_nm) or any(
        len(column) != len(diameter_um) for column in quality.values()
    ):
        raise InputError("against diameter: all columns must have the same length")
    fig = figure(ONE_COLUMN_IN, 4.6)
    left, right = fig.subplots(2, 1, sharex=True)
    left.plot(diameter_um, fsr_nm, "o-", color=colour(0), label="computed")
    left.plot(
        *zip(*published_spacing_nm.items(), strict=True),
        "*",
        color=colour(1),
        ms=11,
        mec=theme.ground,
        label="measured (paper A)",
    )
    left.set_yscale("log")
    plain_ticks(left)
    left.set_ylabel("mode spacing (nm)")
    for position, (channel, column) in enumerate(quality.items()):
        known = [
            (d, value) for d, value in zip(diameter_um, column, strict=True) if value is not None
        ]
        if known:
            # a channel that decides the total lies under it: different marks and dashes show both
            style = {
                "marker": "^sDo"[position % 4],
                "ls": stroke(position),
                "ms": 8 - 2 * position,
                "mfc": "none" if position % 2 else colour(position),
            }
            right.plot(
                *zip(*known, strict=True),
                color=colour(position),
                label=f"{channel}, computed",
                **style,
            )
    if published_q_per_um is not None:
        ends = np.array([min(diameter_um), max(diameter_um)])
        right.plot(
            ends,
            np.log10(published_q_per_um * ends),
            color=theme.ink,
            ls=(0, (4, 2)),
            label=f"Q = {published_q_per_um:g} D (paper A)",
        )
    channels = {
        name: [value for value in column if value is not None] for name, column in quality.items()
    }
    values = [value for column in channels.values() for value in column]
    top = top_of(channels.get("total", ()), values)
    least = [] if published_q_per_um is None else [np.log10(published_q_per_um * min(diameter_um))]
    set_quality_axis(right, [*values, *least], top)
    right.set_title(words_beyond(channels, top), loc="right", fontsize=7)
    for ax in (left, right):
        _logarithmic_diameters(ax, diameter_um)
    left.set_xlabel("")
    left.legend()
    right.legend(loc="upper center", bbox_to_anchor=(0.5, -0.24), ncols=2)
    label_panel(left, "a")
    label_panel(right, "b")
    return fig
