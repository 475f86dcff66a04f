"""`cavitydesign study`: parametric studies that stop and resume; a thin shell over
`cavitydesign.study`.
"""

from __future__ import annotations

import dataclasses
import functools
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ...errors import InputError
from ...texts import counted, visible
from ..exit_codes import DONE, MISSED, note_kept, reported, say
from ..outline_note import tell_unlikely
from ..printing import print_json, print_json_rows
from ..progress_line import ProgressLine
from ..study_tables import print_outcome, print_rows
from .modes import AsJson

if TYPE_CHECKING:
    from ...study import Executor, RunSummary, Store, Study, Table
    from ...study.files.plot_spec import PlotSpec

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]
Workers = Annotated[
    int | None,
    typer.Option("--workers", metavar="N", help="Processes on this machine; default: all cores."),
]
Scheduler = Annotated[
    str | None,
    typer.Option(
        metavar="tcp://HOST:PORT", help='A running Dask scheduler, or "local" to start one.'
    ),
]
Shard = Annotated[
    str | None,
    typer.Option(metavar="I/N", help="Only every N-th point, from the I-th; for job arrays."),
]

study = typer.Typer(
    name="study", help="Parametric studies: run, stop, resume, tabulate.", no_args_is_help=True
)


def run(
    file: StudyFile,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    retry_failed: Annotated[
        bool, typer.Option("--retry-failed", help="Compute failed points again.")
    ] = False,
    dry_run: Annotated[
        bool,
        typer.Option("--dry-run", help="Probe a few points and tell what the study will cost."),
    ] = False,
    json: AsJson = False,
) -> int:
    """Compute the points that are not yet stored; may be killed at any time and run again."""
    from ...study import ProcessExecutor, estimated, run_study

    count = worker_count(workers)
    executor = executor_of(count, scheduler)
    if isinstance(executor, ProcessExecutor) and not dry_run:
        executor.warm()
    loaded = loaded_study(file)
    varied = [
        (key, column)
        for axis in loaded.axes
        for key, column in zip(axis.keys, zip(*axis.rows, strict=True), strict=True)
    ]
    tell_unlikely(loaded.design, dict(varied))
    evaluate = evaluate_of(loaded)
    if dry_run:
        estimate = estimated(loaded, evaluate, count)
        print_outcome("Estimate", estimate.to_json_dict(), json)
        if len(estimate.failures) < estimate.probes:
            return DONE
        probes = counted(estimate.probes, "probed point")
        say(f"{file}: all {probes} failed, so the estimate tells only what failing costs")
        return MISSED
    with ProgressLine() as progress:

        def stored(message: str, share: float) -> None:
            note_kept()
            progress(message, share)

        chosen = _indices(loaded, shard)
        summary = run_study(
            loaded, evaluate, executor, chosen, retry_failed, stored, _keeper(loaded)
        )
    rate = {"points_per_second": summary.points_per_second}
    print_outcome(f"Study {loaded.name}", dataclasses.asdict(summary) | rate, json)
    nothing_solved = _tell_failed(loaded, summary, file, shard)
    if summary.missing:
        say(
            f"{loaded.store}: {summary.missing} of {summary.points} points are not there: records "
            "were deleted while the run was at work. Run again to compute them"
        )
        return MISSED
    return MISSED if nothing_solved else DONE


def _tell_failed(loaded: Study, summary: RunSummary, file: Path, shard: str | None) -> bool:
    """Tell how many points failed, and whether the study as a whole is left without any answer.

    A shard is a part of a job array, and one bad corner of a study shall not stop the array.
    """
    from ...study import first_failure

    if not summary.failed:
        return False
    where = f"cavitydesign study table {file}"
    if shard is not None or summary.failed < summary.points:
        say(f"{counted(summary.failed, 'point')} failed; the reasons: {where}")
        return False
    say(
        f"{file}: all {counted(summary.points, 'point')} failed, so the study has no answer. "
        f"{first_failure(loaded)}. All reasons: {where}"
    )
    return True


def status(file: StudyFile, shard: Shard = None, json: AsJson = False) -> int:
    """Tell how many points are done, failed and missing."""
    from ...study import study_status

    loaded = loaded_study(file, checked=False)
    found = study_status(loaded, _indices(loaded, shard))
    print_outcome(f"Study {loaded.name}", found.to_json_dict(), json)
    return DONE


