"""From a point of the scan to a labelling with its best diameter, index and offset, and its
evidence.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment

from ..arrays import Array
from .fit_search import SpectrumLines, Start, nearest_of_line

_ROUNDS = 6  # rounds of naming and fitting: three for the gates below, and as many to settle
_REFITS = 3  # Gauss-Newton steps: the comb is so smooth that the second one moves little.
# Standard errors within which a peak is a line's: wide first, as the start lies on a grid, and
# never below what noise reaches.
_GATES = (6.0, 5.0, 4.0)
_STRIDE = 1_000_000  # one number for family and order: above every azimuthal order


@dataclass(frozen=True, eq=False)
class Labelling:
    """One way to name the peaks.

    Attributes
    ----------
    family : (n,) array of int
        Index of each peak's family in the model, -1 for a foreign peak.
    order : (n,) array of int
        Azimuthal orders.
    parameters : (2 + offsets,) array
        ln(D/D0), the index offsets, spectrometer offset in nm.
    covariance : (2 + offsets, 2 + offsets) array
    deviation_nm : (n,) array
        Measured minus modelled.
    missed : int
        Lines of its families, in the window, without a peak.
    log_evidence : float
    centre_orders : dict of int to float
        Real order of each of its families at the middle of the window: where the labelling stands.
    """

    family: NDArray[np.intp]
    order: NDArray[np.intp]
    parameters: Array
    covariance: Array
    deviation_nm: Array
    missed: int
    log_evidence: float
    centre_orders: dict[int, float]

    def same_as(self, other: Labelling) -> bool:
        """Whether both name the same combs by the same orders."""
        return stands_alike(self.centre_orders, other.centre_orders)


def stands_alike(one: Mapping[int, float], other: Mapping[int, float]) -> bool:
    """Whether the same families have the same orders at the middle of the window."""
    return one.keys() == other.keys() and all(
        abs(order - other[family]) < 0.5 for family, order in one.items()
    )


@dataclass(frozen=True, eq=False)
class _Claims:
    family: NDArray[np.intp]
    order: NDArray[np.intp]
    present: tuple[int, ...]
    gain: float
    missed: int


def settled_names(
    lines: SpectrumLines, start: Start, known: Sequence[Labelling] = ()
) -> Labelling | None:
    """Alternate between naming the peaks and least squares until the names stay.

    Parameters
    ----------
    lines : SpectrumLines
    start : Start
    known : sequence of Labelling
        Found before.

    Returns
    -------
    Labelling or None
        None where no family holds, or the start leads to a known labelling.
    """
    parameters = np.array([start.log_diameter, *start.index_offsets, start.offset_nm])
    covariance = np.zeros((parameters.size, parameters.size))
    claims: _Claims | None = None
    for turn in range(_ROUNDS):
        gate = _GATES[min(turn, len(_GATES) - 1)]
        named = _claims(lines, parameters, gate)
        if not named.present:
            return None
        settled = (
            claims is not None
            and turn >= len(_GATES)
            and np.array_equal(named.family, claims.family)
            and np.array_equal(named.order, claims.order)
        )
        claims = named
        parameters, covariance = _least_squares(lines, claims, parameters)
        if settled:
            break
        if turn == 1:
            centre = _centre_orders(lines, claims, parameters)
            if any(stands_alike(centre, other.centre_orders) for other in known):
                return None
    assert claims is not None
    return _judged(lines, claims, parameters, covariance)


def _claims(lines: SpectrumLines, parameters: Array, gate: float) -> _Claims:
    """Which peak belongs to which line: families by falling gain, each peak to its nearest line
    once.
    """
    model, wavelength = lines.model, lines.peaks.wavelength_nm - parameters[-1]
    orders = model.orders(wavelength, parameters[:1], parameters[1:-1])[:, :, 0]
    ends = model.orders(
        np.array(lines.window_nm) - parameters[-1], parameters[:1], parameters[1:-1]
    )[:, :, 0]
    low, high = lines.window_nm
    integers = np.rint(orders).astype(np.intp)
    spacing = (high - low) / (ends[:, 0] - ends[:, 1])
    local = spacing[:, None] * (wavelength / wavelength.mean())[None, :] ** 2
    sigma = lines.sigma_nm()
    deviation = (orders - integers) * local / sigma
    possible = (np.abs(deviation) < gate) & lines.allowed()
    nearest = nearest_of_line(orders, deviation, possible)
    gain = lines.log_match(sigma) - 0.5 * deviation**2
    counts = np.floor(ends[:, 0]) - np.ceil(ends[:, 1]) + 1
    present = _chosen_families(lines, gain, nearest, counts)
    family, order = (
        np.full(len(wavelength), -1, dtype=np.intp),
        np.zeros(len(wavelength), dtype=np.intp),
    )
    if not present:
        return _Claims(family, order, (), 0.0, 0)
    rows, columns = np.nonzero(possible[list(present)])
    rows = np.array(present)[rows]
    lines_of = rows * _STRIDE + integers[rows, columns]
    peak_of, line_of, total = _assigned(columns, lines_of, gain[rows, columns])
    family[peak_of], order[peak_of] = np.divmod(line_of, _STRIDE)
    held = tuple(f for f in present if np.any(family == f))
    missed = int(sum(max(counts[f], 0) for f in held) - len(peak_of))
    return _Claims(family, order, held, total, max(missed, 0))


def _assigned(
    peaks: NDArray[np.intp], lines: NDArray[np.intp], gains: Array
) -> tuple[NDArray[np.intp], NDArray[np.intp], float]:
    """Pairs of peak and line, each once, of the greatest total gain; only pairs that gain are
    made.
    """
    useful = gains > 0
    peaks, lines, gains = peaks[useful], lines[useful], gains[useful]
    _, peak_row, per_peak = np.unique(peaks, return_inverse=True, return_counts=True)
    _, line_column, per_line = np.unique(lines, return_inverse=True, return_counts=True)
    alone = (per_peak[peak_row] == 1) & (per_line[line_column] == 1)
    chosen = np.flatnonzero(alone)
    contested = np.flatnonzero(~alone)
    if len(contested):
        own_peaks, row = np.unique(peaks[contested], return_inverse=True)
        own_lines, column = np.unique(lines[contested], return_inverse=True)
        table = np.zeros((len(own_peaks), len(own_lines)))
        table[row, column] = gains[contested]
        at_row, at_column = linear_sum_assignment(table, maximize=True)
        pair = {(int(r), int(c)): int(k) for r, c, k in zip(row, column, contested, strict=True)}
        won = [
            pair[key]
            for key in zip(at_row.tolist(), at_column.tolist(), strict=True)
            if key in pair
        ]
        chosen = np.concatenate([chosen, np.array(won, dtype=np.intp)])
    return peaks[chosen], lines[chosen], float(gains[chosen].sum())


def _chosen_families(
    lines: SpectrumLines, gain: Array, possible: NDArray[np.bool_], counts: Array
) -> tuple[int, ...]:
    unclaimed = np.ones(gain.shape[1], dtype=bool)
    present: list[int] = []
    while len(present) < len(lines.model.families):
        open_to = possible & unclaimed
        worth = np.where(open_to, gain, 0.0).sum(axis=1) + lines.log_family
        worth += np.maximum(counts - open_to.sum(axis=1), 0) * lines.log_missed
        worth[present] = -np.inf
        best = int(np.argmax(worth))
        if worth[best] <= 0:
            break
        present.append(best)
        unclaimed &= ~possible[best]
    return tuple(present)


def _jacobian(
    lines: SpectrumLines, claims: _Claims, parameters: Array
) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Deviations in nm of the named peaks, and the derivatives of their lines by the
    parameters.
    """
    named = claims.family >= 0
    wavelength = lines.peaks.wavelength_nm[named] - parameters[-1]
    orders, slopes = lines.model.order_and_slopes(
        claims.family[named], wavelength, float(parameters[0]), parameters[1:-1]
    )
    deviation = (orders - claims.order[named]) / slopes[0]
    derivatives = np.stack([*(-slopes[1:] / slopes[0]), np.ones(len(wavelength))], axis=1)
    return deviation, derivatives, named


