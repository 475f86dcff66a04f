"""Time against error of cavitydesign, an expert's NGSolve script and plain scikit-fem, in one run,
one thread each.

    python tests/benchmarks/compare_solvers.py [--out docs/benchmarks] [--repeats 7] [--quick]

Needs the optional dependency ngsolve (`pip install "cavitydesign[benchmark]"`). Every configuration
is run `repeats` times, the programs in turn; the smallest CPU time of the process counts, imports
excluded. Errors are relative errors of the wavenumber, the worst of the modes of a task: against
exact spheres, and against a converged bottle (NGSolve of order 9 in a larger window, which
cavitydesign at 1e-10 must confirm).

The NGSolve and scikit-fem scripts compute wavenumbers alone, in windows cut by hand for these very
cavities (`CUTS`: the quickest that met the accuracy on spheres and bottles of both sizes, found by
search). cavitydesign chooses its window itself and adds labels, error bars, the count and all
losses; its time is given in all, and without the stage `losses`.
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

import ngsolve
import numpy as np
import scipy
import skfem
from machine import processor
from ngsolve_reference import Cut, Rim, comb, graded, lengths, single_mode
from scikit_fem_reference import PlainWindow, plain_mode

import cavitydesign
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.parabola import Parabola
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, ModeSet, find_modes

_HEAD = """# Time against error

This page is for whoever knows other solvers: it shows how long each takes to reach an error. It was written by `python tests/benchmarks/compare_solvers.py --out docs/benchmarks`: smallest CPU time of several runs of one thread
in one process, imports excluded; worst relative error of the wavenumbers against exact spheres and converged bottles.

- NGSolve, expert: structured quadrilaterals in a window cut by hand (by search, for these very cavities), half domain,
  matrices affine in m, own Lanczos iteration, sparse Cholesky. Wavenumbers alone.
- scikit-fem, plain: N2/P2 triangles in such a window, SuperLU, ARPACK. Wavenumbers alone.
- cavitydesign: window, order and snapshots chosen by the program for any cavity; "wavelengths" is all but the losses: seeds,
  labels, error bars (coarser solves of the same modes) and the count of eigenvalues included; "all" adds confinement, mode
  volume and the radiative Q of every mode.

## Time against the error reached

![Time against error, spheres](compare_solvers_spheres.png)

![Time against error, bottles on a fibre](compare_solvers_bottles.png)

## Machine and references

