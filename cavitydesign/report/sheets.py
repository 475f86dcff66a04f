"""Blocks of a report laid out on A4 sheets: headings, paragraphs, ruled tables that continue on the
next sheet, pictures.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.lines import Line2D
from matplotlib.textpath import text_to_path

from .sections import Table

if TYPE_CHECKING:
    from numpy.typing import NDArray

# points of 1/72 inch
WIDTH, HEIGHT = 595.3, 841.9
LEFT, RIGHT, TOP, BOTTOM = 50.0, 50.0, 52.0, 56.0  # margins
INNER = WIDTH - LEFT - RIGHT
_LEADING = 1.28  # line spacing in units of the letters: what books have (1.2 to 1.3)
_SMALLEST = 7.0  # the smallest letters that are read on paper without effort
_GUTTER = 9.0  # between columns: a letter and a half
_PICTURE_DPI = 200  # Half of what a printer resolves; twice as many make files four times as large.
_TALLEST_PICTURE = 0.46  # of a sheet
_MANY_ROWS = 12  # More rows stand in two halves beside each other, where they are narrow enough.
_INK, _MUTED, _RULE = "#1a1a1a", "#5f5f5f", "#b9bec5"


@lru_cache(maxsize=4096)
def text_width(text: str, size: float, bold: bool = False, mono: bool = False) -> float:
    """Width of one line of letters in points."""
    width, _, _ = text_to_path.get_text_width_height_descent(text, _font(size, bold, mono), False)
    return float(width)


@lru_cache(maxsize=32)
def _font(size: float, bold: bool, mono: bool) -> FontProperties:
    return FontProperties(
        family="DejaVu Sans Mono" if mono else "DejaVu Sans",
        size=size,
        weight="bold" if bold else "normal",
    )


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Text in lines no wider than a width; words that are too wide are broken."""
    lines, line = [], ""
    for word in text.split():
        for part in _parts(word, width, size, bold):
            longer = f"{line} {part}" if line else part
            if line and text_width(longer, size, bold) > width:
                lines.append(line)
                line = part
            else:
                line = longer
    return [*lines, line]


def _parts(word: str, width: float, size: float, bold: bool) -> list[str]:
    parts, rest = [], word
    while text_width(rest, size, bold) > width:
        fitting = max(1, int(len(rest) * width / text_width(rest, size, bold)))
        while fitting > 1 and text_width(rest[:fitting], size, bold) > width:
            fitting -= 1
        parts.append(rest[:fitting])
        rest = rest[fitting:]
    return [*parts, rest]


