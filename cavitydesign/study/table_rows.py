"""The rows of a study's table, read from its store: by column where cells are kept, else record by
record.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from ..dotted import flattened, flattened_at
from .expression import Expression, ExpressionError
from .kept_columns import KeptColumns, PlacedRows, chosen_rows
from .kept_rows import Tabulate
from .point_heads import PointHeads, each_head
from .records.cell_columns import Cells
from .records.cells import KeptCells
from .records.record import FAILED, OK, told_of
from .records.store import Store
from .rows import Rows
from .study_definition import Study
from .study_run import fingerprints_in_parts

MISSING = "missing"
# Points that are put into a table at once where their rows are kept: fewer go one by one.
_FEWEST = 50


class RowReader:
    """Puts the rows of points into a table.

    Parameters
    ----------
    store : Store
    study : Study
    tabulate : callable
        From a stored result to its rows.
    condition : Expression or None
        Only the rows where it holds.
    needed : sequence of str or None
        Of outcomes only these; None for all.
    cells : mapping of str to KeptCells
        What is kept, by segment.
    """

    def __init__(
        self,
        store: Store,
        study: Study,
        tabulate: Tabulate,
        condition: Expression | None,
        needed: Sequence[str] | None,
        cells: Mapping[str, KeptCells],
    ) -> None:
        self._store, self._study, self._tabulate = store, study, tabulate
        self._condition, self._needed, self._cells = condition, needed, cells
        self._fits = fitting(condition)
        self._columns = KeptColumns(store.lines(), cells)
        self.rows = Rows()
        self.outcomes: dict[str, None] = {}

    def read(self, indices: Sequence[int]) -> None:
        """Take in some points."""
        heads = PointHeads(self._study)
        for numbers, names in fingerprints_in_parts(self._study, indices):
            lines = self._store.rows(names)
            placed, columns = self._columns.placed(lines), heads.of(numbers)
            # Whether a point has rows that are put in with others, no record, or a row of its own.
            kinds = np.where(self._columns.alike(placed), 1, np.where(lines < 0, 2, 0))
            ends = [*(np.flatnonzero(np.diff(kinds)) + 1).tolist(), len(kinds)]
            if len(ends) * _FEWEST > len(kinds):
                kinds, ends = np.zeros_like(kinds), [len(kinds)]
            start = 0
            for end in ends:
                part = {name: cells[start:end] for name, cells in columns.items()}
                if kinds[start] == 1:
                    self._take_together(part, placed.part(start, end), OK)
                elif kinds[start] == 2:
                    count = end - start
                    self._extend(part | _outcome_of(count, MISSING))
                else:
                    self._take_each(part, names[start:end], placed.part(start, end))
                start = end

    def _take_together(self, heads: dict[str, Cells], placed: PlacedRows, status: str) -> None:
        columns = self._columns.together(heads, placed)
        self.outcomes |= dict.fromkeys(self._columns.shape)
        self._extend(columns | _outcome_of(len(columns["point"]), status))

    def _extend(self, columns: dict[str, Cells]) -> None:
        self.rows.extend(chosen_rows(columns, self._condition, self._fits))

    def _take_each(self, heads: dict[str, Cells], names: Sequence[str], placed: PlacedRows) -> None:
        """Take in one record at a time: those of 100,000 points would take 2 GB."""
        kept = (placed.source >= 0).tolist()
        records = self._store.each(name for name, held in zip(names, kept, strict=True) if not held)
        for number, head in enumerate(each_head(heads)):
            if kept[number]:
                made = self._columns.rows(
                    int(placed.source[number]), int(placed.first[number]), int(placed.end[number])
                )
                self._add(head, made)
                continue
            record = next(records)
            if record is None or record.status == FAILED:
                status, error = (MISSING, "") if record is None else (FAILED, record.error)
                row = head | {"status": status, "error": error}
                if self._fits(row):
                    self.rows.append(row)
                continue
            with told_of(f"{self._study.store}: point {head['point']}"):
                told = self._tabulate(record.result, self._study.task) or [{}]
                if self._needed is None:
                    made = [flattened(one) for one in told]
                else:
                    made = [flattened_at(one, self._needed) for one in told]
            self._add(head, made)

    def _add(self, head: dict[str, Any], made: list[dict[str, Any]]) -> None:
        """Put the rows of a point in."""
        for cells in made:
            for key, expression in self._study.columns.items():
                value = _derived(expression, head | cells)
                if value is not None:
                    cells[key] = value
            if not cells.keys() <= self.outcomes.keys():
                self.outcomes |= dict.fromkeys(cells)
            row = {**head, **cells, "status": OK, "error": ""}
            if self._fits(row):
                self.rows.append(row)


def fitting(condition: Expression | None) -> Callable[[Mapping[str, Any]], bool]:
    """Whether a row fits a condition; any does where there is none."""
    if condition is None:
        return lambda row: True
    names, value = tuple(condition.names), condition.value

    def fits(row: Mapping[str, Any]) -> bool:
        for name in names:
            if row.get(name) is None:
                return False
        try:
            return bool(value(row))
        except ExpressionError:
            return False

    return fits


def _outcome_of(count: int, status: str) -> dict[str, Cells]:
    return {"status": np.full(count, status, object), "error": np.full(count, "", object)}


def _derived(expression: Expression, cells: Mapping[str, Any]) -> Any:
    if any(cells.get(name) is None for name in expression.names):
        return None
    try:
        return expression.value(cells)
    except ExpressionError:
        return None
