"""Affine matrices of a section, element by element: products, projections onto few vectors,
factorisation by condensation.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..eigen.condensed import CondensedFactor, ElementLayout, condensed, product
from ..mesh.section import IntArray
from .element import columns_of
from .forms import ProjectedForms
from .quad_layout import element_layout
from .quad_space import QuadSpace

Values = NDArray[Any]


@dataclass(frozen=True, eq=False)
class ElementParts:
    """Affine matrices of elements of one order, in tensor order of the local functions, with the
    signs of the global ones.

    Attributes
    ----------
    order : int
    elements, region : (k,) int arrays
    k0, plane : (k, V, V) arrays
        int curl curl and the mass of E_t; of E_r only where `axial` is present.
    k2 : (k, V + S, V + S) array
    axial : (k, V, V) array or None
        Mass of E_z, where a medium is uniaxial.
    azimuthal : (k, S, S) array
        Mass of psi.
    """

    order: int
    elements: IntArray
    region: IntArray
    k0: Values
    k2: Values
    plane: Values
    axial: Values | None
    azimuthal: Values

    def lowered(self, order: int) -> ElementParts:
        """The parts on the functions of a lower order."""
        chosen = columns_of(order, self.order)
        cut, low = 2 * self.order * (self.order + 1), 2 * order * (order + 1)
        vector, scalar = chosen[:low], chosen[low:] - cut

        def taken(block: Values, places: IntArray) -> Values:
            return np.ascontiguousarray(block[:, places[:, None], places])

        axial = None if self.axial is None else taken(self.axial, vector)
        return ElementParts(
            order, self.elements, self.region, taken(self.k0, vector), taken(self.k2, chosen), taken(self.plane, vector),
            axial, taken(self.azimuthal, scalar),
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class QuadForms:
    """All affine matrices on a space, by element.

    Attributes
    ----------
    active : tuple of int
        Regions present.
    parts : tuple of ElementParts
    layout : ElementLayout
    uniaxial : bool
    """

    space: QuadSpace
    active: tuple[int, ...]
    parts: tuple[ElementParts, ...]
    layout: ElementLayout
    uniaxial: bool

    @classmethod
    def of(cls, space: QuadSpace, regions: int, parts: tuple[ElementParts, ...]) -> QuadForms:
        """The forms of element matrices."""
        active = tuple(int(region) for region in np.unique(space.mesh.region) if region < regions)
        layout = element_layout(space, [(part.order, part.elements) for part in parts])
        return cls(space, active, parts, layout, parts[0].axial is not None)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Complex where there is an absorbing layer."""
        return np.result_type(*(part.k0.dtype for part in self.parts))

    def matrix(
        self,
        curl: complex = 0.0,
        gradient: complex = 0.0,
        plane: Values | None = None,
        azimuthal: Values | None = None,
        axial: Values | None = None,
    ) -> QuadMatrix:
        """curl K0 + gradient K2 + the masses of E_t (E_r where a medium is uniaxial), psi and E_z
        by region.
        """
        none = np.zeros(max(self.active, default=0) + 1)
        return QuadMatrix(
            self,
            curl,
            gradient,
            *(none if part is None else part for part in (plane, azimuthal, axial)),
        )

    def stiffness(self, m: float) -> QuadMatrix:
        """a at azimuthal order m."""
        return self.matrix(1.0, m**2)

    def mass(self, m: float, permittivity: Values, permittivity_axial: Values) -> QuadMatrix:
        """b at azimuthal order m for permittivities by region, across and along z."""
        across = np.asarray(permittivity)
        return self.matrix(0.0, 0.0, across, m**2 * across, np.asarray(permittivity_axial))

    def lowered(self, steps: int) -> QuadForms:
        """The same forms on the subspace of so many orders less in every element."""
        parts = tuple(part.lowered(part.order - steps) for part in self.parts)
        space = self.space.lowered(steps)
        layout = element_layout(space, [(part.order, part.elements) for part in parts])
        return QuadForms(space, self.active, parts, layout, self.uniaxial)

    def images(self, vectors: Values) -> QuadImages:
        """Products of every matrix with the columns of an (n, k) array."""
        local = tuple(self.layout.local_of(vectors))
        pairs = [(part, x, part.k0.shape[1]) for part, x in zip(self.parts, local, strict=True)]
        return QuadImages(
            local,
            tuple(product(part.k0, x[:, :cut]) for part, x, cut in pairs),
            tuple(product(part.k2, x) for part, x, _ in pairs),
            tuple(product(part.plane, x[:, :cut]) for part, x, cut in pairs),
            tuple(product(part.azimuthal, x[:, cut:]) for part, x, cut in pairs),
            tuple(
                product(part.axial, x[:, :cut]) for part, x, cut in pairs if part.axial is not None
            ),
        )

    def projected(self, images: QuadImages) -> ProjectedForms:
        """All affine matrices in the span of the vectors whose images are given (no conjugation)."""

        def gram(image: tuple[Values, ...], scalar: bool = False) -> tuple[Values, Values]:
            """Of the whole section, and by active region."""
            count = image[0].shape[-1]
            by_region = np.zeros((max(self.active) + 1, count, count), dtype=np.result_type(*image))
            for part, x, y in zip(self.parts, images.vectors, image, strict=True):
                low = x.shape[1] - y.shape[1] if scalar else 0
                here = x[:, low : low + y.shape[1]]
                for region in np.unique(part.region):
                    own = part.region == region
                    by_region[region] += here[own].reshape(-1, count).T @ y[own].reshape(-1, count)
            return by_region.sum(axis=0), by_region[list(self.active)]

        axial = gram(images.b_axial)[1] if self.uniaxial else None
        return ProjectedForms(
            gram(images.k0)[0],
            gram(images.k2)[0],
            gram(images.b_plane)[1],
            gram(images.b_azimuthal, True)[1],
            axial,
        )

    def residual_and_mass(
        self,
        images: QuadImages,
        m: Values,
        square: Values,
        ordinary: Sequence[Values],
        axial: Sequence[Values],
    ) -> tuple[Values, Values]:
        """Columns K x - k^2 B x and B x of the modes whose images are given; arguments as those of
        `AffineForms`.
        """
        m2, across, along = (
            np.asarray(m, dtype=float) ** 2,
            np.stack(ordinary, axis=1),
            np.stack(axial, axis=1),
        )
        stiffness, masses = [], []
        for i, part in enumerate(self.parts):
            cut = part.k0.shape[1]
            here = across[part.region][:, None, :]
            mass = np.concatenate(
                [here * images.b_plane[i], m2 * here * images.b_azimuthal[i]], axis=1
            )
            if self.uniaxial:
                mass[:, :cut] += along[part.region][:, None, :] * images.b_axial[i]
            curl = m2 * images.k2[i]
            curl[:, :cut] += images.k0[i]
            stiffness.append(curl)
            masses.append(mass)
        mass_of_all = self.layout.gathered(masses)
        return self.layout.gathered(stiffness) - np.asarray(square) * mass_of_all, mass_of_all


