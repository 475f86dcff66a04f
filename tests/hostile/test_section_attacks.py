"""Section files that try to reach out: each is refused, and a canary file proves that nothing ran,
wrote or was read.

The scripts are tried twice: as a user gives them, where the list of allowed words stops them, and
past that list, as gmsh would see them, where the reader's process has nothing to reach out with.
"""

import os
import sys
import time
from pathlib import Path

import h5py
import numpy as np
import pytest

from cavitydesign.errors import InputError
from cavitydesign.mesh.files import reader_process
from cavitydesign.mesh.files.gmsh_reader import Meshing
from cavitydesign.mesh.files.reader_process import read_file_mesh
from cavitydesign.mesh.files.section_file import read_section
from cavitydesign.mesh.files.section_files import Staged, section_files

pytest.importorskip("gmsh")

BALL = """
SetFactory("Built-in");
Point(1) = {0, 0, 0, 0.5}; Point(2) = {1, 0, 0, 0.5}; Point(3) = {0, 1, 0, 0.5};
Point(4) = {2, 0, 0, 0.5}; Point(5) = {0, 2, 0, 0.5};
Circle(1) = {2, 1, 3}; Circle(2) = {4, 1, 5};
Line(3) = {1, 2}; Line(4) = {3, 1}; Line(5) = {2, 4}; Line(6) = {5, 3};
Curve Loop(1) = {3, 1, 4}; Plane Surface(1) = {1};
Curve Loop(2) = {5, 2, 6, -1}; Plane Surface(2) = {2};
Physical Surface("body") = {1}; Physical Surface("surround") = {2};
"""
# CANARY stands for a file that must not come to be, SECRET for one that must not be read.
COMMANDS = [
    'SystemCall "touch CANARY";',
    'System "touch CANARY";',
    'NonBlockingSystemCall "touch CANARY";',
    'OnelabRun("x", "touch CANARY");',
    'OnelabRun("x", "touch CANARY", "", 0);',
    'cmd = "touch CANARY"; System cmd;',
    'System StrCat("touch ", "CANARY");',
    'System Str("touch CANARY");',
    'If (0)\n System = 1; OnelabRun = 1;\nEndIf\nOnelabRun("x", "touch CANARY");',
    'Macro System\n Return\nSystem "touch CANARY";',
    '// a comment \x00\nSystem "touch CANARY";',
    '// \x00 System "touch CANARY";',
    "x = '" + "a" * 1100 + '; System "touch CANARY"; //\';',
    'For i In {1:2}\n System "touch CANARY";\nEndFor',
    'Field[1] = ExternalProcess; Field[1].CommandLine = "touch CANARY"; Background Field = 1;',
    'Solver.Executable0 = "touch CANARY"; Solver.AlwaysListen = 1; OnelabRun;',
    'General.ExecutableFileName = "touch CANARY";',
    "Geometry.DoubleClickedPointCommand = \"System 'touch CANARY';\";",
]
WRITES = [
    'Printf("x") > "CANARY";',
    'Printf("x") >> "CANARY";',
    'Error("x") > "CANARY";',
    'Save "CANARY";',
    'Print "CANARY";',
    'Mesh 2; Save "CANARY";',
    'CreateDir "CANARY";',
    'Save View[0] "CANARY";',
    'Plugin(MathEval).Run; Save "CANARY";',
    'Print.Format = 10; Print "CANARY.msh";',
    'General.OptionsFileName = "CANARY"; General.SaveOptions = 1;',
    'RenameFile "CANARY";',
]
READS = [
    'Merge "SECRET";',
    'Open "SECRET";',
    'x[] = ListFromFile("SECRET");',
    'Field[1] = Structured; Field[1].FileName = "SECRET"; Background Field = 1;',
    'If (FileExists("SECRET")) Error("there"); EndIf',
    'x = GetEnv("HOME"); Error(x);',
    'name = "SECRET"; Merge name;',
    'Include Str("SECRET");',
]


