"""Whether light curves can tell that the line of the medium has another shape than the model's.

    python tests/benchmarks/calibration_line_shape.py --laboratories 96 --store coverage-store

The truth has Lorentzian lines of the same height and full width at half maximum as the Gaussian ones
of the model. Light curves of 15, 33 and 88 um (20 points each) are computed without scatter, and the
model is fitted to them with all that a calibration leaves free: peak gain, width, Q, collection,
jitter, fluence scale, and the scale of each curve. What is left is the smooth residual r_i that no
constants take away. With scatter sd of each point, the most powerful test of all (Neyman and Pearson,
Phil. Trans. R. Soc. A 231, 289 (1933)) between the two kinds of curves notices the wrong one with the
probability Phi(d - z), d^2 = sum (r_i / sd)^2, where right ones are suspected with the probability 1 -
Phi(z). No statistic of the residuals does better.

Beside it: where the wrong model puts the threshold of an unseen diameter (24 um); d with one laser
spectrum of the 88 um cavity at 4 mJ/cm2 fitted together with the curves (shares of all modes above
0.5 % of the light, each to 5 %); and how often a calibration tells from an emission spectrum that the
line is no Gaussian (--laboratories 0 for this alone).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import calibration_coverage as laboratories
import numpy as np
from scipy.optimize import least_squares
from scipy.stats import norm

from cavitydesign.calibrate import solves
from cavitydesign.calibrate.calibration_spec import Calibration, FreeNumber, MediumMeasurement
from cavitydesign.calibrate.layout import layout_of
from cavitydesign.calibrate.medium.agreement import measurement_fit
from cavitydesign.calibrate.medium.prepared import prepare_measurement
from cavitydesign.calibrate.posterior.doubts import contradictions_of_measurement
from cavitydesign.calibrate.posterior.likelihood import Posterior
from cavitydesign.calibrate.posterior.prior import Prior
from cavitydesign.calibrate.posterior.sampler import sample
from cavitydesign.calibrate.pulses import ready_cavity
from cavitydesign.calibrate.setup import prepare, session_index
from cavitydesign.calibrate.work import Work, fine_light, spread_over_priors
from cavitydesign.design import parse_design
from cavitydesign.gain import DotMedium
from cavitydesign.gain.emitters import dots
from cavitydesign.study import SerialExecutor
from cavitydesign.units import HC_EV_NM

FLUENCE = laboratories.blank().fluence_mj_cm2
SD = laboratories.NOISE
SUSPECTED = 0.05
"""Share of right calibrations that a test may suspect."""
BRIGHT_MJ_CM2, LARGEST, FAINTEST = 4.0, 2, 0.005
"""Fluence and place of the cavity at which shares of modes are compared, and the least share."""
# Photoluminescence: wavelengths, scatters of a sample over the peak, what is free.
SPECTRUM_NM, SPECTRUM_NOISES = np.linspace(480.0, 600.0, 241), (0.01, 0.02, 0.05)
LINE = (
    FreeNumber("gain.emission_energy_ev", Prior("normal", 2.310, 0.006)),
    FreeNumber("gain.emission_fwhm_mev", Prior("normal", 81.5, 5.0)),
)


@contextmanager
def other_lines() -> Iterator[None]:
    """Lorentzian lines, and records of their own in the store."""
    line, version = dots.gaussian_line, solves.relevant_version
    told = f"{version()}, Lorentzian lines"
    dots.gaussian_line, solves.relevant_version = laboratories.lorentzian, lambda: told
    try:
        yield
    finally:
        dots.gaussian_line, solves.relevant_version = line, version


class Model:
    """The emulated model, as a function of what a calibration leaves free."""

    def __init__(self, work: Work, posterior: Posterior) -> None:
        self.work, self.posterior = work, posterior
        unknowns = work.layout.unknowns
        self.kept = [i for i, one in enumerate(unknowns) if one.key or one.of == "session"]

    def whole(self, part: np.ndarray) -> np.ndarray:
        full = np.zeros((len(part), len(self.work.layout)))
        full[:, self.kept] = part
        return full

    def curves(self, part: np.ndarray) -> np.ndarray:
        """Logarithm of the light of all measured cavities, the scale of each taken away."""
        z = self.whole(part)
        found = []
        for one, light in zip(self.posterior.comparisons, self.posterior.curves, strict=True):
            if one is not self.posterior.comparisons[-1]:
                value = one.log_light(z, light(z[:, one.ready.rate_indices]), FLUENCE)
                found.append(value - value.mean(axis=1, keepdims=True))
        return np.concatenate(found, axis=1)

    def fitted(self, target: np.ndarray, start: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Most probable numbers and the residuals that they leave."""
        unit = 1e-3 * np.eye(len(start))

        def misfit(part: np.ndarray) -> np.ndarray:
            return np.concatenate([(self.curves(part[None])[0] - target) / SD, part])

        def slopes(part: np.ndarray) -> np.ndarray:
            both = self.curves(np.concatenate([part + unit, part - unit])) / SD
            change = (both[: len(part)] - both[len(part) :]) / 2e-3
            return np.concatenate([change.T, np.eye(len(part))])

        ends = [
            least_squares(misfit, one, slopes, bounds=(-6.0, 6.0), max_nfev=40, ftol=1e-5)
            for one in (np.clip(start, -3.0, 3.0), np.zeros(len(start)))
        ]
        best = min(ends, key=lambda one: one.cost)
        return best.x, misfit(best.x)[: len(target)] * SD


