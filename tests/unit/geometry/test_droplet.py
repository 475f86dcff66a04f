"""Drop on a fibre against an independent integration of Young-Laplace, exact limits and its own
identities.
"""

import itertools
import math

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from cavitydesign.errors import InputError
from cavitydesign.geometry.droplet import Droplet
from cavitydesign.geometry.droplet_solve import dried, droplet_of

DROPS = [
    (7.5, 4.0, 12.0),
    (44.0, 10.0, 30.0),
    (7.5, 4.0, 80.0),
    (7.5, 4.0, 0.0),
    (62.5, 5.0, 55.0),
    (4.1, 4.0, 3.0),
]


@pytest.mark.parametrize(("radius", "fibre", "angle"), DROPS)
def test_integration_of_young_laplace(radius: float, fibre: float, angle: float) -> None:
    """From the equator at constant mean curvature, the curve must reach the fibre at the contact
    angle.

    Reference: Dormand-Prince 8 at 1e-13; tolerance 1e-10 relative to the largest term, a thousand
    times its error.
    """
    drop = Droplet(radius, fibre, angle)
    curvature = 2.0 * drop.mean_curvature_per_um

    def slope(_: float, state: np.ndarray) -> list[float]:
        r, _z, beta, _v, _a = state
        return [
            -math.sin(beta),
            math.cos(beta),
            curvature - math.cos(beta) / r,
            math.pi * r * r * math.cos(beta),
            2 * math.pi * r,
        ]

    path = solve_ivp(
        slope, (0, drop.reach_um[1]), [radius, 0, 0, 0, 0], method="DOP853", rtol=1e-13, atol=1e-13
    )
    r, z, beta, volume, area = path.y[:, -1]
    liquid = 2 * volume - math.pi * fibre**2 * 2 * z
    assert r == pytest.approx(fibre, rel=1e-10)
    assert math.degrees(beta) == pytest.approx(angle, abs=1e-8)
    assert drop.length_um == pytest.approx(2 * z, rel=1e-10)
    assert abs(drop.volume_um3 - liquid) < 1e-10 * 2 * volume
    assert drop.area_um2 == pytest.approx(2 * area, rel=1e-10)


@pytest.mark.parametrize(("radius", "fibre", "angle"), DROPS)
def test_curve_identities(radius: float, fibre: float, angle: float) -> None:
    """Unit speed, constant mean curvature and derivatives that belong to the points; closed forms,
    so 1e-10.
    """
    drop = Droplet(radius, fibre, angle)
    t = np.linspace(*drop.reach_um, 41)
    r, _ = drop.point(t)
    dr, dz = drop.tangent(t)
    ddr, ddz = drop.bend(t)
    assert np.max(np.abs(dr**2 + dz**2 - 1)) < 1e-12
    mean = 0.5 * ((dr * ddz - dz * ddr) + dz / r)
    assert np.max(np.abs(mean / drop.mean_curvature_per_um - 1)) < 1e-10
    inner, step = t[1:-1], 1e-4 * radius
    for here, there in zip(drop.tangent(inner), _differences(drop.point, inner, step), strict=True):
        assert np.max(np.abs(here - there)) < 1e-9
    for here, there in zip(drop.bend(inner), _differences(drop.tangent, inner, step), strict=True):
        assert np.max(np.abs(here - there)) * radius < 1e-8


def _differences(curve, t, step):  # type: ignore[no-untyped-def]
    """Five-point differences: truncation (step/R)^4 = 1e-16 relative, rounding 1e-16/1e-4 =
    1e-12.
    """
    samples = [curve(t + k * step) for k in (-2, -1, 1, 2)]
    return [(a - 8 * b + 8 * c - d) / (12 * step) for a, b, c, d in zip(*samples, strict=True)]


