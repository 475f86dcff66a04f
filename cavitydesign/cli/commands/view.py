"""`cavitydesign view`: the explorer in the browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ..exit_codes import DONE, say

Given = Annotated[
    Path | None,
    typer.Argument(
        metavar="[DESIGN.toml | RESULTS]", help="Design file, results.json, or a folder of these."
    ),
]
Port = Annotated[
    int, typer.Option("--port", metavar="P", help="Port on this machine; 0: any free one.")
]
Folder = Annotated[
    Path | None,
    typer.Option(
        "--folder",
        metavar="DIR",
        help="Folder that the page may read; default: that of what is opened.",
    ),
]
NoBrowser = Annotated[bool, typer.Option("--no-browser", help="Print the address only.")]


def view(
    given: Given = None, port: Port = 0, folder: Folder = None, no_browser: NoBrowser = False
) -> int:
    """Interactive explorer on loopback; the first line of standard output is its address. Ctrl-C
    ends it.
    """
    from ...app.web.launch import serve

    say("the explorer serves this machine only; Ctrl-C ends it")
    serve(given, port, open_browser=not no_browser, folder=folder)
    return DONE
