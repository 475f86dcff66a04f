"""The version under which results are stored follows the physics, not the release or the words."""

import re
import shutil
from pathlib import Path

import pytest

import cavitydesign
from cavitydesign.workflow import code_digest


@pytest.fixture(scope="module")
def kept_digests(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The digests of the package's own files, taken once; each test starts with a copy."""
    cache = tmp_path_factory.mktemp("digests")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_CACHE_HOME", str(cache))
        patch.setenv("LOCALAPPDATA", str(cache))
        version()
    return cache


@pytest.fixture
def home(tmp_path: Path, kept_digests: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the package whose files may be changed."""
    shutil.copytree(kept_digests, tmp_path / "cache")
    home = tmp_path / "cavitydesign"
    unwanted = shutil.ignore_patterns("__pycache__")
    shutil.copytree(Path(cavitydesign.__file__).parent, home, ignore=unwanted)
    monkeypatch.setattr(code_digest, "__file__", str(home / "workflow" / "code_digest.py"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "cache"))
    return home


def version() -> str:
    """The version of the copy, computed anew."""
    return code_digest.relevant_version.__wrapped__()


def test_form_of_the_version(home: Path) -> None:
    assert re.fullmatch(r"physics [0-9a-f]{16}", version())


def test_what_decides_no_number_does_not_count(home: Path) -> None:
    before = version()
    (home / "cli" / "main.py").write_text("# another front door\n")
    (home / "visualise" / "theme.py").write_text("# other colours\n")
    units = home / "units.py"
    words = units.read_text().replace('"""', '"""Other words. ', 1)
    units.write_text(f"# a comment\n{words}")
    assert version() == before


def test_a_moved_file_does_not_count(home: Path) -> None:
    before = version()
    (home / "modes" / "rim" / "peak.py").rename(home / "fem" / "peak.py")
    mode = home / "modes" / "rim" / "window_measures.py"
    text = mode.read_text()
    assert "from .peak import" in text
    mode.write_text(text.replace("from .peak import", "from ...fem.peak import"))
    assert version() == before


def test_another_name_for_a_local_variable_does_not_count(home: Path) -> None:
    before = version()
    lanczos = home / "eigen" / "lanczos.py"
    text = lanczos.read_text()
    assert " theta" in text
    lanczos.write_text(re.sub(r"\btheta\b", "another_name", text))
    assert version() == before


@pytest.mark.parametrize("file", ["units.py", "gain/medium_library.py", "workflow/steps.py"])
def test_a_changed_number_counts(home: Path, file: str) -> None:
    before = version()
    path = home / file
    text = path.read_text()
    number = re.search(r"\b\d+\.\d+\b", re.sub(r'""".*?"""', "", text, flags=re.DOTALL))
    assert number is not None
    at = text.rindex(number[0])
    path.write_text(f"{text[:at]}9{text[at:]}")
    assert version() != before


def test_changed_data_count(home: Path) -> None:
    before = version()
    data = next(iter(sorted((home / "materials" / "data").glob("*.toml"))))
    data.write_text(data.read_text() + "\n")
    assert version() != before


def test_digests_kept_from_an_earlier_run_give_the_same_version(home: Path, tmp_path: Path) -> None:
    before = version()
    kept = tmp_path / "cache" / "cavitydesign" / "code-digests.json"
    assert kept.is_file()
    assert version() == before
    for damaged in ('{"a": 3}', "[" * 100_000):
        kept.write_text(damaged)
        assert version() == before
    shutil.rmtree(kept.parent)
    kept.parent.write_text("a file where the folder should be")
    assert version() == before
