"""What is read from a solved field, where that is hard, against exact spheres and cylinders.

Far fields of high axial orders, of small bodies and of very large ones; energy shares of leaky
modes, whatever else was asked; the largest density behind an inner interface. A mode (m, q) of a
sphere is the exact mode of degree l = m + q.
"""

from __future__ import annotations

import math
import random

import pytest
from drawn_resonators import cavity_of, drawn_small

from cavitydesign.analytic.energy import energy_shares, mode_volume_um3
from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.geometry import Cavity, Cylinder, Spheroid
from cavitydesign.materials import find_material
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.modes import Mode, ModeRequest, ModeSet, find_modes


def solved_sphere(
    diameter_um: float,
    index: float,
    surround: float,
    wanted: ModeRequest,
) -> tuple[ModeSet, list[Resonance]]:
    """Modes of a sphere and their exact counterparts."""
    radius = 0.5 * diameter_um
    cavity = Cavity(Spheroid(radius, radius), ConstantIndex.of(index), ConstantIndex.of(surround))
    found = find_modes(cavity, wanted)
    assert len(found) == wanted.axial_orders, found.warnings
    sphere = Resonator((radius,), (index, surround), True)
    exact = [
        find_resonance(sphere, mode.m + mode.q, mode.p, mode.polarisation, wanted.wavelength_nm)
        for mode in found
    ]
    return found, exact


def off(mode: Mode, exact: Resonance) -> float:
    """Error of log10 Q."""
    return abs(mode.losses.radiation - exact.log10_q)


@pytest.mark.parametrize(
    ("diameter_um", "index", "near_nm", "m", "polarisation"),
    [
        (4.6, 3.4, 1550.0, 27, "TE"),
        (4.6, 3.6, 1550.0, 29, "TM"),
        (60.0, 2.403, 10600.0, 37, "TE"),  # zinc selenide and a CO2 laser
    ],
)
def test_far_field_of_high_axial_orders(
    diameter_um: float, index: float, near_nm: float, m: int, polarisation: str
) -> None:
    """log10 Q to 1e-3 up to q = 6, of wavelengths to 1e-8.

    One series of log J_m in x from the rim down to the axis, where it diverges, was off by up to
    four decades here. What is left is the field's own error, which a far field that cancels from
    order to order (0.7 decades a q) raises by 10^(0.35 q).
    """
    wanted = ModeRequest(polarisation, near_nm, None, m, 1, 7, 1e-8)
    for mode, exact in zip(*solved_sphere(diameter_um, index, 1.0, wanted), strict=True):
        assert off(mode, exact) < 1e-3, f"{mode.label}: {mode.losses.radiation} {exact.log10_q}"


def test_far_field_of_a_crystalline_sphere() -> None:
    """8.8 mm and m = 25,813: log10 Q = 4211.5103329384 to 5e-5, where the field is solved to 1e-11.

    d log10 Q / d ln k is 1.6e4: the wavelength's own error gives 1e-7 of it. The sources were read
    at so few points that the factor J_m, which falls by 46 e-folds in the outermost element, was
    integrated to 3 %.
    """
    wanted = ModeRequest("TE", 1550.0, None, 25813, 1, 1, 1e-10)
    (mode,) = solved_sphere(8837.993, 1.444, 1.0, wanted)[0]
    assert mode.losses.radiation == pytest.approx(4211.5103329384, abs=5e-5)


@pytest.mark.parametrize("axial_orders", [1, 5])
def test_shares_of_leaky_modes_hold_whatever_else_was_asked(axial_orders: int) -> None:
    """A polystyrene bead in water (10 um, 1.59 in 1.33, TE 60, Q = 553): 0.827830523 to 2e-5.

    The window ended at the caustic of its highest axial order, and what lies beyond was not
    counted: up to 3.6 %. Wavelengths are solved to 1e-6, shares were seen right to 1e-5 then.
    """
    wanted = ModeRequest("TE", 650.0, None, 60, 1, axial_orders, 1e-6)
    found, exact = solved_sphere(10.0, 1.59, 1.33, wanted)
    assert found["TE 60 1 0"].confinement["body"] == pytest.approx(0.827830523, abs=2e-5)
    for mode, right in zip(found, exact, strict=True):
        error = abs(mode.confinement["body"] - energy_shares(right)[0])
        assert error < 3 * mode.confinement_error, f"{mode.label}: off by {error:.1e}"


def test_volume_where_the_largest_density_is_behind_an_inner_interface() -> None:
    """A thin ring of 1.46 on a core of 1.33: 45.671543 um^2 to 3e-4, and within the bar.

    The radial field of TE modes jumps up on the core's side by the ratio of the permittivities. The
    field at a point is right to the root of the wavelength's error, here 1e-9. It was 1.9 % off.
    """
    cavity = Cavity(
        Cylinder(0.5 * 23.9008),
        ConstantIndex.of(1.46),
        ConstantIndex.of(1.0),
        ConstantIndex.of(1.33),
        0.5 * 23.049,
        sliced=True,
    )
    exact = find_resonance(Resonator((0.5 * 23.049, 0.5 * 23.9008), (1.33, 1.46, 1.0)), 92, 1, "TE")
    assert mode_volume_um3(exact) == pytest.approx(45.671543, rel=1e-8)
    (mode,) = find_modes(cavity, ModeRequest("TE", exact.wavelength_nm, None, 92, 1, 1, 1e-8))
    assert mode.mode_volume_um3 == pytest.approx(45.671543, rel=3e-4)
    stated = mode.extra["mode_volume_relative_error"]
    assert stated is not None and abs(mode.mode_volume_um3 / 45.671543 - 1) < stated < 1e-3


