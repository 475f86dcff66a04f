"""A running explorer for the tests, as its command starts it."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

COMMAND = (sys.executable, "-c", "from cavitydesign.cli.main import main; main()", "view")
DESIGN = """
[cavity]
profile = "parabola"
diameter_um = 12.0
axial_radius_um = 50.0
body = { index = 1.49 }
surround = "air"
roughness_nm = 1.0
[modes]
wavelength_nm = 537.6
span_nm = 12.0
relative_accuracy = 1e-5
[pump]
photons = 3
fluence_mj_cm2 = [1.2, 5.5]
[lasing]
quality = { per_um = 24.0 }
fluences = 21
comb_phases = 4
"""


class Explorer:
    """The command `view`, running."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, *arguments, "--no-browser"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        assert self.url.startswith("http://127.0.0.1:"), self.process.stderr.read() if self.process.stderr else ""
        self.port = int(self.url.split(":")[2].split("/")[0])
        self.token = self.url.rstrip("/").rpartition("/")[2]

    def wait_until_up(self) -> None:
        """Return when the page answers."""
        for _ in range(200):
            with contextlib.suppress(OSError), urllib.request.urlopen(self.url, timeout=5) as answer:
                answer.read()
                return
            time.sleep(0.05)
        raise AssertionError("the explorer did not come up")

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(15)
        finally:
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None:
                    stream.close()


@pytest.fixture(scope="session")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a design in it, and a secret beside it."""
    place = tmp_path_factory.mktemp("explorer") / "given"
    place.mkdir()
    (place / "design.toml").write_text(DESIGN)
    (place.parent / "secret.toml").write_text(DESIGN)
    (place / "leak.toml").symlink_to(place.parent / "secret.toml")
    return place


@pytest.fixture(scope="session")
def explorer(folder: Path) -> Iterator[Explorer]:
    """One explorer for all tests of a process."""
    running = Explorer(folder, "design.toml")
    try:
        running.wait_until_up()
        yield running
    finally:
        running.stop()


@pytest.fixture
def start() -> Iterator[type[Explorer]]:
    """Starts further explorers."""
    yield Explorer


@pytest.fixture
def command() -> tuple[str, ...]:
    """The command's words."""
    return COMMAND


@pytest.fixture
def design_text() -> str:
    """The text of a small design."""
    return DESIGN
