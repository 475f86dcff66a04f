"""A list is complete only where its error bars tell which modes lie in the range."""

from __future__ import annotations

from dataclasses import replace

from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.lists.undecided import undecided

BALL = Cavity(Spheroid(3.0, 3.0), ConstantIndex.of(2.0), ConstantIndex.of(1.0))


def test_a_mode_on_the_end_of_a_range_leaves_it_open() -> None:
    """TM 56 of the sphere lies at 601.5 nm: a range that ends there within its bar, on either side
    of it, is not called complete, and names it; one that ends a tenth of a nanometre off is.
    """
    wide = find_modes(BALL, ModeRequest("TM", 600.0, 20.0, None, 1, 1, 1e-4))
    mode = wide["TM 56 1 0"]
    assert wide.complete
    for off, complete in ((0.5, False), (-0.5, False), (20.0, True), (-20.0, True)):
        end = mode.wavelength_nm + off * mode.wavelength_error_nm
        found = find_modes(BALL, ModeRequest("TM", end - 6.5, 13.0, None, 1, 1, 1e-4))
        assert found.complete is complete, (off, found.warnings)
        assert any("TM 56 1 0: within three" in line for line in found.warnings) is not complete


def test_bars_of_the_spacing_leave_it_open() -> None:
    """A spheroid of 12 by 5 um had bars of 4.4 nm, 4.9 nm from one azimuthal order to the next, in
    a list called complete.
    """
    request = ModeRequest("TM", 600.0, 20.0, None, 1, 1, 1e-4)
    mode = find_modes(BALL, request)["TM 56 1 0"]
    assert mode.fsr_nm is not None
    for share, lines in ((0.1, 0), (0.2, 1)):
        wide = replace(mode, wavelength_error_nm=share * mode.fsr_nm)
        told = [
            line for line in undecided(request, [], [wide]) if "spacing" in line or "next" in line
        ]
        assert len(told) == lines, (share, told)
