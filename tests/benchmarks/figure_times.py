"""Wall and CPU time and peak memory of each view, on a machine without a display: one fresh process
for each.

    python tests/benchmarks/figure_times.py

The time is that of drawing and of writing a PNG of 220 dots per inch, the first in its process;
solving the example is left out of the time, not of the memory. Exit code 1 if a view takes more
than 3 s (in space 20 s) or 1 GB; of wall and CPU time the smaller counts, so that other work on the
machine does not.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

VISUALISE = Path(__file__).parents[2] / "cavitydesign" / "visualise"
DOCS = Path(__file__).parents[2] / "docs"
LIMIT_S, LIMIT_SPACE_S, LIMIT_MB = 3.0, 20.0, 1024.0
FILES = ("mode.vtu", "mode.vts")


class Clock:
    """Seconds spent inside the functions that it wraps."""

    def __init__(self) -> None:
        self.wall = self.cpu = 0.0

    def around(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """The function, timed; the CPU time of its child processes counts."""

        def run(*args: Any, **keys: Any) -> Any:
            wall, cpu = time.perf_counter(), _cpu()
            try:
                return function(*args, **keys)
            finally:
                self.wall, self.cpu = (
                    self.wall + time.perf_counter() - wall,
                    self.cpu + _cpu() - cpu,
                )

        return run


def _cpu() -> float:
    spent = os.times()
    return spent.user + spent.system + spent.children_user + spent.children_system


def _docs_module(name: str) -> ModuleType:
    """A script of the gallery, as a module: its examples are what is timed."""
    if str(DOCS) not in sys.path:
        sys.path.insert(0, str(DOCS))
    return importlib.import_module(name)


def one(name: str) -> dict[str, Any]:
    """Draw one view of the gallery in this process."""
    clock = Clock()
    for file in VISUALISE.rglob("*.py"):
        if file.stem in ("space_worker", "__init__"):
            continue
        dotted = ".".join(file.relative_to(VISUALISE).with_suffix("").parts)
        module = importlib.import_module(f"cavitydesign.visualise.{dotted}")
        for attribute in [
            one for one in vars(module) if one.startswith("draw_") and one != "draw_scale_bar"
        ]:
            setattr(module, attribute, clock.around(getattr(module, attribute)))
    from cavitydesign.visualise.files import figure_bytes
    from cavitydesign.visualise.three_d import space, vtk_file

    gallery, examples = _docs_module("make_gallery"), _docs_module("gallery_examples")
    with TemporaryDirectory() as folder:
        if name in gallery.PICTURES:
            figure = gallery.PICTURES[name]()
            clock.around(figure_bytes)(figure, "png")
        elif name in FILES:
            clock.around(vtk_file.save_vtk)(examples.family(15.0, 1, 0), Path(folder) / name)
        else:
            mode, cavity = examples.family(15.0, 1, 0), examples.design().cavity
            if name == "turntable":
                clock.around(space.save_turntable)(mode, cavity, Path(folder) / "t.gif")
            else:
                clock.around(space.save_space)(mode, cavity, Path(folder) / "s.png", view=name)
    peak = max(
        resource.getrusage(who).ru_maxrss
        for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return {"wall": clock.wall, "cpu": clock.cpu, "mb": peak / 1024}


def main() -> int:
    """Print a line for each view."""
    if len(sys.argv) == 2:
        print(json.dumps(one(sys.argv[1])))
        return 0
    gallery = _docs_module("make_gallery")
    environment = {
        key: value for key, value in os.environ.items() if key not in ("DISPLAY", "WAYLAND_DISPLAY")
    }
    missed = 0
    print(f"{'view':20s} {'wall s':>8s} {'CPU s':>8s} {'peak MB':>8s}")
    for name in (*gallery.PICTURES, *FILES, *gallery.IN_SPACE):
        done = subprocess.run(
            [sys.executable, __file__, name],
            capture_output=True,
            text=True,
            env=environment,
            check=False,
        )
        if done.returncode != 0:
            print(f"{name:20s} {(done.stderr.strip().splitlines() or ['?'])[-1][:90]}")
            missed += 1
            continue
        found = json.loads(done.stdout.splitlines()[-1])
        limit = LIMIT_SPACE_S if name in gallery.IN_SPACE else LIMIT_S
        over = min(found["wall"], found["cpu"]) > limit or found["mb"] > LIMIT_MB
        missed += over
        print(
            f"{name:20s} {found['wall']:8.2f} {found['cpu']:8.2f} "
            f"{found['mb']:8.0f}{'  over the limit' if over else ''}"
        )
    one_minute, five_minutes, _ = os.getloadavg()
    print(
        f"load {one_minute:.1f} (1 min), {five_minutes:.1f} (5 min) on {os.cpu_count()} cores; "
        f"{missed} over the limits"
    )
    return int(missed > 0)


if __name__ == "__main__":
    sys.exit(main())
