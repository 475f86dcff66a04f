"""The command `cavitydesign`: its commands, and what holds for all of them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from ..texts import WITHIN
from ..version import __version__
from .commands.calibrate import calibrate
from .commands.check import check
from .commands.design import design
from .commands.fit import fit
from .commands.lase import lase
from .commands.materials import materials
from .commands.measure import measure
from .commands.media import media
from .commands.modes import modes
from .commands.new import new
from .commands.run import run
from .commands.study import study
from .commands.study_store import with_store_commands
from .commands.view import view
from .exit_codes import BAD_INPUT, reported, say

app = typer.Typer(
    name="cavitydesign",
    help=(
        "From the outline of a microcavity on a fibre to the fluence at which it lases, and in "
        "which modes."
    ),
    epilog=(
        "Exit codes: 0 done; 1 a check or an asked accuracy was missed; 2 bad input; 130 "
        "interrupted."
    ),
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        print(f"cavitydesign {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_print_version, is_eager=True, help="Print the version and leave."
        ),
    ] = False,
    within: Annotated[
        Path | None,
        typer.Option(
            "--within",
            metavar="DIR",
            help="Read no file outside this folder, whatever the files of others name.",
        ),
    ] = None,
) -> None:
    """Options before the command's name."""
    if within is not None:
        if not within.is_dir():
            say(f"--within {within}: no such folder")
            raise typer.Exit(BAD_INPUT)
        os.environ[WITHIN] = os.path.realpath(within)


for _command in (
    new,
    run,
    modes,
    lase,
    check,
    design,
    fit,
    calibrate,
    materials,
    media,
    view,
):
    app.command()(reported(_command))
app.add_typer(with_store_commands(study))
app.add_typer(measure)


def main() -> None:
    """The command, once its modules are there."""
    app()
