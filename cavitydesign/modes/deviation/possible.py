"""Which deviations a cavity can have, told before anything is solved."""

from __future__ import annotations

import numpy as np

from ...errors import InputError
from ...geometry.cavity import Cavity
from ...mesh.section_cavity import SectionCavity
from .deviation_spec import Deviation

_FAR_UM = 1e6  # as every length of a design
_POINTS = 2001  # of an outline, to find its ends


def check_deviation(cavity: Cavity, deviation: Deviation) -> None:
    """Refuse a deviation that the cavity cannot have.

    Raises
    ------
    InputError
        One line.
    """
    if isinstance(cavity, SectionCavity):
        raise InputError(
            "cavity.deviation: needs an outline; a general section has none that could deviate"
        )
    if deviation.moves_fibre and cavity.fibre_radius_um <= 0.0:
        raise InputError("cavity.deviation: the fibre is off the axis, but there is no fibre")
    if cavity.sliced:
        for key, given in (
            ("fibre_tilt_deg", deviation.fibre_tilt_deg),
            ("particle", deviation.particle.radius_nm),
        ):
            if given:
                raise InputError(
                    f"cavity.deviation.{key}: a slice of an infinite cylinder has none; give the "
                    "cavity an axial radius"
                )
    _check_room(cavity, deviation)


def _check_room(cavity: Cavity, deviation: Deviation) -> None:
    """A fibre that breaks through the rim, a particle above the ends of the outline."""
    rim, inside = cavity.outline.equator_radius_um, max(cavity.inner_radii_um, default=0.0)
    if inside > 0.0 and abs(deviation.fibre_offset_um) >= rim - inside:
        raise InputError(
            f"cavity.deviation.fibre_offset_um: {deviation.fibre_offset_um:g} puts the fibre "
            f"through the rim; it must be below {rim - inside:g}, what lies around it there"
        )
    particle = deviation.particle
    if particle.radius_nm and not cavity.sliced:
        low, high = (float(one) for one in np.clip(cavity.outline.reach_um, -_FAR_UM, _FAR_UM))
        z = cavity.outline.point(np.linspace(low, high, _POINTS))[1]
        if not z.min() <= particle.z_um <= z.max():
            raise InputError(
                f"cavity.deviation.particle.z_um: {particle.z_um:g} is not on the outline, which "
                f"runs from {z.min():.4g} to {z.max():.4g} um"
            )
