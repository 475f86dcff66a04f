"""The loss budget: how much each channel takes of the total loss 1/Q, and how large each Q is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure

from ..errors import InputError
from .record import Result, families, mode_records
from .theme import LIGHT, Theme, colour, figure, label_panel, themed

CHANNELS = ("radiation", "absorption", "scattering")
_MOST_MODES = 24


def loss_shares(log10_q: dict[str, float | None]) -> dict[str, float]:
    """Share of each channel in the total loss 1/Q, from decimal logarithms of any size."""
    present = {
        name: value for name, value in log10_q.items() if name in CHANNELS and value is not None
    }
    if not present:
        return {}
    low = min(present.values())
    rates = {name: 10.0 ** (low - value) for name, value in present.items()}
    total = sum(rates.values())
    return {name: rate / total for name, rate in rates.items()}


def _known(records: Sequence[Mapping[str, Any]], channel: str) -> tuple[list[float], list[float]]:
    """Places and values of the modes that have this loss."""
    pairs = [(float(place), mode["log10_q"].get(channel)) for place, mode in enumerate(records)]
    present = [(place, float(value)) for place, value in pairs if value is not None]
    return [place for place, _ in present], [value for _, value in present]


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
    found = [mode for group in families(mode_records(modes)).values() for mode in group]
    records = found[:_MOST_MODES]
    if not records:
        raise InputError("loss budget: no modes to draw")
    fig = figure(max(4.0, 1.9 + 0.42 * len(records)), 4.6)
    upper, lower = fig.subplots(2, 1, sharex=True)
    place = np.arange(len(records))
    shares = [loss_shares(dict(mode["log10_q"])) for mode in records]
    base = np.zeros(len(records))
    for position, channel in enumerate(CHANNELS):
        heights = np.array([share.get(channel, 0.0) for share in shares])
        if any(channel in share for share in shares):
            upper.bar(
                place, heights, bottom=base, width=0.66, color=colour(position), label=channel
            )
            lower.plot(
                *_known(records, channel), "^sD"[position], color=colour(position), label=channel
            )
        base += heights
    totals = _known(records, "total")
    for x, total in zip(*totals, strict=True):
        upper.text(x, 1.02, f"{total:.2f}", ha="center", va="bottom", fontsize=7)
    lower.plot(*totals, "_", color=theme.ink, ms=14, mew=1.6, label="total")
    upper.set_ylim(0.0, 1.14)
    upper.set_xlim(-0.6, len(records) - 0.4)
    upper.set_ylabel("share of the loss 1/Q")
    left_out = (
        f"; the first {len(records)} of {len(found)} modes" if len(found) > len(records) else ""
    )
    upper.set_title(rf"on top of each bar: $\log_{{10}}Q$ of all losses{left_out}", fontsize=7.5)
    lower.set_ylabel(r"$\log_{10}Q$")
    lower.set_xticks(place, [mode["label"] for mode in records])
    for words in lower.get_xticklabels():
        words.set(rotation=60, ha="right", rotation_mode="anchor", fontsize=7)
    for ax in (upper, lower):
        ax.tick_params(axis="x", which="both", length=0)
    lower.legend(loc="upper left", bbox_to_anchor=(1.01, 1.0))
    label_panel(upper, "a")
    label_panel(lower, "b")
    return fig
