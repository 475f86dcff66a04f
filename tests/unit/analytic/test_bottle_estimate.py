"""The adiabatic bottle estimate against exact spheres (l = m + q), within its own stated error."""

import pytest

from cavitydesign.analytic.bottle_estimate import axial_stiffness, estimate_bottle_mode
from cavitydesign.analytic.layered_cylinder import layered_cylinder
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere

CASES = [(30, 2.0, 1.49, 1.0), (122, 7.5, 1.49, 1.0), (160, 7.5, 2.0, 1.33), (751, 44.0, 1.49, 1.0)]


@pytest.mark.parametrize(("order", "radius", "index", "surround"), CASES)
@pytest.mark.parametrize("polarisation", ["TM", "TE"])
@pytest.mark.parametrize(("p", "q"), [(1, 0), (1, 3), (3, 1)])
def test_stated_error_holds_on_spheres(
    order: int, radius: float, index: float, surround: float, polarisation: str, p: int, q: int
) -> None:
    """A sphere is the hardest bottle (Ra = R0). True error below the stated one, and the estimate
    is marked as such.
    """
    estimate = estimate_bottle_mode(
        layered_cylinder((radius,), (index, surround)), radius, order, p, q, polarisation
    )
    exact = find_resonance(coated_sphere((radius,), (index, surround)), order + q, p, polarisation)
    error = abs(estimate.wavelength_nm - exact.wavelength_nm)
    assert error <= estimate.wavelength_error_nm, (error, estimate.wavelength_error_nm)
    assert estimate.is_estimate


def test_error_falls_with_the_size_of_the_sphere() -> None:
    """In axial spacings the error goes as m^(-2/3): measured exponent within 0.1 between 122 and
    976 (8 times).
    """
    errors = []
    for factor in (1, 8):
        sphere = find_resonance(coated_sphere((7.5 * factor,), (1.49, 1.0)), 122 * factor, 1, "TM")
        estimate = estimate_bottle_mode(
            layered_cylinder((7.5 * factor,), (1.49, 1.0)), 7.5 * factor, 122 * factor
        )
        errors.append((estimate.wavelength_nm - sphere.wavelength_nm) / estimate.axial_spacing_nm)
    assert errors[0] / errors[1] == pytest.approx(8 ** (2 / 3), rel=0.2), "next order: m^(-1)"


def test_spacing_matches_neighbouring_spheres() -> None:
    """One axial order of a sphere is one l: estimate within 2 % (depth of the mode, m^(-2/3)) at 88
    um.
    """
    resonator = coated_sphere((44.0,), (1.49, 1.0))
    spacing = (
        find_resonance(resonator, 751, 1).wavelength_nm
        - find_resonance(resonator, 752, 1).wavelength_nm
    )
    estimate = estimate_bottle_mode(layered_cylinder((44.0,), (1.49, 1.0)), 44.0, 751)
    assert estimate.axial_spacing_nm == pytest.approx(spacing, rel=0.02)


def test_stiffness_is_the_energy_weighted_inverse_permittivity() -> None:
    """Between 1/n^2 and 1/n_s^2, and near the first for a well confined mode."""
    alpha = axial_stiffness(find_resonance(layered_cylinder((44.0,), (1.49, 1.0)), 751))
    assert 1 / 1.49**2 < alpha < 1.01 / 1.49**2


def test_inner_fibre_slows_the_response_to_the_radius() -> None:
    """A mode that reaches a straight fibre feels the outline less: smaller axial spacing than in a
    full cylinder.
    """
    full = estimate_bottle_mode(layered_cylinder((7.5,), (1.49, 1.0)), 60.0, 110, 3)
    coated = estimate_bottle_mode(
        layered_cylinder((7.0, 7.5), (1.49 - 1e-9, 1.49, 1.0)), 60.0, 110, 3
    )
    assert coated.axial_spacing_nm == pytest.approx(full.axial_spacing_nm, rel=1e-6)
    lower = estimate_bottle_mode(layered_cylinder((6.8, 7.5), (1.40, 1.49, 1.0)), 60.0, 110, 1)
    homogeneous = estimate_bottle_mode(layered_cylinder((7.5,), (1.49, 1.0)), 60.0, 110, 1)
    assert lower.axial_spacing_nm != pytest.approx(homogeneous.axial_spacing_nm, rel=1e-5)
