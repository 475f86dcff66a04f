"""Resonances of cylinders that are not round, by expansions that share nothing with the solver.

An outline r(phi): cylindrical harmonics inside and outside, matched on the outline (Rayleigh's
hypothesis, which holds for so small amplitudes). A circle in a circle: multipoles about both
centres, joined by Graf's addition theorem.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from scipy.special import h1vp, hankel1, jv, jvp

_POINTS = 200
_STEPS = 40


def secant(f: Callable[[complex], complex], start: complex, step: float = 1e-6) -> complex:
    """A root of an analytic function."""
    a, b = start, start * (1.0 + step)
    f_a = f(a)
    for _ in range(_STEPS):
        f_b = f(b)
        if f_b == f_a:
            break
        a, f_a, b = b, f_b, b - f_b * (b - a) / (f_b - f_a)
        if abs(b - a) < 1e-14 * abs(b):
            break
    return b


def of_outline(outline, index, orders, start, te=False, parity="even"):
    """Complex k0 of one standing wave of a cylinder in vacuum.

    Parameters
    ----------
    outline : callable
        r and dr/dphi at azimuths.
    orders : sequence of int
        Azimuthal orders of the expansion.
    start : complex
        A guess of k0.
    te : bool
        E across the axis.
    parity : {"even", "odd"}
        Of the field in phi.
    """
    orders = np.asarray(orders)
    phi = (np.arange(_POINTS) + 0.5) * 2.0 * np.pi / _POINTS
    r, slope = outline(phi)
    cos, sin = np.cos(np.outer(phi, orders)), np.sin(np.outer(phi, orders))
    wave, turned = (cos, -orders * sin) if parity == "even" else (sin, orders * cos)
    project, bend = wave.T / _POINTS, (slope / r**2)[:, None]
    jump = 1.0 / index**2 if te else 1.0
    mean = float(r.mean())

    def matrix(k):
        x, y = index * k * r[:, None], k * r[:, None]
        inner, outer = jv(orders, index * k * mean), hankel1(orders, k * mean)
        inside, inside_r = jv(orders, x) / inner, index * k * jvp(orders, x) / inner
        outside, outside_r = hankel1(orders, y) / outer, k * h1vp(orders, y) / outer
        return np.block(
            [
                [project @ (inside * wave), -project @ (outside * wave)],
                [
                    jump * project @ (inside_r * wave - bend * inside * turned),
                    -project @ (outside_r * wave - bend * outside * turned),
                ],
            ]
        )

    reference = np.linalg.slogdet(matrix(start))[1]

    def determinant(k):
        sign, log = np.linalg.slogdet(matrix(k))
        return sign * np.exp(log - reference)

    return secant(determinant, start)


def of_circles(radius, core, offset, indices, m, start, te=False, spread=6):
    """Complex k0 of a circle of radius `core` in one of `radius`, their centres apart.

    Parameters
    ----------
    indices : three floats
        Of the core, the shell and the surround.
    """
    n_1, n_2, n_3 = indices
    orders = np.arange(m - spread, m + spread + 1)
    own = spread
    rest = np.flatnonzero(orders != m)

    def weight(n):
        return 1.0 / n if te else n

    def reduced(k):
        x, y = n_1 * k * core, n_2 * k * core
        a, b = weight(n_2), weight(n_1)
        scattered = -(a * jvp(orders, y) * jv(orders, x) - b * jvp(orders, x) * jv(orders, y)) / (
            a * h1vp(orders, y) * jv(orders, x) - b * jvp(orders, x) * hankel1(orders, y)
        )
        x, y = n_2 * k * radius, n_3 * k * radius
        a, b = weight(n_2), weight(n_3)
        out, out_r = hankel1(orders, y), h1vp(orders, y)
        moved = jv(np.subtract.outer(orders, orders), n_2 * k * offset)
        coupled = moved.T @ np.diag(scattered) @ moved
        whole = np.diag(a * out * h1vp(orders, x) - b * out_r * hankel1(orders, x)) @ coupled
        whole += np.diag(a * out * jvp(orders, x) - b * out_r * jv(orders, x))
        whole /= (abs(out * jv(orders, x)) + abs(out_r * jv(orders, x)))[:, None]
        others = np.linalg.solve(whole[np.ix_(rest, rest)], whole[rest, own])
        return whole[own, own] - whole[own, rest] @ others

    return secant(reduced, start, 1e-7)
