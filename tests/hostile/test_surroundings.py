"""What surrounds a command: closed standard files, modules of the current folder, limits of the
system, folders that are full or not there, odd terminals, names and links.
"""

import os
import subprocess
import sys
import unicodedata

import pytest
from small_folder import DESIGN, SCRIPT

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="shells, limits and links of POSIX")
STUDY = 'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [5.9, 6.0, 6.1]\n'


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    (here / "design.toml").write_text(DESIGN)
    (here / "study.toml").write_text(STUDY)
    (tmp_path / "cavitydesign-script.py").write_text(SCRIPT)
    return here


def run(folder, words, shell="", **environment):
    """Exit code, standard output and standard error of a command in a shell of its own."""
    place = folder.parent / "cavitydesign-script.py"
    # With the limits and closed files of the shell; a busy machine may take its time.
    line = f"{shell.format(command=f'{sys.executable} {place} {words}')}"
    told = {name: value for name, value in environment.items() if value is not None}
    kept = {name: value for name, value in os.environ.items() if name not in environment}
    done = subprocess.run(
        ["bash", "-c", line],
        cwd=folder,
        env=kept | told,
        capture_output=True,
        text=True,
        errors="replace",
        timeout=300,
    )
    assert "Traceback" not in done.stderr, done.stderr[-600:]
    return done.returncode, done.stdout, done.stderr


PLAIN = "{command}"
RUN = ["study", "run", "study.toml", "--workers", "1"]


def test_closed_standard_files_lead_nowhere(folder, tally):
    """A segment that took the number of a closed file would get what libraries print."""
    for shell in ("{command} <&-", "{command} >&-", "{command} 2>&-", "{command} <&- >&- 2>&-"):
        code, _, err = run(folder, "study run study.toml --workers 1 --retry-failed", shell)
        assert code == 0 and "rror" not in err, (shell, code, err)
        [store] = folder.glob("results/segments/*.jsonl")
        assert all(line[16:17] == b" " for line in store.read_bytes().splitlines())
        store.unlink()
        tally.add()
    run(folder, "study run study.toml --workers 1", PLAIN)
    code, _, err = run(folder, "study clean study.toml", "{command} <&-")
    assert code == 2 and "give --yes" in err
    code, _, err = run(folder, "study status study.toml", "{command} > /dev/full")
    assert code == 2 and "No space left" in err and len(err.splitlines()) == 1


@pytest.mark.parametrize("words", ["--workers 2", "--workers 1 --scheduler local"])
def test_workers_import_no_module_of_the_folder(folder, words):
    if "scheduler" in words:
        pytest.importorskip("distributed")
    for name in ("multiprocessing", "json", "tempfile", "pickle", "random", "numpy", "typer"):
        (folder / f"{name}.py").write_text(f"open({str(folder / 'seen')!r}, 'w')\n1 / 0\n")
    code, _, err = run(folder, f"study run study.toml {words}", PLAIN)
    assert code == 0 and not (folder / "seen").exists(), err


@pytest.mark.parametrize(
    ("shell", "code"),
    [
        ("ulimit -v 300000; {command}", 2),  # OpenBLAS would ask for its buffers for ever
        ("ulimit -v 2000000; {command}", 0),
        ("ulimit -n 64; {command}", 0),
        ("ulimit -s 256; {command}", 0),
        ("umask 077; {command}", 0),
    ],
)
def test_limits_of_the_system(folder, shell, code):
    found, _, err = run(folder, "study run study.toml --workers 1", shell, OMP_NUM_THREADS="1")
    assert found == code and len(err.splitlines()) <= (1 if code else 9), err
    if "umask" in shell:
        files = [path for path in folder.glob("results/**/*") if path.is_file()]
        assert files and not any(path.stat().st_mode & 0o077 for path in files)


@pytest.mark.parametrize(
    "surrounding",
    [
        {"HOME": None},
        {"HOME": "/nonexistent", "XDG_CACHE_HOME": "/proc"},
        {"TMPDIR": "/nonexistent"},
        {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
        {"LC_ALL": "xx_YY.UTF-8", "PYTHONIOENCODING": "ascii"},
        {"COLUMNS": "20"},
        {"COLUMNS": "0", "TERM": "dumb"},
        {"NO_COLOR": "1", "TERM": "xterm-256color"},
    ],
)
def test_the_environment_changes_no_answer(folder, surrounding):
    code, out, _ = run(folder, "modes design.toml", PLAIN, **surrounding)
    assert code == 0 and "527.888" in out and "\x1b" not in out


def test_names_and_links(folder, command, tally):
    """Letters of other spellings, other cases, separators of Windows, links that go nowhere or
    round, names of options and of the shell: an answer, or one line.
    """
    composed = unicodedata.normalize("NFC", "plän.toml")
    (folder / composed).write_text(DESIGN)
    refused = {
        unicodedata.normalize("NFD", composed): "no such file",
        "DESIGN.toml": "no such file" if not (folder / "DESIGN.toml").exists() else "",
        "sub\\\\design.toml": "no such file",
        "x" * 300 + ".toml": "",
        "round/design.toml": "",
    }
    (folder / "round").symlink_to("round")
    for name, words in refused.items():
        (folder / "study.toml").write_text(STUDY.replace("design.toml", name))
        done = command(RUN, cwd=folder)
        code, err = done.code, done.err
        assert code == 2 and words in err and len(err.splitlines()) == 1, (name, err)
        tally.add()
    for place, code in (("round", 2), ("nowhere", 1), ("/etc", 2)):
        (folder / "study.toml").write_text(STUDY)
        (folder / "results").symlink_to(place)
        done = command(RUN, cwd=folder)
        found, err = done.code, done.err
        assert found == code and len(err.splitlines()) == 1, (place, err)
        (folder / "results").unlink()
        tally.add()
    for name in ("--json", "$(touch pwned).toml", "%s%n.toml", "esc\x1b[2J.toml", "new\nline.toml"):
        (folder / name).write_text(DESIGN)
        done = command(["modes", "--", name], cwd=folder)
        assert done.code == 0 and "\x1b" not in done.out + done.err, (name, done.err)
        tally.add()
    assert not (folder / "pwned").exists()


def test_a_solid_with_decimal_commas_is_refused_at_once(tmp_path):
    """Its reader waits for the rest of such a number for ever."""
    from cavitydesign.errors import InputError
    from cavitydesign.mesh.files.section_files import stage

    (tmp_path / "ball.brep").write_text("DBRep_DrawableShape\n\n1 -1,5 3,7 0\n")
    with pytest.raises(InputError, match=r"ball.brep: '1,5': a number with a decimal comma"):
        stage(tmp_path / "ball.brep", tmp_path, {})
