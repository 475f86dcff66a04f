"""Standing waves of coupled clockwise and counter-clockwise waves: the holes that a mode burns
along the circumference.

Scattering at roughness couples the two waves of a mode to cos^2 and sin^2 patterns of 2 m lobes. A
mode then meets itself with <u^2> = 3/2, and another one, whose lobes slip past its own along the
circumference, with <u v> = 1. Zones stand for that: in each, a mode has 1 + 1/sqrt(2) or 1 -
1/sqrt(2) of its mean intensity, by signs that are orthogonal for any two modes (rows of a Hadamard
matrix). Mean, mean square and mean cube are those of cos^2; the fourth moment is 4.25 instead of
4.375.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from .lasing_mode import LasingMode
from .overlap import ModeOverlap
from .patterns import Patterns

# Zones of space times patterns: more would take seconds a pulse.
_MOST_ZONES = 256
# Patterns of a run: of 152 and 209 modes, of which 29 to 57 lase, those that reach gain = loss
# after the first 127 change thresholds by 1e-12 and suppressions by 1e-11 dB with theirs.
_MOST_PATTERNS = 128


def standing(
    overlap: ModeOverlap | None, modes: Sequence[LasingMode], order: Sequence[int]
) -> tuple[ModeOverlap, int]:
    """The zones of a comb whose modes are standing waves, and how many modes have a pattern of
    their own.

    Parameters
    ----------
    overlap : ModeOverlap or None
        Of these modes without patterns; None: all emitters see every mode alike.
    modes : sequence of LasingMode
    order : sequence of int
        Indices of the modes, those that compete most first: the last ones have no pattern where
        there are too many.
    """
    if overlap is None:
        one = np.ones(1)
        overlap = ModeOverlap(one, one, np.ones((len(modes), 1)), math.nan)
    most = min(max(2, _MOST_ZONES // len(overlap.weight)), _MOST_PATTERNS)
    own = min(len(modes), 2 ** int(math.log2(most)) - 1)
    size = 2 ** math.ceil(math.log2(own + 1))
    rows = np.zeros(len(modes), dtype=np.int64)
    # the first row is constant
    rows[list(order[:own])] = np.arange(1, own + 1)
    patterns = Patterns(rows, size)
    local = patterns.local[:, None, :]
    intensity = (overlap.intensity[:, :, None] * local).reshape(len(modes), -1)
    found = ModeOverlap(
        np.repeat(overlap.weight, size) / size,
        np.repeat(overlap.pump, size),
        intensity,
        overlap.volume_um3,
        patterns,
    )
    return found, own
