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


def told(thing: object, title: str) -> bool:
    """Whether a docstring has a section of this title."""
    return f"\n{title}\n{'-' * len(title)}\n" in (inspect.getdoc(thing) or "")


@pytest.mark.parametrize("name", NAMES)
def test_names_tell_what_goes_in_and_comes_out(name: str) -> None:
    """A function names its parameters, what it returns and raises; a class its parameters or
    attributes (errors have none of their own), and each method what goes into it.
    """
    thing = getattr(cavitydesign, name)
    if inspect.isfunction(thing):
        assert [title for title in ("Parameters", "Returns") if not told(thing, title)] == []
        assert told(thing, "Raises") or "raise " not in inspect.getsource(thing)
    if not inspect.isclass(thing):
        return
    if not issubclass(thing, Exception):
        assert told(thing, "Parameters") or told(thing, "Attributes")
    methods = [
        one for key, one in vars(thing).items() if inspect.isfunction(one) and key.isidentifier()
    ]
    silent = [
        one.__name__
        for one in methods
        if not one.__name__.startswith("_")
        and set(inspect.signature(one).parameters) - {"self"}
        and not told(one, "Parameters")
    ]
    assert silent == [], f"methods of {name} whose parameters nobody explains"
