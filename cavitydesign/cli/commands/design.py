"""`cavitydesign design`: diameters and outlines that meet a goal, with margins, alternatives and
yield.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...columns.cell_text import error_text
from ..exit_codes import DONE, MISSED, say
from ..outline_note import tell_unlikely
from ..printing import new_table, number, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson
from .study import Scheduler, Workers, executor_of, worker_count

if TYPE_CHECKING:
    from ...optimisation.design_answer import DesignAnswer, Recommended
    from ...optimisation.over_draws import DrawnOutcomes
    from ...optimisation.tolerance import YieldAnswer

_FRONT_SHOWN = 10  # Lines of a Pareto front on a screen; the JSON has all.


def design(
    file: Annotated[Path, typer.Argument(metavar="GOAL.toml", help="The goal file.")],
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Picture: .png, .pdf or .svg.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Find the values of a design that meet a goal; may be killed at any time and run again."""
    from ...optimisation.goal_file import load_goal
    from ...optimisation.models.linear import linearised
    from ...optimisation.optimum import answered
    from ...optimisation.trials import Solver
    from ...workflow.study_point import design_schema, evaluate_point

    goal = load_goal(file, design_schema())
    tell_unlikely(goal.design, {k: (one.low, one.high) for k, one in goal.variables.items()})
    evaluate = functools.partial(evaluate_point, folder=goal.folder.resolve())
    linearise = functools.partial(linearised, folder=goal.folder.resolve())
    with ProgressLine() as progress:
        executor = executor_of(worker_count(workers), scheduler)
        answer = answered(Solver(goal, evaluate, executor, linearise, progress))
    content = answer.to_json_dict()
    if out is not None:
        from ...visualise.files import save_figure
        from ...visualise.studies.goal_view import draw_goal

        say(f"picture: {save_figure(draw_goal(content), out)}")
    if json:
        print_json(content)
    else:
        from ...columns.plain_words import design_in_words

        print_tables(design_in_words(content))
        _print(answer)
    for warning in answer.warnings:
        say(f"warning: {warning}")
    return MISSED if any("higher accuracy" in warning for warning in answer.warnings) else DONE


