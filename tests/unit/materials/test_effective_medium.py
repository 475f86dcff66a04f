"""Mixing rules against their defining equations, their limits and each other."""

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import (
    ConstantIndex,
    EffectiveMedium,
    bruggeman,
    find_material,
    maxwell_garnett,
)

HOST, DOT = 2.2325 + 0j, 4.9 + 0.3j
FRACTIONS = (0.0, 1e-4, 0.01, 0.3, 0.7, 1.0)


@pytest.mark.parametrize("fraction", FRACTIONS)
def test_defining_equations(fraction: float) -> None:
    eps = maxwell_garnett(HOST, DOT, fraction)[0]
    assert abs((eps - HOST) / (eps + 2 * HOST) - fraction * (DOT - HOST) / (DOT + 2 * HOST)) < 1e-14
    eps = bruggeman(HOST, DOT, fraction)[0]
    residual = fraction * (DOT - eps) / (DOT + 2 * eps) + (1 - fraction) * (HOST - eps) / (
        HOST + 2 * eps
    )
    assert abs(residual) < 1e-14


@pytest.mark.parametrize("rule", [maxwell_garnett, bruggeman])
@pytest.mark.parametrize("fraction", FRACTIONS)
def test_derivatives(rule, fraction: float) -> None:  # type: ignore[no-untyped-def]
    """Central differences with step 1e-5: truncation 1e-10, rounding 1e-11."""
    _, by_host, by_dot = rule(HOST, DOT, fraction)
    h = 1e-5
    assert (
        abs(
            (rule(HOST + h, DOT, fraction)[0] - rule(HOST - h, DOT, fraction)[0]) / (2 * h)
            - by_host
        )
        < 1e-9
    )
    assert (
        abs(
            (rule(HOST, DOT + h, fraction)[0] - rule(HOST, DOT - h, fraction)[0]) / (2 * h) - by_dot
        )
        < 1e-9
    )


def test_limits_and_dilute_agreement() -> None:
    for rule in (maxwell_garnett, bruggeman):
        assert rule(HOST, DOT, 0.0)[0] == pytest.approx(HOST)
        assert rule(HOST, DOT, 1.0)[0] == pytest.approx(DOT)
    # The two rules part at second order in the fraction.
    small = 1e-4
    assert (
        abs(maxwell_garnett(HOST, DOT, small)[0] - bruggeman(HOST, DOT, small)[0]) < 10 * small**2
    )


def test_dots_raise_the_index_and_leave_absorption_to_the_gain() -> None:
    pmma, dots = find_material("PMMA"), find_material("CsPbBr3")
    silent = EffectiveMedium.of(pmma, dots, 0.02)
    assert pmma.index(537.6) < silent.index(537.6) < dots.index(537.6)
    assert silent.extinction(537.6) == 0.0
    loud = EffectiveMedium.of(pmma, dots, 0.02, inclusion_absorbs=True)
    # Dilute spheres: alpha = f (|3 e_h/(e_i + 2 e_h)|^2 n_i / n_h) alpha_i, within the second order
    # of the fraction.
    host, dot = pmma.index(537.6) ** 2, dots.index(537.6) ** 2
    local = (3 * host / (dot + 2 * host)) ** 2 * dots.index(537.6) / pmma.index(537.6)
    expected = 0.02 * local * dots.absorption_per_cm(537.6)
    assert loud.absorption_per_cm(537.6) == pytest.approx(expected, rel=0.03)
    assert loud.group_index(537.6) == pytest.approx(silent.group_index(537.6), rel=1e-3)


def test_group_index_is_the_derivative() -> None:
    """Chain rule against a central difference of 0.01 nm: 1e-7 of the slope by truncation, 1e-9 by
    rounding.
    """
    medium = find_material("CsPbBr3-PMMA")
    h = 0.01
    slope = (medium.index(560.0 + h) - medium.index(560.0 - h)) / (2 * h)
    assert medium.index_slope_per_nm(560.0) == pytest.approx(slope, rel=1e-5)
    assert medium.group_index(560.0) == pytest.approx(medium.index(560.0) - 560.0 * slope, rel=1e-7)


def test_refusals() -> None:
    pmma, dots = find_material("PMMA"), find_material("CsPbBr3")
    with pytest.raises(InputError, match="within 0 to 1"):
        EffectiveMedium.of(pmma, dots, 1.2)
    with pytest.raises(InputError, match="did you mean 'bruggeman'"):
        EffectiveMedium.of(pmma, dots, 0.1, rule="brugeman")  # type: ignore[arg-type]
    with pytest.raises(InputError, match="in common"):
        EffectiveMedium.of(pmma, ConstantIndex("x-ray glass", "none", (1.0, 10.0), 1.0), 0.1)
