"""Ranges of a strongly oblate body, whose estimates are off by azimuthal orders."""

from __future__ import annotations

import pytest

from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes


def test_modes_that_those_found_last_lead_to() -> None:
    """TM 90 2 5 of a spheroid of 12 by 5 um, n = 2: asked for at m = 90 alone it is at 609.234 nm.

    From the modes of q = 5 that the window of the range had, m = 94 and up, it seemed to lie
    outside; TM 91 2 5, which they lead to, leads to it. A list called complete was without it.
    """
    cavity = Cavity(Spheroid(6.0, 2.5), ConstantIndex.of(2.0), ConstantIndex.of(1.0))
    modes = find_modes(cavity, ModeRequest("TM", 600.0, 20.0, None, 2, 6, 1e-4))
    assert modes["TM 90 2 5"].wavelength_nm == pytest.approx(609.234, abs=0.05)
