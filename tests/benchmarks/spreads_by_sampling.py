"""Spreads carried by derivatives against full solves of random designs: spreads_by_sampling.py
[SAMPLES [small] [wide]].

The random points of the first are moved and scaled so that their means, variances and covariances
are exactly those stated: what is left of the sampling error comes from outcomes that are not
straight. Two bottles on a fibre with the published dots. In the first, seven numbers are uncertain
by little, and the standard deviations of all outcomes are compared; in the second the diameter
moves the comb by half its spacing, and the shares of the regimes are.
"""

import copy
import math
import sys
from dataclasses import replace

import numpy as np
from machine import processor

from cavitydesign.design import Design, parse_design
from cavitydesign.lasing import predict_lasing as predict
from cavitydesign.lasing.steady.static_outcomes import static_outcomes
from cavitydesign.modes import find_modes as solve
from cavitydesign.workflow.steps import find_modes, predict_lasing

SMALL = {
    "cavity.diameter_um": (15.0, 0.002),
    "cavity.axial_radius_um": (60.0, 1.0),
    "cavity.fibre_diameter_um": (13.0, 0.02),
    "cavity.body.index_offset": (0.0, 1e-4),
    "cavity.roughness_nm": (4.0, 0.1),
    "gain.peak_gain_per_cm": (1100.0, 30.0),
    "lasing.quality.per_um": (24.0, 1.0),
}
WIDE = {
    "cavity.diameter_um": (15.0, 0.05),
    "cavity.body.index_offset": (0.0, 5e-4),
    "gain.peak_gain_per_cm": (1100.0, 30.0),
    "lasing.quality.per_um": (24.0, 1.0),
}
MODE_OUTCOMES = (
    "wavelength_nm", "fsr_nm", "log10_q_radiation", "log10_q_scattering", "threshold_gain_per_cm", "gain_equals_loss_mj_cm2",
)  # fmt: skip
SD_NAMES = (
    "wavelength_sd_nm", "fsr_sd_nm", "log10_q_radiation_sd", "log10_q_scattering_sd", "threshold_gain_sd_per_cm",
    "gain_equals_loss_sd_mj_cm2",
)  # fmt: skip


def design_of(
    numbers: dict[str, tuple[float, float]], at: dict[str, float] | None = None
) -> Design:
    """The bottle with spreads, or with each uncertain number at a value."""
    raw = {
        "cavity": {
            "profile": "parabola",
            "diameter_um": 15.0,
            "axial_radius_um": 60.0,
            "fibre_diameter_um": 13.0,
            "fibre": "silica",
            "body": {"name": "PMMA"},
            "roughness_nm": 4.0,
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 10.0},
        "gain": {},
        "lasing": {"quality": {"per_um": 24.0}, "regime_factor": 1.15, "families": "asked"},
    }
    for key, (value, sd) in numbers.items():
        table = raw
        *folders, name = key.split(".")
        for folder in folders:
            table = table[folder]
        table[name] = {"value": value, "sd": sd} if at is None else at[key]
    return parse_design(copy.deepcopy(raw))


def samples(
    numbers: dict[str, tuple[float, float]], count: int, exact: bool = False
) -> list[Design]:
    """Designs with all uncertain numbers drawn from their normal distributions, with `exact` second
    moments if asked.
    """
    points = np.random.default_rng(11).standard_normal((count, len(numbers)))
    if exact:
        points -= points.mean(axis=0)
        points = points @ np.linalg.inv(np.linalg.cholesky(np.cov(points.T))).T
    return [
        design_of(
            numbers,
            {
                key: value + sd * float(x)
                for (key, (value, sd)), x in zip(numbers.items(), point, strict=True)
            },
        )
        for point in points
    ]


def machine() -> str:
    """Processor and versions."""
    import platform
    from importlib.metadata import version

    libraries = ", ".join(f"{name} {version(name)}" for name in ("cavitydesign", "numpy", "scipy"))
    return f"{processor()}, Python {platform.python_version()}, {libraries}"


def small_spreads(count: int) -> None:
    """Standard deviations of what one mode carries, and of the thresholds of the light curve."""
    nominal = design_of(SMALL)
    found = find_modes(nominal)
    prediction = predict_lasing(found, nominal)
    best = max(prediction.modes, key=lambda mode: mode.output_share).label
    rows = []
    for design in samples(SMALL, count, exact=True):
        modes = solve(design.cavity, replace(design.modes, span_nm=12.0))
        mode = modes[best]
        static = static_outcomes(
            modes, design.lasing.quality, design.medium, design.pump, design.cavity
        )[best]
        light = predict(
            modes,
            design.medium,
            design.pump,
            replace(design.lasing, comb_phases=0, exact_thresholds=0),
            cavity=design.cavity,
        )
        rows.append(
            [mode.wavelength_nm, mode.fsr_nm, mode.losses.radiation, mode.losses.scattering, *static.values(),
             light.thresholds.gain_equals_loss, light.thresholds.ase, light.thresholds.lasing]
        )  # fmt: skip
    sampled = np.array(rows, dtype=float).std(axis=0, ddof=1)
    carried = [found[best].extra[name] for name in SD_NAMES]
    carried += [
        prediction.spread.threshold_sd_mj_cm2[name]
        for name in ("gain_equals_loss", "ase", "lasing")
    ]
    names = (*MODE_OUTCOMES, "threshold: gain equals loss", "threshold: ASE", "threshold: lasing")
    print(
        f"{best}, {count} solves; sampling error of a standard deviation "
        f"{1 / math.sqrt(2 * (count - 1)):.1%}"
    )
    for name, ours, theirs in zip(names, carried, sampled, strict=True):
        print(f"| {name} | {ours:.5g} | {theirs:.5g} | {ours / theirs - 1:+.1%} |")


def wide_spreads(count: int) -> None:
    """Shares of the regimes."""
    nominal = design_of(WIDE)
    spread = predict_lasing(find_modes(nominal), nominal).spread
    names = []
    for design in samples(WIDE, count):
        light = predict(
            solve(design.cavity, design.modes), design.medium, design.pump,
            replace(design.lasing, comb_phases=0, exact_thresholds=0), cavity=design.cavity,
        )  # fmt: skip
        names.append(light.regime.name)
    print(f"comb {spread.comb_sd_nm:.3g} nm of {spread.comb_spacing_nm:.3g} nm, {count} solves")
    for name, ours in spread.regime_probability.items():
        theirs = names.count(name) / count
        print(
            f"| {name} | {ours:.3f} | {theirs:.3f} +- "
            f"{math.sqrt(max(theirs * (1 - theirs), 1 / count) / count):.3f} |"
        )


if __name__ == "__main__":
    print(machine())
    asked = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    parts = sys.argv[2:] or ["small", "wide"]
    if "small" in parts:
        small_spreads(asked)
    if "wide" in parts:
        wide_spreads(asked)
