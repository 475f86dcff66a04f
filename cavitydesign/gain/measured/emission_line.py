"""The emission line of an ensemble from a measured photoluminescence spectrum."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from ...units import FWHM_PER_SD, HC_EV_NM
from .fitting import check_answer, fitted

_FEWEST = 12  # three points for each number of a line: centre, width, height and background
_MEV = 1e3  # of an eV
# Root-mean-square deviation over the peak, beyond what noise makes, from which on a Gaussian does
# not describe the line: a Lorentzian leaves 0.04.
_GAUSSIAN_MISFIT = 0.02


@dataclass(frozen=True)
class EmissionLine:
    """A Gaussian in energy, fitted to a spectrum.

    Attributes
    ----------
    emission_energy_ev, emission_energy_error_ev : float
        Centre; the key gain.emission_energy_ev.
    emission_fwhm_mev, emission_fwhm_error_mev : float
        Full width at half maximum; the key gain.emission_fwhm_mev.
    background : float
        Constant light below the line, over its peak.
    rms : float
        Root-mean-square deviation over the peak.
    noise : float
        What neighbouring samples scatter by, over the peak.
    """

    emission_energy_ev: float
    emission_energy_error_ev: float
    emission_fwhm_mev: float
    emission_fwhm_error_mev: float
    background: float
    rms: float
    noise: float

    @property
    def is_gaussian(self) -> bool:
        """Whether a Gaussian describes the line."""
        return math.sqrt(max(self.rms**2 - self.noise**2, 0.0)) < _GAUSSIAN_MISFIT


def fit_emission_line(wavelength_nm: ArrayLike, intensity: ArrayLike) -> EmissionLine:
    """Fit a Gaussian in energy on a constant background.

    A spectrometer counts light for each nm; the line shape is that for each eV, which is larger by
    the square of the wavelength (J. Mooney, P. Kambhampati, J. Phys. Chem. Lett. 4, 3316 (2013)).

    Parameters
    ----------
    wavelength_nm, intensity : (n,) arrays
        In vacuum; n at least 12; light for each nm in any unit.

    Returns
    -------
    EmissionLine
        Standard errors from the scatter about the fit. Neighbouring samples that deviate alike
        raise them: the errors are those of as many points as the residuals have changes of sign.

    Raises
    ------
    InputError
        Too few points, values that are not finite, or no line within the range.
    """
    sample_nm = np.asarray(wavelength_nm, dtype=float)
    light = np.asarray(intensity, dtype=float)
    if sample_nm.ndim != 1 or sample_nm.shape != light.shape or len(sample_nm) < _FEWEST:
        raise InputError(f"emission line: needs {_FEWEST} or more samples")
    if not (np.all(np.isfinite(light)) and np.all(sample_nm > 0)):
        raise InputError("emission line: wavelengths must be positive and intensities finite")
    order = np.argsort(sample_nm)
    sample_nm, light = sample_nm[order], light[order]
    energy, shape = HC_EV_NM / sample_nm, light * sample_nm**2
    if not float(np.ptp(shape)) > 0:
        raise InputError("emission line: the spectrum is flat")
    shape = shape / float(np.max(np.abs(shape)))
    start = _start(energy, shape)

    def misfit(given: Array) -> Array:
        centre, sd, height, ground = given
        ground_shape = ground * (sample_nm / sample_nm[len(sample_nm) // 2]) ** 2
        return np.asarray(
            height * np.exp(-0.5 * ((energy - centre) / sd) ** 2) + ground_shape - shape
        )

    found = fitted("emission line", misfit, start, np.abs(start) + 1e-3)
    centre, sd, height, ground = map(float, found.x)
    sd = abs(sd)
    inside = energy.min() < centre < energy.max()
    if not (inside and height > 0 and sd < np.ptp(energy)):
        raise InputError("emission line: no line with both of its flanks within the spectrum")
    residual = misfit(found.x)
    signs = 1 + int(np.count_nonzero(np.diff(np.sign(residual))))
    correlated = max(0.5 * len(residual) / signs, 1.0)
    columns = np.asarray(found.jac, dtype=float)
    scatter = 2.0 * found.cost / max(len(sample_nm) - 4, 1) * correlated
    error = np.sqrt(np.diag(np.linalg.pinv(columns.T @ columns)) * scatter)
    check_answer("emission line", *error)
    return EmissionLine(
        centre,
        float(error[0]),
        _MEV * FWHM_PER_SD * sd,
        _MEV * FWHM_PER_SD * float(error[1]),
        ground / height,
        math.sqrt(2.0 * found.cost / len(sample_nm)) / height,
        # second differences of white noise have six times its variance
        float(np.sqrt(np.mean(np.diff(shape, 2) ** 2) / 6.0)) / height,
    )


def _start(energy: Array, shape: Array) -> Array:
    ground = float(np.quantile(shape, 0.05))
    above = np.maximum(shape - ground - 0.3 * (shape.max() - ground), 0.0)
    centre = float((above * energy).sum() / above.sum())
    sd = math.sqrt(float((above * (energy - centre) ** 2).sum() / above.sum()))
    return np.array([centre, max(1.3 * sd, 1e-3), float(shape.max()) - ground, ground])
