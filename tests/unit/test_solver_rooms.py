"""Every room of the package stays small, and the solver has one pipeline."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

HOME = Path(__file__).parents[2] / "cavitydesign"
ROOMS = sorted({path.parent for path in HOME.rglob("*.py")})
MOST_FILES = 16


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: str(room.relative_to(HOME)))
def test_a_room_is_seen_at_a_glance(room: Path) -> None:
    """At most 16 files at one level, as the house asks for."""
    assert len(list(room.glob("*.py"))) <= MOST_FILES


def test_nothing_asks_which_problem_it_is() -> None:
    """Outside the rooms of windows and sections no code tells their problems apart."""
    for path in HOME.rglob("*.py"):
        if path.parent.name in ("rim", "section"):
            continue
        for line in path.read_text(encoding="utf-8").splitlines():
            asks = "isinstance(" in line and ("WindowProblem" in line or "SectionProblem" in line)
            assert not asks, f"{path}: {line.strip()}"


def test_each_file_has_a_name_of_its_own() -> None:
    """A file is found by its name alone, whatever room it is in."""
    counted = Counter(path.name for path in HOME.rglob("*.py") if path.name != "__init__.py")
    twins = sorted(name for name, times in counted.items() if times > 1)
    assert not twins, twins
