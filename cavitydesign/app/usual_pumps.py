"""Which pump suits a number of photons: what the page puts in when another number is chosen."""

from __future__ import annotations

from typing import Any

from ..gain.emitters.dots import DotMedium
from ..gain.medium_library import find_medium
from ..gain.pump import Pump

# excitons a dot from where the glow is plainly spontaneous to well above the lasing threshold,
# whatever the pump
_EXCITONS = (0.25, 20.0)
_MOST_PHOTONS = 3  # `Pump` knows absorption of one, two and three photons.


def usual_pumps(name: str) -> dict[str, dict[str, Any]]:
    """For each number of photons, the wavelength of the medium's cross-section and fluences around
    its thresholds.

    Parameters
    ----------
    name : str
        Of a gain medium of the library.

    Returns
    -------
    dict
        By number of photons: wavelength_nm, and fluence_mj_cm2 (two values; None where the medium
        is no dots, whose thresholds lie elsewhere). Numbers without a cross-section are left out.

    Raises
    ------
    InputError
        If the library holds no such medium.
    """
    medium = find_medium(name)
    found: dict[str, dict[str, Any]] = {}
    for photons in range(1, _MOST_PHOTONS + 1):
        section = medium.absorber.cross_section(photons)
        if section is None:
            continue
        _, wavelength_nm = section
        fluences = None
        if isinstance(medium, DotMedium):
            unit = Pump(photons=photons, wavelength_nm=wavelength_nm).excitons_per_unit(
                medium.absorber
            )
            fluences = [
                float(f"{(excitons / unit) ** (1 / photons):.2g}") for excitons in _EXCITONS
            ]
        found[str(photons)] = {"wavelength_nm": wavelength_nm, "fluence_mj_cm2": fluences}
    return found
