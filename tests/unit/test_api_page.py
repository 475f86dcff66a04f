"""docs/api.md: every exported name is on the page, and whatever the page lists can be imported from
where it says.
"""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest

import cavitydesign

PAGE = Path(__file__).parents[2] / "docs" / "api.md"
LISTED = re.findall(
    r"^\| `(\w+)` \| `([\w.]+)` \| (.*) \|$", PAGE.read_text(encoding="utf-8"), re.MULTILINE
)
PACKAGES = (
    "cavitydesign",
    *(f"cavitydesign.{found.name}" for found in pkgutil.iter_modules(cavitydesign.__path__)),
)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_exported_name_is_on_the_page(package: str) -> None:
    exported = set(getattr(importlib.import_module(package), "__all__", ()))
    listed = {name for name, module, _ in LISTED if module == package}
    assert exported <= listed, f"not on docs/api.md: {sorted(exported - listed)}"


def test_lazy_names_of_the_package_are_exported() -> None:
    """What `cavitydesign.__getattr__` finds is in `__all__`, and the other way round."""
    assert {*cavitydesign._HOMES, "__version__"} == set(cavitydesign.__all__)
    assert all(getattr(cavitydesign, name) is not None for name in cavitydesign.__all__)
    with pytest.raises(AttributeError):
        _ = cavitydesign.find_mode


@pytest.mark.parametrize(("name", "module"), [(name, module) for name, module, _ in LISTED])
def test_listed_name_can_be_imported(name: str, module: str) -> None:
    assert hasattr(importlib.import_module(module), name), (
        f"docs/api.md lists {module}.{name}, which does not exist"
    )


def test_each_name_is_listed_once_with_words() -> None:
    places = [(name, module) for name, module, _ in LISTED]
    assert len(places) == len(set(places)), sorted(
        {place for place in places if places.count(place) > 1}
    )
    assert all(text.endswith(".") for _, _, text in LISTED), [
        name for name, _, text in LISTED if not text.endswith(".")
    ]
