"""The loss budget: how much each channel takes of the total loss 1/Q, and how large each Q is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from ...errors import InputError
from ..result_record import Result, mode_records, record_families
from ..theme import LIGHT, ONE_COLUMN_IN, TWO_COLUMNS_IN, Theme, colour, figure, label_panel, themed
from .quality_axis import set_quality_axis, top_of, words_beyond

_TOTAL = "total"
_MOST_MODES = 24  # bars in the width of two columns
_MOST_LEVEL = 9  # totals of four digits that stand beside each other in one column
_HATCHES = ("", "////", "....", "xxxx", "\\\\")
_MARKS = "^sDvP"
_UNSEEN = 0.01  # share of a bar thinner than its outline
_LEAST_TOLD = 1e-6  # Shares below are told as below it: 0.0001 %.


def channels(records: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    """Names of the losses that the records tell, in their order."""
    names = dict.fromkeys(name for record in records for name in record["log10_q"])
    return tuple(name for name in names if name != _TOTAL)


def mark_of(position: int) -> str:
    """The open mark of a loss, by its position among them."""
    return _MARKS[position % len(_MARKS)]


def loss_shares(log10_q: dict[str, float | None]) -> dict[str, float]:
    """Share of each channel in the total loss 1/Q, from decimal logarithms of any size."""
    present = {
        name: value for name, value in log10_q.items() if name != _TOTAL and value is not None
    }
    if not present:
        return {}
    low = min(present.values())
    rates = {name: 10.0 ** (low - value) for name, value in present.items()}
    total = sum(rates.values())
    return {name: rate / total for name, rate in rates.items()}


def _known(records: Sequence[Mapping[str, Any]], channel: str) -> tuple[list[float], list[float]]:
    """Columns of the picture and values of the modes that have this loss."""
    pairs = [(float(column), mode["log10_q"].get(channel)) for column, mode in enumerate(records)]
    present = [(column, float(value)) for column, value in pairs if value is not None]
    return [column for column, _ in present], [value for _, value in present]


@themed
def draw_loss_budget(modes: Result | Sequence[Result], *, theme: Theme = LIGHT) -> Figure:
    """Stacked bars of the shares of 1/Q, one bar a mode, and log10 Q of every channel below.

    Parameters
    ----------
    modes : ModeSet, its record, or a sequence of modes
        Drawn by family; the first 24.
    theme : Theme

    Raises
    ------
    InputError
        Without modes.
    """
    found = [mode for group in record_families(mode_records(modes)).values() for mode in group]
    records = found[:_MOST_MODES]
    if not records:
        raise InputError("loss budget: no modes to draw")
    fig = figure(min(max(ONE_COLUMN_IN, 1.0 + 0.26 * len(records)), TWO_COLUMNS_IN), 4.2)
    upper, lower = fig.subplots(2, 1, sharex=True)
    columns = np.arange(len(records))
    _draw_shares(upper, records)
    _draw_channels(lower, records, theme)
    upper.set_xlim(-0.6, len(records) - 0.4)
    left_out = (
        f"; the first {len(records)} of {len(found)} modes" if len(found) > len(records) else ""
    )
    upper.set_title(
        rf"on top of each bar: $\log_{{10}}Q$ of all losses{left_out}{_ruling(records)}", fontsize=7
    )
    lower.set_xticks(columns, [mode["label"] for mode in records])
    for words in lower.get_xticklabels():
        words.set(rotation=90, fontsize=7)
    for ax in (upper, lower):
        ax.tick_params(axis="x", which="both", length=0)
    fig.legend(*lower.get_legend_handles_labels(), loc="outside upper center", ncols=4)
    label_panel(upper, "a")
    label_panel(lower, "b")
    return fig


def _draw_shares(ax: Axes, records: Sequence[Mapping[str, Any]]) -> None:
    """Stacked bars, each channel with its hatch; the total above."""
    shares = [loss_shares(dict(mode["log10_q"])) for mode in records]
    columns, base = np.arange(len(records)), np.zeros(len(records))
    for position, channel in enumerate(channels(records)):
        heights = np.array([share.get(channel, 0.0) for share in shares])
        if any(channel in share for share in shares):
            ax.bar(
                columns,
                heights,
                bottom=base,
                width=0.66,
                fc=to_rgba(colour(position), 0.55),
                ec=colour(position),
                hatch=_HATCHES[position % len(_HATCHES)],
                lw=0.6,
                label=channel,
            )
        base += heights
    upright = len(records) > _MOST_LEVEL
    for x, total in zip(*_known(records, _TOTAL), strict=True):
        ax.text(
            x,
            1.03,
            f"{total:.2f}",
            ha="center",
            va="bottom",
            fontsize=7,
            rotation=90 if upright else 0,
        )
    ax.set_ylim(0.0, 1.32 if upright else 1.16)
    ax.set_yticks([0.0, 0.25, 0.5, 0.75, 1.0])
    ax.set_ylabel("share of the loss 1/Q")


def _draw_channels(ax: Axes, records: Sequence[Mapping[str, Any]], theme: Theme) -> None:
    """log10 Q of each channel as an open mark, and of all losses as a stroke through it."""
    known = {channel: _known(records, channel) for channel in (*channels(records), _TOTAL)}
    values = [value for _, column in known.values() for value in column]
    top = top_of(known[_TOTAL][1], values)
    for position, channel in enumerate(channels(records)):
        if known[channel][1]:
            ax.plot(
                *known[channel],
                mark_of(position),
                color=colour(position),
                mfc="none",
                ms=5,
                label=channel,
            )
    ax.plot(*known[_TOTAL], "_", color=theme.ink, ms=13, mew=1.2, label="total", zorder=1)
    set_quality_axis(ax, values, top)
    ax.set_title(
        words_beyond({name: known[name][1] for name in channels(records)}, top),
        loc="right",
        fontsize=7,
    )


def _ruling(records: Sequence[Mapping[str, Any]]) -> str:
    """The one loss beside which no other is seen in the bars, with what the others take at most."""
    shares = [loss_shares(dict(mode["log10_q"])) for mode in records]
    for channel in channels(records):
        others = max((1.0 - share.get(channel, 0.0) for share in shares if share), default=1.0)
        if len({name for share in shares for name in share}) > 1 and others < _UNSEEN:
            told = f"{100 * others:.1g}" if others >= _LEAST_TOLD else f"{100 * _LEAST_TOLD:g}"
            return f"\n{channel} rules; the other losses take at most {told} %"
    return ""
