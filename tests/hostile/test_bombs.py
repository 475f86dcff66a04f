"""Small files that unpack, link, recurse or claim: data files of meshes, scripts, pictures, media.
Each is refused in one line, or read as what it is, within bounded time and memory.
"""

from __future__ import annotations

import base64
import io
import struct
import sys
import time
import warnings
import zipfile
import zlib
from pathlib import Path

import h5py
import numpy as np
import pytest

from cavitydesign.design.files.micrograph_file import read_image
from cavitydesign.errors import InputError
from cavitydesign.materials.dataset import read_material
from cavitydesign.mesh.files.gmsh_reader import Meshing
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.workflow.archive import load

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits of Linux")
SQUARE = np.array([[1.0, 0.0], [2.0, 0.0], [1.0, 1.0], [2.0, 1.0]])
SECRET = "xyzzyplugh"


def refused(read, *given) -> None:
    """One line that tells nothing of other files, within the reader's time."""
    start = time.monotonic()
    with pytest.raises(InputError) as told:
        read(*given)
    print(told.value)
    assert len(str(told.value).splitlines()) == 1 and SECRET not in str(told.value)
    assert time.monotonic() - start < 60.0


def xdmf(path: Path, name: str, rows: int = 4, kind: str = "HDF") -> Path:
    path.write_text(
        f"""<Xdmf Version="3.0"><Domain><Grid Name="Grid"><Geometry GeometryType="XY">
<DataItem DataType="Float" Dimensions="{rows} 2" Format="{kind}" Precision="8">{name}</DataItem>
</Geometry><Topology TopologyType="Triangle" NumberOfElements="2">
<DataItem DataType="Int" Dimensions="2 3" Format="XML" Precision="8">0 1 2 1 3 2</DataItem>
</Topology><Attribute Name="region" AttributeType="Scalar" Center="Cell"><DataItem
DataType="Int" Dimensions="2" Format="XML" Precision="8">1 2</DataItem></Attribute>
</Grid></Domain></Xdmf>"""
    )
    return path


def test_data_files_that_claim_unpack_or_lead_elsewhere(tmp_path: Path, tally) -> None:
    """HDF5: numbers that are not stored, zeros by the gigabyte, views of other files, links."""
    outside = tmp_path / "elsewhere.h5"
    with h5py.File(outside, "w") as file:
        file["x"] = SQUARE
    here = tmp_path / "here"
    here.mkdir()
    with h5py.File(here / "d.h5", "w") as file:
        file.create_dataset("claims", (10**12, 2), "f8", chunks=(1000, 2))
        file.create_dataset("zeros", (2 * 10**8, 2), "f8", chunks=(10**6, 2), compression="gzip")
        layout = h5py.VirtualLayout((4, 2), "f8")
        layout[...] = h5py.VirtualSource(str(outside), "x", (4, 2))
        file.create_virtual_dataset("view", layout)
        file["round"] = h5py.SoftLink("/round")
        file["group/x"] = SQUARE
        file.create_dataset("text", data="x" * 1000)
        file["objects"] = np.array([b"a", b"bc"] * 4, dtype=h5py.string_dtype())
    for name in ("claims", "zeros", "round", "group", "text", "objects", "absent", "", "/"):
        refused(read_section, xdmf(here / "part.xdmf", f"d.h5:/{name}"))
        tally.add()
    # A view of a file that cannot be opened holds fill values: no triangle has an area then.
    refused(read_section, xdmf(here / "part.xdmf", "d.h5:/view"))
    assert read_section(xdmf(here / "part.xdmf", "d.h5:/group/x")).elements == 6
    tally.add(2)


ENTITIES = '<!DOCTYPE x [<!ENTITY a "' + "1 " * 500 + '">' + "".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 20}">' for n in range(8)
)  # fmt: skip


def test_xml_that_grows_or_reaches_out(tmp_path: Path, tally) -> None:
    (tmp_path / "secret.txt").write_text(SECRET)
    part = xdmf(tmp_path / "part.xdmf", "&i;", kind="XML").read_text()
    for head, name in (
        (ENTITIES + "]>", "&i;"),
        (f'<!DOCTYPE x [<!ENTITY i SYSTEM "file://{tmp_path}/secret.txt">]>', "&i;"),
        (f'<!DOCTYPE x SYSTEM "file://{tmp_path}/secret.txt">', "&i;"),
        ("", "<a>" * 50_000),
        ("", '<xi:include href="secret.txt" parse="text"/>'),
    ):
        for suffix in ("xdmf", "vtu"):
            file = tmp_path / f"part.{suffix}"
            file.write_text(head + part.replace("&i;", name))
            refused(read_section, file)
            tally.add()


