"""How often the intervals of a calibration hold the truth, on made-up laboratories.

    python tests/benchmarks/calibration_coverage.py --laboratories 300 --store coverage-store

Constants are drawn from the priors. A laboratory measures one to three cavities (15, 33, 88 um): 20
points with a scatter of 5 %, a fluence scale unknown to 7 %, one outlier in ten curves. The emulator is
trained once for each diameter on exact solves, and the threshold of an unseen diameter (24 um) is
predicted from each posterior. Printed: how many of the 68 and 90 % intervals hold the exact threshold of
the truth, and the ranks of the true peak gain among the draws (flat if the posterior is right). The
exact weights of the command are left out here: what is tested is the posterior by the emulator, with the
emulator's own error counted.
"""

from __future__ import annotations

import argparse
import json
import platform
import time
from pathlib import Path

import numpy as np

import cavitydesign as cd
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.posterior.sampler import sample
from cavitydesign.calibrate.pulses import WORKER_MODULES
from cavitydesign.calibrate.run import _fine, _spread, _Work
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.spec import Calibration, FreeNumber, MeasuredCavity, MeasuredCurve
from cavitydesign.study import ProcessExecutor

HOME = Path(__file__).parents[2]
FREE = (
    FreeNumber("gain.peak_gain_per_cm", Prior("log-normal", 1000.0, 1.5)),
    FreeNumber("gain.inhomogeneous_sd_mev", Prior("uniform", 5.0, 30.0)),
    FreeNumber("lasing.quality.per_um", Prior("normal", 26.0, 3.0)),
    FreeNumber("gain.laser_collection", Prior("log-normal", 0.02, 2.0)),
    FreeNumber("pump.energy_jitter", Prior("uniform", 0.02, 0.1)),
)
MEASURED, UNSEEN = (15, 33, 88), 24
POINTS, NOISE, SCALE_SD = 20, 0.05, 0.07


def design_of(diameter_um: int) -> dict:
    base = cd.load_design(HOME / "studies" / "quickstart" / "design.toml")
    return base.with_values(
        {
            "cavity.diameter_um": float(diameter_um),
            "cavity.axial_radius_um": 4.0 * diameter_um,
            "cavity.fibre_diameter_um": 0.5 * diameter_um,
            "modes.span_nm": 40.0,
        }
    ).raw


def calibration(store: Path, solves: int, curves: dict) -> Calibration:
    """All diameters, each with its curve; the unseen one and those not measured have made-up ones,
    which the posterior leaves out."""
    cavities = tuple(
        MeasuredCavity(f"{d} um", design_of(d), "session", curves.get(d, blank()), NOISE)
        for d in (*MEASURED, UNSEEN)
    )
    return Calibration(
        "coverage", cavities, FREE, {"session": SCALE_SD}, solves, 200, 0, store, HOME
    )


def blank() -> MeasuredCurve:
    fluence = np.geomspace(1.4, 5.0, POINTS)
    return MeasuredCurve(fluence, np.ones(POINTS))


def main() -> None:
    """Run the laboratories and print the shares."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--laboratories", type=int, default=300)
    read.add_argument("--solves", type=int, default=192)
    read.add_argument("--workers", type=int, default=1)
    read.add_argument("--store", type=Path, default=Path("coverage-store"))
    asked = read.parse_args()
    began = time.perf_counter()
    base = calibration(asked.store, asked.solves, {})
    layout = layout_of(base)
    ready = [prepare(base, layout, cavity) for cavity in base.cavities]
    executor = ProcessExecutor(asked.workers, WORKER_MODULES)
    work = _Work(base, layout, ready, executor, None)
    trained = work.solve("training", _spread(base, layout, ready))
    posterior = work.posterior(trained)
    print(
        "error of the emulators, ln light:", [f"{sd:.3f}" for sd in posterior.added_sd], flush=True
    )
    rng = np.random.default_rng(1)
    truths = rng.standard_normal((asked.laboratories, len(layout)))
    exact = work.solve("truths", truths)
    held = {68: 0, 90: 0}
    ranks, widths, lasing = [], [], 0
    for number, truth in enumerate(truths):
        z = truth[None]
        curves = {}
        for place, diameter in enumerate(MEASURED):
            comparison = work.comparison(ready[place])
            light = _fine(ready[place], exact[place].light.taken(np.array([number])))
            fluence = blank().fluence_mj_cm2
            value = np.exp(comparison.log_light(z, light, fluence)[0])
            value = value * np.exp(NOISE * rng.standard_normal(POINTS))
            if rng.random() < 0.1:
                value[rng.integers(POINTS)] *= 2.0
            curves[diameter] = MeasuredCurve(fluence, value)
        chosen = sorted(rng.choice(len(MEASURED), size=rng.integers(1, 4), replace=False))
        here = calibration(asked.store, asked.solves, curves)
        seen = [(cavity.name in {f"{MEASURED[k]} um" for k in chosen}) for cavity in here.cavities]
        comparisons = [
            type(each)(
                type(each.ready)(**{**vars(each.ready), "cavity": cavity}), each.first, layout
            )
            for each, cavity in zip(posterior.comparisons, here.cavities, strict=True)
        ]
        one = type(posterior)(
            [c for c, s in zip(comparisons, seen, strict=True) if s],
            [c for c, s in zip(posterior.curves, seen, strict=True) if s],
            [c for c, s in zip(posterior.added_sd, seen, strict=True) if s],
        )
        draws = sample(one, len(layout), number).z
        unseen = comparisons[-1]
        light = posterior.curves[-1](draws[:, unseen.ready.rate_places])
        predicted = unseen.threshold_mj_cm2(draws, light)
        right = unseen.threshold_mj_cm2(
            z, _fine(ready[-1], exact[-1].light.taken(np.array([number])))
        )[0]
        ranks.append(float((draws[:, 0] < truth[0]).mean()))
        if not np.isfinite(right):
            continue
        lasing += 1
        for share in held:
            low, high = np.quantile(
                predicted, (0.5 - share / 200, 0.5 + share / 200), method="inverted_cdf"
            )
            held[share] += bool(low <= right <= high)
            if share == 68 and np.isfinite(high):
                widths.append(0.5 * np.log(high / low))
        if number % 10 == 9:
            print(number + 1, lasing, held, f"{time.perf_counter() - began:.0f} s", flush=True)
    counts, _ = np.histogram(ranks, bins=10, range=(0.0, 1.0))
    answer = {
        "laboratories": asked.laboratories,
        "truth lases at 24 um": lasing,
        "68 % intervals that hold it": held[68] / max(lasing, 1),
        "90 % intervals that hold it": held[90] / max(lasing, 1),
        "median half width of the 68 % interval, relative": float(np.median(widths)),
        "ranks of the peak gain, ten bins": counts.tolist(),
        "chi square of the ranks, nine degrees of freedom": float(
            ((counts - counts.mean()) ** 2 / counts.mean()).sum()
        ),
        "machine": f"{platform.processor() or platform.machine()}, Python {platform.python_version()}",
        "seconds": time.perf_counter() - began,
    }
    print(json.dumps(answer, indent=1))


if __name__ == "__main__":
    main()
