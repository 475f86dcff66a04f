"""Continuity of lasing outcomes in the design: scans over numbers of cavity, medium, pump and
detector on combs by formula, the largest step of each outcome, and a picture.

    python tests/benchmarks/lasing_continuity.py [--only NAME ...] [--keep FILE.json]
        [--picture FILE.png] [--thin N]

Each scan visits some places between its ends. At each place it solves three neighbours: the place,
a quarter of a fine step (0.02 um of the diameter) beside it, and a fine step beside it. Thresholds
are held against gain = loss. A step of the diameter also moves the comb under the gain, by a sixth
of its spacing at 10 um: how thresholds ripple with the comb's place is physics, and they do so up
to 2.7 times as much as gain = loss. A fourth neighbour has the fine step with the comb held where
it was: a step of that ratio above 3 % is told and ends the script with 1. Suppression and
probability hang on the comb's place and may change fast; a jump is told from a slope by the quarter
step, which must not change them as much as the whole one does.

All of it takes about 40 minutes of one core: `--only` does parts of it, and `--keep` adds what was
solved to a file, from which the picture is drawn.
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
JUMP_DB, JUMP_PROBABILITY = 1.0, 0.05
"""Changes over a quarter step that are looked at as jumps."""
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
    phases: int = 0,
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
    "TM, 3 photons": (WIDE, 48, {"phases": 12}),
    "TM, 2 photons": (WIDE, 24, {"photons": 2}),
    "TM, 1 photon": (WIDE, 24, {"photons": 1}),
    "TE, 3 photons": (WIDE, 24, {"families": "TE"}),
    "TM and TE": (WIDE, 24, {"families": "both"}),
    "six families": (WIDE, 16, {"families": "six"}),
    "six families, 1 photon": (WIDE, 10, {"families": "six", "photons": 1}),
    "11.7 to 12.3 um": (("diameter_um", 11.7, 12.28), 30, {"phases": 12}),
    "9.5 to 10.7 um": (("diameter_um", 9.5, 10.7), 24, {}),
    "collection, 12 um": (("collection", 1e-3, 1.0), 12, {"diameter_um": 12.0}),
    "collection, 88 um": (("collection", 1e-3, 1.0), 8, {"diameter_um": 88.0}),
    "peak gain, 15 um": (("gain", 600.0, 5000.0), 32, {"diameter_um": 15.0}),
    "peak gain, 88 um": (("gain", 600.0, 5000.0), 12, {"diameter_um": 88.0}),
    "Q, 15 um": (("quality", 300.0, 1e7), 32, {"diameter_um": 15.0}),
    "Q, 88 um": (("quality", 300.0, 1e7), 10, {"diameter_um": 88.0}),
}
"""Key scanned with its ends, places, and what else is asked."""


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
        each = lasing.thresholds
        found.append(
            [
                value,
                each.gain_equals_loss,
                each.lasing,
                each.steepest_slope,
                lasing.regime.side_mode_suppression_db,
                float(lasing.regime.modes_lasing),
                lasing.single_mode_probability,
                lasing.breaks.upper_mj_cm2,
            ]
        )
    return found


def steps(rows: Sequence[Sequence[Sequence[float | None]]]) -> dict[str, float]:
    """Largest steps of a scan: of threshold over gain = loss over a fine step and over a quarter of
    it, of the suppression (dB) and the probability over a quarter; and how many have no threshold,
    have one below gain = loss, or have one on one side of a step alone.
    """
    table = np.array(rows, dtype=float)
    ratio = table[:, :, 2] / table[:, :, 1]
    change = np.abs(ratio / ratio[:, :1] - 1.0)
    beside = np.abs(table - table[:, :1])
    have = np.isfinite(table[:, :, 2])

    def most(values: np.ndarray) -> float:
        kept = values[np.isfinite(values)]
        return float(kept.max()) if kept.size else math.nan

    return {
        "places": len(table),
        "ratio_step": most(change[:, 2]),
        "ratio_quarter": most(change[:, 1]),
        "held_step": most(change[:, 3]),
        "db_quarter": most(beside[:, 1, 4]),
        "db_step": most(beside[:, 2, 4]),
        "probability_quarter": most(beside[:, 1, 6]),
        "probability_step": most(beside[:, 2, 6]),
        "none": int((~have[:, 0]).sum()),
        "below": int((ratio < 1.0).sum()),
        "appears": int((have[:, 0] != have[:, 2]).sum()),
        "least_ratio": float(np.nanmin(ratio)),
        "greatest_ratio": float(np.nanmax(ratio)),
    }


def main() -> int:
    """Print the largest steps; 1 where a threshold has one above 3 % with the comb held."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="*", choices=[*SCANS], default=[*SCANS])
    parser.add_argument("--keep", type=Path)
    parser.add_argument("--picture")
    parser.add_argument("--thin", type=int, default=1, help="every N-th place of each scan")
    asked = parser.parse_args()
    kept: dict[str, list[list[list[float | None]]]] = {}
    if asked.keep and asked.keep.exists():
        kept = json.loads(asked.keep.read_text())
    began, wrong = time.process_time(), 0
    for name in asked.only:
        (key, low, high), count, others = SCANS[name]
        if name not in kept:
            places = np.geomspace(low, high, count)[:: asked.thin]
            kept[name] = [row(float(place), key, others) for place in places]
            if asked.keep:
                asked.keep.write_text(json.dumps(kept))
        found = steps(kept[name])
        late = found["held_step"] > LARGEST_STEP
        wrong += late
        print(name, {key: round(value, 4) for key, value in found.items()}, "TOO LARGE" * late)
    print(f"{time.process_time() - began:.0f} s of one core")
    if asked.picture:
        draw(kept, asked.picture)
    return int(wrong > 0)


def draw(found: dict[str, list[list[list[float | None]]]], path: str) -> None:
    """Thresholds of every scan."""
    import matplotlib

    matplotlib.use("Agg")
    import matplotlib.pyplot as plt

    fig, axes = plt.subplots(3, 5, figsize=(15, 8), layout="constrained")
    for ax, (name, rows) in zip(axes.ravel(), found.items(), strict=False):
        table = np.array(rows, dtype=float)[:, 0]
        for column, style, label in (
            (1, "C7--", "gain = loss"),
            (2, "C0.-", "lasing"),
            (7, "C1:", "upper break"),
        ):
            ax.plot(table[:, 0], table[:, column], style, label=label)
        ax.set_title(f"{name}: steps to {100 * steps(rows)['ratio_step']:.2f} %", fontsize=9)
        if table[-1, 0] > 2 * table[0, 0]:
            ax.set_xscale("log")
            ax.xaxis.set_minor_formatter("")
    for ax in axes.ravel()[len(found) :]:
        ax.set_visible(False)
    axes[0, 0].legend(fontsize=7)
    for ax in axes[:, 0]:
        ax.set_ylabel("mJ/cm2")
    fig.savefig(path, dpi=110)


if __name__ == "__main__":
    sys.exit(main())
