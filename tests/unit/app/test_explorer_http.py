"""The explorer over plain HTTP: what it serves, what it computes, and fifty requests that it must
refuse.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import socket
import threading
import time
import tomllib
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import numpy as np
import pytest

TM = dict[str, Any]
PAGE = Path(__file__).parents[3] / "cavitydesign" / "app" / "page"


def design() -> TM:
    """The design of the fixture's folder."""
    return {
        "cavity": {
            "profile": "parabola",
            "diameter_um": 12.0,
            "axial_radius_um": 50.0,
            "body": {"index": 1.49},
            "surround": "air",
            "roughness_nm": 1.0,
        },
        "modes": {"wavelength_nm": 537.6, "span_nm": 12.0, "relative_accuracy": 1e-5},
        "pump": {"photons": 3, "fluence_mj_cm2": [1.2, 5.5]},
        "gain": {"medium": "CsPbBr3-PMMA"},
        "lasing": {
            "quality": {"per_um": 24.0},
            "families": "asked",
            "fluences": 21,
            "comb_phases": 4,
        },
    }


def changed(**keys: Any) -> TM:
    """The design with values replaced: cavity__diameter_um=20."""
    made = design()
    for key, value in keys.items():
        table, name = key.split("__")
        made[table][name] = value
    return made


def test_numbers_of_another_unit_are_told() -> None:
    """500 nm of roughness, among the warnings about the modes."""
    from cavitydesign.app.compute import solve_modes

    asked = changed(cavity__roughness_nm=500.0, modes__span_nm=4.0, modes__polarisation="TM")
    told = solve_modes({"design": asked}, lambda message, share: None)["modes"]["warnings"]
    assert sum("0.5 nm if pm was meant" in line for line in told) == 1


def send(explorer: Any, path: str, body: Any = None, **headers: str) -> tuple[int, bytes]:
    """Status and body of one request under the token."""
    data = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
    kind = {} if data is None else {"Content-Type": "application/json"}
    request = urllib.request.Request(explorer.url + path, data=data, headers={**kind, **headers})
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read()


def ask(explorer: Any, task: str, body: Any, page: str = "test") -> Any:
    """The JSON answer of a task, which must succeed."""
    status, content = send(explorer, f"api/{task}", {"page": page, "source": "design.toml", **body})
    assert status == 200, content.decode()
    return json.loads(content)


def raw(explorer: Any, request: bytes) -> tuple[int, bytes]:
    """Status and body of a request as bytes on the wire."""
    with socket.create_connection(("127.0.0.1", explorer.port), timeout=20) as wire:
        wire.sendall(request)
        wire.shutdown(socket.SHUT_WR)
        answer = b""
        while chunk := wire.recv(65536):
            answer += chunk
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]) if head else 0, body


def test_page_and_its_parts_ask_nothing_from_outside(explorer: Any) -> None:
    status, page = send(explorer, "")
    assert status == 200
    scripts = sorted(path.name for path in PAGE.glob("*.js"))
    assert len(scripts) > 10
    texts = {name: send(explorer, f"assets/{name}")[1] for name in ("app.css", *scripts)}
    imported = {
        name for text in texts.values() for name in re.findall(rb'from "\./([a-z]+\.js)"', text)
    }
    assert {name.decode() for name in imported} <= set(scripts)
    for name, text in {"index.html": page, **texts}.items():
        assert text == (PAGE / name).read_bytes(), f"{name} is not served as it is"
        outside = text.replace(b"http://www.w3.org/2000/svg", b"")
        assert b"http://" not in outside and b"https://" not in outside


def test_answers_carry_security_headers(explorer: Any) -> None:
    with urllib.request.urlopen(explorer.url, timeout=20) as answer:
        headers = answer.headers
        answer.read()
    assert "default-src 'none'" in headers["Content-Security-Policy"]
    assert headers["Referrer-Policy"] == "no-referrer"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Server"] is None


def test_start_names_the_design_and_no_path(explorer: Any, folder: Path) -> None:
    status, content = send(explorer, "api/start")
    start = json.loads(content)
    assert status == 200
    assert start["opened"]["design"] == design()
    assert [entry["name"] for entry in start["listing"]] == ["design.toml"], (
        "a link that leads out is not listed"
    )
    assert "PMMA" in start["materials"]
    assert str(folder.parent).encode() not in content


