"""The affine matrices of a section, all elements of one degree at once.

Same forms as on a window (fem/weak_form.py). Element matrices stay apart: every product is one of
small dense matrices, and the unknowns inside an element are eliminated there (eigen/condensed.py).
"""

from __future__ import annotations

from typing import Any

from numpy.typing import NDArray

from ..mesh.section import IntArray, SectionMesh
from .basis import MeridianBasis, line_rule, tensor_rule
from .contraction import elemental
from .element import ElementMeridian
from .mapping import SectionMapping
from .quad_matrix import ElementParts, QuadForms
from .quad_space import QuadSpace
from .stretch import BoxStretch
from .weak_form import affine_forms

Values = NDArray[Any]


def stretched(
    position: tuple[Values, Values, Values, Values, Values, Values], stretch: BoxStretch | None
) -> tuple[Values, Values, Values, Values, Values, Values]:
    """Position and derivatives composed with a complex stretch."""
    if stretch is None:
        return position
    r, z, r_s, z_s, r_t, z_t = position
    (r, by_r), (z, by_z) = stretch.radial(r), stretch.axial(z)
    return r, z, by_r * r_s, by_z * z_s, by_r * r_t, by_z * z_t


def assemble_section(
    space: QuadSpace,
    regions: int,
    uniaxial: bool = False,
    stretch: BoxStretch | None = None,
    extra_points: int = 2,
) -> QuadForms:
    """All affine matrices of a section, in one pass.

    Parameters
    ----------
    space : QuadSpace
    regions : int
        Number of regions of the cavity, present or not.
    uniaxial : bool
        Whether E_z needs a mass of its own.
    stretch : BoxStretch or None
        Absorbing layers.
    extra_points : int
        Gauss points beyond order + 1 a direction, for the curved map.
    """
    parts = []
    for order, same in space.by_order.items():
        for elements in (same,) if stretch is None else _in_and_out(space.mesh, same, stretch):
            if elements.size:
                parts.append(
                    _element_parts(space, order, elements, uniaxial, stretch, extra_points)
                )
    return QuadForms.of(space, regions, tuple(parts))


def _in_and_out(
    mesh: SectionMesh, elements: IntArray, stretch: BoxStretch
) -> tuple[IntArray, IntArray]:
    """Elements that reach into an absorbing layer, and the others, whose matrices are real."""
    r, z = mesh.nodes[elements, ..., 0], mesh.nodes[elements, ..., 1]
    outside = ((r > stretch.r_um) | (z < stretch.low_um) | (z > stretch.high_um)).any(axis=(1, 2))
    return elements[outside], elements[~outside]


def _element_parts(
    space: QuadSpace,
    order: int,
    elements: IntArray,
    uniaxial: bool,
    stretch: BoxStretch | None,
    extra_points: int,
) -> ElementParts:
    rule = line_rule(order + 1 + extra_points)
    basis = MeridianBasis(
        space.mesh.topology,
        ElementMeridian(order),
        SectionMapping(space.mesh, stretch),
        elements=elements,
        quadrature=tensor_rule(rule, rule),
    )
    parts = {name: elemental(form, basis) for name, form in affine_forms(uniaxial).items()}
    return ElementParts(
        order,
        elements,
        space.mesh.region[elements],
        parts["k0"],
        parts["k2"],
        parts["b_plane"],
        parts.get("b_axial"),
        parts["b_azimuthal"],
    )
