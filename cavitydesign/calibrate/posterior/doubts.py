"""Signs that a calibration should not be believed: the model misses the data."""

from __future__ import annotations

import math

import numpy as np
from scipy.fft import dct
from scipy.stats import f as fisher
from scipy.stats import norm

from ...arrays import Array
from ..answer import CalibrationAnswer, CurveFit
from ..layout import SCATTER_FACTOR
from ..medium.agreement import MeasurementFit
from ..spectra.smooth_misfit import chance_of_smooth
from ..spectra.spectrum_agreement import SpectrumFit
from .number_doubts import FAR_CONSTANT

# A sign that a right model gives in fewer cases than this is told.
_CHANCE = 0.01
# The same of the lines of a spectrum, by size or by ranks, the lesser counted twice (C. E.
# Bonferroni). Of the 47 made-up laboratories with wrong lines that the test was found on 42 were
# noticed, 39 at half of it; of 50 with right lines none was accused, as the constants take up a
# part of what scatters smoothly.
_SHAPE_CHANCE = 0.04
_FEWEST_POINTS = 8  # The runs of fewer points tell nothing at the level of `_CHANCE`.
# Half waves over the points that a misfit of a line may have: a Lorentzian's in place of a Gaussian
# has five about its centre, over a third of a usual spectrum.
_LOW_WAVES = 16
# Fitted over stated scatter above which it is told, and above which it is a contradiction: as far
# from its prior as a constant is then.
_MORE, _MOST = 2.5, SCATTER_FACTOR**FAR_CONSTANT
# Root mean square of a smooth residual of a measurement below which it is not told: hardly a line
# is Gaussian to 1 % of its height; a Lorentzian of the same height and width is 4 % off.
_SMOOTH = 0.01
# The same of a light curve, whose light is interpolated between solved pulses to 1 % and averaged
# over the spot to 0.3 %: points without scatter would accuse a right model of its own rounding.
_EXACT = 0.01
# Probability of a threshold within the measured fluences below which it is told.
_CROSSES = 0.1
# Published figures further out than so many standard deviations are told; by chance one of five
# right ones lies as far in 6 % of cases.
_FAR_FIGURE = 2.5
# Standard deviations from the 5 % to the 95 % quantile of a normal distribution.
_NINETY = 3.29


def contradictions_of_curve(curve: CurveFit, told_below: float = _CHANCE) -> list[str]:
    """Residuals that follow each other: no constants make the model's curve this one; and points
    that scatter as no prior of their scatter allows.

    Parameters
    ----------
    curve : CurveFit
    told_below : float
        Chance of a right model below which it is told.
    """
    found = _scatter_of_curve(curve, _MOST, math.inf)
    if curve.residual is None or len(curve.residual) < _FEWEST_POINTS:
        return found
    if float(np.sqrt(np.mean(curve.residual**2))) < _EXACT:
        return found
    chance = chance_of_runs(curve.residual)
    if chance < told_below:
        found.append(
            f"{curve.name}: the model cannot follow the curve: its residuals keep their sign "
            f"over many neighbours (chance of a right model: {chance:.1g}); the constants are not "
            "to be trusted"
        )
    return found


def doubts_of_curve(curve: CurveFit) -> list[str]:
    """A curve that says little, or scatters more than stated."""
    found: list[str] = []
    if curve.crosses is not None and curve.crosses < _CROSSES:
        found.append(
            f"{curve.name}: no threshold lies within its fluences (probability "
            f"{1.0 - curve.crosses:.2f}): the curve bounds the gain from one side and says little "
            "else"
        )
    return found + _scatter_of_curve(curve, _MORE, _MOST)


def _scatter_of_curve(curve: CurveFit, over: float, up_to: float) -> list[str]:
    """`_scatter` of a light curve, where it is more than the model's own rounding."""
    if curve.scatter is None or curve.stated_noise is None or curve.scatter < _EXACT:
        return []
    return _scatter(curve.name, curve.scatter, curve.stated_noise, over, up_to)


def _scatter(
    name: str, scatter: float, stated: float, over: float = _MORE, up_to: float = _MOST
) -> list[str]:
    """Of points or lines whose fitted scatter is so many times that stated."""
    if not over < scatter / stated <= up_to:
        return []
    return [
        f"{name}: the points scatter {scatter / stated:.1f} times more than the stated "
        f"{stated:.2g}; the model or the stated noise is wrong"
    ]


def chance_of_runs(residual: Array) -> float:
    """Chance that independent residuals are as much alike as their neighbours, one-sided.

    The von Neumann ratio of the ranks (R. Bartels, J. Am. Stat. Assoc. 77, 40 (1982)): outliers
    weigh no more than others. The ratio is normal about 2 with variance 4 (n - 2) (5 n^2 - 2 n - 9)
    / (5 n (n + 1) (n - 1)^2).

    Parameters
    ----------
    residual : (n,) array
        By rising fluence.

    Examples
    --------
    >>> import numpy as np
    >>> chance_of_runs(np.linspace(-1.0, 1.0, 20)) < 1e-4
    True
    """
    n = len(residual)
    ranks = np.argsort(np.argsort(residual)).astype(float)
    ratio = float(((np.diff(ranks)) ** 2).sum() / ((ranks - ranks.mean()) ** 2).sum())
    variance = 4.0 * (n - 2) * (5.0 * n**2 - 2.0 * n - 9.0) / (5.0 * n * (n + 1) * (n - 1.0) ** 2)
    return float(norm.cdf((ratio - 2.0) / math.sqrt(variance)))


