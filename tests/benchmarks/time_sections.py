"""Time and memory of meshed sections: the shipped ones, and time against error beside NGSolve.

    python tests/benchmarks/time_sections.py --peer PYTHON --out docs/benchmarks
    python tests/benchmarks/time_sections.py --shipped --before CHECKOUT

PYTHON is an interpreter that has ngsolve and NumPy. With `--shipped` the shipped sections alone are
measured and printed, with `--before` in turns with another checkout. Both programs solve the same cavities on one
thread, each task in a process of its own, imports left out; NGSolve on meshes of high order made
by hand for these cavities (`ngsolve_sections.py`), with its own shift-and-invert Arnoldi iteration.
Errors are those against the independent reference in `tests/physics/ngsolve_sections.json`.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from machine import processor

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "studies" / "sections"
REFERENCE = ROOT / "tests" / "physics" / "ngsolve_sections.json"
ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
GOAL_S, GOAL_GB = 1.2, 0.3  # of each shipped section
ACCURACIES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8)
STAGES = ("seeds", "mesh", "assemble", "solve", "errors", "count", "losses")
ORDERS = (2, 3, 4, 5)  # of NGSolve; order 6 is the reference itself


def shipped_task(name: str) -> dict[str, Any]:
    """One shipped section: time, peak memory, modes and the largest stated error."""
    import cavitydesign as cd

    design = cd.load_design(SHIPPED / f"{name}.toml")
    start = time.process_time()
    modes = cd.find_modes(design)
    seconds = time.process_time() - start
    errors = [mode.wavelength_error_nm / mode.wavelength_nm for mode in modes]
    return {
        "seconds": seconds,
        "gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6,
        "modes": len(modes),
        "stated": max(errors),
        # by wall time, so that another process on the machine slows all alike
        "shares": {name: modes.seconds.get(name, 0.0) / modes.seconds["total"] for name in STAGES},
    }


def solver_task(row: dict[str, Any], accuracy: float) -> dict[str, Any]:
    """One mode of the reference by cavitydesign: time, error, stated error."""
    from cavitydesign.materials import ConstantIndex
    from cavitydesign.mesh.files.section_file import read_section
    from cavitydesign.mesh.section_cavity import SectionCavity
    from cavitydesign.modes import ModeRequest, find_modes

    mesh = read_section(ROOT / "meshes" / f"{row['section']}.geo")
    media = {name: ConstantIndex.of(n) for name, n in row["indices"].items()}
    cavity = SectionCavity.of(mesh, media)
    request = ModeRequest(row["polarisation"], row["near_nm"], None, row["m"], 1, 1, accuracy)
    start = time.process_time()
    mode = find_modes(cavity, request)[f"{row['polarisation']} {row['m']} 1 0"]
    return {
        "seconds": time.process_time() - start,
        "error": abs(mode.wavelength_nm / row["wavelength_nm"] - 1.0),
        "stated": mode.wavelength_error_nm / mode.wavelength_nm,
    }


def peer_task(row: dict[str, Any], order: int) -> dict[str, Any]:
    """The same by NGSolve, in the process of an interpreter that has it."""
    import math

    from ngsolve_sections import CASES, solve

    case = next(one for one in CASES if one.name == row["name"])
    start = time.process_time()
    k = solve(case, order)
    return {
        "seconds": time.process_time() - start,
        "error": abs(2e3 * math.pi / k.real / row["wavelength_nm"] - 1.0),
    }


def run(
    task: str, *given: object, python: str = sys.executable, checkout: Path = ROOT
) -> dict[str, Any]:
    """A task in a process of its own."""
    command = [python, str(Path(__file__)), "--task", json.dumps([task, *given])]
    environment = {**os.environ, **ONE_THREAD, "PYTHONPATH": str(checkout)}
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if shown.returncode != 0:
        raise SystemExit(f"{task} {given}: {shown.stderr[-800:]}")
    found: dict[str, Any] = json.loads(shown.stdout.splitlines()[-1])
    return found


def best_of(count: int, task: str, *given: object, python: str = sys.executable) -> dict[str, Any]:
    """The fastest of some runs."""
    runs = [run(task, *given, python=python) for _ in range(count)]
    return min(runs, key=lambda one: float(one["seconds"]))


def shipped_table(
    shipped: dict[str, dict[str, Any]], before: dict[str, dict[str, Any]]
) -> list[str]:
    """The shipped sections: time, memory, where the time goes."""
    old = ["s before", "GB before"] if before else []
    titles = ["section", "modes", "processor time s", "peak memory GB", *old]
    titles += ["largest stated relative error", *(f"{stage} %" for stage in STAGES)]
    lines = [f"| {' | '.join(titles)} |", "|" + len(titles) * "---|"]
    for name, one in shipped.items():
        cells = [name, str(one["modes"]), f"{one['seconds']:.2f}", f"{one['gb']:.2f}"]
        if before:
            cells += [f"{before[name]['seconds']:.2f}", f"{before[name]['gb']:.2f}"]
        cells += [f"{one['stated']:.1e}", *(f"{100 * one['shares'][s]:.0f}" for s in STAGES)]
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def page(shipped: dict[str, dict[str, Any]], curves: dict[str, dict[str, Any]], load: str) -> str:
    """Both tables as a page of the docs."""
    import numpy as np

    lines = [
        "# Meshed sections: time, memory, error",
        "",
        "This page is for whoever meshes a section of their own: it shows what the shipped ones "
        "cost, and how long cavitydesign and NGSolve take to "
        "reach an error.",
        "",
        f"The goals are {GOAL_S} s of processor time and {GOAL_GB} GB for each shipped section.",
        "",
        *shipped_table(shipped, {}),
    ]
    lines += ["", "![Time against error](time_sections.png)", ""]
    lines += ["| cavity | program | setting | error | stated error | processor time s |"]
    lines += ["|---|---|---|---|---|---|"]
    for name, curve in curves.items():
        for accuracy, one in curve["cavitydesign"]:
            cells = [f"asked {accuracy:.0e}", f"{one['error']:.1e}", f"{one['stated']:.1e}"]
            lines.append(f"| {name} | cavitydesign | {' | '.join(cells)} | {one['seconds']:.2f} |")
        for order, one in curve["NGSolve"]:
            cells = [f"order {order}", f"{one['error']:.1e}", "-"]
            lines.append(f"| {name} | NGSolve | {' | '.join(cells)} | {one['seconds']:.2f} |")
    lines += [
        "",
        "The times of cavitydesign hold the search, the labels, the error bars, the losses and all "
        "coarser solves;",
        "those of NGSolve hold one solve on a mesh that was made for the cavity by hand. NGSolve knows "
        "no error of its own.",
        "The reference of the disk, whose corners are sharp, moved by 1.6e-8 with its last order: errors "
        "of the disk below",
        "some 5e-8 are those of the reference.",
        "",
        f"Measured on {processor()}, Python {platform.python_version()}, NumPy {np.__version__}, one "
        f"thread, load {load}, {time.strftime('%Y-%m-%d')}, by",
        "",
        "```sh",
        "python tests/benchmarks/time_sections.py --peer PYTHON --out docs/benchmarks",
        "```",
        "",
    ]
    return "\n".join(lines)


def drawn(curves: dict[str, dict[str, Any]], file: Path) -> None:
    """Time against error, a panel for each cavity."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(
        1, len(curves), figsize=(2.6 * len(curves), 2.8), sharey=True, layout="constrained"
    )
    for ax, (name, curve) in zip(axes, curves.items(), strict=True):
        for program, style in (("cavitydesign", "o-"), ("NGSolve", "s--")):
            errors = [max(one["error"], 1e-12) for _, one in curve[program]]
            seconds = [one["seconds"] for _, one in curve[program]]
            ax.loglog(errors, seconds, style, label=program, ms=4)
        ax.set(title=name, xlabel="relative error of the wavelength")
        ax.invert_xaxis()
        ax.grid(alpha=0.3)
    axes[0].set_ylabel("processor time (s)")
    axes[0].legend(frameon=False)
    fig.savefig(file, dpi=200)


