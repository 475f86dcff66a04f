"""`cavitydesign fit`: diameter, index and mode labels from measured peaks."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ...columns.cell_text import error_text
from ...errors import InputError
from ..exit_codes import DONE, say
from ..outline_note import tell_design
from ..printing import new_table, number, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson, DesignFile
from .study import Workers, worker_count

if TYPE_CHECKING:
    from ...design import Design
    from ...spectrum_fit.fit_answer import FitAnswer
    from ...study.executors.executor import Evaluate

_SHOWN = 8  # Candidates on a screen; those further down are seldom probable, and the JSON has all.


def fit(
    design: DesignFile,
    spectrum: Annotated[
        Path | None, typer.Argument(metavar="SPECTRUM.csv", help="Peaks, or a sampled spectrum.")
    ] = None,
    spacing: Annotated[
        float | None,
        typer.Option(metavar="NM", help="A mode spacing, where no spectrum is at hand."),
    ] = None,
    diameter_sd: Annotated[
        float | None,
        typer.Option(
            metavar="UM", help="Prior of the diameter; default: the design's spread, or 2 %."
        ),
    ] = None,
    index_sd: Annotated[
        float | None,
        typer.Option(
            metavar="DN", help="Prior of the body's index; default: the design's spread, or 0.004."
        ),
    ] = None,
    offset_sd: Annotated[
        float, typer.Option(metavar="NM", help="Prior of the spectrometer's error.")
    ] = 0.1,
    noise: Annotated[
        float | None,
        typer.Option(
            metavar="NM",
            help=(
                "Error of a listed peak, default 0.02; of a sampled spectrum's axis, default a "
                "tenth of its step."
            ),
        ),
    ] = None,
    missed: Annotated[
        float, typer.Option(metavar="P", help="Probability that a line was not seen.")
    ] = 0.1,
    foreign: Annotated[
        float, typer.Option(metavar="N", help="Expected peaks of another origin.")
    ] = 1.0,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Figure: .png, .pdf or .svg.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Diameter, index and mode labels from measured peaks, with the runner-up labellings."""
    from ...design import load_design
    from ...spectrum_fit.of_design import GivenPriors, fit_design, peaks_of_cavity
    from ...spectrum_fit.spectra.spectrum_file import LISTED_NOISE_NM, load_peaks
    from ...study import ProcessExecutor
    from ...workflow.study_point import WORKER_MODULES, evaluate_point

    loaded = load_design(design)
    tell_design(loaded)
    if spacing is not None:
        evaluate = functools.partial(evaluate_point, folder=design.resolve().parent)
        return _spacing(
            loaded, spacing, LISTED_NOISE_NM if noise is None else noise, evaluate, json
        )
    if spectrum is None:
        raise InputError("fit: give SPECTRUM.csv, or --spacing")
    peaks = peaks_of_cavity(load_peaks(spectrum, noise), loaded)
    for note in peaks.notes:
        say(note)
    given = GivenPriors(diameter_sd, index_sd, offset_sd, missed, foreign)
    with ProgressLine() as progress:
        executor = ProcessExecutor(worker_count(workers), WORKER_MODULES)
        answer = fit_design(peaks, loaded, given, executor, progress)
    if out is not None:
        from ...visualise.files import save_figure
        from ...visualise.spectra.fit_view import draw_fit

        say(f"figure: {save_figure(draw_fit(answer.to_json_dict()), out)}")
    if json:
        print_json(answer.to_json_dict())
    else:
        from ...columns.plain_words import fit_in_words

        print_tables(fit_in_words(answer.to_json_dict()))
        _print(answer)
    return DONE


def _spacing(loaded: Design, spacing: float, noise: float, evaluate: Evaluate, json: bool) -> int:
    """What one spacing implies."""
    from ...spectrum_fit.spectra.spacing import implied_by_spacing

    answer = implied_by_spacing(loaded.raw, loaded.modes.wavelength_nm, spacing, noise, evaluate)
    if json:
        print_json(answer.to_json_dict())
        return DONE
    shown = new_table("Mode spacing", ("", "spacing nm", "diameter um", "group index"))
    at = (answer.diameter_um, answer.solved_group_index)
    shown.add_row("solved", *(number(x, ".5g") for x in (answer.solved_nm, *at)))
    shown.add_row(
        "measured, if the index is right",
        *_pair(answer.measured_nm, answer.implied_diameter_um),
        "as solved",
    )
    shown.add_row(
        "measured, if the diameter is right",
        number(spacing, ".5g"),
        "as given",
        number(answer.implied_group_index, ".5g"),
    )
    print_tables(
        shown,
        f"errors from {noise:g} nm: {answer.implied_diameter_error_um:.3g} um, "
        f"{answer.implied_group_index_error:.3g}",
    )
    return DONE


