"""Plane layers: guided waves against closed forms, energy, and the far field of a current in
them.
"""

import math

import numpy as np
import pytest
from scipy.optimize import brentq
from scipy.special import jv

from cavitydesign.analytic.layers import Layers
from cavitydesign.modes.losses.layered_radiation import log10_layered_q
from cavitydesign.modes.losses.radiation import Source

K0 = 4.05


def layers(*eps: float, heights: tuple[float, ...] = ()) -> Layers:
    values = np.array(eps)
    return Layers(values, values, np.array(heights))


@pytest.mark.parametrize("kind", ["s", "p"])
def test_guided_waves_of_a_slab(kind: str) -> None:
    """The asymmetric slab's textbook condition q d = atan(y_1 g_1/q) + atan(y_2 g_2/q) + n pi, to
    1e-12 of k; and the norm against the trapezoidal rule (1e-4: f^2/eps jumps).
    """
    low, core, high, d = 2.1, 9.0, 1.0, 0.4
    slab = layers(low, core, high, heights=(-0.2, 0.2))

    def condition(kappa: float) -> float:
        q = math.sqrt(K0**2 * core - kappa**2)
        y = (1.0, 1.0) if kind == "s" else (core / low, core / high)
        tails = [math.sqrt(max(kappa**2 - K0**2 * e, 0.0)) for e in (low, high)]
        return q * d - sum(math.atan(a * g / q) for a, g in zip(y, tails, strict=True))

    found = slab.guided(kind, K0)
    grid = np.linspace(K0 * math.sqrt(low) * (1 + 1e-9), K0 * math.sqrt(core) * (1 - 1e-9), 400)
    expected = []
    for n in range(4):
        values = [condition(x) - n * math.pi for x in grid]
        expected += [
            brentq(lambda x, n=n: condition(x) - n * math.pi, grid[i], grid[i + 1], xtol=1e-15)
            for i in range(len(grid) - 1)
            if values[i] * values[i + 1] < 0
        ]
    assert len(found) == len(expected) >= 1
    assert found == pytest.approx(expected, rel=1e-12)
    z = np.linspace(-8.0, 8.0, 160001)
    value, _, norm = slab.guided_profile(kind, K0, found[0], z)
    weight = 1.0 / slab.eps[slab.at(z)] if kind == "p" else 1.0
    assert norm == pytest.approx(np.trapezoid(value**2 * weight, z), rel=1e-4)


def test_waves_between_plates() -> None:
    """Air between metal plates 2 um apart guides p waves of q = n pi/2 from n = 0 on, s from 1."""
    one = np.ones(1)
    plates = Layers(one, one, np.zeros(0), "electric", "electric", 0.0, 2.0)
    expected = [math.sqrt(K0**2 - (0.5 * n * math.pi) ** 2) for n in range(3)]
    assert plates.guided("p", K0) == pytest.approx(expected, rel=1e-9)
    assert plates.guided("s", K0) == pytest.approx(expected[1:], rel=1e-9)


def current(m: int, z: tuple[float, float]) -> Source:
    """A current of any shape near r = 0.75 m / k."""
    rng, count = np.random.default_rng(3), 60
    fields = rng.normal(size=(3, count)) + 1j * rng.normal(size=(3, count))
    rim = 0.75 * m / K0
    r = rng.uniform(0.8 * rim, rim, count)
    return Source(r, rng.uniform(*z, count), rng.uniform(0, 1, count), *fields)


def test_one_medium_is_the_far_field_of_free_space() -> None:
    """Layers of one index, against int |F|^2 with SciPy's Bessel functions over all directions: to
    1e-9 of log10 Q.
    """
    from scipy.special import jv, jvp

    m, n, source = 29, 1.3, current(29, (-0.2, 0.3))
    u, w = np.polynomial.legendre.leggauss(200)
    sine, k = np.sqrt(1 - u**2), K0 * n
    x = k * np.outer(sine, source.r)
    j, slope, over = jv(m, x), jvp(m, x), m / x * jv(m, x)
    phase = np.exp(-1j * k * np.outer(u, source.z)) * source.weight
    plane = phase * (slope * source.e_r + over * source.e_azimuthal)
    theta = (1j * u[:, None] * plane - sine[:, None] * phase * j * source.e_z).sum(axis=1)
    phi = (phase * (over * source.e_r + slope * source.e_azimuthal)).sum(axis=1)
    power = n * K0**4 * math.pi / 4 * float(w @ (abs(theta) ** 2 + abs(phi) ** 2))
    expected = math.log10(K0 * math.pi / power)
    eps = n**2
    for stack in (layers(eps), layers(eps, eps, eps, heights=(-0.1, 0.15))):
        assert log10_layered_q(source, 1.0, m, K0, stack) == pytest.approx(expected, abs=1e-9)


def test_plates_far_apart_radiate_like_free_space() -> None:
    """A current midway between metal plates radiates into guided waves only. Over an octave of
    distances their mean power is that of free space: to 1 % with ten distances.
    """
    m, source = 12, current(12, (-0.1, 0.1))
    free = 10 ** -log10_layered_q(source, 1.0, m, K0, layers(1.0))
    one = np.ones(1)
    powers = []
    for half in np.linspace(5.0, 10.0, 10):
        between = Layers(one, one, np.zeros(0), "electric", "electric", -half, half)
        powers.append(10 ** -log10_layered_q(source, 1.0, m, K0, between))
    print(np.mean(powers) / free)
    assert np.mean(powers) == pytest.approx(free, rel=0.01)


def test_layers_of_one_medium_are_one_layer() -> None:
    """A substrate in two layers of one medium is the same substrate: to 1e-10 of log10 Q."""
    m, source = 19, current(19, (0.0, 0.2))
    plain = layers(2.13, 1.0, heights=(-0.05,))
    cut = layers(2.13, 2.13, 1.0, heights=(-0.8, -0.05))
    assert log10_layered_q(source, 1.0, m, K0, cut) == pytest.approx(
        log10_layered_q(source, 1.0, m, K0, plain), abs=1e-10
    )


@pytest.mark.parametrize(("m", "x"), [(5, 3.0), (391, 568.0), (40, 300.0), (700, 701.0)])
def test_a_ring_whose_bessel_function_turns_often(m: int, x: float) -> None:
    """A ring of current along the axis in one medium radiates int J_m(x sin t)^2 sin^3 t dt times a
    constant, by the trapezoidal rule (1e-9). Points for its heights alone left 3 to 30 %.
    """

    def apart(m: int, x: float) -> float:
        one, none = np.ones(1), np.zeros(1)
        ring = Source(np.array([x / (3.5 * K0)]), none, one, none, one, none)
        angle = np.linspace(0.0, 0.5 * math.pi, 40001)
        power = np.trapezoid(jv(m, x * np.sin(angle)) ** 2 * np.sin(angle) ** 3, angle)
        return log10_layered_q(ring, 1.0, m, K0, layers(12.25)) + math.log10(power)

    assert apart(m, x) == pytest.approx(apart(2, 1.0), abs=1e-7)
