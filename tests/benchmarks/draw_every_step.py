"""The second picture of docs/benchmarks/lasing_continuity.md: every step of 0.02 um that
`lasing_continuity.py` has kept, a row for each number of photons.

python tests/benchmarks/draw_every_step.py KEEP.jsonl PICTURE.png ["1 photon" "2 photons" ...]
"""

from __future__ import annotations

import sys
from pathlib import Path

import matplotlib
import numpy as np
from draw_continuity import DPI, FAMILIES, Kept, present, scan
from lasing_continuity import read

matplotlib.use("Agg")
import matplotlib.pyplot as plt

TICKS_UM = (8, 10, 15, 20, 30, 50, 80, 130)


PHOTONS = ("1 photon", "2 photons", "3 photons")


def main() -> int:
    """Draw threshold over gain = loss, and its change from step to step."""
    source, target, *asked = sys.argv[1:]
    shown = asked or list(PHOTONS)
    kept: Kept = read(Path(source))
    plt.rcParams.update({"font.size": 9, "axes.titlesize": 9, "legend.fontsize": 8})
    fig, rows = plt.subplots(
        len(shown), 2, figsize=(11.0, 0.8 + 3.1 * len(shown)), squeeze=False, sharex=True
    )
    fig.set_layout_engine("constrained")
    for (over, change), photons in zip(rows, shown, strict=True):
        for words, colour in FAMILIES.items():
            names = (f"every 0.02 um, {words}, {photons}", f"to 130 um, {words}, {photons}")
            for place, name in enumerate(present(kept, names)):
                here = scan(kept, name)
                ratio = here["lasing"] / here["gain_equals_loss"]
                label = words if place == 0 else None
                over.plot(here["value"], ratio, ".", ms=1.5, color=colour, label=label)
                for neighbour, marker in ((2, "."), (3, "x")):
                    beside = scan(kept, name, neighbour)
                    step = np.abs(beside["lasing"] / beside["gain_equals_loss"] / ratio - 1.0)
                    size = 2.0 if neighbour == 2 else 1.5
                    change.plot(here["value"], 100.0 * step, marker, ms=size, color=colour)
        over.set(ylabel="threshold / gain = loss", title=f"every step of 0.02 µm, {photons}")
        change.axhline(3.0, color="k", ls="--", lw=0.8)
        change.set(yscale="log", ylim=(1e-4, 20.0), ylabel="change over 0.02 µm (%)")
        change.set_title("its change (points: the comb moves, crosses: it is held; dashed: 3 %)")
    for ax in rows.ravel():
        ax.set(xscale="log")
        ax.set_xticks(TICKS_UM, [str(tick) for tick in TICKS_UM])
        ax.minorticks_off()
        ax.grid(alpha=0.25, lw=0.5)
    for ax in rows[-1]:
        ax.set_xlabel("diameter (µm)")
    rows[0, 0].legend(markerscale=5, loc="upper center")
    fig.savefig(target, dpi=DPI)
    return 0


if __name__ == "__main__":
    sys.exit(main())
