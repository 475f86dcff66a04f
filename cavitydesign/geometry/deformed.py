"""Outlines made of others: stretched along r and z, or moved along their normal by a given
function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np

from ..arrays import Array
from .outline import Outline

# Central differences of eighth order (Fornberg, Math. Comput. 51, 699, 1988): a step of 0.02 R
# leaves 1e-13 R in slopes.
_SLOPE = np.array([1 / 280, -4 / 105, 1 / 5, -4 / 5, 0.0, 4 / 5, -1 / 5, 4 / 105, -1 / 280])
# Second derivative, of the same order and source
_BEND = np.array([-1 / 560, 8 / 315, -1 / 5, 8 / 5, -205 / 72, 8 / 5, -1 / 5, 8 / 315, -1 / 560])
# Of R: slopes and bends of cos(4 t/R) are right to 1e-11 and 3e-12; a step of 0.05 leaves 1e-8
# and 5e-9, one of 0.001 leaves 3e-10 of bends to rounding.
_STEP_SHARE = 0.02


@dataclass(frozen=True)
class StretchedOutline(Outline):
    """Another outline with r and z multiplied by constants: R becomes a R, the axial radius b^2/a
    times what it was.

    A parabola stays a parabola, a cosine a cosine, a spheroid a spheroid.

    Parameters
    ----------
    base : Outline
    radial, axial : float
        The factors a of r and b of z, positive.
    """

    base: Outline
    radial: float = 1.0
    axial: float = 1.0

    @property
    def equator_radius_um(self) -> float:
        return self.radial * self.base.equator_radius_um

    @property
    def axial_radius_um(self) -> float:
        return self.axial**2 / self.radial * self.base.axial_radius_um

    @property
    def reach_um(self) -> tuple[float, float]:
        low, high = self.base.reach_um
        return self.axial * low, self.axial * high

    @property
    def symmetric(self) -> bool:
        return self.base.symmetric

    def point(self, t_um: Array) -> tuple[Array, Array]:
        r, z = self.base.point(t_um / self.axial)
        return self.radial * r, self.axial * z

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        r, z = self.base.tangent(t_um / self.axial)
        return self.radial / self.axial * r, z

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        r, z = self.base.bend(t_um / self.axial)
        return self.radial / self.axial**2 * r, z / self.axial


@dataclass(frozen=True)
class ShiftedOutline(Outline):
    """Another outline moved along its outward normal by amount * shift(t).

    Parameters
    ----------
    base : Outline
    shift : callable
        Maps parameters t in um to distances, in um for an amount of 1; smooth on the scale of the
        radius.
    amount : float
    even : bool
        Whether shift(-t) = shift(t); only then a symmetric outline stays symmetric.
    """

    base: Outline
    shift: Callable[[Array], Array] = field(compare=False)
    amount: float
    even: bool = True

    @property
    def equator_radius_um(self) -> float:
        return float(self.point(np.zeros(1))[0][0])

    @property
    def axial_radius_um(self) -> float:
        bend = float(self.bend(np.zeros(1))[0][0])
        return -1.0 / bend if bend < 0 else np.inf

    @property
    def reach_um(self) -> tuple[float, float]:
        return self.base.reach_um

    @property
    def symmetric(self) -> bool:
        return self.base.symmetric and self.even

    def point(self, t_um: Array) -> tuple[Array, Array]:
        (r, z), (move_r, move_z) = self.base.point(t_um), self._move(t_um)
        return r + move_r, z + move_z

    def tangent(self, t_um: Array) -> tuple[Array, Array]:
        (r, z), (move_r, move_z) = self.base.tangent(t_um), self._difference(t_um, _SLOPE, 1)
        return r + move_r, z + move_z

    def bend(self, t_um: Array) -> tuple[Array, Array]:
        (r, z), (move_r, move_z) = self.base.bend(t_um), self._difference(t_um, _BEND, 2)
        return r + move_r, z + move_z

    def _move(self, t_um: Array) -> tuple[Array, Array]:
        r_t, z_t = self.base.tangent(t_um)
        length = self.amount * self.shift(t_um) / np.hypot(r_t, z_t)
        return length * z_t, -length * r_t

    def _difference(self, t_um: Array, weights: Array, order: int) -> tuple[Array, Array]:
        step = _STEP_SHARE * self.base.equator_radius_um
        offsets = step * np.arange(-4, 5)
        moved = self._move(np.asarray(t_um)[..., None] + offsets)
        return moved[0] @ weights / step**order, moved[1] @ weights / step**order
