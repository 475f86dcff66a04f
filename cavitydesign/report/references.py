"""References of every data set and method behind a result, as BibTeX."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from importlib import resources
from typing import Any

from ..errors import InputError
from ..materials import find_material

_DOI = re.compile(r"10\.\d{4,}/[^\s,;)]+")
_PUBLISHED_DOTS = "CsPbBr3-PMMA"


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
    use : str
        What the result owes to it.
    """

    key: str
    words: str
    doi: str | None
    bibtex: str
    use: str = ""


def _field(entry: str, name: str) -> str | None:
    found = re.search(rf"^\s*{name}\s*=\s*\{{(.*)\}},?$", entry, re.MULTILINE)
    return (
        None
        if found is None
        else re.sub(r"\\[v'`^\"]|\\(?=&)|[{}]", "", found.group(1)).replace("--", "-")
    )


@cache
def reference_library() -> Mapping[str, Reference]:
    """The shipped references by key."""
    text = (resources.files(__package__) / "references.bib").read_text(encoding="utf-8")
    entries = [block.strip() for block in re.split(r"\n(?=@)", text) if block.strip()]
    references: dict[str, Reference] = {}
    for entry in entries:
        key = entry[entry.index("{") + 1 : entry.index(",")]
        field = partial(_field, entry)
        published_in = ", ".join(
            filter(
                None, (" ".join(filter(None, map(field, ("journal", "volume")))), field("pages"))
            )
        )
        names = field("author") or ""
        parts = (
            names.replace(" and ", "; "),
            field("title"),
            published_in,
            field("year"),
            field("note"),
        )
        references[key] = Reference(key, ", ".join(filter(None, parts)), field("doi"), entry)
    return references


def _misc(kind: str, name: str, title: str, note: str, words: str, use: str) -> Reference:
    """A source that is known by its words alone."""
    found = _DOI.search(note)
    doi = None if found is None else found.group(0).rstrip(".")
    key = f"{kind}-" + re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")
    lines = [f"@misc{{{key},", f"  title = {{{title}}},", f"  note = {{{note}}}"]
    if doi is not None:
        lines[-1] += ","
        lines.append(f"  doi = {{{doi}}}")
    return Reference(key, words, doi, "\n".join([*lines, "}"]), use)


def _of_media(design: Mapping[str, Any], applied: Mapping[str, Any]) -> Iterator[Reference]:
    """The data of every medium: as the run noted them, or as the library has them."""
    media = applied.get("media")
    if media is None:
        media = [_in_library(name) for name in materials_used(design)]
    seen: set[str] = set()
    for one in media:
        if (
            one is None
            or one["name"] in seen
            or one["name"] == "vacuum"
            or not _DOI.search(one["source"])
        ):
            continue
        seen.add(one["name"])
        low, high = one["range_nm"]
        words = (
            f"{one['name']}: {one['source']} (data from {low or 0:g} to {high or float('inf'):g} "
            "nm)"
        )
        yield _misc(
            "material",
            one["name"],
            f"Optical constants of {one['name']}",
            one["source"],
            words,
            "index and absorption",
        )


def _in_library(name: str) -> dict[str, Any] | None:
    try:
        medium = find_material(name)
    except InputError:
        return None
    return {"name": name, "source": medium.source, "range_nm": medium.range_nm}


def materials_used(design: Mapping[str, Any]) -> list[str]:
    """Names of the library's media in a design: body, fibre, surround, coatings, regions of a
    section, hosts and inclusions.
    """
    cavity = design.get("cavity", {})
    given: list[Any] = [cavity.get(region) for region in ("body", "fibre", "surround")]
    given += [coating.get("material") for coating in cavity.get("coatings") or ()]
    given += list((cavity.get("materials") or {}).values())
    guide = design.get("coupling") or {}
    if guide.get("kind") == "taper" and "index" not in guide:
        given.append(guide.get("medium", "silica"))
    else:
        given.append(guide.get("medium"))
    names: list[Any] = []
    for one in given:
        names += (
            [one]
            if isinstance(one, str)
            else [one.get(key) for key in ("name", "host", "inclusion")]
            if one
            else []
        )
    return list(dict.fromkeys(name for name in names if isinstance(name, str)))


