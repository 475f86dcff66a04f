"""The page as a browser prints it on A4: no column of any table is lost, and the answer comes
first.
"""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path
from typing import Any

import pytest

from cavitydesign.columns.cell_text import with_powers
from cavitydesign.columns.mode_columns import line_width
from cavitydesign.modes.mode_set import ModeSet
from cavitydesign.report.document import Heading, document
from cavitydesign.report.html import write_report
from cavitydesign.report.sections import Table
from cavitydesign.visualise.labels import TIMES

BROWSER = shutil.which("chromium") or shutil.which("chromium-browser")
READER = shutil.which("pdftotext")


@pytest.fixture
def results(mode_set: ModeSet, prediction_record: dict[str, Any]) -> dict[str, Any]:
    return {
        "input": {
            "cavity": {"body": "PMMA", "diameter_um": 15.0},
            "lasing": {"quality": {"per_um": 24.0}},
        },
        "finished": "2026-11-02T10:00:00+00:00",
        "versions": {"cavitydesign": "0.1.0"},
        "modes": mode_set.to_json_dict(),
        "lasing": prediction_record,
    }


def bare(text: str) -> str:
    """Letters without the breaks of lines and cells."""
    return re.sub(r"\s+", "", text)


@pytest.mark.skipif(not (BROWSER and READER), reason="needs chromium and pdftotext")
def test_no_column_is_lost_on_paper(results: dict[str, Any], tmp_path: Path) -> None:
    """The words of the last column stand in the PDF, those of each head and of each cell in order.

    A cell may break over lines between the words of its neighbours, so that each word is looked
    for by itself, in its own place of the sheet.
    """
    page = write_report(tmp_path / "report.html", results, {})
    sheet = tmp_path / "report.pdf"
    command = [str(BROWSER), "--headless", "--no-sandbox", "--disable-gpu"]
    command += [f"--user-data-dir={tmp_path / 'profile'}", "--no-pdf-header-footer"]
    subprocess.run(
        [*command, f"--print-to-pdf={sheet}", page.as_uri()],
        check=True,
        capture_output=True,
        timeout=120,
    )
    words = subprocess.run(
        [str(READER), "-bbox", str(sheet), "-"], check=True, capture_output=True, text=True
    ).stdout
    width = float(re.findall(r'<page width="([\d.]+)"', words)[0])
    assert width == pytest.approx(595.3, abs=1.5), "A4 is 595.3 points wide"
    found = re.findall(r'xMin="([\d.]+)".*?xMax="([\d.]+)".*?>([^<]+)</word>', words)
    # Poppler gives words that the sheet cuts too: only those within it count.
    printed = bare("".join(unescape(word) for low, high, word in found if float(high) < width))
    assert not [word for low, high, word in found if float(high) > width], "words off the sheet"
    tables = [block for block in document(results) if isinstance(block, Table)]
    missing = [
        (table.caption, word)
        for table in tables
        for line in (table.head, *table.rows)
        for cell in line
        for word in cell.split()
        if len(word) < 16 and bare(word) not in printed  # a longer one may be broken
    ]
    assert missing == []


def test_the_answer_comes_first_and_the_input_last(results: dict[str, Any]) -> None:
    order = [block.anchor for block in document(results) if isinstance(block, Heading)]
    assert order[0] == "answer"
    assert order.index("lasing") < order.index("modes") < order.index("losses")
    assert order.index("losses") < order.index("origin") < order.index("input")


@pytest.mark.parametrize(
    ("value_nm", "words"),
    [(0.25, "0.25 nm"), (1.47e-4, "0.147 pm"), (3.2e-6, "3.2 fm"), (5e-14, f"5 {TIMES} 10⁻⁸ fm")],
)
def test_line_widths_are_told_without_powers_of_ten(value_nm: float, words: str) -> None:
    assert line_width(value_nm) == words


def test_powers_of_ten_are_set_as_they_are_read() -> None:
    assert with_powers(f"{3.6e6:.3g}") == f"3.6 {TIMES} 10⁶"
    assert with_powers(f"{1.5e-7:.2g}") == f"1.5 {TIMES} 10⁻⁷"
    assert with_powers(f"{360.0:.4g}") == "360"
    assert with_powers("-") == "-" and with_powers("one") == "one" and with_powers("TE") == "TE"
