"""The answer of a fit: every labelling that explains the peaks, with its probability."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..columns.plain_words import fit_in_words
from ..markup import html_table
from .fit_advice import FitAdvice
from .fit_prior import FitPrior
from .spectra.spectrum import Peaks


@dataclass(frozen=True)
class FitCandidate:
    """One labelling with its best parameters.

    Attributes
    ----------
    probability : float
        Among all labellings found.
    diameter_um, diameter_error_um : float
        Mean and standard deviation, the prior of the index included.
    index_offset, index_offset_error : float
        Of the body against the material's index.
    media_offsets : mapping of str to (value, error)
        Of the indices of other media that were free, by their keys in the design file.
    optical_diameter_error : float
        Relative error of diameter at a fixed index: what the peaks alone tell.
    offset_nm, offset_error_nm : float
        Of the spectrometer.
    labels : tuple of str or None
        For each peak by rising wavelength; None for a foreign peak.
    also : tuple of tuple of str
        For each peak, labels of other lines so near that the peak may be theirs as well.
    deviation_nm : tuple of float or None
        Measured minus fitted wavelength of each peak.
    rms_nm : float
        Of the deviations.
    foreign, missed : int
        Peaks without a line, lines without a peak.
    """

    probability: float
    diameter_um: float
    diameter_error_um: float
    index_offset: float
    index_offset_error: float
    optical_diameter_error: float
    offset_nm: float
    offset_error_nm: float
    labels: tuple[str | None, ...]
    also: tuple[tuple[str, ...], ...]
    deviation_nm: tuple[float | None, ...]
    rms_nm: float
    foreign: int
    missed: int
    media_offsets: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    @property
    def combs(self) -> tuple[str, ...]:
        """Families and their ranges of m, such as "TM 118-125 1 0"."""
        orders: dict[tuple[str, str], list[int]] = {}
        for label in self.labels:
            if label is not None:
                polarisation, m, rest = label.split(" ", 2)
                orders.setdefault((polarisation, rest), []).append(int(m))
        return tuple(
            f"{family[0]} {min(m)}-{max(m)} {family[1]}" for family, m in sorted(orders.items())
        )

    def to_json_dict(self) -> dict[str, Any]:
        """One entry of `candidates` in the JSON of ``fit``."""
        lists: dict[str, list[Any]] = {
            name: list(getattr(self, name)) for name in ("labels", "deviation_nm", "combs")
        }
        nested = {
            "also": [list(labels) for labels in self.also],
            "media_offsets": {key: list(pair) for key, pair in self.media_offsets.items()},
        }
        return {**self.__dict__, **lists, **nested}


@dataclass(frozen=True, eq=False, repr=False)
class FitAnswer:
    """Candidates, best first, and the diameter over all of them.

    Attributes
    ----------
    candidates : tuple of FitCandidate
    diameter_um, diameter_error_um : float
        Mean and standard deviation over the candidates by their probabilities.
    peaks : Peaks
    prior : FitPrior
    advice : FitAdvice or None
        What one more measurement would tell; None where no rival is left.
    contradictions : tuple of str
        What the first labelling says against the model itself; its diameter is not to be trusted
        then.
    could_be_free : tuple of str
        What was held fixed or near the design and may be wrong, where something contradicts the
        model.

    Examples
    --------
    >>> import cavitydesign as cd
    >>> asked = {"wavelength_nm": 650.0, "span_nm": 60.0, "polarisation": "TM"}
    >>> ball = cd.sphere(diameter_um=8.0, body={"index": 1.5}, **asked)
    >>> true = cd.find_modes(ball.with_values({"cavity.diameter_um": 8.02}))
    >>> found = cd.fit(ball, [mode.wavelength_nm for mode in true])
    >>> found.candidates[0].labels[0] == true[-1].label
    True
    """

    candidates: tuple[FitCandidate, ...]
    diameter_um: float
    diameter_error_um: float
    peaks: Peaks
    prior: FitPrior
    advice: FitAdvice | None
    contradictions: tuple[str, ...] = ()
    could_be_free: tuple[str, ...] = ()

    @property
    def singled_out(self) -> bool:
        """Whether the data prefer one labelling to all others (probability above 95 %)."""
        return self.candidates[0].probability > 0.95

    @property
    def identified(self) -> bool:
        """Whether they do, and nothing contradicts the model."""
        return self.singled_out and not self.contradictions

    def __repr__(self) -> str:
        """The answer in one sentence."""
        return f"FitAnswer: {fit_in_words(self.to_json_dict())}"

    def _repr_html_(self) -> str:
        """The answer in one sentence and a table of the labellings, for notebooks."""
        rows = [
            [
                f"{one.probability:.3f}",
                f"{one.diameter_um:.4f} ± {one.diameter_error_um:.2g}",
                f"{one.rms_nm:.3f}",
                "; ".join(one.combs),
            ]
            for one in self.candidates
        ]
        names = ("probability", "diameter (µm)", "r.m.s. (nm)", "modes")
        return f"<p>{html.escape(repr(self))}</p>{html_table(names, rows)}"

    def to_json_dict(self) -> dict[str, Any]:
        """The JSON of ``fit``."""
        return {
            "schema": 1,
            "identified": self.identified,
            "contradictions": list(self.contradictions),
            "could_be_free": list(self.could_be_free),
            "diameter_um": self.diameter_um,
            "diameter_error_um": self.diameter_error_um,
            "prior": dict(self.prior.__dict__),
            "measured_in": self.peaks.measured_in,
            "peaks_nm": self.peaks.wavelength_nm.tolist(),
            "peaks_error_nm": self.peaks.error_nm.tolist(),
            "advice": None if self.advice is None else dict(self.advice.__dict__),
            "candidates": [candidate.to_json_dict() for candidate in self.candidates],
        }
