"""Sections whose modes hardly resonate, Q of 4 to 40, against exact spheres.

What runs outwards from them grows with the distance, so that most of |E|^2 lies outside the body,
and modes of the absorbing layers alone lie all around them.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from grid_sections import grid_section
from section_sources import annular_sector

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import Mode, ModeRequest, find_modes

COVERED = 3.0  # an error bar is one standard error: three of them hold the truth
# radius (um), index, surround, order of the sphere, polarisation, p, q, hint (nm), accuracy
SPHERES = (
    # stated 4270.51 +- 0.61 nm and Q = 8.0, the mode of a window that held no whole layer
    (2.0728679903391254, 1.9362664539716359, 1.0, 3, "TE", 1, 0, 4146.0, 1e-5),
    # not seen within walls, where nothing resembles them: "no mode of the body", "not found"
    (1.3792558782599655, 2.051808803127921, 1.33, 4, "TM", 1, 1, 2773.0, 1e-4),
    (0.7745044946912006, 1.6127851920259315, 1.0, 4, "TE", 1, 0, 1168.0, 1e-5),
    # not seen where p = 1 has m = 5, 460 nm off: it is where it was asked for
    (1.0730187048716096, 2.586194585142637, 1.0, 5, "TE", 2, 0, 1425.0, 1e-5),
    # Q = 3.25: its wave comes back from the layers, 1.3e-4 of k where 6.2e-7 was stated
    (3.1630973366795616, 1.7959943757994778, 1.0, 3, "TE", 1, 0, 6270.0, 1e-6),
    # a TypeError: a window without any of the layers was called complex
    (1.714057260192645, 2.690632299018385, 1.0, 4, "TM", 2, 0, 2930.0, 1e-5),
)

# The same, with Q of 7.6, 19 and 9.1
BARS = (
    (2.2418461271318675, 2.286073497726968, 1.33, 3, "TM", 1, 0, 5998.0, 1e-6),
    (0.567006673235273, 2.376157393709696, 1.33, 6, "TE", 1, 0, 900.9, 1e-6),
    (2.859535712506115, 1.4935098082947338, 1.0, 5, "TM", 1, 0, 3472.0, 1e-6),
)


@pytest.mark.parametrize("case", SPHERES, ids=lambda case: f"{case[4]} {case[3]} {case[5]}")
def test_exact_spheres_of_the_lowest_q(case: tuple) -> None:
    """Wavelength and log10 Q within three times their bars, which stay below 3e-4 and 2e-3."""
    radius, body, surround, order, polarisation, p = case[:6]
    exact = find_resonance(Resonator((radius,), (body, surround), True), order, p, polarisation)
    mode = _solved(case, exact.wavelength_nm)
    off = abs(mode.wavelength_nm / exact.wavelength_nm - 1.0)
    stated = mode.wavelength_error_nm / exact.wavelength_nm
    assert mode.losses.radiation is not None
    off_q, said = abs(mode.losses.radiation - exact.log10_q), mode.losses.radiation_error
    print(f"Q {10**exact.log10_q:.3f}: {off:.1e} off, {stated:.1e} stated; {off_q:.1e}, {said:.1e}")
    assert off < COVERED * stated and stated < 3e-4
    assert off_q < COVERED * said and said < 2e-3


@pytest.mark.parametrize("case", BARS, ids=lambda case: f"{case[4]} {case[3]}")
def test_the_accuracy_asked_for_is_met_and_said(case: tuple) -> None:
    """Bars of k hold both parts of what it is off, three times and no more than thirty times: by a
    share of 1/Q for what layers reflect they were 40 to 224 times as wide, and 1e-6 was called
    missed. The error of orders alone was up to ten times too small in the layers.
    """
    radius, body, surround, order, polarisation, p = case[:6]
    exact = find_resonance(Resonator((radius,), (body, surround), True), order, p, polarisation)
    mode = _solved(case, exact.wavelength_nm)
    stated = mode.wavelength_error_nm / exact.wavelength_nm
    assert mode.losses.radiation is not None
    off_q = abs(mode.losses.radiation - exact.log10_q)
    of_q = 0.5 * math.log(10.0) * 10.0**-exact.log10_q
    off = math.hypot(mode.wavelength_nm / exact.wavelength_nm - 1.0, of_q * off_q)
    print(
        f"{off:.1e} of k off, {stated:.1e} stated; {off_q:.1e}, {mode.losses.radiation_error:.1e}"
    )
    assert mode.accuracy_met
    assert off / 3.0 < stated < 30.0 * off
    # of TE 6 log10 Q is 4.7e-7 off and 1.4e-5 stated, all that the bar of k leaves open
    assert off_q / 3.0 < mode.losses.radiation_error < 35.0 * off_q


def _solved(case: tuple, wavelength_nm: float) -> Mode:
    """The mode of a sphere with a small hole in the middle."""
    radius, body, surround, order, polarisation, p, q, hint, accuracy = case
    wave = 1e-3 * wavelength_nm / surround
    rho = radius * np.array([0.02, 0.25, 0.5, 0.75, 0.9, 1.0])
    rows = np.arange(1.15 * radius, 1.15 * radius + 0.9 * wave, 0.4 * wave)
    theta = np.linspace(-0.5 * math.pi, 0.5 * math.pi, 9)
    section = SectionCavity.of(
        annular_sector(np.concatenate([rho, rows]), theta, radius),
        {"body": ConstantIndex.of(body), "surround": ConstantIndex.of(surround)},
    )
    request = ModeRequest(polarisation, hint, None, order - q, p, q + 1, accuracy)
    return find_modes(section, request)[f"{polarisation} {order - q} {p} {q}"]


def test_a_ring_that_hardly_holds_its_mode() -> None:
    """TE 6 1 0 of a ring with Q = 3.4, from a hint 7 % off.

    Right values: an independent finite-element solution with layers of its own, at order 8 (its
    orders 6 and 8 are 2e-4 apart, so that 3e-5 is what it knows; of log10 Q 1e-4). At order 4 it
    held a mode of its layers for this one, 2.4 % off.
    """
    inner, outer, half = 0.5699242320568839, 1.3439338899240074, 0.3610816703417142
    r = [0.0, 0.3, inner, *np.linspace(inner, outer, 5)[1:], 1.6, 1.95, 2.3]
    z = [-1.3, -1.0, -0.65, *np.linspace(-half, half, 4), 0.65, 1.0, 1.3]
    media = {"body": ConstantIndex.of(1.762344358718145), "surround": ConstantIndex.of(1.33)}
    section = SectionCavity.of(grid_section(r, z, [("body", inner, outer, -half, half)]), media)
    mode = find_modes(section, ModeRequest("TE", 1575.0, None, 6, 1, 1, 1e-4))["TE 6 1 0"]
    print(mode.wavelength_nm, mode.wavelength_error_nm, mode.losses)
    off = abs(mode.wavelength_nm - 1691.7374)
    assert off < COVERED * mode.wavelength_error_nm + 3e-5 * 1691.7
    assert mode.losses.radiation is not None
    assert mode.losses.radiation == pytest.approx(0.53359, abs=2e-4)
    assert mode.wavelength_error_nm < 1.0 and mode.losses.radiation_error < 2e-3
