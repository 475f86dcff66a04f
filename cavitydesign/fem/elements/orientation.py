"""Signs of edge functions on a scikit-fem mesh of quadrilaterals."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...mesh.section import EDGE_CORNERS
from ..quad_space import local_functions


def edge_signs(mapping: Any, row: int, order: int, elements: Any = None) -> NDArray[np.int64]:
    """Sign of a local function in each element: -1 where it is odd and its edge runs from the
    higher to the lower vertex.

    Parameters
    ----------
    mapping : skfem.mapping.Mapping
    row : int
        Place among the local functions of the order.
    elements : index or None
        A choice of elements.
    """
    local = local_functions(order)
    chosen = mapping.mesh.t if elements is None else mapping.mesh.t[:, elements]
    sign = np.ones(chosen.shape[1], dtype=np.int64)
    if local.odd[row]:
        start, end = EDGE_CORNERS[int(local.owner[row]) - 4]
        sign[chosen[start] > chosen[end]] = -1
    return sign
