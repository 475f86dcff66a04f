"""What all steps of a calibration share: exact solves, the emulators through them, and both
posteriors.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.interpolate import PchipInterpolator
from scipy.special import ndtri
from scipy.stats import qmc

from ..arrays import Array
from ..progress import Progress
from ..study import Executor
from .calibration_spec import Calibration
from .detector import fine_grid
from .layout import Layout
from .light import Light
from .medium.prepared import PreparedMeasurement
from .posterior.emulator import CurveEmulator, fit_emulator
from .posterior.likelihood import Comparison, Posterior
from .setup import Prepared
from .solves import solved_light
from .spectra.spectrum_comparison import SpectrumComparison

# Every fifth solve tests the emulator before it joins it.
_HELD_OUT = 5
# Of a curve on which an emulator is tested.
_FLUENCES = 24
# Of the strongest line: what spectra show, on which the emulator of shares is tested.
_FAINTEST_LINE = 2e-3
_FEWEST_SOLVES = 8  # An emulator through fewer could not be tested on every fifth.
# Share of a prior beyond which no solve starts: 3.7 standard deviations, where the emulator would
# be far from any other solve.
_EDGE = 1e-4


@dataclass(frozen=True, eq=False)
class Solved:
    """Exact light of one cavity at many vectors.

    Attributes
    ----------
    z : (k, d) array
        Standard normal numbers of all unknowns.
    light : Light
        On the cavity's coarse grid of excitations.
    """

    z: Array
    light: Light

    def joined(self, other: Solved) -> Solved:
        """These, and after them the others."""
        return Solved(np.concatenate([self.z, other.z]), self.light.joined(other.light))


@dataclass(frozen=True, eq=False)
class Work:
    """A calibration at work.

    Attributes
    ----------
    asked : Calibration
    layout : Layout
    ready : sequence of Prepared
        Of each cavity.
    executor : Executor
    progress : callable or None
    measured : sequence of PreparedMeasurement
        Of the medium itself.
    """

    asked: Calibration
    layout: Layout
    ready: Sequence[Prepared]
    executor: Executor
    progress: Progress | None = None
    measured: Sequence[PreparedMeasurement] = ()

    def solve(self, stage: str, z: Array) -> list[Solved]:
        """Exact light of all cavities at (k, d) vectors."""
        found = []
        for number, each in enumerate(self.ready):
            share = (number / len(self.ready), 1.0 / len(self.ready))

            tell = functools.partial(self._tell, f"{stage} of {each.cavity.name}", share)
            light = solved_light(self.asked, self.layout, each, z, self.executor, tell)
            found.append(Solved(z, light))
        return found

    def _tell(self, what: str, share: tuple[float, float], message: str, fraction: float) -> None:
        if self.progress is not None:
            self.progress(f"{what}: {message}", share[0] + share[1] * fraction)

    def comparison(self, ready: Prepared) -> Comparison:
        """One cavity against its data."""
        return Comparison(ready, float(ready.grid.log_excitons[0]), self.layout)

    def posterior(self, solved: Sequence[Solved]) -> Posterior:
        """By emulators, with what these are off by."""
        comparisons = [self.comparison(each) for each in self.ready]
        errors = [
            self._emulator_error(each, known)
            for each, known in zip(comparisons, solved, strict=True)
        ]
        emulators = [
            emulator_of(each.ready, known).curves
            for each, known in zip(comparisons, solved, strict=True)
        ]
        of_measurements = [one.log_likelihood for one in self.measured]
        return Posterior(
            comparisons,
            emulators,
            [curve for curve, _ in errors],
            of_measurements,
            [lines for _, lines in errors],
        )

    def _emulator_error(
        self, comparison: Comparison, known: Solved
    ) -> tuple[float, tuple[float, ...]]:
        """Root-mean-square error in the logarithm of the collected light, and of the lines of
        spectra, on solves left out.
        """
        ready = comparison.ready
        if not ready.rate_keys:
            return 0.0, (0.0,) * len(comparison.spectra)
        out = np.arange(len(known.z)) % _HELD_OUT == _HELD_OUT - 1
        part = emulator_of(ready, Solved(known.z[~out], known.light.taken(~out)))
        fluence = np.geomspace(*ready.cavity.fluences, _FLUENCES)
        z = known.z[out]
        computed, right = (
            part.curves(z[:, ready.rate_indices]),
            fine_light(ready, known.light.taken(out)),
        )
        off = comparison.log_light(z, computed, fluence) - comparison.log_light(z, right, fluence)
        # Robust: the corners of the priors, where it errs most, are not where the posterior lies.
        off = off - np.median(off, axis=1, keepdims=True)
        rms = float(np.median(np.sqrt((off**2).mean(axis=1))))
        return rms, tuple(
            self._line_error(each, comparison, z, computed, right) for each in comparison.spectra
        )

    def _line_error(
        self,
        spectrum: SpectrumComparison,
        comparison: Comparison,
        z: Array,
        computed: Light,
        right: Light,
    ) -> float:
        """Root-mean-square error in the logarithm of the lines that a spectrum shows."""
        at = spectrum.ready.spectrum.fluence_mj_cm2
        seen, exact = (
            spectrum.log_lines(comparison.shares(z, one, at)) for one in (computed, right)
        )
        if not exact.shape[1]:
            return 0.0
        shown = exact > exact.max(axis=1, keepdims=True) + math.log(_FAINTEST_LINE)
        off = np.where(shown, seen - exact, np.nan)
        off -= np.nanmedian(off, axis=1, keepdims=True)
        return float(np.median(np.sqrt(np.nanmean(off**2, axis=1))))

    def exact_posterior(self, exact: Sequence[Solved]) -> Posterior:
        """By exact curves of given vectors, in their order."""
        comparisons = [self.comparison(each) for each in self.ready]
        curves = [
            _Known(fine_light(each, known.light))
            for each, known in zip(self.ready, exact, strict=True)
        ]
        of_measurements = [one.exact_log_likelihood for one in self.measured]
        return Posterior(comparisons, curves, [0.0] * len(comparisons), of_measurements)


@dataclass(frozen=True, eq=False)
class _Known:
    """Exact curves of the vectors that will be asked for, whatever these are."""

    light: Light

    def __call__(self, z: Array) -> Light:
        return self.light


def emulator_of(ready: Prepared, known: Solved) -> CurveEmulator:
    """The emulator through solves of one cavity, each set of constants once."""
    inputs = known.z[:, ready.rate_indices]
    _, first = np.unique(inputs, axis=0, return_index=True)
    rows = np.sort(first)
    return fit_emulator(inputs[rows], ready.grid.log_excitons, known.light.taken(rows))


def fine_light(ready: Prepared, light: Light) -> Light:
    """Exact light on the fine grid."""
    grid = ready.grid.log_excitons
    both = np.stack([light.laser, light.glow], axis=1)
    fine = PchipInterpolator(grid, both, axis=2)(fine_grid(grid))
    return replace(light, laser=fine[:, 0], glow=fine[:, 1])


def spread_over_priors(asked: Calibration, layout: Layout, ready: Sequence[Prepared]) -> Array:
    """Vectors that fill the priors of the numbers that the rate equations know."""
    columns = sorted({column for each in ready for column in each.rate_indices})
    z = np.zeros((max(asked.solves, _FEWEST_SOLVES), len(layout)))
    if not columns:
        return z[:1]
    sobol = qmc.Sobol(len(columns), seed=asked.seed)
    points = sobol.random_base2(int(np.ceil(np.log2(len(z)))))[: len(z)]
    z[:, columns] = ndtri(np.clip(points, _EDGE, 1.0 - _EDGE))
    return z
