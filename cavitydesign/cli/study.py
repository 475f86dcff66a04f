"""`cavitydesign study`: parametric studies that stop and resume; a thin shell over `cavitydesign.study`."""

from __future__ import annotations

import functools
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ..errors import InputError, nearest
from .modes import AsJson
from .outcome import DONE, MISSED, reported, say
from .printing import new_table, number, print_json, print_tables
from .progress import ProgressLine

if TYPE_CHECKING:
    from ..study import Executor, Study, Table

StudyFile = Annotated[Path, typer.Argument(metavar="STUDY.toml", help="The study file.")]
Workers = Annotated[
    int | None, typer.Option("--workers", metavar="N", help="Processes on this machine; default: all cores.")
]
Scheduler = Annotated[str | None, typer.Option(metavar="tcp://HOST:PORT", help="A running Dask scheduler.")]
Shard = Annotated[str | None, typer.Option(metavar="I/N", help="Only every N-th point, from the I-th; for job arrays.")]

study = typer.Typer(name="study", help="Parametric studies: run, stop, resume, tabulate.", no_args_is_help=True)


def run(
    file: StudyFile,
    workers: Workers = None,
    scheduler: Scheduler = None,
    shard: Shard = None,
    retry_failed: Annotated[bool, typer.Option("--retry-failed", help="Compute failed points again.")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Probe a few points and tell what the study will cost.")
    ] = False,
    json: AsJson = False,
) -> int:
    """Compute the points that are not yet stored; may be killed at any time and run again."""
    from ..study import estimated, run_study

    loaded = _loaded(file)
    count = worker_count(workers)
    evaluate = _evaluate(file)
    if dry_run:
        estimate = estimated(loaded, evaluate, count).to_json_dict()
        _print_outcome("Estimate", estimate, json)
        return DONE
    with ProgressLine() as progress:
        executor = executor_of(count, scheduler)
        summary = run_study(loaded, evaluate, executor, _indices(loaded, shard), retry_failed, progress)
    rate = {"points_per_second": summary.points_per_second}
    _print_outcome(f"Study {loaded.name}", asdict(summary) | rate, json)
    if summary.failed:
        say(f"{summary.failed} points failed; their reasons: cavitydesign study table {file}")
    return MISSED if summary.failed else DONE


def status(file: StudyFile, shard: Shard = None, json: AsJson = False) -> int:
    """Tell how many points are done, failed and missing."""
    from ..study import study_status

    loaded = _loaded(file)
    found = study_status(loaded, _indices(loaded, shard))
    _print_outcome(f"Study {loaded.name}", found.to_json_dict(), json)
    return DONE


def table(
    file: StudyFile,
    csv: Annotated[Path | None, typer.Option(metavar="FILE", help="Write CSV.")] = None,
    parquet: Annotated[Path | None, typer.Option(metavar="FILE", help="Write Parquet.")] = None,
    netcdf: Annotated[Path | None, typer.Option(metavar="FILE", help="Write netCDF.")] = None,
    columns: Annotated[str | None, typer.Option(metavar="A,B*", help="Only these columns.")] = None,
    where: Annotated[str | None, typer.Option(metavar="CONDITION", help="Only rows such as q_total > 1e4.")] = None,
    json: AsJson = False,
) -> int:
    """Tabulate what is stored: one row a mode or a point, status and error last."""
    from ..study.table_file import write_csv, write_netcdf, write_parquet

    loaded = _loaded(file)
    rows = _table(loaded, columns, where)
    origin = {"study": loaded.name, "fingerprint": loaded.fingerprint, "version": loaded.version}
    if csv is not None:
        write_csv(rows, csv)
    if parquet is not None:
        write_parquet(rows, parquet, origin)
    if netcdf is not None:
        write_netcdf(rows, netcdf, origin)
    if json:
        print_json({"schema": 1, **origin, "columns": list(rows.columns), "rows": [dict(row) for row in rows.rows]})
    elif csv is None and parquet is None and netcdf is None:
        _print_rows(rows)
    return DONE


def plot(
    file: StudyFile,
    y: Annotated[str, typer.Option(metavar="COLUMN", help="What to draw.")],
    x: Annotated[str | None, typer.Option(metavar="COLUMN", help="Against what; default: the first axis.")] = None,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Ends in .png, .pdf or .svg.")] = Path("study.png"),
    where: Annotated[str | None, typer.Option(metavar="CONDITION", help="Only rows such as p == 1.")] = None,
    json: AsJson = False,
) -> int:
    """Draw one column of the table against another."""
    from ..visualise.files import save_figure
    from ..visualise.study import draw_study

    rows = _table(_loaded(file), None, where)
    across = x or rows.axes[0]
    path = save_figure(draw_study(rows.column(across), rows.column(y), across, y), out)
    if json:
        print_json({"schema": 1, "file": str(path), "x": across, "y": y})
    else:
        print(path)
    return DONE


