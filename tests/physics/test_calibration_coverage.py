"""Intervals of a calibration hold the truth as often as they say, on made-up laboratories.

The laser is one with a closed formula, so that many laboratories cost minutes: photons of a
steady four-level laser, ((r - 1) + sqrt((r - 1)^2 + 4 beta r)) / 2 with r the excitations over those
at threshold, which fall as 1 / (gain x Q). Once it stands for the emulator too, as the exact weights
of a calibration see to; everything else is the calibration's own: detector, Student's t, free scales,
sampler. With real pulses and emulators, for hours: `tests/benchmarks/calibration_coverage.py`.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.stats import binom, kstest

import cavitydesign as cd
from cavitydesign.calibrate.calibration_spec import (
    Calibration,
    FreeNumber,
    MeasuredCavity,
    MeasuredCurve,
)
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.light import Light
from cavitydesign.calibrate.posterior.likelihood import Comparison, Posterior
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.posterior.sampler import sample
from cavitydesign.calibrate.setup import prepare
from cavitydesign.calibrate.work import Solved, Work, fine_light, spread_over_priors
from cavitydesign.lasing.outcomes.output_threshold import LEAST_EFFICIENCY
from cavitydesign.study import SerialExecutor

QUICKSTART = Path(__file__).parents[2] / "studies" / "quickstart" / "design.toml"
FREE = (
    FreeNumber("gain.peak_gain_per_cm", Prior("log-normal", 1000.0, 1.4)),
    FreeNumber("gain.inhomogeneous_sd_mev", Prior("uniform", 5.0, 30.0)),
    FreeNumber("lasing.quality.per_um", Prior("normal", 24.0, 2.0)),
    FreeNumber("gain.laser_collection", Prior("log-normal", 10.0, 1.5)),
    FreeNumber("pump.energy_jitter", Prior("uniform", 0.01, 0.08)),
)
MEASURED, UNSEEN = (15, 20, 27), 12
LABORATORIES, POINTS, NOISE, SCALE_SD, OUTLIERS = 40, 20, 0.05, 0.07, 0.1
SHARES = (0.68, 0.90)


def formula(layout, diameter_um, z, log_excitons):
    """Light of the closed formula; the width of the line stands in for beta, 1e-5 to 1e-2."""
    values = {
        each.key: layout.values(z)[:, i] for i, each in enumerate(layout.unknowns) if each.key
    }
    gain, per_um = values["gain.peak_gain_per_cm"], values["lasing.quality.per_um"]
    beta = 10.0 ** (-5.0 + 3.0 * (values["gain.inhomogeneous_sd_mev"] - 5.0) / 25.0)[:, None]
    static = 2.2e3 / gain * (24.0 / per_um) * (12.0 / diameter_um)
    r = np.exp(log_excitons)[None, :] / static[:, None]
    # subtracting (r - 1) from the root loses all digits below the threshold
    root = np.sqrt((r - 1.0) ** 2 + 4.0 * beta * r)
    laser = np.where(r > 1.0, 0.5 * (r - 1.0 + root), 2.0 * beta * r / (root - (r - 1.0)))
    glow = np.broadcast_to(log_excitons, laser.shape)
    least = np.full(len(static), np.log(LEAST_EFFICIENCY))
    return Light(np.log(laser), glow.copy(), np.log(static), least)


def work_of(curves):
    base = cd.load_design(QUICKSTART)
    blank = MeasuredCurve(np.geomspace(1.4, 5.0, POINTS), np.ones(POINTS))
    cavities = tuple(
        MeasuredCavity(
            f"{d} um", base.with_values({"cavity.diameter_um": float(d)}).raw, "session",
            curves.get(d, blank), NOISE,
        )
        for d in (*MEASURED, UNSEEN)
    )  # fmt: skip
    asked = Calibration(
        "coverage", cavities, FREE, {"session": SCALE_SD}, 128, 200, 0, Path(), Path()
    )
    layout = layout_of(asked)
    ready = [prepare(asked, layout, cavity) for cavity in cavities]
    # the formula knows these three, whatever the rate equations of the design know
    return Work(asked, layout, ready, SerialExecutor())


def solved(work, z):
    return [
        Solved(z, formula(work.layout, d, z, ready.grid.log_excitons))
        for d, ready in zip((*MEASURED, UNSEEN), work.ready, strict=True)
    ]


def measured(work, z, exact, rng):
    """Twenty points of each cavity, with a scatter of 5 % and now and then an outlier."""
    found = []
    for ready, known in zip(work.ready[:-1], exact, strict=False):
        fluence = ready.cavity.curve.fluence_mj_cm2
        light = work.comparison(ready).log_light(z, fine_light(ready, known.light), fluence)[0]
        light = light + NOISE * rng.standard_normal(POINTS)
        if rng.random() < OUTLIERS:
            light[rng.integers(POINTS)] += np.log(2.0)
        found.append(replace(ready.cavity, curve=MeasuredCurve(fluence, np.exp(light))))
    return found


def exact_curves(layout, diameter_um, ready):
    """From the numbers that the rate equations know to light, without an emulator."""

    def curves(part):
        z = np.zeros((len(part), len(layout)))
        z[:, ready.rate_indices] = part
        return fine_light(ready, formula(layout, diameter_um, z, ready.grid.log_excitons))

    return curves


def curves_of(work, emulated):
    """Light of each cavity by any numbers, and its error."""
    pairs = zip((*MEASURED, UNSEEN), work.ready, strict=True)
    exact = [exact_curves(work.layout, d, ready) for d, ready in pairs]
    if emulated:
        posterior = work.posterior(
            solved(work, spread_over_priors(work.asked, work.layout, work.ready))
        )
        print([f"{sd:.3f}" for sd in posterior.added_sd])
        # thresholds of draws are always solved exactly
        return [*posterior.curves[:-1], exact[-1]], posterior.added_sd
    return exact, [0.0] * len(work.ready)


@pytest.mark.slow
@pytest.mark.parametrize("emulated", [False, True], ids=["exact", "emulated"])
def test_intervals_at_an_unseen_diameter_hold_the_truth_as_often_as_they_say(emulated):
    """40 laboratories: the share that holds is known to 7 % (68) and 5 % (90). Emulated, before any
    exact weight, the intervals may be wider than they say, as a proposal should be, not narrower.
    """
    work = work_of({})
    layout = work.layout
    compared = [work.comparison(ready) for ready in work.ready]
    curves, added_sd = curves_of(work, emulated)
    rng = np.random.default_rng(11)
    held, ranks, gains = dict.fromkeys(SHARES, 0), [], []
    for number in range(LABORATORIES):
        z = rng.standard_normal((1, len(layout)))
        exact = solved(work, z)
        cavities = measured(work, z, exact, rng)
        chosen = sorted(rng.choice(len(MEASURED), size=rng.integers(1, 4), replace=False))
        names = [cavities[place].name for place in chosen]
        kept = [
            i for i, one in enumerate(layout.unknowns) if one.key or one.of in (*names, "session")
        ]
        one = Posterior(
            [
                Comparison(
                    replace(work.ready[place], cavity=cavities[place]),
                    compared[place].first,
                    layout,
                )
                for place in chosen
            ],
            [curves[place] for place in chosen],
            [added_sd[place] for place in chosen],
        )

        def whole(part, kept=kept):
            full = np.zeros((len(part), len(layout)))
            full[:, kept] = part
            return full

        draws = sample(lambda part, one=one, whole=whole: one(whole(part)), len(kept), number)
        assert draws.settled
        at = whole(draws.z)
        unseen = compared[-1]
        predicted = unseen.threshold_mj_cm2(at, curves[-1](at[:, unseen.ready.rate_indices]))
        right = unseen.threshold_mj_cm2(z, fine_light(work.ready[-1], exact[-1].light))[0]
        for share in SHARES:
            low, high = np.quantile(predicted, (0.5 - share / 2, 0.5 + share / 2))
            held[share] += bool(low <= right <= high)
        ranks.append(float((predicted < right).mean()))
        gains.append(float((at[:, 0] < z[0, 0]).mean()))
    print({share: held[share] / LABORATORIES for share in SHARES})
    for share in SHARES:
        # two-sided, 1 % of right calibrations would fail
        low, high = binom.ppf((0.005, 0.995), LABORATORIES, share)
        assert low <= held[share], f"{share}: {held[share]} of {LABORATORIES}"
        assert emulated or held[share] <= high, f"{share}: {held[share]} of {LABORATORIES}"
    if emulated:
        return
    for name, found in (("threshold", ranks), ("gain", gains)):
        chance = kstest(found, "uniform").pvalue
        assert chance > 0.01, f"ranks of the {name} are uneven: {chance:.2g}"
