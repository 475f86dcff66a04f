"""Extension of the comb, quality rules, group index, effective index."""

from __future__ import annotations

import math

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.gain import DotMedium
from cavitydesign.lasing import (
    EmpiricalQuality,
    LasingMode,
    LasingRequest,
    extended_comb,
    fit_effective_index,
)
from cavitydesign.lasing.competition.comb import periodic_comb, uncovered_sides
from cavitydesign.lasing.competition.competitors import competing_comb
from cavitydesign.lasing.competition.lasing_mode import quality_factor

DOTS = DotMedium()


def _bent_comb(orders: range) -> list[LasingMode]:
    """1/lambda quadratic in m, as dispersion makes it."""
    waves = {m: (1 + 0.0081 * (m - 122) - 3e-6 * (m - 122) ** 2) / 541.0 for m in orders}
    return [
        LasingMode(f"TM {m} 1 0", 1 / wave, 0.99, 1.525, 360.0, m=m) for m, wave in waves.items()
    ]


def test_extension_continues_a_quadratic_comb_exactly() -> None:
    """Second differences make a quadratic in m exact, 1e-9 nm; labels count on."""
    solved = _bent_comb(range(121, 126))
    found, origin = extended_comb(solved, DOTS, 15.0, 1.0)
    truth = {mode.m: mode.wavelength_nm for mode in _bent_comb(range(110, 140))}
    assert len(found) > len(solved)
    for mode in found:
        assert mode.wavelength_nm == pytest.approx(truth[mode.m], abs=1e-9)
    added = found[len(solved) :]
    assert all(mode.extended and mode.label == f"TM {mode.m} 1 0" for mode in added)
    assert {solved[place].m for place in origin[len(solved) :]} == {121, 125}
    reach = DOTS.emission_fwhm_nm
    assert max(abs(mode.wavelength_nm - DOTS.emission_wavelength_nm) for mode in found) <= reach


def test_a_lone_mode_is_continued_by_its_spacing() -> None:
    lone = LasingMode("TM 122 1 0", 537.6, 0.99, 1.525, 360.0, m=122, fsr_nm=4.2)
    found, _ = extended_comb([lone], DOTS, 15.0, 0.65)
    below = [mode for mode in found if mode.m == 123]
    assert below[0].wavelength_nm == pytest.approx(537.6 - 4.2, abs=0.05)


def test_uncovered_sides_and_periodic_comb() -> None:
    solved = _bent_comb(range(121, 126))
    assert uncovered_sides(solved, DOTS, 15.0) == ("short", "long")
    full, _ = extended_comb(solved, DOTS, 15.0, 1.0)
    assert uncovered_sides(full, DOTS, 15.0) == ()
    more, origin, spacing = periodic_comb(solved, 15.0)
    assert len(more) == len(solved) + 2 == len(origin)
    assert 3.5 < spacing < 5.0


def test_quality_rules() -> None:
    assert quality_factor("budget", 15.0, 1e4) == 1e4
    assert quality_factor({"per_um": 24.0}, 15.0, None) == pytest.approx(360.0)
    assert quality_factor(EmpiricalQuality(24.0), 15.0, None) == pytest.approx(360.0)
    assert quality_factor(5000.0, 15.0, None) == 5000.0
    for bad, message in (
        ("buget", "not allowed"),
        ({"per_mm": 1.0}, "not allowed"),
        (-3.0, "positive"),
        ({"per_um": 0.0}, "positive"),
        (0.5, "Q = 0.5 must be 1 or more"),
        ({"per_um": 0.01}, "Q = 0.15 must be 1 or more"),
    ):
        with pytest.raises(InputError, match=message):
            quality_factor(bad, 15.0, 1e4)
    with pytest.raises(InputError, match="no loss at all"):
        quality_factor("budget", 15.0, None)


def test_request_hashes_and_reports_all_problems() -> None:
    assert hash(LasingRequest(quality={"per_um": 24.0})) == hash(
        LasingRequest(quality=EmpiricalQuality(24.0))
    )
    with pytest.raises(InputError) as caught:
        LasingRequest(fluences=3, comb_place="unknwn", diameter_sd_um=-1.0, comb_phases=2)
    assert len(caught.value.problems) == 4
    assert "did you mean 'unknown'" in str(caught.value)


def test_effective_index_fit() -> None:
    """Exact spacings give n back; the published series (4.2 nm at 15, 0.72 at 88 um) gives 1.46."""
    diameter = np.array([15.0, 33.0, 88.0, 125.0])
    spacing = 537.6**2 / (math.pi * diameter * 1e3 * 1.47)
    exact = fit_effective_index(537.6, spacing, diameter)
    assert exact.index == pytest.approx(1.47, rel=1e-12)
    assert exact.error < 1e-10
    published = fit_effective_index(537.6, [4.2, 0.72], [15.0, 88.0])
    assert published.index == pytest.approx(1.46, abs=0.005)
    with pytest.raises(InputError, match="positive"):
        fit_effective_index(537.6, [4.2, -0.7], [15.0, 88.0])


def test_modes_beyond_the_reach_take_part_where_they_could_win() -> None:
    """At Q = 360 the asked reach bounds the comb; at Q = 1e9 the red edge reaches gain = loss first
    and is taken in.
    """
    low = [
        LasingMode(f"TM {m} 1 0", mode.wavelength_nm, 0.99, 1.525, 360.0, m=m)
        for m, mode in _numbered(range(121, 126))
    ]
    high = [LasingMode(mode.label, mode.wavelength_nm, 0.99, 1.525, 1e9, m=mode.m) for mode in low]
    near, _ = competing_comb(low, DOTS, 15.0, 0.65)
    far, origin = competing_comb(high, DOTS, 15.0, 0.65)
    reach = 0.65 * DOTS.emission_fwhm_nm
    assert max(abs(mode.wavelength_nm - DOTS.emission_wavelength_nm) for mode in near) < reach
    assert (
        max(mode.wavelength_nm for mode in far)
        > DOTS.emission_wavelength_nm + DOTS.emission_fwhm_nm
    )
    assert min(mode.wavelength_nm for mode in far) > DOTS.emission_wavelength_nm - reach
    assert len(origin) == len(far)


def _numbered(orders: range) -> list[tuple[int, LasingMode]]:
    return [(mode.m, mode) for mode in _bent_comb(orders)]
