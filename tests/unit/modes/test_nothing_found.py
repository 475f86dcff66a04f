"""A range that holds no mode says so and why; nothing then counts as accurate."""

from __future__ import annotations

from typing import Any

import pytest

from cavitydesign.eigen.lanczos import Eigenpairs, shift_invert_lanczos
from cavitydesign.errors import SolverError
from cavitydesign.geometry import Cavity, Spheroid
from cavitydesign.materials import ConstantIndex
from cavitydesign.modes import ModeRequest, find_modes
from cavitydesign.modes.solver import discretisation
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


def test_a_search_ends_where_no_wanted_mode_can_be(monkeypatch: pytest.MonkeyPatch) -> None:
    """No TM 1 1 0 of 0.6 um, n = 1.33, is a mode: of each resolution six eigenpairs at most show
    that, as they reach beyond 10 % of the estimate and a Q of 2 (62 were made, 200 steps each).
    """
    asked = []

    def counted(*args: Any) -> Eigenpairs:
        asked.append(args[4])
        return shift_invert_lanczos(*args)

    monkeypatch.setattr(discretisation, "shift_invert_lanczos", counted)
    ball = Cavity(Spheroid(0.3, 0.3), ConstantIndex.of(1.33), ConstantIndex.of(1.0))
    found = find_modes(ball, ModeRequest("TM", 1250.0, None, 1))
    assert not found.modes and "none" in found.warnings[0]
    assert asked and max(asked) <= 6, asked


def test_a_body_too_flat_for_a_window_is_a_plain_no() -> None:
    """A spheroid of c/a = 0.05 bends more sharply than its modes are deep: it is refused in one
    line, which names the way that is open.
    """
    flat = Cavity(Spheroid(10.0, 0.5), ConstantIndex.of(1.49), ConstantIndex.of(1.0))
    with pytest.raises(SolverError, match="profile = 'section'"):
        find_modes(flat, ModeRequest("TM", 600.0, None, 130, 1, 2))
