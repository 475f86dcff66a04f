"""Integration of the rate equations, every pulse with its own step.

An embedded Runge-Kutta pair of order 5(4) (Dormand and Prince 1980): the step follows the error, so
no gain is too high. What is still alight when the hot emitters have cooled, or is stiff before,
goes on by a linearly implicit method; the upper rungs of the ladder are empty then and are folded
into the lower ones.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ...arrays import Array
from ...errors import SolverError
from .batch import Batch
from .marching import march
from .pulse_outcomes import PulseRun, StepControl
from .rate_equations import Source
from .rate_model import RateModel
from .steppers import DormandPrince, Rodas

# Cooling times after which the upper rungs are folded: 6e-6 of the hot emitters are left.
_FOLDED = 12.0
# Rungs that are kept then.
_FOLDED_TOP = 8
# Steps of the explicit pair; a pulse takes about 100 to 200. More are a sign of stiffness: many
# photons in a cavity of high Q.
_PULSE_STEPS = 200
# Modes, or twice the classes, for which an implicit step costs as much as two or three explicit
# ones; with more it pays later.
_CHEAP = 16
# Cubes of the modes that are factorised in the time of two or three explicit steps of one
# population: with a sixth of it a random laser of 152 modes and 1280 classes took 23 s, now 17.
_FACTORISED = 400.0


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
    # Emitters of fewer excitations than `hot_from` need not cool before they count.
    hot = np.where((np.arange(ladder.top + 1) >= ladder.hot_from)[:, None, None], occupation, 0.0)
    cold = (whole - hot).reshape(-1, columns)
    state = np.concatenate([cold, np.zeros((2 * model.modes + 2, columns))])
    trail: tuple[list[float], list[Array]] | None = ([], []) if trace else None
    filling = np.einsum("j,c,jcf->f", np.arange(ladder.top + 1.0), model.weight, whole)
    if source is not None:
        filling = model.weight @ np.broadcast_to(source.excitons, (classes, columns))
    batch = Batch(model, hot, state, np.zeros(columns), np.full(columns, 0.01), filling, source)
    cooled = min(control.horizon_ps, batch.pumped_until or _FOLDED / ladder.cooling_per_ps)
    most = _PULSE_STEPS * min(max(_meeting(model) // _CHEAP, 1), 4)
    steps = march(batch, DormandPrince(), control, cooled, most, trail)
    ends = _Ends(batch, ladder.top)
    # first what the accurate pair found stiff, then what is still alight when the emitters have
    # cooled
    for top, until in ((ladder.top, cooled), (min(_FOLDED_TOP, ladder.top), control.horizon_ps)):
        late = np.flatnonzero(~ends.over & (ends.end < until))
        if len(late) == 0:
            continue
        still = source if until == cooled else None
        tail = _continued(model, ends, hot, late, top, filling[late], still)
        steps += march(
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


def _meeting(model: RateModel) -> int:
    """Size of the implicit method's dense system, by which its step is dearer than an explicit one:
    the modes, or twice the classes where these are fewer.

    Of standing waves the system costs little to make, and its factorisation is weighed against the
    many populations of an explicit step: the size that would be as dear without patterns.
    """
    classes = len(model.weight)
    if model.patterns is None:
        return min(model.modes, 2 * classes)
    populations = (model.ladder.top + 1) * classes
    return round(_CHEAP * model.modes**3 / (_FACTORISED * populations))


def _continued(
    model: RateModel,
    ends: _Ends,
    hot: Array,
    late: NDArray[np.int64],
    top: int,
    filling: Array,
    source: Source | None,
) -> Batch:
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
    return Batch(part, _cut(still, top), state, end, ends.next_step[late], filling, left)


def _cut(rungs: Array, top: int) -> Array:
    return np.concatenate([rungs[:top], rungs[top:].sum(axis=0, keepdims=True)])


class _Ends:
    """What every pulse left: populations on the full ladder (cold, and all), photons, sums, and the
    last rates.
    """

    def __init__(self, batch: Batch, top: int) -> None:
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
        """Put the later ends into the columns that went on."""
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
