"""How a command ends: its errors as lines on standard error, and its exit code."""

from __future__ import annotations

import functools
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import ParamSpec

import typer

from ..errors import CavityDesignError, InputError

DONE, MISSED, BAD_INPUT, INTERRUPTED = 0, 1, 2, 130

Arguments = ParamSpec("Arguments")


def say(message: str) -> None:
    """One line to the user, beside the answer."""
    print(message, file=sys.stderr, flush=True)


@contextmanager
def named(file: Path) -> Iterator[None]:
    """Put the name of the file before what is found wrong after it was read."""
    try:
        yield
    except InputError as error:
        raise InputError(
            [line if str(file) in line else f"{file}: {line}" for line in error.problems]
        ) from None


def reported(command: Callable[Arguments, int]) -> Callable[Arguments, None]:
    """A command that returns its exit code, with errors that the user can repair told in one line
    each.
    """

    @functools.wraps(command)
    def guarded(*args: Arguments.args, **kwargs: Arguments.kwargs) -> None:
        try:
            code = command(*args, **kwargs)
            sys.stdout.flush()
        except CavityDesignError as error:
            say(str(error))
            code = error.exit_code
        except KeyboardInterrupt:
            say("interrupted; what was done is kept")
            code = INTERRUPTED
        except BrokenPipeError:
            # The reader of a pipe has left; the interpreter must not complain again when it closes
            # standard output.
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
            code = DONE
        except OSError as error:
            where = f"{error.filename}: " if error.filename else ""
            say(f"{where}{error.strerror or error}")
            code = BAD_INPUT
        raise typer.Exit(code)

    return guarded
