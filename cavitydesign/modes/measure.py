"""What the field of one mode carries: energy by component and region, volume, radiation and scattering.

Energies are int eps |E|^2 up to the outer caustic: the turning circle r_c of the surround, where a leaky mode's evanescent field
ends and its radiation begins; k n_s r_c = sqrt(m^2 + (2q+1) m rho + q(q+1) rho^2), rho = sqrt(R / R_axial): m for a slice,
sqrt(l(l+1)) for a sphere.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..fem.field import GridField, evaluate
from ..fem.legendre import Array, gauss
from .media import Permittivities
from .problem import Values, WindowProblem
from .radiation import log10_radiation_q
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
    """Measure one mode.

    Parameters
    ----------
    vector : (n,) array
        Unknowns of the mode.
    m, q : int
        Its azimuthal and axial order.
    k_per_um : float
        Real part of its vacuum wavenumber.
    """
    cavity, window = problem.cavity, problem.window
    regions = len(cavity.regions)
    n_surround = float(eps.index[-1])
    end = caustic_distance_um(problem, m, q, k_per_um, n_surround)
    s, w_s = _points(_real_breaks(problem, end), problem.order + 3)
    t, w_t = _points(window.t_breaks, (2 if cavity.sliced else problem.order) + 2)
    field = evaluate(window, problem.space, vector, m, s, t)
    weight = np.outer(w_s, w_t) * field.jacobian.real
    r_weight = weight * field.r.real
    density = [a[field.region][:, None] * abs(e[0]) ** 2 * r_weight for a, e in _components(field, eps)]
    parts = np.array([float(d.sum()) for d in density])
    energy = float(parts.sum())
    rows = sum(d.sum(axis=1) for d in density)
    share = np.bincount(field.region, weights=rows, minlength=regions) / energy

    inside = field.region < regions - 1
    cut = _rows(field, inside)
    mirror = problem.wall if window.half else None
    far = log10_radiation_q(
        cut,
        weight[inside],
        energy * (2.0 if window.half else 1.0),
        m,
        k_per_um,
        eps.ordinary[cut.region] - eps.ordinary[-1],
        n_surround,
        mirror,
        cavity.sliced,
    )
    both = 4 * math.pi if window.half else 2 * math.pi
    per_length = 1.0 / (window.t_breaks[-1] - window.t_breaks[0]) if cavity.sliced else 1.0
    peak = _peak(problem, vector, m, eps, field)
    return Measures(
        parts / energy,
        np.asarray(share),
        both * per_length * energy / peak,
        far - math.log10(per_length),
        _scattering(problem, vector, m, energy, k_per_um, eps),
    )


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


def _points(breaks: tuple[float, ...], count: int) -> tuple[Array, Array]:
    x, w = gauss(count)
    edges = np.asarray(breaks)
    half = 0.5 * np.diff(edges)[:, None]
    return (0.5 * (edges[1:] + edges[:-1])[:, None] + half * x).ravel(), (half * w).ravel()


def _rows(field: GridField, rows: NDArray[np.bool_]) -> GridField:
    return GridField(
        field.r[rows], field.z[rows], field.region[rows], field.e_r[:, rows], field.e_z[:, rows], field.e_azimuthal[:, rows],
        field.jacobian[rows], field.curl_r[:, rows], field.curl_z[:, rows], field.curl_azimuthal[:, rows],
    )  # fmt: skip


def _peak(problem: WindowProblem, vector: Values, m: int, eps: Permittivities, coarse: GridField) -> float:
    """Largest eps |E|^2, by zooming twice into the neighbourhood of the largest sample; both sides of each interface count."""
    window = problem.window
    real = [layer for layer in window.layers if layer.stretch is None]
    s_low, s_high = real[0].breaks[0], real[-1].breaks[-1]
    t_low, t_high = window.t_breaks[0], window.t_breaks[-1]
    s = np.linspace(s_low, s_high, 160)
    edge = 1e-9 * (s_high - s_low)
    for layer in real[:-1]:
        s = np.append(s, [layer.breaks[-1] - edge, layer.breaks[-1] + edge])
    s = np.unique(np.clip(s, s_low, s_high))
    t = np.array([0.5 * (t_low + t_high)]) if problem.cavity.sliced else np.linspace(t_low, t_high, 41)
    best = 0.0
    for _ in range(3):
        field = evaluate(window, problem.space, vector, m, s, t)
        value = sum(a[field.region][:, None] * abs(e[0]) ** 2 for a, e in _components(field, eps))
        i, j = np.unravel_index(int(np.argmax(value)), value.shape)
        best = max(best, float(value[i, j]))
        s_near, t_near = s[max(i - 1, 0)], t[max(j - 1, 0)]
        s = np.linspace(s_near, s[min(i + 1, s.size - 1)], 13)
        if not problem.cavity.sliced:
            t = np.linspace(t_near, t[min(j + 1, t.size - 1)], 9)
    return best


def _scattering(problem: WindowProblem, vector: Values, m: int, energy: float, k_per_um: float, eps: Permittivities) -> float | None:
    """Scattering Q from the field just inside the outline."""
    cavity, window = problem.cavity, problem.window
    if cavity.roughness_nm <= 0.0:
        return None
    t, w_t = _points(window.t_breaks, (2 if cavity.sliced else problem.order) + 2)
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
