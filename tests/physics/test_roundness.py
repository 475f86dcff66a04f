"""Cavities that are not quite round, against cylinders solved by other expansions and against
closed formulas.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from deformed_cylinders import of_circles, of_outline

import cavitydesign as cd
from cavitydesign.errors import InputError
from cavitydesign.modes.changes.first_order import polished
from cavitydesign.modes.deviation.expansion import Expansion
from cavitydesign.modes.deviation.metric import Move
from cavitydesign.modes.deviation.sector import Points
from cavitydesign.modes.deviation.shape import Displacement, groups_of

INDEX, DIAMETER_UM, ORDER = 1.5, 4.0, 26


def cylinder(diameter_um, index, m, polarisation="TM", **keys):
    cavity = {
        "profile": "cylinder",
        "diameter_um": diameter_um,
        "body": {"index": index},
        "surround": {"index": 1.0},
        **keys,
    }
    asked = {
        "polarisation": polarisation,
        "wavelength_nm": 600.0,
        "azimuthal_order": m,
        "relative_accuracy": 1e-8,
    }
    return cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]


def relative(mode, found):
    """Relative change of k0 by a shift."""
    return -1e-3 * found.shift_pm / mode.wavelength_nm


def ellipse(ellipticity):
    """r and dr/dphi of an ellipse of the mean semi-axis DIAMETER_UM / 2."""
    half = 0.5 * ellipticity

    def outline(phi):
        inner = 1.0 + half**2 - 2.0 * half * np.cos(2.0 * phi)
        r = 0.5 * DIAMETER_UM * (1.0 - half**2) / np.sqrt(inner)
        return r, -r / inner * 2.0 * half * np.sin(2.0 * phi)

    return outline


def waves(radius, *given):
    """r and dr/dphi of a circle with waves (order, amplitude)."""

    def outline(phi):
        r = radius * (1.0 + sum(a * np.cos(k * phi) for k, a in given))
        return r, -radius * sum(k * a * np.sin(k * phi) for k, a in given)

    return outline


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_an_elliptic_cylinder_is_that_of_cylindrical_harmonics(polarisation):
    mode = cylinder(DIAMETER_UM, INDEX, ORDER, polarisation)
    found = mode.deviation(cd.Deviation(ellipticity=0.16))
    te, orders = polarisation == "TE", [ORDER + 2 * j for j in range(-6, 7)]
    k = mode.raw.k_per_um
    round_k = of_outline(ellipse(0.0), INDEX, orders, k, te)
    exact = of_outline(ellipse(0.16), INDEX, orders, k * (1.0 + relative(mode, found)), te)
    shift = (exact / round_k - 1.0).real
    # 0.09 of the spacing; the issue of roundness asks 1 % below a tenth of it
    assert 0.05 < abs(1e-3 * found.shift_pm / mode.fsr_nm) < 0.1
    assert relative(mode, found) == pytest.approx(shift, rel=1e-3)
    loss = -2.0 * exact.imag / exact.real
    assert found.log10_q[0] == pytest.approx(-math.log10(loss), abs=2e-3)
    assert found.splitting_pm == 0.0, "the order 2 m is out of reach of two waves"
    assert found.shift_power == pytest.approx(2.0, abs=0.02), "found, not assumed"


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_a_fibre_off_the_axis_is_that_of_the_addition_theorem(polarisation):
    fibre = {"fibre_diameter_um": 3.4, "fibre": {"index": 1.45}}
    mode = cylinder(4.0, 1.6, 24, polarisation, **fibre)
    found = mode.deviation(cd.Deviation(fibre_offset_um=0.1, fibre_offset_deg=25.0))
    k, te = mode.raw.k_per_um, polarisation == "TE"
    indices = (1.45, 1.6, 1.0)
    round_k = of_circles(2.0, 1.7, 0.0, indices, 24, k, te)
    exact = of_circles(2.0, 1.7, 0.1, indices, 24, k * (1.0 + relative(mode, found)), te)
    assert relative(mode, found) == pytest.approx((exact / round_k - 1.0).real, rel=1e-3)
    assert found.log10_q[0] == pytest.approx(-math.log10(-2.0 * exact.imag / exact.real), abs=2e-3)
    assert found.shift_power == pytest.approx(2.0, abs=0.02)


@pytest.mark.parametrize(
    ("given", "power"),
    [([(16, 5e-4)], 1.0), ([(5, 2e-3), (11, 2e-3)], 2.0)],
    ids=["2m waves", "5 and 11 waves"],
)
def test_the_splitting_by_waves_is_that_of_cylindrical_harmonics(given, power):
    """Order 8 and -8 are 16 apart: one wave of 16 couples them, or waves of 5 and 11 together."""
    mode = cylinder(2.0, 2.0, 8)
    deviation = cd.Deviation(waves=tuple(cd.Wave(k, a) for k, a in given))
    found = mode.deviation(deviation)
    steps = [s * k for k, _ in given for s in (1, -1)]
    offsets = {0} | set(steps) | {a + b for a in steps for b in steps}
    orders = sorted({abs(8 + one) for one in offsets} - {0})
    ends = [2.0 * math.pi * 1e3 / wave for wave in found.wavelengths_nm]
    starts = [one + 1j * mode.raw.k_per_um.imag for one in ends]
    pair = [
        of_outline(waves(1.0, *given), 2.0, orders, start, parity=parity).real
        for start, parity in zip(starts, ("even", "odd"), strict=True)
    ]
    if abs(pair[0] / pair[1] - 1.0) < 0.5 * abs(ends[0] / ends[1] - 1.0):  # found the same one
        pair[1] = of_outline(waves(1.0, *given), 2.0, orders, starts[0], parity="odd").real
    splitting = abs(pair[0] - pair[1]) / abs(mode.raw.k_per_um)
    assert 1e-3 * found.splitting_pm / mode.wavelength_nm == pytest.approx(splitting, rel=5e-3)
    assert found.splitting_power == pytest.approx(power, abs=0.02)


def test_the_splitting_of_a_leaky_mode_is_that_of_its_complex_k():
    """At Q = 98 the shift of k is relative to a complex number: taken for one relative to its real
    part, the splitting was 1 / (2 Q) of its imaginary part off, 8e-3 here. What is left, 1.3e-5, is
    the numerical error of a mode that leaks so strongly.
    """
    amplitude, diameter_um = 1.5e-4, 0.9877
    mode = cylinder(diameter_um, 1.93, 8, "TE")
    found = mode.deviation(cd.Deviation(waves=(cd.Wave(16, amplitude),)))
    outline = waves(0.5 * diameter_um, (16, amplitude))
    pair = [
        of_outline(outline, 1.93, [8, 24], mode.raw.k_per_um, True, parity)
        for parity in ("even", "odd")
    ]
    splitting = abs(pair[0].real - pair[1].real) / mode.raw.k_per_um.real
    assert 1e-3 * found.splitting_pm / mode.wavelength_nm == pytest.approx(splitting, rel=1e-4)
    losses = sorted(-2.0 * one.imag / one.real for one in pair)
    # what one wave loses more than the other
    told = sorted(10.0**-one for one in found.log10_q)
    assert told[1] - told[0] == pytest.approx(losses[1] - losses[0], rel=1e-3)


def test_no_q_is_told_where_unknown_radiation_may_decide():
    """The round radiation, log10 Q 12.8, is all the loss; the ellipse makes it 9.8."""
    mode = cylinder(2.68, 2.348, 29)
    assert mode.deviation(cd.Deviation(ellipticity=0.1084)).log10_q == (None, None)
    asked = {"wavelength_nm": 600.0, "azimuthal_order": 29}
    body = {"index": 2.348, "absorption_per_cm": 5.0}
    cavity = {"profile": "cylinder", "diameter_um": 2.68, "body": body, "surround": {"index": 1.0}}
    lossy = cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]
    told = lossy.deviation(cd.Deviation(ellipticity=0.01)).log10_q
    assert told == pytest.approx([lossy.losses.total] * 2, abs=1e-3)


class Rigid(Displacement):
    """Rim and fibre moved together by the fibre's offset."""

    def at(self, deviation, phi):
        d, r = deviation.fibre_offset_um, self.points.r
        along, across = d * math.cos(phi), -d * math.sin(phi)
        root = np.sqrt(r**2 - across**2)
        u, by_phi, by_r = along + root - r, across + across * along / root, r / root - 1.0
        share, share_r, share_z = (a + b for a, b in zip(self.rim, self.fibre, strict=True))
        return Move(u * share_r + by_r * share, by_phi * share / r, u * share_z, u * share / r)


