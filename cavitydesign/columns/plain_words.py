"""The answer in one plain sentence, from the JSON of a result.

The terminal, the report and the explorer open with it. Every number carries its unit.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from . import lasing_columns, mode_columns
from .cell_text import plain_with_error

Result = Mapping[str, Any]

# Of log10 Q: a unit of the third figure of Q is 0.1 to 1 % of it.
_SURE_LOG10 = 0.004

# Units at the end of keys, as people write them.
_UNITS = {"_um": "um", "_nm": "nm", "_mj_cm2": "mJ/cm2", "_uw": "uW", "_k": "K", "_deg": "degrees"}


def modes_in_words(modes: Result) -> str:
    """What was found, and the best of it.

    Parameters
    ----------
    modes : mapping
        The JSON of `modes`.
    """
    low, high = modes["wavelength_range_nm"]
    found = modes["modes"]
    if not found:
        return f"No mode was found between {low:.6g} and {high:.6g} nm."
    count = "One mode was" if len(found) == 1 else f"{len(found)} modes were"
    head = f"{count} found between {low:.6g} and {high:.6g} nm"
    lossy = [mode for mode in found if mode["log10_q"]["total"] is not None]
    if not lossy:
        return f"{head}; none of them loses light."
    best = max(lossy, key=lambda mode: float(mode["log10_q"]["total"]))
    told = quality(best["log10_q"]["total"], best.get("log10_q_total_error"))
    highest = f"the highest Q, {told}, is that of {_mode(best)}"
    # Radiation alone leaves a Q of 1e80 to a large ring: whoever reads it must know what it omits.
    others = [name for name in best["log10_q"] if name not in ("radiation", "total")]
    if others and all(best["log10_q"][name] is None for name in others):
        highest += " (radiation alone: no absorption and no roughness is given)"
    return f"{head}; {highest}."


def lasing_in_words(lasing: Result) -> str:
    """Whether it lases, above which fluence, in how many modes, and how likely in one.

    Parameters
    ----------
    lasing : mapping
        The JSON of `lase`, without the modes.
    """
    steady = lasing.get("pump_kind") == "continuous"
    unit, asked = ("uW", "powers") if steady else ("mJ/cm2", "fluences")
    thresholds = lasing["threshold_uw" if steady else "threshold_mj_cm2"]
    threshold = thresholds["lasing"]
    if threshold is None:
        reached = thresholds["gain_equals_loss"]
        if reached is None:
            return f"It does not lase: the gain reaches the loss of no mode at the {asked} asked."
        return (
            f"It has no lasing threshold at the {asked} asked, although gain equals loss at "
            f"{reached:.3g} {unit}."
        )
    chance = lasing.get("single_mode_probability")
    told = "" if chance is None else f"; the chance of a single mode is {100 * chance:.0f} %"
    unknown_offset = (
        "" if chance is None else ", for an unknown position of the comb under the gain"
    )
    rows = [row for row in lasing["per_mode"] if row["output_share"] is not None]
    strongest = max(rows, key=lambda row: float(row["output_share"]), default=None)
    named = "" if strongest is None else f" ({_mode(strongest)})"
    if lasing["regime"] == "single":
        among = " of the families asked for" if _only_asked(lasing) else ""
        head = f"It lases in a single mode{among}{named} above {threshold:.3g} {unit}"
        return f"{head}{told}{unknown_offset}."
    at = lasing.get("regime_power_uw" if steady else "regime_fluence_mj_cm2")
    where = "" if at is None else f" at {at:.3g} {unit}"
    if lasing["regime"] == "multi":
        count = f"in {lasing['modes_lasing']} modes{where}"
        return f"It lases above {threshold:.3g} {unit}, {count}{told}{unknown_offset}."
    return f"It lases above {threshold:.3g} {unit}, but not yet{where}{told}{unknown_offset}."


def unmeasured_inputs(lasing: Result) -> dict[str, list[str]]:
    """Keys of the inputs of a lasing prediction that are fits, assumptions or rules, by kind.

    Parameters
    ----------
    lasing : mapping
        The JSON of `lase`, without the modes.

    Examples
    --------
    >>> unmeasured_inputs({"calibrations": {"gain.a": "fitted: to b", "gain.c": "assumed: 1"}})
    {'fitted': ['gain.a'], 'assumed': ['gain.c']}
    """
    kinds: dict[str, list[str]] = {}
    for key, words in (lasing.get("calibrations") or {}).items():
        kinds.setdefault(str(words).partition(":")[0], []).append(str(key))
    return kinds


def rests_on(lasing: Result) -> str:
    """`unmeasured_inputs` in one sentence; "" where there are none.

    Parameters
    ----------
    lasing : mapping
        The JSON of `lase`, without the modes.

    Examples
    --------
    >>> rests_on({"calibrations": {"gain.a": "fitted: to b", "gain.c": "assumed: 1"}})
    'Not measured: these numbers rest on inputs that are fitted (gain.a); assumed (gain.c).'
    """
    kinds = unmeasured_inputs(lasing)
    if not kinds:
        return ""
    told = "; ".join(f"{kind} ({', '.join(keys)})" for kind, keys in kinds.items())
    return f"Not measured: these numbers rest on inputs that are {told}."


def _only_asked(lasing: Result) -> bool:
    """Whether other families than those asked for were left out; a warning says so then."""
    return any(text.startswith("families: only") for text in lasing.get("warnings", ()))


def fit_in_words(fit: Result) -> str:
    """The diameter that a spectrum tells, or what speaks against it.

    Parameters
    ----------
    fit : mapping
        The JSON of `fit`.
    """
    best = fit["candidates"][0]
    value = f"{best['diameter_um']:.4f} +- {best['diameter_error_um']:.2g} um"
    chance = f"probability {best['probability']:.3f}"
    if fit.get("contradictions"):
        return (
            "The model contradicts itself, so no diameter is certain; the least bad one is "
            f"{value}. {fit['contradictions'][0][0].upper()}{fit['contradictions'][0][1:]}."
        )
    if fit["identified"]:
        return f"The diameter is {value} ({chance})."
    over_all = f"{fit['diameter_um']:.4f} +- {fit['diameter_error_um']:.2g} um"
    return (
        f"The labels are not certain: the likeliest diameter is {value} ({chance}), and over all "
        f"labellings it is {over_all}."
    )


def design_in_words(answer: Result) -> str:
    """What to make: the design that bears the spreads, where there are spreads.

    Parameters
    ----------
    answer : mapping
        The JSON of `design`.
    """
    robust, sharp = answer.get("robust"), answer["recommended"]
    total = answer.get("yield")
    held = None if total is None else total.get("by_solves")
    limits = _limits(answer)
    if robust is None or answer.get("robust_yield") is None:
        share = "" if held is None else f" {100 * float(held):.0f} % of the cavities meet {limits}."
        return f"Make {_values(sharp)}: {_outcomes(sharp, answer)}.{share}{_drawn(answer)}"
    share = f"{100 * float(answer['robust_yield'][0]):.0f} % of the cavities meet {limits}"
    end = "."
    if held is not None and dict(robust["values"]) != dict(sharp["values"]):
        end = f"; the sharp optimum, {_values(sharp)}, holds in {100 * float(held):.0f} %."
    return f"Make {_values(robust)}: {share}, with {_outcomes(robust, answer)}{end}{_drawn(answer)}"


def _drawn(answer: Result) -> str:
    """What the draws of a calibration leave of it, one sentence; nothing without any."""
    drawn = answer.get("calibrated")
    if drawn is None or not answer["constraints"]:
        return ""
    both = drawn["holds_with_spreads"]
    scattered = "" if both is None else f", and in {100 * both:.0f} % with fabrication as well"
    return f" With uncertain constants the limits hold in {100 * drawn['holds']:.0f} %{scattered}."


def calibration_in_words(answer: Result) -> str:
    """What the data decide, and whether to believe it.

    Parameters
    ----------
    answer : mapping
        The JSON of `calibrate`.
    """
    if not answer["reliable"]:
        return (
            "The calibration did not succeed: exact solves do not confirm the intervals, which are "
            "not to be used."
        )
    if answer.get("contradictions"):
        return (
            "The data contradict each other, the priors or the model: the intervals are not to be "
            f"trusted. {answer['contradictions'][0]}."
        )
    keyed = [each for each in answer["constants"] if each["key"]]
    decided = [each for each in keyed if each["decided_by"] == "data"]
    rest = [each["name"] for each in keyed if each["decided_by"] != "data"]
    kept = (
        f"the prior still decides {', '.join(rest)}" if rest else "no constant is left to its prior"
    )
    if not decided:
        return "The data decide none of the constants: every interval is that of its prior."
    told = "; ".join(
        f"{each['name']} = {each['quantiles']['p50']:.4g} "
        f"({each['quantiles']['p16']:.4g} to {each['quantiles']['p84']:.4g})"
        for each in decided
    )
    return f"The data decide {told} (68 % intervals); {kept}."


def quality(log10_q: float, error: float | None = None) -> str:
    """A quality factor from its logarithm, as people write it.

    Parameters
    ----------
    log10_q : float
    error : float, optional
        Of the logarithm; told where the factor is not sure to the three figures that are written.

    Examples
    --------
    >>> quality(2.5563), quality(6.572), quality(130.2), quality(7.773, 0.12)
    ('360', '3.73e6', '10^130.2', '10^(7.77 +- 0.12)')
    """
    if error is not None and error > _SURE_LOG10:
        return f"10^({plain_with_error(log10_q, error)})"
    if log10_q < 4:
        return f"{10.0**log10_q:.3g}"
    if log10_q < 16:
        exponent = math.floor(log10_q)
        return f"{10.0 ** (log10_q - exponent):.2f}e{exponent}"
    return f"10^{log10_q:.1f}"


def _mode(row: Result) -> str:
    return f"{row['label']} at {row['wavelength_nm']:.6g} nm"


def _values(entry: Result) -> str:
    """Variables of a design with their units, which stand at the end of their keys."""
    told = []
    for key, value in entry["values"].items():
        name = key.rpartition(".")[2]
        end = next((end for end in _UNITS if name.endswith(end)), "")
        words = name.removesuffix(end).replace("_", " ")
        told.append(f"{words} {value:.4g} {_UNITS.get(end, '')}".rstrip())
    return ", ".join(told)


def _outcomes(entry: Result, answer: Result) -> str:
    """What the goal and its limits ask for, of all outcomes of a design."""
    asked = [answer.get("goal"), answer.get("second"), *answer["constraints"]]
    words = {word for text in asked if text for word in text.split()}
    known = {name: value for name, value in entry["outcomes"].items() if value is not None}
    chosen = {name: value for name, value in known.items() if name in words} or known
    return " and ".join(_named(name, value) for name, value in chosen.items())


def _limits(answer: Result) -> str:
    """The limits in words."""
    told = [
        f"{_column(limit['outcome'])[0]} {side} {limit[side]:g} {_column(limit['outcome'])[1]}"
        for limit in answer.get("limits", ())
        for side in ("below", "above")
        if limit[side] is not None
    ]
    return "; ".join(text.rstrip() for text in told or answer["constraints"]) or "the goal"


def _named(name: str, value: float) -> str:
    head, unit = _column(name)
    return f"{head} {value:.3g} {unit}".rstrip()


def _column(name: str) -> tuple[str, str]:
    """What tables call an outcome, and its unit; its key where no table shows it as it is."""
    for column in (*lasing_columns.OUTCOMES, *mode_columns.COLUMNS):
        if column.key == name and column.scale == 1.0:
            return column.head, column.unit
    return name, ""
