"""Light of single pump pulses against excitations: what is solved once for each set of constants.

The rate equations know the medium and the cavity. What the pump and the detector add (calibration
of the fluence, jitter, spot, collection) is applied to their answers in `detector`, so that these
numbers cost nothing.
"""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from ..arrays import Array
from ..design import Design, parse_design
from ..design.files.named_files import digest_of, files_of_design
from ..errors import InputError
from ..gain import Pump
from ..lasing.outcomes.output_threshold import LEAST_EFFICIENCY
from ..lasing.pulses.pulse_memory import rate_equations_digest
from ..lasing.pumped.pumped_cavity import PumpedCavity, pumped_cavity
from ..modes import ModeSet
from ..workflow.competing import competing_modes
from ..workflow.steps import find_modes

TASK, BY_MODE = "pulses", "modes"
SPACING = 0.1
"""Natural logarithm of the excitations from one solved pulse to the next. Light interpolated
between them (monotone cubics in logarithms) is within 1 % of pulses solved in between at a
threshold of d ln L / d ln N = 20, and the average over the spot within 0.3 %."""
WORKER_MODULES = ("cavitydesign.calibrate.pulses", "cavitydesign.lasing")
# Shares of a mode that stay below it at every fluence are not kept: no spectrometer sees them.
_FAINTEST_SHARE = 1e-6
_SHARE_DIGITS = 6  # A solve is within 7e-4 of the light; a comb of 40 modes fills a record.
# Mode sets kept in a worker; beyond, the memory would grow with the number of solves.
_KNOWN_MODES = 64


@dataclass(frozen=True)
class PulseGrid:
    """Excitations at which pulses are solved: `count` values, `SPACING` apart in the logarithm;
    `by_mode` where the light of each mode is asked for too.
    """

    low: float
    count: int
    by_mode: bool = False

    @property
    def log_excitons(self) -> Array:
        """Natural logarithms, rising."""
        return np.asarray(self.low + SPACING * np.arange(self.count), dtype=np.float64)

    @property
    def task(self) -> str:
        """Name of the task under which a study's store keeps these pulses."""
        return f"{TASK} {self.low:.6f} {self.count}" + (f" {BY_MODE}" if self.by_mode else "")


def grid_of_task(task: str) -> PulseGrid:
    """The grid that a task's name tells.

    Examples
    --------
    >>> grid_of_task(PulseGrid(-3.5, 70).task)
    PulseGrid(low=-3.5, count=70, by_mode=False)
    """
    name, low, count, *rest = task.split()
    if name != TASK or rest not in ([], [BY_MODE]):
        raise InputError(f"task = {task!r}: must be {TASK!r} with a grid")
    return PulseGrid(float(low), int(count), bool(rest))


def grid_over(low: float, high: float, by_mode: bool = False) -> PulseGrid:
    """Multiples of `SPACING` that cover a range of the logarithm, so that ranges share pulses."""
    first, last = int(np.floor(low / SPACING)), int(np.ceil(high / SPACING))
    return PulseGrid(round(first * SPACING, 6), last - first + 1, by_mode)


def evaluate_pulses(
    design: Mapping[str, Any], task: str, folder: Path | None = None
) -> dict[str, Any]:
    """Light of single pulses of one design, as a study stores it.

    Parameters
    ----------
    design : mapping
        Tables of the design file.
    task : str
        From `PulseGrid.task`.
    folder : Path, optional
        Where file names in the design start.

    Returns
    -------
    dict
        laser, glow: photons for each emitter that leave all modes, and that are sent out beside
        them, at each excitation of the grid. static_excitons: where gain equals loss, None where it
        never does. least_efficiency: photons for each further excitation at the peak that a laser
        sends at best, at least, to have a threshold. shares, where asked for: of the laser light,
        of each mode by its label, at each excitation.
    """
    ready = ready_cavity(parse_design(design, path=_path(folder)))
    grid = grid_of_task(task)
    outcomes = ready.solver.outcomes(np.exp(grid.log_excitons))
    found = {
        "laser": np.maximum(outcomes.emitted.sum(axis=0), 1e-300).tolist(),
        "glow": np.maximum(outcomes.spontaneous, 1e-300).tolist(),
        "static_excitons": None if ready.static is None else ready.excitons(ready.static),
        "least_efficiency": LEAST_EFFICIENCY * ready.leaving(outcomes.emitted) * ready.pumped_share,
    }
    if grid.by_mode:
        found["shares"] = _shares(ready, outcomes.emitted)
    return found


