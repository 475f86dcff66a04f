"""Read a mode's identity from its field: polarisation from the energy fractions, p and q from the extrema.

TM: E along the fibre axis (E_z carries more energy than E_r); TE: E across it. The dominant component on a grid (s, t) is nearly a
product f(s) g(t); its leading singular vectors give the number of radial extrema p of f and of axial ones q + 1 of g.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..fem.field import GridField, evaluate
from ..fem.legendre import Array
from .problem import WindowProblem, Values

_NOISE = 0.02


@dataclass(frozen=True)
class Identity:
    """Polarisation and orders of one eigenvector, with the evidence.

    Attributes
    ----------
    fractions : (3,) array
        Shares of int eps |E|^2 in E_z, E_r, E_phi.
    purity : float
        Share of the dominant component that the leading product f(s) g(t) carries; low near an avoided crossing.
    inside : float
        Share of the energy in the window's lossless part that is inside the outline.
    """

    polarisation: str
    p: int
    q: int
    fractions: Array
    purity: float
    inside: float


def identify(problem: WindowProblem, vectors: Values, m: float | Array, permittivity: Array) -> list[Identity]:
    """Identities of eigenvectors.

    Parameters
    ----------
    vectors : (n, k) array
    m : float or (k,) array
        Azimuthal order of all or of each.
    permittivity : (regions,) array
    """
    window, cavity = problem.window, problem.cavity
    real = [layer for layer in window.layers if layer.stretch is None]
    s = np.concatenate([_middle(layer.breaks, 10) for layer in real])
    t = np.array([0.5 * sum(window.t_breaks)]) if cavity.sliced else _middle(window.t_breaks, 8)
    field = evaluate(window, problem.space, vectors, m, s, t)
    weight = _cell(s)[:, None] * (np.ones(1) if cavity.sliced else _cell(t)) * abs(field.jacobian * field.r)
    weight = weight * permittivity[field.region][:, None]
    body = len(cavity.regions) - 2
    return [_one(problem, field, i, weight, body) for i in range(field.e_r.shape[0])]


def _one(problem: WindowProblem, field: GridField, i: int, weight: Array, body: int) -> Identity:
    parts = np.array([(abs(e[i]) ** 2 * weight).sum() for e in (field.e_z, field.e_r, field.e_azimuthal)])
    fractions = parts / parts.sum()
    polarisation = "TM" if fractions[0] >= fractions[1] else "TE"
    component = field.e_z[i] if polarisation == "TM" else field.e_r[i]
    inside_rows = field.region <= body
    density = weight * sum(abs(e[i]) ** 2 for e in (field.e_z, field.e_r, field.e_azimuthal))
    inside = float(density[inside_rows].sum() / density.sum())
    component = (component * np.sqrt(weight))[inside_rows]
    if np.iscomplexobj(component):
        peak = component.ravel()[np.argmax(abs(component))]
        component = (component * np.conj(peak) / abs(peak)).real
    left, singular, right = np.linalg.svd(component, full_matrices=False)
    purity = float(singular[0] ** 2 / (singular**2).sum())
    p = _changes(left[:, 0]) + 1
    along = _changes(right[0])
    if problem.cavity.sliced:
        q = along
    elif problem.window.half:
        odd = (problem.wall == "electric") == (polarisation == "TE")
        q = 2 * along + int(odd)
    else:
        q = along
    return Identity(polarisation, p, q, fractions, purity, inside)


def _middle(breaks: tuple[float, ...], count: int) -> Array:
    """Points inside every element, none on a boundary."""
    share = (np.arange(count) + 0.5) / count
    return np.concatenate([a + (b - a) * share for a, b in zip(breaks[:-1], breaks[1:], strict=True)])


def _cell(x: Array) -> Array:
    return np.asarray(np.gradient(x))


def _changes(values: NDArray[np.float64]) -> int:
    """Sign changes between parts of a profile that rise above the noise."""
    strong = values[abs(values) > _NOISE * abs(values).max()]
    return int(np.count_nonzero(np.diff(np.sign(strong))))
