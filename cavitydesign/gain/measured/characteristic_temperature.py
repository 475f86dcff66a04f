"""The characteristic temperature of a laser: ln(threshold) against temperature as a straight line,
threshold = threshold_0 exp(T / T_0) (Pankove, IEEE J. Quantum Electron. 4, 119, 1968).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...errors import InputError

_LEAST_POINTS = 3  # two tell no error


@dataclass(frozen=True)
class CharacteristicTemperature:
    """A fit, valid between the temperatures that it was made from.

    Attributes
    ----------
    t0_k, t0_error_k : float
        Characteristic temperature with its standard error; infinite where the threshold does not
        depend on temperature, negative where it falls.
    log_slope_per_k, log_slope_error_per_k : float
        d ln(threshold) / dT = 1 / T_0.
    threshold : float
        Of the line at the lowest temperature, in the unit given.
    rms : float
        Of ln(threshold) about the line: curvature counts as scatter.
    range_k : (float, float)
    """

    t0_k: float
    t0_error_k: float
    log_slope_per_k: float
    log_slope_error_per_k: float
    threshold: float
    rms: float
    range_k: tuple[float, float]

    def at(self, temperature_k: ArrayLike) -> np.ndarray:
        """The line within its range.

        Raises
        ------
        InputError
            Beyond it.
        """
        t = np.asarray(temperature_k, dtype=float)
        low, high = self.range_k
        if (t < low).any() or (t > high).any():
            raise InputError(f"temperature_k: the fit holds from {low:g} to {high:g} K alone")
        return np.asarray(self.threshold * np.exp(self.log_slope_per_k * (t - low)))


def fit_characteristic_temperature(
    temperature_k: ArrayLike, threshold: ArrayLike
) -> CharacteristicTemperature:
    """Fit T_0 by least squares of the logarithms.

    Parameters
    ----------
    temperature_k, threshold : (n,) array_like
        At least three temperatures; thresholds in any unit.

    Raises
    ------
    InputError
        For fewer points, temperatures or thresholds that are not positive.
    """
    t, value = (np.asarray(one, dtype=float) for one in (temperature_k, threshold))
    if t.shape != value.shape or t.ndim != 1 or np.unique(t).size < _LEAST_POINTS:
        raise InputError(
            f"temperature_k, threshold: T0 with its error takes {_LEAST_POINTS} temperatures or "
            "more, and a threshold for each"
        )
    for name, one in (("temperature_k", t), ("threshold", value)):
        if not (np.isfinite(one).all() and (one > 0).all()):
            raise InputError(f"{name}: must be positive numbers")
    low = float(t.min())
    moved = t - t.mean()
    logs = np.log(value)
    weight = float(moved @ moved)
    slope = float(moved @ logs) / weight
    left = logs - logs.mean() - slope * moved
    scatter = float(left @ left) / (t.size - 2)
    error = math.sqrt(scatter / weight)
    start = float(logs.mean() + slope * (low - t.mean()))
    t0 = math.inf if slope == 0.0 else 1.0 / slope
    t0_error = math.inf if slope == 0.0 else error / slope**2
    rms = math.sqrt(float(left @ left) / t.size)
    return CharacteristicTemperature(
        t0, t0_error, slope, error, math.exp(start), rms, (low, float(t.max()))
    )
