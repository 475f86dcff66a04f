"""Prints the lowest versions that pyproject.toml allows, one requirement a line, for `pip -c`."""

import re
import tomllib
from pathlib import Path

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]
# The tools of the tests are taken as they come: no user installs them.
NEEDED = [*PROJECT["dependencies"], *EXTRAS["dask"], *EXTRAS["tables"], *EXTRAS["images"]]

for requirement in NEEDED:
    found = re.match(r"([\w.-]+)(\[\w+\])?>=([\d.]+)", requirement)
    if found is not None:
        # A bound of two numbers stands for the last repair of that version.
        exact = found[3].count(".") > 1
        print(f"{found[1]}=={found[3]}" if exact else f"{found[1]}=={found[3]}.*")
