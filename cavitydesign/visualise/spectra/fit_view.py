"""The fit of a measured spectrum: which peak is which mode, and how far each lies from its line."""

from __future__ import annotations

import math
from collections.abc import Sequence

from matplotlib.figure import Figure

from ...columns.cell_text import with_error
from ..labels import MINUS
from ..result_record import Result, record
from ..theme import LIGHT, ONE_COLUMN_IN, Theme, colour, figure, label_panel, mark, stroke, themed

_LEGEND_ROWS = 6  # Candidates that are named: more would push the picture off a column.
_MOST_LEVEL = 11  # orders of three digits beside each other in one column


@themed
def draw_fit(answer: Result, candidate: int = 0, *, theme: Theme = LIGHT) -> Figure:
    """Peaks by family with their orders, deviations below, the probabilities of the labellings
    beside.

    Parameters
    ----------
    answer : FitAnswer or its record
    candidate : int
        Which labelling.
    theme : Theme
    """
    content = record(answer)
    chosen = content["candidates"][candidate]
    fig = figure(ONE_COLUMN_IN, 4.6)
    shown = content["candidates"][:_LEGEND_ROWS]
    heights = (2.0, 1.2, 0.3 + 0.22 * len(shown))
    sticks, below, candidates = fig.subplots(3, 1, height_ratios=heights)
    errors = dict(zip(content["peaks_nm"], content.get("peaks_error_nm") or (), strict=False))
    families: dict[str, list[tuple[float, int, float]]] = {}
    for peak, label, deviation in zip(
        content["peaks_nm"], chosen["labels"], chosen["deviation_nm"], strict=True
    ):
        if label is None:
            sticks.plot([peak, peak], [0, 0.35], color=theme.muted, ls=":", lw=1.2)
            continue
        polarisation, m, rest = label.split(" ", 2)
        families.setdefault(f"{polarisation} m {rest}", []).append((peak, int(m), deviation))
    for index, (name, lines) in enumerate(sorted(families.items())):
        height = 1.0 - 0.16 * index
        for peak, m, _ in lines:
            sticks.plot([peak, peak], [0, height], color=colour(index), ls=stroke(index), lw=1.1)
            if len(lines) <= 25:
                sticks.annotate(
                    str(m),
                    (peak, height),
                    ha="center",
                    va="bottom",
                    fontsize=7,
                    color=colour(index),
                    rotation=90 if len(lines) > _MOST_LEVEL else 0,
                )
        x, _, y = zip(*lines, strict=True)
        open_or_full = colour(index) if index % 2 == 0 else "none"
        below.plot(x, y, mark(index), color=colour(index), mfc=open_or_full, label=name)
        if errors:
            below.errorbar(
                x,
                y,
                [errors[peak] for peak in x],
                fmt="none",
                ecolor=colour(index),
                elinewidth=0.9,
                capsize=2,
            )
    sticks.set(
        ylim=(0, 1.35),
        yticks=[],
        title=f"diameter {with_error(chosen['diameter_um'], chosen['diameter_error_um'])} µm",
    )
    sticks.tick_params(labelbottom=False)
    below.axhline(0.0, color=theme.ink, lw=0.8)
    below.set(
        xlabel="wavelength of the measured peak (nm)",
        ylabel=f"measured {MINUS}\nfitted (nm)",
        title=_scatter_words(chosen["deviation_nm"]),
    )
    sticks.set_xlim(below.get_xlim())
    sticks.set_ylabel("orders m of\nthe peaks")
    fig.legend(*below.get_legend_handles_labels(), ncols=3, loc="outside upper center")
    candidates.barh(range(len(shown)), [entry["probability"] for entry in shown], color=colour(0))
    candidates.set_yticks(range(len(shown)), [f"{entry['diameter_um']:.3f}" for entry in shown])
    candidates.set(
        xlim=(0, 1),
        ylim=(len(shown) - 0.5, -0.5),
        xlabel="probability of each labelling of the peaks",
        ylabel="diameter\n(µm)",
    )
    for letter, ax in zip("abc", (sticks, below, candidates), strict=True):
        label_panel(ax, letter)
    return fig


def _scatter_words(deviations: Sequence[float | None]) -> str:
    """What the labelled peaks lie from their lines, as the root of the mean square, in nm."""
    known = [one for one in deviations if one is not None]
    if not known:
        return ""
    rms = math.sqrt(sum(one * one for one in known) / len(known))
    return f"root mean square of {len(known)} peaks: {rms:.2g} nm"
