"""The weak form of the vector problem for exp(i m phi), as matrices without m, wavelength or index.

    a = int r curl E curl F + (m^2 / r) (grad psi - E).(grad chi - F),   b = int eps [ r E.F + m^2 psi chi / r ],   a = k0^2 b

with E_t = (E_r, E_z), E_phi = i m psi / r (derived in docs/theory-modes.md; the pair of spaces is
an exact sequence, so the null space sits at k0 = 0 and nowhere else). Both are affine in m^2, and b
in the permittivity of each region: a = K0 + m^2 K2, b = sum over regions of eps (Bt + m^2 Bphi); in
uniaxial media eps_e acts on E_z and eps_o on the rest. Each element lies in one medium, so the
matrices are kept by element and a permittivity is a factor of its elements.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError
from ..mesh.rim_map import Window
from .legendre import Array, LineTables, gauss, legendre_values, nodal_slopes, nodal_values
from .tensor_space import TensorSpace, element_order

Values = NDArray[Any]
_PARTS = ("k0", "k2", "b_plane", "b_azimuthal", "b_axial")


@dataclass(frozen=True)
class Geometry:
    """Position and metric of a window at quadrature points; arrays of shape (Qs, Qt), per unit of
    the reference square.
    """

    r: Values
    weight: Values
    r_s: Values
    z_s: Values
    r_t: Values
    z_t: Values
    det: Values


def quadrature_geometry(window: Window, space: TensorSpace) -> Geometry:
    """Evaluate the window's map at the quadrature points of a space."""
    s, t = space.points
    r, _, r_s, z_s, r_t, z_t = window.map(s, t)
    _, weight_s, half_s = (a.ravel() for a in space.s.quadrature)
    _, weight_t, half_t = (a.ravel() for a in space.t.line.quadrature)
    r_s, z_s = r_s * half_s[:, None], z_s * half_s[:, None]
    r_t, z_t = r_t * half_t, z_t * half_t
    det = r_s * z_t - r_t * z_s
    if not np.iscomplexobj(det) and not (np.min(det) > 0.0 and np.min(r) > 0.0):
        raise SolverError(
            "the window's map folds over: the outline bends too sharply for a mode of this size; use profile = 'section'"
        )
    return Geometry(r, weight_s[:, None] * weight_t, r_s, z_s, r_t, z_t, det)


def _mapped(
    parts: Mapping[str, Values | None], change: Callable[[str, Values], Values]
) -> dict[str, Any]:
    """Arrays changed, absent ones left out as None."""
    return {name: None if value is None else change(name, value) for name, value in parts.items()}


@dataclass(frozen=True)
class Images:
    """Vectors and their products with every affine matrix, by element; arrays of shape (elements,
    local, k).
    """

    vectors: Values
    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None

    def joined(self, other: Images) -> Images:
        """Those of both sets of vectors."""
        theirs = other.__dict__
        return Images(
            **_mapped(self.__dict__, lambda name, v: np.concatenate([v, theirs[name]], axis=2))
        )

    def combined(self, weights: Values) -> Images:
        """Those of linear combinations, with weights of shape (k, j)."""
        return Images(**_mapped(self.__dict__, lambda name, v: v @ weights))


@dataclass(frozen=True)
class ProjectedForms:
    """Affine matrices projected onto k vectors, of shape (k, k), masses by active region."""

    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None


