"""What decides a number is in its fingerprint and in the key of the page's memory; the page reads
nothing outside its folder; pictures are PNG or TIFF of bounded size.
"""

import struct
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import pytest

from cavitydesign.app.remembered import requested_design
from cavitydesign.app.web.request_limits import check_limits
from cavitydesign.design.files.micrograph_file import read_image
from cavitydesign.design.files.named_files import (
    digest_of,
    files_of_design,
    names_file,
    scripts_of_design,
)
from cavitydesign.design.schema import TABLES, table_at
from cavitydesign.errors import InputError

XDMF = (
    '<Xdmf Version="3.0"><DataItem DataType="Float" Dimensions="2" Format="HDF">DATA:/x</DataItem>'
    '<DataItem Format="XML">1 2</DataItem></Xdmf>'
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    here = tmp_path / "here"
    here.mkdir()
    return here


def section(name: str) -> dict[str, object]:
    return {"cavity": {"profile": "section", "file": name, "fibre_file": "fibre.csv"}}


def test_every_file_that_is_read_is_in_the_fingerprint(folder: Path) -> None:
    """Includes of includes, conditional ones, those of an .inc file; data of a mesh; the fibre."""
    (folder / "a.geo").write_text('If (0)\n Include "b.inc";\nEndIf\n')
    (folder / "b.inc").write_text('Include "c.geo";\n')
    (folder / "c.geo").write_text("x = 1;\n")
    (folder / "m.xdmf").write_text(XDMF.replace("DATA", "m.h5"))
    (folder / "m.inp").write_text("*HEADING\n*INCLUDE, INPUT=nodes.inp\n")
    (folder / "nodes.inp").write_text("*Include,input=more.inp\n")
    for name, others in {
        "a.geo": ["b.inc", "c.geo"],
        "m.xdmf": ["m.h5"],
        "m.inp": ["nodes.inp", "more.inp"],
    }.items():
        found = files_of_design(section(name), folder)
        assert [path.name for path in found] == [name, *others, "fibre.csv"]
        for other in (*others, "fibre.csv"):
            before = digest_of(found)
            (folder / other).write_text(
                (folder / other).read_text() + " " if (folder / other).exists() else " "
            )
            assert digest_of(files_of_design(section(name), folder)) != before, other
    # What a script includes is a script, whatever its name.
    scripts = [path.name for path in scripts_of_design(section("a.geo"), folder)]
    assert scripts == ["a.geo", "b.inc", "c.geo"]
    assert scripts_of_design(section("m.xdmf"), folder) == ()


def test_the_page_sees_a_file_that_changed(folder: Path) -> None:
    """The same request after the outline's file changed is another cavity."""
    outline = folder / "outline.csv"

    def radius(scale: float) -> float:
        rows = "".join(f"{z / 10},{scale * (6 - 0.01 * z * z / 100)}\n" for z in range(-40, 41))
        outline.write_text("z_um,r_um\n" + rows)
        cavity = {"profile": "outline", "file": "outline.csv", "body": {"index": 1.5}}
        modes = {"wavelength_nm": 600.0, "span_nm": 5.0}
        payload = {"design": {"cavity": cavity, "modes": modes}, "source": str(folder / "d.toml")}
        return requested_design(payload).cavity.diameter_um

    first, second = radius(1.0), radius(1.1)
    assert second == pytest.approx(1.1 * first, rel=1e-6)


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.geo", 'Include "../secret.geo";'),
        ("a.geo", 'Include "inner.geo";'),
        ("m.xdmf", XDMF.replace("DATA", "../secret.h5")),
        ("m.xdmf", XDMF.replace("DATA", "/etc/passwd")),
        ("m.inp", "*INCLUDE, INPUT=../secret.inp\n"),
    ],
)
def test_the_page_reads_nothing_outside_its_folder(folder: Path, name: str, content: str) -> None:
    (folder / name).write_text(content)
    (folder / "inner.geo").write_text('Merge "../secret.step";')
    with pytest.raises(InputError, match="outside the folder"):
        check_limits(section(name), folder)
    (folder / name).write_text("x = 1;" if name == "a.geo" else XDMF.replace("DATA", "m.h5"))
    check_limits(section(name), folder)


# Keys of designs that hold texts but name no file.
NO_FILES = {
    *("database", "host", "inclusion", "name", "materials", "region_names", "parameters"),
    *("electric_walls", "magnetic_walls", "doped_region", "gain_law", "kind", "medium"),
    *("calibration", "convention", "shape", "spot", "comb_place", "families", "overlap"),
    *("direction", "polariser", "expansion_per_k", "thermo_optic_per_k"),
    *("layer_on", "region"),
}


def test_every_key_that_names_a_file_is_known_to_the_guard(folder: Path) -> None:
    """A new key of texts fails here until somebody has said which of the two it is; the guard of
    the page and the fingerprints ask the same function.
    """

    def holds_text(kind: object) -> bool:
        return kind is str or any(holds_text(part) for part in get_args(kind))

    def keys(table: type, above: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
        for key, field in table.model_fields.items():
            inner = table_at((*above, key, "x")) or table_at((*above, key))
            if inner is not None:
                yield from keys(inner, (*above, key))
            if holds_text(field.annotation):
                yield (*above, key)

    texts = {place[-1] for top, table in TABLES.items() for place in keys(table, (top,))}
    named = {key for key in texts if names_file(key)}
    assert named == {"file", "fibre_file", "cross_sections_file", "samples"}
    assert texts - named == NO_FILES
    for key in named:
        with pytest.raises(InputError, match="outside the folder"):
            check_limits({"gain": {"deep": [{key: "../secret.csv"}]}}, folder)
        with pytest.raises(InputError, match="no folder to read from"):
            check_limits({"gain": {key: "/etc/passwd"}}, None)


def test_a_link_out_of_the_folder_is_outside(folder: Path) -> None:
    (folder.parent / "secret.geo").write_text("x = 1;")
    (folder / "link.geo").symlink_to(folder.parent / "secret.geo")
    (folder / "a.geo").write_text('Include "link.geo";')
    with pytest.raises(InputError, match="outside the folder"):
        check_limits(section("a.geo"), folder)


def test_pictures_are_png_or_tiff_of_bounded_size(folder: Path) -> None:
    """EPS would be run by another program; 50,000 x 50,000 points are said in 67 bytes."""
    pytest.importorskip("PIL")
    eps = folder / "a.png"
    eps.write_text("%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 10 10\n(x) print\n")
    with pytest.raises(InputError, match=r"not a picture \(PNG or TIFF\)"):
        read_image(eps)

    def chunk(kind: bytes, data: bytes) -> bytes:
        code = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", code)

    for width in (50_000, 6_000):
        large = folder / f"{width}.png"
        head = struct.pack(">IIBBBBB", width, width, 8, 0, 0, 0, 0)
        large.write_bytes(
            b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", zlib.compress(b"\0"))
        )
        with pytest.raises(InputError, match="pixels are too many"):
            read_image(large)
