"""Cavities nobody tuned for: Sobol points over sizes, indices, outlines and fibres; and combs
against direct solves.
"""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import qmc

from cavitydesign.geometry import Cavity, Cosine, Cylinder, Outline, Parabola, Spheroid
from cavitydesign.materials.material import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes

POINTS = qmc.Sobol(9, seed=11).random(256)
FEW = 32


def cavity_of(u: np.ndarray) -> tuple[Cavity, ModeRequest]:
    """A cavity and a request from nine numbers in [0, 1)."""
    diameter, index = 2.0 * 100.0 ** u[0], 1.35 + 1.15 * u[1]
    outside = 1.33 if u[2] > 0.7 and index > 1.6 else 1.0
    axial = diameter * (0.6 + 5.0 * u[4])
    shapes: list[Outline] = [
        Parabola(diameter / 2, axial),
        Cosine(diameter / 2, axial),
        Spheroid(diameter / 2, diameter * (0.35 + 0.5 * u[4])),
        Cylinder(diameter / 2),
    ]
    shape = shapes[int(4 * u[3])]
    fibre = ConstantIndex.of(1.3 + (index - 1.3) * u[5]) if u[5] < 0.6 else None
    body, surround = ConstantIndex.of(index), ConstantIndex.of(outside)
    fibre_radius = diameter * (0.1 + 0.3 * u[6]) if fibre else 0.0
    cavity = Cavity(shape, body, surround, fibre, fibre_radius, sliced=isinstance(shape, Cylinder))
    spacing = 600.0**2 / (np.pi * diameter * 1e3 * index)
    polarisation = ("TM", "TE")[int(2 * u[7])]
    return cavity, ModeRequest(
        polarisation, 600.0, min(1.6 * spacing, 60.0), None, 1 + int(2 * u[8]), 2, 1e-6
    )


@pytest.mark.parametrize("number", range(FEW))
def test_no_crash_and_no_silent_miss(number: int) -> None:
    """The first of them, at every run."""
    no_silent_miss(number)


@pytest.mark.slow
@pytest.mark.parametrize("number", range(FEW, len(POINTS)))
def test_no_crash_and_no_silent_miss_in_many(number: int) -> None:
    """All others."""
    no_silent_miss(number)


def no_silent_miss(number: int) -> None:
    """Every cavity gives its modes: complete and as accurate as asked, or a warning that says what
    is not.

    The range holds 1.6 spacings of the fundamental family, so at least one of its modes must be in
    it.
    """
    cavity, request = cavity_of(POINTS[number])
    found = find_modes(cavity, request)
    assert found.modes or found.warnings, "no mode, no word"
    assert (found.complete and found.accuracy_met) or found.warnings
    for mode in found:
        assert abs(sum(mode.confinement.values()) - 1.0) < 1e-9
        assert abs(sum(mode.energy_fraction.values()) - 1.0) < 1e-9
        assert mode.fsr_nm is not None and mode.fsr_nm > 0.0


def test_comb_agrees_with_direct_solves() -> None:
    """Reduced basis over 20 azimuthal orders against solves at one order each: within the sum of
    the stated errors.
    """
    cavity = Cavity(Parabola(16.5, 66.0), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
    comb = find_modes(cavity, ModeRequest("TM", 540.0, 36.0, None, 1, 2, 1e-8))
    assert comb.complete and len({mode.m for mode in comb}) > 15
    for mode in list(comb)[:: max(1, len(comb) // 6)]:
        alone = find_modes(cavity, ModeRequest("TM", 540.0, None, mode.m, 1, 2, 1e-9))[mode.label]
        error = abs(mode.wavelength_nm - alone.wavelength_nm)
        assert error < mode.wavelength_error_nm + alone.wavelength_error_nm, (
            f"{mode.label}: {error:.1e} nm"
        )