def test_sphere_with_a_hole() -> None:
    """Where R cos(theta) = f the drop is a sphere with a cylindrical hole: volume 4/3 pi (R^2 -
    f^2)^(3/2), exactly.
    """
    radius, fibre = 7.5, 4.0
    drop = Droplet(radius, fibre, math.degrees(math.acos(fibre / radius)))
    half = math.sqrt(radius**2 - fibre**2)
    assert drop.volume_um3 == pytest.approx(4 / 3 * math.pi * half**3, rel=1e-13)
    assert drop.length_um == pytest.approx(2 * half, rel=1e-13)
    assert drop.area_um2 == pytest.approx(4 * math.pi * radius * half, rel=1e-13)
    assert drop.axial_radius_um == pytest.approx(radius, rel=1e-13)


def test_thin_wetting_film_has_the_length_of_rayleigh_and_plateau() -> None:
    """A vanishing drop of contact angle 0 is one wave of the neutral length pi d; the excess is of
    order n - 1.
    """
    assert Droplet(1.0 + 1e-7, 1.0, 0.0).length_um == pytest.approx(2 * math.pi, abs=1e-6)


def test_outline_interface() -> None:
    drop = Droplet(7.5, 4.0, 20.0)
    r, z = drop.point(np.array([0.0, drop.reach_um[1]]))
    assert (r[0], z[0]) == (7.5, 0.0)
    assert r[1] == pytest.approx(4.0, rel=1e-13)
    assert 2 * z[1] == pytest.approx(drop.length_um, rel=1e-13)
    bend = drop.bend(np.array([0.0]))[0][0]
    assert drop.axial_radius_um == pytest.approx(-1 / bend, rel=1e-13)
    slope = drop.tangent(np.array([drop.reach_um[1]]))
    assert math.degrees(math.atan2(-slope[0][0], slope[1][0])) == pytest.approx(20.0, abs=1e-10)


@pytest.mark.parametrize(("radius", "fibre", "angle"), [d for d in DROPS if d[2] > 0])
def test_any_two_quantities_give_the_drop_back(radius: float, fibre: float, angle: float) -> None:
    drop = Droplet(radius, fibre, angle)
    all_four = {
        "diameter_um": 2 * radius,
        "contact_angle_deg": angle,
        "length_um": drop.length_um,
        "volume_um3": drop.volume_um3,
    }
    for pair in itertools.combinations(all_four.items(), 2):
        again = droplet_of(2 * fibre, **dict(pair))
        assert again.radius_um == pytest.approx(radius, rel=1e-9), pair
        assert again.contact_angle_deg == pytest.approx(angle, abs=1e-6), pair


def test_any_two_quantities_of_random_drops() -> None:
    """Fibres of 0.2 um to 2 mm, drops 1 % to a hundred times thicker than they, all contact angles
    with both ends: 100 drops, each from all six pairs. The pair comes back to 1e-9 and so does what
    was not given.
    """
    rng = np.random.default_rng(5)
    for number in range(100):
        fibre = 10 ** rng.uniform(-1, 3)
        radius = fibre * (1 + 10 ** rng.uniform(-2, 2))
        angle = rng.uniform(0, 90) if number % 5 else float(rng.choice([0.0, 1e-3, 89.9, 90.0]))
        drop = Droplet(radius, fibre, angle)
        four = {
            "diameter_um": 2 * radius,
            "contact_angle_deg": angle,
            "length_um": drop.length_um,
            "volume_um3": drop.volume_um3,
        }
        for pair in itertools.combinations(four.items(), 2):
            again = droplet_of(2 * fibre, **dict(pair))
            told = f"R = {radius}, f = {fibre}, {angle} deg from {[name for name, _ in pair]}"
            assert again.length_um == pytest.approx(drop.length_um, rel=1e-8), told
            assert again.volume_um3 == pytest.approx(drop.volume_um3, rel=1e-8), told
            assert again.radius_um == pytest.approx(radius, rel=1e-6), told


