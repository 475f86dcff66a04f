"""Absorbing layers around a section whose modes leak, and the elements that are added to make room
for them.

Layers stretch r and z into the complex plane, which is exact where the media do not change along
what is stretched: behind the last interface of a stack, beside all matter that ends.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np

from ....arrays import Array
from ....fem.stretch import BoxStretch, Layer
from ....mesh.section import SLACK, SectionMesh, folded_elements
from ....mesh.section_cavity import SectionCavity
from ....mesh.section_extension import Side, extended, extended_round
from ...permittivities import Permittivities

# In wavelengths of the medium behind a side: thickness of a layer, the room between matter and the
# layer, the length of an added element. With a room of 0.15 the steep near field meets the layer:
# 1e-8 of k and 2e-4 of log10 Q at Q of 5e7, with 0.5 below 1e-9 and 3e-6 (exact spheres).
_THICKNESS, _ROOM, _ELEMENT = 1.5, 0.5, 0.4
# The imaginary part takes away what runs outwards, the real one what decays: a decaying field that
# meets the end of an imaginary stretch turns its phase, which reads as loss (3 % at Q of 4e6, 3 %
# at 3e8, measured on rings on oxide; with both parts 1e-3 and 3e-6). Where a layer cuts a pedestal
# it is imaginary alone: a real stretch shortens the waves that run down there.
_STRENGTH = 2.5 + 2.5j
_LAYER_SHARE = 0.6  # of the room, where no elements can be added
# Of the thickness, that layers have in the corners of their box on a round section: there both
# stretch what runs askew, by 2^(1/2) 0.9^3 of what one does.
_DIAGONAL = 0.9
# A side without a layer is stretched by nothing; the thickness has no meaning.
_NO_LAYER = Layer(1.0, 0.0)
_WALLS = ("electric", "magnetic", "none")
_SIDES: tuple[Side, Side, Side] = ("outer", "lower", "upper")


@dataclass(frozen=True)
class _Cut:
    """A side where the section is cut.

    Attributes
    ----------
    room_um : float
        Between the side and the nearest matter, or interface, that ends before it.
    wavelength_um : float
        In the medium behind the side.
    crossed : bool
        Whether other matter than the layers runs through the side.
    """

    room_um: float
    wavelength_um: float
    crossed: bool

    @property
    def layer(self) -> Layer:
        """The layer of full thickness."""
        return self.within(_THICKNESS * self.wavelength_um)

    def within(self, thickness_um: float) -> Layer:
        """A layer of some thickness."""
        strength = 1j * _STRENGTH.imag if self.crossed else _STRENGTH
        return Layer(thickness_um, strength * self.wavelength_um)

    @property
    def wanted_um(self) -> float:
        """Room that a full layer needs."""
        return (_THICKNESS + _ROOM) * self.wavelength_um


def with_absorbing_layers(
    cavity: SectionCavity, wavelength_um: float, eps: Permittivities
) -> tuple[SectionCavity, BoxStretch] | None:
    """The section, larger where it ends too near, and the box of layers along its cuts; None where
    it ends at metal or mirrors all around.
    """
    cuts = _cuts(cavity, wavelength_um, eps)
    if not cuts:
        return None
    if cavity.ends.straight:
        mesh = cavity.mesh
        meant = tuple(n for n in (*cavity.electric, *cavity.magnetic) if n in mesh.boundary)
        for side, cut in cuts.items():
            missing = cut.wanted_um - cut.room_um
            if missing > 0.0:
                steps = math.ceil(missing / (_ELEMENT * cut.wavelength_um))
                mesh = extended(mesh, side, missing, steps, meant)
        layers = {side: cut.layer for side, cut in cuts.items()}
        depths = {side: layer.thickness_um for side, layer in layers.items()}
    else:
        mesh, layers, depths = _around(cavity, cuts)
    _, high_r, low_z, high_z = mesh.extent_um
    outer, lower, upper = (layers.get(side, _NO_LAYER) for side in _SIDES)
    box = BoxStretch(
        high_r - depths["outer"] if "outer" in layers else math.inf,
        low_z + depths["lower"] if "lower" in layers else -math.inf,
        high_z - depths["upper"] if "upper" in layers else math.inf,
        outer,
        lower,
        upper,
        all(depths[side] >= layer.thickness_um * (1 - SLACK) for side, layer in layers.items())
        and all(
            layer.thickness_um >= cuts[side].layer.thickness_um * (1 - SLACK)
            for side, layer in layers.items()
        ),
    )
    return (cavity if mesh is cavity.mesh else replace(cavity, mesh=mesh)), box


def _cuts(cavity: SectionCavity, wavelength_um: float, eps: Permittivities) -> dict[Side, _Cut]:
    """The sides where waves may leave."""
    mesh, ends = cavity.mesh, cavity.ends
    _, high_r, low_z, high_z = mesh.extent_um
    slack = SLACK * max(high_r, high_z - low_z)
    body = cavity.bodies_of(mesh) >= 0
    chain = list(ends.regions) if ends.regions is not None else [len(cavity.regions) - 1]
    index, heights = np.sqrt(eps.ordinary[chain]), np.array(ends.heights_um)
    heights = heights[np.diff(index) != 0] if heights.size else heights
    other = body
    if ends.regions is not None:
        layer = np.searchsorted(np.array(ends.heights_um), mesh.nodes[..., 1].mean(axis=(1, 2)))
        other = body | (mesh.region != np.array(chain)[layer])
    out: dict[Side, _Cut] = {}
    for side, kind in zip(_SIDES, (ends.outer, ends.lower, ends.upper), strict=True):
        if kind in _WALLS:
            continue
        distance = _distances(mesh, side)
        through = np.isin(mesh.region, np.unique(mesh.region[other & (distance < slack)]))
        inner = (other & ~through) | body
        room = float(distance[inner].min(initial=math.inf))
        if room < slack:  # the body itself runs through
            continue
        behind = float(index.min())
        if side != "outer":
            behind = float(index[0 if side == "lower" else -1])
            ends_of_layers = heights - low_z if side == "lower" else high_z - heights
            room = min(room, float(ends_of_layers.min(initial=math.inf)))
        out[side] = _Cut(room, wavelength_um / behind, bool((other & through).any()))
    return out


def _distances(mesh: SectionMesh, side: Side) -> Array:
    """Of each element from a side."""
    _, high_r, low_z, high_z = mesh.extent_um
    r, z = mesh.nodes[..., 0], mesh.nodes[..., 1]
    if side == "outer":
        return np.asarray((high_r - r).min(axis=(1, 2)))
    return np.asarray((z - low_z if side == "lower" else high_z - z).min(axis=(1, 2)))


def _around(
    cavity: SectionCavity, cuts: dict[Side, _Cut]
) -> tuple[SectionMesh, dict[Side, Layer], dict[Side, float]]:
    """The mesh, the layers and their depths where sides are not straight: around a round section in
    one medium as much as full layers need, elsewhere what there is.
    """
    mesh, ends = cavity.mesh, cavity.ends
    _, high_r, low_z, high_z = mesh.extent_um
    thickness = min(
        min(_LAYER_SHARE * cut.room_um, _THICKNESS * cut.wavelength_um) for cut in cuts.values()
    )
    as_is = (
        mesh,
        {side: cut.within(thickness) for side, cut in cuts.items()},
        dict.fromkeys(cuts, thickness),
    )
    one_medium = ends.regions is not None and len(set(ends.regions)) == 1
    if not one_medium or any(cut.crossed for cut in cuts.values()):
        return as_is
    wave = next(iter(cuts.values())).wavelength_um
    needed = (_ROOM + _DIAGONAL * _THICKNESS) * wave
    centre = low_z if ends.lower in _WALLS[:2] else high_z if ends.upper in _WALLS[:2] else None
    if centre is None:
        centre = 0.5 * (low_z + high_z)
    rooms = {side: cut.room_um for side, cut in cuts.items()}
    corner = math.hypot(
        high_r - rooms.get("outer", 0.0) + needed,
        max(
            centre - low_z - rooms["lower"] + needed if "lower" in cuts else 0.0,
            high_z - rooms["upper"] - centre + needed if "upper" in cuts else 0.0,
        ),
    )
    middle = mesh.nodes.reshape(-1, 2) - np.array([0.0, centre])
    factor = corner / float(np.hypot(*middle.T).max())
    if factor > 1.0:
        steps = math.ceil(corner * (1.0 - 1.0 / factor) / (_ELEMENT * wave))
        larger = extended_round(mesh, centre, factor, steps, cavity.electric + cavity.magnetic)
        if folded_elements(larger).size or larger.elements == mesh.elements:
            return as_is
        mesh = larger
    _, new_r, new_low, new_high = mesh.extent_um
    grown = {"outer": new_r - high_r, "lower": low_z - new_low, "upper": new_high - high_z}
    depths = {side: cut.room_um + grown[side] - _ROOM * wave for side, cut in cuts.items()}
    return mesh, {side: cut.layer for side, cut in cuts.items()}, depths