@pytest.fixture
def places(tmp_path: Path) -> tuple[Path, Path]:
    """The canary, and a secret script whose words would show in a message."""
    secret = tmp_path / "elsewhere" / "secret.txt"
    secret.parent.mkdir()
    secret.write_text("xyzzyplugh = 1\n")
    return tmp_path / "canary", secret


def script(lines: str, places: tuple[Path, Path]) -> str:
    return lines.replace("CANARY", str(places[0])).replace("SECRET", str(places[1])) + BALL


def held(places: tuple[Path, Path]) -> None:
    time.sleep(0.05)  # what runs beside its parent
    found = list(places[0].parent.glob("canary*"))
    assert not found, f"a section wrote {found}"


@pytest.mark.parametrize("lines", [*COMMANDS, *WRITES, *READS])
def test_a_script_says_only_what_draws(
    lines: str, tmp_path: Path, places: tuple[Path, Path]
) -> None:
    file = tmp_path / "ball.geo"
    file.write_text(script(lines, places))
    with pytest.raises(InputError) as refused:
        read_section(file, Meshing(2, 1.0))
    print(refused.value)
    assert str(refused.value).startswith(("ball.geo", str(file)))
    assert len(str(refused.value).splitlines()) == 1 and "xyzzy" not in str(refused.value)
    held(places)


