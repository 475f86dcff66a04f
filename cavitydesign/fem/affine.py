"""The affine matrices of a problem, element by element: their products, projections and
combinations.

a = K0 + m^2 K2 and b = sum over regions of eps (B_t + m^2 B_phi); see fem/weak_form.py. Each
element lies in one medium, so that a permittivity is a factor of its element matrices. These stay
apart: every product is one of small dense matrices, and a matrix is formed only where it is
factorised.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, Protocol, TypeVar

import numpy as np

from ..arrays import IntArray, Values
from ..eigen.condensed import product
from ..eigen.factor import Factor, Matrix
from .contraction import ElementParts

# Of the element matrices that are formed and eliminated together: what a processor's cache holds.
_PART_BYTES = 2**20


class Layout(Protocol):
    """Where the unknowns of batches of elements lie, and how a matrix of them is factorised."""

    @property
    def size(self) -> int:
        """All unknowns."""

    def local_of(self, vectors: Values) -> list[Values]:
        """Columns of (n, c) by batch, each (elements, local, c)."""

    def gathered(self, local: Sequence[Values]) -> Values:
        """Sum of (elements, local, c) contributions, shape (n, c)."""

    def factorised(self, blocks: Iterable[Values]) -> Factor:
        """Factors of the matrix of these element matrices."""


class Space(Protocol):
    """A discrete space on batches of elements."""

    @property
    def layout(self) -> Layout:
        """Where its unknowns lie."""

    def columns_in(self, other: Any) -> list[IntArray]:
        """By batch, the local unknowns of a larger space that are this one's."""

    def matrix(self, combination: AffineMatrix) -> Matrix:
        """A combination as its matrix: formed at once, or only to be factorised."""


S = TypeVar("S", bound=Space)


@dataclass(frozen=True, eq=False)
class Images:
    """Vectors and their products with every affine matrix, by batch; arrays of shape (elements,
    rows, k).
    """

    vectors: tuple[Values, ...]
    products: dict[str, tuple[Values, ...]]

    def joined(self, other: Images) -> Images:
        """Images of both sets of vectors."""

        def both(one: Iterable[Values], two: Iterable[Values]) -> tuple[Values, ...]:
            return tuple(np.concatenate(pair, axis=2) for pair in zip(one, two, strict=True))

        # New vectors join those that are known: products with them are never made again.
        return Images(
            both(self.vectors, other.vectors),
            {name: both(mine, other.products[name]) for name, mine in self.products.items()},
        )

    def combined(self, weights: Values) -> Images:
        """Images of linear combinations of the vectors, with weights of shape (k, j)."""
        return Images(
            tuple(one @ weights for one in self.vectors),
            {name: tuple(one @ weights for one in mine) for name, mine in self.products.items()},
        )


@dataclass(frozen=True)
class ProjectedForms:
    """Affine matrices projected onto k vectors, of shape (k, k), masses by active region."""

    k0: Values
    k2: Values
    b_plane: Values
    b_azimuthal: Values
    b_axial: Values | None


