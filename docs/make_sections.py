"""Solves every study of studies/sections and draws its modes for docs/sections.md.

    python docs/make_sections.py [NAME ...]

Prints the table of the page. Takes about two minutes on two cores; needs gmsh.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from cavitydesign.design import load_design
from cavitydesign.visualise.fields.meridian_view import draw_meridian
from cavitydesign.visualise.files import save_figure
from cavitydesign.workflow.steps import find_modes

STUDIES = Path(__file__).parent.parent / "studies" / "sections"
PICTURES = Path(__file__).parent / "images" / "sections"


def main() -> None:
    """One picture and one row a study."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    print(
        "| study | mode | wavelength nm | +- nm | in body % | volume um^3 | log10 Q radiation | "
        "unknowns | s |"
    )
    for file in sorted(STUDIES.glob("*.toml")):
        if sys.argv[1:] and file.stem not in sys.argv[1:]:
            continue
        design = load_design(file)
        begin = time.perf_counter()
        found = find_modes(design)
        seconds = time.perf_counter() - begin
        for mode in found:
            print(
                f"| {file.stem} | {mode.label} | {mode.wavelength_nm:.6f} | "
                f"{mode.wavelength_error_nm:.0e} "
                f"| {100 * mode.confinement['body']:.3f} | {mode.mode_volume_um3:.4g} | "
                f"{mode.losses.radiation:.3f} "
                f"| {found.statistics['unknowns']:.0f} | {seconds:.1f} |",
                flush=True,
            )
        for line in found.warnings:
            print(f"  {file.stem}: {line}")
        chosen = list({(mode.polarisation, mode.q): mode for mode in found}.values())[:3]
        picture = draw_meridian(chosen, design.cavity, mesh=True, show_caustics=False)
        save_figure(picture, PICTURES / f"{file.stem}.png", dpi=110)


if __name__ == "__main__":
    main()
