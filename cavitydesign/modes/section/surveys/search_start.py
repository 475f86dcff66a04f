"""Where the search for modes of a section begins, and what is said where it finds none."""

from __future__ import annotations

import math

import numpy as np

from ....errors import InputError
from ....mesh.section_cavity import SectionCavity
from ....units import wavelength_nm, wavenumber_per_um
from ...estimates.seeds import radial_guess
from ...mode_set import ModeRequest
from ...permittivities import permittivities

# Of the Airy estimates of the lowest and the highest mode asked for, between which a hint may be:
# such estimates of other bodies than spheres are a third off.
_LEAST_OF_ESTIMATE, _MOST_OF_ESTIMATE = 0.4, 2.5
# Relative distance of the first wavelength looked at from the one asked for, that is told.
_TOLD = 0.2


def check_guiding(cavity: SectionCavity, request: ModeRequest) -> None:
    """Refuse a section in which nothing holds light: no metal, and no index above the surround's.

    Raises
    ------
    InputError
        In one line, with both indices.
    """
    if cavity.electric or cavity.magnetic:
        return
    eps = permittivities(cavity, wavenumber_per_um(request.wavelength_nm))
    index = np.sqrt(np.maximum(eps.ordinary, eps.axial).real)
    # In a uniaxial surround one polarisation sees the lower index, and may be held by it.
    index[-1] = math.sqrt(min(eps.ordinary[-1].real, eps.axial[-1].real))
    if index[:-1].max() > index[-1]:
        return
    raise InputError(
        f"{cavity.source}: the body has index {index[-2]:.6g}, the surround {index[-1]:.6g}: light "
        "is held only where the index is higher than the surround's; are the two exchanged?"
    )


def first_wavenumber(cavity: SectionCavity, request: ModeRequest) -> float:
    """Where the survey starts: the wavelength given, or the Airy estimate if it cannot hold the
    order asked for.
    """
    k = asked = wavenumber_per_um(request.wavelength_nm)
    if request.azimuthal_order is None or cavity.ends.closed:
        return k
    m, radius = request.azimuthal_order, cavity.rim_um[0]
    # on a sphere the mode of q is that of the order m + q
    highest = m + request.axial_orders - 1, max(p for _, p in request.families)
    for _ in range(3):
        try:
            eps = permittivities(cavity, k)
        except InputError:  # no data there: the survey begins within them, and steps from there
            return asked
        indices = float(eps.index[-2]), float(eps.index[-1])
        guess = radial_guess(radius, *indices, m, 1, "TM")
        if (
            _LEAST_OF_ESTIMATE * guess
            < k
            < _MOST_OF_ESTIMATE * radial_guess(radius, *indices, *highest, "TM")
        ):
            return k
        k = 1.1 * guess
    return k


def nothing_near(cavity: SectionCavity, request: ModeRequest) -> str:
    """The line for a search that saw no mode of the body, with the wavelength asked for, and the
    one where the azimuthal order asked for is expected if that is another.
    """
    where = f"near {request.wavelength_nm:.1f} nm"
    expected = wavelength_nm(first_wavenumber(cavity, request))
    if abs(expected / request.wavelength_nm - 1.0) > _TOLD:
        where += f", nor near {expected:.0f} nm, where m = {request.azimuthal_order} is expected"
    return (
        f"{cavity.source}: no mode of the body was seen {where}; is the body's index the highest, "
        "and the mesh fine enough at its rim? A mode with Q below about 4 may not be seen either"
    )
