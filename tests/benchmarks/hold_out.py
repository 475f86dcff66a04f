"""What the published figures at 88 um alone say of the other cavities, by plain weights of exact
solves (`docs/published-systems.md`).

    python tests/benchmarks/hold_out.py --keep FILE.json [--pairs N] [--detectors N] [--draws N]
        [--seconds S]

Peak gain and inhomogeneous width are drawn from their priors (Sobol points), and for each some
collections and jitters; the light curve of each at 88 um is weighed by the five figures (slopes 3.1,
5.6, 2.9 within 0.2, 0.4, 0.3; breaks 2.1 and 3.0 within 0.1). Draws by these weights then predict 15
um (Q = 24 D, and Q = 2829, that of its published line), 33 and 125 um; 15 um once more with the number of
dots and Q scattered by 20 % and the crossing energy by 3 meV. One family, TM p = 1 q = 0.

What was solved is kept in the file, and a later call goes on from there: `--seconds` ends one.
"""

from __future__ import annotations

import argparse
import json
import math
import time
from pathlib import Path

import numpy as np
from scipy.stats import qmc

from cavitydesign.gain import DotMedium, Pump
from cavitydesign.geometry import Cavity, Parabola
from cavitydesign.lasing import LasingRequest, predict_lasing
from cavitydesign.lasing.pulses.pulse_memory import PulseMemory
from cavitydesign.materials import find_material
from cavitydesign.modes import ModeRequest, ModeSet, find_modes

FIGURES = ((3.1, 0.2), (5.6, 0.4), (2.9, 0.3), (2.1, 0.1), (3.0, 0.1))
WINDOWS = {15.0: (1.2, 7.0), 33.0: (1.2, 6.0), 88.0: (1.2, 4.8), 125.0: (1.2, 4.8)}
CASES = {
    "15 um": (15.0, 360.0),
    "15 um, Q 2829": (15.0, 2829.0),
    "33 um": (33.0, 792.0),
    "125 um": (125.0, 3000.0),
}


def cavity(diameter_um: float) -> Cavity:
    """As in `tests/physics/test_published_lasers.py`."""
    return Cavity(
        Parabola(0.5 * diameter_um, 4.0 * diameter_um),
        body=find_material("PMMA"),
        surround=find_material("air"),
        fibre=find_material("silica"),
        fibre_radius_um=0.25 * diameter_um,
    )


def solved(diameter_um: float) -> ModeSet:
    """TM comb over 20 nm."""
    return find_modes(cavity(diameter_um), ModeRequest("TM", 537.6, 20.0))


def constants(pairs: int, detectors: int) -> list[list[tuple[float, float, float, float]]]:
    """Peak gain, inhomogeneous s.d., collection and jitter of the energy, by pairs of the first
    two; the jitter of the excitation goes to 0.5.
    """
    rates = qmc.Sobol(2, seed=1).random(pairs)
    seen = qmc.Sobol(2, seed=2).random(detectors)
    return [
        [
            (
                400.0 * (2540.0 / 400.0) ** a,
                33.0 * b,
                0.002 * 250.0**c,
                0.5 / 3.0 * d,
            )
            for c, d in seen
        ]
        for a, b in rates
    ]


def figures(
    modes: ModeSet, each: tuple[float, float, float, float], memory: PulseMemory
) -> list[float] | None:
    """Slopes and breaks of the light curve at 88 um; None where it shows none."""
    gain, sd, collection, jitter = each
    medium = DotMedium(peak_gain_per_cm=gain, inhomogeneous_sd_mev=sd, laser_collection=collection)
    pump = Pump(fluence_mj_cm2=WINDOWS[88.0], energy_jitter=jitter)
    request = LasingRequest(
        quality=2112.0, comb_phases=0, fluences=12, exact_thresholds=0, families="asked"
    )
    found = predict_lasing(modes, medium, pump, request, cavity=cavity(88.0), memory=memory)
    if found.fit is None:
        return None
    return [*found.fit.slopes, *found.fit.breaks_mj_cm2]


def weights(rows: list[list[list[float] | None]]) -> np.ndarray:
    """(pairs, detectors), with the sum 1."""
    worth = [
        [
            math.inf
            if one is None
            else sum(
                ((value - told) / sd) ** 2 for value, (told, sd) in zip(one, FIGURES, strict=True)
            )
            for one in row
        ]
        for row in rows
    ]
    found = np.exp(-0.5 * (np.array(worth) - np.min(worth)))
    return np.asarray(found / found.sum())


