"""How often a calibration with a laser spectrum notices that the medium's line has another shape.

    python tests/benchmarks/calibration_wrong_line.py --laboratories 60 --store wrong-line-store

Constants are drawn from the priors of `calibration_coverage.py`. Every laboratory measures the light
curve of an 88 um cavity and one spectrum of its laser at 4 mJ/cm2, a third of them the curve of 33 um
beside it, a third those of 33 and 15 um: 20 points with a scatter of 5 %, a fluence scale unknown to
7 %, one outlier in ten curves. Each line of the spectrum scatters by 5 %, and the Q of its mode (the
error of the model) moves it by another 5 %; lines below 0.5 % of the strongest are not seen.

The truth of each laboratory is solved twice: with Gaussian lines, as the model has them, and with
Lorentzian ones of the same height and full width at half maximum. Printed: in how many of each kind
the calibration tells a contradiction (it ends with exit code 1 then), by what, with 95 % intervals
(C. J. Clopper, E. S. Pearson, Biometrika 26, 404 (1934)).

Pulses are solved exactly for the truths; the model is the emulator of the command, trained once for
each diameter, and its error counts as the command counts it. What the command does beside, exact
weights of the draws, mends the emulator alone and is left out.

All that is solved and every laboratory stays in the store: a run may be ended at any time (--seconds,
CPU time) and goes on where it stopped. The seed decides the truths and their scatter; it is printed.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from dataclasses import replace
from pathlib import Path

import calibration_coverage as laboratories
import numpy as np
from calibration_line_shape import other_lines
from scipy.stats import beta

from cavitydesign.calibrate.calibration_spec import Calibration, MeasuredCavity, MeasuredSpectrum
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.posterior.doubts import (
    contradictions_of_curve,
    contradictions_of_spectrum,
)
from cavitydesign.calibrate.posterior.likelihood import Comparison, Posterior
from cavitydesign.calibrate.posterior.number_doubts import contradictions_of_numbers
from cavitydesign.calibrate.posterior.sampler import sample
from cavitydesign.calibrate.pulses import modes_of
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.spectra.spectrum_lines import prepare_spectrum
from cavitydesign.calibrate.weighted_answer import curve_fit
from cavitydesign.calibrate.work import Solved, Work, fine_light, spread_over_priors
from cavitydesign.design import parse_design
from cavitydesign.study import SerialExecutor

DIAMETERS = (88, 33, 15)
BRIGHT_MJ_CM2, FAINTEST, NOISE, OF_Q = 4.0, 0.005, 0.05, 0.05
"""Of the spectrum: stated fluence, faintest line over the strongest, scatter of a line, and what the Q
of its mode moves it by."""
KINDS = ("right", "wrong")


def spectrum(modes: tuple[str, ...], light: np.ndarray, floor: float) -> MeasuredSpectrum:
    nowhere = np.full(len(light), np.nan)
    return MeasuredSpectrum(
        "88 um at 4 mJ/cm2",
        BRIGHT_MJ_CM2,
        nowhere,
        modes,
        light,
        floor,
        relative_noise=NOISE,
        model_error=OF_Q,
    )


def calibration(store: Path, solves: int) -> Calibration:
    """All diameters with blank curves, and a blank spectrum of the largest."""
    blank = laboratories.blank()
    cavities = []
    for diameter in DIAMETERS:
        design = laboratories.design_of(diameter)
        spectra = ()
        if diameter == DIAMETERS[0]:
            path = laboratories.HOME / "design.toml"
            labels = tuple(label for label, _ in modes_of(parse_design(design, path=path)))
            spectra = (spectrum(labels, np.ones(len(labels)), 1.0),)
        cavities.append(
            MeasuredCavity(
                f"{diameter} um", design, "session", blank, laboratories.NOISE, spectra=spectra
            )
        )
    return Calibration(
        "wrong line",
        tuple(cavities),
        laboratories.FREE,
        {"session": laboratories.SCALE_SD},
        solves,
        200,
        0,
        store,
        laboratories.HOME,
    )


def measured(work: Work, z: np.ndarray, exact: list[Solved], row: int, seed: list[int]) -> list:
    """The cavities of one laboratory with its data."""
    rng = np.random.default_rng(seed)
    found = []
    for ready, known in zip(work.ready, exact, strict=True):
        light = fine_light(ready, known.light.taken(np.array([row])))
        compared = work.comparison(ready)
        fluence = laboratories.blank().fluence_mj_cm2
        value = np.exp(compared.log_light(z, light, fluence)[0])
        value *= np.exp(laboratories.NOISE * rng.standard_normal(len(value)))
        if rng.random() < laboratories.OUTLIERS:
            value[rng.integers(len(value))] *= 2.0
        cavity = replace(ready.cavity, curve=laboratories.MeasuredCurve(fluence, value))
        spectra = ()
        if ready.cavity.spectra:
            share = compared.shares(z, light, BRIGHT_MJ_CM2)[0]
            share = share * np.exp(math.hypot(NOISE, OF_Q) * rng.standard_normal(len(share)))
            floor = FAINTEST * share.max()
            seen = share >= floor
            labels = tuple(
                label for (label, _), kept in zip(ready.modes, seen, strict=True) if kept
            )
            cavity = replace(cavity, spectra=(spectrum(labels, share[seen], floor),))
            spectra = (prepare_spectrum(cavity.spectra[0], ready.modes),)
        found.append(replace(ready, cavity=cavity, spectra=spectra))
    return found


def laboratory(
    work: Work, model: Posterior, ready: list, count: int, number: int
) -> dict[str, object]:
    """What a calibration of the first so many cavities tells."""
    began = time.process_time()
    layout = work.layout
    compared = [
        Comparison(one, each.first, layout)
        for one, each in zip(ready[:count], model.comparisons, strict=False)
    ]
    # scale and scatter of what is not measured are left out of the vector
    out = {one.cavity.name for one in ready[count:]}
    kept = [i for i, one in enumerate(layout.unknowns) if one.of not in out]

    def whole(part: np.ndarray) -> np.ndarray:
        full = np.zeros((len(part), len(layout)))
        full[:, kept] = part
        return full

    posterior = Posterior(
        compared,
        model.curves[:count],
        model.added_sd[:count],
        (),
        model.added_to_lines[:count],
    )
    drawn = sample(lambda part: posterior(whole(part)), len(kept), number)
    order = np.random.default_rng(number).permutation(len(drawn.z))
    z = whole(drawn.z[order[: laboratories.DRAWS]])
    rows = np.arange(len(z))
    fits = [
        curve_fit(one, z, curves(z[:, one.ready.rate_indices]), rows)
        for one, curves in zip(compared, posterior.curves, strict=True)
    ]
    told = {
        "curves": [line for one in fits for line in contradictions_of_curve(one)],
        "spectrum": contradictions_of_spectrum(fits[0].spectra[0]),
        "priors": contradictions_of_numbers(work.asked, layout, np.median(z, axis=0)),
    }
    lines = fits[0].spectra[0]
    return {
        "cavities": count,
        "lines": len(lines.residual),
        "told": told,
        "residual": np.round(lines.residual, 5).tolist(),
        "scatter": lines.scatter,
        "unseen": [[mode, light / lines.floor] for mode, _, light in lines.unseen],
        "median": {
            one.name: round(float(np.median(z[:, i])), 3)
            for i, one in enumerate(layout.unknowns)
            if i in kept
        },
        "settled": drawn.settled,
        "cpu_s": time.process_time() - began,
    }


def interval(count: int, of: int) -> list[float]:
    """Clopper and Pearson's, 95 %."""
    low = beta.ppf(0.025, count, of - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, of - count) if count < of else 1.0
    return [round(float(low), 3), round(float(high), 3)]


