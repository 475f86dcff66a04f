"""The library's media: sources, detailed balance of the ions, and consistency of density, volume
and spontaneous emission of every medium.
"""

from __future__ import annotations

import numpy as np
import pytest

from cavitydesign.gain import (
    CarrierMedium,
    DotMedium,
    FourLevelMedium,
    GainMedium,
    TabledMedium,
    find_medium,
    medium_names,
)
from cavitydesign.gain.medium_library import medium_kind
from cavitydesign.lasing import LasingMode
from cavitydesign.lasing.pulses.rate_model import rate_model
from cavitydesign.lasing.pumped.emitters import emitters_in_reach, filled_volume_um3
from cavitydesign.lasing.pumped.spontaneous import purcell_factor, spontaneous_emission_factors
from cavitydesign.units import BOLTZMANN_EV_PER_K, HC_EV_NM

OF_SHAPE = {
    "inhomogeneous_sd_mev",
    "size_classes",
    "temperature_k",
    "reabsorption",
    "laser_collection",
}
"""Numbers that choose a form; the others need a source."""
DERIVED = {"peak_gain_per_cm", "crossing_pin_nm", "emission_cross_section_cm2"}


@pytest.mark.parametrize("name", medium_names())
def test_every_constant_has_its_source(name: str) -> None:
    medium = find_medium(name)
    assert medium.name == name
    known = {one.key for one in medium.constants}
    assert all(hasattr(medium, key) for key in known)
    assert all(one.source and one.kind for one in medium.constants)
    if not isinstance(medium, FourLevelMedium):
        return
    wanted = {"fluorescence_ps", "quantum_yield", "relaxation_ps", "concentration_per_cm3"}
    line = {"table_emission_cm2", "table_absorption_cm2"}
    if not isinstance(medium, TabledMedium):
        line = {"emission_energy_ev", "emission_fwhm_mev", "emission_cross_section_cm2"}
        wanted.add("pump_cross_section_cm2")
    assert wanted | line <= known
    if isinstance(medium, TabledMedium):
        # sums of Gaussians through a spectrum are fits of it, and every result says so
        assert {one.kind for one in medium.constants if one.key in line} == {"fitted"}
    assert medium_kind(medium) in ("four-level", "tabled")
    assert medium.warnings([medium.emission_wavelength_nm]) == ()


@pytest.mark.parametrize(
    ("name", "low", "high", "slope", "scatter"),
    [
        ("erbium-silica", 1470.0, 1600.0, 0.12, 0.13),
        ("ytterbium-silica", 900.0, 1070.0, 0.06, 0.12),
        # a band of 500 nm, whose two spectra were measured apart
        ("thulium-silica", 1600.0, 1900.0, 0.30, 0.40),
    ],
)
def test_absorption_and_emission_of_ions_obey_mccumber(
    name: str, low: float, high: float, slope: float, scatter: float
) -> None:
    """sigma_e / sigma_a = exp((E_z - E)/kT) at 295 K: the slope of its logarithm within what glass
    allows (levels of many widths), and no wavelength far from the law with the slope 1/kT. The
    spectra were fitted each by itself.
    """
    ion = find_medium(name)
    place = np.arange(low, high, 1.0)
    lines = ion.class_lines(place)
    emission, absorption = lines.emission[0], lines.absorption[0]
    seen = (emission > 0.02) & (absorption > 0.02)
    energy = HC_EV_NM / place[seen] / (BOLTZMANN_EV_PER_K * 295.0)
    ratio = np.log(emission[seen] / absorption[seen])
    found = -np.polyfit(energy, ratio, 1)[0]
    crossing = (energy + ratio).mean()
    off = float((ratio + energy - crossing).std())
    print(f"{name}: slope {found:.3f} / kT, scatter {off:.3f}, E_z {crossing * 0.02542:.4f} eV")
    assert found == pytest.approx(1.0, abs=slope)
    assert off < scatter


