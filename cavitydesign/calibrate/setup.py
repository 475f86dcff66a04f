"""A measured cavity made ready: which free numbers its rate equations know, and where its pulses
lie.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..arrays import Array
from ..design import Design, parse_design
from ..errors import InputError
from ..lasing.outcomes.output_threshold import least_slope
from .calibration_spec import Calibration, MeasuredCavity
from .layout import Layout, fluence_name
from .pulses import (
    PulseGrid,
    PumpAndDetector,
    grid_over,
    log_line_width_nm,
    modes_of,
    pump_and_detector,
    rate_digest,
)
from .spectra.spectrum_lines import PreparedSpectrum, prepare_spectrum

# Standard normal numbers at which pump and detector are tabulated: a calibration is a power of its
# number, and straight between these to 1e-3 of a prior's width.
_TABLE = np.linspace(-4.0, 4.0, 33)
# The same for cold line widths, within what priors make likely.
_WIDTH_TABLE = np.linspace(-2.5, 2.5, 11)
_SAME_WIDTH = 1e-12  # Rounding of a logarithm: the key does not move the line.
# Standard deviations of a free number that the solved pulses cover; beyond, light goes on straight
# in logarithms.
_USUAL_REACH = 2.5
# Natural logarithm of the excitations that are solved below the lowest fluence: slices of the spot
# fainter than exp(-2) of the peak's add 6 % of a light that falls as N, less where it falls faster,
# and are taken from the straight continuation.
_BELOW = 2.0
# A little above the highest fluence, in units of the logarithm of excitations: cubics need
# neighbours.
_ABOVE = 0.5
# Natural logarithm of 20 excitations: the pulses always reach them, so that the greatest efficiency
# of a laser is seen whatever was measured.
_FULL = 3.0


@dataclass(frozen=True, eq=False)
class PumpTable:
    """How one free number changes pump and detector, at the standard normal numbers `_TABLE`.

    Attributes
    ----------
    log_per_unit : (t,) array
        Change of the logarithm of the excitations at 1 mJ/cm2.
    collection, jitter : (t,) arrays or None
        Their values, None where the number does not change them.
    """

    log_per_unit: Array
    collection: Array | None
    jitter: Array | None


@dataclass(frozen=True, eq=False)
class LineWidth:
    """How the free numbers change a cold line width.

    Attributes
    ----------
    nominal : float
        Natural logarithm, in nm, with all free numbers at the middle of their priors.
    changes : mapping of str to (t,) array
        Change of the logarithm by each number, at the standard normal numbers `_WIDTH_TABLE`.
    """

    nominal: float
    changes: Mapping[str, Array]


@dataclass(frozen=True, eq=False)
class Prepared:
    """One cavity, ready to be compared with its data.

    Attributes
    ----------
    cavity : MeasuredCavity
    keys : mapping of str to int
        Index in the vector of unknowns of each design key that it takes.
    rate_keys : tuple of str
        Keys that the rate equations know.
    nominal : PumpAndDetector
        With all free numbers at the middle of their priors.
    tables : mapping of str to PumpTable
    grid : PulseGrid
    least_slope : float
        d ln L / d ln N that a laser's threshold exceeds.
    ladder_top : int
        Most excitations that an emitter can hold.
    line_width : LineWidth or None
        Where that of the cavity was measured.
    modes : tuple of (str, float)
        Label and wavelength (nm) of each mode whose share of the light is asked for.
    spectra : tuple of PreparedSpectrum
    """

    cavity: MeasuredCavity
    keys: Mapping[str, int]
    rate_keys: tuple[str, ...]
    nominal: PumpAndDetector
    tables: Mapping[str, PumpTable]
    grid: PulseGrid
    least_slope: float
    ladder_top: int
    line_width: LineWidth | None = None
    modes: tuple[tuple[str, float], ...] = ()
    spectra: tuple[PreparedSpectrum, ...] = ()

    @property
    def rate_indices(self) -> list[int]:
        """Indices in the vector of the numbers that the rate equations know."""
        return [self.keys[key] for key in self.rate_keys]

    def log_per_unit(self, z: Array) -> Array:
        """Logarithm of the excitations at 1 mJ/cm2, of (k, d) vectors."""
        total = np.full(len(z), self.nominal.log_per_unit)
        for key, table in self.tables.items():
            total += np.interp(z[:, self.keys[key]], _TABLE, table.log_per_unit)
        return total

    def line_width_nm(self, z: Array) -> Array:
        """Cold line width of (k, d) vectors."""
        assert self.line_width is not None
        total = np.full(len(z), self.line_width.nominal)
        for key, change in self.line_width.changes.items():
            total += np.interp(z[:, self.keys[key]], _WIDTH_TABLE, change)
        return np.asarray(np.exp(total))

    def collection(self, z: Array) -> Array:
        """Share of the laser's light that is collected, of (k, d) vectors."""
        return self._detector(z, "collection", self.nominal.collection)

    def jitter(self, z: Array) -> Array:
        """Relative standard deviation of the pulse energy, of (k, d) vectors."""
        return self._detector(z, "jitter", self.nominal.jitter)

    def _detector(self, z: Array, name: str, nominal: float) -> Array:
        for key, table in self.tables.items():
            values = getattr(table, name)
            if values is not None:
                return np.asarray(np.interp(z[:, self.keys[key]], _TABLE, values))
        return np.full(len(z), nominal)


