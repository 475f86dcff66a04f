"""Surveys of sections stay within the data of their media."""

from dataclasses import replace

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign.analytic.resonance import find_resonance
from cavitydesign.analytic.sphere import coated_sphere
from cavitydesign.errors import InputError
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes

RADIUS, INDEX, ORDER = 3.0, 1.6, 30


def cavity(low_nm: float, high_nm: float) -> SectionCavity:
    """A sphere whose medium has data between two wavelengths."""
    mesh = annular_sector(
        np.array([1.6, 2.2, 2.7, RADIUS, 3.4, 3.9]), np.linspace(-0.8, 0.8, 7), RADIUS
    )
    medium = replace(ConstantIndex.of(INDEX), range_nm=(low_nm, high_nm))
    return SectionCavity.of(mesh, {"body": medium, "surround": ConstantIndex.of(1.0)})


@pytest.mark.parametrize("hint", [0.9, 1.06])
def test_a_step_beyond_the_data_is_not_taken(hint: float) -> None:
    """Data end a tenth of a per cent beyond the mode, on the side to which the straight line of the
    survey overshoots: the exact wavelength to three bars.
    """
    exact = find_resonance(coated_sphere([RADIUS], [INDEX, 1.0]), ORDER, 1, "TM").wavelength_nm
    low, high = (0.85 * exact, 1.001 * exact) if hint < 1.0 else (0.999 * exact, 1.2 * exact)
    mode = find_modes(
        cavity(low, high), ModeRequest("TM", hint * exact, None, ORDER, 1, 1, 1e-5)
    ).modes[0]
    off = abs(mode.wavelength_nm - exact)
    print(hint, f"{off:.2e} nm off, {mode.wavelength_error_nm:.1e} stated")
    assert off < 3.0 * mode.wavelength_error_nm


def test_modes_beyond_the_data_are_refused() -> None:
    """In one line that names the wavelength and the medium's data."""
    exact = find_resonance(coated_sphere([RADIUS], [INDEX, 1.0]), ORDER, 1, "TM").wavelength_nm
    request = ModeRequest("TM", 0.8 * exact, None, ORDER, 1, 1, 1e-5)
    with pytest.raises(InputError, match=r"expected near .* nm, where .*outside its data"):
        find_modes(cavity(0.7 * exact, 0.81 * exact), request)


def test_modes_that_share_an_order_with_missing_data_are_told() -> None:
    """The three axial orders of one m are 3 % apart: data that hold the range may end before the
    second or third of them. What is not solved therefore is named, and the list is not complete.
    """
    exact = find_resonance(coated_sphere([RADIUS], [INDEX, 1.0]), ORDER, 1, "TM").wavelength_nm
    request = ModeRequest("TM", exact, 0.02 * exact, None, 1, 3, 1e-5)
    whole = find_modes(cavity(0.8 * exact, 1.2 * exact), request)
    cut = find_modes(cavity(0.985 * exact, 1.2 * exact), request)
    missing = {mode.label for mode in whole} - {mode.label for mode in cut}
    assert missing and not cut.complete
    assert all(label in " ".join(cut.warnings) for label in missing)