TASKS = {"shipped": shipped_task, "solver": solver_task, "peer": peer_task}


def main(words: Sequence[str] | None = None) -> None:
    """Measure, print, and write the page where it is asked for."""
    options = argparse.ArgumentParser(description="time and memory of meshed sections")
    options.add_argument("--peer", help="an interpreter that has ngsolve")
    options.add_argument("--out", type=Path, help="folder of the page")
    options.add_argument("--repeats", type=int, default=2)
    options.add_argument("--shipped", action="store_true", help="the shipped sections alone")
    options.add_argument("--before", type=Path, help="a checkout to compare the shipped ones with")
    options.add_argument("--task", help=argparse.SUPPRESS)
    asked = options.parse_args(words)
    if asked.task is not None:
        name, *given = json.loads(asked.task)
        print(json.dumps(TASKS[name](*given)))
        return
    load = " ".join(f"{one:.1f}" for one in os.getloadavg())
    shipped: dict[str, dict[str, Any]] = {}
    before: dict[str, dict[str, Any]] = {}
    for file in sorted(SHIPPED.glob("*.toml")):
        checkouts = [(ROOT, shipped), *([(asked.before, before)] if asked.before else [])]
        for _ in range(asked.repeats):
            for checkout, table in checkouts:
                one = run("shipped", file.stem, checkout=checkout)
                if one["seconds"] < table.get(file.stem, one)["seconds"] or file.stem not in table:
                    table[file.stem] = one
        print(file.stem, shipped[file.stem], before.get(file.stem), flush=True)
    if asked.shipped:
        print("\n".join(["", *shipped_table(shipped, before), "", f"load {load}"]))
        return
    curves: dict[str, dict[str, Any]] = {}
    for row in json.loads(REFERENCE.read_text()):
        solver = [(a, best_of(asked.repeats, "solver", row, a)) for a in ACCURACIES]
        peer = []
        if asked.peer:
            peer = [(o, best_of(asked.repeats, "peer", row, o, python=asked.peer)) for o in ORDERS]
        curves[row["name"]] = {"cavitydesign": solver, "NGSolve": peer}
        print(row["name"], curves[row["name"]], flush=True)
    text = page(shipped, curves, load)
    print(text)
    if asked.out is not None:
        (asked.out / "time_sections.md").write_text(text)
        drawn(curves, asked.out / "time_sections.png")


if __name__ == "__main__":
    main()
