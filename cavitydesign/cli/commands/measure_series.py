"""`cavitydesign measure series`: the lines of a power series followed over fluence."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...columns.cell_text import plain_with_error
from ...texts import counted
from ..exit_codes import DONE, named, say
from ..printing import new_table, number, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson
from .study import Workers, worker_count

if TYPE_CHECKING:
    from ...spectrum_fit.spectra.series import MeasuredSeries


def series(
    source: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER_OR_FILE",
            help=(
                "Folder of spectra, wide CSV whose columns are fluences, or CSV of file names "
                "with their fluences."
            ),
        ),
    ],
    design: Annotated[
        Path | None,
        typer.Option(metavar="DESIGN.toml", help="Label the lines by the design's solved comb."),
    ] = None,
    workers: Workers = None,
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Waterfall: .png, .pdf or .svg.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Spectra at many fluences: the light curve, width and shift of each line and of the whole."""
    from ...spectrum_fit.spectra.series import measured_series
    from ...spectrum_fit.spectra.series_file import load_series

    loaded = load_series(source)
    with named(source):
        measured = measured_series(loaded)
    told: list[str] = []
    if design is not None:
        measured, told = _labelled(measured, design, worker_count(workers))
    content = measured.to_json_dict()
    if out is not None:
        from ...visualise.files import save_figure
        from ...visualise.spectra.series_view import draw_series

        spectra = [(shot.fluence_mj_cm2, shot.wavelength_nm, shot.light) for shot in loaded.shots]
        say(f"picture: {save_figure(draw_series(content, spectra), out)}")
    if json:
        print_json(content)
    else:
        _print(content)
    for line in (*measured.notes, *told):
        say(line)
    for warning in measured.warnings:
        say(f"warning: {warning}")
    return DONE


def _labelled(
    measured: MeasuredSeries, design: Path, workers: int
) -> tuple[MeasuredSeries, list[str]]:
    """The lines with the labels of the likeliest labelling, and how likely it is."""
    import numpy as np

    from ...design import load_design
    from ...errors import InputError, SolverError
    from ...spectrum_fit.of_design import GivenPriors, fit_design, peaks_of_cavity
    from ...spectrum_fit.spectra.spectrum import Peaks
    from ...study import ProcessExecutor
    from ...workflow.study_point import WORKER_MODULES

    loaded = load_design(design)
    usual_nm = np.array([track.usual_nm for track in measured.tracks])
    error = np.array([max(float(np.nanmedian(track.error_nm)), 1e-4) for track in measured.tracks])
    try:
        peaks = peaks_of_cavity(Peaks(usual_nm, error, (None,) * len(usual_nm)), loaded)
        with ProgressLine() as progress:
            executor = ProcessExecutor(workers, WORKER_MODULES)
            answer = fit_design(peaks, loaded, GivenPriors(), executor, progress)
    except (InputError, SolverError) as problem:
        return measured, [f"no labels: {problem}"]
    best = answer.candidates[0]
    names = dict(zip(map(float, peaks.wavelength_nm), best.labels, strict=True))
    tracks = tuple(replace(track, label=names.get(track.usual_nm)) for track in measured.tracks)
    told = [
        f"labels with probability {best.probability:.3f}, diameter {best.diameter_um:.4f} +- "
        f"{best.diameter_error_um:.2g} um"
    ]
    if answer.contradictions:
        told = ["the labels are not to be trusted:", *answer.contradictions]
    return replace(measured, tracks=tracks), told


def _print(content: dict[str, Any]) -> None:
    fluence = content["fluence_mj_cm2"]
    lines = new_table(
        "Lines",
        (
            "line nm",
            "mode",
            "seen from mJ/cm2",
            "breaks mJ/cm2",
            "slopes",
            "fwhm nm, first to last",
            "shift nm",
        ),
    )
    for each in content["lines"]:
        seen = [value for value in each["wavelength_nm"] if value is not None]
        widths = [value for value in each["fwhm_nm"] if value is not None]
        lines.add_row(
            number(sorted(seen)[len(seen) // 2], ".3f"),
            each["label"] or "-",
            number(each["appears_at_mj_cm2"], ".3g"),
            *_told(each["breaks"]),
            f"{number(widths[0], '.3f')} to {number(widths[-1], '.3f')}",
            number(each["shift_nm"], ".3f"),
        )
    whole = new_table(
        "All light",
        ("fluence mJ/cm2", "light", "lines within 10 dB", "centre nm", "width nm"),
    )
    for index, value in enumerate(fluence):
        whole.add_row(
            number(value, ".4g"),
            number(content["light"][index], ".4g"),
            str(content["modes"][index]),
            number(content["centre_nm"][index], ".3f"),
            number(content["width_nm"][index], ".3f"),
        )
    breaks, slopes = _told(content["breaks"])
    print_tables(_in_words(content), lines, whole, f"all light: breaks {breaks}; slopes {slopes}")


def _in_words(content: dict[str, Any]) -> str:
    count, fluence = len(content["lines"]), content["fluence_mj_cm2"]
    most = max(content["modes"])
    head = (
        f"{counted(count, 'line')} {'is' if count == 1 else 'are'} followed over {len(fluence)} "
        f"fluences from {fluence[0]:.3g} to "
        f"{fluence[-1]:.3g} mJ/cm2; at most {most} lie within 10 dB of the strongest"
    )
    found = content["breaks"]
    if found is None or not found["breaks_mj_cm2"]:
        return f"{head}; all light together shows no break."
    last = found["breaks_mj_cm2"][-1]
    error = found["breaks_error_mj_cm2"][-1]
    return f"{head}; all light together bends last at {plain_with_error(last, error)} mJ/cm2."


def _told(found: dict[str, Any] | None) -> tuple[str, str]:
    """Breaks and slopes in two cells."""
    if found is None:
        return "too few points", "-"
    pairs = zip(found["breaks_mj_cm2"], found["breaks_error_mj_cm2"], strict=True)
    breaks = ", ".join(
        plain_with_error(value, error) for value, error in pairs if math.isfinite(value)
    )
    return breaks or "none", ", ".join(f"{value:.2f}" for value in found["slopes"])
