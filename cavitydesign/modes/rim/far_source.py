"""Where the sources of the far field are read in a window: its own quadrature points inside the
body.

What radiates is the field times J_m(k r), which falls inwards from the rim by e over 1/sqrt((m/R)^2
- k^2). The elements follow the field, whose layer at the rim is thicker by a factor that grows as
m^(1/3): one of a sphere of m = 25,813 holds 46 e-folds of J_m, where the quadrature of the energies
gave log10 Q wrong by 0.03. Here the elements are cut into pieces of a few e-folds.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Sequence
from itertools import pairwise

import numpy as np
from numpy.polynomial import chebyshev
from scipy.linalg import block_diag

from ...arrays import Array
from ...fem.field import ElectricField, FieldGrid, squared
from ...fem.legendre import chebyshev_coefficients, chebyshev_values, element_points
from ...mesh.rim_layer import angular_order, caustic_distance_um
from ..losses.shared_sources import Nodes, SharedSources
from ..solver.projected import cut_within
from ..solver.snapshot import Snapshot
from ..solver.solved_vectors import SolvedVectors
from .window_problem import Probe, WindowProblem

# e-folds of J_m in one piece of an element, and points in it beyond the order: log10 Q is right to
# 2e-9 (m = 16 to 25,813, accuracies of 1e-5 to 1e-10, against 2 folds and 12 points)
_MOST_FOLDS, _POINTS = 8.0, 2
# Chebyshev points of a layer for the functions that a far field takes of a mode. Of a thick layer
# 12 left 1.6e-6 of log10 Q (sphere of 12 um, n = 1.45, m = 60, q = 10).
_NODES = (12, 20, 32)
# Change of log10 Q over exp(-2 f), f the e-folds of the field between the rim and a closed wall,
# which sends that share of the amplitude back, and the sum over what is polarised is less (TE) or
# more by as much
_WALL_IN_FAR = 2.0 / math.log(10.0)
_NEGLIGIBLE = 1e-10  # share of the largest |E J_m| below which a piece is left out


def far_sources(
    problem: WindowProblem, probe: Probe, field: ElectricField, modes: SolvedVectors
) -> SharedSources:
    """The polarised part (eps - eps_surround) E of the corrected modes, and of their corrections;
    E_z sees the axial index.

    Parameters
    ----------
    probe, field
        Where the energies are read, and the modes there.
    """
    radius = problem.cavity.outline.equator_radius_um
    rates = (modes.m / radius) ** 2 - (modes.k_per_um * modes.n_surround) ** 2
    folds = np.sqrt(np.maximum(rates, 0.0))
    breaks = _pieces(
        problem, _largest_fields(problem, probe, field), float(folds.min()), float(folds.max())
    )
    s, w_s = element_points(breaks, problem.order + _POINTS)
    t, w_t = element_points(problem.window.t_breaks, problem.points_along)
    grid = FieldGrid.build(problem.window, problem.space, s, t)
    weight = np.outer(w_s, w_t) * grid.jacobian.real * grid.r.real
    both = _with_corrections(grid, modes)
    shape = (2, modes.count, *grid.r.shape)
    ordinary, axial = (
        (values[:, grid.region] - values[:, -1:])[:, :, None]
        for values in (modes.ordinary, modes.axial)
    )
    return SharedSources(
        np.ascontiguousarray(grid.r.real),
        np.ascontiguousarray(grid.z.real),
        weight,
        ordinary * both.e_r.reshape(shape),
        axial * both.e_z.reshape(shape),
        ordinary * both.e_azimuthal.reshape(shape),
        _nodes(problem, s, t),
    )


def tangential_at_rim(problem: WindowProblem, modes: SolvedVectors) -> Array:
    """|E_z|^2 and |E_phi|^2 at the rim of a slice, which continue through it: of the corrected
    modes, and of their corrections alone.

    Returns
    -------
    (2, 2, k) array
        Component, corrected mode or correction, mode.
    """
    middle = 0.5 * (problem.window.t_breaks[0] + problem.window.t_breaks[-1])
    rim = FieldGrid.build(problem.window, problem.space, np.zeros(1), np.array([middle]))
    field = _with_corrections(rim, modes)
    parts = np.stack([squared(part[:, 0, 0]) for part in (field.e_z, field.e_azimuthal)])
    return np.asarray(parts.reshape(2, 2, modes.count))


def _with_corrections(grid: FieldGrid, modes: SolvedVectors) -> ElectricField:
    """Fields of the corrected modes, and after them of their corrections alone."""
    both = np.concatenate((modes.corrected, modes.corrections), axis=1)
    return grid.electric(both, np.tile(modes.m, 2))


def caustic_cut(problem: WindowProblem, snapshot: Snapshot, q: int) -> float:
    """What the cut at the outer caustic leaves in the shares of a mode's energy."""
    k, n_surround = snapshot.wavenumber(q).real, float(snapshot.eps.index[-1])
    caustic = caustic_distance_um(problem.cavity, snapshot.m, q, k, n_surround)
    radius = problem.cavity.outline.equator_radius_um
    return cut_within(caustic, [end for end in problem.real_breaks if end >= 0.0], radius)


