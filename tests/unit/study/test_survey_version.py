"""The version under which results are stored follows the physics, not the release."""

import re
import shutil
from pathlib import Path

import cavitydesign
from cavitydesign import survey


def version_at(home, monkeypatch):
    monkeypatch.setattr(survey, "__file__", str(home / "survey.py"))
    return survey.relevant_version.__wrapped__()


def test_only_what_decides_the_numbers_counts(tmp_path, monkeypatch):
    home = tmp_path / "cavitydesign"
    shutil.copytree(Path(cavitydesign.__file__).parent, home, ignore=shutil.ignore_patterns("__pycache__"))
    before = version_at(home, monkeypatch)
    assert re.fullmatch(r"physics [0-9a-f]{16}", before)
    (home / "cli" / "main.py").write_text("# another front door\n")
    (home / "visualise" / "theme.py").write_text("# other colours\n")
    assert version_at(home, monkeypatch) == before
    units = home / "units.py"
    units.write_text(units.read_text().replace("299.792458", "299.792459"))
    assert version_at(home, monkeypatch) != before


def test_without_sources_the_release_is_the_version(tmp_path, monkeypatch):
    assert version_at(tmp_path, monkeypatch) == cavitydesign.__version__
