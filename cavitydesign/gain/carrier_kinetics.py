"""Free carriers: a density that feeds the light of all modes and recombines as A N + B N^2 + C N^3.

The density stands in units of that of transparency, x = N / N_tr, on a ladder of one rung which has
no end: an "emitter" is the volume that holds one carrier at transparency. What a rung of a ladder
does in proportion to its population, carriers do by laws of x.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.integrate import solve_ivp
from scipy.interpolate import CubicSpline

from ..arrays import Array
from ..errors import SolverError
from .ladder import Ladder, StillToCome

# Densities after a pulse between which those at a later delay are interpolated, 20 a decade: the
# spline is right to 1e-7.
_DENSITIES = np.geomspace(1e-6, 1e6, 241)
# Of Newton's method for a steady density; most take 4 to 10, halvings alone 60.
_STEPS = 200
# Of a balance, over the sizes of its parts.
_ROUNDING = 4.0 * np.finfo(float).eps
# Density, over that of transparency, that counts as none.
_NO_DENSITY = 1e-30
# Gauss points of the quadrature whose error the next comment gives
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(32)
# Quadrature from 0 to 1, closer towards 0, where A N takes over from B N^2: 1e-9.
_RUNG_SHARES, _SHARES = 0.25 * (_NODES + 1.0) ** 2, 0.5 * (_NODES + 1.0) * _WEIGHTS


@dataclass(frozen=True)
class CarrierLadder(Ladder):
    """The laws of carriers; the arrays of `Ladder` hold what they are at transparency.

    Attributes
    ----------
    monomolecular_per_ps, bimolecular_per_ps, auger_per_ps : float
        A, B N_tr and C N_tr^2.
    glowing_per_ps : tuple of float
        Radiative parts of the first two.
    einstein_ps : float
        Weight of emission into a mode over the rate of all spontaneous photons.
    shift : float or None
        s of the gain ln((x + s) / (1 + s)); None: the gain is x - 1. Both in units of the scale.
    """

    monomolecular_per_ps: float
    bimolecular_per_ps: float
    auger_per_ps: float
    glowing_per_ps: tuple[float, float]
    einstein_ps: float
    shift: float | None

    @property
    def laws(self) -> Array:
        """All of these numbers in the order of `Laws` of the compiled steps; the last is one where
        the gain is linear.
        """
        linear = self.shift is None
        return np.array(
            [
                self.monomolecular_per_ps,
                self.bimolecular_per_ps,
                self.auger_per_ps,
                *self.glowing_per_ps,
                self.einstein_ps,
                1.0 if self.shift is None else self.shift,
                float(linear),
            ]
        )

    def gain_of(self, x: Array) -> Array:
        """Gain in units of the scale."""
        if self.shift is None:
            return np.asarray(x - 1.0)
        return np.asarray(np.log((np.maximum(x, 0.0) + self.shift) / (1.0 + self.shift)))

    def gain_slope(self, x: Array) -> Array:
        """Derivative of the gain by the density."""
        if self.shift is None:
            return np.ones_like(x)
        return np.asarray(1.0 / (np.maximum(x, 0.0) + self.shift))

    def weights(self, x: Array) -> Array:
        """(4, ...) weights of emission and absorption, rates of photoluminescence and of decay."""
        first, second = self.glowing_per_ps
        glow = x * (first + second * x)
        emission = self.einstein_ps * glow
        return np.stack([emission, emission - self.gain_of(x), glow, self._decay(x)])

    def slopes(self, x: Array) -> Array:
        """Derivatives of the four weights by the density."""
        first, second = self.glowing_per_ps
        glow = first + 2.0 * second * x
        emission = self.einstein_ps * glow
        decay = (
            self.monomolecular_per_ps
            + 2.0 * self.bimolecular_per_ps * x
            + 3.0 * self.auger_per_ps * x**2
        )
        return np.stack([emission, emission - self.gain_slope(x), glow, decay])

    def _decay(self, x: Array) -> Array:
        later = self.bimolecular_per_ps + self.auger_per_ps * x
        return np.asarray(x * (self.monomolecular_per_ps + x * later))

    def steady_level(self, up: Array, down: Array, emitting: Array, absorbing: Array) -> Array:
        """Density at which recombination and emission balance pump and absorption: Newton's method
        between bounds, since the balance rises with the density.
        """
        rates = np.broadcast_arrays(up - down, emitting, absorbing)
        fed, emitting, absorbing = (np.asarray(one, dtype=float) for one in rates)

        def balance(x: Array) -> tuple[Array, Array]:
            """And the sum of the sizes of what it is made of."""
            emission, absorption, _, decay = self.weights(x)
            emitted, absorbed = emission * emitting, absorption * absorbing
            size = decay + emitted + np.abs(absorbed) + np.abs(fed)
            return decay + emitted - absorbed - fed, size

        low, high = np.zeros_like(fed), np.ones_like(fed)
        while np.any(short := balance(high)[0] < 0):
            high = np.where(short, 4.0 * high, high)
        x = high
        for _ in range(_STEPS):
            now, noise = balance(x)
            low, high = np.where(now < 0, x, low), np.where(now < 0, high, x)
            emission, absorption, _, decay = self.slopes(x)
            slope = decay + emission * emitting - absorption * absorbing
            after = x - now / slope
            # The bounds belong to it: what is found is one of them from then on.
            after = np.where((after >= low) & (after <= high), after, 0.5 * (low + high))
            # Emission and absorption in strong light cancel: no density is sharper than their
            # rounding.
            done = np.abs(after - x) <= 1e-15 * x + _ROUNDING * noise / slope
            x = after
            if done.all():
                break
        return x

    def level_weights(self, level: Array) -> Array:
        """`weights`."""
        return self.weights(level)

    def level_slopes(self, level: Array) -> Array:
        """`slopes`."""
        return self.slopes(level)

    @property
    def pump_slope(self) -> float:
        """Not at all."""
        return 0.0

    def level_pumped(self, level: Array, backwards: float) -> Array:
        """One: the pump's absorption does not bleach."""
        return np.ones_like(level)

    @property
    def onset_power(self) -> float:
        """Power of the density with which spontaneous emission rises at transparency: 1 to 2."""
        first, second = self.glowing_per_ps
        return (first + 2.0 * second) / (first + second)

    @property
    def emission_over_radiation_ps(self) -> float:
        """Weight of emission over the rate of radiation, in ps: one number at every density."""
        return self.einstein_ps

    def in_the_dark(self, times_ps: Array) -> Callable[[Array], Array]:
        """Decay without light, as a ladder gives it: an integration to 1e-9, interpolated."""
        later = _densities_later(
            self.monomolecular_per_ps,
            self.bimolecular_per_ps,
            self.auger_per_ps,
            self.cooling_per_ps,
            tuple(np.asarray(times_ps, dtype=float).tolist()),
        )

        def weights(occupation: Array) -> Array:
            start = np.clip(occupation[1], _DENSITIES[0], _DENSITIES[-1])
            return self.weights(np.exp(later(np.log(start))).T)[:2]

        return weights

    def to_come(self, rungs: Array, seed: Array) -> StillToCome:
        """While the density falls from x to 0, it stays at each value for dx over its decay."""
        # a density that has decayed may stand a rounding below nothing
        x = np.maximum(rungs[1], _NO_DENSITY)
        densities = _RUNG_SHARES[:, None, None] * x
        emission, _, glow, decay = self.weights(densities)
        lasting = x * _SHARES[:, None, None] / np.maximum(decay + emission * seed, 1e-300)
        rate = np.maximum(decay + emission * seed, 1e-300)[-1]
        return StillToCome(
            (emission * lasting).sum(axis=0),
            (glow * lasting).sum(axis=0),
            glow[-1] / rate,
            emission[-1] / rate,
            self.monomolecular_per_ps,
        )


@functools.lru_cache(maxsize=16)
def _densities_later(
    first: float, second: float, third: float, cooling: float, times_ps: tuple[float, ...]
) -> CubicSpline:
    """Logarithms of the densities at the delays, from that of the density that a pulse leaves hot.

    In units of the carriers that have cooled by then, the density starts at one.
    """

    def rate(time: float, x: Array) -> Array:
        fed = _DENSITIES * cooling * np.exp(-cooling * time)
        return np.asarray(fed - x * (first + x * (second + third * x)))

    def bend(time: float, x: Array) -> Array:
        return np.asarray(-(first + x * (2.0 * second + 3.0 * third * x)))[None, :]

    # one equation for each density: LSODA with a Jacobian of one diagonal
    found = solve_ivp(
        rate,
        (0.0, times_ps[-1]),
        np.zeros(len(_DENSITIES)),
        method="LSODA",
        t_eval=times_ps,
        jac=bend,
        lband=0,
        uband=0,
        rtol=1e-9,
        atol=1e-16,
    )
    if not found.success:
        raise SolverError("carriers: the decay in the dark could not be integrated")
    return CubicSpline(np.log(_DENSITIES), np.log(np.maximum(found.y, 1e-300)))
