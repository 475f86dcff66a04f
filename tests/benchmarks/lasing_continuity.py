"""Continuity of lasing outcomes in the design: scans over numbers of cavity, medium, pump and
detector on combs by formula, and the largest step of each outcome.

    python tests/benchmarks/lasing_continuity.py [--only NAME ...] [--keep FILE.jsonl] [--thin N]

Each scan visits some places between its ends. At each place it solves three neighbours: the place,
a quarter of a fine step (0.02 um of the diameter) beside it, and a fine step beside it. Thresholds
are held against gain = loss. A step of the diameter also moves the comb under the gain, by a sixth
of its spacing at 11 um. **The comb's own ripple** is what an outcome does when the comb alone moves,
with diameter, Q and emitters held: it has the period of the comb. What is left of a step without
it is measured by a fourth neighbour, which has the fine step with the comb held where it was: a
change of the threshold over gain = loss above 3 % there is told and ends the script with 1.

That the ripple itself has no jump is measured by moving the comb alone over one spacing in steps
of 0.02, 0.005 and 0.00125 um of diameter ("ripple"): the largest change must fall with the step,
which a jump, or a rule that changes, would not do.

Scans whose name begins with "every 0.02 um" visit each fine step between their ends; there the
next place is the neighbour, and only the step with the comb held is solved besides.

**A steep change is told from a jump** by halving (`--narrow`): of each step of such a scan over which
gain = loss, or the threshold, changes by more than 3 %, the suppression by 0.5 dB or the probability
by 0.01, with the comb moved or held (the six largest of each), the half that changes more is halved again, four times. A jump, a rule that changes, or a mode that enters would
be as large in the last sixteenth; what is steep falls with its length.

All of it takes an hour of one core: `--only` does parts of it. `--keep` adds each place, as soon as
it is solved, as a line of a file, and solves what is not in it yet; `draw_continuity.py` draws it.
"""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from continuity_scans import (
    EVERY,
    FINE_RELATIVE,
    FINE_UM,
    RIPPLE_STEPS_UM,
    RIPPLES,
    SCANS,
    one,
    places,
)

from cavitydesign.lasing import LasingPrediction

LARGEST_STEP = 0.03
STEEP = {
    "gain_equals_loss": LARGEST_STEP,
    "lasing": LARGEST_STEP,
    "suppression_db": 0.5,
    "probability": 0.01,
}
"""Changes over a fine step above which it is halved: relative of what is in mJ/cm2; in dB; of 1."""
HALVINGS, HALVED = 4, 6
COLUMNS = (
    "value",
    "gain_equals_loss",
    "lasing",
    "steepest_slope",
    "greatest_efficiency",
    "suppression_db",
    "modes_lasing",
    "probability",
    "upper_break",
)
"""What is kept of each prediction."""


def outcomes(value: float, lasing: LasingPrediction) -> list[float | None]:
    """`COLUMNS` of a prediction."""
    each = lasing.thresholds
    return [
        value,
        each.gain_equals_loss,
        each.lasing,
        each.steepest_slope,
        each.greatest_efficiency,
        lasing.regime.side_mode_suppression_db,
        float(lasing.regime.modes_lasing),
        lasing.single_mode_probability,
        lasing.breaks.upper_mj_cm2,
    ]


def row(place: float, key: str, asked: dict[str, object]) -> list[list[float | None]]:
    """Outcomes at a place, a quarter step and a step beside it, and a step with the comb held."""
    step = FINE_UM if key == "diameter_um" else FINE_RELATIVE * place
    found: list[list[float | None]] = []
    for part, held in ((0.0, False), (0.25, False), (1.0, False), (1.0, True)):
        if held and key != "diameter_um":
            found.append(found[-1])
            continue
        value = place + part * step
        if key == "collection":
            value = min(value, 1.0)
        comb_at = {"comb_um": place} if held else {}
        lasing = one(**{**asked, **comb_at, key: value})  # type: ignore[arg-type]
        found.append(outcomes(value, lasing))
    return found


def held_pair(diameter_um: float, asked: dict[str, object]) -> list[list[float | None]]:
    """Outcomes at a place, and a step beside it with the comb held."""
    here = outcomes(diameter_um, one(diameter_um, **asked))  # type: ignore[arg-type]
    beside = diameter_um + FINE_UM
    held = one(beside, comb_um=diameter_um, **asked)  # type: ignore[arg-type]
    return [here, outcomes(beside, held)]


def changed(column: str, one: float, other: float) -> float:
    """Size of the change of an outcome: of fluences the relative one."""
    return abs(other / one - 1.0) if column in ("gain_equals_loss", "lasing") else abs(other - one)


