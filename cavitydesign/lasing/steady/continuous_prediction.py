"""The result of a lasing prediction under continuous light."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...columns.html_tables import html_of_lasing
from ...columns.plain_words import lasing_in_words
from ..outcomes.regime import CombPhases, Regime
from ..prediction import ModeOutcome, Thresholds

if TYPE_CHECKING:
    from ..outcomes.lasing_spread import LasingSpread


@dataclass(frozen=True, repr=False)
class ContinuousPrediction:
    """Whether a cavity lases under continuous light, in how many modes, and at what power.

    Attributes
    ----------
    regime : Regime
        Its fluence is not a number.
    regime_power_uw : float
        Where it was decided.
    single_mode_probability : float or None
        None below threshold.
    thresholds : Thresholds
        In uW of pump power; of amplified spontaneous emission None.
    lasing_absorbed_uw : float or None
        Power absorbed at the lasing threshold.
    power_uw, absorbed_uw, laser_uw, photoluminescence_uw : (F,) arrays
        Pump power, what the emitters absorb of it, light that leaves the modes, and
        photoluminescence.
    excited_share : (F,) array
        Emitters in the upper level; of carriers the density over that of transparency.
    collected_uw : (F,) array
        Photoluminescence plus the laser as it is collected.
    mode_output_uw : (M, F) array
    modes_lasing_at : (F,) array of int
    slope_efficiency : float or None
        Laser power for each power absorbed more, at the highest power; None below threshold.
    modes : tuple of ModeOutcome
    quantum_defect : float
    heat_uw : float
        Absorbed and not emitted, at the power of the regime.
    balance_error : float
        Excitations against decays and photons that leave, largest relative difference.
    calibrations : mapping of str to str
    warnings : tuple of str
    side_mode_suppression_error_db, single_mode_probability_error : float or None
        Estimated numerical errors.
    comb : CombPhases or None
    spread : LasingSpread or None
    """

    regime: Regime
    regime_power_uw: float
    single_mode_probability: float | None
    thresholds: Thresholds
    lasing_absorbed_uw: float | None
    power_uw: Array
    absorbed_uw: Array
    laser_uw: Array
    photoluminescence_uw: Array
    excited_share: Array
    collected_uw: Array
    mode_output_uw: Array
    modes_lasing_at: NDArray[np.int64]
    slope_efficiency: float | None
    modes: tuple[ModeOutcome, ...]
    quantum_defect: float
    heat_uw: float
    balance_error: float
    calibrations: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    comb: CombPhases | None = None
    spread: LasingSpread | None = None
    side_mode_suppression_error_db: float | None = None
    single_mode_probability_error: float | None = None

    def __repr__(self) -> str:
        """The answer in one sentence."""
        return f"ContinuousPrediction: {lasing_in_words(self.to_json_dict())}"

    def _repr_html_(self) -> str:
        """The answer in one sentence and a table of outcomes with errors, for notebooks."""
        return html_of_lasing(self.to_json_dict())

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of the command `lase`: keys of pulses that have no meaning here are null or
        empty.
        """
        thresholds, regime = self.thresholds, self.regime
        return {
            "pump_kind": "continuous",
            "regime": regime.name,
            "modes_lasing": regime.modes_lasing,
            "side_mode_suppression_db": regime.side_mode_suppression_db,
            "side_mode_suppression_rate_db": regime.side_mode_suppression_rate_db,
            "single_shots_alone": None,
            "regime_fluence_mj_cm2": None,
            "regime_power_uw": self.regime_power_uw,
            "single_mode_probability": self.single_mode_probability,
            "single_mode_range_mj_cm2": None,
            "threshold_mj_cm2": {"gain_equals_loss": None, "ase": None, "lasing": None},
            "threshold_uw": {
                "gain_equals_loss": thresholds.gain_equals_loss,
                "lasing": thresholds.lasing,
                "lasing_absorbed": self.lasing_absorbed_uw,
            },
            "steepest_slope": thresholds.steepest_slope,
            "slope_efficiency": self.slope_efficiency,
            "numerical_error": {
                "threshold_uw": {
                    "gain_equals_loss": thresholds.gain_equals_loss_error,
                    "lasing": thresholds.lasing_error,
                },
                "steepest_slope": thresholds.steepest_slope_error,
                "side_mode_suppression_db": self.side_mode_suppression_error_db,
                "single_mode_probability": self.single_mode_probability_error,
            },
            "slopes": [],
            "fit": None,
            "light_curve": {
                "fluence_mj_cm2": [],
                "power_uw": self.power_uw.tolist(),
                "absorbed_uw": self.absorbed_uw.tolist(),
                "laser_uw": self.laser_uw.tolist(),
                "photoluminescence_uw": self.photoluminescence_uw.tolist(),
                "emission": self.collected_uw.tolist(),
                "excited_share": self.excited_share.tolist(),
                "modes_lasing": self.modes_lasing_at.tolist(),
                "lower_break_mj_cm2": None,
                "upper_break_mj_cm2": None,
                "visibility": None,
            },
            "per_mode": [mode.to_json_dict() for mode in self.modes],
            "pulse_fwhm_ps": None,
            "transform_limit_nm": None,
            "quantum_defect": self.quantum_defect,
            "heat": None,
            "heat_uw": self.heat_uw,
            "balance_error": self.balance_error,
            "left_error": 0.0,
            "calibrations": dict(self.calibrations),
            "warnings": list(self.warnings),
            "seconds": self.seconds,
        } | ({} if self.spread is None else {"spread": self.spread.to_json_dict()})
