"""The parts of a report, as tables of words: what went in, what was found, how sure it is, how it
was made.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ..columns import cell_text, lasing_columns, mode_columns
from ..columns.column import Column, expanded, with_deviation
from ..columns.most_shown import most_shown
from ..units import TYPESET_UNITS
from ..visualise.spectra.loss_budget import loss_shares


@dataclass(frozen=True)
class Table:
    """One table of a report.

    Attributes
    ----------
    caption : str
    head : tuple of str
        Column names with their units.
    rows : tuple of tuple of str
    """

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def short_number(value: Any, digits: int = 5) -> str:
    """A number in few digits, a dash where there is none."""
    if value is None:
        return "-"
    if isinstance(value, bool | str):
        return str(value)
    return f"{float(value):.{digits}g}"


def mode_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Identity and position of each mode, with error bars."""
    caption = (
        "Modes (polarisation, m, p, q; TM: E along the fibre axis); ± error of the computation"
    )
    return _of_modes(caption, modes, "position")


def confinement_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Share of the energy by region, and mode volume."""
    caption = "Share of the energy by region (the surround up to the outer caustic)"
    return _of_modes(caption, modes, "energy")


def shifts_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """Shifts of the wavelength with index and temperature, and the dispersion of the comb."""
    caption = (
        "Shifts with the index of each region (nm for each unit) and with temperature; D1, D2 and "
        "D3 of the comb over 2π, where six or more modes of the family lie side by side"
    )
    return _of_modes(caption, modes, "shifts")


def loss_table(modes: Sequence[Mapping[str, Any]]) -> Table:
    """The loss budget: log10 Q by channel with its share of the total loss."""
    return _of_modes(
        "Loss budget, 1/Q = sum of 1/Q by channel (share of the loss)", modes, "losses"
    )


def further_tables(modes: Sequence[Mapping[str, Any]]) -> list[Table]:
    """What a design asks for beside: a cavity that is not quite round, modes as sensors."""
    asked = (
        (
            "Not quite round: shift and splitting of each doublet against the round cavity, and Q "
            "of its two standing waves",
            "deviation",
        ),
        ("As a sensor: sensitivity, figure of merit and the least that is seen", "sensing"),
    )
    tables = [_of_modes(caption, modes, group) for caption, group in asked]
    return [table for table in tables if len(table.head) > 1]


def spread_table(modes: Sequence[Mapping[str, Any]]) -> Table | None:
    """Standard deviations by the spreads of the design; None without spreads."""
    shown = with_deviation(mode_columns.COLUMNS, modes)
    if not shown:
        return None
    rows = tuple(
        (mode["label"], *(cell_text.deviation_cell(column, mode) for column in shown))
        for mode in modes
    )
    head = ("mode", *(cell_text.typeset_head(column) for column in shown))
    return Table("Standard deviations by the spreads of the design", head, rows)


def _of_modes(caption: str, modes: Sequence[Mapping[str, Any]], group: str) -> Table:
    shown = [
        column
        for column in expanded(mode_columns.COLUMNS, modes, "report")
        if column.group == group or column.key == "label"
    ]
    rows = tuple(tuple(_mode_cell(column, mode) for column in shown) for mode in modes)
    return Table(caption, tuple(cell_text.typeset_head(column) for column in shown), rows)


def _mode_cell(column: Column, mode: Mapping[str, Any]) -> str:
    """A cell, that of a loss with its share."""
    table, _, name = column.key.partition(".")
    shares = loss_shares(mode["log10_q"]) if table == "log10_q" else {}
    share = f" ({100 * shares[name]:.3g} %)" if name in shares else ""
    return cell_text.typeset_cell(column, mode) + share


def units_of(lasing: Mapping[str, Any]) -> tuple[str, str, str]:
    """Keys of the thresholds and of the pump at which the regime is told, and their unit:
    fluences, or powers of continuous light.
    """
    if lasing.get("pump_kind") == "continuous":
        return "threshold_uw", "regime_power_uw", "µW"
    return "threshold_mj_cm2", "regime_fluence_mj_cm2", "mJ/cm²"


def lasing_table(lasing: Mapping[str, Any]) -> Table:
    """Regime, thresholds named apart, slopes, with the standard errors of the fit."""
    rows = []
    columns = lasing_columns.of_pump(lasing_columns.OUTCOMES, lasing)
    for column in columns:
        if "report" in column.shown and not (column.optional and column.value(lasing) is None):
            rows.append((cell_text.typeset_head(column), cell_text.typeset_cell(column, lasing)))
    rows += [
        (
            f"{column.head}: sd by the spreads ({TYPESET_UNITS[column.unit]})",
            cell_text.deviation_cell(column, lasing),
        )
        for column in with_deviation(columns, [lasing])
    ]
    caption = "Lasing; ± numerical error, of breaks and slopes that of their fit; not of the model"
    return Table(caption, ("outcome", "value"), tuple(rows))


_THRESHOLD_WORDS = {
    "gain_equals_loss": "gain equals loss",
    "ase": "lower break of the light curve",
    "lasing": "lasing threshold",
    "upper_break": "upper break of the light curve",
}


def calibrated_table(lasing: Mapping[str, Any]) -> Table | None:
    """What the draws of a calibration leave; None without any."""
    calibrated = lasing.get("calibrated")
    if not calibrated:
        return None
    rows = []
    for name, words in _THRESHOLD_WORDS.items():
        found = calibrated["threshold_mj_cm2"][name]
        if found is not None:
            low, lower, middle, upper, high = (short_number(value, 3) for value in found.values())
            rows.append((words, middle, f"{lower} to {upper}", f"{low} to {high}"))
    caption = (
        f"By the constants alone: {calibrated['draws']} draws of the calibration. It lases in "
        f"{100 * calibrated['lases_probability']:.0f} % of them, in a single mode in "
        f"{100 * calibrated['single_mode_probability']:.0f} %; thresholds (mJ/cm²) of those that "
        "have one. What fabrication scatters stands above, apart"
    )
    return Table(caption, ("outcome", "median", "68 %", "90 %"), tuple(rows))


def per_mode_table(lasing: Mapping[str, Any]) -> Table:
    """What the gain does to each mode."""
    records, further = most_shown(lasing.get("per_mode") or (), "results.json")
    columns = lasing_columns.of_pump(lasing_columns.PER_MODE, lasing)
    shown = expanded(columns, records, "report")
    rows = []
    for record in records:
        label, *rest = (cell_text.typeset_cell(column, record) for column in shown)
        rows.append((label + (" *" if record.get("extended") else ""), *rest))
    starred = any(record.get("extended") for record in records)
    words = "; * continued from the solved comb by its spacing" if starred else ""
    words += f"; {further}" if further else ""
    head = tuple(cell_text.typeset_head(column) for column in shown)
    return Table(f"Modes under the gain{words}", head, tuple(rows))
