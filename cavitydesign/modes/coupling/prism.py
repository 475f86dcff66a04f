"""Frustrated total reflection: what a dense half space takes of the waves of a mode's near field.

A wave exp(i beta y + i q t - kappa n) that reaches a face becomes a plane wave behind it where
beta^2 + q^2 < n_p^2 k^2. With k_1 = i kappa and k_2 = sqrt(n_p^2 k^2 - beta^2 - q^2) across the
face, the amplitudes behind it are 2 k_1 / (k_1 + k_2) of E along the face and 2 eps_p k_1 /
(eps_p k_1 + eps_s k_2) of H along the face; each carries k_2 / 2 k of its |E|^2 away.
"""

from __future__ import annotations

import numpy as np

from ...arrays import Array, Values
from .near_field import wave_vectors


def refracted(
    waves: Values, k_per_um: float, surround: float, index: float, beta: Array, q: Array
) -> Values:
    """Amplitudes behind the face whose squares are the powers of E along the face and of H along
    it, (2, w), of waves given at the face.

    Parameters
    ----------
    waves : (3, w) array
        E along n, y and t.
    """
    flat = beta**2 + q**2
    kappa = np.sqrt(flat - (surround * k_per_um) ** 2)
    behind = np.sqrt(np.maximum((index * k_per_um) ** 2 - flat, 0.0))
    before = 1j * kappa
    size = np.sqrt(flat)
    # unit vector along the face, across the wave's direction in it
    across = np.stack([np.zeros_like(q), -q / size, beta / size])
    wave = wave_vectors(kappa, beta, q)
    magnetic = np.cross(wave, waves, axis=0) / k_per_um
    electric = (across * waves).sum(axis=0) * 2.0 * before / (before + behind)
    eps_p, eps_s = index**2, surround**2
    bent = 2.0 * eps_p * before / (eps_p * before + eps_s * behind)
    h = (across * magnetic).sum(axis=0) * bent / index
    carried = np.sqrt(0.5 * behind / k_per_um)
    return np.stack([carried * electric, carried * h])
