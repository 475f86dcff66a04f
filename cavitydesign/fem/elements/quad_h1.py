"""Hierarchical H1 quadrilateral of any order: integrated Legendre polynomials."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skfem.element import DiscreteField, Element
from skfem.element.element_h1 import ElementH1
from skfem.refdom import RefQuad

from ..legendre import nodal_slopes, nodal_values
from ..quad_space import PSI, local_functions
from .orientation import edge_signs

Array = NDArray[np.float64]


class ElementQuadH1(ElementH1):  # type: ignore[misc]
    """Q_p with vertex, edge and interior functions, conforming on any mesh of quadrilaterals.

    Parameters
    ----------
    order : int
        p from 1.
    """

    refdom = RefQuad

    def __init__(self, order: int) -> None:
        self.order = order
        self.nodal_dofs = 1
        self.facet_dofs = order - 1
        self.interior_dofs = (order - 1) ** 2
        self.maxdeg = 2 * order
        self.dofnames = ["u"] * (1 + self.facet_dofs + self.interior_dofs)
        local = local_functions(order)
        scalar = np.flatnonzero(local.kind == PSI)
        self.rows = scalar[np.lexsort((local.within[scalar], local.owner[scalar]))]
        """Place of each function among all local functions of `fem.quad_space`."""
        self.doflocs = np.full((self.rows.size, 2), np.nan)

    def gbasis(self, mapping: Any, X: Array, i: int, tind: Any = None) -> tuple[DiscreteField, ...]:
        """Value and gradient with the sign of the edge."""
        (plain,) = super().gbasis(mapping, X, i, tind)
        sign = edge_signs(mapping, int(self.rows[i]), self.order, tind)[:, None]
        return (DiscreteField(value=np.asarray(plain) * sign, grad=plain.grad * sign),)

    def lbasis(self, X: Array, i: int) -> tuple[Array, Array]:
        """Value and gradient of a function on the unit square."""
        if not 0 <= i < self.rows.size:
            Element._index_error()
        local = local_functions(self.order)
        row = self.rows[i]
        s, t = (2.0 * np.ravel(x) - 1.0 for x in X)
        p, shape = self.order, X[0].shape
        a, b = nodal_values(p, s)[local.i[row]], nodal_values(p, t)[local.j[row]]
        da, db = nodal_slopes(p, s)[local.i[row]], nodal_slopes(p, t)[local.j[row]]
        return (a * b).reshape(shape), np.array(
            [(2.0 * da * b).reshape(shape), (2.0 * a * db).reshape(shape)]
        )