@pytest.fixture(scope="module")
def bottle():
    cavity = {
        "profile": "parabola",
        "diameter_um": 6.0,
        "axial_radius_um": 30.0,
        "body": {"index": 1.5},
        "surround": {"index": 1.0},
        "fibre": {"index": 1.44},
        "fibre_diameter_um": 5.0,
    }
    asked = {"wavelength_nm": 600.0, "azimuthal_order": 36, "relative_accuracy": 1e-6}
    return cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]


def test_a_bottle_moved_with_its_fibre_has_the_same_wavelength(bottle):
    """In space, with all components: what the fibre alone does by its offset is 2e-5 of k0."""
    raw = polished(bottle.raw)
    points = Points.of(raw.problem, raw.eps)
    alone = Displacement.of(points)
    together = Rigid(points, alone.rim, alone.fibre, alone.radius_um)
    (group,) = groups_of(cd.Deviation(fibre_offset_um=0.03))
    by_fibre, by_both = (
        Expansion(raw, points, one).expanded(group).mean for one in (alone, together)
    )
    assert abs(by_fibre) > 1e-5
    assert abs(by_both) < 2e-4 * abs(by_fibre)


def layer_on_fibre(profile, **keys):
    """A mode that reaches the fibre, of a sphere or a bottle that ends far above it."""
    cavity = {
        "profile": profile,
        "diameter_um": 12.0,
        "body": {"index": 1.5},
        "surround": {"index": 1.0},
        "fibre": {"index": 1.44},
        "fibre_diameter_um": 10.4,
        **keys,
    }
    asked = {"wavelength_nm": 620.0, "azimuthal_order": 80, "relative_accuracy": 1e-6}
    return cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]


