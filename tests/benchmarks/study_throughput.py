"""Figures of the study engine, printed: points per second, overheads, ten thousand stored points.

    python tests/benchmarks/study_throughput.py [points] [--only store | overheads | throughput]

Nothing is asserted here: the figures, with machine and versions, go into docs/studies.md.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
import time
from importlib.metadata import version
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from process_watch import watched

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

DESIGN = """[cavity]
profile = "parabola"
diameter_um = 33.0
axial_radius_um = 130.0
fibre_diameter_um = 15.0
body = "PMMA"
fibre = "silica"
surround = "air"
roughness_nm = 1.0
[modes]
polarisation = "TM"
wavelength_nm = 537.6
span_nm = 4.0
[gain]
medium = "CsPbBr3-PMMA"
"""


def study_in(folder: Path, points: int, task: str = "modes") -> Path:
    """A study of diameters from 20 to 60 um."""
    folder.mkdir()
    (folder / "design.toml").write_text(DESIGN)
    axis = f'[axes]\n"cavity.diameter_um" = {{ from = 20.0, to = 60.0, points = {points} }}\n'
    (folder / "study.toml").write_text(f'design = "design.toml"\ntask = "{task}"\n{axis}')
    return folder / "study.toml"


def command(*arguments: str) -> tuple[float, str]:
    """Wall time and standard output of a command."""
    start = time.perf_counter()
    line = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()", *arguments]
    done = subprocess.run(line, capture_output=True, text=True, check=True)
    return time.perf_counter() - start, done.stdout


def throughput(root: Path, points: int) -> None:
    """Points per second with one and two workers; memory; what the second process adds.

    Other work on the machine makes wall times long, but leaves processor times and the share of
    idle time as they are. From these two follows what the machine would do alone: w workers that
    are idle for a share of their time, and whatever runs beside them, on w cores.
    """
    alone = {}
    for workers in (1, 2):
        file = study_in(root / f"workers-{workers}", points, "threshold")
        line = [
            sys.executable,
            "-c",
            "from cavitydesign.cli.main import main; main()",
            "study",
            "run",
            str(file),
        ]
        seen = watched([*line, "--workers", str(workers), "--json"])
        computing = sorted(seen.processes.values(), key=lambda cost: -cost.run_s)[:workers]
        idle = sum(cost.idle_share for cost in computing) / workers
        alone[workers] = points * workers * (1 - idle) / seen.run_s
        memory = max(cost.memory_mb for cost in seen.processes.values())
        print(
            f"{workers} workers: {points / seen.seconds:.1f} points/s of wall time, start-up "
            "included;"
            f" {1e3 * seen.run_s / points:.1f} ms of processor time a point, workers idle for "
            f"{idle:.1%}:"
            f" {alone[workers]:.1f} points/s on free cores; {memory:.0f} MB in the largest process"
        )
    print(f"efficiency of the second process, on free cores: {alone[2] / alone[1] - 1:.0%}")


def ten_thousand(root: Path) -> None:
    """Status and table of 10 000 stored points, as commands and as functions."""
    from cavitydesign.study import Record, Store, load_study, study_status, study_table
    from cavitydesign.study.files.table_export import csv_text
    from cavitydesign.study.study_run import fingerprints
    from cavitydesign.workflow.study_point import design_schema, evaluate_point, rows_of_point

    file = study_in(root / "many", 10_000)
    study = load_study(file, design_schema())
    result = evaluate_point(study.design_at(study.point(5000)), study.task)
    names = fingerprints(study, range(len(study))).values()
    with Store(study.store).writer() as writer:
        writer.append(Record(name, "ok", result) for name in names)
    start = time.perf_counter()
    study_status(study)
    middle = time.perf_counter()
    rows = study_table(study, rows_of_point)
    csv_text(rows)
    end = time.perf_counter()
    size = sum(path.stat().st_size for path in (study.store / "segments").iterdir()) / 1e6
    print(
        f"10 000 points, {len(rows)} rows, {size:.0f} MB: status {middle - start:.2f} s, table "
        f"{end - middle:.2f} s"
    )
    status, table = (
        command("study", "status", str(file))[0],
        command("study", "table", str(file), "--csv", "t.csv")[0],
    )
    Path("t.csv").unlink()
    print(f"as commands, imports included: status {status:.2f} s, table {table:.2f} s")


def overheads(root: Path) -> None:
    """Cost of handing out a point that costs nothing."""
    from cavitydesign.study import ProcessExecutor, SerialExecutor, load_study, run_study
    from cavitydesign.study.executors.dask_executor import DaskExecutor
    from cavitydesign.workflow.study_point import design_schema

    points = 2000
    for name, executor in (
        ("serial", SerialExecutor()),
        ("2 processes", ProcessExecutor(2)),
        ("dask, 2 workers over TCP", DaskExecutor(None, 2)),
    ):
        study = load_study(study_in(root / name.replace(" ", "-"), points), design_schema())
        summary = run_study(study, json_of, executor)
        print(f"{name}: {1e3 * summary.seconds / points:.2f} ms a point, start-up included")


def json_of(design: object, task: str) -> dict[str, object]:
    """A result that costs nothing."""
    return {"design": json.loads(json.dumps(design)), "modes": []}


def main() -> None:
    """Print all figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("points", type=int, nargs="?", default=1000)
    parser.add_argument("--only", choices=("store", "overheads", "throughput"))
    given = parser.parse_args()
    libraries = ", ".join(f"{name} {version(name)}" for name in ("numpy", "scipy", "distributed"))
    machine = f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}"
    print(
        f"Python {platform.python_version()}, {libraries}; {machine}; {time.strftime('%Y-%m-%d')}"
    )
    with tempfile.TemporaryDirectory() as root:
        if given.only in (None, "store"):
            ten_thousand(Path(root))
        if given.only in (None, "overheads"):
            overheads(Path(root))
        if given.only in (None, "throughput"):
            throughput(Path(root), given.points)
    print(f"load at the end {os.getloadavg()[0]:.1f}")


if __name__ == "__main__":
    from study_throughput import main as importable_main

    importable_main()
