"""Random sections against an independent solver: rings and disks on substrates, uniaxial ones,
coupled bodies, disks on posts, coupled bodies on substrates, disks on tall posts on a substrate,
capillaries with a thicker piece, and bodies in metal cans that are open above.

    python tests/benchmarks/sweep_sections.py --peer PYTHON           every kind, 100 + 50 + 50 + ...
    python tests/benchmarks/sweep_sections.py --kind coupled --from 10 --count 5 --seed 2026-11-29
    python tests/benchmarks/sweep_sections.py --judge solved.jsonl --peer PYTHON   solved before

PYTHON is an interpreter that has ngsolve (`ngsolve_rectangles.py` runs there). Every case is solved
by cavitydesign in a process of its own, at a random hint, margin, mesh and accuracy, and by NGSolve
with its own mesh, margin and layers. A case is wrong if the wavelength lies off by more than three
times its bar and what NGSolve knows, log10 Q (where NGSolve sees it: below 10^7) likewise, if a
supermode is missing from a list that is called complete, or if anything but a plain error ends it.
One line a case goes to `--out` (JSON lines); the table is printed at the end, of all that stand there.
"""

from __future__ import annotations

import argparse
import json
import math
import multiprocessing
import os
import resource
import subprocess
import sys
import time
import traceback
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

import numpy as np
from section_cases import KINDS, WAVE_UM, Case, Rectangle, around, cut, drawn, lines

sys.path[:0] = [str(Path(__file__).parents[1] / "unit" / "mesh")]

# What NGSolve knows: order, levels towards corners, depth of its layers in wavelengths, relative error
# of k. Where the first contradicts, the second is asked (three rings of twelve corners: 1.2e-5 off at
# order 4; a mode of Q = 40: 7e-5 off with layers of 1.1 wavelengths, 2e-7 with 3), and then the third
# (a ring of Q = 3.4, whose wave grows on its way to the layers: 2.4 % off at order 4, 2e-4 at 6).
# Then log10 Q, and the log10 Q below which it sees Q.
ORDERS = ((4, 3, 2.0, 2e-5), (5, 3, 3.0, 5e-6), (8, 1, 1.5, 3e-5))
KNOWN_LOG10_Q, SEEN_BELOW = 3e-3, 7.0
# Share of the bodies in int eps E.E over NGSolve's whole box with its layers: modes of Q = 4 have 0.8
# there, those of the layers alone a hundredth.
LEAST_INSIDE = 0.1
_ALL_SIDES = 3


def solved(case: Case, out: Any) -> None:
    """In a process of its own: what cavitydesign answers."""
    try:
        out.send(_answer(case))
    except BaseException:
        out.send({"crash": traceback.format_exc(limit=-3)})


def _answer(case: Case) -> dict[str, Any]:
    from grid_sections import grid_section

    from cavitydesign.errors import CavityDesignError
    from cavitydesign.materials import ConstantIndex
    from cavitydesign.mesh.section_cavity import SectionCavity
    from cavitydesign.modes import ModeRequest, find_modes

    left, right, low, high = cut(case)
    names, rows, media = [], [], {"surround": ConstantIndex.of(case.surround)}
    for one in case.rectangles:
        name = "body" if "body" not in names else "other"
        if not one.body:
            name = f"of index {one.index[0]:.6g}"
        names.append(name)
        rows.append((name, *one.r, *one.z))
        along = one.index[1] if one.index[1] != one.index[0] else None
        media[name] = ConstantIndex.of(one.index[0], _per_cm(one.absorbs), along)
    r = lines([x for one in case.rectangles for x in one.r], left, right, case.cell_um)
    z = lines([x for one in case.rectangles for x in one.z], low, high, case.cell_um)
    order = {"body": 0, "other": 1, "surround": 3}
    began = time.process_time()
    try:
        mesh = grid_section(r, z, rows)
        number = np.arange(len(r) * len(z)).reshape(len(r), len(z))
        edges = {"outer": number[-1], "lower": number[:, 0], "upper": number[:, -1]}
        sides = {side: np.stack([edges[side][:-1], edges[side][1:]], axis=1) for side in case.walls}
        cavity = SectionCavity.of(
            replace(mesh, boundary=sides),
            {name: media[name] for name in sorted(media, key=lambda name: order.get(name, 2))},
            electric=tuple(sides),
        )
        request = ModeRequest(case.polarisation, case.hint_nm, None, case.m, 1, 1, case.accuracy)
        found = find_modes(cavity, request)
    except CavityDesignError as error:
        return {"no": str(error), "cpu_s": time.process_time() - began, **_memory()}
    return {
        "modes": [
            {
                "label": mode.label,
                "nm": mode.wavelength_nm,
                "nm_error": mode.wavelength_error_nm,
                "log10_q": mode.losses.total,
                "log10_q_error": mode.losses.radiation_error,
            }
            for mode in found
        ],
        "complete": found.complete,
        "warnings": list(found.warnings),
        "cpu_s": time.process_time() - began,
        **_memory(),
    }


