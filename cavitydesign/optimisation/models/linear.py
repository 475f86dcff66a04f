"""A design to first order in its numbers: every mode near its wavelengths, and how each moves.

The solver gives the derivatives of each mode at its own azimuthal order. A design beside the
nominal one then has the modes that have moved into its range, as a full solve would find them, and
whatever follows from modes (thresholds, regime) is computed from these: no field is solved again.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import InputError, SolverError
from ...modes.losses.mechanisms import loss_names
from .moved_mode import FURTHER, moved_mode, moved_number

if TYPE_CHECKING:
    from ...design import Design
    from ...geometry.cavity import Cavity
    from ...lasing.competition.overlap import ModeOverlap
    from ...modes import Mode, ModeSet
    from ...modes.changes.change import CavityChange


_WIDEST_SHIFT = 0.2  # of the wavelength: beyond it other modes than those solved lie in the range
# positive and far from straight: its logarithm is what is linear
_LOGARITHMIC = frozenset({"mode_volume_um3"})
_PLAIN = ("n_eff", "group_index")
_OF_ALL = frozenset({"modes_found", "q_total", "linewidth_nm", "log10_q.total"})


@dataclass(frozen=True)
class Side:
    """A number of a design and how it changes: the designs with it lower and higher by half of
    `width`.

    Attributes
    ----------
    key : str
    nominal, reach : float
        Its value, and how far from it designs will be asked for.
    lower, upper : mapping
        Tables of the two designs.
    width : float
        In the unit of the key.
    """

    key: str
    nominal: float
    reach: float
    lower: Mapping[str, Any]
    upper: Mapping[str, Any]
    width: float


Linearise = Callable[[Mapping[str, Any], Sequence[Side]], "LinearModes"]


@dataclass(frozen=True, eq=False)
class LinearModes:
    """Modes of a nominal design and their slopes by each of its numbers.

    Attributes
    ----------
    modes : tuple of Mode
        All that come into the range of a design within reach; without their fields.
    keys : tuple of str
    nominal : (k,) array
        Values of the keys.
    slopes : mapping of str to (modes, k) array
        By quantity: wavelength_nm, fsr_nm, n_eff, group_index, log10_q.<loss>,
        confinement.<region>, sensitivity_nm_per_riu.<region>, thermal_shift_pm_per_k, and
        mode_volume_um3 by its logarithm. Not-a-number where a mode does
        not have it.
    wavelength_nm, span_nm : float
        Range of the design; an infinite span where it asks for one azimuthal order.
    overlap : ModeOverlap or None
        Of the modes with each other and with the pump.
    solves : int
        Full solves that went into it.
    """

    modes: tuple[Mode, ...]
    keys: tuple[str, ...]
    nominal: Array
    slopes: Mapping[str, Array]
    wavelength_nm: float
    span_nm: float
    overlap: ModeOverlap | None
    solves: int

    def at(self, offsets: Array) -> tuple[tuple[int, ...], tuple[Mode, ...]]:
        """Indices in `modes` and moved modes of the design at offsets from nominal, shape (k,); by
        falling wavelength.
        """
        moved = {name: slope @ offsets for name, slope in self.slopes.items()}
        wavelengths = np.array([mode.wavelength_nm for mode in self.modes]) + moved["wavelength_nm"]
        inside = np.flatnonzero(np.abs(wavelengths - self.wavelength_nm) <= 0.5 * self.span_nm)
        order = inside[np.argsort(-wavelengths[inside])]
        modes = []
        for j in order:
            quantities = {name: float(values[j]) for name, values in moved.items()}
            modes.append(moved_mode(self.modes[j], quantities))
        return tuple(int(j) for j in order), tuple(modes)

    def outcome(self, name: str, offsets: Array) -> Array:
        """An outcome of the fundamental mode nearest to the range's centre, at offsets of shape (n,
        k).

        Not-a-number where no fundamental mode is in the range.
        """
        wavelengths = (
            np.array([mode.wavelength_nm for mode in self.modes])[None, :]
            + offsets @ self.slopes["wavelength_nm"].T
        )
        inside = np.abs(wavelengths - self.wavelength_nm) <= 0.5 * self.span_nm
        if name == "modes_found":
            return np.asarray(inside.sum(axis=1), dtype=np.float64)
        fundamental = np.array([(mode.p, mode.q) == (1, 0) for mode in self.modes])
        distance = np.where(inside & fundamental, np.abs(wavelengths - self.wavelength_nm), np.inf)
        nearest = np.argmin(distance, axis=1)
        values = self._values(name, offsets, nearest)
        return np.where(np.isfinite(distance[np.arange(len(offsets)), nearest]), values, np.nan)

    def knows(self, name: str) -> bool:
        """Whether `outcome` can tell an outcome."""
        return name in _OF_ALL or bool(np.isfinite(self.slopes.get(name, math.nan)).any())

    def _values(self, name: str, offsets: Array, nearest: NDArray[np.intp]) -> Array:
        """A quantity of the given mode of each row."""
        if name == "q_total":
            return np.asarray(10.0 ** self._values("log10_q.total", offsets, nearest))
        if name == "linewidth_nm":
            total = self._values("log10_q.total", offsets, nearest)
            return np.asarray(self._values("wavelength_nm", offsets, nearest) * 10.0**-total)
        if name == "log10_q.total":
            parts = [
                self._values(f"log10_q.{loss}", offsets, nearest)
                for loss in loss_names()
                if f"log10_q.{loss}" in self.slopes
            ]
            return np.asarray(-np.log10(np.nansum([10.0**-part for part in parts], axis=0)))
        here = np.array([moved_number(mode, name) for mode in self.modes])[nearest]
        change = np.einsum("nk,nk->n", offsets, self.slopes[name][nearest])
        return np.asarray(here * np.exp(change) if name in _LOGARITHMIC else here + change)


def _without_fields(mode: Mode) -> Mode:
    """A mode that is handed to other processes: its numbers alone."""
    return replace(
        mode,
        raw=None,
        raw_next=None,
        sample_field=None,
        extra=dict(mode.extra),
        sensitivity_nm_per_riu=dict(mode.sensitivity_nm_per_riu),
    )


def linearised(
    nominal: Mapping[str, Any], sides: Sequence[Side], folder: Path | None = None
) -> LinearModes:
    """Solve the nominal design in a range wide enough for all designs within reach, and
    differentiate its modes.

    Parameters
    ----------
    nominal : mapping
        Tables of the design.
    sides : sequence of Side
        The numbers that change.
    folder : Path, optional
        Where file names in the design start.

    Raises
    ------
    SolverError
        If there are no modes, a derivative cannot be had, or the reach moves the modes by more than
        a fifth of their wavelength.
    """
    from ...design import parse_design
    from ...modes import find_modes
    from ...modes.changes.change import CavityChange
    from ...modes.changes.uncertainty import mode_slopes, polished_fields

    parse = functools.partial(parse_design, path=None if folder is None else folder / "design.toml")
    design = parse(nominal)
    changes: list[CavityChange | None] = []
    for side in sides:
        lower, upper = parse(side.lower).cavity, parse(side.upper).cavity
        changes.append(None if lower == upper else CavityChange(side.key, lower, upper, side.width))
    found, solves = find_modes(design.cavity, design.modes), 1
    request = design.modes
    if request.span_nm is not None:
        shift = _reached(found, sides, changes)
        request = replace(request, span_nm=request.span_nm + 2 * shift)
        found, solves = find_modes(design.cavity, request), 2
    if not len(found):
        raise SolverError(
            "derivatives: no modes in the range; widen modes.span_nm or move modes.wavelength_nm"
        )
    fields = polished_fields(found)
    each: list[dict[str, dict[str, float]] | None] = []
    for change in changes:
        each.append(None if change is None else mode_slopes(fields, request, change, _quantities))
        solves += 0 if change is None else 2
    quantities = _quantities(found, design.cavity)
    names = (
        "wavelength_nm",
        "fsr_nm",
        *dict.fromkeys(name for mode in quantities.values() for name in mode),
    )
    slopes: dict[str, Array] = {}
    for name in names:
        rows = [[_slope(one, mode.label, name) for one in each] for mode in found]
        slopes[name] = np.array(rows)
    if np.isnan(slopes["wavelength_nm"]).any():
        raise SolverError(
            "derivatives: a mode is lost beside the nominal design; an avoided crossing, or a "
            "smaller step is needed"
        )
    return LinearModes(
        modes=tuple(_without_fields(mode) for mode in found),
        keys=tuple(side.key for side in sides),
        nominal=np.array([side.nominal for side in sides]),
        slopes=slopes,
        wavelength_nm=design.modes.wavelength_nm,
        span_nm=math.inf if design.modes.span_nm is None else design.modes.span_nm,
        overlap=_overlap(found, design),
        solves=solves,
    )


def _reached(
    found: ModeSet, sides: Sequence[Side], changes: Sequence[CavityChange | None]
) -> float:
    """How far, in nm, a mode in the middle moves if all numbers go to the ends of their reach at
    once.
    """
    from ...modes import wavelength_derivatives

    if not len(found):
        raise SolverError(
            "derivatives: no modes in the range; widen modes.span_nm or move modes.wavelength_nm"
        )
    mode = found.modes[len(found) // 2]
    shift = 0.0
    for side, change in zip(sides, changes, strict=True):
        if change is not None:
            try:
                shift += abs(wavelength_derivatives(mode, change).wavelength_nm) * side.reach
            except InputError as error:
                raise SolverError(f"derivatives: {side.key}: {error}") from error
    if shift > _WIDEST_SHIFT * mode.wavelength_nm:
        raise SolverError(
            f"derivatives: the spreads move the modes by {shift:.0f} nm, too far for a first order"
        )
    return shift


def _quantities(modes: ModeSet, cavity: Cavity) -> dict[str, dict[str, float]]:
    """What changes with a mode beside its wavelength, by label; a mode volume by its logarithm."""
    found = {}
    for mode in modes:
        values = {name: moved_number(mode, name) for name in _PLAIN} | {
            "mode_volume_um3": math.log(mode.mode_volume_um3)
        }
        values |= {
            f"log10_q.{loss}": moved_number(mode, f"log10_q.{loss}")
            for loss in mode.losses.by_mechanism
        }
        for table in ("confinement", "sensitivity_nm_per_riu"):
            values |= {f"{table}.{name}": value for name, value in getattr(mode, table).items()}
        values |= {name: moved_number(mode, name) for name in FURTHER}
        found[mode.label] = {name: value for name, value in values.items() if math.isfinite(value)}
    return found


def _slope(slopes: Mapping[str, Mapping[str, float]] | None, label: str, name: str) -> float:
    """Zero where the number leaves the cavity alone; not-a-number where the mode does not have the
    quantity.
    """
    return 0.0 if slopes is None else slopes.get(label, {}).get(name, math.nan)


def _overlap(found: ModeSet, design: Design) -> ModeOverlap | None:
    from ...lasing.competition.overlap import needed_overlap

    if design.lasing.overlap != "fields" or design.medium is None:
        return None
    return needed_overlap(
        tuple(found), design.medium.doped_region, design.pump.photons, design.pump.spot_radius_um
    )