def vtu(path: Path, points: str, more: str = "") -> Path:
    path.write_text(
        f"""<VTKFile type="UnstructuredGrid" version="0.1" byte_order="LittleEndian" {more}>
<UnstructuredGrid><Piece NumberOfPoints="4" NumberOfCells="2"><Points>{points}</Points>
<Cells><DataArray type="Int64" Name="connectivity" format="ascii">0 1 2 1 3 2</DataArray>
<DataArray type="Int64" Name="offsets" format="ascii">3 6</DataArray>
<DataArray type="Int64" Name="types" format="ascii">5 5</DataArray></Cells><CellData>
<DataArray type="Int64" Name="region" format="ascii">1 2</DataArray></CellData>
</Piece></UnstructuredGrid></VTKFile>"""
    )
    return path


def test_arrays_of_vtk_that_claim_and_unpack(tmp_path: Path, tally) -> None:
    array = '<DataArray type="Float64" NumberOfComponents="3" format="{}">{}</DataArray>'
    zeros = zlib.compress(bytes(4 * 10**8), 9)
    blocks = struct.pack("<IIII", 1, 4 * 10**8, 0, len(zeros))
    packed = base64.b64encode(blocks).decode() + base64.b64encode(zeros).decode()
    claims = base64.b64encode(struct.pack("<I", 2**32 - 8) + bytes(96)).decode()
    many = base64.b64encode(struct.pack("<III", 2**31, 2**31, 0)).decode()
    compressed = 'header_type="UInt32" compressor="vtkZLibDataCompressor"'
    for form, text, more in (
        ("binary", packed, compressed),
        ("binary", claims, 'header_type="UInt32"'),
        ("binary", many, compressed),
        ("appended", "../secret.txt", ""),
        ("ascii", "nan " * 12, ""),
        ("ascii", "1e999 " * 12, ""),
        ("ascii", "0 " * 10**6, ""),
    ):
        refused(read_section, vtu(tmp_path / "part.vtu", array.format(form, text), more))
        tally.add()
    for text in ("POINTS 1000000000000 double\n0 0 0\n", "POINTS -4 double\n", "METADATA\n" * 9999):
        file = tmp_path / "part.vtk"
        file.write_text(f"# vtk DataFile Version 4.2\nx\nASCII\nDATASET UNSTRUCTURED_GRID\n{text}")
        refused(read_section, file)
        tally.add()


TEXTS = {
    "sets.inp": "*NODE\n1,1,0\n2,2,0\n3,1,1\n*ELEMENT,TYPE=CPS3,ELSET=a\n1,1,2,3\n"
    "*ELSET,ELSET=b,GENERATE\n1,1000000000,1\n",
    "numbers.inp": "*NODE\n1,1,0\n2,2,0\n1000000000000,1,1\n*ELEMENT,TYPE=CPS3,ELSET=a\n1,1,2,3\n",
    "round.inp": "*INCLUDE, INPUT=round.inp\n",
    "half.step": "ISO-10303-21;\nHEADER;\nENDSEC;\nDATA;\n#1=FACE_OUTER_BOUND('',#1,.T.);\nENDSEC;\n",
    "deep.step": "ISO-10303-21;\nDATA;\n#1=X(" + "(" * 20_000 + ")" * 20_000 + ");\nENDSEC;\n",
    "counts.brep": "DBRep_DrawableShape\n\nCASCADE Topology V1, (c) Matra-Datavision\n"
    "Locations 1000000000\nCurve2ds 1000000000\nCurves 1000000000\n",
    "nodes.msh": "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Nodes\n1 1000000000000000 1 1\n",
    "names.msh": "$MeshFormat\n2.2 0 8\n$EndMeshFormat\n$PhysicalNames\n1000000000\n",
    "binary.msh": "$MeshFormat\n4.1 1 8\n\x01\x00\x00\x00\n$EndMeshFormat\n$Nodes\n" + "\xff" * 400,
}


