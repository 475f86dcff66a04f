"""A running explorer for the tests, as its command starts it."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

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
[gain]
medium = "CsPbBr3-PMMA"
[pump]
photons = 3
fluence_mj_cm2 = [1.2, 5.5]
[lasing]
families = "asked"
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
        assert self.url.startswith("http://127.0.0.1:"), (
            self.process.stderr.read() if self.process.stderr else ""
        )
        self.port = int(self.url.split(":")[2].split("/")[0])
        self.token = self.url.rstrip("/").rpartition("/")[2]

    def wait_until_up(self) -> None:
        """Return when the page answers."""
        for _ in range(200):
            with (
                contextlib.suppress(OSError),
                urllib.request.urlopen(self.url, timeout=5) as answer,
            ):
                answer.read()
                return
            time.sleep(0.05)
        raise AssertionError("the explorer did not come up")

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        if self.process.poll() is None:
            self.process.terminate()
        try:
            return self.process.wait(30)
        finally:
            for stream in (self.process.stdout, self.process.stderr):
                if stream is not None and not stream.closed:
                    stream.close()


PATIENCE_MS = 60_000


class Tab:
    """One tab, with everything that its console said."""

    def __init__(
        self, browser: Any, url: str, width: int = 1280, height: int = 900, scale: int = 1
    ) -> None:
        self.page = browser.new_page(
            viewport={"width": width, "height": height}, device_scale_factor=scale
        )
        self.page.set_default_timeout(PATIENCE_MS)
        self.said: list[str] = []
        self.page.on("console", lambda message: self.said.append(f"{message.type}: {message.text}"))
        self.page.on("pageerror", lambda error: self.said.append(f"error: {error}"))
        self.requests: list[str] = []
        self.page.on("request", lambda request: self.requests.append(request.url))
        self.page.goto(url)
        self.wait()

    def wait(self) -> None:
        """Until everything that was asked is answered."""
        self.page.wait_for_timeout(350)
        self.page.wait_for_function(
            "() => document.querySelector('#busy').textContent.startsWith('ready')"
            " && document.querySelector('#answer').childElementCount > 0"
        )

    def wavelengths(self) -> list[float]:
        """Second column of the table of modes."""
        cells = self.page.locator("#modes tbody tr td:nth-child(2)").all_inner_texts()
        return [float(cell) for cell in cells]

    def colours(self) -> int:
        """How many colours the field's canvas shows."""
        script = """() => { const c = document.querySelector('#field');
          const d = new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer);
          return new Set(d).size; }"""
        return int(self.page.evaluate(script))

    def errors(self) -> list[str]:
        """What the console called an error."""
        return [line for line in self.said if line.startswith("error")]


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Headless Chromium of the system; closed with its module, because its event loop lets no other
    one run.
    """
    playwright = pytest.importorskip(
        "playwright.sync_api", reason="Playwright is not installed (extra `test`)"
    )
    chromium = (
        shutil.which("chromium")
        or shutil.which("chromium-browser")
        or shutil.which("google-chrome")
    )
    if chromium is None:
        pytest.skip("no Chromium on this machine (apt-get install chromium)")
    with playwright.sync_playwright() as session:
        running = session.chromium.launch(
            executable_path=chromium, args=["--no-sandbox", "--disable-gpu"]
        )
        yield running
        running.close()


@pytest.fixture(scope="session")
def tab_class() -> type[Tab]:
    """One tab of the browser."""
    return Tab


@pytest.fixture(scope="session")
def explorer_class() -> type[Explorer]:
    """A running explorer."""
    return Explorer


@pytest.fixture
def open_tab(browser: Any) -> Iterator[Callable[..., Tab]]:
    """Opens tabs, and closes them after the test."""
    opened: list[Tab] = []

    def make(url: str, **keys: int) -> Tab:
        opened.append(Tab(browser, url, **keys))
        return opened[-1]

    yield make
    for tab in opened:
        tab.page.close()


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
def start() -> Iterator[Callable[..., Explorer]]:
    """Starts further explorers, and stops them after the test."""
    running: list[Explorer] = []

    def make(*arguments: Any) -> Explorer:
        running.append(Explorer(*arguments))
        return running[-1]

    yield make
    for one in running:
        one.stop()


@pytest.fixture
def command() -> tuple[str, ...]:
    """The command's words."""
    return COMMAND


@pytest.fixture
def design_text() -> str:
    """The text of a small design."""
    return DESIGN
