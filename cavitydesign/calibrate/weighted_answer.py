"""The answer of a calibration, from exact draws and their weights."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from .answer import QUANTILES, CalibrationAnswer, Constant, CurveFit, FigureFit, quantiles_of
from .layout import scale_name
from .light import Light
from .medium.agreement import measurement_fit
from .posterior.doubts import (
    contradictions_of_curve,
    contradictions_of_measurement,
    contradictions_of_spectrum,
    doubts_of_curve,
    doubts_of_figures,
    doubts_of_measurement,
    doubts_of_spectrum,
)
from .posterior.likelihood import Comparison
from .posterior.number_doubts import contradictions_of_numbers, doubts_of_ends
from .posterior.reweigh import Weights, resampled
from .spectra.spectrum_agreement import spectrum_fit
from .work import Solved, Work, fine_light

# The ends of a 68 % interval are then known to 0.024 standard deviations.
_DRAWS_FOR_QUANTILES = 4000
# Fluences of a predicted curve: neighbours lie 2 % apart over a range of a factor of five.
_DENSE = 80


def answer_of(
    work: Work,
    z: Array,
    weights: Weights,
    exact: Sequence[Solved],
    rounds: int,
    solves: int,
) -> CalibrationAnswer:
    """Constants with their intervals, and how each cavity's data agree with them.

    Parameters
    ----------
    work : Work
    z : (k, d) array
        Draws.
    weights : Weights
        Of the draws.
    exact : sequence of Solved
        Of each cavity, at the draws.
    rounds, solves : int
        What the answer took.
    """
    layout, asked = work.layout, work.asked
    rows = resampled(weights, _DRAWS_FOR_QUANTILES, asked.seed)
    scales = {scale_name(cavity) for cavity in asked.cavities}
    shown = [i for i, each in enumerate(layout.unknowns) if each.name not in scales]
    values = layout.values(z)[rows]
    constants = tuple(
        Constant(
            layout.unknowns[i].name,
            layout.unknowns[i].key,
            layout.unknowns[i].prior.in_words(),
            quantiles_of(values[:, i]),
            min(float(z[rows, i].std()), 1.0),
        )
        for i in shown
    )
    equal = resampled(weights, asked.samples, asked.seed)
    fresh = np.random.default_rng(asked.seed)
    curves = tuple(
        curve_fit(work.comparison(ready), z, fine_light(ready, known.light), rows)
        for ready, known in zip(work.ready, exact, strict=True)
    )
    with np.errstate(invalid="ignore"):
        correlation = np.nan_to_num(np.atleast_2d(np.corrcoef(z[rows][:, shown].T)))
    measurements = tuple(measurement_fit(one, z, rows) for one in work.measured)
    contradictions = [line for one in curves for line in contradictions_of_curve(one)]
    spectra = [each for one in curves for each in one.spectra]
    contradictions += [
        line for one in spectra for line in contradictions_of_spectrum(one, len(spectra))
    ]
    contradictions += [line for one in curves for line in doubts_of_figures(one)]
    contradictions += [line for one in measurements for line in contradictions_of_measurement(one)]
    contradictions += contradictions_of_numbers(asked, layout, np.median(z[rows], axis=0))
    warnings = [line for one in curves for line in doubts_of_curve(one)]
    warnings += [line for one in spectra for line in doubts_of_spectrum(one)]
    warnings += [line for one in measurements for line in doubts_of_measurement(one)]
    warnings += doubts_of_ends(layout, z[rows])
    return CalibrationAnswer(
        asked.name,
        constants,
        correlation,
        layout.values(z)[equal][:, shown],
        curves,
        weights.effective_size,
        weights.shape,
        rounds,
        solves,
        (*contradictions, *warnings),
        0.0,
        unmeasured={
            number.key: number.prior.value(fresh.standard_normal(len(equal)))
            for number in asked.numbers
            if number.each
        },
        measurements=measurements,
        contradictions=tuple(contradictions),
    )


def curve_fit(comparison: Comparison, z: Array, light: Light, rows: NDArray[np.int64]) -> CurveFit:
    """How one cavity's data agree with draws.

    Parameters
    ----------
    comparison : Comparison
    z : (k, d) array
        Draws.
    light : Light
        Of each, on the fine grid.
    rows : (n,) array of int
        Indices of equal draws among them.
    """
    cavity = comparison.ready.cavity
    threshold = comparison.threshold_mj_cm2(z, light)[rows]
    told = (quantiles_of(threshold), float(np.isfinite(threshold).mean()))
    figures: tuple[FigureFit, ...] = ()
    if cavity.figures:
        predicted = comparison.figures(z, light)
        figures = tuple(
            FigureFit(name, figure.value, figure.sd, quantiles_of(predicted[name][rows]))
            for name, figure in cavity.figures.items()
        )
    if cavity.cold_line_width_nm is not None:
        width = cavity.cold_line_width_nm
        seen = quantiles_of(comparison.ready.line_width_nm(z)[rows])
        figures = (*figures, FigureFit("cold_line_width_nm", width.value, width.sd, seen))
    spectra = []
    for each in comparison.spectra:
        measured_at = each.ready.spectrum
        shares = comparison.shares(z, light, measured_at.fluence_mj_cm2)
        if measured_at.centre_nm is not None:
            centre = measured_at.centre_nm
            name = f"centre_nm at {measured_at.fluence_mj_cm2:g} mJ/cm2"
            at = quantiles_of(each.centre_nm(shares)[rows])
            figures = (*figures, FigureFit(name, centre.value, centre.sd, at))
        if len(measured_at.light):
            taken = len(comparison.ready.rate_keys)
            spectra.append(spectrum_fit(each, z, shares, rows, taken))
    if cavity.curve is None:
        none = (None, None, None, None, None)
        dark = cavity.dark_up_to_mj_cm2
        return CurveFit(
            cavity.name, *none, *told, None, None, figures, dark, spectra=tuple(spectra)
        )
    measured = cavity.curve
    deviation, scatter = comparison.deviations(z, light, measured)
    at_points = comparison.log_light(z, light, measured.fluence_mj_cm2)
    # each draw with its own scale of the light
    scale = (np.log(measured.emission) - deviation - at_points)[:, :1]
    low, high = map(float, measured.fluence_mj_cm2[[0, -1]])
    dense = np.geomspace(low, high, _DENSE)
    curves = (comparison.log_light(z, light, dense) + scale)[rows]
    middle = np.median((at_points + scale)[rows], axis=0)
    return CurveFit(
        cavity.name,
        measured.fluence_mj_cm2,
        measured.emission,
        dense,
        np.exp(np.quantile(curves, QUANTILES, axis=0)),
        np.log(measured.emission) - middle,
        *told,
        float(np.median(scatter[rows])),
        cavity.relative_noise,
        figures,
        cavity.dark_up_to_mj_cm2,
        float(((threshold > low) & (threshold < high)).mean()),
        tuple(spectra),
    )
