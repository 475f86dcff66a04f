"""Combs by formula: evenly spaced modes of one family, for tests that need no field solver."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from cavitydesign.lasing import LasingMode

MakeComb = Callable[..., tuple[LasingMode, ...]]


def formula_comb(
    diameter_um: float,
    *,
    centre_nm: float = 537.6,
    span_nm: float = 16.0,
    comb_index: float = 1.5,
    quality: float | None = None,
    confinement: float = 0.99,
) -> tuple[LasingMode, ...]:
    """One mode at the centre, spacing lambda^2 / (pi D n), Q = 24 D."""
    fsr = centre_nm**2 / (math.pi * diameter_um * 1e3 * comb_index)
    count = int(span_nm / 2 / fsr)
    order = round(math.pi * diameter_um * 1e3 * 1.4 / centre_nm)
    return tuple(
        LasingMode(
            label=f"TM {order - step} 1 0",
            wavelength_nm=centre_nm + step * fsr,
            confinement=confinement,
            group_index=1.525,
            q_passive=24.0 * diameter_um if quality is None else quality,
            mode_volume_um3=35.0 * (diameter_um / 15.0) ** 2,
            m=order - step,
            fsr_nm=fsr,
            energy_fraction={"axial": 0.996, "radial": 0.002, "azimuthal": 0.002},
        )
        for step in range(-count, count + 1)
    )


@pytest.fixture(scope="session")
def make_comb() -> MakeComb:
    """Factory of formula combs."""
    return formula_comb
