"""A study file (TOML) read into a `Study`, or every problem in it named at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import InputError, nearest
from ..axes import (
    LARGEST_STUDY,
    Axis,
    Bounds,
    list_axis,
    paired_axis,
    point_count,
    range_axis,
    range_bounds,
)
from ..expression import Expression
from ..sampling import METHODS, sampled_axis
from ..study_definition import Study
from .csv_file import csv_axis, read_csv
from .plot_spec import read_plot
from .user_file import DesignSchema, UserFile, dotted_entries

RESERVED = ("point", "status", "error")
KEYS = (
    "design",
    "task",
    "store",
    "title",
    "axes",
    "paired",
    "points",
    "sample",
    "derived",
    "columns",
    "plot",
)
SAMPLE_KEYS = ("method", "points", "seed", "bounds")


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
    file = UserFile(path, schema, "study", KEYS, texts=("store", "title"))
    content = file.content
    task = content.get("task", "modes")
    if task not in schema.tasks:
        file.add(
            "task",
            f" = {task!r}: not allowed; "
            f"{' or '.join(schema.tasks)}{nearest(str(task), schema.tasks)}",
        )
    design = file.design()
    store = file.store("results")
    named = _read_axes(file)
    axes = [axis for _, axis in named]
    derived, columns = file.expressions("derived"), file.expressions("columns")
    for name in sorted(columns.keys() & set(RESERVED)):
        file.add(f'columns."{name}"', ": the table has a column of that name; give another")
    _check_keys(named, derived, file)
    _check_size(axes, file)
    plot = file.collect(read_plot, file.table("plot"), path.name) if "plot" in content else None
    if plot is not None and plot.overlay:
        file.collect(read_csv, path.parent / plot.overlay, f"{path.name}: plot.overlay")
    file.raise_if_any()
    _check_values(named, derived, design, file)
    file.raise_if_any()
    study = Study(
        design=design,
        task=str(task),
        axes=tuple(axes),
        version=schema.version,
        files_of=schema.files_of,
        folder=file.folder,
        store=store,
        derived=derived,
        columns=columns,
        plot=plot,
        name=content.get(
            "title", path.stem if path.stem != "study" else path.resolve().parent.name
        ),
    )
    file.check_derived(study, "an axis")
    file.raise_if_any()
    return study


def _read_axes(file: UserFile) -> list[tuple[str, Axis]]:
    """The axes, each with what messages say before its keys."""
    content, name = file.content, file.name
    found: list[tuple[str, Axis | None]] = []
    for key, entry in file.entries("axes", ends=file.names_design_key).items():
        found.append(
            (f"{name}: axes.", file.collect(_read_axis, key, entry, f'{name}: axes."{key}"'))
        )
    paired = file.entries("paired")
    lists = {key: column for key, column in paired.items() if isinstance(column, list)}
    for key in paired.keys() - lists.keys():
        file.add(f'paired."{key}"', f" = {paired[key]!r}: a list is needed")
    if lists:
        found.append((f"{name}: paired.", file.collect(paired_axis, lists, f"{name}: paired")))
    points = file.table("points")
    if "points" in content:
        if list(points) != ["csv"] or not isinstance(points["csv"], str):
            text = "allowed: csv = a file beside this file, its header naming design keys"
            file.add("points", f" = {dict(points)!r}: {text}")
        else:
            path = file.path.parent / points["csv"]
            found.append((f"{path.name}: ", file.collect(csv_axis, path, f"{name}: points.csv")))
    if "sample" in content:
        found.append(
            (
                f"{name}: sample.bounds.",
                file.collect(_read_sample, file.table("sample"), f"{name}: sample"),
            )
        )
    if not any(key in content for key in ("axes", "paired", "points", "sample")):
        file.add("axes", ": missing; give [axes], [paired], [points] or [sample]")
    elif not found and not file.lines:
        file.add("axes", ": empty; name at least one design key")
    return [(head, axis) for head, axis in found if axis is not None]


def _read_axis(key: str, entry: Any, where: str) -> Axis:
    if isinstance(entry, list):
        return list_axis(key, entry, where)
    if isinstance(entry, dict):
        return range_axis(key, entry, where)
    raise InputError(
        f"{where} = {entry!r}: a list of values or {{ from, to, points, spacing }} is needed"
    )


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
    for key, entry in dotted_entries(entries).items():
        location = f'{where}.bounds."{key}"'
        try:
            if isinstance(entry, list) and entry:
                ranges[key] = entry
            elif isinstance(entry, dict):
                ranges[key] = range_bounds(entry, location)
            else:
                problems.append(
                    f"{location} = {entry!r}: {{ from, to }} or a list to choose from is needed"
                )
        except InputError as error:
            problems += error.problems
    if problems:
        raise InputError(problems)
    return sampled_axis(method, count, seed, ranges)


def _check_keys(
    named: Sequence[tuple[str, Axis]], derived: Mapping[str, Expression], file: UserFile
) -> None:
    located = [(f'{head}"{key}"', key) for head, axis in named for key in axis.keys]
    seen: set[str] = set()
    for location, key in [*located, *((f'{file.name}: derived."{key}"', key) for key in derived)]:
        problem = file.schema.key_problem(key)
        if problem is not None:
            file.lines.append(f"{location}: {problem}")
        if key in seen:
            file.lines.append(f"{location}: set by more than one axis")
        for other in sorted(seen - {key}):
            if key.startswith(f"{other}.") or other.startswith(f"{key}."):
                file.lines.append(
                    f"{location}: sets what {other!r} sets too; let the values of one of them be "
                    "tables"
                )
        seen.add(key)


def _check_values(
    named: Sequence[tuple[str, Axis]],
    derived: Mapping[str, Expression],
    design: Mapping[str, Any],
    file: UserFile,
) -> None:
    """Each value must suit its key, whatever the other keys hold; what is impossible only beside
    others fails as a point.
    """
    varied = {key for _, axis in named for key in axis.keys} | set(derived)
    heads = [(head, key) for head, axis in named for key in axis.keys] + [
        (f"{file.name}: derived.", key) for key in derived
    ]
    file.lines += [
        f'{head}"{key}": {problem}'
        for head, key in heads
        if (problem := _no_entry(design, key)) is not None
    ]
    for head, axis in named:
        for column, key in enumerate(axis.keys):
            for row in _telling_rows([row[column] for row in axis.rows]):
                value = axis.rows[row][column]
                problem = file.schema.value_problem(design, key, value, file.folder, varied)
                if problem is not None:
                    file.lines.append(f'{head}"{key}": {axis.place(row)} = {value!r}: {problem}')


def _no_entry(design: Mapping[str, Any], key: str) -> str | None:
    """What is wrong with a key that names an entry of a list that the design does not have."""
    table: Any = design
    parts = key.split(".")
    for index, part in enumerate(parts):
        if part.isdecimal():
            length = len(table) if isinstance(table, list) else 0
            if int(part) >= length:
                return (
                    f"the design has {length} entries of {'.'.join(parts[:index])}, counted from "
                    "0; add it there"
                )
            table = table[int(part)]
        else:
            table = table.get(part) if isinstance(table, dict) else None
    return None


def _telling_rows(values: Sequence[Any]) -> list[int]:
    """Rows to look at: of numbers the least and the largest of each kind, as what is allowed is a
    range; all others.
    """
    rows: list[int] = []
    for kind in (int, float):
        numbers = [(value, row) for row, value in enumerate(values) if type(value) is kind]
        rows += [row for _, row in {min(numbers), max(numbers)}] if numbers else []
    return sorted(
        rows + [row for row, value in enumerate(values) if type(value) not in (int, float)]
    )


def _check_size(axes: Sequence[Axis], file: UserFile) -> None:
    size = 1
    for axis in axes:
        size *= len(axis)
    if size > LARGEST_STUDY:
        shape = " x ".join(str(len(axis)) for axis in axes)
        file.add("axes", f": {shape} = {size} points; at most {LARGEST_STUDY} are allowed")
