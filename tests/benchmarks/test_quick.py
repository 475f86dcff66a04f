"""Today's costs beside stored ones, in under a minute: a slow change is seen on the day it is made.

    python -m pytest tests/benchmarks --quick -s          compare
    python -m pytest tests/benchmarks --quick-store -s    store, on a machine at rest

A cost is processor time (one thread, best of some repetitions) in units of a yardstick: dense
solves, array work and Python loops in about the mix of the package, measured in the same run. So
costs of different machines may be compared roughly; a job fails when it costs 1.5 times what is
stored, beyond what machines and loads were seen to differ by.
"""

from __future__ import annotations

import json
import platform
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

import numpy as np
import pytest

import cavitydesign as cd
from cavitydesign.workflow.study_point import evaluate_point

ROOT = Path(__file__).parents[2]
STORED = Path(__file__).with_name("quick_costs.json")
HOME = ROOT / "studies" / "quickstart"
QUICKSTART = cd.load_design(HOME / "design.toml")
SLOWER = 1.5


def yardstick() -> None:
    """About 12 ms of dense solves, array functions and a loop of Python."""
    matrix = np.eye(96) + 0.01 * np.arange(96.0)[:, None] * np.arange(96.0) / 96.0
    for _ in range(40):
        np.linalg.solve(matrix, matrix)
    values = np.linspace(0.1, 1.0, 4000)
    for _ in range(60):
        np.exp(-values) @ np.sqrt(values)
    total = 0
    for number in range(60_000):
        total += number % 7


def comb() -> None:
    cd.find_modes(QUICKSTART)


def one_mode() -> None:
    cd.find_modes(QUICKSTART.with_values({"modes.span_nm": 2.0, "modes.relative_accuracy": 1e-8}))


def prediction() -> Callable[[], object]:
    modes = cd.find_modes(QUICKSTART)
    return partial(cd.predict_lasing, modes, QUICKSTART)


def section() -> Callable[[], object]:
    design = cd.load_design(ROOT / "studies" / "sections" / "microdisk.toml")
    return partial(cd.find_modes, design)


# What is measured, and how often.
JOBS: dict[str, tuple[Callable[[], Callable[[], object]], int]] = {
    "comb of the quickstart": (lambda: comb, 20),
    "one mode at 1e-8": (lambda: one_mode, 20),
    "lasing of the quickstart": (prediction, 5),
    "point of a study, task threshold": (
        lambda: partial(evaluate_point, QUICKSTART.raw, "threshold", HOME),
        20,
    ),
    "shipped microdisk": (section, 1),
}


def seconds(job: Callable[[], object], times: int) -> float:
    """The least processor time of some runs; one more run before them warms the caches."""
    if times > 1:
        job()
    found = []
    for _ in range(times):
        start = time.process_time()
        job()
        found.append(time.process_time() - start)
    return min(found)


@pytest.mark.parametrize("name", JOBS)
def test_cost(name: str, request: pytest.FixtureRequest) -> None:
    make, times = JOBS[name]
    before = seconds(yardstick, 40)
    cost = seconds(make(), times)
    ratio = cost / min(before, seconds(yardstick, 40))
    stored = json.loads(STORED.read_text()) if STORED.is_file() else {"costs": {}}
    if request.config.getoption("quick_store"):
        stored["machine"] = f"{platform.machine()}, {platform.python_version()}"
        stored["numpy"] = np.__version__
        stored["costs"][name] = round(ratio, 3)
        STORED.write_text(json.dumps(stored, indent=2) + "\n")
        print(f"{name}: {1e3 * cost:.1f} ms, {ratio:.2f} yardsticks, stored")
        return
    was = stored["costs"][name]
    print(
        f"{name}: {1e3 * cost:.1f} ms, {ratio:.2f} yardsticks, stored {was:.2f}: "
        f"{ratio / was:.2f} times"
    )
    assert ratio < SLOWER * was, f"{ratio / was:.2f} times the stored cost"
