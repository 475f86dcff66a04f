"""Light curves of a laboratory that does not exist: what its calibration should find is known.

    python studies/made-up-laboratory/make_data.py

Writes 88um.csv and 33um.csv beside this file: twenty points with a scatter of 5 %, one outlier,
and a power meter that reads 5 % low; and 88um-lines.csv, the lines of a laser spectrum.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

import cavitydesign as cd

HERE = Path(__file__).parent
TRUTH = {
    "gain.peak_gain_per_cm": 900.0,
    "gain.inhomogeneous_sd_mev": 15.0,
    "gain.laser_collection": 0.03,
    "pump.energy_jitter": 0.06,
}
"""The constants of the dots, the detector and the pump."""
STATED_OVER_TRUE = 0.95
"""Of every fluence."""
NOISE, POINTS = 0.05, 20
OUTLIER = {"88um": 7}
"""Points by cavity that read a third too bright."""
SPECTRUM_MJ_CM2, FLOOR = 4.0, 150.0
"""Of the spectrum: its true fluence, and the counts below which no line is seen."""


def light_curve(name: str, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Stated fluences (mJ/cm2) and counts."""
    design = cd.load_design(HERE / f"{name}.toml").with_values(TRUTH)
    found = cd.predict_lasing(cd.find_modes(design), design)
    fluence = np.geomspace(1.3, 4.8, POINTS)
    light = np.interp(np.log(fluence), np.log(found.fluence_mj_cm2), np.log(found.emission))
    counts = 4e5 * np.exp(light + NOISE * rng.standard_normal(POINTS))
    if name in OUTLIER:
        counts[OUTLIER[name]] *= 1.35
    return STATED_OVER_TRUE * fluence, counts


def lines(name: str, rng: np.random.Generator) -> list[tuple[str, float, float]]:
    """Mode, wavelength (nm) and counts of the lines of a laser spectrum."""
    design = cd.load_design(HERE / f"{name}.toml").with_values(TRUTH)
    found = cd.predict_lasing(cd.find_modes(design), design)
    counts = [
        np.interp(SPECTRUM_MJ_CM2, found.fluence_mj_cm2, output)
        for output in found.mode_output / found.mode_output.max()
    ]
    counts = 6e4 * np.array(counts) * np.exp(NOISE * rng.standard_normal(len(counts)))
    seen = [
        (mode.label, mode.wavelength_nm, float(value))
        for mode, value in zip(found.modes, counts, strict=True)
        if value > FLOOR
    ]
    return sorted(seen, key=lambda one: one[1])


def main() -> None:
    """Write both files."""
    rng = np.random.default_rng(7)
    for name in ("88um", "33um"):
        rows = "\n".join(f"{x:.4f},{y:.5g}" for x, y in zip(*light_curve(name, rng), strict=True))
        (HERE / f"{name}.csv").write_text(f"fluence_mj_cm2,emission\n{rows}\n", encoding="utf-8")
    rows = "\n".join(f"{mode},{x:.3f},{y:.5g}" for mode, x, y in lines("88um", rng))
    (HERE / "88um-lines.csv").write_text(f"mode,wavelength_nm,share\n{rows}\n", encoding="utf-8")


if __name__ == "__main__":
    main()
