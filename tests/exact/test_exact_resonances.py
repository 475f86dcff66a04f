"""Closed-form resonances against arbitrary precision, case by case."""

import math

import pytest
from exact_resonances import INDEPENDENT, REFERENCE, THRESHOLD_GAIN, ExactCase, solved

from cavitydesign.analytic.energy import energy_shares, mode_volume_um3, regularised_shares
from cavitydesign.analytic.resonance import Resonator, free_spectral_range_nm, group_index
from cavitydesign.analytic.threshold_gain import threshold_gain

ALL = (*INDEPENDENT, *REFERENCE)
each_case = pytest.mark.parametrize("case", ALL, ids=lambda case: case.name)


def agree(measured: float, expected: float, tolerance: float, reason: str) -> None:
    """Absolute agreement, with all numbers in the message."""
    error = abs(measured - expected)
    numbers = f"measured {measured!r}, expected {expected!r}, error {error:.2e} > {tolerance:.1e}"
    assert error <= tolerance, f"{numbers}: {reason}"


@each_case
def test_wavelength(case: ExactCase) -> None:
    """Re k to rounding: f is known to nu 1e-16, and k f'/nu is of order one."""
    ratio = solved(case).wavelength_nm / case.wavelength_nm
    agree(ratio, 1.0, case.wavelength_tolerance, "rounding of the Bessel functions")


@each_case
def test_quality_factor(case: ExactCase) -> None:
    """log10 Q, total and radiative, from below 100 to beyond 1e300."""
    found = solved(case)
    agree(
        found.log10_q, case.log10_q, case.log10_q_tolerance, "exponent of |H|^2 rounded at nu 1e-16"
    )
    agree(
        found.log10_q_radiation,
        case.log10_q_radiation,
        case.log10_q_tolerance,
        "the same without absorption",
    )


@each_case
def test_energy_shares(case: ExactCase) -> None:
    """Shares of int eps |E|^2 by layer up to the outer caustic."""
    for measured, expected in zip(energy_shares(solved(case)), case.shares, strict=True):
        agree(
            float(measured),
            expected,
            case.share_tolerance,
            "Gauss-Legendre of order 16 over panels of two e-folds",
        )


@each_case
def test_free_spectral_range(case: ExactCase) -> None:
    """lambda(m) - lambda(m+1): two wavelengths of 4e-15 each, so 8e-15 lambda absolute."""
    if case.fsr_nm is None:
        pytest.skip("the absorbing independent cases state no free spectral range")
    tolerance = 2 * case.wavelength_tolerance * case.wavelength_nm
    agree(
        free_spectral_range_nm(solved(case)), case.fsr_nm, tolerance, "rounding of two wavelengths"
    )


@pytest.mark.parametrize(
    "case", [c for c in INDEPENDENT if c.group_index], ids=lambda case: case.name
)
def test_group_index(case: ExactCase) -> None:
    """lambda(m) lambda(m+1)/(pi D FSR): the relative error of the FSR, up to 8e-15 lambda/FSR =
    1e-11 at 125 um.
    """
    agree(
        group_index(solved(case)),
        case.group_index or 0.0,
        1e-11,
        "rounding, divided by the small FSR",
    )


@pytest.mark.parametrize("case", INDEPENDENT, ids=lambda case: case.name)
def test_regularised_shares(case: ExactCase) -> None:
    """Norm of quasi-normal modes: the closed form cancels between the faces of the thin outer
    layer, 1e-12.
    """
    for measured, expected in zip(
        regularised_shares(solved(case)), case.regularised_shares or (), strict=True
    ):
        agree(
            float(measured),
            expected,
            2e-12,
            "cancellation between the two ends of Lommel's integral",
        )


@pytest.mark.parametrize(
    "case", [c for c in INDEPENDENT if c.mode_volume_um3], ids=lambda case: case.name
)
def test_mode_volume(case: ExactCase) -> None:
    """Spheres, m = l; the largest density is found to 1e-9 by sampling, in both codes."""
    ratio = mode_volume_um3(solved(case)) / (case.mode_volume_um3 or math.nan)
    agree(ratio, 1.0, 1e-9, "the reference samples its maximum")


@pytest.mark.parametrize("case", INDEPENDENT, ids=lambda case: case.name)
def test_outer_caustic(case: ExactCase) -> None:
    """sqrt(m^2, or l (l + 1)) / (k n); the reference states 12 digits."""
    found = solved(case)
    ratio = found.problem.caustic_um(found.k_re_per_um) / (case.caustic_um or math.nan)
    agree(ratio, 1.0, 1e-11, "digits stated")


@pytest.mark.parametrize("row", THRESHOLD_GAIN, ids=lambda row: row["id"])
def test_threshold_gain(row: dict[str, object]) -> None:
    """Real frequency with gain in a layer: extinction, wavelength, and the first-order value n/(2 Q
    Gamma).
    """
    radii = tuple(float(r) for r in row["radii_um"])  # type: ignore[attr-defined]
    indices = tuple(float(n) for n in row["indices"])  # type: ignore[attr-defined]
    found = threshold_gain(
        Resonator(radii, indices), row["order"], row["p"], row["polarisation"], row["layers"]
    )  # type: ignore[arg-type]
    agree(found.extinction / float(row["extinction"]), 1.0, 1e-12, "rounding over Q times 1e-16")  # type: ignore[arg-type]
    agree(found.gain_per_cm / float(row["gain_per_cm"]), 1.0, 1e-12, "digits stated")  # type: ignore[arg-type]
    agree(found.wavelength_nm / float(row["wavelength_nm"]), 1.0, 1e-14, "rounding")  # type: ignore[arg-type]
    first = float(row["first_order_extinction"])  # type: ignore[arg-type]
    agree(found.first_order_extinction / first, 1.0, 1e-11, "regularised share")
    assert found.residual < 1e-10
