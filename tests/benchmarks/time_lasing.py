"""Processor time of whole lasing predictions on solved modes, against the goals, and in turns with
another checkout.

    python tests/benchmarks/time_lasing.py
    python tests/benchmarks/time_lasing.py --against CHECKOUT --out docs/benchmarks

Each case runs in a process of its own: it solves the modes, warms up with one prediction, and takes
the best of several (processor time of one thread: other work on the machine does not count, though
it makes caches colder). With `--against` the two checkouts take turns, so that both meet the same
machine; the page shows the ratio of the same run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from machine import processor

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}

# What is measured on the design of the quickstart, which values it changes, and the goal in s.
WIDE = {"cavity.diameter_um": 125.0, "cavity.axial_radius_um": 500.0}
SIX = {"modes.polarisation": "both", "modes.axial_orders": 3}
CASES: dict[str, tuple[dict[str, Any], float | None]] = {
    "quickstart, 15 um": ({}, 0.06),
    "125 um": (WIDE, 0.09),
    "15 um, six families with overlaps": (SIX, 0.25),
    "15 um, Q = 1e6": ({"lasing.quality": 1e6}, 0.3),
    "88 um, Q = 1e7": (
        {
            "cavity.diameter_um": 88.0,
            "cavity.axial_radius_um": 352.0,
            "lasing.quality": 1e7,
        },
        None,
    ),
    "88 um, Q = 1e7, six families": (
        {
            "cavity.diameter_um": 88.0,
            "cavity.axial_radius_um": 352.0,
            "lasing.quality": 1e7,
            **SIX,
        },
        7.0,
    ),
}
PREDICTIONS = 4  # of each process; the best counts
TURNS = 3  # processes of each checkout


def measured(case: str) -> dict[str, Any]:
    """One process: the best time of a case, its modes and its threshold."""
    import cavitydesign as cd
    from cavitydesign.lasing.pulses.compiled.compiled_steps import library

    values, _ = CASES[case]
    design = cd.load_design(ROOT / "studies" / "quickstart" / "design.toml").with_values(values)
    modes = cd.find_modes(design)
    prediction = cd.predict_lasing(modes, design)
    seconds = []
    for _ in range(PREDICTIONS):
        start = time.process_time()
        prediction = cd.predict_lasing(modes, design)
        seconds.append(time.process_time() - start)
    return {
        "seconds": min(seconds),
        "modes": len(prediction.modes),
        "threshold_mj_cm2": prediction.thresholds.lasing,
        "steps": "NumPy" if library() is None else "compiled",
    }


def in_process(case: str, checkout: Path) -> dict[str, Any]:
    """The same in a process that imports the package of a checkout."""
    environment = {**os.environ, **ENVIRONMENT, "PYTHONPATH": str(checkout)}
    command = [sys.executable, str(Path(__file__)), "--case", case]
    shown = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    found: dict[str, Any] = json.loads(shown.stdout)
    return found


def in_turns(case: str, checkouts: list[Path]) -> list[dict[str, Any]]:
    """The best of some processes of each checkout, one after the other."""
    runs = [[in_process(case, checkout) for checkout in checkouts] for _ in range(TURNS)]
    return [min(each, key=lambda run: float(run["seconds"])) for each in zip(*runs, strict=True)]


def page(rows: list[tuple[str, list[dict[str, Any]]]], against: bool) -> str:
    """The table as a page of the docs."""
    import numpy as np

    heads = ["cavity", "modes", "processor time s", "goal s"]
    heads += ["before s", "ratio", "change of the threshold"] if against else []
    lines = [
        "# Times of lasing predictions",
        "",
        "This page is for whoever plans many predictions: it shows what one costs on modes that are "
        "solved",
        "already: thresholds, light curve, regime and the chance of a single mode.",
        "Each number is the processor time of one thread, the best of "
        f"{TURNS * PREDICTIONS} predictions.",
        *(
            [
                "A cavity with `before` was measured in turns with an earlier state of the package, in "
                "the same run."
            ]
            if against
            else []
        ),
        "",
        f"| {' | '.join(heads)} |",
        f"|{'---|' * len(heads)}",
    ]
    for case, runs in rows:
        goal = CASES[case][1]
        now = runs[0]
        cells = [
            case,
            str(now["modes"]),
            f"{now['seconds']:.3f}",
            "-" if goal is None else f"{goal:g}",
        ]
        if against:
            before = runs[1]
            change = now["threshold_mj_cm2"] / before["threshold_mj_cm2"] - 1.0
            ratio = before["seconds"] / now["seconds"]
            cells += [f"{before['seconds']:.3f}", f"{ratio:.2f}", f"{change:.1e}"]
        lines.append(f"| {' | '.join(cells)} |")
    steps = {run["steps"] for _, runs in rows for run in runs}
    lines += [
        "",
        f"Measured on {processor()}, Python {platform.python_version()}, NumPy {np.__version__}, "
        f"{' and '.join(sorted(steps))} steps, {time.strftime('%Y-%m-%d')}.",
        "",
        "```sh",
        "python tests/benchmarks/time_lasing.py",
        "```",
        "",
    ]
    return "\n".join(lines)


def main() -> None:
    """Measure, print, and write the page where it is asked for."""
    options = argparse.ArgumentParser(description="processor time of lasing predictions")
    options.add_argument("--against", type=Path, help="another checkout, measured in turns")
    options.add_argument("--out", type=Path, help="folder of the page")
    options.add_argument("--case", choices=list(CASES), help=argparse.SUPPRESS)
    asked = options.parse_args()
    if asked.case is not None:
        print(json.dumps(measured(asked.case)))
        return
    checkouts = [ROOT] if asked.against is None else [ROOT, asked.against.resolve()]
    rows = []
    for case in CASES:
        rows.append((case, in_turns(case, checkouts)))
        print(f"{case}: {', '.join(str(run) for run in rows[-1][1])}", flush=True)
    text = page(rows, asked.against is not None)
    print(text)
    if asked.out is not None:
        (asked.out / "time_lasing.md").write_text(text)


if __name__ == "__main__":
    main()
