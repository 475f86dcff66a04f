"""A goal file (TOML) read into a `Goal`, or every problem in it named at once."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ..design.files.samples_file import Samples, read_samples
from ..dotted import number_at
from ..errors import InputError, nearest
from ..study.axes import Axis, Bounds, range_bounds
from ..study.expression import Expression
from ..study.files.user_file import DesignSchema, UserFile
from ..study.study_definition import Study
from ..workflow.calibrated_lasing import drawn_designs, without_samples
from .goal import Goal, Limit, Objective
from .outcome import outcome_problem
from .over_draws import DRAWS

KEYS = (
    "design",
    "title",
    "store",
    "variables",
    "derived",
    "goal",
    "second",
    "constraints",
    "spread",
    "search",
)
SEARCH_KEYS = ("solves", "samples", "checks", "seed")
SENSES = ("maximise", "minimise", "target")
BOUNDS = ("below", "above")
# Full solves that are spent by default: what one variable took in the searches against a dense
# scan (docs/design-and-fit.md), with the rounds of refinement,
_SOLVES_FOR_ONE = 58
_SOLVES_FOR_MORE = 20  # and for each further variable.


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
    file = UserFile(path, schema, "goal", KEYS, texts=("store", "title"))
    named = file.design()
    draws = _draws(file, named)
    design = without_samples(named)
    variables = _variables(file)
    regions = schema.regions_of(design, file.folder) if design else None
    objective = _objective(file, "goal", regions)
    second = _objective(file, "second", regions) if "second" in file.content else None
    limits = _limits(file, regions)
    spread = _spread(file)
    derived = _derived(file, variables)
    search, store = _search(file, len(variables)), file.store(f"{path.stem}-results")
    file.raise_if_any()
    _check_bounds(file, design, variables, {*variables, *derived})
    _check_spreads(file, design, variables, spread)
    _check_derived(file, design, variables, derived)
    _check_draws(file, design, draws, {*variables, *derived})
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
        store=store,
        version=schema.version,
        wavelength_nm=_plain(design["modes"]["wavelength_nm"]),
        name=file.content.get("title", path.stem),
        files_of=schema.files_of,
        folder=file.folder,
        draws=draws,
        **search,
    )


def _draws(file: UserFile, design: Mapping[str, Any]) -> Samples | None:
    """The draws of a calibration that the medium names."""
    name = design.get("gain", {}).get("samples")
    return None if name is None else file.collect(read_samples, file.folder / name)


def _check_draws(
    file: UserFile, design: Mapping[str, Any], draws: Samples | None, set_here: set[str]
) -> None:
    """The design must allow the draws that are solved in the end, but for what the goal sets.

    A design that is refused without a draw, or lacks what the goal sets, says nothing of the draws.
    """
    if draws is None:
        return
    try:
        drawn_designs(design, draws, [{}], file.path)
    except InputError:
        return
    rows = [
        {key: value for key, value in row.items() if key not in set_here}
        for row in draws.evenly(DRAWS)
    ]
    file.collect(drawn_designs, design, draws, rows, file.path)


def _plain(value: Any) -> float:
    return float(value["value"] if isinstance(value, Mapping) else value)


def _variables(file: UserFile) -> dict[str, Bounds]:
    found: dict[str, Bounds] = {}
    entries = file.entries("variables", ends=file.names_design_key)
    if not entries:
        file.add("variables", ": missing; give from and to of at least one design key")
    for key, entry in entries.items():
        entry_name = f'variables."{key}"'
        if file.wrong_key(entry_name, key):
            continue
        if not isinstance(entry, dict):
            file.add(entry_name, f" = {entry!r}: {{ from, to }} is needed")
            continue
        bounds = file.collect(range_bounds, entry, f"{file.name}: {entry_name}")
        if bounds is not None:
            found[key] = bounds
    return found


def _check_bounds(
    file: UserFile, design: Mapping[str, Any], variables: Mapping[str, Bounds], varied: set[str]
) -> None:
    """Both ends must suit the key, whatever the other keys hold."""
    for key, bounds in variables.items():
        for name, end in (("from", bounds.low), ("to", bounds.high)):
            problem = file.schema.value_problem(design, key, end, file.folder, varied)
            if problem is not None:
                file.add(f'variables."{key}".{name}', f" = {end:g}: {problem}")


def _check_spreads(
    file: UserFile,
    design: Mapping[str, Any],
    variables: Mapping[str, Bounds],
    spread: Mapping[str, float],
) -> None:
    """Only numbers that are no whole numbers scatter."""
    for key, sd in spread.items():
        nominal = variables[key].high if key in variables else number_at(design, key)
        if math.isnan(nominal):
            file.add(f'spread."{key}"', ": the design has a text there; only numbers scatter")
            continue
        problem = file.schema.value_problem(
            design, key, nominal + sd, file.folder, {*spread, *variables}
        )
        if problem is not None:
            file.add(f'spread."{key}"', f": {nominal + sd:g}, one sd above {nominal:g}: {problem}")


def _check_derived(
    file: UserFile,
    design: Mapping[str, Any],
    variables: Mapping[str, Bounds],
    derived: Mapping[str, Expression],
) -> None:
    """Arithmetic must name what is there; a key that has no right value where all variables are
    least nor most has one nowhere.
    """
    ends = (tuple(b.low for b in variables.values()), tuple(b.high for b in variables.values()))
    study = Study(
        design,
        "modes",
        (Axis(tuple(variables), ends),),
        file.schema.version,
        file.path.parent,
        derived,
    )
    told = len(file.lines)
    file.check_derived(study, "a variable")
    if len(file.lines) > told:
        return
    varied = {*variables, *derived}
    for key, expression in derived.items():
        values = [study.point(row).values[key] for row in range(len(ends))]
        problems = [
            file.schema.value_problem(design, key, value, file.folder, varied) for value in values
        ]
        if all(problems):
            found = " and ".join(
                f"{value:g}" if isinstance(value, float) else repr(value) for value in values
            )
            file.add(
                f'derived."{key}"',
                f" = {expression.text!r}: {found} at the ends of the variables: {problems[0]}",
            )


def _objective(file: UserFile, key: str, regions: Sequence[str] | None) -> Objective | None:
    table = file.table(key)
    senses = [sense for sense in SENSES if sense in table]
    for name in table:
        if name not in (*SENSES, "of"):
            file.add(
                f"{key}.{name}",
                f": unknown key; allowed: {', '.join((*SENSES, 'of'))}{nearest(name, SENSES)}",
            )
    if len(senses) != 1:
        file.add(
            key,
            ': give exactly one of maximise = "...", minimise = "..." or target = 4.2 with of = '
            '"..."',
        )
        return None
    sense = senses[0]
    named = f"{key}.{'of' if sense == 'target' else sense}"
    outcome = table.get("of") if sense == "target" else table[sense]
    if not isinstance(outcome, str):
        file.add(named, f" = {outcome!r}: the name of an outcome is needed")
        return None
    wrong = outcome_problem(outcome, regions)
    if wrong is not None:
        file.add(named, f": {wrong}")
        return None
    target = table.get("target")
    if sense == "target" and not _is_number(target):
        file.add(f"{key}.target", f" = {target!r}: a number is needed")
        return None
    return Objective(outcome, sense, None if target is None else float(target))


def _limits(file: UserFile, regions: Sequence[str] | None) -> list[Limit]:
    limits = []
    for outcome, entry in file.entries(
        "constraints", BOUNDS, lambda name: outcome_problem(name) is None
    ).items():
        entry_name = f'constraints."{outcome}"'
        wrong = outcome_problem(outcome, regions)
        if wrong is not None:
            file.add(entry_name, f": {wrong}")
        elif not isinstance(entry, dict) or not entry or not set(entry) <= set(BOUNDS):
            needed = "{ below = number }, { above = number } or both are needed"
            file.add(entry_name, f" = {entry!r}: {needed}{_nearest_of(entry, BOUNDS)}")
        elif not all(_is_number(bound) for bound in entry.values()):
            file.add(entry_name, f" = {entry!r}: bounds must be numbers")
        elif "below" in entry and "above" in entry and entry["above"] >= entry["below"]:
            file.add(
                entry_name,
                f": bounds reversed, above = {entry['above']:g} must be less than below = "
                f"{entry['below']:g}",
            )
        else:
            limits.append(Limit(outcome, **{name: float(bound) for name, bound in entry.items()}))
    return limits


def _spread(file: UserFile) -> dict[str, float]:
    found: dict[str, float] = {}
    for key, entry in file.entries("spread", ("sd",), file.names_design_key).items():
        entry_name = f'spread."{key}"'
        if file.wrong_key(entry_name, key):
            continue
        if (
            not isinstance(entry, dict)
            or set(entry) != {"sd"}
            or not _is_number(entry["sd"])
            or entry["sd"] <= 0
        ):
            needed = "{ sd = number above 0 } is needed, in the unit of the key"
            file.add(entry_name, f" = {entry!r}: {needed}{_nearest_of(entry, ('sd',))}")
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
            file.add(
                f"search.{key}",
                f": unknown key; allowed: {', '.join(SEARCH_KEYS)}{nearest(key, SEARCH_KEYS)}",
            )
        elif (
            isinstance(value, bool)
            or not isinstance(value, int)
            or not least <= value <= 10_000_000
        ):
            file.add(
                f"search.{key}", f" = {value!r}: a whole number from {least} to 10000000 is needed"
            )
        else:
            settings[key] = value
    return settings


def _second_of(limits: list[Limit], objective: Objective) -> Objective | None:
    """Without a second goal of its own, the first constraint gives the other axis of the Pareto
    front.
    """
    for limit in limits:
        if limit.outcome != objective.outcome:
            return Objective(limit.outcome, "minimise" if limit.below is not None else "maximise")
    return None


def _nearest_of(entry: Any, allowed: Sequence[str]) -> str:
    """Nearest right name of the first key of a table that is not allowed."""
    wrong = [str(key) for key in entry if key not in allowed] if isinstance(entry, Mapping) else []
    return nearest(wrong[0], allowed) if wrong else ""


def _is_number(value: Any) -> bool:
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < float("inf")
    )
