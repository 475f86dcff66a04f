"""Arithmetic of study files (derived keys, table columns, filters): a small part of Python's
syntax, no more.
"""

from __future__ import annotations

import ast
import math
import operator
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from ..errors import nearest

_BINARY: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
_COMPARED: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}
_FUNCTIONS: dict[str, Callable[..., float]] = {
    "sqrt": math.sqrt,
    "exp": math.exp,
    "log": math.log,
    "log10": math.log10,
    "sin": math.sin,
    "cos": math.cos,
    "tan": math.tan,
    "abs": abs,
    "min": min,
    "max": max,
    "round": lambda value, digits=0.0: round(value, int(digits)),
}
_Worth = Callable[[Mapping[str, Any]], Any]
_CONSTANTS = {"pi": math.pi}
# Letters, and levels of brackets or terms: twenty times what studies of the field need, and far
# below where Python's own parser and call stack end (some 1,000 levels).
LONGEST_TEXT = 2000
_MOST_SHOWN = 120  # letters of arithmetic in a message; studies of the field need some dozens
DEEPEST = 100  # levels, as said above


class ExpressionError(ValueError):
    """The text is not arithmetic, or names a quantity that is not there."""


def dotted_name(node: ast.expr) -> str | None:
    """The quantity that a node names; None where it is something else."""
    if isinstance(node, ast.Name):
        return node.id
    if isinstance(node, ast.Attribute):
        head = dotted_name(node.value)
        return None if head is None else f"{head}.{node.attr}"
    return None


