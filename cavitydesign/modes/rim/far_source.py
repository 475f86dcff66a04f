"""Where the sources of the far field are read in a window: its own quadrature points inside the
body.

What radiates is the field times J_m(k r), which falls inwards from the rim by e over 1/sqrt((m/R)^2
- k^2). The elements follow the field, whose layer at the rim is thicker by a factor that grows as
m^(1/3): one of a sphere of m = 25,813 holds 46 e-folds of J_m, where the quadrature of the energies
gave log10 Q wrong by 0.03. Here the elements are cut into pieces of a few e-folds.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise

import numpy as np

from ...arrays import Array, Values
from ...fem.field import FieldGrid, GridField
from ..losses.radiation import Source
from ..permittivities import Permittivities
from .window_problem import Probe, WindowProblem, element_points

# e-folds of J_m in one piece of an element, and points in it beyond the order: log10 Q is right to
# 2e-9 (m = 16 to 25,813, accuracies of 1e-5 to 1e-10, against 2 folds and 12 points)
_MOST_FOLDS, _POINTS = 8.0, 2
_NEGLIGIBLE = 1e-10  # share of the largest |E J_m| below which a piece is left out


def far_sources(
    problem: WindowProblem,
    probe: Probe,
    field: GridField,
    vectors: Values,
    orders: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
    corrections: Values,
) -> tuple[list[Source], list[Source]]:
    """The polarised part (eps - eps_surround) E of each correction, and of each corrected mode; E_z
    sees the axial index.

    Parameters
    ----------
    probe, field
        Where the energies are read, and the modes there.
    vectors : (n, j) array
    orders, k_per_um, eps : sequences of length j
        Azimuthal orders, vacuum wavenumbers and media of the modes.
    corrections : (n, j) array
        What to take from the vectors.
    """
    radius = problem.cavity.outline.equator_radius_um
    folds = [
        math.sqrt(max((m / radius) ** 2 - (k * float(e.index[-1])) ** 2, 0.0))
        for m, k, e in zip(orders, k_per_um, eps, strict=True)
    ]
    breaks = _pieces(problem, _largest_fields(problem, probe, field), min(folds), max(folds))
    s, w_s = element_points(breaks, problem.order + _POINTS)
    t, w_t = element_points(problem.window.t_breaks, problem.points_along)
    grid = FieldGrid.build(problem.window, problem.space, s, t)
    weight = np.outer(w_s, w_t) * grid.jacobian.real * grid.r.real
    taken, corrected = (
        grid.evaluate(columns, np.array(orders)) for columns in (corrections, vectors - corrections)
    )
    return (
        [_source(grid, weight, taken, j, e) for j, e in enumerate(eps)],
        [_source(grid, weight, corrected, j, e) for j, e in enumerate(eps)],
    )


def _largest_fields(problem: WindowProblem, probe: Probe, field: GridField) -> Array:
    """The largest |E| of all modes in each element inside the body, or deeper."""
    s = probe.grid.s_um[probe.inner_s]
    size = np.zeros(s.size)
    for part in (field.e_r, field.e_z, field.e_azimuthal):
        size = np.maximum(size, abs(part[:, probe.inner_s, probe.inner_t]).max(axis=(0, 2)))
    ends = [end for end in problem.real_breaks if end <= 0.0][1:]
    return np.array([float(size[s < end].max()) for end in ends])


def _pieces(
    problem: WindowProblem, largest: Array, least_rate: float, most_rate: float
) -> tuple[float, ...]:
    """Breaks in s of the pieces inside the body that matter far away.

    Parameters
    ----------
    largest : array
        |E| in each element inside the body, or deeper.
    least_rate, most_rate : float
        Decay rates of J_m at the rim, per um, of the modes.
    """
    elements = list(pairwise(end for end in problem.real_breaks if end <= 0.0))
    ends = np.array([end for _, end in elements])
    strongest = float((largest * np.exp(most_rate * ends)).max())
    out = [0.0]
    for size, (low, high) in reversed(list(zip(largest, elements, strict=True))):
        count = max(1, math.ceil(most_rate * (high - low) / _MOST_FOLDS))
        for piece in range(count):
            if size * math.exp(least_rate * out[-1]) < _NEGLIGIBLE * strongest:
                break
            out.append(high + (low - high) * (piece + 1) / count)
    return tuple(out[::-1])


def _source(
    grid: FieldGrid, weight: Array, field: GridField, j: int, eps: Permittivities
) -> Source:
    """One mode's."""
    across = (eps.ordinary[grid.region] - eps.ordinary[-1])[:, None]
    along = (eps.axial[grid.region] - eps.axial[-1])[:, None]
    r, z = (np.ascontiguousarray(x.real).ravel() for x in (grid.r, grid.z))
    e_r, e_z, e_azimuthal = field.e_r[j], field.e_z[j], field.e_azimuthal[j]
    parts = ((across * e_r).ravel(), (along * e_z).ravel(), (across * e_azimuthal).ravel())
    return Source(r, z, weight.ravel(), *parts)
