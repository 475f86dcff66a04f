"""Starts the explorer on loopback and stops it cleanly."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import tempfile
import threading
import time
from pathlib import Path

from ...errors import InputError
from ...texts import WITHIN, Refused, hold_reading
from .workspace import Workspace

_LOOPBACK = "127.0.0.1"
_SECONDS_TO_FINISH = 2  # Open requests get so long to end after Ctrl-C.
# A browser that has to start first reads the file within these.
_SECONDS_TO_OPEN = 30.0


def _bound(port: int) -> socket.socket:
    """A listening socket, bound before the address is printed so that whoever reads it may connect
    at once.
    """
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_LOOPBACK, port))
    except OSError as error:
        listener.close()
        raise InputError(
            f"--port {port}: cannot listen there ({error.strerror}); choose another, or 0 for any"
        ) from None
    except OverflowError:
        listener.close()
        raise InputError(f"--port {port}: a port is a number from 0 to 65535") from None
    listener.listen(64)
    return listener


def _open_privately(url: str) -> None:
    """Open the page by a file that only the user may read and that leads to it: command lines, with
    the token in them, may be read by all users of a machine.
    """
    import html
    import webbrowser

    with tempfile.TemporaryDirectory(prefix="cavitydesign-") as folder:
        page = Path(folder) / "open.html"
        descriptor = os.open(page, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8") as stream:
            stream.write(
                '<!DOCTYPE html><meta charset="utf-8"><meta name="referrer" content="no-referrer">'
                f'<meta http-equiv="refresh" content="0;url={html.escape(url)}">'
                "<title>cavitydesign</title>"
            )
        webbrowser.open(page.as_uri())
        time.sleep(_SECONDS_TO_OPEN)


def serve(
    given: Path | None, port: int = 0, open_browser: bool = True, folder: Path | None = None
) -> None:
    """Serve the explorer until it is interrupted or told to stop.

    The first line on standard output is its address with the token.

    Parameters
    ----------
    given : Path or None
        Design file, results.json, or a folder of these.
    port : int
        0: any free one.
    open_browser : bool
        Whether to open the page in the user's browser.
    folder : Path or None
        What may be read; None: the folder of what was given.

    Raises
    ------
    InputError
        If what was given cannot be opened, or the port is taken.
    """
    workspace = Workspace.of(given, folder)
    # Workers inherit it: whatever names lead elsewhere, their readers refuse.
    if workspace.folder is None:
        os.environ[WITHIN] = os.path.realpath(os.devnull)
    else:
        try:
            hold_reading(workspace.folder)
        except Refused as error:
            raise InputError(f"{workspace.folder}: {error}") from None
    listener = _bound(port)
    import uvicorn

    from .protocol import PatientProtocol
    from .server import create_app

    port = listener.getsockname()[1]
    token = secrets.token_urlsafe(18)
    url = f"http://{_LOOPBACK}:{port}/{token}/"
    config = uvicorn.Config(
        create_app(workspace, token, port),
        log_level="error",
        access_log=False,
        server_header=False,
        ws="none",
        http=PatientProtocol,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )
    print(url, flush=True)
    if open_browser:
        threading.Thread(target=_open_privately, args=(url,), daemon=True).start()
    # uvicorn ends in order on SIGTERM and then raises it again for whoever was there before:
    # nobody, so that we exit 0
    signal.signal(signal.SIGTERM, lambda number, frame: None)
    if hasattr(signal, "SIGHUP") and signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
        # A closed terminal ends it as SIGTERM does.
        signal.signal(signal.SIGHUP, lambda number, frame: signal.raise_signal(signal.SIGTERM))
    with listener:
        uvicorn.Server(config).run(sockets=[listener])
