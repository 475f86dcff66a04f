"""Damaged material files made of the shipped ones: refused line by line, or with the very same
indices.
"""

import random
import re
from collections.abc import Callable
from importlib.resources import files
from pathlib import Path

import pytest

from cavitydesign.errors import InputError
from cavitydesign.materials import read_material

SHIPPED = sorted(Path(str(files("cavitydesign.materials") / "data")).glob("*.toml"))
NUMBER = re.compile(r"-?\d+\.\d+(?:e-?\d+)?")


def truncated(rng: random.Random, text: str) -> bytes:
    return text[: rng.randrange(len(text) - 5)].encode()


def lines_lost(rng: random.Random, text: str) -> bytes:
    lines = text.split("\n")
    place = rng.randrange(len(lines))
    del lines[place : place + rng.randrange(1, 6)]
    return "\n".join(lines).encode()


def no_number(rng: random.Random, text: str) -> bytes:
    place = rng.choice([*NUMBER.finditer(text)] or [*re.finditer(r"\d+", text)])
    return (
        text[: place.start()]
        + rng.choice(["nan", "inf", '"x"', "", "true", "1e30"])
        + text[place.end() :]
    ).encode()


def decimal_commas(rng: random.Random, text: str) -> bytes:
    return re.sub(r"(\d)\.(\d)", r"\1,\2", text).encode()


def other_bytes(rng: random.Random, text: str) -> bytes:
    data = bytearray(text.encode())
    for _ in range(rng.randrange(5, 20)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data)


def range_in_um(rng: random.Random, text: str) -> bytes:
    def thousandth(found: re.Match[str]) -> str:
        return f"range_nm = [{float(found[1]) / 1e3}, {float(found[2]) / 1e3}]"

    return re.sub(r"range_nm = \[([\d.]+), ([\d.]+)\]", thousandth, text).encode()


def range_turned(rng: random.Random, text: str) -> bytes:
    return re.sub(r"range_nm = \[([\d.]+), ([\d.]+)\]", r"range_nm = [\2, \1]", text).encode()


def columns_swapped(rng: random.Random, text: str) -> bytes:
    for first, second in (
        ("strengths", r"poles_\w+2"),
        ("coefficients", "powers"),
        ("wavelength_nm = [", r"value = \["),
    ):
        found = re.search(second, text)
        if first in text and found:
            return (
                text.replace(first, "\0").replace(found[0], first).replace("\0", found[0]).encode()
            )
    raise AssertionError("every law has two lists")


def number_lost(rng: random.Random, text: str) -> bytes:
    """One number fewer in one of the lists of the index."""
    start = text.index("[index]")
    place = rng.choice(list(re.finditer(r"(?<=[\[\s])-?\d[\d.e+-]*,?(?=[\s\]])", text[start:])))
    return (text[: start + place.start()] + text[start + place.end() :]).encode()


DAMAGES: list[Callable[[random.Random, str], bytes]] = [
    truncated, lines_lost, no_number, decimal_commas, other_bytes, range_in_um, range_turned, columns_swapped, number_lost,
]  # fmt: skip


def outcome(file: Path, sound: Path) -> str:
    """ "refused", "same", or what is wrong."""
    try:
        found = read_material(file)
    except InputError as error:
        clear = all(line.startswith(str(file)) and "\n" not in line for line in error.problems)
        return "refused" if clear else f"refused by {error.problems}"
    whole = read_material(sound)
    low, high = (max(a, b) for a, b in zip(found.range_nm, whole.range_nm, strict=True))
    high = min(found.range_nm[1], whole.range_nm[1])
    for wavelength_nm in (low + share * (high - low) for share in (0.0, 0.3, 0.7, 1.0)):
        for name in ("index", "index_extraordinary", "extinction"):
            got, true = getattr(found, name)(wavelength_nm), getattr(whole, name)(wavelength_nm)
            # An extinction that went with its table leaves no trace.
            if abs(got - true) > 1e-9 and not (
                name != "index" and "[extinction]" not in file.read_text()
            ):
                return f"{name} of {sound.name} at {wavelength_nm:g} nm: {got} for {true}"
    return "same"


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_no_wrong_index_from_a_damaged_file(
    tmp_path: Path, damage: Callable[[random.Random, str], bytes]
) -> None:
    seen = []
    for number, sound in enumerate(SHIPPED):
        file = tmp_path / sound.name
        file.write_bytes(damage(random.Random(number), sound.read_text()))
        seen.append(outcome(file, sound))
    print(seen)
    assert set(seen) <= {"refused", "same"}
    assert seen.count("refused") > len(seen) / 2


def test_an_index_that_rises_in_a_transparent_medium_is_refused(tmp_path: Path) -> None:
    """Cauchy's term with the wrong sign; with an absorption stated, the rise may be anomalous
    dispersion.
    """
    head = 'name = "g"\ntitle = "t"\nsource = "s"\nlicence = "l"\nrange_nm = [400, 900]\n'
    file = tmp_path / "glass.toml"
    file.write_text(
        head + '[index]\nkind = "cauchy"\ncoefficients = [1.5, -0.004]\npowers = [0.0, -2.0]\n'
    )
    with pytest.raises(InputError, match=r"index: rises with the wavelength"):
        read_material(file)
    file.write_text(
        file.read_text() + '[extinction]\nkind = "cauchy"\ncoefficients = [1e-3]\npowers = [0.0]\n'
    )
    assert read_material(file).index(900.0) > read_material(file).index(400.0)
