"""The reference of the Python package, made from docs/api.md when the site is built.

docs/api.md lists every public name and where it is imported from; a test holds it against the
package. This extension writes one page for each package that the list names, with signatures and
docstrings, into docs/reference, which is not kept in the repository.
"""

import re
from collections import defaultdict
from pathlib import Path
from typing import Any

_ROW = re.compile(r"^\| `(\w+)` \| `(cavitydesign[\w.]*)` \| (.*) \|$", re.MULTILINE)
# Names of the root that are no function and no class.
_MODULES = ("__version__", "materials", "plot")
# Classes of Python whose members no page repeats.
_FOREIGN = "BaseException, Sequence, tuple, str"
_START = (
    "This page is for whoever writes Python: it shows one package's signatures and docstrings.\n"
    "[All public names](../api.md) stand in one list."
)
# What the marks of reStructuredText are in docstrings: |E| is a magnitude, a * b a product.
_MARKS = re.compile(r"(``.*?``|`[^`]+`)|([|*])|(?<=\w)(_)(?=\W|$)")


def names_of_rooms(page: str) -> dict[str, list[tuple[str, str]]]:
    """Public names of each package, as pairs of module and name, in the order of the page."""
    rooms: dict[str, list[tuple[str, str]]] = defaultdict(list)
    seen = set()
    for name, module, _ in _ROW.findall(page):
        if name in _MODULES or module == "cavitydesign.plot" or (name, module) in seen:
            continue
        seen.add((name, module))
        parts = module.split(".")
        rooms[parts[1] if len(parts) > 1 else "cavitydesign"].append((module, name))
    return rooms


def write_pages(app: Any) -> None:
    """One page a package; a page whose text is what it was is left alone, and not built again."""
    source = Path(app.srcdir)
    folder = source / "reference"
    folder.mkdir(exist_ok=True)
    rooms = names_of_rooms((source / "api.md").read_text(encoding="utf-8"))
    for room, names in rooms.items():
        title = "cavitydesign" if room == "cavitydesign" else f"cavitydesign.{room}"
        lines = [f"# {title}", "", _START, "", "```{eval-rst}"]
        # What the package itself says it is for; its names follow one by one.
        lines += [f".. automodule:: {title}", "   :no-members:", "   :no-index:", ""]
        for module, name in names:
            kind = "function" if name[0].islower() else "class" if not name.isupper() else "data"
            lines.append(f".. auto{kind}:: {module}.{name}")
            if room == "cavitydesign":
                lines.append("   :no-index:")
            if kind == "class":
                lines += ["   :members:", f"   :inherited-members: {_FOREIGN}"]
            lines.append("")
        text = "\n".join([*lines, "```", ""])
        path = folder / f"{room}.md"
        if not path.exists() or path.read_text(encoding="utf-8") != text:
            path.write_text(text, encoding="utf-8")


def readable(app: Any, what: str, name: str, found: Any, options: Any, lines: list[str]) -> None:
    """Let plain docstrings pass as reStructuredText: marks escaped, indented blocks verbatim."""
    out: list[str] = []
    verbatim = False
    for number, line in enumerate(lines):
        indented = line.startswith("    ")
        before = out[-1] if out else ""
        starts = indented and not before.strip() and number > 0
        if starts and not verbatim and not _in_section(lines, number):
            out += ["::", ""]
            verbatim = True
        elif line.strip() and not indented:
            verbatim = False
        if verbatim or line.lstrip().startswith(">>>"):
            out.append(line)
        else:
            out.append(_MARKS.sub(lambda m: m[1] or "\\" + (m[2] or m[3]), line))
    lines[:] = out


def _in_section(lines: list[str], number: int) -> bool:
    """Whether a line stands below a heading of numpydoc, where indented text is a description."""
    return any(set(line.strip()) == {"-"} for line in lines[:number])


def setup(app: Any) -> dict[str, bool]:
    """Register with Sphinx."""
    app.connect("builder-inited", write_pages)
    app.connect("autodoc-process-docstring", readable, priority=100)
    return {"parallel_read_safe": True}