@pytest.mark.skipif(sys.platform != "linux", reason="landlock and seccomp are of Linux")
def test_past_the_list_the_process_has_nothing_to_reach_out_with(
    tmp_path: Path, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """All attacks that gmsh takes for one script, given to it unchecked."""

    def unchecked(path: Path, folder: Path, parameters: object) -> Staged:
        (folder / path.name).write_bytes(path.read_bytes())
        return Staged(folder / path.name, {}, {})

    monkeypatch.setattr(reader_process, "stage", unchecked)
    for number, lines in enumerate([*COMMANDS[:4], *COMMANDS[5:8], *WRITES[:6], READS[0]]):
        file = tmp_path / f"part{number}.geo"
        file.write_text(script(lines, places))
        try:
            read_file_mesh(file, Meshing(2, 1.0))
            told = ""
        except InputError as error:
            told = str(error)
        print(lines.split("\n")[0][:40], "->", told[:90])
        assert "xyzzy" not in told
        held(places)


def test_a_script_under_another_name(tmp_path: Path, places: tuple[Path, Path]) -> None:
    """gmsh runs what is no mesh as a script, whatever its name says."""
    for name in (
        "ball.msh",
        "ball.msh2",
        "ball.msh4",
        "ball.step",
        "ball.brep",
        "ball.geo_unrolled",
    ):
        file = tmp_path / name
        file.write_text(script(COMMANDS[0], places))
        with pytest.raises(InputError):
            read_section(file, Meshing(2, 1.0))
        held(places)


@pytest.mark.parametrize("inner", [COMMANDS[0], COMMANDS[3], WRITES[0]])
@pytest.mark.parametrize("name", ["part.geo", "part.inc", "part.txt"])
def test_included_scripts_are_held_to_the_same(
    inner: str, name: str, tmp_path: Path, places: tuple[Path, Path]
) -> None:
    file = tmp_path / "ball.geo"
    (tmp_path / name).write_text(script(inner, places).replace(BALL, ""))
    (tmp_path / "outer.geo").write_text(f'If (1)\n Include "{name}";\nEndIf\n')
    file.write_text('Include "outer.geo";' + BALL)
    with pytest.raises(InputError, match="is not allowed in a section"):
        read_section(file, Meshing(2, 1.0))
    held(places)


MORE = [
    'Macro a\n SystemCall "touch CANARY";\nReturn\nCall a;',
    's = Sprintf("touch %g CANARY", 1); System s;',
    'Sys\\\ntem "touch CANARY";',
    '/* /* */ System "touch CANARY"; */',
    '// "\nSystem "touch CANARY"; // "',
    'x = "\'"; System "touch CANARY"; y = "\'";',
    '\ufeffSystem "touch CANARY";',
    '\u0405ystem "touch CANARY";',
    'PostProcessing.DoubleClickedGraphPointCommand = "System";',
    'General.RecentFile0 = "CANARY";',
    "Plugin(NewView).Run;",
    "Background Mesh View[0];",
    "Sleep 100;",
    "SetChanged;",
    "Delete Options;",
    'SetNumber("a", 1);',
    "Exit;",
    'x = "System"; Call x;',
    'Include "/dev/zero";',
    'Include "/proc/self/environ";',
    'Include "SECRET";',
    'Include "elsewhere/../../SECRET";',
    'Include "link.txt";',
    'Include "ball.geo";',
    'Include "round.txt";',
    'Include "more.txt";',
    'Include "m.msh";',
    'Merge "x.png";',
    "If(1)\n" * 20_000 + "EndIf\n" * 20_000,
    "x = " + "(" * 50_000 + "1" + ")" * 50_000 + ";",
    "Point(50) = {0/0, 1e999, 0};",
    'Physical Surface("\x1b[2J") = {1};',
]


@pytest.mark.parametrize("lines", MORE, ids=range(len(MORE)))
def test_further_ways_out(lines: str, tmp_path: Path, places: tuple[Path, Path]) -> None:
    """Spellings, files elsewhere and by links, circles of includes under any name."""
    here = tmp_path / "here"
    here.mkdir()
    (here / "link.txt").symlink_to(places[1])
    (here / "round.txt").write_text('Include "ball.geo";')
    (here / "more.txt").write_text('Include "inner.txt";')
    (here / "inner.txt").write_text(f'System "touch {places[0]}";')
    (here / "m.msh").write_text(f'System "touch {places[0]}";')
    (here / "x.png").write_text(f'System "touch {places[0]}";')
    file = here / "ball.geo"
    file.write_text(script(lines, places))
    with pytest.raises(InputError) as refused:
        read_section(file, Meshing(2, 1.0))
    print(refused.value)
    assert len(str(refused.value).splitlines()) == 1 and "xyzzy" not in str(refused.value)
    held(places)


def test_includes_of_any_name_are_followed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text('Include "b.MSH";\n')
    (tmp_path / "b.MSH").write_text("size = 1;\n")
    file = tmp_path / "ball.geo"
    file.write_text('Include "a.txt";' + BALL)
    assert [path.name for path in section_files(file)] == ["ball.geo", "a.txt", "b.MSH"]
    assert read_section(file, Meshing(2, 1.0)).elements > 10


def test_options_beside_a_section_are_not_read(tmp_path: Path, places: tuple[Path, Path]) -> None:
    file = tmp_path / "ball.geo"
    file.write_text(BALL)
    (tmp_path / "ball.geo.opt").write_text(script(COMMANDS[0], places).replace(BALL, ""))
    with pytest.raises(InputError, match=r"ball\.geo\.opt lies beside it"):
        read_section(file, Meshing(2, 1.0))
    held(places)


def test_modules_of_the_folder_are_not_imported(
    tmp_path: Path, places: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder with tempfile.py, numpy.py and gmsh.py of its own, also by way of PYTHONPATH's empty
    entries.
    """
    for name in ("tempfile", "numpy", "gmsh", "json", "meshio"):
        (tmp_path / f"{name}.py").write_text(f"open({str(places[0])!r}, 'w').close()")
    (tmp_path / "ball.geo").write_text(BALL)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", os.pathsep + ".")
    assert read_section(tmp_path / "ball.geo", Meshing(2, 1.0)).elements > 10
    held(places)


LISTS = [
    "x = {1:1e9};",
    pytest.param("x() = LinSpace(0, 1, 1000000000);", marks=pytest.mark.slow),
    pytest.param("For i In {1:100000000}\n x = i;\nEndFor", marks=pytest.mark.slow),
    pytest.param("Macro again\n Call again;\nReturn\nCall again;", marks=pytest.mark.slow),
]


@pytest.mark.parametrize("lines", LISTS)
def test_small_scripts_that_ask_for_much(lines: str, tmp_path: Path) -> None:
    """Stopped by the limits of the reader's process, in one line."""
    file = tmp_path / "ball.geo"
    file.write_text(lines + BALL)
    try:
        read_section(file, Meshing(2, 1.0))
    except InputError as error:
        print(error)
        assert len(str(error).splitlines()) == 1


def test_a_small_mesh_that_asks_for_much(tmp_path: Path) -> None:
    """330 bytes that took 8.6 GB: one node with the number 1e9."""
    for tag in (10**9, 2**40):
        file = tmp_path / f"ball{tag}.msh"
        file.write_text(
            "$MeshFormat\n4.1 0 8\n$EndMeshFormat\n$Entities\n0 0 1 0\n1 0 0 0 1 1 0 0 "
            "0\n$EndEntities\n"
            f"$Nodes\n1 3 1 {tag}\n2 1 0 3\n1\n2\n{tag}\n0 0 0\n1 0 0\n0 1 0\n$EndNodes\n"
            f"$Elements\n1 1 1 1\n2 1 2 1\n1 1 2 {tag}\n$EndElements\n"
        )
        try:
            read_section(file)
        except InputError as error:
            print(error)
            assert len(str(error).splitlines()) == 1


XDMF = """<Xdmf Version="3.0"><Domain><Grid Name="Grid"><Geometry GeometryType="XY">
<DataItem DataType="Float" Dimensions="4 2" Format="FORM" Precision="8">DATA</DataItem></Geometry>
<Topology TopologyType="Triangle" NumberOfElements="2">
<DataItem DataType="Int" Dimensions="2 3" Format="XML" Precision="8">0 1 2 1 3 2</DataItem></Topology>
<Attribute AttributeType="Scalar" Center="Cell" Name="region">
<DataItem DataType="Int" Dimensions="2" Format="XML" Precision="8">1 2</DataItem></Attribute>
</Grid></Domain></Xdmf>"""
SQUARE = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]])


