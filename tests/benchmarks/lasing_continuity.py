"""Continuity of lasing outcomes in the design: scans over numbers of cavity, medium, pump and
detector on combs by formula, and the largest step of each outcome.

    python tests/benchmarks/lasing_continuity.py [--only NAME ...] [--keep FILE.json] [--thin N]

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

All of it takes about half an hour of one core: `--only` does parts of it, and `--keep` adds what
was solved to a file, which `draw_continuity.py` draws.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.lasing import LasingMode, LasingPrediction, LasingRequest, predict_lasing

LARGEST_STEP = 0.03
INDEX = 1.47
FINE_UM = 0.02
FINE_RELATIVE = 1e-3
"""Fine step of what is no diameter; 0.02 um of 20 um."""
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
FAMILIES = {
    "TM": (("TM", 1, 0, 0.0, 0.99),),
    "TE": (("TE", 1, 0, 0.6, 0.985),),
    "both": (("TM", 1, 0, 0.0, 0.99), ("TE", 1, 0, 0.6, 0.985)),
    "six": tuple(
        (polarisation, p, q, 0.37 * place, 0.99 - 0.004 * place)
        for place, (polarisation, p, q) in enumerate(
            (which, p, q) for which in ("TM", "TE") for p, q in ((1, 0), (1, 1), (2, 0))
        )
    ),
}


def comb(diameter_um: float, quality: float, families: str) -> list[LasingMode]:
    """Modes at pi D n / (m + offset) under the line, Q alike."""
    path_nm = math.pi * diameter_um * 1e3 * INDEX
    found = []
    for polarisation, p, q, offset, share in FAMILIES[families]:
        for m in range(
            math.ceil(path_nm / 548.0 - offset), math.floor(path_nm / 527.0 - offset) + 1
        ):
            wave = path_nm / (m + offset)
            found.append(
                LasingMode(
                    f"{polarisation} {m} {p} {q}",
                    wave,
                    share,
                    1.525,
                    quality,
                    35.0 * (diameter_um / 15.0) ** 2,
                    polarisation,
                    m,
                    p,
                    q,
                    wave**2 / path_nm,
                )
            )
    return found


def one(
    diameter_um: float = 15.0,
    *,
    photons: int = 3,
    gain: float = 1100.0,
    collection: float = 0.02,
    quality: float | None = None,
    families: str = "TM",
    phases: int = 12,
    comb_um: float | None = None,
) -> LasingPrediction:
    """Prediction of one point of a scan; `comb_um` is the diameter whose comb it has, if another."""
    wave, ends = {1: (400.0, (0.004, 3.0)), 2: (970.0, (0.1, 4.0)), 3: (1500.0, (1.0, 9.0))}[
        photons
    ]
    medium = DotMedium(peak_gain_per_cm=gain, laser_collection=collection)
    modes = comb(comb_um or diameter_um, quality or 24.0 * diameter_um, families)
    pump = Pump(photons=photons, wavelength_nm=wave, fluence_mj_cm2=ends)
    request = LasingRequest(comb_phases=phases, fluences=12)
    return predict_lasing(modes, medium, pump, request, diameter_um)


WIDE = ("diameter_um", 8.0, 130.0)
SCANS: dict[str, tuple[tuple[str, float, float], int, dict[str, object]]] = {
    **{
        f"{words}, {photons} photon{'s' * (photons > 1)}": (
            WIDE,
            count,
            {"photons": photons, "families": families},
        )
        for words, families, count in (
            ("TM", "TM", 96),
            ("TE", "TE", 48),
            ("TM and TE", "both", 48),
            ("six families", "six", 32),
        )
        for photons in (1, 2, 3)
    },
    "9.5 to 10.7 um": (("diameter_um", 9.5, 10.7), 61, {}),
    "11.2 to 11.5 um": (("diameter_um", 11.2, 11.5), 61, {"photons": 1}),
    "11.7 to 12.3 um": (("diameter_um", 11.7, 12.3), 61, {}),
    **{
        f"collection, {diameter:g} um": (
            ("collection", 1e-3, 1.0),
            16,
            {"diameter_um": diameter},
        )
        for diameter in (12.0, 15.0, 88.0)
    },
    **{
        f"peak gain, {diameter:g} um": (("gain", 600.0, 5000.0), 48, {"diameter_um": diameter})
        for diameter in (12.0, 15.0, 88.0)
    },
    **{
        f"Q, {diameter:g} um": (("quality", 300.0, 1e7), 48, {"diameter_um": diameter})
        for diameter in (12.0, 15.0, 88.0)
    },
    "peak gain, 15 um, six families": (
        ("gain", 600.0, 5000.0),
        24,
        {"diameter_um": 15.0, "families": "six"},
    ),
    "Q, 15 um, six families": (
        ("quality", 300.0, 1e7),
        24,
        {"diameter_um": 15.0, "families": "six"},
    ),
}
"""Key scanned with its ends, places, and what else is asked."""
RIPPLES = {"ripple, 10.9 um": 10.9, "ripple, 11.34 um": 11.34, "ripple, 15 um": 15.0}
"""Diameters at which the comb alone moves over one spacing, with one photon."""
RIPPLE_STEPS_UM = (0.02, 0.005, 0.00125)


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


def moved_comb(diameter_um: float) -> list[list[float | None]]:
    """Outcomes while the comb alone moves by one spacing."""
    orders = math.pi * diameter_um * 1e3 * INDEX / 537.5
    count = math.ceil(diameter_um / orders / RIPPLE_STEPS_UM[-1])
    found = []
    for part in range(count + 1):
        comb_um = diameter_um + part * RIPPLE_STEPS_UM[-1]
        found.append(outcomes(comb_um, one(diameter_um, photons=1, comb_um=comb_um)))
    return found


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
        "held_db": most(beside[:, 3, 5]),
        "probability_step": most(beside[:, 2, 7]),
        "probability_quarter": most(beside[:, 1, 7]),
    }


def scanned(name: str, thin: int) -> list:  # type: ignore[type-arg]
    """Rows of a scan, or of the comb that moves alone."""
    if name in RIPPLES:
        return moved_comb(RIPPLES[name])
    (key, low, high), count, others = SCANS[name]
    spread = np.linspace if high < 2.0 * low else np.geomspace
    return [row(float(place), key, others) for place in spread(low, high, count)[::thin]]


def main() -> int:
    """Print the largest steps; 1 where a threshold has one above 3 % with the comb held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*SCANS, *RIPPLES], default=[*SCANS, *RIPPLES])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--thin", type=int, default=1, help="every N-th place of each scan")
    asked = parser.parse_args()
    kept: dict[str, list] = {}  # type: ignore[type-arg]
    if asked.keep and asked.keep.exists():
        kept = json.loads(asked.keep.read_text())
    began, wrong = time.process_time(), 0
    for name in asked.only:
        if name not in kept:
            kept[name] = scanned(name, asked.thin)
            if asked.keep:
                asked.keep.write_text(json.dumps(kept))
        if name in RIPPLES:
            print(name, ripple(np.array(kept[name], dtype=float)), flush=True)
            continue
        found = steps(kept[name])
        late = found["held_step"] > LARGEST_STEP
        wrong += late
        words = {key: round(value, 4) for key, value in found.items()}
        print(name, words, "TOO LARGE" * late, flush=True)
    print(f"{time.process_time() - began:.0f} s of one core")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main())
