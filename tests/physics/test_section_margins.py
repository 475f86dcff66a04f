"""Sections that are cut within the field: wavelength and log10 Q stay within three bars of those of
a section that ends far away.
"""

import functools

import pytest
from cans import even_lines
from grid_sections import grid_section

from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import Mode, ModeRequest, find_modes

FAR_UM = 1.5  # 2e-6 of the wavelength and 3e-4 of log10 Q are left there


@functools.cache
def solved(index: float, height: float, m: int, hint: float, margin: float) -> Mode:
    """TE m 1 0 of a disk of 5 um cut so far from it, 1e-5 asked."""
    r = even_lines((1.0, 4.4, 4.75, 5.0, 5.0 + margin), 0.5)
    z = even_lines(
        (-0.5 * height - margin, -0.5 * height, 0.5 * height, 0.5 * height + margin), 0.5
    )
    section = SectionCavity.of(
        grid_section(r, z, [("body", 0.0, 5.0, -0.5 * height, 0.5 * height)]),
        {"body": ConstantIndex.of(index), "surround": ConstantIndex.of(1.0)},
    )
    return find_modes(section, ModeRequest("TE", hint, None, m, 1, 1, 1e-5))[f"TE {m} 1 0"]


@pytest.mark.parametrize("margin", [0.6, 0.4, 0.2])
@pytest.mark.parametrize(
    ("index", "height", "m", "hint"), [(2.5, 0.3, 40, 1350.0), (3.0, 0.25, 50, 1300.0)]
)
def test_a_near_cut_is_in_the_bars(
    index: float, height: float, m: int, hint: float, margin: float
) -> None:
    """Of 10^15.4 and 10^26.5, 0.2 um cost 0.27 and 0.14, and 0.8 % and 0.3 % of the wavelength."""
    right, near = (solved(index, height, m, hint, far) for far in (FAR_UM, margin))
    off = abs(near.wavelength_nm - right.wavelength_nm)
    assert off < 3.0 * near.wavelength_error_nm + right.wavelength_error_nm
    assert right.losses.radiation is not None and near.losses.radiation is not None
    off_q = abs(near.losses.radiation - right.losses.radiation)
    print(off, near.wavelength_error_nm, off_q, near.losses.radiation_error)
    assert off_q < 3.0 * near.losses.radiation_error + right.losses.radiation_error