def test_modes_and_field_agree_with_the_package(explorer: Any) -> None:
    """The page shows what the functions give: same wavelengths, same field on the same grid (32-bit
    floats).
    """
    from cavitydesign.design import parse_design
    from cavitydesign.workflow.steps import find_modes

    found = find_modes(parse_design(design()))
    answer = ask(explorer, "modes", {"design": design()})["modes"]
    assert [mode["label"] for mode in answer["modes"]] == [mode.label for mode in found]
    expected = [mode.wavelength_nm for mode in found]
    np.testing.assert_allclose(
        [mode["wavelength_nm"] for mode in answer["modes"]], expected, rtol=1e-10
    )

    mode = found.modes[0]
    assert mode.sample_field is not None
    field = ask(explorer, "field", {"design": design(), "label": mode.label})
    samples = mode.sample_field(110, 120)
    energy = np.frombuffer(base64.b64decode(field["energy"]), dtype="<f4").reshape(field["shape"])
    np.testing.assert_allclose(energy, samples.energy_density, atol=1e-6)
    assert field["region_names"] == list(samples.region_names)


def test_light_curve_and_gain_come_with_the_lasing(explorer: Any) -> None:
    lasing = ask(explorer, "lasing", {"design": design()})["lasing"]
    assert lasing["regime"] in ("below threshold", "single", "multi")
    assert (
        len(lasing["light_curve"]["fluence_mj_cm2"]) == len(lasing["light_curve"]["emission"]) > 10
    )
    curve = lasing["gain_curve"]
    assert max(curve["gain_per_cm"]) > 0
    assert 530 < curve["wavelength_nm"][int(np.argmax(curve["gain_per_cm"]))] < 545


def test_draws_of_a_calibration_are_offered_and_give_bands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cavitydesign.app.calibrations import calibrations_beside
    from cavitydesign.app.compute import bands, solve_lasing
    from cavitydesign.workflow import calibrated_lasing

    monkeypatch.setattr(calibrated_lasing, "DRAWS", 3)
    rows = "\n".join(str(gain) for gain in np.linspace(1000.0, 1500.0, 16))
    (tmp_path / "found").mkdir()
    (tmp_path / "found" / "samples.csv").write_text(f"gain.peak_gain_per_cm\n{rows}\n")
    (tmp_path / "curve.csv").write_text("fluence_mj_cm2,emission\n1,1\n")
    assert calibrations_beside(tmp_path / "design.toml") == ["found/samples.csv"]
    assert calibrations_beside(None) == []
    asked = {
        "design": changed(gain__samples="found/samples.csv"),
        "source": str(tmp_path / "design.toml"),
    }
    told = bands(asked, lambda message, share: None)["calibrated"]
    assert told["draws"] == 3
    # the light curve itself is of the design's own constants, and does not wait for the draws
    own = solve_lasing(asked, lambda message, share: None)["lasing"]
    assert "calibrated" not in own
    ends = told["threshold_mj_cm2"]["lasing"]
    assert ends["p5"] < own["threshold_mj_cm2"]["lasing"] < ends["p95"]
    assert min(told["light_curve"]["p95"]) > 0


def test_first_look_and_scan_agree_with_the_whole_prediction(explorer: Any) -> None:
    """Fewer fluences move the fitted threshold by some per cent; which modes lase is decided by the
    same equations.
    """
    whole = ask(explorer, "lasing", {"design": changed(lasing__comb_phases=24)})["lasing"]
    look = ask(explorer, "preview", {"design": design()})["lasing"]
    threshold = whole["threshold_mj_cm2"]["lasing"]
    assert len(look["light_curve"]["fluence_mj_cm2"]) == 14
    assert look["threshold_mj_cm2"]["lasing"] == pytest.approx(threshold, rel=0.05)
    assert look["threshold_mj_cm2"]["gain_equals_loss"] == pytest.approx(
        whole["threshold_mj_cm2"]["gain_equals_loss"], rel=1e-9
    )
    for slot in (0, 1):
        point = ask(explorer, "scan", {"design": design(), "slot": slot})
        assert point["threshold"]["lasing"] == pytest.approx(threshold, rel=0.03)
        assert len(point["counts"]) == len(point["places"]) == 24
        below = [
            count
            for count, at in zip(point["counts"], point["places"], strict=True)
            if at < 0.95 * threshold
        ]
        assert below and not any(below)
        assert point["single_mode_probability"] == pytest.approx(
            whole["single_mode_probability"], abs=0.05
        )