def rim_folds(problem: WindowProblem, snapshot: Snapshot) -> float:
    """E-folds of J_m(k r) across the element inside the rim; 0 of a slice, whose tangential field
    tells what it radiates.
    """
    if problem.cavity.sliced or not snapshot.chosen:
        return 0.0
    k = snapshot.wavenumber(min(snapshot.chosen)).real * float(snapshot.eps.index[-1])
    rate = (snapshot.m / problem.cavity.outline.equator_radius_um) ** 2 - k**2
    return math.sqrt(max(rate, 0.0)) * -max(end for end in problem.real_breaks if end < 0.0)


def wall_in_far(problem: WindowProblem, m: int, q: int, k_per_um: float) -> float:
    """Change of log10 Q of the far field by the closed wall outside the rim; 0 of a slice, whose
    wall moves k alone, and beside absorbing layers; the wavenumber is that of the surround.
    """
    if problem.cavity.sliced or problem.is_complex:
        return 0.0
    radius, order = problem.cavity.outline.equator_radius_um, angular_order(problem.cavity, m, q)

    def left(r: float) -> float:
        """E-folds from r to the caustic."""
        x = k_per_um * r
        return order * math.acosh(order / x) - math.sqrt(order**2 - x**2) if x < order else 0.0

    folds = left(radius) - left(radius + problem.real_breaks[-1])
    return _WALL_IN_FAR * math.exp(-2.0 * folds)


def _nodes(problem: WindowProblem, s: Array, t: Array) -> tuple[Callable[[], Nodes], ...]:
    """Points through which functions are interpolated that are smooth in each layer: Chebyshev
    points, where there are more lines in s; few first.
    """
    ends = [layer.breaks[-1] for layer in problem.window.layers]
    layer = np.searchsorted(ends, s)
    layers = [s[layer == number] for number in np.unique(layer)]
    longest = max(lines.size for lines in layers)
    counts = sorted({min(count, longest) for count in _NODES})
    return tuple(
        functools.cache(functools.partial(_through, problem, layers, count, t)) for count in counts
    )


def _through(problem: WindowProblem, layers: Sequence[Array], count: int, t: Array) -> Nodes:
    """So many points at most in each layer, whose lines are given."""
    places: list[Array] = []
    sums: list[Array] = []
    last: list[Array] = []
    to_series = chebyshev_coefficients(count)
    for lines in layers:
        if lines.size <= count:
            places.append(lines)
            sums.append(np.asarray(np.eye(lines.size)))
            last.append(np.zeros((0, lines.size)))
            continue
        low, high = float(lines[0]), float(lines[-1])
        points = chebyshev.chebpts2(count)
        places.append(np.asarray(0.5 * (low + high) + 0.5 * (high - low) * points))
        place = (2.0 * lines - low - high) / (high - low)
        sums.append(np.asarray((chebyshev_values(count, place) @ to_series).T))
        last.append(np.asarray(to_series[-2:]))
    r, z, *_ = problem.window.map(np.concatenate(places), t)
    return Nodes(r.real, z.real, np.asarray(block_diag(*sums)), np.asarray(block_diag(*last)))


def _largest_fields(problem: WindowProblem, probe: Probe, field: ElectricField) -> Array:
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