def _pair(*values: float) -> tuple[str, ...]:
    return tuple(number(value, ".5g") for value in values)


def _print(answer: FitAnswer) -> None:
    media = [key for key, _ in answer.prior.media]
    short = [key.removeprefix("cavity.").removesuffix(".material") for key in media]
    shown = new_table(
        "Labellings, none to be trusted: the model contradicts itself"
        if answer.contradictions
        else "Labellings",
        (
            "probability",
            "diameter um",
            "+-",
            "index offset",
            "+-",
            *(column for key in short for column in (f"{key} offset", "+-")),
            "offset nm",
            "r.m.s. nm",
            "combs",
            "foreign",
            "missed",
        ),
    )
    for candidate in answer.candidates[:_SHOWN]:
        shown.add_row(
            number(candidate.probability, ".3f"),
            number(candidate.diameter_um, ".4f"),
            error_text(candidate.diameter_error_um),
            number(candidate.index_offset, ".4f"),
            error_text(candidate.index_offset_error),
            *(
                told
                for value, error in (candidate.media_offsets[key] for key in media)
                for told in (number(value, ".4f"), error_text(error))
            ),
            number(candidate.offset_nm, ".3f"),
            number(candidate.rms_nm, ".3f"),
            "; ".join(candidate.combs),
            str(candidate.foreign),
            str(candidate.missed),
        )
    best = answer.candidates[0]
    named = new_table("Peaks of the first labelling", ("peak nm", "mode", "measured - fitted nm"))
    for wavelength, label, deviation in zip(
        answer.peaks.wavelength_nm, best.labels, best.deviation_nm, strict=True
    ):
        named.add_row(
            number(float(wavelength), ".3f"), label or "foreign", number(deviation, ".3f")
        )
    more = len(answer.candidates) - _SHOWN
    told = (
        ["wavelengths of the file are those of air; here they are those of vacuum"]
        if answer.peaks.measured_in == "air"
        else []
    )
    told += [f"{more} more labellings (--json lists all)"] if more > 0 else []
    if not answer.singled_out:
        told += ["the data do not single out one labelling", *_would_decide(answer)]
    value = f"{answer.diameter_um:.4f} +- {error_text(answer.diameter_error_um)} um"
    over_all = f"diameter over all labellings: {value}"
    if answer.contradictions:
        over_all = f"diameter if the model were right: {value}"
    print_tables(*_doubts(answer), shown, named, over_all, *told)


def _doubts(answer: FitAnswer) -> list[str]:
    """What else contradicts the model, and what could be free, a line each; before any number. The
    first sentence of the answer has told the first contradiction.
    """
    if not answer.contradictions:
        return []
    return [*answer.contradictions[1:], *answer.could_be_free]


def _would_decide(answer: FitAnswer) -> list[str]:
    """What to measure next, a line each."""
    advice, first = answer.advice, answer.candidates[0]
    if advice is None:
        return []
    lines = []
    if advice.polarised_peak is not None and advice.probability_by_polarisation is not None:
        peak, label = (
            answer.peaks.wavelength_nm[advice.polarised_peak],
            first.labels[advice.polarised_peak],
        )
        assert label is not None
        lines.append(
            f"measure the polarisation of the line at {peak:.3f} nm: if it is {label[:2]}, "
            f"the first labelling has {advice.probability_by_polarisation:.3f}"
        )
    if advice.optical_diameter_sd is not None:
        known = 100 * advice.optical_diameter_sd
        lines.append(
            f"or know the product of diameter and index to {known:.2g} %: --diameter-sd with "
            "--index-sd"
        )
    return lines or ["a wider spectrum, or one with more families, would tell more"]
