"""The table of a study as a data frame, and as a cube over its axes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from ..errors import MissingLibraryError
from ..units import unit_of
from .study_definition import Study
from .table import Table

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


def row_frame(table: Table) -> pd.DataFrame:
    """One row for each row of the table.

    Raises
    ------
    MissingLibraryError
        Without pandas.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise MissingLibraryError(
            "a data frame needs pandas; pip install 'cavitydesign[tables]'"
        ) from error
    return pd.DataFrame({name: table.column(name) for name in table.columns})


def cube_of(study: Study, table: Table) -> xr.Dataset:
    """Outcomes over the axes of a study.

    The first key of each axis gives its dimension and coordinate; keys that vary together with it
    are coordinates along the same dimension. Where a point has several rows (its modes), they lie
    along the further dimension `mode`, in the order of the table; positions without a mode are NaN
    or empty.

    Raises
    ------
    MissingLibraryError
        Without xarray.
    """
    try:
        import xarray as xr
    except ImportError as error:
        raise MissingLibraryError(
            "an xarray cube needs xarray; pip install 'cavitydesign[tables]'"
        ) from error
    shape = tuple(len(axis) for axis in study.axes)
    dimensions = [axis.keys[0] for axis in study.axes]
    seen: dict[int, int] = {}
    positions = []
    for row in table.rows:
        number = seen.get(row["point"], 0)
        seen[row["point"]] = number + 1
        positions.append((*np.unravel_index(row["point"], shape), number))
    depth = max(seen.values(), default=1)
    fixed = {"point", *study.keys}
    variables: dict[str, Any] = {}
    for name in table.columns:
        if name in fixed:
            continue
        cells = [row.get(name) for row in table.rows]
        values = _filled(cells, positions, (*shape, depth))
        unit = {"units": unit_of(name)} if unit_of(name) else {}
        if depth == 1:
            variables[name] = (dimensions, values[..., 0], unit)
        else:
            # Dimensions and variables share their names' space: the label has a name of its own.
            label = "mode_label" if name == "mode" else name
            variables[label] = ([*dimensions, "mode"], values, unit)
    coordinates: dict[str, Any] = {}
    for axis in study.axes:
        for column, key in enumerate(axis.keys):
            entries = [row[column] for row in axis.rows]
            numeric = all(isinstance(x, int | float) for x in entries)
            held = np.array(entries if numeric else [str(x) for x in entries])
            coordinates[key] = (axis.keys[0], held, {"units": unit_of(key)} if unit_of(key) else {})
    return xr.Dataset(variables, coordinates, {"task": study.task, "study": study.fingerprint})


def _filled(cells: list[Any], positions: list[tuple[Any, ...]], shape: tuple[int, ...]) -> Any:
    """Cells at their positions of an array; numbers as floats, all else as text."""
    numeric = all(cell is None or isinstance(cell, bool | int | float) for cell in cells)
    values: Any = np.full(shape, np.nan) if numeric else np.full(shape, "", dtype=object)
    for position, cell in zip(positions, cells, strict=True):
        if cell is not None:
            values[position] = float(cell) if numeric else str(cell)
    return values