def log_shares(model: Model, z: np.ndarray) -> np.ndarray:
    """Logarithm of the light that leaves each mode of the largest cavity."""
    ready = model.work.ready[LARGEST]
    values = model.work.layout.design_values(ready.cavity, z)
    design = parse_design(
        dict(ready.cavity.design), overrides=dict(values), path=laboratories.HOME / "design.toml"
    )
    scale = session_index(model.work.layout, ready.cavity)
    true = model.work.layout.unknowns[scale].prior.value(z[scale])
    excitons = np.exp(ready.nominal.log_per_unit) * (true * BRIGHT_MJ_CM2) ** 3
    emitted = ready_cavity(design).solver.outcomes(np.array([excitons])).emitted[:, 0]
    return np.log(np.maximum(emitted, 1e-300))


def with_spectrum(model: Model, target: np.ndarray, seen: np.ndarray, start: np.ndarray) -> float:
    """The distance d that is left by curves and shares together."""
    kept = seen > np.log(np.exp(seen).sum()) + np.log(FAINTEST)

    def misfit(part: np.ndarray) -> np.ndarray:
        off = (log_shares(model, model.whole(part[None])[0]) - seen)[kept]
        curves = model.curves(part[None])[0] - target
        return np.concatenate([(off - off.mean()) / SD, curves / SD, part])

    found = least_squares(
        misfit,
        np.clip(start, -3.0, 3.0),
        bounds=(-6.0, 6.0),
        diff_step=1e-3,
        max_nfev=15,
        ftol=1e-3,
    )
    return float(np.sqrt((misfit(found.x)[: -len(start)] ** 2).sum()))


def told_by_spectra(line: Any, count: int, noise: float) -> float:
    """Share of emission spectra that a calibration tells to be of another shape than the model's.

    As `calibrate` does it: centre and width are free, draws of the posterior, and the warning of
    the residuals of their median.
    """
    design = laboratories.design_of(88)
    width = {"wavelength_nm": SPECTRUM_NM, "intensity": np.ones_like(SPECTRUM_NM)}
    none = MediumMeasurement("spectrum", "emission_spectrum", design, "session", width, noise)
    asked = Calibration("lines", (), LINE, {}, 8, 200, 0, Path(), laboratories.HOME)
    energy, told = HC_EV_NM / SPECTRUM_NM, 0
    for number in range(count):
        rng = np.random.default_rng([5, number])
        medium = replace(
            DotMedium(),
            inhomogeneous_sd_mev=float(rng.uniform(5.0, 30.0)),
            size_classes=15,
            emission_energy_ev=float(LINE[0].prior.value(rng.standard_normal())),
            emission_fwhm_mev=float(LINE[1].prior.value(rng.standard_normal())),
        )
        weight, centre = medium.class_centres()
        shape = weight @ line(energy[None, :], centre[:, None], medium.class_sd_ev)
        light = shape / SPECTRUM_NM**2
        light = light / light.max() + noise * rng.standard_normal(len(light))
        one = replace(none, columns={**none.columns, "intensity": light})
        here = replace(asked, measurements=(one,))
        layout = layout_of(here)
        ready = prepare_measurement(here, layout, one)
        drawn = sample(Posterior((), (), (), [ready.log_likelihood]), len(layout), number)
        rows = np.arange(min(len(drawn.z), 200))
        told += bool(contradictions_of_measurement(measurement_fit(ready, drawn.z[rows], rows)))
    return told / count


