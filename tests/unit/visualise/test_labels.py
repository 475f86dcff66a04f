"""Names of columns on axes, and numbers with their errors."""

from __future__ import annotations

import pytest

from cavitydesign.visualise.labels import axis_label, with_error


@pytest.mark.parametrize(
    ("column", "words"),
    [
        ("cavity.diameter_um", "diameter (µm)"),
        ("mode_volume_um3", "mode volume (µm³)"),
        ("fsr_nm", "FSR (nm)"),
        ("q_total", "Q"),
        ("q", "q"),
        ("n_eff", "n_eff"),
        ("log10_q.radiation", "log10 Q, radiation"),
        ("threshold_mj_cm2.lasing", "threshold, lasing (mJ/cm²)"),
        ("threshold_gain_per_cm", "threshold gain (cm⁻¹)"),
        ("single_mode_probability", "single mode probability"),
        ("lasing.at_fluence_mj_cm2", "fluence (mJ/cm²)"),
        ("cavity.contact_angle_deg", "contact angle (°)"),
    ],
)
def test_column_as_an_axis_says_it(column: str, words: str) -> None:
    assert axis_label(column) == words


@pytest.mark.parametrize(
    ("value", "error", "words"),
    [
        (3.846, 0.0192, "3.846 ± 0.019"),
        (541.0912887, 4.5e-5, "541.091289 ± 0.000045"),
        (537.996921234, 3e-7, "537.99692123 ± 3.0e-07"),
        (24.3, 12.0, "24 ± 12"),
        (1.5, float("nan"), "1.5"),
    ],
)
def test_digits_follow_the_error(value: float, error: float, words: str) -> None:
    assert with_error(value, error) == words
