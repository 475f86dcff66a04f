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
from .kept_columns import KeptColumns
from .kept_rows import KeptRows, PartsOf, Tabulate, keep_rows, kept_rows, kept_version
from .records.locations import RecordLocation
from .records.record import FAILED, OK, Record, told_of
from .records.store import Store
from .rows import Rows
from .study_definition import Study
from .study_run import each_fingerprint

MISSING = "missing"
_LAST = ("status", "error")
# `study clean` puts all records into another segment; a look beside it begins anew.
_MOST_LOOKS = 5


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
        kept = Rows(filter(_fitting(expression), self.rows))
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


def _fitting(condition: Expression | None) -> Callable[[Mapping[str, Any]], bool]:
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


def study_table(
    study: Study,
    tabulate: Tabulate,
    indices: Sequence[int] | None = None,
    where: str | None = None,
    columns: Sequence[str] | None = None,
    version: str | None = None,
    parts_of: PartsOf | None = None,
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
    version : str, optional
        Of the code of `tabulate`. With it, rows of a large store are kept beside its segments: the
        next table of the same columns does not read the records again.
    parts_of : callable, optional
        The parts of a result that some columns need; the rest of large stores is not read.

    Raises
    ------
    InputError
        If a column of the study file, or the condition, names what no row has.
    """
    condition = None if where is None else _condition(where)
    if columns is not None and not study.columns and not any("*" in name for name in columns):
        needed = dict.fromkeys([*columns, *(condition.names if condition else ())])
        table = _filled(study, tabulate, indices, condition, list(needed), version, parts_of)
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
    version: str | None = None,
    parts_of: PartsOf | None = None,
) -> Table:
    """The rows that fit; of outcomes only the needed ones, or all."""
    for _ in range(_MOST_LOOKS):
        store = Store(study.store, indexed=True)
        table = _read(store, study, tabulate, indices, condition, needed, version, parts_of)
        if not store.went_away:
            return table
    raise InputError(f"{study.store}: it is cleaned or deleted while it is read; ask again")


def _read(
    store: Store,
    study: Study,
    tabulate: Tabulate,
    indices: Sequence[int] | None,
    condition: Expression | None,
    needed: Sequence[str] | None,
    version: str | None,
    parts_of: PartsOf | None,
) -> Table:
    """The table of a study, of a store as it stands."""
    known: Callable[[RecordLocation], KeptRows | None] | None = None
    if needed is not None and version is not None:
        version = kept_version(study, version)
        keep_rows(store, tabulate, study.task, version, None, needed, parts_of)
        known = kept_rows(store, study.task, version, needed)
    named, names = tee(each_fingerprint(study, range(len(study)) if indices is None else indices))
    outcomes: dict[str, None] = {}
    rows, fits = Rows(), _fitting(condition)
    names_asked = None if condition is None else condition.names
    columns = KeptColumns(rows, outcomes, names_asked, fits, OK)
    # One record at a time: those of 100,000 points would take 2 GB.
    each = store.each_or((name for _, name in names), known)
    for head, found in zip(_heads(study, (index for index, _ in named)), each, strict=True):
        if isinstance(found, KeptRows) and found.cells.whole:
            columns.add(head, found)
            continue
        columns.end()
        if found is None or (isinstance(found, Record) and found.status == FAILED):
            status, error = (MISSING, "") if found is None else (FAILED, found.error)
            row = head | {"status": status, "error": error}
            if fits(row):
                rows.append(row)
            continue
        if isinstance(found, Record):
            with told_of(f"{study.store}: point {head['point']}"):
                told = tabulate(found.result, study.task) or [{}]
                if needed is None:
                    made = [flattened(one) for one in told]
                else:
                    made = [flattened_at(one, needed) for one in told]
        else:
            made = found.cells.rows(found.first, found.end)
        for cells in made:
            for key, expression in study.columns.items():
                value = _derived(expression, head | cells)
                if value is not None:
                    cells[key] = value
            if not cells.keys() <= outcomes.keys():
                outcomes |= dict.fromkeys(cells)
            row = {**head, **cells, "status": OK, "error": ""}
            if fits(row):
                rows.append(row)
    columns.end()
    _check_columns(study, {"point", *study.keys, *outcomes, *study.columns} if outcomes else set())
    names_of_all = (
        "point",
        *study.keys,
        *(key for key in outcomes if key not in study.keys and key != "point"),
        *_LAST,
    )
    return Table(study.name, names_of_all, study.keys, rows)


def _heads(study: Study, indices: Iterable[int]) -> Iterator[dict[str, Any]]:
    """What each row of a point begins with: its number, and what the study sets there."""
    if len(study.axes) == 1 and not study.derived:  # most large studies
        [axis] = study.axes
        for index in indices:
            yield {
                "point": index,
                **dict(zip(axis.keys, map(_cell, axis.rows[index]), strict=True)),
            }
        return
    for index in indices:
        values = study.point(index).values
        yield {"point": index, **{key: _cell(value) for key, value in values.items()}}


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
    if type(value) in (float, int, str):
        return value
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
