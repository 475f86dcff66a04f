"""Numerical errors of regime and probability: what reading between pulses and comb phases leaves,
and what the light of each pulse errs.

None of these is an error of the model.
"""

from __future__ import annotations

import math

import numpy as np

from ...arrays import Array
from ...units import DECIBELS_PER_E
from ..outcomes.output_threshold import COARSE
from ..outcomes.regime import CombPhases, probability_over_phase, side_mode_suppression_rate_db
from ..pumped.starting_noise import accumulated_suppression_db

# Comb phases of which every other ones still follow the suppression over a period.
_FEWEST = 8


def suppression_error_db(emitted: Array, coarse: Array, light_error: float) -> float | None:
    """Numerical error of the suppression of side modes in an accumulated spectrum; None with fewer
    than two modes.

    Parameters
    ----------
    emitted, coarse : (M,) arrays
        Outputs from all pulses, and from every other one.
    light_error : float
        Relative error of the output of each.
    """
    if len(emitted) < 2:
        return None
    rate, other = (
        float(side_mode_suppression_rate_db(light[:, None])[0]) for light in (emitted, coarse)
    )
    if not (math.isfinite(rate) and math.isfinite(other)):
        return None
    # Two outputs err, that of the strongest mode and that of the second.
    error = COARSE * abs(other - rate) + 2.0 * DECIBELS_PER_E * light_error
    seen = accumulated_suppression_db(np.array([max(rate - error, 0.0), rate, rate + error]))
    return float(np.abs(seen - seen[1]).max())


def probability_with_error(
    comb: CombPhases, single_mode_db: float, spread: float, error_db: float
) -> tuple[float, float]:
    """Probability of a single mode over the phases of the comb, and its numerical error.

    Parameters
    ----------
    comb : CombPhases
    single_mode_db : float
    spread : float
        Standard deviation of the comb phase, in spacings; infinite: it is unknown.
    error_db : float
        Of the suppression at each phase.
    """

    def chance(kept: slice, limit_db: float) -> float:
        phase, seen = comb.phase[kept], comb.suppression_db[kept]
        return probability_over_phase(phase, seen, limit_db, 0.0, spread)

    value = chance(slice(None), single_mode_db)
    # A suppression that is too high by its error is a limit that is too low by as much.
    shifted = [chance(slice(None), single_mode_db + sign * error_db) for sign in (-1.0, 1.0)]
    error = max(abs(one - value) for one in shifted)
    # Too few phases for a comparison with every other one: one phase may fall on either side.
    if len(comb.phase) < _FEWEST or len(comb.phase) % 2:
        return value, error + 1.0 / len(comb.phase)
    halves = [chance(slice(first, None, 2), single_mode_db) for first in (0, 1)]
    return value, error + COARSE * max(abs(one - value) for one in halves)
