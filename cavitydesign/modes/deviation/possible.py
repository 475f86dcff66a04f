"""Which deviations a cavity can have, told before anything is solved."""

from __future__ import annotations

from ...errors import InputError
from ...geometry.cavity import Cavity
from ...mesh.section_cavity import SectionCavity
from .spec import Deviation


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
