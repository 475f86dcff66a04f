"""All affine matrices of a window or a section, once per geometry: azimuthal order, wavelength and
index come later.
"""

from __future__ import annotations

import numpy as np

from ..errors import SolverError
from ..mesh.rim_map import Window
from .affine import AffineForms
from .contraction import ElementParts
from .section_space import SectionSpace
from .window_space import WindowSpace, element_order


def assemble_window(
    window: Window, space: WindowSpace, uniaxial: bool = False
) -> AffineForms[WindowSpace]:
    """The matrices of a window.

    Parameters
    ----------
    space : WindowSpace
        On the window's element boundaries.
    uniaxial : bool
        Whether E_z needs a mass of its own.

    Raises
    ------
    SolverError
        If the window's map folds over.
    """
    basis = space.basis(window)
    if not window.is_complex and not (np.min(basis.det) > 0.0 and np.min(basis.x[0]) > 0.0):
        raise SolverError(
            "the window's map folds over: the outline bends too sharply for a mode of this size; "
            "use profile = 'section'"
        )
    region = np.asarray(window.element_regions)
    chain = element_order(space.s.order, space.t.nodal_size, space.t.edge_size)
    parts = ElementParts.of(basis, region, uniaxial, chain)
    return AffineForms(space, tuple(np.unique(region).tolist()), (parts,))


def assemble_section(
    space: SectionSpace, regions: int, uniaxial: bool = False, extra_points: int = 2
) -> AffineForms[SectionSpace]:
    """The matrices of a section.

    Parameters
    ----------
    regions : int
        Number of regions of the cavity, present or not.
    uniaxial : bool
        Whether E_z needs a mass of its own.
    extra_points : int
        Gauss points beyond degree + 1 a direction, for the curved map.
    """
    region = space.mesh.region
    active = tuple(int(one) for one in np.unique(region) if one < regions)
    parts = (
        ElementParts.of(basis, region[elements], uniaxial)
        for basis, elements in space.bases(extra_points)
    )
    return AffineForms(space, active, tuple(parts))
