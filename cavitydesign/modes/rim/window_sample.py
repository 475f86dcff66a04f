"""Sample a solved mode on a grid, for pictures and files."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from ...arrays import Array
from ...fem.field import FieldGrid
from ...mesh.rim_map import Along
from ..derived.sampled_field import FieldSamples
from ..solver.field_samples import meridian_field, unit_samples
from ..solver.snapshot import RawMode
from .window_problem import WindowProblem


def sample_mode(raw: RawMode, outwards: int, along: int) -> FieldSamples:
    """Field of a mode on a grid of its window, absorbing layers left out, largest |E| = 1;
    a half window is mirrored to a whole one.

    The grid is even within each layer and has a point on either side of every interface, where E_r
    jumps; there are about `outwards` points across.
    """
    problem = _window_problem(raw)
    window = problem.window
    real = [layer for layer in window.layers if not layer.absorbing]
    s = _outward_points([(layer.breaks[0], layer.breaks[-1]) for layer in real], outwards)
    t_end = window.t_breaks[-1]
    positive = (
        np.linspace(0.0, t_end, (along + 1) // 2)
        if window.half
        else np.linspace(window.t_breaks[0], t_end, along)
    )
    grid = FieldGrid.build(window, problem.space, s, positive)
    field = grid.evaluate(raw.vector, raw.m)
    at_points = meridian_field(field.e_r[0], field.e_azimuthal[0], field.e_z[0])
    parts = [grid.r.real, grid.z.real, *at_points]
    t = positive
    if window.half:
        t = np.concatenate([-positive[:0:-1], positive])
        sign = -1.0 if problem.wall == "electric" else 1.0
        parts = [
            np.concatenate([flip * part[:, :0:-1], part], axis=1)
            for part, flip in zip(parts, (1.0, -1.0, sign, sign, -sign), strict=True)
        ]
    r, z, e_r, e_phi, e_z = parts
    region = np.broadcast_to(grid.region[:, None], r.shape)
    return unit_samples(
        raw,
        (r.real, z.real),
        (e_r, e_phi, e_z),
        region,
        _interfaces(raw, t),
        _mesh_lines(raw, t),
    )


def _window_problem(raw: RawMode) -> WindowProblem:
    assert isinstance(raw.problem, WindowProblem), (
        "a mode of a section is sampled by section_sample"
    )
    return raw.problem


def _outward_points(spans: Sequence[tuple[float, float]], count: int) -> Array:
    """Places across the layers; each layer's last one lies just inside it, so that it takes that
    layer's medium.
    """
    whole = spans[-1][1] - spans[0][0]
    parts = []
    for low, high in spans:
        points = max(3, round(count * (high - low) / whole))
        parts.append(np.linspace(low, high - 1e-12 * whole, points))
    return np.concatenate(parts)


def _interfaces(raw: RawMode, t: Array) -> dict[str, Array]:
    """Outer boundary of each region but the surround, along t."""
    curves = {}
    names = [name for name, _ in raw.problem.cavity.regions]
    layers = _window_problem(raw).window.layers
    for inner, outer in itertools.pairwise(layers):
        if inner.region != outer.region:
            r, z, _, _ = inner.outer.evaluate(Along(inner.outer.outline, t))
            curves["outline" if names[inner.region] == "body" else names[inner.region]] = np.stack(
                [r.real, z.real], axis=1
            )
    return curves


def _mesh_lines(raw: RawMode, t: Array) -> tuple[Array, ...]:
    window = _window_problem(raw).window
    real = [layer for layer in window.layers if not layer.absorbing]
    lines = []
    for layer in real:
        for s in layer.breaks:
            r, z, *_ = layer.map(np.array([s]), t)
            lines.append(np.stack([r[0].real, z[0].real], axis=1))
    ends = (
        window.t_breaks
        if not window.half
        else tuple(sorted({*window.t_breaks, *(-x for x in window.t_breaks)}))
    )
    across = np.concatenate(
        [np.linspace(layer.breaks[0], layer.breaks[-1], 12, endpoint=False) for layer in real]
    )
    for edge in ends:
        r, z, *_ = window.map(across, np.array([edge]))
        lines.append(np.stack([r[:, 0].real, z[:, 0].real], axis=1))
    return tuple(lines)
