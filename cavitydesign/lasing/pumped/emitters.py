"""How many emitters a mode has: their density times the volume that the mode fills.

A photon in the mode meets each emitter with the local intensity u. One common rate for all of them,
as the rate equations have it, is right where they number density x (int u)^2 / int u^2: u over the
doped region. The density follows from peak gain and cross-section, so that gain, spontaneous
emission into the mode and heat are of the same emitters.
"""

from __future__ import annotations

import functools
import math
from collections.abc import Iterable

import numpy as np
from scipy.special import ai_zeros, airy, eval_hermite

from ...gain import GainMedium
from ...gain.emitters.dyes import PMMA_INDEX
from ...geometry.cavity import Cavity
from ..competition.lasing_mode import LasingMode
from ..competition.overlap import ModeOverlap

# Argument at which Airy and Hermite-Gauss functions of the orders asked have faded to 1e-8.
_REACH = 9.0


def doped_index(medium: GainMedium, cavity: Cavity | None, wavelength_nm: float) -> float:
    """Refractive index of the region that holds the emitters."""
    media = {} if cavity is None else dict(cavity.regions)
    if medium.doped_region not in media:
        return PMMA_INDEX
    return float(media[medium.doped_region].index(wavelength_nm))


def filled_volume_um3(mode: LasingMode) -> float:
    """(int_doped u)^2 / int u^2 of a mode, from its mode volume int u / max u; nan without one.

    A whispering-gallery mode is an Airy function outwards and a Hermite-Gauss function along the
    axis: their squares have mean squares of their own (1.98 mode volumes for p = 1, q = 0; solved
    fields of 15 um: 1.92 to 1.93). The doped share of the energy counts the doped part; for a thin
    doped layer that is right to a factor of 2.
    """
    shape = _airy_ratio(max(mode.p, 1)) * _hermite_ratio(max(mode.q, 0))
    return mode.confinement * mode.mode_volume_um3 * shape


def emitters_in_reach(
    medium: GainMedium,
    modes: Iterable[LasingMode],
    diameter_um: float,
    index: float = PMMA_INDEX,
    overlap: ModeOverlap | None = None,
) -> float:
    """Emitters of the rate equations: those of all zones where zones are told apart, otherwise
    those in the tightest mode.

    Parameters
    ----------
    medium : GainMedium
        A given `emitters_per_um` counts those in reach of the tightest mode.
    modes : iterable of LasingMode
    diameter_um : float
    index : float
        Of the doped region, see `doped_index`.
    overlap : ModeOverlap or None
    """
    told_apart = overlap is not None and float(overlap.participation.max()) > 1.0 + 1e-9
    if medium.emitters_per_um is None and overlap is not None and told_apart:
        return medium.emitters(diameter_um, overlap.volume_um3, index)
    volumes = [filled_volume_um3(mode) for mode in modes]
    known = [volume for volume in volumes if math.isfinite(volume) and volume > 0]
    number = medium.emitters(diameter_um, min(known, default=None), index)
    # what is in reach of the tightest mode, spread over all zones
    return number if overlap is None else number * float(overlap.participation.max())


@functools.lru_cache
def _airy_ratio(p: int) -> float:
    """max u int u / int u^2 of u = Ai^2 from its p-th zero outwards."""
    x = np.linspace(float(ai_zeros(p)[0][-1]), _REACH, 20001)
    return _ratio(airy(x)[0] ** 2, float(x[1] - x[0]))


@functools.lru_cache
def _hermite_ratio(q: int) -> float:
    """max u int u / int u^2 of u = H_q^2 exp(-x^2), which a mode is along the outline."""
    x = np.linspace(-_REACH, _REACH, 20001)
    reach = math.sqrt(2.0 * q + 1.0)
    return _ratio(eval_hermite(q, reach * x) ** 2 * np.exp(-((reach * x) ** 2)), float(x[1] - x[0]))


def _ratio(u: np.ndarray, step: float) -> float:
    u = u / u.max()
    return float(np.trapezoid(u, dx=step) / np.trapezoid(u**2, dx=step))
