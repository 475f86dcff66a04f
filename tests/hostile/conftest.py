"""Counts of the attacks: tried, held, broken, by kind, at the end of a run of this folder."""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest

# Toy points, whose workers import them by name.
sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "study"))
sys.path.insert(0, str(Path(__file__).parent))

_COUNTS: dict[str, Counter[str]] = defaultdict(Counter)


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
    counts = _COUNTS[item.path.stem.removeprefix("test_").replace("_", " ")]
    if report.when == "call" and not report.skipped:
        counts["tried"] += 1
        counts["held" if report.passed else "broken"] += 1
    elif report.when == "teardown":
        more = max(item.stash.get(_TRIED, 1) - 1, 0)
        counts["tried"] += more
        counts["held"] += more
    return report


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    whole: Counter[str] = Counter()
    for kind, counts in sorted(_COUNTS.items()):
        if counts["tried"]:
            terminalreporter.write_line(f"{kind}: {_told(counts)}")
            whole += counts
    if whole["tried"]:
        terminalreporter.write_line(f"attacks: {_told(whole)}")


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in ("tried", "held", "broken"))
