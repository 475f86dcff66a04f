"""Small and leaky cavities against exact resonances: found, named and right where Q is 10 to
1000.
"""

import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.cylinder import Cylinder
from cavitydesign.geometry.parabola import Parabola
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex, find_material
from cavitydesign.modes import ModeRequest, find_modes


def cavity_of(radius: float, body: float, surround: float, sphere: bool) -> Cavity:
    """A sphere, or a slice of a cylinder."""
    outline = Spheroid(radius, radius) if sphere else Cylinder(radius)
    media = ConstantIndex.of(body), ConstantIndex.of(surround)
    return Cavity(outline, *media, sliced=not sphere)


@pytest.mark.parametrize(
    ("sphere", "radius", "body", "polarisation", "m", "p", "q"),
    [
        # Q of 12 to 60, where a closed wall beside the rim put the seed 10 to 25 % too high
        (True, 1.0, 1.45, "TM", 7, 1, 0),
        (True, 1.0, 1.33, "TM", 10, 1, 0),
        (True, 1.0, 1.49, "TE", 9, 1, 0),
        (False, 2.0, 1.44, "TM", 10, 1, 0),
        (False, 2.0, 1.44, "TE", 10, 1, 0),
        # fields that reach up to the axis: E_r has zeros along the outline that E across it has not
        (True, 0.854919, 3.338935, "TE", 4, 1, 0),
        (True, 1.074149, 3.379055, "TM", 3, 1, 0),
    ],
)
def test_small_cavity(
    sphere: bool, radius: float, body: float, polarisation: str, m: int, p: int, q: int
) -> None:
    """Wavelength to the asked 1e-6 and three times its bar, log10 Q to 0.005."""
    exact = find_resonance(Resonator((radius,), (body, 1.0), sphere), m + q, p, polarisation)
    hint = float(f"{1.03 * exact.wavelength_nm:.3g}")
    request = ModeRequest(polarisation, hint, None, m, p, q + 1, 1e-6)
    found = find_modes(cavity_of(radius, body, 1.0, sphere), request)
    mode = found[f"{polarisation} {m} {p} {q}"]
    off = abs(mode.wavelength_nm - exact.wavelength_nm)
    assert mode.accuracy_met, found.warnings
    assert off <= 1e-6 * exact.wavelength_nm and off <= 3 * mode.wavelength_error_nm
    assert mode.losses.radiation == pytest.approx(exact.log10_q, abs=0.005)


def test_radial_order_above_the_barrier_leaves_the_others() -> None:
    """p = 3 of a small sphere has no mode below the outer barrier: p = 1 is there all the same."""
    found = find_modes(
        cavity_of(1.0, 1.45, 1.0, True), ModeRequest("TM", 690.0, None, 10, 3, 1, 1e-6)
    )
    exact = find_resonance(Resonator((1.0,), (1.45, 1.0), True), 10, 1, "TM")
    assert abs(found["TM 10 1 0"].wavelength_nm / exact.wavelength_nm - 1.0) < 1e-6


@pytest.mark.parametrize(("axial_orders", "count"), [(5, 15), (11, 33)])
def test_range_holds_every_axial_order(axial_orders: int, count: int) -> None:
    """A 15 um sphere has modes of l = m + q: three l in 12 nm, each with every q (a range once
    looked about the orders of q = 0 alone).
    """
    cavity = cavity_of(7.5, 1.49, 1.0, True)
    found = find_modes(cavity, ModeRequest("TM", 537.6, 12.0, None, 1, axial_orders, 1e-6))
    assert len(found) == count and found.complete
    resonator = Resonator((7.5,), (1.49, 1.0), True)
    for mode in found:
        exact = find_resonance(resonator, mode.m + mode.q, 1, "TM")
        assert abs(mode.wavelength_nm / exact.wavelength_nm - 1.0) < 1e-6, mode.label


@pytest.mark.parametrize(("sphere", "radius", "m"), [(True, 1.4, 14), (False, 1.2, 7)])
def test_leaky_mode_of_a_dispersive_body(sphere: bool, radius: float, m: int) -> None:
    """Q of 118 and 14 in PMMA: the index is that at the complex wavenumber (at Re k the first is
    off by 1.6e-5), and so is the exact one; asked 1e-7, log10 Q to 1e-4.
    """
    body = find_material("PMMA")
    exact = find_resonance(Resonator((radius,), (body.index, 1.0), sphere), m, 1, "TM")
    outline = Spheroid(radius, radius) if sphere else Cylinder(radius)
    cavity = Cavity(outline, body, ConstantIndex.of(1.0), sliced=not sphere)
    found = find_modes(cavity, ModeRequest("TM", exact.wavelength_nm, None, m, 1, 1, 1e-7))
    mode = found[f"TM {m} 1 0"]
    assert mode.accuracy_met
    assert mode.wavelength_nm == pytest.approx(exact.wavelength_nm, rel=1e-7)
    assert mode.losses.radiation == pytest.approx(exact.log10_q, abs=1e-4)


def test_field_in_a_hollow_core_is_no_mode() -> None:
    """A shell of 0.46 um holds p = 1 and 2; the third field is 81 % in the core's air, between the
    window's walls (its wavelength moved by 4 % with the accuracy asked).
    """
    body, air = ConstantIndex.of(1.45), ConstantIndex.of(1.0)
    cavity = Cavity(Parabola(9.2, 36.8), body, air, fibre=air, fibre_radius_um=8.74)
    found = find_modes(cavity, ModeRequest("TM", 700.0, None, 90, 3, 1, 1e-6))
    assert {mode.label for mode in found} == {"TM 90 1 0", "TM 90 2 0"}
    assert sum("TM 90 3 0" in line for line in found.warnings) == 1


def test_strongly_oblate_spheroid() -> None:
    """c/a = 0.1, where the axial well is far from harmonic: 546.497 nm by an independent solver."""
    cavity = Cavity(Spheroid(7.5, 0.75), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
    found = find_modes(cavity, ModeRequest("TM", 546.0, None, 112, 1, 1, 1e-6))
    assert found["TM 112 1 0"].wavelength_nm == pytest.approx(546.497, abs=1e-3)
