"""Lists of modes in a range against all exact resonances there: nothing may be missing, nothing
listed that does not exist.

    python tests/benchmarks/exact_ranges.py [--cases 100] [--first 0] [--seed 2026]

Spheres and slices of cylinders of 1 um to 15 mm, drawn at random: one or both polarisations, radial
orders to 4, axial orders to 9, ranges of a tenth to six free spectral ranges. A mode within its
error bar of an end of the range may or may not be listed; one of Q below 50 neither counts.
"""

from __future__ import annotations

import argparse
import math
import random
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "exact"))

from drawn_resonators import cavity_of

from cavitydesign.analytic.resonance import Resonance, Resonator, find_resonance
from cavitydesign.errors import CavityDesignError, SolverError
from cavitydesign.modes import ModeRequest, ModeSet, find_modes

# Exact resonances are known below the outer barrier only, which all with this Q are.
LEAST_LOG10_Q = 1.7
END = 1e-6  # relative: modes so near to an end of the range may be listed or not
MOST = 400  # modes of one case
FARTHEST = 4  # further orders tried on either side after the last in the range


def drawn(dice: random.Random) -> tuple[Resonator, ModeRequest]:
    """A resonator and what is asked of it."""
    while True:
        diameter = math.exp(dice.uniform(math.log(1.0), math.log(15_000.0)))
        body, surround = dice.uniform(1.3, 3.5), dice.choice((1.0, 1.0, 1.33))
        wavelength = dice.choice((538.0, 650.0, 1550.0))
        spherical = dice.random() < 0.8
        polarisation = dice.choice(("TM", "TE", "both"))
        p, q = dice.choice((1, 1, 2, 4)), dice.choice((1, 2, 4, 9)) if spherical else 1
        orders = math.pi * diameter * body * 1e3 / wavelength
        # as a user types it
        span = float(
            f"{wavelength / orders * math.exp(dice.uniform(math.log(0.1), math.log(6))):.3g}"
        )
        if body < surround + 0.1 or orders <= 6.0 or span > 0.4 * wavelength:
            continue
        resonator = Resonator((0.5 * diameter,), (body, surround), spherical)
        return resonator, ModeRequest(polarisation, wavelength, span, None, p, q, 1e-6)


def exact_labels(resonator: Resonator, request: ModeRequest) -> tuple[set[str], set[str]]:
    """Labels of all modes in the range, and of those too near its ends to be sure of, or that leak
    too much to be counted.
    """
    low = request.wavelength_nm - 0.5 * (request.span_nm or 0.0)
    high = request.wavelength_nm + 0.5 * (request.span_nm or 0.0)
    within: set[str] = set()
    unsure: set[str] = set()
    names = ("TM", "TE") if request.polarisation == "both" else (request.polarisation,)
    for name in names:
        for p in range(1, request.radial_orders + 1):
            for found in resonances(resonator, name, p, low, high):
                lam = found.wavelength_nm
                sure = low * (1 + END) < lam < high * (1 - END) and found.log10_q > LEAST_LOG10_Q
                if not low * (1 - END) < lam < high * (1 + END):
                    continue
                for q in range(request.axial_orders):
                    m = found.order - q
                    if m >= 1:
                        (within if sure else unsure).add(f"{name} {round(m)} {p} {q}")
    return within, unsure


def resonances(resonator: Resonator, name: str, p: int, low: float, high: float) -> list[Resonance]:
    """Exact resonances of one family in a range, and a few beside it."""
    radius, index = resonator.radii_um[-1], complex(resonator.indices[-2]).real  # type: ignore[arg-type]
    middle = 0.5 * (low + high)
    order = max(1, round(2e3 * math.pi * radius * index / middle))
    order = max(1, round(order - 2.4 * p * (order / 2.0) ** (1 / 3)))
    for _ in range(12):
        try:
            found = find_resonance(resonator, order, p, name)
        except SolverError:
            order += max(1, order // 10)
            continue
        nearer = max(1, round(order * found.wavelength_nm / middle))
        if nearer == order:
            break
        order = nearer
    kept = []
    for step in (1, -1):
        at, beyond = order if step == 1 else order - 1, 0
        while at >= 1 and beyond < FARTHEST and len(kept) < MOST:
            try:
                found = find_resonance(resonator, at, p, name)
            except SolverError:
                beyond += 1
                at += step
                continue
            kept.append(found)
            beyond = 0 if low < found.wavelength_nm < high else beyond + 1
            at += step
    return kept


def judged(found: ModeSet, within: set[str], unsure: set[str]) -> tuple[str, list[str], list[str]]:
    """Outcome, with the labels that lack and those that are too many."""
    listed = {mode.label for mode in found}
    strong = {mode.label for mode in found if (mode.losses.total or math.inf) > LEAST_LOG10_Q + 0.1}
    lack, many = sorted(within - listed), sorted(strong - within - unsure)
    if not lack and not many:
        return "right", [], []
    told = " ".join(found.warnings)
    if not many and all(label in told for label in lack):
        return "said", lack, many
    return ("incomplete, said" if "incomplete" in told and not many else "wrong"), lack, many


def main() -> None:
    """Run and print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--cases", type=int, default=100)
    options.add_argument("--first", type=int, default=0)
    options.add_argument("--seed", default="2026")
    given = options.parse_args()
    counts: dict[str, int] = {}
    modes, slowest = 0, (0.0, "")
    for number in range(given.first, given.first + given.cases):
        seed = f"{given.seed} {number}"
        resonator, request = drawn(random.Random(seed))
        within, unsure = exact_labels(resonator, request)
        start = time.process_time()
        try:
            found = find_modes(cavity_of(resonator), request)
            outcome, lack, many = judged(found, within, unsure)
            told = list(found.warnings)
        except CavityDesignError as error:
            outcome, lack, many, told = "refused", sorted(within), [], [str(error)]
            if not within:
                outcome = "right"
        slowest = max(slowest, (time.process_time() - start, seed))
        modes += len(within)
        counts[outcome] = counts.get(outcome, 0) + 1
        if outcome != "right":
            print(
                f"{outcome}: {seed}: {resonator} {request}\n  lack {lack[:9]}, too many {many[:9]}"
            )
            print("  told:", told[:3], flush=True)
    told = ", ".join(f"{count} {name}" for name, count in counts.items())
    print(
        f"{given.cases} ranges, {modes} exact modes: {told}; slowest {slowest[0]:.1f} s ({slowest[1]})"
    )


if __name__ == "__main__":
    main()
