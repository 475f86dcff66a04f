"""Where the light of a mode goes: the angular distribution of what it radiates and of what its
rough rim scatters, and what an objective takes of it.

Radiation is the far field of the mode's polarisation current in its unbounded surround (the
integrals of `losses.radiation`, whose sum is the loss; here they are kept by angle). Scattered
light is that of independent dipoles along the rim (`losses.scattering`), averaged over the azimuth:
a dipole p sends (3 / 8 pi) |p|^2 sin^2(angle) into each steradian. What the cavity and its fibre
refract and shadow of the scattered light is left out.
"""

from __future__ import annotations

import numpy as np

from ...errors import InputError, SolverError
from ...fem.legendre import gauss
from ..losses.measures import at_rim
from ..losses.radiation import Source
from ..mode import Mode
from .pattern import Belt, Dipoles, EmissionPattern

_SHOWN = 361  # angles: every half degree
_RIM_NODES = 200  # over the window; each of q + 1 maxima of the field needs about ten
_INSIDE = 1e-9  # of the diameter: just inside the outline, whose own points may count as outside


def emission_pattern(mode: Mode) -> EmissionPattern:
    """Angular distribution of a mode's light; see `Mode.emission`."""
    raw = mode.solved()
    cavity = raw.problem.cavity
    if cavity.sliced:
        raise InputError(f"{mode.label}: a slice of an infinite cylinder has no pattern in space")
    names = [name for name, _ in cavity.regions]
    if "substrate" in names:
        raise InputError(f"{mode.label}: the pattern above a substrate is not computed")
    index = float(raw.eps.index[-1])
    k = raw.k_per_um.real * index
    belt = Belt.of(_source(mode), mode.m, k, raw.problem.mirror)
    angle = np.linspace(0.0, 180.0, _SHOWN)
    cosine = np.cos(np.deg2rad(angle))
    quiet = np.abs(cosine) > belt.reach
    radiated = np.where(quiet, 0.0, np.stack(belt.parts(np.clip(cosine, -belt.reach, belt.reach))))
    dipoles = _rim_dipoles(mode)
    scattered = None if dipoles is None else dipoles.parts(cosine)
    shares = _shares(mode, dipoles is not None)
    return EmissionPattern(
        mode.label,
        angle,
        radiated[0],
        radiated[1],
        None if scattered is None else scattered[0],
        None if scattered is None else scattered[1],
        *shares,
        index,
        belt,
        dipoles,
    )


def _source(mode: Mode) -> Source:
    """The part of the polarised body whose light reaches the far field."""
    raw = mode.solved()
    k = raw.k_per_um.real
    whole = raw.problem.polarised(raw.corrected, mode.m, k, raw.eps)
    return whole.part(whole.reaches_far(mode.m, k * float(raw.eps.index[-1])))


def _rim_dipoles(mode: Mode) -> Dipoles | None:
    """Dipoles of a rough rim, from the field just inside the outline."""
    raw = mode.solved()
    cavity = raw.problem.cavity
    window, outline = getattr(raw.problem, "window", None), getattr(cavity, "outline", None)
    if mode.losses.scattering is None or window is None or outline is None:
        return None
    grid = window.t_breaks
    nodes, weights = gauss(_RIM_NODES)
    low, high = float(grid[0]), float(grid[-1])
    t = 0.5 * (high + low) + 0.5 * (high - low) * nodes
    r, z = outline.point(t)
    t_r, t_z = outline.tangent(t)
    length = np.hypot(t_r, t_z)
    n_r, n_z = t_z / length, -t_r / length
    inside = _INSIDE * cavity.diameter_um
    e = mode.field(r - inside * n_r, z - inside * n_z).e_v_per_m
    e_r, e_phi, e_z = (e[:, component] for component in range(3))
    inner, outer = float(raw.eps.ordinary[-2]), float(raw.eps.ordinary[-1])
    step = inner - outer
    along, displaced = at_rim(e_r, e_z, (t_r, t_z), raw.eps)
    out = displaced / inner
    area = weights * length * r
    p_z = step * (along * t_z / length + out * n_z)
    p_r = step * (along * t_r / length + out * n_r)
    strength = [float((area * abs(one) ** 2).sum()) for one in (p_z, p_r, step * e_phi)]
    return Dipoles(strength[0] / sum(strength))


def _shares(mode: Mode, rough: bool) -> tuple[float, float]:
    """Radiated and scattered shares of the light that leaves."""
    radiation = mode.losses.radiation
    scattering = mode.losses.scattering if rough else None
    if radiation is None and scattering is None:
        raise SolverError(f"{mode.label}: nothing leaves this mode: no radiation, a smooth rim")
    if scattering is None:
        return 1.0, 0.0
    if radiation is None:
        return 0.0, 1.0
    radiated = 1.0 / (1.0 + 10.0 ** float(np.clip(radiation - scattering, -300.0, 300.0)))
    return radiated, 1.0 - radiated