class Sheets:
    """Sheets of paper, filled from the top."""

    def __init__(self, footer: str) -> None:
        self.pages: list[Figure] = []
        self._footer = footer
        self._turn()

    def _turn(self) -> None:
        """Begin a sheet."""
        self.page = Figure(figsize=(WIDTH / 72, HEIGHT / 72), facecolor="white")
        self.pages.append(self.page)
        self.y = TOP
        self._text(LEFT, HEIGHT - 28.0, self._footer, _SMALLEST, colour=_MUTED)
        number = str(len(self.pages))
        self._text(
            WIDTH - RIGHT - text_width(number, _SMALLEST),
            HEIGHT - 28.0,
            number,
            _SMALLEST,
            colour=_MUTED,
        )

    @property
    def left(self) -> float:
        """Points that are left on this sheet."""
        return HEIGHT - BOTTOM - self.y

    def _need(self, height: float) -> None:
        if height > self.left and self.y > TOP:
            self._turn()

    def _text(
        self,
        x: float,
        y: float,
        text: str,
        size: float,
        *,
        bold: bool = False,
        mono: bool = False,
        colour: str = _INK,
    ) -> None:
        """One line with its base at y points from the top."""
        font = _font(size, bold, mono)
        self.page.text(
            x / WIDTH,
            1 - y / HEIGHT,
            text,
            fontproperties=font,
            color=colour,
            va="baseline",
            parse_math=False,
        )

    def _rule(self, y: float, x0: float, x1: float, width: float, colour: str = _INK) -> None:
        self.page.add_artist(
            Line2D([x0 / WIDTH, x1 / WIDTH], [1 - y / HEIGHT] * 2, lw=width, color=colour)
        )

    def lines(
        self,
        lines: Sequence[str],
        size: float,
        *,
        indent: float = 0.0,
        bold: bool = False,
        mono: bool = False,
        colour: str = _INK,
    ) -> None:
        """Lines below each other, over as many sheets as they need."""
        for line in lines:
            self._need(_LEADING * size)
            self.y += _LEADING * size
            self._text(LEFT + indent, self.y, line, size, bold=bold, mono=mono, colour=colour)

    def gap(self, points: float) -> None:
        """Leave some room."""
        self.y += points

    def heading(self, text: str, size: float = 11.5) -> None:
        """A heading; never alone at the foot of a sheet."""
        self._need(size * _LEADING + 70.0)
        self.gap(10.0 if self.y > TOP else 0.0)
        self.lines(wrapped(text, INNER, size, True), size, bold=True)
        self._rule(self.y + 4.0, LEFT, WIDTH - RIGHT, 0.5, _RULE)
        self.gap(7.0)

    def paragraph(
        self, text: str, size: float = 8.0, *, colour: str = _INK, mark: str = ""
    ) -> None:
        """Words over the whole width, with a mark before them where they are one of a list."""
        indent = text_width(mark, size) + 5.0 if mark else 0.0
        broken = wrapped(text, INNER - indent, size)
        self._need(_LEADING * size * min(2, len(broken)))
        for number, line in enumerate(broken):
            self._need(_LEADING * size)
            if mark and number == 0:
                self._text(LEFT, self.y + _LEADING * size, mark, size, colour=colour)
            self.lines([line], size, indent=indent, colour=colour)
        self.gap(2.5)

    def answers(self, items: Sequence[tuple[str, str]]) -> None:
        """Values above what they are, side by side."""
        columns = min(len(items), 4)
        width = INNER / columns
        for start in range(0, len(items), columns):
            self._need(34.0)
            for index, (value, words) in enumerate(items[start : start + columns]):
                x = LEFT + index * width
                self._text(x, self.y + 13.0, value, 12.0, bold=True)
                for row, line in enumerate(wrapped(words, width - 8.0, 7.0)[:2]):
                    self._text(x, self.y + 23.0 + 8.5 * row, line, 7.0, colour=_MUTED)
            self.y += 36.0

    def table(self, table: Table, size: float = 7.2) -> None:
        """A table with rules; its head is repeated on every sheet that it reaches."""
        table = _side_by_side(table, size)
        widths = _column_widths(table, size)
        rows = [
            [wrapped(cell, width, size) for cell, width in zip(row, widths, strict=True)]
            for row in table.rows
        ]
        head = [
            wrapped(cell, width, size, True) for cell, width in zip(table.head, widths, strict=True)
        ]
        caption = wrapped(table.caption, INNER, 8.0, True)
        self._need(_LEADING * 8.0 * len(caption) + 3 * _LEADING * size + 20.0)
        self.lines(caption, 8.0, bold=True)
        self.gap(3.0)
        end = LEFT + sum(widths) + _GUTTER * (len(widths) - 1)
        self._row(head, widths, size, end, bold=True)
        for row in rows:
            if _row_height(row, size) > self.left:
                self._turn()
                self._row(head, widths, size, end, bold=True)
            self._row(row, widths, size, end)
        self.gap(11.0)

    def _row(
        self,
        cells: list[list[str]],
        widths: Sequence[float],
        size: float,
        end: float,
        bold: bool = False,
    ) -> None:
        x = LEFT
        for lines, width in zip(cells, widths, strict=True):
            for number, line in enumerate(lines):
                self._text(
                    x,
                    self.y + 2.0 + _LEADING * size * (number + 1) - 2.0,
                    line,
                    size,
                    bold=bold,
                )
            x += width + _GUTTER
        self.y += _row_height(cells, size)
        self._rule(self.y, LEFT, end, 0.8 if bold else 0.35, _INK if bold else _RULE)

    def picture(self, figure: Figure, caption: str) -> None:
        """A figure at its own size (smaller where it does not fit), with its caption below."""
        image = _painted(figure)
        width, height = image.shape[1] * 72 / _PICTURE_DPI, image.shape[0] * 72 / _PICTURE_DPI
        words = wrapped(caption, INNER, 7.5)
        room = HEIGHT - TOP - BOTTOM - 12.0 * len(words) - 20.0
        scale = min(1.0, INNER / width, _TALLEST_PICTURE * room / height)
        width, height = scale * width, scale * height
        self._need(height + 10.0 * len(words) + 14.0)
        box = (LEFT / WIDTH, 1 - (self.y + height) / HEIGHT, width / WIDTH, height / HEIGHT)
        ax = self.page.add_axes(box)
        ax.imshow(image, aspect="auto", interpolation="none")
        ax.set_axis_off()
        self.y += height + 2.0
        self.lines(words, 7.5, colour=_MUTED)
        self.gap(12.0)


def _side_by_side(table: Table, size: float) -> Table:
    """A long narrow table in two halves beside each other."""
    width = sum(_column_widths(table, size)) + _GUTTER * (len(table.head) - 1)
    if len(table.rows) <= _MANY_ROWS or width > (INNER - 4 * _GUTTER) / 2:
        return table
    half = -(-len(table.rows) // 2)
    empty = ("",) * len(table.head)
    rows = [
        (*table.rows[j], "    ", *(table.rows[j + half] if j + half < len(table.rows) else empty))
        for j in range(half)
    ]
    return Table(table.caption, (*table.head, "    ", *table.head), tuple(rows))


def _row_height(cells: list[list[str]], size: float) -> float:
    return _LEADING * size * max(len(lines) for lines in cells) + 4.5


def _column_widths(table: Table, size: float) -> list[float]:
    """Widths that show each column whole where the sheet allows it; else the widest give way, never
    below their longest word.
    """
    columns = list(zip(table.head, *table.rows, strict=True))
    bold = [True] + [False] * len(table.rows)
    natural = [
        max(text_width(c, size, b) for c, b in zip(cells, bold, strict=True)) + 1.0
        for cells in columns
    ]
    least = [
        min(
            wide,
            max(
                text_width(w, size, b)
                for c, b in zip(cells, bold, strict=True)
                for w in (c.split() or [""])
            )
            + 1.0,
        )
        for cells, wide in zip(columns, natural, strict=True)
    ]
    least = [min(one, 0.4 * INNER) for one in least]
    room = INNER - _GUTTER * (len(columns) - 1)
    widths = natural[:]
    while sum(widths) > room + 1e-6:
        spare = [wide - low for wide, low in zip(widths, least, strict=True)]
        if max(spare) <= 1e-6:
            return [wide * room / sum(widths) for wide in widths]
        widest = max((j for j in range(len(widths)) if spare[j] > 1e-6), key=lambda j: widths[j])
        widths[widest] = max(least[widest], widths[widest] - max(2.0, 0.1 * (sum(widths) - room)))
    return widths


def _painted(figure: Figure) -> NDArray[np.uint8]:
    """A figure as pixels."""
    before = figure.dpi
    figure.set_dpi(_PICTURE_DPI)
    try:
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        return np.asarray(canvas.buffer_rgba())[..., :3].copy()
    finally:
        figure.set_dpi(before)
