"""Counts of the attacks of a test, told with its report: `tests/conftest.py` adds them up."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from forked_command import Command

# Kinds of attack by file; any other goes by its own name.
KINDS = {
    "page_attacks": "hostile requests",
    "section_attacks": "scripts and meshes that try to reach out",
    "signals": "signals and kills",
    "store_faults": "injected faults",
    **dict.fromkeys(
        (
            *("small_texts", "archives", "measured_doors", "schema_values", "damaged_files"),
            *("kept_cells", "store_index", "doors", "bombs"),
        ),
        "damaged inputs",
    ),
}


class Tally:
    """Attacks of one test, where it makes more than one."""

    def __init__(self) -> None:
        self.tried = 0

    def add(self, number: int = 1) -> None:
        """Note that further attacks were tried and held."""
        self.tried += number


_TRIED = pytest.StashKey[int]()


@pytest.fixture(scope="session")
def command(tmp_path_factory: pytest.TempPathFactory) -> "Iterator[Command]":
    """The command, in a process that has imported everything and forks for each call."""
    from forked_command import Command

    with Command(tmp_path_factory.mktemp("told")) as made:
        yield made


@pytest.fixture
def tally(request: pytest.FixtureRequest) -> Iterator[Tally]:
    """Number of attacks within a test."""
    counted = Tally()
    yield counted
    request.node.stash[_TRIED] = counted.tried


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):
    report = yield
    name = item.path.stem.removeprefix("test_")
    kind = KINDS.get(name, name.replace("_", " "))
    report.user_properties.append(("attacks", (kind, max(item.stash.get(_TRIED, 1), 1))))
    return report
