"""What the spreads of a design leave in a lasing prediction, as a result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class LasingSpread:
    """Standard deviations of a lasing prediction, and the probability of each regime.

    Attributes
    ----------
    threshold_sd_mj_cm2 : mapping of str to float or None
        Of gain_equals_loss, ase and lasing.
    comb_sd_nm : float
        Of the modes' wavelengths, and so of the position of the comb.
    comb_spacing_nm : float or None
    regime_probability : mapping of str to float
        "below threshold", "single", "multi".
    parts : mapping of str to mapping
        What each number changes over one standard deviation, by its key.
    unit : {"mj_cm2", "uw"}
        Of the thresholds: fluences, or powers of continuous light.
    """

    threshold_sd_mj_cm2: Mapping[str, float | None]
    comb_sd_nm: float
    comb_spacing_nm: float | None
    regime_probability: Mapping[str, float]
    parts: Mapping[str, Mapping[str, float | None]] = field(default_factory=dict)
    unit: str = "mj_cm2"

    def to_json_dict(self) -> dict[str, object]:
        """The object "spread" of the JSON of `lase`."""
        return {
            f"threshold_sd_{self.unit}": dict(self.threshold_sd_mj_cm2),
            "comb_sd_nm": self.comb_sd_nm,
            "comb_spacing_nm": self.comb_spacing_nm,
            "regime_probability": dict(self.regime_probability),
            "parts": {key: dict(part) for key, part in self.parts.items()},
        }
