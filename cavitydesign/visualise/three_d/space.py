"""Pictures in space: the cavity on its fibre, the mode on its rim with its phase, cut planes;
stills and turntables.

Rendering runs in a child process, because VTK ends the process that it runs in where graphics
libraries are missing.
"""

from __future__ import annotations

import math
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError, MissingLibraryError
from ...geometry.cavity import Cavity
from ...modes.derived.sampled_field import FieldSamples
from ...modes.mode import Mode
from ..fields.meridian_view import sampled
from ..files import write_atomically
from ..theme import LIGHT, Theme

VIEWS = ("ring", "arc")
_PERIODS_OF_ARC = 10.0  # enough to see that the pattern repeats, few enough to see its periods
_MOST_PERIODS_OF_RING = 250  # On a still of 1000 pixels a period then has about ten.
_LONGEST_SECONDS = 180.0  # Software rendering takes a minute at most; a hung driver takes for ever.
_SYSTEM_PACKAGES = "libgl1 libegl1 libosmesa6 (Debian: apt-get install libgl1 libegl1 libosmesa6)"


def _profile(cavity: Cavity, reach_um: float) -> Array:
    """Outline (r, z) of the body between its ends on the fibre, no farther than a reach along z."""
    low, high = (max(-1e4, one) if one < 0 else min(1e4, one) for one in cavity.outline.reach_um)
    t = np.linspace(low, high, 1201)
    r, z = cavity.outline.point(t)
    least = max(cavity.fibre_radius_um, 0.0)
    kept = (r > least) & (np.abs(z) < reach_um)
    return np.stack([r[kept], z[kept]], axis=1)


def _rim(field: FieldSamples) -> NDArray[np.int64]:
    """Row of the last point inside the body."""
    inside = field.region[:, field.region.shape[1] // 2] < len(field.region_names) - 1
    return np.flatnonzero(inside)[-1:]


def _job(mode: Mode, cavity: Cavity, view: str, theme: Theme) -> dict[str, NDArray[Any]]:
    """Everything that the child needs, as plain arrays."""
    if view not in VIEWS:
        raise InputError(f"view in space: {view!r} is not known; ring or arc")
    if view == "ring" and mode.m > _MOST_PERIODS_OF_RING:
        raise InputError(
            f"view in space: {mode.label} has {mode.m} periods, too fine for the whole ring; use "
            "view arc"
        )
    field = sampled(mode, 150, 121)
    row = _rim(field)
    axial = {"radial": field.e_r, "azimuthal": field.e_phi, "axial": field.e_z}
    strongest = max(mode.energy_fraction, key=lambda name: mode.energy_fraction[name])
    reach = 2.2 * cavity.outline.equator_radius_um
    return {
        "r_um": field.r_um,
        "z_um": field.z_um,
        "energy": field.energy_density,
        "rim_r_um": field.r_um[row][0],
        "rim_z_um": field.z_um[row][0],
        "rim_field": axial[strongest][row][0],
        "profile_um": _profile(cavity, reach),
        "fibre_radius_um": np.array(cavity.fibre_radius_um),
        "m": np.array(mode.m),
        "half_angle": np.array(math.pi if view == "ring" else math.pi * _PERIODS_OF_ARC / mode.m),
        "whole": np.array(view == "ring"),
        "ground": np.array(theme.ground),
        "ink": np.array(theme.ink),
        "component": np.array({"radial": "E_r", "azimuthal": "E_phi", "axial": "E_z"}[strongest]),
        "title": np.array(f"{mode.label}, {mode.wavelength_nm:.3f} nm"),
    }


def _run_child(
    job: dict[str, NDArray[Any]], frames: int, size: tuple[int, int], suffix: str
) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        task, made = Path(folder) / "job.npz", Path(folder) / f"picture{suffix}"
        np.savez(task, allow_pickle=False, frames=np.array(frames), size=np.array(size), **job)
        command = [sys.executable, "-P", "-m", f"{__package__}.space_worker", str(task), str(made)]
        try:
            done = subprocess.run(
                command, capture_output=True, text=True, timeout=_LONGEST_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            raise MissingLibraryError(
                f"picture in space: not drawn within {_LONGEST_SECONDS:.0f} s"
            ) from None
        if done.returncode != 0 or not made.exists():
            last = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[-1][:200]
            raise MissingLibraryError(
                f"picture in space: rendering failed ({last}); it needs the system packages "
                f"{_SYSTEM_PACKAGES}"
            )
        return made.read_bytes()


def save_space(
    mode: Mode,
    cavity: Cavity,
    path: Path | str,
    *,
    view: str = "ring",
    size: tuple[int, int] = (1100, 850),
    theme: Theme = LIGHT,
) -> Path:
    """A still picture of the mode on its cavity.

    Parameters
    ----------
    mode : Mode
    cavity : Cavity
    path : path
        A .png file.
    view : {"ring", "arc"}
        The whole cavity on its fibre, or a zoomed arc of ten periods, which shows the phase of any
        m.
    size : tuple of int
        Pixels.
    theme : Theme

    Raises
    ------
    InputError
        For another suffix or view.
    MissingLibraryError
        Where nothing can be rendered; names the system packages.
    """
    target = Path(path)
    if target.suffix != ".png":
        raise InputError(f"{target}: a picture in space ends in .png")
    write_atomically(target, _run_child(_job(mode, cavity, view, theme), 1, size, ".png"))
    return target


def save_turntable(
    mode: Mode,
    cavity: Cavity,
    path: Path | str,
    *,
    frames: int = 24,
    size: tuple[int, int] = (480, 400),
    theme: Theme = LIGHT,
) -> Path:
    """An animation that turns once around the fibre, as GIF.

    Parameters
    ----------
    mode, cavity, size, theme
        As for `save_space`.
    path : path
        A .gif file.
    frames : int
        2 to 180.

    Raises
    ------
    InputError
        For another suffix or number of frames.
    MissingLibraryError
        Where nothing can be rendered.
    """
    target = Path(path)
    if target.suffix != ".gif" or not 2 <= frames <= 180:
        raise InputError(
            f"{target}: a turntable ends in .gif and has 2 to 180 frames (asked: {frames})"
        )
    view = "ring" if mode.m <= _MOST_PERIODS_OF_RING else "arc"
    write_atomically(target, _run_child(_job(mode, cavity, view, theme), frames, size, ".gif"))
    return target
