"""Measured peaks to diameter, index and labels, with what the data cannot tell said plainly.

Diameter and index enter almost only as their product, so that the prior of the index decides the
error of the diameter. The azimuthal order is known only where the spacing pattern or the prior of
the diameter tells neighbours apart. Every labelling that explains the peaks is therefore kept, with
its probability.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..errors import SolverError
from .comb_model import CombModel
from .comb_samples import media_keys
from .fit_advice import FitAdvice, Named, advice
from .fit_answer import FitAnswer, FitCandidate
from .fit_doubt import contradictions, could_be_free
from .fit_moves import explored
from .fit_prior import FitPrior
from .fit_refine import Labelling, settled_names
from .fit_search import SpectrumLines, starting_points
from .spectra.spectrum import Peaks

# Labellings that are kept: rarer ones change no probability that is told to three digits.
_LEAST_PROBABILITY = 1e-4
# Fewer named peaks than parameters are an accident, not a comb.
_LEAST_NAMED = 3
# Of the noise: a line this near may be the peak as well (5 in 10,000 lie farther).
_ALSO_SIGMAS = 3.5


def fit_peaks(peaks: Peaks, model: CombModel, prior: FitPrior) -> FitAnswer:
    """All labellings that explain the peaks.

    Parameters
    ----------
    peaks : Peaks
    model : CombModel
        Of the families that may be there, about the expected diameter and over the spectrum.
    prior : FitPrior

    Raises
    ------
    SolverError
        If no family explains the peaks.
    """
    lines = SpectrumLines(peaks, model, prior)
    scanned: list[Labelling] = []
    for start in starting_points(lines):
        labelling = settled_names(lines, start, scanned)
        if labelling is not None:
            scanned.append(labelling)
    found: list[Labelling] = []
    for labelling in explored(lines, scanned):
        if np.count_nonzero(labelling.family >= 0) >= _LEAST_NAMED:
            _keep(found, labelling)
    if not found:
        least, most = (f"{x:.2g}" for x in (peaks.error_nm.min(), peaks.error_nm.max()))
        known = least if least == most else f"{least} to {most}"
        raise SolverError(
            f"fit: no comb of this design explains the peaks, which are taken to be known to "
            f"{known} nm; give a larger --noise where the spectrometer is not as good as that, "
            "widen --diameter-sd, or ask for more families (modes.polarisation, radial_orders, "
            "axial_orders)"
        )
    found.sort(key=lambda labelling: -labelling.log_evidence)
    weights = np.exp([labelling.log_evidence - found[0].log_evidence for labelling in found])
    weights /= weights.sum()
    kept = [
        (float(weight), labelling)
        for weight, labelling in zip(weights, found, strict=True)
        if weight > _LEAST_PROBABILITY
    ]
    candidates = tuple(_candidate(weight, labelling, lines) for weight, labelling in kept)
    share = np.array([weight for weight, _ in kept]) / sum(weight for weight, _ in kept)
    diameters = np.array([candidate.diameter_um for candidate in candidates])
    errors = np.array([candidate.diameter_error_um for candidate in candidates])
    mean = float(share @ diameters)
    spread = math.sqrt(float(share @ (errors**2 + (diameters - mean) ** 2)))
    return FitAnswer(
        candidates,
        mean,
        spread,
        peaks,
        prior,
        _advice(candidates, kept, lines),
        _contradictions(candidates[0], kept[0][1], lines),
    )


def with_held(answer: FitAnswer, design: Mapping[str, Any]) -> FitAnswer:
    """The answer with what its design held fixed, if something contradicts the model.

    Parameters
    ----------
    answer : FitAnswer
    design : mapping
        Tables of the design file.
    """
    if not answer.contradictions:
        return answer
    free = {"cavity.body", *(key for key, _ in answer.prior.media)}
    keys = dict.fromkeys([*media_keys(design), "cavity.surround"])
    held = [key for key in keys if key not in free]
    modes = design.get("modes", {})
    asked = (modes.get(name, 1) for name in ("radial_orders", "axial_orders"))
    return replace(answer, could_be_free=could_be_free(answer.prior, held, *asked))


def _contradictions(
    best: FitCandidate, labelling: Labelling, lines: SpectrumLines
) -> tuple[str, ...]:
    """What the first labelling says against the model."""
    prior = lines.prior
    named_peaks = np.flatnonzero(labelling.family >= 0)
    sds = (prior.diameter_sd_um / lines.model.diameter_um, *prior.offset_sds, prior.offset_sd_nm)
    media = (f"index of {key}" for key, _ in prior.media)
    names = ("diameter", "index of the body", *media, "spectrometer's offset")
    pulls = [float(x) / sd for x, sd in zip(labelling.parameters, sds, strict=True)]
    return contradictions(
        prior,
        best.foreign,
        best.missed,
        labelling.deviation_nm[named_peaks].tolist(),
        lines.sigma_nm()[labelling.family[named_peaks], named_peaks].tolist(),
        list(zip(names, pulls, strict=True)),
    )


def _advice(
    candidates: Sequence[FitCandidate],
    kept: Sequence[tuple[float, Labelling]],
    lines: SpectrumLines,
) -> FitAdvice | None:
    """Candidates placed by their optical diameters, in which diameter and index weigh as they move
    the first one's comb.
    """
    model, prior, best = lines.model, lines.prior, kept[0][1]
    family = np.array([next(iter(best.centre_orders))])
    _, slopes = model.order_and_slopes(
        family,
        np.array([sum(lines.window_nm) / 2]),
        float(best.parameters[0]),
        best.parameters[1:-1],
    )
    of_index = slopes[2:, 0] / slopes[1, 0]
    named = [
        Named(
            candidate.probability,
            float(labelling.parameters[0] + of_index @ labelling.parameters[1:-1]),
            candidate.labels,
        )
        for candidate, (_, labelling) in zip(candidates, kept, strict=True)
    ]
    spread = np.linalg.norm(of_index * prior.offset_sds)
    return advice(named, math.hypot(prior.diameter_sd_um / model.diameter_um, float(spread)))


def _keep(found: list[Labelling], labelling: Labelling) -> None:
    """One entry for each labelling, the one with the most evidence."""
    for index, known in enumerate(found):
        if labelling.same_as(known):
            if labelling.log_evidence > known.log_evidence:
                found[index] = labelling
            return
    found.append(labelling)


def _candidate(probability: float, labelling: Labelling, lines: SpectrumLines) -> FitCandidate:
    model = lines.model
    diameter = model.diameter_um * math.exp(labelling.parameters[0])
    sds = np.sqrt(np.diag(labelling.covariance))
    conditional = np.linalg.inv(np.linalg.inv(labelling.covariance)[np.ix_([0, -1], [0, -1])])
    labels = tuple(
        model.families[f].label(int(m)) if f >= 0 else None
        for f, m in zip(labelling.family, labelling.order, strict=True)
    )
    deviations = tuple(None if math.isnan(x) else float(x) for x in labelling.deviation_nm)
    named = [x for x in deviations if x is not None]
    return FitCandidate(
        probability=probability,
        diameter_um=diameter,
        diameter_error_um=diameter * float(sds[0]),
        index_offset=float(labelling.parameters[1]),
        index_offset_error=float(sds[1]),
        optical_diameter_error=math.sqrt(float(conditional[0, 0])),
        offset_nm=float(labelling.parameters[-1]),
        offset_error_nm=float(sds[-1]),
        labels=labels,
        also=_also(labelling, lines, labels),
        deviation_nm=deviations,
        rms_nm=math.sqrt(sum(x * x for x in named) / max(len(named), 1)),
        foreign=sum(label is None for label in labels),
        missed=labelling.missed,
        media_offsets={
            key: (float(value), float(error))
            for (key, _), value, error in zip(
                lines.prior.media, labelling.parameters[2:-1], sds[2:-1], strict=True
            )
        },
    )


def _also(
    labelling: Labelling, lines: SpectrumLines, labels: tuple[str | None, ...]
) -> tuple[tuple[str, ...], ...]:
    """Other lines of the labelling's families within reach of each peak, by rising family."""
    model, wavelength = lines.model, lines.peaks.wavelength_nm - labelling.parameters[-1]
    reached: list[list[str]] = [[] for _ in labels]
    sigma, allowed = lines.sigma_nm(), lines.allowed()
    for family_index in sorted(labelling.centre_orders):
        family_indices = np.full(len(wavelength), family_index, dtype=np.intp)
        v = float(labelling.parameters[0])
        order, slopes = model.order_and_slopes(
            family_indices, wavelength, v, labelling.parameters[1:-1]
        )
        near = np.abs((order - np.rint(order)) / slopes[0]) < _ALSO_SIGMAS * sigma[family_index]
        for peak in np.flatnonzero(near & allowed[family_index]):
            label = model.families[family_index].label(round(float(order[peak])))
            if label != labels[peak]:
                reached[peak].append(label)
    return tuple(tuple(found) for found in reached)
