"""`--scheduler local` is closed to everyone who lacks its certificate; a frozen scheduler ends a run
with what came back; addresses that are none are one line.
"""

import contextlib
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

import pytest

pytest.importorskip("distributed")

from toy_points import SCHEMA, evaluate

from cavitydesign.study import Store, load_study, run_study
from cavitydesign.study.executors.dask_executor import DaskExecutor, SchedulerError, address_problem

pytestmark = pytest.mark.filterwarnings(
    "ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"
)
UNIT = Path(__file__).parents[1] / "unit" / "study"
# What a stranger on the machine tries: to run code in the cluster, as its user would.
STRANGER = """
import os, sys, warnings
warnings.simplefilter("ignore")
from distributed import Client, Security
address, canary, kind = sys.argv[1:]
secure = {"none": None, "own": Security.temporary(), "plain": None}[kind]
if kind == "plain":
    address = address.replace("tls://", "tcp://")
try:
    client = Client(address, security=secure, timeout=4, set_as_default=False)
    client.submit(os.system, f"touch {canary}").result(timeout=4)
except BaseException as error:
    print("refused", type(error).__name__, flush=True)
    os._exit(0)
print("came in", flush=True)
os._exit(1)
"""


def study_in(folder: Path, points: int = 40, sleep_s: float = 0.0):
    folder.mkdir(exist_ok=True)
    (folder / "design.toml").write_text(f"[cavity]\ndiameter_um = 15.0\nsleep_s = {sleep_s}\n")
    axis = f'"cavity.diameter_um" = {{ from = 10.0, to = 49.0, points = {points} }}\n'
    (folder / "study.toml").write_text(f'design = "design.toml"\n[axes]\n{axis}')
    return load_study(folder / "study.toml", SCHEMA)


def test_a_stranger_without_the_certificate_is_refused(tmp_path, tally, monkeypatch) -> None:
    """While the cluster is at work: without TLS, with another certificate, and with bare sockets on
    every port that it listens on; every port is on loopback.
    """
    pytest.importorskip("cryptography")
    monkeypatch.setenv("PYTHONPATH", str(UNIT), prepend=os.pathsep)
    canary = tmp_path / "canary"
    with DaskExecutor(None, 1)._client() as client:
        address = client.scheduler_info()["address"]
        assert address.startswith("tls://127.0.0.1:")
        workers = list(client.scheduler_info()["workers"])
        assert workers and all(one.startswith("tls://127.0.0.1:") for one in workers)
        assert client.submit(evaluate, {"cavity": {"diameter_um": 3.0}}, "modes").result(timeout=30)
        for kind in ("none", "own", "plain"):
            stranger = subprocess.run(
                [sys.executable, "-c", STRANGER, address, str(canary), kind],
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
            assert stranger.stdout.startswith("refused"), (kind, stranger)
            tally.add()
        for one in (address, *workers):
            port = int(one.rpartition(":")[2])
            with socket.create_connection(("127.0.0.1", port), timeout=5) as bare:
                bare.sendall(b"GET / HTTP/1.0\r\n\r\n")
                bare.settimeout(5)
                with contextlib.suppress(OSError):
                    assert len(bare.recv(100)) < 20, "it talks to whom it does not know"
            context = ssl.create_default_context()
            context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
            with (
                pytest.raises(OSError),
                socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
                context.wrap_socket(plain) as secured,
            ):
                secured.sendall(bytes(64))
                if not secured.recv(100):
                    raise OSError("closed")
            tally.add(2)
        # Its pages would tell logs and calls to every user; nothing is served.
        for path in (
            "info/main/workers.html",
            "info/logs.html",
            "json/counts.json",
        ):
            with pytest.raises(urllib.error.URLError):
                port = client.scheduler_info()["services"].get("dashboard", 8787)
                urllib.request.urlopen(f"http://127.0.0.1:{port}/{path}", timeout=5)
            tally.add()
    assert not canary.exists()


@pytest.mark.skipif(not hasattr(signal, "SIGSTOP"), reason="signals of POSIX")
def test_a_frozen_scheduler_ends_the_run_with_what_came_back(tmp_path, monkeypatch) -> None:
    """SIGSTOP: it keeps its connections and answers nothing."""
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._LOOK_SECONDS", 0.3)
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._ANSWER_SECONDS", 2.0)
    environment = os.environ | {"PYTHONPATH": str(UNIT), "OMP_NUM_THREADS": "1"}
    note = tmp_path / "scheduler.json"
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "env": environment}
    dask = [sys.executable, "-m", "dask"]
    options = ["--port", "0", "--no-dashboard", "--scheduler-file", str(note)]
    scheduler = subprocess.Popen([*dask, "scheduler", *options], **quiet)
    end = time.monotonic() + 60
    while not note.exists() or not note.read_text().endswith("}"):
        assert time.monotonic() < end, "the scheduler did not start"
        time.sleep(0.05)
    address = json.loads(note.read_text())["address"]
    worker = subprocess.Popen(
        [*dask, "worker", address, "--nthreads", "1", "--no-dashboard", "--no-nanny"], **quiet
    )
    study = study_in(tmp_path / "s", sleep_s=0.05)
    ended: list[BaseException] = []

    def ran() -> None:
        try:
            run_study(study, evaluate, DaskExecutor(address))
        except SchedulerError as error:
            ended.append(error)

    run = threading.Thread(target=ran, daemon=True)
    try:
        run.start()
        end = time.monotonic() + 60
        while not study.store.is_dir() or len(Store(study.store)) < 3:
            assert time.monotonic() < end, "nothing came back"
            time.sleep(0.05)
        scheduler.send_signal(signal.SIGSTOP)
        run.join(30)
        assert not run.is_alive(), "the run hangs"
    finally:
        scheduler.kill()
        worker.kill()
        scheduler.wait()
        worker.wait()
    stored = len(Store(study.store))
    assert 3 <= stored < 40 and len(ended) == 1
    assert "what came back is stored" in str(ended[0]) and "\n" not in str(ended[0])


ADDRESSES = [
    "",
    "tcp://",
    "tls://",
    "://",
    "tcp://:8786",
    "tcp://host",
    "tcp://host:",
    "tcp://host:port",
    "tcp://host:0",
    "tcp://host:65536",
    "tcp://host:-1",
    "tcp://host:8786/path",
    "tcp://host:8786\n",
    "tcp://ho st:8786",
    "tcp://user@host:8786",
    "tcp://[::1:8786",
    "ucx://host:8786",
    "inproc://host:8786",
    "ws://host:8786",
    "http://host:8786",
    "file:///etc/passwd",
    "localhost:8786",
    "LOCAL",
    "tcp://host:99999999999999999999",
    "tcp://\x1b[2J:8786",
    "tcp://$(id):8786",
]


@pytest.mark.parametrize("address", ADDRESSES)
def test_addresses_that_are_none_are_one_line(address: str) -> None:
    assert address_problem(address) == "tcp://HOST:PORT, tls://HOST:PORT or local is needed"


def test_an_address_where_nobody_listens_is_one_line(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("cavitydesign.study.executors.dask_executor._CONNECT_SECONDS", 2)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{taken.getsockname()[1]}"
        assert address_problem(address) is None
        with pytest.raises(SchedulerError) as refused:
            run_study(study_in(tmp_path / "s", 3), evaluate, DaskExecutor(address))
    assert len(str(refused.value).splitlines()) == 1
