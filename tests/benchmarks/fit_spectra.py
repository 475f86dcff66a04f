"""Fits of synthetic spectra, by the asymptotic series and by full solves of the truth: the table of
docs/design-and-fit.md.

    python tests/benchmarks/fit_spectra.py [--only asymptotic | solved] [--sample wide | small |
    narrow] [--designs 20] [--evenly]

Ten spectra about each design. With full solves the truth is a cavity on a fibre (TM and TE, p = 1
and 2) at a diameter and an index of its own, solved to 1e-8; the fit has the comb model that the
command makes from its twelve solves. What is drawn and when a labelling counts as right stands in
tests/unit/design. Nothing is asserted here.
"""

from __future__ import annotations

import argparse
import functools
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

for _name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(_name, "1")
sys.path.insert(0, str(Path(__file__).parents[1] / "unit" / "design"))

if TYPE_CHECKING:
    from cavitydesign.spectrum_fit.comb_model import CombModel, Family
    from cavitydesign.spectrum_fit.fit_prior import FitPrior


def design_of(diameter_um: float) -> dict[str, Any]:
    """A drop on a fibre of a quarter of its diameter."""
    return {
        "cavity": {
            "profile": "parabola",
            "diameter_um": diameter_um,
            "axial_radius_um": 4.0 * diameter_um,
            "fibre_diameter_um": 0.25 * diameter_um,
            "body": "PMMA",
            "fibre": "silica",
        },
        "modes": {
            "polarisation": "both",
            "wavelength_nm": 537.6,
            "span_nm": 40.0,
            "radial_orders": 2,
            "axial_orders": 1,
        },
    }


def solved_model(diameter_um: float, prior: FitPrior) -> CombModel:
    """The comb model as the command makes it."""
    from fit_samples import WINDOW_NM

    from cavitydesign.spectrum_fit.comb_samples import solved_comb
    from cavitydesign.study import SerialExecutor
    from cavitydesign.workflow.study_point import evaluate_point

    return solved_comb(
        design_of(diameter_um), diameter_um, WINDOW_NM, prior, evaluate_point, SerialExecutor()
    )


@functools.lru_cache(maxsize=4)
def solved_modes(
    diameter_um: float, index_offset: float, design_diameter_um: float
) -> list[dict[str, Any]]:
    """All modes of the true cavity in the window."""
    from fit_samples import WINDOW_NM

    from cavitydesign.workflow.study_point import evaluate_point

    design = design_of(design_diameter_um)
    design["cavity"] |= {
        "diameter_um": diameter_um,
        "body": {"name": "PMMA", "index_offset": index_offset},
    }
    low, high = WINDOW_NM
    design["modes"] |= {
        "wavelength_nm": (low + high) / 2,
        "span_nm": high - low,
        "relative_accuracy": 1e-8,
    }
    modes: list[dict[str, Any]] = evaluate_point(design, "modes")["modes"]
    return modes


def solved_lines(
    family: Family, diameter_um: float, index_offset: float, design_diameter_um: float
) -> tuple[list[int], list[float]]:
    """Orders and wavelengths of a family of the true cavity."""
    modes = solved_modes(diameter_um, index_offset, design_diameter_um)
    mine = [
        mode
        for mode in modes
        if (mode["polarisation"], mode["p"], mode["q"]) == (family.polarisation, family.p, family.q)
    ]
    return [mode["m"] for mode in mine], [mode["wavelength_nm"] for mode in mine]


def main() -> None:
    """Print one row for each sample."""
    from fit_samples import NARROW, SMALL, WIDE, judged_sample

    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", choices=("asymptotic", "solved"))
    parser.add_argument("--designs", type=int, default=20)
    parser.add_argument("--seed", type=int, default=20)
    parser.add_argument("--sample", choices=("wide", "small", "narrow"))
    parser.add_argument(
        "--evenly",
        action="store_true",
        help="one, two and three families equally often; else by the fit's prior",
    )
    given = parser.parse_args()
    samples = {
        "wide": ("10 to 130 um, 2 %", WIDE),
        "small": ("10 to 20 um, 2 %", SMALL),
        "narrow": ("10 to 130 um, 0.05 %", NARROW),
    }
    forwards = {
        "asymptotic": {},
        "solved": {"model_of_design": solved_model, "lines_of": solved_lines},
    }
    print(
        "| truth | sample | true among the candidates | first right | stated on average | stated "
        "above 0.95 | pulls | CPU |"
    )
    for name, forward in forwards.items():
        if given.only not in (None, name):
            continue
        for title, sample in (samples[name] for name in samples if given.sample in (None, name)):
            start = time.process_time()
            stated, first, among, pull = judged_sample(
                sample, given.seed, given.designs, evenly=given.evenly, **forward
            ).T
            seconds = (time.process_time() - start) / len(first)
            sure = stated > 0.95
            print(
                f"| {name} | {len(first)} of {title} | {among.mean():.3f} | {first.mean():.3f} | "
                f"{stated.mean():.3f}"
                f" | {sure.mean():.2f}, of them right {first[sure].mean():.3f}"
                f" | {pull.mean():+.2f}, s.d. {pull.std():.2f} | {seconds:.2f} s |",
                flush=True,
            )


if __name__ == "__main__":
    main()