def test_volume_where_a_lobe_between_search_points_outdoes_an_interface() -> None:
    """A tube of 3.2137 (5.73 um outside, 4.89 um inside), TE 26 3 0: 4.846613 um^2 to 3e-4.

    The density at the inner face is 0.991 of the largest, which stands between two points of the
    search; only the face was looked at finely. It was 0.91 % off, with 1.6e-4 stated. What is left
    is the field's error at a point, 5e-5.
    """
    radii, indices = (2.4472936621820383, 2.8657861570979746), (1.0, 3.213746555475806, 1.0)
    media = [ConstantIndex.of(index) for index in indices]
    cavity = Cavity(Cylinder(radii[1]), media[1], media[2], media[0], radii[0], sliced=True)
    exact = find_resonance(Resonator(radii, indices), 26, 3, "TE")
    assert mode_volume_um3(exact) == pytest.approx(4.846613, rel=1e-6)
    found = find_modes(cavity, ModeRequest("TE", exact.wavelength_nm, None, 26, 3, 1, 1e-6))
    assert found["TE 26 3 0"].mode_volume_um3 == pytest.approx(4.846613, rel=3e-4)


def test_shares_and_volumes_are_those_of_a_mode_at_its_own_wavelength() -> None:
    """Silica of 32 um, TE 77 2 0 at 1e-8: the share to 1e-8 (one of 1e-12 is an exact one).

    The field of a snapshot is that of the media of the estimate; k errs at second order by it, the
    shares did at first: 1.7e-7, with 2e-8 stated, however high the accuracy.
    """
    silica = find_material("silica")
    radius = 16.125
    sphere = Resonator((radius,), (silica.index, 1.0), True)
    exact = find_resonance(sphere, 77, 2, "TE", 1604.0)
    cavity = Cavity(Spheroid(radius, radius), silica, ConstantIndex.of(1.0))
    wanted = ModeRequest("TE", exact.wavelength_nm, None, 77, 2, 1, 1e-8)
    mode = find_modes(cavity, wanted)["TE 77 2 0"]
    assert mode.confinement["body"] == pytest.approx(energy_shares(exact)[0], abs=1e-8)


def test_volume_at_the_finest_accuracy() -> None:
    """A cylinder of 2.4 um, TM at 1e-10: its volume to 1e-8; parabolas through the search's points
    met the top of the density to 2e-7.
    """
    resonator = Resonator((1.2,), (2.45, 1.0))
    exact = find_resonance(resonator, 12, 1, "TM")
    request = ModeRequest("TM", exact.wavelength_nm, None, 12, 1, 1, 1e-10)
    (mode,) = find_modes(cavity_of(resonator), request)
    assert mode.mode_volume_um3 == pytest.approx(mode_volume_um3(exact), rel=1e-8)


@pytest.mark.parametrize(
    ("radius", "index", "m", "p", "q", "polarisation", "accuracy"),
    [
        (1.6357216053927672, 2.519246484958088, 10, 1, 1, "TM", 1e-6),
        (3.5498099611112955, 1.8520421614010305, 31, 3, 0, "TE", 1e-8),
        (4.0, 4.0, 19, 1, 0, "TE", 1e-6),
        (2.7765825585391015, 2.214253286342445, 20, 4, 7, "TM", 1e-6),
    ],
)
def test_spacings_know_what_the_next_order_lacks(
    radius: float, index: float, m: int, p: int, q: int, polarisation: str, accuracy: float
) -> None:
    """Functions along the outline are those of the order asked for: the next one was 1e-6 and 2e-9
    off, and spacings 3.7 and 4.8 bars. With q to 2 asked for, the next of q = 0 carries 3e-3 of
    another mode's field: 20 bars. At q = 7 the functions of one order hold ten times less of the
    next: 6.4 bars.
    """
    resonator = Resonator((radius,), (index, 1.0), True)
    exact, further = (find_resonance(resonator, m + q + one, p, polarisation) for one in (0, 1))
    axial = 3 if index == 4.0 else q + 1
    request = ModeRequest(polarisation, exact.wavelength_nm, None, m, p, axial, accuracy)
    mode = find_modes(cavity_of(resonator), request)[f"{polarisation} {m} {p} {q}"]
    off = abs(mode.fsr_nm - (exact.wavelength_nm - further.wavelength_nm))
    said = float(mode.extra["fsr_error_nm"] or 0.0)
    assert off <= 3.0 * said and said <= 30.0 * off, f"off {off:.1e} nm, stated {said:.1e} nm"


