"""The PDF holds every number of the tables and one page for each figure."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from cavitydesign.geometry.cavity import Cavity
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.report import pdf
from cavitydesign.visualise.field import draw_meridian
from cavitydesign.visualise.lasing import draw_light_curve


def test_pages_and_words(mode_set: ModeSet, prediction_record: dict[str, Any], cavity: Cavity, tmp_path: Path) -> None:
    results = {
        "input": {"cavity": {"body": "PMMA", "diameter_um": 15.0}, "lasing": {"quality": {"per_um": 24.0}}},
        "versions": {"cavitydesign": "0.1.0"},
        "seconds": {"total": 1.5},
        "modes": mode_set.to_json_dict(),
        "lasing": prediction_record,
    }
    lines = list(pdf._text(results))
    assert max(len(line) for line in lines) <= 124, "nothing may run off the sheet"
    text = "\n".join(lines)
    for mode in mode_set:
        assert mode.label in text and f"{mode.wavelength_nm:.8f}"[:9] in text
    assert "lasing threshold" in text and "10.1007/BF01396415" in text

    figures = {
        "field": draw_meridian(mode_set.modes[0], cavity, samples=(40, 30)),
        "light_curve": draw_light_curve(prediction_record),
    }
    content = pdf.write_report_pdf(tmp_path / "report.pdf", results, figures).read_bytes()
    assert content.startswith(b"%PDF")
    pages = len(re.findall(rb"/Type /Page\b", content))
    assert pages == -(-len(lines) // 92) + len(figures)
    assert [one.name for one in tmp_path.iterdir()] == ["report.pdf"]
