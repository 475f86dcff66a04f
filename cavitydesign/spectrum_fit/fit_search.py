"""Where in diameter and index a comb may fit the peaks: a scan on a grid fine enough to miss no
labelling.
"""

from __future__ import annotations

import math
from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..arrays import Array
from .comb_model import CombModel
from .fit_prior import FitPrior
from .spectra.spectrum import Peaks

_SIGMAS = 3.5  # Of each prior: a Gaussian lies beyond in 5 of 10,000 cases.
_BLUR = 1.5  # standard errors: the noise itself, and half a step of the grid
_GATE = 3.0  # of the blurred noise, beyond which a peak is not a line's
# Log score below the best at which a start is left: a grid scores coarsely, and 14 decide after
# the fit.
_DEPTH = 30.0
_MOST_STARTS = 300  # starts that are refined: an upper bound for the time that a fit takes
# Families that claim peaks in the scan, the best first; later ones are claimed in the refinement.
_MOST_FAMILIES = 4
_CHUNK = 1_000_000  # numbers of a scan held at once: 8 MB an array
_MOST_STEPS, _MOST_NODES = 41, 200  # of one index, and of all together


@dataclass(frozen=True)
class Start:
    """A diameter with its offsets that is worth refining."""

    log_diameter: float
    index_offsets: Array
    score: float
    offset_nm: float = 0.0


@dataclass(frozen=True, eq=False)
class SpectrumLines:
    """Peaks beside the model: constants of the score.

    A family that is there gives each line in the window a chance 1 - missed of a peak; peaks that
    are no line are spread evenly over the window. All scores are logarithms of probabilities
    relative to "every peak is foreign".
    """

    peaks: Peaks
    model: CombModel
    prior: FitPrior

    @property
    def window_nm(self) -> tuple[float, float]:
        """From the first to the last peak, with a margin for their errors."""
        margin = _SIGMAS * float(self.peaks.error_nm.max())
        return float(self.peaks.wavelength_nm[0]) - margin, float(
            self.peaks.wavelength_nm[-1]
        ) + margin

    @property
    def foreign_density(self) -> float:
        """Expected foreign peaks per nm."""
        low, high = self.window_nm
        return self.prior.foreign / (high - low)

    @property
    def log_missed(self) -> float:
        """Cost of a line without a peak."""
        return math.log(self.prior.missed)

    @property
    def log_family(self) -> float:
        """Cost of a family."""
        return math.log(self.prior.family / (1 - self.prior.family))

    def log_unaccompanied(self, present: Collection[int]) -> float:
        """Cost of higher orders that show without the fundamental family of their polarisation,
        which leaks least.
        """
        families = self.model.families
        leading = {
            family.polarisation: index
            for index, family in enumerate(families)
            if (family.p, family.q) == (1, 0)
        }
        alone = [f for f in present if leading.get(families[f].polarisation, f) not in present]
        return len(alone) * math.log(self.prior.unaccompanied)

    def sigma_nm(self) -> Array:
        """Error of each peak against each family's line, measurement and model together, shape
        (families, n).
        """
        return np.asarray(
            np.hypot(self.peaks.error_nm[None, :], self.model.errors_nm[:, None]), dtype=np.float64
        )

    def allowed(self) -> NDArray[np.bool_]:
        """Whether a peak may belong to a family by its polarisation, shape (families, n)."""
        return np.array(
            [
                [seen is None or seen == family.polarisation for seen in self.peaks.polarisation]
                for family in self.model.families
            ]
        )

    def log_match(self, sigma_nm: Array) -> Array:
        """Gain of a peak that lies on a line, before its deviation is counted."""
        density = (1 - self.prior.missed) / self.foreign_density
        return np.asarray(np.log(density / (math.sqrt(2 * math.pi) * sigma_nm)), dtype=np.float64)


def index_grid(lines: SpectrumLines) -> Array:
    """Index offsets close enough together that families move against each other by less than the
    blur, shape (nodes, offsets).
    """
    model, prior = lines.model, lines.prior
    count = len(model.families)
    ends = np.array(lines.window_nm)
    family_indices = np.repeat(np.arange(count), 2)
    _, slopes = model.order_and_slopes(family_indices, np.tile(ends, count), 0.0, 0.0)
    # What is left of the motion with the index when the diameter follows so as to keep one line
    # where it is.
    steps = []
    for slope, sd in zip(slopes[2:], prior.offset_sds, strict=True):
        motion = slope / slopes[0] - (slopes[1] / slopes[0]) * (slope[0] / slopes[1, 0])
        spread = float(np.ptp(motion)) * 2 * _SIGMAS * sd
        wanted = 1 + 2 * math.ceil(spread / (2 * _BLUR * float(lines.peaks.error_nm.mean())) / 2)
        steps.append(min(wanted, _MOST_STEPS))
    while math.prod(steps) > _MOST_NODES and max(steps) > 3:  # odd ones: the design's own is one
        steps[steps.index(max(steps))] -= 2
    axes = [
        (_SIGMAS * sd if count > 1 else 0.0) * np.linspace(-1, 1, count)
        for count, sd in zip(steps, prior.offset_sds, strict=True)
    ]
    return np.stack([grid.ravel() for grid in np.meshgrid(*axes, indexing="ij")], axis=1)