def _media_of(design: Mapping[str, Any]) -> list[Any]:
    cavity = design.get("cavity", {})
    shells = [coating.get("material") for coating in cavity.get("coatings") or ()]
    return [
        *(cavity.get(region) for region in ("body", "fibre", "surround")),
        *shells,
        *(cavity.get("materials") or {}).values(),
    ]


def _carries_spread(value: Any) -> bool:
    if isinstance(value, Mapping):
        return set(value) == {"value", "sd"} or any(
            _carries_spread(inner) for inner in value.values()
        )
    return isinstance(value, list) and any(_carries_spread(inner) for inner in value)


def _methods(design: Mapping[str, Any], with_lasing: bool) -> Iterator[tuple[str, str]]:
    """Keys of the methods that a design calls for, and what each is used for."""
    cavity = design.get("cavity", {})
    profile = cavity.get("profile")
    yield "nedelec1980", "vector finite elements"
    yield "oxborrow2007", "modes of bodies of revolution by azimuthal order"
    yield "ericsson1980", "eigenpairs near a shift"
    yield "lam1992", "where to search: asymptotic resonances"
    if profile == "section":
        yield "gustafsson2020", "elements on meshed sections"
        yield "geuzaine2009", "meshes of sections"
    if profile == "droplet":
        yield "carroll1976", "shape of a drop on a fibre"
    if cavity.get("roughness_nm"):
        yield "gorodetsky1996", "scattering at a rough rim"
        yield "johnson2005", "scattering at a rough rim: dipoles at an interface"
    if design.get("coupling"):
        yield "little1999", "coupling of a guide and a whispering-gallery mode"
        yield "gorodetsky1999", "coupling by frustrated total reflection"
        if design["coupling"].get("kind") == "taper":
            yield "snyder1983", "mode of a tapered fibre"
    rules = [
        one.get("rule", "maxwell_garnett")
        for one in _media_of(design)
        if isinstance(one, Mapping) and one.get("host")
    ]
    if "maxwell_garnett" in rules:
        yield "maxwellgarnett1904", "index of dots in a host"
    if "bruggeman" in rules:
        yield "bruggeman1935", "index of dots in a host"
    if _carries_spread(design):
        yield "johnson2002", "what a spread of the shape does to a mode"
        yield "kottke2008", "the same at interfaces of anisotropic media"
    if with_lasing:
        yield "kennard1918", "absorption from emission"
        yield "dormand1980", "integration of the rate equations"
        yield "sommeijer1998", "their stiff part"
    yield "harris2020", "arrays"
    yield "virtanen2020", "linear algebra and special functions"
    yield "hunter2007", "figures"


def _of_gain(design: Mapping[str, Any], applied: Mapping[str, Any]) -> Iterator[Reference]:
    """The sources of the gain medium's constants."""
    name = (design.get("gain") or {}).get("medium", _PUBLISHED_DOTS)
    if name == _PUBLISHED_DOTS:
        yield replace(
            reference_library()["paper-a"],
            use="dots, cavities, cross-sections, thresholds; calibrations fitted to it",
        )
        yield replace(reference_library()["paper-b"], use="gain of films of the dots")
        return
    sources = [
        one["source"]
        for one in applied.get("gain_constants", ())
        if one["kind"] in ("literature", "published")
    ]
    if sources:
        note = "; ".join(dict.fromkeys(sources))
        yield _misc(
            "gain",
            str(name),
            f"Constants of {name}",
            note,
            f"{name}: {note}",
            "constants of the gain medium",
        )


def references_of(
    design: Mapping[str, Any], with_lasing: bool, applied: Mapping[str, Any] | None = None
) -> Sequence[Reference]:
    """Every source that a result of this design rests on.

    Parameters
    ----------
    design : mapping
        The tables of the design file.
    with_lasing : bool
        Whether gain and lasing were computed too.
    applied : mapping or None
        What `applied_values` noted of the run: media and constants as they were.
    """
    noted = applied or {}
    found = list(_of_media(design, noted))
    if with_lasing:
        found += _of_gain(design, noted)
    return [
        *found,
        *(replace(reference_library()[key], use=use) for key, use in _methods(design, with_lasing)),
    ]
