"""The light of a mode by direction, against the exact multipoles of spheres."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import cavitydesign as cd
from cavitydesign.errors import InputError

QUICKSTART = Path(__file__).parents[2] / "studies" / "quickstart" / "design.toml"


def multipole(m, q, cosine):
    """Power of the multipole l = m + q whose E has no radial part, along theta and phi, of a whole
    of 1 (Jackson, Classical Electrodynamics, ch. 9): m Y / sin and dY / d theta.
    """
    sine = np.sqrt(1.0 - cosine**2)
    if q == 0:
        theta, phi = m * sine ** (m - 1), m * sine ** (m - 1) * cosine
    else:
        theta = m * sine ** (m - 1) * cosine
        phi = m * sine ** (m - 1) * cosine**2 - sine ** (m + 1)
    return theta**2, phi**2


def normalised(m, q):
    nodes, weights = np.polynomial.legendre.leggauss(400)
    theta, phi = multipole(m, q, nodes)
    return 2.0 * np.pi * float((weights * (theta + phi)).sum())


@pytest.fixture(scope="module")
def ball():
    design = cd.sphere(
        diameter_um=3.0,
        body={"index": 1.6},
        wavelength_nm=690.0,
        azimuthal_order=18,
        polarisation="both",
        axial_orders=2,
    )
    return cd.find_modes(design)


@pytest.mark.parametrize("q", [0, 1])
@pytest.mark.parametrize("polarisation", ["TM", "TE"])
def test_the_pattern_of_a_sphere_is_that_of_its_multipole(ball, polarisation, q):
    mode = next(one for one in ball if (one.polarisation, one.p, one.q) == (polarisation, 1, q))
    pattern = mode.emission()
    cosine = np.cos(np.deg2rad(pattern.polar_angle_deg))
    theta, phi = multipole(18, q, cosine)
    if polarisation == "TE":
        # the dual multipole: E and H change places, the two directions with them
        theta, phi = phi, theta
    whole = normalised(18, q)
    largest = float((theta + phi).max()) / whole
    # The issue of a pattern asks 1e-4 of its maximum.
    assert pattern.axial == pytest.approx(theta / whole, abs=1e-4 * largest)
    assert pattern.azimuthal == pytest.approx(phi / whole, abs=1e-4 * largest)


def test_shares_of_the_whole_sphere_are_one(ball):
    pattern = ball[0].emission()
    whole = pattern.surround_index
    assert 2.0 * pattern.collected(whole, "across") == pytest.approx(1.0, abs=1e-6)
    assert 2.0 * pattern.collected(whole, "along") == pytest.approx(1.0, abs=1e-6)
    parts = [pattern.collected(0.6, "across", one) for one in ("axial", "azimuthal")]
    assert sum(parts) == pytest.approx(pattern.collected(0.6), rel=1e-12)
    shares = [pattern.collected(aperture) for aperture in (0.1, 0.3, 0.6, 0.9)]
    assert np.all(np.diff(shares) > 0)


def test_an_objective_takes_the_integral_over_its_cone(ball):
    pattern = ball[0].emission()
    # By brute force: even points of the sphere, those within 0.4 of the x axis.
    cosine = (np.arange(4000) + 0.5) / 2000.0 - 1.0
    theta, phi = multipole(18, ball[0].q, cosine)
    if ball[0].polarisation == "TE":
        theta, phi = phi, theta
    sine = np.sqrt(1.0 - cosine**2)
    half = np.arccos(np.clip(np.sqrt(1.0 - 0.16) / sine, -1.0, 1.0))
    right = float(((theta + phi) * 2.0 * half).sum() / 2000.0) / normalised(18, ball[0].q)
    assert pattern.collected(0.4) == pytest.approx(right, rel=1e-3)


def test_scattered_light_of_a_rough_bottle_is_that_of_dipoles_along_the_axis():
    design = cd.bottle(
        diameter_um=10.0,
        axial_radius_um=40.0,
        fibre_diameter_um=5.0,
        body="PMMA",
        fibre="silica",
        roughness_nm=1.0,
        correlation_nm=100.0,
        wavelength_nm=537.6,
        span_nm=6.0,
        polarisation="TM",
    )
    pattern = cd.find_modes(design)[0].emission()
    # Radiation has a Q of 1e13, scattering one of 1e7: what is seen is scattered.
    assert pattern.scattered_share > 1.0 - 1e-4
    # E of a TM mode is along the axis to a few per cent: sin^2 of a dipole.
    side = pattern.polar_angle_deg == 90.0
    assert float(pattern.axial[side][0]) == pytest.approx(3.0 / (8.0 * np.pi), rel=0.1)
    assert pattern.collected(0.5, "across") > 5.0 * pattern.collected(0.5, "along")
    # ... and of light sent out evenly (1 - cos a) / 2
    index = pattern.surround_index
    even = 0.5 * (1.0 - np.sqrt(1.0 - (0.5 / index) ** 2))
    assert pattern.collected_over_even(0.5) == pytest.approx(pattern.collected(0.5) / even)
    whole = pattern.collected_over_even(index, polariser="axial")
    assert whole == pytest.approx(2.0 * 2.0 * pattern.collected(index, polariser="axial"))
    # Of a dipole across the optical axis a cone of half angle a takes
    # (8 - 15 cos a + ... ) -- by its closed form: 1/2 - 3/8 c - c^3/8.
    c = np.sqrt(1.0 - 0.25)
    assert pattern.collected(0.5) == pytest.approx(0.5 - 0.375 * c - 0.125 * c**3, rel=0.1)


def test_what_has_no_pattern_is_refused():
    slice_ = cd.parse_design(
        {
            "cavity": {"profile": "cylinder", "diameter_um": 6.0, "body": {"index": 1.5}},
            "modes": {"polarisation": "TM", "wavelength_nm": 600.0, "azimuthal_order": 40},
        }
    )
    mode = cd.find_modes(slice_)[0]
    with pytest.raises(InputError, match="slice"):
        mode.emission()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((1.2,), "at most 1"),
        ((0.0,), "above 0"),
        ((0.5, "acros"), "did you mean 'across'"),
        ((0.5, "across", "axail"), "did you mean 'axial'"),
    ],
)
def test_impossible_objectives_are_refused(ball, arguments, words):
    with pytest.raises(InputError, match=r"numerical_aperture|direction|polariser") as error:
        ball[0].emission().collected(*arguments)
    assert words in str(error.value)


def test_a_design_with_an_objective_tells_what_it_takes():
    design = cd.load_design(QUICKSTART).with_values({"collection.numerical_aperture": 0.5})
    modes = cd.find_modes(design)
    told = [mode.to_json_dict()["collected"] for mode in modes]
    assert told == pytest.approx([mode.emission().collected(0.5) for mode in modes])
    (word,) = [one for one in modes.warnings if one.startswith("collected: ")]
    assert "gain.laser_collection = 0.02" in word, "the fit stands beside the computed number"
    assert f"{modes[0].extra['collected_over_even']:.3g} times" in word
    polarised = design.with_values({"collection.polariser": "azimuthal"})
    assert cd.find_modes(polarised)[0].extra["collected"] < 0.01 * told[0]
    with pytest.raises(InputError, match=r"collection\.polariser"):
        design.with_values({"collection.polariser": "tm"})
    with pytest.raises(InputError, match=r"collection.numerical_aperture = 1.2: must be at most 1"):
        design.with_values({"collection.numerical_aperture": 1.2})
    with pytest.raises(InputError, match="did you mean 'numerical_aperture'"):
        design.with_values({"collection.numerical_apertur": 0.4})
