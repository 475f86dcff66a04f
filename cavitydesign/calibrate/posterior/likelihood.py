"""How well candidates agree with the data: the logarithm of the posterior, for many at once.

Light curves are compared point by point in the logarithm of the light, with Student's t of four
degrees of freedom, so that a point that is far off pulls little. The scale of a curve is free. A
cavity that did not lase speaks through the threshold of its laser.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import log_ndtr

from ...arrays import Array
from ...lasing.outcomes.output_threshold import HALF, WINDOW
from ...lasing.pulses.computed_curve import FAR_ABOVE
from ..calibration_spec import MeasuredCurve
from ..detector import STEP, over_jitter, over_spot
from ..figures import Seen, curve_figures
from ..layout import Layout, scale_name, scatter_name
from ..light import Light
from ..setup import Prepared, session_index
from ..spectra.seen_shares import seen_shares
from ..spectra.spectrum_comparison import SpectrumComparison
from .student import POINT_WORTH, log_density

Curves = Callable[[Array], Light]
"""From (k, d) standard normal numbers to light on the fine grid."""

# Relative standard deviation of the threshold where a cavity did not lase: what a step of the
# fluence leaves, and the difference between what one calls lasing and half of the greatest
# efficiency.
_EDGE = 0.02


@dataclass(frozen=True, eq=False)
class Comparison:
    """One cavity against its data.

    Attributes
    ----------
    ready : Prepared
    first : float
        Logarithm of the excitations where the fine grid starts.
    layout : Layout
    """

    ready: Prepared
    first: float
    layout: Layout

    def log_likelihood(
        self, z: Array, light: Light, added_sd: float = 0.0, added_to_lines: Sequence[float] = ()
    ) -> Array:
        """Logarithm of the likelihood of (k, d) vectors.

        Parameters
        ----------
        z : (k, d) array
        light : Light
            Of each, on the fine grid.
        added_sd : float
            What the logarithm of the light is uncertain by besides the scatter.
        added_to_lines : sequence of float
            The same of the lines of each spectrum; none: 0.
        """
        cavity = self.ready.cavity
        total = np.zeros(len(z))
        if cavity.curve is not None:
            deviation, scatter = self.deviations(z, light, cavity.curve)
            width = np.hypot(scatter, added_sd)[:, None]
            total += POINT_WORTH * log_density(deviation, width).sum(axis=1)
            # The scale is counted in units of the scatter: a flat prior of the scale itself.
            total += np.log(scatter)
        if cavity.figures:
            total += self._of_figures(z, light)
        if cavity.cold_line_width_nm is not None:
            line = cavity.cold_line_width_nm
            total -= 0.5 * ((self.ready.line_width_nm(z) - line.value) / line.sd) ** 2
        lines_sd = added_to_lines or [0.0] * len(self.spectra)
        for spectrum, sd in zip(self.spectra, lines_sd, strict=True):
            shares = self.shares(z, light, spectrum.ready.spectrum.fluence_mj_cm2)
            total += spectrum.log_likelihood(z, shares, sd)
        if cavity.dark_up_to_mj_cm2 is not None:
            log_dark = self._log_excitations(z, np.array([cavity.dark_up_to_mj_cm2]))[:, 0]
            above = (
                self.log_excitations_at_threshold(light) - log_dark
            ) / self.ready.nominal.photons
            total += log_ndtr(np.clip(above / _EDGE, -1e3, 1e3))
        return total

    @property
    def spectra(self) -> tuple[SpectrumComparison, ...]:
        """Each laser spectrum of the cavity against its data."""
        return tuple(SpectrumComparison(each, self.layout) for each in self.ready.spectra)

    def shares(self, z: Array, light: Light, fluence_mj_cm2: float) -> Array:
        """Share of each mode of the laser light that is seen at a stated fluence, (k, m)."""
        nominal = self.ready.nominal
        return seen_shares(
            light,
            self.first,
            self._log_excitations(z, np.array([fluence_mj_cm2]))[:, 0],
            self.ready.jitter(z),
            nominal.photons,
            nominal.gaussian,
        )

    def _of_figures(self, z: Array, light: Light) -> Array:
        """Normal in each published figure; impossible where the curve shows no breaks."""
        values = self.figures(z, light)
        total = np.zeros(len(z))
        for name, figure in self.ready.cavity.figures.items():
            deviation = (values[name] - figure.value) / figure.sd
            total -= np.where(np.isfinite(deviation), 0.5 * deviation**2, np.inf)
        return total

    def figures(self, z: Array, light: Light) -> dict[str, Array]:
        """What a fit with two breaks reads off the curves of (k, d) vectors, by name of `FIGURES`;
        infinite where a curve shows no breaks.
        """
        photons = self.ready.nominal.photons
        read = curve_figures(self.seen(z), light)
        fluences = np.exp((read.breaks - self._log_excitations(z, np.ones(1))) / photons)
        values = {
            "lower_break_mj_cm2": fluences[:, 0],
            "upper_break_mj_cm2": fluences[:, 1],
            **{f"slope_{k + 1}": read.slopes[:, k] * photons for k in range(3)},
        }
        return {name: np.where(read.visible, value, np.inf) for name, value in values.items()}

    def seen(self, z: Array) -> Seen:
        """What pump and detector add, of (k, d) vectors."""
        nominal = self.ready.nominal
        return Seen(
            self.first,
            self.ready.collection(z),
            self.ready.jitter(z),
            nominal.photons,
            nominal.gaussian,
            self.ready.ladder_top,
        )

    def deviations(self, z: Array, light: Light, curve: MeasuredCurve) -> tuple[Array, Array]:
        """Measured minus computed logarithm of the light (k, m), and the scatter (k,)."""
        seen = self.log_light(z, light, curve.fluence_mj_cm2)
        deviation = np.log(curve.emission) - seen
        # The unknown scale is counted from the best fit of each candidate, which shifts it and
        # leaves its flat prior alone.
        deviation = deviation - np.median(deviation, axis=1, keepdims=True)
        indices = [
            self.layout.index_of(name(self.ready.cavity)) for name in (scale_name, scatter_name)
        ]
        assert indices[0] is not None and indices[1] is not None
        scatter = self.layout.unknowns[indices[1]].prior.value(z[:, indices[1]])
        scale = self.layout.unknowns[indices[0]].prior.value(z[:, indices[0]])
        # in units of the scatter, so that the sampler moves as easily along it as along the others
        return deviation - scale[:, None] * scatter[:, None], scatter

    def log_light(self, z: Array, light: Light, fluence_mj_cm2: Array) -> Array:
        """Logarithm of the collected light at stated fluences, (k, m), in photons an emitter."""
        collected = np.logaddexp(
            light.laser + np.log(self.ready.collection(z))[:, None], light.glow
        )
        if self.ready.nominal.gaussian:
            collected = over_spot(collected)
        return over_jitter(
            collected,
            self.first,
            self._log_excitations(z, fluence_mj_cm2),
            self.ready.jitter(z),
            self.ready.nominal.photons,
        )

    def threshold_mj_cm2(self, z: Array, light: Light) -> Array:
        """Threshold of the laser as the laboratory's scale shows it, infinite without one, (k,)."""
        log_units = (
            self.log_excitations_at_threshold(light) - self._log_excitations(z, np.ones(1))[:, 0]
        )
        return np.asarray(np.exp(log_units / self.ready.nominal.photons))

    def log_excitations_at_threshold(self, light: Light) -> Array:
        """Logarithm of the excitations where the differential efficiency reaches half of its
        greatest value, infinite where the output rises too slowly, or is too faint at best, to
        have a threshold, (k,). It is looked for where a prediction looks: about gain = loss, up to
        where emitters are full.
        """
        log_laser, static = light.laser, light.log_static[:, None]
        reached = np.isfinite(static)
        static = np.where(reached, static, 0.0)
        slope = np.diff(log_laser, axis=1) / STEP
        log_pumped = self.first + STEP * (np.arange(slope.shape[1]) + 0.5)
        end = np.maximum(math.log(FAR_ABOVE), math.log(self.ready.ladder_top) - static)
        end = static + np.minimum(end, math.log(WINDOW[1]))
        within = reached & (log_pumped > static + math.log(WINDOW[0])) & (log_pumped < end)
        log_efficiency = (
            np.log(np.maximum(slope, 1e-12))
            + 0.5 * (log_laser[:, 1:] + log_laser[:, :-1])
            - log_pumped
        )
        greatest = np.where(within, log_efficiency, -np.inf).max(axis=1)
        asked = greatest + math.log(HALF)
        cell = np.maximum((within & (log_efficiency >= asked[:, None])).argmax(axis=1), 1)
        row = np.arange(len(log_laser))
        low, high = log_efficiency[row, cell - 1], log_efficiency[row, cell]
        with np.errstate(invalid="ignore"):
            share = np.clip((asked - low) / np.maximum(high - low, 1e-12), 0.0, 1.0)
        found = log_pumped[cell - 1] + share * STEP
        steepest = np.where(within, slope, 0.0).max(axis=1)
        lases = (steepest >= self.ready.least_slope) & (greatest >= light.log_least)
        return np.where(lases, found, np.inf)

    def _log_excitations(self, z: Array, fluence_mj_cm2: Array) -> Array:
        """Logarithm of the peak's excitations at stated fluences, (k, m)."""
        stated = np.log(fluence_mj_cm2)[None, :]
        index = session_index(self.layout, self.ready.cavity)
        if index is not None:
            true = self.layout.unknowns[index].prior.value(z[:, index])
            stated = stated + np.log(true)[:, None]
        photons = self.ready.nominal.photons
        return np.asarray(self.ready.log_per_unit(z)[:, None] + photons * stated)


