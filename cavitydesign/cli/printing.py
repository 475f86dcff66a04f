"""Answers on standard output: JSON for machines, tables for people."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from ..columns.cell_text import number as number
from ..texts import visible

if TYPE_CHECKING:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

# Code points that act on a terminal or on the direction of text: C1 controls, marks and isolates
# of direction, separators of lines and paragraphs.
_ACTING = (
    *range(0x7F, 0xA0),
    *range(0x200E, 0x2010),
    *range(0x2028, 0x202F),
    *range(0x2066, 0x206A),
)
# The mark of Arabic letters and the mark of byte order act as well.
_SPELLED = {code: f"\\u{code:04x}" for code in (0x61C, 0xFEFF, *_ACTING)}
# Columns of the widest table without a broken line, in a file that is read later
_WIDTH_WITHOUT_TERMINAL = 160
# Spaces and padding between two columns.
_BETWEEN = 3
# A longer cell is a sentence, which may run over several lines.
_LONGEST_CELL = 30


def json_text(content: Mapping[str, Any]) -> str:
    """Strict JSON of a result: NumPy values as plain ones, not-a-number and infinity as null."""
    return json.dumps(_plain(content), indent=1, ensure_ascii=False, allow_nan=False)


def print_json(content: Mapping[str, Any]) -> None:
    """JSON, and nothing else, on standard output."""
    # Marks of direction in names as JSON's own escapes: the same content, nothing that acts.
    print(json_text(content).translate(_SPELLED))


def print_json_rows(content: Mapping[str, Any], rows: Iterable[Mapping[str, Any]]) -> None:
    """JSON of a table with its ``rows`` at the end, one at a time: 400,000 would take gigabytes."""
    head = json_text({**content, "rows": []}).removesuffix("[]\n}").translate(_SPELLED)
    print(head, end="[")
    for index, row in enumerate(rows):
        text = json.dumps(_plain(row), ensure_ascii=False, allow_nan=False).translate(_SPELLED)
        print(",\n" if index else "\n", text, sep="  ", end="")
    print("\n ]\n}")


def _plain(value: Any) -> Any:
    if hasattr(value, "tolist"):
        value = value.tolist()
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value


def new_table(title: str, columns: Sequence[str]) -> Table:
    """An empty table; the first column is text, the others are numbers."""
    table = _empty(title)
    for index, name in enumerate(columns):
        table.add_column(_plain_text(name), justify="left" if index == 0 else "right")
    return table


def print_tables(*parts: Table | str) -> None:
    """Tables and plain lines, one under the other.

    A table that is wider than the screen is printed as several, each with the first column, so
    that no number is cut and every row keeps its name.
    """
    console = _console()
    for part in parts:
        if isinstance(part, str):
            console.print(visible(part), markup=False, soft_wrap=True)
        else:
            for piece in _that_fit(part, console.width):
                console.print(piece)


def _that_fit(table: Table, width: int) -> list[Table]:
    """The table, or several of its columns, none of which needs more than the width."""
    heads = [str(column.header) for column in table.columns]
    cells = [[str(cell) for cell in column.cells] for column in table.columns]
    whole = [
        max(map(len, [_longest_word(head), *own])) for head, own in zip(heads, cells, strict=True)
    ]
    # Sentences run over several lines only where the table has no room for them.
    room = sum(whole) + _BETWEEN * (len(whole) - 1) <= width
    least = (
        whole
        if room
        else [
            min(size, max(_LONGEST_CELL, len(_longest_word(head))))
            for size, head in zip(whole, heads, strict=True)
        ]
    )
    groups: list[list[int]] = []
    free = 0
    for column in range(1, len(heads)):
        if not groups or free < least[column] + _BETWEEN:
            groups.append([0])
            free = width - least[0] - _BETWEEN
        groups[-1].append(column)
        free -= least[column] + _BETWEEN
    sides = [_side(index, column) for index, column in enumerate(cells)]
    pieces = []
    for count, group in enumerate(groups or [[0]]):
        words = str(table.title or "")
        piece = _empty(f"{words} (continued)" if count and words else words)
        room_of_cells = width - _BETWEEN * len(group)  # the table's own edges take one more
        sizes = _spread(
            _narrowed(
                [least[column] for column in group],
                [_longest_of([heads[column], *cells[column]]) for column in group],
                [sides[column] == "left" for column in group],
                room_of_cells,
            ),
            [max(whole[column], len(heads[column])) for column in group],
            room_of_cells,
        )
        for column, size in zip(group, sizes, strict=True):
            # what is longer than its column goes on in the next line; an ellipsis would cut it
            piece.add_column(
                _plain_text(heads[column]), justify=sides[column], width=size, overflow="fold"
            )
        for row in range(len(cells[0])):
            piece.add_row(*(_plain_text(cells[column][row]) for column in group))
        pieces.append(piece)
    return pieces


def _narrowed(
    least: Sequence[int], words: Sequence[int], named: Sequence[bool], width: int
) -> list[int]:
    """Widths that a narrow screen holds: sentences give way first, down to their longest word, and
    then the widest name, whose letters run on in the next line; numbers do last.
    """
    sizes = list(least)
    while sum(sizes) > max(width, len(sizes)):
        free = [max(size - word, 0) for size, word in zip(sizes, words, strict=True)]
        names = [size - 1 if name else 0 for size, name in zip(sizes, named, strict=True)]
        by = next((one for one in (free, names) if any(one)), sizes)
        sizes[max(range(len(sizes)), key=by.__getitem__)] -= 1
    return sizes


def _side(index: int, column: Sequence[str]) -> Literal["left", "right"]:
    """Numbers stand on the right, under each other; names and sentences on the left."""
    told = [cell for cell in column if cell not in ("", "-")]
    words = any(len(cell) > _LONGEST_CELL for cell in told) or not any(
        cell[0].isdigit() or cell[0] in "+-.<" for cell in told
    )
    return "left" if index == 0 or (told and words) else "right"


def _longest_of(texts: Sequence[str]) -> int:
    return max(len(_longest_word(text)) for text in texts)


def _spread(least: Sequence[int], natural: Sequence[int], width: int) -> list[int]:
    """Widths of columns: what is left beyond the least goes to those that wrap, the widest need
    first, so that none is ever narrower than its longest number.
    """
    sizes = list(least)
    free = width - sum(sizes)
    while free > 0:
        needs = [want - size for want, size in zip(natural, sizes, strict=True)]
        neediest = max(range(len(sizes)), key=needs.__getitem__)
        if needs[neediest] <= 0:
            break
        sizes[neediest] += 1
        free -= 1
    return sizes


def _longest_word(words: str) -> str:
    return max(words.split(), key=len, default="")


def _plain_text(words: str) -> Text:
    """Text whose brackets are no markup: names come from files."""
    from rich.text import Text

    return Text(visible(words))


def _empty(title: str) -> Table:
    from rich import box
    from rich.table import Table

    return Table(
        title=_plain_text(title) if title else None,
        title_justify="left",
        title_style="bold",
        box=box.SIMPLE_HEAD,
        pad_edge=False,
    )


def _console() -> Console:
    import sys

    from rich.console import Console

    class Reported(Console):
        """Leaves a reader who has left to `reported`; rich would end with 1 at once."""

        def on_broken_pipe(self) -> None:
            raise BrokenPipeError

    return Reported(
        width=None if sys.stdout.isatty() else _WIDTH_WITHOUT_TERMINAL,
        highlight=False,
        soft_wrap=False,
    )
