"""Pulses on their way, each with its own time and step, until they are over."""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from .afterglow import LEFT, SETTLED, afterglow
from .batch import Batch, ErrorNorm
from .compiled.compiled_steps import CompiledSteps
from .pulse_outcomes import StepControl
from .steppers import Stepper

Trail = tuple[list[float], list[Array]]

# Steps from one look at the end of pulses to the next: a look costs half a step in NumPy, and five
# compiled ones (predictions of 6 to 324 modes take 8 to 23 % less time with 12 than with 4, and
# within 2 % of that with 16). Both look alike, so that they end alike.
_LOOK = 12
# The next step over that by which the error would just be allowed, and the limits of its change.
_SAFETY, _LEAST, _MOST = 0.9, 0.2, 5.0
# Error over the allowed one below which it is taken as that.
_TINY = 1e-8


def march(
    batch: Batch,
    stepper: Stepper,
    control: StepControl,
    until: float,
    most: int,
    trail: Trail | None,
) -> int:
    """Advance every column until its pulse is over or the time is up; at `most` steps the rest is
    left where it stands. Returns the steps of the slowest.
    """
    equations = batch.equations
    norm = ErrorNorm.of(equations, control)
    compiled = CompiledSteps.of(equations, stepper)
    last, count = len(batch.column) - 1, 0
    if trail is not None:
        _noted(trail, batch)
    while count < most:
        tried = min(_LOOK, most - count)
        # The pulse that is traced is the last one asked; it may be over before the others.
        traced = None if batch.column[-1] != last else trail
        floor = batch.floor
        if compiled is None:
            for _ in range(tried):
                before = batch.time[-1]
                _stepped(batch, stepper, norm, floor, until)
                if traced is not None and batch.time[-1] > before:
                    _noted(traced, batch)
        else:
            before = batch.time[-1]
            steps = compiled.advance(batch, norm, floor, until, tried, traced is not None)
            if traced is not None and steps is not None:
                moved = np.diff(steps[:, 0], prepend=before) > 0
                traced[0].extend(steps[moved, 0].tolist())
                traced[1].extend(steps[moved, 1:])
        count += tried
        late = (batch.time >= until) | (count >= most)
        # The closed form is worth a look only where it could hold: no more pumping, no hot
        # emitters, and every gain below its loss.
        dark = ~batch.pumped & (batch.time > SETTLED / equations.cooling)
        if not (late.any() or np.any((batch.net.max(axis=0) < 0) & dark)):
            continue
        hot = batch.hot[..., batch.column]
        glow = afterglow(equations, hot, batch.time, batch.state, batch.net)
        over = (glow.error < LEFT) & ~batch.pumped
        done = over | late
        if done.any():
            batch.waiting(glow, done, over)
            if len(batch.column) == 0:
                break
    return count


def _stepped(batch: Batch, stepper: Stepper, norm: ErrorNorm, floor: Array, until: float) -> None:
    """One trial step of every column that has not come to `until`."""
    step, going = batch.step, batch.time < until
    trial = stepper.taken(batch.equations, batch.time, batch.state, batch.slope, step)
    size = norm.size(batch.equations, trial.error, trial.state, floor)
    good = going & (size <= 1.0)
    if good.all():
        # The usual case without masks, which would copy the whole state.
        batch.time, batch.state = batch.time + step, trial.state
        batch.slope[...] = trial.slope
        batch.net = trial.net
    else:
        batch.time = np.where(good, batch.time + step, batch.time)
        batch.state = np.where(good, trial.state, batch.state)
        batch.slope = np.where(good, trial.slope, batch.slope)
        batch.net = np.where(good, trial.net, batch.net)
    factor = _SAFETY * np.maximum(size, _TINY) ** (-1.0 / stepper.order)
    batch.step = np.where(going, step * np.clip(factor, _LEAST, _MOST), step)
    pumped = batch.pumped
    if pumped.any():
        # neither over the pulse nor over its end
        left = batch.ends - batch.time
        most_of = np.where(left > 0, np.minimum(batch.longest, left), np.inf)
        batch.step = np.where(pumped, np.minimum(batch.step, most_of), batch.step)


def _noted(trail: Trail, batch: Batch) -> None:
    trail[0].append(float(batch.time[-1]))
    trail[1].append(batch.state[batch.equations.photons, -1].copy())
