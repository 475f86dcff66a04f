"""Which neighbours a deviation mixes into a mode, and how strongly."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from ...arrays import Values
from ...eigen.lanczos import shift_invert_lanczos
from ..changes.first_order import window_problem
from ..label import Label
from ..rim.window_identity import GUIDED, identify
from .deviated_mode import Mixed
from .round_orders import RoundOrders

_NAMED = 1e-3  # share of the energy from which an order's modes are told apart
_TOLD = 1e-6  # share below which nothing is told
_SEARCHED = 3  # modes of an order nearest to where the mode's own family is expected
_MOST_TOLD = 8  # Shares fall fast: more fill a screen and tell little.


def mixed_modes(
    orders: RoundOrders, parts: Mapping[int, Values], spacing: float
) -> tuple[Mixed, ...]:
    """Shares of the energy that a deviation mixes in, in coordinates that ride with the rim.

    Parameters
    ----------
    orders : RoundOrders
    parts : mapping of int to array
        Fields by azimuthal order, in units of the mode.
    spacing : float
        Free spectral range over the wavelength.
    """
    raw = orders.raw
    whole = abs(complex(raw.vector @ (orders.pencil(raw.m).mass @ raw.vector)))
    norm = float(np.linalg.norm(raw.vector)) ** 2
    out: list[Mixed] = []
    for m, part in parts.items():
        energy = norm * abs(complex(part.conj() @ (orders.pencil(m).mass @ part))) / whole
        if energy < _TOLD:
            continue
        if energy < _NAMED:
            out.append(Mixed(f"m = {m}", energy))
            continue
        out += _by_mode(orders, m, part, norm / whole, energy, spacing)
    return tuple(sorted(out, key=lambda one: -one.share))[:_MOST_TOLD]


def _by_mode(
    orders: RoundOrders, m: int, part: Values, scale: float, energy: float, spacing: float
) -> list[Mixed]:
    """The share of one order by its modes."""
    raw, pencil = orders.raw, orders.pencil(m)
    start = part if raw.problem.is_complex else part.real + part.imag
    ratio = 1.0 + (abs(m) - raw.m) * spacing
    shift = orders.square * ratio**2
    pairs = shift_invert_lanczos(
        pencil.factor(shift).solve,
        pencil.mass.__matmul__,
        shift,
        start,
        _SEARCHED,
        tolerance=1e-4,
    )
    names = identify(window_problem(raw), pairs.vectors, float(abs(m)), raw.eps.ordinary)
    shares = scale * abs(pairs.vectors.T @ (pencil.mass @ part)) ** 2
    found: dict[str, float] = {}
    for one, share in zip(names, shares, strict=True):
        if one.inside > GUIDED and share > _TOLD:
            name = str(Label(one.polarisation, abs(m), one.p, one.q))
            found[name] = max(found.get(name, 0.0), float(share))
    left = energy - sum(found.values())
    others = [Mixed(f"m = {m}, others", left)] if left > 0.1 * energy else []
    return [Mixed(name, share) for name, share in found.items()] + others
