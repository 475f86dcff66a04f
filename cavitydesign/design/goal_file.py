"""A goal file (TOML) read into a `Goal`, or every problem in it named at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import nearest
from ..study.axes import Bounds, range_bounds
from ..study.expression import Expression
from ..study.user_file import DesignSchema, UserFile
from .goal import Goal, Limit, Objective
from .outcome import outcome_problem

KEYS = ("design", "title", "store", "variables", "derived", "goal", "second", "constraints", "spread", "search")
SEARCH_KEYS = ("solves", "samples", "checks", "seed")
SENSES = ("maximise", "minimise", "target")
_SOLVES_FOR_ONE = 40
_SOLVES_FOR_MORE = 20


def load_goal(path: Path, schema: DesignSchema) -> Goal:
    """Read and check a goal file; nothing is computed.

    Parameters
    ----------
    path : Path
        The goal file; the design that it names lies beside it.
    schema : DesignSchema
        How designs are read and which keys they have.

    Raises
    ------
    InputError
        One line for each problem: file, key, value, what is allowed.
    """
    file = UserFile(path, schema, KEYS, texts=("store", "title"))
    design = file.design()
    variables = _variables(file)
    objective = _objective(file, "goal")
    second = _objective(file, "second") if "second" in file.content else None
    limits = _limits(file)
    spread = _spread(file)
    derived = _derived(file, variables)
    search = _search(file, len(variables))
    file.raise_if_any()
    _check_bounds(file, design, variables, {*variables, *derived})
    file.raise_if_any()
    assert objective is not None
    return Goal(
        design=design,
        variables=variables,
        objective=objective,
        second=second or _second_of(limits, objective),
        limits=tuple(limits),
        spread=spread,
        derived=derived,
        store=path.parent / file.content.get("store", f"{path.stem}-results"),
        version=schema.version,
        wavelength_nm=_plain(design["modes"]["wavelength_nm"]),
        name=file.content.get("title", path.stem),
        files_of=schema.files_of,
        folder=file.folder,
        **search,
    )


def _plain(value: Any) -> float:
    return float(value["value"] if isinstance(value, Mapping) else value)


def _variables(file: UserFile) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {}
    entries = file.entries("variables")
    if not entries:
        file.add("variables", ": missing; give from and to of at least one design key")
    for key, entry in entries.items():
        place = f'variables."{key}"'
        if file.wrong_key(place, key):
            continue
        if not isinstance(entry, dict):
            file.add(place, f" = {entry!r}: {{ from, to }} is needed")
            continue
        bounds = file.collect(range_bounds, entry, f"{file.name}: {place}")
        if bounds is not None:
            found[key] = bounds
    return found


def _check_bounds(file: UserFile, design: Mapping[str, Any], variables: Mapping[str, Bounds], varied: set[str]) -> None:
    """Both ends must suit the key, whatever the other keys hold."""
    for key, bounds in variables.items():
        for name, end in (("from", bounds.low), ("to", bounds.high)):
            problem = file.schema.value_problem(design, key, end, file.folder, varied)
            if problem is not None:
                file.add(f'variables."{key}".{name}', f" = {end:g}: {problem}")


def _objective(file: UserFile, key: str) -> Objective | None:
    table = file.table(key)
    senses = [sense for sense in SENSES if sense in table]
    for name in table:
        if name not in (*SENSES, "of"):
            file.add(f"{key}.{name}", f": unknown key; allowed: {', '.join((*SENSES, 'of'))}{nearest(name, SENSES)}")
    if len(senses) != 1:
        file.add(key, ': give exactly one of maximise = "...", minimise = "..." or target = 4.2 with of = "..."')
        return None
    sense = senses[0]
    named = f"{key}.{'of' if sense == 'target' else sense}"
    outcome = table.get("of") if sense == "target" else table[sense]
    if not isinstance(outcome, str):
        file.add(named, f" = {outcome!r}: the name of an outcome is needed")
        return None
    wrong = outcome_problem(outcome)
    if wrong is not None:
        file.add(named, f": {wrong}")
        return None
    target = table.get("target")
    if sense == "target" and not _is_number(target):
        file.add(f"{key}.target", f" = {target!r}: a number is needed")
        return None
    return Objective(outcome, sense, None if target is None else float(target))


def _limits(file: UserFile) -> list[Limit]:
    limits = []
    for outcome, entry in file.entries("constraints", ("below", "above")).items():
        place = f'constraints."{outcome}"'
        wrong = outcome_problem(outcome)
        if wrong is not None:
            file.add(place, f": {wrong}")
        if not isinstance(entry, dict) or not entry or not set(entry) <= {"below", "above"}:
            file.add(place, f" = {entry!r}: {{ below = number }}, {{ above = number }} or both are needed")
        elif not all(_is_number(bound) for bound in entry.values()):
            file.add(place, f" = {entry!r}: bounds must be numbers")
        elif "below" in entry and "above" in entry and entry["above"] >= entry["below"]:
            file.add(place, f": bounds reversed, above = {entry['above']:g} must be less than below = {entry['below']:g}")
        else:
            limits.append(Limit(outcome, **{name: float(bound) for name, bound in entry.items()}))
    return limits


def _spread(file: UserFile) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, entry in file.entries("spread", ("sd",)).items():
        place = f'spread."{key}"'
        if file.wrong_key(place, key):
            continue
        if not isinstance(entry, dict) or set(entry) != {"sd"} or not _is_number(entry["sd"]) or entry["sd"] <= 0:
            file.add(place, f" = {entry!r}: {{ sd = number above 0 }} is needed, in the unit of the key")
        else:
            found[key] = float(entry["sd"])
    return found


def _derived(file: UserFile, variables: Mapping[str, Bounds]) -> dict[str, Expression]:
    found = file.expressions("derived")
    for key in found:
        if not file.wrong_key(f'derived."{key}"', key) and key in variables:
            file.add(f'derived."{key}"', ": is a variable already")
    return found


def _search(file: UserFile, variables: int) -> dict[str, int]:
    settings = {"solves": _SOLVES_FOR_ONE + _SOLVES_FOR_MORE * max(variables - 1, 0)}
    for key, value in file.table("search").items():
        least = {"seed": 0, "solves": 8, "checks": 8}.get(key, 1000)
        if key not in SEARCH_KEYS:
            file.add(f"search.{key}", f": unknown key; allowed: {', '.join(SEARCH_KEYS)}{nearest(key, SEARCH_KEYS)}")
        elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10_000_000:
            file.add(f"search.{key}", f" = {value!r}: a whole number from {least} to 10000000 is needed")
        else:
            settings[key] = value
    return settings


def _second_of(limits: list[Limit], objective: Objective) -> Objective | None:
    """Without a second goal of its own, the first constraint gives the other axis of the Pareto front."""
    for limit in limits:
        if limit.outcome != objective.outcome:
            return Objective(limit.outcome, "minimise" if limit.below is not None else "maximise")
    return None


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
