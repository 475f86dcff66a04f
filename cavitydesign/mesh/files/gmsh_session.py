"""gmsh, loaded when first needed, one model at a time."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from ...errors import MissingLibraryError

# gmsh holds one global state: two threads with models of their own would mix them.
_LOCK = threading.RLock()
SYSTEM_PACKAGES = "libglu1-mesa libxft2 libxcursor1 libxinerama1"


def load_gmsh() -> Any:
    """The gmsh module.

    Raises
    ------
    MissingLibraryError
        If it or a system library that it needs is absent; names what to install.
    """
    try:
        import gmsh
    except ImportError:
        raise MissingLibraryError("gmsh is not installed: pip install gmsh") from None
    except OSError as error:
        raise MissingLibraryError(
            f"gmsh needs system libraries ({error}): apt-get install {SYSTEM_PACKAGES}"
        ) from None
    return gmsh


@contextmanager
def gmsh_model(name: str) -> Iterator[Any]:
    """gmsh with an empty model of its own; what the caller has open in gmsh stays as it is."""
    gmsh = load_gmsh()
    with _LOCK:
        fresh = not gmsh.isInitialized()
        before = None
        if fresh:
            # The user's own settings would change meshes; Ctrl-C stays with Python.
            gmsh.initialize(readConfigFiles=False, interruptible=False)
        else:
            before = gmsh.model.getCurrent()
        gmsh.option.setNumber("General.Terminal", 0)
        gmsh.model.add(name)
        try:
            yield gmsh
        finally:
            if fresh:
                gmsh.finalize()
            else:
                gmsh.model.setCurrent(name)
                gmsh.model.remove()
                gmsh.model.setCurrent(before)