def test_a_sphere_does_not_know_which_way_its_fibre_points():
    """A fibre that leans in a sphere is the same body, turned: no shift, exactly, to all orders;
    and one off the centre is as far off it whichever way it leans across. Centres that move (-z
    tan), the ellipse that a leaning cylinder leaves at each height (longer by 1 / cos) and light
    of m - 1 with one node more along z must cancel to do so: each is 1e-1 pm and more here, as
    the bottle shows, where they do not cancel. Left is what the window cuts off where the rim
    comes near the fibre, some 1e-5 pm.
    """
    leaning = cd.Deviation(fibre_tilt_deg=0.3)
    off = cd.Deviation(fibre_offset_um=0.05)
    both = cd.Deviation(fibre_offset_um=0.05, fibre_tilt_deg=0.3, fibre_tilt_azimuth_deg=90.0)
    ball = layer_on_fibre("spheroid")
    by_lean = layer_on_fibre("parabola", axial_radius_um=60.0).deviation(leaning).shift_pm
    assert abs(by_lean) > 0.1
    assert abs(ball.deviation(leaning).shift_pm) < 1e-3 * abs(by_lean)
    alone, with_lean = (ball.deviation(one).shift_pm for one in (off, both))
    # where the expansion stops: 5e-4 of the shift, 4 % of what a lean does to the bottle
    assert abs(with_lean - alone) < 5e-4 * abs(alone) < 0.05 * abs(by_lean)


@pytest.mark.parametrize(("fibre_um", "power"), [(12.0, None), (13.0, 2.0)])
def test_a_fibre_at_the_end_of_the_field_may_move(fibre_um, power):
    """The window of the round mode ends a tenth of a micrometre behind the fibre's interface: it
    is made deeper, where the map once folded. The second order is small there against what one
    correction leaves of the fourth: it is told as 2 within 0.01 (2.001 seen), or not at all.
    """
    cavity = {
        "profile": "parabola",
        "diameter_um": 15.0,
        "axial_radius_um": 60.0,
        "body": {"index": 1.49},
        "fibre": {"index": 1.46},
        "fibre_diameter_um": fibre_um,
    }
    asked = {"wavelength_nm": 541.0, "azimuthal_order": 122, "relative_accuracy": 1e-7}
    mode = cd.find_modes(cd.parse_design({"cavity": cavity, "modes": asked}))[0]
    found = mode.deviation(cd.Deviation(fibre_offset_um=0.1))
    assert found.shift_pm < 0.0
    assert found.shift_power == (None if power is None else pytest.approx(power, abs=0.01))


