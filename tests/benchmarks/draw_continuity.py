"""The picture of docs/benchmarks/lasing_continuity.md, from what `lasing_continuity.py` has kept.

python tests/benchmarks/draw_continuity.py KEEP.jsonl PICTURE.png
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import matplotlib
import numpy as np
from continuity_scans import EVERY, RIPPLE_STEPS_UM, RIPPLES, SCANS
from lasing_continuity import COLUMNS, read, ripple

matplotlib.use("Agg")
import matplotlib.pyplot as plt

Kept = dict[str, list[Any]]
PLACE = {name: number for number, name in enumerate(COLUMNS)}
WIDTH_IN, HEIGHT_IN, DPI = 11.0, 9.4, 130
FAMILIES = {"TM": "C0", "TE": "C1", "TM and TE": "C2", "six families": "C3"}
CAVITIES = {"12 um": "C4", "15 um": "C0", "88 um": "C5"}


def scan(kept: Kept, name: str, neighbour: int = 0) -> dict[str, np.ndarray]:
    """Columns of a scan at its places, or at one of their neighbours."""
    table = np.array(kept[name], dtype=float)[:, neighbour]
    return {column: table[:, number] for column, number in PLACE.items()}


def present(kept: Kept, names: Iterable[str]) -> Iterator[str]:
    return (name for name in names if name in kept)


def against_diameter(ax: Any, kept: Kept) -> None:
    """Thresholds of three photons."""
    for words, colour in FAMILIES.items():
        for name in present(kept, [f"{words}, 3 photons"]):
            seen = scan(kept, name)
            ax.plot(seen["value"], seen["lasing"], "o-", color=colour, label=words, ms=2.5, lw=0.8)
            ax.plot(seen["value"], seen["gain_equals_loss"], ":", color=colour, lw=0.8)
    ax.set(xscale="log", xlabel="diameter (µm)", ylabel="fluence, three photons (mJ/cm²)")
    ax.set_title("thresholds (dotted: gain = loss)")
    ax.legend()


def one_function(ax: Any, kept: Kept) -> None:
    """Threshold over gain = loss in excitations, for each number of photons."""
    for photons, marker in ((1, "o"), (2, "x"), (3, "+")):
        for name in present(kept, [f"TM, {photons} photon{'s' * (photons > 1)}"]):
            seen = scan(kept, name)
            ratio = (seen["lasing"] / seen["gain_equals_loss"]) ** photons
            ax.plot(seen["value"], ratio, marker, ms=5, label=f"{photons}", color=f"C{photons}")
    ax.set(xscale="log", xlabel="diameter (µm)", ylabel="threshold / gain = loss, in excitations")
    ax.set_title("one function of the excitations")
    ax.legend(title="photons")


def the_combs_own(ax: Any, kept: Kept) -> None:
    """A dense scan of the worst place, and the comb that moves alone."""
    seen = scan(kept, "11.2 to 11.5 um")
    alone = np.array(kept["ripple, 11.34 um"], dtype=float)
    for column, colour, words in (
        ("lasing", "C0", "lasing threshold"),
        ("gain_equals_loss", "C7", "gain = loss"),
    ):
        ax.plot(seen["value"], 1e3 * seen[column], "o", color=colour, ms=3, label=words)
        ax.plot(alone[:, 0], 1e3 * alone[:, PLACE[column]], color=colour, lw=1)
    ax.set(xlabel="diameter (µm)", ylabel="fluence, one photon (µJ/cm²)")
    ax.set_title("the comb's ripple (lines: the comb alone moves)")
    ax.legend()


def no_jump(ax: Any, kept: Kept) -> None:
    """Largest change of the threshold against the step of the comb."""
    for number, name in enumerate(present(kept, RIPPLES)):
        largest = ripple(np.array(kept[name], dtype=float))
        ax.plot(
            RIPPLE_STEPS_UM,
            [100.0 * largest[step][0] for step in RIPPLE_STEPS_UM],
            "o-",
            color=f"C{number}",
            label=name.removeprefix("ripple, ").replace("um", "µm"),
        )
    steps = np.array(RIPPLE_STEPS_UM)
    ax.plot(steps, 8.0 * steps / steps[0], "k--", lw=0.8, label="as the step")
    ax.set(xscale="log", yscale="log", xlabel="step of the comb (µm of diameter)")
    ax.set(ylabel="largest change of the threshold (%)")
    ax.set_title("the ripple has no jump (one photon)")
    ax.legend()


def steps_of_all(ax: Any, kept: Kept) -> None:
    """Changes of threshold over gain = loss in 0.02 um, with the comb moved and held."""
    for neighbour, colour, words in ((2, "C7", "comb moves"), (3, "C3", "comb held")):
        value, change = [], []
        diameters = [name for name, one in SCANS.items() if one[0][0] == "diameter_um"]
        for name in present(kept, [*diameters, *EVERY]):
            here, beside = scan(kept, name), scan(kept, name, neighbour)
            ratio = [one["lasing"] / one["gain_equals_loss"] for one in (here, beside)]
            value.append(here["value"])
            change.append(100.0 * np.abs(ratio[1] / ratio[0] - 1.0))
        ax.plot(np.concatenate(value), np.concatenate(change), ".", color=colour, ms=3, label=words)
    ax.axhline(3.0, color="k", ls="--", lw=0.8)
    ax.text(40.0, 3.4, "3 %")
    ax.set(xscale="log", yscale="log", ylim=(1e-4, 20.0), xlabel="diameter (µm)")
    ax.set(ylabel="change over 0.02 µm (%)")
    ax.set_title("threshold / gain = loss, all scans")
    ax.legend(loc="lower left")


def against(ax: Any, kept: Kept, what: str, label: str) -> None:
    """Thresholds of three photons against a number that is no diameter."""
    for words, colour in CAVITIES.items():
        for name in present(kept, [f"{what}, {words}"]):
            seen = scan(kept, name)
            shown = words.replace("um", "µm")
            ax.plot(seen["value"], seen["lasing"], "o-", color=colour, ms=2.5, lw=0.8, label=shown)
            ax.plot(seen["value"], seen["gain_equals_loss"], ":", color=colour, lw=0.8)
            if what == "collection":
                ax.plot(seen["value"], seen["upper_break"], "--", color=colour, lw=0.8)
    for name in present(kept, [f"{what}, 15 um, six families"]):
        seen = scan(kept, name)
        ax.plot(seen["value"], seen["lasing"], "s", color="C3", ms=3, label="15 µm, six families")
    ax.set(xscale="log", xlabel=label, ylabel="fluence, three photons (mJ/cm²)")
    ax.set_title("dotted: gain = loss" + "; dashed: upper break" * (what == "collection"))
    ax.legend()


def single_mode(ax: Any, kept: Kept) -> None:
    """Probability of a single mode, which the comb phase does not enter."""
    for words, colour in FAMILIES.items():
        for name in present(kept, [f"{words}, 3 photons"]):
            seen = scan(kept, name)
            chance = np.where(np.isfinite(seen["lasing"]), seen["probability"], np.nan)
            ax.plot(seen["value"], chance, "o-", color=colour, ms=2.5, lw=0.8, label=words)
    ax.set(xscale="log", xlim=(8.0, 60.0), xlabel="diameter (µm)")
    ax.set(ylabel="probability of a single mode")
    ax.set_title("over the comb phase, at 1.1 times the threshold")
    ax.legend()


def main() -> int:
    """Draw nine panels."""
    source, target = sys.argv[1:3]
    kept: Kept = read(Path(source))
    plt.rcParams.update({"font.size": 8, "axes.titlesize": 8, "legend.fontsize": 7})
    fig, axes = plt.subplots(3, 3, figsize=(WIDTH_IN, HEIGHT_IN), layout="constrained")
    against_diameter(axes[0, 0], kept)
    one_function(axes[0, 1], kept)
    the_combs_own(axes[0, 2], kept)
    no_jump(axes[1, 0], kept)
    steps_of_all(axes[1, 1], kept)
    single_mode(axes[1, 2], kept)
    against(axes[2, 0], kept, "Q", "quality factor")
    against(axes[2, 1], kept, "peak gain", "peak gain (1/cm)")
    against(axes[2, 2], kept, "collection", "collection of the laser's light, relative")
    axes[1, 0].set_xticks(RIPPLE_STEPS_UM, [f"{step:g}" for step in RIPPLE_STEPS_UM])
    axes[2, 1].set_xticks([600, 1000, 2000, 5000], ["600", "1000", "2000", "5000"])
    for ax in (axes[1, 0], axes[2, 1]):
        ax.minorticks_off()
    for letter, ax in zip("abcdefghi", axes.ravel(), strict=True):
        ax.set_title(f"({letter})", loc="left", fontweight="bold")
        ax.grid(alpha=0.25, lw=0.5)
        if ax.get_xscale() == "log" and ax.get_xlabel() == "diameter (µm)":
            shown = [tick for tick in (8, 10, 15, 20, 30, 50, 100) if tick <= ax.get_xlim()[1]]
            ax.set_xticks(shown, [str(tick) for tick in shown])
            ax.minorticks_off()
    fig.savefig(target, dpi=DPI)
    return 0


if __name__ == "__main__":
    sys.exit(main())
