"""Random spheres, full and coated cylinders against exact resonances: right, refused or wrong, and
how far error bars are off on either side.

    python tests/benchmarks/exact_windows.py small [--cases 500] [--first 0] [--seed 2026]
        [--accuracy 1e-6] [--lines FILE]

Kinds: `small` (0.8 to 6 um, Q of 10 to 1e6), `large` (2 to 200 um, p to 5), `comb` (ranges of
spheres and cylinders, q to 8, accuracies of 1e-4 to 1e-8), `media` (2 to 60 um, dispersive,
absorbing or uniaxial), `giant` (0.2 to 10 mm, azimuthal orders to 30,000), `high` (p of 3 to 8, q of 3 to
12), `coated` (cylinders of two to four layers, some absorbing), `weak` (an
index 0.003 to 0.05 above the surround's). Every case runs in a process of its own,
whose memory and computing time are those printed. A mode is wrong where its wavelength is off by
more than three times its bar; it is refused where it is not listed and a line says so.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "exact"))

from drawn_resonators import (
    cavity_of,
    drawn_coated,
    drawn_comb,
    drawn_giant,
    drawn_high,
    drawn_large,
    drawn_media,
    drawn_small,
    drawn_weak,
)

from cavitydesign.analytic.energy import energy_shares, mode_volume_um3
from cavitydesign.analytic.resonance import Resonance, find_resonance, free_spectral_range_nm
from cavitydesign.errors import CavityDesignError
from cavitydesign.modes import Mode, ModeRequest, find_modes

READ = ("wavelength", "log10_q", "confinement", "volume", "fsr", "absorption")
WRONG, WIDE = 3.0, 30.0
# Errors below which a bar that is too wide harms nobody, and bars that a user does not see.
SEEN = {
    "wavelength": 1e-9,
    "log10_q": 1e-3,
    "confinement": 1e-4,
    "volume": 1e-3,
    "fsr": 1e-6,
    "absorption": 1e-3,
}
LEAST = {
    "wavelength": 3e-13,
    "log10_q": 1e-8,
    "confinement": 1e-10,
    "volume": 1e-9,
    "fsr": 1e-11,
    "absorption": 1e-9,
}
KINDS = {
    "small": drawn_small,
    "large": lambda dice: (drawn_large(dice), 0),
    "media": drawn_media,
    "giant": drawn_giant,
    "high": drawn_high,
    "coated": drawn_coated,
    "weak": drawn_weak,
}


def compared(mode: Mode, exact: Resonance) -> dict[str, tuple[float, float]]:
    """True and stated errors of what is read from a mode."""
    lam, shares = exact.wavelength_nm, energy_shares(exact)
    out = {
        "wavelength": (abs(mode.wavelength_nm / lam - 1.0), mode.wavelength_error_nm / lam),
        "log10_q": (
            abs((mode.losses.radiation or 0.0) - exact.log10_q_radiation),
            mode.losses.radiation_error,
        ),
    }
    # a constant absorption is another extinction at the next order's wavelength
    if mode.fsr_nm is not None and exact.log10_q_absorption is None:
        off = abs(mode.fsr_nm - free_spectral_range_nm(exact))
        out["fsr"] = off / lam, float(mode.extra["fsr_error_nm"] or 0.0) / lam
    if (
        exact.log10_q_radiation > 3
    ):  # of modes that leak more, the caustic cuts through much of the energy
        off = max(abs(a - b) for a, b in zip(mode.confinement.values(), shares, strict=True))
        out["confinement"] = off, mode.confinement_error
        if mode.q == 0:
            off = abs(mode.mode_volume_um3 / mode_volume_um3(exact) - 1.0)
            out["volume"] = off, float(mode.extra["mode_volume_relative_error"] or 0.0)
    return out


def solved(kind: str, seed: str, accuracy: float) -> Iterator[dict[str, Any]]:
    """Lines about the modes of one case."""
    dice = random.Random(seed)
    if kind == "comb":
        resonator, request = drawn_comb(dice)
        wanted = None
    else:
        exact, q = KINDS[kind](dice)
        resonator, m = exact.resonator, exact.order - q
        wanted = f"{exact.polarisation} {m} {exact.p} {q}"
        off = dice.uniform(0.95, 1.05) if kind == "small" else 1.0
        hint = float(f"{exact.wavelength_nm * off:.4g}")
        request = ModeRequest(exact.polarisation, hint, None, m, exact.p, q + 1, accuracy)
    case = {"seed": seed, "resonator": repr(resonator), "request": repr(request)}
    begin = time.process_time()
    found = find_modes(
        cavity_of(resonator, exact.wavelength_nm if wanted else request.wavelength_nm), request
    )
    case |= {"seconds": time.process_time() - begin, "notes": list(found.warnings)}
    listed = [mode for mode in found if wanted is None or mode.label == wanted]
    if not listed:
        said = any((wanted or "") in line for line in found.warnings)
        yield {**case, "label": wanted, "outcome": "refused" if said else "lost"}
    for mode in listed:
        right = (
            find_resonance(
                resonator, mode.m + mode.q, mode.p, mode.polarisation, mode.wavelength_nm
            )
            if wanted is None
            else exact
        )
        errors = compared(mode, right)
        true, stated = errors["wavelength"]
        good = true <= max(WRONG * stated, LEAST["wavelength"])
        yield {
            **case,
            "label": mode.label,
            "exact_log10_q": right.log10_q,
            "met": mode.accuracy_met,
            "errors": errors,
            "outcome": "right" if good else "wrong",
        }


def run(kind: str, seed: str, accuracy: float) -> list[dict[str, Any]]:
    """Lines about one case, solved in a process of its own."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        try:
            lines = list(solved(kind, seed, accuracy))
        except CavityDesignError as error:
            lines = [{"seed": seed, "outcome": "refused", "notes": [str(error)]}]
        except Exception:
            lines = [{"seed": seed, "outcome": "crash", "notes": [traceback.format_exc()]}]
        with os.fdopen(writing, "w") as file:
            json.dump(lines, file)
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading) as file:
        text = file.read()
    _, _, usage = os.wait4(child, 0)
    ended = [{"seed": seed, "outcome": "crash", "notes": ["the process ended"]}]
    return [
        {**line, "mb": usage.ru_maxrss / 1024} for line in (json.loads(text) if text else ended)
    ]