def table(
    file: StudyFile,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write CSV.")] = None,
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Write Parquet.")] = None,
    netcdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Write netCDF.")] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B*", help="Only these columns.")] = None,
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Only rows such as q_total > 1e4.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Tabulate what is stored: one row a mode or a point, status and error last."""
    from ...study.files.table_export import write_csv, write_netcdf, write_parquet

    loaded = loaded_study(file, checked=False)
    rows = _table(loaded, columns, where)
    if csv is not None:
        write_csv(rows, csv)
    # That of a million points takes 2 s, and CSV does not tell it.
    named = parquet is not None or netcdf is not None or json
    fingerprint = {"fingerprint": loaded.fingerprint} if named else {}
    origin = {"study": loaded.name, **fingerprint, "version": loaded.version}
    if parquet is not None:
        write_parquet(rows, parquet, origin)
    if netcdf is not None:
        write_netcdf(rows, netcdf, origin)
    if json:
        print_json_rows({"schema": 1, **origin, "columns": list(rows.columns)}, rows.rows)
    elif csv is None and parquet is None and netcdf is None:
        print_rows(rows, columns is not None, loaded.columns)
    return DONE


def plot(
    file: StudyFile,
    y: Annotated[
        str | None,
        typer.Option(
            metavar="COLUMN,...",
            help="What to draw; default: the study's table plot, or the usual.",
        ),
    ] = None,
    x: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="Against what; default: the first axis.")
    ] = None,
    by: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="One line for each of its values.")
    ] = None,
    painted: Annotated[
        str | None, typer.Option("--map", metavar="COLUMN", help="Paint it over x and y.")
    ] = None,
    log: Annotated[
        str | None, typer.Option(metavar="COLUMN,...", help="Columns with a logarithmic axis.")
    ] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .png, .pdf or .svg.")] = Path(
        "study.png"
    ),
    where: Annotated[
        str | None, typer.Option(metavar="CONDITION", help="Only rows such as p == 1.")
    ] = None,
    json: AsJson = False,
) -> int:
    """Draw the table: lines with published points, or a map over two axes."""
    from ...study import first_failure
    from ...visualise.files import save_figure
    from ...visualise.studies.study_panels import draw_panels

    loaded = loaded_study(file, checked=False)
    spec = _plot_spec(
        loaded, {"x": x, "y": y, "by": by, "map": painted, "log": log, "where": where}
    )
    overlay = _overlay(file.parent / spec.overlay) if spec.overlay else []
    rows = _table(loaded, None, None)
    if not any(row["status"] == "ok" for row in rows.rows):
        tried = any(row["status"] == "failed" for row in rows.rows)
        raise InputError(
            f"{loaded.name}: no point was solved, so there is nothing to draw. "
            + (first_failure(loaded) if tried else f"Solve them: cavitydesign study run {file}")
        )
    path = save_figure(
        draw_panels(rows.filtered(spec.where) if spec.where else rows, spec, overlay), out
    )
    if json:
        print_json(
            {"schema": 1, "file": str(path), "x": spec.x or loaded.keys[0], "y": list(spec.y)}
        )
    else:
        print(visible(str(path)))
    return DONE


def _plot_spec(loaded: Study, given: dict[str, str | None]) -> PlotSpec:
    """The study's own picture, or the usual one of its task, with what the command line changes."""
    from ...study.files.plot_spec import PlotSpec
    from ...workflow.study_point import USUAL_PICTURE

    changes: dict[str, Any] = {key: text for key, text in given.items() if text}
    for key in changes.keys() & {"y", "log"}:
        changes[key] = tuple(name.strip() for name in changes[key].split(","))
    if "map" in changes:
        # The column upwards of a map is an axis, not what is usually drawn against one.
        changes.setdefault("y", ())
    return dataclasses.replace(loaded.plot or PlotSpec(y=USUAL_PICTURE[loaded.task]), **changes)


def _overlay(path: Path) -> list[dict[str, Any]]:
    """Rows of a CSV of published points."""
    from ...study.files.csv_file import read_csv

    table = read_csv(path, "plot.overlay")
    return [dict(zip(table.header, row, strict=True)) for row in table.rows]


def loaded_study(file: Path, checked: bool = True) -> Study:
    """The study of a file; unchecked, for a quick look at one that has run, only where its store is
    there.
    """
    from ...study import load_study
    from ...workflow.study_point import design_schema

    if not checked:
        quick = load_study(file, design_schema(checked=False))
        if quick.store.is_dir():
            return quick
    return load_study(file, design_schema())


def evaluate_of(loaded: Study) -> Any:
    """What computes a point; file names in the design start beside it."""
    from ...workflow.study_point import evaluate_point

    return functools.partial(evaluate_point, folder=loaded.folder.resolve())


def worker_count(asked: int | None) -> int:
    """Number of processes: as asked, or one for each core this process may use."""
    if asked is not None and asked < 1:
        raise InputError(f"--workers {asked}: at least 1 is needed")
    if asked is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def executor_of(
    workers: int, scheduler: str | None, modules: Sequence[str] | None = None
) -> Executor:
    """Where points are computed: a Dask scheduler if one is named, else processes on this
    machine, which import the given modules before the first point.
    """
    from ...study import ProcessExecutor
    from ...workflow.study_point import WORKER_MODULES

    if scheduler is not None:
        from ...study.executors.dask_executor import DaskExecutor, address_problem

        if scheduler == "local":
            return DaskExecutor(None, workers)
        if problem := address_problem(scheduler):
            raise InputError(f"--scheduler {scheduler}: {problem}")
        return DaskExecutor(scheduler)
    return ProcessExecutor(workers, tuple(modules or WORKER_MODULES))


def _indices(loaded: Study, shard: str | None) -> Sequence[int] | None:
    from ...study.executors.slurm import parse_shard

    return None if shard is None else loaded.shard(*parse_shard(shard))


def _table(loaded: Study, columns: str | None, where: str | None) -> Table:
    from ...columns.code_version import columns_version
    from ...study import study_table
    from ...workflow.study_point import parts_of_point, rows_of_point

    chosen = None if columns is None else [name.strip() for name in columns.split(",")]
    return study_table(
        loaded, rows_of_point, None, where, chosen, columns_version(), parts_of_point
    )


def _keeper(loaded: Study) -> Callable[[Store, Sequence[str]], None]:
    """What makes the rows of a run's segments ready for tables."""
    from ...columns.code_version import columns_version
    from ...study.kept_rows import keep_rows, kept_version
    from ...workflow.study_point import rows_of_point

    version = kept_version(loaded, columns_version())
    return lambda store, segments: keep_rows(store, rows_of_point, loaded.task, version, segments)


for _command in (run, status, table, plot):
    study.command()(reported(_command))
