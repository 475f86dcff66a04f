"""Rows of points whose cells are kept by column, put into a table many at once."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import chain, compress, repeat
from typing import Any

from .kept_rows import KeptRows
from .records.cells import KeptCells
from .rows import Rows

# Points that are put into a table at once: some MB.
_MOST_POINTS = 20_000


class KeptColumns:
    """Points that wait to become rows.

    Parameters
    ----------
    rows : Rows
        The table's.
    outcomes : dict
        Takes the names of all cells.
    names : collection of str or None
        Cells by which a row is chosen; None where any is.
    fits : callable
        Whether a row that has them is.
    status : str
        Of the points.
    """

    def __init__(
        self,
        rows: Rows,
        outcomes: dict[str, None],
        names: Collection[str] | None,
        fits: Callable[[Mapping[str, Any]], bool],
        status: str,
    ) -> None:
        self._rows, self._outcomes, self._names = rows, outcomes, names
        self._fits, self._status = fits, status
        self._heads: list[dict[str, Any]] = []
        self._counts: list[int] = []
        # Rows of one segment that follow each other.
        self._ranges: list[tuple[KeptCells, int, int]] = []

    def add(self, head: dict[str, Any], kept: KeptRows) -> None:
        """Take in a point with what its rows begin with."""
        if self._ranges:
            cells, first, end = self._ranges[-1]
            other = tuple(cells.columns) != tuple(kept.cells.columns)
            if len(self._heads) >= _MOST_POINTS or other:
                self.end()
        if self._ranges and cells is kept.cells and end == kept.first:
            self._ranges[-1] = (cells, first, kept.end)
        else:
            self._ranges.append((kept.cells, kept.first, kept.end))
        self._heads.append(head)
        self._counts.append(kept.end - kept.first)

    def end(self) -> None:
        """Put what waits into the table."""
        if not self._heads:
            return
        names = list(self._ranges[0][0].columns)
        self._outcomes |= dict.fromkeys(names)
        heads = zip(*map(dict.values, self._heads), strict=True)
        columns: dict[str, Sequence[Any]] = dict(
            zip(self._heads[0], map(self._for_each_row, heads), strict=True)
        )
        columns |= {name: self._cells(name) for name in names}
        count = sum(self._counts)
        columns |= {"status": [self._status] * count, "error": [""] * count}
        self._rows.extend(self._fitting(columns))
        self._heads.clear()
        self._counts.clear()
        self._ranges.clear()

    def _for_each_row(self, values: Sequence[Any]) -> list[Any]:
        return list(chain.from_iterable(map(repeat, values, self._counts)))

    def _cells(self, name: str) -> Sequence[Any]:
        pieces = [cells.columns[name][first:end] for cells, first, end in self._ranges]
        if all(isinstance(piece, array) for piece in pieces):
            joined = array("d")
            for piece in pieces:
                joined.extend(piece)
            return joined
        return list(chain.from_iterable(pieces))

    def _fitting(self, columns: dict[str, Sequence[Any]]) -> dict[str, Sequence[Any]]:
        if self._names is None:
            return columns
        names, fits = tuple(self._names), self._fits
        if not columns.keys() >= set(names):
            return {}
        if names:
            cells = zip(*(columns[name] for name in names), strict=True)
            chosen = [fits(dict(zip(names, row, strict=True))) for row in cells]
        else:
            chosen = [fits({})] * len(columns["status"])
        if all(chosen):
            return columns
        return {name: list(compress(cells, chosen)) for name, cells in columns.items()}
