"""Currents that radiate into plane layers, and the Bessel functions that they are weighed with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...analytic.layers import Layers
from ...arrays import Array, Values
from .radiation import Source, SurfaceSource, scaled_bessel


@dataclass(frozen=True)
class Currents:
    """Weighted polarisation, a column for each set of weights: at points, or at the nodes of a grid
    (`gathered`).

    Attributes
    ----------
    r, z : (n,) arrays
        Of the points; the R radii and the Z heights of a grid.
    p_r, p_z, p_azimuthal : (n, sets) arrays
        Of a grid (Z, R, sets).
    magnetic : Currents or None
        Magnetic currents at the same places, of a surface.
    """

    r: Array
    z: Array
    p_r: Values
    p_z: Values
    p_azimuthal: Values
    magnetic: Currents | None = None

    @classmethod
    def of(cls, source: Source, weights: Array) -> Currents:
        """Of a source with other weights than its own, shape (n, sets)."""
        r, z, w = source.r, source.z, weights
        magnetic = None
        if isinstance(source, SurfaceSource):
            m_r, m_z, m_phi = (
                part[:, None] for part in (source.m_r, source.m_z, source.m_azimuthal)
            )
            magnetic = cls(r, z, w * m_r, w * m_z, w * m_phi)
        e_r, e_z, e_phi = (part[:, None] for part in (source.e_r, source.e_z, source.e_azimuthal))
        return cls(r, z, w * e_r, w * e_z, w * e_phi, magnetic)

    @property
    def components(self) -> tuple[Values, Values, Values]:
        """Along r, z and the azimuth."""
        return self.p_r, self.p_z, self.p_azimuthal

    def weighed(self, component: Values, wave: Values, bessel: Array) -> Values:
        """Sum of one component times a wave of z and one of r, each (kappa, places); shape (kappa,
        sets).
        """
        if component.ndim == 2:
            return np.asarray((wave * bessel) @ component)
        heights, radii, sets = component.shape
        along = (wave @ component.reshape(heights, -1)).reshape(-1, radii, sets)
        return np.asarray((along * bessel[:, :, None]).sum(axis=1))

    @property
    def sizes(self) -> Currents:
        """Without phases, so that nothing cancels."""
        other = None if self.magnetic is None else self.magnetic.sizes
        parts = (abs(self.p_r), abs(self.p_z), abs(self.p_azimuthal))
        return Currents(self.r, self.z, *parts, other)

    @property
    def turned(self) -> Currents:
        """Upside down; magnetic currents turn their sign besides."""
        other = self.magnetic
        if other is not None:
            other = Currents(other.r, -other.z, -other.p_r, other.p_z, -other.p_azimuthal)
        return Currents(self.r, -self.z, self.p_r, -self.p_z, self.p_azimuthal, other)

    def over(self, layers: Layers) -> Currents:
        """Each component over the permittivity that it sees."""
        # heights are the first axis, of points and of a grid
        owner = layers.at(self.z).reshape(-1, *[1] * (self.p_r.ndim - 1))
        across, along = 1.0 / layers.eps[owner], 1.0 / layers.eps_z[owner]
        return Currents(
            self.r,
            self.z,
            across * self.p_r,
            along * self.p_z,
            across * self.p_azimuthal,
            self.magnetic,
        )


@dataclass(frozen=True)
class WeighedBessel:
    """J_m(x), J_m'(x) and m J_m(x) / x, shape (kappa, points)."""

    value: Array
    turn: Array
    over_x: Array

    @classmethod
    def of(cls, m: int, kappa: Array, r: Array) -> tuple[float, WeighedBessel]:
        """With the logarithmic scale that all three are divided by."""
        x = np.outer(kappa, r)
        scale, value, turn = scaled_bessel(m, x)
        return scale, cls(value, turn, m / x * value)

    @property
    def sizes(self) -> WeighedBessel:
        """Without signs."""
        return WeighedBessel(abs(self.value), abs(self.turn), abs(self.over_x))
