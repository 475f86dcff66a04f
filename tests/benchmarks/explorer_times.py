"""How long the explorer takes from letting go of a control to the answer on its page, in headless
Chromium.

    python tests/benchmarks/explorer_times.py [--moves 20]

Starts `cavitydesign view` on the quickstart, changes one number step by step (no value twice: the
workers remember), and reads the times that the page itself measures: from the input event to the
answer drawn, waiting for the hand to rest included. Beside them the processor time that the
server's processes took for each move, which other work on the machine does not lengthen.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DESIGN = Path(__file__).parents[2] / "studies" / "quickstart" / "design.toml"
VIEW = (
    sys.executable,
    "-c",
    "from cavitydesign.cli.main import main; main()",
    "view",
    str(DESIGN),
    "--no-browser",
)
LIMITS = {"comb": 0.5, "field": 0.5, "first look": None, "light curve": 1.5}
CPU = "processor time"
READY = (
    "() => document.querySelector('#busy').textContent.startsWith('ready')"
    " && document.querySelector('#answer').childElementCount > 3"
)
READ = "() => performance.getEntriesByType('measure').map((one) => [one.name, one.duration / 1000])"


def processor_seconds(server: int) -> float:
    """Processor time of a process and its children so far (Linux; 0 elsewhere)."""
    ticks = 0
    for place in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = place.read_text().rpartition(")")[2].split()
            if server in (int(place.parent.name), int(fields[1])):
                ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def moved(page: Any, server: int, key: str, values: Sequence[float]) -> dict[str, list[float]]:
    """Seconds of each answer over some values of a key, one after the other."""
    page.wait_for_function(READY)
    page.evaluate("() => performance.clearMeasures()")
    before = processor_seconds(server)
    for value in values:
        page.fill(f"[data-key='{key}']", f"{value:.3f}")
        page.wait_for_timeout(300)
        page.wait_for_function(READY)
    spent = processor_seconds(server) - before
    found: dict[str, list[float]] = {name: [] for name in LIMITS} | {CPU: [spent / len(values)]}
    for name, seconds in page.evaluate(READ):
        found.setdefault(name, []).append(seconds)
    return found


def steps(start: float, step: float, count: int) -> list[float]:
    """Evenly spaced values."""
    return [start + step * place for place in range(count)]


def told(title: str, found: dict[str, list[float]]) -> None:
    """A table of medians and extremes."""
    print(f"{title}\n{'answer':14s} {'n':>4s} {'median s':>9s} {'slowest s':>10s} {'asked s':>8s}")
    for name, limit in LIMITS.items():
        seconds = found[name]
        if seconds:
            asked = "" if limit is None else f"{limit:g}"
            print(
                f"{name:14s} {len(seconds):4d} {statistics.median(seconds):9.2f} "
                f"{max(seconds):10.2f} {asked:>8s}"
            )
    print(f"processor time of the server's processes: {found[CPU][0]:.2f} s a move")
    one, five, _ = os.getloadavg()
    print(f"load {one:.1f} (1 min), {five:.1f} (5 min) on {os.cpu_count()} cores\n")


def main() -> int:
    """Print the tables."""
    from playwright.sync_api import sync_playwright

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--moves", type=int, default=20)
    moves = parser.parse_args().moves
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    environment = {**os.environ, "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    server = subprocess.Popen(
        VIEW, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=environment
    )
    assert server.stdout is not None
    try:
        url = server.stdout.readline().strip()
        with sync_playwright() as session:
            browser = session.chromium.launch(
                executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
            )
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.set_default_timeout(300_000)
            page.goto(url)
            told(
                "quickstart, diameter moved",
                moved(page, server.pid, "cavity.diameter_um", steps(15.02, 0.13, moves)),
            )
            page.select_option("#c-quality", "one number")
            page.fill("#c-quality-number", "1000000")
            page.wait_for_timeout(500)
            told(
                "the same at Q = 1e6, diameter moved",
                moved(
                    page, server.pid, "cavity.diameter_um", steps(14.0, 0.17, max(4, moves // 3))
                ),
            )
            page.select_option("#c-quality", "∝ diameter")
            page.wait_for_timeout(500)
            told(
                "fluence of the pump moved",
                moved(page, server.pid, "fluence", steps(3.1, 0.11, moves)),
            )
            browser.close()
    finally:
        server.terminate()
        server.wait(30)
    return 0


if __name__ == "__main__":
    sys.exit(main())
