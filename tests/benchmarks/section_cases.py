"""Cases of `sweep_sections.py`: random bodies of rectangles, where their sections are cut, and the
lines of their meshes.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
from scipy.optimize import brentq

KINDS = {
    "substrate": 100,
    "uniaxial": 50,
    "coupled": 50,
    "post": 20,
    "stacked": 10,
    "tower": 10,
    "tube": 10,
    "can": 10,
    "hostile": 60,
}
LIKE = 0.7  # of the largest radius: bodies of less share no mode of one azimuthal order
WAVE_UM = 1.55
FOR_EVER = 50.0  # um: what ends beyond runs on
FROM_THE_AXIS = 8  # azimuthal orders below which fields reach to the axis, and sections begin there


@dataclass(frozen=True)
class Rectangle:
    """A medium between radii and heights; index across and along z, and its imaginary part."""

    r: tuple[float, float]
    z: tuple[float, float]
    index: tuple[float, float]
    body: bool = True
    absorbs: float = 0.0


@dataclass(frozen=True)
class Case:
    """One section and what is asked of it."""

    kind: str
    number: int
    rectangles: tuple[Rectangle, ...]
    surround: float
    polarisation: str
    m: int
    hint_nm: float
    accuracy: float
    margin_um: float
    cell_um: float
    modes: int = 1
    walls: dict[str, float] = field(
        default_factory=dict
    )  # metal: "outer", "lower" or "upper", and where


def slab_index(core: float, below: float, above: float, thickness: float, te: bool) -> float:
    """Effective index of the lowest mode of a slab; the larger cladding where it has none."""
    k, least = 2 * math.pi / WAVE_UM, max(below, above)

    def condition(n: float) -> float:
        q = k * math.sqrt(core**2 - n**2)
        turn = [
            math.atan((1.0 if te else (core / side) ** 2) * k * math.sqrt(n**2 - side**2) / q)
            for side in (below, above)
        ]
        return q * thickness - sum(turn)

    low, high = least * (1 + 1e-9), core * (1 - 1e-9)
    if core <= least or condition(low) < 0:
        return least
    return float(brentq(condition, low, high))


def drawn(kind: str, number: int, seed: str) -> Case:
    """A random case that guides and has between 8 and 60 azimuthal orders."""
    dice = random.Random(f"{seed} {kind} {number}")
    if kind == "tube":
        return _tube(dice, number)
    if kind == "hostile":
        from hostile_cases import hostile

        return hostile(number, seed)
    while True:
        core, surround = dice.uniform(1.9, 3.5), 1.0
        on_one = kind in ("substrate", "stacked")
        substrate = dice.choice((1.38, 1.444, 1.52)) if on_one else surround
        along = core * (1 + dice.uniform(-0.1, 0.1)) if kind == "uniaxial" else core
        height = dice.uniform(0.2, 0.55) * WAVE_UM / math.sqrt(core**2 - substrate**2)
        radius = math.exp(dice.uniform(math.log(1.0), math.log(6.0)))
        te = dice.random() < 0.6
        effective = slab_index(core if te else along, substrate, surround, height, te)
        if effective < substrate + 0.3:
            continue
        ring = dice.random() < 0.5
        width = dice.uniform(0.6, 1.6) * WAVE_UM / effective
        if ring and width > 0.7 * radius:
            continue
        if ring:
            within = slab_index(effective, surround, surround, width, not te)
            if within < substrate + 0.25:
                continue
            m = round(2 * math.pi * (radius - 0.5 * width) * within / WAVE_UM)
        else:
            x = 2 * math.pi * radius * effective / WAVE_UM
            m = round(x - 1.856 * x ** (1 / 3) - 1)
        if not 8 <= m <= 60:
            continue
        inner, index = (radius - width if ring else 0.0), (core, along)
        half = 0.5 * height
        bodies = [Rectangle((inner, radius), (-half, half), index)]
        walls: dict[str, float] = {}
        if kind in ("coupled", "stacked"):
            bodies = _coupled(dice, bodies[0], ring)
            if min(body.r[0] for body in bodies) < 0.0:
                continue
        if kind == "post":
            if ring:
                continue
            post = dice.uniform(1.3, core)
            bodies.append(
                Rectangle(
                    (0.0, radius * dice.uniform(0.3, 0.8)), (-99.0, -half), (post,) * 2, False
                )
            )
        if kind == "tower":
            if ring:
                continue
            foot = -half - dice.uniform(0.5, 2.0) * WAVE_UM
            post, base = dice.choice((1.444, core)), dice.choice((1.444, core))
            inner = radius * dice.uniform(0.2, 0.6)
            bodies.append(Rectangle((0.0, inner), (foot, -half), (post,) * 2, False))
            bodies.append(Rectangle((0.0, 99.0), (-99.0, foot), (base,) * 2, False))
        if kind == "can":
            walls["lower"] = -half - dice.uniform(0.1, 0.6) * WAVE_UM
            walls["outer"] = radius + dice.uniform(0.2, 0.8) * WAVE_UM
        if on_one:
            bodies.append(Rectangle((0.0, 99.0), (-99.0, -half), (substrate,) * 2, False))
        return asked_of(dice, kind, number, bodies, surround, te, m, radius, walls)


def asked_of(
    dice: random.Random,
    kind: str,
    number: int,
    bodies: list[Rectangle],
    surround: float,
    te: bool,
    m: int,
    largest_um: float,
    walls: dict[str, float],
) -> Case:
    """The case of some bodies: what is asked of them, and where the section is cut, by dice."""
    return Case(
        kind,
        number,
        tuple(bodies),
        surround,
        "TE" if te else "TM",
        m,
        1e3 * WAVE_UM * (1 + dice.uniform(-0.06, 0.06)),
        dice.choice((1e-4, 1e-5, 1e-6)),
        dice.uniform(0.2, 1.2) * WAVE_UM,
        dice.uniform(0.25, 0.45) * WAVE_UM,
        sum(one.body and one.r[1] > LIKE * largest_um for one in bodies),
        walls,
    )


def _tube(dice: random.Random, number: int) -> Case:
    """A capillary whose wall is thicker over some length, filled or not."""
    while True:
        core, liquid = dice.uniform(1.45, 2.2), dice.choice((1.0, 1.33))
        radius, te = dice.uniform(2.0, 6.0), dice.random() < 0.5
        width, length = dice.uniform(0.5, 1.2) * WAVE_UM, dice.uniform(0.8, 2.0) * WAVE_UM
        step = dice.uniform(0.1, 0.35) * width
        middle = radius - 0.5 * width
        # E along z is E along the wall of a slab that is bent around
        thick, thin = (
            slab_index(core, liquid, 1.0, wide, not te) for wide in (width, width - step)
        )
        thin *= 1 - 0.5 * step / middle
        held = (2 * math.pi / WAVE_UM) ** 2 * (thick**2 - thin**2) > 1.5 * (math.pi / length) ** 2
        m = round(2 * math.pi * middle * thick / WAVE_UM)
        if width > 0.6 * radius or thick < liquid + 0.1 or not held or not 8 <= m <= 60:
            continue
        inner, half = radius - width, 0.5 * length
        rectangles = [
            Rectangle((inner, radius), (-half, half), (core,) * 2),
            Rectangle((inner, radius - step), (-99.0, -half), (core,) * 2, False),
            Rectangle((inner, radius - step), (half, 99.0), (core,) * 2, False),
        ]
        if liquid > 1.0:
            rectangles.append(Rectangle((0.0, inner), (-99.0, 99.0), (liquid,) * 2, False))
        return Case(
            "tube",
            number,
            tuple(rectangles),
            1.0,
            "TE" if te else "TM",
            m,
            1e3 * WAVE_UM * (1 + dice.uniform(-0.03, 0.03)),
            dice.choice((1e-4, 1e-5, 1e-6)),
            dice.uniform(0.5, 1.2) * WAVE_UM,
            dice.uniform(0.25, 0.45) * WAVE_UM,
        )


def _coupled(dice: random.Random, first: Rectangle, ring: bool) -> list[Rectangle]:
    """Two or three bodies over each other, or two rings around each other, 0.1 to 1 um apart."""
    gap = math.exp(dice.uniform(math.log(0.1), 0.0))
    width, height = first.r[1] - first.r[0], first.z[1] - first.z[0]
    if ring and dice.random() < 0.5:
        outer = first.r[0] - gap
        narrower = width * dice.uniform(0.9, 1.1)
        return [first, Rectangle((outer - narrower, outer), first.z, first.index)]
    out = [first]
    for _ in range(dice.choice((1, 1, 2))):
        low = out[-1].z[1] + gap
        shrunk = 1.0 if dice.random() < 0.5 else 1.0 - 0.02 * dice.random()
        out.append(Rectangle((first.r[0], first.r[1] * shrunk), (low, low + height), first.index))
    return out


def lines(marks: list[float], low: float, high: float, cell: float) -> list[float]:
    """Grid lines from low to high through all marks, denser beside each mark."""
    marks = sorted({low, high, *(mark for mark in marks if low < mark < high)})
    out = [marks[0]]
    for start, end in pairwise(marks):
        count = max(1, math.ceil((end - start) / cell - 1e-9))
        if count > 1:
            share = 0.5 * (1 - np.cos(np.pi * np.arange(1, count + 1) / count))
            even = np.arange(1, count + 1) / count
            steps = start + (end - start) * (0.5 * share + 0.5 * even)
        else:
            steps = np.array([end])
        out += [float(step) for step in steps]
    return out


def cut(case: Case) -> tuple[float, float, float, float]:
    """Where cavitydesign's section ends: within the decay towards the axis, and a margin away."""
    bodies = [one for one in case.rectangles if one.body]
    thickest = max(max(one.index) for one in bodies)
    inner = 0.3 * case.m * WAVE_UM / (2 * math.pi * thickest)
    inner = min(inner, 0.8 * min(one.r[1] for one in bodies))
    if case.m < FROM_THE_AXIS:
        inner = 0.0
    return (inner, *around(case, case.margin_um))


def around(case: Case, margin: float) -> tuple[float, float, float]:
    """Right, lower and upper end of a section with a margin around all that ends, or at walls."""
    bodies = [one for one in case.rectangles if one.body]
    heights = [z for one in case.rectangles for z in one.z if abs(z) < FOR_EVER]
    return (
        case.walls.get("outer", max(one.r[1] for one in bodies) + margin),
        case.walls.get("lower", min(heights) - margin),
        case.walls.get("upper", max(heights) + margin),
    )
