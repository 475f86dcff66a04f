"""Hierarchical H(curl) quadrilateral of any order: Legendre edge functions times integrated
Legendre nodal functions.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from skfem.element import Element
from skfem.element.element_hcurl import ElementHcurl
from skfem.refdom import RefQuad

from ..legendre import legendre_values, nodal_slopes, nodal_values
from ..quad_space import E_S, PSI, local_functions
from .orientation import edge_signs

Array = NDArray[np.float64]


class ElementQuadHcurl(ElementHcurl):  # type: ignore[misc]
    """Nedelec's first kind Q_{p-1,p} x Q_{p,p-1}, conforming on any mesh of quadrilaterals.

    Parameters
    ----------
    order : int
        p from 1; the gradients of `ElementQuadH1(order)` lie in this space.
    """

    refdom = RefQuad

    def __init__(self, order: int) -> None:
        self.order = order
        self.facet_dofs = order
        self.interior_dofs = 2 * order * (order - 1)
        self.maxdeg = 2 * order
        self.dofnames = ["u^t"] * order + ["u"] * self.interior_dofs
        local = local_functions(order)
        vector = np.flatnonzero(local.kind != PSI)
        self.rows = vector[np.lexsort((local.within[vector], local.owner[vector]))]
        """Place of each function among all local functions of `fem.quad_space`."""
        self.doflocs = np.full((self.rows.size, 2), np.nan)

    def orient(self, mapping: Any, i: int, tind: Any = None) -> Any:
        """Sign of a function by element: from the lower to the higher vertex of its edge."""
        return edge_signs(mapping, int(self.rows[i]), self.order, tind)

    def lbasis(self, X: Array, i: int) -> tuple[Array, Array]:
        """Value and curl of a function on the unit square."""
        if not 0 <= i < self.rows.size:
            Element._index_error()
        local = local_functions(self.order)
        row = self.rows[i]
        first, second = local.i[row], local.j[row]
        s, t = (2.0 * np.ravel(x) - 1.0 for x in X)
        shape, p = X[0].shape, self.order
        nil = np.zeros(shape)
        if local.kind[row] == E_S:
            along, across = (
                legendre_values(p, s)[first],
                (nodal_values(p, t)[second], nodal_slopes(p, t)[second]),
            )
            value = (2.0 * along * across[0]).reshape(shape)
            return np.array([value, nil]), (-4.0 * along * across[1]).reshape(shape)
        along, across = (
            legendre_values(p, t)[second],
            (nodal_values(p, s)[first], nodal_slopes(p, s)[first]),
        )
        value = (2.0 * along * across[0]).reshape(shape)
        return np.array([nil, value]), (4.0 * along * across[1]).reshape(shape)
