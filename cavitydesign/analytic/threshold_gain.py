"""The gain at which an exact resonance stops decaying: a real frequency of the resonator with
amplifying layers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from ..errors import InputError, SolverError
from ..units import absorption_per_cm
from ..units import wavelength_nm as wavelength_of
from .energy import regularised_shares
from .functions.radial import RadialProblem, mismatch
from .resonance import Resonator, find_resonance


@dataclass(frozen=True)
class ThresholdGain:
    """Threshold of one resonance.

    Attributes
    ----------
    extinction : float
        kappa > 0: the amplifying layers have the index n - i kappa (minus their own absorption
        where they have one).
    gain_per_cm : float
        4 pi kappa / lambda.
    wavelength_nm : float
        Of the lasing resonance, where the gain does not change with wavelength.
    first_order_extinction : float
        n / (2 Q Gamma) with the cold Q and the regularised share Gamma of the layers.
    residual : float
        Absolute value of the characteristic function at the result.
    """

    extinction: float
    gain_per_cm: float
    wavelength_nm: float
    first_order_extinction: float
    residual: float


def _with_gain(problem: RadialProblem, layers: Sequence[int], kappa: float) -> RadialProblem:
    indices = tuple(
        complex(n) - (1j * kappa if j in layers else 0.0) for j, n in enumerate(problem.indices)
    )
    return replace(problem, indices=indices)


def threshold_gain(
    resonator: Resonator,
    order: int,
    p: int,
    polarisation: str,
    layers: Sequence[int],
    near_nm: float = 550.0,
) -> ThresholdGain:
    """Extinction of the amplifying layers at which the outgoing solution has a real frequency.

    Parameters
    ----------
    resonator : Resonator
        Not dispersive: the gain condition is posed at fixed indices.
    order, p, polarisation, near_nm
        As in `find_resonance`.
    layers : sequence of int
        Amplifying layers, counted from the core (0).

    Raises
    ------
    InputError
        If the resonator is dispersive or no layer amplifies.
    SolverError
        If Newton's iteration in (k, kappa) does not settle.
    """
    if resonator.dispersive(polarisation):
        raise InputError(
            "indices: a threshold with dispersive indices is not defined here; give numbers"
        )
    last = len(resonator.radii_um) - 1
    if not layers or not all(0 <= j <= last for j in layers):
        raise InputError(
            f"layers: {tuple(layers)} must name layers inside the resonator, 0 to {last}"
        )
    cold = find_resonance(resonator, order, p, polarisation, near_nm)
    share = float(sum(regularised_shares(cold)[j] for j in layers))
    index = complex(cold.problem.indices[layers[0]]).real
    first = 0.5 * index / share * 10.0**-cold.log10_q
    k, kappa = _real_root(cold.problem, layers, cold.k_re_per_um, first)
    wave = wavelength_of(k)
    left = abs(mismatch(_with_gain(cold.problem, layers, kappa), k))
    return ThresholdGain(kappa, absorption_per_cm(kappa, wave), wave, first, left)


def _real_root(
    problem: RadialProblem, layers: Sequence[int], k: float, kappa: float
) -> tuple[float, float]:
    """Newton's iteration on Re and Im of the mismatch in two real unknowns, derivatives by central
    differences.
    """

    def value(k: float, kappa: float) -> complex:
        return mismatch(_with_gain(problem, layers, kappa), k)

    step_k = 1e-6 * k * problem.bessel_order ** (-2.0 / 3.0)
    step_kappa = 1e-3 * kappa
    for _ in range(40):
        f = value(k, kappa)
        by_k = (value(k + step_k, kappa) - value(k - step_k, kappa)) / (2.0 * step_k)
        by_kappa = (value(k, kappa + step_kappa) - value(k, kappa - step_kappa)) / (
            2.0 * step_kappa
        )
        jacobian = np.array([[by_k.real, by_kappa.real], [by_k.imag, by_kappa.imag]])
        # rows of very different size (Im f is 1/Q of Re f): scale each before solving
        size = np.abs(jacobian).max(axis=1)
        moved = np.linalg.solve(jacobian / size[:, None], -np.array([f.real, f.imag]) / size)
        k, kappa = k + float(moved[0]), kappa + float(moved[1])
        if abs(moved[0]) <= 1e-15 * k and abs(moved[1]) <= 1e-13 * kappa:
            return k, kappa
        if not (math.isfinite(kappa) and kappa > 0.0):
            break
    if abs(moved[0]) <= 1e-13 * k and abs(moved[1]) <= 1e-9 * kappa:
        return k, kappa
    raise SolverError(
        f"order {problem.order}: no lasing threshold near k = {k:.6g} per um; is the passive Q "
        "too low?"
    )
