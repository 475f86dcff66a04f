"""Random small and leaky spheres, cylinders and coated cylinders against exact resonances, other
ones every day.

Diameters 0.8 to 6 um, indices 1.3 to 3.5 in air and water, Q of 10 to 1e6. The seed is the date; it
is printed, and CAVITYDESIGN_SWEEP_SEED replays it.
"""

from __future__ import annotations

import datetime
import math
import os
import random

import pytest

from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.errors import SolverError
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.cylinder import Cylinder
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

SEED = os.environ.get("CAVITYDESIGN_SWEEP_SEED") or datetime.date.today().isoformat()
CASES = 12


def drawn(dice: random.Random) -> tuple[Resonance, int]:
    """An exact resonance and its axial order."""
    while True:
        radius = 0.5 * math.exp(dice.uniform(math.log(0.8), math.log(6.0)))
        body, surround = dice.uniform(1.3, 3.5), dice.choice((1.0, 1.0, 1.33))
        kind = dice.choice(("sphere", "cylinder", "coated"))
        p, polarisation = dice.choice((1, 1, 1, 2, 3)), dice.choice(("TM", "TE"))
        m, q = dice.randint(3, 40), dice.choice((0, 0, 1)) if kind == "sphere" else 0
        radii: tuple[float, ...] = (radius,)
        indices: tuple[float, ...] = (body, surround)
        if kind == "coated":
            radii = (radius * (1.0 - dice.uniform(0.05, 0.6)), radius)
            indices = (dice.choice((1.0, 1.33, 1.45, body * dice.uniform(0.7, 1.2))), *indices)
        if body < surround + 0.1:
            continue
        try:
            resonator = Resonator(radii, indices, kind == "sphere")
            exact = find_resonance(resonator, m + q, p, polarisation)
        except SolverError:
            continue
        if 1.0 < exact.log10_q < 6.0 and 200.0 < exact.wavelength_nm < 1e4:
            return exact, q


def cavity_of(resonator: Resonator) -> Cavity:
    """The same for the field solver."""
    media = [ConstantIndex.of(complex(n).real) for n in resonator.indices]  # type: ignore[arg-type]
    radius = resonator.radii_um[-1]
    if resonator.spherical:
        return Cavity(Spheroid(radius, radius), media[0], media[1])
    if len(media) == 2:
        return Cavity(Cylinder(radius), media[0], media[1], sliced=True)
    core = resonator.radii_um[0]
    return Cavity(
        Cylinder(radius), media[1], media[2], fibre=media[0], fibre_radius_um=core, sliced=True
    )


@pytest.mark.parametrize("number", range(CASES))
def test_random_small_cavity(number: int) -> None:
    """Right within three times the bar, and log10 Q within five times its own; or a plain no."""
    dice = random.Random(f"{SEED} {number}")
    exact, q = drawn(dice)
    m = exact.order - q
    print(f"CAVITYDESIGN_SWEEP_SEED={SEED} case {number}: {exact.polarisation} {m} {exact.p} {q}")
    hint = float(f"{exact.wavelength_nm * dice.uniform(0.95, 1.05):.4g}")
    request = ModeRequest(exact.polarisation, hint, None, m, exact.p, q + 1, 1e-6)
    found = find_modes(cavity_of(exact.resonator), request)
    label = f"{exact.polarisation} {m} {exact.p} {q}"
    text = (
        f"seed {SEED}, {exact.resonator} {label} at {exact.wavelength_nm} nm, log10 Q "
        f"{exact.log10_q}"
    )
    mine = [mode for mode in found if mode.label == label]
    if not mine:
        assert any(label in line for line in found.warnings), f"lost without a word: {text}"
        return
    off = abs(mine[0].wavelength_nm / exact.wavelength_nm - 1.0)
    stated = mine[0].wavelength_error_nm / exact.wavelength_nm
    assert off <= max(3.0 * stated, 1e-12), f"off {off:.1e}, stated {stated:.1e}: {text}"
    off_q = abs((mine[0].losses.radiation or 0.0) - exact.log10_q)
    said = mine[0].losses.radiation_error
    assert off_q <= max(5.0 * said, 1e-8), f"log10 Q off {off_q:.1e}, stated {said:.1e}: {text}"