@dataclass(frozen=True, eq=False)
class Posterior:
    """The logarithm of the posterior of (k, d) vectors, up to a constant.

    Attributes
    ----------
    comparisons : sequence of Comparison
    curves : sequence of callable
        Of each cavity.
    added_sd : sequence of float
        Error of the curves of each cavity, in the logarithm of the collected light.
    beside : sequence of callable
        From (k, d) vectors to the logarithm of the likelihood of what was measured beside cavities.
    added_to_lines : sequence of sequence of float
        As `added_sd`, of the lines of each spectrum of each cavity; none: 0.
    """

    comparisons: Sequence[Comparison]
    curves: Sequence[Curves]
    added_sd: Sequence[float]
    beside: Sequence[Callable[[Array], Array]] = ()
    added_to_lines: Sequence[Sequence[float]] = ()

    def log_likelihood(self, z: Array) -> Array:
        """Of all that was measured together, (k,)."""
        total = np.zeros(len(z))
        lines_sd = self.added_to_lines or [()] * len(self.comparisons)
        for each, curves, sd, line_sd in zip(
            self.comparisons, self.curves, self.added_sd, lines_sd, strict=True
        ):
            light = curves(z[:, each.ready.rate_indices])
            total += each.log_likelihood(z, light, sd, line_sd)
        for measured in self.beside:
            total += measured(z)
        return total

    def __call__(self, z: Array) -> Array:
        """Likelihood times the standard normal prior of every unknown."""
        value = self.log_likelihood(z) - 0.5 * (z**2).sum(axis=1)
        return np.where(np.isfinite(value), value, -np.inf)
