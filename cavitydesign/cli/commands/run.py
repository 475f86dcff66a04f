"""`cavitydesign run`: the whole chain; results.json, figures and report.html into a folder, tables
on the screen.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import CavityDesignError, InputError
from ..exit_codes import named, note_kept, say
from ..outline_note import tell_design
from ..printing import json_text, print_json, print_tables
from ..progress_line import ProgressLine
from .modes import AsJson, DesignFile, accuracy_code

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from ...design import Design
    from ...lasing.outcomes.spreads import Prediction
    from ...modes import Mode, ModeSet

OutFolder = Annotated[
    Path,
    typer.Option("--out", metavar="DIR", help="Folder for results.json, figures and report.html."),
]
AsPdf = Annotated[bool, typer.Option("--pdf", help="Write report.pdf too.")]
AsVtk = Annotated[
    bool, typer.Option("--vtk", help="Write the field of the strongest mode for ParaView too.")
]
_LIBRARIES = ("numpy", "scipy", "scikit-fem", "pydantic", "matplotlib")


def run(
    design: DesignFile,
    out: OutFolder = Path("out"),
    pdf: AsPdf = False,
    vtk: AsVtk = False,
    json: AsJson = False,
) -> int:
    """The whole chain: modes, losses, gain, lasing; writes results, figures and a report into DIR.

    A design without [gain] ends at modes and losses. What is computed is written, whatever fails
    after it.
    """
    from ...design import load_design
    from ...design.spec import NO_MEDIUM

    loaded = load_design(design)
    tell_design(loaded)
    _prepare(out)
    from ...study.records.disk import write_whole
    from ...workflow.steps import find_modes, predict_lasing

    start = time.perf_counter()
    with ProgressLine() as progress, named(design):
        found = find_modes(loaded, progress)
        solved = time.perf_counter()
        lasing, problem = _predicted(lambda: predict_lasing(found, loaded, progress), loaded)
        predicted = time.perf_counter()
        seconds = {
            "modes": solved - start,
            "lasing": predicted - solved,
            "total": predicted - start,
        }
        results = _results(loaded, found, lasing, seconds)
        if lasing is None:
            results["lasing_note"] = NO_MEDIUM if problem is None else str(problem)
        write_whole(out / "results.json", json_text(results).encode())
        note_kept()
        progress("drawing", 0.8)
        figures = _figures(loaded, found, lasing)
        written = _written(figures, out)
        progress("writing the report", 0.9)
        written.append(_report(out, results, figures))
        if pdf:
            from ...report.pdf import write_report_pdf

            written.append(write_report_pdf(out / "report.pdf", results, figures))
        if vtk and found.modes:
            from ...visualise.three_d.vtk_file import save_vtk

            written.append(save_vtk(_strongest(found, lasing), out / "field.vtu"))
    if json:
        print_json(results)
    else:
        from ...columns.plain_words import lasing_in_words, modes_in_words
        from ..lasing_table import print_lasing
        from ..mode_table import print_modes

        told = modes_in_words(found.to_json_dict()) if lasing is None else lasing_in_words(lasing)
        print_tables(told)
        print_modes(found)
        if lasing is not None:
            print_lasing(lasing)
        elif problem is None:
            from ...design.spec import NO_MEDIUM

            print(f"lasing: {NO_MEDIUM}")
    say(f"written: {out / 'results.json'}, {', '.join(path.name for path in written)}")
    if problem is not None:
        raise problem
    return accuracy_code(found)


def _predicted(
    predict: Callable[[], Prediction], design: Design
) -> tuple[dict[str, Any] | None, CavityDesignError | None]:
    """The prediction's record, or what stood in its way; neither for a passive cavity."""
    if design.medium is None:
        return None, None
    try:
        return predict().to_json_dict(), None
    except CavityDesignError as error:
        return None, error


def _prepare(out: Path) -> None:
    """Make the folder now: a folder that cannot be written must not cost the computation."""
    try:
        out.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError):
        raise InputError(f"--out {out}: is a file; give a folder") from None
    except OSError as error:
        raise InputError(f"--out {out}: cannot be made ({error.strerror})") from None


