"""Positions of a file as those of a meridian section: two coordinates of flat points, and one
point for those that stand at one position.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from ...arrays import Array
from ...errors import InputError
from ..section import SLACK
from .splitting import FileMesh

# Of the section's size: points nearer than this are one. Files of seven digits round to half of it.
_ONE_POINT = 1e-7
# Of a coordinate in the file's own unit: a kilometre where that is um. Squares stay within what
# floats hold, also of files in metres.
_LARGEST = 1e9
_OF_EDGE = 1e-2  # of the shortest side of an element: its own corners are never one


def flat_positions(points: Array, source: str) -> Array:
    """r and z of a file's points: x and y where all z are equal, x and z where all y are.

    Parameters
    ----------
    points : (n, 2) or (n, 3) array
    source : str
        The file, for messages.

    Raises
    ------
    InputError
        If a coordinate is no finite number or far too large, or the points lie in no such plane.
    """
    _check_bounded(points, source)
    if points.shape[1] == 2:
        return points.copy()
    spread = np.ptp(points, axis=0)
    size = float(spread.max())
    if spread[2] <= SLACK * size:
        return points[:, :2].copy()
    if spread[1] <= SLACK * size:
        return points[:, [0, 2]].copy()
    raise InputError(
        f"{source}: not flat: x is the distance from the axis, y (or z) runs along it, and all "
        "points have one z (or one y)"
    )


def _check_bounded(points: Array, source: str) -> None:
    bad = ~(np.abs(points) <= _LARGEST)  # also where it is no number
    if bad.any():
        point, axis = np.argwhere(bad)[0]
        raise InputError(
            f"{source}: {'xyz'[axis]} = {points[point, axis]:g} at point {point + 1}: coordinates "
            f"are finite numbers of at most {_LARGEST:g} (a damaged file?)"
        )


def without_doubles(given: FileMesh) -> FileMesh:
    """The mesh with points at one position made one point.

    Parts that were meshed together and saved each with points of its own share their common
    curve again.
    """
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components
    from scipy.spatial import cKDTree

    points = given.points
    used = np.unique(np.concatenate([group.nodes.ravel() for group in given.groups]))
    shortest = min(
        float(np.hypot(*(points[ends[:, 1]] - points[ends[:, 0]]).T).min())
        for group in given.groups
        for i in range(group.sides)
        for ends in [group.nodes[:, [i, (i + 1) % group.sides]]]
    )
    near = min(_ONE_POINT * float(np.ptp(points[used], axis=0).max()), _OF_EDGE * shortest)
    pairs = used[cKDTree(points[used]).query_pairs(near, output_type="ndarray")]
    if not len(pairs):
        return given
    count = len(points)
    links = coo_array((np.ones(len(pairs)), tuple(pairs.T)), shape=(count, count))
    labels = connected_components(links, directed=False)[1]
    first = np.full(int(labels.max()) + 1, count)
    np.minimum.at(first, labels, np.arange(count))
    one = first[labels]
    groups = tuple(replace(group, nodes=one[group.nodes]) for group in given.groups)
    boundary = {name: one[ends] for name, ends in given.boundary.items()}
    return replace(given, groups=groups, boundary=boundary)