def test_continuous_light_is_answered_in_powers(explorer: Any) -> None:
    """A scan's point says what the whole prediction says, in uW; the curve rises there."""
    steady = changed(gain__medium="rhodamine-6G-PMMA", modes__wavelength_nm=575.0)
    steady["pump"] = {
        "kind": "continuous",
        "photons": 1,
        "wavelength_nm": 532.0,
        "power_uw": [1e3, 1e7],
    }
    steady["lasing"] |= {"quality": 1e4, "comb_phases": 0}
    whole = ask(explorer, "lasing", {"design": steady})["lasing"]
    point = ask(explorer, "scan", {"design": steady, "slot": 0})
    threshold = whole["threshold_uw"]["lasing"]
    assert whole["regime_power_uw"] == pytest.approx(1.1 * threshold, rel=1e-9)
    assert np.all(np.diff(whole["light_curve"]["emission"]) > 0)
    assert (point["name"], point["unit"]) == ("power", "µW")
    assert point["threshold"]["lasing"] == pytest.approx(threshold, rel=0.01)
    assert len(point["counts"]) == len(point["places"])


@pytest.mark.parametrize(
    ("body", "status"),
    [({"design": {"cavity": {"profile": "parabola"}}}, 422), ({"design": []}, 400), (b"{", 400)],
    ids=["a design that is not possible", "no design", "no JSON"],
)
def test_the_page_hears_of_impossible_designs_without_an_error(
    explorer: Any, body: Any, status: int
) -> None:
    """Browsers write every 4xx into the console: the page asks to be told, hostile requests are
    refused all the same.
    """
    sent = body if isinstance(body, bytes) else {"page": "test", **body}
    assert send(explorer, "api/modes", sent)[0] == status
    data = sent if isinstance(sent, bytes) else json.dumps(sent).encode()
    headers = {"Content-Type": "application/json", "X-Refusal": "told"}
    asked = urllib.request.Request(explorer.url + "api/modes", data=data, headers=headers)
    try:
        with urllib.request.urlopen(asked, timeout=60) as answer:
            told, words = (answer.status, answer.headers["X-Refused"]), answer.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            told, words = (error.code, error.headers["X-Refused"]), error.read().decode()
    assert told == ((200, "422") if status == 422 else (status, None))
    assert words.count("\n") == 1 and words.strip()


def test_downloads(explorer: Any) -> None:
    label = ask(explorer, "modes", {"design": design()})["modes"]["modes"][0]["label"]
    body = {"page": "test", "design": design(), "source": "design.toml", "label": label}
    status, table = send(explorer, "api/table", body)
    rows = list(csv.DictReader(io.StringIO(table.decode())))
    assert status == 200 and rows[0]["label"] == label and float(rows[0]["confinement.body"]) > 0.9
    for kind, suffix, begins in (
        ("field", "png", b"\x89PNG"),
        ("loss_budget", "svg", b"<?xml"),
        ("cavity", "pdf", b"%PDF"),
    ):
        status, picture = send(explorer, "api/figure", {**body, "kind": kind, "format": suffix})
        assert status == 200 and picture.startswith(begins)
    status, arc = send(explorer, "api/vtk", {**body, "kind": "vts"})
    assert status == 200 and b"<StructuredGrid" in arc[:300]
    assert send(explorer, "api/vtk", {**body, "kind": "stl"})[0] == 422
    status, text = send(explorer, "api/design", body)
    assert status == 200 and tomllib.loads(text.decode()) == design()


def test_newer_request_of_a_page_supersedes_the_older_one(explorer: Any) -> None:
    heavy = changed(modes__radial_orders=2, modes__axial_orders=3, modes__relative_accuracy=1e-6)
    answers: list[tuple[int, bytes]] = []
    first = threading.Thread(
        target=lambda: answers.append(send(explorer, "api/modes", {"page": "one", "design": heavy}))
    )
    first.start()
    time.sleep(0.3)
    start = time.monotonic()
    ask(explorer, "modes", {"design": changed(cavity__diameter_um=12.1)}, page="one")
    first.join(60)
    assert answers[0][0] in (200, 409), "the older request is either done already or superseded"
    assert time.monotonic() - start < 60


