"""Radiative Q of a homogeneous cylinder or sphere in closed form.

Derivation. With L(z) = z C'(z)/C(z) + s (s = 0 cylinder, 1/2 sphere) a Bessel function C of order
nu obeys z dL/dz = nu^2 - z^2 - (L - s)^2. The resonance condition is f = L_J(n x)/w - L_H(x) = 0, w
= 1 (TM) or n^2 (TE). At the root L_J = w L_H =: w L, and k df/dk = -(n^2 - 1) x^2 (TM), -(n^2 - 1)
(A/n^2 + L^2) (TE), where A = nu^2 - s^2 is m^2, or l (l + 1). On the real axis Im L_H = 2/(pi
|H|^2) by the Wronskian. So
|Im k| = (2/(pi |H|^2)) / |df/dk|, and Q = k/(2 |Im k|).
"""

from __future__ import annotations

import math

import numpy as np

from ..errors import InputError
from .functions.bessel_complex import bessel_pair


def homogeneous_log10_q(
    bessel_order: float,
    offset: float,
    angular: float,
    size: float,
    contrast: float,
    polarisation: str,
) -> float:
    """log10 of Q = (pi/4) |H|^2 |k df/dk|, H the outgoing function at x = `size`.

    Parameters
    ----------
    bessel_order, offset, angular : float
        nu, s and A above.
    size : float
        x = k n_surround R.
    contrast : float
        Index over that of the surround, above 1.
    polarisation : {"TM", "TE"}
        TM: E parallel to the axis.

    Raises
    ------
    InputError
        If the contrast is not above 1 or the polarisation is unknown.
    """
    if contrast <= 1.0:
        raise InputError(f"contrast: {contrast:g} is not allowed; above 1")
    if polarisation not in ("TM", "TE"):
        raise InputError(
            f"polarisation: {polarisation!r} is not allowed; TM (E along the axis) or TE"
        )
    pair = bessel_pair(bessel_order, np.array([size]))
    log_h2 = 2.0 * (float(pair.scale[0]) + math.log(abs(complex(pair.hankel[0][0]))))
    slope = size**2
    if polarisation == "TE":
        slope = (
            angular / contrast**2 + (size * float(pair.dy[0].real / pair.y[0].real) + offset) ** 2
        )
    return (math.log(0.25 * math.pi * (contrast**2 - 1.0) * slope) + log_h2) / math.log(10.0)
