"""A search for modes that would take too long or too much memory stops with one clear line."""

import time

import pytest

from cavitydesign.errors import SolverError
from cavitydesign.geometry.cavity import Cavity
from cavitydesign.geometry.spheroid import Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find, find_modes, stopwatch
from cavitydesign.modes.rim import window_problem

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


@pytest.mark.parametrize("kept", [0, 1])
def test_time_while_measuring(kept: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring ends too: with a line about what was solved in vain, and what was measured before
    it.

    The clock jumps by 1000 s as the family `kept` is to be measured.
    """
    jumped = 0.0
    clock = time.process_time
    measured = find.finished_modes
    families = 0

    def later(*args: object) -> object:
        nonlocal jumped, families
        jumped = 1000.0 if families >= kept else 0.0
        families += 1
        return measured(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(find, "finished_modes", later)
    monkeypatch.setattr(stopwatch, "_LOOK_S", -1.0)
    monkeypatch.setattr(stopwatch.time, "process_time", lambda: clock() + jumped)
    request = ModeRequest("TM", 540.0, None, 122, 1, 2, 1e-4)
    if not kept:
        with pytest.raises(SolverError, match=r"solved but not measured.*60 s of computing"):
            find_modes(CAVITY, request)
        return
    found = find_modes(CAVITY, request)
    assert [mode.q for mode in found] == [0]
    assert not found.complete
    assert any("solved but not measured" in line for line in found.warnings)


def test_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    """Refused before anything is assembled."""
    monkeypatch.setattr(window_problem, "_MOST_GB", 1e-4)
    with pytest.raises(SolverError, match=r"would take about .* GB"):
        find_modes(CAVITY, REQUEST)
