"""A range that holds no mode says so and why; nothing then counts as accurate."""

from __future__ import annotations

import pytest

from cavitydesign.errors import SolverError
from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.stopwatch import Stopwatch, check_time

BALL = Cavity(Spheroid(3.0, 3.0), ConstantIndex.of(1.5), ConstantIndex.of(1.0))


def test_an_empty_range_names_the_modes_beside_it() -> None:
    """TM 41 and TM 42 of a 6 um sphere, n = 1.5, lie at 604.9 and 591.6 nm (exact)."""
    found = find_modes(BALL, ModeRequest("TM", 600.0, 0.01))
    assert not found.modes and not found.accuracy_met
    assert not found.to_json_dict()["accuracy_met"]
    line = found.warnings[0]
    assert line.startswith("no mode was found: none of those asked for lies between 599.995 and")
    assert "TM 42 1 0 at 591.60" in line and "TM 41 1 0 at 604.91" in line


def test_a_step_ends_long_after_the_time_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    """Within a search whose time is over every solve ends it; outside a search none does."""
    monkeypatch.setenv("CAVITYDESIGN_MOST_SECONDS", "-1")
    watch = Stopwatch()
    check_time()
    with watch.guarding(), pytest.raises(SolverError, match="not solved within"):
        check_time()
    check_time()
