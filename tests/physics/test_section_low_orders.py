"""Sections of the lowest azimuthal orders, and of high axial ones, against exact spheres: names,
wavelengths and log10 Q where most of E is azimuthal, and E_z and E_r are of a size.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from section_sources import holed_sphere

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.errors import SolverError
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.section.section_problem import SectionProblem
from cavitydesign.modes.section.surveys.survey import survey

COVERED = 3.0  # an error bar is one standard error: three of them hold the truth
# index, surround, polarisation, m, p, q of spheres of 1 um; the hint lies 2 % off
SPHERES = (
    (3.34, 1.33, "TE", 2, 1, 1),  # was the TM mode of l = 4, 5.5 % off
    (2.0, 1.0, "TE", 2, 1, 1),  # was the TM mode of l = 4, 9.3 % off
    (3.34, 1.33, "TE", 1, 1, 1),  # Q = 4.9: was not found
    (3.34, 1.33, "TM", 1, 1, 1),  # was not found
    (3.49, 1.0, "TE", 11, 2, 1),  # Q = 9e6: was not found, called q = 3
    (3.5, 1.0, "TM", 1, 2, 1),  # Q = 25: an error named 11031 nm
    (
        2.586,
        1.0,
        "TE",
        5,
        2,
        0,
    ),  # seen with Q = 2 where p = 1 is, with Q = 16 where it was asked for
)


@pytest.mark.parametrize("case", SPHERES, ids=lambda case: "{2} {3} {4} {5}".format(*case))
def test_exact_spheres_of_low_orders(case: tuple) -> None:
    """Wavelength and log10 Q within three times their bars, of the mode l = m + q."""
    index, surround, polarisation, m, p, q = case
    exact = find_resonance(Resonator((1.0,), (index, surround), True), m + q, p, polarisation)
    request = ModeRequest(polarisation, 1.02 * exact.wavelength_nm, None, m, p, q + 1, 1e-4)
    found = find_modes(holed_sphere(1.0, index, surround, 1e-3 * exact.wavelength_nm), request)
    mode = found[f"{polarisation} {m} {p} {q}"]
    off = abs(mode.wavelength_nm - exact.wavelength_nm)
    assert mode.losses.radiation is not None
    off_q = abs(mode.losses.radiation - exact.log10_q)
    print(off, mode.wavelength_error_nm, off_q, mode.losses.radiation_error)
    assert off < COVERED * mode.wavelength_error_nm < 1e-3 * exact.wavelength_nm
    assert off_q < COVERED * mode.losses.radiation_error < 0.03


def test_names_are_those_of_mie() -> None:
    """Of a sphere between walls every mode that the survey names lies where its l = m + q does: the
    azimuthal orders of one l, p and polarisation differ by whole numbers, and each name is a pure
    product. Coordinates along r and z named half of such modes otherwise (p = 2 and 3, q > 0).
    """
    cavity = holed_sphere(1.0, 3.4, 1.0, 1.4)
    k = 2.0 * math.pi / 1.4
    problem = SectionProblem.build(cavity, cavity.mesh, 4)
    modes = survey(problem, k, lambda seen: len(seen) >= 24, first=40)
    orders: dict[tuple[str, int], list[float]] = {}
    for mode in modes:
        polarisation, p, q = mode.label
        if p == 3:  # beyond the body's walls are modes of p = 3 of their own
            continue
        orders.setdefault((polarisation, p), []).append(mode.m + q)
        assert mode.identity.purity > 0.97
    print(orders)
    assert set(orders) == {(pol, p) for pol in ("TE", "TM") for p in (1, 2)}
    for family in orders.values():
        assert np.ptp(family) < 0.05 and len(family) > 3


def test_an_error_names_the_wavelength_asked_for() -> None:
    """Nothing is found at m = 1 in a sphere of index 1.2; the line says near which wavelength, and
    no other that the search wandered to.
    """
    with pytest.raises(SolverError, match=r"seen near 1500\.0 nm"):
        find_modes(holed_sphere(0.4, 1.2, 1.0, 1.5), ModeRequest("TM", 1500.0, None, 1, 1, 1, 1e-3))
