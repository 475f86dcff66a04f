"""One mode of a cavity that is not round, expanded in fields of neighbouring azimuthal orders.

With the moved section as other weights (`metric`), a deviation couples azimuthal orders that differ
by its harmonics. The eigenvalue is sought in the span of the round mode and of what the deviation
drives out of it, order by order: each step takes the residual of the best combination so far and
solves the round problem of every order for it (Davidson's method with the round cavity as its
approximate inverse). After the first step the eigenvalue is right to second order in the
deviation, for all intermediate states at once and not for a few modes; after two, to fourth.

Where a deviation leads from +m to -m both are in the span from the start, which is degenerate
perturbation theory; two eigenvalues come out.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field

import numpy as np

from ...arrays import Values
from ..changes.first_order import Quotient, dispersive_energy
from ..solver.snapshot import RawMode
from .round_orders import RoundOrders
from .sector import Points
from .shape import Displacement, Group
from .span import Span

# Two steps are right to fourth order in the deviation; more settle a large one, or show that
# nothing settles.
MOST_STEPS = 8
_SETTLED = 5e-4  # of the shift: a last step that changes less ends the search
_NOTHING = 1e-15  # of k0^2: rounding


@dataclass(frozen=True)
class Expanded:
    """What a group of deviations does to the pair +m and -m.

    Attributes
    ----------
    shifts : tuple of complex
        Relative changes of k0 of the two standing waves, or of one where the pair stays
        degenerate.
    phase_rad : float
        Of the coupling from +m to -m; 0 where there is none.
    parts : dict of int to array
        What is mixed in, by azimuthal order, in units of the mode.
    settled : float
        Last change of the shift, of itself.
    """

    shifts: tuple[complex, ...]
    phase_rad: float = 0.0
    parts: dict[int, Values] = field(default_factory=dict)
    settled: float = 0.0

    @property
    def mean(self) -> complex:
        """Relative change of both."""
        return sum(self.shifts, 0.0j) / len(self.shifts)

    @property
    def couplings(self) -> tuple[complex, complex]:
        """From +m to -m and back."""
        turn = np.exp(1j * self.phase_rad)
        return complex(self.half_splitting * turn), complex(self.half_splitting / turn)

    @property
    def half_splitting(self) -> complex:
        """Half the relative difference."""
        return 0.5 * (self.shifts[0] - self.shifts[-1])


class Expansion:
    """One mode, expanded for one group of deviations after another.

    Parameters
    ----------
    raw : RawMode
        Polished.
    points : Points
    displacement : Displacement

    Attributes
    ----------
    orders : RoundOrders
        Shared by all groups.
    """

    def __init__(self, raw: RawMode, points: Points, displacement: Displacement) -> None:
        self.orders = RoundOrders(raw, points, displacement)
        energy = raw.vector @ (self.orders.pencil(raw.m).mass @ raw.vector)
        self._dispersion = dispersive_energy(raw, Quotient.of_mode(raw)) / complex(energy)

    def expanded(self, group: Group, steps: int = MOST_STEPS) -> Expanded:
        """The eigenvalues of a group of deviations.

        Parameters
        ----------
        group : Group
        steps : int
            Corrections at most; one is enough for the leading order of a small deviation.

        Raises
        ------
        InputError
            If the deviation is so large that the map folds over.
        """
        span = Span(self.orders, group)
        square = self.orders.square
        before, settled = span.ritz(), math.inf
        for _ in range(steps):
            span.grow(before)
            now = span.ritz()
            least = abs(square) * _NOTHING
            size = max(*map(abs, now.values), least)
            settled = float(np.max(abs(now.values - before.values))) / size
            before = now
            if settled < _SETTLED:
                break
        scale = 1.0 / (square * self._dispersion)
        # The round mode's own quotient in this window: k0^2 stands there to some 1e-11 of itself.
        values = before.values - span.of_round()
        return Expanded(
            tuple(complex(np.sqrt(1.0 + scale * one) - 1.0) for one in values),
            before.phase,
            span.parts(before),
            settled,
        )
