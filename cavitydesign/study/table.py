"""One table of a study: a column for each axis and outcome, one row or several for each point."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import tee
from typing import Any

from ..dotted import flattened, flattened_at
from ..errors import InputError, nearest
from .expression import Expression, ExpressionError
from .records.record import FAILED, OK, told_of
from .records.store import Store
from .rows import Rows
from .run import each_fingerprint
from .study import Study

Tabulate = Callable[[Mapping[str, Any], str], Sequence[Mapping[str, Any]]]
"""From a stored result and the task to its rows, nested tables; numbers, texts and booleans become
columns.
"""

MISSING = "missing"
_LAST = ("status", "error")


@dataclass(frozen=True)
class Table:
    """Rows of a study.

    Attributes
    ----------
    name : str
    columns : tuple of str
        ``point``, the axes, the outcomes, ``status`` and ``error`` last.
    axes : tuple of str
        The columns that the study set.
    rows : sequence of mapping
        Cells that are absent are missing keys.
    """

    name: str
    columns: tuple[str, ...]
    axes: tuple[str, ...]
    rows: Sequence[Mapping[str, Any]]

    def __len__(self) -> int:
        return len(self.rows)

    def column(self, name: str) -> list[Any]:
        """Cells of a column, None where absent.

        Raises
        ------
        InputError
            If there is no such column.
        """
        self.check_names([name])
        if isinstance(self.rows, Rows):
            return self.rows.column(name)
        return [row.get(name) for row in self.rows]

    def aligned(self) -> Iterator[list[Any]]:
        """Cells of each row in the order of the columns, None where absent."""
        if isinstance(self.rows, Rows):
            return self.rows.aligned(self.columns)
        return ([row.get(name) for name in self.columns] for row in self.rows)

    def selected(self, patterns: Sequence[str]) -> Table:
        """Only the columns named, in that order; ``*`` stands for any text. ``status`` and
        ``error`` stay last.

        Raises
        ------
        InputError
            If a name fits no column.
        """
        chosen: list[str] = []
        for pattern in patterns:
            shape = re.compile(re.escape(pattern).replace(r"\*", ".*"))
            fitting = [name for name in self.columns if shape.fullmatch(name)]
            if not fitting:
                self.column(pattern)
            chosen += [name for name in fitting if name not in chosen and name not in _LAST]
        return Table(self.name, (*chosen, *_LAST), self.axes, self.rows)

    def filtered(self, condition: str) -> Table:
        """Only the rows where a condition such as ``q_total > 1e4 and p == 1`` holds; absent cells
        do not fit.

        Raises
        ------
        InputError
            If the condition is not arithmetic, or names no column.
        """
        expression = _condition(condition)
        self.check_names(expression.names)
        kept = Rows(row for row in self.rows if _true(expression, row))
        return Table(self.name, self.columns, self.axes, kept)

    def check_names(self, names: Iterable[str]) -> None:
        """Refuse names that no column has.

        Raises
        ------
        InputError
            For the first.
        """
        for name in names:
            if name not in self.columns:
                near = nearest(name, self.columns)
                raise InputError(
                    f"{self.name}: no column {name!r}{near}; columns: {', '.join(self.columns)}"
                )


def _condition(text: str) -> Expression:
    try:
        return Expression(text)
    except ExpressionError as error:
        raise InputError(f"--where: {error}") from error


def _true(expression: Expression, row: Mapping[str, Any]) -> bool:
    return bool(_derived(expression, row))


def study_table(
    study: Study,
    tabulate: Tabulate,
    indices: Sequence[int] | None = None,
    where: str | None = None,
    columns: Sequence[str] | None = None,
) -> Table:
    """The table of what is stored, failed and missing points included.

    Parameters
    ----------
    study : Study
    tabulate : callable
        From a stored result to its rows.
    indices : sequence of int, optional
        Only these points; all by default.
    where : str, optional
        Only the rows where this condition holds, as `Table.filtered`; the others are not kept.
    columns : sequence of str, optional
        Only these columns, as `Table.selected`; the others are not kept.

    Raises
    ------
    InputError
        If a column of the study file, or the condition, names what no row has.
    """
    condition = None if where is None else _condition(where)
    if columns is not None and not study.columns and not any("*" in name for name in columns):
        needed = dict.fromkeys([*columns, *(condition.names if condition else ())])
        table = _filled(study, tabulate, indices, condition, list(needed))
        if needed.keys() <= set(table.columns):
            return table.selected(columns)
        # A name that no row has, or no row that fits: told with the names of all columns.
    table = _filled(study, tabulate, indices, condition, None)
    table.check_names(() if condition is None else sorted(condition.names))
    return table if columns is None else table.selected(columns)


def _filled(
    study: Study,
    tabulate: Tabulate,
    indices: Sequence[int] | None,
    condition: Expression | None,
    needed: Sequence[str] | None,
) -> Table:
    """The rows that fit; of outcomes only the needed ones, or all."""
    store = Store(study.store, indexed=True)
    named, names = tee(each_fingerprint(study, range(len(study)) if indices is None else indices))
    outcomes: dict[str, None] = {}
    rows = Rows()
    # One record at a time: those of 100,000 points would take 2 GB.
    for (index, _), record in zip(named, store.each(name for _, name in names), strict=True):
        point = study.point(index)
        head = {"point": index} | {key: _cell(value) for key, value in point.values.items()}
        if record is None or record.status == FAILED:
            status, error = (MISSING, "") if record is None else (FAILED, record.error)
            row = head | {"status": status, "error": error}
            if condition is None or _true(condition, row):
                rows.append(row)
            continue
        with told_of(f"{study.store}: point {index}"):
            told = tabulate(record.result, study.task) or [{}]
            if needed is None:
                made = [flattened(one) for one in told]
            else:
                made = [flattened_at(one, needed) for one in told]
        for cells in made:
            for key, expression in study.columns.items():
                value = _derived(expression, head | cells)
                if value is not None:
                    cells[key] = value
            outcomes.update(dict.fromkeys(cells))
            row = head | cells | {"status": OK, "error": ""}
            if condition is None or _true(condition, row):
                rows.append(row)
    _check_columns(study, {"point", *study.keys, *outcomes, *study.columns} if outcomes else set())
    columns = (
        "point",
        *study.keys,
        *(key for key in outcomes if key not in study.keys and key != "point"),
        *_LAST,
    )
    return Table(study.name, columns, study.keys, rows)


def _check_columns(study: Study, known: set[str]) -> None:
    """A column of the study's own that names what no row has would be absent without a word."""
    problems = []
    for key, expression in study.columns.items():
        for name in sorted(expression.names - known) if known else ():
            problems.append(
                f'{study.name}: columns."{key}" = {expression.text!r}: no column '
                f"{name!r}{nearest(name, known)}"
            )
    if problems:
        raise InputError(problems)


def _cell(value: Any) -> Any:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else value


def _derived(expression: Expression, cells: Mapping[str, Any]) -> Any:
    if any(cells.get(name) is None for name in expression.names):
        return None
    try:
        return expression.value(cells)
    except ExpressionError:
        return None
