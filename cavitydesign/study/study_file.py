"""A study file (TOML) read into a `Study`, or every problem in it named at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from ..errors import InputError, nearest
from .axes import (
    LARGEST_STUDY,
    RANGE_KEYS,
    Axis,
    Bounds,
    csv_axis,
    list_axis,
    paired_axis,
    point_count,
    range_axis,
    range_bounds,
)
from .expression import Expression, ExpressionError
from .plot_spec import read_plot
from .sampling import METHODS, sampled_axis
from .study import Study

KEYS = ("design", "task", "store", "title", "axes", "paired", "points", "sample", "derived", "columns", "plot")
Read = TypeVar("Read")

SAMPLE_KEYS = ("method", "points", "seed", "bounds")


@dataclass(frozen=True)
class DesignSchema:
    """What a study must be told of designs.

    Parameters
    ----------
    read_toml : callable
        From the path of a TOML file to its content.
    read : callable
        From the path of a design file to its checked content, nested tables.
    key_problem : callable
        From a dotted key to what is wrong with it as a design key (with the nearest right one), or None.
    tasks : tuple of str
        What can be computed.
    version : str
        Version of whatever decides the numbers.
    file_keys : tuple of str
        Design keys whose values name files beside the design.
    """

    read_toml: Callable[[Path], dict[str, Any]]
    read: Callable[[Path], Mapping[str, Any]]
    key_problem: Callable[[str], str | None]
    tasks: tuple[str, ...]
    version: str
    file_keys: tuple[str, ...] = ()


class Problems:
    """Collects the problems of a file, so that the user meets them all at once."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.lines: list[str] = []

    def add(self, key: str, text: str) -> None:
        """Note one problem of a key."""
        self.lines.append(f"{self.file}: {key}{text}")

    def collect(self, work: Callable[..., Read], *given: Any) -> Read | None:
        """Result of `work(*given)`, or None with its problems noted."""
        try:
            return work(*given)
        except InputError as error:
            self.lines += error.problems
            return None

    def raise_if_any(self) -> None:
        """End reading if anything was wrong."""
        if self.lines:
            raise InputError(self.lines)


