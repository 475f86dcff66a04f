"""What the draws of a calibration leave in a lasing prediction, as a result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class CalibratedOutcome:
    """Intervals and probabilities over draws of calibrated constants.

    Attributes
    ----------
    draws : int
        Predictions made.
    lases_probability : float
        Share of the draws with a lasing threshold within the fluences asked.
    single_mode_probability : float
        Share of the draws that lase in a single mode, the comb phase as each prediction has it: the
        probability over all phases where it was asked for.
    threshold_mj_cm2 : mapping of str to mapping of str to float or None
        By threshold (and the upper break of the collected light), quantiles over those draws that
        have it; None where none has.
    light_curve : mapping of str to list of float
        fluence_mj_cm2, and quantiles of the collected light at each.
    """

    draws: int
    lases_probability: float
    single_mode_probability: float
    threshold_mj_cm2: dict[str, dict[str, float] | None]
    light_curve: dict[str, list[float]]

    def to_json_dict(self) -> dict[str, object]:
        """The object `calibrated` of the JSON."""
        return {
            "draws": self.draws,
            "lases_probability": self.lases_probability,
            "single_mode_probability": self.single_mode_probability,
            "threshold_mj_cm2": self.threshold_mj_cm2,
            "light_curve": self.light_curve,
        }
