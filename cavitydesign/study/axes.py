"""Axes of a study: design keys and the values that they take, alone or in columns that vary
together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import InputError, nearest
from .records.fingerprint import canonical_text

Value = Any
"""What a design key may hold: number, text, boolean, list or table, as TOML has them."""

LARGEST_STUDY = 1_000_000  # A million points take gigabytes, and a day at 0.1 s each.
RANGE_KEYS = ("from", "to", "points", "spacing")
SPACINGS = ("linear", "geometric")


@dataclass(frozen=True, eq=False)
class Axis:
    """Design keys that vary together, with one row of values for each place on the axis.

    Parameters
    ----------
    keys : tuple of str
        Dotted design keys, such as ``cavity.diameter_um``.
    rows : tuple of tuple
        One value for each key.
    places : tuple of str
        What messages call each row, such as "line 3" of a CSV; empty for "value 1", "value 2", ...
    """

    keys: tuple[str, ...]
    rows: tuple[tuple[Value, ...], ...]
    places: tuple[str, ...] = ()

    def place(self, row: int) -> str:
        """What messages call a row."""
        return self.places[row] if self.places else f"value {row + 1}"

    def __len__(self) -> int:
        return len(self.rows)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Axis) and self._text == other._text

    def __hash__(self) -> int:
        return hash(self._text)

    @property
    def _text(self) -> str:
        return canonical_text([self.keys, self.rows])


@dataclass(frozen=True)
class Bounds:
    """A range of one number, evenly spread in itself or in its logarithm."""

    low: float
    high: float
    spacing: str = "linear"

    def at(self, share: NDArray[np.float64]) -> NDArray[np.float64]:
        """Values at shares 0..1 of the way from low to high, any shape."""
        if self.spacing == "geometric":
            return np.asarray(
                np.exp(math.log(self.low) + share * math.log(self.high / self.low)),
                dtype=np.float64,
            )
        return self.low + share * (self.high - self.low)

    def share(self, values: NDArray[np.float64]) -> NDArray[np.float64]:
        """The inverse of `at`; beyond 0..1 where values lie beyond the bounds."""
        if self.spacing == "geometric":
            tiny = 1e-12 * self.low
            return np.asarray(
                np.log(np.maximum(values, tiny) / self.low) / math.log(self.high / self.low)
            )
        return (values - self.low) / (self.high - self.low)


def range_bounds(entry: Mapping[str, Any], where: str, extra: Sequence[str] = ()) -> Bounds:
    """Read ``{ from, to, spacing }``.

    Parameters
    ----------
    entry : mapping
        The table of the study file.
    where : str
        File and key, for the message.
    extra : sequence of str
        Further keys that the caller reads.

    Raises
    ------
    InputError
        For unknown, missing or impossible entries; reversed bounds among them.
    """
    problems = []
    allowed = ("from", "to", "spacing", *extra)
    for key in entry:
        if key not in allowed:
            problems.append(
                f"{where}: unknown key {key!r}; allowed: "
                f"{', '.join(allowed)}{nearest(key, allowed)}"
            )
    ends = []
    for key in ("from", "to"):
        value = entry.get(key)
        if key not in entry:
            problems.append(f"{where}.{key}: missing; a finite number is needed")
        elif (
            isinstance(value, bool)
            or not isinstance(value, int | float)
            or not math.isfinite(value)
        ):
            problems.append(f"{where}.{key} = {value!r}: a finite number is needed")
        else:
            ends.append(float(value))
    spacing = entry.get("spacing", "linear")
    if spacing not in SPACINGS:
        text = f"not allowed; {' or '.join(SPACINGS)}{nearest(str(spacing), SPACINGS)}"
        problems.append(f"{where}.spacing = {spacing!r}: {text}")
    if len(ends) == 2:
        if ends[0] == ends[1]:
            problems.append(
                f"{where}: from = to = {ends[0]:g}, which is no range; give a list of one value"
            )
        elif ends[0] > ends[1]:
            problems.append(
                f"{where}: bounds reversed, from = {ends[0]:g} must be below to = {ends[1]:g}"
            )
        elif spacing == "geometric" and ends[0] <= 0:
            problems.append(f"{where}.from = {ends[0]:g}: a geometric range needs a positive start")
    if problems:
        raise InputError(problems)
    return Bounds(ends[0], ends[1], str(spacing))


def point_count(value: Any, where: str, least: int = 1) -> int:
    """Check a number of points before anything of that size is made.

    Raises
    ------
    InputError
        If it is not a whole number between `least` and a million.
    """
    if isinstance(value, bool) or not isinstance(value, int):
        raise InputError(f"{where} = {value!r}: a whole number of points is needed")
    if not least <= value <= LARGEST_STUDY:
        raise InputError(f"{where} = {value}: {least} to {LARGEST_STUDY} points are allowed")
    return value


def range_axis(key: str, entry: Mapping[str, Any], where: str) -> Axis:
    """Axis of ``{ from, to, points, spacing }``; whole numbers where both ends and every step are
    whole.
    """
    bounds = range_bounds(entry, where, extra=("points",))
    if "points" not in entry:
        raise InputError(f"{where}.points: missing; give the number of points of the range")
    count = point_count(entry["points"], f"{where}.points", least=2)
    numbers = bounds.at(np.linspace(0.0, 1.0, count)).tolist()
    numbers[0], numbers[-1] = bounds.low, bounds.high
    whole = (
        isinstance(entry["from"], int)
        and isinstance(entry["to"], int)
        and all(x.is_integer() for x in numbers)
    )
    return Axis((key,), tuple((int(x) if whole else x,) for x in numbers))


def list_axis(key: str, values: Sequence[Value], where: str) -> Axis:
    """Axis of a list of values.

    Raises
    ------
    InputError
        If the list is empty or names a value twice.
    """
    return paired_axis({key: values}, where)


def paired_axis(
    columns: Mapping[str, Sequence[Value]], where: str, places: Sequence[str] = ()
) -> Axis:
    """Axis of several keys that vary together, column by column.

    Parameters
    ----------
    columns : mapping
        Values by design key.
    where : str
        File and key, for the message.
    places : sequence of str, optional
        What messages call each row; "value 1", "value 2", ... by default.

    Raises
    ------
    InputError
        If the columns are empty, differ in length, or two rows are the same.
    """
    lengths = {key: len(column) for key, column in columns.items()}
    if not lengths or 0 in lengths.values():
        raise InputError(f"{where}: empty axis; give at least one value")
    if len(set(lengths.values())) > 1:
        given = ", ".join(f"{key} {length}" for key, length in lengths.items())
        raise InputError(f"{where}: paired columns must have the same length ({given})")
    rows = tuple(zip(*columns.values(), strict=True))
    seen: dict[str, str] = {}
    for row_name, row in zip(
        places or [f"value {number}" for number in range(1, len(rows) + 1)], rows, strict=True
    ):
        try:
            text = canonical_text(row)
        except ValueError as error:
            raise InputError(f"{where}: {row_name}: {error}") from error
        if text in seen:
            raise InputError(
                f"{where}: {row_name} repeats {seen[text]} ({', '.join(map(str, row))})"
            )
        seen[text] = row_name
    return Axis(tuple(columns), rows, tuple(places))
