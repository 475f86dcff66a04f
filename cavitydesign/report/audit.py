"""What a referee asks for: what went in, what was fitted and what computed, how it was made, and
what to be wary of.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from .applied import input_digest
from .sections import Table, short_number

_SPEC_TABLES = (
    "cavity",
    "coupling",
    "temperature",
    "modes",
    "gain",
    "pump",
    "lasing",
    "collection",
)


def plain(value: Any) -> str:
    """A value of a design in words."""
    if isinstance(value, Mapping):
        if set(value) == {"value", "sd"}:
            return f"{value['value']} ± {value['sd']}"
        return ", ".join(f"{key} = {plain(inner)}" for key, inner in value.items())
    if isinstance(value, Sequence) and not isinstance(value, str):
        return ", ".join(plain(inner) for inner in value) or "-"
    if isinstance(value, float):
        return repr(value) if len(repr(value)) <= 10 else f"{value:.10g}"
    return "-" if value is None else str(value)


def input_table(design: Mapping[str, Any]) -> Table:
    """Every key of the design, as it was read."""
    return Table("Design, as it was read", ("key", "value"), tuple(_keyed("", design)))


def _keyed(before: str, value: Any) -> Iterator[tuple[str, str]]:
    """Dotted keys with their values; a table within a table is opened too."""
    if isinstance(value, Mapping) and set(value) != {"value", "sd"}:
        for key, inner in value.items():
            yield from _keyed(f"{before}.{key}".lstrip("."), inner)
    elif isinstance(value, list) and any(isinstance(one, Mapping) for one in value):
        for index, inner in enumerate(value):
            yield from _keyed(f"{before}[{index}]", inner)
    else:
        yield before, plain(value)


def default_table(results: Mapping[str, Any]) -> Table | None:
    """Values that were used where the design says nothing; None where the results do not tell."""
    applied, design = results.get("applied"), results.get("input") or {}
    if not isinstance(applied, Mapping):
        return None
    constants = {one["key"] for one in applied.get("gain_constants", ())}
    rows = [
        (f"{table}.{key}", plain(value))
        for table in _SPEC_TABLES
        for key, value in (applied.get(table) or {}).items()
        if value not in (None, [])
        and key not in (design.get(table) or {})
        and not (table == "gain" and (key in constants or key == "name"))
    ]
    return Table("Values used where the design says nothing", ("key", "value"), tuple(rows))


def media_table(results: Mapping[str, Any]) -> Table | None:
    """Medium of each region, with the source and range of its data; None where the results do not
    tell.
    """
    media = (results.get("applied") or {}).get("media")
    if not media:
        return None
    rows = tuple(
        (one["region"], one["name"], _range(one["range_nm"]), one["source"]) for one in media
    )
    return Table("Media", ("region", "medium", "data (nm)", "source"), rows)


def _range(limits: Sequence[float | None]) -> str:
    low, high = limits
    return (
        "every wavelength"
        if high is None or high > 1e6
        else f"{short_number(low, 5)} to {short_number(high, 5)}"
    )


def origin_table(results: Mapping[str, Any]) -> Table:
    """What was computed from the design alone, and what rests on a fit to measurements, with the
    values.
    """
    design, lasing = results.get("input") or {}, results.get("lasing")
    rows = [
        (
            "wavelength, n_eff, FSR, group index",
            "",
            "computed",
            "vector eigenproblem on the cavity's section",
        ),
        ("confinement, mode volume", "", "computed", "integrals of the solved field"),
        ("Q by radiation", "", "computed", "from the solved field; logarithm, no floor"),
        (
            "Q by absorption",
            "",
            "computed from data",
            "extinction of the media, weighted by the energy in each",
        ),
        (
            "Q by scattering",
            "",
            "computed from input",
            "roughness and correlation length of the design file",
        ),
        ("indices", "", "measured data", "see the media"),
    ]
    if lasing is not None:
        rows += _lasing_rows(results, design, lasing)
        rows.append(
            (
                "thresholds, slopes, regime, output shares",
                "",
                "computed",
                "rate equations on the solved comb",
            )
        )
    return Table("Origin of each quantity", ("quantity", "value", "origin", "how"), tuple(rows))


def _lasing_rows(
    results: Mapping[str, Any], design: Mapping[str, Any], lasing: Mapping[str, Any]
) -> list[tuple[str, str, str, str]]:
    quality = (design.get("lasing") or {}).get("quality", "budget")
    empirical = quality != "budget"
    note = (
        f"lasing.quality = {plain(quality)}: overrides the solved budget"
        if empirical
        else "the solved budget"
    )
    rows = [
        ("Q that the lasing model uses", "", "fitted or given" if empirical else "computed", note)
    ]
    applied = results.get("applied") or {}
    gain = applied.get("gain") or {}
    given = design.get("gain") or {}
    told: set[str] = set()
    for one in applied.get("gain_constants", ()):
        key = one["key"]
        told.add(f"gain.{key}")
        kind, how = ("given", "design file") if key in given else (one["kind"], one["source"])
        rows.append((f"gain.{key}", _short(gain.get(key)), kind, how))
    noted = lasing.get("calibrations")
    for name, words in (noted if isinstance(noted, Mapping) else {}).items():
        if name not in told and name != "lasing.quality":
            kind, _, why = str(words).partition(": ")
            rows.append((str(name), _short(_at(applied, name)), kind, why))
    return rows


def _at(applied: Mapping[str, Any], name: str) -> Any:
    table, _, key = name.partition(".")
    return (applied.get(table) or {}).get(key)


def _short(value: Any) -> str:
    if value is None:
        return ""
    return (
        short_number(value, 5)
        if isinstance(value, int | float) and not isinstance(value, bool)
        else plain(value)
    )


def provenance_table(results: Mapping[str, Any]) -> Table:
    """Versions, machine, size of the problem and wall times."""
    modes = results.get("modes") or {}
    rows = [
        ("finished", short_number(results.get("finished"))),
        ("design file", short_number(results.get("design_file"))),
        ("SHA-256 of the design", input_digest(results.get("input") or {})),
    ]
    rows += [
        (f"version of {name}", str(one)) for name, one in (results.get("versions") or {}).items()
    ]
    rows += [(name, str(one)) for name, one in (results.get("platform") or {}).items()]
    rows += [
        (f"solver, {name}", short_number(one, 6))
        for name, one in (modes.get("statistics") or {}).items()
    ]
    rows += [
        (f"wall time, {name} (s)", short_number(one, 3))
        for name, one in (results.get("seconds") or {}).items()
    ]
    rows += [
        (f"wall time of the solver, {name} (s)", short_number(one, 3))
        for name, one in (modes.get("seconds") or {}).items()
    ]
    return Table("Versions, machine and times", ("item", "value"), tuple(rows))


def count_words(modes: Mapping[str, Any]) -> str:
    """What was searched, and what the count of eigenvalues says of it."""
    low, high = modes.get("wavelength_range_nm", (0.0, 0.0))
    verdict = (
        "as many as were found: none is missing"
        if modes.get("complete")
        else "not shown to be all: see the warnings"
    )
    leaky = any(
        mode.get("log10_q_radiation_absorbing_layer") is not None
        for mode in modes.get("modes") or ()
    )
    of_leaky = (
        " Leaky families have a complex spectrum without inertia: there, the modes found are "
        "counted."
        if leaky
        else ""
    )
    return (
        f"Searched from {low:.6g} to {high:.6g} nm. At the azimuthal order where each family is "
        "solved first, the inertia "
        "of the factorised problem counts the eigenvalues in the range of the wanted modes: "
        f"{modes.get('counted')}, {verdict}."
        f"{of_leaky}"
    )


def all_warnings(results: Mapping[str, Any]) -> list[str]:
    """Every warning of the solver and of the lasing model, and what the count of modes says."""
    modes, lasing = results.get("modes") or {}, results.get("lasing") or {}
    found = [str(one) for one in (*modes.get("warnings", ()), *lasing.get("warnings", ()))]
    if modes.get("complete") is False:
        found.append("no count of eigenvalues certifies that the list of modes is complete")
    missed = [
        mode["label"] for mode in modes.get("modes", ()) if not mode.get("accuracy_met", True)
    ]
    if missed:
        found.append(f"asked accuracy missed by {', '.join(missed)}")
    return found
