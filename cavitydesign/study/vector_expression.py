"""Arithmetic of study files over whole columns of numbers, where it gives the same to the last bit
as `Expression.value` at each row: what IEEE 754 rounds in one way only.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .expression import Expression, dotted_name

_BINARY = {ast.Add: np.add, ast.Sub: np.subtract, ast.Mult: np.multiply, ast.Div: np.divide}
_COMPARED = {
    ast.Lt: np.less,
    ast.LtE: np.less_equal,
    ast.Gt: np.greater,
    ast.GtE: np.greater_equal,
    ast.Eq: np.equal,
    ast.NotEq: np.not_equal,
}


class _Other(Exception):
    """This is not told the same way over columns: texts, powers, functions."""


class _Column(NamedTuple):
    """Values of a part, and where it has one: not where one divides by zero."""

    values: NDArray[np.float64] | NDArray[np.bool_]
    there: NDArray[np.bool_]


def rows_that_hold(
    condition: Expression, columns: Mapping[str, NDArray[np.generic]]
) -> NDArray[np.bool_] | None:
    """Where a condition has a value that is true; None where rows are to be asked one by one.

    Parameters
    ----------
    condition : Expression
    columns : mapping of str to array
        Cells of each row by name: floats, whole numbers of 64 bits, or Python's own values.
    """
    names = condition.names
    if not names or any(columns[name].dtype.kind not in "fi" for name in names):
        return None
    rows = len(next(iter(columns.values())))
    given = {name: columns[name].astype(np.float64) for name in names}
    try:
        with np.errstate(all="ignore"):
            found = _column_of(condition.tree, given, rows)
    except _Other:
        return None
    return np.asarray(found.there & (found.values != 0))


def _column_of(node: ast.expr, given: Mapping[str, NDArray[np.float64]], rows: int) -> _Column:
    name = dotted_name(node)
    everywhere = np.ones(rows, np.bool_)
    if name is not None and name in given:
        return _Column(given[name], everywhere)
    match node:
        case ast.Constant(value=bool() | int() | float() as value):
            return _Column(np.full(rows, float(value)), everywhere)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
            a, b = _column_of(left, given, rows), _column_of(right, given, rows)
            values = _BINARY[type(op)](a.values.astype(np.float64), b.values.astype(np.float64))
            return _Column(values, a.there & b.there & np.isfinite(values))
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _column_of(operand, given, rows)
            return _Column(inner.values == 0, inner.there)
        case ast.UnaryOp(op=ast.USub() | ast.UAdd() as sign, operand=operand):
            inner = _column_of(operand, given, rows)
            values = inner.values.astype(np.float64)
            return _Column(-values if isinstance(sign, ast.USub) else values, inner.there)
        case ast.BoolOp(op=op, values=parts):
            return _joined(isinstance(op, ast.And), [_column_of(one, given, rows) for one in parts])
        case ast.Compare(left=left, ops=ops, comparators=rest):
            terms = [_column_of(one, given, rows) for one in (left, *rest)]
            holds, there = everywhere, terms[0].there
            for operator, a, b in zip(ops, terms[:-1], terms[1:], strict=True):
                holds = holds & _COMPARED[type(operator)](a.values, b.values)
                there = there & b.there
            return _Column(holds, there)
    raise _Other


def _joined(every: bool, parts: list[_Column]) -> _Column:
    """`and` or `or`, of which a later part is not asked where an earlier one has decided."""
    values, there = parts[0].values != 0, parts[0].there
    for part in parts[1:]:
        decided = ~values if every else values
        there = there & (decided | part.there)
        truth = part.values != 0
        values = (values & truth) if every else (values | truth)
    return _Column(values, there)
