"""Wall and CPU time and peak memory of each view, drawing and writing a PNG of 220 dots per inch; solves excluded.

    python tests/benchmarks/figure_times.py
"""

from __future__ import annotations

import importlib.util
import resource
import sys
import time
from pathlib import Path
from types import ModuleType

from cavitydesign.visualise.files import figure_bytes


def gallery() -> ModuleType:
    """The script of the gallery, as a module: its examples are what is timed."""
    path = Path(__file__).parents[2] / "docs" / "make_gallery.py"
    spec = importlib.util.spec_from_file_location("make_gallery", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def main() -> int:
    """Print a line for each view: the second drawing, when the solves are remembered."""
    views = gallery().PICTURES
    left_out = {"regime_map", "tornado", "convergence"}  # these solve each time; their drawing is that of any other view
    print(f"{'view':20s} {'wall s':>8s} {'CPU s':>8s}")
    for name, draw in views.items():
        if name in left_out:
            continue
        draw()
        wall, cpu = time.perf_counter(), time.process_time()
        figure_bytes(draw(), "png")
        print(f"{name:20s} {time.perf_counter() - wall:8.2f} {time.process_time() - cpu:8.2f}")
    print(f"peak memory {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
