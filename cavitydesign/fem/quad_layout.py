"""Where the local functions of a section's elements lie among the unknowns, for element-wise
matrices (eigen/condensed.py).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..eigen.condensed import Batch, ElementLayout
from ..mesh.section import IntArray
from .element import local_functions
from .quad_space import QuadSpace


def element_layout(space: QuadSpace, batches: Sequence[tuple[int, IntArray]]) -> ElementLayout:
    """The layout of a space.

    Parameters
    ----------
    space : QuadSpace
    batches : sequence of (int, (k,) int array)
        Elements of one order each, all elements once.
    """
    outer, counts = space.entities[:, :8], space.counts
    total = space.mesh.vertices + space.mesh.edges.shape[0]
    key = (outer[:, :, None] * total + outer[:, None, :]).ravel()
    unique, inverse = np.unique(key, return_inverse=True)
    row, width = unique // total, counts[unique % total]
    before = np.cumsum(width) - width
    length = np.bincount(row, weights=width, minlength=total).astype(np.int64)
    start = np.concatenate([[0], np.cumsum(length)[:-1]])
    offset = (before - start[row])[inverse].reshape(-1, 8, 8)
    indptr = np.concatenate([[0], np.cumsum(np.repeat(length, counts[:total]))])
    stored = int(indptr[-1])
    indices = np.empty(stored + 1, dtype=np.int32)
    out = []
    for order, elements in batches:
        owner = local_functions(order).owner
        shared, own = np.flatnonzero(owner < 8), np.flatnonzero(owner == 8)
        numbers, within = (
            space.numbers_at(elements, order),
            space.within(elements, order)[:, shared],
        )
        here, owners = numbers[:, shared], owner[shared]
        slot = (indptr[np.maximum(here, 0)][:, :, None] + within[:, None, :]).astype(np.int32)
        slot += offset[elements][:, owners[:, None], owners].astype(np.int32)
        absent = here < 0
        slot[absent[:, :, None] | absent[:, None, :]] = stored
        indices[slot] = np.broadcast_to(here[:, None, :], slot.shape)
        out.append(Batch(np.where(numbers < 0, space.size, numbers), shared, own, slot))
    skeleton = int(space.first[total])
    return ElementLayout(space.size, skeleton, tuple(out), indptr.astype(np.int32), indices[:-1])
