"""The span in which a mode of a cavity that is not round is sought: fields of several azimuthal
orders, and the small eigenproblem on them.

With the moved section as other weights (`metric`), a deviation couples azimuthal orders that differ
by its harmonics. The span starts with the round mode, and with its partner -m where the deviation
leads there; each step adds what the round problem of every order makes of the residual of the best
combination so far (Davidson's method with the round cavity as its approximate inverse).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import linalg

from ...arrays import Values
from ...errors import InputError
from .metric import added_weights
from .round_orders import RoundOrders
from .sector import OF_CURL, OF_E
from .shape import Group

_LEAST_ORDER = 2  # azimuthal orders below it reach the axis, where a window has a wall
_WITHIN = 0.2  # of k0^2, farther from which no eigenvalue is the mode's (static fields are at -1)
_DROPPED = 1e-9  # of a new vector's norm, left by the ones before: nothing new
_SAME = 1e-9  # of a product of norms: two vectors are multiples of each other
_NEGLIGIBLE = 1e-3  # of the first residual: its square is what an order adds to the eigenvalue
_MORE_AZIMUTHS = 8  # beside two for each harmonic between the orders
_PAIRED_WITHIN = 2  # steps from +m to -m, from which on no splitting is looked for


@dataclass(frozen=True, eq=False)
class _Entry:
    """One vector of the span: its order, what the round forms make of it, and its field."""

    m: int
    vector: Values
    residual: Values
    mass: Values
    numbers: Values


@dataclass(frozen=True, eq=False)
class Ritz:
    """Eigenvalues of the small problem, less k0^2, with right and left vectors in columns."""

    values: Values
    right: Values
    left: Values
    phase: float


class Span:
    """Vectors of several azimuthal orders, and the small eigenproblem on them."""

    def __init__(self, of: RoundOrders, group: Group) -> None:
        self._of, self._group, self._reach = of, group, 0
        m = of.raw.m
        for k in group.harmonics:
            if abs(m - k) < _LEAST_ORDER:
                raise InputError(
                    f"cavity.deviation: {k} waves around the rim drive light of azimuthal order "
                    f"{abs(m - k)} out of m = {m}, which crosses the axis; not computed"
                )
        self._entries: list[_Entry] = []
        self._form = self._mass = np.zeros((0, 0), dtype=complex)
        self._strongest = 0.0
        self._starts = 2 if -2 * m in self._offsets(_PAIRED_WITHIN) else 1
        self._tabulate()
        for order in (m, -m)[: self._starts]:
            self._add(order, of.raw.vector)

    def _offsets(self, reach: int) -> set[int]:
        """What so many steps by the group's harmonics add to an azimuthal order."""
        steps = {0}
        for _ in range(reach):
            steps |= {
                a + sign * k for a in steps for k in self._group.harmonics for sign in (1, -1)
            }
        return steps

    def _tabulate(self) -> None:
        """Orders within reach, and the weights at as many azimuths as their products ask for."""
        m, steps = self._of.raw.m, self._offsets(self._reach)
        orders = {m + one for one in steps}
        # the other sense is a part of the pair, or out of reach
        orders = orders | {-one for one in orders} if self._starts == 2 else orders - {-m}
        self._orders = sorted(one for one in orders if abs(one) >= _LEAST_ORDER)
        period = self._group.period
        span = max(steps) - min(steps) + 4 * max(self._group.harmonics)
        span = max(span, 2 * m + 2 * max(steps)) if self._starts == 2 else span
        count = span // period + _MORE_AZIMUTHS
        self._angles = 2.0 * math.pi * np.arange(count) / (count * period)
        deviation = self._group.deviation
        moves = [self._of.displacement.at(deviation, float(phi)) for phi in self._angles]
        self._weights = [added_weights(move, self._of.points.eps) for move in moves]

    def ritz(self) -> Ritz:
        """The eigenpairs that hold most of the round mode."""
        form, mass = self._matrices()
        values, left, right = _eigenpairs(form, mass)
        weight = (abs(right[: self._starts]) ** 2).sum(axis=0) / (abs(right) ** 2).sum(axis=0)
        weight = np.where(abs(values) < _WITHIN * abs(self._of.square), weight, 0.0)
        chosen = np.argsort(-weight)[: self._starts]
        chosen = chosen[np.argsort(-values[chosen].real)]
        phase = 0.0
        if self._starts == 2:
            plus, minus = right[:2, chosen[0]]
            phase = float(np.angle(minus / plus)) if plus else 0.0
        return Ritz(values[chosen], right[:, chosen], left[:, chosen].conj(), phase)

    def of_round(self) -> complex:
        """What the round mode itself has for an eigenvalue here, less k0^2."""
        own = self._entries[0]
        return complex(own.vector @ own.residual / (own.vector @ own.mass))

    def grow(self, ritz: Ritz) -> None:
        """One correction of every order that counts, for each eigenpair, one step farther out
        than before.
        """
        self._reach += 1
        self._tabulate()
        known = tuple(self._entries)
        for column, value in enumerate(ritz.values):
            right, left = ritz.right[:, column], ritz.left[:, column]
            ahead = self._residuals(known, right, value, 1.0)
            back = self._residuals(known, left, value, -1.0)
            self._strongest = self._strongest or max(
                float(np.linalg.norm(x)) for x in ahead.values()
            )
            for m in self._orders:
                if np.linalg.norm(ahead[m]) < _NEGLIGIBLE * self._strongest:
                    continue
                self._add(m, self._of.solve(m, ahead[m]))
                if not _parallel(ahead[m], back[m]):
                    self._add(m, self._of.solve(m, back[m]))

    def parts(self, ritz: Ritz) -> dict[int, Values]:
        """Field of each order but the mode's own, in units of the mode's."""
        own = abs(ritz.right[0, 0])
        out: dict[int, Values] = {}
        for entry, c in zip(self._entries, ritz.right[:, 0], strict=True):
            if abs(entry.m) != abs(self._of.raw.m):
                part = c / own * entry.vector if own else 0.0 * entry.vector
                out[entry.m] = out.get(entry.m, 0.0) + part
        return out

    def _add(self, m: int, vector: Values) -> None:
        """A vector without what its order has already; left out if nothing is new."""
        size = np.linalg.norm(vector)
        if size == 0.0:
            return
        vector = vector / size
        for _ in range(2):
            for entry in self._entries:
                if entry.m == m:
                    vector = vector - entry.vector * np.vdot(entry.vector, vector)
        left = np.linalg.norm(vector)
        if left < _DROPPED:
            return
        vector = vector / left
        pencil = self._of.pencil(m)
        mass = pencil.mass @ vector
        residual = pencil.stiffness @ vector - self._of.square * mass
        numbers = self._of.points.numbers(vector, m)
        self._entries.append(_Entry(m, vector, residual, mass, numbers))

    def _matrices(self) -> tuple[Values, Values]:
        """K - k0^2 B and B of the moved section in the span; only what is new is computed."""
        old, count = self._form.shape[0], len(self._entries)
        if count == old:
            return self._form, self._mass
        grown = [np.zeros((count, count), dtype=complex) for _ in range(2)]
        for matrix, known in zip(grown, (self._form, self._mass), strict=True):
            matrix[:old, :old] = known
        self._form, self._mass = grown
        whole, fresh = slice(0, count), slice(old, count)
        self._fill(whole, fresh)
        if old:
            self._fill(fresh, slice(0, old))
        return self._form, self._mass

    def _fill(self, tests: slice, trials: slice) -> None:
        """One block of both matrices."""
        points, square = self._of.points, self._of.square
        rows, columns = self._entries[tests], self._entries[trials]
        for i, one in enumerate(rows, tests.start):
            for j, other in enumerate(columns, trials.start):
                if one.m == other.m:
                    self._form[i, j] = one.vector @ other.residual
                    self._mass[i, j] = one.vector @ other.mass
        volume = points.volume.ravel()
        test = np.stack([one.numbers for one in rows]).reshape(len(rows), 2, 3, -1) * volume
        trial = np.stack([one.numbers for one in columns]).reshape(len(columns), 2, 3, -1)
        of_rows, of_columns = (np.array([one.m for one in part]) for part in (rows, columns))
        for kind, factor in enumerate((OF_E, OF_CURL)):
            left = (factor.conj()[:, None] * test[:, kind]).reshape(len(rows), -1)
            right = factor[:, None] * trial[:, kind]
            for phi, weights in zip(self._angles, self._weights, strict=True):
                weight = weights[1 - kind].reshape(3, 3, -1)
                driven = np.stack(
                    [(weight[i][:, None] * right.swapaxes(0, 1)).sum(axis=0) for i in range(3)], 1
                )
                turn = np.exp(1j * np.subtract.outer(-of_rows, -of_columns) * phi)
                added = turn / self._angles.size * (left @ driven.reshape(len(columns), -1).T)
                if kind == 0:
                    self._mass[tests, trials] += added
                self._form[tests, trials] += added * (-square if kind == 0 else 1.0)

    def _residuals(
        self, known: tuple[_Entry, ...], c: Values, value: complex, sense: float
    ) -> dict[int, Values]:
        """Minus what is left of the equation of each order, for a right vector (sense 1) or a left
        one (sense -1), for which the deviation turns the other way.
        """
        points, angles = self._of.points, self._angles
        orders = np.array([entry.m for entry in known])
        turns = np.exp(1j * sense * np.outer(angles, orders)) * c
        numbers = np.stack([entry.numbers for entry in known])
        totals = np.tensordot(turns, numbers, 1)
        of_e, of_curl = (
            (one if sense > 0 else one.conj())[:, None, None] for one in (OF_E, OF_CURL)
        )
        driven = np.empty_like(totals)
        for kind, (weight_curl, weight_e) in enumerate(self._weights):
            e, curl = totals[kind]
            driven[kind, 0] = np.einsum("ij...,j...->i...", weight_e, of_e * e)
            driven[kind, 1] = np.einsum("ij...,j...->i...", weight_curl, of_curl * curl)
        back = np.exp(-1j * sense * np.outer(self._orders, angles)) / angles.size
        densities = np.tensordot(back, driven, 1)
        densities[:, 0] *= -(self._of.square + value) * of_e.conj() * points.volume
        densities[:, 1] *= of_curl.conj() * points.volume
        out = {}
        for m, density in zip(self._orders, densities, strict=True):
            left = points.functional(density, m)
            for entry, factor in zip(known, c, strict=True):
                if entry.m == m:
                    left = left + factor * (entry.residual - value * entry.mass)
            out[m] = -left
        return out


def _eigenpairs(form: Values, mass: Values) -> tuple[Values, Values, Values]:
    """Eigenvalues with left and right vectors in columns."""
    found: Any = linalg.eig(form, mass, left=True, right=True)
    return found[0], found[1], found[2]


def _parallel(one: Values, other: Values) -> bool:
    """Whether two vectors are multiples of each other."""
    product = abs(np.vdot(one, other))
    return bool(product >= (1.0 - _SAME) * np.linalg.norm(one) * np.linalg.norm(other))
