"""The page beside files that stop it, clients that leave or say nothing, and a parent that is
killed.
"""

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import tracemalloc
import urllib.error
import urllib.request
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
import uvicorn
from hostile_requests import BASE, hostile_requests

from cavitydesign.app.study_points import opened_study
from cavitydesign.app.web import lane_worker, launch, protocol
from cavitydesign.app.web.workspace import Workspace
from cavitydesign.errors import InputError

COMMAND = (sys.executable, "-c", "from cavitydesign.cli.entry import main; main()", "view")
DESIGN = """[cavity]
profile = "cylinder"
diameter_um = 6.0
body = { index = 1.5 }
[modes]
wavelength_nm = 537.6
span_nm = 10.0
"""


class Page:
    """The command `view` on a folder."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [*COMMAND, "design.toml", "--no-browser"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self.process.stdout is not None
        self.url = self.process.stdout.readline().strip()
        self.port = int(self.url.split(":")[2].split("/")[0])

    def asks(
        self,
        path: str,
        body: object = None,
        seconds: float = 150.0,
        headers: Mapping[str, str] = MappingProxyType({}),
        method: str | None = None,
    ) -> tuple[int, bytes]:
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        address = path if path.startswith("http") else self.url + path
        request = urllib.request.Request(address, data, method=method)
        for name, value in {"Content-Type": "application/json", **headers}.items():
            request.add_header(name, value)
        try:
            with urllib.request.urlopen(request, timeout=seconds) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            with error:
                return error.code, error.read()

    def ends(self) -> None:
        """End it, with its workers."""
        self.process.terminate()
        try:
            self.process.wait(30)
        finally:
            self.process.kill()
            assert self.process.stdout is not None
            self.process.stdout.close()

    def children(self) -> list[int]:
        tasks = Path(f"/proc/{self.process.pid}/task").glob("*/children")
        return [int(word) for path in tasks for word in path.read_text().split()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "design.toml").write_text(DESIGN)
    return tmp_path


@pytest.mark.skipif(sys.platform != "linux", reason="/proc and named pipes")
def test_the_page_lives_through_its_folder_and_its_clients(folder: Path, tally) -> None:
    """Files that stop a reader, connections that say nothing, and `kill -9` of the parent."""
    os.mkfifo(folder / "pipe.toml")
    os.mkfifo(folder / "results.json")
    (folder.parent / "secret.csv").write_text("xyzzy,plugh\n1,2\n")
    (folder / "deep.toml").write_text(".".join(["a"] * 3000) + " = 1\n")
    (folder / "digits.toml").write_text("a = " + "9" * 5000 + "\n")
    (folder / "key.toml").write_text("a" * 200_000 + " = 1\n")
    (folder / "bomb.toml").write_text(
        'design = "design.toml"\n[axes]\n"cavity.diameter_um" = [5.0, 6.0]\n'
        '[derived]\n"modes.span_nm" = "round(9.0)**round(9.0)**round(9.0)"\n'
    )
    page = Page(folder)
    try:
        silent = socket.create_connection(("127.0.0.1", page.port))
        status, content = page.asks("api/start")
        start = json.loads(content)
        assert status == 200 and start["opened"]["name"] == "design.toml" and start["page"]
        names = [one["name"] for one in start["listing"]]
        assert "pipe.toml" not in names and "design.toml" in names
        for name in (
            "pipe.toml",
            "results.json",
            "deep.toml",
            "digits.toml",
            "key.toml",
            "bomb.toml",
        ):
            status, content = page.asks("api/open", {"name": name})
            assert status == 422 and len(content.splitlines()) == 1, (name, content[:200])
            tally.add()
        for asked, status, content in hostile_requests(page):
            assert 400 <= status < 500, (asked, status, content[:200])
            assert len(content.splitlines()) <= 1 and b"\x1b" not in content, (asked, content)
            assert b"xyzzy" not in content and b"root:" not in content, (asked, content)
            tally.add()
        with silent:
            silent.settimeout(45.0)
            assert silent.recv(1) == b"", "a silent connection is closed"
        tally.add()
        children = page.children()
        assert len(children) >= 3
        page.process.kill()
        page.process.wait()
        # Four seconds on a core of their own; a machine at work for others gives them a share.
        end = time.monotonic() + 4.0 * max(1.0, os.getloadavg()[0] / (os.cpu_count() or 1))
        alive = children
        while alive and time.monotonic() < end:
            alive = [one for one in alive if _alive(one)]
            time.sleep(0.1)
        assert not alive, "workers outlive their parent"
        tally.add()
    finally:
        page.process.kill()
        page.process.wait()
        assert page.process.stdout is not None
        page.process.stdout.close()


def _alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_the_token_is_in_no_command_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """The browser is handed a file that only the user may read."""
    seen: list[tuple[str, str, int]] = []

    def opened(address: str) -> bool:
        place = Path(urllib.request.url2pathname(address.removeprefix("file://")))
        seen.append((address, place.read_text(), place.stat().st_mode & 0o077))
        return True

    monkeypatch.setattr("webbrowser.open", opened)
    monkeypatch.setattr(launch, "_SECONDS_TO_OPEN", 0.0)
    launch._open_privately("http://127.0.0.1:1/secret-token/")
    [(address, text, others)] = seen
    assert "secret-token" not in address and "secret-token" in text
    assert others == 0 or sys.platform == "win32"


LARGE = "0.14285714285714285," * 3_000_000  # 60 MB of JSON


def test_large_results_keep_no_other_page_waiting(folder: Path, tally) -> None:
    """By the order of answers: while one page opens 60 MB, another starts and solves."""
    (folder / "large").mkdir()
    results = folder / "large" / "results.json"
    results.write_text(
        f'{{"input": {{"cavity": {{}}}}, "modes": {{"modes": []}}, "x": [{LARGE}1]}}'
    )
    page = Page(folder)
    try:
        assert page.asks("api/start")[0] == 200
        order: list[str] = []
        opened: list[tuple[int, bytes]] = []

        def opening() -> None:
            opened.append(page.asks("api/open", {"name": "large/results.json"}))
            order.append("opened")

        under_way = threading.Thread(target=opening)
        under_way.start()
        while len(page.children()) < 5:  # its worker: it has begun
            time.sleep(0.02)
        assert page.asks("api/start")[0] == 200
        order.append("started")
        assert page.asks("api/open", {"name": "design.toml"})[0] == 200
        order.append("opened a design")
        assert page.asks("api/modes", {"page": "b", "design": BASE})[0] == 200
        order.append("solved")
        under_way.join(120)
        assert opened[0][0] == 200 and len(opened[0][1]) < 10_000, "what is not shown is not sent"
        assert order == ["started", "opened a design", "solved", "opened"]
        tally.add(3)
    finally:
        page.ends()


@pytest.mark.parametrize("name", ["bytes", "modes", "shown", "values"])
def test_what_is_too_large_to_open_is_told(name: str, folder: Path, tally) -> None:
    """Each bound has its line; "values": 30 MB of empty lists take 2 GB of memory."""
    head = '{"input": {"cavity": {}}, '
    text, told = {
        "bytes": (head + " " * 64_000_000 + "}", "64 MB; the explorer opens results of at most"),
        "modes": (head + '"modes": {"modes": [' + "{}," * 2000 + "{}]}}", "2001 modes"),
        "shown": (head + f'"lasing": [{LARGE}1]}}', ""),
        "values": (head + '"modes": [' + "[]," * 10_000_000 + "[]]}", "values in 30 MB"),
    }[name]
    path = folder / "results.json"
    path.write_text(text)
    if name == "shown":
        opened = Workspace(folder, None).opened("results.json")
        with pytest.raises(InputError, match="MB to show; the explorer shows at most 32 MB"):
            lane_worker.json_bytes(opened)
    else:
        tracemalloc.start()
        with pytest.raises(InputError) as refused:
            Workspace(folder, None).opened("results.json")
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert told in str(refused.value) and "results.json" in str(refused.value)
        assert most < 300e6, f"{most / 1e6:.0f} MB"
    tally.add()


def test_work_ends_when_its_client_leaves(folder: Path, tally) -> None:
    """A connection that is cut off while a light curve of hours is computed: the next who asks is
    answered long before the limit of 120 s would end that.
    """
    page = Page(folder)
    try:
        page.asks("api/start")
        gain = {"gain": {"medium": "CsPbBr3-PMMA"}, "pump": {"fluence_mj_cm2": [1.2, 5.5]}}
        quick = {**BASE, **gain, "lasing": {"quality": 400, "fluences": 12, "comb_phases": 0}}
        endless = {
            **quick,
            "lasing": {"quality": 1e9, "fluences": 4000, "relative_tolerance": 1e-10},
        }
        assert page.asks("api/lasing", {"page": "a", "design": quick})[0] == 200
        workers = sorted(page.children())
        body = json.dumps({"page": "b", "design": endless}).encode()
        target = f"POST /{page.url.rstrip('/').rpartition('/')[2]}/api/lasing HTTP/1.1"
        head = f"{target}\r\nHost: 127.0.0.1:{page.port}\r\nContent-Type: application/json\r\n"
        with socket.create_connection(("127.0.0.1", page.port)) as client:
            client.sendall(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)
            time.sleep(2.0)
        start = time.monotonic()
        quick["lasing"] = {**quick["lasing"], "fluences": 13}
        assert page.asks("api/lasing", {"page": "c", "design": quick})[0] == 200
        assert time.monotonic() - start < 60, "the work went on to its limit"
        assert sorted(page.children())[:1] == workers[:1]
        tally.add()
    finally:
        page.ends()


def test_an_answer_that_nobody_takes_is_dropped(monkeypatch: pytest.MonkeyPatch, tally) -> None:
    """A client that asks for 20 MB and reads nothing: its connection is closed, the answer with
    it.
    """
    monkeypatch.setattr(protocol, "SILENT_SECONDS", 0.3)
    content = bytes(20_000_000)
    listener = socket.create_server(("127.0.0.1", 0))

    async def app(scope, receive, send) -> None:
        headers = [(b"content-length", str(len(content)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    config = uvicorn.Config(
        app, http=protocol.PatientProtocol, ws="none", lifespan="off", log_level="error"
    )
    server = uvicorn.Server(config)
    serving = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    serving.start()
    try:
        address = listener.getsockname()
        for slow in (True, False):
            with socket.create_connection(address) as client:
                client.settimeout(30)
                client.sendall(b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
                if slow:
                    time.sleep(3.0)
                taken = 0
                with contextlib.suppress(ConnectionResetError):
                    while chunk := client.recv(1 << 20):
                        taken += len(chunk)
            assert (taken < len(content)) == slow
            tally.add()
    finally:
        server.should_exit = True
        serving.join(30)
        listener.close()


STUDY = 'design = "{design}"\n[axes]\n"cavity.diameter_um" = [5.0, 6.0]\n'
OUTSIDE = {
    "points": 'design = "design.toml"\n[points]\ncsv = "../secret.csv"\n',
    "overlay": STUDY.format(design="design.toml") + '[plot]\noverlay = "../secret.csv"\n',
    "design": STUDY.format(design="../secret.toml"),
    "medium": 'design = "design.toml"\n[axes]\n"cavity.body.file" = ["../secret.toml"]\n',
    "column": 'design = "design.toml"\n[points]\ncsv = "points.csv"\n',
    "within": STUDY.format(design="other.toml"),
    "draws": 'design = "design.toml"\n[axes]\n"gain.samples" = ["../secret.csv"]\n',
    "sample": 'design = "design.toml"\n[sample]\npoints = 4\n[sample.bounds]\n"cavity.body.file" = ["../secret.toml"]\n',
    "derived": STUDY.format(design="design.toml")
    + '[derived]\n"cavity.body.file" = "\'../secret.toml\'"\n',
}


@pytest.mark.parametrize("name", OUTSIDE)
def test_studies_read_nothing_outside_the_folder(name: str, tmp_path: Path) -> None:
    here = tmp_path / "here"
    here.mkdir()
    (here / "design.toml").write_text(DESIGN)
    (here / "other.toml").write_text(
        DESIGN.replace("{ index = 1.5 }", '{ file = "../secret.toml" }')
    )
    (here / "points.csv").write_text("cavity.body.file\n../secret.toml\n")
    (tmp_path / "secret.csv").write_text("xyzzy,plugh\n1,2\n")
    (tmp_path / "secret.toml").write_text(DESIGN + "xyzzy = 1\n")
    (here / "study.toml").write_text(OUTSIDE[name])
    with pytest.raises(InputError, match="outside the folder") as refused:
        opened_study(here / "study.toml", here)
    assert "xyzzy" not in str(refused.value)


def test_a_closed_terminal_ends_the_page(folder: Path) -> None:
    page = Page(folder)
    page.asks("api/start")
    page.process.send_signal(signal.SIGHUP)
    assert page.process.wait(timeout=30) in (0, 128 + signal.SIGHUP)
    assert page.process.stdout is not None
    page.process.stdout.close()
