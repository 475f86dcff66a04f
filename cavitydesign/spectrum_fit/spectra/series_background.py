"""Whether the backgrounds of a power series are those of one detector and a rising light.

Counts between the lines are a bias, a dark current times the exposure, and light beside the lines,
which rises with the fluence and is seen through the filter for the exposure. Bias, dark current and
any rising light are fitted to the backgrounds of all spectra; one that none of these explains has
drifted.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...arrays import Array
from .shot import Shot
from .spectrum_noise import noise_of

# What a background may be off by: the error of a tenth percentile, 1.7 standard deviations of a
# sample over sqrt(samples); a share of the light in it, since pulses fluctuate; and a share of the
# spectrum's height, below which it does not matter.
_PERCENTILE, _LIGHT, _HEIGHT = 1.7, 0.1, 0.02
# So many of these: 4 tell none of 100 made-up series without a drift, and 40 of 100 with one.
_FAR = 4.0
_FEWEST = 5  # Bias, dark current and a rise explain any three backgrounds.


def drifted_background(shots: Sequence[Shot]) -> str | None:
    """One line on the spectrum whose background lies furthest from what explains the others; None
    where all are explained.

    Parameters
    ----------
    shots : sequence of Shot
        By rising fluence.
    """
    if len(shots) < _FEWEST:
        return None
    level = np.array([shot.background for shot in shots])
    exposure = np.array([shot.exposure_s for shot in shots])
    seen = exposure * np.array([shot.filter_transmission for shot in shots])
    height = seen * np.array([np.ptp(shot.light) for shot in shots])
    noise = seen * np.array([_noise_of_percentile(shot) for shot in shots])
    light = _LIGHT * (level - level.min())
    allowed = np.sqrt(noise**2 + light**2 + (_HEIGHT * height) ** 2)
    expected = _explained(
        level, exposure, seen, np.maximum(allowed, 1e-12 * np.ptp(level) + 1e-300)
    )
    off = np.abs(level - expected) / np.maximum(allowed, 1e-300)
    worst = int(np.argmax(off))
    if off[worst] <= _FAR:
        return None
    return (
        f"{shots[worst].source}: the background of {level[worst]:.4g} counts drifted: bias, "
        f"exposure and a light that rises with the fluence explain {expected[worst]:.4g} there; "
        "give dark counts of each spectrum"
    )


def _noise_of_percentile(shot: Shot) -> float:
    variance = float(np.median(noise_of(shot.light).variance))
    return _PERCENTILE * float(np.sqrt(variance / len(shot.light)))


def _explained(level: Array, exposure: Array, seen: Array, allowed: Array) -> Array:
    """The nearest sum of a bias, a dark current and a rising light."""
    from scipy.optimize import lsq_linear

    count = len(level)
    rise = np.tril(np.ones((count, count))) * seen[:, None]
    columns = np.column_stack([np.ones(count), exposure, rise])
    # A bias may be negative, after a camera took one away; counts are in units of the largest.
    low = np.concatenate([[-np.inf], np.zeros(count + 1)])
    unit = max(float(np.abs(level).max()), 1e-300)
    scaled = columns / allowed[:, None] * unit
    found = lsq_linear(scaled, level / allowed, bounds=(low, np.inf), tol=1e-10)
    return np.asarray(columns @ found.x * unit)
