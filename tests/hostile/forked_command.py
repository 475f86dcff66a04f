"""The command, many times in a short time: a process that has imported everything forks for each
call, and tells exit code, output, time and memory of the fork.

It goes in by the door that the installed command goes in by (`cavitydesign.cli.entry`), in a
session, a folder, an environment and limits of its own; what it starts itself, such as the confined
reader of sections, it starts as ever.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any


@dataclass(frozen=True)
class Outcome:
    """How a call ended.

    Attributes
    ----------
    code : int
        Exit code; negative for a signal, 999 for one that was stopped after its time.
    out, err : str
    seconds : float
    gigabytes : float
        Largest memory of one of its processes, as far as it waited for them.
    """

    code: int
    out: str
    err: str
    seconds: float
    gigabytes: float


class Command:
    """The command in a process that forks.

    Parameters
    ----------
    folder : Path
        For what the calls print.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )

    def __call__(
        self,
        words: Sequence[str],
        cwd: Path | None = None,
        environment: Mapping[str, str | None] | None = None,
        limits: Mapping[str, int] | None = None,
        seconds: float = 120.0,
    ) -> Outcome:
        """Run the command.

        Parameters
        ----------
        words : sequence of str
            Its arguments.
        cwd : Path, optional
            Where it stands.
        environment : mapping, optional
            Variables that are set, or taken away by None.
        limits : mapping, optional
            Of the system, such as ``{"RLIMIT_NOFILE": 32}``.
        seconds : float
            It is stopped after.
        """
        asked = {
            "words": list(words),
            "cwd": str(cwd or self._folder),
            "environment": dict(environment or {}),
            "limits": dict(limits or {}),
            "seconds": seconds,
            "out": str(self._folder / "out.txt"),
            "err": str(self._folder / "err.txt"),
        }
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        told = json.loads(self._server.stdout.readline())
        out, err = (
            Path(asked[name]).read_text(encoding="utf-8", errors="replace")
            for name in ("out", "err")
        )
        return Outcome(told["code"], out, err, told["seconds"], told["gigabytes"])

    def __enter__(self) -> Command:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        where: TracebackType | None,
    ) -> None:
        assert self._server.stdin is not None and self._server.stdout is not None
        self._server.stdin.close()
        self._server.wait()
        self._server.stdout.close()


def _serve() -> None:
    import cavitydesign.calibrate.calibration_run
    import cavitydesign.cli.main
    import cavitydesign.design
    import cavitydesign.gain.measured.decay
    import cavitydesign.modes.find
    import cavitydesign.spectrum_fit.spectra.series
    import cavitydesign.study
    import cavitydesign.visualise.files
    import cavitydesign.visualise.studies.study_panels
    import cavitydesign.workflow.steps
    import cavitydesign.workflow.study_point  # noqa: F401

    own = os.dup(1)
    os.dup2(2, 1)  # whatever a library prints
    for line in iter(sys.stdin.readline, ""):
        told = _told(json.loads(line))
        os.write(own, (json.dumps(told) + "\n").encode())


def _told(asked: dict[str, Any]) -> dict[str, Any]:
    start = time.monotonic()
    child = os.fork()
    if not child:
        _call(asked)
    end, stopped = start + asked["seconds"], False
    while True:
        found, status, used = os.wait4(child, os.WNOHANG)
        if found:
            break
        if time.monotonic() > end:
            stopped = True
            with suppress(OSError):
                os.killpg(child, signal.SIGKILL)
        time.sleep(0.005)
    with suppress(OSError):
        os.killpg(child, signal.SIGKILL)
    return {
        "code": 999 if stopped else os.waitstatus_to_exitcode(status),
        "seconds": time.monotonic() - start,
        "gigabytes": used.ru_maxrss / 1e6,
    }


def _call(asked: dict[str, Any]) -> None:
    """The command, in the fork; it ends here."""
    code = 1
    try:
        os.setsid()
        os.chdir(asked["cwd"])
        for number, (place, flags) in enumerate(
            [
                (os.devnull, os.O_RDONLY),
                (asked["out"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
                (asked["err"], os.O_WRONLY | os.O_CREAT | os.O_TRUNC),
            ]
        ):
            opened = os.open(place, flags, 0o600)
            os.dup2(opened, number)
            os.close(opened)
        for name, value in asked["environment"].items():
            os.environ.pop(name, None)
            if value is not None:
                os.environ[name] = value
        for name, most in asked["limits"].items():
            resource.setrlimit(getattr(resource, name), (most, most))
        sys.argv = ["cavitydesign", *asked["words"]]
        from cavitydesign.cli.entry import main

        main()
        code = 0
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
    except BaseException:
        traceback.print_exc()
    finally:
        for stream in (sys.stdout, sys.stderr):
            with suppress(Exception):
                stream.flush()
        os._exit(code)


if __name__ == "__main__":
    _serve()
