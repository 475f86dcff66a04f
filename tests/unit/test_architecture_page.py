"""docs/architecture.md: every station of a run is a function that is there, and there are few."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import FrameType

import cavitydesign as cd

HOME = Path(__file__).parents[2]
PAGE = (HOME / "docs" / "architecture.md").read_text(encoding="utf-8")
STATIONS = re.findall(r"^\| \d+ \| `(cavitydesign[\w.]+)\.(\w+)` \|", PAGE, re.MULTILINE)
CONCEPTS = re.findall(
    r"^\d+\. \*\*", PAGE.partition("before a first change")[2].partition("\n## ")[0], re.MULTILINE
)


def test_a_run_has_at_most_fifteen_stations_and_twelve_concepts() -> None:
    assert 10 <= len(STATIONS) <= 15
    assert 5 <= len(CONCEPTS) <= 12


def test_a_run_passes_the_stations_in_their_order() -> None:
    """The quickstart, watched call by call."""
    passed: list[tuple[str, str]] = []

    def watch(frame: FrameType, event: str, argument: object) -> None:
        here = (str(frame.f_globals.get("__name__")), frame.f_code.co_name)
        if event == "call" and here in STATIONS and here not in passed:
            passed.append(here)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        design = cd.load_design(HOME / "studies" / "quickstart" / "design.toml")
        cd.predict_lasing(cd.find_modes(design), design)
    finally:
        sys.setprofile(before)
    assert passed == STATIONS


def test_files_that_the_page_names_are_there() -> None:
    named = set(re.findall(r"`((?:\w+/)+\w+\.(?:py|toml))`", PAGE))
    missing = {
        one
        for one in named
        if "NAME" not in one
        and not any((root / one).exists() for root in (HOME, HOME / "cavitydesign"))
    }
    assert not missing, missing


def test_every_room_is_in_the_table() -> None:
    rooms = {path.parent.name for path in (HOME / "cavitydesign").glob("*/__init__.py")}
    listed = set(re.findall(r"`(\w+)`", "".join(re.findall(r"^\| `[^|]*\|", PAGE, re.MULTILINE))))
    assert rooms <= listed, rooms - listed
