"""How often the intervals of a calibration hold the truth, on made-up laboratories.

    python tests/benchmarks/calibration_coverage.py --laboratories 300 --store coverage-store

Constants are drawn from the priors. A laboratory measures one to three cavities (15, 33, 88 um): 20
points with a scatter of 5 %, a fluence scale unknown to 7 %, one outlier in ten curves. The emulator
is trained once for each diameter on exact solves, and the threshold of an unseen diameter (24 um) is
predicted from each posterior. Printed: how many of the 68 and 90 % intervals hold the exact threshold
of the truth, the ranks of the true constants among the draws (flat if the posterior is right), and how
many answers carry a warning: few where the model is right, most with --wrong, where the truth has
Lorentzian lines and the model Gaussian ones.

All laboratories share their expensive part: the emulator of each diameter is trained once, on exact
solves, and the truths are solved exactly before any data are made of them. A laboratory then costs
its draws alone, one or two seconds. What is tested so: priors, likelihood, emulator and sampler, on
truths and scatter that they have not seen. What is not: the exact weights of the command, which mend
what the emulator is off by (its error is counted as scatter); errors that truths and model have in
common, such as the distance between solved pulses; and measurements of other kinds.

Thresholds at the unseen diameter are read off the emulated light; how far these lie from exact ones
is printed first, and scatters those of the draws. --whole N does what the command does instead: N
draws of each laboratory are solved exactly at every measured diameter and at the unseen one, and
weighted; it costs 0.08 s for each solve. --sampler emcee draws by emcee alone, to compare. All that is solved and every laboratory stays in the store, so that a run may be
ended at any time (--seconds) and goes on where it stopped.
"""

from __future__ import annotations

import argparse
import json
import math
import platform
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from scipy.stats import chi2, kstest

import cavitydesign as cd
from cavitydesign.calibrate import solves
from cavitydesign.calibrate.calibration_spec import (
    Calibration,
    FreeNumber,
    MeasuredCavity,
    MeasuredCurve,
)
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.posterior.doubts import (
    contradictions_of_curve,
    doubts_of_curve,
)
from cavitydesign.calibrate.posterior.likelihood import Comparison, Posterior
from cavitydesign.calibrate.posterior.number_doubts import doubts_of_scale
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.posterior.reweigh import Weights, resampled, smoothed_weights
from cavitydesign.calibrate.posterior.sampler import sample, sample_by_emcee
from cavitydesign.calibrate.pulses import WORKER_MODULES
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.weighted_answer import curve_fit
from cavitydesign.calibrate.work import Solved, Work, fine_light, spread_over_priors
from cavitydesign.gain.emitters import dots
from cavitydesign.study import ProcessExecutor, SerialExecutor

HOME = Path(__file__).parents[2]
FREE = (
    FreeNumber("gain.peak_gain_per_cm", Prior("log-normal", 1000.0, 1.5)),
    FreeNumber("gain.inhomogeneous_sd_mev", Prior("uniform", 5.0, 30.0)),
    FreeNumber("lasing.quality.per_um", Prior("normal", 26.0, 3.0)),
    FreeNumber("gain.laser_collection", Prior("log-normal", 0.02, 2.0)),
    FreeNumber("pump.energy_jitter", Prior("uniform", 0.02, 0.1)),
)
MEASURED, UNSEEN = (15, 33, 88), 24
POINTS, NOISE, SCALE_SD, OUTLIERS = 20, 0.05, 0.07, 0.1
SHARES = (68, 90)
DRAWS = 400
AT_ONCE = 16
"""Solves between two looks at the clock."""


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
    return MeasuredCurve(np.geomspace(1.4, 5.0, POINTS), np.ones(POINTS))


def lorentzian(energy_ev: Any, centre_ev: Any, sd_ev: float) -> Any:
    """A line of the same height and full width at half maximum as the Gaussian."""
    half = math.sqrt(2.0 * math.log(2.0)) * sd_ev
    return 1.0 / (1.0 + ((np.asarray(energy_ev) - np.asarray(centre_ev)) / half) ** 2)


