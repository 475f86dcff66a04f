"""Lines of the classes, the library, and media from tables."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad

from cavitydesign.errors import InputError
from cavitydesign.gain import (
    DotMedium,
    FourLevelMedium,
    bleaching,
    find_medium,
    medium_from_dict,
    medium_names,
)
from cavitydesign.gain.emitters.lineshape import fuechtbauer_ladenburg_per_cm
from cavitydesign.gain.emitters.tabled import TabledMedium
from cavitydesign.units import BOLTZMANN_EV_PER_K, HC_EV_NM


def test_classes_keep_the_shape_of_the_ensembles_line() -> None:
    """Gauss-Hermite sum of shifted lines against the Gaussian of the full width, 1e-6 with 15
    classes.
    """
    medium = DotMedium(size_classes=15)
    place = np.linspace(525, 550, 26)
    lines = medium.class_lines(place)
    energy = HC_EV_NM / place
    expected = (
        np.exp(-0.5 * ((energy - 2.310) / medium.line_sd_ev) ** 2)
        * medium.class_sd_ev
        / medium.line_sd_ev
    )
    assert np.abs(lines.weight @ lines.emission - expected).max() < 1e-6


@pytest.mark.parametrize("width", [0.0, 8.0, 20.0, 28.0])
def test_classes_keep_the_transparency_at_the_pin(width: float) -> None:
    """Whatever the inhomogeneous width, sum A / sum L at 537 nm is exp((E - E_z)/kT); 2e-4 is the
    quadrature's.
    """
    medium = DotMedium(inhomogeneous_sd_mev=width, size_classes=25)
    lines = medium.class_lines(537.0)
    ratio = float((lines.weight @ lines.absorption / (lines.weight @ lines.emission))[0])
    expected = np.exp((HC_EV_NM / 537.0 - 2.3126) / (BOLTZMANN_EV_PER_K * 300.0))
    assert ratio == pytest.approx(expected, rel=2e-4)


def test_every_class_obeys_kennard_stepanov() -> None:
    medium = DotMedium()
    place = np.array([530.0, 545.0])
    lines = medium.class_lines(place)
    slope = (
        np.diff(np.log(lines.absorption / lines.emission), axis=1)[:, 0]
        / np.diff(HC_EV_NM / place)[0]
    )
    assert slope == pytest.approx(np.full(5, 1 / (BOLTZMANN_EV_PER_K * 300.0)), rel=1e-10)


def test_fuechtbauer_ladenburg_conserves_the_einstein_relation() -> None:
    """int sigma(nu) dnu = lambda^2 A / (8 pi n^2) for the Gaussian line; the product peak x shape
    is integrated numerically.
    """
    density, rate, centre, fwhm, index = 1e18, 2e8, 2.2, 0.1, 1.5
    peak = fuechtbauer_ladenburg_per_cm(density, rate, centre, fwhm, index)
    sd_hz = fwhm / 2.3548200450309493 / 4.135667696923859e-15
    area = peak * sd_hz * quad(lambda x: np.exp(-0.5 * x * x), -10, 10)[0]
    assert area == pytest.approx(
        density * rate * (HC_EV_NM / centre * 1e-7) ** 2 / (8 * np.pi * index**2), rel=1e-9
    )


def test_bleaching_limits() -> None:
    medium = DotMedium()
    assert float(bleaching(medium, 537.0, 0.0, 5.0)) == pytest.approx(0.0, abs=1e-14)
    assert float(bleaching(medium, 537.0, 2.0, 500.0)) == pytest.approx(0.0, abs=1e-9)


def test_library_names_and_sources() -> None:
    assert set(medium_names()) == {
        "CsPbBr3-PMMA",
        "rhodamine-6G-PMMA",
        "rhodamine-B-PMMA",
        "pyrromethene-567-PMMA",
        "erbium-silica",
        "ytterbium-silica",
        "thulium-silica",
        "neodymium-glass",
    }
    for name in medium_names():
        medium = find_medium(name)
        keys = {constant.key for constant in medium.constants}
        # where tables hold the line, they have its sources
        line = (
            {"table_emission_cm2", "table_absorption_cm2"}
            if isinstance(medium, TabledMedium)
            else {"emission_energy_ev", "emission_fwhm_mev"}
        )
        assert line | {"host_group_index"} <= keys
        assert all(constant.source for constant in medium.constants)
    with pytest.raises(InputError, match="did you mean 'CsPbBr3-PMMA'"):
        find_medium("CsPbBr-PMMA")


def test_a_line_wider_than_its_energy_is_refused() -> None:
    """A line of 100 eV about 2.31 eV overflowed in the light still to come."""
    with pytest.raises(InputError, match=r"emission_fwhm_mev: 100000 must be below .* 2310 meV"):
        DotMedium(emission_fwhm_mev=1e5)


def test_rhodamine_cross_section_follows_from_life_time_and_line() -> None:
    """Fuechtbauer-Ladenburg with the medium's own constants; the shipped number is rounded to
    3 %.
    """
    dye = find_medium("rhodamine-6G-PMMA")
    assert isinstance(dye, FourLevelMedium)
    rate = dye.quantum_yield / (dye.fluorescence_ps * 1e-12)
    expected = fuechtbauer_ladenburg_per_cm(
        1.0, rate, dye.emission_energy_ev, 1e-3 * dye.emission_fwhm_mev, 1.495
    )
    assert dye.emission_cross_section_cm2 == pytest.approx(expected, rel=0.03)
    assert dye.peak_gain_per_cm == pytest.approx(
        dye.emission_cross_section_cm2 * dye.concentration_per_cm3
    )


def test_medium_from_a_table() -> None:
    medium = medium_from_dict({"peak_gain_per_cm": 800, "auger_ps": 9.0})
    assert isinstance(medium, DotMedium)
    assert (medium.peak_gain_per_cm, medium.auger_ps, medium.cooling_ps) == (800, 9.0, 1.4)
    dye = medium_from_dict({"medium": "rhodamine-6G-PMMA", "concentration_per_cm3": 1e18})
    assert dye.peak_gain_per_cm == pytest.approx(370.0)
    own = medium_from_dict(
        {"kind": "four-level", "name": "Er", "emission_energy_ev": 0.8, "emission_fwhm_mev": 20.0}
    )
    assert own.name == "Er"
    assert hash(medium) != hash(own)


@pytest.mark.parametrize(
    ("table", "message"),
    [
        ({"peak_gain": 3.0}, "did you mean 'peak_gain_per_cm'"),
        ({"auger_ps": "seven"}, "must be a number"),
        ({"auger_ps": -7.0}, "gain.auger_ps: -7.0 must be positive"),
        ({"size_classes": 2.5}, "must be a whole number"),
        ({"inhomogeneous_sd_mev": 40.0}, "below the line's own"),
        ({"medium": "nothing"}, "not in the library"),
        ({"kind": "dots", "medium": "CsPbBr3-PMMA"}, "not both"),
        ({"kind": "dot"}, "did you mean 'dots'"),
        ({"kind": "four-level", "quantum_yield": 1.2}, "must not exceed 1"),
    ],
)
def test_bad_tables_are_named(table: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=message.replace("(", r"\(")):
        medium_from_dict(table)


def test_warnings_of_validity() -> None:
    assert any("2.4 eV" in text for text in DotMedium().warnings([500.0, 540.0]))
    assert any(
        "close-packed" in text for text in DotMedium(peak_gain_per_cm=4000.0).warnings([540.0])
    )
    assert DotMedium().warnings([540.0]) == ()
