"""How the lines of a laser spectrum agree with the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...lasing.outcomes.calibrated_quantiles import QUANTILES
from .spectrum_comparison import SpectrumComparison


@dataclass(frozen=True, eq=False)
class SpectrumFit:
    """One spectrum beside what the answer predicts of it.

    Attributes
    ----------
    name : str
    fluence_mj_cm2 : float
    modes : tuple of str
        Of each line, by rising wavelength.
    wavelength_nm, measured : (n,) arrays
        Of the mode in the design, and the line's light as it was measured.
    predicted : (5, n) array
        Quantiles of the light of each line, in the data's unit.
    residual : (n,) array
        Measured minus median, in the natural logarithm.
    scatter, stated_noise : float
        Of a line, relative: the median of what was fitted, and what was stated.
    width : float
        Median of the scatter with the error of the model.
    floor : float
    unseen : tuple of (str, float, float)
        Mode, wavelength and median light of those that were looked for and not seen.
    model_error : float
        What lines of a right model differ by beside their scatter.
    taken : int
        Free numbers that the rate equations of the cavity know, which take up misfits.
    """

    name: str
    fluence_mj_cm2: float
    modes: tuple[str, ...]
    wavelength_nm: Array
    measured: Array
    predicted: Array
    residual: Array
    scatter: float
    stated_noise: float
    width: float
    floor: float
    unseen: tuple[tuple[str, float, float], ...]
    model_error: float
    taken: int

    def to_json_dict(self) -> dict[str, Any]:
        """The agreement as JSON holds it."""
        return {
            "name": self.name,
            "fluence_mj_cm2": self.fluence_mj_cm2,
            "modes": list(self.modes),
            "wavelength_nm": self.wavelength_nm.tolist(),
            "measured": self.measured.tolist(),
            "predicted": {
                name: row.tolist() for name, row in zip(QUANTILES, self.predicted, strict=True)
            },
            "residual": self.residual.tolist(),
            "scatter": self.scatter,
            "stated_noise": self.stated_noise,
            "width": self.width,
            "detection_floor": self.floor,
            "unseen": [
                {"mode": mode, "wavelength_nm": wavelength, "predicted": light}
                for mode, wavelength, light in self.unseen
            ],
        }


def spectrum_fit(
    one: SpectrumComparison, z: Array, shares: Array, rows: NDArray[np.int64], taken: int
) -> SpectrumFit:
    """How one spectrum agrees with draws.

    Parameters
    ----------
    one : SpectrumComparison
    z : (k, d) array
        Draws.
    shares : (k, m) array
        Of the modes of each.
    rows : (n,) array of int
        Indices of equal draws among them.
    taken : int
        As `SpectrumFit` has it.
    """
    spectrum, fit = one.ready.spectrum, one.fitted(z, shares)
    order = np.argsort(one.ready.line_nm, kind="stable")
    log_light = np.log(spectrum.light)
    predicted = (log_light - fit.deviation)[rows][:, order]
    dark = np.median(fit.above_floor[rows], axis=0)
    light = np.exp(dark + np.log(spectrum.floor))
    labels = one.ready.line_labels
    return SpectrumFit(
        spectrum.name,
        spectrum.fluence_mj_cm2,
        tuple(labels[index] for index in order),
        one.ready.line_nm[order],
        spectrum.light[order],
        np.exp(np.quantile(predicted, tuple(QUANTILES.values()), axis=0)),
        log_light[order] - np.median(predicted, axis=0),
        float(np.median(one.scatter(z)[rows])),
        spectrum.relative_noise,
        float(np.median(fit.width[rows])),
        spectrum.floor,
        tuple(
            (one.ready.labels[mode], float(one.ready.mode_nm[mode]), float(value))
            for mode, value in zip(one.ready.unseen, light, strict=True)
        ),
        spectrum.model_error,
        taken,
    )
