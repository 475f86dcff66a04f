"""Damaged micrographs: refused in one line, or right in spite of the damage; never wrong."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.design.files.micrograph_file import load_micrograph
from cavitydesign.errors import InputError

image_library = pytest.importorskip("PIL.Image", reason="Pillow (extra images) is not installed")
pytest.importorskip("skimage", reason="scikit-image (extra images) is not installed")

Rng = np.random.Generator
RADIUS_UM, AXIAL_UM, FIBRE_UM, UM_PER_PIXEL = 7.5, 60.0, 3.0, 0.1
SEEDS = 6


def picture(rng: Rng) -> np.ndarray:
    """A dark body of the parabola's outline on its fibre, a little tilted, blurred and noisy."""
    rows, columns, tilt = 200, 420, rng.uniform(-0.04, 0.04)
    y, x = np.mgrid[0:rows, 0:columns] - np.array(
        [rows / 2 + rng.uniform(-4, 4), columns / 2]
    ).reshape(2, 1, 1)
    along, across = (x + tilt * y) * UM_PER_PIXEL, np.abs(y - tilt * x) * UM_PER_PIXEL
    edge = np.maximum(RADIUS_UM - along**2 / (2 * AXIAL_UM), FIBRE_UM)
    grey = 200 - 140 * np.clip((edge - across) / (2 * UM_PER_PIXEL) + 0.5, 0, 1)
    return np.clip(np.round(grey + rng.normal(0, 3, grey.shape)), 5, 250).astype(np.uint8)


def frame_cuts_top(rng: Rng, grey: np.ndarray) -> np.ndarray:
    return grey[int(rng.integers(40, 110)) :]


def painted_over(rng: Rng, grey: np.ndarray) -> np.ndarray:
    place = int(rng.integers(60, 250))
    grey[:, place : place + int(rng.integers(60, 150))] = rng.choice([0, 60, 200, 255])
    return grey


def half_inverted(rng: Rng, grey: np.ndarray) -> np.ndarray:
    place = int(rng.integers(100, 300))
    grey[:, place:] = 255 - grey[:, place:]
    return grey


def noisy(rng: Rng, grey: np.ndarray) -> np.ndarray:
    return np.clip(grey + rng.normal(0, rng.uniform(100, 200), grey.shape), 0, 255).astype(np.uint8)


def one_grey(rng: Rng, grey: np.ndarray) -> np.ndarray:
    return np.full_like(grey, rng.integers(0, 255))


def on_its_side(rng: Rng, grey: np.ndarray) -> np.ndarray:
    return np.rot90(grey).copy()


def stripe_across(rng: Rng, grey: np.ndarray) -> np.ndarray:
    """A bright line along the body, which leaves two pieces of it."""
    place = int(rng.integers(70, 130))
    grey[place : place + int(rng.integers(4, 20))] = 200
    return grey


def torn(rng: Rng, grey: np.ndarray) -> np.ndarray:
    place = int(rng.integers(130, 280))
    grey[:, place:] = np.roll(
        grey[:, place:], int(rng.choice([-1, 1]) * rng.integers(10, 40)), axis=0
    )
    return grey


def tiny(rng: Rng, grey: np.ndarray) -> np.ndarray:
    return grey[80 : 80 + int(rng.integers(1, 30)), : int(rng.integers(1, 60))]


def flat_top(rng: Rng, grey: np.ndarray) -> np.ndarray:
    """Ground painted over both crests."""
    height = int(rng.integers(35, 60))
    grey[:height], grey[-height:] = 200, 200
    return grey


def cut_short(rng: Rng, data: bytes) -> bytes:
    return data[: int(rng.integers(0, len(data) - 20))]


def no_head(rng: Rng, data: bytes) -> bytes:
    return rng.integers(0, 256, 20, dtype=np.uint8).tobytes() + data[20:]


def other_bytes(rng: Rng, data: bytes) -> bytes:
    broken = bytearray(data)
    for _ in range(int(rng.integers(1, 40))):
        broken[int(rng.integers(len(broken)))] = int(rng.integers(256))
    return bytes(broken)


PICTURES: list[Callable[[Rng, np.ndarray], np.ndarray]] = [
    frame_cuts_top, painted_over, half_inverted, noisy, one_grey, on_its_side, stripe_across, torn, tiny, flat_top,
]  # fmt: skip
FILES: list[Callable[[Rng, bytes], bytes]] = [cut_short, no_head, other_bytes]


def outcome(file: Path) -> str:
    """ "refused", "right", or what is wrong."""
    try:
        found = load_micrograph(file, FIBRE_UM, um_per_pixel=UM_PER_PIXEL)
    except InputError as error:
        line = str(error)
        return (
            "refused" if line.startswith(str(file)) and "\n" not in line else f"refused by {line!r}"
        )
    by_radius = abs(found.equator_radius_um - RADIUS_UM)
    by_curvature = abs(1 / found.axial_radius_um - 1 / AXIAL_UM)
    # A fifth of a pixel, and the 2 % of the curvature that pictures of sound bodies give, or five
    # stated uncertainties.
    right = by_radius < max(0.2 * UM_PER_PIXEL, 5 * found.radius_sd_um)
    right &= by_curvature < max(0.02 / AXIAL_UM, 5 * found.curvature_sd_per_um)
    return (
        "right"
        if right
        else f"accepted with R = {found.equator_radius_um:.4g}, axial {found.axial_radius_um:.4g}"
    )


@pytest.mark.parametrize("damage", PICTURES, ids=lambda damage: damage.__name__)
def test_damaged_pictures(tmp_path: Path, damage: Callable[[Rng, np.ndarray], np.ndarray]) -> None:
    seen = []
    for seed in range(SEEDS):
        rng, file = np.random.default_rng([PICTURES.index(damage), seed]), tmp_path / f"{seed}.png"
        image_library.fromarray(damage(rng, picture(rng))).save(file)
        seen.append(outcome(file))
    print(seen)
    assert set(seen) <= {"refused", "right"}


@pytest.mark.parametrize("damage", FILES, ids=lambda damage: damage.__name__)
@pytest.mark.parametrize("kind", ["png", "tiff"])
def test_damaged_picture_files(
    tmp_path: Path, kind: str, damage: Callable[[Rng, bytes], bytes]
) -> None:
    seen = []
    for seed in range(SEEDS):
        rng, file, whole = (
            np.random.default_rng([FILES.index(damage), seed]),
            tmp_path / f"{seed}.{kind}",
            io.BytesIO(),
        )
        image_library.fromarray(picture(rng)).save(whole, format=kind)
        file.write_bytes(damage(rng, whole.getvalue()))
        seen.append(outcome(file))
    print(seen)
    assert set(seen) <= {"refused", "right"}


def test_sound_pictures_are_right(tmp_path: Path) -> None:
    for seed in range(4):
        file = tmp_path / f"{seed}.png"
        image_library.fromarray(picture(np.random.default_rng(seed))).save(file)
        assert outcome(file) == "right"
