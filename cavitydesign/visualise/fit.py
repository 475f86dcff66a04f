"""The fit of a measured spectrum: which peak is which mode, and how far each lies from its line."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from matplotlib.figure import Figure

from .labels import MINUS, with_error
from .theme import LIGHT, Theme, colour, figure, themed

_LEGEND_ROWS = 6


@themed
def draw_fit(answer: Mapping[str, Any], candidate: int = 0, *, theme: Theme = LIGHT) -> Figure:
    """Peaks by family with their orders, deviations below, the probabilities of the labellings
    beside.

    Parameters
    ----------
    answer : mapping
        JSON object of ``fit``.
    candidate : int
        Which labelling.
    theme : Theme
    """
    chosen = answer["candidates"][candidate]
    fig = figure(7.2, 3.8)
    grid = fig.add_gridspec(2, 2, width_ratios=(4, 1), height_ratios=(2, 1))
    sticks, below, beside = (
        fig.add_subplot(grid[0, 0]),
        fig.add_subplot(grid[1, 0]),
        fig.add_subplot(grid[:, 1]),
    )
    errors = dict(zip(answer["peaks_nm"], answer.get("peaks_error_nm") or (), strict=False))
    families: dict[str, list[tuple[float, int, float]]] = {}
    for peak, label, deviation in zip(
        answer["peaks_nm"], chosen["labels"], chosen["deviation_nm"], strict=True
    ):
        if label is None:
            sticks.plot([peak, peak], [0, 0.35], color=theme.muted, ls=":", lw=1.2)
            continue
        polarisation, m, rest = label.split(" ", 2)
        families.setdefault(f"{polarisation} m {rest}", []).append((peak, int(m), deviation))
    for place, (name, lines) in enumerate(sorted(families.items())):
        height = 1.0 - 0.16 * place
        for peak, m, _ in lines:
            sticks.plot([peak, peak], [0, height], color=colour(place), lw=1.1)
            if len(lines) <= 25:
                sticks.annotate(
                    str(m),
                    (peak, height),
                    ha="center",
                    va="bottom",
                    fontsize=7,
                    color=colour(place),
                )
        x, _, y = zip(*lines, strict=True)
        below.plot(x, y, "o", color=colour(place), label=name)
        if errors:
            below.errorbar(
                x,
                y,
                [errors[peak] for peak in x],
                fmt="none",
                ecolor=colour(place),
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
    below.set(xlabel="wavelength (nm)", ylabel=f"measured {MINUS}\nfitted (nm)")
    sticks.set_xlim(below.get_xlim())
    sticks.legend(*below.get_legend_handles_labels(), ncols=3, loc="upper right")
    shown = answer["candidates"][:_LEGEND_ROWS]
    beside.barh(range(len(shown)), [entry["probability"] for entry in shown], color=colour(0))
    beside.set_yticks(range(len(shown)), [f"{entry['diameter_um']:.3f}" for entry in shown])
    beside.set(
        xlim=(0, 1),
        ylim=(_LEGEND_ROWS - 0.5, -0.5),
        xlabel="probability",
        title="labellings by\ndiameter (µm)",
    )
    return fig
