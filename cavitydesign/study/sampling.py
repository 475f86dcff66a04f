"""Space-filling points: scrambled Sobol sequences and Latin hypercubes between bounds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from .axes import Axis, Bounds, Value

METHODS = ("sobol", "latin_hypercube")


def unit_points(method: str, count: int, dimensions: int, seed: int) -> NDArray[np.float64]:
    """Points of the unit cube, shape (count, dimensions); the same for the same seed.

    Parameters
    ----------
    method : {"sobol", "latin_hypercube"}
        A Sobol sequence is scrambled (Owen), and its first points stay where they are when `count`
        grows.
    count, dimensions : int
    seed : int
    """
    from scipy.stats import qmc

    if method == "sobol":
        power = max(0, (count - 1).bit_length())
        points = qmc.Sobol(dimensions, scramble=True, rng=np.random.default_rng(seed)).random_base2(
            power
        )[:count]
    else:
        points = qmc.LatinHypercube(dimensions, rng=np.random.default_rng(seed)).random(count)
    return np.asarray(points, dtype=np.float64)


def sampled_axis(
    method: str, count: int, seed: int, ranges: Mapping[str, Bounds | Sequence[Value]]
) -> Axis:
    """Axis of space-filling points over numbers between bounds and choices from lists.

    Parameters
    ----------
    method, count, seed
        As in `unit_points`.
    ranges : mapping
        For each design key either its bounds or the list to choose from.
    """
    shares = unit_points(method, count, len(ranges), seed)
    columns: list[list[Value]] = []
    for share, choice in zip(shares.T, ranges.values(), strict=True):
        if isinstance(choice, Bounds):
            columns.append(choice.at(share).tolist())
        else:
            columns.append([choice[min(int(x * len(choice)), len(choice) - 1)] for x in share])
    return Axis(tuple(ranges), tuple(zip(*columns, strict=True)))