def summary(lines: list[dict]) -> dict[str, object]:
    """Shares of both kinds that are told."""
    found: dict[str, object] = {}
    for kind, word in zip(KINDS, ("falsely accused", "noticed"), strict=True):
        part = [one for one in lines if one["kind"] == kind]
        told = [any(one["told"].values()) for one in part]
        found[word] = {
            "laboratories": len(part),
            "told": sum(told),
            "share": round(sum(told) / max(len(told), 1), 3),
            "95 %": interval(sum(told), len(told)),
            "by what": {
                name: sum(bool(one["told"][name]) for one in part)
                for name in ("curves", "spectrum", "priors")
            },
            "by cavities measured": {
                str(count): [
                    sum(x)
                    if (x := [t for t, o in zip(told, part, strict=True) if o["cavities"] == count])
                    else 0,
                    len(x),
                ]
                for count in (1, 2, 3)
            },
            "lines, least, median, most": [
                float(x) for x in np.quantile([one["lines"] for one in part], (0.0, 0.5, 1.0))
            ]
            if part
            else None,
        }
    return found


def main() -> None:
    """Run the laboratories and print what was told."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--laboratories", type=int, default=60)
    read.add_argument("--solves", type=int, default=192)
    read.add_argument("--seed", type=int, default=17)
    read.add_argument("--store", type=Path, default=Path("wrong-line-store"))
    read.add_argument("--seconds", type=float, default=math.inf, help="CPU time of this run")
    asked = read.parse_args()
    print("seed", asked.seed, flush=True)
    clock = laboratories.Clock(asked.seconds)
    base = calibration(asked.store, asked.solves)
    layout = layout_of(base)
    ready = [prepare(base, layout, cavity) for cavity in base.cavities]
    work = Work(base, layout, ready, SerialExecutor())
    trained = laboratories.solved(work, "training", spread_over_priors(base, layout, ready), clock)
    # rows of their own, so that more laboratories keep the first ones
    truths = np.array(
        [
            np.random.default_rng([asked.seed, number]).standard_normal(len(layout))
            for number in range(asked.laboratories)
        ]
    )
    exact = {"right": laboratories.solved(work, "truths", truths, clock)}
    with other_lines():
        exact["wrong"] = laboratories.solved(work, "truths", truths, clock)
    model = work.posterior(trained)
    print("error of the emulators, ln light:", np.round(model.added_sd, 4).tolist(), flush=True)
    print("of the lines:", np.round(model.added_to_lines[0], 4).tolist(), flush=True)
    told = asked.store / f"laboratories-{asked.seed}.jsonl"
    lines = [json.loads(line) for line in told.read_text().splitlines()] if told.exists() else []
    for index in range(len(lines), 2 * asked.laboratories):
        clock.look()
        number, kind = index // 2, KINDS[index % 2]
        z = truths[number : number + 1]
        seed = [asked.seed, number, index % 2, 1]
        data = measured(work, z, exact[kind], number, seed)
        count = 1 + number % len(DIAMETERS)
        lines.append({"number": number, "kind": kind} | laboratory(work, model, data, count, index))
        with told.open("a") as file:
            file.write(json.dumps(lines[-1]) + "\n")
        one = lines[-1]
        print(
            number,
            kind,
            one["lines"],
            "lines",
            f"{one['cpu_s']:.1f} s",
            {k: len(v) for k, v in one["told"].items()},
            flush=True,
        )
    print(json.dumps(summary(lines[: 2 * asked.laboratories]), indent=1))


if __name__ == "__main__":
    main()