def summary(lines: list[dict[str, Any]]) -> str:
    """Counts, worst ratios, slowest and largest."""
    count = {
        name: sum(line["outcome"] == name for line in lines)
        for name in ("right", "refused", "wrong", "lost", "crash")
    }
    out = [f"{len(lines)} modes: " + ", ".join(f"{n} {name}" for name, n in count.items())]
    missed = sum(line.get("met") is False for line in lines)
    out.append(f"accuracy missed and said of {missed}")
    for name in READ:
        pairs = [(*line["errors"][name], line) for line in lines if name in line.get("errors", {})]
        if not pairs:
            continue
        low = max(pairs, key=lambda one: max(one[0] - LEAST[name], 0.0) / max(one[1], 1e-300))
        small = sum(t > max(WRONG * s, LEAST[name]) for t, s, _ in pairs)
        wide = sum(s > WIDE * max(t, LEAST[name]) for t, s, _ in pairs)
        seen = sum(s > max(WIDE * t, SEEN[name]) for t, s, _ in pairs)
        out.append(
            f"{name}: of {len(pairs)}, {small} off by more than {WRONG:g} bars (worst true/stated "
            f"{low[0] / max(low[1], 1e-300):.3g}: {low[0]:.1e}, {low[2]['seed']} "
            f"{low[2]['label']}); {wide} bars more than {WIDE:g} too wide "
            f"({100 * wide / len(pairs):.1f} %), {seen} of them above {SEEN[name]:g}"
        )
    slow = max(lines, key=lambda line: line.get("seconds", 0.0))
    large = max(lines, key=lambda line: line["mb"])
    out.append(
        f"slowest {slow.get('seconds', 0.0):.1f} s of computing ({slow['seed']}), "
        f"largest {large['mb']:.0f} MB ({large['seed']})"
    )
    for line in lines:
        if line["outcome"] in ("wrong", "lost", "crash"):
            out.append(
                f"{line['outcome']}: {line['seed']} {line.get('label')} "
                f"{line.get('errors', line['notes'])}"
            )
    return "\n".join(out)


def main() -> None:
    """Run the cases asked for and print what came out."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("kind", choices=(*KINDS, "comb"))
    parser.add_argument("--cases", type=int, default=500)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", default="2026")
    parser.add_argument("--accuracy", type=float, default=1e-6)
    parser.add_argument("--lines", type=Path, help="append a JSON line for each mode")
    asked = parser.parse_args()
    lines: list[dict[str, Any]] = []
    for number in range(asked.first, asked.first + asked.cases):
        new = run(asked.kind, f"{asked.seed} {number}", asked.accuracy)
        lines += new
        if asked.lines is not None:
            with asked.lines.open("a") as file:
                file.writelines(json.dumps(line) + "\n" for line in new)
    print(summary(lines))


if __name__ == "__main__":
    main()
