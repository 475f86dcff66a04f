"""Sound input files of every kind, the ways in which they arrive broken, and what the command must
make of them.

A broken file is refused with exit code 2 and short lines that name a file, or it is accepted with
the answer of the sound file: a byte order mark or another line end harms nothing. Anything else is
told by `outcome`.
"""

from __future__ import annotations

import contextlib
import io
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from damages import (
    OF_ANY,
    OF_GEO,
    OF_MSH,
    OF_TEXT,
    Damage,
    all_one_point,
    columns_swapped,
    crossing_itself,
    csv_of,
    one_peak_twice,
    other_head,
    other_polarisation,
    poles_in_nm,
    range_in_um,
    straight,
    swapped_columns,
    waist,
    wavelengths_in_um,
    wrong_unit,
    wrong_values,
)

Run = Callable[[list[str]], tuple[int, str, str]]

BALL = """SetFactory("Built-in");
DefineConstant[ radius = {2.0, Name "radius (um)"} ];
in = 0.3 * radius; up = Sqrt(radius^2 - in^2); far = Sqrt((1.6 * radius)^2 - in^2);
Point(1) = {0, 0, 0}; Point(2) = {radius, 0, 0}; Point(3) = {in, up, 0}; Point(6) = {in, -up, 0};
Point(4) = {1.6 * radius, 0, 0}; Point(5) = {in, far, 0}; Point(7) = {in, -far, 0};
Circle(1) = {6, 1, 2}; Circle(2) = {2, 1, 3}; Circle(3) = {7, 1, 4}; Circle(4) = {4, 1, 5};
Line(5) = {3, 6}; Line(6) = {5, 3}; Line(7) = {6, 7};
Curve Loop(1) = {1, 2, 5}; Plane Surface(1) = {1};
Curve Loop(2) = {3, 4, 6, -2, -1, 7}; Plane Surface(2) = {2};
Physical Surface("body") = {1}; Physical Surface("surround") = {2};
Physical Curve("rim") = {1, 2}; Physical Curve("cut") = {5, 6, 7};
Mesh.MeshSizeMax = 1.0;
"""
SECTION = """[cavity]
profile = "section"
file = "FILE"
body = { index = 2.0 }
surround = { index = 1.0 }
NAMES
[modes]
wavelength_nm = 1270.0
azimuthal_order = 16
relative_accuracy = 1e-2
"""
OUTLINE = """[cavity]
profile = "outline"
file = "FILE"
MORE
fibre_diameter_um = 8.0
body = "PMMA"
fibre = "silica"
[modes]
wavelength_nm = 537.6
azimuthal_order = 122
"""
BOTTLE = """[cavity]
profile = "parabola"
diameter_um = 15.0
axial_radius_um = 60.0
MORE
[modes]
wavelength_nm = 537.6
azimuthal_order = 122
"""
MATERIAL = """name = "my glass"
title = "a slide"
source = "a lab"
licence = "CC0-1.0"
range_nm = [400.0, 1100.0]
[index]
kind = "sellmeier"
strengths = [1.2]
poles_um2 = [0.011]
offset = 0.0
[extinction]
kind = "table"
wavelength_nm = [400.0, 600.0, 800.0, 1100.0]
value = [1e-7, 2e-8, 2e-8, 1e-7]
"""
PEAKS = "wavelength_nm,intensity,polarisation\n" + "".join(
    f"{wavelength:.3f},{height},TM\n"
    for wavelength, height in ((533.879, 0.8), (537.997, 1.0), (542.183, 0.7), (546.436, 0.4))
)


@dataclass(frozen=True)
class Kind:
    """One kind of input file.

    Parameters
    ----------
    name : str
        Of the file.
    command : tuple of str
        With FILE for the broken file, and DESIGN for the design beside it.
    design : str
        Text of that design, if any.
    sound : bytes
        The file as it should be.
    damages : tuple of functions
        Further ones than those of any file.
    text : bool
        Whether it holds numbers as text.
    answer : function
        From the JSON, the number that must not go wrong.
    tolerance : float
        Of that number, relative: what noise and smoothing leave.
    """

    name: str
    command: tuple[str, ...]
    design: str
    sound: bytes
    damages: tuple[Damage, ...] = ()
    text: bool = True
    answer: Callable[[dict], float] = lambda told: told["modes"][0]["wavelength_nm"]
    tolerance: float = 1e-7


