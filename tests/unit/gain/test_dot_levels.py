"""Box levels, selection rules and size broadening of a dot."""

from __future__ import annotations

import math

import pytest

from cavitydesign.errors import InputError
from cavitydesign.gain import DotLevels, box_level_ev, transition_allowed
from cavitydesign.gain.emitters.levels import BOX_EV_NM2


def test_box_constant_is_h2_over_8m() -> None:
    """h^2/(8 m_e) from the CODATA constants in SI; 1e-7 is the rounding of the constant as
    written.
    """
    exact = 6.62607015e-34**2 / (8 * 9.1093837015e-31) / 1.602176634e-19 * 1e18
    assert abs(BOX_EV_NM2 / exact - 1) < 1e-7, (BOX_EV_NM2, exact)


@pytest.mark.parametrize(("numbers", "factor"), [((1, 1, 1), 3), ((2, 1, 1), 6), ((2, 2, 1), 9)])
def test_levels_scale_as_the_sum_of_squares(numbers: tuple[int, int, int], factor: int) -> None:
    assert box_level_ev(9.2, 0.15, numbers) == pytest.approx(
        factor * BOX_EV_NM2 / (0.15 * 9.2**2), rel=1e-14
    )


def test_one_and_three_photons_keep_parity_two_photons_change_it() -> None:
    for photons in (1, 3):
        assert transition_allowed(photons, "S", "S")
        assert transition_allowed(photons, "P", "P")
        assert not transition_allowed(photons, "S", "P")
    assert transition_allowed(2, "S", "P")
    assert transition_allowed(2, "P", "S")
    assert not transition_allowed(2, "S", "S")
    assert transition_allowed(1, "S", "D")


def test_broadening_is_the_first_order_spread_of_the_transition() -> None:
    """Against a centred difference of the transition itself; the step of 1e-4 nm leaves 1e-9."""
    dots = DotLevels()
    step = 1e-4
    slope = (
        DotLevels(size_nm=9.2 + step).transition_ev()
        - DotLevels(size_nm=9.2 - step).transition_ev()
    ) / (2 * step)
    expected = abs(slope) * 1.2 * 2 * math.sqrt(2 * math.log(2))
    assert dots.size_broadening_fwhm_ev() == pytest.approx(expected, rel=1e-7)
    assert dots.size_broadening_fwhm_ev("independent") == pytest.approx(
        expected / math.sqrt(3), rel=1e-7
    )


def test_bad_input_is_named() -> None:
    with pytest.raises(InputError, match="must all be positive"):
        box_level_ev(0.0, 0.15)
    with pytest.raises(InputError, match="orbital: 'F' is not known"):
        DotLevels().transition_ev("F")
    with pytest.raises(InputError, match="did you mean 'together'"):
        DotLevels().size_broadening_fwhm_ev("togther")
    with pytest.raises(InputError, match="electron or hole"):
        DotLevels().spacing_ev("proton")
