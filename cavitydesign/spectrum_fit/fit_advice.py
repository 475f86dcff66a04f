"""What one more measurement would tell where the peaks leave several labellings."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

# A prior of this part of the distance leaves the farther labelling exp(-9/2) of its weight.
_SIGMAS_APART = 3.0
# Rivals below this share of the first one's probability decide nothing.
_LEAST_RIVAL = 0.02


@dataclass(frozen=True)
class Named:
    """A labelling as far as its rivals are told from it.

    Parameters
    ----------
    probability : float
    optical_log_diameter : float
        ln D + (d ln D / dn) times the index offset: what the position of a comb tells.
    labels : tuple of str or None
        For each peak, such as "TM 122 1 0".
    """

    probability: float
    optical_log_diameter: float
    labels: tuple[str | None, ...]


@dataclass(frozen=True)
class FitAdvice:
    """How the first labelling could be told from its rivals.

    Attributes
    ----------
    polarised_peak : int or None
        Index of the peak whose polarisation excludes the most; None where no rival names another
        polarisation.
    probability_by_polarisation : float or None
        Of the first labelling, if that peak has the polarisation which it expects.
    optical_diameter_sd : float or None
        Relative error of the product of diameter and index that would exclude the rivals which lie
        elsewhere; None where all lie where the first does.
    """

    polarised_peak: int | None
    probability_by_polarisation: float | None
    optical_diameter_sd: float | None


def advice(candidates: Sequence[Named], known_sd: float) -> FitAdvice | None:
    """What to measure next.

    Parameters
    ----------
    candidates : sequence of Named
        By falling probability.
    known_sd : float
        Relative prior error of the optical diameter: asking for more than that is no advice.

    Returns
    -------
    FitAdvice or None
        None where there is no rival worth it.
    """
    first = candidates[0]
    rivals = [
        other for other in candidates[1:] if other.probability > _LEAST_RIVAL * first.probability
    ]
    if not rivals:
        return None
    gained: defaultdict[int, float] = defaultdict(float)
    for rival in rivals:
        for peak_index in _otherwise_polarised(first, rival):
            gained[peak_index] += rival.probability
    peak = max(gained, key=lambda peak_index: (gained[peak_index], -peak_index)) if gained else None
    left = None
    if peak is not None:
        excluded = sum(
            other.probability
            for other in candidates[1:]
            if peak in _otherwise_polarised(first, other)
        )
        left = first.probability / (sum(other.probability for other in candidates) - excluded)
    apart = (
        min(abs(other.optical_log_diameter - first.optical_log_diameter) for other in rivals)
        / _SIGMAS_APART
    )
    return FitAdvice(peak, left, apart if 0 < apart < known_sd else None)


def _otherwise_polarised(one: Named, other: Named) -> list[int]:
    """Peaks that both name, with different polarisations."""
    pairs = enumerate(zip(one.labels, other.labels, strict=True))
    return [
        peak_index
        for peak_index, (a, b) in pairs
        if a is not None and b is not None and a[:2] != b[:2]
    ]
