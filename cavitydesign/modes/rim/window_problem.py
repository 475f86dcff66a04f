"""One mirror class of one radial family as a discrete problem: its matrices, and the points where
its fields are read.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace
from functools import cached_property, partial

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ...arrays import Array, Values
from ...eigen.recalled import Recalled
from ...errors import SolverError
from ...fem.affine import AffineForms
from ...fem.assemble import assemble_window
from ...fem.axial_basis import AxialBasis, axial_eigenfunctions
from ...fem.basis import MeridianBasis
from ...fem.field import FieldGrid
from ...fem.legendre import Line, element_middles, element_points
from ...fem.window_space import WindowSpace
from ...geometry.cavity import Cavity
from ...mesh.rim_locate import RimLocator
from ...mesh.rim_map import Window
from ..losses.radiation import Source
from ..permittivities import Permittivities
from ..solver.problem import EigenProblem
from ..solver.reading import PointReading
from ..solver.solved_vectors import SolvedVectors
from .window_reading import window_reading

_ORDER_ALONG = 12  # of the polynomials that the functions along the outline are solved on
# Gauss points beyond the functions of an element, as weights and outlines are no polynomials,
# at least; as many as the order across, which follows the accuracy, where that is more. The energy
# of q = 3 has a phase of some eight over half an element, and the rule of n points leaves J_2n of
# that: with 9 points for 11 log10 Q was 1.3e-6 off at an accuracy of 1e-10, 56 bars.
_POINTS_ALONG = 7
# Memory that a search may take, and the arrays of a chain's size that are alive at once while one
# resolution is solved (affine matrices, pencils, factors at three resolutions: 14 to 18 by
# reckoning, not measured).
_MOST_GB, _ARRAYS = 1.7, 18


class NoRoomError(SolverError):
    """A problem that would take more memory than a search may."""


@dataclass(frozen=True)
class Resolution:
    """How finely a window is resolved.

    Parameters
    ----------
    order : int
        Polynomial order across the rim.
    along : int or None
        Functions along the outline (fem/axial_basis.py); None: all polynomials of `order`.
    rate_per_um : float
        Of those functions (`resolution.axial_rate`).
    tightening : tuple of float
        What an inner interface adds to them (`local_slice.tightening`).
    """

    order: int
    along: int | None = None
    rate_per_um: float = 0.0
    tightening: tuple[float, ...] = ()

    def changed(self, orders: int, functions: int) -> Resolution:
        """So many orders and functions more."""
        along = None if self.along is None else max(1, self.along + functions)
        return replace(self, order=self.order + orders, along=along)


@dataclass(frozen=True)
class WindowProblem(EigenProblem):
    """The eigenproblem of a cavity in a window at one resolution and mirror class.

    Parameters
    ----------
    wall : {"electric", "magnetic"}
        Mirror plane: electric holds E_z even (TM of even q, TE of odd q), magnetic E_z odd.
    """

    cavity: Cavity
    window: Window
    resolution: Resolution
    wall: str
    space: WindowSpace = field(repr=False)
    recalled_forms: Recalled[AffineForms[WindowSpace]] = field(repr=False)

    @classmethod
    def build(
        cls,
        cavity: Cavity,
        window: Window,
        resolution: Resolution,
        wall: str,
        limited: bool = False,
    ) -> WindowProblem:
        """Assemble, once per geometry: m, wavelength and index come later. A search is limited to
        what its matrices and factors may take.
        """
        space = WindowSpace(
            Line(window.s_breaks, resolution.order, False, False, False, _extra_points(window)),
            _along(cavity, window, resolution, wall),
        )
        if limited:
            _demand_room(space, window.is_complex)
        forms = Recalled(partial(assemble_window, window, space, cavity.uniaxial))
        forms.get()  # a window whose map folds over is refused here
        return cls(cavity, window, resolution, wall, space, forms)

    def lowered(self, resolution: Resolution) -> WindowProblem:
        """The problem on its own elements at a lower resolution."""
        s, t = self.space.s, self.space.t
        along = t if resolution.along is None else t.leading(resolution.along)
        space = WindowSpace(replace(s, order=resolution.order), along)
        forms = Recalled(partial(_restricted, self, space))
        return WindowProblem(self.cavity, self.window, resolution, self.wall, space, forms)

    @property
    def order(self) -> int:
        """Polynomial order across the rim."""
        return self.resolution.order

    @property
    def forms(self) -> AffineForms[WindowSpace]:
        """The affine matrices."""
        return self.recalled_forms.get()

    @property
    def is_complex(self) -> bool:
        """Whether an absorbing layer makes the matrices complex."""
        return self.window.is_complex

    @property
    def mirror(self) -> str | None:
        """Kind of the mirror plane, if only z > 0 is meshed."""
        return self.wall if self.window.half else None

    @cached_property
    def basis(self) -> MeridianBasis:
        """All unknowns, those on the walls included, for scikit-fem."""
        names = [name for name, _ in self.cavity.regions]
        region = np.array(self.window.element_regions)
        at_points = self.space.basis(self.window)
        mesh = at_points.mesh.with_subdomains(
            {name: np.flatnonzero(region == number) for number, name in enumerate(names)}
        )
        at_points.mapping.mesh = mesh
        return MeridianBasis(
            mesh,
            at_points.elem,
            at_points.mapping,
            quadrature=at_points.quadrature,
            dofs=self.space.dofs(mesh),
        )

    @cached_property
    def locator(self) -> RimLocator:
        """Where points lie in the window."""
        return RimLocator(self.window)

    def reading(self, vector: Values, m: int, r_um: Array, z_um: Array) -> PointReading:
        """Fields of one vector at points; see `rim.reading`."""
        return window_reading(self, vector, m, r_um, z_um)

    def at_degree(self, step: int) -> WindowProblem:
        """At another degree across the rim; a higher one has one function along it more."""
        resolution = self.resolution.changed(step, 1 if step > 0 else 0)
        if step > 0:
            return WindowProblem.build(self.cavity, self.window, resolution, self.wall)
        return self.lowered(resolution)

    def far_log10_q(
        self, vector: Values, m: int, q: int, k_per_um: float, eps: Permittivities
    ) -> float:
        """From the far field of one mode."""
        from .window_measures import measure_all

        (found,) = measure_all(self, SolvedVectors.one(vector, m, q, k_per_um, eps))
        return found.log10_q_far

    def polarised(self, vector: Values, m: int, k_per_um: float, eps: Permittivities) -> Source:
        """The body inside the outline, its elements cut into pieces of a few e-folds."""
        from .far_source import far_sources

        mode = SolvedVectors.one(vector, m, 0, k_per_um, eps)
        field = self.probe.grid.electric(mode.vectors, mode.m)
        sources = far_sources(self, self.probe, field, mode)
        return sources.alone(0, np.ones(sources.r.shape, dtype=bool))[0]

    @property
    def plane_share(self) -> float:
        """Two halves of a half window, and the length of a slice."""
        breaks = self.window.t_breaks
        length = breaks[-1] - breaks[0] if self.cavity.sliced else 1.0
        return (2.0 if self.mirror else 1.0) / length

    @cached_property
    def real_breaks(self) -> tuple[float, ...]:
        """Element boundaries in s of the lossless layers."""
        layers = [layer for layer in self.window.layers if not layer.absorbing]
        return (layers[0].breaks[0], *(b for layer in layers for b in layer.breaks[1:]))

    @cached_property
    def identity_grid(self) -> FieldGrid:
        """Coarse grid, off all element boundaries, on which extrema are counted."""
        s = element_middles(self.real_breaks, self.order + 3)
        breaks = self.window.t_breaks
        t = (
            np.array([0.5 * sum(breaks)])
            if self.cavity.sliced
            else element_middles(breaks, self.points_along)
        )
        return FieldGrid.build(self.window, self.space, s, t)

    @property
    def points_along(self) -> int:
        """Quadrature points along each element that resolve the functions used."""
        functions = self.space.t.edge_size / self.space.t.line.elements
        more = max(_POINTS_ALONG, self.order)
        return 1 if self.cavity.sliced else math.ceil(functions) + more

    @cached_property
    def probe(self) -> Probe:
        """Quadrature points of the lossless window, with its rim and walls."""
        return Probe.build(self, self.real_breaks)


@dataclass(frozen=True)
class Probe:
    """A grid of quadrature points with extra lines on the rim and on the walls.

    Attributes
    ----------
    grid : FieldGrid
    inner_s, inner_t : slices
        The quadrature points proper.
    weight : (S, T) array
        Quadrature weights of dr dz on the inner part.
    weight_s, weight_t : (S,), (T,) arrays
    rim : int
        Row just inside the outline.
    walls_s, walls_t : tuples of int
        Rows and columns on closed walls.
    """

    grid: FieldGrid
    inner_s: NDArray[np.int64]
    inner_t: slice
    weight: Array
    weight_s: Array
    weight_t: Array
    rim: int
    walls_s: tuple[int, ...]
    walls_t: tuple[int, ...]

    @classmethod
    def build(cls, problem: WindowProblem, breaks: tuple[float, ...]) -> Probe:
        """Probe of a window between the first and last of the breaks in s."""
        window, sliced = problem.window, problem.cavity.sliced
        s, w_s = element_points(breaks, problem.order + 2)
        t, w_t = element_points(window.t_breaks, problem.points_along)
        depth = 1e-9 * problem.cavity.outline.equator_radius_um
        lines = np.concatenate([[breaks[0]], s, [-depth], [breaks[-1] * (1 - 1e-13)]])
        order = np.argsort(lines)
        sorted_row = np.empty_like(order)
        sorted_row[order] = np.arange(order.size)
        ends = [window.t_breaks[-1]] if window.half else [window.t_breaks[0], window.t_breaks[-1]]
        grid = FieldGrid.build(window, problem.space, lines[order], np.concatenate([t, ends]))
        inner_s = sorted_row[1 : 1 + s.size]
        inner_t = slice(0, t.size)
        weight = np.outer(w_s, w_t) * grid.jacobian.real[inner_s, inner_t]
        closed = not window.is_complex and breaks[-1] == window.s_breaks[-1]
        walls_s = (0, int(sorted_row[-1])) if closed else (0,)
        walls_t = () if sliced else tuple(t.size + i for i in range(len(ends)))
        return cls(
            grid, inner_s, inner_t, weight, w_s, w_t, int(sorted_row[1 + s.size]), walls_s, walls_t
        )


def _restricted(problem: WindowProblem, space: WindowSpace) -> AffineForms[WindowSpace]:
    """The forms of a problem on a subspace."""
    return problem.forms.restricted(space)


def _demand_room(space: WindowSpace, is_complex: bool) -> None:
    """Refuse a space whose matrices and factors, at three resolutions, would not fit the memory.

    Raises
    ------
    NoRoomError
        Above `_MOST_GB`.
    """
    block = space.shape.local**2 * space.shape.elements * (16 if is_complex else 8)
    needed_gb = _ARRAYS * block / 2**30
    if needed_gb > _MOST_GB:
        raise NoRoomError(
            f"a window of {space.size} unknowns would take about {needed_gb:.2g} GB (at most "
            f"{_MOST_GB:g} GB are taken): "
            "ask for fewer radial or axial orders, a shorter range or a larger "
            "modes.relative_accuracy"
        )


def _along(cavity: Cavity, window: Window, resolution: Resolution, wall: str) -> AxialBasis:
    """Functions along the outline: of a mirror class, or of the one harmonic of a slice."""
    keep_start = window.half and wall == "magnetic"
    order = 1 if cavity.sliced else resolution.order if resolution.along is None else _ORDER_ALONG
    line = Line(window.t_breaks, order, keep_start, False, window.periodic, _extra_points(window))
    if cavity.sliced or resolution.along is None:
        return AxialBasis(line)
    outline = cavity.outline

    def speed(t: Array) -> Array:
        return np.hypot(*outline.tangent(t))

    low, high = window.t_breaks[0], window.t_breaks[-1]

    def potential(t: Array) -> Array:
        ratio = outline.equator_radius_um / outline.point(t)[0]
        if resolution.tightening:
            x = (2.0 * t - low - high) / (high - low)
            ratio = ratio * np.exp(chebyshev.chebval(x, resolution.tightening))
        return np.asarray(resolution.rate_per_um**2 * (ratio**2 - 1.0))

    def measure(t: Array) -> Array:
        return np.asarray(outline.point(t)[0] / outline.equator_radius_um)

    return axial_eigenfunctions(line, resolution.along, speed, potential, measure)


def _extra_points(window: Window) -> int:
    """Gauss points beyond order + 1, for the curved map."""
    return 3 if window.is_complex else 2
