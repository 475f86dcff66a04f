"""The solved examples that the pictures of the gallery share; each is solved once."""

from __future__ import annotations

import functools
import shutil
import tempfile
from pathlib import Path
from typing import Any

from cavitydesign.design import load_design
from cavitydesign.workflow.steps import find_modes, predict_lasing

QUICKSTART = Path(__file__).parent.parent / "studies" / "quickstart" / "design.toml"
SECTIONS = QUICKSTART.parent.parent / "sections"
GOAL = """
design = "design.toml"
store = "results"
[variables]
"cavity.diameter_um" = { from = 10.0, to = 20.0 }
[goal]
target = 4.2
of = "fsr_nm"
[spread]
"cavity.diameter_um" = { sd = 0.2 }
"cavity.fibre_diameter_um" = { sd = 0.3 }
"cavity.axial_radius_um" = { sd = 5.0 }
"""
DIAMETERS = (15.0, 33.0, 88.0, 125.0)


@functools.cache
def design(diameter_um: float = 15.0, **keys: Any) -> Any:
    """The quickstart at a diameter, with keys of its [modes] table replaced; the outline keeps its
    shape.
    """
    overrides = {"cavity.diameter_um": diameter_um, "cavity.axial_radius_um": 4.0 * diameter_um}
    return load_design(
        QUICKSTART, overrides | {f"modes.{key}": value for key, value in keys.items()}
    )


CALIBRATION = """
solves = 16
samples = 48

[[cavities]]
name = "{cavity}"
design = "{file}.toml"
light_curve = "{file}.csv"
relative_noise = 0.05
{spectrum}
[sessions]
session = {{ fluence_scale_sd = 0.0 }}

[free]
"gain.peak_gain_per_cm" = {{ median = 1000, factor = 1.3 }}
"gain.laser_collection" = {{ from = 0.005, to = 0.1, spacing = "geometric" }}
"""
SPECTRUM = """
[[cavities.spectra]]
fluence_mj_cm2 = 3.8
output_shares = "88um-lines.csv"
detection_floor = 150
"""


@functools.cache
def calibrated(cavity: str = "33 um", spectrum: str = "") -> Any:
    """Two constants from one light curve of the laboratory that is made up, and perhaps the lines
    of a laser spectrum.
    """
    from cavitydesign.calibrate import calibrate, load_calibration

    laboratory, file = QUICKSTART.parent.parent / "made-up-laboratory", cavity.replace(" ", "")
    with tempfile.TemporaryDirectory() as folder:
        for data in laboratory.glob(f"{file}*"):
            shutil.copy(data, folder)
        path = Path(folder) / "calibration.toml"
        path.write_text(CALIBRATION.format(cavity=cavity, file=file, spectrum=spectrum))
        return calibrate(load_calibration(path))


@functools.cache
def modes(diameter_um: float = 15.0, **keys: Any) -> Any:
    """The modes of that design."""
    return find_modes(design(diameter_um, **keys))


@functools.cache
def prediction(diameter_um: float = 15.0, **keys: Any) -> Any:
    """Its lasing."""
    return predict_lasing(modes(diameter_um, **keys), design(diameter_um, **keys))


def family(diameter_um: float, p: int, q: int, **keys: Any) -> Any:
    """The mode of a family that lies nearest to the middle of the range."""
    found = modes(diameter_um, **keys)
    middle = sum(found.wavelength_range_nm) / 2
    chosen = [mode for mode in found if (mode.p, mode.q) == (p, q)]
    return min(chosen, key=lambda mode: abs(mode.wavelength_nm - middle))
