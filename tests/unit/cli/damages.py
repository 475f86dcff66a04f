"""The ways in which files arrive broken: each takes a random generator and the sound bytes, and
gives the broken ones.
"""

from __future__ import annotations

import io
import random
import re
from collections.abc import Callable

import numpy as np

Damage = Callable[[random.Random, bytes], bytes]


# Of any file.


def cut_short(rng: random.Random, data: bytes) -> bytes:
    return data[: rng.randrange(1, max(2, len(data) * 9 // 10))]


def emptied(rng: random.Random, data: bytes) -> bytes:
    return rng.choice([b"", b"\n", b" \n\n", b"\xef\xbb\xbf"])


def rubbish(rng: random.Random, data: bytes) -> bytes:
    return rng.randbytes(rng.choice([7, 300, 5000]))


def rubbish_after_the_head(rng: random.Random, data: bytes) -> bytes:
    return data[: len(data) // rng.randrange(2, 9)] + rng.randbytes(300)


def zeros_inside(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + bytes(rng.randrange(1, 200)) + data[start + 20 :]


def changed_bytes(rng: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(rng.randrange(1, 30)):
        out[rng.randrange(len(out))] = rng.randrange(256)
    return bytes(out)


def lost_piece(rng: random.Random, data: bytes) -> bytes:
    start = rng.randrange(len(data))
    return data[:start] + data[start + rng.randrange(1, 200) :]


# Of text.


def byte_order_mark(rng: random.Random, data: bytes) -> bytes:
    return b"\xef\xbb\xbf" + data


def other_line_ends(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", rng.choice([b"\r\n", b"\r"]))


def utf16(rng: random.Random, data: bytes) -> bytes:
    return data.decode("utf-8", "replace").encode("utf-16")


def decimal_commas(rng: random.Random, data: bytes) -> bytes:
    return re.sub(rb"(\d)\.(\d)", rb"\1,\2", data)


_NUMBER = re.compile(rb"(?<![\w.])-?\d+(?:\.\d+)?(?:e[+-]?\d+)?(?![\w.])")


def no_number(rng: random.Random, data: bytes) -> bytes:
    places = list(_NUMBER.finditer(data))
    for place in sorted(
        rng.sample(places, min(len(places), rng.randrange(1, 4))), key=lambda found: -found.start()
    ):
        word = rng.choice([b"nan", b"inf", b"-inf", b"x", b"", b"1e400", b"1.2.3"])
        data = data[: place.start()] + word + data[place.end() :]
    return data


def huge_number(rng: random.Random, data: bytes) -> bytes:
    place = rng.choice(list(_NUMBER.finditer(data)))
    word = rng.choice([b"1e30", b"-1e30", b"1e308", b"99999999999999999999", b"1e-300"])
    return data[: place.start()] + word + data[place.end() :]


def lines_lost(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    start = rng.randrange(len(lines))
    del lines[start : start + rng.randrange(1, max(2, len(lines) // 4))]
    return b"\n".join(lines)


def lines_doubled(rng: random.Random, data: bytes) -> bytes:
    lines = data.split(b"\n")
    start = rng.randrange(len(lines))
    return b"\n".join(lines[: start + 5] + lines[start:])


OF_ANY = (
    cut_short,
    emptied,
    rubbish,
    rubbish_after_the_head,
    zeros_inside,
    changed_bytes,
    lost_piece,
)
OF_TEXT = (
    byte_order_mark, other_line_ends, utf16, decimal_commas, no_number, huge_number, lines_lost, lines_doubled,
)  # fmt: skip


# Of outlines.


def _points(data: bytes) -> tuple[np.ndarray, np.ndarray]:
    return np.loadtxt(io.BytesIO(data), delimiter=",", skiprows=1, unpack=True)


def csv_of(z: np.ndarray, r: np.ndarray, head: str = "z_um,r_um") -> bytes:
    return (head + "\n" + "".join(f"{a:.6f},{b:.6f}\n" for a, b in zip(z, r, strict=True))).encode()


def swapped_columns(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"z_um,r_um", b"r_um,z_um")


def wrong_unit(rng: random.Random, data: bytes) -> bytes:
    return data.replace(
        b"z_um,r_um",
        rng.choice([b"z_nm,r_nm", b"z_mm,r_mm", b"z_um,r_mm", b"z_nm,r_um", b"z,r", b"z_px,r_px"]),
    )


def crossing_itself(rng: random.Random, data: bytes) -> bytes:
    z, r = _points(data)
    t = np.linspace(-np.pi, np.pi, z.size)
    return csv_of(
        6.0 * (np.sin(t) + rng.uniform(0.2, 1) * np.sin(2 * t)), r.max() * (1 + 0.2 * np.cos(t))
    )


def all_one_point(rng: random.Random, data: bytes) -> bytes:
    z, r = _points(data)
    return csv_of(np.full_like(z, z[7]), np.full_like(r, r[7]))


def straight(rng: random.Random, data: bytes) -> bytes:
    z, r = _points(data)
    return csv_of(z, np.full_like(r, 7.5) + rng.choice([0.0, 0.05]) * z)


def waist(rng: random.Random, data: bytes) -> bytes:
    z, r = _points(data)
    return csv_of(z, 2 * r.min() - r + 8)


# Of sections.


def _moved_nodes(data: bytes, move: Callable[[list[float]], list[float]]) -> bytes:
    """An ASCII .msh of format 2 with other positions."""
    head, _, rest = data.decode().partition("$Nodes\n")
    nodes, _, tail = rest.partition("$EndNodes")
    lines = nodes.split("\n")
    for place in range(1, len(lines) - 1):
        number, *xyz = lines[place].split()
        lines[place] = " ".join([number, *map(repr, move([float(x) for x in xyz]))])
    return (head + "$Nodes\n" + "\n".join(lines) + "$EndNodes" + tail).encode()


def in_millimetres(rng: random.Random, data: bytes) -> bytes:
    return _moved_nodes(data, lambda at: [1e-3 * x for x in at])


def in_nanometres(rng: random.Random, data: bytes) -> bytes:
    return _moved_nodes(data, lambda at: [1e3 * x for x in at])


def axes_swapped(rng: random.Random, data: bytes) -> bytes:
    return _moved_nodes(data, lambda at: [at[1], at[0], at[2]])


def left_of_the_axis(rng: random.Random, data: bytes) -> bytes:
    return _moved_nodes(data, lambda at: [at[0] - 1.0, *at[1:]])


def not_flat(rng: random.Random, data: bytes) -> bytes:
    return _moved_nodes(data, lambda at: [at[0], at[1], 0.1 * at[0]])


def no_area(rng: random.Random, data: bytes) -> bytes:
    """All nodes on one line: every triangle has no area."""
    return _moved_nodes(data, lambda at: [at[0], 0.0, 0.0])


def one_node_on_another(rng: random.Random, data: bytes) -> bytes:
    """Positions doubled: triangles without area beside sound ones."""
    lines = data.decode().split("\n")
    first = lines.index("$Nodes") + 2
    a, b = rng.sample(range(first, lines.index("$EndNodes")), 2)
    lines[b] = " ".join([lines[b].split()[0], *lines[a].split()[1:]])
    return "\n".join(lines).encode()


def names_lost(rng: random.Random, data: bytes) -> bytes:
    return re.sub(rb"\$PhysicalNames.*?\$EndPhysicalNames\n", b"", data, flags=re.DOTALL)


def other_names(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b'"body"', rng.choice([b'"bdoy"', b'""', b'"surround"', b'"Body"']))


def elements_doubled(rng: random.Random, data: bytes) -> bytes:
    """Every element twice under new numbers: the regions cover themselves."""
    head, _, rest = data.decode().partition("$Elements\n")
    body, _, tail = rest.partition("$EndElements")
    count, *lines = body.strip().split("\n")
    more = [f"{int(count) + n} {line.split(' ', 1)[1]}" for n, line in enumerate(lines, start=1)]
    return f"{head}$Elements\n{2 * int(count)}\n{chr(10).join(lines + more)}\n$EndElements{tail}".encode()


def elements_lost(rng: random.Random, data: bytes) -> bytes:
    head, _, rest = data.decode().partition("$Elements\n")
    body, _, tail = rest.partition("$EndElements")
    _, *lines = body.strip().split("\n")
    start = rng.randrange(len(lines) // 2, len(lines) - 3)
    del lines[start : start + 3]
    return f"{head}$Elements\n{len(lines)}\n{chr(10).join(lines)}\n$EndElements{tail}".encode()


def crossing_curves(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"{1.6 * radius, 0, 0}", b"{0.6 * radius, 0, 0}")


def shell_command(rng: random.Random, data: bytes) -> bytes:
    return data + b'SystemCall "true";\n'


def wrong_size(rng: random.Random, data: bytes) -> bytes:
    return data.replace(
        b"radius = {2.0", b"radius = {" + rng.choice([b"0.002", b"2000.0", b"-2.0", b"0.0"])
    )


def endless(rng: random.Random, data: bytes) -> bytes:
    """Elements a thousand times too small."""
    return data.replace(b"MeshSizeMax = 1.0", b"MeshSizeMax = 0.001")


OF_MSH = (
    in_millimetres, in_nanometres, axes_swapped, left_of_the_axis, not_flat, no_area, one_node_on_another, names_lost, other_names,
    elements_doubled, elements_lost,
)  # fmt: skip
OF_GEO = (crossing_curves, shell_command, wrong_size, endless, other_names)


# Of materials, peaks and designs.


def range_in_um(rng: random.Random, data: bytes) -> bytes:
    return data.replace(
        b"[400.0, 1100.0]",
        rng.choice([b"[0.4, 1.1]", b"[1100.0, 400.0]", b"[400.0]", b"[4000.0, 11000.0]"]),
    )


def columns_swapped(rng: random.Random, data: bytes) -> bytes:
    a, b = rng.choice([(b"strengths", b"poles_um2"), (b"wavelength_nm", b"value")])
    return data.replace(a, b"@").replace(b, a).replace(b"@", b)


def poles_in_nm(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b"[0.011]", rng.choice([b"[11000.0]", b"[0.3]", b"[]", b"[0.011, 0.02]"]))


def wavelengths_in_um(rng: random.Random, data: bytes) -> bytes:
    return re.sub(rb"5(\d\d)\.(\d+)", rb"0.5\1\2", data)


def other_head(rng: random.Random, data: bytes) -> bytes:
    return data.replace(
        b"wavelength_nm", rng.choice([b"wavelength", b"lambda_nm", b"wavelength_um", b"intensity"])
    )


def one_peak_twice(rng: random.Random, data: bytes) -> bytes:
    return data + data.split(b"\n")[2] + b"\n"


def other_polarisation(rng: random.Random, data: bytes) -> bytes:
    return data.replace(b",TM", b",E_z", 1)


def wrong_values(rng: random.Random, data: bytes) -> bytes:
    old, new = rng.choice(
        [
            (b"15.0", b"-15.0"), (b"15.0", b"15000.0"), (b"15.0", b'"15 um"'), (b"537.6", b"0.5376"), (b"122", b"0"),
            (b"122", b"1e9"), (b"PMMA", b"PMAA"), (b"diameter_um", b"diameter_nm"), (b"60.0", b"0.0"), (b"[modes]", b"[mode]"),
        ]
    )  # fmt: skip
    return data.replace(old, new)
