"""A smooth function through solved light curves: Gaussian processes on principal components.

Few hundred exact solves of the rate equations stand for the ten thousands that a posterior needs.
What the function is off by is measured on solves that it has not seen, and counts as an error of
the model until exact solves replace it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.interpolate import PchipInterpolator

from ...optimisation.models.gaussian_process import GaussianProcess, fit_process
from ..detector import fine_grid
from ..light import Light

Array = NDArray[np.float64]

# Share of the variance that the components leave out: 0.14 % of the spread of the curves, a factor
# of 20 below a point's noise of 5 % for a spread of e.
_EXPLAINED = 2e-6
_MOST_COMPONENTS = 10
# Curves from which the lengths of a process are found; all curves enter its mean. The cost of the
# former grows with the third power, and lengths hardly move beyond.
_MOST_FITTED = 240

_FEWEST_STATIC = 4
# Inputs are standard normal numbers: lengths lie near their spread.
_STARTS = (1.0,)


@dataclass(frozen=True, eq=False)
class CurveEmulator:
    """Logarithms of laser light and photoluminescence against excitations, for any constants.

    Attributes
    ----------
    first : float
        Logarithm of the excitations where the fine grid starts.
    mean : (2, n) array
    components : tuple of two (c, n) arrays
        Of laser and photoluminescence.
    processes : tuple of two tuples of GaussianProcess
    static : GaussianProcess or None
        Logarithm of the excitations where gain equals loss; None where it never does.
    """

    first: float
    mean: Array
    components: tuple[Array, Array]
    processes: tuple[tuple[GaussianProcess, ...], tuple[GaussianProcess, ...]]
    static: GaussianProcess | None

    def curves(self, z: Array) -> Light:
        """Light on the fine grid.

        Parameters
        ----------
        z : (k, d) array
            Standard normal variables of the constants that the rate equations know.
        """
        z = z if z.shape[1] else np.zeros((len(z), 1))
        found = []
        for kind in (0, 1):
            weights = np.stack([each.mean(z) for each in self.processes[kind]], axis=1)
            found.append(self.mean[kind] + weights @ self.components[kind])
        static = np.full(len(z), np.inf) if self.static is None else self.static.mean(z)
        return Light(found[0], found[1], static)


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
    places = fine_grid(log_excitons)
    both = np.stack([light.laser, light.glow], axis=1)
    fine = PchipInterpolator(log_excitons, both, axis=2)(places)
    mean = fine.mean(axis=0)
    components, processes = [], []
    for kind in (0, 1):
        _, sizes, rows = np.linalg.svd(fine[:, kind] - mean[kind], full_matrices=False)
        left = 1.0 - np.cumsum(sizes**2) / max(float((sizes**2).sum()), 1e-300)
        count = min(int(np.argmax(left < _EXPLAINED)) + 1, _MOST_COMPONENTS, len(rows))
        kept = rows[:count]
        weights = (fine[:, kind] - mean[kind]) @ kept.T
        components.append(np.asarray(kept))
        processes.append(tuple(_process(z, column) for column in weights.T))
    reached = np.isfinite(light.log_static)
    few = np.count_nonzero(reached) < _FEWEST_STATIC
    return CurveEmulator(
        float(places[0]),
        mean,
        (components[0], components[1]),
        (processes[0], processes[1]),
        None if few else _process(z[reached], light.log_static[reached]),
    )


def _process(z: Array, column: Array) -> GaussianProcess:
    inputs = z if z.shape[1] else np.zeros((len(z), 1))
    return fit_process(inputs, column, starts=_STARTS, most_fitted=_MOST_FITTED)
