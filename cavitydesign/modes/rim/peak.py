"""The largest energy density of modes, for the mode volume.

eps |E|^2 jumps at every interface (eps |E_r|^2 by the ratio of the permittivities), so that the
largest value may stand on either side of one: each region is searched for itself, its edges
included, and refined about each of its search points that tops its neighbours and comes near the
largest of all (a lobe between two search points may outdo an edge, which is one).
"""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ...arrays import Array
from ...fem.field import ElectricField, FieldGrid, squared
from ...fem.legendre import chebyshev_coefficients, chebyshev_values
from ..solver.solved_vectors import SolvedVectors
from ..stopwatch import check_time
from .window_problem import Probe, WindowProblem

# Chebyshev-Lobatto points of one cell, which spans two gaps of the quadrature: the density is right
# to 1e-9 between them
_FINE_S, _FINE_T = 9, 7
_STEP = 1e-12  # of the radius: how near an interface its two sides are read
# A top of the search below this share of the largest is not refined: search points on a lobe, seven
# or more an element, miss 15 % of its height at most
_NEAR_LARGEST = 0.8
# Even points across a cell, and how often they are drawn together about the largest: the fourth
# grid is 2e-3 of a cell wide, and meets the top to 1e-8 of the density's bend
_EVEN, _ZOOMS = 17, 4


def energy_densities(
    field: ElectricField, region: NDArray[np.int64], modes: SolvedVectors
) -> Array:
    """eps |E|^2 of modes on a grid, whose rows lie in the regions given."""
    across, along = modes.ordinary[:, region, None], modes.axial[:, region, None]
    plane = squared(field.e_r) + squared(field.e_azimuthal)
    return np.asarray(across * plane + along * squared(field.e_z))


def peak_densities(
    problem: WindowProblem, probe: Probe, densities: Array, modes: SolvedVectors
) -> list[float]:
    """Maximum of eps |E|^2 of each mode.

    Parameters
    ----------
    densities : (k, S, T) array
        At the quadrature points of the probe.
    """
    s, region, values = _search(problem, probe, densities, modes)
    best = values.max(axis=(1, 2))
    cells: dict[tuple[int, int], list[int]] = {}
    for number in np.unique(region):
        rows = np.flatnonzero(region == number)
        for j, row, column in _tops(values[:, rows], _NEAR_LARGEST * best):
            cells.setdefault((int(rows[row]), column), []).append(j)
    for (row, column), members in cells.items():
        check_time()
        grid = _cell(problem, probe, s[region == region[row]], s[row], column)
        some = modes.part(members)
        field = grid.electric(some.corrected, some.m)
        found = energy_densities(field, grid.region, some)
        best[members] = np.maximum(best[members], _largest(found))
    return [float(one) for one in best]


def _tops(values: Array, least: Array) -> list[tuple[int, int, int]]:
    """Mode, row and column of values above the least of their mode that no neighbour exceeds."""
    top = values > least[:, None, None]
    top[:, 1:] &= values[:, 1:] >= values[:, :-1]
    top[:, :-1] &= values[:, :-1] >= values[:, 1:]
    top[:, :, 1:] &= values[:, :, 1:] >= values[:, :, :-1]
    top[:, :, :-1] &= values[:, :, :-1] >= values[:, :, 1:]
    return [(int(j), int(row), int(column)) for j, row, column in np.argwhere(top)]


def _search(
    problem: WindowProblem,
    probe: Probe,
    densities: Array,
    modes: SolvedVectors,
) -> tuple[Array, NDArray[np.int64], Array]:
    """Lines in s in rising order, their regions, and the densities on them: the quadrature points,
    and both sides of every interface.
    """
    inner = probe.grid.s_um[probe.inner_s]
    layers = [layer.breaks[0] for layer in problem.window.layers]
    step = _STEP * problem.cavity.outline.equator_radius_um
    edges = [edge for edge in layers if inner[0] < edge < inner[-1]]
    if not edges:
        return inner, probe.grid.region[probe.inner_s], densities
    sides = np.array([edge + way * step for edge in edges for way in (-1, 1)])
    t = probe.grid.t_um[probe.inner_t]
    grid = FieldGrid.build(problem.window, problem.space, sides, t)
    field = grid.electric(modes.corrected, modes.m)
    beside_edges = energy_densities(field, grid.region, modes)
    lines = np.concatenate([inner, sides])
    order = np.argsort(lines)
    region = np.concatenate([probe.grid.region[probe.inner_s], grid.region])
    return lines[order], region[order], np.concatenate([densities, beside_edges], axis=1)[:, order]