class Clock:
    """CPU seconds that a run may take; all is kept when they are over."""

    def __init__(self, seconds: float) -> None:
        self.end = time.process_time() + seconds

    def look(self) -> None:
        if time.process_time() > self.end:
            raise SystemExit("time is over; the same command goes on from here")


def solved(work: Work, stage: str, z: np.ndarray, clock: Clock) -> list[Solved]:
    """Exact light of all cavities, in pieces that leave the store whole."""
    for start in range(0, len(z), AT_ONCE):
        for ready in work.ready:
            replace(work, ready=[ready]).solve(stage, z[start : start + AT_ONCE])
            clock.look()
    return work.solve(stage, z)


def made_curves(work: Work, z: np.ndarray, exact: list[Solved], number: int) -> dict:
    """What one laboratory measures at each diameter."""
    rng = np.random.default_rng([2, number])
    curves = {}
    for ready, known, diameter in zip(work.ready, exact, MEASURED, strict=False):
        light = fine_light(ready, known.light.taken(np.array([number])))
        fluence = blank().fluence_mj_cm2
        value = np.exp(work.comparison(ready).log_light(z, light, fluence)[0])
        value = value * np.exp(NOISE * rng.standard_normal(POINTS))
        if rng.random() < OUTLIERS:
            value[rng.integers(POINTS)] *= 2.0
        curves[diameter] = MeasuredCurve(fluence, value)
    return curves


def laboratory(
    asked: argparse.Namespace,
    work: Work,
    posterior: Posterior,
    z: np.ndarray,
    exact: list,
    number: int,
) -> dict:
    """One laboratory: its posterior, held against the truth."""
    curves = made_curves(work, z, exact, number)
    rng = np.random.default_rng([3, number])
    chosen = sorted(rng.choice(len(MEASURED), size=rng.integers(1, 4), replace=False))
    layout = work.layout
    here = calibration(asked.store, asked.solves, curves)
    compared = [
        Comparison(replace(each.ready, cavity=cavity), each.first, layout)
        for each, cavity in zip(posterior.comparisons, here.cavities, strict=True)
    ]
    # scale and scatter of what is not measured are left out of the vector
    used = [f"{MEASURED[place]} um" for place in chosen]
    kept = [
        i for i, each in enumerate(layout.unknowns) if each.key or each.of in (*used, "session")
    ]

    def whole(part: np.ndarray) -> np.ndarray:
        full = np.zeros((len(part), len(layout)))
        full[:, kept] = part
        return full

    one = Posterior(
        [compared[place] for place in chosen],
        [posterior.curves[place] for place in chosen],
        [posterior.added_sd[place] for place in chosen],
    )

    def level(part: np.ndarray) -> np.ndarray:
        return one(whole(part))

    began = time.process_time()
    sampler = sample_by_emcee if asked.sampler == "emcee" else sample
    drawn = sampler(level, len(kept), number)
    order = np.random.default_rng(number).permutation(len(drawn.z))
    draws = whole(drawn.z[order[:DRAWS]])
    unseen = compared[-1]
    if asked.whole:
        draws, weights = weighted(asked, work, one, compared, chosen, draws[: asked.whole], number)
        known = replace(work, ready=[work.ready[-1]]).solve("draws", draws)[0]
        predicted = unseen.threshold_mj_cm2(draws, fine_light(work.ready[-1], known.light))
        rows = resampled(weights, DRAWS, number)
        draws, predicted = draws[rows], predicted[rows]
    else:
        weights = None
        light = posterior.curves[-1](draws[:, unseen.ready.rate_indices])
        predicted = unseen.threshold_mj_cm2(draws, light)
        # what the emulator is off by is a part of this prediction, not of a calibration's
        noise = np.random.default_rng([4, number]).standard_normal(len(draws))
        predicted = predicted * np.exp(asked.threshold_sd * noise)
    right = unseen.threshold_mj_cm2(
        z, fine_light(work.ready[-1], exact[-1].light.taken(np.array([number])))
    )[0]
    lasing = predicted[np.isfinite(predicted)]
    warnings = []
    rows = np.arange(len(draws))
    fits = []
    for place in chosen:
        seen = posterior.curves[place](draws[:, compared[place].ready.rate_indices])
        fits.append(curve_fit(compared[place], draws, seen, rows))
        warnings += [*contradictions_of_curve(fits[-1]), *doubts_of_curve(fits[-1])]
    place = next(i for i, each in enumerate(layout.unknowns) if each.of == "session")
    scale = float(np.median(layout.values(draws)[:, place]))
    warnings += doubts_of_scale("fluence scale", scale, SCALE_SD)
    return {
        "number": number,
        "measured": used,
        "right": float(right) if np.isfinite(right) else None,
        "lases": len(lasing) / len(predicted),
        "intervals": {
            str(share): np.quantile(lasing, (0.5 - share / 200, 0.5 + share / 200)).tolist()
            for share in SHARES
        }
        if len(lasing) > 10
        else None,
        "rank_of_threshold": float((lasing < right).mean()) if len(lasing) else None,
        "ranks": {
            layout.unknowns[i].name: float((draws[:, i] < z[0, i]).mean())
            for i in kept
            if layout.unknowns[i].key or layout.unknowns[i].of == "session"
        },
        "sd": {layout.unknowns[i].name: float(draws[:, i].std()) for i in kept},
        "warnings": warnings,
        "residuals": [np.round(one.residual, 5).tolist() for one in fits],
        "scatter": [one.scatter for one in fits],
        "settled": drawn.settled,
        "worth": drawn.worth,
        **(
            {}
            if weights is None
            else {"pareto_k": weights.shape, "effective": weights.effective_size}
        ),
        "cpu_s": time.process_time() - began,
    }


