"""A table as a file: CSV always, Parquet and netCDF (xarray) where their libraries are."""

from __future__ import annotations

import csv
import functools
import io
from array import array
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np

from ...errors import MissingLibraryError
from ...texts import csv_cell
from ...units import unit_of
from ..records.disk import write_whole
from ..table import Table

_PART_LETTERS = 1_000_000  # a megabyte at a time, however long the table
_PART_ROWS = 2000  # of a table, at a time
_NUMBERS = frozenset({float, int, type(None)})


def csv_text(table: Table) -> str:
    """The table as CSV; floats in their shortest exact form, absent cells empty."""
    return "".join(_csv_parts(table))


def _csv_parts(table: Table) -> Iterator[str]:
    """The table as CSV, some rows at a time: the whole text of 400,000 rows would take 0.6 GB."""
    stream = io.StringIO()
    writer = csv.writer(stream, lineterminator="\n")
    writer.writerow([csv_cell(name) for name in table.columns])
    # The writer itself puts floats in their shortest exact form and nothing for None.
    told = functools.lru_cache(maxsize=10_000)(csv_cell)
    for columns in table.in_parts(_PART_ROWS):
        cells = (
            column
            if isinstance(column, array)
            else [cell if type(cell) in _NUMBERS else told(cell) for cell in column]
            for column in columns
        )
        writer.writerows(zip(*cells, strict=True))
        if stream.tell() > _PART_LETTERS:
            yield stream.getvalue()
            stream.seek(0)
            stream.truncate()
    yield stream.getvalue()


def write_csv(table: Table, path: Path) -> None:
    """Write CSV, whole or not at all."""
    write_whole(path, (part.encode() for part in _csv_parts(table)))


def write_parquet(table: Table, path: Path, provenance: Mapping[str, str]) -> None:
    """Write Parquet with the provenance as file metadata and units as field metadata.

    Parameters
    ----------
    table : Table
    path : Path
        An older file there is replaced as a whole.
    provenance : mapping of str to str

    Raises
    ------
    MissingLibraryError
        Without pyarrow.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise MissingLibraryError(
            "Parquet needs pyarrow; pip install 'cavitydesign[tables]'"
        ) from error
    arrays = [pa.array(_uniform(table.column(name))) for name in table.columns]
    fields = [
        pa.field(name, array.type, metadata={"units": unit_of(name)})
        for name, array in zip(table.columns, arrays, strict=True)
    ]
    content = io.BytesIO()
    pq.write_table(
        pa.Table.from_arrays(arrays, schema=pa.schema(fields, metadata=dict(provenance))), content
    )
    write_whole(path, content.getvalue())


def write_netcdf(table: Table, path: Path, provenance: Mapping[str, str]) -> None:
    """Write netCDF (HDF5) through xarray: dimension ``row``, units as attributes, the provenance as
    global attributes.

    Parameters
    ----------
    table : Table
    path : Path
        An older file there is replaced as a whole.
    provenance : mapping of str to str

    Raises
    ------
    MissingLibraryError
        Without xarray and h5netcdf.
    """
    try:
        import h5netcdf  # noqa: F401
        import xarray as xr
    except ImportError as error:
        raise MissingLibraryError(
            "netCDF needs xarray and h5netcdf; pip install 'cavitydesign[tables]'"
        ) from error
    variables: dict[str, Any] = {}
    for name in table.columns:
        cells = _uniform(table.column(name))
        if all(cell is None or isinstance(cell, bool | int | float) for cell in cells):
            values: Any = np.array([np.nan if cell is None else float(cell) for cell in cells])
        else:
            values = np.array(["" if cell is None else str(cell) for cell in cells], dtype=object)
        # Slashes and dots: HDF5 allows dots, groups are made by slashes only.
        variables[name] = xr.Variable(
            ("row",), values, {"units": unit_of(name)} if unit_of(name) else {}
        )
    coordinates = {
        name: variables.pop(name) for name in ("point", *table.axes) if name in variables
    }
    dataset = xr.Dataset(variables, coordinates, dict(provenance))
    content = io.BytesIO()
    dataset.to_netcdf(content, engine="h5netcdf")
    write_whole(path, content.getvalue())


def _uniform(cells: list[Any]) -> list[Any]:
    """One type a column: numbers as floats unless all are whole, anything beside texts as text."""
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds <= {int, float} and float in kinds:
        return [None if cell is None else float(cell) for cell in cells]
    if len(kinds) > 1:
        return [None if cell is None else str(cell) for cell in cells]
    return cells
