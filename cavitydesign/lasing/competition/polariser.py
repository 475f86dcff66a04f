"""Emission through a polariser, from the energy fractions of the modes that lase."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from ...arrays import Array
from ...errors import InputError
from .lasing_mode import LasingMode


@dataclass(frozen=True)
class Polarisation:
    """Light seen across the fibre, along the tangent of the rim.

    Attributes
    ----------
    along, across : float
        Intensity with E along the fibre axis and across it.
    """

    along: float
    across: float

    @property
    def contrast(self) -> float:
        """(I_max - I_min) / (I_max + I_min), which the published work calls extinction."""
        return abs(self.along - self.across) / (self.along + self.across)

    def behind_polariser(self, angle_deg: ArrayLike) -> Array:
        """Intensity against the angle of the polariser from the fibre axis (Malus)."""
        angle = np.deg2rad(np.asarray(angle_deg, dtype=float))
        return np.asarray(self.along * np.cos(angle) ** 2 + self.across * np.sin(angle) ** 2)


def emitted_polarisation(
    modes: Sequence[LasingMode], output: ArrayLike, unpolarised: float = 0.0
) -> Polarisation:
    """Polarisation of the emission.

    Light leaves along the tangent: of the field of a mode, the part along the axis and the radial
    part are across the line of sight; the azimuthal part does not radiate there.

    Parameters
    ----------
    modes : sequence of LasingMode
        With their energy fractions.
    output : (M,) array
        Light of each mode.
    unpolarised : float
        Photoluminescence collected with it.

    Raises
    ------
    InputError
        Without light, or where a mode came without energy fractions.
    """
    light = np.asarray(output, dtype=float)
    if len(light) != len(modes) or not light.sum() + unpolarised > 0:
        raise InputError("polariser: needs the light of every mode, not all zero")
    missing = [mode.label for mode in modes if not {"axial", "radial"} <= set(mode.energy_fraction)]
    if missing:
        raise InputError(f"polariser: no energy fractions for {', '.join(missing)}")
    # Shares of the energy stand for shares of the radiated intensity: the azimuthal part, which
    # does not radiate along the tangent, is left out of both.
    axial = np.array([mode.energy_fraction["axial"] for mode in modes])
    radial = np.array([mode.energy_fraction["radial"] for mode in modes])
    share = axial / (axial + radial)
    along = float(light @ share) + 0.5 * unpolarised
    across = float(light @ (1.0 - share)) + 0.5 * unpolarised
    return Polarisation(along, across)