@dataclass(frozen=True, eq=False)
class AffineForms(Generic[S]):
    """All affine matrices on a space.

    Attributes
    ----------
    space : WindowSpace or SectionSpace
    active : tuple of int
        Media that are present, in the order of the projected masses.
    parts : tuple of ElementParts
        By batch of the space's layout.
    """

    space: S
    active: tuple[int, ...]
    parts: tuple[ElementParts, ...] = field(repr=False)

    @property
    def uniaxial(self) -> bool:
        """Whether E_z has a mass of its own."""
        return "axial" in self.parts[0].blocks

    @property
    def dtype(self) -> np.dtype[Any]:
        """Complex where there is an absorbing layer."""
        return np.result_type(*(part.dtype for part in self.parts))

    def matrix(self, **factors: Any) -> Matrix:
        """Sum of multiples of the matrices by name: a number each, or one by region for masses."""
        known = self.parts[0].blocks
        chosen = {name: factor for name, factor in factors.items() if name in known}
        return self.space.matrix(AffineMatrix(self, chosen))

    def stiffness(self, m: float) -> Matrix:
        """a at azimuthal order m."""
        return self.matrix(gradient=m**2, curl=1.0)

    def mass(self, m: float, permittivity: Values, permittivity_axial: Values) -> Matrix:
        """b at azimuthal order m for permittivities by region, across and along z."""
        across = np.asarray(permittivity)
        return self.matrix(
            plane=across, azimuthal=m**2 * across, axial=np.asarray(permittivity_axial)
        )

    def restricted(self, space: S, when_asked: bool = False) -> AffineForms[S]:
        """The forms on a subspace.

        The bases are hierarchical: the matrices of the subspace are rows and columns of these,
        taken at once, or each when it is asked for.
        """
        columns = space.columns_in(self.space)
        pairs = zip(self.parts, columns, strict=True)
        parts = (part.restricted(one, when_asked) for part, one in pairs)
        return AffineForms(space, self.active, tuple(parts))

    def let_go(self) -> None:
        """Forget matrices that can be taken again."""
        for part in self.parts:
            part.let_go()

    def images(self, vectors: Values) -> Images:
        """Products of every matrix with the columns of an (n, k) array."""
        local = tuple(self.space.layout.local_of(vectors))
        products = {
            name: tuple(
                product(part.blocks[name], x[:, part.rows[name]])
                for part, x in zip(self.parts, local, strict=True)
            )
            for name in self.parts[0].blocks
        }
        return Images(local, products)

    def projected(self, images: Images) -> ProjectedForms:
        """All affine matrices in the span of the vectors whose images are given (no
        conjugation).
        """
        count = images.vectors[0].shape[-1]

        def by_region(name: str) -> Values:
            kind = np.result_type(*images.products[name])
            out = np.zeros((max(self.active) + 1, count, count), dtype=kind)
            for part, x, y in zip(self.parts, images.vectors, images.products[name], strict=True):
                here = x[:, part.rows[name]]
                for region in np.unique(part.region):
                    own = part.region == region
                    out[region] += here[own].reshape(-1, count).T @ y[own].reshape(-1, count)
            return out

        # A mass for each medium, so that any permittivities of these media cost no new projection.
        masses = [
            by_region(name)[list(self.active)] if name in images.products else None
            for name in ("plane", "azimuthal", "axial")
        ]
        return ProjectedForms(
            by_region("curl").sum(axis=0),
            by_region("gradient").sum(axis=0),
            *masses,  # type: ignore[arg-type]
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
        across, along = np.stack(ordinary, axis=1), np.stack(axial, axis=1)
        weights = {"plane": across, "azimuthal": m2 * across, "axial": along}
        # Each column has its own azimuthal order and wavelength; the products are those of all of
        # them.
        stiffness = self._gathered(images, {"curl": np.ones_like(m2), "gradient": m2})
        mass = self._gathered(images, weights)
        return stiffness - np.asarray(square) * mass, mass

    def _gathered(self, images: Images, weights: dict[str, Values]) -> Values:
        """Sum of products, with weights (k,) for the columns, or (regions, k)."""
        local = []
        for number, part in enumerate(self.parts):
            terms = {name: images.products[name][number] for name in weights if name in part.rows}
            kind = np.result_type(*terms.values(), *weights.values())
            out = np.zeros(images.vectors[number].shape, dtype=kind)
            for name, term in terms.items():
                weight = weights[name]
                out[:, part.rows[name]] += (
                    weight * term if weight.ndim == 1 else weight[part.region][:, None, :] * term
                )
            local.append(out)
        return np.asarray(self.space.layout.gathered(local))


@dataclass(frozen=True, eq=False)
class AffineMatrix:
    """A combination of the affine matrices.

    Parameters
    ----------
    forms : AffineForms
    factors : dict
        By name: a number, or one for each region.
    """

    forms: AffineForms[Any] = field(repr=False)
    factors: dict[str, Any]

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of its values."""
        return np.result_type(self.forms.dtype, *map(np.asarray, self.factors.values()))

    @classmethod
    def combined(cls, terms: Sequence[tuple[complex, AffineMatrix]]) -> AffineMatrix:
        """Sum of multiples of matrices of the same forms."""
        # Sums of factors, not of matrices: nothing is formed before it is factorised.
        total: dict[str, Any] = {}
        for factor, matrix in terms:
            for name, value in matrix.factors.items():
                total[name] = total.get(name, 0.0) + factor * value
        return cls(terms[0][1].forms, total)

    def __matmul__(self, vectors: Values) -> Values:
        """Product with (n,) or (n, k)."""
        columns = vectors if vectors.ndim == 2 else vectors[:, None]
        layout, kind = self.forms.space.layout, np.result_type(self.dtype, vectors.dtype)
        local = []
        for part, x in zip(self.forms.parts, layout.local_of(columns), strict=True):
            out = np.zeros(x.shape, dtype=kind)
            for name, factor in self._terms():
                span = part.rows[name]
                out[:, span] += part.factor(factor) * product(part.blocks[name], x[:, span])
            local.append(out)
        whole = np.asarray(layout.gathered(local))
        return whole if vectors.ndim == 2 else whole[:, 0]

    def _terms(self) -> list[tuple[str, Any]]:
        return [(name, factor) for name, factor in self.factors.items() if np.any(factor)]

    def blocks(self) -> Iterator[Values]:
        """Element matrices by batch; those outside absorbing layers stay real."""
        # One after the other: all of them take as much room as the factors.
        return (self._formed(part, slice(None)) for part in self.forms.parts)

    def __iter__(self) -> Iterator[Values]:
        """The same in parts of few elements, which stay in the processor's cache."""
        for part in self.forms.parts:
            step = max(1, _PART_BYTES // (part.size**2 * self.dtype.itemsize))
            for begin in range(0, part.region.size, step):
                yield self._formed(part, slice(begin, begin + step))

    def _formed(self, part: ElementParts, some: slice) -> Values:
        factors = (np.asarray(factor) for factor in self.factors.values())
        kind = np.result_type(part.dtype, *factors)
        shape = (part.region[some].size, part.size, part.size)
        out: Values | None = None
        for name, factor in self._terms():
            span, weight = part.rows[name], part.factor(factor)
            block = (weight[some] if np.ndim(weight) else weight) * part.of_some(name, some)
            # The first matrix that knows all unknowns gives the array; the others are added to
            # their part of it.
            if out is None and block.shape == shape:
                out = np.asarray(block, dtype=kind)
                continue
            if out is None:
                out = np.zeros(shape, dtype=kind)
            out[:, span, span] += block
        return np.zeros(shape) if out is None else out

    def factorised(self) -> Factor:
        """Factors.

        Raises
        ------
        RuntimeError
            If it is singular.
        """
        factor: Factor = self.forms.space.layout.factorised(self)
        return factor
