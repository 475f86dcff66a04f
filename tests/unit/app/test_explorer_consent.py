"""A script that did not come with the package runs once the user has agreed to what is in it: over
plain HTTP, and in the browser.
"""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("gmsh")
pytestmark = pytest.mark.xdist_group("browser")
MESHES = Path(__file__).parents[3] / "meshes"
DESIGN = """[cavity]
profile = "section"
file = "mine.geo"
body = { index = 1.45 }
[cavity.parameters]
diameter = 12.0
minor_diameter = 3.0
[modes]
polarisation = "TM"
wavelength_nm = 780.0
azimuthal_order = 62
relative_accuracy = 1e-3
[gain]
medium = "CsPbBr3-PMMA"
[lasing]
families = "asked"
quality = { per_um = 24.0 }
fluences = 12
comb_phases = 4
"""
STUDY = 'design = "design.toml"\n[axes]\n"cavity.parameters.diameter" = [9.0, 10.0]\n'
CODES = {"modes", "lasing", "field", "preview", "bands", "scan", "figure", "vtk", "table", "design"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Designs with scripts of their own, which include another file, and a study of one."""
    place = tmp_path_factory.mktemp("consent")
    for one in MESHES.glob("*.geo"):
        (place / one.name).write_bytes(one.read_bytes())
    toroid = (MESHES / "microtoroid.geo").read_text()
    for name in ("mine", "other"):
        (place / f"{name}.geo").write_text(f'Include "{name}.txt";\n{toroid}')
        (place / f"{name}.txt").write_text(f"// {name} is included, \u202e<b>whatever its name\n")
    (place / "design.toml").write_text(DESIGN)
    (place / "study.toml").write_text(STUDY)
    return place


@pytest.fixture(scope="module")
def explorer(explorer_class: Any, folder: Path) -> Iterator[Any]:
    """Opened with the study, at which nothing may run."""
    running = explorer_class(folder, "study.toml")
    yield running
    running.stop()


def asked(explorer: Any, path: str, body: Any) -> tuple[int, Any]:
    """Status, and JSON or words, of one request."""
    request = urllib.request.Request(explorer.url + path, json.dumps(body).encode())
    request.add_header("Content-Type", "application/json")
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            content = answer.read()
            plain = answer.headers.get_content_type() != "application/json"
            return answer.status, content.decode() if plain else json.loads(content)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode()


def test_no_request_runs_a_script_that_was_not_agreed_to(explorer: Any, folder: Path) -> None:
    with urllib.request.urlopen(explorer.url + "api/start") as answer:
        start = json.loads(answer.read())
    assert start["opened"] is None, "its records are read apart"
    opened = asked(explorer, "api/open", {"name": start["first"]})[1]
    assert opened["kind"] == "study" and opened["points"] == 2, "looked at without being run"
    design = opened["design"]
    body = {"design": design, "source": "design.toml", "page": "a"}
    for task in CODES:
        status, words = asked(explorer, f"api/{task}", body)
        assert status == 428 and len(words.splitlines()) == 1, (task, status, words)
        assert words.startswith("mine.geo: a gmsh script is a program")
    status, shown = asked(explorer, "api/scripts", body)
    names = [one["name"] for one in shown["scripts"]]
    assert status == 200 and names == ["mine.geo", "mine.txt"]
    assert "\\u202e<b>" in shown["scripts"][1]["text"] and shown["scripts"][1]["whole"]
    digests = [one["digest"] for one in shown["scripts"]]
    for wrong in (["0" * 64], "all", [1], None):
        status, _ = asked(explorer, "api/agree", {"digests": wrong})
        assert status in (400, 422), wrong
    assert asked(explorer, "api/agree", {"digests": digests[:1]})[0] == 200
    status, words = asked(explorer, "api/modes", body)
    assert status == 428 and words.startswith("mine.txt"), "what it includes is asked for too"
    assert asked(explorer, "api/agree", {"digests": digests})[0] == 200
    status, text = asked(explorer, "api/design", body)
    assert status == 200 and "mine.geo" in text, text
    (folder / "mine.txt").write_text("// changed\n")
    assert asked(explorer, "api/modes", body)[0] == 428, "agreement is to the content"
    shipped = {
        **body,
        "design": {**design, "cavity": {**design["cavity"], "file": "microtoroid.geo"}},
    }
    assert asked(explorer, "api/scripts", shipped)[1]["scripts"] == []
    status, text = asked(explorer, "api/design", shipped)
    assert status == 200, "what came with the package is not asked for"


def test_the_page_shows_the_script_and_runs_it_when_told(
    open_tab: Any, explorer: Any, folder: Path
) -> None:
    (folder / "design.toml").write_text(DESIGN.replace("mine", "other"))
    tab = open_tab(explorer.url)
    tab.page.wait_for_selector("#consent:not([hidden])")
    words = tab.page.inner_text("#consent")
    assert "Run these scripts?" in words and "other.geo" in words and "other.txt" in words
    assert "did not come with cavitydesign" in words
    assert tab.page.locator("#consent b").count() == 0, "what is in a script is no page"
    assert tab.wavelengths() == []
    tab.page.click("#consent-run")
    tab.page.wait_for_selector("#modes tbody tr")
    tab.wait()
    assert tab.page.is_hidden("#consent") and len(tab.wavelengths()) >= 1
    assert tab.errors() == []
