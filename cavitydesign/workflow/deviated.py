"""Doublets of a design that is not quite round, their thresholds and what its spreads leave."""

from __future__ import annotations

import math
from dataclasses import replace

from ..design import Design
from ..design.spec import parse_design
from ..design.varied import is_deviation
from ..dotted import number_at
from ..errors import CavityDesignError, InputError
from ..modes import ModeSet
from ..modes.deviation.deviate import deviated_mode, with_deviated
from ..modes.deviation.deviated_mode import DeviatedMode
from ..modes.deviation.deviation_spec import Deviation
from ..modes.mode import Mode
from ..progress import Progress
from ..units import NORMAL_NODE

# Weight of either `NORMAL_NODE`: a shift that grows with the square of a deviation about zero has
# its spread by this rule, and none by a slope.
_SIDE_WEIGHT = 1.0 / 6.0
_ROUNDING = 1e-8  # of a value: what differs by less did not move


def with_doublets(found: ModeSet, design: Design, progress: Progress | None = None) -> ModeSet:
    """The modes with what the design's deviation from roundness does to each.

    Parameters
    ----------
    found : ModeSet
        Of the round cavity.
    design : Design
        With a deviation.
    progress : callable, optional
        Called with a message and the share of the modes done.
    """
    assert design.deviation is not None

    def of_deviation(label: str, share: float) -> None:
        if progress is not None:
            progress(f"not quite round: {label}", 0.5 * share if varied else share)

    def of_spreads(label: str, share: float) -> None:
        if progress is not None:
            progress(f"spread of what is not round: {label}", 0.5 + 0.5 * share)

    varied = any(is_deviation(key) for key in design.spreads)
    done = with_deviated(found, design.deviation, of_deviation)
    gains: dict[str, float] = {}
    if design.medium is not None and design.lasing.quality == "budget":
        from .steps import static_thresholds

        outcomes = static_thresholds(done, design)
        gains = {label: one["threshold_gain_per_cm"] for label, one in outcomes.items()}
    words: list[str] = []
    modes = []
    for index, mode in enumerate(done):
        doublet = mode.deviated
        if varied:
            of_spreads(mode.label, index / len(done))
        if doublet is not None:
            doublet = _with_threshold(doublet, mode, gains.get(mode.label))
            doublet = _with_spread(doublet, mode, design, words)
        modes.append(replace(mode, deviated=doublet))
    told = tuple(dict.fromkeys(words))[:1]
    return replace(done, modes=tuple(modes), warnings=(*done.warnings, *told))


def _with_threshold(doublet: DeviatedMode, mode: Mode, gain: float | None) -> DeviatedMode:
    """Threshold gains of the two standing waves: to first order they go with the loss."""
    total = mode.losses.total
    if gain is None or total is None:
        return doublet
    known = sorted((q for q in doublet.log10_q if q is not None), reverse=True)
    if not known:
        return doublet
    gains = [gain * 10.0 ** (total - q) for q in known]
    return replace(doublet, threshold_gains_per_cm=(gains[0], gains[-1]))


def _with_spread(
    doublet: DeviatedMode, mode: Mode, design: Design, words: list[str]
) -> DeviatedMode:
    """Standard deviations of shift and splitting by the spreads of the deviation's own numbers."""
    shift = splitting = 0.0
    keys = [key for key in design.spreads if is_deviation(key)]
    for key in keys:
        try:
            sides = [
                deviated_mode(mode, _beside(design, key, sign * NORMAL_NODE * design.spreads[key]))
                for sign in (-1.0, 1.0)
            ]
        except CavityDesignError as error:
            words.append(f"spread of {key}: not carried: {error}")
            continue
        shift += _variance(doublet.shift_pm, *(one.shift_pm for one in sides))
        splitting += _variance(doublet.splitting_pm, *(one.splitting_pm for one in sides))
    if not keys:
        return doublet
    return replace(
        doublet,
        shift_sd_pm=_moved(math.sqrt(shift), doublet.shift_pm),
        splitting_sd_pm=_moved(math.sqrt(splitting), doublet.splitting_pm),
    )


def _moved(sd: float, value: float) -> float:
    """A standard deviation; zero where it is the rounding of the value alone."""
    return sd if sd > _ROUNDING * abs(value) else 0.0


def _variance(middle: float, low: float, high: float) -> float:
    mean = _SIDE_WEIGHT * (low + high) + (1.0 - 2.0 * _SIDE_WEIGHT) * middle
    squares = _SIDE_WEIGHT * ((low - mean) ** 2 + (high - mean) ** 2)
    return squares + (1.0 - 2.0 * _SIDE_WEIGHT) * (middle - mean) ** 2


def _beside(design: Design, key: str, step: float) -> Deviation:
    """The deviation with one number changed; sizes below 0 are those of the other sign."""
    value = number_at(design.raw, key) + step
    for one in (value, abs(value)):
        try:
            changed = parse_design(design.raw, overrides={key: one}, path=design.path)
        except InputError:
            continue
        assert changed.deviation is not None
        return changed.deviation
    raise InputError(f"{key} = {value:g} is not allowed")
