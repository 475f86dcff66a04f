"""Amplified spontaneous emission of a stripe: modal gain from its length dependence
(variable-stripe-length method).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...units import UM_PER_CM
from .fitting import check_answer, fitted


def modal_gain_per_cm(gain_per_cm: float, confinement: float, loss_per_cm: float = 0.0) -> float:
    """Net modal gain Gamma g - loss of a film mode.

    Parameters
    ----------
    gain_per_cm : float
        Material gain.
    confinement : float
        Share of the mode's energy in the film, 0 to 1.
    loss_per_cm : float

    Returns
    -------
    float
    """
    return confinement * gain_per_cm - loss_per_cm


def stripe_emission(
    length_um: ArrayLike,
    net_gain_per_cm: float,
    source: float = 1.0,
    saturation_length_um: float | None = None,
) -> Array:
    """Edge emission of a pumped stripe, source (exp(g L) - 1) / g, linear in L without gain.

    Parameters
    ----------
    length_um : array
        Stripe lengths.
    net_gain_per_cm : float
        Modal gain minus loss; negative for a lossy stripe.
    source : float
        Spontaneous emission into the guided mode for each cm of stripe.
    saturation_length_um : float or None
        Beyond this length the light no longer grows exponentially but linearly, at the slope
        reached (gain depleted).
    """
    length = np.asarray(length_um, dtype=float) / UM_PER_CM
    if saturation_length_um is None:
        return np.asarray(source * _grown(length, net_gain_per_cm))
    knee = saturation_length_um / UM_PER_CM
    slope = math.exp(net_gain_per_cm * knee)
    before = _grown(np.minimum(length, knee), net_gain_per_cm)
    return np.asarray(source * (before + slope * np.maximum(length - knee, 0.0)))


def log_stripe_emission(length_um: ArrayLike, net_gain_per_cm: float) -> Array:
    """Natural logarithm of the unsaturated `stripe_emission` of source 1, which overflows no float
    however much the light grows.

    Parameters
    ----------
    length_um : array
        Stripe lengths.
    net_gain_per_cm : float
        Modal gain minus loss.
    """
    return _log_grown(np.asarray(length_um, dtype=float) / UM_PER_CM, net_gain_per_cm)


def _log_grown(length_cm: Array, gain: float) -> Array:
    """ln[(exp(g L) - 1) / g] = ln L + max(g L, 0) + ln[(1 - exp(-|g L|)) / |g L|]."""
    growth = gain * length_cm
    size = np.abs(growth)
    share = np.divide(-np.expm1(-size), size, out=np.ones_like(size), where=size > 0)
    return np.asarray(np.log(length_cm) + np.maximum(growth, 0.0) + np.log(share))


def _grown(length_cm: Array, gain: float) -> Array:
    return length_cm if gain == 0.0 else np.asarray(np.expm1(gain * length_cm) / gain)


@dataclass(frozen=True)
class StripeFit:
    """Modal gain from a variable-stripe-length curve.

    Attributes
    ----------
    net_gain_per_cm, error_per_cm : float
        Fitted gain and its standard error.
    source : float
        Spontaneous emission for each cm.
    rms : float
        Root-mean-square relative deviation.
    """

    net_gain_per_cm: float
    error_per_cm: float
    source: float
    rms: float


def fit_stripe_gain(length_um: ArrayLike, emission: ArrayLike) -> StripeFit:
    """Fit gain and source to unsaturated emission against stripe length, with equal relative
    weights.

    Parameters
    ----------
    length_um : (n,) array_like
        Lengths of the pumped stripe, in any order.
    emission : (n,) array_like
        Light from its end, in any unit.

    Returns
    -------
    StripeFit

    Raises
    ------
    InputError
        Fewer than four points, or values that are not positive.
    """
    length, light = np.asarray(length_um, dtype=float), np.asarray(emission, dtype=float)
    if length.ndim != 1 or length.shape != light.shape or len(length) < 4:
        raise InputError("stripe: needs four or more lengths with as many emissions")
    if not (np.all(length > 0) and np.all(light > 0) and np.all(np.isfinite(light))):
        raise InputError("stripe: lengths and emissions must be positive")
    order = np.argsort(length)
    x, y = length[order] / UM_PER_CM, np.log(light[order])
    scale = 1.0 / x[-1]

    def misfit(parameters: Array) -> Array:
        return np.asarray(parameters[1] + _log_grown(x, float(parameters[0]) * scale) - y)

    if len(np.unique(x)) < 3:
        raise InputError("stripe: needs three or more different lengths")
    step = x[-1] - x[x < x[-1]][-1]
    start = max((y[-1] - y[x < x[-1]][-1]) / step, scale) / scale
    tried = [
        fitted("stripe", misfit, [guess, y[0] - math.log(x[0])]) for guess in (start, 0.5, -1.0)
    ]
    found = min(tried, key=lambda one: float(one.cost))
    columns = np.asarray(found.jac, dtype=float)
    covariance = np.linalg.pinv(columns.T @ columns) * 2.0 * found.cost / max(len(x) - 2, 1)
    check_answer("stripe", *np.diag(covariance))
    return StripeFit(
        float(found.x[0]) * scale,
        math.sqrt(float(covariance[0, 0])) * scale,
        math.exp(float(found.x[1])),
        math.sqrt(2.0 * found.cost / len(x)),
    )
