"""Weights of the weak form where the section is moved radially: a change of coordinates.

A point at radius r goes to r + U(r, phi, z); phi and z stay. With the slopes of that map in the
unit vectors along r, phi and z,

    J = [[1 + dU/dr, (1/r) dU/dphi, dU/dz], [0, 1 + U/r, 0], [0, 0, 1]],

and the components of E those of a 1-form, Maxwell's equations in the moved section are those in the
round one with other weights (A. J. Ward and J. B. Pendry, J. Mod. Opt. 43, 773, 1996):

    int curl F . (J^T J / det J) curl E  =  k^2 int F . (det J  J^-1 eps J^-T) E.

Fields ride with the interfaces, so that no step of the permittivity is expanded in powers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ...arrays import Values


@dataclass(frozen=True)
class Move:
    """A radial displacement and its slopes at one azimuth; arrays of the shape of the points.

    Attributes
    ----------
    along_r, along_phi, along_z : arrays
        dU/dr, (1/r) dU/dphi, dU/dz.
    stretch : array
        U/r.
    """

    along_r: Values
    along_phi: Values
    along_z: Values
    stretch: Values

    @property
    def folds(self) -> bool:
        """Whether the map folds over."""
        return bool(np.min(1.0 + self.along_r) <= 0.0 or np.min(1.0 + self.stretch) <= 0.0)


def added_weights(move: Move, eps: Values) -> tuple[Values, Values]:
    """What a move adds to the weights of curl E and of E, each (3, 3, *points).

    Parameters
    ----------
    eps : (3, *points) array
        Permittivity along r, phi and z.
    """
    p, q, z, f = move.along_r, move.along_phi, move.along_z, move.stretch
    none, one = np.zeros_like(p), np.ones_like(p)
    det = (1.0 + p) * (1.0 + f)
    jacobian = np.array([[1.0 + p, q, z], [none, 1.0 + f, none], [none, none, one]])
    inverse = np.array(
        [
            [1.0 / (1.0 + p), -q / det, -z / (1.0 + p)],
            [none, 1.0 / (1.0 + f), none],
            [none, none, one],
        ]
    )
    unit = np.eye(3).reshape(3, 3, *(1,) * p.ndim)
    curl = np.einsum("ki...,kj...->ij...", jacobian, jacobian) / det - unit
    mass = det * np.einsum("ik...,k...,jk...->ij...", inverse, eps, inverse) - unit * eps
    return curl, mass
