"""Whether a fit's own numbers contradict its model: foreign peaks, missed lines, residuals, priors.

The probabilities of a fit's candidates are relative to each other: a model that is wrong as a whole
(a surround whose index is off, families that were not asked for) still gives its best labelling a
probability of 1. What the best labelling leaves over must be as likely as its own priors say.
"""

from __future__ import annotations

from collections.abc import Sequence

from scipy.stats import binom, chi2, norm, poisson

from .fit_prior import FitPrior

# A true model is doubted wrongly in one of a thousand fits for each of the four tests
_DOUBTED_BELOW = 1e-3
# Where the command takes the priors of what is always fitted
_OPTIONS = {
    "diameter": " (--diameter-sd)",
    "index of the body": " (--index-sd)",
    "spectrometer's offset": " (--offset-sd)",
}
_PARAMETERS = 3  # diameter, index of the body, spectrometer's offset; and one for each other medium


def contradictions(
    prior: FitPrior,
    foreign: int,
    missed: int,
    deviations: Sequence[float],
    errors: Sequence[float],
    pulls: Sequence[tuple[str, float]],
) -> tuple[str, ...]:
    """What the best labelling says against its model, a sentence each; empty where all is as
    expected.

    Parameters
    ----------
    prior : FitPrior
    foreign, missed : int
        Peaks without a line, lines without a peak.
    deviations, errors : sequences of float
        Of the named peaks, measured minus fitted, and their standard deviations, in nm.
    pulls : sequence of (name, value)
        How far each fitted quantity is from its prior's mean, in standard deviations.
    """
    out = []
    named = len(deviations)
    chance = float(poisson.sf(foreign - 1, prior.foreign))
    if chance < _DOUBTED_BELOW:
        out.append(
            f"{foreign} of {named + foreign} peaks belong to no line where {prior.foreign:g} "
            f"of another origin is expected (--foreign): a chance of {chance:.0e}"
        )
    chance = float(binom.sf(missed - 1, named + missed, prior.missed))
    if chance < _DOUBTED_BELOW:
        out.append(
            f"{missed} of {named + missed} lines have no peak where {prior.missed:.0%} are "
            "expected "
            f"to be missed (--missed): a chance of {chance:.0e}"
        )
    square = sum((off / error) ** 2 for off, error in zip(deviations, errors, strict=True))
    freedom = max(named - _PARAMETERS - len(prior.media), 1)
    chance = float(chi2.sf(square, freedom))
    if chance < _DOUBTED_BELOW:
        out.append(
            f"named peaks are off by {(square / freedom) ** 0.5:.2g} times their errors (--noise): "
            f"a chance of {chance:.0e}"
        )
    for name, pull in pulls:
        chance = 2 * float(norm.sf(abs(pull)))
        if chance < _DOUBTED_BELOW:
            out.append(
                f"the {name} is {abs(pull):.1f} standard deviations from its prior"
                f"{_OPTIONS.get(name, '')}: a chance of {chance:.0e}"
            )
    return tuple(out)


def could_be_free(
    prior: FitPrior, keys: Sequence[str], radial_orders: int, axial_orders: int
) -> tuple[str, ...]:
    """What a fit held fixed or near the design, and may be wrong, a sentence each.

    Parameters
    ----------
    prior : FitPrior
    keys : sequence of str
        Of the media in the design file whose indices were held, such as "cavity.surround".
    radial_orders, axial_orders : int
        Of the families that were asked for.
    """
    held = (
        f"held fixed: the index of {' and '.join(keys)}; what may be off is fitted where the "
        "design gives it a spread: index = { value = 1.33, sd = 0.02 }, or index_offset = "
        "{ value = 0.0, sd = 0.02 } beside a name",
    )
    return (
        *(held if keys else ()),
        f"held near the design: the index of the body within {prior.index_sd:g} (--index-sd) and "
        f"the diameter within {prior.diameter_sd_um:g} um (--diameter-sd), one standard deviation "
        "each; more lets them go farther",
        f"families asked: p up to {radial_orders}, q up to {axial_orders - 1}; "
        "modes.radial_orders, axial_orders or polarisation may ask for more",
    )
