"""One mirror class of one radial family as a discrete problem: its matrices, and the points where its fields are read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from ..eigen.factor import Factor, factorise
from ..errors import SolverError
from ..fem.field import FieldGrid
from ..fem.forms import AffineForms, assemble, restriction, space_of
from ..fem.legendre import Array, gauss
from ..fem.quadrature_forms import QuadratureForms
from ..fem.tensor_space import TensorSpace
from ..geometry.cavity import Cavity
from ..mesh.rim_map import Window
from .media import Permittivities

Values = NDArray[Any]


@dataclass(frozen=True)
class Pencil:
    """Matrices K and B of one azimuthal order and one wavelength's media."""

    stiffness: sparse.csc_matrix
    mass: sparse.csc_matrix

    def factor(self, shift: complex) -> Factor:
        """Factorisation of K - shift B."""
        k, b = self.stiffness, self.mass
        return factorise(sparse.csc_matrix((k.data - shift * b.data, k.indices, k.indptr), shape=k.shape))

    def factor_near(self, shift: float) -> tuple[Factor, float]:
        """Factorisation at a shift, or at one beside it where the matrix is singular, and the shift used."""
        for nudge in (0.0, 1e-6, -1e-6, 1e-4):
            try:
                return self.factor(shift * (1 + nudge)), shift * (1 + nudge)
            except RuntimeError:  # SuperLU: exactly singular
                continue
        raise SolverError(f"the matrix is singular at every shift near k0^2 = {shift:.6g} um^-2")


@dataclass(frozen=True)
class WindowProblem:
    """The eigenproblem of a cavity in a window at one polynomial order and mirror class.

    Parameters
    ----------
    order : int
        Polynomial order across the rim.
    order_along : int
        Polynomial order along it.
    wall : {"electric", "magnetic"}
        Mirror plane: electric holds E_z even (TM of even q, TE of odd q), magnetic E_z odd.
    """

    cavity: Cavity
    window: Window
    order: int
    order_along: int
    wall: str
    forms: AffineForms = field(repr=False)

    @classmethod
    def build(
        cls, cavity: Cavity, window: Window, order: int, order_along: int, walls: tuple[str, ...] = ("magnetic", "electric")
    ) -> dict[str, WindowProblem]:
        """Assemble the problems of the mirror classes, once per geometry: m, wavelength and index come later.

        The electric class is a subspace of the magnetic one, so both cost one assembly.
        """
        along = 1 if cavity.sliced else order_along
        first = "electric" if walls == ("electric",) and window.half else "magnetic"
        forms = assemble(window, _space(window, order, along, first), cavity.uniaxial)
        problems = {first: cls(cavity, window, order, along, first, forms)}
        if window.half and len(walls) > 1:
            electric = forms.restricted(_space(window, order, along, "electric"))
            problems["electric"] = cls(cavity, window, order, along, "electric", electric)
        return problems

    def lowered(self, order: int) -> WindowProblem:
        """The same problem at a lower order."""
        along = 1 if self.cavity.sliced else self.order_along - (self.order - order)
        forms = self.forms.restricted(_space(self.window, order, along, self.wall))
        return WindowProblem(self.cavity, self.window, order, along, self.wall, forms)

    def embed(self, lower: WindowProblem, vectors: Values) -> Values:
        """Vectors of a lower order as vectors of this one: the same fields."""
        out = np.zeros((self.size, vectors.shape[1]), dtype=vectors.dtype)
        out[restriction(self.space, lower.space)] = vectors
        return out

    @property
    def space(self) -> TensorSpace:
        """The discrete space."""
        return self.forms.space

    @property
    def size(self) -> int:
        """Unknowns."""
        return self.space.size

    @property
    def is_complex(self) -> bool:
        """Whether an absorbing layer makes the matrices complex."""
        return self.window.is_complex

    @property
    def mirror(self) -> str | None:
        """Kind of the mirror plane, if only z > 0 is meshed."""
        return self.wall if self.window.half else None

    def matrix(self, data: Values) -> sparse.csc_matrix:
        """A sparse matrix on the shared pattern."""
        pattern = self.space.pattern
        return sparse.csc_matrix((data, pattern.indices, pattern.indptr), shape=(self.size, self.size))

    def pencil(self, m: float, eps: Permittivities) -> Pencil:
        """K and B at azimuthal order m."""
        forms = self.forms
        return Pencil(self.matrix(forms.stiffness(m)), self.matrix(forms.mass(m, eps.ordinary, eps.axial)))

    @cached_property
    def operator(self) -> QuadratureForms:
        """The forms applied through the quadrature points."""
        return QuadratureForms.build(self.window, self.space, self.cavity.uniaxial)

    @cached_property
    def real_breaks(self) -> tuple[float, ...]:
        """Element boundaries in s of the lossless layers."""
        layers = [layer for layer in self.window.layers if not layer.absorbing]
        return (layers[0].breaks[0], *(b for layer in layers for b in layer.breaks[1:]))

    @cached_property
    def identity_grid(self) -> FieldGrid:
        """Coarse grid, off all element boundaries, on which extrema are counted."""
        s = _middles(self.real_breaks, self.order + 3)
        breaks = self.window.t_breaks
        t = np.array([0.5 * sum(breaks)]) if self.cavity.sliced else _middles(breaks, self.order_along + 3)
        return FieldGrid.build(self.window, self.space, s, t)

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
        t, w_t = element_points(window.t_breaks, problem.order_along + 2)
        depth = 1e-9 * problem.cavity.outline.equator_radius_um
        lines = np.concatenate([[breaks[0]], s, [-depth], [breaks[-1] * (1 - 1e-13)]])
        order = np.argsort(lines)
        place = np.empty_like(order)
        place[order] = np.arange(order.size)
        ends = [window.t_breaks[-1]] if window.half else [window.t_breaks[0], window.t_breaks[-1]]
        grid = FieldGrid.build(window, problem.space, lines[order], np.concatenate([t, ends]))
        inner_s = place[1 : 1 + s.size]
        inner_t = slice(0, t.size)
        weight = np.outer(w_s, w_t) * grid.jacobian.real[inner_s, inner_t]
        closed = not window.is_complex and breaks[-1] == window.s_breaks[-1]
        walls_s = (0, int(place[-1])) if closed else (0,)
        walls_t = () if sliced else tuple(t.size + i for i in range(len(ends)))
        return cls(grid, inner_s, inner_t, weight, w_s, w_t, int(place[1 + s.size]), walls_s, walls_t)


def _space(window: Window, order: int, along: int, wall: str) -> TensorSpace:
    return space_of(window, order, along, wall, extra_points=3 if window.is_complex else 2)


def element_points(breaks: tuple[float, ...], count: int) -> tuple[Array, Array]:
    """Gauss points and weights in every element."""
    x, w = gauss(count)
    edges = np.asarray(breaks)
    half = 0.5 * np.diff(edges)[:, None]
    return (0.5 * (edges[1:] + edges[:-1])[:, None] + half * x).ravel(), (half * w).ravel()


def _middles(breaks: tuple[float, ...], count: int) -> Array:
    """Even points inside every element, none on a boundary."""
    edges = np.asarray(breaks)
    share = (np.arange(count) + 0.5) / count
    return (edges[:-1, None] + np.diff(edges)[:, None] * share).ravel()
