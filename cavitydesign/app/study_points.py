"""A finished (or half finished) study as points that the page can draw and open."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..errors import InputError
from .web.consent import unknown_scripts
from .web.request_limits import check_files, inside

if TYPE_CHECKING:
    from ..study.files.user_file import DesignSchema
    from ..study.study_definition import Study

# A bound of taste: every row goes to the browser with its text, which draws and searches it.
_MOST_POINTS = 5000


def _study(path: Path, folder: Path, agreed: Collection[str]) -> Study:
    """The study of a file, all of whose files lie within the folder.

    Its design is checked as a whole, which draws its section, unless a script of it has not been
    agreed to: nothing runs only because a study is looked at.
    """
    from ..design import read_toml
    from ..study.files.study_file import load_study
    from ..workflow.study_point import design_schema

    content = read_toml(path)
    for table, key in (
        (content, "design"),
        (content, "store"),
        ("points", "csv"),
        ("plot", "overlay"),
    ):
        held = content.get(table, {}) if isinstance(table, str) else table
        name = held.get(key) if isinstance(held, Mapping) else None
        if isinstance(name, str):
            inside(folder, name, path.parent)
    sections = _checked_values(content, path.parent, folder)
    name = content.get("design")
    start = path.parent
    if isinstance(name, str):
        design = inside(folder, name, path.parent)
        tables, start = read_toml(design), design.parent
        check_files(tables, folder, start)
        sections.append(tables)
    unknown = any(unknown_scripts(one, start, agreed) for one in sections)
    return load_study(path, _confined(design_schema(checked=not unknown), folder))


def _confined(schema: DesignSchema, folder: Path) -> DesignSchema:
    """The schema of designs all of whose files lie within the folder, whichever way the study sets
    them: each is asked before it is read.
    """

    def value_problem(
        design: Mapping[str, Any], key: str, value: Any, base: Path, varied: Collection[str]
    ) -> str | None:
        check_files({key.rpartition(".")[2]: value}, folder, base)
        return schema.value_problem(design, key, value, base, varied)

    def files_of(design: Mapping[str, Any], base: Path) -> Sequence[Path]:
        check_files(design, folder, base)
        return schema.files_of(design, base)

    return replace(schema, value_problem=value_problem, files_of=files_of)


def _checked_values(content: Mapping[str, Any], base: Path, folder: Path) -> list[dict[str, Any]]:
    """What the axes and samples of a study set, in the study or in the CSV of its points, as tables
    of one key; all files that these name lie within the folder.
    """
    from ..study.files.csv_file import read_csv
    from ..study.files.user_file import dotted_entries

    name = content.get("design")
    start = (base / name).parent if isinstance(name, str) else base
    columns: dict[str, Any] = {}
    sample = content.get("sample")
    bounds = sample.get("bounds") if isinstance(sample, Mapping) else None
    for held in (content.get("axes"), content.get("paired"), bounds):
        columns |= dotted_entries(held) if isinstance(held, Mapping) else {}
    points = content.get("points")
    if isinstance(points, Mapping) and isinstance(points.get("csv"), str):
        found = read_csv(inside(folder, points["csv"], base), "points.csv")
        columns |= {
            key: [row[column] for row in found.rows] for column, key in enumerate(found.header)
        }
    set_there = [
        {key.rpartition(".")[2]: value}
        for key, values in columns.items()
        for value in (values if isinstance(values, list) else [values])
        if not isinstance(value, int | float)
    ]
    for one in set_there:
        check_files(one, folder, start)
    return set_there


def opened_study(path: Path, folder: Path, agreed: Collection[str] = ()) -> dict[str, Any]:
    """Axes, outcomes and rows of a study.

    Parameters
    ----------
    path : Path
        The study file.
    folder : Path
        What may be read.
    agreed : collection of str
        Digests of scripts that may run.

    Returns
    -------
    dict
        design (the base), source, points, failed, others (records in the store of another design or
        version), axes, outcomes (numeric columns), rows (each with its point).

    Raises
    ------
    InputError
        If it is no study, too large to show, or names files elsewhere.
    """
    from ..study.status import study_status
    from ..study.table import study_table
    from ..workflow.study_point import rows_of_point

    study = _study(path, folder, agreed)
    if len(study) > _MOST_POINTS:
        raise InputError(
            f"{path.name}: {len(study)} points; the explorer shows up to {_MOST_POINTS}"
        )
    table, status = study_table(study, rows_of_point), study_status(study)
    outcomes = [
        name
        for name in table.columns
        if name not in ("point", *table.axes) and _numeric(table.column(name))
    ]
    kept = ("point", *table.axes, *outcomes, "mode", "status", "error")
    return {
        "design": dict(study.design),
        "source": str(path.parent / "design.toml"),
        "points": len(study),
        "failed": status.failed,
        "others": status.others,
        "axes": list(table.axes),
        "outcomes": outcomes,
        "rows": [
            {name: row[name] for name in kept if row.get(name) not in (None, "")}
            for row in table.rows
        ],
    }


def design_of_point(
    path: Path, folder: Path, index: int, agreed: Collection[str] = ()
) -> Mapping[str, Any]:
    """The design of one point of a study.

    Raises
    ------
    InputError
        If there is no such point.
    """
    study = _study(path, folder, agreed)
    if not 0 <= index < len(study):
        raise InputError(f"point {index}: this study has the points 0 to {len(study) - 1}")
    return study.design_at(study.point(index))


def _numeric(cells: list[Any]) -> bool:
    present = [cell for cell in cells if cell is not None]
    return bool(present) and all(
        isinstance(cell, int | float) and not isinstance(cell, bool) for cell in present
    )
