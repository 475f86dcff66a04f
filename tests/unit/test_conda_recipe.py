"""The conda recipe asks for what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path

import cavitydesign

ROOT = Path(__file__).parents[2]
# Names of conda-forge for distributions that pip knows by another one.
NAMES = {"gmsh": "python-gmsh", "matplotlib": "matplotlib-base"}


def test_the_recipe_follows_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    recipe = (ROOT / "docs" / "conda" / "recipe.yaml").read_text(encoding="utf-8")
    wanted = {}
    for line in project["dependencies"]:
        name, bounds = re.findall(r"([\w-]+)([<>=].*)", line.partition(";")[0].strip())[0]
        wanted[NAMES.get(name, name)] = bounds
    run = recipe.partition("  run:\n")[2].partition("\n\n")[0]
    found = dict(re.findall(r"- ([\w-]+) ([<>=.,\d]+)$", run, flags=re.MULTILINE))
    assert found == wanted
    assert f'version: "{cavitydesign.__version__}"' in recipe
    assert f'python_min: "{project["requires-python"].removeprefix(">=")}"' in recipe
    for command, entry in project["scripts"].items():
        assert f"- {command} = {entry}" in recipe