def weighted(
    asked: argparse.Namespace,
    work: Work,
    one: Posterior,
    compared: list[Comparison],
    chosen: list,
    draws: np.ndarray,
    number: int,
) -> tuple[np.ndarray, Weights]:
    """Draws with the weights of their exact solves, as the command has them."""
    curves = []
    for place in chosen:
        known = replace(work, ready=[work.ready[place]]).solve("draws", draws)[0]
        light = fine_light(work.ready[place], known.light)
        curves.append(lambda z, light=light: light)
    exact = Posterior([compared[place] for place in chosen], curves, [0.0] * len(chosen))
    return draws, smoothed_weights(exact.log_likelihood(draws) - one.log_likelihood(draws))


def off_by(work: Work, posterior: Posterior, z: np.ndarray, exact: list) -> dict:
    """How far emulated thresholds lie from those of the exact truths."""
    unseen = posterior.comparisons[-1]
    right = unseen.threshold_mj_cm2(z, fine_light(work.ready[-1], exact[-1].light))
    seen = unseen.threshold_mj_cm2(z, posterior.curves[-1](z[:, unseen.ready.rate_indices]))
    both = np.isfinite(right) & np.isfinite(seen)
    off = np.abs(np.log(seen[both] / right[both]))
    return {
        "truths": len(z),
        "told alike whether they lase": int((np.isfinite(right) == np.isfinite(seen)).sum()),
        # a normal deviate lies within 1.645 of its scatter in 90 %
        "scatter, relative": float(np.quantile(off, 0.9) / 1.645),
        "off by, relative, of 50 and 90 and 100 %": np.round(
            np.quantile(off, (0.5, 0.9, 1.0)), 4
        ).tolist(),
    }


