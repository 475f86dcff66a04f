"""The structured window's matrices: exact sequence, subspaces, and the matrix-free route, on a curved window."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from cavitydesign.fem.forms import AffineForms, assemble, restriction, space_of
from cavitydesign.fem.quadrature_forms import QuadratureForms
from cavitydesign.geometry import Spheroid
from cavitydesign.mesh.rim_map import Layer, OffsetCurve, Window

SPHERE = Spheroid(7.5, 7.5)
RIM = OffsetCurve(SPHERE, 0.0)
WINDOW = Window(
    (
        Layer(OffsetCurve(SPHERE, -1.5), RIM, (-1.5, -0.6, 0.0), 0),
        Layer(RIM, OffsetCurve(SPHERE, 0.7), (0.0, 0.7), 1),
    ),
    (0.0, 1.2, 2.6),
    half=True,
)
EPS = np.array([2.2, 1.0])


def sparse_of(forms: AffineForms, data: np.ndarray) -> sparse.csr_matrix:
    pattern = forms.space.pattern
    return sparse.csr_matrix((data, pattern.indices, pattern.indptr), shape=(forms.space.size,) * 2)


@pytest.fixture(scope="module")
def forms() -> AffineForms:
    return assemble(WINDOW, space_of(WINDOW, 5, 4, "magnetic"))


def test_matrices_are_symmetric_and_mass_is_definite(forms: AffineForms) -> None:
    """a and b are symmetric forms; b is positive for positive permittivities (exact up to rounding, 1e-12 of the largest entry)."""
    k = sparse_of(forms, forms.stiffness(50.0))
    b = sparse_of(forms, forms.mass(50.0, EPS, EPS))
    for matrix in (k, b):
        assert abs(matrix - matrix.T).max() < 1e-12 * abs(matrix).max()
    assert np.linalg.eigvalsh(b.toarray())[0] > 0.0


def test_gradients_are_the_null_space(forms: AffineForms) -> None:
    """Exact sequence: grad of every psi lies in the curl space, so a has exactly as many zero eigenvalues as psi has unknowns.

    With E = grad psi both terms of a vanish; the count fails by one function if the two spaces do not fit.
    """
    k = sparse_of(forms, forms.stiffness(30.0)).toarray()
    b = sparse_of(forms, forms.mass(30.0, EPS, EPS)).toarray()
    factor = np.linalg.inv(np.linalg.cholesky(b))
    values = np.linalg.eigvalsh(factor @ k @ factor.T)
    zero = int(np.count_nonzero(abs(values) < 1e-8))
    expected = forms.space.sizes[2]
    assert zero == expected, f"{zero} zero eigenvalues, {expected} gradients"
    assert values[zero] > 1.0, f"first resonance k^2 = {values[zero]:.3g} um^-2 not apart from the null space"


@pytest.mark.parametrize(("order", "wall"), [(5, "electric"), (3, "magnetic"), (3, "electric")])
def test_restricted_forms_are_those_of_the_subspace(forms: AffineForms, order: int, wall: str) -> None:
    """Hierarchical bases: taking rows and columns equals assembling the subspace (same quadrature of 1e-9 of the largest entry)."""
    space = space_of(WINDOW, order, order - 1, wall)
    taken, direct = forms.restricted(space), assemble(WINDOW, space)
    for mine, theirs in ((taken.k0, direct.k0), (taken.k2, direct.k2), (taken.b_plane, direct.b_plane)):
        error = abs(mine - theirs).max() / abs(theirs).max()
        assert error < 1e-6, f"{error:.1e}: the lower order integrates the curved map with fewer points"
    kept = restriction(forms.space, space)
    assert kept.size == space.size and np.all(np.diff(kept) > 0)


def test_matrix_free_forms_agree_with_matrices(forms: AffineForms) -> None:
    """Projection and residual through the quadrature points equal those of the matrices (rounding: 1e-11)."""
    operator = QuadratureForms.build(WINDOW, forms.space, False)
    vectors = np.random.default_rng(1).standard_normal((forms.space.size, 3))
    fields = operator.fields(vectors)
    projected = operator.projected(fields)
    for mine, data in (
        (projected.k0, forms.k0),
        (projected.k2, forms.k2),
        (projected.b_plane[0], forms.b_plane[0]),
        (projected.b_azimuthal[1], forms.b_azimuthal[1]),
    ):
        theirs = vectors.T @ (sparse_of(forms, data) @ vectors)
        assert abs(mine - theirs).max() < 1e-11 * abs(theirs).max()
    m, square = np.array([40.0, 41.0, 42.0]), np.array([100.0, 101.0, 102.0])
    residual = operator.residual(fields, m, square, [EPS] * 3, [EPS] * 3)
    for column in range(3):
        k = sparse_of(forms, forms.stiffness(m[column]))
        b = sparse_of(forms, forms.mass(m[column], EPS, EPS))
        theirs = (k - square[column] * b) @ vectors[:, column]
        assert abs(residual[:, column] - theirs).max() < 1e-10 * abs(theirs).max()


def test_uniaxial_masses_add_up(forms: AffineForms) -> None:
    """With equal permittivities across and along, the split masses sum to the isotropic one."""
    split = assemble(WINDOW, forms.space, uniaxial=True)
    assert split.b_axial is not None
    whole = forms.mass(20.0, EPS, EPS)
    assert abs(split.mass(20.0, EPS, EPS) - whole).max() < 1e-13 * abs(whole).max()