def narrowed(name: str, place: float, column: str, comb_moves: bool) -> tuple[float, float]:
    """Change over a fine step, and over the sixteenth of it that changes most."""

    def at(diameter_um: float) -> float:
        comb = diameter_um if comb_moves else place
        found = outcomes(diameter_um, one(diameter_um, comb_um=comb, **EVERY[name][1]))  # type: ignore[arg-type]
        value = found[COLUMNS.index(column)]
        return math.nan if value is None else float(value)

    ends, values = [place, place + FINE_UM], [at(place), at(place + FINE_UM)]
    whole = changed(column, *values)
    for _ in range(HALVINGS):
        middle = 0.5 * (ends[0] + ends[1])
        between = at(middle)
        changes = [changed(column, values[0], between), changed(column, between, values[1])]
        # where the outcome is missing in between, that half is looked into
        later = int(changes[1] > changes[0]) if math.isfinite(between) else 1
        ends[1 - later], values[1 - later] = middle, between
    return whole, changed(column, *values)


def steep_steps(name: str, rows: Sequence[Sequence[Sequence[float | None]]]) -> None:
    """Print the steps of a scan of every fine step that exceed `STEEP`, and what halving leaves of
    each. Where a threshold comes or goes, the regime is decided at another fluence, and steps of
    suppression and probability are counted apart.
    """
    table = np.array(rows, dtype=float)
    have = np.isfinite(table[:, :, COLUMNS.index("lasing")])
    for column, limit in STEEP.items():
        values = table[:, :, COLUMNS.index(column)]
        for words, neighbour in (("comb moves", 2), ("comb held", 3)):
            change = np.array(
                [changed(column, *pair) for pair in values[:, [0, neighbour]].tolist()]
            )
            change = np.nan_to_num(change)
            told = ""
            if column in ("suppression_db", "probability"):
                apart = have[:, 0] != have[:, neighbour]
                if apart.any():
                    told = (
                        f", and {change[apart].max():.3g} at {apart.sum()} thresholds that appear"
                    )
                change[apart] = 0.0
            steep = int((change > limit).sum())
            largest = np.argsort(-change)[: min(steep, HALVED)]
            pairs = [
                narrowed(name, float(table[row, 0, 0]), column, neighbour == 2) for row in largest
            ]
            shares = [left / whole for whole, left in pairs]
            words = f"{name}, {column}, {words}: {steep} of {len(table)} above {limit:g}"
            if pairs:
                place = float(table[largest[int(np.argmax(shares))], 0, 0])
                words += f", {change.max():.4g} at most; of the largest {len(pairs)} a sixteenth "
                words += f"leaves {min(shares):.3f} to {max(shares):.3f} ({place:g} um)"
            print(words + told, flush=True)


def with_next(pairs: Sequence[Sequence[Sequence[float | None]]]) -> list:  # type: ignore[type-arg]
    """Rows as `row` gives them from those of `every`: the next place is the step beside; no quarter.

    The last place of a stretch has no next one.
    """
    nothing = [None] * len(COLUMNS)
    return [
        [here, nothing, following, held]
        for (here, held), (following, _) in itertools.pairwise(pairs)
        if float(following[0]) - float(here[0]) < 1.5 * FINE_UM
    ]


def ripple(table: np.ndarray) -> dict[float, tuple[float, float]]:
    """Largest change of threshold and gain = loss when the comb alone moves by each step."""
    shown: dict[float, tuple[float, float]] = {}
    for step in RIPPLE_STEPS_UM:
        every = round(step / RIPPLE_STEPS_UM[-1])
        change = np.abs(table[every:, 1:3] / table[:-every, 1:3] - 1.0).max(axis=0)
        shown[step] = (float(change[1]), float(change[0]))
    return shown


