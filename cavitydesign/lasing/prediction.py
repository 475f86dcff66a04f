"""The result of a lasing prediction."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from ..columns import lasing_columns
from ..columns.column import derived
from ..columns.html_tables import html_of_lasing
from ..columns.plain_words import lasing_in_words
from ..gain.heat import HeatLoad
from .outcomes.light_curve import TwoBreakFit
from .outcomes.regime import CombPhases, Regime

if TYPE_CHECKING:
    from .outcomes.calibrated_outcome import CalibratedOutcome
    from .outcomes.lasing_spread import LasingSpread


@dataclass(frozen=True)
class Thresholds:
    """Thresholds that are often confused, in mJ/cm2; None where the range of fluences does not show
    them.

    Attributes
    ----------
    gain_equals_loss : float or None
        The dark gain of the best mode reaches its loss at some time after the pulse.
    ase : float or None
        First break of the collected light curve: that of the detector, not of the laser.
    lasing : float or None
        The differential efficiency of the laser output reaches half of its greatest value.
    steepest_slope : float or None
        Greatest d ln L / d ln <N> of the laser output; below a limit there is no threshold.
    gain_equals_loss_error, lasing_error, steepest_slope_error : float or None
        Estimated numerical errors: of the delays and pulses that were solved, of what is read
        between them, and of the integration. Not of the model.
    greatest_efficiency : float or None
        Photons of the laser for each further excitation, at best; below a limit there is no
        threshold.
    least_efficiency : float or None
        That limit: one of 100, times the share of photons that leave before they go with emitters
        that absorb them again.
    """

    gain_equals_loss: float | None
    ase: float | None
    lasing: float | None
    steepest_slope: float | None = None
    gain_equals_loss_error: float | None = None
    lasing_error: float | None = None
    steepest_slope_error: float | None = None
    greatest_efficiency: float | None = None
    least_efficiency: float | None = None


@dataclass(frozen=True)
class CurveBreaks:
    """What a fit of two breaks reads off the collected light curve; for comparison with published
    curves.

    Attributes
    ----------
    lower_mj_cm2, upper_mj_cm2 : float or None
        None where the curve does not show them within the range asked.
    visibility : float or None
        Slope between the breaks minus the slope below; None where no gain reaches its loss.
    fit : TwoBreakFit or None
        None where the curve shows no breaks.
    """

    lower_mj_cm2: float | None
    upper_mj_cm2: float | None
    visibility: float | None
    fit: TwoBreakFit | None


@dataclass(frozen=True)
class ModeOutcome:
    """One mode in the prediction.

    Attributes
    ----------
    label : str
    wavelength_nm, confinement, group_index, q_passive : float
    threshold_gain_per_cm : float
        To first order, 2 pi n_g / (Gamma lambda Q).
    threshold_gain_exact_per_cm : float or None
        From the complex eigenproblem, where the field solver supplied it.
    threshold_gain_sd_per_cm : float or None
        What the spreads of the cavity's numbers leave in it; None without spreads.
    gain_equals_loss_mj_cm2 : float or None
        Fluence at which its dark gain reaches its loss.
    gain_equals_loss_sd_mj_cm2 : float or None
        What the spreads of the cavity's numbers leave in it; None without spreads.
    output_share : float
        Share of the time-integrated laser output at the fluence of the regime.
    spontaneous_emission_factor : float
        beta.
    purcell_factor : float or None
    extended : bool
        Extrapolated from the edge of the solved comb.
    gain_equals_loss_error_mj_cm2 : float or None
        Estimated numerical error.
    gain_equals_loss_uw : float or None
        Power of continuous light at which its gain reaches its loss; None under pulses.
    """

    label: str
    wavelength_nm: float
    confinement: float
    group_index: float
    q_passive: float
    threshold_gain_per_cm: float
    threshold_gain_exact_per_cm: float | None
    threshold_gain_sd_per_cm: float | None
    gain_equals_loss_mj_cm2: float | None
    gain_equals_loss_sd_mj_cm2: float | None
    output_share: float
    spontaneous_emission_factor: float
    purcell_factor: float | None
    extended: bool
    gain_equals_loss_error_mj_cm2: float | None = None
    gain_equals_loss_uw: float | None = None

    def to_json_dict(self) -> dict[str, object]:
        """One entry of `per_mode`."""
        plain = {name: _plain(value) for name, value in vars(self).items()}
        record = plain | {"q_used": self.q_passive}
        return record | derived(lasing_columns.PER_MODE, record)


@dataclass(frozen=True, repr=False)
class LasingPrediction:
    """Whether a cavity lases, in how many modes, and at what fluence.

    Attributes
    ----------
    regime : Regime
    single_mode_probability : float or None
        None below threshold.
    single_mode_range_mj_cm2 : tuple or None
        Fluences of single-mode operation.
    thresholds : Thresholds
    breaks : CurveBreaks
        Of the collected light curve.
    fluence_mj_cm2, emission : (F,) arrays
        Light curve as collected: averaged over spot and jitter; photons per emitter.
    excitons : (F,) array
        Mean excitations of an emitter at the peak of the spot.
    mode_output : (M, F) array
        Photons per emitter that leave each mode, averaged alike.
    modes_lasing_at : (F,) array of int
        Modes within `single_mode_db` of the strongest in the accumulated spectrum at each fluence;
        0 below the lasing threshold.
    modes : tuple of ModeOutcome
    pulse_fwhm_ps, transform_limit_nm : float or None
        Of the strongest mode at the regime's fluence; the narrowest line that such a pulse can
        have.
    quantum_defect : float
        1 - E_emission / (n E_pump).
    heat : HeatLoad or None
        Of the strongest mode's volume at the regime's fluence; None without a mode volume.
    balance_error : float
        Largest relative error of excitations + photons over all runs.
    left_error : float
        Largest estimated error of what was still to come when a run ended, relative to the light of
        a mode.
    calibrations : mapping of str to str
        Which inputs are fits or empirical, and to what.
    warnings : tuple of str
    side_mode_suppression_error_db, single_mode_probability_error : float or None
        Estimated numerical errors.
    comb : CombPhases or None
        Side-mode suppression over the phases of the comb; None where it was not asked for, or below
        threshold.
    spread : LasingSpread or None
        What uncertain numbers of the design leave in it; None without any.
    calibrated : CalibratedOutcome or None
        What the draws of a calibration leave in it; None without any.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> tables = {
    ...     "gain": {"medium": "rhodamine-6G-PMMA"},
    ...     "pump": {"photons": 1, "wavelength_nm": 532.0, "fluence_mj_cm2": [0.003, 0.01]},
    ...     "lasing": {"quality": 1e5, "families": "asked", "comb_phases": 0, "fluences": 12},
    ... }
    >>> asked = {"wavelength_nm": 597.0, "azimuthal_order": 42}
    >>> ball = cd.sphere(diameter_um=6.0, body={"index": 1.49}, **asked, **tables)
    >>> found = cd.predict_lasing(cd.find_modes(ball), ball)
    >>> isinstance(found, cd.LasingPrediction), found.regime.modes_lasing
    (True, 1)
    """

    regime: Regime
    single_mode_probability: float | None
    single_mode_range_mj_cm2: tuple[float, float] | None
    thresholds: Thresholds
    breaks: CurveBreaks
    fluence_mj_cm2: Array
    emission: Array
    excitons: Array
    mode_output: Array
    modes_lasing_at: NDArray[np.int64]
    modes: tuple[ModeOutcome, ...]
    pulse_fwhm_ps: float | None
    transform_limit_nm: float | None
    quantum_defect: float
    heat: HeatLoad | None
    balance_error: float
    left_error: float
    calibrations: Mapping[str, str] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    seconds: float = 0.0
    comb: CombPhases | None = None
    spread: LasingSpread | None = None
    calibrated: CalibratedOutcome | None = None
    side_mode_suppression_error_db: float | None = None
    single_mode_probability_error: float | None = None

    def __repr__(self) -> str:
        """The answer in one sentence."""
        return f"LasingPrediction: {lasing_in_words(self.to_json_dict())}"

    def _repr_html_(self) -> str:
        """The answer in one sentence and a table of outcomes with errors, for notebooks."""
        return html_of_lasing(self.to_json_dict())

    @property
    def fit(self) -> TwoBreakFit | None:
        """The fitted law of the light curve; None where it shows no breaks."""
        return self.breaks.fit

    def to_json_dict(self) -> dict[str, object]:
        """The JSON of the command `lase`."""
        suppression = self.regime.side_mode_suppression_db
        fit = self.fit
        record: dict[str, object] = {
            "pump_kind": "pulsed",
            "regime": self.regime.name,
            "modes_lasing": self.regime.modes_lasing,
            "side_mode_suppression_db": suppression,
            "side_mode_suppression_rate_db": self.regime.side_mode_suppression_rate_db,
            "single_shots_alone": self.regime.single_shots_alone,
            "regime_fluence_mj_cm2": self.regime.fluence_mj_cm2,
            "single_mode_probability": self.single_mode_probability,
            "single_mode_range_mj_cm2": None
            if self.single_mode_range_mj_cm2 is None
            else list(self.single_mode_range_mj_cm2),
            "threshold_mj_cm2": {
                "gain_equals_loss": self.thresholds.gain_equals_loss,
                "ase": self.thresholds.ase,
                "lasing": self.thresholds.lasing,
            },
            "steepest_slope": self.thresholds.steepest_slope,
            "greatest_efficiency": self.thresholds.greatest_efficiency,
            "numerical_error": {
                "threshold_mj_cm2": {
                    "gain_equals_loss": self.thresholds.gain_equals_loss_error,
                    "ase": None if fit is None else fit.breaks_error_mj_cm2[0],
                    "lasing": self.thresholds.lasing_error,
                },
                "steepest_slope": self.thresholds.steepest_slope_error,
                "side_mode_suppression_db": self.side_mode_suppression_error_db,
                "single_mode_probability": self.single_mode_probability_error,
            },
            "slopes": [] if fit is None else list(fit.slopes),
            "fit": None
            if fit is None
            else {
                "breaks_mj_cm2": list(fit.breaks_mj_cm2),
                "breaks_error_mj_cm2": list(fit.breaks_error_mj_cm2),
                "slopes_error": list(fit.slopes_error),
                "rms": fit.rms,
                "range_mj_cm2": list(fit.range_mj_cm2),
            },
            "light_curve": {
                "fluence_mj_cm2": self.fluence_mj_cm2.tolist(),
                "emission": self.emission.tolist(),
                "excitons": self.excitons.tolist(),
                "laser": self.mode_output.sum(axis=0).tolist(),
                "modes_lasing": self.modes_lasing_at.tolist(),
                "lower_break_mj_cm2": self.breaks.lower_mj_cm2,
                "upper_break_mj_cm2": self.breaks.upper_mj_cm2,
                "visibility": self.breaks.visibility,
            },
            "per_mode": [mode.to_json_dict() for mode in self.modes],
            "pulse_fwhm_ps": self.pulse_fwhm_ps,
            "transform_limit_nm": self.transform_limit_nm,
            "quantum_defect": self.quantum_defect,
            "heat": None if self.heat is None else dict(vars(self.heat)),
            "balance_error": self.balance_error,
            "left_error": self.left_error,
            "calibrations": dict(self.calibrations),
            "warnings": list(self.warnings),
            "seconds": self.seconds,
            **({} if self.spread is None else {"spread": self.spread.to_json_dict()}),
            **({} if self.calibrated is None else {"calibrated": self.calibrated.to_json_dict()}),
        }
        return record | derived(lasing_columns.OUTCOMES, record)


def _plain(value: object) -> object:
    """Infinite and undefined numbers have no JSON: null."""
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return value
