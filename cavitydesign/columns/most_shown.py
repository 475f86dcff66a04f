"""Which of many competing modes a table shows: those that a reader looks for."""

from __future__ import annotations

from collections.abc import Sequence

from .column import Record

MOST = 30
"""Rows that a screen and a sheet hold; high Q lets more than a hundred modes compete."""


def most_shown(records: Sequence[Record], where: str) -> tuple[list[Record], str]:
    """The competing modes by falling wavelength, and words about those that are left out.

    Parameters
    ----------
    records : sequence of mapping
        Entries of `per_mode` in the JSON.
    where : str
        Where all of them stand.

    Returns
    -------
    list of mapping
        Where there are more than 30, those with the largest share of the output; of modes without
        output those that need least gain.
    str
        Empty where all are shown.
    """
    shown = sorted(records, key=_eagerness)[:MOST]
    rest = len(records) - len(shown)
    words = ""
    if rest:
        share = max(record.get("output_share") or 0.0 for record in _others(records, shown))
        have = "1 further mode has" if rest == 1 else f"{rest} further modes have"
        words = f"{have} {100 * share:.2g} % of the output at most; {where} holds all"
    return sorted(shown, key=lambda record: -float(record["wavelength_nm"])), words


def _others(records: Sequence[Record], shown: Sequence[Record]) -> list[Record]:
    known = {id(record) for record in shown}
    return [record for record in records if id(record) not in known]


def _eagerness(record: Record) -> tuple[float, float]:
    gain = record.get("threshold_gain_per_cm")
    return -float(record.get("output_share") or 0.0), float("inf") if gain is None else float(gain)
