"""Media around a section that absorb what is sent into them."""

from __future__ import annotations

from ....mesh.section_cavity import SectionCavity
from ...permittivities import permittivities

# Im eps / Re eps above which waves end in a medium within some hundred wavelengths.
_ABSORBS = 2e-3


def absorbing_ends(cavity: SectionCavity, k_per_um: float) -> list[str]:
    """A line for each medium that absorbs and runs on below or above: the far field and the
    absorbing layers take its real index alone.
    """
    if cavity.ends.closed or cavity.ends.regions is None:
        return []
    eps = permittivities(cavity, k_per_um)
    ends = dict.fromkeys((cavity.ends.regions[0], cavity.ends.regions[-1]))
    return [
        f"{cavity.regions[i][0]} absorbs: waves that modes send into it count as radiation, as if"
        " they ran on; only what it takes of the field beside the body is absorption"
        for i in ends
        if eps.loss[i] > _ABSORBS * eps.ordinary[i]
    ]
