"""What uncertain numbers leave in a lasing prediction: thresholds, side-mode suppression and the
regime.

Thresholds are taken at sqrt(3) standard deviations s_i on either side of each input, the
three-point rule of Gauss and Hermite: for independent inputs the variance is the sum of (s_i
dT/dx_i)^2 with slopes right to the third order, and of what the curvatures add; what two inputs do
together beyond that is left out. The regime is no smooth function: a single mode lases where the
suppression exceeds a limit, and the suppression repeats with the comb phase. So the wavelengths'
standard deviation spreads the comb phase over the computed suppression, and the inputs that move no
mode spread the suppression itself.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from ..prediction import LasingPrediction
from ..request import LasingRequest
from ..steady.continuous_prediction import ContinuousPrediction
from .lasing_spread import LasingSpread
from .regime import probability_over_phase

Prediction = LasingPrediction | ContinuousPrediction

# Standard deviations: an outcome this far from a border stays on its side in 99.7 % of cases.
_WIDE = 3.0
THRESHOLDS = ("gain_equals_loss", "ase", "lasing")
_SUPPRESSION = "side_mode_suppression_db"


@dataclass(frozen=True)
class UncertainNumber:
    """One uncertain number, and the predictions on either side of its value.

    Parameters
    ----------
    key : str
    lower, upper : Prediction
    spreads_apart : float
        How far apart they are, in standard deviations of the number.
    moves_modes : bool
        Whether it changes a wavelength.
    """

    key: str
    lower: Prediction
    upper: Prediction
    spreads_apart: float
    moves_modes: bool

    def effect(self, name: str) -> float | None:
        """Change of an outcome over one standard deviation, None where a side does not have it."""
        low, high = (_outcome(side, name) for side in (self.lower, self.upper))
        return None if low is None or high is None else (high - low) / self.spreads_apart

    def bend(self, nominal: Prediction, name: str) -> float:
        """Standard deviation that the curvature of an outcome adds; 0 where the sides are too near
        to tell, or one is absent.
        """
        low, mid, high = (_outcome(side, name) for side in (self.lower, nominal, self.upper))
        if (
            self.spreads_apart < _WIDE
            or low is None
            or mid is None
            or high is None
            or mid in (low, high)
        ):
            return 0.0
        # The term f'' x^2 / 2 of a normal x has the standard deviation f'' / sqrt(2).
        return (low + high - 2.0 * mid) / (0.5 * self.spreads_apart) ** 2 / math.sqrt(2.0)

    def effects(self) -> dict[str, float | None]:
        """`effect` on the thresholds and on the side-mode suppression."""
        return {name: self.effect(name) for name in (*THRESHOLDS, _SUPPRESSION)}


def lasing_spread(
    nominal: Prediction,
    request: LasingRequest,
    numbers: Sequence[UncertainNumber],
    comb_sd_nm: float,
    fluence_sd_mj_cm2: float = 0.0,
) -> LasingSpread:
    """Spread of a prediction.

    Parameters
    ----------
    nominal : Prediction
    request : LasingRequest
        Of the prediction.
    numbers : sequence of UncertainNumber
        Independent of each other.
    comb_sd_nm : float
        Standard deviation of the modes' wavelengths.
    fluence_sd_mj_cm2 : float
        Standard deviation of the fluence at which the regime is decided; of the power in uW under
        continuous light.
    """
    parts = {one.key: one.effects() for one in numbers}
    # Continuous light has no light curve of pulses, in which an ASE threshold would show.
    named = [one for one in THRESHOLDS if one != "ase" or isinstance(nominal, LasingPrediction)]
    thresholds: dict[str, float | None] = {}
    for name in named:
        slopes = [part[name] for part in parts.values()]
        bends = [one.bend(nominal, name) for one in numbers]
        thresholds[name] = _root([*slopes, *bends])
    still = (
        _root(parts[one.key][_SUPPRESSION] or 0.0 for one in numbers if not one.moves_modes) or 0.0
    )
    above = _above(nominal, request, math.hypot(thresholds["lasing"] or 0.0, fluence_sd_mj_cm2))
    single = _single(nominal, request, comb_sd_nm, still)
    chances = {
        "below threshold": 1.0 - above,
        "single": above * single,
        "multi": above * (1.0 - single),
    }
    spacing = None if nominal.comb is None else nominal.comb.spacing_nm
    unit = "uw" if isinstance(nominal, ContinuousPrediction) else "mj_cm2"
    return LasingSpread(thresholds, comb_sd_nm, spacing, chances, parts, unit)


def _outcome(prediction: Prediction, name: str) -> float | None:
    if name == _SUPPRESSION:
        return prediction.regime.side_mode_suppression_db
    value: float | None = getattr(prediction.thresholds, name)
    return value


def _root(parts: object) -> float | None:
    """Root of the sum of squares; None where one is missing."""
    values = list(parts)  # type: ignore[call-overload]
    return (
        None
        if any(value is None for value in values)
        else math.sqrt(sum(value**2 for value in values))
    )


def _above(nominal: Prediction, request: LasingRequest, distance_sd: float) -> float:
    """Probability that the regime's fluence lies above the lasing threshold; that it is set at a
    factor above it is certain.
    """
    threshold = nominal.thresholds.lasing
    if threshold is None:
        return 0.0
    steady = isinstance(nominal, ContinuousPrediction)
    asked = request.at_power_uw if steady else request.at_fluence_mj_cm2
    if asked is None:
        return 1.0
    distance = asked - threshold
    if not distance_sd:
        return float(distance >= 0)
    return 0.5 * math.erfc(-distance / distance_sd / math.sqrt(2.0))


def _single(
    nominal: Prediction, request: LasingRequest, comb_sd_nm: float, suppression_sd_db: float
) -> float:
    """Probability of a single mode above threshold, with the comb where it was computed, give or
    take its spread.
    """
    comb = nominal.comb
    if comb is None:
        return float(nominal.regime.name == "single")
    spread = comb_sd_nm / comb.spacing_nm
    return probability_over_phase(
        comb.phase, comb.suppression_db, request.single_mode_db, 0.0, spread, suppression_sd_db
    )
