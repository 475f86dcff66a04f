"""Integration of the rate equations, every pulse with its own step.

An embedded Runge-Kutta pair of order 5(4) (Dormand and Prince 1980): the step follows the error, so
no gain is too high. What is still alight when the hot emitters have cooled, or is stiff before,
goes on by a linearly implicit method; the upper rungs of the ladder are empty then and are folded
into the lower ones.
"""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...errors import SolverError
from .afterglow import LEFT, SETTLED, Afterglow, afterglow
from .carrier_equations import equations_of
from .pulse_outcomes import PulseRun, StepControl
from .rate_equations import RateEquations, Source
from .rate_model import RateModel
from .steppers import DormandPrince, Rodas, Stepper

Array = NDArray[np.float64]
Flags = NDArray[np.bool_]

# Cooling times after which the upper rungs are folded: 6e-6 of the hot emitters are left.
_FOLDED = 12.0
_FOLDED_TOP = 8
# Steps of the explicit pair; a pulse takes about 100 to 200. More are a sign of stiffness: many
# photons in a cavity of high Q.
_PULSE_STEPS = 200
# Parts of a long pump pulse at least, so that no step jumps over it.
_PARTS = 20
# Error of a step over the relative tolerance of the light: a tolerance of 1e-4 leaves 1e-5 to 1e-4
# of the light of dots, and 4e-4 at most of dyes; with 10 a dye of Q = 2000 is 1e-3 off.
_LENIENT = 3.0
# Photons in a mode, times the error of a step, that count as nothing: with 10 photons times the
# tolerance a dye at 1.5 times gain = loss and Q = 1e8 is 1.1e-3 off, with 3 it is 6e-4.
_PHOTONS = 3.0 / _LENIENT
# The same of populations, for pulses that excite more than a tenth of the emitters; of weaker ones
# less in proportion: a dye at Q = 1e8 lases with 2e-4 excited, and its light was 4e-3 off.
_POPULATION, _WEAK_PULSE = 1e-2 / _LENIENT, 10.0
# Up to as many, every mode and class of emitters counts in full in the error of a step.
_FEW_MODES, _FEW_CLASSES = 8, 5
# Steps from one look at the end of pulses to the next: a look costs half a step.
_LOOK = 4
# Modes, or twice the classes, for which an implicit step costs as much as two or three explicit
# ones; with more it pays later.
_CHEAP = 16


class _Batch:
    """Pulses on their way: state, time and step of each, and what those that are over have left
    behind.
    """

    def __init__(
        self,
        model: RateModel,
        hot: Array,
        state: Array,
        time: Array,
        step: Array,
        filling: Array,
        source: Source | None = None,
    ) -> None:
        self.equations = equations_of(model, hot, source)
        self.filling = filling
        self.pumped_until = 0.0 if source is None else source.profile.end_ps
        self.ends = 0.0 if source is None else source.profile.length_ps
        self.hot = np.broadcast_to(hot, (hot.shape[0], len(model.weight), hot.shape[2]))
        self.state, self.time, self.step = state, time, step
        self.place = np.arange(state.shape[1])
        self.final, self.glow = np.zeros_like(state), np.zeros((model.modes, state.shape[1]))
        self.dark, self.left_error = np.zeros(state.shape[1]), np.full(state.shape[1], np.inf)
        self.end = np.zeros(state.shape[1])
        self.next_step = np.zeros(state.shape[1])
        self.over = np.zeros(state.shape[1], dtype=np.bool_)

    def waiting(self, glow: Afterglow, done: Flags, over: Flags) -> Flags:
        """Book the columns that are done; returns those that go on."""
        place = self.place[done]
        self.glow[:, place], self.dark[place] = glow.emitted[:, done], glow.spontaneous[done]
        self.left_error[place] = glow.error[done]
        self.final[:, place], self.end[place] = self.state[:, done], self.time[done]
        self.next_step[place] = self.step[done]
        self.over[place] = over[done]
        on = ~done
        self.equations.kept(on)
        self.state, self.time, self.step, self.place = (
            self.state[:, on],
            self.time[on],
            self.step[on],
            self.place[on],
        )
        return on


