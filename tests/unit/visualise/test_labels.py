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
        ("cavity.deviation.ellipticity", "ellipticity"),
        ("deviation.shift_pm", "shift (pm)"),
        ("sensing.bulk_nm_per_riu", "sensitivity to the index (nm/RIU)"),
        ("sensing.layer_pm_per_nm", "shift by a layer (pm/nm)"),
        ("sensing.detection_limit_riu", "detection limit (RIU)"),
        ("thermal_shift_pm_per_k", "thermal shift (pm/K)"),
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


def test_a_logarithmic_axis_of_a_few_per_cent_has_numbers() -> None:
    """Thresholds from 2.7 to 2.9 lay between the usual ticks: the axis had none."""
    from cavitydesign.visualise.lasers.threshold_temperature import draw_threshold_temperature

    kelvin = [285.0, 294.0, 303.0, 312.0]
    drawn = draw_threshold_temperature(kelvin, {"gain = loss": [2.71, 2.77, 2.80, 2.86]})
    low, high = drawn.axes[0].get_ylim()
    shown = [tick for tick in drawn.axes[0].get_yticks() if low <= tick <= high]
    assert len(shown) >= 3
