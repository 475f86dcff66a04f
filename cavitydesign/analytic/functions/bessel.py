"""Bessel functions of large order, scaled by an exponential so that values far below 1e-308 keep
all their digits.

Below the turning point x = nu the functions are exponentially small (J) or large (Y). There the
Debye expansion gives their logarithms (DLMF 10.19.3, 10.19.4; polynomials U_k, V_k of DLMF 10.41.9,
10.41.10). Nearer to the turning point and beyond it SciPy's `jv` and `yv` (AMOS, uniform Airy
expansions) hold to about nu times 1e-16. Orders may be half-integers, which gives the spherical
functions.
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import gammaln, jv, yv

from ...arrays import Array

# Terms of the Debye expansion; `_DEBYE_REACH` below is the range in which so many suffice.
_TERMS = 20
# |first term left out| ~ 2e21 (t^3/nu)^21 (t = 1/sqrt(1 - (x/nu)^2)) stays below 6e-14 of the sum
# up to this value.
_DEBYE_REACH = 0.0227
# SciPy's functions are used down to this logarithm, well inside the range of doubles.
_LOG_FLOOR = -600.0
# Up to here plain floats are as fast as arrays: 37 coefficients take 10 against 120 us for two
# points, 150 against 120 us for eight.
_FEW_POINTS = 8
_LOG_PI = math.log(math.pi)


@lru_cache(maxsize=1)
def _debye_polynomials() -> tuple[tuple[Array, ...], tuple[Array, ...]]:
    """Coefficients, from the constant up, of U_k and V_k for k = 0 .. _TERMS (DLMF 10.41.9 and
    10.41.10).
    """
    u, v = [np.ones(1)], [np.ones(1)]
    for _ in range(_TERMS):
        last, power = u[-1], np.arange(u[-1].size)
        rising = power * last  # t U_k'
        # Every term is t or t^3 times a polynomial.
        of_t = 0.5 * rising + 0.125 * last / (power + 1)
        of_cube = -0.5 * rising - 0.625 * last / (power + 3)
        u.append(np.concatenate([[0.0], of_t, [0.0, 0.0]]))
        u[-1][3:] += of_cube
        other = 0.5 * last + rising
        v.append(u[-1].copy())
        v[-1][1:-2] -= other
        v[-1][3:] += other
    return tuple(u), tuple(v)


@lru_cache(maxsize=4096)
def _debye_sums(order: float, sign: int, terms: int) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Coefficients in t of sum U_k (sign/nu)^k and sum V_k (sign/nu)^k, k = 0 .. terms."""
    sums = []
    for family in _debye_polynomials():
        total = np.zeros(3 * terms + 1)
        for k, coefficients in enumerate(family[: terms + 1]):
            total[: coefficients.size] += coefficients * (sign / order) ** k
        sums.append(tuple(total.tolist()))
    return sums[0], sums[1]


def _terms_needed(order: float, largest_t: float) -> int:
    """Fewest terms whose remainder, about the leading coefficient of the next U_k times (t^3/nu)^k,
    is below 1e-16.
    """
    small = largest_t**3 / order
    for k, coefficients in enumerate(_debye_polynomials()[0][1:]):
        if abs(coefficients[-1]) * small ** (k + 1) < 1e-16:
            return k
    return _TERMS


def _horner_of_float(coefficients: tuple[float, ...], t: float) -> float:
    value = 0.0
    for c in coefficients[::-1]:
        value = value * t + c
    return value


def _horner(coefficients: tuple[float, ...], t: Array) -> Array:
    """Polynomial at t; plain floats for a few points, where the calls of numpy would cost more than
    the arithmetic.
    """
    if t.size <= _FEW_POINTS:
        return np.array([_horner_of_float(coefficients, at) for at in t.tolist()])
    value = np.full_like(t, coefficients[-1])
    for c in coefficients[-2::-1]:
        value *= t
        value += c
    return value


def _debye(order: float, x: Array, sign: int) -> tuple[Array, Array]:
    """(log |f|, f'/f) of f = J (sign +1) or Y (sign -1), below the turning point; DLMF 10.19.3 and
    10.19.4.
    """
    w = _below_turning(x / order)
    t = 1.0 / w
    u, v = _debye_sums(order, sign, _terms_needed(order, float(t.max())))
    return _of_sums(np.array(order), x / order, sign, _horner(u, t), _horner(v, t))


def _debye_of_orders(orders: Array, x: Array) -> tuple[Array, Array]:
    """`_debye` of J for several orders, (k, n) points."""
    z = x / orders[:, None]
    t = 1.0 / _below_turning(z)
    terms = _terms_needed(float(orders.min()), float(t.max()))
    sums = [_debye_sums(float(order), 1, terms) for order in orders]
    u, v = (np.array(family) for family in zip(*sums, strict=True))
    return _of_sums(orders[:, None], z, 1, _horner_by_row(u, t), _horner_by_row(v, t))


