"""The tables of `lase`: thresholds and regime, and each mode's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .printing import new_table, number, print_tables


def print_lasing(lasing: Mapping[str, Any]) -> None:
    """Print a lasing prediction, given as the object of the JSON contract."""
    threshold = lasing["threshold_mj_cm2"]
    summary = new_table("Lasing", ("outcome", "value"))
    place = lasing.get("regime_fluence_mj_cm2")
    summary.add_row("regime" if place is None else f"regime at {place:.3g} mJ/cm2", str(lasing["regime"]))
    summary.add_row("modes lasing", str(lasing["modes_lasing"]))
    summary.add_row("side-mode suppression, dB", number(lasing["side_mode_suppression_db"], ".1f"))
    summary.add_row("probability of a single mode", number(lasing["single_mode_probability"], ".2f"))
    spread = lasing.get("spread")
    for name, words in (("gain_equals_loss", "gain equals loss"), ("ase", "ASE threshold"), ("lasing", "lasing threshold")):
        summary.add_row(f"{words}, mJ/cm2", number(threshold[name], ".3f") + _deviation(spread, name))
    summary.add_row("slopes of the light curve", ", ".join(number(slope, ".2f") for slope in lasing["slopes"]) or "-")
    if spread is not None:
        chances = ", ".join(f"{name} {number(share, '.2f')}" for name, share in spread["regime_probability"].items())
        summary.add_row("probabilities under the spreads", chances)
    print_tables(summary, _per_mode(lasing["per_mode"]), *(f"warning: {text}" for text in lasing.get("warnings", ())))


def _deviation(spread: Mapping[str, Any] | None, name: str) -> str:
    """What the design's spreads leave in a threshold, as one standard deviation."""
    deviation = None if spread is None else spread["threshold_sd_mj_cm2"][name]
    return "" if deviation is None else f" +- {number(deviation, '.3f')}"


def _per_mode(rows: Sequence[Mapping[str, Any]]) -> Any:
    names = ("mode", "wavelength nm", "threshold gain cm^-1", "in doped region %", "share of output %")
    table = new_table("Modes under the gain", names)
    for row in rows:
        table.add_row(
            str(row["label"]),
            number(row["wavelength_nm"], ".4f"),
            number(row["threshold_gain_per_cm"], ".1f"),
            number(100 * row["confinement"], ".2f"),
            number(None if row["output_share"] is None else 100 * row["output_share"], ".2f"),
        )
    return table
