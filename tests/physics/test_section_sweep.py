"""Random leaky spheres meshed as sections against exact resonances, other ones every day.

Diameters 1 to 7 um, indices 1.4 to 3.4 in air and water, Q of 50 to 1e9, cut 0.3 to 1.6 wavelengths
from the rim. The seed is the date; it is printed, and CAVITYDESIGN_SWEEP_SEED replays it.
"""

from __future__ import annotations

import datetime
import math
import os
import random

import numpy as np
import pytest
from section_sources import annular_sector

from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.errors import SolverError
from cavitydesign.materials import ConstantIndex
from cavitydesign.mesh.section_cavity import SectionCavity
from cavitydesign.modes import ModeRequest, find_modes

SEED = os.environ.get("CAVITYDESIGN_SWEEP_SEED") or datetime.date.today().isoformat()
CASES = 8


def drawn(dice: random.Random) -> Resonance:
    """An exact resonance of a sphere."""
    while True:
        radius = 0.5 * math.exp(dice.uniform(0.0, math.log(7.0)))
        body, surround = dice.uniform(1.4, 3.4), dice.choice((1.0, 1.0, 1.33))
        order, polarisation = dice.randint(8, 45), dice.choice(("TM", "TE"))
        if body < surround + 0.15:
            continue
        try:
            exact = find_resonance(
                Resonator((radius,), (body, surround), True), order, 1, polarisation
            )
        except SolverError:
            continue
        if 1.7 < exact.log10_q < 9.0 and 300.0 < exact.wavelength_nm < 4000.0:
            return exact


@pytest.mark.parametrize("number", range(CASES))
def test_random_leaky_sphere(number: int) -> None:
    """Wavelength and log10 Q within three times their bars (or 1e-12), and bars that say something:
    the wavelength's below 1e-4 and that of log10 Q below 0.1.
    """
    dice = random.Random(f"{SEED} {number}")
    exact = drawn(dice)
    radius, (body, surround) = exact.resonator.radii_um[0], exact.resonator.indices[:2]
    wave = exact.wavelength_nm * 1e-3 / complex(surround).real
    end = radius + max(dice.uniform(0.3, 1.6) * wave, 0.25 * radius)
    near = 1.15 * radius
    rows = np.linspace(near, end, 2 + math.ceil((end - near) / (0.5 * wave)))
    rho = np.array([0.15, 0.5, 0.75, 0.9, 1.0]) * radius
    mesh = annular_sector(
        np.concatenate([rho, rows]), np.linspace(-0.5 * math.pi, 0.5 * math.pi, 11), radius
    )
    media = {
        "body": ConstantIndex.of(complex(body).real),
        "surround": ConstantIndex.of(complex(surround).real),
    }
    hint = float(f"{exact.wavelength_nm * dice.uniform(0.97, 1.03):.4g}")
    request = ModeRequest(exact.polarisation, hint, None, exact.order, 1, 1, 1e-6)
    label = f"{exact.polarisation} {exact.order} 1 0"
    text = f"seed {SEED} case {number}: {exact.resonator} {label}, log10 Q {exact.log10_q:.3f}"
    print(f"CAVITYDESIGN_SWEEP_SEED={SEED} {text}")
    mode = find_modes(SectionCavity.of(mesh, media), request)[label]
    off = abs(mode.wavelength_nm / exact.wavelength_nm - 1.0)
    stated = mode.wavelength_error_nm / exact.wavelength_nm
    assert off <= max(3.0 * stated, 1e-12), f"off {off:.1e}, stated {stated:.1e}: {text}"
    assert mode.losses.radiation is not None, text
    off_q, said = abs(mode.losses.radiation - exact.log10_q), mode.losses.radiation_error
    assert off_q <= 3.0 * said, f"log10 Q off {off_q:.1e}, stated {said:.1e}: {text}"
    assert stated < 1e-4 and said < 0.1, f"stated {stated:.1e} and {said:.1e}: {text}"