def _below_turning(z: Array) -> Array:
    """sqrt(1 - z^2)."""
    return np.asarray(np.sqrt((1.0 - z) * (1.0 + z)))


def _horner_by_row(coefficients: Array, t: Array) -> Array:
    """A polynomial for each row of t."""
    value = np.zeros_like(t)
    for column in coefficients.T[::-1]:
        value *= t
        value += column[:, None]
    return value


def _of_sums(order: Array, z: Array, sign: int, sum_u: Array, sum_v: Array) -> tuple[Array, Array]:
    """(log |f|, f'/f) from the sums over U_k and V_k."""
    w = _below_turning(z)
    exponent = sign * order * (w - np.log((1.0 + w) / z))
    amplitude = (2.0 if sign > 0 else 0.5) * math.pi * order
    log_size = exponent - 0.5 * np.log(amplitude * w) + np.log(sum_u)
    return np.asarray(log_size, np.float64), np.asarray(sign * w / z * sum_v / sum_u, np.float64)


def _series(order: float, x: Array, sign: int) -> tuple[Array, Array]:
    """(log |f|, f'/f) of J (sign +1) or Y (sign -1) for x far below the order (DLMF 10.2.2; leading
    part of 10.8.1).
    """
    quarter = 0.25 * x * x
    term = np.ones_like(x)
    total = np.ones_like(x)
    slope = np.zeros_like(x)
    for k in range(1, 30 if sign > 0 else min(30, math.ceil(order))):
        term = term * (-sign * quarter / (k * (order + sign * k)))
        total += term
        slope += 2 * k * term
    log_front = order * np.log(0.5 * x)
    log_size = (
        log_front - math.lgamma(order + 1.0)
        if sign > 0
        else math.lgamma(order) - _LOG_PI - log_front
    )
    return np.asarray(log_size + np.log(total), np.float64), np.asarray(
        (sign * order + slope / total) / x, np.float64
    )


def _direct(order: float, x: Array, sign: int) -> tuple[Array, Array]:
    """(f, f') of J or Y by SciPy; the difference of neighbours keeps the derivative exact where f
    is exponential.
    """
    f = jv if sign > 0 else yv
    value: Array = np.asarray(f(order, x), dtype=np.float64)
    above: Array = np.asarray(f(order + 1.0, x), dtype=np.float64)
    if order < 1.0:
        return value, order / x * value - above
    return value, np.asarray(0.5 * (f(order - 1.0, x) - above), dtype=np.float64)


def _debye_holds(order: float, x: Array) -> NDArray[np.bool_]:
    """Where the Debye expansion is exact to double precision: t^3/nu small enough, t = 1/sqrt(1 -
    (x/nu)^2).
    """
    return np.asarray(x <= _debye_reach(np.array(order)))


def _debye_reach(orders: Array) -> Array:
    """Largest arguments at which the expansion holds; -1 where it does at none."""
    scaled = np.maximum(_DEBYE_REACH * orders, 1.0)
    reach = orders * np.sqrt(1.0 - scaled ** (-2.0 / 3.0))
    return np.asarray(np.where(_DEBYE_REACH * orders < 1.0, -1.0, reach))


def _log_and_slope(order: float, x: Array, sign: int) -> tuple[Array, Array]:
    """(log |f|, f'/f) for 0 < x up to the turning point and a little beyond."""
    deep = _debye_holds(order, x)
    if x.size and deep.all():
        return _debye(order, x, sign)
    log_size = np.empty_like(x)
    slope = np.empty_like(x)
    if deep.any():
        log_size[deep], slope[deep] = _debye(order, x[deep], sign)
    rest = ~deep
    if rest.any():
        near = x[rest]
        size = np.empty_like(near)
        rate = np.empty_like(near)
        tiny = order * np.log(0.5 * near) - math.lgamma(order + 1.0) < _LOG_FLOOR
        if tiny.any():
            size[tiny], rate[tiny] = _series(order, near[tiny], sign)
        if not tiny.all():
            value, derivative = _direct(order, near[~tiny], sign)
            with np.errstate(invalid="ignore", divide="ignore"):
                size[~tiny] = np.log(sign * value)
            rate[~tiny] = derivative / value
        log_size[rest], slope[rest] = size, rate
    return log_size, slope


def _flat(x: ArrayLike) -> tuple[Array, tuple[int, ...]]:
    values = np.asarray(x, dtype=np.float64)
    return values.reshape(-1), values.shape


def log_bessel_j(order: float, x: ArrayLike) -> Array:
    """Natural logarithm of J_nu(x), for 0 < x below the first zero of J_nu.

    Parameters
    ----------
    order : float
        nu >= 0, up to about 1e4.
    x : array_like
        Any shape.

    Returns
    -------
    array, the shape of `x`
        Absolute error below about 1e-15 (nu + |result|); nan past the first zero where J is
        negative.
    """
    flat, shape = _flat(x)
    return _log_and_slope(float(order), flat, 1)[0].reshape(shape)