def test_length_and_volume_are_monotone() -> None:
    """The solver's brackets rest on it: rising with the radius, falling with the angle, over all
    shapes considered.
    """
    angles = np.linspace(0, 90, 31)
    radii = 1 + np.geomspace(1e-3, 1e3, 40)
    drops = [[Droplet(r, 1.0, a) for a in angles] for r in radii]
    for measure in ("length_um", "volume_um3"):
        values = np.array([[getattr(d, measure) for d in row] for row in drops])
        assert np.all(np.diff(values, axis=0) > 0)
        assert np.all(np.diff(values, axis=1) < 0)


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"diameter_um": 15.0, "length_um": 100.0}, ["length_um", "7.81862 to 35.2766 um"]),
        ({"diameter_um": 15.0, "volume_um3": 1e6}, ["volume_um3", "um^3"]),
        ({"length_um": 20.0, "volume_um3": 1e9}, ["volume_um3", "6663.26"]),
        ({"contact_angle_deg": 0.0, "length_um": 10.0}, ["length_um", "25.1327"]),
        ({"contact_angle_deg": 100.0, "diameter_um": 15.0}, ["contact_angle_deg", "0 to 90"]),
        (
            {"diameter_um": 7.0, "contact_angle_deg": 10.0},
            ["diameter_um", "thicker than its fibre"],
        ),
        ({"diameter_um": 15.0}, ["exactly two", "1 given"]),
        ({"diameter_um": -15.0, "length_um": 3.0}, ["diameter_um", "above 0"]),
        ({"diameter_um": float("nan"), "length_um": 3.0}, ["diameter_um", "above 0"]),
        ({"length_um": 1e-9, "volume_um3": 1.0}, ["length_um", "too short"]),
    ],
)
def test_impossible_drops_are_refused(given: dict[str, float], words: list[str]) -> None:
    with pytest.raises(InputError) as caught:
        droplet_of(8.0, **given)
    line = str(caught.value)
    assert "\n" not in line
    for word in words:
        assert word in line


def test_drying_keeps_the_solid() -> None:
    wet = droplet_of(8.0, diameter_um=20.0, contact_angle_deg=25.0)
    pinned = dried(wet, 0.8)
    assert pinned.volume_um3 == pytest.approx(0.8 * wet.volume_um3, rel=1e-10)
    assert pinned.length_um == pytest.approx(wet.length_um, rel=1e-10)
    assert pinned.contact_angle_deg < wet.contact_angle_deg
    receding = dried(wet, 0.3, "receding")
    assert receding.volume_um3 == pytest.approx(0.3 * wet.volume_um3, rel=1e-10)
    assert receding.contact_angle_deg == 25.0
    assert receding.length_um < wet.length_um
    for share, line in ((0.0, "pinned"), (1.5, "pinned"), (0.5, "sliding"), (1e-9, "pinned")):
        with pytest.raises(InputError):
            dried(wet, share, line)


@pytest.mark.parametrize(("radius", "fibre", "angle"), DROPS)
def test_published_closed_form(radius: float, fibre: float, angle: float) -> None:
    """Length, area and volume as Carroll 1976 prints them in units of the fibre's radius, with
    mpmath's integrals.

    Tolerance 1e-11: the volume of the thin drop is a difference of terms fifty times larger. At
    contact angle 0 the printed sine of the end is 1, where its arc loses half of the digits: 1e-7.
    """
    mpmath = pytest.importorskip("mpmath")
    drop = Droplet(radius, fibre, angle)
    n, cosine = radius / fibre, math.cos(math.radians(angle))
    a = (n * cosine - 1) / (n - cosine)
    k2 = 1 - (a / n) ** 2
    phi = math.asin(min(math.sqrt((1 - 1 / n**2) / k2), 1.0))
    first, second = float(mpmath.ellipf(phi, k2)), float(mpmath.ellipe(phi, k2))
    length = 2 * (a * first + n * second)
    root = math.sqrt(max((n**2 - 1) * (1 - a**2), 0.0))
    whole = (
        2 * math.pi * n / 3 * ((2 * a**2 + 3 * a * n + 2 * n**2) * second - a**2 * first + root / n)
    )
    tolerance = 1e-7 if angle == 0 else 1e-11
    assert drop.length_um == pytest.approx(length * fibre, rel=tolerance)
    assert drop.area_um2 == pytest.approx(
        4 * math.pi * n * (a + n) * second * fibre**2, rel=tolerance
    )
    assert drop.volume_um3 == pytest.approx((whole - math.pi * length) * fibre**3, rel=tolerance)
