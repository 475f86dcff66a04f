"""A smooth function through solved light curves: Gaussian processes on principal components.

Few hundred exact solves of the rate equations stand for the ten thousands that a posterior needs.
A laser's light rises steeply near the excitations where gain equals loss, which move with the
constants: a step that moves is no smooth function of them. Each curve is therefore shifted to its
own gain = loss before components are taken, and these excitations are an input of the processes
besides the constants. Of 15 to 88 um (128 solves of peak gain, width of the line and Q) that leaves
0.2 to 0.4 % of the light where the curves as they stand leave 0.8 to 2.2 %.

What the function is off by is measured on solves that it has not seen, and counts as an error of
the model until exact solves replace it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy.interpolate import PchipInterpolator

from ...arrays import Array
from ...optimisation.models.gaussian_process import GaussianProcess, fit_process
from ..detector import STEP, fine_grid, read_at
from ..light import Light
from ..spectra.share_emulator import ShareEmulator, fit_shares

# Share of the variance that the components leave out: 0.14 % of the spread of the curves, a factor
# of 20 below a point's noise of 5 % for a spread of e.
_EXPLAINED = 2e-6
_MOST_COMPONENTS = 10  # A bound of cost, one process each; `_EXPLAINED` usually asks for fewer.
# Curves from which the lengths of a process are found; all curves enter its mean. The cost of the
# former grows with the third power, and lengths hardly move beyond.
_MOST_FITTED = 240
# The same of a number that hardly changes: the least efficiency.
_FEW_FITTED = 60

_FEWEST_STATIC = 4  # Solves that reached gain = loss: fewer leave the lengths of a process open.
# Inputs are standard normal numbers: lengths lie near their spread.
_STARTS = (1.0,)


@dataclass(frozen=True, eq=False)
class CurveEmulator:
    """Logarithms of laser light and photoluminescence against excitations, for any constants.

    Attributes
    ----------
    grid : (n,) array
        Fine grid of logarithms of the excitations.
    reach : tuple of float
        Least and greatest shift of the solves that it was fitted to.
    from_static : (m,) array
        The same less those where gain equals loss: where the components stand.
    mean : (2, m) array
    components : tuple of two (c, m) arrays
        Of laser and photoluminescence.
    processes : tuple of two tuples of GaussianProcess
    static : GaussianProcess or None
        Logarithm of the excitations where gain equals loss; None where it never does.
    least : GaussianProcess
        Logarithm of the least efficiency of a laser with a threshold.
    shares : ShareEmulator or None
        Of single modes, where spectra ask for them.
    """

    grid: Array
    reach: tuple[float, float]
    from_static: Array
    mean: Array
    components: tuple[Array, Array]
    processes: tuple[tuple[GaussianProcess, ...], tuple[GaussianProcess, ...]]
    static: GaussianProcess | None
    least: GaussianProcess
    shares: ShareEmulator | None = None

    def curves(self, z: Array) -> Light:
        """Light on the fine grid.

        Parameters
        ----------
        z : (k, d) array
            Standard normal variables of the constants that the rate equations know.
        """
        z = _with_a_column(z)
        shift = np.clip(_shift(self.static, z), *self.reach)
        inputs = _inputs(self.static, z, shift)
        found = []
        for kind in (0, 1):
            weights = np.stack([each.mean(inputs) for each in self.processes[kind]], axis=1)
            aligned = self.mean[kind] + weights @ self.components[kind]
            found.append(self._on_grid(aligned, shift))
        static = np.full(len(z), np.inf) if self.static is None else self.static.mean(z)
        shares = None if self.shares is None else self.shares(inputs, shift)
        return Light(found[0], found[1], static, self.least.mean(z), shares)

    def _on_grid(self, aligned: Array, shift: Array) -> Array:
        """Straight between points: a row's shift is the same all along it, so that its neighbours
        weigh the same all along.
        """
        position = (self.grid[0] - shift - self.from_static[0]) / STEP
        cell = np.floor(position).astype(np.int64)
        share = (position - cell)[:, None]
        part = sliding_window_view(aligned, len(self.grid) + 1, axis=1)[np.arange(len(cell)), cell]
        return np.asarray((1.0 - share) * part[:, :-1] + share * part[:, 1:])


def fit_emulator(z: Array, log_excitons: Array, light: Light) -> CurveEmulator:
    """Fit an emulator.

    Parameters
    ----------
    z : (k, d) array
        Standard normal variables of the constants; d may be 0 if all curves are one.
    log_excitons : (m,) array
        Coarse grid of the solved pulses.
    light : Light
        On the coarse grid.
    """
    z = _with_a_column(z)
    reached = np.isfinite(light.log_static)
    few = np.count_nonzero(reached) < _FEWEST_STATIC
    static = None if few else _process(z[reached], light.log_static[reached])
    grid = fine_grid(log_excitons)
    shift = np.clip(_shift(static, z), grid[0], grid[-1])
    inputs = _inputs(static, z, shift)
    first = math.floor((grid[0] - shift.max()) / STEP)
    last = math.ceil((grid[-1] - shift.min()) / STEP)
    # one point more than the grid at either end, for the neighbour of the outermost
    from_static = STEP * np.arange(first - 1, last + 2)
    both = np.stack([light.laser, light.glow], axis=1)
    fine = PchipInterpolator(log_excitons, both, axis=2)(grid)
    means, components, processes = [], [], []
    for kind in (0, 1):
        aligned = read_at(fine[:, kind], float(grid[0]), from_static[None, :] + shift[:, None])
        mean = aligned.mean(axis=0)
        _, sizes, rows = np.linalg.svd(aligned - mean, full_matrices=False)
        left = 1.0 - np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-300)
        count = min(int(np.argmax(left < _EXPLAINED)) + 1, _MOST_COMPONENTS, len(rows))
        kept = rows[:count]
        weights = (aligned - mean) @ kept.T
        means.append(mean)
        components.append(np.asarray(kept))
        processes.append(tuple(_process(inputs, column) for column in weights.T))
    return CurveEmulator(
        grid,
        (float(shift.min()), float(shift.max())),
        from_static,
        np.array(means),
        (components[0], components[1]),
        (processes[0], processes[1]),
        static,
        fit_process(z, light.log_least, starts=_STARTS, most_fitted=_FEW_FITTED),
        None if light.shares is None else fit_shares(inputs, shift, log_excitons, light.shares),
    )


def _with_a_column(z: Array) -> Array:
    """Inputs of a process, which needs one also where all curves are one."""
    return z if z.shape[1] else np.zeros((len(z), 1))


def _shift(static: GaussianProcess | None, z: Array) -> Array:
    """Where each curve is put to zero: at gain = loss by its process, which goes on smoothly to
    where gain never reaches loss.
    """
    return np.zeros(len(z)) if static is None else static.mean(z)


def _inputs(static: GaussianProcess | None, z: Array, shift: Array) -> Array:
    """The constants, and beside them the shift in units of its spread."""
    if static is None:
        return z
    return np.column_stack([z, (shift - static.centre) / static.scale])


def _process(z: Array, column: Array) -> GaussianProcess:
    return fit_process(z, column, starts=_STARTS, most_fitted=_MOST_FITTED)
