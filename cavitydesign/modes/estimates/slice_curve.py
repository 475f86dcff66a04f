"""Wavenumbers of the cavity's slice against the angular order, and the order of a wavenumber."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from ...analytic.functions.size_parameters import airy_zero
from ...arrays import Array
from .equator_slice import EquatorSlice

_NARROW = 1.02  # span of angular orders over which k has the shape of its Airy estimate, to 1e-4
_MOST_STEPS = 30  # of the secant


@dataclass(frozen=True)
class SliceCurve:
    """Wavenumbers of a slice against the angular order, interpolated between a few.

    Attributes
    ----------
    orders, ratios : (n,) arrays
        Angular orders, and k there over the Airy estimate's shape.
    p : int
    """

    orders: Array
    ratios: Array
    p: int

    @classmethod
    def between(cls, line: EquatorSlice, low: float, high: float, k_guess: float) -> SliceCurve:
        """Of a slice over a span of angular orders; k_guess is for the lowest."""
        span = high / low
        count = 1 if span < _NARROW else 2 + sum(span > x for x in (1.1, 1.4, 2.0, 4.0))
        orders = np.linspace(low, high, count) if count > 1 else np.array([low])
        found: list[float] = []
        for number, order in enumerate(orders):
            if number:
                k_guess = (
                    found[-1] * airy_shape(order, line.p) / airy_shape(orders[number - 1], line.p)
                )
            found.append(line.k_per_um(float(order), k_guess))
        shapes = [airy_shape(order, line.p) for order in orders]
        return cls(orders, np.array(found) / np.array(shapes), line.p)

    def k_per_um(self, order: float) -> float:
        """Wavenumber at an angular order."""
        nodes = self.orders.tolist()
        weights = [
            math.prod((order - other) / (node - other) for j, other in enumerate(nodes) if j != i)
            for i, node in enumerate(nodes)
        ]
        return airy_shape(order, self.p) * float(np.dot(weights, self.ratios))


def airy_shape(order: float, p: int) -> float:
    """n k R of a wall at the rim, to the leading two terms: what k(nu) looks like."""
    return float(order + airy_zero(p) * (order / 2.0) ** (1.0 / 3.0))


def order_at(line: EquatorSlice, k_per_um: float, start: float) -> tuple[float, float]:
    """Angular order whose slice has a wavenumber, and the wavenumber found there; an order below 1
    where even that of order 1 has a higher one.
    """
    order, k = start, line.k_per_um(start, k_per_um)
    for _ in range(_MOST_STEPS):
        # dk/dnu from the shape: secant steps with it reach the order whatever the layers
        slope = k * (airy_shape(order + 0.5, line.p) / airy_shape(order, line.p) - 1.0) * 2.0
        step = (k_per_um - k) / slope
        if order <= 1.0 and step < 0.0:
            return 1.0 + step, k
        order = max(1.0, order + step)
        k = line.k_per_um(order, k_per_um)
        if abs(step) < 0.05:
            break
    return order, k


def order_of_shape(value: float, p: int) -> float:
    """Angular order of a value of `airy_shape`, at least 1."""
    order = max(1.0, value - airy_zero(p) * (value / 2.0) ** (1.0 / 3.0))
    for _ in range(40):
        slope = 2.0 * (airy_shape(order + 0.5, p) - airy_shape(order, p))
        order = max(1.0, order + (value - airy_shape(order, p)) / slope)
    return float(order)
