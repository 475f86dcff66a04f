"""Populations after a short pulse: the published cascade and its printed gain equation.

Times in ps. The cascade is

    hot pair f2 -Gamma-> relaxed pair f1 -gamma_E-> exciton e -gamma_nr-> empty.

"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ..arrays import Array


@dataclass(frozen=True)
class Cascade:
    """Life times of the cascade (Adv. Funct. Mater. 2024, 10.1002/adfm.202401247: 1.4, 7 and 17.5
    ps).

    Parameters
    ----------
    cooling_ps : float
        1 / Gamma, hot to relaxed pair.
    auger_ps : float
        1 / gamma_E, relaxed pair to exciton.
    nonradiative_ps : float
        1 / gamma_nr, exciton to empty.
    """

    cooling_ps: float = 1.4
    auger_ps: float = 7.0
    nonradiative_ps: float = 17.5

    def relaxed_pair(self, time_ps: ArrayLike) -> Array:
        """f1 for each unit of f2 excited at time 0: (exp(-gE t) - exp(-G t)) / (1 - gE/G)."""
        return _chain(np.asarray(time_ps, dtype=float), (1 / self.cooling_ps, 1 / self.auger_ps))

    def fed_exciton(self, time_ps: ArrayLike) -> Array:
        """Exciton fed by f1, for each unit of f2 excited at time 0."""
        return _chain(
            np.asarray(time_ps, dtype=float),
            (1 / self.cooling_ps, 1 / self.auger_ps, 1 / self.nonradiative_ps),
        )

    def hot_pair(self, time_ps: ArrayLike) -> Array:
        """f2 for each unit excited at time 0."""
        return np.asarray(np.exp(-np.asarray(time_ps, dtype=float) / self.cooling_ps))

    def lone_exciton(self, time_ps: ArrayLike) -> Array:
        """Exciton left of one excited alone at time 0."""
        return np.asarray(np.exp(-np.asarray(time_ps, dtype=float) / self.nonradiative_ps))

    def best_delay_ps(self) -> tuple[float, float]:
        """Delay of the largest f1 and its value for each unit of f2 (2.816 ps, 0.66874 by
        default).
        """
        fast, slow = 1 / self.cooling_ps, 1 / self.auger_ps
        delay = float(np.log(fast / slow) / (fast - slow))
        return delay, float(self.relaxed_pair(delay))

    def populations(
        self, excitons: ArrayLike, time_ps: ArrayLike
    ) -> tuple[Array, Array, Array, Array]:
        """Hot pair, relaxed pair, exciton and empty fractions under Poisson filling (shapes
        broadcast).

        Dots with two or more excitons start as one hot pair: the truncation that the published
        kinetics makes.
        """
        mean = np.asarray(excitons, dtype=float)
        single = mean * np.exp(-mean)
        pair = -np.expm1(-mean) - single
        hot = pair * self.hot_pair(time_ps)
        relaxed = pair * self.relaxed_pair(time_ps)
        exciton = pair * self.fed_exciton(time_ps) + single * self.lone_exciton(time_ps)
        return hot, relaxed, exciton, 1.0 - hot - relaxed - exciton


def printed_gain_bracket(
    excitons: ArrayLike, time_ps: ArrayLike, cascade: Cascade, degeneracy: float = 2.0
) -> Array:
    """Bracket of the published equation (2) as printed: rho_f2 f1(t) + rho_e exp(-gnr t) - 1, gain
    where positive.

    The printed form feeds no exciton from the pair. With plain probabilities (`degeneracy` 1) it is
    never positive; with degeneracy-weighted densities (twice Poisson) it crosses zero at 5 ps for
    <N> = 1.44, where the paper states 1.5.

    Parameters
    ----------
    excitons, time_ps : arrays
        Mean number per dot, delay; shapes broadcast.
    cascade : Cascade
    degeneracy : float
        Weight of the Poisson probabilities.
    """
    mean = np.asarray(excitons, dtype=float)
    single = mean * np.exp(-mean)
    pair = -np.expm1(-mean) - single
    return np.asarray(
        degeneracy * (pair * cascade.relaxed_pair(time_ps) + single * cascade.lone_exciton(time_ps))
        - 1.0
    )


def cascade_gain_bracket(excitons: ArrayLike, time_ps: ArrayLike, cascade: Cascade) -> Array:
    """Gain bracket with the exciton fed by the pair, 2 f1 + e - 1.

    It is positive where the two-fold edge has net gain.

    Parameters
    ----------
    excitons : array_like
        Mean excitons of a dot after the pump.
    time_ps : array_like
        Since the pump; broadcast with the excitons.
    cascade : Cascade

    Returns
    -------
    array
        From -1 (no exciton) to 1 (pairs alone).
    """
    _, relaxed, exciton, _ = cascade.populations(excitons, time_ps)
    return np.asarray(2.0 * relaxed + exciton - 1.0)


def _chain(time: Array, rates: tuple[float, ...]) -> Array:
    """Last member of a linear decay chain with unit start in the first (Bateman 1910), also for
    equal rates.

    Equal or nearly equal rates are told apart by a relative 1e-6, which changes the result by about
    as much.
    """
    apart = list(rates)
    for index in range(len(apart)):
        while any(abs(apart[index] - other) < 1e-6 * other for other in apart[:index]):
            apart[index] *= 1.0 + 2e-6
    total = np.zeros_like(time)
    for rate in apart:
        total = total + np.exp(-rate * time) / np.prod(
            [other - rate for other in apart if other is not rate]
        )
    return np.asarray(total * np.prod(apart[:-1]))