def _precision(lines: SpectrumLines) -> Array:
    prior = lines.prior
    sds = (prior.diameter_sd_um / lines.model.diameter_um, *prior.offset_sds, prior.offset_sd_nm)
    return np.array([sd**-2 for sd in sds])


def _least_squares(lines: SpectrumLines, claims: _Claims, parameters: Array) -> tuple[Array, Array]:
    deviation, derivatives, named = _jacobian(lines, claims, parameters)
    sigma = lines.sigma_nm()[claims.family[named], np.flatnonzero(named)]
    weighted = derivatives / sigma[:, None]
    precision = _precision(lines)
    normal = weighted.T @ weighted + np.diag(precision)
    step = np.linalg.solve(normal, weighted.T @ (deviation / sigma) - precision * parameters)
    return parameters + step, np.asarray(np.linalg.inv(normal), dtype=np.float64)


def refitted(
    lines: SpectrumLines, family: NDArray[np.intp], order: NDArray[np.intp], parameters: Array
) -> tuple[Array, float]:
    """Parameters that suit given names of the peaks best, and the r.m.s. deviation there in units
    of the errors.
    """
    claims = _Claims(family, order, (), 0.0, 0)
    for _ in range(_REFITS):
        parameters, _ = _least_squares(lines, claims, parameters)
    deviation, _, named = _jacobian(lines, claims, parameters)
    sigma = lines.sigma_nm()[family[named], np.flatnonzero(named)]
    return parameters, float(np.sqrt(np.mean((deviation / sigma) ** 2)))


def _judged(
    lines: SpectrumLines, claims: _Claims, parameters: Array, covariance: Array
) -> Labelling:
    """Evidence by Laplace's method: the score at the best parameters times the volume that fits as
    well.
    """
    deviation, _, named = _jacobian(lines, claims, parameters)
    sigma = lines.sigma_nm()[claims.family[named], np.flatnonzero(named)]
    precision = _precision(lines)
    log_prior = 0.5 * float(np.sum(np.log(precision))) - 0.5 * float(
        np.sum(precision * parameters**2)
    )
    volume = 0.5 * float(np.linalg.slogdet(covariance)[1])
    score = float(np.sum(lines.log_match(sigma) - 0.5 * (deviation / sigma) ** 2))
    score += claims.missed * lines.log_missed + len(claims.present) * lines.log_family
    score += lines.log_unaccompanied(claims.present)
    every = np.full(len(named), math.nan)
    every[named] = deviation
    return Labelling(
        family=claims.family,
        order=claims.order,
        parameters=parameters,
        covariance=covariance,
        deviation_nm=every,
        missed=claims.missed,
        log_evidence=score + log_prior + volume,
        centre_orders=_centre_orders(lines, claims, parameters),
    )


def _centre_orders(lines: SpectrumLines, claims: _Claims, parameters: Array) -> dict[int, float]:
    middle = np.array([sum(lines.window_nm) / 2 - parameters[-1]])
    centre = lines.model.orders(middle, parameters[:1], parameters[1:-1])[:, 0, 0]
    return {f: float(centre[f]) for f in claims.present}
