"""Entry point of the installed command; light, so that Ctrl-C while the rest is imported is one
line too.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import NoReturn

# Of address space: Python, NumPy and SciPy with their buffers take 0.5 GB before anything is
# solved. OpenBLAS asks for its buffers again and again, for ever, where the system refuses them.
_LEAST_BYTES = 800_000_000


def main() -> None:
    """Run the command."""
    try:
        _take_standard_files()
        # Workers are started by `python -c`, which would import a `multiprocessing.py` of the
        # current folder before the standard library's.
        os.environ.setdefault("PYTHONSAFEPATH", "1")
        if problem := _too_little_memory():
            print(problem, file=sys.stderr)
            sys.exit(2)
        from .main import main as run

        run()
    except KeyboardInterrupt:
        _interrupted()
    except RuntimeError as error:
        # Python wraps what is raised while a class is being made, which imports do.
        if not isinstance(error.__cause__, KeyboardInterrupt):
            raise
        _interrupted()


def _interrupted() -> NoReturn:
    print("interrupted", file=sys.stderr)
    sys.exit(130)


def _take_standard_files() -> None:
    """Let what the caller has closed lead nowhere (``<&-``, ``>&-``): otherwise the next file that
    is opened, a segment of a store say, takes its number, and what libraries print goes into it.
    """
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        try:
            os.fstat(number)
        except OSError:
            with suppress(OSError):
                # The lowest free number is taken.
                os.open(os.devnull, os.O_RDONLY if mode == "r" else os.O_WRONLY)
        if getattr(sys, name) is None:
            with suppress(OSError):
                stream = open(number, mode, encoding="utf-8", closefd=False)  # noqa: SIM115
                setattr(sys, name, stream)


def _too_little_memory() -> str | None:
    """What is wrong with the limit of the process's memory, if it has one."""
    try:
        import resource

        most = resource.getrlimit(resource.RLIMIT_AS)[0]
    except (ImportError, AttributeError, OSError, ValueError):
        return None  # Windows
    if most == resource.RLIM_INFINITY or most >= _LEAST_BYTES:
        return None
    return (
        f"this process may take {most / 1e9:.2g} GB of memory (ulimit -v); cavitydesign needs "
        f"{_LEAST_BYTES / 1e9:g} GB"
    )
