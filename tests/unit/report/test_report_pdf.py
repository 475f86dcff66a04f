"""The PDF says what the page says: every number of the tables, every figure with its caption,
nothing off the sheet.
"""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.report import pdf, sheets
from cavitydesign.report.document import CAPTIONS, Sources, document
from cavitydesign.report.sections import Table
from cavitydesign.visualise.fields.meridian_view import draw_meridian
from cavitydesign.visualise.lasers.light_curve_view import draw_light_curve


@pytest.fixture
def results(mode_set: ModeSet, prediction_record: dict[str, Any]) -> dict[str, Any]:
    design = {
        "cavity": {"body": "PMMA", "diameter_um": 15.0, "roughness_nm": 1.0},
        "lasing": {"quality": {"per_um": 24.0}},
    }
    return {
        "input": design,
        "finished": "2026-11-02T10:00:00+00:00",
        "versions": {"cavitydesign": "0.1.0"},
        "seconds": {"total": 1.5},
        "modes": mode_set.to_json_dict(),
        "lasing": prediction_record,
    }


@pytest.fixture
def figures(
    mode_set: ModeSet, prediction_record: dict[str, Any], cavity: Cavity
) -> dict[str, Figure]:
    return {
        "field": draw_meridian(mode_set.modes[0], cavity, samples=(40, 30)),
        "light_curve": draw_light_curve(prediction_record),
    }


def words_of(sheets: list[Figure]) -> str:
    """All words, without the breaks of lines and cells."""
    return re.sub(r"\s+", "", "".join(text.get_text() for sheet in sheets for text in sheet.texts))


def test_every_cell_and_every_source_is_on_a_sheet(
    results: dict[str, Any], figures: dict[str, Figure]
) -> None:
    blocks = list(document(results, figures))
    tables = [one for one in blocks if isinstance(one, Table)]
    assert len(tables) >= 7
    sheets = pdf.report_sheets(results, figures)
    found = words_of(sheets)
    for table in tables:
        for cell in (table.caption, *(cell for row in table.rows for cell in row)):
            # a wrapped cell stands in several lines beside its neighbours: its words are looked for
            # one by one
            for word in cell.split():
                assert word in found, f"{table.caption}: {cell!r} is not in the PDF"
    sources = next(one for one in blocks if isinstance(one, Sources))
    assert {"gorodetsky1996", "paper-a", "nedelec1980"} <= {one.key for one in sources.references}
    for line in sources.bibtex.splitlines():
        assert re.sub(r"\s+", "", line) in found
    for name in figures:
        assert re.sub(r"\s+", "", CAPTIONS[name]) in found
    assert sum(len(sheet.axes) for sheet in sheets) == len(figures), "each picture once"
    for sheet in sheets:
        for ax in sheet.axes:
            assert np.asarray(ax.images[0].get_array()).std() > 5, "a picture is blank"


def test_nothing_runs_off_the_sheet(results: dict[str, Any], figures: dict[str, Figure]) -> None:
    long = [
        {**mode, "label": f"TM {m} 1 0"}
        for m, mode in enumerate([*results["modes"]["modes"]] * 30, start=100)
    ]
    results["modes"] = {**results["modes"], "modes": long}
    results["input"]["cavity"]["file"] = "a/very/long/path/" + "x" * 300 + ".csv"
    sheets = pdf.report_sheets(results, figures)
    assert len(sheets) > 10, "a table of 180 modes continues on further sheets"
    for number, sheet in enumerate(sheets, start=1):
        canvas = FigureCanvasAgg(sheet)
        renderer = canvas.get_renderer()
        width, height = sheet.bbox.width, sheet.bbox.height
        for text in sheet.texts:
            box = text.get_window_extent(renderer)
            assert box.x0 > 0.05 * width and box.x1 < 0.95 * width, (
                f"sheet {number}: {text.get_text()[:60]!r}"
            )
            assert box.y0 > 0.02 * height and box.y1 < 0.97 * height, (
                f"sheet {number}: {text.get_text()[:60]!r}"
            )
    heads = [sum(text.get_text() == "wavelength (nm)" for text in sheet.texts) for sheet in sheets]
    assert sum(1 for head in heads if head) >= 5, (
        "the head of a table is repeated on each of its sheets"
    )


def test_lines_are_as_wide_as_they_may_be() -> None:
    """Greedy wrapping keeps every word, and no line could take the first word of the next one."""
    text = (
        "the inertia of the factorised problem counts the eigenvalues in the range of the wanted "
        "modes " * 3
    )
    lines = sheets.wrapped(text, 200.0, 8.0)
    assert " ".join(lines) == text.strip()
    for line, following in itertools.pairwise(lines):
        assert sheets.text_width(line, 8.0) <= 200.0
        assert sheets.text_width(f"{line} {following.split()[0]}", 8.0) > 200.0
    assert "".join(sheets.wrapped("x" * 400, 100.0, 8.0)) == "x" * 400


def test_file_is_whole(results: dict[str, Any], figures: dict[str, Figure], tmp_path: Path) -> None:
    content = pdf.write_report_pdf(tmp_path / "report.pdf", results, figures).read_bytes()
    assert content.startswith(b"%PDF") and content.rstrip().endswith(b"%%EOF")
    assert len(re.findall(rb"/Type /Page\b", content)) == len(pdf.report_sheets(results, figures))
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
