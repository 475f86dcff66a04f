"""Counts of the attacks: tried, held, broken, as one line at the end of a run of this folder."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

# Toy points, whose workers import them by name.
sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "study"))

_COUNTS: Counter[str] = Counter()
_HERE = Path(__file__).parent


class Tally:
    """Attacks of one test, where it makes more than one."""

    def __init__(self) -> None:
        self.tried = 0

    def add(self, number: int = 1) -> None:
        """Note that further attacks were tried and held."""
        self.tried += number


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Number of attacks within a test."""
    counted = Tally()
    yield counted
    request.node.stash[_TRIED] = counted.tried


_TRIED = pytest.StashKey[int]()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    if report.when == "call" and not report.skipped:
        _COUNTS["tried"] += 1
        _COUNTS["held" if report.passed else "broken"] += 1
    elif report.when == "teardown":
        more = max(item.stash.get(_TRIED, 1) - 1, 0)
        _COUNTS["tried"] += more
        _COUNTS["held"] += more
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _COUNTS:
        counts = ", ".join(f"{name} {_COUNTS[name]}" for name in ("tried", "held", "broken"))
        terminalreporter.write_line(f"attacks: {counts}")
