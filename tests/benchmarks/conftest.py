"""Options of the benchmarks: `python -m pytest tests/benchmarks --quick`."""

from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--quick", action="store_true", help="compare today's costs with stored ones")
    parser.addoption("--quick-store", action="store_true", help="store today's costs instead")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Costs are measured only when they are asked for: the suite itself holds no timings."""
    asked = config.getoption("quick", default=False) or config.getoption(
        "quick_store", default=False
    )
    return None if asked else True
