"""Derivatives of wavelength, Q and confinement against exact spheres and against differences of
accurate solves.
"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest

from cavitydesign.analytic.energy import energy_shares
from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.errors import InputError
from cavitydesign.geometry import Cavity, Coating, Cylinder, Parabola, Spheroid
from cavitydesign.materials import ConstantIndex, find_material
from cavitydesign.modes import Mode, ModeRequest, find_modes
from cavitydesign.modes.changes.change import (
    CavityChange,
    axial_radius_change,
    diameter_change,
    fibre_radius_change,
    index_change,
    outline_change,
    temperature_change,
)
from cavitydesign.modes.changes.first_order import filling_factors, polished
from cavitydesign.modes.changes.sensitivity import (
    derivatives,
    same_mode,
    solved_mode,
    wavelength_derivatives,
)
from cavitydesign.modes.derived.rim_sensitivity import rim_sensitivity

GLASS, AIR = ConstantIndex.of(1.49), ConstantIndex.of(1.0)
SPHERE = Cavity(Spheroid(7.5, 7.5), GLASS, AIR)
BOTTLE = Cavity(
    Parabola(7.5, 60.0),
    find_material("PMMA"),
    AIR,
    fibre=find_material("silica"),
    fibre_radius_um=6.6,
    coatings=(Coating("shell", 0.3, ConstantIndex.of(1.52)),),
)


@cache
def mode_of(
    cavity: Cavity, polarisation: str, m: int, accuracy: float, near_nm: float = 500.0, q: int = 0
) -> Mode:
    """One mode of a cavity."""
    request = ModeRequest(
        polarisation, near_nm, None, m, axial_orders=q + 1, relative_accuracy=accuracy
    )
    return find_modes(cavity, request)[f"{polarisation} {m} 1 {q}"]


def agree(measured: float, expected: float, relative: float, reason: str) -> None:
    """Relative agreement, with all numbers in the message."""
    error = abs(measured / expected - 1.0)
    assert error <= relative, (
        f"measured {measured!r}, expected {expected!r}, error {error:.1e} > {relative:.0e}: "
        f"{reason}"
    )


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_wavelength_of_a_sphere_is_proportional_to_its_diameter(polarisation: str) -> None:
    """d lambda / dD = lambda / D exactly without dispersion; the discrete eigenvalue has it to its
    own error, 1e-6 asked.
    """
    mode = mode_of(SPHERE, polarisation, 120, 1e-6)
    slope = wavelength_derivatives(
        mode, diameter_change(SPHERE, axial_radius="scaled")
    ).wavelength_nm
    agree(
        slope, mode.wavelength_nm / 15.0, 1e-6, "error of the eigenvalue at the asked accuracy 1e-6"
    )


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_boundary_integral_has_the_sign_and_size_of_a_growing_sphere(polarisation: str) -> None:
    """Hadamard's integral with h = 1/2 (a diameter 1 um larger, outwards) makes the wavelength
    longer by lambda / D.
    """
    mode = mode_of(SPHERE, polarisation, 120, 1e-8)
    kernel = rim_sensitivity(polished(solved_mode(mode)))
    slope = kernel.wavelength_shift_nm(np.full_like(kernel.t_um, 0.5))
    assert slope > 0
    agree(
        slope,
        mode.wavelength_nm / 15.0,
        2e-4,
        "error of the field on the rim (TE: normal D of curl elements)",
    )


def test_boundary_integral_agrees_with_the_map_for_any_shift() -> None:
    """Two independent forms of the same first-order change, for a shift that varies along the rim
    of a bottle on a fibre.
    """
    mode = mode_of(BOTTLE, "TM", 120, 1e-8)
    kernel = rim_sensitivity(polished(solved_mode(mode)))

    def shift(t: np.ndarray) -> np.ndarray:
        return np.cos(t / 3.0) + 0.3 * t**2

    by_rim = kernel.wavelength_shift_nm(shift(kernel.t_um))
    by_map = wavelength_derivatives(mode, outline_change(BOTTLE, shift)).wavelength_nm
    agree(by_rim, by_map, 1e-5, "error of the field on the rim")


CHANGES = {
    "diameter": lambda c: diameter_change(c),
    "whole size": lambda c: diameter_change(c, fibre="scaled", axial_radius="scaled"),
    "axial radius": axial_radius_change,
    "outline": lambda c: outline_change(c, lambda t: np.cos(t / 3.0)),
    "fibre": fibre_radius_change,
    "index of the body": lambda c: index_change(c, "body"),
    "index of a shell": lambda c: index_change(c, "shell"),
    "index of the fibre": lambda c: index_change(c, "fibre"),
    "index of the surround": lambda c: index_change(c, "surround"),
    "temperature": lambda c: temperature_change(c, expansion_per_k=7e-5),
}


@pytest.mark.parametrize("name", CHANGES)
def test_dispersive_bottle_on_a_coated_fibre_against_differences_of_solves(name: str) -> None:
    """Central differences of find_modes at 1e-10: their noise is 1e-10 lambda over the width of the
    step.
    """
    change = CHANGES[name](BOTTLE)
    slope = wavelength_derivatives(mode_of(BOTTLE, "TE", 120, 1e-8), change).wavelength_nm
    lower, upper = (
        same_mode(mode_of(BOTTLE, "TE", 120, 1e-8), c, 1e-10).wavelength_nm
        for c in (change.lower, change.upper)
    )
    expected = (upper - lower) / change.width
    noise = 2e-10 * 500.0 / change.width
    error = abs(slope - expected)
    allowed = 2e-6 * abs(expected) + noise
    assert error <= allowed, (
        f"measured {slope!r}, expected {expected!r}, error {error:.1e} > {allowed:.1e}"
    )


def test_sizes_add_up_to_the_whole() -> None:
    """Euler: without dispersion lambda is homogeneous of degree one in outline and fibre, d lambda
    / d ln(all) = lambda.
    """
    cavity = Cavity(
        Parabola(7.5, 60.0), GLASS, AIR, fibre=ConstantIndex.of(1.45), fibre_radius_um=6.6
    )
    mode = mode_of(cavity, "TM", 110, 1e-7)
    parts = [
        15.0 * wavelength_derivatives(mode, diameter_change(cavity)).wavelength_nm,
        60.0 * wavelength_derivatives(mode, axial_radius_change(cavity)).wavelength_nm,
        6.6 * wavelength_derivatives(mode, fibre_radius_change(cavity)).wavelength_nm,
    ]
    agree(sum(parts), mode.wavelength_nm, 1e-6, "error of the eigenvalue")


def test_filling_factors_sum_to_one_half_and_give_the_index_slope() -> None:
    """sum of d ln k / d ln eps = -1/2 without dispersion: lambda is homogeneous of degree 1 in all
    indices.
    """
    mode = mode_of(SPHERE, "TM", 120, 1e-7)
    factors = filling_factors(polished(solved_mode(mode)))
    assert math.isclose(sum(factors.values()), 0.5, rel_tol=1e-12)
    slope = wavelength_derivatives(mode, index_change(SPHERE, "body")).wavelength_nm
    agree(
        slope,
        mode.wavelength_nm * 2 * factors["body"] / 1.49,
        1e-9,
        "n_+^2 - n_-^2 = 4 n step exactly; rounding over the step",
    )


def exact_sphere(index: float) -> tuple[float, float, float]:
    """Wavelength, log10 Q and inside share of TM l = 120 of the sphere."""
    found = find_resonance(Resonator((7.5,), (index, 1.0), True), 120, 1, "TM")
    return found.wavelength_nm, found.log10_q, float(energy_shares(found)[0])


def test_derivatives_with_index_against_the_exact_sphere() -> None:
    """Wavelength, log10 Q and confinement of the sphere against differences (1e-4) of the closed
    form, good to 1e-8.
    """
    found = derivatives(mode_of(SPHERE, "TM", 120, 1e-7), index_change(SPHERE, "body"))
    low, high = exact_sphere(1.49 - 1e-4), exact_sphere(1.49 + 1e-4)
    wavelength, log10_q, share = ((b - a) / 2e-4 for a, b in zip(low, high, strict=True))
    agree(
        found.wavelength_nm,
        wavelength,
        1e-6,
        "error of the eigenvalue at 1e-7, over lambda / (n dlambda/dn)",
    )
    agree(found.log10_q["radiation"], log10_q, 1e-6, "errors of both sides cancel (measured 1e-8)")
    agree(found.confinement["body"], share, 2e-4, "errors of both sides cancel (measured 4e-5)")


def test_free_spectral_range_grows_with_the_sphere() -> None:
    """FSR is proportional to D too; its derivative is a difference of two slopes, each wrong by
    1e-8 lambda / D at most.
    """
    mode = mode_of(SPHERE, "TM", 120, 1e-8)
    found = wavelength_derivatives(mode, diameter_change(SPHERE, axial_radius="scaled"))
    assert found.fsr_nm is not None and mode.fsr_nm is not None
    agree(found.fsr_nm, mode.fsr_nm / 15.0, 1e-5, "1e-8 lambda over FSR (1/126), twice")


def test_leaky_cylinder_keeps_its_q_when_all_scales() -> None:
    """Q is a function of m and n alone: d log10 Q / dD = 0, though lambda / D changes; absorbing
    layer and all.
    """
    cylinder = Cavity(Cylinder(2.0), GLASS, AIR, sliced=True)
    mode = mode_of(cylinder, "TM", 30, 1e-8, 541.0)
    found = derivatives(mode, diameter_change(cylinder))
    agree(found.wavelength_nm, mode.wavelength_nm / 4.0, 1e-6, "error of the eigenvalue")
    assert abs(found.log10_q["radiation"]) < 1e-4, found.log10_q


def test_what_cannot_change_is_refused() -> None:
    """One clear line each."""
    cylinder = Cavity(Cylinder(2.0), GLASS, AIR, sliced=True)
    with pytest.raises(InputError, match="no axial radius"):
        axial_radius_change(cylinder)
    with pytest.raises(InputError, match="no fibre"):
        fibre_radius_change(SPHERE)
    with pytest.raises(InputError, match="did you mean 'body'"):
        index_change(SPHERE, "bdy")
    with pytest.raises(InputError, match="held or scaled"):
        diameter_change(SPHERE, fibre="hold")
    with pytest.raises(InputError, match="temperature coefficient"):
        temperature_change(SPHERE)
    with pytest.raises(InputError, match="same order"):
        change = CavityChange("mixed", SPHERE, BOTTLE, 1.0)
        wavelength_derivatives(mode_of(SPHERE, "TM", 120, 1e-6), change)


@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_uniaxial_sphere_scales_and_has_its_kernel(polarisation: str) -> None:
    """Optic axis along z, mixed with the normal along the rim: scaling, the kernel in its tensor
    form, differences of solves.
    """
    cavity = Cavity(Spheroid(7.5, 7.5), ConstantIndex.of(1.49, index_extraordinary=1.55), AIR)
    mode = mode_of(cavity, polarisation, 120, 1e-8)
    growth = mode.wavelength_nm / 15.0
    slope = wavelength_derivatives(
        mode, diameter_change(cavity, axial_radius="scaled")
    ).wavelength_nm
    agree(slope, growth, 1e-6, "error of the eigenvalue")
    kernel = rim_sensitivity(polished(solved_mode(mode)))
    agree(
        kernel.wavelength_shift_nm(np.full_like(kernel.t_um, 0.5)),
        growth,
        2e-4,
        "error of the field on the rim",
    )
    change = index_change(cavity, "body")
    lower, upper = (
        same_mode(mode, side, 1e-10).wavelength_nm for side in (change.lower, change.upper)
    )
    agree(
        wavelength_derivatives(mode, change).wavelength_nm,
        (upper - lower) / change.width,
        1e-6,
        "eigenvalue; 1e-10 over 2e-4",
    )
