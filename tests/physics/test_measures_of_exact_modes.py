"""What is read from a solved field, where that is hard, against exact spheres and cylinders.

Far fields of high axial orders, of small bodies and of very large ones; energy shares of leaky
modes, whatever else was asked; the largest density behind an inner interface. A mode (m, q) of a
sphere is the exact mode of degree l = m + q.
"""

from __future__ import annotations

import pytest

from cavitydesign.analytic.energy import energy_shares, mode_volume_um3
from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.geometry import Cavity, Cylinder, Spheroid
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
    """A thin ring of 1.46 on a core of 1.33: 45.671543 um^2 to 1e-4.

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
    assert mode.mode_volume_um3 == pytest.approx(45.671543, rel=1e-4)