def prepare(asked: Calibration, layout: Layout, cavity: MeasuredCavity) -> Prepared:
    """Find out what each free number changes in one cavity.

    Raises
    ------
    InputError
        If the design has no medium, or a value of a free number is not allowed.
    """
    keys = layout.keys_of(cavity)
    middle = {key: _at(layout, index, 0.0) for key, index in keys.items()}
    design = _with(asked, cavity, middle)
    if design.medium is None:
        raise InputError(f"{cavity.name}: its design has no [gain]; a calibration needs a medium")
    nominal, digest = pump_and_detector(design), rate_digest(design)
    rate_keys, tables = [], {}
    for key, index in keys.items():
        moved = [_with(asked, cavity, {**middle, key: _at(layout, index, z)}) for z in (-1.0, 1.0)]
        if any(rate_digest(each) != digest for each in moved):
            rate_keys.append(key)
        ends = [pump_and_detector(each) for each in moved]
        if any(end != nominal for end in ends):
            tables[key] = _table(asked, cavity, layout, key, middle, nominal)
    modes = modes_of(design) if cavity.spectra else ()
    return Prepared(
        cavity,
        keys,
        tuple(rate_keys),
        nominal,
        tables,
        _grid(asked, layout, cavity, keys, nominal, tables),
        least_slope(design.needed_medium().ladder(6)),
        design.needed_medium().ladder_top(math.inf),
        None
        if cavity.cold_line_width_nm is None
        else _line_width(asked, cavity, layout, rate_keys, middle),
        modes,
        tuple(prepare_spectrum(each, modes) for each in cavity.spectra),
    )


def _line_width(
    asked: Calibration,
    cavity: MeasuredCavity,
    layout: Layout,
    rate_keys: Sequence[str],
    middle: Mapping[str, float],
) -> LineWidth:
    """Numbers that the rate equations do not know leave it."""
    keys = layout.keys_of(cavity)

    def width(key: str, z: float) -> float:
        values = {**middle, key: _at(layout, keys[key], z)}
        return log_line_width_nm(_with(asked, cavity, values))

    nominal = log_line_width_nm(_with(asked, cavity, middle))
    changes = {}
    for key in rate_keys:
        if abs(width(key, 1.0) - nominal) > _SAME_WIDTH:
            changes[key] = np.array([width(key, float(z)) - nominal for z in _WIDTH_TABLE])
    return LineWidth(nominal, changes)


def _table(
    asked: Calibration,
    cavity: MeasuredCavity,
    layout: Layout,
    key: str,
    middle: Mapping[str, float],
    nominal: PumpAndDetector,
) -> PumpTable:
    index = layout.keys_of(cavity)[key]
    seen = [
        pump_and_detector(_with(asked, cavity, {**middle, key: _at(layout, index, float(z))}))
        for z in _TABLE
    ]
    collection = np.array([each.collection for each in seen])
    jitter = np.array([each.jitter for each in seen])
    return PumpTable(
        np.array([each.log_per_unit for each in seen]) - nominal.log_per_unit,
        collection if np.ptp(collection) > 0 else None,
        jitter if np.ptp(jitter) > 0 else None,
    )


def _grid(
    asked: Calibration,
    layout: Layout,
    cavity: MeasuredCavity,
    keys: Mapping[str, int],
    nominal: PumpAndDetector,
    tables: Mapping[str, PumpTable],
) -> PulseGrid:
    """Excitations that the data can mean under the priors."""
    sd = asked.fluence_scale_sd.get(cavity.session, 0.0)
    spread = (_USUAL_REACH * nominal.photons * np.log1p(sd)) ** 2
    for table in tables.values():
        low, high = np.interp([-_USUAL_REACH, _USUAL_REACH], _TABLE, table.log_per_unit)
        spread += (0.5 * (high - low)) ** 2
        if table.jitter is not None:
            jitter = float(np.interp(1.0, _TABLE, table.jitter))
            spread += (nominal.photons * _USUAL_REACH * jitter) ** 2
    low, high = (
        nominal.log_per_unit + nominal.photons * np.log(value) for value in cavity.fluences
    )
    reach = float(np.sqrt(spread))
    top = max(high + reach + _ABOVE, _FULL)
    return grid_over(low - reach - _BELOW, top, bool(cavity.spectra))


def _at(layout: Layout, index: int, z: float) -> float:
    return float(layout.unknowns[index].prior.value(np.array(z)))


def _with(asked: Calibration, cavity: MeasuredCavity, values: Mapping[str, float]) -> Design:
    """The design of a cavity with other values of the free numbers."""
    try:
        return parse_design(
            dict(cavity.design), overrides=dict(values), path=asked.folder / "design.toml"
        )
    except InputError as error:
        told = ", ".join(f"{key} = {value:.6g}" for key, value in values.items())
        raise InputError(
            [f"{cavity.name}: with {told}: {line}" for line in error.problems]
        ) from None


def session_index(layout: Layout, cavity: MeasuredCavity) -> int | None:
    """Index of the fluence scale of a cavity's session, None where it is known."""
    return layout.index_of(fluence_name(cavity.session))
