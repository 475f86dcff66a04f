"""The affine matrices of a window, by element, in the order of its chain.

a = K0 + m^2 K2, b = sum over regions of eps (B_t + m^2 B_phi); see fem/weak_form.py. Each element
lies in one medium, so the matrices are kept by element and a permittivity is a factor of its
elements.
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
from .basis import MeridianBasis, line_rule, tensor_rule
from .contraction import elemental
from .element import ElementMeridian
from .mapping import WindowMapping
from .tensor_space import TensorSpace, element_order
from .weak_form import affine_forms

Values = NDArray[Any]
_PARTS = ("k0", "k2", "b_plane", "b_azimuthal", "b_axial")


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
    order = element_order(space.s.order, space.t.nodal_size, space.t.edge_size)
    basis = strip_basis(window, space)
    if not window.is_complex and not (np.min(basis.det) > 0.0 and np.min(basis.x[0]) > 0.0):
        raise SolverError(
            "the window's map folds over: the outline bends too sharply for a mode of this size; "
            "use profile = 'section'"
        )
    vectors = basis.elem.local.vectors
    spans = {"b_azimuthal": slice(vectors, None), "k2": slice(None)}

    def chained(name: str, form: Any) -> Values:
        """Of all functions, in the order of the chain."""
        whole = np.zeros((basis.nelems, order.size, order.size), dtype=basis.det.dtype)
        span = spans.get(name, slice(vectors))
        whole[:, span, span] = elemental(form, basis)
        return np.ascontiguousarray(whole[:, order[:, None], order])

    forms = affine_forms(uniaxial)
    parts: dict[str, Any] = {name: chained(name, form) for name, form in forms.items()}
    return AffineForms(space, np.asarray(window.element_regions), **{"b_axial": None, **parts})


def strip_basis(window: Window, space: TensorSpace) -> MeridianBasis:
    """The space of a window at its quadrature points, as scikit-fem knows it."""
    mapping = WindowMapping(window)
    across = line_rule(space.s.points_per_element)
    element = ElementMeridian(space.s.order, space.t)
    rule = tensor_rule(across, space.t.rule)
    return MeridianBasis(mapping.mesh, element, mapping, quadrature=rule)
