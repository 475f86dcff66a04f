"""`cavitydesign calibrate`: constants of a medium from a laboratory's own cavities."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..exit_codes import DONE, MISSED, note_kept, say
from ..printing import json_text, new_table, number, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson
from .study import Scheduler, Workers, executor_of, worker_count

if TYPE_CHECKING:
    from rich.table import Table

    from ...calibrate.answer import CalibrationAnswer
    from ...calibrate.posterior.next_measurement import Advice


def calibrate(
    file: Annotated[Path, typer.Argument(metavar="CALIBRATION.toml", help="The calibration file.")],
    workers: Workers = None,
    scheduler: Scheduler = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Folder of the results; by default NAME-calibration beside FILE."
        ),
    ] = None,
    json: AsJson = False,
) -> int:
    """Constants of a medium with their intervals, from measured cavities; may be killed at any
    time and run again.
    """
    from ...calibrate.calibration_file import load_calibration
    from ...calibrate.calibration_run import calibrate as calibrated
    from ...calibrate.pulses import WORKER_MODULES
    from ...workflow.study_point import design_schema

    asked = load_calibration(file, design_schema())
    folder = out or file.parent / f"{file.stem}-calibration"
    with ProgressLine() as progress:
        executor = executor_of(worker_count(workers), scheduler, WORKER_MODULES)

        def told(line: str) -> None:
            note_kept()
            say(line)

        answer = calibrated(asked, executor, progress, told)
    content = answer.to_json_dict()
    _write(folder, content)
    if json:
        print_json(content)
    else:
        _print(answer)
    for warning in answer.warnings:
        say(f"warning: {warning}")
    say(f"results: {folder}")
    return DONE if answer.reliable and not answer.contradictions else MISSED


def _write(folder: Path, content: dict[str, Any]) -> None:
    """The answer, its draws as a file that designs read, and its pictures."""
    from ...calibrate.samples import samples_csv
    from ...study.records.disk import write_whole
    from ...visualise.files import save_figure
    from ...visualise.lasers.calibrated_spectra import draw_calibrated_spectra
    from ...visualise.lasers.calibration import draw_calibrated_curves, draw_corner

    folder.mkdir(parents=True, exist_ok=True)
    write_whole(folder / "answer.json", json_text(content).encode())
    write_whole(folder / "samples.csv", samples_csv(content).encode())
    if any(each["measured"] is not None for each in content["cavities"]):
        save_figure(draw_calibrated_curves(content), folder / "curves.png")
    if any(each["spectra"] for each in content["cavities"]):
        save_figure(draw_calibrated_spectra(content), folder / "spectra.png")
    save_figure(draw_corner(content), folder / "constants.png")


def _print(answer: CalibrationAnswer) -> None:
    from ...columns.plain_words import calibration_in_words

    constants = new_table(
        "Constants",
        ("constant", "median", "68 %", "90 %", "prior", "width of the prior kept", "decided by"),
    )
    for each in answer.constants:
        low, lower, middle, upper, high = (number(value) for value in each.quantiles)
        constants.add_row(
            each.name,
            middle,
            f"{lower} to {upper}",
            f"{low} to {high}",
            each.prior,
            f"{each.learnt:.0%}",
            each.decided_by,
        )
    cavities = new_table(
        "Cavities",
        ("cavity", "threshold mJ/cm2", "68 %", "90 %", "lases with probability", "scatter"),
    )
    for curve in answer.curves:
        low, lower, middle, upper, high = (number(value) for value in curve.threshold_mj_cm2)
        scatter = "-" if curve.scatter is None else f"{curve.scatter:.1%}"
        cavities.add_row(
            curve.name,
            middle,
            f"{lower} to {upper}",
            f"{low} to {high}",
            f"{curve.lases:.2f}",
            scatter,
        )
    confirmed = (
        f"exact solves confirm it: effective size {answer.effective_size:.0f} of "
        f"{len(answer.draws)} draws, Pareto k {answer.shape:.2f}, after {answer.solves} solves and "
        f"{answer.rounds} round(s), {answer.seconds:.0f} s"
    )
    print_tables(calibration_in_words(answer.to_json_dict()), constants, cavities)
    if any(curve.figures for curve in answer.curves):
        print_tables(_figures(answer))
    if any(curve.spectra for curve in answer.curves):
        print_tables(_spectra(answer))
    if answer.measurements:
        print_tables(_measurements(answer))
    if answer.reliable:
        print_tables(confirmed)
    if answer.advice is not None:
        _print_advice(answer.advice)


def _figures(answer: CalibrationAnswer) -> Table:
    """Measured figures beside what the answer predicts of them."""
    table = new_table("Figures", ("cavity", "figure", "measured", "predicted", "68 %", "90 %"))
    for curve in answer.curves:
        for each in curve.figures:
            low, lower, middle, upper, high = (number(value) for value in each.predicted)
            measured = f"{number(each.measured)} +- {number(each.sd)}"
            ends = (f"{lower} to {upper}", f"{low} to {high}")
            table.add_row(curve.name, each.name, measured, middle, *ends)
    return table


def _spectra(answer: CalibrationAnswer) -> Table:
    """How the lines of laser spectra agree with the answer."""
    table = new_table(
        "Laser spectra", ("spectrum", "lines", "not seen", "scatter", "stated", "residual, rms")
    )
    for each in (one for curve in answer.curves for one in curve.spectra):
        table.add_row(
            each.name,
            str(len(each.residual)),
            str(len(each.unseen)),
            f"{each.scatter:.1%}",
            f"{each.stated_noise:.1%}",
            f"{float((each.residual**2).mean()) ** 0.5:.1%}",
        )
    return table


def _measurements(answer: CalibrationAnswer) -> Table:
    """How measurements of the medium agree with the answer."""
    table = new_table(
        "Measurements of the medium", ("name", "points", "scatter", "stated", "smooth residual")
    )
    for each in answer.measurements:
        table.add_row(
            each.name,
            str(len(each.residual)),
            f"{each.scatter:.2%}",
            f"{each.stated_noise:.2%}",
            f"{each.smooth:.2%}",
        )
    return table


def _print_advice(advice: Advice) -> None:
    if not advice.candidates:
        print_tables(
            f"{advice.asked} lases in too few draws to say what would narrow its threshold"
        )
        return
    names = list(advice.constants_now)
    told = [name.rsplit(".", 1)[-1] if name.count(".") == 1 else name for name in names]
    table = new_table(
        f"What to measure next for the threshold of {advice.asked}, known to {advice.sd_now:.1%} "
        f"(lases with probability {advice.lases:.2f})",
        ("measurement", "would leave", "of today's", *(f"of {name}" for name in told)),
    )
    for each in (*advice.candidates, *advice.together):
        left = (f"{each.constants_left[name]:.0%}" for name in names)
        table.add_row(each.name, f"{each.sd_after:.1%}", f"{each.share_left:.0%}", *left)
    print_tables(table)
