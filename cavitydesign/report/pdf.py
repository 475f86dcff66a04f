"""The report as PDF: the same blocks as the HTML page, on A4 sheets."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..visualise.files import write_atomically
from .document import Answers, Heading, Picture, Sources, Words, document, title_of
from .sections import Table
from .sheets import Sheets

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_WARNING = "#a33b00"
_CODE_COLUMNS = 114  # letters of 7 points, each 0.6 of that wide, in the width of a sheet


def report_sheets(results: Mapping[str, Any], figures: Mapping[str, Figure]) -> list[Figure]:
    """The sheets of the report, one figure each.

    Parameters
    ----------
    results : mapping
        The content of results.json.
    figures : mapping of str to Figure
        Pictures by name.
    """
    title, subtitle = title_of(results)
    sheets = Sheets(f"{title} ({results.get('finished') or 'no date'})")
    sheets.lines([title], 15.0, bold=True)
    sheets.gap(3.0)
    sheets.paragraph(subtitle, 8.5)
    for block in document(results, figures):
        if isinstance(block, Heading):
            sheets.heading(block.text)
        elif isinstance(block, Words):
            sheets.paragraph(
                block.text,
                colour=_WARNING if block.strong else "#1a1a1a",
                mark="!" if block.strong else "",
            )
        elif isinstance(block, Answers):
            sheets.answers(block.items)
        elif isinstance(block, Table):
            sheets.table(block)
        elif isinstance(block, Picture):
            sheets.picture(figures[block.name], block.caption)
        else:
            _sources(sheets, block)
    return sheets.pages


def _sources(sheets: Sheets, sources: Sources) -> None:
    for number, one in enumerate(sources.references, start=1):
        doi = f", doi:{one.doi}" if one.doi and one.doi not in one.words else ""
        use = f" ({one.use})" if one.use else ""
        sheets.paragraph(f"{one.words}{doi}{use}", 7.5, mark=f"{number}.")
    sheets.heading("References as BibTeX", 9.5)
    lines = [
        part
        for line in sources.bibtex.splitlines()
        for part in (textwrap.wrap(line, _CODE_COLUMNS, subsequent_indent="    ") or [""])
    ]
    sheets.lines(lines, 7.0, mono=True)
    sheets.gap(6.0)


def write_report_pdf(
    path: Path | str, results: Mapping[str, Any], figures: Mapping[str, Figure]
) -> Path:
    """Write the report as PDF, atomically.

    Parameters
    ----------
    path : path
        A .pdf file.
    results : mapping
        The content of results.json.
    figures : mapping of str to Figure
        Pictures by name.

    Returns
    -------
    Path
        Where it was written.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages

    buffer = io.BytesIO()
    title, _ = title_of(results)
    about = {"CreationDate": None, "Title": title, "Creator": "cavitydesign"}
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(buffer, metadata=about) as pages:
        for sheet in report_sheets(results, figures):
            pages.savefig(sheet, dpi=200)
    target = Path(path)
    write_atomically(target, buffer.getvalue())
    return target