def _cell(problem: WindowProblem, probe: Probe, s: Array, at: float, column: int) -> FieldGrid:
    """Grid between the neighbours of a search point within its region, whose lines in s are
    given.
    """
    row = int(np.flatnonzero(s == at)[0])
    low, high = s[max(row - 1, 0)], s[min(row + 1, s.size - 1)]
    fine = 0.5 * (low + high) + 0.5 * (high - low) * chebyshev.chebpts2(_FINE_S)
    t = probe.grid.t_um[probe.inner_t]
    if problem.cavity.sliced:
        return FieldGrid.build(problem.window, problem.space, fine, t[:1])
    # the first point is half a gap from the mirror plane or the window's end
    start = problem.window.t_breaks[0] if column == 0 else t[column - 1]
    end = t[min(column + 1, t.size - 1)]
    along = 0.5 * (start + end) + 0.5 * (end - start) * chebyshev.chebpts2(_FINE_T)
    return FieldGrid.build(problem.window, problem.space, fine, along)


def _largest(densities: Array) -> Array:
    """Maxima of the polynomials through values at Chebyshev-Lobatto points of cells: the largest
    values on even grids, and on finer ones about them.

    Parameters
    ----------
    densities : (k, S, T) array
        Of k cells; a count of one is a cell of no extent.
    """
    number, *counts = densities.shape
    spans = np.tile([-1.0, 1.0], (2, number, 1))  # along either axis, of each cell
    top = np.full(number, -math.inf)
    each = np.arange(number)
    for _ in range(_ZOOMS):
        across, along = (
            _even_values(count, *span.T) for count, span in zip(counts, spans, strict=True)
        )
        fine = across @ densities @ along.swapaxes(1, 2)
        flat = fine.reshape(number, -1)
        at = np.unravel_index(flat.argmax(axis=1), fine.shape[1:])
        top = np.maximum(top, fine[each, at[0], at[1]])
        spans = np.stack(
            [
                _around(span, index, size)
                for span, index, size in zip(spans, at, fine.shape[1:], strict=True)
            ]
        )
    return np.asarray(top)


def _around(spans: Array, at: NDArray[np.intp], count: int) -> Array:
    """The parts of some spans between the neighbours of one of their even points each."""
    if count == 1:
        return spans
    low, step = spans[:, 0], (spans[:, 1] - spans[:, 0]) / (count - 1)
    ends = np.maximum(at - 1, 0), np.minimum(at + 1, count - 1)
    return np.stack([low + end * step for end in ends], axis=1)


def _even_values(count: int, low: Array, high: Array) -> Array:
    """Matrices from values at Chebyshev-Lobatto points of [-1, 1] to those at even ones of a part
    each; a single value stays one.
    """
    if count == 1:
        return np.ones((low.size, 1, 1))
    if (low == -1.0).all() and (high == 1.0).all():
        return _even_values_of_all(count)
    even = low[:, None] + (high - low)[:, None] * np.linspace(0.0, 1.0, _EVEN)
    return np.asarray(chebyshev_values(count, even) @ chebyshev_coefficients(count))


@lru_cache(maxsize=4)
def _even_values_of_all(count: int) -> Array:
    """The matrix of all of [-1, 1], with which every search begins."""
    even = np.linspace(-1.0, 1.0, _EVEN)[None]
    return np.asarray(chebyshev_values(count, even) @ chebyshev_coefficients(count))