def _shares(ready: PumpedCavity, emitted: Array) -> dict[str, list[float]]:
    """Of the modes that a spectrum could show, by their labels."""
    share = emitted / np.maximum(emitted.sum(axis=0), 1e-300)
    return {
        mode.label: [float(f"{value:.{_SHARE_DIGITS}g}") for value in row]
        for mode, row in zip(ready.comb, share, strict=True)
        if row.max() > _FAINTEST_SHARE
    }


def modes_of(design: Design) -> tuple[tuple[str, float], ...]:
    """Label and wavelength (nm) of every mode that takes part."""
    return tuple((mode.label, float(mode.wavelength_nm)) for mode in ready_cavity(design).comb)


def ready_cavity(design: Design) -> PumpedCavity:
    """The cavity of a design, with its modes, ready for pulses."""
    return pumped_cavity(
        tuple(competing_modes(_modes_of(design), design).modes),
        design.needed_medium(),
        design.pump,
        design.lasing,
        design.cavity.diameter_um,
        cavity=design.cavity,
    )


@dataclass(frozen=True)
class PumpAndDetector:
    """What lies outside the rate equations.

    Attributes
    ----------
    log_per_unit : float
        Natural logarithm of the mean excitations of an emitter at 1 mJ/cm2.
    photons : int
    collection : float
        Share of the laser's light that is collected, over that of the photoluminescence.
    jitter : float
        Relative standard deviation of the pulse energy.
    gaussian : bool
        Whether the light is averaged over a Gaussian spot.
    """

    log_per_unit: float
    photons: int
    collection: float
    jitter: float
    gaussian: bool


def pump_and_detector(design: Design) -> PumpAndDetector:
    """What a design says of pump and detector.

    Raises
    ------
    InputError
        If the pump cannot excite the medium.
    """
    medium, pump = design.needed_medium(), _seen(design)
    return PumpAndDetector(
        float(np.log(pump.excitons_per_unit(medium.absorber))),
        pump.photons,
        medium.laser_collection,
        pump.pulse_jitter,
        pump.spot == "gaussian",
    )


def rate_digest(design: Design) -> bytes:
    """Of every number that the light of a pulse follows from, but its excitations."""
    return rate_equations_digest(ready_cavity(design).solver)


def log_line_width_nm(design: Design) -> float:
    """Natural logarithm of the cold line width of the mode nearest to the line's centre."""
    centre = design.needed_medium().emission_wavelength_nm
    modes = ready_cavity(design).solved
    mode = min(modes, key=lambda one: abs(one.wavelength_nm - centre))
    return float(np.log(mode.wavelength_nm / mode.q_passive))


def _seen(design: Design) -> Pump:
    """The pump as the detector's average takes it: flat where the zones of the modes' overlap hold
    the spot."""
    return design.pump if design.pump.spot_radius_um is None else ready_cavity(design).pump


def _path(folder: Path | None) -> Path | None:
    return None if folder is None else folder / "design.toml"


@functools.cache
def _known_modes() -> dict[str, ModeSet]:
    """Modes by what decides them; constants of the medium leave them."""
    return {}


def _modes_of(design: Design) -> ModeSet:
    decide = ("cavity", "coupling", "temperature", "modes")
    known = _known_modes()
    tables = {name: design.raw[name] for name in decide if name in design.raw}
    folder = Path() if design.path is None else design.path.parent
    key = json.dumps(tables) + digest_of(files_of_design(tables, folder))
    if key not in known:
        if len(known) >= _KNOWN_MODES:
            known.clear()
        known[key] = find_modes(design)
    return known[key]
