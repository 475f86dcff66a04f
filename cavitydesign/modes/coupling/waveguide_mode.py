"""The fundamental modes of a straight guide of rectangular section, with E along its height or
across it.

A slab is solved exactly: cos(u x / h) inside with u tan u = w eta, u^2 + w^2 = V^2 over half the
thickness h, eta = 1 for E along the slab and (n_g / n_s)^2 for E across it. A guide of finite
height is taken by the effective index: the slab across the gap first, then a slab of its effective
index along the height (Marcatili, Bell Syst. Tech. J. 48, 2071, 1969; Okamoto, Fundamentals of
Optical Waveguides, section 2.2).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from scipy.optimize import brentq

from ...arrays import Array, ComplexArray
from ...errors import InputError
from ...fem.legendre import gauss

_NODES = 40  # across the core; the field there has no node


@dataclass(frozen=True)
class Slab:
    """Even fundamental mode of a slab.

    Attributes
    ----------
    half_um : float
        Half of the thickness.
    along : float
        u / half_um: wavenumber across the slab inside.
    decay_per_um : float
        Outside.
    beta_per_um : float
    step : float
        Ratio of the squares of the indices where E stands across the slab, 1 where it lies along.
    """

    half_um: float
    along: float
    decay_per_um: float
    beta_per_um: float
    step: float

    @classmethod
    def of(
        cls, thickness_um: float, k_per_um: float, index: float, surround: float, across: bool
    ) -> Slab:
        """Solve the characteristic equation; the mode has no cut-off."""
        half = 0.5 * thickness_um
        v = half * k_per_um * math.sqrt(index**2 - surround**2)
        step = (index / surround) ** 2 if across else 1.0

        def misfit(u: float) -> float:
            return u * math.sin(u) - step * math.sqrt(max(v**2 - u**2, 0.0)) * math.cos(u)

        u = float(brentq(misfit, 0.0, min(v, 0.5 * math.pi), xtol=1e-15, rtol=1e-14))
        decay = math.sqrt(max(v**2 - u**2, 0.0)) / half
        beta = math.sqrt((surround * k_per_um) ** 2 + decay**2)
        return cls(half, u / half, decay, beta, step)

    @property
    def square(self) -> float:
        """int X^2 of the field that is continuous at the faces and 1 in the middle, its part
        outside times the step: int E^2 where E lies along the slab, eps_g int H^2 / eps else.
        """
        u = self.along * self.half_um
        inside = self.half_um * (1.0 + math.sin(2.0 * u) / (2.0 * u))
        return inside + self.step * math.cos(u) ** 2 / self.decay_per_um

    def inside(self, rate: Array) -> tuple[Array, Array]:
        """int X exp(-rate (h + x)) dx over the core, and of the slope of X; x runs from the middle
        away from the near face.
        """
        nodes, weights = gauss(_NODES)
        x = self.half_um * nodes
        kernel = np.exp(-np.outer(rate, self.half_um + x)) * (self.half_um * weights)
        return kernel @ np.cos(self.along * x), kernel @ (-self.along * np.sin(self.along * x))


@dataclass(frozen=True)
class WaveguideMode:
    """A mode of a slab or of a rectangular guide.

    Attributes
    ----------
    across : bool
        Whether E points across the gap; along the height of the guide otherwise.
    beta_per_um : float
    near, high : Slab, Slab or None
        Profiles across the gap and along the height.
    k_per_um : float
        Vacuum wavenumber.
    index : float
    contrast : float
        Permittivity of the guide less that of the surround.
    power : float
        Of a field that is 1 in the middle: E along the height, or H along it for E across the gap.
    single : bool
        Whether no other mode of this polarisation is guided.
    """

    across: bool
    beta_per_um: float
    near: Slab
    high: Slab | None
    k_per_um: float
    index: float
    contrast: float
    power: float
    single: bool

    @classmethod
    def of(
        cls,
        width_um: float,
        height_um: float | None,
        k_per_um: float,
        index: float,
        surround: float,
        across: bool,
    ) -> WaveguideMode:
        """Solve a guide.

        Raises
        ------
        InputError
            If its index is not above the surround's.
        """
        if not index > surround:
            raise InputError(
                f"coupling.medium: index {index:.5g} is not above the surround's {surround:.5g}: "
                "the waveguide guides nothing"
            )
        near = Slab.of(width_um, k_per_um, index, surround, across)
        high, beta = None, near.beta_per_um
        v = k_per_um * math.sqrt(index**2 - surround**2)
        single = 0.5 * v * width_um < 0.5 * math.pi
        if height_um is not None:
            inner = near.beta_per_um / k_per_um
            # what lies across the gap lies along the faces above and below
            high = Slab.of(height_um, k_per_um, inner, surround, not across)
            beta = high.beta_per_um
            single = single and 0.5 * v * height_um < 0.5 * math.pi
        # of a field that is 1 in the middle: H for E across the gap, E for E along the height
        flux = 0.5 * beta / k_per_um * near.square / (index**2 if across else 1.0)
        if high is not None:
            flux *= high.square * (1.0 if across else (near.beta_per_um / beta) ** 2)
        return cls(across, beta, near, high, k_per_um, index, index**2 - surround**2, flux, single)

    def taken_up(self, q_per_um: Array, kappa: Array) -> ComplexArray:
        """What the guide takes up of a wave exp(i q t - kappa n) that is 1 at its near face, shape
        (3, w): the conjugate of its own field of unit power over the core, times the step of the
        permittivity.
        """
        profile, slope = self.near.inside(kappa)
        fields = np.zeros((3, q_per_um.size), dtype=complex)
        height = np.ones(q_per_um.size) + 0j
        rise = np.zeros(q_per_um.size) + 0j
        if self.high is not None:
            nodes, weights = gauss(_NODES)
            t = self.high.half_um * nodes
            wave = np.exp(1j * np.outer(q_per_um, t)) * (self.high.half_um * weights)
            height = wave @ np.cos(self.high.along * t)
            rise = wave @ (-self.high.along * np.sin(self.high.along * t))
        if self.across:
            eps = self.index**2
            fields[0] = self.beta_per_um / (self.k_per_um * eps) * profile * height
            # E along the guide is i / (k eps) dH/dn; its conjugate takes up the wave
            fields[1] = -1j / (self.k_per_um * eps) * slope * height
        else:
            fields[2] = profile * height
            # div E = 0: E along the guide is (i / beta) dE/dt
            fields[1] = -1j / self.beta_per_um * profile * rise
        return np.asarray(self.contrast * fields / math.sqrt(self.power))