def predicted(
    case: str, modes: ModeSet, each: tuple[float, float, float, float], scatter: list[float]
) -> dict[str, float | None]:
    """What one draw says of a cavity."""
    diameter, quality = CASES[case]
    gain, sd, collection, jitter = each
    dots, better, crossing = scatter
    medium = DotMedium(
        peak_gain_per_cm=gain,
        inhomogeneous_sd_mev=sd,
        laser_collection=collection,
        crossing_energy_ev=2.3126 + 1e-3 * crossing,
    )
    if dots != 1.0:
        usual = medium.density_per_cm3()
        # dots in reach of the mode, from its volume, scattered
        volume_cm3 = 1.977e-12 * float(modes[0].mode_volume_um3)
        medium = DotMedium(
            peak_gain_per_cm=gain,
            inhomogeneous_sd_mev=sd,
            laser_collection=collection,
            crossing_energy_ev=2.3126 + 1e-3 * crossing,
            emitters_per_um=dots * usual * volume_cm3 / diameter,
        )
    pump = Pump(fluence_mj_cm2=WINDOWS[diameter], energy_jitter=jitter)
    request = LasingRequest(
        quality=quality * better, fluences=12, exact_thresholds=0, families="asked"
    )
    found = predict_lasing(modes, medium, pump, request, cavity=cavity(diameter))
    return {
        "static": found.thresholds.gain_equals_loss,
        "lasing": found.thresholds.lasing,
        "upper": found.breaks.upper_mj_cm2,
        "modes": float(found.regime.modes_lasing),
        "probability": found.single_mode_probability,
    }


def told(rows: list[dict[str, float | None]]) -> str:
    """One line of a case."""
    words = [f"{len(rows)} draws"]
    for key in ("static", "lasing", "upper", "modes", "probability"):
        have = [
            row[key]
            for row in rows
            if row[key] is not None and (key in ("static", "upper") or row["lasing"] is not None)
        ]
        low, middle, high = np.quantile(have, (0.05, 0.5, 0.95)) if have else (math.nan,) * 3
        words.append(f"{key} {len(have)}: {middle:.3g} ({low:.3g} to {high:.3g})")
    return ", ".join(words)


def main() -> int:
    """Solve what is missing, then print what is known."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--keep", type=Path, required=True)
    parser.add_argument("--pairs", type=int, default=64)
    parser.add_argument("--detectors", type=int, default=16)
    parser.add_argument("--draws", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=math.inf)
    asked = parser.parse_args()
    began = time.process_time()
    kept = json.loads(asked.keep.read_text()) if asked.keep.exists() else {"rows": [], "cases": {}}

    def late() -> bool:
        asked.keep.write_text(json.dumps(kept))
        return time.process_time() - began > asked.seconds

    drawn = constants(asked.pairs, asked.detectors)
    if len(kept["rows"]) < asked.pairs:
        modes = solved(88.0)
        while len(kept["rows"]) < asked.pairs and not late():
            memory = PulseMemory()
            kept["rows"].append([figures(modes, each, memory) for each in drawn[len(kept["rows"])]])
    if len(kept["rows"]) < asked.pairs or late():
        print(f"{len(kept['rows'])} of {asked.pairs} pairs")
        return 0
    weight = weights(kept["rows"])
    by_pair = weight.sum(axis=1)
    by_detector = weight.sum(axis=0)
    print(
        f"worth {1.0 / (by_pair**2).sum():.1f} of {asked.pairs} pairs, "
        f"{1.0 / (by_detector**2).sum():.1f} of {asked.detectors} detectors"
    )
    # evenly through the weights, so that no draw is left to chance
    order = np.cumsum(weight.ravel())
    chosen = np.searchsorted(order, (np.arange(asked.draws) + 0.5) / asked.draws)
    each = [drawn[int(place) // asked.detectors][int(place) % asked.detectors] for place in chosen]
    for name, value in zip(("gain", "sd", "collection", "jitter"), np.array(each).T, strict=True):
        print(name, np.quantile(value, (0.05, 0.5, 0.95)).round(4))
    chance = np.random.default_rng(3).standard_normal((asked.draws, 3))
    wide = np.column_stack([np.exp(0.2 * chance[:, :2]), 3.0 * chance[:, 2]]).tolist()
    for case, (diameter, _) in CASES.items():
        modes = None
        both = (("", [[1.0, 1.0, 0.0]] * asked.draws), (", scattered", wide))
        for words, scatter in both if case == "15 um" else both[:1]:
            rows = kept["cases"].setdefault(case + words, [])
            while len(rows) < asked.draws and not late():
                modes = solved(diameter) if modes is None else modes
                rows.append(predicted(case, modes, each[len(rows)], scatter[len(rows)]))
            print(case + words, told(rows), flush=True)
    late()
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