@dataclass(frozen=True, eq=False)
class QuadImages:
    """Vectors and their products with every affine matrix, by batch of elements; arrays of shape
    (elements, local, k).
    """

    vectors: tuple[Values, ...]
    k0: tuple[Values, ...]
    k2: tuple[Values, ...]
    b_plane: tuple[Values, ...]
    b_azimuthal: tuple[Values, ...]
    b_axial: tuple[Values, ...]

    def joined(self, other: QuadImages) -> QuadImages:
        """Those of both sets of vectors."""
        pairs = (
            zip(mine, getattr(other, name), strict=True) for name, mine in self.__dict__.items()
        )
        return QuadImages(*(tuple(np.concatenate(pair, axis=2) for pair in both) for both in pairs))

    def combined(self, weights: Values) -> QuadImages:
        """Those of linear combinations, with weights of shape (k, j)."""
        return QuadImages(
            *(tuple(one @ weights for one in parts) for parts in self.__dict__.values())
        )


@dataclass(frozen=True, eq=False)
class QuadMatrix:
    """A combination of the affine matrices; its element matrices are formed only to be factorised.

    Parameters
    ----------
    forms : QuadForms
    curl, gradient : complex
        Factors of K0 and K2.
    plane, azimuthal, axial : (regions,) arrays
        Factors of the masses by region; the last counts only where a medium is uniaxial.
    """

    forms: QuadForms = field(repr=False)
    curl: complex
    gradient: complex
    plane: Values
    azimuthal: Values
    axial: Values

    @property
    def dtype(self) -> np.dtype[Any]:
        """Of its values."""
        factors = (
            np.asarray(part)
            for part in (self.curl, self.gradient, self.plane, self.azimuthal, self.axial)
        )
        return np.result_type(self.forms.dtype, *factors)

    @classmethod
    def combined(cls, terms: Sequence[tuple[complex, QuadMatrix]]) -> QuadMatrix:
        """Sum of multiples of matrices of the same forms."""

        def total(name: str) -> Any:
            return sum(factor * getattr(matrix, name) for factor, matrix in terms)

        return cls(
            terms[0][1].forms,
            *(total(name) for name in ("curl", "gradient", "plane", "azimuthal", "axial")),
        )

    def __matmul__(self, vectors: Values) -> Values:
        """Product with (n,) or (n, k)."""
        columns = vectors if vectors.ndim == 2 else vectors[:, None]
        layout = self.forms.layout
        local = layout.local_of(columns)
        out = layout.gathered(
            [self._applied(part, x) for part, x in zip(self.forms.parts, local, strict=True)]
        )
        return out if vectors.ndim == 2 else out[:, 0]

    def _applied(self, part: ElementParts, x: Values) -> Values:
        cut = part.k0.shape[1]
        vector, scalar = x[:, :cut], x[:, cut:]
        out = np.zeros(x.shape, dtype=np.result_type(self.dtype, x.dtype))
        if self.gradient:
            out += self.gradient * product(part.k2, x)
        if self.curl:
            out[:, :cut] += self.curl * product(part.k0, vector)
        for weights, block in ((self.plane, part.plane), (self.axial, part.axial)):
            if block is not None and weights.any():
                out[:, :cut] += weights[part.region][:, None, None] * product(block, vector)
        if self.azimuthal.any():
            out[:, cut:] += self.azimuthal[part.region][:, None, None] * product(
                part.azimuthal, scalar
            )
        return out

    def blocks(self) -> list[Values]:
        """Element matrices by batch."""
        return [self._formed(part) for part in self.forms.parts]

    def _formed(self, part: ElementParts) -> Values:
        cut = part.k0.shape[1]
        kind = np.result_type(
            part.k0.dtype,
            *(np.asarray(x) for x in (self.curl, self.plane, self.azimuthal, self.axial)),
        )
        out = np.asarray(self.gradient * part.k2, dtype=kind)
        out[:, :cut, :cut] += self.curl * part.k0
        for weights, block in ((self.plane, part.plane), (self.axial, part.axial)):
            if block is not None and weights.any():
                out[:, :cut, :cut] += weights[part.region][:, None, None] * block
        out[:, cut:, cut:] += self.azimuthal[part.region][:, None, None] * part.azimuthal
        return out

    def factorised(self) -> CondensedFactor:
        """Factors.

        Raises
        ------
        RuntimeError
            If it is singular.
        """
        return condensed(self.forms.layout, self.blocks())