def merge(
    file: StudyFile,
    stores: Annotated[list[Path], typer.Argument(metavar="STORE...", help="Folders of other stores.")],
    json: AsJson = False,
) -> int:
    """Copy records of other stores, from other machines say, into the study's own."""
    from ..study import Store

    own = Store(_loaded(file).store)
    absent = [str(folder) for folder in stores if not folder.is_dir()]
    if absent:
        raise InputError([f"{folder}: no such folder; give the store of a study" for folder in absent])
    taken = {str(folder): own.merge(Store(folder)) for folder in stores}
    _print_outcome("Records taken over", taken, json)
    return DONE


def clean(
    file: StudyFile,
    others: Annotated[bool, typer.Option("--others", help="Also drop records of other studies and versions.")] = False,
    json: AsJson = False,
) -> int:
    """Rewrite the store without damaged records. No run may be at work on it."""
    from ..study import Store
    from ..study.run import fingerprints

    loaded = _loaded(file)
    keep = fingerprints(loaded, range(len(loaded))).values() if others else None
    store = Store(loaded.store)
    if not store.folder.is_dir():
        raise InputError(f"{store.folder}: no such folder; the study has not run")
    dropped = store.compact(keep)
    _print_outcome("Store", {"records": len(store), "dropped": dropped}, json)
    return DONE


def slurm(
    file: StudyFile,
    shards: Annotated[int, typer.Option(metavar="N", help="Number of jobs.")] = 16,
    workers: Workers = 1,
    time: Annotated[str, typer.Option(help="Limit of each job.")] = "04:00:00",
    partition: Annotated[str, typer.Option(help="SLURM partition.")] = "",
) -> int:
    """Print the script of a SLURM job array over the study."""
    from ..study.slurm import slurm_script

    loaded = _loaded(file)
    print(
        slurm_script(
            str(file.resolve().parent), file.name, loaded.name, shards, worker_count(workers), time, partition
        ),
        end="",
    )
    return DONE


def _loaded(file: Path) -> Study:
    from ..study import load_study
    from ..survey import design_schema

    return load_study(file, design_schema())


def _evaluate(file: Path) -> Any:
    from ..survey import evaluate_point

    return functools.partial(evaluate_point, folder=file.resolve().parent)


def worker_count(asked: int | None) -> int:
    """Number of processes: as asked, or one for each core this process may use."""
    if asked is not None and asked < 1:
        raise InputError(f"--workers {asked}: at least 1 is needed")
    if asked is not None:
        return asked
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def executor_of(workers: int, scheduler: str | None) -> Executor:
    """Where points are computed: a Dask scheduler if one is named, else processes on this machine."""
    from ..study import ProcessExecutor, SerialExecutor
    from ..survey import WORKER_MODULES

    if scheduler is not None:
        from ..study.dask_executor import DaskExecutor

        if not scheduler.startswith(("tcp://", "tls://")):
            raise InputError(f"--scheduler {scheduler}: tcp://HOST:PORT is needed{nearest(scheduler, ['tcp://'])}")
        return DaskExecutor(scheduler)
    return SerialExecutor() if workers == 1 else ProcessExecutor(workers, WORKER_MODULES)


def _indices(loaded: Study, shard: str | None) -> Sequence[int] | None:
    from ..study.slurm import parse_shard

    return None if shard is None else loaded.shard(*parse_shard(shard))


def _table(loaded: Study, columns: str | None, where: str | None) -> Table:
    from ..study import study_table
    from ..survey import rows_of_point

    rows = study_table(loaded, rows_of_point)
    if where is not None:
        rows = rows.filtered(where)
    return rows if columns is None else rows.selected([name.strip() for name in columns.split(",")])


def _print_outcome(title: str, outcome: dict[str, Any], json: bool) -> None:
    if json:
        print_json({"schema": 1, **outcome})
        return
    shown = new_table(title, ("", ""))
    for name, value in outcome.items():
        shown.add_row(name.replace("_", " "), number(value) if isinstance(value, float) else str(value))
    print_tables(shown)


def _print_rows(rows: Table) -> None:
    shown = new_table(rows.name, rows.columns)
    for row in rows.rows:
        cells = (row.get(name) for name in rows.columns)
        shown.add_row(
            *("" if cell is None else number(cell, ".7g") if isinstance(cell, float) else str(cell) for cell in cells)
        )
    print_tables(shown)


for _command in (run, status, table, plot, merge, clean, slurm):
    study.command()(reported(_command))
