"""One table of a study: a column for each axis and outcome, one row or several for each point."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..dotted import flattened
from ..errors import InputError, nearest
from .expression import Expression, ExpressionError
from .records.record import FAILED, OK, told_of
from .records.store import Store
from .rows import Rows
from .run import fingerprints
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

    Raises
    ------
    InputError
        If a column of the study file, or the condition, names what no row has.
    """
    condition = None if where is None else _condition(where)
    store = Store(study.store)
    names = fingerprints(study, range(len(study)) if indices is None else indices)
    outcomes: dict[str, None] = {}
    rows = Rows()
    # One record at a time: those of 100,000 points would take 2 GB.
    for index, record in zip(names, store.each(names.values()), strict=True):
        point = study.point(index)
        head = {"point": index} | {key: _cell(value) for key, value in point.values.items()}
        if record is None or record.status == FAILED:
            status, error = (MISSING, "") if record is None else (FAILED, record.error)
            row = head | {"status": status, "error": error}
            if condition is None or _true(condition, row):
                rows.append(row)
            continue
        with told_of(f"{study.store}: point {index}"):
            made = [flattened(one) for one in tabulate(record.result, study.task) or [{}]]
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
    table = Table(study.name, columns, study.keys, rows)
    table.check_names(() if condition is None else sorted(condition.names))
    return table


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
