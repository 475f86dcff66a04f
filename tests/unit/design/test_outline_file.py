"""The reader of measured outlines: what it takes, and 300 damaged files that it must refuse in one
line each.
"""

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

from cavitydesign.design.files.outline_file import load_outline, read_outline
from cavitydesign.errors import InputError
from cavitydesign.geometry import droplet_of

Rows = list[tuple[str, str]]


def rows(noise_um: float = 0.0, seed: int = 0) -> Rows:
    z = np.linspace(-12.0, 12.0, 200)
    r = 7.5 - z**2 / 120.0 + np.random.default_rng(seed).normal(0.0, noise_um, 200)
    return [(f"{a:.9f}", f"{b:.9f}") for a, b in zip(z, r, strict=True)]


def text_of(table: Rows, header: str = "z_um,r_um") -> str:
    return "\n".join([header, *(",".join(row) for row in table)]) + "\n"


@pytest.mark.parametrize(
    ("header", "separator", "z_factor", "r_factor"),
    [
        ("z_um,r_um", ",", 1.0, 1.0),
        ("z_nm;r_nm", ";", 1e3, 1e3),
        ("z_mm\tr_um", "\t", 1e-3, 1.0),
        ("z_um   r_um", "  ", 1.0, 1.0),
    ],
)
def test_units_and_separators(
    tmp_path: Path, header: str, separator: str, z_factor: float, r_factor: float
) -> None:
    file = tmp_path / "outline.csv"
    lines = [f"{float(z) * z_factor!r}{separator}{float(r) * r_factor!r}" for z, r in rows()]
    file.write_text("\ufeff# a comment\n\n" + "\r\n".join([header, *lines]), encoding="utf-8")
    outline = load_outline(file)
    assert outline.equator_radius_um == pytest.approx(7.5, rel=1e-8)
    assert outline.axial_radius_um == pytest.approx(60.0, rel=1e-8)


def test_other_columns_and_order_are_free(tmp_path: Path) -> None:
    file = tmp_path / "outline.csv"
    table = rows()
    np.random.default_rng(3).shuffle(table)
    file.write_text("frame,r_um,z_um\n" + "\n".join(f"7,{r},{z}" for z, r in table))
    z, r = read_outline(file)
    assert len(z) == 200
    assert r.max() < 7.51
    assert load_outline(file).axial_radius_um == pytest.approx(60.0, rel=1e-8)


def test_missing_file_names_its_neighbour(tmp_path: Path) -> None:
    (tmp_path / "outline.csv").write_text(text_of(rows()))
    with pytest.raises(InputError, match=r"no such file; did you mean 'outline\.csv'"):
        read_outline(tmp_path / "outlin.csv")
    with pytest.raises(InputError, match="cannot be read"):
        read_outline(tmp_path)


