"""Commands at once on one study, and commands whose surroundings are full or poisoned."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from small_folder import DESIGN, SCRIPT, SECTION
from test_store_beside_runs import started, study_in, waited
from toy_points import evaluate

from cavitydesign.study import SerialExecutor, Store, run_study, study_status, study_table

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="limits and links of POSIX")
ROOT = Path(__file__).parents[2]


def rows(result, task):
    return [result]


def test_a_table_beside_a_run_and_beside_clean(tmp_path, tally):
    """Whatever a table tells of a point is what it tells in the end, and what was there stays."""
    study = study_in(tmp_path / "s", 300, 0.004)
    run = started(tmp_path / "s")
    waited(lambda: len(Store(study.store)) > 3)
    seen: list[dict] = []
    while run.poll() is None:
        table = study_table(study, rows)
        done = {row["point"]: dict(row) for row in table.rows if row["status"] == "ok"}
        assert not seen or seen[-1].keys() <= done.keys(), "a point went away"
        assert study_status(study).done >= len(done)
        seen.append(done)
        tally.add()
    assert run.returncode == 0
    whole = {row["point"]: dict(row) for row in study_table(study, rows).rows}
    assert len(whole) == 300 and all(
        whole[point] == row for done in seen for point, row in done.items()
    )
    code = (
        "import sys, time; from pathlib import Path; from cavitydesign.study import Store\n"
        "for _ in range(15):\n"
        "    time.sleep(0.3)\n"  # a table that is cleaned under five times asks to be asked again
        "    store = Store(Path(sys.argv[1]))\n"
        "    with store.alone():\n"
        "        store.compact()\n"
    )
    cleans = subprocess.Popen([sys.executable, "-c", code, str(study.store)], cwd=ROOT)
    while cleans.poll() is None:
        assert {row["point"]: dict(row) for row in study_table(study, rows).rows} == whole
        assert study_status(study).done == 300
        tally.add()
    assert cleans.returncode == 0


def test_a_segment_that_goes_away_is_looked_for_anew(tmp_path, monkeypatch):
    """What it held stands in another one; where it stands nowhere, that is told at once."""
    study = study_in(tmp_path / "s", 6)
    run_study(study, evaluate, SerialExecutor())
    whole = [dict(row) for row in study_table(study, rows).rows]
    true = Store.each

    def cleaned(self, *given):
        for path in (study.store / "segments").iterdir():
            path.rename(path.with_name(f"0{path.name}" if turns else path.name))
        turns[:] = turns[1:]
        return true(self, *given)

    monkeypatch.setattr(Store, "each", cleaned)
    for number in (1, 3):
        turns = [0] * number
        assert [dict(row) for row in study_table(study, rows).rows] == whole
    turns = [0] * 9
    with pytest.raises(Exception, match="ask again"):
        study_table(study, rows)


def test_two_runs_of_one_study_by_the_command(tmp_path, tally):
    """Both end well, and the store is that of one."""
    (tmp_path / "design.toml").write_text(DESIGN)
    points = "{ from = 5.0, to = 6.0, points = 24 }"
    (tmp_path / "study.toml").write_text(
        f'design = "design.toml"\n[axes]\n"cavity.diameter_um" = {points}\n'
    )
    line = "import sys; from cavitydesign.cli.entry import main; main()"
    words = [sys.executable, "-c", line, "study", "run", "study.toml", "--workers", "1"]
    runs = [
        subprocess.Popen(words, cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                         env=os.environ | {"PYTHONPATH": str(ROOT)}, text=True)
        for _ in range(2)
    ]  # fmt: skip
    for run in runs:
        _, said = run.communicate(timeout=300)
        assert run.returncode == 0 and "Traceback" not in said, said
        tally.add()
    store = Store(tmp_path / "results")
    assert len(store) == 24 and not store.damaged and not list(tmp_path.rglob("at-work/*"))


@pytest.fixture
def folder(tmp_path):
    here = tmp_path / "here"
    here.mkdir()
    (here / "design.toml").write_text(DESIGN)
    (here / "section.toml").write_text(f"{SECTION}relative_accuracy = 1e-2\n")
    (here / "study.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [5.9, 6.0]\n'
    )
    for name in ("microtoroid.geo", "size_field.geo"):
        shutil.copy(ROOT / "meshes" / name, here)
    return here


WRITERS = {
    "run design.toml --out out": "out",
    "study run study.toml --workers 1": "results",
    "study table study.toml --csv t.csv": "t.csv",
    "study plot study.toml --out p.png": "p.png",
    "study fields study.toml --point 0 --out f.npz": "f.npz",
    "study slurm study.toml": "",
    "new study --folder made": "made",
}


@pytest.mark.parametrize("words", WRITERS)
def test_a_full_disk_is_one_line_and_leaves_no_half_file(folder, command, tally, words):
    """Files of at most so many bytes, as a full disk gives them."""
    if words.startswith("study") and "run" not in words:
        assert not command(["study", "run", "study.toml", "--workers", "1"], cwd=folder).code
    for most in (0, 100, 3000):
        before = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        # What it says goes into a file too, which has room.
        done = command(words.split(), cwd=folder, limits={"RLIMIT_FSIZE": max(most, 1)})
        assert "Traceback" not in done.err + done.out, done.err[-500:]
        assert done.code in (0, 1, 2), done
        now = {path: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
        for path in now.keys() - before.keys():
            sound = ".jsonl", ".toml", ".geo", ".json"
            assert path.suffix in sound or done.code == 0, f"half a file: {path}"
            assert not path.name.startswith("."), path
        tally.add()


def test_nothing_is_imported_from_the_current_folder(folder, tmp_path, tally):
    """Neither by the command nor by what it starts: readers of sections, pictures in space."""
    names = ("json", "tempfile", "random", "numpy", "gmsh", "meshio", "h5py", "pyvista", "socket")
    for name in (*names, "sitecustomize", "usercustomize", "encodings", "cavitydesign"):
        (folder / f"{name}.py").write_text(
            f"open({str(tmp_path / 'seen')!r}, 'w').close()\n1 / 0\n"
        )
    script = tmp_path / "cavitydesign-script.py"
    script.write_text(SCRIPT)
    for words in (
        "modes section.toml",
        "run design.toml --out out",
        "study run study.toml --workers 2",
    ):
        done = subprocess.run(
            [sys.executable, str(script), *words.split()],
            cwd=folder,
            capture_output=True,
            text=True,
        )
        assert done.returncode in (0, 1), done.stderr[-500:]
        assert not (tmp_path / "seen").exists(), words
        tally.add()
