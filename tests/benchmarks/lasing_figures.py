"""Figures of lasing in the docs, computed again: each is formatted as the page has it and looked for
in the row or sentence that tells it.

    python tests/benchmarks/lasing_figures.py [--only published design light]

A figure that the page does not have is printed and ends the script with 1. About a minute of one
core.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import numpy as np

import cavitydesign as cd
from cavitydesign.gain import DotMedium, Pump
from cavitydesign.geometry import Cavity
from cavitydesign.lasing import LasingPrediction, LasingRequest, predict_lasing
from cavitydesign.modes import ModeRequest, ModeSet, find_modes

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "tests" / "physics"))

from test_published_lasers import EMPIRICAL, WINDOWS, published_cavity, same_excitons  # noqa: E402

Claim = tuple[str, str, str]
"""Page, words that single out its line, and what that line must hold."""
DIAMETERS = (15.0, 33.0, 88.0, 125.0)


@cache
def solved(diameter: float, families: int = 1) -> tuple[Cavity, ModeSet]:
    """The comb of a published cavity; six families are p = 1, 2 and q = 0 to 2."""
    cavity = published_cavity(diameter)
    orders = {} if families == 1 else {"radial_orders": 2, "axial_orders": 3}
    return cavity, find_modes(cavity, ModeRequest("TM", 537.6, 20.0, **orders))


@cache
def laser(
    diameter: float, families: int = 1, at: float | None = None, photons: int = 3
) -> LasingPrediction:
    """Three photons at 1500 nm or two at 970 nm."""
    cavity, modes = solved(diameter, families)
    window = WINDOWS[diameter]
    pump = Pump(fluence_mj_cm2=window)
    if photons == 2:
        pump = Pump(photons=2, wavelength_nm=970.0, fluence_mj_cm2=same_excitons(window))
    request = LasingRequest(quality=EMPIRICAL, at_fluence_mj_cm2=at)
    return predict_lasing(modes, DotMedium(), pump, request, cavity=cavity)


def breaks(one: LasingPrediction) -> tuple[float, float]:
    assert one.fit is not None
    return one.fit.breaks_mj_cm2


def slopes(one: LasingPrediction) -> str:
    assert one.fit is not None
    return " / ".join(f"{value:.2f}" for value in one.fit.slopes)


def published() -> Iterator[Claim]:
    """Rows of docs/published-systems.md."""
    page = "published-systems.md"
    found = {diameter: laser(diameter) for diameter in DIAMETERS}
    large, small = found[88.0], found[15.0]
    two, six = laser(88.0, photons=2), laser(88.0, 6)
    width = {
        diameter: laser(diameter, at=1.1 * breaks(found[diameter])[1]).transform_limit_nm
        for diameter in (15.0, 88.0, 125.0)
    }
    yield (
        page,
        "| A8 | lines (nm)",
        f"{width[15.0]:.2f} (15 um), {width[88.0]:.2f} (88), {width[125.0]:.2f} (125)",
    )
    yield page, "| A9 | slopes at 88 um", slopes(large)
    yield page, "| A9 | P_ASE, P_th at 88 um", "{:.2f}, {:.2f}".format(*breaks(large))
    yield page, "| A9 | threshold of the laser", f"| {large.thresholds.lasing:.2f} |"
    yield page, "| A9 | gain = loss", f"| {large.thresholds.gain_equals_loss:.2f} |"
    yield (
        page,
        "| A9 | the same with six",
        slopes(six) + "; {:.2f}, {:.2f}".format(*breaks(six)),
    )
    waves = np.array([mode.wavelength_nm for mode in large.modes])
    centre = waves @ large.mode_output / large.mode_output.sum(axis=0)
    begin = np.searchsorted(large.fluence_mj_cm2, large.thresholds.lasing)
    yield page, "| A9 | blue shift", f"{centre[begin] - centre[-1]:.1f} nm"
    yield (
        page,
        "| A10 | P_th with two",
        f"{breaks(two)[1]:.2f} (laser: {two.thresholds.lasing:.2f})",
    )
    yield (
        page,
        "| A11 | P_th at 15 um",
        f"{breaks(small)[1]:.2f} (laser: {small.thresholds.lasing:.2f})",
    )
    regime = small.regime
    yield (
        page,
        "| A11 | regime at 15 um",
        f"{regime.name}, {regime.side_mode_suppression_db:.1f} dB accumulated "
        f"({regime.side_mode_suppression_rate_db:.1f} by rates); probability "
        f"{small.single_mode_probability:.2f}",
    )
    best = max(small.modes, key=lambda mode: mode.output_share)
    yield page, "| A11 | wavelength", f"{best.wavelength_nm:.1f}"
    counts = ", ".join(str(one.regime.modes_lasing) for one in found.values())
    yield page, "| A11 | modes lasing", counts
    order = DIAMETERS[::-1]
    yield (
        page,
        "| A11 | order of P_th",
        "breaks "
        + " < ".join(f"{breaks(found[one])[1]:.2f}" for one in order)
        + "; laser "
        + " < ".join(f"{found[one].thresholds.lasing:.2f}" for one in order),
    )
    assert small.heat is not None
    yield (
        page,
        "| A16 |",
        f"{small.heat.pulse_rise_k:.2f} K a pulse at 15 um, drift "
        f"{small.heat.pulse_drift_nm:.3f} nm",
    )
    worst = max(one.balance_error for one in (*found.values(), two, six))
    assert worst < 5e-4, worst


def design() -> Iterator[Claim]:
    """Points of the shipped goal in docs/design-and-fit.md, which single solves can tell."""
    page = "design-and-fit.md"
    found = {}
    for diameter in (9.9, 10.5, 10.7, 11.1, 11.99, 12.02, 12.05):
        shape = {"cavity.diameter_um": diameter, "cavity.axial_radius_um": 4.0 * diameter}
        one = cd.load_design(ROOT / "studies" / "design" / "bottle.toml", shape)
        found[diameter] = cd.predict_lasing(cd.find_modes(one), one)
    assert found[9.9].thresholds.lasing is None

    def threshold(diameter: float) -> float:
        return found[diameter].thresholds.lasing or float("nan")

    yield page, "so that the limit of 4", f"{threshold(10.5):.2f} to {threshold(11.1):.2f} mJ/cm2"
    yield page, "so that the limit of 4", f"at {threshold(10.7):.2f}"
    steps = [threshold(one) for one in (11.99, 12.02, 12.05)]
    yield page, "about 12.02 um", "{:.2f}, {:.2f} and {:.2f}".format(*steps)
    static = [found[one].thresholds.gain_equals_loss or 0.0 for one in (11.99, 12.02, 12.05)]
    yield page, "about 12.02 um", "gain = loss {:.2f}, {:.2f}, {:.2f}".format(*static)


def light() -> Iterator[Claim]:
    """Sentences of docs/theory-gain.md."""
    page = "theory-gain.md"
    cavity, modes = solved(15.0)
    pump = Pump(fluence_mj_cm2=WINDOWS[15.0])
    for coupled, words in ((False, "from {:.1f} to"), (True, "to {:.1f} dB")):
        request = LasingRequest(
            quality=EMPIRICAL, at_fluence_mj_cm2=4.235, fluences=12, coupled_waves=coupled
        )
        one = predict_lasing(modes, DotMedium(), pump, request, cavity=cavity)
        rate = one.regime.side_mode_suppression_rate_db or 0.0
        yield page, "the suppression by mean rates falls", words.format(rate)
        words = "to {:.2f}." if coupled else "from {:.2f} to"
        chance = one.single_mode_probability or 0.0
        yield page, "the suppression by mean rates falls", words.format(chance)
    chance = laser(15.0).single_mode_probability
    yield page, "share the light of what alone", f"probability {chance:.2f} for TM p = 1 q = 0"


PAGES = {"published": published, "design": design, "light": light}


def main() -> int:
    """Print what the pages have and what they have not."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*PAGES], default=[*PAGES])
    wrong = 0
    for name in parser.parse_args().only:
        for page, where, told in PAGES[name]():
            lines = (ROOT / "docs" / page).read_text().splitlines()
            beside = [line for line in lines if where in line]
            right = any(told in line for line in beside)
            wrong += not right
            print("right" if right else "WRONG", f"{page}, {where!r}: {told}", flush=True)
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
