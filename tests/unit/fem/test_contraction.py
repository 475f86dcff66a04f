"""Element matrices by contraction against scikit-fem's own assembly of the same forms and
elements.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pytest
from meridian_sources import WINDOW, curved, window_space
from skfem import BilinearForm

from cavitydesign.fem.basis import MeridianBasis, line_rule, tensor_rule
from cavitydesign.fem.contraction import elemental
from cavitydesign.fem.element import ElementMeridian
from cavitydesign.fem.local_functions import PSI
from cavitydesign.fem.mapping import SectionMapping
from cavitydesign.fem.stretch import BoxStretch, Layer
from cavitydesign.fem.weak_form import affine_forms

FORMS = {**affine_forms(False), **affine_forms(True)}
# Touches every pair of components, some of them of one kind of functions.
LAYER = Layer(0.3, 0.4j)
STRETCH = BoxStretch(1.6, -0.2, np.inf, LAYER, LAYER, LAYER)
MIXED = BilinearForm(
    lambda e, psi, f, chi, w: (
        (e.curl + e[0] - 2.0 * psi + psi.grad[1]) * (f.curl + f[0] - 2.0 * chi + chi.grad[1])
        + w.x[1] * psi.grad[0] * chi.grad[0]
    )
)


@lru_cache
def bases() -> dict[str, MeridianBasis]:
    """Curved quadrilaterals of low and high degree, some of them only, with an absorbing layer; and
    the strips of a window with axial functions.
    """
    mesh = curved()
    rule = tensor_rule(line_rule(5), line_rule(6))
    stretch = STRETCH

    def of(degree: int, **more: object) -> MeridianBasis:
        mapping = SectionMapping(mesh, stretch if more.pop("stretched", False) else None)
        return MeridianBasis(
            mesh.topology, ElementMeridian(degree), mapping, quadrature=rule, **more
        )

    return {
        "degree 1": of(1),
        "degree 3": of(3),
        "some elements": of(4, elements=np.array([7, 2, 3])),
        "absorbing layer": of(2, stretched=True),
        "window": window_space(3, "magnetic", 3).basis(WINDOW),
    }


@pytest.mark.parametrize("name", list(bases()))
@pytest.mark.parametrize("form", [*FORMS, "mixed"])
def test_scikit_fem_assembles_the_same_matrices(name: str, form: str) -> None:
    """`form.elemental` of scikit-fem through arrays of all functions at all points: the same sums
    in another order, so 1e-12 of the largest entry.
    """
    basis = bases()[name]
    bilinear = FORMS.get(form, MIXED)
    theirs = BilinearForm(bilinear.form, dtype=basis.det.dtype).elemental(basis)
    size = basis.Nbfun
    local = theirs.data.reshape(size, size, basis.nelems).transpose(2, 0, 1)
    place = np.argsort(basis.elem.rows)
    local = local[:, place[:, None], place]
    mine = elemental(bilinear, basis)
    kind = basis.elem.local.kind
    known = np.flatnonzero(abs(local).max(axis=(0, 1)) > 0)
    chosen = {
        True: np.arange(kind.size),
        bool((kind[known] == PSI).all()): np.flatnonzero(kind == PSI),
        bool((kind[known] != PSI).all()): np.flatnonzero(kind != PSI),
    }
    rows = next(rows for rows in chosen.values() if rows.size == mine.shape[1])
    whole = np.zeros_like(local)
    whole[:, rows[:, None], rows] = mine
    error = abs(whole - local).max() / abs(local).max()
    print(f"{name}, {form}: {error:.1e}")
    assert error < 1e-12