def outline_bytes() -> bytes:
    """400 points of the parabola 15 um and 60 um on a fibre of 8 um, with 2 nm of noise."""
    z = np.linspace(-12, 12, 400)
    return csv_of(z, 7.5 - z**2 / 120 + np.random.default_rng(0).normal(0, 0.002, z.size))


def fibre_bytes() -> bytes:
    z = np.linspace(-15, 15, 40)
    return csv_of(z, 6.6 + 0.004 * z)


def picture_bytes(form: str) -> bytes | None:
    """A drawn drop, None without the library of images."""
    try:
        from PIL import Image
    except ImportError:
        return None
    y, x = np.mgrid[0:240, 0:520] - np.array([120, 260]).reshape(2, 1, 1)
    edge = np.maximum(7.5 - (0.1 * x) ** 2 / 120, 4.0)
    grey = 200 - 140 * np.clip((edge - 0.1 * abs(y)) / 0.2 + 0.5, 0, 1)
    grey = np.clip(
        np.round(grey + np.random.default_rng(1).normal(0, 2, grey.shape)), 5, 250
    ).astype(np.uint8)
    out = io.BytesIO()
    Image.fromarray(grey).save(out, format=form)
    return out.getvalue()


def section_bytes(folder: Path) -> dict[str, bytes]:
    """The ball as .msh of both formats in text and binary, .step, .brep, and in formats of meshio;
    empty without gmsh.
    """
    try:
        from cavitydesign.mesh.files.gmsh_session import gmsh_model

        with gmsh_model("ball") as gmsh:
            files = _by_gmsh(gmsh, folder)
    except (ImportError, OSError):
        return {}
    import meshio

    mesh = meshio.read(folder / "ball22a.msh")
    numbers = [np.asarray(part, dtype=np.int64) for part in mesh.cell_data["gmsh:physical"]]
    blocks = [(block.type, block.data) for block in mesh.cells]
    plain = meshio.Mesh(mesh.points, blocks, cell_data={"region": numbers})
    plain.write(folder / "ball.vtu", binary=False)
    plain.write(folder / "ball.vtk", file_format="vtk42", binary=False)
    flat = [block for block in blocks if block[0] == "triangle6"]
    surfaces = [
        part for part, block in zip(numbers, blocks, strict=True) if block[0] == "triangle6"
    ]
    # meshio cannot read the curved lines that it writes into this format.
    meshio.Mesh(mesh.points, flat, cell_data={"region": surfaces}).write(
        folder / "ball.xdmf", data_format="XML"
    )
    named = {
        name: [
            np.flatnonzero(numbers[i] == mesh.field_data[name][0])
            for i, block in enumerate(blocks)
            if block[0] == "triangle6"
        ]
        for name in ("body", "surround")
    }
    meshio.Mesh(mesh.points, flat, cell_sets=named).write(folder / "ball.inp")
    tagged = meshio.Mesh(
        mesh.points[:, :2],
        flat,
        cell_data={"cell_tags": [-one for one in surfaces]},
    )
    tagged.cell_tags = {-mesh.field_data[name][0]: [name] for name in ("body", "surround")}
    tagged.write(folder / "ball.med")
    plain.write(folder / "ballb.vtu", binary=True)
    plain.write(folder / "ballb.vtk", binary=True)
    parted = [
        ("triangle6", block.data[part == number])
        for block, part in zip(mesh.cells, numbers, strict=True)
        if block.type == "triangle6"
        for number in np.unique(part)
    ]
    with contextlib.suppress(ImportError):  # the library netCDF4 is not among the test extras
        meshio.Mesh(mesh.points, parted).write(folder / "ball.exo")
        files["ball.exo"] = (folder / "ball.exo").read_bytes()
    others = ("ball.vtu", "ball.vtk", "ball.xdmf", "ball.inp", "ball.med", "ballb.vtu", "ballb.vtk")
    return files | {name: (folder / name).read_bytes() for name in others}


