"""How the cost of a solve grows with the unknowns and with the modes asked for: CPU time of one
thread.

    python tests/benchmarks/cost_growth.py [--out docs/benchmarks]      (needs gmsh)

- window: one mode pair of a sphere (assembly, factorisation, Lanczos) with its elements across the rim cut again and again;
- comb: `find_modes` with losses, over more and more azimuthal orders of one family;
- section: the same solve as window, on all elements of the microtoroid's section at rising polynomial order;
- cut section: on its elements cut in four again and again, at third order;
- section mode: `find_modes` of the microtoroid's TM mode at rising accuracy.
"""

from __future__ import annotations

import argparse
import itertools
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import scipy
from machine import processor

import cavitydesign
from cavitydesign.eigen.lanczos import shift_invert_lanczos
from cavitydesign.geometry import Cavity, Parabola, Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.mesh.rim_layer import reach_of
from cavitydesign.mesh.rim_map import Window
from cavitydesign.mesh.section import SectionMesh, lobatto
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.mesh.window import Sizing, build_window
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.permittivities import permittivities
from cavitydesign.modes.rim.window_problem import Resolution, WindowProblem
from cavitydesign.modes.section.section_problem import SectionProblem

BODY, AIR = ConstantIndex.of(1.49), ConstantIndex.of(1.0)
SPHERE = Cavity(Spheroid(44.0, 44.0), BODY, AIR)
M, K, ORDER, FUNCTIONS = 751, 11.74, 8, 4
PIECES = (1, 2, 4, 8, 16, 64, 256, 640)
TOROID_M, TOROID_K = 84, 7.935
SECTION_ORDERS, CUTS = (2, 3, 4, 5, 6, 7, 8, 10, 12), 4
ACCURACIES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9, 1e-10)
SPANS_NM = (3.5, 7.0, 14.0, 28.0, 56.0, 112.0)


@dataclass(frozen=True)
class Point:
    """One measurement."""

    series: str
    size: int
    cpu_s: float


def cpu(action: Callable[[], int]) -> tuple[int, float]:
    """What an action returns, and the smaller CPU time of two runs in s."""
    best = math.inf
    for _ in range(2):
        start = time.process_time()
        size = action()
        best = min(best, time.process_time() - start)
    return size, best


def cut(window: Window, pieces: int) -> Window:
    """Every element across in so many."""

    def finer(breaks: tuple[float, ...]) -> tuple[float, ...]:
        inner = [np.linspace(a, b, pieces, endpoint=False) for a, b in itertools.pairwise(breaks)]
        return (*(float(x) for x in np.concatenate(inner)), breaks[-1])

    return replace(
        window, layers=tuple(replace(layer, breaks=finer(layer.breaks)) for layer in window.layers)
    )


def window_points() -> Iterator[Point]:
    """One shift-and-invert solve in ever finer windows."""
    reach = reach_of(SPHERE, M, (K,), (1.49, 1.0), 9.0)
    whole = build_window(SPHERE, Sizing(reach, 1, 1, 2 * math.pi / K, False, True))
    eps = permittivities(SPHERE, K)

    for pieces in PIECES:

        def once(pieces: int = pieces) -> int:
            problem = WindowProblem.build(
                SPHERE, cut(whole, pieces), Resolution(ORDER, FUNCTIONS, 1.49 * K), "electric"
            )
            pencil = problem.pencil(M, eps)
            factor, shift = pencil.factor_near((1.002 * K) ** 2)
            start = np.random.default_rng(1).standard_normal(problem.size)
            shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, shift, start, 3, 1e-5)
            return problem.size

        yield Point("window", *cpu(once))


def comb_points() -> Iterator[Point]:
    """Combs over wider and wider ranges; the size is the number of modes."""
    cavity = Cavity(Parabola(44.0, 352.0), BODY, AIR)
    for span in SPANS_NM:

        def once(span: float = span) -> int:
            return len(find_modes(cavity, ModeRequest("TM", 560.0, span, None, 1, 4, 1e-8)))

        yield Point("comb", *cpu(once))


def toroid() -> SectionCavity:
    """The section of studies/sections/microtoroid.toml at a fixed index."""
    mesh = read_section(Path(__file__).parents[2] / "meshes" / "microtoroid.geo")
    return SectionCavity.of(mesh, {"body": ConstantIndex.of(1.4537), "surround": AIR})


def solved(cavity: SectionCavity, mesh: SectionMesh, order: int) -> int:
    """Assembly, factorisation and three eigenpairs; the unknowns."""
    problem = SectionProblem.build(cavity, mesh, order)
    pencil = problem.pencil(TOROID_M, permittivities(cavity, TOROID_K))
    factor, shift = pencil.factor_near((1.002 * TOROID_K) ** 2)
    start = np.random.default_rng(1).standard_normal(problem.size)
    shift_invert_lanczos(factor.solve, pencil.mass.__matmul__, shift, start, 3, 1e-5)
    return problem.size


def section_points() -> Iterator[Point]:
    """The section at rising order."""
    cavity = toroid()
    for order in SECTION_ORDERS:
        yield Point("section", *cpu(lambda order=order: solved(cavity, cavity.mesh, order)))  # type: ignore[misc]


def cut_section_points() -> Iterator[Point]:
    """The section with its elements cut in four again and again."""
    cavity = toroid()
    mesh = cavity.mesh
    for _ in range(CUTS):
        yield Point("cut section", *cpu(lambda mesh=mesh: solved(cavity, mesh, 3)))  # type: ignore[misc]
        mesh = cut_in_four(mesh)


