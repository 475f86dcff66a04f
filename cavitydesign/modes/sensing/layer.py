"""A mode of the cavity with an adsorbed layer, solved: one more region of the mesh, of its own
thickness.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np

from ...arrays import Array, Values
from ...eigen.refine import inverse_iterated
from ...errors import InputError
from ...geometry.cavity import Cavity, Coating
from ...materials import ConstantIndex, Material
from ...mesh.rim_map import Layer, OffsetCurve, Window
from ...units import wavelength_nm
from ..changes.first_order import window_problem
from ..changes.sensitivity import same_mode
from ..mode import Mode
from ..permittivities import permittivities
from ..rim.window_problem import WindowProblem

_BESIDE = 1e-7  # of k0^2: neighbours are 1e-4 and more away, rounding 1e-13
_STEPS = 3  # of inverse iteration at a shift
_ROUNDS = 8  # of new shifts
_SETTLED = 1e-13  # of k0
_LARGEST_MOVE = 0.02  # of k0: farther away the layer is a cavity of its own


@dataclass(frozen=True)
class LayeredCavity(Cavity):
    """A cavity with one more region between its outline and the surround."""

    layer: Material | None = None

    @property
    def regions(self) -> tuple[tuple[str, Material], ...]:
        """Names and media from the axis outwards."""
        *inner, surround = super().regions
        assert self.layer is not None
        return (*inner, ("layer", self.layer), surround)


def layer_shift_nm(mode: Mode, thickness_um: float, index: float, surface: str) -> float:
    """Wavelength with a layer less that without.

    Parameters
    ----------
    mode : Mode
    thickness_um, index : float
        Of the layer.
    surface : {"rim", "wall"}

    Raises
    ------
    InputError
        For a general section, or a wall without a fibre.
    SolverError
        If the mode is lost.
    """
    cavity = window_problem(mode.solved()).cavity
    medium = ConstantIndex.of(index, name="layer")
    if surface == "rim":
        return _on_rim(mode, cavity, thickness_um, medium)
    if not cavity.inner_radii_um or thickness_um >= cavity.fibre_radius_um:
        raise InputError("sensing.layer_on: wall: the cavity has no fibre as thick as the layer")
    coated = replace(
        cavity,
        fibre_radius_um=cavity.fibre_radius_um - thickness_um,
        coatings=(Coating("layer", thickness_um, medium), *cavity.coatings),
    )
    without, coated_mode = same_mode(mode, cavity), same_mode(mode, coated)
    return coated_mode.wavelength_nm - without.wavelength_nm


def _on_rim(mode: Mode, cavity: Cavity, thickness_um: float, medium: Material) -> float:
    """By inverse iteration from the field without the layer, in a mesh with and without it, so that
    what both meshes lack is the same.
    """
    raw = mode.solved()
    problem = window_problem(raw)
    fields = {name: getattr(cavity, name) for name in cavity.__dataclass_fields__}
    coated = LayeredCavity(**fields, layer=medium)
    window = _with_layer(problem.window, thickness_um, len(coated.regions) - 2)
    layered = WindowProblem.build(coated, window, problem.resolution, problem.wall)
    bare = LayeredCavity(**fields, layer=cavity.surround)
    plain = WindowProblem.build(bare, window, problem.resolution, problem.wall)
    start = raw.k_per_um if problem.is_complex else complex(raw.k_per_um.real)
    k, vector = _solved(plain, raw.m, start, None)
    moved, _ = _solved(layered, raw.m, k, vector)
    return wavelength_nm(moved.real) - wavelength_nm(k.real)


def _solved(
    problem: WindowProblem, m: int, start: complex, vector: Values | None
) -> tuple[complex, Values]:
    """The wavenumber nearest to a start, with dispersion, and its vector."""
    k = start
    if vector is None:
        vector = np.random.default_rng(20).standard_normal(problem.size)
    for _ in range(_ROUNDS):
        eps = permittivities(problem.cavity, k.real)
        pencil = problem.pencil(m, eps)
        square = k**2 if problem.is_complex else k.real**2
        factor = pencil.factor(square * (1.0 + _BESIDE))
        vector = inverse_iterated(factor.solve, pencil.mass.__matmul__, vector, _STEPS)
        found = complex((vector @ (pencil.stiffness @ vector)) / (vector @ (pencil.mass @ vector)))
        new = complex(np.sqrt(found))
        if abs(new / start - 1.0) > _LARGEST_MOVE:
            raise InputError(
                "sensing.layer_nm: the layer moves the mode by more than 2 % of its wavelength; it "
                "is a part of the cavity, not an adsorbed layer"
            )
        if abs(new / k - 1.0) < _SETTLED:
            return new, vector
        k = new
    return k, vector


def _with_layer(window: Window, thickness_um: float, region: int) -> Window:
    """The window with a strip of its own along the rim; what lies outside moves out by it."""
    inside = tuple(layer for layer in window.layers if layer.breaks[-1] <= 0.0)
    outside = tuple(layer for layer in window.layers if layer.breaks[-1] > 0.0)
    rim = outside[0].inner
    assert isinstance(rim, OffsetCurve)
    coat = OffsetCurve(rim.outline, thickness_um)
    strip = Layer(rim, coat, (0.0, thickness_um), region)
    moved = tuple(_moved(layer, thickness_um, region + 1) for layer in outside)
    return replace(window, layers=(*inside, strip, *moved))


def _moved(layer: Layer, by: float, region: int) -> Layer:
    """A strip farther out, of the next region."""
    inner, outer = (
        replace(curve, distance_um=curve.distance_um + by)
        for curve in (layer.inner, layer.outer)
        if isinstance(curve, OffsetCurve)
    )
    stretch = None if layer.stretch is None else functools.partial(_shifted, layer.stretch, by)
    breaks = tuple(one + by for one in layer.breaks)
    return replace(layer, inner=inner, outer=outer, breaks=breaks, region=region, stretch=stretch)


def _shifted(
    stretch: Callable[[Array], tuple[Values, Values]], by: float, s: Array
) -> tuple[Values, Values]:
    offset, slope = stretch(s - by)
    return by + offset, slope
