"""One thread a process: the suite runs in parallel processes, and the matrices are small. At the
end, counts of the attacks of `tests/hostile`.
"""

import os
from collections import Counter, defaultdict

import pytest

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(name, "1")
os.environ.setdefault("MPLBACKEND", "Agg")

# Name of the property of a report that says which kind of attack it was, and how many.
ATTACKS = "attacks"
_COUNTS: dict[str, Counter[str]] = defaultdict(Counter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Count what a test reports, in whichever process it ran."""
    for _, (kind, number) in (one for one in report.user_properties if one[0] == ATTACKS):
        counts = _COUNTS[kind]
        if report.when == "call" and not report.skipped:
            counts["tried"] += 1
            counts["held" if report.passed else "broken"] += 1
        elif report.when == "teardown":
            counts["tried"] += number - 1
            counts["held"] += number - 1


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print how many attacks were tried, how many held."""
    whole: Counter[str] = Counter()
    for kind, counts in sorted(_COUNTS.items()):
        if counts["tried"]:
            terminalreporter.write_line(f"{kind}: {_told(counts)}")
            whole += counts
    if whole["tried"]:
        terminalreporter.write_line(f"attacks: {_told(whole)}")


def _told(counts: Counter[str]) -> str:
    return ", ".join(f"{name} {counts[name]}" for name in ("tried", "held", "broken"))
