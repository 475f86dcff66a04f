"""Numbers with a spread, `{ value = 15.0, sd = 0.2 }`: the value goes to the schema, the spread is
kept beside it.
"""

from __future__ import annotations

from typing import Any

from ..errors import is_number
from .input_problem import Location, Problem, dotted
from .schema import carries_spread, is_setting


def split_spreads(raw: dict[str, Any]) -> tuple[dict[str, Any], dict[str, float], list[Problem]]:
    """Take the spreads out of a design.

    Parameters
    ----------
    raw : dict
        The design as TOML gives it; left as it is.

    Returns
    -------
    plain : dict
        The same with each `{ value, sd }` replaced by its value.
    spreads : dict of str to float
        Standard deviation by dotted key, in the unit of the key.
    problems : list of Problem
        Spreads that make no sense.
    """
    spreads: dict[str, float] = {}
    problems: list[Problem] = []
    plain = {name: _split(item, (name,), spreads, problems) for name, item in raw.items()}
    return plain, spreads, problems


def _split(
    item: Any, location: Location, spreads: dict[str, float], problems: list[Problem]
) -> Any:
    if isinstance(item, list):
        return [
            _split(part, (*location, index), spreads, problems) for index, part in enumerate(item)
        ]
    if not isinstance(item, dict):
        return item
    if not ("sd" in item and set(item) <= {"value", "sd"}):
        return {
            name: _split(part, (*location, name), spreads, problems) for name, part in item.items()
        }
    value, sd = item.get("value"), item["sd"]
    if not is_number(sd) or sd < 0:
        text = "must be a number, 0 or more (standard deviation, in the unit of the value)"
        problems.append(Problem((*location, "sd"), text, sd))
    elif is_number(value) and is_setting(location):
        text = (
            "says what is asked of the computation; only what is measured or made carries a spread"
        )
        problems.append(Problem(location, text, item))
    elif not is_number(value) or not carries_spread(location):
        text = "only a number with a unit carries a spread: { value = 15.0, sd = 0.2 }"
        problems.append(Problem(location, text, item))
    elif sd > 0:
        spreads[dotted(location)] = float(sd)
    return value