"""

INDEX, FIBRE_INDEX = 1.49, 1.46
ACCURACIES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
TARGETS = (1e-4, 1e-6, 1e-8)
CONVERGED = Cut(9, 4, 4, 5, 12.0, 24.0, 8.5)


# The quickest that met 1e-4, 1e-6 and 1e-8 on spheres and bottles of 15 and 88 um, found by search
# over these very cavities; the comb's cuts hold q = 0 .. 3.
CUTS = {
    "single": (
        Cut(3, 2, 1, 1, 6.150, 3.196, 2.347, 1.545, 1.175, 0.829),
        Cut(6, 2, 1, 1, 6.675, 5.766, 3.608, 1.452, 2.145, 0.952),
        Cut(6, 3, 2, 1, 9.511, 10.748, 4.183, 1.498, 1.663, 0.657),
    ),
    "comb": (
        Cut(5, 2, 1, 2, 6.300, 4.000, 4.200, 1.400, 1.300, 1.000),
        Cut(5, 2, 1, 3, 7.200, 6.000, 4.700, 1.350, 1.450, 1.100),
        Cut(6, 2, 2, 2, 7.528, 6.259, 4.647, 1.325, 1.460, 1.209),
        Cut(4, 4, 2, 5, 7.400, 6.500, 4.800, 1.400, 1.450, 1.100),
        Cut(6, 3, 2, 4, 9.000, 10.500, 5.800, 1.450, 1.600, 1.150),
        Cut(7, 3, 2, 4, 9.200, 11.000, 6.000, 1.450, 1.600, 1.100),
    ),
}


@dataclass(frozen=True)
class Place:
    """A cavity of the benchmark, with the orders of its comb."""

    name: str
    diameter_um: float
    m: int
    fibre_um: float | None = None

    @property
    def rim(self) -> Rim:
        """For the reference scripts: the fibre lies outside their windows."""
        return Rim(
            self.diameter_um / 2, INDEX, None if self.fibre_um is None else 4 * self.diameter_um
        )

    @property
    def cavity(self) -> Cavity:
        """For cavitydesign, with its fibre."""
        radius, body, air = self.diameter_um / 2, ConstantIndex.of(INDEX), ConstantIndex.of(1.0)
        if self.fibre_um is None:
            return Cavity(Spheroid(radius, radius), body, air)
        fibre = ConstantIndex.of(FIBRE_INDEX)
        return Cavity(
            Parabola(radius, 4 * self.diameter_um),
            body,
            air,
            fibre=fibre,
            fibre_radius_um=self.fibre_um / 2,
        )

    @property
    def orders(self) -> range:
        """Twenty azimuthal orders around m."""
        return range(self.m - 10, self.m + 10)


PLACES = (
    Place("sphere 15 um", 15.0, 122),
    Place("sphere 88 um", 88.0, 751),
    Place("bottle 15 um", 15.0, 122, 8.0),
    Place("bottle 88 um", 88.0, 751, 70.0),
)


@dataclass(frozen=True)
class Run:
    """One configuration of one program on one task."""

    program: str
    place: str
    task: str
    setting: str
    unknowns: int
    error: float
    cpu_ms: float
    cpu_ms_wavelengths: float


def exact_wavenumbers(place: Place) -> dict[tuple[int, int], float]:
    """k of TM m 1 q for q = 0 .. 3 and all orders of the comb with some margin."""
    orders = range(place.m - 13, place.m + 14)
    if place.fibre_um is None:
        sphere = coated_sphere((place.diameter_um / 2,), (INDEX, 1.0))
        by_l = {
            order: find_resonance(sphere, order, 1, "TM").k_re_per_um
            for order in range(orders[0], orders[-1] + 4)
        }
        return {(m, q): by_l[m + q] for m in orders for q in range(4)}
    table = comb(place.rim, CONVERGED, orders)[0]
    return {(m, q): float(table[row, q]) for row, m in enumerate(orders) for q in range(4)}


def best_cpu(action: Callable[[], None], repeats: int) -> float:
    """Smallest CPU time of the process in ms."""
    best = math.inf
    for _ in range(repeats):
        start = time.process_time()
        action()
        best = min(best, 1e3 * (time.process_time() - start))
    return best


def worst_error(found: ModeSet, exact: dict[tuple[int, int], float], orders: range) -> float:
    """Worst relative error of the modes of the orders; a missing label is an error of 1."""
    by_label = {(mode.m, mode.q): 2e3 * math.pi / mode.wavelength_nm for mode in found}
    qs = sorted({mode.q for mode in found})
    wanted = [(m, q) for m in orders for q in qs]
    return max(abs(by_label[key] / exact[key] - 1) if key in by_label else 1.0 for key in wanted)


def own_runs(place: Place, exact: dict[tuple[int, int], float], repeats: int) -> Iterator[Run]:
    """cavitydesign: one mode, and the comb as a range of wavelengths that holds 20 orders of q = 0
    .. 3.
    """
    cavity = place.cavity
    edges = [exact[m, q] for m in (place.orders[0], place.orders[-1]) for q in (0, 3)]
    low, high = 2e3 * math.pi / max(edges), 2e3 * math.pi / min(edges)
    margin = 0.2 * (high - low) / 20
    centre, span = 0.5 * (low + high), high - low + margin
    for accuracy in ACCURACIES:
        single = ModeRequest("TM", centre, None, place.m, 1, 1, accuracy)
        whole = ModeRequest("TM", centre, span, None, 1, 4, accuracy)
        for task, request, orders in (
            ("single", single, range(place.m, place.m + 1)),
            ("comb", whole, place.orders),
        ):
            answers: list[ModeSet] = []
            cpu = best_cpu(lambda: answers.append(find_modes(cavity, request)), repeats)  # noqa: B023
            found = answers[-1]
            losses = min(a.seconds["losses"] / a.seconds["total"] for a in answers)
            unknowns = int(found.statistics.get("unknowns", 0))
            error = worst_error(found, exact, orders)
            yield Run(
                "cavitydesign",
                place.name,
                task,
                f"asked {accuracy:.0e}",
                unknowns,
                error,
                cpu,
                cpu * (1 - losses),
            )


def ngsolve_runs(place: Place, exact: dict[tuple[int, int], float], repeats: int) -> Iterator[Run]:
    """The expert script at every cut."""
    for task in ("single", "comb"):
        for cut in CUTS[task]:
            answers: list[tuple[np.ndarray, int]] = []

            def once() -> None:
                if task == "single":  # noqa: B023
                    k, unknowns, _ = single_mode(place.rim, cut, place.m)  # noqa: B023
                    answers.append((np.array([[k]]), unknowns))  # noqa: B023
                else:
                    table, unknowns, _ = comb(place.rim, cut, place.orders)  # noqa: B023
                    answers.append((table, unknowns))  # noqa: B023

            cpu = best_cpu(once, repeats if task == "single" else max(2, repeats // 2))
            table, unknowns = answers[-1]
            orders = [place.m] if task == "single" else list(place.orders)
            reference = np.array([[exact[m, q] for q in range(table.shape[1])] for m in orders])
            error = float(np.abs(table / reference - 1).max())
            setting = (
                f"order {cut.order}, {cut.inner_elements}+{cut.outer_elements} x "
                f"{cut.along_elements}"
            )
            yield Run("NGSolve, expert", place.name, task, setting, unknowns, error, cpu, cpu)


def plain_runs(place: Place, exact: dict[tuple[int, int], float], repeats: int) -> Iterator[Run]:
    """scikit-fem N2/P2, one mode."""
    size = lengths(place.rim, place.m)
    for count in (6, 12, 24, 40):
        offsets = [
            -6.5 * size.airy * graded(count, 1.3)[::-1],
            8 * size.decay * graded(count // 2, 1.3)[1:],
        ]
        window = PlainWindow(
            np.concatenate(offsets), 4 * size.axial * graded(max(3, count // 2), 1.0)
        )
        rim = place.rim
        shift = size.wavenumber(0)
        answers: list[tuple[float, int, float]] = []
        cpu = best_cpu(
            lambda: answers.append(  # noqa: B023
                plain_mode(rim.radius_um, rim.axial_radius_um, INDEX, place.m, shift, window)  # noqa: B023
            ),
            min(repeats, 2),
        )
        k, unknowns, _ = answers[-1]
        error = abs(k / exact[place.m, 0] - 1)
        yield Run(
            "scikit-fem, plain", place.name, "single", f"{count} across", unknowns, error, cpu, cpu
        )


def cheapest(
    runs: list[Run], program: str, place: str, task: str, target: float, key: str = "cpu_ms"
) -> float | None:
    """Smallest time of the runs that meet a target."""
    times = [
        float(getattr(run, key))
        for run in runs
        if (run.program, run.place, run.task) == (program, place, task) and run.error <= target
    ]
    return min(times, default=None)


def shown(value: float | None, form: str = "{:.1f}") -> str:
    """Number or a dash."""
    return "-" if value is None else form.format(value)


def summary(runs: list[Run]) -> str:
    """Markdown tables: time to reach each accuracy, ratios, and every run."""
    lines = [
        "## Least time for an accuracy",
        "",
        "The table gives the smallest CPU time at which each program reaches the accuracy; the last "
        "column above 1 means that cavitydesign is faster.",
        "",
        "| cavity | task | accuracy | NGSolve ms | scikit-fem ms | cavitydesign ms (wavelengths) "
        "| all | NGSolve / wavelengths |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for place in dict.fromkeys(run.place for run in runs):
        for task in ("single", "comb"):
            for target in TARGETS:
                expert = cheapest(runs, "NGSolve, expert", place, task, target)
                plain = cheapest(runs, "scikit-fem, plain", place, task, target)
                own = cheapest(runs, "cavitydesign", place, task, target, "cpu_ms_wavelengths")
                everything = cheapest(runs, "cavitydesign", place, task, target)
                ratio = expert / own if expert is not None and own is not None else None
                cells = (
                    shown(expert),
                    shown(plain),
                    shown(own),
                    shown(everything),
                    shown(ratio, "{:.2f}"),
                )
                lines.append(f"| {place} | {task} | {target:.0e} | " + " | ".join(cells) + " |")
    lines += [
        "",
        "## Every run",
        "",
        ":::{dropdown} Setting, unknowns, error and time of each run",
        "| program | cavity | task | setting | unknowns | error | CPU ms |",
        "|---|---|---|---|---|---|---|",
    ]
    lines += [
        f"| {r.program} | {r.place} | {r.task} | {r.setting} | {r.unknowns} | {r.error:.1e} | "
        f"{r.cpu_ms:.1f} |"
        for r in runs
    ]
    return "\n".join([*lines, ":::"])


def picture(runs: list[Run], path: Path) -> None:
    """Time against error, one panel a cavity and task."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot as plt

    places = list(dict.fromkeys(run.place for run in runs))
    figure, axes = plt.subplots(
        2, len(places), figsize=(3.4 * len(places), 6.0), sharex=True, squeeze=False
    )
    styles = {
        "cavitydesign": ("C0", "o"),
        "NGSolve, expert": ("C3", "s"),
        "scikit-fem, plain": ("0.5", "^"),
    }
    for column, place in enumerate(places):
        for row, task in enumerate(("single", "comb")):
            panel = axes[row][column]
            for program, (colour, marker) in styles.items():
                points = sorted(
                    (r.error, r.cpu_ms_wavelengths)
                    for r in runs
                    if (r.program, r.place, r.task) == (program, place, task) and r.error < 0.5
                )
                if points:
                    panel.loglog(
                        *zip(*points, strict=True),
                        color=colour,
                        marker=marker,
                        ms=4,
                        lw=1,
                        label=program,
                    )
            panel.set_title(
                f"{place}: {'one mode' if task == 'single' else '20 m x 4 modes'}", fontsize=9
            )
            panel.grid(True, which="major", lw=0.3)
            if row:
                panel.set_xlabel("relative error of the wavelength")
            if not column:
                panel.set_ylabel("CPU time (ms)")
    axes[0][0].invert_xaxis()
    axes[0][0].legend(fontsize=7)
    figure.tight_layout()
    figure.savefig(path, dpi=150)
    plt.close(figure)


