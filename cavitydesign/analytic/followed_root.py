"""A complex root followed while its equation is changed into another, so that no root takes the
place of its neighbour.

The radial orders are counted where nothing leaks, and each pole belongs to one of them. From there
one iteration may end on the pole of another order: behind a gap of low index a mode that leaks much
and one that leaks little lie within the width of the first. Followed in steps, poles stay apart.
"""

from __future__ import annotations

from collections.abc import Callable

from ..errors import SolverError

Equation = Callable[[float, complex], complex]

# A step is right where the root lies near where it was expected, in parts of how far it moved.
_NEAR = 0.2
_SAME = 1e-10  # of k: no two roots are as near, and a root that hardly moves is rounded
# Of the way. Most roots are followed in three steps that grow from the first; where the least one
# does not do, two roots meet on the way.
_FIRST_STEP, _LEAST_STEP = 0.25, 1e-4
_MOST_SECANTS, _SETTLED = 12, 1e-12  # relative to k; the last polish is the caller's
_APART = 1e-8  # of k, between the two points that give a slope


def expected_of(root: complex, start: complex, expected: complex) -> bool:
    """Whether a root that was sought from `start` is the one that was expected."""
    return abs(root - expected) <= _NEAR * abs(expected - start) + _SAME * abs(root)


def followed_root(equation: Equation, start: complex, which: str) -> complex:
    """The root at 1 of an equation f(t, k) = 0 whose root at 0 is known.

    Parameters
    ----------
    equation : callable
        Of t from 0 to 1 and k, without poles near its roots.
    start : complex
        The root at t = 0.
    which : str
        For the message.

    Raises
    ------
    SolverError
        If the root cannot be followed: two meet on the way.
    """
    t, k, step = 0.0, start, _FIRST_STEP
    while t < 1.0:
        following = min(1.0, t + step)
        # what f lacks at the root of before moves it, to first order
        slope = _slope(equation, t, k)
        expected = k - equation(following, k) / slope
        root = _secant(equation, following, expected, slope)
        if root is not None and expected_of(root, k, expected):
            t, k, step = following, root, 2.0 * step
            continue
        step *= 0.5
        if step < _LEAST_STEP:
            raise SolverError(f"{which}: the pole meets another one; change the cavity a little")
    return k


def _slope(equation: Equation, t: float, k: complex) -> complex:
    apart = _APART * abs(k)
    return (equation(t, k + apart) - equation(t, k - apart)) / (2.0 * apart)


def _secant(equation: Equation, t: float, start: complex, slope: complex) -> complex | None:
    k, value = start, equation(t, start)
    for _ in range(_MOST_SECANTS):
        change = -value / slope
        if abs(change) <= _SETTLED * abs(k):
            return k + change
        following = k + change
        after = equation(t, following)
        slope = (after - value) / change
        if slope == 0.0:
            return None
        k, value = following, after
    return None