def test_another_page_is_not_superseded(explorer: Any) -> None:
    answers: list[int] = []

    def one(page: str, diameter: float) -> None:
        body = {"page": page, "design": changed(cavity__diameter_um=diameter)}
        answers.append(send(explorer, "api/modes", body)[0])

    threads = [threading.Thread(target=one, args=(f"tab-{i}", 12.2 + 0.1 * i)) for i in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert answers == [200, 200, 200]


BAD_BODIES: dict[str, Any] = {
    "empty body": b"",
    "no JSON": b"{",
    "a list": b"[1, 2]",
    "a number": b"7",
    "NaN": b'{"page": "x", "design": {"cavity": {"diameter_um": NaN}}}',
    "Infinity": b'{"page": "x", "design": {"cavity": {"diameter_um": Infinity}}}',
    "minus Infinity": b'{"page": "x", "design": {"cavity": {"diameter_um": -Infinity}}}',
    "overflow to infinity": json.dumps({"page": "x", "design": changed()})
    .replace("12.0,", "1e999,", 1)
    .encode(),
    "not UTF-8": b'{"page": "\xff\xfe"}',
    "deep nesting": b'{"design":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "deep objects": b'{"a":' * 2000 + b"1" + b"}" * 2000,
    "half a character": b'{"page": "x", "design": {"cavity": {"body": "\\ud800"}}}',
    "number of 400 digits": b'{"page": "x", "design": {"modes": {"span_nm": 1'
    + b"0" * 400
    + b"}}}",
    "body of a megabyte": b'{"page": "' + b"x" * 1_000_000 + b'"}',
    "no design": {"page": "x"},
    "design is text": {"page": "x", "design": "cavity"},
    "design is empty": {"page": "x", "design": {}},
    "no page": {"design": design()},
    "page with a path": {"page": "../x", "design": design()},
    "page is a number": {"page": 3, "design": design()},
    "negative diameter": {"page": "x", "design": changed(cavity__diameter_um=-15.0)},
    "diameter zero": {"page": "x", "design": changed(cavity__diameter_um=0.0)},
    "diameter of a metre": {"page": "x", "design": changed(cavity__diameter_um=1e6)},
    "diameter is text": {"page": "x", "design": changed(cavity__diameter_um="large")},
    "diameter is true": {"page": "x", "design": changed(cavity__diameter_um=True)},
    "fibre thicker than the cavity": {
        "page": "x",
        "design": changed(cavity__fibre_diameter_um=20.0),
    },
    "negative index": {"page": "x", "design": changed(cavity__body={"index": -1.5})},
    "index of a thousand": {"page": "x", "design": changed(cavity__body={"index": 1000.0})},
    "unknown medium": {"page": "x", "design": changed(cavity__body="unobtainium")},
    "unknown key": {"page": "x", "design": changed(cavity__diametre_um=15.0)},
    "unknown profile": {"page": "x", "design": changed(cavity__profile="klein bottle")},
    "thousands of modes by span": {"page": "x", "design": changed(modes__span_nm=5000.0)},
    "thousands of modes by orders": {"page": "x", "design": changed(modes__axial_orders=100000)},
    "many modes of a large cavity": {
        "page": "x",
        "design": changed(cavity__diameter_um=300.0, modes__span_nm=60.0, modes__axial_orders=10),
    },
    "accuracy beyond reach": {"page": "x", "design": changed(modes__relative_accuracy=1e-30)},
    "wavelength negative": {"page": "x", "design": changed(modes__wavelength_nm=-500.0)},
    "wavelength outside the data": {
        "page": "x",
        "design": changed(modes__wavelength_nm=250.0, cavity__body="PMMA"),
    },
    "outline file elsewhere": {"page": "x", "design": changed(cavity__file="/etc/passwd")},
    "outline file above": {"page": "x", "design": changed(cavity__file="../secret.toml")},
    "outline file through a link": {"page": "x", "design": changed(cavity__file="leak.toml")},
    "medium from a file above": {
        "page": "x",
        "design": changed(cavity__body={"file": "../secret.toml"}),
    },
    "draws from a file above": {
        "page": "x",
        "design": changed(gain__samples="../secret.toml"),
    },
    "source elsewhere": {"page": "x", "design": design(), "source": "/etc/design.toml"},
    "source with a zero byte": {"page": "x", "design": design(), "source": "a\x00b"},
}


@pytest.mark.parametrize("name", BAD_BODIES)
def test_hostile_body_is_refused_in_one_line(explorer: Any, name: str) -> None:
    status, content = send(explorer, "api/modes", BAD_BODIES[name])
    words = content.decode()
    assert 400 <= status < 500, f"{name}: {status} {words[:200]}"
    assert words.count("\n") == 1 and words.endswith("\n") and words.strip(), (
        f"{name}: {words[:200]!r}"
    )
    assert "root:" not in words
    assert send(explorer, "")[0] == 200, "the server must live on"


BAD_PATHS = (
    ("no token", "GET / HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("wrong token", "GET /{wrong}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("token in another case", "GET /{upper}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("traversal before the token", "GET /../../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("encoded traversal", "GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("traversal under the token", "GET /{token}/../../etc/passwd HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
        "traversal in assets",
        "GET /{token}/assets/..%2f..%2fserver.py HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ),
    ("backslashes", "GET /{token}/assets/..\\..\\server.py HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
        "another file of the page",
        "GET /{token}/assets/quickstart.toml HTTP/1.1\r\nHost: {host}\r\n\r\n",
    ),
    ("foreign Host", "GET /{token}/ HTTP/1.1\r\nHost: evil.example\r\n\r\n"),
    ("Host with another port", "GET /{token}/ HTTP/1.1\r\nHost: 127.0.0.1:1\r\n\r\n"),
    ("two Hosts", "GET /{token}/ HTTP/1.1\r\nHost: {host}\r\nHost: evil.example\r\n\r\n"),
    ("no Host", "GET /{token}/ HTTP/1.0\r\n\r\n"),
    (
        "foreign Origin",
        "GET /{token}/api/start HTTP/1.1\r\nHost: {host}\r\nOrigin: http://evil.example\r\n\r\n",
    ),
    ("Origin null", "GET /{token}/api/start HTTP/1.1\r\nHost: {host}\r\nOrigin: null\r\n\r\n"),
    (
        "cross-site fetch",
        "GET /{token}/api/start HTTP/1.1\r\nHost: {host}\r\nSec-Fetch-Site: cross-site\r\n\r\n",
    ),
    ("unknown method", "BREW /{token}/ HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("delete", "DELETE /{token}/api/start HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    ("get of a task", "GET /{token}/api/modes HTTP/1.1\r\nHost: {host}\r\n\r\n"),
    (
        "form in place of JSON",
        "POST /{token}/api/modes HTTP/1.1\r\nHost: {host}\r\nContent-Length: 3\r\n\r\na=b",
    ),
    (
        "claimed length",
        "POST /{token}/api/modes HTTP/1.1\r\nHost: {host}\r\nContent-Length: 99999999999\r\n\r\n",
    ),
    ("garbage", "\x00\x01\x02 garbage\r\n\r\n"),
    ("huge header", "GET /{token}/ HTTP/1.1\r\nHost: {host}\r\nX: {long}\r\n\r\n"),
    (
        "websocket",
        "GET /{token}/ HTTP/1.1\r\nHost: evil.example\r\nUpgrade: websocket\r\nConnection: "
        "Upgrade\r\n\r\n",
    ),
)


@pytest.mark.parametrize(("name", "request_text"), BAD_PATHS, ids=[name for name, _ in BAD_PATHS])
def test_hostile_request_is_refused_in_one_line(
    explorer: Any, name: str, request_text: str
) -> None:
    fill = {
        "host": f"127.0.0.1:{explorer.port}",
        "token": explorer.token,
        "wrong": "x" * len(explorer.token),
        "upper": explorer.token.swapcase(),
        "long": "x" * 100_000,
    }
    status, body = raw(explorer, request_text.format(**fill).encode())
    words = body.decode("utf-8", "replace")
    assert 400 <= status < 500, f"{name}: {status}"
    assert len(words.strip().splitlines()) == 1, f"{name}: {words[:200]!r}"
    assert "root:" not in words and "profile" not in words
    assert send(explorer, "")[0] == 200, "the server must live on"


@pytest.mark.parametrize(
    "name", ["../secret.toml", "/etc/passwd", "leak.toml", "absent.toml", "", "~/x", "a\x00b"]
)
def test_only_the_given_folder_opens(explorer: Any, name: str) -> None:
    status, content = send(explorer, "api/open", {"name": name})
    assert status == 422 and content.count(b"\n") == 1
    assert b"parabola" not in content


def test_many_requests_at_once_are_bounded(explorer: Any) -> None:
    statuses: list[int] = []

    def one(place: int) -> None:
        body = {
            "page": f"flood-{place}",
            "design": changed(cavity__diameter_um=12.0 + 0.001 * place),
        }
        statuses.append(send(explorer, "api/modes", body)[0])

    threads = [threading.Thread(target=one, args=(place,)) for place in range(25)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert len(statuses) == 25 and set(statuses) <= {200, 429}
    assert statuses.count(429) >= 1, "a flood must be refused, not queued for ever"
    assert send(explorer, "")[0] == 200
