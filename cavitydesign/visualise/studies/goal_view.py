"""The answer to a design goal in one picture: the search, the Pareto front, and what the spreads
do.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure

from ..labels import MINUS, axis_label
from ..result_record import Result, record
from ..theme import LIGHT, ONE_COLUMN_IN, TWO_COLUMNS_IN, Theme, colour, figure, themed

_HALF = 0.15  # Height of half a bar; two bars a row leave two fifths free.
_LEGEND_ROW_PT = 11.0  # points: letters of 7 with their spacing


@themed
def draw_goal(answer: Result, *, theme: Theme = LIGHT) -> Figure:
    """All trials along the first variable, the front of the two goals, and the tornado of the
    spreads.

    Parameters
    ----------
    answer : DesignAnswer or its record
    theme : Theme
    """
    content = record(answer)
    panels = 1 + (len(content["pareto"]) > 1) + (content["yield"] is not None)
    fig = figure(ONE_COLUMN_IN if panels == 1 else TWO_COLUMNS_IN, 3.0)
    axes = list(fig.subplots(1, panels, squeeze=False, gridspec_kw={"wspace": 0.06})[0])
    _draw_trials(axes.pop(0), content, theme)
    if len(content["pareto"]) > 1:
        _draw_front(axes.pop(0), content, theme)
    if content["yield"] is not None:
        _draw_spreads(axes.pop(0), content["yield"], _outcome_of(content["goal"]), theme)
    return fig


def _outcome_of(words: str) -> str:
    """Name of the outcome in "maximise q_total" or "fsr_nm near 4.2"."""
    first, second = words.split(" ")[:2]
    return first if second == "near" else second


def _trials(
    answer: Mapping[str, Any], theme: Theme
) -> list[tuple[list[Mapping[str, Any]], dict[str, Any]]]:
    """The full solves that meet all limits, and those that do not, each with how it is drawn."""
    circles = {
        "marker": "o",
        "mfc": "none",
        "mec": theme.muted,
        "ms": 3.5,
        "ls": "",
        "label": "full solves",
    }
    crosses = {"marker": "x", "color": theme.muted, "ms": 3.5, "ls": "", "label": "beyond a limit"}
    met = [entry for entry in answer["trials"] if _meets(entry["outcomes"], answer)]
    return [(met, circles), ([entry for entry in answer["trials"] if entry not in met], crosses)][
        : 1 + bool(answer.get("limits"))
    ]


def _meets(outcomes: Mapping[str, Any], answer: Mapping[str, Any]) -> bool:
    for limit in answer.get("limits", ()):
        value = outcomes.get(limit["outcome"])
        too_high = limit["below"] is not None and value is not None and value > limit["below"]
        if value is None or too_high or (limit["above"] is not None and value < limit["above"]):
            return False
    return True


def _points(
    entries: list[Mapping[str, Any]], key: str, outcome: str
) -> tuple[list[float], list[float]]:
    pairs = [
        (e["values"][key], e["outcomes"][outcome])
        for e in entries
        if e["outcomes"].get(outcome) is not None
    ]
    return [x for x, _ in pairs], [y for _, y in pairs]


def _draw_trials(ax: Axes, answer: Mapping[str, Any], theme: Theme) -> None:
    key, outcome = next(iter(answer["recommended"]["values"])), _outcome_of(answer["goal"])
    for trials, style in _trials(answer, theme):
        ax.plot(*_points(trials, key, outcome), **style)
    if answer.get("target") is not None:
        ax.axhline(answer["target"], color=theme.ink, lw=0.8, ls="--", zorder=0, label="target")
    ax.plot(
        *_points(answer["alternatives"], key, outcome),
        "s",
        color=colour(2),
        ms=3.5,
        label="next best",
    )
    ax.plot(
        *_points([answer["recommended"]], key, outcome),
        "o",
        **_ring(),
        label="recommended",
    )
    if answer.get("robust") is not None:
        ax.plot(
            *_points([answer["robust"]], key, outcome),
            "D",
            color=colour(3),
            ms=6,
            label=_bearing(answer),
        )
    low, high = answer["margins"][key]
    ax.axvspan(low, high, color=colour(1), alpha=0.15, lw=0, label="within 5 % of it")
    ax.set(xlabel=axis_label(key), ylabel=axis_label(outcome), title=_goal_words(answer["goal"]))
    _legend_above(ax)


def _ring() -> dict[str, Any]:
    """A ring about the recommended design, which hides none of its neighbours."""
    return {"mfc": "none", "mec": colour(1), "ms": 11, "mew": 1.6, "zorder": 5}


def _legend_above(ax: Axes) -> None:
    """Names above the axes and below their title, where they cover no point."""
    handles, names = ax.get_legend_handles_labels()
    rows = -(-len(names) // 2)
    ax.legend(
        handles, names, loc="lower left", bbox_to_anchor=(-0.02, 1.0), ncols=2, borderaxespad=0.1
    )
    ax.set_title(ax.get_title(loc="left"), pad=6 + _LEGEND_ROW_PT * rows)


def _goal_words(goal: str) -> str:
    """The goal with its outcome named as on the axes: "FSR (nm) near 4.2"."""
    outcome = _outcome_of(goal)
    return goal.replace(outcome, axis_label(outcome))


def _spread_words(row: Mapping[str, Any]) -> str:
    """A key with its standard deviation: "diameter\\n± 0.2 µm"."""
    words, _, unit = axis_label(row["key"]).partition(" (")
    return f"{words}\n± {row['sd']:g} {unit.rstrip(')')}".rstrip()


def _bearing(answer: Mapping[str, Any]) -> str:
    share, error = answer["robust_yield"]
    return f"bears the spreads, yield {share:.2f} ± {error:.2f}"


def _draw_front(ax: Axes, answer: Mapping[str, Any], theme: Theme) -> None:
    first, second = _outcome_of(answer["goal"]), _outcome_of(answer["second"])
    # Between two designs only the better in the first goal is known to be had.
    steps = {"maximise": "steps-pre", "minimise": "steps-post"}.get(
        answer["goal"].split(" ")[0], "default"
    )
    for entries, style in (
        *_trials(answer, theme),
        (
            answer["pareto"],
            {
                "marker": "o",
                "color": colour(0),
                "ls": "-",
                "drawstyle": steps,
                "label": "Pareto front",
            },
        ),
        (
            [answer["recommended"]],
            {**_ring(), "marker": "o", "ls": "", "label": "recommended"},
        ),
        (
            [answer["robust"]] if answer.get("robust") else [],
            {"marker": "D", "color": colour(3), "ms": 6, "ls": ""},
        ),
    ):
        pairs = [(e["outcomes"].get(first), e["outcomes"].get(second)) for e in entries]
        known = sorted((x, y) for x, y in pairs if x is not None and y is not None)
        ax.plot([x for x, _ in known], [y for _, y in known], **style)
    bounds = [
        (limit["outcome"], limit[side])
        for limit in answer.get("limits", ())
        for side in ("below", "above")
    ]
    for outcome, bound in bounds:
        if bound is not None and outcome in (first, second):
            line = ax.axvline if outcome == first else ax.axhline
            line(bound, color=theme.ink, lw=0.8, ls="--", zorder=0, label="limit")
    ax.set(
        xlabel=axis_label(first),
        ylabel=axis_label(second),
        title="Pareto front: none is better in both",
    )
    _legend_above(ax)


def _draw_spreads(ax: Axes, found: Mapping[str, Any], outcome: str, theme: Theme) -> None:
    rows = list(reversed(found["sensitivities"]))
    base = found["nominal"]
    for index, row in enumerate(rows):
        # One above the other: at an optimum both may lie on one side.
        for end, word, tone, step in (
            ("high", "+1 sd", 1, _HALF),
            ("low", f"{MINUS}1 sd", 0, -_HALF),
        ):
            label = word if index == 0 else None
            ax.barh(
                index + step,
                row[end] - base,
                left=base,
                height=2 * _HALF,
                fc=to_rgba(colour(tone), 0.55),
                ec=colour(tone),
                hatch="////" if tone else "",
                label=label,
            )
    ax.axvline(base, color=theme.ink, lw=1.0)
    low, high = found["outcome_quantiles"][0], found["outcome_quantiles"][2]
    ax.axvspan(low, high, color=theme.grid, alpha=0.5, lw=0, zorder=0)
    ax.set_yticks(np.arange(len(rows)), [_spread_words(row) for row in rows])
    fast = found["by_response"] if found.get("by_derivatives") is None else found["by_derivatives"]
    share = (
        f"yield {fast:.3f}, by full\nsolves {found['by_solves']:.3f} ± "
        f"{found['by_solves_error']:.3f}"
    )
    ax.set(xlabel=f"{axis_label(outcome)}, 5 to 95 % shaded", title=share)
    ax.set_ylim(-0.5, len(rows) - 0.5)
    _legend_above(ax)
