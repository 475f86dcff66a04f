"""The fundamental mode HE11 of a round fibre in its surround, exactly (Snyder and Love, Optical
Waveguide Theory, 1983, chapter 12).

With U = a sqrt(n_f^2 k^2 - beta^2), W = a sqrt(beta^2 - n_s^2 k^2), j = J1'(U)/(U J1(U)) and
kappa = K1'(W)/(W K1(W)), beta solves

    (j + kappa)(n_f^2 j + n_s^2 kappa) = (beta/k)^2 (1/U^2 + 1/W^2)^2

on the branch of j - that of HE modes - with the smallest U. Units are those of c = eps0 = mu0 = 1;
fields go as exp(i beta y - i w t).
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from scipy.optimize import brentq
from scipy.special import jv, jvp, kve

from ...arrays import Array, Values
from ...errors import InputError
from ...fem.legendre import gauss

# Smallest W: below it the mode reaches ten thousand radii outwards and no real fibre guides it.
_LEAST_W = 1e-4
_SECOND_MODE = 2.404825557695773  # first zero of J0: cut-off of TE01, TM01 and (nearly) HE21
# First zero of J1, where the first branch of j ends (DLMF 10.21)
_FIRST_ZERO_J1 = 3.8317059702075125
_NODES = 60  # along the radius, inside and outside; 40 give the power to 1e-13
_FOLDS = 18.0  # of exp(-W rho/a), after which nothing is left outside


@dataclass(frozen=True)
class FibreMode:
    """HE11 of a fibre.

    Attributes
    ----------
    radius_um : float
    k_per_um : float
        Vacuum wavenumber.
    index, surround : float
    beta_per_um : float
        Propagation constant.
    """

    radius_um: float
    k_per_um: float
    index: float
    surround: float
    beta_per_um: float

    @classmethod
    def of(cls, diameter_um: float, k_per_um: float, index: float, surround: float) -> FibreMode:
        """Solve the characteristic equation.

        Raises
        ------
        InputError
            If the fibre guides nothing.
        """
        if not index > surround:
            raise InputError(
                f"coupling.medium: index {index:.5g} is not above the surround's {surround:.5g}: "
                "the fibre guides nothing"
            )
        radius = 0.5 * diameter_um
        v = radius * k_per_um * math.sqrt(index**2 - surround**2)
        # W from the largest to the smallest: U from 0, or the edge of the first branch, to V.
        highest = math.sqrt(v**2 - min(v, _FIRST_ZERO_J1) ** 2)
        high, low = v * (1.0 - 1e-12), max(highest * (1.0 + 1e-12), _LEAST_W)

        def misfit(log_w: float) -> float:
            return _misfit(math.exp(log_w), v, radius, k_per_um, index, surround)

        if low >= high or misfit(math.log(low)) * misfit(math.log(high)) > 0:
            raise InputError(
                f"coupling.diameter_um: a fibre of {diameter_um:g} um (V = {v:.3g}) hardly guides "
                "light of this wavelength; give a thicker one"
            )
        w = math.exp(float(brentq(misfit, math.log(low), math.log(high), xtol=1e-14, rtol=1e-14)))
        beta = math.sqrt((surround * k_per_um) ** 2 + (w / radius) ** 2)
        return cls(radius, k_per_um, index, surround, beta)

    @property
    def v(self) -> float:
        """V parameter; from 2.405 on further modes are guided."""
        return self.radius_um * self.k_per_um * math.sqrt(self.index**2 - self.surround**2)

    @property
    def single(self) -> bool:
        """Whether it is the only mode of the fibre."""
        return self.v < _SECOND_MODE

    @property
    def decay_per_um(self) -> float:
        """gamma = W/a of the field outside."""
        return math.sqrt(self.beta_per_um**2 - (self.surround * self.k_per_um) ** 2)

    @property
    def core_per_um(self) -> float:
        """U/a of the field inside."""
        return math.sqrt((self.index * self.k_per_um) ** 2 - self.beta_per_um**2)

    @cached_property
    def magnetic(self) -> complex:
        """H along the fibre over E along it, both as exp(i psi)."""
        u, w = self.core_per_um * self.radius_um, self.decay_per_um * self.radius_um
        ratio = (1.0 / u**2 + 1.0 / w**2) / (_inner(u) + _outer(w))
        return complex(1j * self.beta_per_um / self.k_per_um * ratio)

    def transverse(self, radius_um: Array) -> tuple[Values, Values, Values, Values, Values]:
        """E along the fibre, E_rho, E_psi, H_rho and H_psi at radii, of exp(i psi), where E along
        the fibre is 1 at the surface.
        """
        rho, a = np.asarray(radius_um, dtype=float), self.radius_um
        inside = rho < a
        u, gamma = self.core_per_um, self.decay_per_um
        square = np.where(inside, u**2, -(gamma**2))
        shape, slope = np.empty_like(rho), np.empty_like(rho)
        shape[inside] = jv(1, u * rho[inside]) / jv(1, u * a)
        slope[inside] = u * jvp(1, u * rho[inside]) / jv(1, u * a)
        out = ~inside
        shape[out] = kve(1, gamma * rho[out]) / kve(1, gamma * a) * np.exp(gamma * (a - rho[out]))
        slope[out] = gamma * gamma * rho[out] * _outer(gamma * rho[out]) * shape[out]
        h, beta, k = self.magnetic, self.beta_per_um, self.k_per_um
        eps = np.where(inside, self.index**2, self.surround**2)
        around = 1j * shape / rho
        factor = 1j / square
        e_rho = factor * (beta * slope + k * h * around)
        e_psi = factor * (beta * around - k * h * slope)
        h_rho = factor * (beta * h * slope - k * eps * around)
        h_psi = factor * (beta * h * around + k * eps * slope)
        return shape + 0j, e_rho, e_psi, h_rho, h_psi

    @cached_property
    def power(self) -> float:
        """Power of exp(i psi), where E along the fibre is 1 at the surface."""
        nodes, weights = gauss(_NODES)
        a = self.radius_um
        far = math.log1p(_FOLDS / (self.decay_per_um * a))
        inner = 0.5 * a * (nodes + 1.0)
        outer = a * np.exp(0.5 * far * (nodes + 1.0))
        rho = np.concatenate([inner, outer])
        weight = np.concatenate([0.5 * a * weights * inner, 0.5 * far * weights * outer**2])
        _, e_rho, e_psi, h_rho, h_psi = self.transverse(rho)
        flux = 0.5 * (e_rho * h_psi.conj() - e_psi * h_rho.conj()).real
        return float(2.0 * math.pi * (weight @ flux))

    def plane_waves(self, q_per_um: Array, turn: int) -> Values:
        """Field of unit power on the cavity's side, as waves exp(i q t - kappa y).

        Parameters
        ----------
        q_per_um : (n,) array
            Wavenumber along t, across fibre and gap.
        turn : {1, -1}
            Of exp(i turn psi): the two circular polarisations.

        Returns
        -------
        (3, n) array
            E towards the fibre (away from the cavity), along it, and along t, for each dq; y is the
            distance from the fibre's surface.
        """
        gamma, beta, k = self.decay_per_um, self.beta_per_um, self.k_per_um
        kappa = np.sqrt(gamma**2 + q_per_um**2)
        a = self.radius_um
        to_surface = np.exp((gamma - kappa) * a) / kve(1, gamma * a)
        along = 0.5 / kappa * (kappa + turn * q_per_um) / gamma * to_surface
        h = turn * self.magnetic * along
        factor = -1j / gamma**2
        towards_cavity = factor * (-beta * kappa * along + 1j * k * q_per_um * h)
        across = factor * (1j * beta * q_per_um * along + k * kappa * h)
        waves: Values = np.stack([-towards_cavity, along + 0j, across]) / math.sqrt(self.power)
        return waves


def _inner(u: float) -> float:
    return float(jvp(1, u) / (u * jv(1, u)))


def _outer(w: Any) -> Any:
    """K1'/(W K1) = -K0/(W K1) - 1/W^2."""
    return -kve(0, w) / (w * kve(1, w)) - 1.0 / w**2


def _misfit(
    w: float, v: float, radius: float, k_per_um: float, index: float, surround: float
) -> float:
    """U^2 times the difference of both sides of the HE branch, j = -b - sqrt(b^2 - c)."""
    u = math.sqrt(v**2 - w**2)
    square = (surround / index) ** 2
    n_eff = math.sqrt(surround**2 + (w / (radius * k_per_um)) ** 2)
    outer = _outer(w)
    right = (n_eff / index) ** 2 * (1.0 / u**2 + 1.0 / w**2) ** 2
    root = math.sqrt((0.5 * (1.0 - square) * outer) ** 2 + right)
    return float(u**2 * (_inner(u) + 0.5 * (1.0 + square) * outer + root))
