"""Least squares of measured curves: an answer, or one line where the numbers allow none."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from scipy.optimize import least_squares

from ...arrays import Array
from ...errors import InputError


def fitted(
    what: str, misfit: Callable[[Array], Array], start: ArrayLike, x_scale: ArrayLike = 1.0
) -> Any:
    """Result of scipy's `least_squares`.

    Parameters
    ----------
    what : str
        The curve, for the message.
    misfit : callable
        From parameters to residuals.
    start : (n,) array
    x_scale : float or (n,) array

    Raises
    ------
    InputError
        If start or residuals are no finite numbers: flat curves, or numbers at the ends of what
        floats hold.
    """
    scale = np.broadcast_to(np.asarray(x_scale, dtype=float), np.shape(start))
    none = f"{what}: these numbers allow no fit"
    with np.errstate(all="ignore"):
        try:
            found = least_squares(misfit, np.asarray(start), jac="3-point", x_scale=scale)
        except (ValueError, OverflowError, np.linalg.LinAlgError):
            raise InputError(none) from None
    if not (np.isfinite(found.x).all() and np.isfinite(found.cost)):
        raise InputError(none)
    return found


def check_answer(what: str, *numbers: float) -> None:
    """Refuse numbers that are none.

    Raises
    ------
    InputError
        One line.
    """
    if not np.isfinite(np.array(numbers, dtype=float)).all():
        raise InputError(f"{what}: these numbers allow no fit")
