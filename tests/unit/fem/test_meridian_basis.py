"""The basis that scikit-fem's users get: interpolation by factors, the curved maps, edges,
numbering.
"""

from __future__ import annotations

import numpy as np
import pytest
from meridian_sources import WINDOW, curved, window_space
from skfem import CellBasis, Functional

from cavitydesign.fem.basis import MeridianBasis, line_rule, tensor_rule
from cavitydesign.fem.mapping import CurvedMapping, SectionMapping, WindowMapping, tensor_lines
from cavitydesign.fem.section_space import SectionSpace
from cavitydesign.fem.stretch import BoxStretch, Layer


def window_basis() -> MeridianBasis:
    """Strips of a window with three axial functions, numbered as a chain."""
    space = window_space(3, "magnetic", 3)
    plain = space.basis(WINDOW)
    dofs = space.dofs(plain.mesh)
    return MeridianBasis(
        plain.mesh, plain.elem, plain.mapping, quadrature=plain.quadrature, dofs=dofs
    )


LAYER = Layer(0.3, 0.4j)
STRETCH = BoxStretch(1.6, -0.2, np.inf, LAYER, LAYER, LAYER)


def section_basis(stretch: BoxStretch | None = None) -> MeridianBasis:
    """Curved quadrilaterals of degrees 1 to 3 with walls, numbered by scikit-fem."""
    mesh = curved()
    degrees = 1 + np.arange(mesh.elements) % 3
    walls = np.zeros(mesh.edges.shape[0], dtype=bool)
    space = SectionSpace.of(mesh, degrees, walls, stretch)
    rule = tensor_rule(line_rule(4), line_rule(5))
    return MeridianBasis(
        mesh.topology, space.dofs.element, space.mapping, quadrature=rule, dofs=space.dofs
    )


BASES = {
    "window": window_basis(),
    "section": section_basis(),
    "absorbing layer": section_basis(STRETCH),
}


@pytest.mark.parametrize("name", list(BASES))
def test_interpolation_is_that_of_scikit_fem(name: str) -> None:
    """Sums by factors against scikit-fem's sum over all functions: rounding, 1e-12 of the
    largest.
    """
    basis = BASES[name]
    vector = np.random.default_rng(6).standard_normal(basis.N)
    for mine, theirs in zip(
        basis.interpolate(vector), CellBasis.interpolate(basis, vector), strict=True
    ):
        for part in range(4):
            one, other = mine.get(part), theirs.get(part)
            assert (one is None) == (other is None)
            if one is not None:
                assert abs(one - other).max() < 1e-12 * abs(other).max()


def maps() -> dict[str, CurvedMapping]:
    """Real and complex maps."""
    stretch = STRETCH
    mesh = curved()
    return {
        "window": WindowMapping(WINDOW),
        "section": SectionMapping(mesh),
        "absorbing layer": SectionMapping(mesh, stretch),
    }


@pytest.mark.parametrize("name", list(maps()))
def test_slopes_of_maps(name: str) -> None:
    """Slopes against central differences of the positions: 1e-8 of the largest, from a step of 1e-5
    and curves whose third derivative is of the order of 1; on grids, scattered points, and points
    of one element each alike.
    """
    mapping = maps()[name]
    elements = np.array([2, 0, 1])
    scattered = np.random.default_rng(7).uniform(0.1, 0.9, (2, 9))
    grid = tensor_rule(line_rule(3), line_rule(2))[0]
    own = np.stack([scattered, scattered[:, ::-1], scattered**2], axis=1)
    for points in (grid, scattered, own):
        slopes = mapping.DF(points, elements)
        for j in range(2):
            step = np.zeros(points.shape)
            step[j] = 1e-5
            change = mapping.F(points + step, elements) - mapping.F(points - step, elements)
            assert abs(change / 2e-5 - slopes[:, j]).max() < 1e-8 * abs(slopes).max()
    both = (
        mapping.F(scattered, elements),
        mapping.F(np.broadcast_to(scattered[:, None, :], (2, 3, 9)), elements),
    )
    assert abs(both[0] - both[1]).max() < 1e-13


def test_lines_of_a_grid() -> None:
    """Points of a grid are told from others, also where lines coincide, as at a clipped edge."""
    s, t = np.array([0.2, 1.0, 1.0]), np.array([0.0, 0.0, 0.4, 0.9])
    for first, second in ((s, t), (s[::-1], t[1:]), (s[1:], t[1:])):
        points = tensor_rule((first, first), (second, second))[0]
        lines = tensor_lines(points)
        assert lines is not None
        assert np.array_equal(tensor_rule((lines[0], lines[0]), (lines[1], lines[1]))[0], points)
    assert tensor_lines(np.random.default_rng(1).random((2, 12))) is None


@pytest.mark.parametrize("name", ["window", "section"])
def test_inverse_of_maps(name: str) -> None:
    """Back from a position to the unit square, to Newton's own limit."""
    mapping = maps()[name]
    points = np.random.default_rng(8).uniform(0.05, 0.95, (2, 3, 4))
    elements = np.arange(3)
    found = mapping.invF(mapping.F(points, elements), elements)
    assert abs(found - points).max() < 1e-12


@pytest.mark.parametrize("name", ["window", "section"])
def test_gauss_theorem(name: str) -> None:
    """The integral of div (r^2, z^2) over the mesh is that of its normal component over the
    boundary. Normals, edge lengths, maps and weights stand on both sides; the maps are smooth, and
    twelve points resolve them to 1e-9.
    """
    rule = tensor_rule(line_rule(12), line_rule(12))
    given = BASES[name]
    basis = MeridianBasis(given.mesh, given.elem, given.mapping, quadrature=rule, dofs=given.dofs)
    inside = Functional(lambda w: 2.0 * w.x[0] + 2.0 * w.x[1]).assemble(basis)
    edges = basis.boundary(intorder=23)
    outside = Functional(lambda w: w.x[0] ** 2 * w.n[0] + w.x[1] ** 2 * w.n[1]).assemble(edges)
    assert abs(outside / inside - 1) < 1e-9


def test_neighbouring_strips_share_the_functions_on_their_line() -> None:
    """psi of a random vector agrees on both sides of every line between two strips, to rounding."""
    basis = window_basis()
    vector = np.random.default_rng(9).standard_normal(basis.N)
    along = np.linspace(0.1, 0.9, 5)
    sides = [
        MeridianBasis(
            basis.mesh,
            basis.elem,
            basis.mapping,
            quadrature=(np.array([np.full(5, s), along]), np.ones(5)),
            dofs=basis.dofs,
        ).interpolate(vector)[1]
        for s in (0.0, 1.0)
    ]
    assert abs(np.asarray(sides[1])[:-1] - np.asarray(sides[0])[1:]).max() < 1e-13