def summary(lines: list[dict]) -> dict:
    """Shares, ranks and warnings of all laboratories."""
    lasing = [each for each in lines if each["right"] is not None and each["intervals"]]
    held = {
        f"{share} % intervals that hold the threshold": sum(
            each["intervals"][str(share)][0] <= each["right"] <= each["intervals"][str(share)][1]
            for each in lasing
        )
        / max(len(lasing), 1)
        for share in SHARES
    }
    names = lines[0]["ranks"]
    ranks = {name: [each["ranks"][name] for each in lines] for name in names}
    ranks["threshold"] = [each["rank_of_threshold"] for each in lasing]
    counts = {name: np.histogram(one, bins=10, range=(0.0, 1.0))[0] for name, one in ranks.items()}
    spread = {
        name: float(((one - one.mean()) ** 2 / one.mean()).sum()) for name, one in counts.items()
    }
    return {
        "laboratories": len(lines),
        "truth lases at 24 um": len(lasing),
        **held,
        "by cavities measured": {
            str(count): [
                len(part),
                *(
                    round(
                        sum(
                            e["intervals"][str(share)][0]
                            <= e["right"]
                            <= e["intervals"][str(share)][1]
                            for e in part
                        )
                        / max(len(part), 1),
                        3,
                    )
                    for share in SHARES
                ),
            ]
            for count in (1, 2, 3)
            for part in [[each for each in lasing if len(each["measured"]) == count]]
        },
        "median half width of the 68 % interval, relative": float(
            np.median(
                [0.5 * np.log(one[1] / one[0]) for one in (e["intervals"]["68"] for e in lasing)]
            )
        ),
        "ranks, ten bins": {name: one.tolist() for name, one in counts.items()},
        "chance of ranks as uneven (chi square of ten bins)": {
            name: round(float(chi2.sf(value, 9)), 4) for name, value in spread.items()
        },
        "chance of ranks as uneven (Kolmogorov)": {
            name: round(float(kstest(one, "uniform").pvalue), 4) for name, one in ranks.items()
        },
        "with a warning": sum(bool(each["warnings"]) for each in lines) / len(lines),
        "with a warning, by cavities measured": {
            str(count): round(float(np.mean([bool(e["warnings"]) for e in part])), 3)
            for count in (1, 2, 3)
            for part in [[each for each in lines if len(each["measured"]) == count]]
            if part
        },
        "least worth in draws": min(each["worth"] for each in lines),
        "CPU s of sampling, median": float(np.median([each["cpu_s"] for each in lines])),
        "machine": f"{platform.processor() or platform.machine()}, Python {platform.python_version()}",
    }


def main() -> None:
    """Run the laboratories and print the shares."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--laboratories", type=int, default=300)
    read.add_argument("--solves", type=int, default=192)
    read.add_argument("--workers", type=int, default=1)
    read.add_argument("--store", type=Path, default=Path("coverage-store"))
    read.add_argument("--seconds", type=float, default=math.inf, help="CPU time of this run")
    read.add_argument("--sampler", choices=("importance", "emcee"), default="importance")
    read.add_argument("--whole", type=int, default=0, help="draws solved exactly and weighted")
    read.add_argument("--wrong", action="store_true", help="the truth has Lorentzian lines")
    asked = read.parse_args()
    clock = Clock(asked.seconds)
    base = calibration(asked.store, asked.solves, {})
    layout = layout_of(base)
    ready = [prepare(base, layout, cavity) for cavity in base.cavities]
    executor = (
        SerialExecutor() if asked.workers == 1 else ProcessExecutor(asked.workers, WORKER_MODULES)
    )
    work = Work(base, layout, ready, executor)
    trained = solved(work, "training", spread_over_priors(base, layout, ready), clock)
    truths = np.random.default_rng(1).standard_normal((asked.laboratories, len(layout)))
    if asked.wrong:
        # other code, other records: in this process only, so that no worker knows the right line
        version = solves.relevant_version()
        solves.relevant_version = lambda: f"{version}, Lorentzian lines"
        dots.gaussian_line = lorentzian
        exact = solved(replace(work, executor=SerialExecutor()), "truths", truths, clock)
    else:
        exact = solved(work, "truths", truths, clock)
    posterior = work.posterior(trained)
    print(
        "error of the emulators, ln light:", [f"{sd:.4f}" for sd in posterior.added_sd], flush=True
    )
    off = off_by(work, posterior, truths, exact)
    print("threshold at the unseen diameter:", off, flush=True)
    asked.threshold_sd = off["scatter, relative"]
    kind = f"{'wrong' if asked.wrong else 'right'}-{asked.sampler}"
    kind += f"-whole{asked.whole}" if asked.whole else ""
    told = asked.store / f"laboratories-{kind}.jsonl"
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    for number in range(len(lines), asked.laboratories):
        clock.look()
        lines.append(laboratory(asked, work, posterior, truths[number : number + 1], exact, number))
        with told.open("a") as file:
            file.write(json.dumps(lines[-1]) + "\n")
    print(json.dumps(summary(lines[: asked.laboratories]), indent=1))


if __name__ == "__main__":
    main()
