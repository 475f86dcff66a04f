"""Damaged outlines of several shapes: refused in one line, or still right within the stated
uncertainty; never wrong.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.design.files.outline_file import load_outline
from cavitydesign.errors import InputError
from cavitydesign.geometry import droplet_of

Rng = np.random.Generator
SEEDS = 16


@dataclass(frozen=True)
class Sound:
    """Points of an outline, and its true radius and axial radius."""

    z: np.ndarray
    r: np.ndarray
    radius: float
    axial: float

    @property
    def rise(self) -> float:
        return float(np.ptp(self.r))

    @property
    def length(self) -> float:
        return float(np.ptp(self.z))


def sound_outline(rng: Rng) -> Sound:
    """A parabola, sphere, drop or cosine, with 0 to 30 nm of noise on each point."""
    shape, count, radius = (
        rng.choice(["parabola", "sphere", "drop", "cosine"]),
        int(rng.integers(40, 400)),
        rng.uniform(4, 40),
    )
    if shape == "parabola":
        axial = radius * rng.uniform(0.5, 10)
        z = math.sqrt(2 * axial * radius * rng.uniform(0.15, 0.8)) * np.linspace(-1, 1, count)
        r = radius - z**2 / (2 * axial)
    elif shape == "sphere":
        angle, axial = np.linspace(-1, 1, count) * rng.uniform(0.6, 1.5), radius
        z, r = radius * np.sin(angle), radius * np.cos(angle)
    elif shape == "drop":
        fibre = rng.uniform(4, 20)
        drop = droplet_of(
            fibre, diameter_um=fibre * rng.uniform(1.5, 4), contact_angle_deg=rng.uniform(0, 40)
        )
        r, z = drop.point(np.linspace(*drop.reach_um, count))
        radius, axial = drop.equator_radius_um, drop.axial_radius_um
    else:
        axial = radius * rng.uniform(1, 8)
        z = np.linspace(-1, 1, count) * rng.uniform(0.5, 1.2) * math.sqrt(radius * axial)
        r = radius * np.cos(z / math.sqrt(radius * axial))
    return Sound(z, r + rng.normal(0, 1, count) * rng.choice([0, 1e-3, 1e-2, 3e-2]), radius, axial)


def file_of(z: np.ndarray, r: np.ndarray) -> bytes:
    return (
        "z_um,r_um\n" + "\n".join(f"{a:.6f},{b:.6f}" for a, b in zip(z, r, strict=True))
    ).encode()


def run_of(rng: Rng, count: int, least: int) -> slice:
    """A run of points somewhere."""
    width = int(rng.integers(least, count // 2))
    start = int(rng.integers(0, count - width))
    return slice(start, start + width)


def flat_top(rng: Rng, body: Sound) -> bytes:
    """Radii above a limit are cut off, as by a frame of the picture."""
    return file_of(body.z, np.minimum(body.r, body.r.max() - body.rise * rng.uniform(0.02, 0.6)))


def flat_foot(rng: Rng, body: Sound) -> bytes:
    return file_of(body.z, np.maximum(body.r, body.r.min() + body.rise * rng.uniform(0.2, 0.9)))


def stuck_value(rng: Rng, body: Sound) -> bytes:
    r = body.r.copy()
    run = run_of(rng, r.size, max(4, r.size // 12))
    r[run] = r[run.start]
    return file_of(body.z, r)


def zeros(rng: Rng, body: Sound) -> bytes:
    r = body.r.copy()
    r[run_of(rng, r.size, 2)] = 0.0
    return file_of(body.z, r)


def two_bodies(rng: Rng, body: Sound) -> bytes:
    move = body.length * rng.uniform(1.0, 1.3)
    return file_of(np.r_[body.z, body.z + move], np.r_[body.r, body.r * rng.uniform(0.8, 1.2)])


def lost_signs(rng: Rng, body: Sound) -> bytes:
    """Some z without their minus sign: a symmetric body folded over, which stays right."""
    return file_of(
        np.where(rng.random(body.z.size) < rng.uniform(0.1, 1), abs(body.z), body.z), body.r
    )


def no_equator(rng: Rng, body: Sound) -> bytes:
    keep = abs(body.z - rng.uniform(-0.1, 0.1) * body.length) > body.length * rng.uniform(0.2, 0.45)
    return file_of(body.z[keep], body.r[keep])


def half_swapped(rng: Rng, body: Sound) -> bytes:
    half = body.z.size // 2
    return file_of(np.r_[body.z[:half], body.r[half:]], np.r_[body.r[:half], body.z[half:]])


def half_other_units(rng: Rng, body: Sound) -> bytes:
    start, factor, which = (
        int(rng.integers(3, body.z.size - 3)),
        rng.choice([1e-3, 0.1, 10, 1e3]),
        int(rng.integers(3)),
    )
    z, r = body.z.copy(), body.r.copy()
    z[start:] *= factor if which != 0 else 1.0
    r[start:] *= factor if which != 1 else 1.0
    return file_of(z, r)


def other_units_of_z(rng: Rng, body: Sound) -> bytes:
    return file_of(body.z * rng.choice([1e-3, 1e3]), body.r)


def other_units_of_r(rng: Rng, body: Sound) -> bytes:
    return file_of(body.z, body.r * rng.choice([1e-3, 1e3]))


def shifted_block(rng: Rng, body: Sound) -> bytes:
    z, start = body.z.copy(), int(rng.integers(body.z.size // 5, 4 * body.z.size // 5))
    z[start:] -= body.length * rng.uniform(0.1, 0.5)
    return file_of(z, body.r)


def swapped(rng: Rng, body: Sound) -> bytes:
    return file_of(
        body.r, body.z + (0 if rng.random() < 0.3 else abs(body.z.min()) + rng.uniform(0, 20))
    )


def reversed_block(rng: Rng, body: Sound) -> bytes:
    r, start = body.r.copy(), int(rng.integers(body.r.size // 5, 4 * body.r.size // 5))
    r[start:] = r[start:][::-1]
    return file_of(body.z, r)


def other_bytes(rng: Rng, body: Sound) -> bytes:
    data = bytearray(file_of(body.z, body.r))
    for _ in range(int(rng.integers(1, 12))):
        data[int(rng.integers(len(data)))] = int(rng.integers(32, 127))
    return bytes(data)


def lost_bytes(rng: Rng, body: Sound) -> bytes:
    data = file_of(body.z, body.r)
    for _ in range(int(rng.integers(1, 6))):
        start = int(rng.integers(len(data)))
        data = data[:start] + data[start + int(rng.integers(1, 9)) :]
    return data


def lost_points_of_numbers(rng: Rng, body: Sound) -> bytes:
    lines = file_of(body.z, body.r).decode().split("\n")
    for _ in range(int(rng.integers(1, 5))):
        place = int(rng.integers(1, len(lines)))
        lines[place] = lines[place].replace(".", "", int(rng.integers(1, 3)))
    return "\n".join(lines).encode()


def loop(rng: Rng, body: Sound) -> bytes:
    t, half = np.linspace(-np.pi, np.pi, body.z.size), 0.5 * body.length
    z = half * (np.sin(t) + rng.uniform(0.1, 1) * np.sin(2 * t))
    return file_of(z, body.r.max() * (1 + rng.uniform(0.1, 0.4) * np.cos(t)))


def waves(rng: Rng, body: Sound) -> bytes:
    return file_of(
        body.z,
        body.r
        + body.rise * rng.uniform(0.1, 0.5) * np.sin(rng.uniform(10, 80) * body.z / body.length),
    )


def halves_put_together(rng: Rng, body: Sound) -> bytes:
    """One side and its mirror image, put together too near or too far from each other: a corner at
    the top.
    """
    right = body.z >= 0
    z = body.z[right] + rng.choice([-1, 1]) * rng.uniform(0.05, 0.4) * body.length
    z, r = z[z >= 0], body.r[right][z >= 0]
    return file_of(np.r_[-z[::-1], z], np.r_[r[::-1], r])


DAMAGES: list[Callable[[Rng, Sound], bytes]] = [
    flat_top, flat_foot, stuck_value, zeros, two_bodies, lost_signs, no_equator, half_swapped, half_other_units, loop,
    other_units_of_z, other_units_of_r, shifted_block, swapped, reversed_block, other_bytes, lost_bytes, waves,
    lost_points_of_numbers, halves_put_together,
]  # fmt: skip


def wrong_outcome(file: Path, body: Sound) -> str | None:
    """What is wrong with what comes out of a file, None if nothing."""
    try:
        outline = load_outline(file)
    except InputError as error:
        line = str(error)
        good = "\n" not in line and line.startswith(str(file)) and len(line) < len(str(file)) + 300
        return None if good else f"refused by {line!r}"
    by_radius = abs(outline.equator_radius_um - body.radius)
    by_curvature = abs(1 / outline.axial_radius_um - 1 / body.axial)
    # Five stated uncertainties; of exact points what the fit itself leaves.
    right = by_radius < max(5 * outline.radius_sd_um, 2e-4 * body.radius)
    if right and by_curvature < max(5 * outline.curvature_sd_per_um, 5e-3 / body.axial):
        return None
    return (
        f"accepted, R = {outline.equator_radius_um:.5g} +- {outline.radius_sd_um:.2g} for "
        f"{body.radius:.5g},"
        f" axial {outline.axial_radius_um:.4g} +- {outline.axial_radius_sd_um:.2g} for "
        f"{body.axial:.4g}"
    )


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_no_wrong_answer_from_damaged_points(
    tmp_path: Path, damage: Callable[[Rng, Sound], bytes]
) -> None:
    file, wrong = tmp_path / "outline.csv", []
    for seed in range(SEEDS):
        rng = np.random.default_rng([DAMAGES.index(damage), seed])
        body = sound_outline(rng)
        file.write_bytes(damage(rng, body))
        problem = wrong_outcome(file, body)
        if problem:
            wrong.append(f"seed {seed}: {problem}")
    assert not wrong, "\n".join(wrong)


def test_sound_points_are_accepted(tmp_path: Path) -> None:
    """None of the refusals meets an outline without damage, noisy or not."""
    file, refused = tmp_path / "outline.csv", []
    for seed in range(100):
        body = sound_outline(np.random.default_rng([999, seed]))
        file.write_bytes(file_of(body.z, body.r))
        try:
            load_outline(file)
        except InputError as error:
            refused.append(f"seed {seed}: {error}")
    assert not refused, "\n".join(refused)
