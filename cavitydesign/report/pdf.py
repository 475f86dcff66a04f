"""The report as PDF: the same tables and figures as the HTML page, on A4 sheets."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..visualise.files import write_atomically
from . import sections
from .html import headline
from .references import references_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_A4_IN = (8.27, 11.69)
_COLUMNS = 124
_LINES = 92
_WIDEST_CELL = 44


def _table_lines(table: sections.Table) -> Iterator[str]:
    """A table in fixed-width letters; cells too wide for the sheet continue below."""
    rows = [table.head, *table.rows]
    widths = [min(max(len(row[i]) for row in rows), _WIDEST_CELL) for i in range(len(table.head))]
    while sum(widths) + 2 * len(widths) > _COLUMNS:
        widths[widths.index(max(widths))] -= 1
    yield table.caption
    yield "=" * min(sum(widths) + 2 * len(widths), _COLUMNS)
    for number, row in enumerate(rows):
        wrapped = [textwrap.wrap(cell, width) or [""] for cell, width in zip(row, widths, strict=True)]
        for place in range(max(len(cell) for cell in wrapped)):
            cells = (cell[place] if place < len(cell) else "" for cell in wrapped)
            yield "  ".join(f"{cell:<{width}}" for cell, width in zip(cells, widths, strict=True)).rstrip()
        if number == 0:
            yield "-" * min(sum(widths) + 2 * len(widths), _COLUMNS)
    yield ""


def _text(results: Mapping[str, Any]) -> Iterator[str]:
    """All words of the report, line by line."""
    design, modes, lasing = results.get("input") or {}, results.get("modes") or {}, results.get("lasing")
    yield f"Cavity of {sections.number(modes.get('diameter_um'))} um: modes, losses and lasing"
    yield ""
    for value, words in headline(modes, lasing):
        yield f"  {value}: {words}"
    yield ""
    yield "Warnings: " + ("none" if not sections.all_warnings(results) else "")
    for warning in sections.all_warnings(results):
        yield from textwrap.wrap(warning, _COLUMNS, initial_indent="  - ", subsequent_indent="    ")
    yield ""
    listed = modes.get("modes") or ()
    tables = [sections.input_table(design)]
    tables += [part(listed) for part in (sections.mode_table, sections.confinement_table, sections.loss_table)]
    if lasing is not None:
        tables += [sections.lasing_table(lasing), sections.per_mode_table(lasing)]
    tables += [sections.origin_table(design, lasing), sections.provenance_table(results)]
    for table in tables:
        yield from _table_lines(table)
    yield "References"
    for one in references_of(design, lasing is not None):
        words = one.words + (f", doi:{one.doi}" if one.doi else "")
        yield from textwrap.wrap(words, _COLUMNS, initial_indent="  - ", subsequent_indent="    ")


def _sheet(lines: list[str], number: int) -> Figure:
    from matplotlib.figure import Figure

    page = Figure(figsize=_A4_IN)
    page.text(
        0.06, 0.96, "\n".join(lines), family="monospace", fontsize=6.4, va="top", linespacing=1.25, parse_math=False
    )
    page.text(0.94, 0.03, str(number), ha="right", fontsize=7)
    return page


def write_report_pdf(path: Path | str, results: Mapping[str, Any], figures: Mapping[str, Figure]) -> Path:
    """Write the report as PDF, atomically.

    Parameters
    ----------
    path : path
        A .pdf file.
    results : mapping
        The content of results.json.
    figures : mapping of str to Figure
        One page each, after the tables.

    Returns
    -------
    Path
        Where it was written.
    """
    import matplotlib as mpl
    from matplotlib.backends.backend_pdf import PdfPages

    lines = list(_text(results))
    buffer = io.BytesIO()
    with mpl.rc_context({"pdf.fonttype": 42}), PdfPages(buffer, metadata={"CreationDate": None}) as pages:
        for number, start in enumerate(range(0, len(lines), _LINES), start=1):
            pages.savefig(_sheet(lines[start : start + _LINES], number))
        for figure in figures.values():
            pages.savefig(figure, bbox_inches="tight", pad_inches=0.4, dpi=200)

    target = Path(path)
    write_atomically(target, buffer.getvalue())
    return target
