"""A sweep: a study made in code, over the values of some keys of a design."""

from __future__ import annotations

import contextlib
import functools
import html
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..design import Design
from ..design.files.named_files import files_of_design
from ..errors import InputError, MissingLibraryError
from ..markup import html_table
from ..progress import Progress
from ..study import Axis, Study, Table, run_study, study_table
from ..study.cube import cube_of, row_frame
from .code_digest import relevant_version
from .local_workers import executor_for
from .study_point import TASKS, evaluate_point, rows_of_point

if TYPE_CHECKING:
    import pandas as pd
    import xarray as xr


# What a notebook shows of a table beside its axes.
_TOLD = ("mode", "wavelength_nm", "fsr_nm", "q_total", "modes_lasing", "regime", "error")


def _cell(value: object) -> str:
    return f"{value:.6g}" if isinstance(value, float) else "-" if value is None else str(value)


@dataclass(frozen=True)
class SweepResult:
    """The table of a sweep.

    Attributes
    ----------
    study : Study
        The sweep as a study: its points, and the store that holds their results.
    table : Table
        One row a mode (tasks "modes" and "threshold") or a point (task "lase").

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> cd.sweep(ball, {"cavity.diameter_um": [6.0, 6.5]})
    SweepResult of modes: cavity.diameter_um (2), 2 rows
    """

    study: Study
    table: Table

    def to_dataframe(self) -> pd.DataFrame:
        """The table as a data frame."""
        with self._kept():
            return row_frame(self.table)

    def to_xarray(self) -> xr.Dataset:
        """A cube over the axes of the sweep; several modes of a point lie along `mode`."""
        with self._kept():
            return cube_of(self.study, self.table)

    @contextlib.contextmanager
    def _kept(self) -> Iterator[None]:
        """What lacks a library says where the solved points are: nobody solves them twice."""
        try:
            yield
        except MissingLibraryError as error:
            store = self.study.store
            raise MissingLibraryError(
                f"{error}; what was solved is kept: sweep again with store={str(store)!r}"
            ) from None

    def __repr__(self) -> str:
        """One line: the points, the axes and what is missing."""
        axes = " x ".join(f"{axis.keys[0]} ({len(axis)})" for axis in self.study.axes)
        failed = sum(row["status"] != "ok" for row in self.table.rows)
        end = f", {failed} failed" if failed else ""
        return f"SweepResult of {self.study.task}: {axes}, {len(self.table)} rows{end}"

    def _repr_html_(self) -> str:
        """The sweep in one line and the first rows of its table, for notebooks."""
        keys = [key for axis in self.study.axes for key in axis.keys]
        told = [name for name in _TOLD if any(name in row for row in self.table.rows)]
        names = [*keys, *told]
        rows = [[_cell(row.get(name)) for name in names] for row in self.table.rows]
        return f"<p>{html.escape(repr(self))}</p>{html_table(names, rows)}"


def sweep(
    design: Design,
    values: Mapping[str, Iterable[Any]],
    task: str = "modes",
    workers: int | None = 1,
    store: str | Path | None = None,
    progress: Progress | None = None,
) -> SweepResult:
    """Solve a design at all combinations of some values of its keys.

    Parameters
    ----------
    design : Design
        The base design.
    values : mapping of str to values
        By dotted key; several keys make a grid, the last one running fastest.
    task : {"modes", "threshold", "lase"}
        Modes with their losses; with the static threshold of each too; or with light curve and
        regime.
    workers : int, optional
        Processes; 1 solves here.
    store : str or Path, optional
        Folder of the results. A sweep that was interrupted goes on from it, and shares it with
        studies. A temporary folder by default.
    progress : callable, optional
        Called with a message and the fraction done.

    Returns
    -------
    SweepResult
        Its table has one row a mode, or one a point with the task "lase".

    Raises
    ------
    InputError
        If a key, a value or the task is not allowed.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "azimuthal_order": 40}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.5}, **asked)
    >>> found = cd.sweep(ball, {"cavity.diameter_um": [6.0, 6.5]})
    >>> found.to_xarray().sizes["cavity.diameter_um"]
    2
    """
    if task not in TASKS:
        raise InputError(f"task = {task!r}: must be one of {', '.join(TASKS)}")
    axes = []
    for key, entries in values.items():
        plain = [entry.item() if hasattr(entry, "item") else entry for entry in entries]
        if not plain:
            raise InputError(f"{key}: a sweep needs at least one value")
        for entry in plain[:1] + plain[-1:]:
            design.with_values({key: entry})
        axes.append(Axis((key,), tuple((entry,) for entry in plain)))
    folder = Path() if design.path is None else design.path.resolve().parent
    folder_of_store = (
        Path(tempfile.mkdtemp(prefix="cavitydesign-sweep-")) if store is None else Path(store)
    )
    study = Study(
        design.raw,
        task,
        tuple(axes),
        relevant_version(),
        folder_of_store,
        name="sweep",
        files_of=files_of_design,
        folder=folder,
    )
    evaluate = functools.partial(evaluate_point, folder=folder)
    run_study(study, evaluate, executor_for(workers), progress=progress)
    return SweepResult(study, study_table(study, rows_of_point))
