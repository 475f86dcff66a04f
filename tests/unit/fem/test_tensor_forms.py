"""The structured window's matrices: exact sequence, subspaces, products by element, on a curved
window.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from meridian_sources import WINDOW, window_space

from cavitydesign.eigen.chain import ChainMatrix
from cavitydesign.eigen.recalled import array_bytes
from cavitydesign.fem.affine import AffineForms
from cavitydesign.fem.assemble import assemble_window
from cavitydesign.fem.field import FieldGrid
from cavitydesign.fem.window_space import WindowSpace

EPS = np.array([2.2, 1.0])


def whole(matrix: ChainMatrix) -> np.ndarray:
    return matrix.dense()


@pytest.fixture(
    scope="module", params=[("magnetic", 5), ("electric", 5), ("magnetic", None)], ids=str
)
def forms(request: pytest.FixtureRequest) -> AffineForms:
    wall, count = request.param
    return assemble_window(WINDOW, window_space(5, wall, count))


def test_matrices_are_symmetric_and_mass_is_definite(forms: AffineForms) -> None:
    """a and b are symmetric forms; b is positive for positive permittivities (exact up to rounding,
    1e-12 of the largest entry).
    """
    k = whole(forms.stiffness(50.0))
    b = whole(forms.mass(50.0, EPS, EPS))
    for matrix in (k, b):
        assert abs(matrix - matrix.T).max() < 1e-12 * abs(matrix).max()
    assert np.linalg.eigvalsh(b)[0] > 0.0


def test_gradients_are_the_null_space(forms: AffineForms) -> None:
    """Exact sequence: grad of every psi lies in the curl space, so a has exactly as many zero
    eigenvalues as psi has unknowns.

    With E = grad psi both terms of a vanish; the count fails by one function if the two spaces do
    not fit.
    """
    k, b = whole(forms.stiffness(30.0)), whole(forms.mass(30.0, EPS, EPS))
    factor = np.linalg.inv(np.linalg.cholesky(b))
    values = np.linalg.eigvalsh(factor @ k @ factor.T)
    zero = int(np.count_nonzero(abs(values) < 1e-8))
    assert zero == forms.space.gradients, (
        f"{zero} zero eigenvalues, {forms.space.gradients} gradients"
    )
    assert values[zero] > 1.0, (
        f"first resonance k^2 = {values[zero]:.3g} um^-2 not apart from the null space"
    )


@pytest.mark.parametrize(("order", "count"), [(5, 4), (3, 5), (3, 2)])
@pytest.mark.parametrize("wall", ["magnetic", "electric"])
def test_restricted_forms_are_those_of_the_subspace(order: int, count: int, wall: str) -> None:
    """Hierarchical bases: taking rows and columns equals assembling the subspace (same quadrature
    points: to rounding).
    """
    large = assemble_window(WINDOW, window_space(5, wall))
    s = replace(large.space.s, order=order, extra_points=2 + 5 - order)
    small = WindowSpace(s, large.space.t.leading(count))
    taken, direct = large.restricted(small), assemble_window(WINDOW, small)
    for name in ("curl", "gradient", "plane", "azimuthal"):
        mine, theirs = taken.parts[0].blocks[name], direct.parts[0].blocks[name]
        assert abs(mine - theirs).max() < 1e-12 * abs(theirs).max()
    here, there = large.space.shared_with(small)
    assert (
        np.array_equal(np.sort(there), np.arange(small.size)) and np.unique(here).size == small.size
    )
    k, low = whole(large.stiffness(9.0)), whole(taken.stiffness(9.0))
    assert abs(k[np.ix_(here, here)] - low[np.ix_(there, there)]).max() < 1e-12 * abs(low).max()


def test_projection_and_residual_agree_with_matrices(forms: AffineForms) -> None:
    """By element or as whole matrices: the same products (rounding: 1e-11)."""
    vectors = np.random.default_rng(1).standard_normal((forms.space.size, 3))
    images = forms.images(vectors[:, :2]).joined(forms.images(vectors[:, 2:]))
    projected = forms.projected(images)
    for mine, factors in (
        (projected.k0, {"curl": 1.0}),
        (projected.k2, {"gradient": 1.0}),
        (projected.b_plane.sum(axis=0), {"plane": np.ones(2)}),
        (projected.b_azimuthal[1], {"azimuthal": np.array([0.0, 1.0])}),
    ):
        theirs = vectors.T @ whole(forms.matrix(**factors)) @ vectors
        assert abs(mine - theirs).max() < 1e-11 * abs(theirs).max()
    m, square = np.array([40.0, 41.0, 42.0]), np.array([100.0, 101.0, 102.0])
    residual, mass = forms.residual_and_mass(images, m, square, [EPS] * 3, [EPS] * 3)
    for column in range(3):
        k = whole(forms.stiffness(m[column])) @ vectors[:, column]
        b = whole(forms.mass(m[column], EPS, EPS)) @ vectors[:, column]
        assert abs(mass[:, column] - b).max() < 1e-11 * abs(b).max()
        assert abs(residual[:, column] - k + square[column] * b).max() < 1e-10 * abs(k).max()
    together = images.combined(np.ones((3, 1))).products["gradient"][0]
    alone = forms.images(vectors @ np.ones((3, 1))).products["gradient"][0]
    assert abs(together - alone).max() < 1e-11 * abs(alone).max()


def test_forms_are_the_integrals_of_the_fields(forms: AffineForms) -> None:
    """x^T K x = int |curl E|^2 r and x^T B x = int eps |E|^2 r of the field as pictures evaluate it
    (rounding, 1e-11).
    """
    m, one = 30.0, forms.space
    vector = np.random.default_rng(3).standard_normal(one.size)
    s, t = one.points
    field = FieldGrid.build(WINDOW, one, s, t)
    values = field.evaluate(vector, m)
    _, w_s, half_s = (a.ravel() for a in one.s.quadrature)
    _, w_t, half_t = (a.ravel() for a in one.t.line.quadrature)
    weight = np.outer(w_s * half_s, w_t * half_t) * field.jacobian * field.r
    curl = sum(
        ((part[0] ** 2) * weight).sum()
        for part in (values.curl_r, values.curl_z, values.curl_azimuthal)
    )
    weight = weight * EPS[field.region][:, None]
    energy = sum(
        (part[0] ** 2 * weight).sum() for part in (values.e_r, values.e_z, values.e_azimuthal)
    )
    k, b = whole(forms.stiffness(m)), whole(forms.mass(m, EPS, EPS))
    assert abs(vector @ k @ vector / curl - 1) < 1e-11
    assert abs(vector @ b @ vector / energy - 1) < 1e-11


def test_uniaxial_masses_add_up(forms: AffineForms) -> None:
    """With equal permittivities across and along, the split masses sum to the isotropic one."""
    split = assemble_window(WINDOW, forms.space, uniaxial=True)
    assert split.uniaxial
    once = whole(forms.mass(20.0, EPS, EPS))
    assert abs(whole(split.mass(20.0, EPS, EPS)) - once).max() < 1e-13 * abs(once).max()


def test_matrices_are_seen_by_the_memory_limit(forms: AffineForms) -> None:
    """What the limit on recalled matrices counts holds all element matrices."""
    blocks = sum(block.nbytes for part in forms.parts for block in part.blocks.values())
    assert array_bytes(forms) >= blocks
