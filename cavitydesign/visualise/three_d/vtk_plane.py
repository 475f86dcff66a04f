"""The meridian plane of a mode as points and linear cells, fine enough that VTK's integration gives
the solver's energy shares.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array, Values
from ...mesh.section_cavity import SectionCavity
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from ...modes.section.section_problem import SectionProblem
from ...modes.section.section_sample import sample_elements
from ...units import wavenumber_per_um
from ..fields.meridian_view import sampled

# 2 pi r eps|E|^2: its integral over the plane is the energy in space
ENERGY = "energy_per_plane_area (2 pi r eps|E|^2, um)"
# points along an edge of a meshed section: as many as keep the whole below this, but no fewer than
# the least
_MOST_POINTS = 150_000
# At least 13 for the energy shares; beyond 49 nothing is gained.
_LEAST_PER_EDGE, _MOST_PER_EDGE = 13, 49


@dataclass(frozen=True)
class Plane:
    """Points and quadrilaterals.

    Attributes
    ----------
    r_um, z_um : (n,) arrays
    arrays : mapping of str to (n,) or (n, 3) array
        What each point carries, units in the names; vectors lie along r, phi and z, and the field
        is scaled so that the largest |E| is 1.
    corners : (c, 4) array of int
        Points of each cell, around it.
    region : (c,) array of int
        Index of the cell's medium among `region_names`; one past the last for what the shares do
        not count (beyond the outer caustic, or in an absorbing layer).
    region_names : tuple of str
    """

    r_um: Array
    z_um: Array
    arrays: Mapping[str, Array]
    corners: NDArray[np.int64]
    region: NDArray[np.int32]
    region_names: tuple[str, ...]


def meridian_plane(mode: Mode, samples: tuple[int, int] = (500, 141)) -> Plane:
    """The plane of a mode: of a cavity given by its outline on a curvilinear grid, of a meshed
    section on its own elements.

    Parameters
    ----------
    mode : Mode
    samples : tuple of int
        Points outwards and along the rim, for an outline.
    """
    raw = mode.raw
    if raw is not None and isinstance(raw.problem.cavity, SectionCavity):
        return _of_section(mode)
    return _of_outline(mode, sampled(mode, *samples))


def _outer_caustic_um(mode: Mode, index: float) -> float:
    """Radius m/(k n_surround), up to which the surround's share of the energy counts."""
    return mode.m / (wavenumber_per_um(mode.wavelength_nm) * index)


def _arrays(
    r: Array, density: Array, permittivity: Array, e_r: Values, e_phi: Values, e_z: Values
) -> dict[str, Array]:
    values = {
        ENERGY: 2.0 * np.pi * r * density,
        "energy_density (eps|E|^2, relative)": density,
        "permittivity (relative)": permittivity,
    }
    out = {name: np.asarray(one).ravel() for name, one in values.items()}
    vector = np.stack([np.asarray(part).ravel() for part in (e_r, e_phi, e_z)], axis=-1)
    return out | {"E real (relative)": vector.real, "E imag (relative)": vector.imag}


def quadrilaterals(rows: int, columns: int) -> NDArray[np.int64]:
    """Corners of the cells of a grid of points."""
    first = (np.arange(rows - 1)[:, None] * columns + np.arange(columns - 1)[None, :]).ravel()
    return np.stack([first, first + 1, first + columns + 1, first + columns], axis=1).astype(
        np.int64
    )


def _density(mode: Mode, field: FieldSamples) -> Array:
    """eps |E|^2 with the permittivity that each component sees, scaled to a maximum of 1."""
    if mode.raw is None:
        return field.energy_density
    eps = mode.raw.eps
    across, along = (np.asarray(one).real[field.region] for one in (eps.ordinary, eps.axial))
    density = (
        across * (np.abs(field.e_r) ** 2 + np.abs(field.e_phi) ** 2)
        + along * np.abs(field.e_z) ** 2
    )
    return np.asarray(density / density.max())


def _of_outline(mode: Mode, field: FieldSamples) -> Plane:
    """Cells of the grid, those of no width at an interface left out."""
    corners = quadrilaterals(*field.r_um.shape)
    regions = field.region.ravel()[corners]
    whole = (regions == regions[:, :1]).all(axis=1)
    corners, region = corners[whole], regions[whole, 0]
    outside = field.permittivity[field.region == len(field.region_names) - 1]
    index = math.sqrt(float(outside.max())) if outside.size else 1.0
    beyond = field.r_um.ravel()[corners].mean(axis=1) > _outer_caustic_um(mode, index)
    region = np.where(beyond, len(field.region_names), region).astype(np.int32)
    density = _density(mode, field)
    arrays = _arrays(field.r_um, density, field.permittivity, field.e_r, field.e_phi, field.e_z)
    return Plane(
        field.r_um.ravel(), field.z_um.ravel(), arrays, corners, region, field.region_names
    )


def _of_section(mode: Mode) -> Plane:
    """Every element in small cells of its own."""
    raw = mode.raw
    assert raw is not None
    problem = cast(SectionProblem, raw.problem)
    elements = len(problem.mesh.region)
    per_edge = int(np.clip(math.isqrt(_MOST_POINTS // elements), _LEAST_PER_EDGE, _MOST_PER_EDGE))
    field = sample_elements(raw, per_edge)
    names = tuple(name for name, _ in problem.cavity.regions)
    cells = quadrilaterals(per_edge, per_edge)
    corners = (cells[None] + (per_edge**2 * np.arange(elements))[:, None, None]).reshape(-1, 4)
    region = np.repeat(field.region, len(cells))
    index = math.sqrt(float(np.asarray(raw.eps.ordinary)[len(names) - 1].real))
    beyond = (region == len(names) - 1) & (
        field.r_um.ravel()[corners].mean(axis=1) > _outer_caustic_um(mode, index)
    )
    beyond |= ~field.counted.ravel()[corners].all(axis=1)
    arrays = _arrays(
        field.r_um, field.energy_density, field.permittivity, field.e_r, field.e_phi, field.e_z
    )
    marked = np.where(beyond, len(names), region).astype(np.int32)
    return Plane(field.r_um.ravel(), field.z_um.ravel(), arrays, corners, marked, names)
