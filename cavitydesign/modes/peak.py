"""The largest energy density of modes, for the mode volume: the best quadrature point, then a fine
grid around it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from ..fem.field import FieldGrid
from ..fem.legendre import Array
from .media import Permittivities
from .rim.problem import Probe, Values, WindowProblem

_FINE_S, _FINE_T = 13, 7


def peak_densities(
    problem: WindowProblem,
    probe: Probe,
    densities: Array,
    vectors: Values,
    orders: Array,
    eps: Sequence[Permittivities],
) -> list[float]:
    """Maximum of eps |E|^2 of each mode.

    Parameters
    ----------
    densities : (k, S, T) array
        At the quadrature points of the probe.
    vectors : (n, k) array
    orders : (k,) array
        Azimuthal orders.
    eps : sequence of k Permittivities
    """
    cells: dict[tuple[int, int], list[int]] = {}
    for j, density in enumerate(densities):
        place_s, place_t = divmod(int(np.argmax(density)), density.shape[1])
        cells.setdefault((place_s, place_t), []).append(j)
    best = [float(density.max()) for density in densities]
    for (i_s, i_t), members in cells.items():
        grid = _around(problem, probe, i_s, i_t)
        field = grid.evaluate(vectors[:, members], orders[members])
        for place, j in enumerate(members):
            across, along = (x[grid.region][:, None] for x in (eps[j].ordinary, eps[j].axial))
            plane = abs(field.e_r[place]) ** 2 + abs(field.e_azimuthal[place]) ** 2
            best[j] = max(
                best[j],
                _parabolic_peak(across * plane + along * abs(field.e_z[place]) ** 2, grid.region),
            )
    return best


def _around(problem: WindowProblem, probe: Probe, i_s: int, i_t: int) -> FieldGrid:
    """Fine grid between the neighbours of a quadrature point; both sides of an interface are on it."""
    s = probe.grid.s_um[probe.inner_s]
    t = probe.grid.t_um[probe.inner_t]
    low, high = s[max(i_s - 1, 0)], s[min(i_s + 1, s.size - 1)]
    step = 1e-9 * problem.cavity.outline.equator_radius_um
    edges = [b for b in problem.real_breaks if low < b < high]
    fine = np.unique(
        np.concatenate([np.linspace(low, high, _FINE_S), *([e - step, e + step] for e in edges)])
    )
    if problem.cavity.sliced:
        return FieldGrid.build(problem.window, problem.space, fine, t[:1])
    t_low = problem.window.t_breaks[0] if i_t == 0 else t[i_t - 1]
    t_high = t[min(i_t + 1, t.size - 1)]
    return FieldGrid.build(problem.window, problem.space, fine, np.linspace(t_low, t_high, _FINE_T))


def _parabolic_peak(value: Array, region: NDArray[np.int64]) -> float:
    """Maximum on a grid, raised by the parabolas through its neighbours in each direction within
    one medium.
    """
    i, j = (int(x) for x in np.unravel_index(int(np.argmax(value)), value.shape))
    top = float(value[i, j])
    gain = 0.0
    if 0 < i < value.shape[0] - 1 and region[i - 1] == region[i] == region[i + 1]:
        gain += _rise(*(float(x) for x in value[i - 1 : i + 2, j]))
    if 0 < j < value.shape[1] - 1:
        gain += _rise(*(float(x) for x in value[i, j - 1 : j + 2]))
    return top + gain


def _rise(left: float, middle: float, right: float) -> float:
    bend = left - 2 * middle + right
    return 0.0 if bend >= 0 else -((right - left) ** 2) / (8 * bend)