def _print(answer: DesignAnswer) -> None:
    goal = answer.goal
    names = goal.outcome_names
    # Two designs stand below where there are spreads: each table names the one that it is of.
    which = "recommended" if answer.robust is None else "the sharp optimum"
    best = new_table(f"{goal.objective.words}: {which}", ("variable", "value", "from", "to"))
    for key, value in answer.best.values.items():
        low, high = answer.margins[key]
        best.add_row(key, *(number(x, ".6g") for x in (value, low, high)))
    reached = new_table(
        f"What {'it' if answer.robust is None else which} reaches",
        ("outcome", "search", "higher accuracy"),
    )
    for name in names:
        reached.add_row(
            name, number(answer.best.outcomes[name], ".6g"), number(answer.checked[name], ".6g")
        )
    told: list[Any] = [
        best,
        "from, to: the goal within 5 % and all limits held, one variable at a time, by full solves",
        reached,
    ]
    told += [f"limited by {reason}" for reason in answer.limited_by]
    if answer.robust is not None and answer.robust_yield is not None:
        told.append(_listed("Recommended: bearing the spreads", [answer.robust], names))
        share, error = answer.robust_yield
        told.append(
            f"yield of the recommended design, by full solves: {share:.2f} +- {error_text(error)}"
        )
        told.append(_cost_of_yield(answer))
    if answer.alternatives:
        told.append(_listed("Next-best distinct designs", answer.alternatives, names))
    if len(answer.pareto) > 1 and goal.second is not None:
        step = max(1, -(-len(answer.pareto) // _FRONT_SHOWN))
        told.append(
            _listed(f"Pareto front with: {goal.second.words}", answer.pareto[::step], names)
        )
    if answer.yields is not None:
        of = "Yield" if answer.robust is None else f"Yield of {which}"
        told += _yield_tables(answer.yields, goal.objective.outcome, of)
    if answer.drawn is not None:
        told += _drawn_tables(answer, answer.drawn)
    also = f", {answer.moved} designs judged from moved modes" if answer.moved else ""
    print_tables(*told, f"{answer.solves} full solves in the search{also}")


def _drawn_tables(answer: DesignAnswer, drawn: DrawnOutcomes) -> list[Any]:
    """Intervals by the calibration, and the shares that meet the limits, told apart."""
    values = ", ".join(f"{key} = {value:.4g}" for key, value in drawn.values.items())
    table = new_table(
        f"Over {drawn.draws} draws of the calibration, made exactly: {values}",
        ("outcome", "median", "68 %", "90 %", "draws that have it"),
    )
    for name, found in drawn.outcomes.items():
        cells = ("-", "-", "-")
        if found is not None:
            low, lower, middle, upper, high = (number(x, ".4g") for x in found.values())
            cells = (middle, f"{lower} to {upper}", f"{low} to {high}")
        table.add_row(name, *cells, f"{drawn.known[name]:.0%}")
    if not answer.goal.limits:
        return [table]
    shares = new_table("Share that meets all limits", ("what is uncertain", "share", "+-"))
    fabrication = answer.robust_yield
    if fabrication is None and answer.yields is not None:
        fabrication = (answer.yields.by_solves, answer.yields.by_solves_error)
    both = (drawn.holds_with_spreads, drawn.holds_with_spreads_error)
    for words, found_share in (
        ("fabrication alone", fabrication),
        ("the calibration alone", (drawn.holds, drawn.holds_error)),
        ("both", None if both[0] is None else both),
    ):
        if found_share is not None:
            share, error = found_share
            shares.add_row(words, number(share, ".2f"), error_text(error, ".2f"))
    return [table, shares]


def _cost_of_yield(answer: DesignAnswer) -> Any:
    """The best design for each of some yields, by the models."""
    objective = answer.goal.objective
    mean = (
        f"mean {objective.outcome}"
        if objective.target is None
        else f"mean distance of {objective.outcome} from its target"
    )
    shown = new_table(
        "What a yield costs, by the models", (*answer.bearing[0].values, "yield", mean)
    )
    for point in answer.bearing:
        values = [number(value, ".6g") for value in point.values.values()]
        shown.add_row(
            *values,
            number(point.expected_yield, ".2f"),
            number(objective.value(point.expected_loss), ".4g"),
        )
    return shown


def _listed(title: str, entries: Sequence[Recommended], names: Sequence[str]) -> Any:
    shown = new_table(title, (*entries[0].values, *names))
    for entry in entries:
        cells = (*entry.values.values(), *(entry.outcomes[name] for name in names))
        shown.add_row(*(number(cell, ".6g") for cell in cells))
    return shown


def _yield_tables(found: YieldAnswer, outcome: str, title: str) -> list[Any]:
    shares = new_table(title, ("by", "samples", "share that meets all limits", "+-"))
    shares.add_row(
        "response",
        str(found.samples),
        number(found.by_response, ".4f"),
        error_text(found.by_response_error, ".4f"),
    )
    if found.by_derivatives is not None and found.by_derivatives_error is not None:
        shares.add_row(
            "derivatives",
            str(found.samples),
            number(found.by_derivatives, ".4f"),
            error_text(found.by_derivatives_error, ".4f"),
        )
    shares.add_row(
        "full solves",
        str(found.checks),
        number(found.by_solves, ".4f"),
        error_text(found.by_solves_error, ".4f"),
    )
    ranking = new_table(
        f"What scatters {outcome}",
        ("key", "sd", "at -1 sd", "at +1 sd", "share of variance", "with interactions"),
    )
    for row in found.sensitivities:
        cells = (row.sd, row.low, row.high, row.first, row.total)
        ranking.add_row(row.key, *(number(cell, ".4g") for cell in cells))
    low, middle, high = found.outcome_quantiles
    spread = f"{outcome}: 5 % below {low:.5g}, half below {middle:.5g}, 95 % below {high:.5g}"
    verdict = (
        "all agree within three errors" if found.agree else "they DISAGREE: believe the full solves"
    )
    return [shares, verdict, spread, ranking]
