"""Bessel functions J, Y of complex argument, real and imaginary part exact separately.

A resonance of quality Q has Im k / Re k = 1/(2 Q): at Q = 1e14 a library routine rounds the
imaginary part of a function away. Taylor series in i Im z about the real axis keep it, because
their even and odd terms never mix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array, ComplexArray
from .bessel import bessel_j_scaled, bessel_y_scaled, log_bessel_y

# A step h moves the phase by h max(1, nu/x) at most; low orders feel the singularity z = 0 first.
_LONGEST_STEP = 0.7
# Added to the order where a step is judged: whatever the order, a step then stays below 0.7/6 of
# the distance to z = 0, where the series is singular.
_LOW_ORDER = 6.0
# At `_LONGEST_STEP` the exponential tail 0.7^n/n! falls below 1e-17 at n = 17, the geometric tail
# (0.7/6)^n at 19; the rest is reserve.
_MOST_TERMS = 24
# Below this relative step the squares would underflow; the linear term is then exact.
_LINEAR_BELOW = 1e-100


@dataclass(frozen=True)
class ScaledPair:
    """J = j exp(-scale), Y = y exp(+scale) and their derivatives with respect to the argument, at
    complex arguments.

    `scale` is real, and zero beyond the turning point, so that j and y are of order one wherever
    the order is large.
    """

    j: ComplexArray
    dj: ComplexArray
    y: ComplexArray
    dy: ComplexArray
    scale: Array

    @property
    def hankel(self) -> tuple[ComplexArray, ComplexArray]:
        """H1 exp(-scale) and its derivative (J + iY, outgoing with exp(-i omega t))."""
        damped = np.exp(-2.0 * self.scale)
        return self.j * damped + 1j * self.y, self.dj * damped + 1j * self.dy


def _continued(
    order: float,
    z: ComplexArray,
    step: ComplexArray,
    value: ComplexArray,
    slope: ComplexArray,
    count: int,
) -> tuple[ComplexArray, ComplexArray]:
    """Solution of Bessel's equation at z + step from its value and derivative at z, by its Taylor
    series.
    """
    inverse = step / z
    if np.max(np.abs(inverse), initial=0.0) < _LINEAR_BELOW:
        bend = -slope / z - (1.0 - (order / z) ** 2) * value
        return value + step * slope, slope + step * bend
    turning = (z * z - order * order) * inverse * inverse
    # terms a_n = c_n step^n; the equation gives (n+2)(n+1) a_{n+2} from the three or four before.
    terms: list[ComplexArray] = [value, slope * step]
    for n in range(count - 2):
        following = (2 * n + 1) * (n + 1) * inverse * terms[n + 1] + (
            turning + n * n * inverse * inverse
        ) * terms[n]
        if n >= 1:
            following = following + 2.0 * step * step * inverse * terms[n - 1]
        if n >= 2:
            following = following + step * step * inverse * inverse * terms[n - 2]
        terms.append(np.asarray(-following / ((n + 2) * (n + 1)), dtype=np.complex128))
    total = np.zeros_like(value)
    derivative = np.zeros_like(value)
    for n in range(count - 1, 0, -1):
        total = total + terms[n]
        derivative = derivative + n * terms[n]
    return value + total, np.where(step == 0, slope, derivative / np.where(step == 0, 1.0, step))


def _terms_needed(reach: float) -> int:
    """Terms after which the series, exponential but for its geometric tail, has ended; two more for
    the derivative.
    """
    tail = (reach**n / math.factorial(n) + (reach / _LOW_ORDER) ** n for n in range(6, _MOST_TERMS))
    return next((n + 2 for n, size in enumerate(tail, 6) if size < 1e-17), _MOST_TERMS)


def bessel_pair(order: float, argument: ArrayLike) -> ScaledPair:
    """J and Y of one order with their derivatives at complex arguments of positive real part.

    Parameters
    ----------
    order : float
        nu >= 0, integer or half-integer.
    argument : array_like of complex
        Any shape. The cost grows with |Im z| max(1, nu / Re z), in steps of 0.7.

    Returns
    -------
    ScaledPair
        Arrays of the shape of `argument`; at real arguments and arguments with small |Im z|, real
        and imaginary parts are each exact to about nu times 1e-16.
    """
    z = np.asarray(argument, dtype=np.complex128)
    x = z.real.copy()
    inside = x < order
    scale = np.zeros_like(x)
    if inside.any():
        scale[inside] = log_bessel_y(order, x[inside])
    j_real, dj_real = bessel_j_scaled(order, x, -scale)
    y_real, dy_real = bessel_y_scaled(order, x, scale)
    j, dj = j_real.astype(np.complex128), dj_real.astype(np.complex128)
    y, dy = y_real.astype(np.complex128), dy_real.astype(np.complex128)
    reach = float(np.max(np.abs(z.imag) * np.maximum(1.0, (order + _LOW_ORDER) / x), initial=0.0))
    if reach > 0.0:
        steps = math.ceil(reach / _LONGEST_STEP)
        step = np.asarray(z.imag * 1j / steps, dtype=np.complex128)
        count = _terms_needed(reach / steps)
        for number in range(steps):
            at = np.asarray(x + number * step, dtype=np.complex128)
            j, dj = _continued(order, at, step, j, dj, count)
            y, dy = _continued(order, at, step, y, dy, count)
    return ScaledPair(j, dj, y, dy, scale)
