"""Functions along the outline: the harmonic oscillator's own, nested, with their derivatives in the
edge space.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import eval_hermite

from cavitydesign.fem.axial_basis import AxialBasis, axial_eigenfunctions
from cavitydesign.fem.legendre import Line

LINE = Line((0.0, 3.0, 7.0), 12, True, False, False, 3)


def oscillator(wall: str, count: int = 4) -> AxialBasis:
    """-f'' + t^2 f = (2n + 1) f on a half line that ends where exp(-t^2/2) is 2e-11."""
    line = Line(LINE.breaks, LINE.order, wall == "magnetic", False, False, 3)
    return axial_eigenfunctions(line, count, np.ones_like, np.square)


@pytest.mark.parametrize(("wall", "parity"), [("magnetic", 0), ("electric", 1)])
def test_functions_are_those_of_the_oscillator(wall: str, parity: int) -> None:
    """Hermite functions of one parity, to the accuracy of order 12 on two elements (measured 2e-6
    to 2e-4 of the largest value).
    """
    t = np.linspace(0.05, 6.0, 60)
    table = oscillator(wall).tables(t)
    for number in range(4):
        exact = eval_hermite(2 * number + parity, t) * np.exp(-(t**2) / 2)
        mine = table.nodal[:, number]
        scale = mine @ exact / (exact @ exact)
        assert abs(mine - scale * exact).max() < 3e-4 * abs(mine).max(), number


@pytest.mark.parametrize("wall", ["magnetic", "electric"])
def test_edge_functions_hold_every_derivative(wall: str) -> None:
    """Exact sequence: f' of each nodal function is a combination of the edge functions, of as many
    leading ones as it needs.
    """
    basis = oscillator(wall)
    t = np.linspace(0.05, 6.9, 200)
    table = basis.tables(t)
    slope = table.slope  # both refer to the reference interval of the element
    for number in range(basis.nodal_size):
        edges = table.edge[:, : number + 1 + basis.edge_size - basis.nodal_size]
        left = slope[:, number] - edges @ np.linalg.lstsq(edges, slope[:, number], rcond=None)[0]
        assert abs(left).max() < 1e-9 * abs(slope[:, number]).max()


def test_between_electric_walls_one_edge_function_is_no_derivative() -> None:
    """The integral of f' between two zeros vanishes, that of the ground state does not: E_z of an
    even mode needs it.
    """
    basis = oscillator("electric")
    assert basis.edge_size == basis.nodal_size + 1
    t, weight, _ = (a.ravel() for a in basis.line.quadrature)
    integrals = weight @ basis.tables(t).edge
    assert abs(integrals[0]) > 0.1 * abs(integrals).max()


def test_leading_functions_are_nested() -> None:
    """Fewer functions are the first of more."""
    t = np.linspace(0.1, 6.0, 9)
    many, few = oscillator("electric", 5).tables(t), oscillator("electric", 5).leading(3).tables(t)
    assert np.allclose(many.nodal[:, :3], few.nodal, rtol=0, atol=1e-13)
    assert np.allclose(many.edge[:, :4], few.edge, rtol=0, atol=1e-13)
    fresh = oscillator("electric", 3).tables(t)
    assert abs(abs(fresh.nodal) - abs(few.nodal)).max() < 1e-12


def test_all_functions_span_the_polynomials() -> None:
    """With as many functions as the line has, the space is the line's own."""
    basis = oscillator("magnetic", 1000)
    assert basis.nodal is not None
    assert basis.nodal.shape == (LINE.nodal_size, LINE.nodal_size)
    assert np.linalg.matrix_rank(basis.nodal, tol=1e-8) == LINE.nodal_size
