"""One-dimensional building blocks: Legendre functions (edge space) and their integrals (nodal
space), an exact sequence.

On the reference interval [-1, 1] the edge functions are orthonormal Legendre polynomials l_0 ..
l_{p-1}; the nodal functions are the two hats and the integrals of l_1 .. l_{p-1} (Szabo and
Babuska, Finite Element Analysis, 1991, ch. 6). The derivative of a nodal function is one edge
function times a constant, so gradients of the tensor-product space lie exactly in the curl space.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial import chebyshev
from numpy.typing import NDArray

from ..arrays import Array


def legendre_values(count: int, x: Array) -> Array:
    """Orthonormal Legendre polynomials l_0 .. l_{count-1} at points x, shape (count, x.size)."""
    plain = np.empty((max(count, 2), x.size))
    plain[0], plain[1] = 1.0, x
    for k in range(1, count - 1):
        plain[k + 1] = ((2 * k + 1) * x * plain[k] - k * plain[k - 1]) / (k + 1)
    norm = np.sqrt((2.0 * np.arange(count) + 1.0) / 2.0)
    return np.asarray(norm[:, None] * plain[:count])


def nodal_values(order: int, x: Array) -> Array:
    """Left hat, right hat, then the bubbles of degree 2 .. order at points x, shape (order + 1,
    x.size).
    """
    return _nodal_of(order, x, legendre_values(order + 1, x))


def _nodal_of(order: int, x: Array, edge: Array) -> Array:
    """`nodal_values`, given the orthonormal polynomials l_0 .. l_order."""
    degrees = np.arange(2, order + 1)[:, None]
    norm = np.sqrt(2.0 / (2.0 * np.arange(order + 1) + 1.0))[
        :, None
    ]  # of the plain polynomials P_j = norm * l_j
    values = np.empty((order + 1, x.size))
    values[0], values[1] = (1.0 - x) / 2.0, (1.0 + x) / 2.0
    values[2:] = (norm[2:] * edge[2:] - norm[:-2] * edge[:-2]) / np.sqrt(2.0 * (2 * degrees - 1))
    return values


def nodal_slopes(order: int, x: Array) -> Array:
    """Derivatives of `nodal_values`, shape (order + 1, x.size)."""
    return _slopes_of(order, x, legendre_values(max(order, 1), x))


def _slopes_of(order: int, x: Array, edge: Array) -> Array:
    slopes = np.empty((order + 1, x.size))
    slopes[0], slopes[1] = -0.5, 0.5
    slopes[2:] = edge[1:order]
    return slopes


@lru_cache(maxsize=64)
def gauss(count: int) -> tuple[Array, Array]:
    """Gauss-Legendre points and weights on [-1, 1]."""
    points, weights = np.polynomial.legendre.leggauss(count)
    return points, weights


@lru_cache(maxsize=16)
def chebyshev_coefficients(count: int) -> Array:
    """Matrix from values at Chebyshev-Lobatto points to the coefficients of their polynomial."""
    points = chebyshev.chebpts2(count)
    return np.asarray(np.linalg.inv(chebyshev.chebvander(points, count - 1)))


def chebyshev_values(count: int, x: Array) -> Array:
    """Chebyshev polynomials T_0 .. T_{count-1} at points of [-1, 1], or off it by rounding; shape
    (*x.shape, count).
    """
    # Four operations, where a recursion takes two for each of the polynomials.
    angle = np.arccos(np.minimum(np.maximum(x, -1.0), 1.0))
    return np.asarray(np.cos(angle[..., None] * np.arange(count)))


def element_points(breaks: tuple[float, ...], count: int) -> tuple[Array, Array]:
    """Gauss points and weights in every element."""
    x, w = gauss(count)
    edges = np.asarray(breaks)
    half = 0.5 * np.diff(edges)[:, None]
    return (0.5 * (edges[1:] + edges[:-1])[:, None] + half * x).ravel(), (half * w).ravel()


def element_middles(breaks: tuple[float, ...], count: int) -> Array:
    """Even points inside every element, none on a boundary."""
    edges = np.asarray(breaks)
    share = (np.arange(count) + 0.5) / count
    return (edges[:-1, None] + np.diff(edges)[:, None] * share).ravel()


@dataclass(frozen=True)
class Line:
    """A one-dimensional piecewise-polynomial space on a graded grid.

    Parameters
    ----------
    breaks : tuple of float
        Element boundaries, increasing.
    order : int
        Polynomial degree of the nodal space; the edge space has one less.
    keep_start, keep_end : bool
        Whether the end vertices keep their unknown (natural wall) or lose it (electric wall).
    periodic : bool
        Identify both end vertices.
    extra_points : int
        Gauss points beyond order + 1 in each element, for the curved map.
    """

    breaks: tuple[float, ...]
    order: int
    keep_start: bool = True
    keep_end: bool = True
    periodic: bool = False
    extra_points: int = 1

    @property
    def elements(self) -> int:
        """Number of elements."""
        return len(self.breaks) - 1

    @property
    def points_per_element(self) -> int:
        """Gauss points in one element."""
        return self.order + 1 + self.extra_points

    @property
    def quadrature(self) -> tuple[Array, Array, Array]:
        """Positions, weights on the reference interval, and half lengths, each of shape (elements,
        points).
        """
        x, w = gauss(self.points_per_element)
        edges = np.asarray(self.breaks)
        half = 0.5 * np.diff(edges)[:, None]
        middle = 0.5 * (edges[1:] + edges[:-1])[:, None]
        return (
            middle + half * x,
            np.broadcast_to(w, (self.elements, w.size)),
            np.broadcast_to(half, (self.elements, w.size)),
        )

    @property
    def edge_size(self) -> int:
        """Unknowns of the edge space."""
        return self.elements * self.order

    @property
    def nodal_size(self) -> int:
        """Unknowns of the nodal space."""
        full = self.elements * self.order + 1
        return full - (1 if self.periodic else (not self.keep_start) + (not self.keep_end))

    def edge_numbers(self) -> NDArray[np.int64]:
        """`edge_numbers` of the line."""
        return edge_numbers(self.elements, self.order)

    def nodal_numbers(self) -> NDArray[np.int64]:
        """`nodal_numbers` of the line."""
        return nodal_numbers(
            self.elements, self.order, self.keep_start, self.keep_end, self.periodic
        )


@lru_cache(maxsize=64)
def edge_numbers(elements: int, order: int) -> NDArray[np.int64]:
    """Number of each local edge function, shape (elements, order)."""
    return np.arange(elements * order, dtype=np.int64).reshape(elements, order)


@lru_cache(maxsize=64)
def nodal_numbers(
    elements: int, order: int, keep_start: bool, keep_end: bool, periodic: bool = False
) -> NDArray[np.int64]:
    """Number of each local nodal function, -1 where a wall removed it, shape (elements, order +
    1).
    """
    start = np.arange(elements)[:, None] * order
    local = np.concatenate([[0, order], np.arange(1, order)])
    numbers = start + local
    if periodic:
        numbers[-1, 1] = 0
        return np.asarray(numbers, dtype=np.int64)
    if not keep_end:
        numbers[-1, 1] = -1
    if not keep_start:
        numbers = numbers - 1
        numbers[-1, 1] = -1 if not keep_end else numbers[-1, 1]
    return np.asarray(numbers, dtype=np.int64)


@dataclass(frozen=True)
class LineTables:
    """Values of all one-dimensional functions of a line at points: edge, nodal, slope of nodal;
    shape (points, functions).

    Slopes and edge functions refer to the reference interval of the element; `half` is the half
    length of each point's element.
    """

    edge: Array
    nodal: Array
    slope: Array
    half: Array
    element: NDArray[np.int64]

    def at(self, points: slice | NDArray[np.int64]) -> LineTables:
        """Tables at some of the points."""
        return LineTables(
            self.edge[points],
            self.nodal[points],
            self.slope[points],
            self.half[points],
            self.element[points],
        )


def line_tables(line: Line, points: Array) -> LineTables:
    """Tabulate a line's functions at points; a point on an element boundary belongs to the element
    above it.
    """
    edges = np.asarray(line.breaks)
    element = np.clip(np.searchsorted(edges, points, side="right") - 1, 0, line.elements - 1)
    half = 0.5 * (edges[element + 1] - edges[element])
    x = (points - 0.5 * (edges[element + 1] + edges[element])) / half
    rows = np.arange(points.size)[:, None]
    legendre = legendre_values(line.order + 1, x)
    edge = np.zeros((points.size, line.edge_size))
    edge[rows, line.edge_numbers()[element]] = legendre[:-1].T
    numbers = line.nodal_numbers()[element]
    nodal = np.zeros((points.size, line.nodal_size + 1))
    slope = np.zeros_like(nodal)
    values, slopes = _nodal_of(line.order, x, legendre).T, _slopes_of(line.order, x, legendre).T
    if line.periodic and line.elements == 1:  # both hats are one function
        np.add.at(nodal, (rows, numbers), values)
        np.add.at(slope, (rows, numbers), slopes)
    else:
        nodal[rows, numbers], slope[rows, numbers] = values, slopes
    return LineTables(edge, nodal[:, :-1], slope[:, :-1], half, element)