def _by_gmsh(gmsh: object, folder: Path) -> dict[str, bytes]:
    from cavitydesign.mesh.files.gmsh_reader import Meshing, mesh_shape

    (folder / "ball.geo").write_text(BALL)
    gmsh.merge(str(folder / "ball.geo"))
    mesh_shape(gmsh, Meshing(2, 2.0))
    names = []
    for version in (2.2, 4.1):
        for binary in (0, 1):
            gmsh.option.setNumber("Mesh.MshFileVersion", version)
            gmsh.option.setNumber("Mesh.Binary", binary)
            names.append(f"ball{round(10 * version)}{'ab'[binary]}.msh")
            gmsh.write(str(folder / names[-1]))
    gmsh.option.setNumber("Mesh.Binary", 0)
    gmsh.clear()
    shapes = gmsh.model.occ
    arc = shapes.addCircle(0, 0, 0, 2, angle1=-1.2, angle2=1.2)
    shapes.synchronize()
    ends = [tag for _, tag in gmsh.model.getBoundary([(1, arc)], oriented=False)]
    half = shapes.addPlaneSurface([shapes.addCurveLoop([arc, shapes.addLine(*ends)])])
    shapes.fragment([(2, shapes.addRectangle(2 * np.cos(1.2), -3, 0, 2.4, 6))], [(2, half)])
    shapes.synchronize()
    for suffix in ("step", "brep"):
        names.append(f"ball.{suffix}")
        gmsh.write(str(folder / names[-1]))
    return {name: (folder / name).read_bytes() for name in names}


def inside(arguments: list[str]) -> tuple[int, str, str]:
    """The command in this process: exit code, standard output, standard error."""
    import traceback

    from typer.testing import CliRunner

    from cavitydesign.cli.main import app

    done = CliRunner().invoke(app, arguments)
    crashed = done.exception is not None and not isinstance(done.exception, SystemExit)
    return (
        done.exit_code,
        done.stdout,
        done.stderr + ("".join(traceback.format_exception(done.exception)) if crashed else ""),
    )


def all_kinds(folder: Path) -> Iterator[Kind]:
    """Every kind of file that the machine can read."""
    modes = ("modes", "DESIGN", "--json")
    of_outline = (swapped_columns, wrong_unit, crossing_itself, all_one_point, straight, waist)
    # 2 nm of noise on 400 points leave 1e-7 of the radius; fewer points, more.
    yield Kind(
        "outline.csv",
        modes,
        OUTLINE.replace("MORE", ""),
        outline_bytes(),
        of_outline,
        tolerance=3e-4,
    )
    fibre = BOTTLE.replace("MORE", 'fibre_file = "FILE"\nbody = "PMMA"\nfibre = "silica"')
    yield Kind("fibre.csv", modes, fibre, fibre_bytes(), of_outline[:4], tolerance=1e-5)
    for suffix, form in (("png", "PNG"), ("tif", "TIFF")):
        data = picture_bytes(form)
        if data is not None:
            yield Kind(
                f"drop.{suffix}",
                modes,
                OUTLINE.replace("MORE", "um_per_pixel = 0.1"),
                data,
                text=False,
                tolerance=1e-3,
            )
    yield Kind("glass.toml", ("materials", "FILE", "--json"), "", MATERIAL.encode(), (range_in_um, columns_swapped, poles_in_nm),
               answer=lambda told: told["materials"][0]["index"])  # fmt: skip
    medium = BOTTLE.replace("MORE", 'body = { file = "FILE" }')
    yield Kind(
        "glass.toml",
        modes,
        medium,
        MATERIAL.encode(),
        (range_in_um, columns_swapped, poles_in_nm),
        tolerance=1e-12,
    )
    design = BOTTLE.replace("MORE", 'body = "PMMA"')
    yield Kind("design.toml", ("modes", "FILE", "--json"), "", design.encode(), (wrong_values,) * 3)
    peaks = (wavelengths_in_um, other_head, one_peak_twice, other_polarisation)
    yield Kind("peaks.csv", ("fit", "DESIGN", "FILE", "--json", "--workers", "1"), design, PEAKS.encode(), peaks,
               answer=lambda told: told["candidates"][0]["diameter_um"], tolerance=2e-3)  # fmt: skip
    yield Kind("ball.geo", modes, SECTION.replace("NAMES", ""), BALL.encode(), OF_GEO)
    for name, data in section_bytes(folder).items():
        text = not name.endswith(("b.msh", ".med", ".exo", "b.vtu", "b.vtk"))
        yield Kind(
            name,
            modes,
            SECTION.replace("NAMES", region_names(name)),
            data,
            OF_MSH if name == "ball22a.msh" else (),
            text,
        )


