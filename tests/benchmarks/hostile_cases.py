"""Hostile sections for `sweep_sections.py`: thin, leaky, coupled, absorbing, beside metal, on
substrates, in closed cans, uniaxial, tiny and giant bodies, six of each.
"""

from __future__ import annotations

import math
import random
from dataclasses import replace

from section_cases import FOR_EVER, WAVE_UM, Case, Rectangle, _coupled, asked_of, slab_index

MANNERS = (
    "thin",
    "leaky",
    "coupled",
    "absorbing",
    "metal",
    "substrate",
    "can",
    "uniaxial",
    "tiny",
    "giant",
)
# By manner: index of the core, height in half waves across, radius (um), azimuthal orders, least
# index above that of the media around.
_PLAIN = ((1.9, 3.5), (0.2, 0.55), (1.0, 6.0), (8, 60), 0.3)
_SIZES = {
    "thin": ((1.9, 3.6), (0.06, 0.2), (2.0, 12.0), (8, 70), 0.08),
    "leaky": ((1.45, 3.0), (0.2, 0.9), (0.6, 4.0), (4, 14), 0.15),
    "substrate": ((1.9, 3.6), (0.2, 0.6), (1.5, 8.0), (8, 60), 0.1),
    "tiny": ((2.5, 4.2), (0.3, 1.2), (0.2, 0.9), (2, 8), 0.4),
    "giant": ((1.45, 2.4), (0.3, 1.5), (12.0, 60.0), (60, 400), 0.1),
    "can": ((1.4, 4.0), (0.2, 1.5), (0.5, 4.0), (1, 20), 0.1),
}


def hostile(number: int, seed: str) -> Case:
    """The case of a number; its last digit tells the manner."""
    manner = MANNERS[number % len(MANNERS)]
    dice = random.Random(f"{seed} hostile {number}")
    while True:
        case = _tried(manner, dice, number)
        if case is not None:
            return case


def _tried(manner: str, dice: random.Random, number: int) -> Case | None:
    cores, heights, radii, orders, above = _SIZES.get(manner, _PLAIN)
    core, surround = dice.uniform(*cores), dice.choice((1.0, 1.0, 1.33))
    substrate = dice.choice((1.38, 1.444, 1.52)) if manner == "substrate" else surround
    along = core * (1 + dice.uniform(-0.25, 0.25)) if manner == "uniaxial" else core
    if core <= substrate + above:
        return None
    height = dice.uniform(*heights) * WAVE_UM / math.sqrt(core**2 - substrate**2)
    radius = math.exp(dice.uniform(*(math.log(one) for one in radii)))
    te = dice.random() < 0.6
    effective = slab_index(core if te else along, substrate, surround, height, te)
    if effective < substrate + above:
        return None
    ring = dice.random() < 0.4 and manner not in ("tiny", "can")
    width = dice.uniform(0.6, 1.6) * WAVE_UM / effective
    if ring and width > 0.7 * radius:
        return None
    within = slab_index(effective, surround, surround, width, not te) if ring else effective
    if within < substrate + 0.8 * above:
        return None
    x = 2 * math.pi * radius * effective / WAVE_UM
    m = round(x - 1.856 * x ** (1 / 3) - 1)
    if ring:
        m = round(2 * math.pi * (radius - 0.5 * width) * within / WAVE_UM)
    if not orders[0] <= m <= orders[1]:
        return None
    half = 0.5 * height
    bodies = [Rectangle((radius - width if ring else 0.0, radius), (-half, half), (core, along))]
    if manner == "coupled":
        bodies = _coupled(dice, bodies[0], ring)
        if min(body.r[0] for body in bodies) < 0.0:
            return None
    if manner == "absorbing":
        kappa = 10 ** dice.uniform(-5.0, -2.5)
        bodies = [replace(bodies[0], absorbs=kappa)]
    if manner == "substrate":
        kappa = 10 ** dice.uniform(-5.0, -3.5) if dice.random() < 0.3 else 0.0
        base = Rectangle((0.0, 99.0), (-99.0, -half), (substrate,) * 2, False, kappa)
        bodies.append(base)
    walls: dict[str, float] = {}
    if manner == "metal":
        for side in dice.choice((("lower",), ("outer",), ("lower", "outer"), ("lower", "upper"))):
            gap = dice.uniform(0.03, 0.35) * WAVE_UM
            top = max(one.z[1] for one in bodies)
            walls[side] = {"lower": -half - gap, "outer": radius + gap, "upper": top + gap}[side]
    if manner == "can":
        low, high, out = (dice.uniform(0.02, 0.7) * WAVE_UM for _ in range(3))
        walls = {"lower": -half - low, "upper": half + high, "outer": radius + out}
        if dice.random() < 0.3:
            walls["lower"] = -half
    far = max(one.r[1] for one in bodies if one.r[1] < FOR_EVER)
    return asked_of(dice, "hostile", number, bodies, surround, te, m, far, walls)
