"""Functions on elements in which an absorbing layer begins, integrated on either side of its face.

The stretch is smooth to second order at a face. A Gauss rule over the whole element errs by 1/n^3
there, for all degrees alike, so that no comparison of degrees shows it: 9e-9 of k and 4e-7 of
log10 Q (exact sphere of Q = 1.8e6, in rows of elements of 1.7 wavelengths). Here a form's weights
are taken at points of the pieces. A product of two functions there is one at the points of a grid,
interpolated: so the weights go to the grid, and all else is as for any element.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from ...arrays import Array, IntArray, Values
from ..basis import MeridianBasis, Rule, line_rule
from ..legendre import gauss, legendre_values
from .within import PointsWithin


class PiecewiseBasis(MeridianBasis):
    """The pair (E, psi) on elements each of which has points of its own.

    Made like `MeridianBasis`, with a rule of shapes (2, elements, n) and (elements, n).
    """

    @cached_property
    def lines(self) -> tuple[Array, Array]:
        """Points in s and in t of the grid that products of two functions are known by."""
        points = line_rule(2 * self.elem.degree + 1)[0]
        return points, points

    @cached_property
    def _to_lines(self) -> tuple[Array, Array]:
        """What each point counts at each line of s and of t, both (elements, n, lines)."""
        count = self.lines[0].size
        x, w = gauss(count)
        at_lines = w[:, None] * legendre_values(count, x).T
        s, t = (
            (legendre_values(count, 2.0 * one.ravel() - 1.0).T @ at_lines.T).reshape(
                *one.shape, count
            )
            for one in self.X
        )
        return s, t

    def gridded(self, weight: Values) -> Values:
        """Weights at the points as weights on the grid, (elements, lines of s * lines of t)."""
        to_s, to_t = self._to_lines
        out = np.empty((weight.shape[0], to_s.shape[2], to_t.shape[2]), dtype=weight.dtype)
        for number, one in enumerate(weight):
            out[number] = (to_s[number] * one[:, None]).T @ to_t[number]
        return out.reshape(weight.shape[0], -1)


def rule_by_element(points: PointsWithin, elements: IntArray) -> Rule:
    """Points of increasing elements as a rule on the unit square, each element's own; of those with
    fewer points the last ones weigh nothing.
    """
    order = np.argsort(points.element, kind="stable")
    number = np.searchsorted(elements, points.element[order])
    counts = np.bincount(number, minlength=elements.size)
    place = np.arange(order.size) - (np.cumsum(counts) - counts)[number]
    most = int(counts.max())
    X, W = np.full((2, elements.size, most), 0.5), np.zeros((elements.size, most))
    X[0, number, place] = 0.5 * (points.s[order] + 1.0)
    X[1, number, place] = 0.5 * (points.t[order] + 1.0)
    W[number, place] = 0.25 * points.weight[order]
    return X, W