def region_names(name: str) -> str:
    """What formats without names need; gmsh numbers the surfaces of a file anew."""
    words = {"step": ("surface 1", "surface 2"), "brep": ("surface 1", "surface 2")}
    words |= dict.fromkeys(("vtu", "vtk", "xdmf", "exo"), ("region 1", "region 2"))
    pair = words.get(name.rpartition(".")[2])
    return (
        ""
        if pair is None
        else f'[cavity.region_names]\n"{pair[0]}" = "body"\n"{pair[1]}" = "surround"'
    )


def placed(kind: Kind, folder: Path, data: bytes) -> list[str]:
    """The files of one case in a folder, and the command's arguments."""
    folder.mkdir(parents=True, exist_ok=True)
    file, design = folder / kind.name, folder / "of.toml"
    file.write_bytes(data)
    design.write_text(kind.design.replace("FILE", kind.name))
    words = {"FILE": str(file), "DESIGN": str(design)}
    return [words.get(word, word) for word in kind.command]


def sound_answer(kind: Kind, folder: Path, run: Run) -> float:
    """The answer of the sound file."""
    code, out, err = run(placed(kind, folder, kind.sound))
    assert code in (0, 1), f"{kind.name}: the sound file: exit code {code}: {err[-500:]}"
    return kind.answer(json.loads(out))


def outcome(kind: Kind, answer: Callable[[], float], folder: Path, data: bytes, run: Run) -> str:
    """ "refused", "right", or what is wrong.

    Warnings and progress may stand beside an answer. Several problems of one file are several
    lines.
    """
    code, out, err = run(placed(kind, folder, data))
    if "Traceback" in err:
        return f"crashed: {err.strip().splitlines()[-1]}"
    if code == 2:
        lines = [
            line
            for line in err.replace("\r", "\n").splitlines()
            if line.strip() and not re.match(r"\s*\d+%|warning: ", line)
        ]
        named = all(re.match(rf".*({re.escape(kind.name)}|of\.toml)", line) for line in lines)
        if (
            out
            or not lines
            or len(lines) > 10
            or not named
            or max(map(len, lines)) > 600 + len(str(folder))
        ):
            return f"refused unclearly: {err[-400:]!r}"
        return "refused"
    if code not in (0, 1):
        return f"exit code {code}: {err[-300:]!r}"
    try:
        found = kind.answer(json.loads(out))
    except (ValueError, KeyError, IndexError, TypeError):
        return f"no answer and no refusal, exit code {code}: {err[-300:]!r}"
    right = answer()
    return (
        "right"
        if abs(found / right - 1) <= kind.tolerance
        else f"accepted: {found!r} for {right!r}; {err[-300:]!r}"
    )


def damages_of(kind: Kind) -> tuple[Damage, ...]:
    """All damages that suit a kind of file."""
    return (*OF_ANY, *(OF_TEXT if kind.text else ()), *kind.damages)
