"""One table of a study: a column for each axis and outcome, one row or several for each point."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from ..errors import InputError, nearest
from .expression import Expression, ExpressionError
from .kept_rows import PartsOf, RowsInPassing, Tabulate, keep_rows, kept_rows, kept_version
from .records.cells import KeptCells
from .records.store import Store
from .rows import Rows
from .study_definition import Study
from .table_rows import RowReader, fitting

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

    def in_parts(self, most: int) -> Iterator[list[Sequence[Any]]]:
        """Cells of some rows at a time, at most so many, by column; None where absent."""
        if isinstance(self.rows, Rows):
            yield from self.rows.in_parts(self.columns, most)
            return
        aligned = self.aligned()
        while rows := list(islice(aligned, most)):
            yield list(zip(*rows, strict=True))

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
        kept = Rows(filter(fitting(expression), self.rows))
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
        needed = dict.fromkeys([*columns, *sorted(condition.names if condition else ())])
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
        passing, kept = None, dict[str, KeptCells]()
        if needed is not None and version is not None:
            told = kept_version(study, version)
            passing = RowsInPassing(study.store, tabulate, study.task, told, needed, parts_of)
        store = Store(study.store, indexed=True, watch=passing)
        if needed is not None and passing is not None:
            made = passing.end(store)
            keep_rows(store, tabulate, study.task, told, None, needed, parts_of)
            kept = kept_rows(store, study.task, told, needed, made)
        reader = RowReader(store, study, tabulate, condition, needed, kept)
        reader.read(range(len(study)) if indices is None else indices)
        if not store.went_away:
            return _table_of(study, reader)
    raise InputError(f"{study.store}: it is cleaned or deleted while it is read; ask again")


def _table_of(study: Study, reader: RowReader) -> Table:
    outcomes = reader.outcomes
    _check_columns(study, {"point", *study.keys, *outcomes, *study.columns} if outcomes else set())
    names_of_all = (
        "point",
        *study.keys,
        *(key for key in outcomes if key not in study.keys and key != "point"),
        *_LAST,
    )
    return Table(study.name, names_of_all, study.keys, reader.rows)


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
