"""How a command ends: its errors as lines on standard error, and its exit code."""

from __future__ import annotations

import functools
import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ParamSpec

import typer

from ..errors import CavityDesignError, InputError
from ..texts import visible

# 0 to 2 are promised in the interface; 130 is what shells report of a command that Ctrl-C ended
# (128 + SIGINT).
DONE, MISSED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130
# Added to the number of a signal, as shells do.
_SIGNALLED = 128

Arguments = ParamSpec("Arguments")


def say(message: str) -> None:
    """One line to the user, beside the answer."""
    with suppress(BrokenPipeError):  # who listened has left; the exit code still tells
        print(visible(message), file=sys.stderr, flush=True)


_kept = False


def note_kept() -> None:
    """Note that something is stored that an interruption does not take away."""
    global _kept
    _kept = True


class Stopped(KeyboardInterrupt):
    """Ctrl-C, the system or the terminal asked the command to end, in order."""

    def __init__(self, number: int) -> None:
        self.number = number
        super().__init__(signal.Signals(number).name)


_asked: int | None = None


def _stop(number: int, frame: object) -> None:
    global _asked
    _asked = number
    if number != signal.SIGINT:
        signal.signal(number, signal.SIG_IGN)  # once is enough; the folders are being put away
    raise Stopped(number)


def check_asked() -> None:
    """End the command if that was asked for: what a library calls may swallow the exception that
    a signal raises in it.
    """
    if _asked is not None:
        raise Stopped(_asked)


@contextmanager
def heeded() -> Iterator[None]:
    """Let SIGTERM and SIGHUP end a command as Ctrl-C does: no folder, no worker stays behind; and
    remember each.

    Before a command begins there is nothing to put away, and the system's own end will do.
    """
    global _asked
    _asked = None
    taken: list[tuple[int, Any]] = []
    if threading.current_thread() is threading.main_thread():
        for name in ("SIGTERM", "SIGHUP", "SIGINT"):
            number = getattr(signal, name, None)
            # `nohup` has it ignored, and means that.
            if number is None:
                continue
            before = signal.getsignal(number)
            if before in (signal.SIG_DFL, signal.default_int_handler):
                signal.signal(number, _stop)
                taken.append((number, before))
    try:
        yield
    finally:
        for number, before in taken:
            if signal.getsignal(number) is _stop:
                signal.signal(number, before)


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Put the name of the file before what is found wrong after it was read."""
    own = (f"{file.name}:", f"{file.name} ")
    try:
        yield
    except InputError as error:
        raise InputError(
            [
                line if str(file) in line or line.startswith(own) else f"{file}: {line}"
                for line in error.problems
            ]
        ) from None


def _silence() -> None:
    """Let standard output lead nowhere, so that the interpreter has nothing to complain of when it
    closes it.
    """
    with suppress(OSError, ValueError, AttributeError):
        sys.stdout.flush()
        return
    with suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _heeding(
    command: Callable[Arguments, int], *args: Arguments.args, **kwargs: Arguments.kwargs
) -> int:
    """The command's exit code; an error after a signal is the signal's.

    Python and libraries wrap an exception that a signal raises within them in errors of their own,
    such as "Error calling __set_name__" of a class that is being made.
    """
    try:
        return command(*args, **kwargs)
    except Exception:
        check_asked()
        raise


def reported(command: Callable[Arguments, int]) -> Callable[Arguments, None]:
    """A command that returns its exit code, with errors that the user can repair told in one line
    each.
    """

    @functools.wraps(command)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            with heeded():
                code = _heeding(command, *args, **kwargs)
            if sys.stdout is not None:  # closed by who called us: >&-
                sys.stdout.flush()
        except CavityDesignError as error:
            say(str(error))
            code = error.exit_code
        except KeyboardInterrupt as error:
            what, code = "interrupted", INTERRUPTED
            if isinstance(error, Stopped) and error.number != signal.SIGINT:
                what, code = f"stopped by {error}", _SIGNALLED + error.number
            say(f"{what}; what was done is kept" if _kept else what)
        except BrokenPipeError:
            # The reader of a pipe has left; the interpreter must not complain again when it closes
            # standard output.
            _silence()
            code = DONE
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            say(f"{where}{error.strerror or error}")
            _silence()
            code = BAD_INPUT
        except RecursionError:
            say("something in the input is nested too deeply")
            code = BAD_INPUT
        except RuntimeError as error:
            # Of `Path.resolve` before Python 3.13, where later ones raise an OSError.
            if not str(error).startswith("Symlink loop"):
                raise
            say(f"{str(error).removeprefix('Symlink loop from ')}: its links go round in a circle")
            code = BAD_INPUT
        raise typer.Exit(code)

    # The list of commands keeps the lines of a docstring, which are as long as those of the source.
    parts = (command.__doc__ or "").split("\n\n")
    guarded.__doc__ = "\n\n".join(" ".join(part.split()) for part in parts)
    return guarded
