"""Settings of Sphinx.

`pip install '.[docs]'` and then `sphinx-build -W docs docs/_build` builds the site. The pages can
be read as plain Markdown too.
"""

import sys
from importlib.metadata import version as installed_version
from pathlib import Path

project = "cavitydesign"
author = "The cavitydesign developers"
copyright = "2026, The cavitydesign developers"
release = version = installed_version("cavitydesign")

extensions = [
    "myst_nb",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
]
source_suffix = {".md": "myst-nb", ".ipynb": "myst-nb"}
exclude_patterns = ["_build", "_columns"]

# Equations are written between dollar signs; links to headings work down to the third level.
myst_enable_extensions = ["dollarmath", "amsmath", "colon_fence", "deflist"]
myst_heading_anchors = 3

# The notebooks are executed when the site is built; a cell that fails stops the build.
nb_execution_mode = "cache"
nb_execution_timeout = 300
nb_execution_raise_on_error = True
nb_merge_streams = True

# MathJax 3.2.2 lies beside the pages (Apache-2.0): the site needs nothing from outside.
mathjax_path = "mathjax/tex-svg.js"
nb_ipywidgets_js = {}

autodoc_typehints = "none"
autodoc_member_order = "bysource"
autodoc_preserve_defaults = True  # theme=LIGHT, not all of its colours
autosummary_generate = True
numpydoc_show_class_members = False

html_theme = "furo"
html_title = f"cavitydesign {release}"
html_copy_source = False
html_static_path = ["_static"]
html_css_files = ["site.css"]
html_js_files = [("site.js", {"defer": "defer"})]

sys.path.insert(0, str(Path(__file__).parent / "_ext"))
extensions += ["reference_pages", "output_columns"]
