"""Element matrices where an absorbing layer begins within an element, against the same element cut
into many, each far smoother: the face of the layer lies on their edges.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign.fem.basis import MeridianBasis, tensor_rule
from cavitydesign.fem.contraction import elemental
from cavitydesign.fem.element import ElementMeridian
from cavitydesign.fem.pieces.piecewise import PiecewiseBasis
from cavitydesign.fem.pieces.within import Bounds, points_by_piece
from cavitydesign.fem.section_space import SectionSpace
from cavitydesign.fem.stretch import BoxStretch, Layer
from cavitydesign.fem.weak_form import affine_forms
from cavitydesign.mesh.section import SectionMesh

LAYER = Layer(0.5, 0.8 + 0.8j)
_COMPOSITE, _POINTS = 120, 6


def _element() -> SectionMesh:
    """One curved element, around an angle of 0.5."""
    return annular_sector(np.array([2.0, 3.0]), np.array([0.3, 0.7]), 2.5)


def _finely() -> tuple[np.ndarray, np.ndarray]:
    """A composite rule on the unit interval."""
    x, w = np.polynomial.legendre.leggauss(_POINTS)
    start = np.arange(_COMPOSITE)[:, None]
    return ((start + 0.5 * (x + 1)) / _COMPOSITE).ravel(), np.tile(0.5 * w / _COMPOSITE, _COMPOSITE)


@pytest.mark.parametrize(
    "box",
    [
        BoxStretch(2.2, -math.inf, math.inf, LAYER, LAYER, LAYER),
        BoxStretch(math.inf, -math.inf, 1.1, LAYER, LAYER, LAYER),
        BoxStretch(2.15, -math.inf, 1.3, LAYER, LAYER, LAYER),  # a corner of the box within it
    ],
    ids=["outer", "upper", "both"],
)
@pytest.mark.parametrize("degree", [3, 7])
def test_matrices_where_a_layer_begins(box: BoxStretch, degree: int) -> None:
    """All forms to 1e-7 of their largest entry: pieces of 12 and 16 points are 2e-12 to 7e-8 off.
    Where both faces meet within the element, no line of theirs is smooth: 1e-6. The element's own
    Gauss rule is 3e-5 to 5e-3 off, for any degree.
    """
    mesh = _element()
    space = SectionSpace.of(mesh, degree, mesh.at_boundary(), box)
    elements = np.array([0])
    own = space.basis(8, degree, elements)
    assert isinstance(own, PiecewiseBasis)
    rule = tensor_rule(_finely(), _finely())
    fine, plain = (
        MeridianBasis(
            mesh.topology, ElementMeridian(degree), space.mapping, elements=elements, quadrature=one
        )
        for one in (rule, tensor_rule(*2 * (_gauss(degree + 4),)))
    )
    for name, form in affine_forms(True).items():
        right, found, before = (elemental(form, basis) for basis in (fine, own, plain))
        most = abs(right).max()
        off, was = (float(abs(one - right).max() / most) for one in (found, before))
        print(name, off, was)
        assert off < (2e-6 if math.isfinite(box.r_um + box.high_um) else 1e-7)
        assert was > 2e-5
    assert not isinstance(space.basis(3, degree), PiecewiseBasis)


def _gauss(count: int) -> tuple[np.ndarray, np.ndarray]:
    x, w = np.polynomial.legendre.leggauss(count)
    return 0.5 * (x + 1), 0.5 * w


def test_a_layer_that_begins_at_an_edge_needs_no_pieces() -> None:
    """Straight rows of elements that the face of a layer divides."""
    mesh = _element()
    outside = BoxStretch(5.0, -9.0, 9.0, LAYER, LAYER, LAYER)
    assert not SectionSpace.of(mesh, 3, mesh.at_boundary(), outside).faced.any()
    low, _, _, high = mesh.extent_um
    for box in (
        BoxStretch(low, -9.0, 9.0, LAYER, LAYER, LAYER),
        BoxStretch(9.0, -9.0, high, LAYER, LAYER, LAYER),
    ):
        assert not SectionSpace.of(mesh, 3, mesh.at_boundary(), box).faced.any()


def test_pieces_integrate_what_bends_at_faces() -> None:
    """(r - a)^2 beyond r = a and (z - b)^2 above z = b, over a curved element, to 1e-12; the area
    of all pieces is that of the element.
    """
    mesh = _element()
    box = BoxStretch(2.2, -math.inf, 1.2, LAYER, LAYER, LAYER)
    at = points_by_piece(mesh, np.array([0]), Bounds.faces_of(1, box), 16)
    r, z, r_s, z_s, r_t, z_t = mesh.positions_at(at.element, at.s, at.t)
    weight = at.weight * (r_s * z_t - r_t * z_s)
    assert weight.sum() == pytest.approx(0.5 * (9.0 - 4.0) * 0.4, rel=1e-12)
    # exact in polar coordinates: r = rho cos(t), where it lies beyond a
    for value, face, turned in (
        (np.maximum(r - 2.2, 0.0) ** 2, 2.2, np.cos),
        (np.maximum(z - 1.2, 0.0) ** 2, 1.2, np.sin),
    ):
        t, w = _finely()
        t, w = 0.3 + 0.4 * t, 0.4 * w
        c = turned(t)
        start = np.clip(face / c, 2.0, 3.0)

        def antiderivative(rho: np.ndarray, c: np.ndarray = c, face: float = face) -> np.ndarray:
            return c**2 * rho**4 / 4 - 2 * c * face * rho**3 / 3 + face**2 * rho**2 / 2

        exact = float((w * (antiderivative(np.full_like(t, 3.0)) - antiderivative(start))).sum())
        print(float((value * weight).sum()) - exact)
        assert (value * weight).sum() == pytest.approx(exact, abs=1e-12)
