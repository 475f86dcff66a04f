"""What the README shows works as it stands: its design is the shipped one's kin, its Python
runs.
"""

import re
from pathlib import Path

import pytest

from cavitydesign.design import load_design, parse_design, read_toml

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    """The only block of a language."""
    found = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert len(found) == 1
    return str(found[0])


def test_design_is_read(tmp_path: Path) -> None:
    path = tmp_path / "design.toml"
    path.write_text(block("toml"), encoding="utf-8")
    assert (
        load_design(path).cavity.diameter_um
        == parse_design(read_toml(path)).cavity.diameter_um
        == 15.0
    )


def test_python_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Several modes of a 20 um cavity, one line each, then the regime with its threshold."""
    (tmp_path / "design.toml").write_text(block("toml"), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    exec(compile(block("python"), "README.md", "exec"), {})
    *modes, answer = capsys.readouterr().out.splitlines()
    assert len(modes) >= 3 and all(
        re.fullmatch(r"TM 16\d 1 0 5\d\d\.\d+ \S+", line) for line in modes
    ), modes
    assert re.match(r"(below threshold|single|multi) ", answer), answer
