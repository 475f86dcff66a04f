"""References of every data set and method behind a result, as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import Any

from ..errors import InputError
from ..materials import find_material

# what a result of each kind rests on, by key of references.bib
_ALWAYS = ("nedelec1980", "oxborrow2007", "lam1992", "harris2020", "virtanen2020")
_LASING = ("kennard1918", "paper-a", "paper-b")
_DOI = re.compile(r"10\.\d{4,}/[^\s,;)]+")


@dataclass(frozen=True)
class Reference:
    """One source.

    Attributes
    ----------
    key : str
        BibTeX key.
    words : str
        Author, title, journal and year in one line.
    doi : str or None
    bibtex : str
        The entry.
    """

    key: str
    words: str
    doi: str | None
    bibtex: str


def _field(entry: str, name: str) -> str | None:
    found = re.search(rf"^\s*{name}\s*=\s*\{{(.*)\}},?$", entry, re.MULTILINE)
    return None if found is None else re.sub(r"[{}]|\\['`^\"]", "", found.group(1)).replace("--", "-")


@cache
def library() -> Mapping[str, Reference]:
    """The shipped references by key."""
    text = (resources.files(__package__) / "references.bib").read_text(encoding="utf-8")
    entries = [block.strip() for block in re.split(r"\n(?=@)", text) if block.strip()]
    references: dict[str, Reference] = {}
    for entry in entries:
        key = entry[entry.index("{") + 1 : entry.index(",")]
        place = " ".join(filter(None, (_field(entry, name) for name in ("journal", "volume", "pages"))))
        names = _field(entry, "author") or ""
        parts = (names.replace(" and ", "; "), _field(entry, "title"), place, _field(entry, "year"))
        references[key] = Reference(key, ", ".join(filter(None, parts)), _field(entry, "doi"), entry)
    return references


def _of_material(name: str) -> Reference | None:
    """A medium of the library as a reference, None if its data have no source beside the design."""
    try:
        medium = find_material(name)
    except InputError:
        return None
    found = _DOI.search(medium.source)
    doi = None if found is None else found.group(0).rstrip(".")
    low, high = medium.range_nm
    words = f"{name}: {medium.source} (data from {low:g} to {high:g} nm)"
    key = "material-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    lines = [f"@misc{{{key},", f"  title = {{Optical constants of {name}}},", f"  note = {{{medium.source}}}"]
    if doi is not None:
        lines[-1] += ","
        lines.append(f"  doi = {{{doi}}}")
    return Reference(key, words, doi, "\n".join([*lines, "}"]))


def materials_used(design: Mapping[str, Any]) -> list[str]:
    """Names of the library's media in a design: body, fibre, surround and coatings."""
    cavity = design.get("cavity", {})
    given: list[Any] = [cavity.get(region) for region in ("body", "fibre", "surround")]
    given += [coating.get("material") for coating in cavity.get("coatings") or ()]
    names = [one if isinstance(one, str) else one.get("name") for one in given if isinstance(one, str | Mapping)]
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def references_of(design: Mapping[str, Any], with_lasing: bool) -> Sequence[Reference]:
    """Every source that a result of this design rests on.

    Parameters
    ----------
    design : mapping
        The tables of the design file.
    with_lasing : bool
        Whether gain and lasing were computed too.
    """
    keys = (*_ALWAYS, *(_LASING if with_lasing else ()))
    found = [_of_material(name) for name in materials_used(design)]
    return [*(one for one in found if one is not None), *(library()[key] for key in keys)]