def test_a_particle_is_that_of_the_published_formulas(bottle):
    """Mazzei 2007 and Zhu 2010: splitting alpha f^2 / V of the wavelength, and the width of the
    shifted line over it 8 pi^2 alpha / (3 lambda^3).
    """
    found = bottle.deviation(cd.Deviation(particle=cd.Particle(20.0, 1.59)))
    alpha = 4.0 * math.pi * 0.02**3 * (1.59**2 - 1.0) / (1.59**2 + 2.0)  # um^3
    field = bottle.field(3.02, 0.0)
    share = float(field.energy_density_j_per_m3) / 1e18 / field.energy_j  # per um^3
    # the energy density there is half electric and half magnetic for a mode, less so for a tail
    e = abs(field.e_v_per_m) ** 2
    electric = 0.5 * 8.8541878128e-12 * e / 1e18 / field.energy_j
    assert share > electric.sum() / 2.0
    # a TM mode has almost no E along the rim, which would take part with the other sign
    meridian = electric[0] + electric[2] - electric[1]
    assert 1e-3 * found.splitting_pm / bottle.wavelength_nm == pytest.approx(
        alpha * meridian, rel=1e-3
    )
    widths = [10.0**-q for q in found.log10_q]
    ratio = abs(widths[0] - widths[1]) / (1e-3 * found.splitting_pm / bottle.wavelength_nm)
    wavelength_um = 1e-3 * bottle.wavelength_nm
    assert ratio == pytest.approx(8.0 * math.pi**2 * alpha / (3.0 * wavelength_um**3), rel=2e-3)


def test_where_leading_order_ends_is_told(bottle):
    found = bottle.deviation(cd.Deviation(fibre_offset_um=0.1))
    small = bottle.deviation(cd.Deviation(fibre_offset_um=0.1 * found.leading_order_up_to))
    assert found.leading_order_error > 0.01
    # by its definition: leading order is off by 1 % there
    assert small.leading_order_error == pytest.approx(0.01, rel=0.2)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"ellipticity": -0.1}, "cavity.deviation.ellipticity: -0.1 must be from 0 to 0.4"),
        ({"elipticity": 0.1}, "ellipticity"),
        ({"waves": [{"order": 0, "amplitude": 0.1}]}, "waves.0.order: 0 must be a whole number"),
        ({"waves": [{"amplitude": 0.1}]}, "waves.0.order: missing"),
        ({"particle": {"radius_nm": math.inf}}, "radius_nm"),
        ({"fibre_offset_um": 1.0}, "the fibre is off the axis, but there is no fibre"),
        ({"fibre_tilt_deg": 30.0}, "fibre_tilt_deg: 30.0 must be from 0 to 20"),
        ({"ellipticity": "much"}, "ellipticity"),
        ({"particle": {"radius_nm": 30.0, "z_um": 9.0}}, "z_um: 9 is not on the outline"),
    ],
)
def test_impossible_deviations_are_refused_in_one_line(given, words):
    cavity = {"profile": "spheroid", "diameter_um": 6.0, "body": "silica", "deviation": given}
    asked = {"wavelength_nm": 620.0, "azimuthal_order": 40}
    with pytest.raises(InputError) as caught:
        cd.parse_design({"cavity": cavity, "modes": asked})
    (line,) = caught.value.problems
    assert words in line and "\n" not in line


@pytest.mark.parametrize("offset_um", [0.6, 3.0])
def test_a_fibre_through_the_rim_is_refused(offset_um):
    """The wall of the bottle is 0.6 um at the equator."""
    given = {"fibre_offset_um": offset_um}
    with pytest.raises(InputError) as caught:
        cd.bottle(
            diameter_um=12.0,
            axial_radius_um=50.0,
            body={"index": 1.49},
            fibre="silica",
            fibre_diameter_um=10.8,
            deviation=given,
            wavelength_nm=600.0,
            azimuthal_order=85,
        )
    (line,) = caught.value.problems
    assert "puts the fibre through the rim; it must be below 0.6" in line