@pytest.mark.parametrize("number", [4, 9, 12, 18, 30, 44, 481])
def test_bars_hold_both_sides(number: int) -> None:
    """Wavelength, log10 Q, spacing and mode volume of small leaky resonators: true errors below 3 times the
    stated ones, stated ones below 30 times the true ones.

    Bars were 49 times too wide (wavelength of case 12), 82 times (log10 Q of case 44), and eight
    times too narrow (wavelength of case 481). Bars of shares were 201 times too wide (case 30),
    where the energy was cut off within an element. Spacings are held to 100 times: what the next
    order lacks, in functions along the outline of this one, is known to a factor of ten.
    """
    dice = random.Random(f"2026 {number}")
    exact, q = drawn_small(dice)
    m = exact.order - q
    hint = float(f"{exact.wavelength_nm * dice.uniform(0.95, 1.05):.4g}")
    request = ModeRequest(exact.polarisation, hint, None, m, exact.p, q + 1, 1e-6)
    mode = find_modes(cavity_of(exact.resonator), request)[
        f"{exact.polarisation} {m} {exact.p} {q}"
    ]
    lam, shares = exact.wavelength_nm, energy_shares(exact)
    errors = {
        "wavelength": (abs(mode.wavelength_nm / lam - 1.0), mode.wavelength_error_nm / lam, 30.0),
        "log10 Q": (off(mode, exact), mode.losses.radiation_error, 30.0),
        "share": (
            max(abs(a - b) for a, b in zip(mode.confinement.values(), shares, strict=True)),
            mode.confinement_error,
            30.0,
        ),
    }
    further = find_resonance(exact.resonator, exact.order + 1, exact.p, exact.polarisation)
    true = abs(mode.fsr_nm - (lam - further.wavelength_nm))
    errors["spacing"] = true, float(mode.extra["fsr_error_nm"] or 0.0), 100.0
    if q == 0 and number != 481:  # there the volume is right to 6e-6 by chance
        true = abs(mode.mode_volume_um3 / mode_volume_um3(exact) - 1.0)
        errors["volume"] = true, float(mode.extra["mode_volume_relative_error"] or 0.0), 30.0
    for name, (true, stated, wide) in errors.items():
        assert true <= 3.0 * stated, f"{name}: off by {true:.1e}, stated {stated:.1e}"
        assert stated <= wide * true, f"{name}: off by {true:.1e}, stated {stated:.1e}"


@pytest.mark.parametrize(
    ("radius", "index", "order", "p", "accuracy", "most"),
    [
        (40.0, 1.44, 600, 1, 1e-6, 1e-7),  # Q of 1e9: the absorbing layer begins in the barrier
        (45.1818, 1.530707, 623, 4, 1e-8, 5e-8),  # Q of 1e12: a closed wall ends the window
    ],
)
def test_shares_of_weakly_guiding_spheres(
    radius: float, index: float, order: int, p: int, accuracy: float, most: float
) -> None:
    """Shares in water within three bars: the tail that a window leaves out, or that its wall takes
    away, counts by its own decay, which is slow where the contrast is low.

    Stated was a share of what the walls do to k, or nothing: 2.5e-7 off with 16 bars, 3e-8 with 5.
    """
    exact = find_resonance(Resonator((radius,), (index, 1.33), True), order, p, "TM")
    cavity = Cavity(Spheroid(radius, radius), ConstantIndex.of(index), ConstantIndex.of(1.33))
    wanted = ModeRequest("TM", exact.wavelength_nm, None, order, p, 1, accuracy)
    mode = find_modes(cavity, wanted)[f"TM {order} {p} 0"]
    wrong = abs(mode.confinement["body"] - energy_shares(exact)[0])
    assert wrong < min(most, 3.0 * mode.confinement_error), (wrong, mode.confinement_error)


def test_tail_beyond_the_window_has_no_component_of_its_own() -> None:
    """A TM mode of a large weakly guiding sphere at 1e-4, whose tail beyond the window holds 1.8e-5
    of the energy. E_theta of the exact mode goes as sin^(l-1), and E_phi as that times cos: the
    share along phi, half of 1/l, is right to 2e-6, where it held the whole tail.
    """
    radius, index, surround, order = 45.1818, 1.45, 1.33, 600
    sphere = Resonator((radius,), (index, surround), True)
    exact = find_resonance(sphere, order, 2, "TM")
    cavity = Cavity(Spheroid(radius, radius), ConstantIndex.of(index), ConstantIndex.of(surround))
    asked = ModeRequest("TM", exact.wavelength_nm, None, order, 2, 1, 1e-4)
    found = find_modes(cavity, asked)[f"TM {order} 2 0"].energy_fraction

    def power(k: int) -> float:
        """int sin^k over the half circle, but for a factor that all share."""
        return math.exp(math.lgamma(0.5 * k + 0.5) - math.lgamma(0.5 * k + 1.0))

    first, third = power(2 * order - 1), power(2 * order + 1)
    whole = 2.0 * first - third
    assert found["axial"] == pytest.approx(third / whole, abs=2e-6)
    assert found["azimuthal"] == pytest.approx((first - third) / whole, abs=2e-6)