def integrate(
    model: RateModel,
    occupation: Array,
    control: StepControl,
    trace: bool = False,
    source: Source | None = None,
) -> PulseRun:
    """Solve from just after the pump pulse, or from the beginning of a long one, until every gain
    is spent.

    Parameters
    ----------
    model : RateModel
    occupation : (J + 1, C or 1, F) array
        Probabilities of 0 .. J excitations in each class.
    control : StepControl
    trace : bool
        Keep the photons of the last column at every step.
    source : Source or None
        Excitations that arrive later.

    Raises
    ------
    SolverError
        If the steps run out.
    """
    ladder, classes, columns = model.ladder, len(model.weight), occupation.shape[2]
    whole = np.broadcast_to(occupation, (ladder.top + 1, classes, columns))
    hot = np.where((np.arange(ladder.top + 1) >= ladder.hot_from)[:, None, None], occupation, 0.0)
    cold = (whole - hot).reshape(-1, columns)
    state = np.concatenate([cold, np.zeros((2 * model.modes + 2, columns))])
    trail: tuple[list[float], list[Array]] | None = ([], []) if trace else None
    filling = np.einsum("j,c,jcf->f", np.arange(ladder.top + 1.0), model.weight, whole)
    if source is not None:
        filling = model.weight @ np.broadcast_to(source.excitons, (classes, columns))
    batch = _Batch(model, hot, state, np.zeros(columns), np.full(columns, 0.01), filling, source)
    cooled = min(control.horizon_ps, batch.pumped_until or _FOLDED / ladder.cooling_per_ps)
    meeting = min(model.modes, 2 * classes)
    most = _PULSE_STEPS * min(max(meeting // _CHEAP, 1), 4)
    steps = _march(batch, DormandPrince(), control, cooled, most, trail)
    ends = _Ends(batch, ladder.top)
    # first what the accurate pair found stiff, then what is still alight when the emitters have
    # cooled
    for top, until in ((ladder.top, cooled), (min(_FOLDED_TOP, ladder.top), control.horizon_ps)):
        late = np.flatnonzero(~ends.over & (ends.end < until))
        if len(late) == 0:
            continue
        still = source if until == cooled else None
        tail = _continued(model, ends, hot, late, top, filling[late], still)
        steps += _march(
            tail,
            Rodas(),
            control,
            until,
            control.max_steps,
            trail if late[-1] == columns - 1 else None,
        )
        ends.replaced(late, _Ends(tail, ladder.top))
    if np.any(~ends.over & (ends.end < control.horizon_ps)):
        raise SolverError(
            f"rate equations: {control.max_steps} steps were not enough; raise relative_tolerance"
        )
    return _outcome(model, filling, ends, steps, trail, source is not None)


def _floor(equations: RateEquations, filling: Array) -> Array:
    """(rows, F) absolute floor of the error, in units of the relative tolerance."""
    least = _POPULATION * np.minimum(1.0, _WEAK_PULSE * filling)
    floor = np.repeat(np.maximum(least, 1e-300)[None, :], equations.rows, axis=0)
    floor[equations.photons] = floor[equations.emitted] = _PHOTONS / equations.model.emitters
    return floor


def _share(equations: RateEquations) -> Array:
    """(rows,) weights of the squares of the errors: many modes or classes that do alike count like
    a few.
    """
    share = np.ones(equations.rows)
    share[: equations.populations] = min(1.0, _FEW_CLASSES / equations.classes)
    share[equations.photons] = share[equations.emitted] = min(1.0, _FEW_MODES / equations.modes)
    return share


def _march(
    batch: _Batch,
    stepper: Stepper,
    control: StepControl,
    until: float,
    most: int,
    trail: tuple[list[float], list[Array]] | None,
) -> int:
    """Advance every column until its pulse is over or the time is up; at `most` steps the rest is
    left where it stands.
    """
    equations, share = batch.equations, _share(batch.equations)
    floor = _floor(equations, batch.filling)
    last = len(batch.place) - 1
    slope = np.empty_like(batch.state)
    equations.rate(batch.time, batch.state, slope)
    if trail is not None:
        _noted(trail, batch)
    for count in itertools.count(1):
        step = batch.step
        trial = stepper.taken(equations, batch.time, batch.state, slope, step)
        error = trial.error
        error /= floor + np.abs(trial.state)
        np.multiply(error, error, out=error)
        size = np.sqrt(share @ error) / (_LENIENT * control.relative_tolerance)
        good = size <= 1.0
        if good.all():
            batch.time, batch.state = batch.time + step, trial.state
            slope[...] = trial.slope
        else:
            batch.time = np.where(good, batch.time + step, batch.time)
            batch.state = np.where(good, trial.state, batch.state)
            slope = np.where(good, trial.slope, slope)
        factor = 0.9 * np.maximum(size, 1e-8) ** (-1.0 / stepper.order)
        batch.step = step * np.clip(factor, 0.2, 5.0)
        pumped = batch.time < batch.pumped_until
        if pumped.any():
            # neither over the pulse nor over its end
            left = batch.ends - batch.time
            most_of = np.where(left > 0, np.minimum(batch.ends / _PARTS, left), np.inf)
            batch.step = np.where(pumped, np.minimum(batch.step, most_of), batch.step)
        if trail is not None and good[-1] and batch.place[-1] == last:
            _noted(trail, batch)
        late = good & (batch.time >= until) | (count == most)
        dark = ~pumped & (batch.time > SETTLED / equations.cooling)
        looking = count % _LOOK == 0 and dark.any()
        settled = looking and np.any(good & (trial.net.max(axis=0) < 0) & dark)
        if not (settled or late.any()):
            continue
        glow = afterglow(equations, batch.hot[..., batch.place], batch.time, batch.state, trial.net)
        over = good & (glow.error < LEFT) & ~pumped
        done = over | late
        if done.any():
            on = batch.waiting(glow, done, over)
            if not on.any():
                return count
            slope, floor = np.ascontiguousarray(slope[:, on]), floor[:, on]
    return most


def _noted(trail: tuple[list[float], list[Array]], batch: _Batch) -> None:
    trail[0].append(float(batch.time[-1]))
    trail[1].append(batch.state[batch.equations.photons, -1].copy())


def _continued(
    model: RateModel,
    ends: _Ends,
    hot: Array,
    late: NDArray[np.int64],
    top: int,
    filling: Array,
    source: Source | None,
) -> _Batch:
    """The columns that are not over, on a ladder up to `top`: what stood above counts there, the
    excess as decayed.
    """
    ladder = model.ladder
    short = replace(
        ladder,
        decay_per_ps=ladder.decay_per_ps[: top + 1],
        radiative_per_ps=ladder.radiative_per_ps[: top + 1],
        emission=ladder.emission[: top + 1],
        absorption=ladder.absorption[: top + 1],
    )
    end = ends.end[late]
    rungs, still = ends.cold[..., late], np.broadcast_to(hot, ends.cold.shape)[..., late]
    waiting = still * np.exp(-ladder.cooling_per_ps * end)
    above = np.arange(ladder.top - top + 1, dtype=float)
    excess = np.einsum("j,c,jcf->f", above, model.weight, (rungs + waiting)[top:])
    rest = np.stack([ends.spontaneous[late], ends.decayed[late] + excess])
    state = np.concatenate(
        [
            _cut(rungs, top).reshape(-1, len(late)),
            ends.photons[:, late],
            ends.emitted[:, late],
            rest,
        ]
    )
    part = replace(model, ladder=short)
    if model.emission.ndim == 3:
        part = replace(
            part, emission=model.emission[..., late], absorption=model.absorption[..., late]
        )
    left = None if source is None else source.kept(late)
    return _Batch(part, _cut(still, top), state, end, ends.next_step[late], filling, left)


def _cut(rungs: Array, top: int) -> Array:
    return np.concatenate([rungs[:top], rungs[top:].sum(axis=0, keepdims=True)])


class _Ends:
    """What every pulse left: populations on the full ladder (cold, and all), photons, sums, and the
    last rates.
    """

    def __init__(self, batch: _Batch, top: int) -> None:
        equations = batch.equations
        rungs = batch.final[: equations.populations].reshape(equations.rungs, equations.classes, -1)
        self.cold = np.zeros((top + 1, *rungs.shape[1:]))
        self.cold[: equations.rungs] = rungs
        self.rungs = self.cold.copy()
        self.rungs[: equations.rungs] += batch.hot * np.exp(-equations.cooling * batch.end)
        self.photons, self.emitted = (
            batch.final[equations.photons].copy(),
            batch.final[equations.emitted].copy(),
        )
        self.spontaneous, self.decayed = batch.final[-2].copy(), batch.final[-1].copy()
        self.glow, self.dark, self.left_error = batch.glow, batch.dark, batch.left_error
        self.end, self.over, self.next_step = (
            batch.end,
            batch.over,
            batch.next_step,
        )

    def replaced(self, late: NDArray[np.int64], other: _Ends) -> None:
        """Put the later ends in the places of the columns that went on."""
        for name, value in vars(other).items():
            vars(self)[name][..., late] = value


def _outcome(
    model: RateModel,
    filling: Array,
    ends: _Ends,
    steps: int,
    trail: tuple[list[float], list[Array]] | None,
    sourced: bool,
) -> PulseRun:
    ladder = model.ladder
    rung = np.arange(ladder.top + 1, dtype=float)
    mean = np.einsum("c,jcf->jf", model.weight, ends.rungs)
    after = rung @ mean + (ends.photons + ends.emitted).sum(axis=0) + ends.decayed
    if sourced:
        # what was pumped is booked as decayed with the opposite sign
        after = after + filling
    return PulseRun(
        emitted=ends.emitted + ends.glow,
        spontaneous=ends.spontaneous + ends.dark,
        balance_error=after / np.where(filling > 0, filling, 1.0) - 1.0,
        left_error=ends.left_error,
        end_ps=ends.end,
        steps=steps,
        trace_ps=np.array([] if trail is None else trail[0]),
        trace_photons=np.array([] if trail is None else trail[1]),
    )
