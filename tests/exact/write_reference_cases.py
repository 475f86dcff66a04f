"""Solve every resonator of `reference_list` in arbitrary precision and write reference_cases.json
beside this file.

Rows that the file already holds are kept; delete the file to solve all again (about half an hour).

    python tests/exact/write_reference_cases.py
"""

from __future__ import annotations

import json
import math
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

import mpmath as mp
from mpmath_reference import ReferenceProblem, count_extrema, energy_shares, exact_wavenumber
from reference_list import LIST

from cavitydesign.analytic.resonance import Resonator, find_resonance
from cavitydesign.materials import find_material

TARGET_NM = 540.0


def first_guess(problem: ReferenceProblem) -> tuple[float, float]:
    """(k, log10 Q) of the package, as a place to start from."""
    indices: list[Any] = []
    for entry in problem.indices:
        if isinstance(entry, tuple):
            indices.append(complex(float(entry[0]), float(entry[1])))
        else:
            indices.append(float(entry) if entry[0].isdigit() else find_material(entry).index)
    resonator = Resonator(
        tuple(float(r) for r in problem.radii_um), tuple(indices), problem.spherical
    )
    found = find_resonance(resonator, problem.order, problem.p, problem.polarisation, TARGET_NM)
    return found.k_re_per_um, found.log10_q


def order_near(problem: ReferenceProblem) -> int:
    """Order whose resonance lies nearest 540 nm, by secant steps of the package's estimate."""
    order = max(4, int(2 * math.pi / TARGET_NM * 1e3 * float(problem.radii_um[-1]) * 1.3))
    for _ in range(8):
        k, _ = first_guess(replace(problem, order=order))
        following = round(order * 2e3 * math.pi / TARGET_NM / k)
        if following == order:
            break
        order = following
    return order


def solve(problem: ReferenceProblem) -> dict[str, Any]:
    """Reference numbers of one resonance."""
    guess, log10_q = first_guess(problem)
    k = exact_wavenumber(problem, guess, log10_q)
    with mp.workdps(60):
        quality = -mp.re(k) / (2 * mp.im(k))
        result: dict[str, Any] = {
            "order": problem.order,
            "p": problem.p,
            "polarisation": problem.polarisation,
            "wavelength_nm": mp.nstr(2000 * mp.pi / mp.re(k), 22),
            "log10_q": mp.nstr(mp.log10(quality), 18),
            "extrema": count_extrema(problem, k),
            "shares": energy_shares(problem, k, log10_q),
        }
    return result


def main() -> None:
    """Write the table."""
    path = Path(__file__).parent / "reference_cases.json"
    known = (
        {row["id"]: row for row in json.loads(path.read_text())["cases"]} if path.exists() else {}
    )
    rows: list[dict[str, Any]] = []
    for kind, name, radii, indices, modes in LIST:
        for p, polarisation in modes:
            start = time.perf_counter()
            if f"{kind}_{name}_{polarisation}_p{p}" in known:
                rows.append(known[f"{kind}_{name}_{polarisation}_p{p}"])
                continue
            problem = ReferenceProblem(kind == "sphere", radii, indices, 1, p, polarisation)
            problem = replace(problem, order=order_near(problem))
            row = {
                "id": f"{kind}_{name}_{polarisation}_p{p}",
                "geometry": kind,
                "radii_um": radii,
                "indices": indices,
            }
            row |= solve(problem)
            following = solve_next(problem)
            row["fsr_nm"] = mp.nstr(mp.mpf(row["wavelength_nm"]) - following, 14)
            if any(isinstance(entry, tuple) for entry in indices):
                bare = replace(
                    problem, indices=tuple(e[0] if isinstance(e, tuple) else e for e in indices)
                )
                row["log10_q_radiation"] = solve(bare)["log10_q"]
            rows.append(row)
            write(rows)
            seconds = time.perf_counter() - start
            words = (row["order"], row["wavelength_nm"][:12], row["log10_q"][:10], row["extrema"])
            print(row["id"], *words, f"{seconds:.1f} s", flush=True)


def write(rows: list[dict[str, Any]]) -> None:
    """Write what is solved so far."""
    text = json.dumps({"target_nm": TARGET_NM, "cases": rows}, indent=1)
    (Path(__file__).parent / "reference_cases.json").write_text(text + "\n")


def solve_next(problem: ReferenceProblem) -> Any:
    """Exact wavelength (nm) of order + 1."""
    following = replace(problem, order=problem.order + 1)
    k = exact_wavenumber(following, *first_guess(following))
    with mp.workdps(60):
        return 2000 * mp.pi / mp.re(k)


if __name__ == "__main__":
    main()
