"""Sample a solved mode of a section on a grid of r and z, for pictures and files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, ComplexArray
from ...fem.field import at_points, on_grid
from ...mesh.corners import regions_beside
from ...mesh.section import SectionMesh
from ...mesh.section_outline import along_edges
from ..derived.sampled_field import FieldSamples
from ..solver.field_samples import meridian_field, unit_samples
from .section_problem import SectionProblem

_PER_EDGE = 7  # points that draw a curved edge
_INWARD = 1e-9  # of the extent: no point lies on the end of the section


@dataclass(frozen=True)
class ElementSamples:
    """A mode's field on an even grid of every element; interfaces lie between elements, so that no
    value is of two media.

    Attributes
    ----------
    r_um, z_um : (n, k, k) arrays
        Positions.
    e_r, e_phi, e_z : (n, k, k) complex arrays
        Scaled so that the largest |E| is 1.
    permittivity : (n, k, k) array
        Of the ordinary wave.
    energy_density : (n, k, k) array
        eps |E|^2, each component with the permittivity that it sees, scaled to a maximum of 1.
    region : (n,) array of int
    counted : (n, k, k) array of bool
        Outside absorbing layers.
    """

    r_um: Array
    z_um: Array
    e_r: ComplexArray
    e_phi: ComplexArray
    e_z: ComplexArray
    permittivity: Array
    energy_density: Array
    region: NDArray[np.int64]
    counted: NDArray[np.bool_]


def sample_elements(raw: Any, per_edge: int) -> ElementSamples:
    """Field of a mode of a section on `per_edge` x `per_edge` points of every element where it
    lives.

    Parameters
    ----------
    raw : RawMode
        Of a `SectionProblem`.
    per_edge : int
        Points along an edge, its ends included.
    """
    problem: SectionProblem = raw.problem
    x = np.linspace(-1.0, 1.0, per_edge)
    field = on_grid(problem.space, raw.vector[:, None], raw.m, x, x)
    r, z, *_ = problem.mesh.positions(x, x)
    parts = [
        np.asarray(values, dtype=complex)
        for values in meridian_field(field.e_r[0], field.e_azimuthal[0], field.e_z[0])
    ]
    counted = np.asarray(problem.lossless(r, z), dtype=np.bool_)
    strength = np.sqrt(sum(abs(part) ** 2 for part in parts))
    e_r, e_phi, e_z = (part / strength[counted].max() for part in parts)
    region = problem.mesh.region
    across = np.broadcast_to(np.asarray(raw.eps.ordinary)[region][:, None, None].real, r.shape)
    along = np.asarray(raw.eps.axial)[region][:, None, None].real
    density = across * (abs(e_r) ** 2 + abs(e_phi) ** 2) + along * abs(e_z) ** 2
    return ElementSamples(
        r, z, e_r, e_phi, e_z, across, density / density[counted].max(), region, counted
    )


def sample_section(raw: Any, outwards: int, along: int) -> FieldSamples:
    """Field of a mode on a grid over the elements where it lives, absorbing layers left out,
    largest |E| = 1.

    Parameters
    ----------
    raw : RawMode
        Of a `SectionProblem`. Outside its elements the field is 0.
    """
    problem: SectionProblem = raw.problem
    low_r, high_r, low_z, high_z = problem.mesh.extent_um
    if problem.stretch is not None:
        box = problem.stretch
        high_r, low_z, high_z = (
            min(high_r, box.r_um),
            max(low_z, box.low_um),
            min(high_z, box.high_um),
        )
    inset_r, inset_z = _INWARD * (high_r - low_r), _INWARD * (high_z - low_z)
    r, z = np.meshgrid(
        np.linspace(low_r + inset_r, high_r - inset_r, outwards),
        np.linspace(low_z + inset_z, high_z - inset_z, along),
        indexing="ij",
    )
    element, s, t, region = problem.located(r.ravel(), z.ravel())
    hit = element >= 0
    region[region < 0] = len(problem.cavity.regions) - 1
    field = at_points(problem.space, raw.vector[:, None], raw.m, element[hit], s[hit], t[hit])
    parts = []
    for values in meridian_field(field.e_r[0], field.e_azimuthal[0], field.e_z[0]):
        full = np.zeros(r.size, dtype=complex)
        full[hit] = values
        parts.append(full.reshape(r.shape))
    lines = _lines(problem.mesh, np.ones(problem.mesh.edges.shape[0], dtype=bool))
    return unit_samples(
        raw,
        (r, z),
        (parts[0], parts[1], parts[2]),
        region.reshape(r.shape),
        _interfaces(problem),
        lines,
    )


def _interfaces(problem: SectionProblem) -> dict[str, Array]:
    """Edges between regions by the region of the lower number, pieces parted by NaN; that of the
    body is the outline.
    """
    mesh = problem.mesh
    low, high = regions_beside(mesh)
    curves = {}
    for number, (name, _) in enumerate(problem.cavity.regions[:-1]):
        chosen = (low == number) & (high > number)
        if chosen.any():
            gap = np.full((1, 2), np.nan)
            pieces = [piece for line in _lines(mesh, chosen) for piece in (line, gap)][:-1]
            curves["outline" if name == "body" else name] = np.concatenate(pieces)
    return curves


def _lines(mesh: SectionMesh, chosen: Any) -> tuple[Array, ...]:
    """Points along edges, each edge once."""
    x = np.linspace(-1.0, 1.0, _PER_EDGE)
    sides = along_edges(mesh, x).reshape(-1, x.size, 2)
    edges, first = np.unique(mesh.element_edges.ravel(), return_index=True)
    return tuple(sides[side] for edge, side in zip(edges, first, strict=True) if chosen[edge])