def lines_told(count: int) -> dict[str, list[float]]:
    """Shares told of Gaussian and of Lorentzian lines, by the scatter of a sample."""
    return {
        f"emission spectra told, {noise:.0%} scatter: Gaussian, Lorentzian": [
            told_by_spectra(line, count, noise)
            for line in (dots.gaussian_line, laboratories.lorentzian)
        ]
        for noise in SPECTRUM_NOISES
    }


def main() -> None:
    """Print a line for each laboratory, and what all together say."""
    read = argparse.ArgumentParser(description=__doc__)
    read.add_argument("--laboratories", type=int, default=96)
    read.add_argument("--solves", type=int, default=256)
    read.add_argument("--store", type=Path, default=Path("coverage-store"))
    read.add_argument("--spectra", type=int, default=20, help="fitted with a spectrum too")
    read.add_argument("--line-spectra", type=int, default=100, help="of each shape and scatter")
    asked = read.parse_args()
    if not asked.laboratories:
        print(json.dumps(lines_told(asked.line_spectra), indent=1))
        return
    base = laboratories.calibration(asked.store, asked.solves, {})
    layout = layout_of(base)
    ready = [prepare(base, layout, cavity) for cavity in base.cavities]
    work = Work(base, layout, ready, SerialExecutor())
    model = Model(
        work, work.posterior(work.solve("training", spread_over_priors(base, layout, ready)))
    )
    truths = np.random.default_rng(1).standard_normal((asked.laboratories, len(layout)))
    right = work.solve("truths", truths)
    with other_lines():
        wrong = work.solve("truths", truths)
    unseen, compared = model.posterior.comparisons[-1], model.posterior.comparisons
    sizes: dict[str, list[float]] = {"right": [], "wrong": []}
    moved, spectra = [], []
    for kind, exact in (("right", right), ("wrong", wrong)):
        for number, z in enumerate(truths):
            light = [
                fine_light(a, b.light.taken(np.array([number])))
                for a, b in zip(ready, exact, strict=True)
            ]
            target = [
                one.log_light(z[None], known, FLUENCE)[0]
                for one, known in zip(compared[:-1], light, strict=False)
            ]
            curves = np.concatenate([one - one.mean() for one in target])
            part, left = model.fitted(curves, z[model.kept])
            sizes[kind].append(float(np.sqrt((left**2).sum()) / SD))
            at = model.whole(part[None])
            seen = model.posterior.curves[-1](at[:, unseen.ready.rate_indices])
            off = np.log(
                unseen.threshold_mj_cm2(at, seen)[0]
                / unseen.threshold_mj_cm2(z[None], light[-1])[0]
            )
            print(
                kind, number, f"d = {sizes[kind][-1]:.2f}, threshold off by {off:.2%}", flush=True
            )
            if kind == "wrong":
                moved.append(float(off))
                if number < asked.spectra:
                    with other_lines():
                        shares = log_shares(model, z)
                    spectra.append(with_spectrum(model, curves, shares, z[model.kept]))
                    print("with a spectrum", number, f"d = {spectra[-1]:.2f}", flush=True)
    size, limit = np.array(sizes["wrong"]), norm.isf(SUSPECTED)
    off = np.abs(np.array(moved)[np.isfinite(moved)])
    print(
        json.dumps(
            {
                "laboratories": asked.laboratories,
                "d of right lines, 50 and 90 % (what emulators are off by)": np.quantile(
                    sizes["right"], (0.5, 0.9)
                ).tolist(),
                "d of wrong lines, 10, 50, 90, 100 %": np.quantile(
                    size, (0.1, 0.5, 0.9, 1.0)
                ).tolist(),
                "smooth residual, relative, 50 and 90 %": np.quantile(
                    SD * size / np.sqrt(3 * len(FLUENCE)), (0.5, 0.9)
                ).tolist(),
                f"noticed at best, {SUSPECTED:.0%} of right ones suspected": float(
                    norm.cdf(size - limit).mean()
                ),
                "scatter of a point at which 80 % could be noticed": float(
                    SD * np.median(size) / (limit + norm.ppf(0.8))
                ),
                "threshold at 24 um moved by, relative, 50 and 90 %": np.quantile(
                    off, (0.5, 0.9)
                ).tolist(),
                "d with a spectrum, 10, 50, 90 %": np.quantile(spectra, (0.1, 0.5, 0.9)).tolist(),
                "noticed at best with a spectrum": float(
                    norm.cdf(np.array(spectra) - limit).mean()
                ),
                **lines_told(asked.line_spectra),
            },
            indent=1,
        )
    )


if __name__ == "__main__":
    main()