def cut_in_four(mesh: SectionMesh) -> SectionMesh:
    """Every element in four, in its own map."""
    count, x = mesh.vertices, lobatto(mesh.degree + 1)
    corners, edges = (
        mesh.corners,
        count + mesh.element_edges,
    )  # of the edges: t = -1, s = +1, t = +1, s = -1
    middle = count + mesh.edges.shape[0] + np.arange(mesh.elements)
    a, b, c, d = corners.T
    low, right, high, left = edges.T
    pieces = (
        (a, low, middle, left),
        (low, b, right, middle),
        (middle, right, c, high),
        (left, middle, high, d),
    )
    halves = (0.5 * (x - 1), 0.5 * (x + 1))
    nodes = [
        np.stack(mesh.positions(halves[i], halves[j])[:2], axis=-1)
        for i, j in ((0, 0), (1, 0), (1, 1), (0, 1))
    ]
    region = np.tile(mesh.region, 4)
    return SectionMesh(
        np.concatenate([np.stack(p, axis=1) for p in pieces]),
        np.concatenate(nodes),
        region,
        mesh.region_names,
    )


def section_mode_points() -> Iterator[Point]:
    """The TM mode of the toroid, all told, at rising accuracy; the size is that of its largest
    problem.
    """
    cavity = toroid()
    for accuracy in ACCURACIES:

        def once(accuracy: float = accuracy) -> int:
            found = find_modes(cavity, ModeRequest("TM", 780.0, None, TOROID_M, 1, 1, accuracy))
            return int(found.statistics["unknowns"])

        yield Point("section mode", *cpu(once))


def exponent(points: list[Point]) -> float:
    """Slope of log time against log size."""
    return float(
        np.polyfit(np.log([p.size for p in points]), np.log([p.cpu_s for p in points]), 1)[0]
    )


def text_of(series: dict[str, list[Point]]) -> str:
    """Markdown."""
    lines = [
        "# Growth of the cost",
        "",
        "This page is for whoever plans a large computation: it shows how time and memory grow with "
        "the cavity. It was written by `python tests/benchmarks/cost_growth.py --out docs/benchmarks`: CPU time of "
        "one thread, smaller of two runs.",
        "",
        f"- processor: {processor()}",
        f"- python {platform.python_version()}, cavitydesign {cavitydesign.__version__}, numpy "
        f"{np.__version__}, "
        f"scipy {scipy.__version__}; load {os.getloadavg()[0]:.1f}",
        "",
        "![Growth of the cost](cost_growth.png)",
        "",
    ]
    pairs = "assembly, factorisation and three eigenpairs"
    names = {
        "window": ("One window, its elements cut again and again", pairs, "unknowns"),
        "comb": ("A comb at 1e-8", "losses, labels, error bars and count included", "modes"),
        "section": ("The microtoroid's whole section, at rising order", pairs, "unknowns"),
        "cut section": (
            "The same section at third order, every element cut in four",
            pairs,
            "unknowns",
        ),
        "section mode": (
            "`find_modes` of the microtoroid",
            f"accuracies of {ACCURACIES[0]:g} to {ACCURACIES[-1]:g}",
            "unknowns",
        ),
    }
    for name, points in series.items():
        head, what, unit = names[name]
        power = f"$x^{{{exponent(points):.2f}}}$"
        lines += [
            f"## {head}",
            "",
            f"CPU time ({what}) grows like {power} with the {unit} $x$.",
            "",
        ]
        lines += [f"| {unit} | CPU time (s) | each (us) |", "|---|---|---|"]
        lines += [
            f"| {p.size} | {p.cpu_s:.4f} | {1e6 * p.cpu_s / p.size:.1f} |" for p in points
        ] + [""]
    return "\n".join(lines)


def picture(series: dict[str, list[Point]], path: Path) -> None:
    """Time against size, one panel a series."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    figure, axes = plt.subplots(3, 2, figsize=(7.2, 8.4))
    axes.ravel()[-1].set_visible(False)
    for panel, (name, points) in zip(axes.ravel(), series.items(), strict=False):
        sizes, times = np.array([p.size for p in points]), np.array([p.cpu_s for p in points])
        panel.loglog(
            sizes, times, "o-", color="C0", ms=4, label=f"measured: slope {exponent(points):.2f}"
        )
        panel.loglog(sizes, times[-1] * sizes / sizes[-1], "--", color="0.5", lw=1, label="linear")
        panel.set_title(name, fontsize=9)
        panel.set_xlabel("modes of the comb" if name == "comb" else "unknowns")
        panel.set_ylabel("CPU time (s)")
        panel.grid(True, which="major", lw=0.3)
        if name == "comb":
            panel.set_xticks(sizes, [str(size) for size in sizes])
            panel.minorticks_off()
        panel.legend(fontsize=8)
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)


def main() -> None:
    """Run, print, write."""
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    if any(os.environ.get(name) != "1" for name in names):
        os.execve(
            sys.executable, [sys.executable, *sys.argv], os.environ | dict.fromkeys(names, "1")
        )
    options = argparse.ArgumentParser(description="growth of the cost")
    options.add_argument("--out", type=Path)
    chosen = options.parse_args()
    series = {
        "window": list(window_points()),
        "comb": list(comb_points()),
        "section": list(section_points()),
        "cut section": list(cut_section_points()),
        "section mode": list(section_mode_points()),
    }
    text = text_of(series)
    print(text)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "cost_growth.md").write_text(text)
        picture(series, chosen.out / "cost_growth.png")


if __name__ == "__main__":
    main()