@pytest.mark.parametrize("name", TEXTS)
def test_meshes_and_solids_that_claim(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(TEXTS[name], encoding="latin-1")
    refused(read_section, tmp_path / name)


SCRIPTS = {
    "doubled texts": 's = "abcdefgh";\nFor i In {1:60}\n s = StrCat(s, s);\nEndFor\n',
    "loops within loops": "".join(f"For i{n} In {{1:1000}}\n" for n in range(9)) + "EndFor\n" * 9,
    "a step of nothing": "For i In {1:2:0}\n x = i;\nEndFor\n",
    "odd case": 'mErGe "/etc/passwd";',
    "a letter of another script": 'M\u0435rge "/etc/passwd";',
    "a mark of direction": 'Po\u202eint(99) = {0, 0, 0};',
    "a fine mesh": "Mesh.MeshSizeMax = 1e-7; Mesh.MeshSizeMin = 1e-9;",
}  # fmt: skip


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_that_grow(name: str, tmp_path: Path) -> None:
    """Stopped by the list of words or by the reader's limits."""
    file = tmp_path / "ball.geo"
    file.write_text(SCRIPTS[name] + "\nPoint(1) = {1, 0, 0};\n", encoding="utf-8")
    refused(read_section, file, Meshing(2, 1.0))


def test_pictures_that_unpack(tmp_path: Path, tally) -> None:
    """Texts and colour profiles by the gigabyte within a picture of nothing; claims of size."""
    image = pytest.importorskip("PIL.Image")

    def chunk(kind: bytes, content: bytes) -> bytes:
        told = struct.pack(">I", len(content)) + kind + content
        return told + struct.pack(">I", zlib.crc32(kind + content))

    def png(width: int, height: int, *more: bytes) -> bytes:
        head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
        body = chunk(b"IDAT", zlib.compress(bytes((width + 1) * height if width < 10**4 else 9)))
        return b"\x89PNG\r\n\x1a\n" + head + b"".join(more) + body + chunk(b"IEND", b"")

    zeros = zlib.compress(bytes(3 * 10**8), 9)
    tiff = io.BytesIO()
    image.new("L", (40, 40)).save(tiff, "TIFF")
    claims = tiff.getvalue().replace(
        struct.pack("<HHII", 256, 4, 1, 40), struct.pack("<HHII", 256, 4, 1, 10**6)
    )
    for name, content in {
        "texts.png": png(9, 9, chunk(b"zTXt", b"a\0\0" + zeros)),
        "profile.png": png(9, 9, chunk(b"iCCP", b"a\0\0" + zeros)),
        "size.png": png(2**31 - 1, 2**31 - 1),
        "nothing.png": png(0, 0),
        "frames.png": png(9, 9, chunk(b"acTL", struct.pack(">II", 2**31 - 1, 0))),
        "claims.tif": claims,
        "page.svg": b'<svg xmlns="http://www.w3.org/2000/svg"><image href="/etc/passwd"/></svg>',
        "script.png": b"%!PS\n(%pipe%touch pwned) (w) file\n",
    }.items():
        path = tmp_path / name
        path.write_bytes(content)
        try:
            found = read_image(path)
        except InputError as error:
            print(error)
            assert len(str(error).splitlines()) == 1
        else:
            assert name in ("texts.png", "profile.png", "frames.png"), (name, found)
        tally.add()
    assert not (tmp_path / "pwned").exists()


YAMLS = {
    "laughs": "a: &a [x,x,x,x,x,x,x,x,x]\n"
    + "".join(f"{chr(98 + n)}: &{chr(98 + n)} [{','.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)),
    "object": "DATA:\n  - type: !!python/object/apply:os.system ['touch pwned']\n",
    "merge": "DATA: &x\n  <<: *x\n",
    "deep": "".join(" " * n + "a:\n" for n in range(1500)),
    "binary": "DATA: !!binary AAAA\n",
    "data": "DATA:\n  - type: tabulated nk\n    data: |\n" + "        1 1 1\n" * 200_000,
}  # fmt: skip


@pytest.mark.parametrize("name", YAMLS)
def test_pages_of_media_that_grow(name: str, tmp_path: Path) -> None:
    path = tmp_path / "glass.yml"
    path.write_text(YAMLS[name])
    refused(read_material, path)
    assert not Path("pwned").exists()


def test_archives_with_odd_members(tmp_path: Path, tally) -> None:
    """Names that lead elsewhere, twice the same, a thousand times the same zeros, a hundred
    thousand members.
    """
    zeros = io.BytesIO()
    np.save(zeros, np.zeros(10**7))
    members = {
        "elsewhere": [("../../pwned.npy", b"x"), ("/tmp/pwned.npy", b"x")],
        "twice": [("description.npy", b"a"), ("description.npy", b"b")],
        "zeros": [(f"{n}.npy", zeros.getvalue()) for n in range(30)],
        "many": [(f"{n}", b"") for n in range(30_000)],
        "acting": [("\x1b[2J.npy", b"x"), ("a" * 60_000, b"x")],
    }
    for name, content in members.items():
        path = tmp_path / f"{name}.npz"
        with warnings.catch_warnings(), zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            warnings.simplefilter("ignore")  # of names that are there twice
            for member, data in content:
                archive.writestr(member, data)
        refused(load, path)
        tally.add()
    assert not (tmp_path.parent / "pwned.npy").exists()
