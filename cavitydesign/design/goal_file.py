"""A goal file (TOML) read into a `Goal`, or every problem in it named at once."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..errors import nearest
from ..study.axes import Bounds, range_bounds
from ..study.expression import Expression, ExpressionError
from ..study.study_file import DesignSchema, Problems, flattened, table_of
from .goal import Goal, Limit, Objective
from .outcome import outcome_problem

KEYS = ("design", "title", "store", "variables", "derived", "goal", "second", "constraints", "spread", "search")
SEARCH_KEYS = ("solves", "samples", "checks", "seed")
SENSES = ("maximise", "minimise", "target")
_SOLVES_FOR_ONE = 32
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
    content = schema.read_toml(path)
    problems = Problems(path.name)
    for key in content:
        if key not in KEYS:
            problems.add(key, f": unknown key; allowed: {', '.join(KEYS)}{nearest(key, KEYS)}")
    design: Mapping[str, Any] | None = None
    if not isinstance(content.get("design"), str):
        problems.add("design", ": missing; name the design file beside this file")
    else:
        design = problems.collect(schema.read, path.parent / content["design"])
    variables = _variables(content, schema, problems)
    objective = _objective(content, "goal", problems)
    second = _objective(content, "second", problems) if "second" in content else None
    limits = _limits(content, problems)
    spread = _spread(content, schema, problems)
    derived = _derived(content, schema, problems)
    search = _search(content, len(variables), problems)
    problems.raise_if_any()
    assert design is not None and objective is not None
    return Goal(
        design=design,
        variables=variables,
        objective=objective,
        second=second or _second_of(limits, objective),
        limits=tuple(limits),
        spread=spread,
        derived=derived,
        store=path.parent / content.get("store", f"{path.stem}-results"),
        version=schema.version,
        wavelength_nm=_plain(design["modes"]["wavelength_nm"]),
        name=content.get("title", path.stem),
        file_keys=schema.file_keys,
        folder=(path.parent / content["design"]).parent,
        **search,
    )


def _plain(value: Any) -> float:
    return float(value["value"] if isinstance(value, Mapping) else value)


def _variables(content: Mapping[str, Any], schema: DesignSchema, problems: Problems) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {}
    entries = flattened(table_of(content, "variables", problems))
    if not entries:
        problems.add("variables", ": missing; give from and to of at least one design key")
    for key, entry in entries.items():
        place = f'variables."{key}"'
        wrong = schema.key_problem(key)
        if wrong is not None:
            problems.add(place, f": {wrong}")
        elif not isinstance(entry, dict):
            problems.add(place, f" = {entry!r}: {{ from, to }} is needed")
        else:
            bounds = problems.collect(range_bounds, entry, f"{problems.file}: {place}")
            if bounds is not None:
                found[key] = bounds
    return found


def _objective(content: Mapping[str, Any], key: str, problems: Problems) -> Objective | None:
    table = table_of(content, key, problems)
    senses = [sense for sense in SENSES if sense in table]
    for name in table:
        if name not in (*SENSES, "of"):
            problems.add(f"{key}.{name}", f": unknown key; allowed: {', '.join((*SENSES, 'of'))}{nearest(name, SENSES)}")
    if len(senses) != 1:
        problems.add(key, ': give exactly one of maximise = "...", minimise = "..." or target = 4.2 with of = "..."')
        return None
    sense = senses[0]
    outcome = table.get("of") if sense == "target" else table[sense]
    if not isinstance(outcome, str):
        problems.add(f"{key}.{'of' if sense == 'target' else sense}", f" = {outcome!r}: the name of an outcome is needed")
        return None
    wrong = outcome_problem(outcome)
    if wrong is not None:
        problems.add(f"{key}.{'of' if sense == 'target' else sense}", f": {wrong}")
        return None
    target = table.get("target")
    if sense == "target" and not _is_number(target):
        problems.add(f"{key}.target", f" = {target!r}: a number is needed")
        return None
    return Objective(outcome, sense, None if target is None else float(target))


def _limits(content: Mapping[str, Any], problems: Problems) -> list[Limit]:
    limits = []
    for outcome, entry in flattened(table_of(content, "constraints", problems), ("below", "above")).items():
        place = f'constraints."{outcome}"'
        wrong = outcome_problem(outcome)
        if wrong is not None:
            problems.add(place, f": {wrong}")
        if not isinstance(entry, dict) or not entry or not set(entry) <= {"below", "above"}:
            problems.add(place, f" = {entry!r}: {{ below = number }}, {{ above = number }} or both are needed")
        elif not all(_is_number(bound) for bound in entry.values()):
            problems.add(place, f" = {entry!r}: bounds must be numbers")
        elif "below" in entry and "above" in entry and entry["above"] >= entry["below"]:
            problems.add(place, f": bounds reversed, above = {entry['above']:g} must be less than below = {entry['below']:g}")
        else:
            limits.append(Limit(outcome, **{name: float(bound) for name, bound in entry.items()}))
    return limits


def _spread(content: Mapping[str, Any], schema: DesignSchema, problems: Problems) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, entry in flattened(table_of(content, "spread", problems), ("sd",)).items():
        place = f'spread."{key}"'
        wrong = schema.key_problem(key)
        if wrong is not None:
            problems.add(place, f": {wrong}")
        if not isinstance(entry, dict) or set(entry) != {"sd"} or not _is_number(entry["sd"]) or entry["sd"] <= 0:
            problems.add(place, f" = {entry!r}: {{ sd = number above 0 }} is needed, in the unit of the key")
        else:
            found[key] = float(entry["sd"])
    return found


def _derived(content: Mapping[str, Any], schema: DesignSchema, problems: Problems) -> dict[str, Expression]:
    found: dict[str, Expression] = {}
    for key, text in flattened(table_of(content, "derived", problems)).items():
        place = f'derived."{key}"'
        wrong = schema.key_problem(key)
        if wrong is not None:
            problems.add(place, f": {wrong}")
        try:
            found[key] = Expression(text if isinstance(text, str) else repr(text))
        except ExpressionError as error:
            problems.add(place, f" = {error}")
    return found


def _search(content: Mapping[str, Any], variables: int, problems: Problems) -> dict[str, int]:
    table = table_of(content, "search", problems)
    settings = {"solves": _SOLVES_FOR_ONE + _SOLVES_FOR_MORE * max(variables - 1, 0)}
    for key, value in table.items():
        least = {"seed": 0, "solves": 8, "checks": 8}.get(key, 1000)
        if key not in SEARCH_KEYS:
            problems.add(f"search.{key}", f": unknown key; allowed: {', '.join(SEARCH_KEYS)}{nearest(key, SEARCH_KEYS)}")
        elif isinstance(value, bool) or not isinstance(value, int) or not least <= value <= 10_000_000:
            problems.add(f"search.{key}", f" = {value!r}: a whole number from {least} to 10000000 is needed")
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
