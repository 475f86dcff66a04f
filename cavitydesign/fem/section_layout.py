"""Where the local functions of a section's elements lie among the unknowns, for element-wise
matrices (eigen/condensed.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ..eigen.condensed import Batch, ElementLayout
from .local_functions import INSIDE, local_functions

if TYPE_CHECKING:
    from .section_space import SectionSpace


def element_layout(space: SectionSpace) -> ElementLayout:
    """The layout of a space, with the pattern of the Schur complement of what elements share."""
    mesh, first = space.mesh, space.first
    counts = np.diff(first)
    total = mesh.vertices + mesh.edges.shape[0]
    outer = np.concatenate([mesh.corners, mesh.vertices + mesh.element_edges], axis=1)
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
    for degree, elements in space.batches:
        owner = local_functions(degree).owner
        shared, own = np.flatnonzero(owner < INSIDE), np.flatnonzero(owner == INSIDE)
        numbers = space.numbers_at(elements, degree)
        here, owners = numbers[:, shared], owner[shared]
        within = here - first[outer[elements][:, owners]]
        slot = (indptr[np.maximum(here, 0)][:, :, None] + within[:, None, :]).astype(np.int32)
        slot += offset[elements][:, owners[:, None], owners].astype(np.int32)
        absent = here < 0
        slot[absent[:, :, None] | absent[:, None, :]] = stored
        indices[slot] = np.broadcast_to(here[:, None, :], slot.shape)
        out.append(Batch(np.where(numbers < 0, space.size, numbers), shared, own, slot))
    skeleton = int(first[total])
    return ElementLayout(space.size, skeleton, tuple(out), indptr.astype(np.int32), indices[:-1])
