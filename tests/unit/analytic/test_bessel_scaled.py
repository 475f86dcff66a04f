"""Scaled Bessel functions against mpmath, order by order, through all regimes."""

import math

import mpmath as mp
import numpy as np
import pytest
from numpy.testing import assert_allclose

from cavitydesign.analytic.functions.bessel import (
    bessel_j_scaled,
    bessel_y_scaled,
    log_bessel_j,
    log_bessel_j_with_slope,
    log_bessel_y,
    log_derivative_j,
    log_derivative_y,
)
from cavitydesign.analytic.functions.bessel_complex import bessel_pair

# From the power series over Debye's expansion and its edge near the turning point to the turning
# point itself.
BELOW = (1e-40, 1e-3, 0.1, 0.6, 0.9, 0.94, 0.99, 1.0)
ORDERS = (0.5, 1, 10.5, 30, 63, 64, 122.5, 751)
LIMITS = {"maxprec": 200000, "maxterms": 10**6}


def exact(order: float, z: complex, digits: int = 30) -> tuple[mp.mpc, mp.mpc, mp.mpc, mp.mpc]:
    """J, J', Y, Y' in arbitrary precision."""
    with mp.workdps(digits):
        z = mp.mpmathify(z)
        j, y = mp.besselj(order, z, **LIMITS), mp.bessely(order, z, **LIMITS)
        dj = order / z * j - mp.besselj(order + 1, z, **LIMITS)
        dy = order / z * y - mp.bessely(order + 1, z, **LIMITS)
        return j, dj, y, dy


@pytest.mark.parametrize("order", ORDERS)
def test_logarithms_below_the_turning_point(order: float) -> None:
    """log J and log(-Y): absolute error 4e-15 (order + |log|), the rounding of an exponent of that
    size.
    """
    x = np.array(BELOW) * order
    values = [exact(order, float(at)) for at in x]
    with mp.workdps(30):
        log_j = np.array([float(mp.log(v[0])) for v in values])
        log_y = np.array([float(mp.log(-v[2])) for v in values])
        slope_j = [float(v[1] / v[0]) for v in values]
        slope_y = [float(v[3] / v[2]) for v in values]
    bound = 4e-15 * (order + np.abs(log_j) + 3.0)
    assert np.all(np.abs(log_bessel_j(order, x) - log_j) <= bound), (
        np.abs(log_bessel_j(order, x) - log_j) / bound
    )
    assert np.all(np.abs(log_bessel_y(order, x) - log_y) <= bound), (
        np.abs(log_bessel_y(order, x) - log_y) / bound
    )
    assert_allclose(log_derivative_j(order, x), slope_j, rtol=3e-13)
    together = log_bessel_j_with_slope(order, x)
    assert np.array_equal(together[0], log_bessel_j(order, x))
    assert np.array_equal(together[1], log_derivative_j(order, x))
    assert_allclose(log_derivative_y(order, x), slope_y, rtol=3e-13)


@pytest.mark.parametrize("order", [5, 122.5, 751])
def test_scaled_values_on_both_sides_of_the_turning_point(order: float) -> None:
    """J exp(-s), Y exp(-s) and derivatives: relative to the envelope, 5e-16 (order + 50)."""
    x = order * np.array([0.2, 0.85, 0.999, 1.02, 1.3])
    scale = np.array([min(0.0, float(log_bessel_j(order, at))) if at < order else 0.0 for at in x])
    j, dj = bessel_j_scaled(order, x, scale)
    y, dy = bessel_y_scaled(order, x, -scale)
    for i, at in enumerate(x):
        with mp.workdps(30):
            grown = mp.exp(-mp.mpf(scale[i]))
            ej, edj, ey, edy = exact(order, float(at))
            expected = [float(part) for part in (ej * grown, edj * grown, ey / grown, edy / grown)]
        size, rate = math.hypot(expected[0], expected[2]), math.hypot(expected[1], expected[3])
        errors = np.abs(np.array([j[i], dj[i], y[i], dy[i]]) - expected) / np.array(
            [size, rate, size, rate]
        )
        assert errors.max() < 5e-16 * (order + 50.0), (at, errors)


@pytest.mark.parametrize("order", [0, 5.5, 30, 122.5])
@pytest.mark.parametrize("tilt", [1e-25, 1e-9, 1e-4, 1e-2])
def test_complex_arguments_keep_the_imaginary_part(order: float, tilt: float) -> None:
    """z = x (1 - i tilt): real part relative to |f|, imaginary part relative to its own size, 2e-15
    (order + 10).
    """
    x = max(order, 1.0) * np.array([0.01, 0.7, 0.95, 1.0, 1.3])
    z = x * (1 - 1j * tilt)
    pair = bessel_pair(order, z)
    for i, at in enumerate(z):
        with mp.workdps(50):
            grown = mp.exp(mp.mpf(float(pair.scale[i])))
            ej, edj, ey, edy = exact(order, complex(at), 50)
            expected = [ej * grown, edj * grown, ey / grown, edy / grown]
            for value, wanted in zip((pair.j, pair.dj, pair.y, pair.dy), expected, strict=True):
                found = complex(value[i])
                size = max(abs(wanted), mp.mpf("1e-300"))
                natural = max(abs(mp.im(wanted)), tilt * size)
                real_error = float(abs(found.real - mp.re(wanted)) / size)
                imaginary_error = float(abs(found.imag - mp.im(wanted)) / natural)
                errors = real_error, imaginary_error
                assert max(errors) < 2e-15 * (order + 10), (complex(at), errors)


def test_orders_of_thousands_obey_the_wronskian() -> None:
    """J Y' - J' Y = 2/(pi x) at orders up to 5000, where mpmath is slow; 1e-16 of the order, times
    20.
    """
    for order in (2000.5, 5000.0):
        x = order * np.array([0.05, 0.4, 0.9, 0.98, 1.0, 1.1, 2.0])
        pair = bessel_pair(order, x.astype(complex))
        wronskian = (pair.j * pair.dy - pair.dj * pair.y).real * math.pi * x / 2
        assert_allclose(wronskian, 1.0, rtol=2e-15 * order)


def test_recurrence_links_neighbouring_orders_far_below_doubles() -> None:
    """J_{v-1} + J_{v+1} = (2 v / x) J_v with logarithms near -7000."""
    order, x = 5000.0, 1000.0
    low, middle, high = (float(log_bessel_j(v, x)) for v in (order - 1, order, order + 1))
    assert middle < -6000
    left = math.exp(low - middle) + math.exp(high - middle)
    assert left == pytest.approx(2 * order / x, rel=1e-10), "logs of 7000 are known to 1e-12 each"


def test_shapes_and_scalars() -> None:
    """Scalars give 0-dimensional arrays, and grids keep their shape."""
    assert log_bessel_j(10, 3.0).shape == ()
    assert log_bessel_j(10, np.full((2, 3), 3.0)).shape == (2, 3)
    assert log_bessel_j(100, np.zeros(0)).shape == (0,)
    value, derivative = bessel_j_scaled(122, np.full((2, 2, 2), 200.0), -1.0)
    assert value.shape == derivative.shape == (2, 2, 2)