def log_bessel_j_with_slope(order: float, x: ArrayLike) -> tuple[Array, Array]:
    """`log_bessel_j` and `log_derivative_j` at once, for little more than the cost of one."""
    flat, shape = _flat(x)
    log_size, slope = _log_and_slope(float(order), flat, 1)
    return log_size.reshape(shape), slope.reshape(shape)


def log_bessel_j_of_orders(orders: Array, x: Array) -> tuple[Array, Array]:
    """`log_bessel_j_with_slope` of several orders, each at its own points.

    Parameters
    ----------
    orders : (k,) array
    x : (k, n) array
    """
    nearest = _debye_reach(orders)[:, None]
    deep = x <= nearest
    log_size, slope = np.empty_like(x), np.empty_like(x)
    some = np.flatnonzero(deep.any(axis=1))
    if some.size:
        # Where the expansion does not hold it is taken at a point where it does, for nothing.
        inside = np.where(deep[some], x[some], 0.5 * nearest[some])
        log_size[some], slope[some] = _debye_of_orders(orders[some], inside)
    row, column = np.nonzero(~deep)
    if row.size:
        order, near = orders[row], x[row, column]
        size, rate = np.empty_like(near), np.empty_like(near)
        tiny = order * np.log(0.5 * near) - gammaln(order + 1.0) < _LOG_FLOOR
        for i in np.flatnonzero(tiny):
            size[i : i + 1], rate[i : i + 1] = _series(float(order[i]), near[i : i + 1], 1)
        order, near = order[~tiny], near[~tiny]
        value, above = jv(order, near), jv(order + 1.0, near)
        below = np.where(order < 1.0, 2.0 * order / near * value - above, jv(order - 1.0, near))
        with np.errstate(invalid="ignore", divide="ignore"):
            size[~tiny] = np.log(value)
        rate[~tiny] = 0.5 * (below - above) / value
        log_size[row, column], slope[row, column] = size, rate
    return log_size, slope


def log_derivative_j(order: float, x: ArrayLike) -> Array:
    """J_nu'(x) / J_nu(x), of any shape; exact also where J_nu(x) is below 1e-308."""
    flat, shape = _flat(x)
    return _log_and_slope(float(order), flat, 1)[1].reshape(shape)


def log_bessel_y(order: float, x: ArrayLike) -> Array:
    """Natural logarithm of -Y_nu(x), for 0 < x below the first zero of Y_nu (which lies a little
    beyond x = nu).
    """
    flat, shape = _flat(x)
    return _log_and_slope(float(order), flat, -1)[0].reshape(shape)


def log_derivative_y(order: float, x: ArrayLike) -> Array:
    """Y_nu'(x) / Y_nu(x), of any shape; exact also where |Y_nu(x)| is above 1e308."""
    flat, shape = _flat(x)
    return _log_and_slope(float(order), flat, -1)[1].reshape(shape)


def _scaled(order: float, x: ArrayLike, log_scale: ArrayLike, sign: int) -> tuple[Array, Array]:
    flat, shape = _flat(x)
    scale = np.broadcast_to(np.asarray(log_scale, dtype=np.float64), shape).reshape(-1)
    value = np.empty_like(flat)
    derivative = np.empty_like(flat)
    below = _debye_holds(order, flat)
    if order > 0:
        below |= order * np.log(0.5 * flat) - math.lgamma(order + 1.0) < _LOG_FLOOR
        below &= flat < order
    if below.any():
        log_size, slope = _log_and_slope(order, flat[below], sign)
        value[below] = sign * np.exp(log_size - scale[below])
        derivative[below] = slope * value[below]
    if not below.all():
        factor = np.exp(-scale[~below])
        f, df = _direct(order, flat[~below], sign)
        value[~below] = f * factor
        derivative[~below] = df * factor
    return value.reshape(shape), derivative.reshape(shape)


def bessel_j_scaled(order: float, x: ArrayLike, log_scale: ArrayLike = 0.0) -> tuple[Array, Array]:
    """J_nu(x) exp(-log_scale) and J_nu'(x) exp(-log_scale) for all x > 0.

    Parameters
    ----------
    order : float
        nu >= 0.
    x : array_like
        Any shape.
    log_scale : array_like
        Natural logarithm taken out of the values; broadcasts to the shape of `x`.

    Returns
    -------
    value, derivative : arrays, the shape of `x`
    """
    return _scaled(float(order), x, log_scale, 1)


def bessel_y_scaled(order: float, x: ArrayLike, log_scale: ArrayLike = 0.0) -> tuple[Array, Array]:
    """Y_nu(x) exp(-log_scale) and Y_nu'(x) exp(-log_scale) for all x > 0; arguments as in
    `bessel_j_scaled`.
    """
    return _scaled(float(order), x, log_scale, -1)
