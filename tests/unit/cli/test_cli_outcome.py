"""What holds for every command: exit codes, one line an error, clean JSON, nothing half written."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import typer
from typer.testing import CliRunner

from cavitydesign.cli.exit_codes import reported
from cavitydesign.cli.main import app
from cavitydesign.cli.printing import json_text, number
from cavitydesign.cli.progress_line import ProgressLine
from cavitydesign.errors import InputError, SolverError
from cavitydesign.study.records.disk import write_whole

QUICKSTART = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
COMMAND = [sys.executable, "-c", "from cavitydesign.cli.main import main; main()"]


def ended(command: Callable[[], int]) -> int:
    with pytest.raises(typer.Exit) as caught:
        reported(command)()
    return caught.value.exit_code


def raiser(error: BaseException) -> Callable[[], int]:
    def command() -> int:
        raise error

    return command


@pytest.mark.parametrize(
    ("command", "code", "told"),
    [
        (lambda: 0, 0, ""),
        (lambda: 1, 1, ""),
        (
            raiser(InputError(["a.toml: x = 1: wrong", "a.toml: y: missing"])),
            2,
            "a.toml: x = 1: wrong\na.toml: y: missing\n",
        ),
        (raiser(SolverError("no answer; ask for less")), 1, "no answer; ask for less\n"),
        (raiser(KeyboardInterrupt()), 130, "interrupted\n"),
        (
            raiser(PermissionError(13, "Permission denied", "out/results.json")),
            2,
            "out/results.json: Permission denied\n",
        ),
    ],
)
def test_exit_codes_and_messages(
    command: Callable[[], int], code: int, told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert ended(command) == code
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", told)


def test_a_programming_error_is_not_hidden() -> None:
    with pytest.raises(ZeroDivisionError):
        reported(lambda: 1 // 0)()


@pytest.mark.parametrize("command", ["run", "modes", "lase"])
def test_bad_design_is_two_with_one_line_a_problem(command: str, tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    path.write_text(
        QUICKSTART.read_text()
        .replace("diameter_um = 15.0", "diameter_um = 5.0")
        .replace("span_nm", "spam_nm")
    )
    result = CliRunner().invoke(app, [command, str(path), "--json"])
    assert result.exit_code == 2
    assert result.stdout == ""
    lines = result.stderr.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{path}: ") for line in lines)
    assert sum("did you mean 'span_nm'?" in line for line in lines) == 1


def test_absent_file_and_unknown_command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    absent = CliRunner().invoke(app, ["modes", "absent.toml"])
    assert (absent.exit_code, absent.stderr) == (2, "absent.toml: no such file\n")
    unknown = CliRunner().invoke(app, ["mods", "absent.toml"])
    assert unknown.exit_code == 2
    assert "modes" in unknown.stderr


def test_version_and_help() -> None:
    version = CliRunner().invoke(app, ["--version"])
    assert version.exit_code == 0
    assert version.stdout.startswith("cavitydesign ")
    text = CliRunner().invoke(app, ["--help"]).stdout
    for name in (
        "run",
        "modes",
        "lase",
        "materials",
        "media",
        "check",
        "study",
        "design",
        "fit",
        "view",
    ):
        assert f" {name} " in text


def test_help_brings_no_heavy_library() -> None:
    heavy = (
        "numpy",
        "scipy",
        "skfem",
        "gmsh",
        "meshio",
        "pyvista",
        "matplotlib",
        "pydantic",
        "dask",
        "pandas",
    )
    code = (
        f"import sys\nimport cavitydesign.cli.main\nprint([name for name in {heavy!r} if name in "
        "sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_modes_run_through_scikit_fem(tmp_path: Path) -> None:
    """The window of `cavitydesign modes` is a scikit-fem basis that scikit-fem numbers and maps:
    with its cell basis taken away, the command cannot solve.
    """
    code = (
        "import sys, skfem\n"
        "def refuse(*_, **__): raise RuntimeError('no basis')\n"
        "from cavitydesign.fem.basis import MeridianBasis\n"
        "assert issubclass(MeridianBasis, skfem.CellBasis)\n"
        "MeridianBasis.__init__ = refuse\n"
        "from cavitydesign.cli.main import main\n"
        "sys.argv = ['cavitydesign', 'modes', sys.argv[1]]\n"
        "main()\n"
    )
    design = Path(__file__).parents[3] / "studies" / "quickstart" / "design.toml"
    done = subprocess.run([sys.executable, "-c", code, str(design)], capture_output=True, text=True)
    assert done.returncode != 0 and "no basis" in done.stderr


def test_modes_as_data_need_no_finite_elements() -> None:
    """Who asks for modes or reads them loads neither the solver nor scikit-fem."""
    code = (
        "import sys\nfrom cavitydesign.modes import Mode, ModeRequest, ModeSet\n"
        "print('skfem' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_importing_the_package_is_light_and_its_names_are_there() -> None:
    code = (
        "import sys, cavitydesign as cd\nlight = 'numpy' not in sys.modules\n"
        "print(light, all(hasattr(cd, name) for name in cd.__all__), hasattr(cd, 'no_such_name'))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["True", "True", "False"]


def test_json_is_strict() -> None:
    text = json_text(
        {"a": float("nan"), "b": [1, float("inf")], "c": {"µ": (0.1,)}, "d": None, "e": True}
    )
    assert json.loads(text) == {"a": None, "b": [1, None], "c": {"µ": [0.1]}, "d": None, "e": True}


def test_number_in_a_table() -> None:
    assert [number(value, ".2f") for value in (1.234, None, float("inf"))] == ["1.23", "-", "-"]


def test_progress_goes_to_standard_error_and_only_for_long_work(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([0.0, 1.0, 2.5, 3.0])
    monkeypatch.setattr(time, "monotonic", lambda: next(clock))
    with ProgressLine() as progress:
        for fraction in (0.1, 0.5, 0.6):
            progress("solving", fraction)
    captured = capsys.readouterr()
    assert (captured.out, captured.err) == ("", " 50% solving\n")


@pytest.mark.parametrize("form", [["--json"], []])
def test_closed_pipe_is_quiet(form: list[str]) -> None:
    """JSON and tables: who listened has left, which is no failure."""
    with subprocess.Popen(
        [*COMMAND, "materials", *form], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None and process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait(30) == 0


@pytest.mark.parametrize("after_seconds", [0.0, 1.0])
def test_interrupt_of_run(tmp_path: Path, after_seconds: float) -> None:
    """Ctrl-C at some moment of `run`: exit 130, and what is in the folder is whole."""
    # A wide range and many orders make the run long enough to be interrupted.
    design = (
        QUICKSTART.read_text()
        .replace("span_nm = 10.0", "span_nm = 60.0")
        .replace("_orders = 1", "_orders = 3")
    )
    (tmp_path / "design.toml").write_text(design)
    process = subprocess.Popen(
        [*COMMAND, "run", "design.toml", "--out", "results"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
    )
    deadline = time.monotonic() + 30
    while (
        process.poll() is None
        and not (tmp_path / "results").is_dir()
        and time.monotonic() < deadline
    ):
        time.sleep(0.02)
    time.sleep(after_seconds)
    process.send_signal(signal.SIGINT)
    _, told = process.communicate(timeout=30)
    assert process.returncode in (130, -signal.SIGINT), told
    assert b"Traceback" not in told
    left = [path.name for path in (tmp_path / "results").iterdir()]
    assert b"interrupted" in told
    assert (b"what was done is kept" in told) == bool(left)
    assert left in ([], ["results.json"])
    for name in left:
        json.loads((tmp_path / "results" / name).read_text())


def test_interrupt_while_a_file_is_written_leaves_the_old_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-C between the bytes and the rename: the file before stays, and nothing lies beside
    it.
    """
    path = tmp_path / "results.json"
    write_whole(path, b"old")

    def interrupted(descriptor: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(path, b"new and longer")
    assert [file.name for file in tmp_path.iterdir()] == ["results.json"]
    assert path.read_bytes() == b"old"
