"""Which measurement would narrow a prediction most, from the draws of a calibration.

Each draw predicts the asked threshold and the light curve or laser spectrum that a candidate
measurement would give. Where both vary together over the draws, the measurement tells of the
threshold. What it would leave is the conditional variance of a normal distribution with the draws'
covariances: the expected posterior variance to the order of those, which needs no measurement to be
made up. Constants of the medium are told of in the same way, and so are the best measurements
together.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...arrays import Array

POINTS = 20
"""Points of a light curve that a candidate is taken to have, as the published curves do."""
FAINTEST_LINE = 5e-3
"""Light of a line over that of the strongest that a spectrum shows: spectrometers of 16 bits reach
it in one exposure."""
# Standard deviation of the logarithm of a curve's scale: the unit of light is arbitrary.
_FREE_SCALE = 10.0
# Principal components of a candidate's curves. Of 200 draws, eight directions take away 4 % of the
# variance by chance, which is put back.
_MOST_FEATURES = 8
# Measurements that are told of together.
_MOST_TOGETHER = 3
_FEWEST_LASING = 16  # Fewer draws tell no covariance of `_MOST_FEATURES` numbers.


@dataclass(frozen=True, eq=False)
class Measurement:
    """A light curve or a laser spectrum that could be measured, as each draw predicts it.

    Attributes
    ----------
    name : str
    log_light : (k, m) array
        Logarithm of the light of each draw: at fluences, or of lines at one fluence. Its unit is
        arbitrary.
    slope : (m,) array
        Its mean change with the logarithm of the fluence.
    noise : float
        Relative scatter of a point or line.
    """

    name: str
    log_light: Array
    slope: Array
    noise: float


def curve_to_measure(
    name: str, log_light: Array, log_fluence_step: float, noise: float
) -> Measurement:
    """A light curve, at even steps of the logarithm of the fluence.

    Parameters
    ----------
    name : str
    log_light : (k, m) array
    log_fluence_step, noise : float
    """
    return Measurement(name, log_light, np.gradient(log_light.mean(0), log_fluence_step), noise)


def spectrum_to_measure(
    name: str, shares: Array, brighter: Array, log_fluence_step: float, noise: float
) -> Measurement:
    """A laser spectrum: the lines that half of the draws make bright enough.

    Parameters
    ----------
    name : str
    shares, brighter : (k, m) arrays
        Shares of the modes at its fluence, and at one a step higher.
    log_fluence_step, noise : float
    """

    def log_lines(light: Array) -> Array:
        rest = light / np.maximum(light.max(axis=1, keepdims=True), 1e-300)
        # below the floor all are alike: not seen
        return np.asarray(np.log(np.maximum(rest, FAINTEST_LINE)))

    lines = log_lines(shares)
    seen = np.median(lines, axis=0) > math.log(FAINTEST_LINE)
    slope = (log_lines(brighter) - lines).mean(axis=0) / log_fluence_step
    return Measurement(name, lines[:, seen], slope[seen], noise)


@dataclass(frozen=True)
class Candidate:
    """What one measurement, or some together, would leave.

    Attributes
    ----------
    name : str
    sd_after : float
        Expected relative standard deviation of the asked threshold with it.
    share_left : float
        That over today's.
    constants_left : mapping of str to float
        The same share of each constant, by its name.
    """

    name: str
    sd_after: float
    share_left: float
    constants_left: Mapping[str, float]


@dataclass(frozen=True)
class Advice:
    """Candidates in the order of what they would tell.

    Attributes
    ----------
    asked : str
        Name of the cavity whose threshold is asked.
    lases : float
        Share of the draws in which it lases; the standard deviations of the threshold are of those.
    sd_now : float
        Relative standard deviation of its threshold today.
    candidates : tuple of Candidate
    constants_now : mapping of str to float
        Standard deviation of each constant today: of its logarithm where its prior is of that, else
        in its own unit.
    together : tuple of Candidate
        The best one, that with the one that then tells most, and so on.
    """

    asked: str
    lases: float
    sd_now: float
    candidates: tuple[Candidate, ...]
    constants_now: Mapping[str, float]
    together: tuple[Candidate, ...] = ()

    def to_json_dict(self) -> dict[str, Any]:
        """The object `next` of the JSON."""
        return {
            "asked": self.asked,
            "lases_probability": self.lases,
            "threshold_relative_sd": self.sd_now if np.isfinite(self.sd_now) else None,
            "constants_sd": dict(self.constants_now),
            "candidates": [_plain(each) for each in self.candidates],
            "together": [_plain(each) for each in self.together],
        }


def _plain(candidate: Candidate) -> dict[str, Any]:
    return {**vars(candidate), "constants_left": dict(candidate.constants_left)}


def advice_of(
    asked: str,
    threshold_mj_cm2: Array,
    measurements: Sequence[Measurement],
    fluence_scale_sd: float,
    constants: Mapping[str, Array] | None = None,
) -> Advice:
    """Rank candidates.

    Parameters
    ----------
    asked : str
    threshold_mj_cm2 : (k,) array
        Of each draw, infinite without one.
    measurements : sequence of Measurement
    fluence_scale_sd : float
        Relative error of the fluence scale of a new session.
    constants : mapping of str to (k,) array, optional
        Constants of each draw, in the unit in which their standard deviations are told.

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.random.default_rng(0).standard_normal(200)
    >>> curves = draws[:, None] * np.linspace(0.0, 1.0, 20)
    >>> telling = curve_to_measure("a", curves, 0.1, 0.05)
    >>> found = advice_of("15 um", np.exp(0.1 * draws), [telling], 0.0)
    >>> found.candidates[0].share_left < 0.2
    True
    """
    lasing = np.isfinite(threshold_mj_cm2)
    share, constants = float(lasing.mean()), constants or {}
    constants_now = {name: float(values.std()) for name, values in constants.items()}
    if np.count_nonzero(lasing) < _FEWEST_LASING:
        return Advice(asked, share, float("nan"), (), constants_now)
    target = np.log(threshold_mj_cm2[lasing])
    now = float(target.std())
    seen = {each.name: _features(each, fluence_scale_sd) for each in measurements}

    def with_these(names: Sequence[str]) -> Candidate:
        features = np.concatenate([seen[name] for name in names], axis=1)
        left = _left(target, features[lasing])
        rest = {name: _left(values, features) for name, values in constants.items()}
        return Candidate(" and ".join(names), now * left, left, rest)

    found = sorted((with_these([name]) for name in seen), key=lambda each: each.share_left)
    names: list[str] = []
    together = []
    while len(names) < min(_MOST_TOGETHER, len(seen)):
        rest = [name for name in seen if name not in names]
        best = min(rest, key=lambda name: with_these([*names, name]).share_left)
        names.append(best)
        together.append(with_these(names))
    return Advice(asked, share, now, tuple(found), constants_now, tuple(together[1:]))


def _features(measurement: Measurement, scale_sd: float) -> Array:
    """What a measurement tells of each draw, (k, p), in units of its error."""
    curve = measurement.log_light
    slope, points = measurement.slope, curve.shape[1]
    error = (
        measurement.noise**2 * np.eye(points)
        + _FREE_SCALE**2 * np.ones((points, points))
        + scale_sd**2 * np.outer(slope, slope)
    )
    # In units of the error, so that components are ordered by what can be told from noise.
    factor = np.linalg.cholesky(error)
    seen = np.linalg.solve(factor, (curve - curve.mean(axis=0)).T).T
    _, _, rows = np.linalg.svd(seen, full_matrices=False)
    return np.asarray(seen @ rows[:_MOST_FEATURES].T)


def _left(target: Array, features: Array) -> float:
    """Share of the target's standard deviation that features with an error of 1 would leave."""
    centred, features = target - target.mean(), features - features.mean(axis=0)
    variance = float(centred.var())
    if variance == 0.0:
        return 1.0
    count = len(target)
    covariance = features.T @ features / count
    kernel = np.linalg.inv(covariance + np.eye(len(covariance)))
    together = features.T @ centred / count
    left = 1.0 - float(together @ kernel @ together) / variance
    # So many directions take away their part by chance.
    chance = float(np.trace(covariance @ kernel)) / (count - 1)
    return float(np.sqrt(np.clip(left / max(1.0 - chance, 0.1), 0.0, 1.0)))
