"""Import paths of the last release lead to today's modules for one release, and warn."""

import importlib
import sys

import pytest

import cavitydesign
from cavitydesign.renamed import _NEW, install, new_path


@pytest.mark.parametrize("old", sorted(_NEW))
def test_old_path_leads_to_the_module(old: str) -> None:
    path = f"cavitydesign.{old}"
    sys.modules.pop(path, None)
    with pytest.warns(DeprecationWarning, match=f"is now {new_path(path)}"):
        module = importlib.import_module(path)
    assert module is importlib.import_module(str(new_path(path)))


def test_installing_twice_changes_nothing() -> None:
    before = list(sys.meta_path)
    install()
    assert sys.meta_path == before


def test_a_misspelt_module_is_not_found() -> None:
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("cavitydesign.desing")
    assert cavitydesign.Design.__module__ == "cavitydesign.design.spec"