def chance_of_waves(residual: Array) -> float:
    """Chance that independent residuals have as much of long waves, or are as much alike as their
    neighbours.

    A wave that is fainter than the scatter hardly shows between neighbours; of many points it
    stands out in the lowest of their cosines. These are orthogonal: of independent normal numbers
    the mean square of the lowest over that of the others follows Fisher's F. Ranks stand for the
    residuals, by their normal scores, so that outliers weigh no more than others. The lesser of
    both chances counts twice (C. E. Bonferroni).

    Parameters
    ----------
    residual : (n,) array
        In the order in which a smooth misfit is smooth.

    Examples
    --------
    >>> import numpy as np
    >>> scatter = np.random.default_rng(0).standard_normal(240)
    >>> chance_of_waves(scatter + 0.6 * np.sin(np.linspace(0.0, 12.0, 240))) < 1e-3
    True
    """
    n = len(residual)
    low = min(_LOW_WAVES, n // 4)
    scores = norm.ppf((np.argsort(np.argsort(residual)) + 0.5) / n)
    # the constant is none of them: scores have no mean
    share = dct(scores, norm="ortho")[1:] ** 2
    ratio = float(share[:low].mean() / share[low:].mean())
    return min(2.0 * min(float(fisher.sf(ratio, low, n - 1 - low)), chance_of_runs(residual)), 1.0)


def doubts_of_figures(curve: CurveFit) -> list[str]:
    """Published figures that no curve of the answer comes near."""
    found = []
    for each in curve.figures:
        low, _, middle, _, high = each.predicted
        spread = (high - low) / _NINETY if math.isfinite(high) else 0.0
        out = abs(each.measured - middle) / math.hypot(each.sd, spread)
        if not out < _FAR_FIGURE:
            says = f"it predicts {middle:.3g}" if math.isfinite(middle) else "it shows no breaks"
            found.append(
                f"{curve.name}: the model cannot reach {each.name} = {each.measured:g} +- "
                f"{each.sd:g}: {says}; the constants are not to be trusted"
            )
    return found


def contradictions_of_spectrum(one: SpectrumFit, among: int = 1) -> list[str]:
    """Lines whose residuals are smooth over the wavelengths, that scatter as no prior of their
    scatter allows, or that should be seen.

    Parameters
    ----------
    one : SpectrumFit
    among : int
        Spectra that are looked at: a right one of all of them is accused as seldom as a single one.
    """
    found = _scatter(one.name, one.scatter, one.stated_noise, _MOST, math.inf)
    if len(one.residual) >= _FEWEST_POINTS:
        by_size = chance_of_smooth(
            one.wavelength_nm, one.residual, one.stated_noise, one.model_error, one.taken
        )
        # lines far off at the ends hide a misfit of the middle from its size, not from its ranks
        chance = min(2.0 * min(by_size, chance_of_runs(one.residual)), 1.0)
        if chance < _SHAPE_CHANCE / among:
            found.append(
                f"{one.name}: the model cannot follow the shares of the modes: their residuals "
                "follow each other over the wavelengths (chance of a "
                f"right model: {chance:.1g}); the line of the medium has another shape than the "
                "model, or the outermost line is off, and the constants are not to be trusted"
            )
    bright = max(one.unseen, key=lambda each: each[2], default=None)
    if bright is not None and math.log(bright[2] / one.floor) > FAR_CONSTANT * one.width:
        found.append(
            f"{one.name}: the model makes {bright[0]} at {bright[1]:.2f} nm "
            f"{bright[2] / one.floor:.3g} times as bright as the detection floor, and it was not "
            "seen: correct range_nm or detection_floor, or the constants are not to be trusted"
        )
    return found


def doubts_of_spectrum(one: SpectrumFit) -> list[str]:
    """Lines that scatter more than stated."""
    return _scatter(one.name, one.scatter, one.stated_noise)


def contradictions_of_measurement(one: MeasurementFit) -> list[str]:
    """Residuals of a measurement of the medium that follow each other, and points that scatter as
    no prior of their scatter allows.
    """
    found = _scatter(one.name, one.scatter, one.stated_noise, _MOST, math.inf)
    unit = "" if one.relative else " of its greatest value"
    few = len(one.residual) < _FEWEST_POINTS
    if few or one.smooth < _SMOOTH or chance_of_waves(one.residual) >= _CHANCE:
        return found
    return [
        *found,
        f"{one.name}: the model cannot follow the {one.kind.replace('_', ' ')}: its residuals "
        f"keep their sign over many neighbours, {one.smooth:.1%}{unit}; the medium has another "
        "shape than the model, and what follows from it is not to be trusted",
    ]


def doubts_of_measurement(one: MeasurementFit) -> list[str]:
    """A measurement that scatters more than stated."""
    return _scatter(one.name, one.scatter, one.stated_noise)


def doubts_of_answer(answer: CalibrationAnswer) -> list[str]:
    """Weights that say that the exact solves contradict the posterior."""
    if answer.reliable:
        return []
    return [
        f"exact solves do not confirm the posterior (Pareto k {answer.shape:.2f}, effective size "
        f"{answer.effective_size:.0f}): raise `solves`, or narrow the priors; the intervals below "
        "are not to be used"
    ]
