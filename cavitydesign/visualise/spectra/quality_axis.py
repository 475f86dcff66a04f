"""Quality factors on one axis: decades as powers of ten, and what plays no part named at its edge.

The radiative Q of a large cavity may be 1e190 beside a total of 1e7. On a common axis such a
channel would flatten all others, and a logarithm of a logarithm is read by nobody.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

# decades above the total: a channel there takes less than 1e-6 of the loss
BEYOND_DECADES = 6.0
_MARGIN_DECADES = 0.6  # room for a mark and the words at the edge
_LEAST_DECADES = 3.0  # Three whole powers of ten make an axis.


def decades(value: float, _: object = None) -> str:
    """A decimal logarithm as a power of ten."""
    return rf"$10^{{{value:g}}}$"


def top_of(totals: Iterable[float], values: Iterable[float]) -> float:
    """The largest log10 Q that is shown: a channel beyond plays no part in any of the totals.

    Parameters
    ----------
    totals, values : iterables of float
        log10 Q of all losses together, and of each channel; without totals the smallest value
        stands for them.
    """
    shown = list(values)
    reference = max(totals, default=min(shown, default=0.0))
    limit = reference + BEYOND_DECADES
    return max((value for value in shown if value <= limit), default=reference)


def words_beyond(channels: Mapping[str, Sequence[float]], top: float) -> str:
    """Which channels lie above the axis, and where: "above: radiation, 10^19 to 10^131"."""
    told = []
    for name, values in channels.items():
        beyond = [math.floor(value) for value in values if value > top]
        if beyond:
            low, high = decades(min(beyond)), decades(max(beyond))
            told.append(f"{name}, {low}" + (f" to {high}" if high != low else ""))
    return f"above: {'; '.join(told)}" if told else ""


def set_quality_axis(ax: Axes, values: Iterable[float], top: float) -> None:
    """Limits, ticks and name of an upright axis that holds log10 Q."""
    seen = [value for value in values if value <= top]
    low, high = min(seen, default=0.0) - _MARGIN_DECADES, top + _MARGIN_DECADES
    # Fewer than three decades would be ticked at fractions of one.
    wider = max(0.0, _LEAST_DECADES - (high - low)) / 2
    ax.set_ylim(low - wider, high + wider)
    ax.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    ax.yaxis.set_major_formatter(FuncFormatter(decades))
    ax.set_ylabel("quality factor Q")
