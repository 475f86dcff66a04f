"""Capillaries, rings around each other and cans that are open at the side, as sections between
plates, against exact layered cylinders of complex wavenumber.

Modes without variation along z are those of the infinite cylinder: TM between plates of metal, TE
between magnetic ones. A body between plates of metal, open outwards, is a can without its wall.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from grid_sections import grid_section

from cavitydesign.analytic.layered_cylinder import layered_cylinder
from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes

Layers = dict[float, tuple[str, float]]
HEIGHT, ROOM, CELL = 0.2, 0.8, 0.3


def between_plates(layers: Layers, inner: float, polarisation: str) -> SectionCavity:
    """Media by their outer radii, in air, from an inner radius on."""
    marks = [inner, *(x for x in layers if x > inner), max(layers) + ROOM]
    r = np.concatenate(
        [np.linspace(a, b, 1 + int(np.ceil((b - a) / CELL))) for a, b in itertools.pairwise(marks)]
    )
    r = np.unique(r)
    radii, names = [0.0, *layers], [name for name, _ in layers.values()]
    rows = [
        (name, low, high, 0.0, HEIGHT)
        for name, low, high in zip(names, radii[:-1], layers, strict=True)
        if name != "surround"
    ]
    number = np.arange(2 * r.size).reshape(r.size, 2)
    plates = {
        side: np.stack([number[:-1, j], number[1:, j]], axis=1)
        for j, side in enumerate(("lower", "upper"))
    }
    media = {name: ConstantIndex.of(index) for name, index in layers.values()}
    media["surround"] = ConstantIndex.of(1.0)
    order = ("body", "other", "core", "surround")
    mesh = replace(grid_section(r, [0.0, HEIGHT], rows), boundary=plates)
    metal = polarisation == "TM"
    return SectionCavity.of(
        mesh,
        {name: media[name] for name in order if name in media},
        magnetic=() if metal else tuple(plates),
        electric=tuple(plates) if metal else (),
    )


CAPILLARY = {2.6: ("core", 1.45), 3.4: ("body", 1.6)}
ROD = {1.2: ("body", 2.2)}
RINGS = {
    1.8: ("surround", 1.0),
    2.2: ("body", 2.4),
    2.3: ("surround", 1.0),
    2.75: ("other", 2.2),
}
THREE_RINGS = {
    1.6: ("surround", 1.0),
    2.0: ("body", 2.5),
    2.15: ("surround", 1.0),
    2.5: ("other", 2.3),
    2.65: ("surround", 1.0),
    3.0: ("core", 2.15),
}


@pytest.mark.parametrize(
    ("layers", "inner", "m", "polarisation", "modes"),
    [
        (CAPILLARY, 0.8, 26, "TE", 1),  # log10 Q = 4.42
        (ROD, 0.2, 9, "TM", 1),  # log10 Q = 3.20
        (RINGS, 0.6, 18, "TM", 2),  # log10 Q = 6.40 and 5.28
        (THREE_RINGS, 0.6, 18, "TM", 3),  # log10 Q = 5.58, 4.67 and 4.72
    ],
)
def test_layered_cylinder(
    layers: Layers, inner: float, m: int, polarisation: str, modes: int
) -> None:
    """From a hint 1 % off, 1e-6 asked: wavelength and log10 Q of each mode within three bars of the
    exact pole, and bars below 1e-6 and 1e-4; N rings have N modes, q = 0 to N - 1, each in
    all rings.
    """
    resonator = layered_cylinder(tuple(layers), (*(n for _, n in layers.values()), 1.0))
    exact = [find_resonance(resonator, m, p, polarisation) for p in range(1, modes + 1)]
    hint = 1.01 * exact[0].wavelength_nm
    cavity = between_plates(layers, inner, polarisation)
    assert cavity.bodies == modes
    found = find_modes(cavity, ModeRequest(polarisation, hint, None, m, 1, 1, 1e-6))
    assert [mode.label for mode in found] == [f"{polarisation} {m} 1 {q}" for q in range(modes)]
    for mode, right in zip(found, exact, strict=True):
        off = abs(mode.wavelength_nm - right.wavelength_nm)
        off_q = abs(mode.losses.radiation - right.log10_q)
        print(mode.label, off, mode.wavelength_error_nm, off_q, mode.losses.radiation_error)
        assert off < 3 * mode.wavelength_error_nm < 3e-6 * right.wavelength_nm
        assert off_q < 3 * mode.losses.radiation_error < 3e-4
