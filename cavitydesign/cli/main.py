"""The command `cavitydesign`: its commands, and what holds for all of them."""

from __future__ import annotations

from typing import Annotated

import typer

from ..version import __version__
from .calibrate import calibrate
from .check import check
from .design import design
from .fit import fit
from .lase import lase
from .materials import materials
from .measure import measure
from .media import media
from .modes import modes
from .new import new
from .outcome import reported
from .run import run
from .study import study
from .study_store import with_store_commands
from .view import view

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
) -> None:
    """Options before the command's name."""


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
