"""Signs that data contradict each other or the priors, from where they pull the numbers: in an
answer, and as early as in the first one.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping

import numpy as np
from scipy.stats import norm

from ...arrays import Array
from ..calibration_spec import Calibration
from ..layout import Layout, fluence_name

# A fluence scale further out than so many prior standard deviations is told, and so are two
# sessions; of several, what one of them passes as seldom as a single one passes this.
_FAR = 2.0
FAR_CONSTANT = 3.0
"""The same for a constant; one of five right ones lies as far in 1 % of cases."""

# Standard normal number beyond which a number lies in the outermost fortieth of its range, and the
# share of the draws there at which it is told: ten times what the prior has there. Of ranges that
# hold the truth sharp data tell so in one case of forty at either end.
_END, _LEANS = 1.96, 0.25


def contradictions_of_numbers(asked: Calibration, layout: Layout, middle: Array) -> list[str]:
    """Constants far from their priors, fluence scales far from 1, and sessions that disagree.

    Parameters
    ----------
    asked : Calibration
    layout : Layout
    middle : (d,) array
        Median of each standard normal number, or its most probable value.
    """
    found: list[str] = []
    for unknown, z in zip(layout.unknowns, middle, strict=True):
        # The ends of a uniform prior are bounds: near one is no number of standard deviations.
        if unknown.key and unknown.prior.shape in ("normal", "log-normal"):
            found += doubts_of_prior(unknown.name, float(z))
    scales = {}
    for session, sd in asked.fluence_scale_sd.items():
        index = layout.index_of(fluence_name(session))
        if index is not None:
            scale = float(layout.unknowns[index].prior.value(np.asarray(middle[index])))
            scales[session] = (scale, sd)
    for session, (scale, sd) in scales.items():
        found += doubts_of_scale(fluence_name(session), scale, sd, len(scales))
    return found + doubts_of_sessions(scales)


def doubts_of_ends(layout: Layout, z: Array) -> list[str]:
    """Numbers that lean on an end of their range: the range, not the data, bounds them there.

    Parameters
    ----------
    layout : Layout
    z : (k, d) array
        Equal draws.
    """
    found = []
    for index, unknown in enumerate(layout.unknowns):
        prior = unknown.prior
        if not unknown.key or prior.shape not in ("uniform", "log-uniform"):
            continue
        for end, sign in ((prior.first, -1.0), (prior.second, 1.0)):
            if float((sign * z[:, index] > _END).mean()) > _LEANS:
                found.append(
                    f"{unknown.name} leans on the end of its range, {end:g}: widen the range, if "
                    "nature allows it; data that lie beyond every value of it do the same"
                )
    return found


def _far(among: int) -> float:
    """Standard deviations that one of so many right numbers passes as seldom as one passes `_FAR`
    (C. E. Bonferroni): at 2 a third of right calibrations of five sessions were accused.
    """
    return float(norm.isf(norm.sf(_FAR) / max(among, 1)))


def doubts_of_scale(name: str, scale: float, sd: float, among: int = 1) -> list[str]:
    """A fluence scale that the data pull away from what the session states.

    Parameters
    ----------
    name : str
    scale, sd : float
        What the data say, and the relative error that the session states.
    among : int
        Sessions that are looked at.

    Examples
    --------
    >>> doubts_of_scale("fluence scale of May", 1.1, 0.07)
    []
    """
    out = abs(math.log(scale)) / math.log1p(sd)
    if out < _far(among):
        return []
    return [
        f"{name}: {scale:.3f}, {out:.1f} standard deviations from 1; the sessions disagree, or the "
        "model does not hold"
    ]


def doubts_of_prior(name: str, z: float) -> list[str]:
    """A constant that the data pull to where its prior hardly allows it.

    Parameters
    ----------
    name : str
    z : float
        Median of its standard normal number.

    Examples
    --------
    >>> doubts_of_prior("gain", 2.0)
    []
    """
    if abs(z) < FAR_CONSTANT:
        return []
    return [
        f"{name}: the data pull it {abs(z):.1f} standard deviations from its prior; the prior is "
        "wrong, or data contradict each other or the model"
    ]


def doubts_of_sessions(scales: Mapping[str, tuple[float, float]]) -> list[str]:
    """Two sessions whose fluence scales lie far apart, though neither may be far from 1.

    Parameters
    ----------
    scales : mapping of str to (float, float)
        Fluence scale of each session, and the relative error that it states.

    Examples
    --------
    >>> doubts_of_sessions({"May": (1.08, 0.07), "June": (0.92, 0.07)})
    []
    """
    found = []
    far = _far(math.comb(len(scales), 2))
    for (first, (one, sd)), (second, (other, other_sd)) in itertools.combinations(
        scales.items(), 2
    ):
        apart = abs(math.log(one / other))
        out = apart / math.hypot(math.log1p(sd), math.log1p(other_sd))
        if out >= far:
            found.append(
                f"sessions {first} and {second} disagree: their fluence scales lie "
                f"{math.expm1(apart):.0%} apart, {out:.1f} standard deviations of what they state"
            )
    return found
