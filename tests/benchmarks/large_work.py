"""What large work costs: cavities from 1 um to 10 mm, from one to 3,000 modes, from a thousand to a
million points, and one to many workers.

    python tests/benchmarks/large_work.py [--out docs/benchmarks] [--only size modes records workers]

Each measurement runs in a process of its own, so that its memory is its own. The records are made
up (one mode each, of the size of a real one), and the workers of the Dask cluster sleep for a known
time in place of a solve: what is measured is the handing out, not the solving.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from importlib.metadata import version
from pathlib import Path
from typing import Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")

DIAMETERS_UM = (1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0, 3000.0, 10000.0)
# axial orders, radial orders, range in nm, polarisation: 1 to 3,000 modes of one bottle
COMBS = (
    (1, 1, 0.7, "TM"),
    (1, 1, 7.0, "TM"),
    (5, 1, 7.0, "TM"),
    (5, 2, 7.0, "both"),
    (10, 3, 12.0, "both"),
    (10, 3, 36.0, "both"),
)
RECORDS = (1_000, 10_000, 100_000, 1_000_000)
WORKERS = (1, 2, 4, 8, 16, 32)
STUB_SECONDS = 0.1  # what a point costs a worker: that of a small prediction
POINTS_EACH = 60  # points for each worker


def size_s(place: int) -> dict[str, float]:
    """Three azimuthal orders of a sphere, with losses, labels, error bars and count."""
    import cavitydesign as cd

    diameter = DIAMETERS_UM[place]
    spacing = 600.0**2 / (1000.0 * math.pi * diameter * 1.9)
    ball = cd.sphere(
        diameter_um=diameter,
        body={"index": 2.0},
        polarisation="TM",
        wavelength_nm=600.0,
        span_nm=3.0 * spacing,
    )
    start = time.process_time()
    found = cd.find_modes(ball)
    return {"size": diameter, "cpu_s": time.process_time() - start, "modes": len(found)}


def modes_s(place: int) -> dict[str, float]:
    """More and more modes of one bottle of 125 um."""
    import cavitydesign as cd

    axial, radial, span, polarisation = COMBS[place]
    bottle = cd.bottle(
        diameter_um=125.0,
        axial_radius_um=1000.0,
        body="PMMA",
        polarisation=polarisation,
        wavelength_nm=600.0,
        span_nm=span,
        radial_orders=radial,
        axial_orders=axial,
    )
    start = time.process_time()
    found = cd.find_modes(bottle)
    return {"size": len(found), "cpu_s": time.process_time() - start}


DESIGN = """[cavity]
profile = "parabola"
diameter_um = 33.0
axial_radius_um = 130.0
body = "PMMA"
[modes]
polarisation = "TM"
wavelength_nm = 537.6
span_nm = 4.0
"""


def study_file(folder: Path, points: int) -> Path:
    """A study of diameters from 20 to 60 um."""
    folder.mkdir(exist_ok=True)
    (folder / "design.toml").write_text(DESIGN)
    axis = f'[axes]\n"cavity.diameter_um" = {{ from = 20.0, to = 60.0, points = {points} }}\n'
    (folder / "study.toml").write_text(f'design = "design.toml"\ntask = "modes"\n{axis}')
    return folder / "study.toml"


def records_s(place: int, folder: Path) -> dict[str, float]:
    """Status, and a filtered column of the table, of a store of made-up records."""
    from cavitydesign.study import Record, Store, load_study
    from cavitydesign.study.study_run import fingerprints
    from cavitydesign.workflow.study_point import design_schema, evaluate_point

    points = RECORDS[place]
    file = study_file(folder / str(points), points)
    study = load_study(file, design_schema())
    result = evaluate_point(study.design_at(study.point(points // 2)), study.task)
    names = fingerprints(study, range(len(study))).values()
    with Store(study.store).writer() as writer:
        writer.append(Record(name, "ok", result) for name in names)
    told: dict[str, float] = {"size": points}
    told["store_mb"] = sum(p.stat().st_size for p in study.store.rglob("*")) / 1e6
    told |= {f"status_{key}": value for key, value in commanded("status", str(file)).items()}
    csv = folder / "table.csv"
    asked = (
        "table",
        str(file),
        "--csv",
        str(csv),
        "--where",
        "q_total > 4e6",
        "--columns",
        "q_total",
    )
    told |= {f"table_{key}": value for key, value in commanded(*asked).items()}
    return told


def commanded(*arguments: str) -> dict[str, float]:
    """CPU time and memory of a command of `study`, imports included."""
    line = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()", "study"]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    code = (
        "import resource, subprocess, sys;"
        f"subprocess.run({[*line, *arguments]!r}, check=True, stdout=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1e3)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return {"cpu_s": spent, "memory_mb": float(done.stdout.split()[-1])}


def asleep(design: Mapping[str, Any], task: str) -> dict[str, object]:
    """A point of known cost that needs no processor."""
    time.sleep(STUB_SECONDS)
    return {"design": dict(design), "modes": []}


def workers_s(place: int, folder: Path) -> dict[str, float]:
    """Points per second of a Dask cluster of local worker processes over TCP."""
    from distributed import Client, LocalCluster

    from cavitydesign.study import load_study, run_study
    from cavitydesign.study.executors.dask_executor import DaskExecutor
    from cavitydesign.workflow.study_point import design_schema

    workers = WORKERS[place]
    study = load_study(study_file(folder / "w", POINTS_EACH * workers), design_schema())
    settings = {"n_workers": workers, "threads_per_worker": 1, "dashboard_address": None}
    with LocalCluster(**settings) as cluster, Client(cluster) as client:
        client.run(str)  # all workers are there and have imported
        client.submit(asleep, {}, "modes").result()
        start = time.perf_counter()
        run_study(study, asleep, DaskExecutor(cluster.scheduler_address))
        seconds = time.perf_counter() - start
    ideal = POINTS_EACH * STUB_SECONDS
    return {"size": workers, "points_per_s": len(study) / seconds, "efficiency": ideal / seconds}


SERIES = {
    "size": (size_s, len(DIAMETERS_UM)),
    "modes": (modes_s, len(COMBS)),
    "records": (records_s, len(RECORDS)),
    "workers": (workers_s, len(WORKERS)),
}


def measured(name: str) -> list[dict[str, float]]:
    """All measurements of a series, each by a process of its own."""
    rows = []
    for place in range(SERIES[name][1]):
        with tempfile.TemporaryDirectory() as folder:
            line = [sys.executable, __file__, "--one", name, str(place), folder]
            done = subprocess.run(line, stdout=subprocess.PIPE, text=True, check=True)
        rows.append(json.loads(done.stdout.splitlines()[-1]))
        print(name, rows[-1], file=sys.stderr, flush=True)
    return rows


TITLES = {
    "size": "Cavities of 1 um to 10 mm",
    "modes": "One to 3,000 modes",
    "records": "A thousand to a million stored points",
    "workers": "One to many workers",
}
TOLD = {
    "size": (
        "Three azimuthal orders of TM modes (E along the axis) of a sphere of index 2.0 at 600 nm, "
        "to 1e-6, with losses, labels, error bars and count. The window holds the rim alone, so "
        "that time and memory hardly grow with the cavity. The smallest two leak, and are solved "
        "with complex numbers."
    ),
    "modes": (
        "A bottle of 125 um with more and more radial and axial orders, both polarisations, and "
        "wider ranges. A few modes of one family share all that they cost; from some dozens on "
        "time grows like their number, by 5 to 8 ms a mode on the machine above."
    ),
    "records": (
        "Made-up records of the size of real ones. Time grows with the number of records; memory "
        "is stated beside it. The table is the first one of its columns: the next reads what that "
        "one kept. Past a million records, split the study by its slowest axis: every "
        "part is a study of its own, and their tables can be joined."
    ),
    "workers": (
        f"Each point sleeps for {STUB_SECONDS:g} s on a worker of a Dask cluster on this machine, "
        "over TCP: what is measured is the handing out. Where the efficiency falls, the process "
        "that hands out and stores is busy: give it a core of its own, or points that cost more."
    ),
}


def page(series: Mapping[str, list[dict[str, float]]]) -> str:
    """The page, as Markdown."""
    libraries = ", ".join(
        f"{name} {version(name)}" for name in ("cavitydesign", "numpy", "scipy", "distributed")
    )
    lines = [
        "# Large work",
        "",
        "This page is for whoever plans a large computation. It shows what cost grows with: the "
        "size of the cavity, the number of modes, of stored points, and of workers. It was "
        "written by `python tests/benchmarks/large_work.py --out docs/benchmarks`.",
        "",
        f"- machine: {platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}",
        f"- python {platform.python_version()}, {libraries}",
        "",
        "![Large work](large_work.png)",
    ]
    for name, rows in series.items():
        keys = list(rows[0])
        lines += ["", f"## {TITLES[name]}", "", TOLD[name], ""]
        lines += ["| " + " | ".join(HEADINGS.get(key, key) for key in keys) + " |"]
        lines += ["|" + "---|" * len(keys)]
        lines += ["| " + " | ".join(f"{row[key]:.4g}" for key in keys) + " |" for row in rows]
    return "\n".join([*lines, ""])


HEADINGS = {
    "size": "size",
    "cpu_s": "CPU time, s",
    "memory_mb": "memory, MB",
    "store_mb": "store, MB",
    "status_cpu_s": "status: CPU time, s",
    "status_memory_mb": "status: memory, MB",
    "table_cpu_s": "filtered column: CPU time, s",
    "table_memory_mb": "filtered column: memory, MB",
    "points_per_s": "points/s",
}


def picture(series: Mapping[str, list[dict[str, float]]], path: Path) -> None:
    """Cost against size, a panel a series."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    axes_of = {
        "size": ("diameter (um)", (("cpu_s", "CPU time (s)"),)),
        "modes": ("modes", (("cpu_s", "CPU time (s)"),)),
        "records": (
            "stored points",
            (("status_cpu_s", "status"), ("table_cpu_s", "filtered column")),
        ),
        "workers": ("workers", (("points_per_s", "points per second"),)),
    }
    figure, axes = plt.subplots(2, 2, figsize=(8.0, 6.4))
    for panel, (name, rows) in zip(axes.ravel(), series.items(), strict=False):
        across, curves = axes_of[name]
        sizes = [row["size"] for row in rows]
        for (key, label), mark in zip(curves, ("o-", "s-"), strict=False):
            panel.loglog(sizes, [row[key] for row in rows], mark, ms=4, label=label)
        if name != "size":
            last = rows[0 if name == "workers" else -1]
            scale = last[curves[0][0]] / last["size"]
            panel.loglog(sizes, [scale * s for s in sizes], "--", color="0.5", lw=1, label="linear")
        panel.set_xlabel(across)
        panel.set_ylabel(curves[0][1] if len(curves) == 1 else "CPU time (s)")
        panel.set_title(TITLES[name], fontsize=9)
        panel.grid(True, which="major", lw=0.3)
        panel.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main() -> None:
    """Run, print, write."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--out", type=Path)
    options.add_argument("--only", nargs="+", choices=list(SERIES), default=list(SERIES))
    options.add_argument("--one", nargs=3, help=argparse.SUPPRESS)
    given = options.parse_args()
    if given.one:
        name, place, folder = given.one
        action = SERIES[name][0]
        found = (
            action(int(place)) if name in ("size", "modes") else action(int(place), Path(folder))
        )
        if name in ("size", "modes"):
            found["memory_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
        print(json.dumps(found))
        return
    series = {name: measured(name) for name in given.only}
    text = page(series)
    print(text)
    if given.out:
        (given.out / "large_work.md").write_text(text)
        picture(series, given.out / "large_work.png")


if __name__ == "__main__":
    # Workers import what they run by name.
    sys.path.insert(0, str(Path(__file__).parent))
    os.environ["PYTHONPATH"] = os.pathsep.join(
        [str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]
    )
    from large_work import main as importable_main

    importable_main()
