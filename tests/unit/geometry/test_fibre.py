"""A fibre's radius through points: exact shapes come back, noise is smoothed, and what is no fibre
is refused.
"""

import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.geometry import Cavity, FibreShape, Parabola, fibre_from_points
from cavitydesign.geometry.fibre import check_span
from cavitydesign.materials import ConstantIndex

Z = np.linspace(-12.0, 12.0, 60)


@pytest.mark.parametrize(
    "law",
    [lambda z: 4.0 + 0 * z, lambda z: 4.0 + 0.05 * z, lambda z: 4.0 - 0.02 * z + 0.004 * z**2],
)
def test_polynomials_come_back(law) -> None:  # type: ignore[no-untyped-def]
    """60 points of a straight, conical and parabolic fibre: to rounding, at the points and beyond
    them straight on.
    """
    order = np.random.default_rng(1).permutation(Z.size)
    shape = fibre_from_points(Z[order], law(Z)[order])
    z = np.linspace(-12.0, 12.0, 37)
    assert shape.equator_radius_um == pytest.approx(law(0.0), rel=1e-13)
    assert np.abs(shape.equator_radius_um + shape.rise_um(z) - law(z)).max() < 1e-12
    step = 1e-4
    assert (
        np.abs(
            shape.slope(z[1:-1]) - (law(z[1:-1] + step) - law(z[1:-1] - step)) / (2 * step)
        ).max()
        < 1e-9
    )
    ends = np.array([-20.0, 20.0])
    expected = law(np.sign(ends) * 12) + shape.slope(ends) * (ends - np.sign(ends) * 12)
    assert np.abs(shape.equator_radius_um + shape.rise_um(ends) - expected).max() < 1e-12
    assert shape.symmetric == (abs(law(1.0) - law(-1.0)) < 1e-12)


def test_few_points_are_met() -> None:
    z, radius = np.array([-10.0, -3.0, 1.0, 6.0, 11.0]), np.array([4.4, 4.1, 4.0, 4.05, 4.3])
    shape = fibre_from_points(z, radius)
    assert np.abs(shape.equator_radius_um + shape.rise_um(z) - radius).max() < 1e-13
    cone = fibre_from_points(np.array([-5.0, 5.0]), np.array([3.0, 4.0]))
    assert cone.equator_radius_um == pytest.approx(3.5, rel=1e-14)
    assert cone.slope(np.array([-30.0, 0.0, 4.0])) == pytest.approx([0.1, 0.1, 0.1], rel=1e-13)


def test_a_smooth_taper_and_its_noise() -> None:
    """tanh, of which no short series holds: 60 exact points to 2e-4; with 20 nm of noise, smoothed
    to below that noise.
    """

    def law(z: np.ndarray) -> np.ndarray:
        return 4.0 + 0.8 * np.tanh(z / 6.0)

    exact = fibre_from_points(Z, law(Z))
    fine = np.linspace(-11.0, 11.0, 200)
    off = np.abs(exact.equator_radius_um + exact.rise_um(fine) - law(fine)).max()
    noisy = fibre_from_points(Z, law(Z) + np.random.default_rng(2).normal(0, 0.02, Z.size))
    smoothed = np.sqrt(np.mean((noisy.equator_radius_um + noisy.rise_um(fine) - law(fine)) ** 2))
    print(f"exact points: {off:.1e} um; noisy ones: {smoothed:.1e} um r.m.s.")
    assert off < 2e-4
    assert smoothed < 0.015


def test_a_larger_fibre_is_similar() -> None:
    shape = fibre_from_points(Z, 4.0 + 0.01 * Z + 0.002 * Z**2)
    larger = shape.scaled(1.5)
    assert larger.equator_radius_um == pytest.approx(1.5 * shape.equator_radius_um, rel=1e-14)
    assert larger.rise_um(1.5 * Z) == pytest.approx(1.5 * shape.rise_um(Z), abs=1e-13)
    assert larger.slope(1.5 * Z) == pytest.approx(shape.slope(Z), abs=1e-13)


def test_the_cavity_knows_its_wall() -> None:
    shape = fibre_from_points(Z, 4.0 + 0.01 * Z**2)
    cavity = Cavity(
        Parabola(7.5, 60.0), *(ConstantIndex.of(n) for n in (1.49, 1.0, 1.46)), 4.0, 0.02, shape
    )
    assert cavity.interface_um(4.5, np.array([-5.0, 0.0, 5.0])) == pytest.approx(
        [4.65, 4.5, 4.85], rel=1e-12
    )
    assert not cavity.symmetric and not cavity.straight_fibre
    assert Cavity(
        Parabola(7.5, 60.0), *(ConstantIndex.of(n) for n in (1.49, 1.0, 1.46)), 4.0, 0.0, shape
    ).symmetric


@pytest.mark.parametrize(
    ("z", "radius", "words"),
    [
        (Z[:1], np.array([4.0]), "2 or more points"),
        (Z, np.full(59, 4.0), "2 or more points"),
        (Z, np.where(Z > 3, np.nan, 4.0), "not a finite number"),
        (Z, np.where(Z > 3, -4.0, 4.0), "must be above 0"),
        (np.r_[Z, Z[3]], np.full(61, 4.0), "two radii at z"),
        (Z + 13.0, np.full(60, 4.0), "reach over the equator"),
        (Z, np.where(Z > 3, 1e308, 4.0), r"at most 1e\+09 um is allowed \(units"),
        (np.r_[-1e300, Z], np.full(61, 4.0), r"at most 1e\+09 um is allowed \(units"),
        (np.array([-5.0, 0.0, 5.0]), np.array([4.0, 0.1, 4.0]), "is allowed|falls to"),
        (np.array([-1.0, 1.0]), np.array([1.0, 9.0]), r"is allowed \(units"),
        (Z, 4.0 + np.random.default_rng(3).uniform(-2, 2, 60), "scatter|is allowed"),
    ],
)
def test_no_fibre(z: np.ndarray, radius: np.ndarray, words: str) -> None:
    with pytest.raises(InputError, match=words) as caught:
        shape = fibre_from_points(z, radius)
        assert isinstance(shape, FibreShape)
    assert "\n" not in str(caught.value)


def test_points_of_another_unit_are_refused() -> None:
    """A table in um that is read as nm reaches over 24 nm, and was carried on through 15 um."""
    shape = fibre_from_points(1e-3 * Z, 4e-3 + 0 * Z)
    with pytest.raises(InputError, match=r"reach over 0\.024 um .* a thousand times .* 24 um"):
        check_span(shape, 15.0)
    check_span(fibre_from_points(Z, 4.0 + 0 * Z), 15.0)
