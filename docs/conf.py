"""Settings of Sphinx: `pip install '.[docs]'`, then `sphinx-build docs docs/_build`. The pages read
as well without it.
"""

from importlib.metadata import version as installed_version

project = "cavitydesign"
author = "The cavitydesign developers"
copyright = "2026, The cavitydesign developers"
release = version = installed_version("cavitydesign")

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_heading_anchors = 3
html_theme = "alabaster"
html_theme_options = {
    "description": "From the outline of a microcavity to its lasing threshold",
    "page_width": "1200px",
}
html_title = f"cavitydesign {release}"
html_copy_source = False