@pytest.mark.parametrize(
    ("name", "peak_cm2", "peak_nm", "radiative_ps"),
    [
        ("erbium-silica", 4.3e-21, 1529.0, 1.31e10),
        ("ytterbium-silica", 2.69e-20, 977.0, 0.70e9),
        # 192 per s
        ("thulium-silica", 4.6e-21, 1832.0, 5.21e9),
    ],
)
def test_spectra_of_ions(name: str, peak_cm2: float, peak_nm: float, radiative_ps: float) -> None:
    """Peaks to 3 %, what the sums of Gaussians leave, and the life time that emission radiates."""
    ion = find_medium(name)
    assert isinstance(ion, TabledMedium)
    assert ion.peak_cross_section_cm2() == pytest.approx(peak_cm2, rel=0.03)
    assert ion.emission_wavelength_nm == pytest.approx(peak_nm, abs=2.0)
    assert ion.radiative_ps(1.45) == pytest.approx(radiative_ps, rel=0.02)


@pytest.mark.parametrize("name", ["rhodamine-B-PMMA", "pyrromethene-567-PMMA"])
def test_dyes_radiate_their_yield(name: str) -> None:
    """8 pi n^2 c int sigma_e / lambda^4 dlambda of the Gaussian line is yield over life time: 2 %,
    lambda^-2 over the width of the line.
    """
    dye = find_medium(name)
    assert isinstance(dye, FourLevelMedium)
    place = np.arange(400.0, 800.0, 0.2)
    emission = dye.emission_cross_section_cm2 * dye.class_lines(place).emission[0]
    cm = place * 1e-7
    rate = 8.0 * np.pi * 1.495**2 * 2.99792458e10 * np.trapezoid(emission / cm**4, cm)
    assert rate == pytest.approx(dye.quantum_yield / (dye.fluorescence_ps * 1e-12), rel=0.02)


def media() -> list[GainMedium]:
    return [*(find_medium(name) for name in medium_names()), CarrierMedium()]


@pytest.mark.parametrize("medium", media(), ids=lambda medium: medium.name)
def test_emitters_and_beta_are_of_the_same_density(medium: GainMedium) -> None:
    """Emitters are the density times the volume that the mode fills; beta is c Gamma sigma_e / (n_g
    V A) by hand (rounding); the Purcell factor is that of an emitter as broad as the line.
    """
    place = medium.emission_wavelength_nm
    mode = LasingMode("TM 60 1 0", place, 0.9, 1.6, 1e5, mode_volume_um3=200.0, m=60)
    volume_cm3 = filled_volume_um3(mode) * 1e-12
    number = emitters_in_reach(medium, (mode,), 20.0, 1.5)
    assert number == pytest.approx(medium.density_per_cm3(1.5) * volume_cm3, rel=1e-9)
    if isinstance(medium, FourLevelMedium):
        assert number == pytest.approx(medium.concentration_per_cm3 * volume_cm3, rel=1e-3)
    top = 4 if isinstance(medium, DotMedium) else 1
    beta = float(spontaneous_emission_factors(rate_model([mode], medium, number, top))[0])
    lines = medium.class_lines([place])
    gain = float((lines.weight @ lines.emission)[0]) * medium.peak_gain_per_cm
    speed = 0.9 * 2.99792458e-2 / 1.6
    weighed = medium.ladder(top).emission_over_radiation_ps
    beside = speed * gain * weighed / number
    assert beta == pytest.approx(beside / (1.0 + beside), rel=1e-9)
    assert 0.0 < beta < 1.0
    purcell = purcell_factor(mode, medium, 1.5)
    line_q = place / medium.emission_fwhm_nm
    right = 3.0 / (4.0 * np.pi**2) * (place * 1e-3 / 1.5) ** 3 / 200.0 / (1e-5 + 1.0 / line_q)
    assert purcell == pytest.approx(right, rel=1e-6)
