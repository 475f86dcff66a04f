"""A worker whose parent has gone says nothing; every other error is printed."""

from __future__ import annotations

import subprocess
import sys

import pytest

SCRIPT = """
import sys
import cavitydesign.study.executors.forkserver_hook
{body}
"""
GONE = """
from multiprocessing.synchronize import SemLock
lock = SemLock.__new__(SemLock)
lock.__setstate__((0, 0, 1, "/no-such-semaphore-of-anybody"))
"""


def said(body: str) -> str:
    """What a process prints on standard error."""
    command = [sys.executable, "-c", SCRIPT.format(body=body)]
    return subprocess.run(command, capture_output=True, text=True, check=False).stderr


@pytest.mark.skipif(sys.platform == "win32", reason="semaphores have no names there")
def test_a_semaphore_that_is_gone_is_silent() -> None:
    assert said(GONE) == ""


def test_other_errors_are_printed() -> None:
    assert "ZeroDivisionError" in said("1 / 0")
    assert "FileNotFoundError" in said("open('/no/such/file')")


def test_only_the_fork_server_has_the_hook() -> None:
    from cavitydesign.study import ProcessExecutor

    ProcessExecutor(1)
    assert sys.excepthook.__module__ != "cavitydesign.study.executors.forkserver_hook"