@dataclass(frozen=True)
class AffineForms:
    """Matrices by element, in the order of the chain; see the head of this file.

    Attributes
    ----------
    regions : (elements,) int array
        Medium of each element.
    k0, k2, b_plane, b_azimuthal : (elements, local, local) arrays
        Mass of E_t and of psi; of E_r only where `b_axial` is present.
    b_axial : (elements, local, local) array or None
        Mass of E_z, where a medium is uniaxial.
    """

    space: TensorSpace
    regions: NDArray[np.int64]
    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None

    @property
    def _parts(self) -> dict[str, Values | None]:
        return {name: getattr(self, name) for name in _PARTS}

    @property
    def uniaxial(self) -> bool:
        """Whether E_z has a mass of its own."""
        return self.b_axial is not None

    @property
    def active(self) -> tuple[int, ...]:
        """Media that are present in the window, in the order of the projected masses."""
        return tuple(int(region) for region in np.unique(self.regions))

    def stiffness(self, m: float) -> Values:
        """Blocks of a at azimuthal order m."""
        return np.asarray(self.k0 + m**2 * self.k2)

    def mass(self, m: float, permittivity: Values, permittivity_axial: Values) -> Values:
        """Blocks of b at azimuthal order m for permittivities by region, across and along z."""
        blocks = np.asarray(permittivity)[self.regions, None, None] * (
            self.b_plane + m**2 * self.b_azimuthal
        )
        if self.b_axial is not None:
            blocks += np.asarray(permittivity_axial)[self.regions, None, None] * self.b_axial
        return np.asarray(blocks)

    def restricted(self, space: TensorSpace) -> AffineForms:
        """The same forms on a space of lower order or with fewer functions along t; the bases are
        hierarchical.
        """
        kept = _kept(self.space.s.order, space.s.order, *_sizes(self.space), *_sizes(space))
        return AffineForms(
            space, self.regions, **_mapped(self._parts, lambda name, v: v[:, kept[:, None], kept])
        )

    def images(self, vectors: Values) -> Images:
        """Products of every matrix with the columns of an (n, k) array."""
        local = self.space.shape.local_of(vectors)
        return Images(local, **_mapped(self._parts, lambda name, v: v @ local))

    def projected(self, images: Images) -> ProjectedForms:
        """All affine matrices in the span of the vectors whose images are given (no conjugation)."""
        transposed = images.vectors.transpose(0, 2, 1)

        def by_region(image: Values) -> Values:
            grams = transposed @ image
            return np.stack([grams[self.regions == region].sum(axis=0) for region in self.active])

        return ProjectedForms(
            (transposed @ images.k0).sum(axis=0),
            (transposed @ images.k2).sum(axis=0),
            by_region(images.b_plane),
            by_region(images.b_azimuthal),
            None if images.b_axial is None else by_region(images.b_axial),
        )

    def residual_and_mass(
        self,
        images: Images,
        m: Values,
        square: Values,
        ordinary: Sequence[Values],
        axial: Sequence[Values],
    ) -> tuple[Values, Values]:
        """Columns K x - k^2 B x and B x of the modes whose images are given.

        Parameters
        ----------
        m, square : (k,) arrays
            Azimuthal orders and k0^2.
        ordinary, axial : sequences of k (regions,) arrays
            Permittivities across and along z, by region.

        Returns
        -------
        (n, k) arrays
        """
        m2 = np.asarray(m, dtype=float) ** 2
        across = np.stack(ordinary, axis=1)[self.regions][:, None, :]
        mass = across * (images.b_plane + m2 * images.b_azimuthal)
        if images.b_axial is not None:
            mass = mass + np.stack(axial, axis=1)[self.regions][:, None, :] * images.b_axial
        residual = images.k0 + m2 * images.k2 - np.asarray(square) * mass
        return self.space.shape.gathered(residual), self.space.shape.gathered(mass)


def _sizes(space: TensorSpace) -> tuple[int, int]:
    return space.t.nodal_size, space.t.edge_size


@lru_cache(maxsize=64)
def _kept(
    order: int, low: int, nodal: int, edge: int, low_nodal: int, low_edge: int
) -> NDArray[np.int64]:
    """Local unknowns, in the order of the chain, of a smaller space within an element."""
    e_s = np.arange(order * nodal).reshape(order, nodal)[:low, :low_nodal]
    e_t = (
        order * nodal + np.arange((order + 1) * edge).reshape(order + 1, edge)[: low + 1, :low_edge]
    )
    psi = (
        order * nodal
        + (order + 1) * edge
        + np.arange((order + 1) * nodal).reshape(order + 1, nodal)
    )
    plain = np.concatenate([e_s.ravel(), e_t.ravel(), psi[: low + 1, :low_nodal].ravel()])
    position = np.empty((2 * order + 1) * nodal + (order + 1) * edge, dtype=np.int64)
    position[element_order(order, nodal, edge)] = np.arange(position.size)
    return np.asarray(position[plain][element_order(low, low_nodal, low_edge)])


def assemble(window: Window, space: TensorSpace, uniaxial: bool = False) -> AffineForms:
    """All affine matrices of a window, in one pass.

    Parameters
    ----------
    window : Window
    space : TensorSpace
        On the window's element boundaries.
    uniaxial : bool
        Whether E_z needs a mass of its own.

    Raises
    ------
    SolverError
        If the window's map folds over.
    """
    g = quadrature_geometry(window, space)
    block = _Blocks(space)
    curl, measure = g.weight * g.r / g.det, g.weight / (g.r * g.det)
    radial = (g.z_t**2, -g.z_t * g.z_s, g.z_s**2)
    along = (g.r_t**2, -g.r_t * g.r_s, g.r_s**2)
    both = tuple(a + b for a, b in zip(radial, along, strict=True))

    k0 = block.empty(curl)
    block.put(k0, "s", "s", curl, ("L", "D"), ("L", "D"))
    block.put(k0, "s", "t", -curl, ("L", "D"), ("D", "L"))
    block.put(k0, "t", "t", curl, ("D", "L"), ("D", "L"))
    k2 = block.empty(curl)
    _gradient_form(block, k2, *(measure * x for x in both))
    axial = None
    plane = block.empty(curl)
    if uniaxial:
        _vector_mass(block, plane, *(curl * x for x in radial))
        axial = block.empty(curl)
        _vector_mass(block, axial, *(curl * x for x in along))
    else:
        _vector_mass(block, plane, *(curl * x for x in both))
    azimuthal = block.empty(curl)
    block.put(azimuthal, "psi", "psi", g.weight * g.det / g.r, ("N", "N"), ("N", "N"))
    chained = (None if x is None else block.chained(x) for x in (k0, k2, plane, azimuthal, axial))
    return AffineForms(space, np.asarray(window.element_regions), *chained)  # type: ignore[arg-type]


