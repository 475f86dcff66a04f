"""What the field of one mode carries: energy by component and region, volume, radiation and scattering.

Energies are int eps |E|^2 up to the outer caustic: the turning circle r_c of the surround, where a leaky mode's evanescent field
ends and its radiation begins; k n_s r_c = sqrt(m^2 + (2q+1) m rho + q(q+1) rho^2), rho = sqrt(R / R_axial): m for a slice,
sqrt(l(l+1)) for a sphere.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..fem.field import GridField, evaluate
from ..fem.legendre import Array, gauss
from .media import Permittivities
from .problem import Values, WindowProblem
from .radiation import Source, log10_radiation_q
from .scattering import log10_scattering_q

IntArray = NDArray[np.int64]


@dataclass(frozen=True)
class Measures:
    """Numbers read from one mode's field.

    Attributes
    ----------
    component_share : (3,) array
        Of E_z, E_r and E_phi in int eps |E|^2.
    region_share : (regions,) array
    volume_um3 : float
        int eps |E|^2 dV / max(eps |E|^2); per um of length for a slice.
    log10_q_far, log10_q_scattering : float or None
    """

    component_share: Array
    region_share: Array
    volume_um3: float
    log10_q_far: float
    log10_q_scattering: float | None


def caustic_distance_um(problem: WindowProblem, m: int, q: int, k_per_um: float, n_surround: float) -> float:
    """Distance of the outer caustic from the rim."""
    radius = problem.cavity.outline.equator_radius_um
    rho = 0.0 if problem.cavity.sliced else math.sqrt(radius / problem.cavity.outline.axial_radius_um)
    order = math.sqrt(m**2 + (2 * q + 1) * m * rho + q * (q + 1) * rho**2)
    return order / (k_per_um * n_surround) - radius


def measure(problem: WindowProblem, vector: Values, m: int, q: int, k_per_um: float, eps: Permittivities) -> Measures:
    """Measure one mode; arguments as the columns and entries of `measure_all`."""
    return measure_all(problem, vector[:, None], [m], [q], [k_per_um], [eps])[0]


def measure_all(
    problem: WindowProblem,
    vectors: Values,
    orders: Sequence[int],
    qs: Sequence[int],
    k_per_um: Sequence[float],
    eps: Sequence[Permittivities],
) -> list[Measures]:
    """Measure modes of one window.

    Parameters
    ----------
    vectors : (n, k) array
        Unknowns of the modes.
    orders, qs : sequences of int
        Azimuthal and axial orders.
    k_per_um : sequence of float
        Real parts of the vacuum wavenumbers.
    eps : sequence of Permittivities
        At each mode's own wavelength.
    """
    ends = [caustic_distance_um(problem, m, q, k, float(e.index[-1])) for m, q, k, e in zip(orders, qs, k_per_um, eps, strict=True)]
    groups: dict[tuple[float, ...], list[int]] = {}
    for number, end in enumerate(ends):
        groups.setdefault(_real_breaks(problem, end), []).append(number)
    out: dict[int, Measures] = {}
    for breaks, members in groups.items():
        s, w_s = element_points(breaks, problem.order + 2)
        t, w_t = element_points(problem.window.t_breaks, (2 if problem.cavity.sliced else problem.order) + 2)
        columns = vectors[:, members]
        field = evaluate(problem.window, problem.space, columns, np.array([orders[i] for i in members]), s, t)
        weight = np.outer(w_s, w_t) * field.jacobian.real
        for place, i in enumerate(members):
            out[i] = _measure_one(problem, field.only(place), weight, vectors[:, i], orders[i], qs[i], k_per_um[i], eps[i], (s, t))
    return [out[i] for i in range(len(orders))]


def _measure_one(
    problem: WindowProblem,
    field: GridField,
    weight: Array,
    vector: Values,
    m: int,
    q: int,
    k_per_um: float,
    eps: Permittivities,
    grid: tuple[Array, Array],
) -> Measures:
    cavity, window = problem.cavity, problem.window
    regions = len(cavity.regions)
    r_weight = weight * field.r.real
    local = [a[field.region][:, None] * abs(e[0]) ** 2 for a, e in _components(field, eps)]
    parts = np.array([float((d * r_weight).sum()) for d in local])
    energy = float(parts.sum())
    density = local[0] + local[1] + local[2]
    share = np.bincount(field.region, weights=(density * r_weight).sum(axis=1), minlength=regions) / energy
    per_length = 1.0 / (window.t_breaks[-1] - window.t_breaks[0]) if cavity.sliced else 1.0
    far = log10_radiation_q(
        _source(field, r_weight, eps),
        energy * (2.0 if window.half else 1.0),
        m,
        q,
        k_per_um,
        float(eps.index[-1]),
        problem.wall if window.half else None,
        cavity.sliced,
    )
    both = 4 * math.pi if window.half else 2 * math.pi
    peak = _peak(problem, vector, m, eps, density, grid)
    return Measures(
        parts / energy,
        np.asarray(share),
        both * per_length * energy / peak,
        far - math.log10(per_length),
        _scattering(problem, vector, m, energy, k_per_um, eps),
    )


def _source(field: GridField, r_weight: Array, eps: Permittivities) -> Source:
    """The polarised part of a mode, as the far field needs it."""
    inside = field.region < eps.ordinary.size - 1
    contrast = (eps.ordinary[field.region] - eps.ordinary[-1])[inside]
    r, z, weight = (np.ascontiguousarray(x[inside]).ravel() for x in (field.r.real, field.z.real, r_weight))
    e_r, e_z, e_az = (e[0][inside].ravel() for e in (field.e_r, field.e_z, field.e_azimuthal))
    return Source(r, z, weight * np.repeat(contrast, r_weight.shape[1]), e_r, e_z, e_az)


def _components(field: GridField, eps: Permittivities) -> tuple[tuple[Array, Values], ...]:
    return (eps.axial, field.e_z), (eps.ordinary, field.e_r), (eps.ordinary, field.e_azimuthal)


def _real_breaks(problem: WindowProblem, end: float) -> tuple[float, ...]:
    """Element boundaries of the lossless layers, cut at the caustic."""
    breaks = [problem.window.layers[0].breaks[0]]
    for layer in problem.window.layers:
        if layer.stretch is None:
            breaks += [b for b in layer.breaks[1:] if b < end]
    last = max(layer.breaks[-1] for layer in problem.window.layers if layer.stretch is None)
    return (*breaks, end) if end < last else tuple(breaks)


def element_points(breaks: tuple[float, ...], count: int) -> tuple[Array, Array]:
    """Gauss points and weights in every element."""
    x, w = gauss(count)
    edges = np.asarray(breaks)
    half = 0.5 * np.diff(edges)[:, None]
    return (0.5 * (edges[1:] + edges[:-1])[:, None] + half * x).ravel(), (half * w).ravel()


def _peak(
    problem: WindowProblem, vector: Values, m: int, eps: Permittivities, density: Array, grid: tuple[Array, Array]
) -> float:
    """Largest eps |E|^2, by zooming twice into the neighbourhood of the largest sample; both sides of an interface count."""
    s_grid, t_grid = grid
    window = problem.window
    i, j = (int(x) for x in np.unravel_index(int(np.argmax(density)), density.shape))
    s_low, s_high = (s_grid[max(i - 1, 0)], s_grid[min(i + 1, s_grid.size - 1)])
    t_low = window.t_breaks[0] if j == 0 else t_grid[j - 1]
    t_high = t_grid[min(j + 1, t_grid.size - 1)]
    best = float(density[i, j])
    edges = [layer.breaks[-1] for layer in window.layers[:-1]]
    for _ in range(3):
        s = np.linspace(s_low, s_high, 11)
        close = [e for e in edges if s_low < e < s_high]
        if close:
            step = 1e-9 * problem.cavity.outline.equator_radius_um
            s = np.unique(np.concatenate([s, [e - step for e in close], [e + step for e in close]]))
        t = np.array([0.5 * (t_low + t_high)]) if problem.cavity.sliced else np.linspace(t_low, t_high, 9)
        field = evaluate(window, problem.space, vector, m, s, t)
        value = sum(a[field.region][:, None] * abs(e[0]) ** 2 for a, e in _components(field, eps))
        i, j = (int(x) for x in np.unravel_index(int(np.argmax(value)), value.shape))
        best = max(best, float(value[i, j]))
        s_low, s_high = s[max(i - 1, 0)], s[min(i + 1, s.size - 1)]
        t_low, t_high = t[max(j - 1, 0)], t[min(j + 1, t.size - 1)]
    return best


def _scattering(problem: WindowProblem, vector: Values, m: int, energy: float, k_per_um: float, eps: Permittivities) -> float | None:
    """Scattering Q from the field just inside the outline."""
    cavity, window = problem.cavity, problem.window
    if cavity.roughness_nm <= 0.0:
        return None
    t, w_t = element_points(window.t_breaks, (2 if cavity.sliced else problem.order) + 2)
    depth = 1e-9 * cavity.outline.equator_radius_um
    field = evaluate(window, problem.space, vector, m, np.array([-depth]), t)
    r_t, z_t = cavity.outline.tangent(t)
    speed = np.hypot(r_t, z_t)
    e_r, e_z, e_az = field.e_r[0, 0], field.e_z[0, 0], field.e_azimuthal[0, 0]
    along = (r_t * e_r + z_t * e_z) / speed
    out = (z_t * eps.ordinary[-2] * e_r - r_t * eps.axial[-2] * e_z) / speed
    return log10_scattering_q(
        abs(along) ** 2 + abs(e_az) ** 2,
        abs(out) ** 2,
        w_t * speed * field.r[0].real,
        energy,
        k_per_um,
        float(eps.ordinary[-2]),
        float(eps.ordinary[-1]),
        cavity.roughness_nm,
        cavity.correlation_nm,
    )
