"""The examples in the docstrings of the root's names run and give what they show."""

from __future__ import annotations

import doctest
import importlib
import inspect

import pytest

import cavitydesign
from cavitydesign.modes import mode, mode_set

NAMES = [name for name in cavitydesign.__all__ if name != "__version__"]


@pytest.mark.parametrize("name", NAMES)
def test_example_runs(name: str) -> None:
    thing = getattr(cavitydesign, name)
    module = thing if inspect.ismodule(thing) else importlib.import_module(thing.__module__)
    finder, runner = doctest.DocTestFinder(recurse=False), doctest.DocTestRunner()
    tests = [one for one in finder.find(inspect.unwrap(thing), name, module) if one.examples]
    assert tests, f"{name} has no example"
    assert all(runner.run(one).failed == 0 for one in tests)


def test_examples_of_methods_run() -> None:
    """What a mode and a set of modes tell when asked."""
    runner = doctest.DocTestRunner()
    for module, owner in ((mode, mode.Mode), (mode_set, mode_set.ModeSet)):
        found = doctest.DocTestFinder().find(owner, owner.__name__, module)
        for one in found:
            assert runner.run(one).failed == 0, one.name
