"""The gain curve for pictures agrees with the spectrum of the truncated cascade where that is
exact: few excitons.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from cavitydesign.gain import DotMedium, find_medium, gain_spectrum_per_cm
from cavitydesign.gain.measured.gain_curve import pumped_gain_per_cm

WAVELENGTHS = np.linspace(515.0, 560.0, 91)


def test_few_excitations_give_the_truncated_cascade() -> None:
    """One class of dots, N = 0.02: three excitons have probability N^3/6 = 1e-6, on which alone the
    two can differ.
    """
    dots = find_medium("CsPbBr3-PMMA")
    assert isinstance(dots, DotMedium)
    medium = replace(dots, size_classes=1, inhomogeneous_sd_mev=0.0)
    gain, delay = pumped_gain_per_cm(medium, WAVELENGTHS, 0.02)
    expected = gain_spectrum_per_cm(medium, WAVELENGTHS, 0.02, delay)
    error = np.abs(gain - expected).max() / np.abs(expected).max()
    assert error < 1e-5, f"measured {error:.1e} of the peak, expected below 1e-5"


def test_gain_appears_and_grows_with_pumping() -> None:
    medium = find_medium("CsPbBr3-PMMA")
    peaks = [pumped_gain_per_cm(medium, WAVELENGTHS, n)[0].max() for n in (0.5, 1.5, 4.0)]
    assert peaks[0] < peaks[1] < peaks[2] < medium.peak_gain_per_cm
    assert peaks[1] > 0, "the papers see gain at <N> = 1.5"


@pytest.mark.parametrize("excitons", [0.0, 1e-3])
def test_without_pumping_there_is_only_absorption(excitons: float) -> None:
    gain, _ = pumped_gain_per_cm(find_medium("CsPbBr3-PMMA"), WAVELENGTHS, excitons)
    assert (gain < 0).all()