@dataclass(frozen=True)
class Expression:
    """Arithmetic over named quantities, such as ``4 * cavity.diameter_um`` or ``q_total > 1e4 and p
    == 1``.

    Parameters
    ----------
    text : str
        Numbers, quoted words, dotted names, ``+ - * / % **``, comparisons, ``and or not``, and
        sqrt, exp, log, log10, sin, cos, tan, abs, min, max, round, pi.

    Raises
    ------
    ExpressionError
        If the text holds anything else.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > LONGEST_TEXT:
            start = f"{self.text[:40]!r}..."
            raise ExpressionError(
                f"{start}: {len(self.text)} letters; at most {LONGEST_TEXT} are allowed"
            )
        if _depth(self.tree) > DEEPEST:
            start = f"{self.text[:40]!r}..."
            raise ExpressionError(f"{start}: more than {DEEPEST} terms or brackets in one another")
        self._check(self.tree)

    @cached_property
    def tree(self) -> ast.expr:
        """Syntax of the text."""
        try:
            return ast.parse(self.text, mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
            raise ExpressionError(f"{_short(self.text)} is not arithmetic") from error

    @cached_property
    def names(self) -> frozenset[str]:
        """The quantities it needs."""
        found: set[str] = set()
        pending: list[ast.expr] = [self.tree]
        while pending:
            node = pending.pop()
            name = dotted_name(node)
            if name is not None:
                if name not in _CONSTANTS:
                    found.add(name)
                continue
            parts = node.args if isinstance(node, ast.Call) else list(ast.iter_child_nodes(node))
            pending += [part for part in parts if isinstance(part, ast.expr)]
        return frozenset(found)

    def _check(self, node: ast.expr) -> None:
        if dotted_name(node) is not None:
            return
        match node:
            case ast.Constant(value=int() | float() as value) if not _finite(value):
                raise ExpressionError(f"{self.text[:40]!r}: holds a number that is not finite")
            case ast.Constant(value=bool() | int() | float() | str()):
                return
            case ast.BinOp(left=left, op=op, right=right) if type(op) in _BINARY:
                parts = [left, right]
            case ast.UnaryOp(op=ast.USub() | ast.UAdd() | ast.Not(), operand=operand):
                parts = [operand]
            case ast.BoolOp(values=values):
                parts = values
            case ast.Compare(left=left, ops=ops, comparators=rest) if all(
                type(op) in _COMPARED for op in ops
            ):
                parts = [left, *rest]
            case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in _FUNCTIONS:
                parts = args
            case ast.Call(func=ast.Name(id=name)) if name not in _FUNCTIONS:
                known = f"functions: {', '.join(_FUNCTIONS)}{nearest(name, _FUNCTIONS)}"
                raise ExpressionError(
                    f"{_short(self.text)}: {_short(name)} is not allowed; {known}"
                )
            case _:
                allowed = f"arithmetic, comparisons and {', '.join(_FUNCTIONS)}"
                raise ExpressionError(
                    f"{_short(self.text)}: {_short(ast.unparse(node))} is not allowed; {allowed}"
                )
        for part in parts:
            self._check(part)

    def value(self, quantities: Mapping[str, Any]) -> Any:
        """The expression's value where the named quantities have the given ones.

        Raises
        ------
        ExpressionError
            If a quantity is missing, or the arithmetic has no value (division by zero, words times
            words).
        """
        try:
            return self._worth(quantities)
        except KeyError as error:
            raise ExpressionError(
                f"{_short(self.text)} needs {_short(str(error.args[0]))}, which is not there"
            ) from error
        except (ArithmeticError, TypeError, ValueError) as error:
            raise ExpressionError(f"{_short(self.text)} has no value here: {error}") from error

    @cached_property
    def _worth(self) -> _Worth:
        return _worth_of(self.tree)

    def __getstate__(self) -> dict[str, Any]:
        return {"text": self.text}  # functions made here are not sent to other processes


def _worth_of(node: ast.expr) -> _Worth:
    """From quantities to the value of a node; made once, and asked a million times."""
    name = dotted_name(node)
    if name is not None:
        if name in _CONSTANTS:
            constant = _CONSTANTS[name]
            return lambda quantities: constant
        return lambda quantities: _number(quantities[name])
    match node:
        case ast.Constant(value=value):
            plain = _number(value)
            return lambda quantities: plain
        case ast.BinOp(left=left, op=op, right=right):
            a, b, operate = _worth_of(left), _worth_of(right), _BINARY[type(op)]
            return lambda quantities: _real(
                operate(_operand(a(quantities)), _operand(b(quantities)))
            )
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            inner = _worth_of(operand)
            return lambda quantities: not inner(quantities)
        case ast.UnaryOp(op=op, operand=operand):
            inner, sign = _worth_of(operand), -1.0 if isinstance(op, ast.USub) else 1.0
            return lambda quantities: sign * _operand(inner(quantities))
        case ast.BoolOp(op=op, values=values):
            join, parts = all if isinstance(op, ast.And) else any, [*map(_worth_of, values)]
            return lambda quantities: join(part(quantities) for part in parts)
        case ast.Compare(left=left, ops=ops, comparators=rest):
            terms = [_worth_of(part) for part in (left, *rest)]
            compared = [_COMPARED[type(op)] for op in ops]
            if len(terms) == 2:
                [first, second], [fits] = terms, compared
                return lambda quantities: fits(first(quantities), second(quantities))
            return lambda quantities: _all_hold(compared, [term(quantities) for term in terms])
        case ast.Call(func=ast.Name(id=function), args=args):
            given, applied = [*map(_worth_of, args)], _FUNCTIONS[function]
            return lambda quantities: _real(applied(*[_operand(one(quantities)) for one in given]))
    raise ExpressionError(f"{_short(ast.unparse(node))} is not arithmetic")


def _short(text: str) -> str:
    """A text in quotes, its beginning where it is long: a message is one line that can be read."""
    return repr(text if len(text) <= _MOST_SHOWN else f"{text[: _MOST_SHOWN - 3]}...")


def _finite(value: float) -> bool:
    """Whether a float holds a number: 1e999 is none, nor are 400 digits."""
    try:
        return math.isfinite(float(value))
    except OverflowError:
        return False


def _all_hold(compared: Sequence[Callable[[Any, Any], bool]], terms: Sequence[Any]) -> bool:
    return all(fits(a, b) for fits, a, b in zip(compared, terms[:-1], terms[1:], strict=True))


def _number(value: Any) -> Any:
    """Integers as floats, so that a power overflows at once instead of filling the memory."""
    return float(value) if isinstance(value, int) and not isinstance(value, bool) else value


def _operand(value: Any) -> float:
    """A number to compute with: words, lists and tables would grow without bound (``"a" * 1e9``,
    ``"%999999999d" % 1``).
    """
    if isinstance(value, bool | float):
        return value
    raise TypeError("only numbers have arithmetic")


def _real(value: Any) -> float:
    """A result as a finite float: whole numbers as Python has them grow without bound."""
    if isinstance(value, complex):
        raise ValueError("it is not real (a root of a negative number)")
    number = float(value)
    if not math.isfinite(number):
        raise OverflowError("it is not finite")
    return number


def _depth(tree: ast.expr) -> int:
    """Levels of a tree, counted without recursion."""
    deepest = 0
    pending: list[tuple[ast.AST, int]] = [(tree, 1)]
    while pending:
        node, level = pending.pop()
        deepest = max(deepest, level)
        pending += [(part, level + 1) for part in ast.iter_child_nodes(node)]
    return deepest
