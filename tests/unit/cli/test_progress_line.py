"""The bar on narrow terminals: what a message says is not cut, and neither are times."""

import sys

import pytest
from rich.console import Console

from cavitydesign.cli import progress_line

MESSAGE = "promising points after 24 of 58"


@pytest.mark.parametrize("width", [40, 60, 80, 100, 120, 160])
def test_message_share_and_times_are_whole(
    width: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """At 100 columns "10 of 12" once read "10 of 1" and an ellipsis."""
    monkeypatch.setenv("COLUMNS", str(width))
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    bar, task = progress_line._started_bar()
    bar.update(task, completed=0.25, description=MESSAGE)
    bar.stop()
    shown = Console(width=width, record=True)
    with shown.capture() as taken:
        shown.print(bar.get_renderable())
    (line,) = taken.get().rstrip("\n").splitlines()
    assert MESSAGE in line and "25%" in line and "…" not in line
    assert len(line) <= width
    assert ("left" in line) == (width >= 80)
    capsys.readouterr()