def truncated(rng: np.random.Generator) -> bytes:
    """Cut before the equator, so that no width can be known, at any byte."""
    whole = text_of(rows(1e-3, int(rng.integers(99)))).encode()
    return whole[: int(rng.integers(0, len(whole) // 2 - 300))]


def truncated_number(rng: np.random.Generator) -> bytes:
    """Cut inside the last row: a column is missing, or only the integer of its number is left."""
    table = rows()[: int(rng.integers(120, 199))]
    last = table[-1]
    tail = last[0] + ("" if rng.random() < 0.5 else f",{last[1][:2]}")
    return (text_of(table[:-1]) + tail).encode()


def wrong_units(rng: np.random.Generator) -> bytes:
    """The header says one thing, the numbers another."""
    header = str(rng.choice(["z_um,r_nm", "z_nm,r_um", "z_mm,r_um", "z_mm,r_mm", "z_nm,r_nm"]))
    return text_of(rows(), header).encode()


def unknown_header(rng: np.random.Generator) -> bytes:
    return text_of(
        rows(),
        str(rng.choice(["z,r", "x_um,y_um", "z_um,z_um", "1.0,2.0", "z_m,r_m", "Z_um,R_um"])),
    ).encode()


def no_header(rng: np.random.Generator) -> bytes:
    return text_of(rows()[int(rng.integers(0, 50)) :]).split("\n", 1)[1].encode()


def swapped_columns(rng: np.random.Generator) -> bytes:
    """z in the column of r: with its negative half, or shifted to be positive."""
    shift = 0.0 if rng.random() < 0.5 else 12.0 + 3.0 * rng.random()
    return text_of(
        [(r, f"{float(z) + shift:.9f}") for z, r in rows(1e-3, int(rng.integers(99)))]
    ).encode()


def not_finite(rng: np.random.Generator) -> bytes:
    table = [list(row) for row in rows()]
    table[int(rng.integers(200))][int(rng.integers(2))] = str(
        rng.choice(["nan", "inf", "-inf", "", "--", "1,5", "0x7"])
    )
    return text_of([(a, b) for a, b in table]).encode()


def self_crossing(rng: np.random.Generator) -> bytes:
    """A loop: over part of the range there are several radii at the same z."""
    t = np.linspace(-np.pi, np.pi, 240)
    z = 6 * np.sin(2 * t) + rng.uniform(2, 5) * np.sin(t)
    r = 6 + rng.uniform(1, 3) * np.cos(t) + 0.3 * t
    order = rng.permutation(240) if rng.random() < 0.5 else np.arange(240)
    return text_of([(f"{z[i]:.6f}", f"{r[i]:.6f}") for i in order]).encode()


def stray_point(rng: np.random.Generator) -> bytes:
    table = rows(1e-3, int(rng.integers(99)))
    place = int(rng.integers(200))
    table[place] = (
        table[place][0],
        f"{float(table[place][1]) + rng.choice([-1, 1]) * rng.uniform(0.1, 1.0):.6f}",
    )
    return text_of(table).encode()


def binary(rng: np.random.Generator) -> bytes:
    return b"\xff\xfe" + rng.integers(0, 256, 400, dtype=np.uint8).tobytes()


def extra_cells(rng: np.random.Generator) -> bytes:
    lines = text_of(rows()).splitlines()
    lines[int(rng.integers(1, 200))] += ",3.0"
    return "\n".join(lines).encode()


def too_noisy(rng: np.random.Generator) -> bytes:
    return text_of(rows(3.0, int(rng.integers(99)))[: int(rng.integers(30, 60))]).encode()


def step(rng: np.random.Generator) -> bytes:
    """From some point on all radii are larger, as if two pieces had been put together wrongly."""
    table, place, jump = (
        rows(1e-3, int(rng.integers(99))),
        int(rng.integers(10, 190)),
        rng.uniform(0.2, 2.0),
    )
    return text_of(
        [(z, f"{float(r) + jump * (i > place):.6f}") for i, (z, r) in enumerate(table)]
    ).encode()


def mixed_units(rng: np.random.Generator) -> bytes:
    """Some rows in nm."""
    some = rng.random(200) < rng.uniform(0.01, 0.5)
    some[0] = True
    scaled = [
        (z, f"{float(r) * (1e3 if k else 1.0):.6f}") for k, (z, r) in zip(some, rows(), strict=True)
    ]
    return text_of(scaled).encode()


def mixed_columns(rng: np.random.Generator) -> bytes:
    """Some rows with r first."""
    some = rng.random(200) < rng.uniform(0.01, 0.9)
    some[0] = True
    return text_of(
        [(r, z) if k else (z, r) for k, (z, r) in zip(some, rows(), strict=True)]
    ).encode()


DAMAGES: list[Callable[[np.random.Generator], bytes]] = [
    truncated, truncated_number, wrong_units, unknown_header, no_header, swapped_columns,
    not_finite, self_crossing, stray_point, binary, extra_cells, too_noisy, step, mixed_units, mixed_columns,
]  # fmt: skip


def damaged() -> Iterator[tuple[str, bytes]]:
    for damage in DAMAGES:
        for seed in range(20):
            yield f"{damage.__name__} {seed}", damage(np.random.default_rng(seed))


def test_300_damaged_files_are_refused_in_one_line_each(tmp_path: Path) -> None:
    file = tmp_path / "outline.csv"
    wrong: list[str] = []
    count = 0
    for name, data in damaged():
        count += 1
        file.write_bytes(data)
        try:
            outline = load_outline(file)
        except InputError as error:
            line = str(error)
            if "\n" in line or not line.startswith(str(file)) or len(line) > len(str(file)) + 300:
                wrong.append(f"{name}: {line!r}")
        else:
            wrong.append(
                f"{name}: accepted, R = {outline.equator_radius_um}, axial "
                f"{outline.axial_radius_um}"
            )
    assert count == 300
    assert not wrong, "\n".join(wrong)


def test_cut_after_the_equator_still_gives_a_right_answer(tmp_path: Path) -> None:
    """What is left determines the curvature: accepted, and right within four stated errors."""
    file = tmp_path / "outline.csv"
    for kept in (130, 150, 180):
        file.write_text(text_of(rows(1e-3, kept)[:kept]))
        outline = load_outline(file)
        assert abs(outline.axial_radius_um - 60.0) < 4 * outline.axial_radius_sd_um


def test_drop_on_its_fibre(tmp_path: Path) -> None:
    drop = droplet_of(8.0, diameter_um=15.0, contact_angle_deg=15.0)
    r, z = drop.point(np.linspace(*drop.reach_um, 200))
    file = tmp_path / "drop.csv"
    file.write_text(
        "z_um,r_um\n" + "\n".join(f"{a:.6f},{b:.6f}" for a, b in zip(z, r, strict=True))
    )
    outline = load_outline(file, 4.0)
    assert outline.axial_radius_um == pytest.approx(drop.axial_radius_um, rel=1e-3)
