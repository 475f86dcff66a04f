"""The rate equations of populations and photons after a short pulse, solved for many fluences at once.

For each class: hot emitters join the ladder at the cooling rate, rung j decays to j - 1, stimulated emission takes j
to j - 1 and
absorption j to j + 1. For each mode (photons s for one emitter)

    ds/dt = (gain - absorption - loss) s + gain / emitters,

the last term being Einstein's spontaneous emission into the mode. An embedded Runge-Kutta pair of order 5(4) (Dormand
and Prince
1980) with its own step for every fluence; the step follows the error, so no gain is too high, and the invariant
excitations + photons
is checked in every run.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ..errors import SolverError
from .rate_model import RateModel

Array = NDArray[np.float64]

_STAGES: tuple[Array, ...] = tuple(
    np.array(row)
    for row in (
        (1 / 5,),
        (3 / 40, 9 / 40),
        (44 / 45, -56 / 15, 32 / 9),
        (19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729),
        (9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656),
        (35 / 384, 0.0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84),
    )
)
_NODES = (1 / 5, 3 / 10, 4 / 5, 8 / 9, 1.0, 1.0)
_ERROR = np.array((71 / 57600, 0.0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40))


@dataclass(frozen=True)
class PulseRun:
    """Outcome for each of F pump pulses; numbers are per emitter.

    Attributes
    ----------
    emitted : (M, F) array
        Photons that left each mode.
    spontaneous : (F,) array
        Photons of photoluminescence.
    balance_error : (F,) array
        Excitations + photons + decays at the end, relative to the start, minus 1.
    end_ps : (F,) array
        When the pulse was over.
    steps : int
        Steps of the slowest column.
    trace_ps, trace_photons : (T,), (T, M) arrays
        Photons in the modes against time, of the last column, where a trace was asked for.
    """

    emitted: Array
    spontaneous: Array
    balance_error: Array
    end_ps: Array
    steps: int
    trace_ps: Array
    trace_photons: Array


@dataclass(frozen=True)
class StepControl:
    """How the integration proceeds.

    Parameters
    ----------
    relative_tolerance : float
        Of a step, for populations and photons.
    horizon_ps : float
        Latest end.
    max_steps : int
    """

    relative_tolerance: float = 1e-4
    horizon_ps: float = 200.0
    max_steps: int = 20000


class _Equations:
    """Right-hand side on a state (rows, F): populations (J+1) C, photons M, emitted M, spontaneous 1, decayed 1."""

    def __init__(self, model: RateModel, hot: Array) -> None:
        ladder = model.ladder
        self.model = model
        self.rungs, self.classes, self.modes = ladder.top + 1, len(model.weight), model.modes
        self.populations = self.rungs * self.classes
        self.rows = self.populations + 2 * self.modes + 2
        self.cooling = ladder.cooling_per_ps
        self.feed = hot * ladder.cooling_per_ps
        self.decay = ladder.decay_per_ps[1:, None, None]
        self.emission = ladder.emission[1:, None, None]
        self.absorbing = int(np.flatnonzero(ladder.absorption)[-1]) + 1
        self.absorption = ladder.absorption[: self.absorbing, None, None]
        self.sums = np.stack([ladder.emission, ladder.absorption, ladder.radiative_per_ps, ladder.decay_per_ps])
        self.loss = model.loss[:, None]
        self.batched = model.emission.ndim == 3
        weight = model.weight[:, None, None] if self.batched else model.weight[:, None]
        self.up, self.down = model.absorption, model.emission
        self.gain = np.swapaxes(model.emission * weight, 0, 1)
        self.lost = np.swapaxes(model.absorption * weight, 0, 1)
        self.seed = self.down.sum(axis=1) / model.emitters
        if not self.batched:
            self.seed = self.seed[:, None]

    def kept(self, columns: NDArray[np.bool_]) -> None:
        """Drop the columns that are done."""
        self.feed = self.feed[..., columns]
        if self.batched:
            self.up, self.down = self.up[..., columns], self.down[..., columns]
            self.gain, self.lost = self.gain[..., columns], self.lost[..., columns]
            self.seed = self.seed[..., columns]

    def _times(self, coefficients: Array, vector: Array) -> Array:
        if self.batched:
            return np.asarray(np.einsum("abf,bf->af", coefficients, vector))
        return coefficients @ vector

    def rate(self, time: Array, state: Array, out: Array) -> Array:
        """Write d state / dt into `out`; returns the net gain rate of each mode."""
        first, last = self.populations, self.populations + self.modes
        columns = state.shape[1]
        ladder = state[:first].reshape(self.rungs, self.classes, columns)
        photons = state[first:last]
        flux = self.emission * (self._times(self.down, photons) + self.seed)
        flux += self.decay
        flux *= ladder[1:]
        flux[: self.absorbing] -= self.absorption * self._times(self.up, photons) * ladder[: self.absorbing]
        change = out[:first].reshape(self.rungs, self.classes, columns)
        change[:-1] = flux
        change[-1] = 0.0
        change[1:] -= flux
        change += self.feed * np.exp(-self.cooling * time)
        sums = (self.sums @ state[:first].reshape(self.rungs, -1)).reshape(4, self.classes, columns)
        gain = self._times(self.gain, sums[0])
        net = gain - self._times(self.lost, sums[1])
        net -= self.loss
        np.multiply(net, photons, out=out[first:last])
        out[first:last] += gain / self.model.emitters
        np.multiply(self.loss, photons, out=out[last : last + self.modes])
        out[-2:] = self.model.weight @ sums[2:]
        return net


def integrate(model: RateModel, occupation: Array, control: StepControl, trace: bool = False) -> PulseRun:
    """Solve from just after the pump pulse until every gain is spent.

    Parameters
    ----------
    model : RateModel
    occupation : (J + 1, C or 1, F) array
        Probabilities of 0 .. J excitations in each class.
    control : StepControl
    trace : bool
        Keep the photons of the last column at every step.

    Raises
    ------
    SolverError
        If the steps run out.
    """
    ladder = model.ladder
    hot_rungs = (np.arange(ladder.top + 1) >= ladder.hot_from)[:, None, None]
    hot = np.where(hot_rungs, occupation, 0.0)
    equations = _Equations(model, hot)
    columns = occupation.shape[2]
    state = np.zeros((equations.rows, columns))
    start = np.broadcast_to(occupation - hot, (ladder.top + 1, equations.classes, columns))
    state[: equations.populations] = start.reshape(equations.populations, columns)
    final, end, steps, trail = _march(equations, state, _scales(equations, occupation), control, trace)
    return _outcome(model, equations, occupation, final, end, steps, trail)


def _scales(equations: _Equations, occupation: Array) -> Array:
    """Absolute floor of the error, in units of the relative tolerance."""
    floor = np.full(equations.rows, 1e-2)
    photons = slice(equations.populations, equations.populations + 2 * equations.modes)
    floor[photons] = 10.0 / equations.model.emitters
    return floor[:, None]


def _march(
    equations: _Equations, state: Array, floor: Array, control: StepControl, trace: bool
) -> tuple[Array, Array, int, tuple[list[float], list[Array]]]:
    columns = state.shape[1]
    final, end = np.zeros_like(state), np.zeros(columns)
    place = np.arange(columns)
    time, step = np.zeros(columns), np.full(columns, 0.01)
    slopes = np.empty((7, *state.shape))
    equations.rate(time, state, slopes[0])
    first, last = equations.populations, equations.populations + equations.modes
    trail: tuple[list[float], list[Array]] = ([0.0], [state[first:last, -1].copy()])
    settled = 8.0 / equations.cooling
    for count in range(1, control.max_steps + 1):
        for stage in range(6):
            weights, node = _STAGES[stage], _NODES[stage]
            trial = (weights @ slopes[: stage + 1].reshape(stage + 1, -1)).reshape(state.shape)
            trial *= step
            trial += state
            net = equations.rate(time + node * step, trial, slopes[stage + 1])
        error = (_ERROR @ slopes.reshape(7, -1)).reshape(state.shape)
        error *= step
        error /= floor + np.abs(trial)
        np.multiply(error, error, out=error)
        size = np.sqrt(error.sum(axis=0)) / control.relative_tolerance
        good = size <= 1.0
        if good.all():
            time = time + step
            state = trial
            slopes[0] = slopes[6]
        else:
            time = np.where(good, time + step, time)
            state = np.where(good, trial, state)
            slopes[0] = np.where(good, slopes[6], slopes[0])
        step = step * np.clip(0.9 * np.maximum(size, 1e-8) ** -0.2, 0.2, 5.0)
        if trace and good[-1] and place[-1] == columns - 1:
            trail[0].append(float(time[-1]))
            trail[1].append(state[first:last, -1].copy())
        photons = state[first:last].sum(axis=0)
        spent = (
            (time > settled)
            & (net.max(axis=0) < 0)
            & (photons < 1e-5 * state[last : last + equations.modes].sum(axis=0) + 1e-7)
        )
        done = good & (spent | (time >= control.horizon_ps))
        if done.any():
            final[:, place[done]], end[place[done]] = state[:, done], time[done]
            left = ~done
            if not left.any():
                return final, end, count, trail
            equations.kept(left)
            state, time, step, place = state[:, left], time[left], step[left], place[left]
            slopes = np.ascontiguousarray(slopes[..., left])
    raise SolverError(
        f"rate equations: {control.max_steps} steps were not enough; the pump may be very close to a slow threshold"
    )


def _outcome(
    model: RateModel,
    equations: _Equations,
    occupation: Array,
    final: Array,
    end: Array,
    steps: int,
    trail: tuple[list[float], list[Array]],
) -> PulseRun:
    ladder, classes, modes = model.ladder, equations.classes, equations.modes
    first, last = equations.populations, equations.populations + equations.modes
    rung = np.arange(ladder.top + 1, dtype=float)
    hot = equations_hot(ladder.hot_from, occupation) * np.exp(-ladder.cooling_per_ps * end)
    left = final[:first].reshape(ladder.top + 1, classes, -1) + hot
    mean = np.einsum("c,jcf->jf", model.weight, left)
    started = np.broadcast_to(occupation, (ladder.top + 1, classes, occupation.shape[2]))
    before = np.einsum("j,c,jcf->f", rung, model.weight, started)
    after = rung @ mean + final[first : last + modes].sum(axis=0) + final[-1]
    # what is left glows without gain: rung j passes on all that stands at or above it
    above = np.cumsum(mean[::-1], axis=0)[::-1][1:]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(ladder.decay_per_ps[1:] > 0, ladder.radiative_per_ps[1:] / ladder.decay_per_ps[1:], 0.0)
    spontaneous = final[-2] + share @ above
    return PulseRun(
        emitted=final[last : last + modes],
        spontaneous=spontaneous,
        balance_error=after / np.where(before > 0, before, 1.0) - 1.0,
        end_ps=end,
        steps=steps,
        trace_ps=np.array(trail[0]),
        trace_photons=np.array(trail[1]),
    )


def equations_hot(hot_from: int, occupation: Array) -> Array:
    """The part of the occupation that starts hot."""
    rungs = np.arange(occupation.shape[0])[:, None, None]
    return np.where(rungs >= hot_from, occupation, 0.0)
