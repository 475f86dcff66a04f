"""Spheres of absorbing media against their exact complex resonances: absorption moves Re k at
second order in kappa.
"""

import math

import pytest

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

RADIUS_UM, INDEX, ORDER = 10.0, 1.5, 140


@pytest.mark.parametrize(("kappa", "polarisation"), [(5e-3, "TM"), (2e-3, "TE")])
def test_wavelength_and_q_of_an_absorbing_sphere(kappa: float, polarisation: str) -> None:
    """k within 3 x the stated error at 1e-9 (6e-7 off with 2e-9 stated, when the fields were those
    of the real permittivities), log10 Q of absorption within 1e-7.
    """
    per_cm = 4.0 * math.pi * kappa / 600e-7
    body = ConstantIndex.of(INDEX, per_cm)
    cavity = Cavity(Spheroid(RADIUS_UM, RADIUS_UM), body, ConstantIndex.of(1.0))
    found = find_modes(cavity, ModeRequest(polarisation, 600.0, None, ORDER, 1, 2, 1e-9))
    assert found.accuracy_met and len(found) == 2, found.warnings
    for mode in found:
        here = complex(INDEX, body.extinction(mode.wavelength_nm))
        exact = find_resonance(
            Resonator((RADIUS_UM,), (here, 1.0), True),
            ORDER + mode.q,
            1,
            polarisation,
            mode.wavelength_nm,
        )
        error = abs(mode.wavelength_nm / exact.wavelength_nm - 1.0)
        stated = mode.wavelength_error_nm / mode.wavelength_nm
        assert error < min(1e-9, 3 * stated), f"{mode.label}: off {error:.1e}, stated {stated:.1e}"
        assert mode.losses.absorption == pytest.approx(exact.log10_q, abs=1e-7)
