"""Element matrices of scikit-fem's forms by tensor contraction, all elements of a basis at once.

A bilinear form of the pair (E, psi) is, at each point, a bilinear form of six numbers: E_s, E_t,
curl E, psi and its two slopes on the unit square. Asked with one of them 1 and the others 0, the
form itself tells its weight W for each two of them; it is read, not written a second time. Each
number is a sum of products of one-dimensional functions (fem/element.py), so that an element matrix
is

    A_(ij)(kl) = sum over points (a, b) of W_ab f_i(s_a) f_k(s_a) g_j(t_b) g_l(t_b),

two small matrix products for all elements. `form.elemental(basis)` of scikit-fem gives the same
matrices (tests/unit/fem/test_contraction.py) through arrays of all functions at all points.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import combinations_with_replacement, product
from typing import Any

import numpy as np
from skfem import BilinearForm
from skfem.assembly.form.form import FormExtraParams

from ..arrays import IntArray, Values
from .basis import MeridianBasis, unit_pairs
from .local_functions import E_S, E_T, PSI
from .weak_form import affine_forms

_PART_BYTES = 2**19  # of element matrices that are made together
# Components of the field of each kind of local function: sign, and the one-dimensional functions
# in s and in t.
_COMPONENTS: dict[int, dict[str, tuple[int, str, str]]] = {
    E_S: {"e_s": (1, "edge", "nodal"), "curl": (-1, "edge", "slope")},
    E_T: {"e_t": (1, "nodal", "edge"), "curl": (1, "slope", "edge")},
    PSI: {
        "psi": (1, "nodal", "nodal"),
        "psi_s": (1, "slope", "nodal"),
        "psi_t": (1, "nodal", "slope"),
    },
}


def elemental(form: BilinearForm, basis: MeridianBasis) -> Values:
    """Element matrices of a symmetric form, signs of the global functions included.

    Parameters
    ----------
    form : skfem.BilinearForm
        Of (E, psi) and (F, chi), symmetric.
    basis : MeridianBasis
        On a tensor rule.

    Returns
    -------
    (elements, n, n) array
        In tensor order, of the functions that the form knows: all, those of E or those of psi.
    """
    # The form itself tells what it multiplies; nothing of the equation is written here.
    pairs, local = _pairs(form), basis.elem.local
    known = {component for pair in pairs for component in pair}
    kinds = [kind for kind, parts in _COMPONENTS.items() if known & set(parts)]
    ends = np.cumsum([0, *(np.count_nonzero(local.kind == kind) for kind in kinds)])
    where = {kind: slice(ends[n], ends[n + 1]) for n, kind in enumerate(kinds)}
    matrices = np.zeros((basis.nelems, ends[-1], ends[-1]), dtype=basis.det.dtype)
    for row, column in combinations_with_replacement(kinds, 2):
        for i, j in product(_COMPONENTS[row], _COMPONENTS[column]):
            # Of a symmetric form one half is enough.
            if (i, j) not in pairs or (row == column and j < i):
                continue
            for some, block in _blocks(form, basis, (row, i), (column, j)):
                matrices[some, where[row], where[column]] += block
                if (row, i) != (column, j):  # the form is symmetric
                    matrices[some, where[column], where[row]] += block.transpose(0, 2, 1)
    if local.odd.any():
        signs = basis.signs[:, np.isin(local.kind, kinds)]
        matrices *= signs[:, :, None]
        matrices *= signs[:, None, :]
    return matrices


def _blocks(
    form: BilinearForm, basis: MeridianBasis, row: tuple[int, str], column: tuple[int, str]
) -> Iterator[tuple[slice, Values]]:
    """What two components give, by local functions of two kinds: (elements, rows, columns), of some
    elements after the others.
    """
    (sign, *rows), (other, *columns) = (_COMPONENTS[kind][name] for kind, name in (row, column))
    w = FormExtraParams(x=basis.x)
    at_point = form.form(*basis.units[row[1]], *basis.units[column[1]], w)
    weight = basis.gridded(np.asarray(at_point) * (sign * other * basis.dx))
    across, along = basis.factors
    in_s, in_t = across.products(rows[0], columns[0]), along.products(rows[1], columns[1])
    a, c = getattr(across, rows[0]).shape[1], getattr(along, rows[1]).shape[1]
    b, d = in_s.shape[1] // a, in_t.shape[1] // c
    # In parts that a processor's cache holds.
    step = max(1, _PART_BYTES // (a * b * c * d * weight.itemsize))
    for begin in range(0, basis.nelems, step):
        part = weight[begin : begin + step]
        # First over the points in t, then over those in s: two small matrix products for all
        # elements at once.
        summed = part.reshape(-1, in_t.shape[0]) @ in_t
        out = in_s.T @ summed.reshape(part.shape[0], in_s.shape[0], -1)
        out = out.reshape(-1, a, b, c, d).transpose(0, 1, 3, 2, 4)
        yield slice(begin, begin + step), np.asarray(out.reshape(-1, a * c, b * d))


@lru_cache(maxsize=32)
def _pairs(form: BilinearForm) -> frozenset[tuple[str, str]]:
    """Pairs of components that a form multiplies, found at one point of an oblique map."""
    # An oblique map, so that no product of components vanishes by symmetry.
    units = unit_pairs(np.array([[0.83, -0.31], [0.47, 1.29]])[:, :, None, None])
    w = FormExtraParams(x=np.array([1.37, 0.61])[:, None, None])
    return frozenset(
        (one, other)
        for one, other in product(units, units)
        if np.any(form.form(*units[one], *units[other], w) != 0.0)
    )


class _Restricted(Mapping[str, Values]):
    """Rows and columns of matrices by name, kept once they are made."""

    def __init__(self, whole: Mapping[str, Values], kept: Mapping[str, IntArray]) -> None:
        self.whole, self._kept = whole, kept
        self.made: dict[str, Values] = {}

    def __getitem__(self, name: str) -> Values:
        if name not in self.made:
            kept = self._kept[name]
            part = self.whole[name][:, kept[:, None], kept]
            self.made[name] = np.ascontiguousarray(part)
        return self.made[name]

    def of_some(self, name: str, some: slice) -> Values:
        """A matrix of some elements, not kept."""
        if name in self.made:
            return self.made[name][some]
        kept = self._kept[name]
        return self.whole[name][some][:, kept[:, None], kept]

    def __iter__(self) -> Iterator[str]:
        return iter(self._kept)

    def __len__(self) -> int:
        return len(self._kept)


@dataclass(frozen=True, eq=False)
class ElementParts:
    """Affine matrices of a batch of elements with equally many local unknowns.

    Attributes
    ----------
    region : (k,) int array
    size : int
        Local unknowns.
    blocks : dict of (k, n, n) arrays
        By the names of `affine_forms`.
    rows : dict of slices
        Which n of the local unknowns a matrix knows.
    """

    region: IntArray
    size: int
    blocks: Mapping[str, Values] = field(repr=False)
    rows: dict[str, slice]

    @classmethod
    def of(
        cls,
        basis: MeridianBasis,
        region: IntArray,
        uniaxial: bool,
        permutation: IntArray | None = None,
    ) -> ElementParts:
        """The matrices of a basis.

        Parameters
        ----------
        permutation : (L,) int array, optional
            Local unknowns in another order than that of the element; all matrices then know all.
        """
        local = basis.elem.local
        spans = {
            local.vectors: slice(0, local.vectors),
            local.kind.size - local.vectors: slice(local.vectors, local.kind.size),
            local.kind.size: slice(0, local.kind.size),
        }
        blocks, rows = {}, {}
        for name, form in affine_forms(uniaxial).items():
            block = elemental(form, basis)
            span = spans[block.shape[1]]
            if permutation is not None:
                whole = np.zeros((block.shape[0], *2 * (local.kind.size,)), dtype=block.dtype)
                whole[:, span, span] = block
                block = np.ascontiguousarray(whole[:, permutation[:, None], permutation])
                span = slice(0, local.kind.size)
            blocks[name], rows[name] = block, span
        return cls(region, local.kind.size, blocks, rows)

    @property
    def dtype(self) -> np.dtype[Any]:
        """Complex in an absorbing layer."""
        blocks = self.blocks
        whole = blocks.whole if isinstance(blocks, _Restricted) else blocks
        return whole["curl"].dtype

    def restricted(self, columns: IntArray, when_asked: bool = False) -> ElementParts:
        """The matrices of some of the local unknowns, at once, or each when it is asked for."""
        kept, rows = {}, {}
        for name, span in self.rows.items():
            within = (columns >= span.start) & (columns < span.stop)
            kept[name] = columns[within] - span.start
            first = int(np.argmax(within))
            rows[name] = slice(first, first + kept[name].size)
        blocks: Mapping[str, Values] = _Restricted(self.blocks, kept)
        return ElementParts(
            self.region, columns.size, blocks if when_asked else dict(blocks.items()), rows
        )

    def of_some(self, name: str, some: slice) -> Values:
        """A matrix of some elements, which is not kept where it can be made again."""
        if isinstance(self.blocks, _Restricted):
            return self.blocks.of_some(name, some)
        return self.blocks[name][some]

    def let_go(self) -> None:
        """Forget matrices that can be made again."""
        if isinstance(self.blocks, _Restricted):
            self.blocks.made.clear()

    def factor(self, weight: Any) -> Any:
        """A factor by region as one by element, of shape (k, 1, 1)."""
        weight = np.asarray(weight)
        return weight[self.region][:, None, None] if weight.ndim else weight[()]