@pytest.mark.parametrize("data", ["../elsewhere/data.h5:/x", "ABSOLUTE:/x", "sub/../../d.h5:/x"])
def test_data_of_a_mesh_lie_beside_it(data: str, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    outside = tmp_path / "elsewhere" / "data.h5"
    with h5py.File(outside, "w") as file:
        file["x"] = SQUARE
    (tmp_path / "here").mkdir()
    section = tmp_path / "here" / "part.xdmf"
    text = XDMF.replace("FORM", "HDF").replace("DATA", data.replace("ABSOLUTE", str(outside)))
    section.write_text(text)
    with pytest.raises(InputError, match="does not lie in its own folder"):
        read_section(section)


@pytest.mark.skipif(sys.platform != "linux", reason="landlock is of Linux")
def test_links_within_a_data_file_lead_nowhere(tmp_path: Path) -> None:
    """HDF5 files can link to others, and keep their numbers in any file."""
    outside = tmp_path / "elsewhere.h5"
    with h5py.File(outside, "w") as file:
        file["x"] = SQUARE
    raw = tmp_path / "elsewhere.raw"
    raw.write_bytes(SQUARE.tobytes())
    folder = tmp_path / "here"
    folder.mkdir()
    with h5py.File(folder / "d.h5", "w") as file:
        file["link"] = h5py.ExternalLink(str(outside), "/x")
        file.create_dataset("raw", (4, 2), "f8", external=[(str(raw), 0, 64)])
        file["x"] = SQUARE
    section = folder / "part.xdmf"
    for name in ("link", "raw"):
        section.write_text(XDMF.replace("FORM", "HDF").replace("DATA", f"d.h5:/{name}"))
        with pytest.raises(InputError) as refused:
            read_section(section)
        print(refused.value)
    section.write_text(XDMF.replace("FORM", "HDF").replace("DATA", "d.h5:/x"))
    assert read_section(section).elements == 6


def test_abaqus_includes_lie_beside_the_mesh(tmp_path: Path) -> None:
    section = tmp_path / "here" / "part.inp"
    section.parent.mkdir()
    (tmp_path / "other.inp").write_text("*NODE\n1, 0, 0, 0\n")
    for line in ("*INCLUDE, INPUT=../other.inp", f"*Include, input={tmp_path / 'other.inp'}"):
        section.write_text(f"*HEADING\n{line}\n")
        with pytest.raises(InputError, match="does not lie in its own folder"):
            read_section(section)
