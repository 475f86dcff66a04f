"""The published mode spacings, fitted: what they say of diameter and index (Adv. Funct. Mater.
2024, 202401247).
"""

import math

import pytest

from cavitydesign.errors import InputError
from cavitydesign.spectrum_fit.spectra.spacing import implied_by_spacing
from cavitydesign.workflow.study_point import evaluate_point


def bottle(diameter_um):
    return {
        "cavity": {
            "profile": "parabola",
            "diameter_um": diameter_um,
            "axial_radius_um": 4 * diameter_um,
            "body": "PMMA",
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 1.0},
    }


def test_4_2_nm_at_15_um_is_the_solved_cavity():
    """Solved group index 1.49; 4.2 nm asks for 1.445, or for a diameter 3 % below the nominal 15
    um.
    """
    answer = implied_by_spacing(bottle(15.0), 537.6, 4.2, 0.05, evaluate_point)
    assert answer.solved_nm == pytest.approx(4.10, abs=0.05)
    assert answer.implied_diameter_um == pytest.approx(15.0, rel=0.04)
    # The published evaluation, without dispersion, of the same spacing: n = lambda^2 / (pi D
    # spacing).
    assert answer.implied_group_index == pytest.approx(
        537.6**2 / (1e3 * math.pi * 15 * 4.2), rel=0.02
    )


def test_0_75_nm_at_88_um_asks_for_another_diameter():
    """With its own index the paper's formula needs n = 1.394 or 84 um; the solved dispersion leaves
    about 82 um.
    """
    answer = implied_by_spacing(bottle(88.0), 537.6, 0.75, 0.01, evaluate_point)
    assert answer.solved_nm == pytest.approx(0.695, abs=0.01)
    assert answer.implied_group_index == pytest.approx(1.394, abs=0.01)
    assert answer.implied_diameter_um == pytest.approx(81.5, abs=1.0)
    again = implied_by_spacing(
        bottle(answer.implied_diameter_um), 537.6, 0.75, 0.01, evaluate_point
    )
    assert again.solved_nm == pytest.approx(0.75, rel=1e-3)


def test_bad_spacings_are_refused():
    with pytest.raises(InputError, match="--spacing -1: must be above 0"):
        implied_by_spacing(bottle(15.0), 537.6, -1.0, 0.02, evaluate_point)