class _Blocks:
    """Element matrices in the plain order [E_s | E_t | psi], by one-dimensional tables."""

    def __init__(self, space: TensorSpace) -> None:
        self.space = space
        nodal, edge, order = space.t.nodal_size, space.t.edge_size, space.s.order
        ends = np.cumsum([0, order * nodal, (order + 1) * edge, (order + 1) * nodal])
        self.parts = {
            name: slice(int(ends[i]), int(ends[i + 1])) for i, name in enumerate(("s", "t", "psi"))
        }
        self.local = int(ends[-1])
        self.along: LineTables = space.t.at_quadrature
        self.products: dict[tuple[str, str], Array] = {}

    def empty(self, like: Values) -> Values:
        """Zero matrices."""
        return np.zeros((self.space.s.elements, self.local, self.local), dtype=like.dtype)

    def chained(self, matrices: Values) -> Values:
        """The matrices in the order of the chain."""
        order = element_order(self.space.s.order, self.space.t.nodal_size, self.space.t.edge_size)
        return np.ascontiguousarray(matrices[:, order[:, None], order])

    def value(self, weight: Values, row: tuple[str, str], column: tuple[str, str]) -> Values:
        """Integrals of weight * row function * column function; shape (elements, rows, columns).

        Parameters
        ----------
        weight : (Qs, Qt) array
            Quadrature weights included.
        row, column : tuple of str
            Kinds of the factors in s and t: "N" nodal, "D" derivative of nodal, "L" edge.
        """
        line = self.space.s
        along = (weight @ self._along(row[1], column[1])).reshape(
            line.elements, line.points_per_element, -1
        )
        table = _products(row[0], column[0], line.order, line.points_per_element)
        a, b = (line.order + (kind != "L") for kind in (row[0], column[0]))
        i, j = (
            self.space.t.edge_size if kind == "L" else self.space.t.nodal_size
            for kind in (row[1], column[1])
        )
        values = (table @ along).reshape(line.elements, a, b, i, j)
        return values.transpose(0, 1, 3, 2, 4).reshape(line.elements, a * i, b * j)

    def put(
        self,
        out: Values,
        row: str,
        column: str,
        weight: Values,
        rows: tuple[str, str],
        columns: tuple[str, str],
    ) -> None:
        """Add a block and, off the diagonal, its transpose."""
        values = self.value(weight, rows, columns)
        out[:, self.parts[row], self.parts[column]] += values
        if row != column:
            out[:, self.parts[column], self.parts[row]] += values.transpose(0, 2, 1)

    def _along(self, row: str, column: str) -> Array:
        """Products of functions of t at its points, shape (Qt, rows * columns)."""
        if (row, column) not in self.products:
            tables = {"N": self.along.nodal, "D": self.along.slope, "L": self.along.edge}
            product = tables[row][:, :, None] * tables[column][:, None, :]
            self.products[row, column] = product.reshape(product.shape[0], -1)
        return self.products[row, column]


@lru_cache(maxsize=256)
def _products(row: str, column: str, order: int, points: int) -> Array:
    """Products of local functions of s at the Gauss points, shape (a * b, points)."""
    x, _ = gauss(points)
    tables: dict[str, Callable[[int, Array], Array]] = {
        "L": legendre_values,
        "N": nodal_values,
        "D": nodal_slopes,
    }
    a, b = tables[row](order, x), tables[column](order, x)
    return np.ascontiguousarray((a[:, None, :] * b[None, :, :]).reshape(-1, points))


def _vector_mass(block: _Blocks, out: Values, ss: Values, st: Values, tt: Values) -> None:
    """Add int w^ij E_i F_j for covariant components."""
    block.put(out, "s", "s", ss, ("L", "N"), ("L", "N"))
    block.put(out, "s", "t", st, ("L", "N"), ("N", "L"))
    block.put(out, "t", "t", tt, ("N", "L"), ("N", "L"))


def _gradient_form(block: _Blocks, out: Values, ss: Values, st: Values, tt: Values) -> None:
    """Add int w^ij (d_i psi - E_i)(d_j chi - F_j)."""
    _vector_mass(block, out, ss, st, tt)
    block.put(out, "s", "psi", -ss, ("L", "N"), ("D", "N"))
    block.put(out, "s", "psi", -st, ("L", "N"), ("N", "D"))
    block.put(out, "t", "psi", -st, ("N", "L"), ("D", "N"))
    block.put(out, "t", "psi", -tt, ("N", "L"), ("N", "D"))
    mixed = block.value(st, ("D", "N"), ("N", "D"))
    block.put(out, "psi", "psi", ss, ("D", "N"), ("D", "N"))
    block.put(out, "psi", "psi", tt, ("N", "D"), ("N", "D"))
    out[:, block.parts["psi"], block.parts["psi"]] += mixed + mixed.transpose(0, 2, 1)