def steps(rows: Sequence[Sequence[Sequence[float | None]]]) -> dict[str, float]:
    """Largest steps of a scan.

    Of threshold over gain = loss: over a fine step, a quarter of it, and with the comb held; of
    each of the two, of the suppression and of the probability with the comb held; and how many
    have no threshold, have one below gain = loss, or have one on one side of a step alone.
    """
    table = np.array(rows, dtype=float)
    ratio = table[:, :, 2] / table[:, :, 1]
    change = np.abs(ratio / ratio[:, :1] - 1.0)
    relative = np.abs(table / np.where(table[:, :1] == 0.0, np.nan, table[:, :1]) - 1.0)
    beside = np.abs(table - table[:, :1])
    have = np.isfinite(table[:, :, 2])
    # where a threshold comes or goes, the regime is decided at another fluence
    both = have[:, 0] == have[:, 3]

    def most(values: np.ndarray) -> float:
        kept = values[np.isfinite(values)]
        return float(kept.max()) if kept.size else math.nan

    return {
        "places": len(table),
        "none": int((~have[:, 0]).sum()),
        "appears": int((have[:, 0] != have[:, 2]).sum()),
        "appears_held": int((have[:, 0] != have[:, 3]).sum()),
        "below": int((ratio < 1.0).sum()),
        "least_ratio": most(-ratio) * -1.0,
        "greatest_ratio": most(ratio),
        "ratio_step": most(change[:, 2]),
        "ratio_quarter": most(change[:, 1]),
        "held_step": most(change[:, 3]),
        "held_static": most(relative[:, 3, 1]),
        "held_lasing": most(relative[:, 3, 2]),
        "held_efficiency": most(relative[:, 3, 4]),
        "db_step": most(beside[:, 2, 5]),
        "db_quarter": most(beside[:, 1, 5]),
        "held_db": most(beside[both, 3, 5]),
        "probability_step": most(beside[:, 2, 7]),
        "probability_quarter": most(beside[:, 1, 7]),
    }


def table_row(name: str, rows: list) -> str:  # type: ignore[type-arg]
    """The row of docs/benchmarks/lasing_continuity.md."""
    found, asked = steps(rows), len(places(name, 1)) - len(EVERY[name][0] if name in EVERY else ())
    count = f"{found['places']}" + f" of {asked}" * (found["places"] < asked)
    cells = [
        name,
        count,
        f"{found['least_ratio']:.3f} to {found['greatest_ratio']:.3f}",
        *(f"{100.0 * found[key]:.2f}" for key in ("ratio_step", "held_step", "held_lasing")),
        f"{100.0 * found['held_static']:.2f}",
        f"{found['held_db']:.2f}",
        f"{found['probability_step']:.3f}",
        f"{found['none']}",
    ]
    return f"| {' | '.join(cells)} |"


def solved(name: str, place: float) -> list:  # type: ignore[type-arg]
    """What a scan keeps of one place."""
    if name in RIPPLES:
        return outcomes(place, one(RIPPLES[name], photons=1, comb_um=place))
    if name in EVERY:
        return held_pair(place, EVERY[name][1])
    (key, _, _), _, others = SCANS[name]
    return row(place, key, others)


def lines(file: Path) -> Iterator[tuple[str, float, list]]:  # type: ignore[type-arg]
    """Scan, place and outcomes of each line kept."""
    for line in file.read_text(encoding="utf-8").splitlines():
        each = json.loads(line)
        yield each["scan"], each["place"], each["found"]


def read(file: Path) -> dict[str, list]:  # type: ignore[type-arg]
    """Rows of each scan that was kept, in the order of the places."""
    together: dict[str, dict[float, list]] = {}  # type: ignore[type-arg]
    for name, place, found in lines(file):
        together.setdefault(name, {})[place] = found
    rows = {name: [kept[at] for at in sorted(kept)] for name, kept in together.items()}
    return {name: with_next(kept) if name in EVERY else kept for name, kept in rows.items()}


def main() -> int:
    """Print the largest steps; 1 where a threshold has one above 3 % with the comb held."""
    names = [*SCANS, *RIPPLES, *EVERY]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=names, default=names)
    parser.add_argument("--keep", type=Path, default=Path("lasing_continuity.jsonl"))
    parser.add_argument("--narrow", action="store_true", help="halve the steps above 3 %%")
    parser.add_argument("--thin", type=int, default=1, help="every N-th place of each scan")
    asked = parser.parse_args()
    asked.keep.touch()
    known = {(name, place) for name, place, _ in lines(asked.keep)}
    began, wrong = time.process_time(), 0
    for name in asked.only:
        if asked.narrow:
            if name in EVERY:
                steep_steps(name, read(asked.keep)[name])
            continue
        for place in places(name, asked.thin):
            if (name, place) in known:
                continue
            line = json.dumps({"scan": name, "place": place, "found": solved(name, place)})
            with asked.keep.open("a", encoding="utf-8") as file:
                file.write(line + "\n")
        rows = read(asked.keep)[name]
        if name in RIPPLES:
            print(name, ripple(np.array(rows, dtype=float)), flush=True)
            continue
        late = steps(rows)["held_step"] > LARGEST_STEP
        wrong += late
        print(table_row(name, rows) + " TOO LARGE" * late, flush=True)
    print(f"{time.process_time() - began:.0f} s of one core")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
