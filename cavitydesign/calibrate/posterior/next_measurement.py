"""Which measurement would narrow a prediction most, from the draws of a calibration.

Each draw predicts the asked threshold and the light curve that a candidate measurement would give.
Where both vary together over the draws, the measurement tells of the threshold. What it would leave
is the conditional variance of a normal distribution with the draws' covariances: the expected
posterior variance to the order of those, which needs no measurement to be made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

POINTS = 20
"""Points of a light curve that a candidate is taken to have, as the published curves do."""
_FREE_SCALE = 10.0
"""Standard deviation of the logarithm of a curve's scale: the unit of light is arbitrary."""
_MOST_FEATURES = 8
"""Principal components of the candidate's curves: of 200 draws, eight directions take away 4 % of
the variance by chance."""
_FEWEST_LASING = 16


@dataclass(frozen=True)
class Candidate:
    """What one measurement would leave.

    Attributes
    ----------
    name : str
    sd_after : float
        Expected relative standard deviation of the asked threshold with it.
    share_left : float
        That over today's.
    """

    name: str
    sd_after: float
    share_left: float


@dataclass(frozen=True)
class Advice:
    """Candidates in the order of what they would tell.

    Attributes
    ----------
    asked : str
        Name of the cavity whose threshold is asked.
    lases : float
        Share of the draws in which it lases; the standard deviations are of those.
    sd_now : float
        Relative standard deviation of its threshold today.
    candidates : tuple of Candidate
    """

    asked: str
    lases: float
    sd_now: float
    candidates: tuple[Candidate, ...]

    def to_json_dict(self) -> dict[str, Any]:
        """The object `next` of the JSON."""
        return {
            "asked": self.asked,
            "lases_probability": self.lases,
            "threshold_relative_sd": self.sd_now,
            "candidates": [dict(vars(each)) for each in self.candidates],
        }


def advice_of(
    asked: str,
    threshold_mj_cm2: Array,
    curves: Sequence[tuple[str, Array]],
    log_fluence_step: Sequence[float],
    noise: float,
    fluence_scale_sd: float,
) -> Advice:
    """Rank candidates.

    Parameters
    ----------
    asked : str
    threshold_mj_cm2 : (k,) array
        Of each draw, infinite without one.
    curves : sequence of (name, (k, m) array)
        Logarithm of the light that each draw predicts, at even steps of the logarithm of the
        fluence.
    log_fluence_step : sequence of float
        That step, of each candidate.
    noise : float
        Relative scatter of a point.
    fluence_scale_sd : float
        Relative error of the fluence scale of a new session.

    Examples
    --------
    >>> import numpy as np
    >>> draws = np.random.default_rng(0).standard_normal(200)
    >>> telling = draws[:, None] * np.linspace(0.0, 1.0, 20)
    >>> found = advice_of("15 um", np.exp(0.1 * draws), [("a", telling)], [0.1], 0.05, 0.0)
    >>> found.candidates[0].share_left < 0.2
    True
    """
    lasing = np.isfinite(threshold_mj_cm2)
    share = float(lasing.mean())
    if np.count_nonzero(lasing) < _FEWEST_LASING:
        return Advice(asked, share, float("nan"), ())
    target = np.log(threshold_mj_cm2[lasing])
    now = float(target.std())
    found = []
    for (name, curve), step in zip(curves, log_fluence_step, strict=True):
        left = _left(target, curve[lasing], step, noise, fluence_scale_sd)
        after = now * float(np.sqrt(left))
        found.append(Candidate(name, after, float(np.sqrt(left))))
    found.sort(key=lambda each: each.share_left)
    return Advice(asked, share, now, tuple(found))


def _left(target: Array, curve: Array, step: float, noise: float, scale_sd: float) -> float:
    """Share of the target's variance that the curve would leave."""
    slope = np.gradient(curve.mean(axis=0), step)
    error = (
        noise**2 * np.eye(curve.shape[1])
        + _FREE_SCALE**2 * np.ones((curve.shape[1],) * 2)
        + scale_sd**2 * np.outer(slope, slope)
    )
    # In units of the error, so that components are ordered by what can be told from noise.
    factor = np.linalg.cholesky(error)
    seen = np.linalg.solve(factor, (curve - curve.mean(axis=0)).T).T
    _, sizes, rows = np.linalg.svd(seen, full_matrices=False)
    kept = min(_MOST_FEATURES, int((sizes**2 > 1e-6 * len(target)).sum()))
    features = seen @ rows[:kept].T
    centred = target - target.mean()
    covariance = features.T @ features / len(target) + np.eye(kept)
    together = features.T @ centred / len(target)
    explained = float(together @ np.linalg.solve(covariance, together)) / float(centred.var())
    return float(np.clip(1.0 - explained, 0.0, 1.0))
