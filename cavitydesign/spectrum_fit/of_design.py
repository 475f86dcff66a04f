"""The fit of measured peaks with a design: its priors, its solved comb, and the answer."""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike

from ..design import Design
from ..progress import Progress
from ..study.executors.executor import Executor
from ..workflow.local_workers import executor_for
from ..workflow.study_point import evaluate_point
from .comb_samples import free_media, solved_comb
from .fit_answer import FitAnswer
from .fit_peaks import fit_peaks, with_held
from .fit_prior import FitPrior
from .spectra.spectrum import Peaks, without_distant
from .spectra.spectrum_file import listed_peaks, load_peaks

_DEFAULT_RELATIVE_SD = 0.02  # of a diameter without a stated spread: what a micrograph tells
# Polymers and glasses in air; only gaps of eight mode spacings are told by it.
_USUAL_GROUP_INDEX = 1.5


@dataclass(frozen=True)
class GivenPriors:
    """Priors as a user gives them; None: those of the design, or the usual ones.

    Attributes
    ----------
    diameter_sd_um, index_sd : float or None
    offset_sd_nm : float
    missed : float
        Probability that a line was not seen.
    foreign : float
        Expected peaks of another origin.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> cd.GivenPriors(diameter_sd_um=0.05).offset_sd_nm
    0.1
    """

    diameter_sd_um: float | None = None
    index_sd: float | None = None
    offset_sd_nm: float = 0.1
    missed: float = 0.1
    foreign: float = 1.0


def peaks_of_cavity(peaks: Peaks, design: Design) -> Peaks:
    """The peaks without those far from the main part, by the mode spacing of the design."""
    middle = float(np.median(peaks.wavelength_nm))
    spacing = middle**2 / (math.pi * _USUAL_GROUP_INDEX * 1e3 * design.cavity.diameter_um)
    return without_distant(peaks, spacing)


def fit_design(
    peaks: Peaks, design: Design, given: GivenPriors, executor: Executor, progress: Progress
) -> FitAnswer:
    """Diameter, index and labels of measured peaks.

    Parameters
    ----------
    peaks : Peaks
        From `peaks_of_cavity`.
    design : Design
    given : GivenPriors
    executor : Executor
        Solves the comb at neighbouring diameters.
    progress : callable
        Called with a message and the fraction done.
    """
    diameter = design.cavity.diameter_um
    spread = design.spreads.get("cavity.diameter_um", _DEFAULT_RELATIVE_SD * diameter)
    media = free_media(design.raw, design.spreads)
    of_body = media.pop("cavity.body", FitPrior.index_sd)
    prior = FitPrior(
        spread if given.diameter_sd_um is None else given.diameter_sd_um,
        of_body if given.index_sd is None else given.index_sd,
        given.offset_sd_nm,
        given.missed,
        given.foreign,
        media=tuple(media.items()),
    )
    window = (float(peaks.wavelength_nm[0]), float(peaks.wavelength_nm[-1]))
    folder = Path() if design.path is None else design.path.resolve().parent
    evaluate = functools.partial(evaluate_point, folder=folder)
    model = solved_comb(design.raw, diameter, window, prior, evaluate, executor, progress)
    return with_held(fit_peaks(peaks, model, prior), design.raw)


def fit(
    design: Design,
    peaks: str | Path | Peaks | ArrayLike,
    priors: GivenPriors | None = None,
    noise_nm: float | None = None,
    workers: int | None = 1,
    progress: Progress | None = None,
) -> FitAnswer:
    """Diameter, index and mode labels from measured peaks.

    Parameters
    ----------
    design : Design
        The cavity as far as it is known; its families are those that may be seen.
    peaks : path, Peaks or array
        A CSV file of peaks or of a sampled spectrum, as `cavitydesign fit` reads it, or vacuum
        wavelengths in nm.
    priors : GivenPriors, optional
        Spreads of diameter, index and spectrometer, and how often lines are missed or foreign.
    noise_nm : float, optional
        Error of a listed peak, by default 0.02 nm; of a sampled spectrum's axis, by default a tenth
        of its step.
    workers : int, optional
        Processes; 1 solves here.
    progress : callable, optional
        Called with a message and the fraction done.

    Returns
    -------
    FitAnswer
        Every labelling that explains the peaks, with its probability.

    Raises
    ------
    InputError
        If the peaks cannot be read, or are fewer than three.
    SolverError
        If no family of the design explains the peaks.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "span_nm": 60.0, "polarisation": "TM"}
    >>> ball = cd.sphere(diameter_um=10.0, body={"index": 1.5}, **asked)
    >>> true = cd.find_modes(ball.with_values({"cavity.diameter_um": 10.03}))
    >>> found = cd.fit(ball, [mode.wavelength_nm for mode in true])
    >>> abs(found.diameter_um - 10.03) < 3 * found.diameter_error_um
    True
    """
    if isinstance(peaks, str | Path):
        read = load_peaks(Path(peaks), noise_nm)
    else:
        read = peaks if isinstance(peaks, Peaks) else listed_peaks(peaks, noise_nm)
    seen = peaks_of_cavity(read, design)
    told = progress or (lambda message, fraction: None)
    return fit_design(seen, design, priors or GivenPriors(), executor_for(workers), told)
