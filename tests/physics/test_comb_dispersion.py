"""Dispersion of combs against the exact sphere, and the file for pyLLE."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.errors import InputError
from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import find_material
from cavitydesign.materials.material import ConstantIndex, Material
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.derived.comb_coefficients import _derivatives
from cavitydesign.modes.derived.comb_result import Coefficients, CombDispersion

AIR = ConstantIndex.of(1.0)


def about_zero(mu: np.ndarray, thz: np.ndarray, degree: int) -> Coefficients:
    """D1 to D3 at mu = 0 of a polynomial."""
    return Coefficients(*map(float, _derivatives(mu, thz, degree, np.zeros(1))[:, 0]))


def solved(body: Material, accuracy: float, parts: bool = False) -> CombDispersion:
    """Of a sphere of 10 um about 600 nm, eight or nine modes."""
    cavity = Cavity(Spheroid(5.0, 5.0), body, AIR)
    request = ModeRequest("TM", 600.0, 60.0, relative_accuracy=accuracy)
    return find_modes(cavity, request).dispersion(parts=parts)


def exact(comb: CombDispersion, index: object) -> Coefficients:
    """The same polynomial through the exact frequencies of the sphere."""
    sphere = Resonator((5.0,), (index, 1.0), True)  # type: ignore[arg-type]
    waves = [find_resonance(sphere, int(m), 1, "TM", 600.0).wavelength_nm for m in comb.m]
    return about_zero(comb.mu, 299792.458 / np.array(waves), min(len(waves) - 1, 7))


def held_within(found: Coefficients, right: Coefficients, error: Coefficients) -> None:
    for name, value in vars(found).items():
        off = abs(value - vars(right)[name])
        assert off < vars(error)[name], f"{name}: {value} is off by {off}"


def test_a_comb_too_short_for_an_error_says_how_many_modes_that_takes() -> None:
    """Five modes fix the polynomial, and nothing tells how far it is off."""
    cavity = Cavity(Spheroid(5.0, 5.0), ConstantIndex.of(1.5), AIR)
    modes = find_modes(cavity, ModeRequest("TM", 600.0, 60.0))
    assert "takes 6 modes" in modes[:5].dispersion().words()
    assert "dispersion normal" in modes[:6].dispersion().words()


@pytest.mark.parametrize("accuracy", [1e-6, 1e-8])
def test_sphere_without_dispersion(accuracy: float) -> None:
    """D1, D2, D3 = 6586.769 GHz, -2095.9 MHz, 49.5 MHz within their bars, which fall with the
    accuracy asked: D2 to 4 MHz and to 0.3 MHz.
    """
    comb = solved(ConstantIndex.of(1.5), accuracy)
    right = exact(comb, 1.5)
    held_within(comb.total, right, comb.error)
    assert comb.error.d2_mhz < (5.0 if accuracy > 1e-7 else 0.4)
    assert right.d1_ghz == pytest.approx(6586.7692, abs=1e-3)
    assert comb.integrated_ghz[comb.mu == 0] == 0.0
    assert "normal" in repr(comb) and "<table" in comb._repr_html_()


def test_parts_of_the_geometry_and_of_the_medium() -> None:
    """PMMA: the whole is the exact dispersive sphere's, the geometry's that of a sphere of one
    index; twice the bar for the second solve.
    """
    medium = find_material("PMMA")
    comb = solved(medium, 1e-7, parts=True)
    assert comb.geometry is not None and comb.material is not None
    held_within(comb.total, exact(comb, medium.index), comb.error)
    (pumped,) = 299792.458 / comb.frequency_thz[comb.mu == 0]
    twice = Coefficients(*(2.0 * value for value in vars(comb.error).values()))
    held_within(comb.geometry, exact(comb, medium.index(pumped)), twice)
    assert comb.material.d2_mhz == pytest.approx(comb.total.d2_mhz - comb.geometry.d2_mhz)
    assert comb.material.d2_mhz < -1000.0  # normal, as polymers are in the visible


def test_polynomial_of_known_coefficients() -> None:
    """Frequencies that are a cubic give its coefficients back to rounding, at the edge of the comb
    too.
    """
    for first in (-4, 0):
        mu = np.arange(first, first + 9)
        thz = 500.0 + 1e-3 * (6000.0 * mu) + 1e-6 * (-2000.0 * mu**2 / 2 + 40.0 * mu**3 / 6)
        found = about_zero(mu, thz, 7)
        assert found.d1_ghz == pytest.approx(6000.0, rel=1e-9)
        assert found.d2_mhz == pytest.approx(-2000.0, rel=1e-5)
        assert found.d3_mhz == pytest.approx(40.0, rel=1e-3)


def test_file_for_pylle(tmp_path: Path) -> None:
    """One line a mode, "m,Hz", as pyLLE splits it at the comma; no digit is lost."""
    comb = solved(ConstantIndex.of(1.5), 1e-4)
    lines = comb.save_pylle(tmp_path / "comb.csv").read_text(encoding="ascii").splitlines()
    orders = [float(line.strip().split(",")[0]) for line in lines]
    hertz = [float(line.strip().split(",")[1]) for line in lines]
    assert orders == comb.m.tolist() == sorted(orders)
    assert hertz == pytest.approx(1e12 * comb.frequency_thz, rel=1e-15)
    assert list(comb.to_dataframe()["mu"]) == comb.mu.tolist()


@pytest.mark.parametrize(("radius_um", "span_nm"), [(5.0, 60.0), (20.0, 15.0)])
def test_columns_about_every_mode(radius_um: float, span_nm: float) -> None:
    """D1 to D3 about each of eight modes, those at the edges of the comb too, within their bars of a
    polynomial of degree 11 through twice as many exact modes; a family of three has none.
    """
    cavity = Cavity(Spheroid(radius_um, radius_um), ConstantIndex.of(1.5), AIR)
    modes = find_modes(cavity, ModeRequest("TM", 600.0, span_nm, relative_accuracy=1e-6))
    orders = sorted(mode.m for mode in modes)
    wide = np.arange(orders[0] - 4, orders[-1] + 5)
    sphere = Resonator((radius_um,), (1.5, 1.0), True)
    waves = [find_resonance(sphere, int(m), 1, "TM", 600.0).wavelength_nm for m in wide]
    for mode in modes:
        right = about_zero(wide - mode.m, 299792.458 / np.array(waves), 11)
        for name, value in vars(right).items():
            error = mode.extra[name.replace("_", "_error_")]
            assert abs(mode.extra[name] - value) < error, f"{mode.label} {name}"
    few = find_modes(cavity, ModeRequest("TM", 600.0, 0.3 * span_nm, relative_accuracy=1e-4))
    assert len(few) < 6 and "d2_mhz" not in few[0].to_json_dict()


def test_what_is_no_comb_is_refused() -> None:
    cavity = Cavity(Spheroid(5.0, 5.0), ConstantIndex.of(1.5), AIR)
    found = find_modes(cavity, ModeRequest("TM", 600.0, 60.0, axial_orders=2))
    with pytest.raises(InputError, match="one family"):
        found.dispersion()
    one = found.select(q=0)
    with pytest.raises(InputError, match="at least 4"):
        one[:3].dispersion()
    gap = [mode for place, mode in enumerate(one) if place != 3]
    with pytest.raises(InputError, match="missing"):
        type(one)(**{**vars(one), "modes": tuple(gap)}).dispersion()
