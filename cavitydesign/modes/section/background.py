"""The plane layers that a section stands in, as it shows them along its outer side: what a mode
radiates into.
"""

from __future__ import annotations

import numpy as np

from ...analytic.layers import Layers
from ...mesh.section_cavity import SectionCavity
from ..media import Permittivities


def layers_of(cavity: SectionCavity, eps: Permittivities) -> Layers | None:
    """The layers that run on outwards; None where the section does not tell them: walls at its
    outer side, or walls that are partly cuts.
    """
    ends = cavity.ends
    if ends.regions is None or ends.outer != "open" or "mixed" in (ends.lower, ends.upper):
        return None
    chain = list(ends.regions)
    across, along = eps.ordinary[chain], eps.axial[chain]
    differ = (across[1:] != across[:-1]) | (along[1:] != along[:-1])
    first = np.concatenate([[True], differ])
    _, _, low_z, high_z = cavity.mesh.extent_um
    return Layers(
        across[first],
        along[first],
        np.array(ends.heights_um)[differ],
        ends.lower if ends.lower in ("electric", "magnetic") else "open",
        ends.upper if ends.upper in ("electric", "magnetic") else "open",
        low_z,
        high_z,
    )
