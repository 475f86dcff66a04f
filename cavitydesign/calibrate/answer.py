"""What a calibration says, and how it is told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arrays import Array
from ..lasing.outcomes.calibrated_quantiles import QUANTILES as SHARES

if TYPE_CHECKING:
    from .medium.agreement import MeasurementFit
    from .posterior.next_measurement import Advice
    from .spectra.spectrum_agreement import SpectrumFit


QUANTILES = tuple(SHARES.values())
"""Ends of the 90 and 68 % intervals, and the median."""
LEARNT = 0.7
"""Posterior width over prior width below which the data decide a number. At 0.7 they tell as much
as the prior does."""


@dataclass(frozen=True)
class Constant:
    """One calibrated number.

    Attributes
    ----------
    name : str
    key : str
        Design key, empty for numbers of the set-up.
    prior : str
        In words.
    quantiles : tuple of five floats
        At `QUANTILES`.
    learnt : float
        Width of the posterior over that of the prior: 1 where the data say nothing.
    """

    name: str
    key: str
    prior: str
    quantiles: tuple[float, float, float, float, float]
    learnt: float

    @property
    def decided_by(self) -> str:
        """Whether the data or the prior decide the number."""
        return "data" if self.learnt < LEARNT else "prior"


@dataclass(frozen=True)
class FigureFit:
    """A published figure of a light curve beside what the answer predicts of it.

    Attributes
    ----------
    name : str
    measured, sd : float
    predicted : tuple of five floats
        At `QUANTILES`, infinite where the curve shows no breaks.
    """

    name: str
    measured: float
    sd: float
    predicted: tuple[float, float, float, float, float]


@dataclass(frozen=True, eq=False)
class CurveFit:
    """How one cavity's data agree with the answer.

    Attributes
    ----------
    name : str
    fluence_mj_cm2, measured : (m,) arrays or None
    dense_mj_cm2 : (n,) array or None
        Fluences between the first and the last.
    predicted : (5, n) array or None
        Quantiles of the posterior predictive curve at these, in the data's unit.
    residual : (m,) array or None
        Measured minus median, in the natural logarithm.
    threshold_mj_cm2 : tuple of five floats
        Quantiles of the laser's threshold on the laboratory's scale, infinite without one.
    lases : float
        Probability that the cavity has a threshold.
    scatter : float or None
        Median of the fitted relative scatter.
    stated_noise : float or None
    figures : tuple of FigureFit
        Of a cavity that has figures.
    crosses : float or None
        Probability that the threshold lies within the measured fluences.
    dark_up_to_mj_cm2 : float or None
        Fluence up to which the cavity did not lase.
    spectra : tuple of SpectrumFit
    """

    name: str
    fluence_mj_cm2: Array | None
    measured: Array | None
    dense_mj_cm2: Array | None
    predicted: Array | None
    residual: Array | None
    threshold_mj_cm2: tuple[float, ...]
    lases: float
    scatter: float | None
    stated_noise: float | None
    figures: tuple[FigureFit, ...] = ()
    dark_up_to_mj_cm2: float | None = None
    crosses: float | None = None
    spectra: tuple[SpectrumFit, ...] = ()


@dataclass(frozen=True, eq=False)
class CalibrationAnswer:
    """Constants with intervals, and what they rest on.

    Attributes
    ----------
    name : str
    constants : tuple of Constant
    correlation : (n, n) array
        Of the constants, in standard normal numbers.
    draws : (k, n) array
        Equal draws of the constants.
    curves : tuple of CurveFit
    effective_size : float
        Independent exact draws that the answer is worth.
    shape : float
        Pareto k of the exact weights.
    rounds : int
        Times that exact solves corrected the emulator.
    solves : int
        Exact curves used.
    warnings : tuple of str
    seconds : float
    advice : Advice or None
        Which measurement would narrow the asked prediction most.
    unmeasured : mapping of str to (k,) array
        By design key: of numbers that each cavity or session has of its own, draws of the prior,
        for cavities that were not measured.
    measurements : tuple of MeasurementFit
        Of the medium itself.
    contradictions : tuple of str
        Those of the warnings that say that the data contradict each other, the priors or the model.
    """

    name: str
    constants: tuple[Constant, ...]
    correlation: Array
    draws: Array
    curves: tuple[CurveFit, ...]
    effective_size: float
    shape: float
    rounds: int
    solves: int
    warnings: tuple[str, ...]
    seconds: float
    advice: Advice | None = None
    unmeasured: Mapping[str, Array] = field(default_factory=dict)
    measurements: tuple[MeasurementFit, ...] = ()
    contradictions: tuple[str, ...] = ()

    @property
    def reliable(self) -> bool:
        """Whether exact solves confirm the posterior."""
        from .posterior.reweigh import RELIABLE_SHAPE

        return self.shape < RELIABLE_SHAPE and self.effective_size >= 20.0

    def samples_csv(self) -> str:
        """The draws as a table that a design reads: `[gain] samples = "samples.csv"`."""
        from .samples import samples_csv

        return samples_csv(self.to_json_dict())

    def to_json_dict(self) -> dict[str, Any]:
        """The answer as JSON holds it; without a threshold a quantile is null."""
        return {
            "name": self.name,
            "reliable": self.reliable,
            "effective_size": self.effective_size,
            "pareto_k": _finite(self.shape),
            "rounds": self.rounds,
            "solves": self.solves,
            "constants": [
                {
                    "name": each.name,
                    "key": each.key,
                    "prior": each.prior,
                    "quantiles": dict(zip(_NAMES, each.quantiles, strict=True)),
                    "posterior_over_prior_width": each.learnt,
                    "decided_by": each.decided_by,
                }
                for each in self.constants
            ],
            "correlation": self.correlation.tolist(),
            "cavities": [_curve_dict(each) for each in self.curves],
            "draws": {
                "names": [each.name for each in self.constants],
                "values": self.draws.tolist(),
                "unmeasured": {key: values.tolist() for key, values in self.unmeasured.items()},
            },
            "measurements": [each.to_json_dict() for each in self.measurements],
            "warnings": list(self.warnings),
            "contradictions": list(self.contradictions),
            "seconds": self.seconds,
            **({} if self.advice is None else {"next": self.advice.to_json_dict()}),
        }


_NAMES = tuple(SHARES)


def _curve_dict(curve: CurveFit) -> Mapping[str, Any]:
    arrays = {
        "fluence_mj_cm2": curve.fluence_mj_cm2,
        "measured": curve.measured,
        "residual": curve.residual,
    }
    predicted = (
        None
        if curve.predicted is None
        else {name: row.tolist() for name, row in zip(_NAMES, curve.predicted, strict=True)}
        | {"fluence_mj_cm2": None if curve.dense_mj_cm2 is None else curve.dense_mj_cm2.tolist()}
    )
    return {
        "name": curve.name,
        "threshold_mj_cm2": _by_name(curve.threshold_mj_cm2),
        "lases_probability": curve.lases,
        "relative_scatter": curve.scatter,
        "stated_noise": curve.stated_noise,
        **{name: None if value is None else value.tolist() for name, value in arrays.items()},
        "predicted": predicted,
        "figures": [
            {
                "name": each.name,
                "measured": each.measured,
                "sd": each.sd,
                "predicted": _by_name(each.predicted),
            }
            for each in curve.figures
        ],
        "dark_up_to_mj_cm2": curve.dark_up_to_mj_cm2,
        "crosses_threshold_probability": curve.crosses,
        "spectra": [each.to_json_dict() for each in curve.spectra],
    }


def _by_name(quantiles: Sequence[float]) -> dict[str, float | None]:
    return {name: _finite(value) for name, value in zip(_NAMES, quantiles, strict=True)}


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def quantiles_of(values: Array) -> tuple[float, float, float, float, float]:
    """At `QUANTILES`; infinite values count as the largest."""
    found = np.quantile(values, QUANTILES, method="inverted_cdf")
    return tuple(float(each) for each in found)  # type: ignore[return-value]
