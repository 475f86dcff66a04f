"""A study: a design, what is computed of it, and the points at which."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from ..dotted import set_entry
from ..markup import html_table
from ..texts import file_digest
from .axes import Axis, Value
from .expression import Expression, ExpressionError
from .files.plot_spec import PlotSpec
from .records.fingerprint import canonical, canonical_text, json_of_canonical, text_fingerprint

FilesOf = Callable[[Mapping[str, Any], Path], Sequence[Path]]


@dataclass(frozen=True)
class Point:
    """One point of the study.

    Attributes
    ----------
    index : int
        Its number in the grid, the last axis running fastest.
    values : mapping of str to value
        What the axes (and derived keys) set, by design key.
    """

    index: int
    values: Mapping[str, Value]


@dataclass(frozen=True, eq=False, repr=False)
class Study:
    """Points of a grid of axes over a base design.

    Parameters
    ----------
    design : mapping
        The base design, nested tables as in its TOML file.
    task : str
        What is computed at each point.
    axes : tuple of Axis
        The grid; its size is the product of theirs.
    version : str
        Version of whatever decides the numbers.
    store : Path
        Folder of the records.
    derived : mapping of str to Expression
        Design keys that follow from others.
    columns : mapping of str to Expression
        Further columns of the table.
    plot : PlotSpec or None
        What it draws of its table.
    name : str
        For messages and titles.
    files_of : callable or None
        From a design and `folder` to the files that it reads; what is in them belongs to the
        identity of a point.
    folder : Path
        Where those names start.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> cd.sweep(ball, {"cavity.diameter_um": [6.0, 6.5]}).study
    Study sweep of modes: cavity.diameter_um (2), 2 points
    """

    design: Mapping[str, Any]
    task: str
    axes: tuple[Axis, ...]
    version: str
    store: Path
    derived: Mapping[str, Expression] = field(default_factory=dict)
    columns: Mapping[str, Expression] = field(default_factory=dict)
    plot: PlotSpec | None = None
    name: str = "study"
    files_of: FilesOf | None = None
    folder: Path = Path()

    def __repr__(self) -> str:
        """Task, axes and the number of points, in one line."""
        axes = " x ".join(f"{', '.join(axis.keys)} ({len(axis)})" for axis in self.axes)
        return f"Study {self.name} of {self.task}: {axes}, {len(self)} points"

    def _repr_html_(self) -> str:
        """The study in one line and the first and last value of each key, for notebooks."""
        rows = [
            (key, str(len(axis)), f"{axis.rows[0][index]}", f"{axis.rows[-1][index]}")
            for axis in self.axes
            for index, key in enumerate(axis.keys)
        ]
        head = ("axis", "points", "first", "last")
        return f"<p>{html.escape(repr(self))}</p>{html_table(head, rows)}"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Study) and self.fingerprint == other.fingerprint

    def __hash__(self) -> int:
        return hash(self.fingerprint)

    @cached_property
    def fingerprint(self) -> str:
        """Identity of the whole study, 32 hexadecimal digits."""
        axes = [[axis.keys, axis.rows] for axis in self.axes]
        derived = {key: expression.text for key, expression in self.derived.items()}
        return text_fingerprint(
            canonical_text([self.design, axes, derived]), self.task, self.version
        )

    def __len__(self) -> int:
        return math.prod(len(axis) for axis in self.axes)

    @property
    def keys(self) -> tuple[str, ...]:
        """Design keys that vary, axes first, derived last."""
        return tuple(key for axis in self.axes for key in axis.keys) + tuple(self.derived)

    @property
    def known_quantities(self) -> frozenset[str]:
        """What arithmetic of derived keys may name: the numbers and texts of the design, and the
        axes.
        """
        return frozenset(self._base_quantities) | {key for axis in self.axes for key in axis.keys}

    def point(self, index: int) -> Point:
        """The point of a number.

        Parameters
        ----------
        index : int
            From 0 to one less than the number of points.

        Returns
        -------
        Point
            The number and the values of all varied and derived keys.

        Raises
        ------
        ExpressionError
            If a derived key has no value there.
        """
        values: dict[str, Value] = {}
        rest = index
        for axis in reversed(self.axes):
            rest, row = divmod(rest, len(axis))
            values = dict(zip(axis.keys, axis.rows[row], strict=True)) | values
        if self.derived:
            known = self._base_quantities | values
            for key, expression in self.derived.items():
                try:
                    values[key] = known[key] = expression.value(known)
                except ExpressionError as error:
                    raise ExpressionError(f'derived."{key}": {error}') from error
        return Point(index, values)

    def __iter__(self) -> Iterator[Point]:
        return (self.point(index) for index in range(len(self)))

    def shard(self, part: int, parts: int) -> range:
        """Numbers of the points of one of several equal shares, 1 <= part <= parts.

        Parameters
        ----------
        part, parts : int
            Which share of how many, counted from 1.

        Returns
        -------
        range
        """
        return range(part - 1, len(self), parts)

    def design_at(self, point: Point) -> dict[str, Any]:
        """The design of a point in canonical form, so that equal points compute with equal
        numbers.

        Parameters
        ----------
        point : Point

        Returns
        -------
        dict
            Tables of a design file.
        """
        return self.design_of(point.values)

    def design_of(self, values: Mapping[str, Value]) -> dict[str, Any]:
        """The base design in canonical form with values of its keys.

        Parameters
        ----------
        values : mapping of str to Value
            By dotted key.

        Returns
        -------
        dict
            Tables of a design file.
        """
        design: dict[str, Any] = _copied(self._canonical_design)
        for key, value in values.items():
            set_entry(design, key, canonical(value))
        return design

    def fingerprints(self, indices: Sequence[int]) -> Iterator[tuple[int, str]]:
        """Numbers of points and their `point_fingerprint`.

        Parameters
        ----------
        indices : sequence of int
            Numbers of points.

        Raises
        ------
        ExpressionError
            If a derived key has no value at a point; the text names the point.
        InputError
            If the files that a design reads cannot be told.
        """
        from .files.design_text import DesignText

        text = DesignText(self)
        known = text.fingerprints(self, indices) if text.usable else ((i, None) for i in indices)
        for index, name in known:
            try:
                yield index, name or self.point_fingerprint(self.point(index))
            except ExpressionError as error:
                raise ExpressionError(f"point {index}: {error}") from error

    def digests_at(self, index: int) -> list[str]:
        """Digests of the files that the design of a point reads.

        Parameters
        ----------
        index : int
            Number of the point.

        Returns
        -------
        list of str
            One for each file that the design names.
        """
        point = self.point(index)
        return self._digests_of(point, self.design_at(point))

    def point_fingerprint(self, point: Point) -> str:
        """Content hash under which the point is stored.

        Parameters
        ----------
        point : Point

        Returns
        -------
        str
            32 hexadecimal digits.

        Raises
        ------
        InputError
            If the files that its design reads cannot be told.
        """
        design = self.design_at(point)
        return text_fingerprint(
            "\n".join([json_of_canonical(design), *self._digests_of(point, design)]),
            self.task,
            self.version,
        )

    def _digests_of(self, point: Point, design: Mapping[str, Any]) -> list[str]:
        """Digests of the files of a design; numbers name no files, so that points that set only
        numbers share them.
        """
        if self.files_of is None:
            return []
        plain = all(isinstance(value, int | float) for value in point.values.values())
        if plain and self._plain_digests:
            return self._plain_digests[0]
        found = [self._digest(path) for path in self.files_of(design, self.folder)]
        if plain:
            self._plain_digests.append(found)
        return found

    def _digest(self, path: Path) -> str:
        if path not in self._digests:
            self._digests[path] = file_digest(path) or "no such file"
        return self._digests[path]

    @cached_property
    def _plain_digests(self) -> list[list[str]]:
        return []

    @cached_property
    def _digests(self) -> dict[Path, str]:
        return {}

    @cached_property
    def _canonical_design(self) -> dict[str, Any]:
        design = canonical(self.design)
        assert isinstance(design, dict)
        return design

    @cached_property
    def _base_quantities(self) -> dict[str, Any]:
        return _flat(self.design)


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(item) for key, item in value.items()}
    return [_copied(item) for item in value] if isinstance(value, list) else value


def _flat(table: Mapping[str, Any], head: str = "") -> dict[str, Any]:
    flat: dict[str, Any] = {}
    for key, value in table.items():
        if isinstance(value, Mapping) and "value" in value:
            flat[head + key] = value["value"]
        elif isinstance(value, Mapping):
            flat |= _flat(value, f"{head}{key}.")
        else:
            flat[head + key] = value
    return flat