def confirmed(place: Place, exact: dict[tuple[int, int], float]) -> float:
    """Relative difference between the converged reference and cavitydesign at 1e-10."""
    found = find_modes(place.cavity, ModeRequest("TM", 540.0, None, place.m, 1, 1, 1e-10))
    return abs(2e3 * math.pi / found.modes[0].wavelength_nm / exact[place.m, 0] - 1)


def machine() -> dict[str, str]:
    """What was measured on what."""
    return {
        "processor": processor(),
        "python": platform.python_version(),
        "cavitydesign": cavitydesign.__version__,
        "ngsolve": ngsolve.__version__,
        "scikit-fem": skfem.__version__,
        "numpy": np.__version__,
        "scipy": scipy.__version__,
        "threads": "1",
        "load": " ".join(f"{x:.1f}" for x in os.getloadavg()),
    }


def with_one_thread() -> None:
    """Start again with one thread for the linear algebra, which reads the environment when it is
    imported.
    """
    names = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
    if any(os.environ.get(name) != "1" for name in names):
        os.execve(
            sys.executable, [sys.executable, *sys.argv], os.environ | dict.fromkeys(names, "1")
        )


def main() -> None:
    """Run, print, write."""
    with_one_thread()
    options = argparse.ArgumentParser(description="cavitydesign against NGSolve and scikit-fem")
    options.add_argument("--out", type=Path)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--quick", action="store_true", help="the 88 um bottle alone")
    chosen = options.parse_args()
    runs: list[Run] = []
    notes = machine()
    for place in PLACES[-1:] if chosen.quick else PLACES:
        exact = exact_wavenumbers(place)
        notes[f"reference of {place.name}"] = f"confirmed to {confirmed(place, exact):.0e}"
        for source in (own_runs, ngsolve_runs, plain_runs):
            for run in source(place, exact, chosen.repeats):
                runs.append(run)
                print(f"{run.place:24}{run.task:8}{run.program:18}{run.setting:24}", end="")
                print(f"{run.unknowns:6} {run.error:9.1e} {run.cpu_ms:9.1f} ms", flush=True)
    text = "\n".join(f"- {key}: {value}" for key, value in notes.items()) + "\n\n" + summary(runs)
    print(text)
    if chosen.out:
        chosen.out.mkdir(parents=True, exist_ok=True)
        (chosen.out / "compare_solvers.md").write_text(_HEAD + text + "\n")
        (chosen.out / "compare_solvers.json").write_text(
            json.dumps({"machine": notes, "runs": [asdict(run) for run in runs]}, indent=1) + "\n"
        )
        for kind, name in (("sphere", "spheres"), ("bottle", "bottles")):
            shown_here = [run for run in runs if run.place.startswith(kind)]
            if shown_here:
                picture(shown_here, chosen.out / f"compare_solvers_{name}.png")


if __name__ == "__main__":
    main()