def load_study(path: Path, schema: DesignSchema) -> Study:
    """Read and check a study file; nothing is computed.

    Parameters
    ----------
    path : Path
        The study file; the design and the store that it names lie beside it.
    schema : DesignSchema
        How designs are read and which keys they have.

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    content = schema.read_toml(path)
    problems = Problems(path.name)
    for key in content:
        if key not in KEYS:
            problems.add(key, f": unknown key; allowed: {', '.join(KEYS)}{nearest(key, KEYS)}")
    task = content.get("task", "modes")
    if task not in schema.tasks:
        problems.add("task", f" = {task!r}: not allowed; {' or '.join(schema.tasks)}{nearest(str(task), schema.tasks)}")
    for key in ("design", "store", "title"):
        if not isinstance(content.get(key, ""), str):
            problems.add(key, f" = {content[key]!r}: a text is needed")
    design: Mapping[str, Any] | None = None
    if not isinstance(content.get("design"), str):
        problems.add("design", ": missing; name the design file beside this file")
    else:
        design = problems.collect(schema.read, path.parent / content["design"])
    axes = _read_axes(content, path, problems)
    derived = _read_expressions(content, "derived", problems)
    columns = _read_expressions(content, "columns", problems)
    _check_keys(axes, derived, schema, problems)
    _check_size(axes, problems)
    plot = problems.collect(read_plot, table_of(content, "plot", problems), path.name) if "plot" in content else None
    problems.raise_if_any()
    assert design is not None
    return Study(
        design=design,
        task=str(task),
        axes=tuple(axes),
        version=schema.version,
        file_keys=schema.file_keys,
        folder=(path.parent / content["design"]).parent,
        store=path.parent / content.get("store", "results"),
        derived=derived,
        columns=columns,
        plot=plot,
        name=content.get("title", path.stem if path.stem != "study" else path.resolve().parent.name),
    )


def table_of(content: Mapping[str, Any], key: str, problems: Problems) -> Mapping[str, Any]:
    """A table of the file, empty if it is absent; a problem if it is no table."""
    table = content.get(key, {})
    if isinstance(table, dict):
        return table
    problems.add(key, f" = {table!r}: a table is needed")
    return {}


def _read_axes(content: Mapping[str, Any], path: Path, problems: Problems) -> list[Axis]:
    file = path.name
    found: list[Axis | None] = []
    for key, entry in flattened(table_of(content, "axes", problems)).items():
        found.append(problems.collect(_read_axis, key, entry, f'{file}: axes."{key}"'))
    paired = flattened(table_of(content, "paired", problems))
    lists = {key: column for key, column in paired.items() if isinstance(column, list)}
    for key in paired.keys() - lists.keys():
        problems.add(f'paired."{key}"', f" = {paired[key]!r}: a list is needed")
    if lists:
        found.append(problems.collect(paired_axis, lists, f"{file}: paired"))
    points = table_of(content, "points", problems)
    if "points" in content:
        if list(points) != ["csv"] or not isinstance(points["csv"], str):
            text = "allowed: csv = a file beside this file, its header naming design keys"
            problems.add("points", f" = {dict(points)!r}: {text}")
        else:
            found.append(problems.collect(csv_axis, path.parent / points["csv"], f"{file}: points.csv"))
    if "sample" in content:
        found.append(problems.collect(_read_sample, table_of(content, "sample", problems), f"{file}: sample"))
    if not any(key in content for key in ("axes", "paired", "points", "sample")):
        problems.add("axes", ": missing; give [axes], [paired], [points] or [sample]")
    elif not found and not problems.lines:
        problems.add("axes", ": empty; name at least one design key")
    return [axis for axis in found if axis is not None]


def flattened(table: Mapping[str, Any], leaves: Sequence[str] = RANGE_KEYS, head: str = "") -> dict[str, Any]:
    """Entries by dotted key: ``cavity.diameter_um`` without quotes is a nested table in TOML; both spellings are read.

    Parameters
    ----------
    table : mapping
    leaves : sequence of str
        Keys that tell an entry from a nested table.
    head : str
        What stands before the keys.
    """
    flat: dict[str, Any] = {}
    for key, entry in table.items():
        nested = isinstance(entry, dict) and entry and not set(leaves) & set(entry)
        if nested and "." not in key and head.count(".") < 3:
            flat |= flattened(entry, leaves, f"{head}{key}.")
        else:
            flat[head + key] = entry
    return flat


def _read_axis(key: str, entry: Any, where: str) -> Axis:
    if isinstance(entry, list):
        return list_axis(key, entry, where)
    if isinstance(entry, dict):
        return range_axis(key, entry, where)
    raise InputError(f"{where} = {entry!r}: a list of values or {{ from, to, points, spacing }} is needed")


def _read_sample(table: Mapping[str, Any], where: str) -> Axis:
    problems = [
        f"{where}.{key}: unknown key; allowed: {', '.join(SAMPLE_KEYS)}{nearest(key, SAMPLE_KEYS)}"
        for key in table
        if key not in SAMPLE_KEYS
    ]
    method, seed = table.get("method", "sobol"), table.get("seed", 0)
    if method not in METHODS:
        text = f"not allowed; {' or '.join(METHODS)}{nearest(str(method), METHODS)}"
        problems.append(f"{where}.method = {method!r}: {text}")
    if isinstance(seed, bool) or not isinstance(seed, int) or seed < 0:
        problems.append(f"{where}.seed = {seed!r}: a whole number from 0 is needed")
    if "points" not in table:
        problems.append(f"{where}.points: missing; give the number of points")
    ranges: dict[str, Bounds | Sequence[Any]] = {}
    entries = table.get("bounds", {})
    if not isinstance(entries, dict) or not entries:
        problems.append(f"{where}.bounds: empty; give from and to of at least one design key")
        entries = {}
    count = 0
    try:
        count = point_count(table.get("points", 1), f"{where}.points")
    except InputError as error:
        problems += error.problems
    for key, entry in flattened(entries).items():
        place = f'{where}.bounds."{key}"'
        try:
            if isinstance(entry, list) and entry:
                ranges[key] = entry
            elif isinstance(entry, dict):
                ranges[key] = range_bounds(entry, place)
            else:
                problems.append(f"{place} = {entry!r}: {{ from, to }} or a list to choose from is needed")
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return sampled_axis(method, count, seed, ranges)


def _read_expressions(content: Mapping[str, Any], key: str, problems: Problems) -> dict[str, Expression]:
    read: dict[str, Expression] = {}
    for name, text in flattened(table_of(content, key, problems)).items():
        if not isinstance(text, str):
            problems.add(f'{key}."{name}"', f" = {text!r}: a text with arithmetic is needed")
            continue
        try:
            read[name] = Expression(text)
        except ExpressionError as error:
            problems.add(f'{key}."{name}"', f" = {error}")
    return read


def _check_keys(axes: Sequence[Axis], derived: Mapping[str, Expression], schema: DesignSchema, problems: Problems) -> None:
    seen: set[str] = set()
    for key in [key for axis in axes for key in axis.keys] + list(derived):
        wrong = schema.key_problem(key)
        if wrong is not None:
            problems.add(f'"{key}"', f": {wrong}")
        if key in seen:
            problems.add(f'"{key}"', ": set by more than one axis")
        seen.add(key)


def _check_size(axes: Sequence[Axis], problems: Problems) -> None:
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > LARGEST_STUDY:
        shape = " x ".join(str(len(axis)) for axis in axes)
        problems.add("axes", f": {shape} = {size} points; at most {LARGEST_STUDY} are allowed")
