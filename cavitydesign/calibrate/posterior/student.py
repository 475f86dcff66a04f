"""Student's t of measured points: what one that is far off pulls, and what a usual one counts."""

from __future__ import annotations

import math

import numpy as np
from scipy.special import gammaln

from ...arrays import Array

DEGREES = 4.0
"""Degrees of freedom of Student's t: one point in 110 lies beyond four scatters, so that an outlier
counts for little."""
POINT_WORTH = 0.893
"""What a point counts. Points usually scatter normally, and Student's t of four degrees then draws
1 / 0.893 of a normal point's variance from each, while it claims the variance of a normal one: its
intervals are 5.5 % too narrow (a 90 % interval holds 88.0 %). With the scatter s that it fits to a
normal unit one, E[5 r^2 / (4 s^2 + r^2)] = 1, the curvature of its logarithm is E[psi'] = E[psi r]
= 1 (C. Stein), and the variance of its slope E[psi^2] = 1 / 0.893, psi = 5 r / (4 s^2 + r^2). The
likelihood to this power claims what is so; where points do follow the t, intervals are as much too
wide."""
# Normalisation of Student's t.
_CONSTANT = float(
    gammaln(0.5 * (DEGREES + 1.0)) - gammaln(0.5 * DEGREES) - 0.5 * math.log(DEGREES * math.pi)
)


def log_density(deviation: Array, width: Array) -> Array:
    """Logarithm of Student's t of each deviation.

    Parameters
    ----------
    deviation : (...) array
    width : (...) array
        Its scale, of a shape that spreads over the deviations.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(np.exp(log_density(np.array(0.0), np.array(1.0)))), 4)
    0.375
    """
    far = np.log1p((deviation / width) ** 2 / DEGREES)
    return np.asarray(_CONSTANT - 0.5 * (DEGREES + 1.0) * far - np.log(width))
