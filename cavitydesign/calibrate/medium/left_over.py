"""What a prediction leaves of measured points, with the scale and background that suit it best."""

from __future__ import annotations

import numpy as np

from ...arrays import Array
from ..posterior.student import DEGREES
from .kinds import Kind

# Turns in which points that lie far off lose their pull on scale and background.
_TURNS = 6


def left_over(kind: Kind, measured: Array, predicted: Array, scatter: Array) -> Array:
    """Deviations of (k, n) predictions, in units of the greatest measured value, or relative to
    each point where the kind compares logarithms.

    Parameters
    ----------
    kind : Kind
    measured : (n,) array
        In units of its greatest value; logarithms where the kind compares these.
    predicted : (k, n) array
        The same, but for the factor and the background that the kind leaves free.
    scatter : (k,) array
        Of a point, in the same units.
    """
    if kind.logarithm:
        # a factor of the light is a shift of its logarithm
        columns = [np.ones_like(predicted)] if kind.scale else []
        target = measured[None, :] - predicted
    else:
        columns = [predicted] if kind.scale else []
        columns += [np.ones_like(predicted)] if kind.ground else []
        target = np.broadcast_to(measured, predicted.shape) - (0.0 if kind.scale else predicted)
    if not columns:
        return np.asarray(target)
    basis = np.stack(columns, axis=2)
    weight = np.ones_like(target)
    left = target
    for _ in range(_TURNS):
        normal = np.einsum("kn,kni,knj->kij", weight, basis, basis)
        normal = normal + 1e-12 * np.trace(normal, axis1=1, axis2=2)[:, None, None] * np.eye(
            basis.shape[2]
        )
        right = np.einsum("kn,kni,kn->ki", weight, basis, target)
        best = np.linalg.solve(normal, right[:, :, None])
        left = target - (basis @ best)[:, :, 0]
        weight = (DEGREES + 1.0) / (DEGREES + (left / scatter[:, None]) ** 2)
    return np.asarray(left)


def free_count(kind: Kind) -> int:
    """Numbers that are fitted to each prediction."""
    return int(kind.scale) + int(kind.ground and not kind.logarithm)
