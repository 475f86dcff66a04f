"""The static threshold by the complex eigenproblem against exact layered cylinders, and against
first order.
"""

from __future__ import annotations

import math

import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.analytic.threshold_gain import threshold_gain
from cavitydesign.errors import InputError, SolverError
from cavitydesign.geometry import Cavity, Coating, Cylinder, Parabola
from cavitydesign.lasing.competition.lasing_mode import lasing_modes
from cavitydesign.lasing.steady.exact_threshold import exact_threshold_gain_per_cm
from cavitydesign.lasing.steady.threshold import threshold_gain_per_cm
from cavitydesign.materials import ConstantIndex, find_material
from cavitydesign.modes import Mode, ModeRequest, find_modes
from cavitydesign.modes.complex_threshold import static_threshold

AIR = ConstantIndex.of(1.0)


def cylinder_mode(
    radii_um: tuple[float, ...],
    indices: tuple[float, ...],
    m: int,
    polarisation: str,
    near_nm: float,
    absorption: float = 0.0,
) -> Mode:
    """One mode of a layered cylinder, fibre innermost, solved to 1e-9; absorption in the body."""
    media = [ConstantIndex.of(n) for n in indices]
    layered = len(radii_um) > 1
    cavity = Cavity(
        Cylinder(radii_um[-1]),
        ConstantIndex.of(indices[-2], absorption),
        media[-1],
        fibre=media[0] if layered else None,
        fibre_radius_um=radii_um[0] if layered else 0.0,
        coatings=tuple(Coating("shell", radii_um[1] - radii_um[0], media[1]) for _ in radii_um[2:]),
        sliced=True,
    )
    return find_modes(cavity, ModeRequest(polarisation, near_nm, None, m, relative_accuracy=1e-9))[
        f"{polarisation} {m} 1 0"
    ]


def agree(measured: float, expected: float, relative: float, reason: str) -> None:
    """Relative agreement, with all numbers in the message."""
    error = abs(measured / expected - 1.0)
    assert error <= relative, (
        f"measured {measured!r}, expected {expected!r}, error {error:.1e} > {relative:.0e}: "
        f"{reason}"
    )


def test_cylinder_of_two_um_against_arbitrary_precision() -> None:
    """R = 2 um, n = 1.49, TM 30 1: kappa, gain and wavelength computed outside this project in
    arbitrary precision.
    """
    found = static_threshold(cylinder_mode((2.0,), (1.49, 1.0), 30, "TM", 541.0))
    agree(
        found.extinction,
        0.00004578002139561602,
        1e-6,
        "Im k is 3e-5 of k, solved to 1e-9: 3e-5; measured 1e-8",
    )
    agree(found.gain_per_cm, 10.618850706474, 1e-6, "as the extinction")
    agree(found.wavelength_nm, 541.761751335148620, 1e-9, "asked accuracy")
    first_order = 4 * math.pi * 0.00004578004887951313 / (541.761751335148620e-7)
    agree(
        found.first_order_gain_per_cm,
        first_order,
        1e-6,
        "n / (2 Q Gamma) with the regularised share",
    )
    assert abs(found.first_order_gain_per_cm / found.gain_per_cm - 1 - 6.0e-7) < 2e-9, (
        "the two differ by 6.0e-7, and it is seen"
    )


LAYERED = [
    ("TM", (1.6, 2.0), (1.45, 1.55, 1.0), 26, (1,), "body"),
    ("TE", (1.6, 2.0), (1.45, 1.55, 1.0), 26, (1,), "body"),
    ("TM", (1.5, 1.8, 2.2), (1.45, 1.6, 1.5, 1.0), 28, (1,), "shell"),
    ("TE", (1.5, 1.8, 2.2), (1.45, 1.6, 1.5, 1.0), 28, (2,), "body"),
]


@pytest.mark.parametrize(("polarisation", "radii", "indices", "m", "layers", "region"), LAYERED)
def test_layered_cylinders_against_the_exact_complex_resonance(
    polarisation: str,
    radii: tuple[float, ...],
    indices: tuple[float, ...],
    m: int,
    layers: tuple[int, ...],
    region: str,
) -> None:
    """Gain in one of several layers, Q about 1e4: within 1e-6 of the zero of the exact
    characteristic function.
    """
    resonator = Resonator(radii, indices, False)
    near = find_resonance(resonator, m, 1, polarisation).wavelength_nm
    exact = threshold_gain(resonator, m, 1, polarisation, layers, near)
    found = static_threshold(cylinder_mode(radii, indices, m, polarisation, near), region)
    agree(
        found.extinction, exact.extinction, 1e-6, "eigenvalue to 1e-9 over 1/Q; measured below 4e-8"
    )
    agree(found.wavelength_nm, exact.wavelength_nm, 1e-9, "asked accuracy")


def test_absorption_of_the_doped_region_adds_to_its_threshold() -> None:
    """Gain against the medium's own absorption of 50 /cm in the same region: exactly 50 /cm
    more.
    """
    clear = static_threshold(cylinder_mode((2.0,), (1.49, 1.0), 30, "TM", 541.0))
    absorbing = static_threshold(
        cylinder_mode((2.0,), (1.49, 1.0), 30, "TM", 541.0, absorption=50.0)
    )
    agree(
        absorbing.gain_per_cm - clear.gain_per_cm, 50.0, 1e-6, "the same total index at threshold"
    )


def test_added_loss_of_a_dispersive_bottle_agrees_with_first_order() -> None:
    """Scattering enters as a uniform loss rate: 2 pi n_g / (Gamma lambda Q) of the rate equations,
    to the error of Gamma.
    """
    cavity = Cavity(Parabola(7.5, 60.0), find_material("PMMA"), AIR, roughness_nm=2.0)
    modes = find_modes(cavity, ModeRequest("TM", 537.6, None, 122, relative_accuracy=1e-8))
    (lasing,) = lasing_modes(modes, "budget", 15.0, cavity=cavity)
    found = static_threshold(modes.modes[0])
    assert found.residual < 1e-10, found
    agree(
        found.gain_per_cm,
        threshold_gain_per_cm(lasing),
        2e-6,
        "vector of the reduced basis, share up to the caustic",
    )
    assert lasing.threshold_gain_exact_per_cm == found.gain_per_cm
    (empirical,) = lasing_modes(modes, 360.0, 15.0, cavity=cavity)
    assert empirical.threshold_gain_exact_per_cm is not None
    agree(
        empirical.threshold_gain_exact_per_cm,
        threshold_gain_per_cm(empirical),
        3e-5,
        "second order in kappa = 2e-3",
    )


def test_modes_without_loss_or_region_are_refused() -> None:
    """One line each: no such region, nothing to balance, an impossible Q."""
    mode = cylinder_mode((2.0,), (1.49, 1.0), 30, "TM", 541.0)
    with pytest.raises(InputError, match="did you mean 'body'"):
        static_threshold(mode, "boby")
    with pytest.raises(InputError, match="must be positive"):
        static_threshold(mode, q_passive=-1.0)


def test_a_region_that_holds_nothing_has_no_threshold() -> None:
    """A fibre deep inside, which the window leaves out: a plain no, where it divided by zero."""
    mode = cylinder_mode((2.0, 10.0), (1.45, 1.5, 1.0), 140, "TM", 600.0)
    with pytest.raises(SolverError, match="the doped region holds none of the mode"):
        static_threshold(mode, "fibre", 1e4)
    assert exact_threshold_gain_per_cm(mode, "fibre", 1e4) is None
