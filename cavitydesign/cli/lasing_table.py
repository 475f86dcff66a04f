"""The tables of `lase`: thresholds and regime, and each mode's part."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .printing import new_table, number, print_tables


def print_lasing(lasing: Mapping[str, Any]) -> None:
    """Print a lasing prediction, given as the object of the JSON contract."""
    spread, fit = lasing.get("spread"), lasing.get("fit")
    columns = ("outcome", "value", "+- by the fit") + (
        () if spread is None else ("sd by the spreads",)
    )
    summary = new_table("Lasing", columns)

    def add(outcome: str, value: str, error: str = "", deviation: str = "") -> None:
        summary.add_row(*(outcome, value, error, deviation)[: len(columns)])

    place = lasing.get("regime_fluence_mj_cm2")
    add("regime" if place is None else f"regime at {place:.3g} mJ/cm2", str(lasing["regime"]))
    add("modes lasing", str(lasing["modes_lasing"]))
    add("side-mode suppression, dB", number(lasing["side_mode_suppression_db"], ".1f"))
    add("probability of a single mode", number(lasing["single_mode_probability"], ".2f"))
    for name, words in (("gain_equals_loss", "gain equals loss"), ("lasing", "lasing threshold")):
        value = lasing["threshold_mj_cm2"][name]
        deviation = None if spread is None else spread["threshold_sd_mj_cm2"][name]
        told = "" if deviation is None else number(deviation, ".3f")
        add(f"{words}, mJ/cm2", number(value, ".3f"), "", told)
    breaks = (None, None) if fit is None else fit["breaks_error_mj_cm2"]
    for name, words, error in zip(
        ("lower_break_mj_cm2", "upper_break_mj_cm2"),
        ("lower break of the light curve (ASE)", "upper break of the light curve"),
        breaks,
        strict=True,
    ):
        value = lasing["light_curve"].get(name)
        add(f"{words}, mJ/cm2", number(value, ".3f"), "" if value is None else number(error, ".3f"))
    errors = [] if fit is None else fit["slopes_error"]
    add("slopes of the light curve", _listed(lasing["slopes"]) or "-", _listed(errors))
    if spread is not None:
        chances = ", ".join(
            f"{name} {number(share, '.2f')}" for name, share in spread["regime_probability"].items()
        )
        add("probabilities under the spreads", chances)
    print_tables(
        summary,
        _per_mode(lasing["per_mode"]),
        *(f"warning: {text}" for text in lasing.get("warnings", ())),
    )


def _listed(values: Sequence[float]) -> str:
    return ", ".join(number(value, ".2f") for value in values)


def _per_mode(rows: Sequence[Mapping[str, Any]]) -> Any:
    names = (
        "mode",
        "wavelength nm",
        "Q used",
        "threshold gain cm^-1",
        "in doped region %",
        "share of output %",
    )
    table = new_table("Modes under the gain", names)
    for row in rows:
        table.add_row(
            str(row["label"]),
            number(row["wavelength_nm"], ".4f"),
            number(row.get("q_used"), ".3g"),
            number(row["threshold_gain_per_cm"], ".1f"),
            number(100 * row["confinement"], ".2f"),
            number(None if row["output_share"] is None else 100 * row["output_share"], ".2f"),
        )
    return table
