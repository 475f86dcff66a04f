"""The n-photon pump: shape numbers, conventions, calibrations, dispersion, bad input."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from cavitydesign.errors import InputError
from cavitydesign.gain import (
    DotMedium,
    FourLevelMedium,
    Pump,
    Resonance,
    photons_per_cm2,
    shape_number,
)

DOTS = DotMedium()


@pytest.mark.parametrize("photons", [1, 2, 3])
@pytest.mark.parametrize(
    ("shape", "intensity"),
    [
        ("gaussian", lambda t: np.exp(-4 * np.log(2) * t**2)),
        ("sech2", lambda t: np.cosh(2 * np.arccosh(np.sqrt(2)) * t) ** -2.0),
        ("square", lambda t: float(abs(t) <= 0.5)),
    ],
)
def test_shape_number_is_its_integral(shape: str, intensity, photons: int) -> None:
    """s_n = int I^n / (int I)^n with a FWHM of 1, by quadrature (1e-9)."""
    edge = 0.5 if shape == "square" else 12.0
    area = quad(intensity, -edge, edge, points=[0.0])[0]
    power = quad(lambda t: intensity(t) ** photons, -edge, edge, points=[0.0])[0]
    assert shape_number(shape, photons) == pytest.approx(power / area**photons, rel=1e-8)


def test_photon_fluence() -> None:
    """1 mJ/cm2 of 1 eV photons is 1e-3 / e of them."""
    assert float(photons_per_cm2(1.0, 1239.841984332003)) == pytest.approx(
        1e-3 / 1.602176634e-19, rel=1e-12
    )


def test_excitons_from_the_cross_section_by_hand() -> None:
    pump = Pump(
        photons=2,
        wavelength_nm=970.0,
        calibration="cross_section",
        pulse_fs=100.0,
        convention="excitations",
    )
    flux = 0.6e-3 / (6.62607015e-34 * 299792458 / 970e-9)
    by_hand = 1.88e-44 * flux**2 * np.sqrt(2 * np.log(2) / np.pi) / 100e-15
    assert float(pump.excitons(0.6, DOTS.absorber)) == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize("photons", [1, 2, 3])
def test_photon_convention_divides_by_n(photons: int) -> None:
    one = Pump(photons=photons, calibration="cross_section", convention="excitations")
    other = Pump(photons=photons, calibration="cross_section", convention="photons")
    ratio = one.excitons_per_unit(DOTS.absorber) / other.excitons_per_unit(DOTS.absorber)
    assert ratio == pytest.approx(photons, rel=1e-12)


def test_published_calibration_overrides_sigma_and_says_so() -> None:
    pump = Pump()
    assert float(pump.excitons(2.2, DOTS.absorber)) == pytest.approx(1.5, rel=1e-12)
    assert any("a fit" in text and "overrides" in text for text in pump.warnings(DOTS.absorber))
    own = Pump(cross_section=1e-75)
    assert not any("overrides" in text for text in own.warnings(DOTS.absorber))
    assert float(own.excitons(2.2, DOTS.absorber)) != pytest.approx(1.5, rel=0.01)


def test_reference_calibration() -> None:
    pump = Pump(
        photons=2, calibration="reference", reference_excitons=2.0, reference_fluence_mj_cm2=0.5
    )
    assert float(pump.excitons(1.0, DOTS.absorber)) == pytest.approx(8.0, rel=1e-12)


def test_resonance_moves_the_threshold_as_derived() -> None:
    """F_th(l) = F0 (l0/l) (sigma(l0)/sigma(l))^(1/n): the same <N> must come out of the pump
    itself.
    """
    table = Resonance((1400.0, 1500.0, 1600.0), (0.4, 1.0, 0.5))
    for wavelength in (1400.0, 1450.0, 1580.0):
        pump = Pump(
            wavelength_nm=wavelength,
            resonance_nm=table.wavelength_nm,
            resonance_strength=table.strength,
        )
        fluence = 2.2 * float(table.threshold_ratio(wavelength, 1500.0, 3))
        assert float(pump.excitons(fluence, DOTS.absorber)) == pytest.approx(1.5, rel=1e-12)


def test_without_a_table_another_wavelength_is_warned_of() -> None:
    assert any(
        "no resonance table" in text for text in Pump(wavelength_nm=1400.0).warnings(DOTS.absorber)
    )
    assert not any("no resonance table" in text for text in Pump().warnings(DOTS.absorber))


def test_wavelength_outside_the_table_is_refused() -> None:
    pump = Pump(wavelength_nm=1700.0, resonance_nm=(1400.0, 1600.0), resonance_strength=(1.0, 1.0))
    with pytest.raises(InputError, match="1700 is outside the resonance table, 1400 to 1600 nm"):
        pump.excitons(1.0, DOTS.absorber)


def test_a_medium_without_the_cross_section_is_refused() -> None:
    with pytest.raises(InputError, match="3 has no cross-section"):
        Pump().excitons(1.0, FourLevelMedium().absorber)


def test_all_bad_keys_are_reported_at_once() -> None:
    with pytest.raises(InputError) as caught:
        Pump(
            photons=4,
            wavelength_nm=-1.0,
            fluence_mj_cm2=(3.0, 1.0),
            shape="gausian",
            energy_jitter=0.5,
        )
    text = str(caught.value)
    for part in (
        "pump.photons",
        "pump.wavelength_nm",
        "pump.fluence_mj_cm2",
        "did you mean 'gaussian'",
        "energy_jitter",
    ):
        assert part in text, (part, text)
    assert len(caught.value.problems) == 5


def test_reference_needs_its_numbers() -> None:
    with pytest.raises(InputError, match="reference_excitons"):
        Pump(calibration="reference")


def test_resonance_table_is_checked() -> None:
    with pytest.raises(InputError, match="rise"):
        Resonance((1500.0, 1400.0), (1.0, 1.0))
    with pytest.raises(InputError, match="positive"):
        Resonance((1400.0, 1500.0), (1.0, 0.0))
    with pytest.raises(InputError, match="as many numbers"):
        Pump(resonance_nm=(1400.0, 1500.0), resonance_strength=(1.0,))
