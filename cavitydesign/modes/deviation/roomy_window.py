"""The window in which a mode and what a deviation drives out of it both have room.

The window of a solved mode ends where that mode has decayed. A lower azimuthal order at the same
wavenumber reaches deeper, a fibre that moves needs room behind its interface, and a tilted one
mixes fields of both mirror classes: where needed the mode is solved again in a deeper or a whole
window.
"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np

from ...eigen.lanczos import shift_invert_lanczos
from ...errors import SolverError
from ...mesh.rim_layer import Reach, reach_of
from ...mesh.rim_map import Window
from ...mesh.window import Sizing, build_window
from ..changes.first_order import polished, window_problem
from ..label import Label
from ..rim.window_identity import identify
from ..rim.window_problem import WindowProblem
from ..solver.snapshot import RawMode
from .deviation_spec import Deviation

_DECAYED = 4.0  # nepers that a driven field has fallen where the window ends
_SPARE = 0.02  # of the depth, by which a window may be too shallow
# Of the fibre's displacement, that a window holds of the fibre: the map between the two folds at 1.
_BEHIND_FIBRE = 2.5
_LEAST_INNER = 0.05  # of the cavity's radius, where a deepened window ends at the latest
_DAMPING = 10.0  # nepers of an absorbing layer: exp(-20) = 2e-9 comes back
_SHIFT = 1e-6  # of k0^2, beside which the mode is searched for
_SEARCHED = 8  # eigenpairs beside the shift, the mode itself and what happens to lie near it
_MOST_MOVED = 1e-3  # of k0: farther away it is another mode


def roomy(raw: RawMode, lowest: int, label: Label, deviation: Deviation) -> RawMode:
    """The mode, polished, in a window that holds fields of a lower azimuthal order too.

    Parameters
    ----------
    raw : RawMode
    lowest : int
        The lowest order that is driven to first order.
    label : Label
        Of the mode, by which it is found again.
    deviation : Deviation
        A tilt needs both mirror classes, and a fibre that moves needs room.

    Raises
    ------
    InputError
        For a mode of a general section.
    SolverError
        If the mode is not found again.
    """
    problem = window_problem(raw)
    cavity, k = problem.cavity, raw.k_per_um.real
    index = tuple(float(n) for n in raw.eps.index)
    reach = reach_of(cavity, max(abs(lowest), 1), [k], index, _DECAYED)
    depth = -problem.real_breaks[0]
    behind = _behind_fibre(problem, deviation)
    deeper = reach.inner_depth > (1.0 + _SPARE) * depth or behind > depth
    both = deviation.fibre_tilt_deg > 0.0 and problem.window.half
    leaks = abs(lowest) < k * index[-1] * cavity.outline.equator_radius_um
    if not (deeper or both or (leaks and not problem.is_complex)):
        return _plain(raw)
    depth = max(reach.inner_depth, behind, depth) if deeper else depth
    reach = replace(reach, inner_depth=depth)
    window = _window(raw, problem, reach, label, both, leaks or problem.is_complex)
    resolution, wall = problem.resolution, problem.wall
    if both:
        along = None if resolution.along is None else 2 * resolution.along
        resolution, wall = replace(resolution, along=along), "magnetic"
    return _found(raw, WindowProblem.build(cavity, window, resolution, wall), label)


def _behind_fibre(problem: WindowProblem, deviation: Deviation) -> float:
    """Depth of the window, um, in which the fibre can move; 0 where it holds none of it."""
    outline, radius = problem.cavity.outline, problem.cavity.fibre_radius_um
    at_fibre = outline.equator_radius_um - radius
    if radius <= 0.0 or -problem.real_breaks[0] <= at_fibre or not deviation.moves_fibre:
        return 0.0
    height = float(np.max(np.abs(outline.point(np.array(problem.window.t_breaks))[1])))
    lean = math.tan(math.radians(deviation.fibre_tilt_deg))
    moved = deviation.fibre_offset_um + lean * height
    deepest = (1.0 - _LEAST_INNER) * outline.equator_radius_um
    return float(min(at_fibre + _BEHIND_FIBRE * moved, deepest))


def _plain(raw: RawMode) -> RawMode:
    """Polished; what was to be corrected is no longer in the vector."""
    return replace(polished(raw), correction=None, field_error=0.0)


def _window(
    raw: RawMode, problem: WindowProblem, reach: Reach, label: Label, both: bool, leaks: bool
) -> Window:
    """Deeper inside; outside and along it is the old one where it can be."""
    old, cavity, k = problem.window, problem.cavity, raw.k_per_um.real
    # half a wave for each pi of phase, for the number of elements
    inner = max(cavity.outline.equator_radius_um - reach.inner_depth, 0.0)
    outer = cavity.outline.equator_radius_um
    waves = k * float(raw.eps.index[:-1].max()) * (outer - inner) / math.pi
    sizing = Sizing(
        reach,
        max(label.p, math.ceil(waves)),
        label.q + 1,
        2.0 * math.pi / k,
        leaks,
        old.half,
        float(raw.eps.index[-1]),
        _DAMPING,
    )
    new = build_window(cavity, sizing)
    body = len(cavity.regions) - 2
    inside = tuple(layer for layer in new.layers if layer.region <= body)
    source = new if leaks and not old.is_complex else old
    outside = tuple(layer for layer in source.layers if layer.region > body)
    breaks = old.t_breaks
    if both:
        breaks = (*(-t for t in reversed(breaks[1:])), *breaks)
    return Window(inside + outside, breaks, old.half and not both, old.periodic)


def _found(raw: RawMode, problem: WindowProblem, label: Label) -> RawMode:
    """The mode in another window."""
    square = raw.k_per_um**2 if problem.is_complex else raw.k_per_um.real**2
    pencil = problem.pencil(raw.m, raw.eps)
    shift = square * (1.0 + _SHIFT)
    factor = pencil.factor(shift)
    start = np.random.default_rng(20).standard_normal(problem.size).astype(pencil.mass.dtype)
    pairs = shift_invert_lanczos(
        factor.solve, pencil.mass.__matmul__, shift, start, _SEARCHED, tolerance=1e-6
    )
    names = identify(problem, pairs.vectors, raw.m, raw.eps.ordinary)
    for column, one in enumerate(names):
        value = complex(pairs.values[column])
        k = np.sqrt(value)
        near = abs(k / raw.k_per_um - 1.0) < _MOST_MOVED
        if near and (one.polarisation, one.p, one.q) == (label.polarisation, label.p, label.q):
            k = complex(k) if problem.is_complex else complex(k.real, raw.k_per_um.imag)
            found = replace(
                raw,
                problem=problem,
                vector=pairs.vectors[:, column],
                k_per_um=k,
                residual=np.zeros(problem.size),
            )
            return _plain(found)
    raise SolverError(
        f"{label}: not found in the larger window that its deviation needs; a smaller deviation, "
        "or one of fewer waves"
    )