def _per_cm(kappa: float) -> float:
    """Absorption of a medium with this kappa at the wavelength that cases are drawn for."""
    return 4e4 * math.pi * kappa / WAVE_UM


def _memory() -> dict[str, float]:
    return {"gb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6}


def in_a_process(case: Case) -> dict[str, Any]:
    """The answer of a fresh process."""
    context = multiprocessing.get_context("fork")
    here, there = context.Pipe(False)
    process = context.Process(target=solved, args=(case, there))
    process.start()
    there.close()
    try:
        answer: dict[str, Any] = here.recv()
    except EOFError:
        answer = {"crash": "the process died"}
    process.join()
    return answer


class Peer:
    """NGSolve in an interpreter of its own."""

    def __init__(self, python: str) -> None:
        script = str(Path(__file__).with_name("ngsolve_rectangles.py"))
        self._process = subprocess.Popen(
            [python, script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def modes(
        self,
        case: Case,
        near_nm: float,
        near_log10_q: float | None,
        order: int,
        levels: int,
        waves: float,
    ) -> list[dict[str, Any]]:
        """Modes in the bodies and of the polarisation, near a wavelength."""
        wave = near_nm * 1e-3
        depth = waves * wave
        right, low, high = around(case, wave)
        inner, box = cut(case)[0], [right + depth, low - depth, high + depth]
        plain = [0.0, right, low, high]
        if "outer" in case.walls:
            box[0], plain[1] = right, 1e9
        if "lower" in case.walls:
            box[1], plain[2] = low, -1e9
        if "upper" in case.walls:
            box[2], plain[3] = high, 1e9
        # the absorption by length is the same at every wavelength
        media = [replace(one, absorbs=one.absorbs * wave / WAVE_UM) for one in case.rectangles]
        question = {
            "wavelength_um": wave,
            "rectangles": [asdict(one) for one in media],
            "surround": [case.surround] * 2,
            "box": [inner, *box],
            "plain": plain,
            "depth": 0.0 if len(case.walls) == _ALL_SIDES else depth,
            "m": case.m,
            "near_k": 2 * math.pi / wave * (1 - 1e-5),
            "near_q": 10.0 ** (near_log10_q if near_log10_q is not None else 12.0),
            "order": order,
            "levels": levels,
        }
        assert self._process.stdin and self._process.stdout
        self._process.stdin.write(json.dumps(question) + "\n")
        self._process.stdin.flush()
        answer = json.loads(self._process.stdout.readline())
        if "error" in answer:
            raise RuntimeError(answer["error"])
        return [
            {
                "nm": 2e3 * math.pi / one["k"][0],
                "log10_q": math.log10(one["k"][0] / max(2 * abs(one["k"][1]), 1e-300)),
                "inside": one["inside"],
            }
            for one in answer["modes"]
            if one["inside"] > LEAST_INSIDE
            and (one["polarisation"] == case.polarisation or _hybrid(one))
        ]


def _hybrid(mode: dict[str, Any]) -> bool:
    """Whether E_z and E_r are of a size, so that either solver may call it TM or TE."""
    axial, radial = mode["axial"], mode["radial"]
    return bool(abs(axial - radial) < 0.3 * (axial + radial))


def _compared(
    case: Case, modes: list[dict[str, Any]], peer: Peer, how: tuple[int, int, float, float]
) -> tuple[list[str], float, float]:
    """What contradicts NGSolve, and the largest ratios of true to stated errors beyond what it
    knows.
    """
    why: list[str] = []
    ratio = ratio_q = 0.0
    right: list[dict[str, Any]] = []
    for mode in modes:
        if not any(abs(one["nm"] / mode["nm"] - 1) < 1e-4 for one in right):
            right += peer.modes(case, mode["nm"], mode["log10_q"], *how[:3])
        if not right:
            why.append(f"{mode['label']}: no such mode in NGSolve")
            continue
        nearest = min(right, key=lambda one: abs(one["nm"] - mode["nm"]))
        off, known = abs(nearest["nm"] - mode["nm"]), how[3] * nearest["nm"]
        mode["right_nm"], mode["right_log10_q"] = nearest["nm"], nearest["log10_q"]
        if off > 3 * mode["nm_error"] + known:
            why.append(f"{mode['label']}: {off:.2e} nm off, {mode['nm_error']:.1e} stated")
        ratio = max(ratio, (off - known) / max(mode["nm_error"], 1e-9))
        if len(case.walls) == _ALL_SIDES and all(not one.absorbs for one in case.rectangles):
            if mode["log10_q"] is not None:
                why.append(f"{mode['label']}: log10 Q {mode['log10_q']} within walls")
        elif nearest["log10_q"] > SEEN_BELOW:
            if mode["log10_q"] is not None and mode["log10_q"] < SEEN_BELOW - 0.3:
                why.append(f"{mode['label']}: log10 Q {mode['log10_q']:.3f}, above 7 in NGSolve")
        elif mode["log10_q"] is not None:
            off_q = abs(nearest["log10_q"] - mode["log10_q"])
            if off_q > 3 * mode["log10_q_error"] + KNOWN_LOG10_Q:
                why.append(
                    f"{mode['label']}: log10 Q {mode['log10_q']:.4f} +- "
                    f"{mode['log10_q_error']:.1e}, {nearest['log10_q']:.4f} in NGSolve"
                )
            ratio_q = max(ratio_q, (off_q - KNOWN_LOG10_Q) / max(mode["log10_q_error"], 1e-9))
    return why, ratio, ratio_q


def judged(case: Case, answer: dict[str, Any], peer: Peer | None) -> dict[str, Any]:
    """The case's line: a verdict and its figures."""
    line: dict[str, Any] = {"case": asdict(case), **answer}
    if "crash" in answer:
        return {**line, "verdict": "wrong", "why": "crash"}
    if not answer.get("modes"):
        return {**line, "verdict": "no"}
    if peer is None:
        return {**line, "verdict": "unjudged"}
    for how in ORDERS:
        why, ratio, ratio_q = _compared(case, answer["modes"], peer, how)
        if not why:
            break
    if len(answer["modes"]) < case.modes and answer["complete"]:
        why.append(f"{len(answer['modes'])} of {case.modes} modes, called complete")
    verdict = "wrong" if why else "right"
    if not why and len(answer["modes"]) < case.modes:
        verdict = "no"
    return {**line, "verdict": verdict, "why": "; ".join(why), "ratio": ratio, "ratio_q": ratio_q}


def table(lines_: list[dict[str, Any]]) -> str:
    """What stands in a file of results."""
    head = (
        f"{'kind':10}{'tried':>6}{'right':>6}{'said no':>8}{'wrong':>6}"
        f"{'worst true/stated (nm, log10 Q)':>34}{'slowest s':>10}{'GB':>6}"
    )
    rows = [head]
    for kind in KINDS:
        those = [line for line in lines_ if line["case"]["kind"] == kind]
        if not those:
            continue
        count = [
            sum(line["verdict"] == word for line in those) for word in ("right", "no", "wrong")
        ]
        worst = [max(line.get(name, 0.0) for line in those) for name in ("ratio", "ratio_q")]
        rows.append(
            f"{kind:10}{len(those):>6}{count[0]:>6}{count[1]:>8}{count[2]:>6}"
            f"{f'{max(worst[0], 0):.2g}, {max(worst[1], 0):.2g}':>34}"
            f"{max(line.get('cpu_s', 0.0) for line in those):>10.1f}"
            f"{max(line.get('gb', 0.0) for line in those):>6.2f}"
        )
    return "\n".join(rows)


def main() -> int:
    """Run the cases asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kind", choices=list(KINDS))
    parser.add_argument("--from", dest="first", type=int, default=0)
    parser.add_argument("--count", type=int)
    parser.add_argument("--seed", default="2026-11-29")
    parser.add_argument("--peer", help="interpreter with ngsolve; without one nothing is judged")
    parser.add_argument("--judge", type=Path, help="lines of cases that are solved, not judged")
    parser.add_argument("--out", type=Path, default=Path("sweep-sections.jsonl"))
    given = parser.parse_args()
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    peer = Peer(given.peer) if given.peer else None
    if given.judge:
        return _judge(given.judge, given.out, peer)
    for kind in [given.kind] if given.kind else KINDS:
        for number in range(given.first, given.first + (given.count or KINDS[kind])):
            case = drawn(kind, number, given.seed)
            line = judged(case, in_a_process(case), peer)
            with given.out.open("a") as file:
                file.write(json.dumps(line) + "\n")
            print(
                kind, number, line["verdict"], line.get("why", "") or line.get("no", ""), flush=True
            )
    return _summed(given.out)


def _judge(solved_before: Path, out: Path, peer: Peer | None) -> int:
    """Judge the lines of a file that do not stand in the file of results."""
    known = (
        [json.loads(line)["case"] for line in out.read_text().splitlines()] if out.exists() else []
    )
    done = {(case["kind"], case["number"]) for case in known}
    for text in solved_before.read_text().splitlines():
        answer = json.loads(text)
        case = answer.pop("case")
        if (case["kind"], case["number"]) in done:
            continue
        rectangles = tuple(Rectangle(**one) for one in case["rectangles"])
        line = judged(Case(**{**case, "rectangles": rectangles}), answer, peer)
        with out.open("a") as file:
            file.write(json.dumps(line) + "\n")
        print(case["kind"], case["number"], line["verdict"], line.get("why", ""), flush=True)
    return _summed(out)


def _summed(out: Path) -> int:
    every = [json.loads(line) for line in out.read_text().splitlines()]
    print(table(every))
    return int(any(line["verdict"] == "wrong" for line in every))


if __name__ == "__main__":
    sys.exit(main())
