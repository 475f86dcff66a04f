"""A smooth function through the modes' shares of solved light: Gaussian processes on principal
components, as for the light itself.

Shares are shifted to their own gain = loss with the light. The logarithm of a share above a floor
is emulated: what lies far below what a spectrum shows must not take components from what it shows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from ...arrays import Array
from ...optimisation.models.gaussian_process import GaussianProcess, fit_process
from ..pulses import SPACING

FLOOR = 1e-4
"""Share of the light below which shares are alike to the emulator. Spectra show a thousandth of
their strongest line, which has a tenth of the light or more."""
# Share of the variance that the components leave out, and most components, one process each. Of 88
# um (128 solves of three numbers; lines above 0.2 % of the strongest; 3 and 4 mJ/cm2) 8, 14 and 24
# leave 3.6 and 2.9, 1.9 and 1.1, 1.2 and 0.6 % of a line's light: below the noise of a spectrum.
_EXPLAINED, _MOST_COMPONENTS = 3e-6, 20
# Solves from which the lengths of a process are found: its cost grows with the third power.
_MOST_FITTED = 160
_STARTS = (1.0,)  # Inputs are standard normal numbers: lengths lie near their spread.


@dataclass(frozen=True, eq=False)
class ShareEmulator:
    """Shares of modes against excitations, for any constants.

    Attributes
    ----------
    grid : (c,) array
        Coarse grid of logarithms of the excitations.
    from_static : (a,) array
        The same less those where gain equals loss: where the components stand.
    modes : int
    mean : (m a,) array
        Of ln(share + `FLOOR`), all modes after each other.
    components : (p, m a) array
    processes : tuple of p GaussianProcess
    """

    grid: Array
    from_static: Array
    modes: int
    mean: Array
    components: Array
    processes: tuple[GaussianProcess, ...]

    def __call__(self, inputs: Array, shift: Array) -> Array:
        """Shares on the coarse grid, (k, m, c).

        Parameters
        ----------
        inputs : (k, d) array
            As the light's processes have them.
        shift : (k,) array
            Logarithm of the excitations where gain equals loss.
        """
        weights = np.stack([each.mean(inputs) for each in self.processes], axis=1)
        aligned = (self.mean + weights @ self.components).reshape(len(shift), self.modes, -1)
        share = self._on_grid(aligned, shift)
        np.exp(share, out=share)
        share -= FLOOR
        return np.maximum(share, 0.0, out=share)

    def _on_grid(self, aligned: Array, shift: Array) -> Array:
        """Straight between points: a row's shift is the same all along it, so that its neighbours
        weigh the same all along.
        """
        position = (self.grid[0] - shift - self.from_static[0]) / SPACING
        last = aligned.shape[2] - len(self.grid) - 1
        cell = np.clip(np.floor(position).astype(np.int64), 0, last)
        after = np.clip(position - cell, 0.0, 1.0)[:, None, None]
        part = sliding_window_view(aligned, len(self.grid) + 1, axis=2)[
            np.arange(len(cell)), :, cell
        ]
        found = part[..., :-1] * (1.0 - after)
        found += part[..., 1:] * after
        return np.asarray(found)


def fit_shares(inputs: Array, shift: Array, grid: Array, shares: Array) -> ShareEmulator:
    """Fit an emulator.

    Parameters
    ----------
    inputs : (k, d) array
    shift : (k,) array
        As `ShareEmulator` takes both.
    grid : (c,) array
    shares : (k, m, c) array
        Exact ones on the grid.
    """
    first = np.floor((grid[0] - shift.max()) / SPACING)
    last = np.ceil((grid[-1] - shift.min()) / SPACING)
    # one point more at the end, for the neighbour of the outermost
    from_static = SPACING * np.arange(first, last + 2.0)
    at = from_static[None, :] + shift[:, None]
    aligned = _moved(np.log(shares + FLOOR), grid, at).reshape(len(shares), -1)
    mean = aligned.mean(axis=0)
    _, sizes, rows = np.linalg.svd(aligned - mean, full_matrices=False)
    left = 1.0 - np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-300)
    count = min(int(np.argmax(left < _EXPLAINED)) + 1, _MOST_COMPONENTS, len(rows))
    weights = (aligned - mean) @ rows[:count].T
    processes = tuple(
        fit_process(inputs, column, starts=_STARTS, most_fitted=_MOST_FITTED)
        for column in weights.T
    )
    return ShareEmulator(
        grid, from_static, shares.shape[1], mean, np.asarray(rows[:count]), processes
    )


def _moved(values: Array, grid: Array, at: Array) -> Array:
    """Values (k, m, g) on a grid `SPACING` apart, read at other points (k, h) of each row, straight
    between neighbours and even beyond the ends.
    """
    position = np.clip((at - grid[0]) / SPACING, 0.0, len(grid) - 1.0)
    cell = np.minimum(position.astype(np.int64), len(grid) - 2)[:, None, :]
    share = position[:, None, :] - cell
    before = np.take_along_axis(values, np.broadcast_to(cell, _shape(values, at)), axis=2)
    after = np.take_along_axis(values, np.broadcast_to(cell + 1, _shape(values, at)), axis=2)
    return np.asarray(before + share * (after - before))


def _shape(values: Array, at: Array) -> tuple[int, int, int]:
    return len(values), values.shape[1], at.shape[1]
