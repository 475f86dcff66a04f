"""Estimates before the solve against exact spheres and cylinders, and the axial levels of a
sphere.
"""

import math

import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.cylinder import Cylinder
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.estimates.axial_levels import AxialLevels
from cavitydesign.modes.estimates.seeds import family_seed


def cavity_of(radius: float, body: float, sphere: bool) -> Cavity:
    """In vacuum."""
    outline = Spheroid(radius, radius) if sphere else Cylinder(radius)
    media = ConstantIndex.of(body), ConstantIndex.of(1.0)
    return Cavity(outline, *media, sliced=not sphere)


@pytest.mark.parametrize("sphere", [True, False])
@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize(
    ("radius", "body", "m", "p", "q", "tolerance"),
    [
        (7.5, 1.49, 122, 1, 0, 2e-4),
        (7.5, 1.49, 118, 2, 4, 2e-4),
        (1.0, 3.2, 8, 1, 2, 5e-3),  # Q of 1e5
        (1.0, 1.5, 9, 1, 0, 2e-2),  # Q of 20: the phase at the rim is that of a plane wave
    ],
)
def test_seed_of_an_exact_mode(
    sphere: bool,
    polarisation: str,
    radius: float,
    body: float,
    m: int,
    p: int,
    q: int,
    tolerance: float,
) -> None:
    """The solver looks within 10 % of the estimate; a hint 20 % off changes nothing."""
    q = q if sphere else 0
    exact = find_resonance(Resonator((radius,), (body, 1.0), sphere), m + q, p, polarisation)
    request = ModeRequest(polarisation, 1.2 * exact.wavelength_nm, None, m, p, q + 1)
    seed = family_seed(cavity_of(radius, body, sphere), request, polarisation, p)
    assert seed.k_per_um(m, q) == pytest.approx(exact.k_re_per_um, rel=tolerance)


@pytest.mark.parametrize(("m", "q"), [(12, 0), (12, 8), (122, 0), (122, 11), (750, 3)])
def test_axial_levels_of_a_sphere(m: int, q: int) -> None:
    """-f'' + m^2 / cos^2 f = E f (Poeschl and Teller): nu = q + 1/2 + sqrt(m^2 + 1/4), 1/(8 m)
    above l + 1/2.
    """
    levels = AxialLevels(cavity_of(7.5, 1.5, True), q + 1, m, m + 1)
    assert levels.order(m, q) == pytest.approx(q + 0.5 + math.sqrt(m**2 + 0.25), abs=2e-4)


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize(("radius", "body"), [(1000.0, 3.4), (2500.0, 2.0), (6000.0, 1.45)])
def test_ranges_of_the_largest_spheres_list_every_exact_mode(
    radius: float, body: float, polarisation: str
) -> None:
    """Three free spectral ranges at 600 nm. An estimate that is off by four azimuthal orders of
    1e5, as one was whose field left the rim no steeper than 1e4 / R, finds one mode or none.
    """
    span = 3.0 * 600.0**2 / (2e3 * math.pi * radius * body)
    request = ModeRequest(polarisation, 600.0, span, None, 1, 1, 1e-6)
    found = find_modes(cavity_of(radius, body, True), request)
    resonator = Resonator((radius,), (body, 1.0), True)
    listed = {mode.m: mode.wavelength_nm for mode in found}
    assert len(listed) in (3, 4)
    for m in range(min(listed) - 1, max(listed) + 2):
        exact = find_resonance(resonator, m, 1, polarisation, 600.0).wavelength_nm
        assert (abs(exact - 600.0) < 0.5 * span) == (m in listed)
        # asked to 1e-6; a thousandth of a free spectral range tells neighbours apart
        assert m not in listed or abs(listed[m] - exact) < 1e-3 * span