def _results(
    design: Design, found: ModeSet, lasing: Mapping[str, Any] | None, seconds: Mapping[str, float]
) -> dict[str, Any]:
    """The content of results.json."""
    from ...report.applied import applied_values

    return {
        "schema": 1,
        "input": design.raw,
        "applied": applied_values(design),
        "design_file": None if design.path is None else design.path.name,
        "finished": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": _versions(),
        "platform": _platform(),
        "seconds": dict(seconds),
        "modes": found.to_json_dict(),
        "lasing": None if lasing is None else dict(lasing),
    }


def _versions() -> dict[str, str]:
    import platform
    from importlib.metadata import version

    from ...version import __version__
    from ...workflow.code_digest import relevant_version

    return {
        "cavitydesign": __version__,
        "sources": relevant_version(),
        "python": platform.python_version(),
        **{name: version(name) for name in _LIBRARIES},
    }


def _platform() -> dict[str, Any]:
    import os
    import platform

    return {
        "system": platform.system(),
        "machine": platform.machine(),
        "processors": os.cpu_count(),
    }


def _strongest(found: ModeSet, lasing: Mapping[str, Any] | None) -> Mode:
    """The mode with the largest share of the output; the first without any."""
    rows = () if lasing is None else lasing["per_mode"]
    share = {row["label"]: row["output_share"] or 0.0 for row in rows}
    return max(found, key=lambda mode: share.get(mode.label, 0.0))


def _figures(design: Design, found: ModeSet, lasing: Mapping[str, Any] | None) -> dict[str, Figure]:
    """The pictures of a run by file name; the field is that of the mode that lases most."""
    from ...visualise.fields.cavity_view import draw_cavity
    from ...visualise.fields.cuts import draw_cuts
    from ...visualise.fields.meridian_view import draw_meridian
    from ...visualise.lasers.light_curve_view import draw_light_curve, draw_output_shares
    from ...visualise.spectra.comb_view import draw_comb, gain_curve
    from ...visualise.spectra.loss_budget import draw_loss_budget

    figures: dict[str, Figure] = {"cavity": draw_cavity(design.cavity)}
    if found.modes:
        strongest = _strongest(found, lasing)
        figures["field"] = draw_meridian(strongest, design.cavity)
        figures["cuts"] = draw_cuts(strongest)
        gain = None
        if lasing is not None:
            gain = gain_curve(lasing, design.needed_medium(), found.wavelength_range_nm)
        figures["comb"] = draw_comb(found, gain)
        figures["loss_budget"] = draw_loss_budget(found)
        if design.cavity.coupler is not None:
            from ...visualise.spectra.coupling import draw_coupling, draw_dip

            coupled = strongest.coupling()
            figures |= {"coupling": draw_coupling(coupled), "dip": draw_dip(coupled)}
        if design.collection is not None and strongest.extra.get("collected") is not None:
            from ...visualise.fields.emission_view import draw_emission

            asked = design.collection
            figures["emission"] = draw_emission(
                strongest.emission(), asked.numerical_aperture, asked.direction
            )
        if strongest.deviated is not None:
            from ...visualise.spectra.deviation_view import draw_deviation

            figures["deviation"] = draw_deviation(strongest.deviated)
    if lasing is None:
        return figures
    if lasing["light_curve"]["emission"]:
        figures["light_curve"] = draw_light_curve(lasing)
    if lasing["per_mode"]:
        figures["output_shares"] = draw_output_shares(lasing)
    return figures


def _written(figures: Mapping[str, Figure], out: Path) -> list[Path]:
    from ...visualise.files import save_figure

    return [save_figure(figure, out / f"{name}.png") for name, figure in figures.items()]


def _report(out: Path, results: Mapping[str, Any], figures: Mapping[str, Figure]) -> Path:
    from ...report.html import write_report

    return write_report(out / "report.html", results, figures)
