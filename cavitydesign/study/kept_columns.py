"""Rows of points whose cells are kept by column, put into a table many at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .expression import Expression
from .records.cell_columns import Cells, joined
from .records.cells import KeptCells
from .records.locations import LineArrays
from .vector_expression import rows_that_hold

Fits = Callable[[Mapping[str, Any]], bool]


@dataclass(frozen=True)
class PlacedRows:
    """Where the kept rows of some points stand.

    Attributes
    ----------
    source : array of int
        Number of the segment among the sources of `KeptColumns`; -1 where a point has no kept rows.
    first, end : array of int
        The first row of each and the one behind its last.
    """

    source: NDArray[np.int64]
    first: NDArray[np.int64]
    end: NDArray[np.int64]

    def part(self, start: int, end: int) -> PlacedRows:
        """Rows of some of the points."""
        return PlacedRows(self.source[start:end], self.first[start:end], self.end[start:end])


class KeptColumns:
    """Cells of segments by column.

    Parameters
    ----------
    lines : LineArrays
        Of the store.
    cells : mapping of str to KeptCells
        By segment.

    Attributes
    ----------
    shape : tuple of str
        Columns of the rows that can be put together.
    """

    def __init__(self, lines: LineArrays, cells: Mapping[str, KeptCells]) -> None:
        self._lines = lines
        self._sources = list(cells.values())
        number = {name: index for index, name in enumerate(cells)}
        self._source_of = np.array([number.get(one, -1) for one in lines.segments], np.int64)
        # Only rows of one shape are put together; of segments whose rows have other cells, one
        # point is taken at a time.
        shapes = [tuple(one.columns) for one in self._sources if one.whole]
        self.shape: tuple[str, ...] = max(shapes, key=shapes.count, default=())
        self._alike = np.array(
            [one.whole and tuple(one.columns) == self.shape for one in self._sources], np.bool_
        )

    def placed(self, rows: NDArray[np.int64]) -> PlacedRows:
        """Where the rows of some points stand, by the numbers of their lines; -1 for none."""
        first, end = np.full(len(rows), -1), np.full(len(rows), -1)
        stored = np.flatnonzero(rows >= 0)
        if not self._sources or not len(stored):
            return PlacedRows(np.full(len(rows), -1), first, end)
        lines, source = rows[stored], np.full(len(rows), -1)
        source[stored] = self._source_of[self._lines.segment[lines].astype(np.int64)]
        for number, points in _grouped(source):
            if number >= 0:
                offsets = self._lines.offsets[rows[points]]
                first[points], end[points] = self._sources[number].spans(offsets)
        source[first < 0] = -1
        return PlacedRows(source, first, end)

    def alike(self, placed: PlacedRows) -> NDArray[np.bool_]:
        """Which points have kept rows that can be put together."""
        if not self._sources:
            return np.zeros(len(placed.source), np.bool_)
        return (placed.source >= 0) & self._alike[placed.source]

    def rows(self, source: int, first: int, end: int) -> list[dict[str, Any]]:
        """Some rows of one source."""
        return self._sources[source].rows(first, end)

    def together(self, heads: Mapping[str, Cells], placed: PlacedRows) -> dict[str, Cells]:
        """All cells of points whose rows are alike, by column, behind what the rows of each point
        begin with.
        """
        counts = placed.end - placed.first
        point = np.repeat(np.arange(len(counts)), counts)
        starts = np.cumsum(counts) - counts
        row = placed.first[point] + np.arange(len(point)) - starts[point]
        columns = {name: cells[point] for name, cells in heads.items()}
        groups = list(_grouped(placed.source[point]))
        for name in self.shape:
            parts = [self._sources[number].columns[name][row[of]] for number, of in groups]
            if len(parts) == 1:
                columns[name] = parts[0]
            else:
                order = np.argsort(np.concatenate([of for _, of in groups] or [point]))
                columns[name] = joined(parts)[order]
        return columns


def chosen_rows(
    columns: dict[str, Cells], condition: Expression | None, fits: Fits
) -> dict[str, Cells]:
    """The rows of some columns where a condition holds; none where they lack what it names."""
    if condition is None:
        return columns
    if not columns.keys() >= condition.names:
        return {}
    chosen = rows_that_hold(condition, columns)
    if chosen is None:
        names = tuple(condition.names)
        told = [columns[name].tolist() for name in names]
        if names:
            each = (fits(dict(zip(names, row, strict=True))) for row in zip(*told, strict=True))
            chosen = np.fromiter(each, np.bool_)
        else:
            chosen = np.full(len(columns["status"]), fits({}))
    return columns if chosen.all() else {name: cells[chosen] for name, cells in columns.items()}


def column_of(values: Sequence[Any]) -> Cells:
    """Python's values as a column: of numbers where all are floats, or whole numbers of 64 bits."""
    types = set(map(type, values))
    if types == {float}:
        return np.array(values, np.float64)
    if types == {int} and min(values) >= -(2**63) and max(values) < 2**63:
        return np.array(values, np.int64)
    cells = np.empty(len(values), object)
    for index, value in enumerate(values):
        cells[index] = value
    return cells


def _grouped(numbers: NDArray[np.int64]) -> list[tuple[int, NDArray[np.int64]]]:
    """Each number that stands there, and where, ascending."""
    if not len(numbers):
        return []
    order = np.argsort(numbers, kind="stable")
    ends = np.flatnonzero(np.diff(numbers[order])) + 1
    return [(int(numbers[part[0]]), part) for part in np.split(order, ends)]