def diameter_grid(lines: SpectrumLines) -> Array:
    """ln(D/D0) in steps that move a line by one standard deviation of the noise."""
    step = float(lines.peaks.error_nm.min()) / float(lines.peaks.wavelength_nm.mean())
    half = _SIGMAS * lines.prior.diameter_sd_um / lines.model.diameter_um
    half = half + _SIGMAS * lines.prior.index_sd / 1.4
    count = math.ceil(half / step)
    return np.asarray(step * np.arange(-count, count + 1), dtype=np.float64)


def starting_points(lines: SpectrumLines) -> list[Start]:
    """Local maxima of the blurred score, the best first.

    Parameters
    ----------
    lines : SpectrumLines

    Returns
    -------
    list of Start
        Those within 30 of the best, at most 300.
    """
    grid = diameter_grid(lines)
    chunk = max(64, _CHUNK // (len(lines.peaks) * len(lines.model.families)))
    relative_sd = lines.prior.diameter_sd_um / lines.model.diameter_um
    starts: list[Start] = []
    for offsets in index_grid(lines):
        score = np.concatenate(
            [_scores(lines, grid[a : a + chunk], offsets) for a in range(0, len(grid), chunk)]
        )
        score -= 0.5 * (np.expm1(grid) / relative_sd) ** 2 + 0.5 * float(
            np.sum((offsets / lines.prior.offset_sds) ** 2)
        )
        padded = np.concatenate([[-np.inf], score, [-np.inf]])
        tops = np.flatnonzero((padded[1:-1] > padded[:-2]) & (padded[1:-1] >= padded[2:]))
        starts += [Start(float(grid[j]), offsets, float(score[j])) for j in tops]
    starts.sort(key=lambda start: -start.score)
    return [start for start in starts[:_MOST_STARTS] if start.score > starts[0].score - _DEPTH]


def nearest_of_line(
    orders: Array, deviation: Array, possible: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Of the peaks that may be the same line, only the nearest; peaks by rising wavelength along
    axis 1.
    """
    integers = np.rint(orders)
    distance = np.where(possible, np.abs(deviation), np.inf)
    kept = possible.copy()
    for step in (1, 2):
        if possible.shape[1] <= step:
            break
        same = integers[:, step:] == integers[:, :-step]
        kept[:, step:] &= ~(same & (distance[:, :-step] <= distance[:, step:]))
        kept[:, :-step] &= ~(same & (distance[:, step:] < distance[:, :-step]))
    return kept


def _scores(lines: SpectrumLines, grid: Array, index_offset: Array) -> Array:
    """Blurred score at each diameter: families are taken greedily, each peak once."""
    model = lines.model
    low, high = lines.window_nm
    ends = model.orders(np.array([low, high]), grid, index_offset)
    count = ends[:, 0] - ends[:, 1]
    orders = model.orders(lines.peaks.wavelength_nm, grid, index_offset)
    sigma = _BLUR * lines.sigma_nm()
    # The local spacing of a family from the number of its lines in the window.
    deviation = (orders - np.rint(orders)) * ((high - low) / count)[:, None, :] / sigma[:, :, None]
    near = nearest_of_line(
        orders, deviation, (np.abs(deviation) < _GATE) & lines.allowed()[:, :, None]
    )
    gain = np.where(near, lines.log_match(sigma)[:, :, None] - 0.5 * deviation**2, 0.0)
    unclaimed = np.ones(gain.shape[1:], dtype=bool)
    total, columns = np.zeros(len(grid)), np.arange(len(grid))
    for _ in range(min(_MOST_FAMILIES, len(model.families))):
        matched = (near & unclaimed).sum(axis=1)
        missed = np.maximum(count - matched, 0.0)
        family = (gain * unclaimed).sum(axis=1) + missed * lines.log_missed + lines.log_family
        best = np.argmax(family, axis=0)
        best_gain = family[best, columns]
        taken = best_gain > 0
        if not taken.any():
            break
        total += np.where(taken, best_gain, 0.0)
        unclaimed &= ~(near[best, :, columns].T & taken)
    return total
