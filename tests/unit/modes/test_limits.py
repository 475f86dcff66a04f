"""A search for modes that would take too long or too much memory stops with one clear line."""

import pytest

from cavitydesign.errors import SolverError
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.rim import problem

CAVITY = Cavity(Spheroid(7.5, 7.5), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
REQUEST = ModeRequest("TM", 540.0, None, 122, 1, 1, 1e-6)


def test_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """The limit is of computing time, and an environment variable moves it."""
    monkeypatch.setenv("CAVITYDESIGN_MOST_SECONDS", "0")
    with pytest.raises(
        SolverError, match=r"stopped after 0 s of computing.*radial or axial orders"
    ):
        find_modes(CAVITY, REQUEST)
    monkeypatch.setenv("CAVITYDESIGN_MOST_SECONDS", "1000")
    assert len(find_modes(CAVITY, REQUEST)) == 1


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before anything is assembled."""
    monkeypatch.setattr(problem, "_MOST_GB", 1e-4)
    with pytest.raises(SolverError, match=r"would take about .* GB"):
        find_modes(CAVITY, REQUEST)
